//! A file with all its revisions: each object as each revision has it, read when it is asked for, and once.

mod reading;

use std::{
    cell::{Cell, OnceCell, RefCell},
    collections::{BTreeMap, BTreeSet},
};

use lopdf::{Dictionary, Document, EncryptionState, Object, Stream};
use sha2::{Digest as _, Sha256};

use super::{
    limits::{MAX_DIGESTED, MAX_STREAM},
    syntax::{Budget, is_space},
    view::View,
    xref::{self, Chain, Entry, Update},
};
use crate::stamp::{cost_of_failing, stream_content};

/// A file that is not read further.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum OpenError {
    /// A password is needed.
    #[error("it is protected by a password")]
    Encrypted,
    /// No revision of it can be read.
    #[error("{0}")]
    Broken(String),
}

/// What a revision does to objects, and where it ends.
#[derive(Debug)]
pub(super) struct Layer {
    /// Where its cross-reference section stands.
    pub(super) section: usize,
    pub(super) end: usize,
    pub(super) trailer: Dictionary,
    /// The objects that it defines anew, changes or frees.
    pub(super) changed: BTreeSet<u32>,
    /// Those that it frees, and that were in use.
    pub(super) freed: Vec<u32>,
    /// Those that it takes from the bytes of an earlier revision.
    pub(super) unburied: Vec<u32>,
}

/// A file and its objects.
#[derive(Debug)]
pub(super) struct File<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) layers: Vec<Layer>,
    pub(super) budget: Budget,
    /// How many values were compared with others.
    pub(super) compared: Cell<usize>,
    base: usize,
    /// For each object, the revisions that define it, with where; nowhere when they free it.
    versions: BTreeMap<u32, Vec<(usize, Option<usize>)>>,
    slots: Vec<Slot>,
    crypt: Option<EncryptionState>,
    /// The object that says how the file is encrypted, which itself is not.
    crypt_number: Option<u32>,
    depth: Cell<usize>,
    decoded: Cell<usize>,
    read: Cell<usize>,
    digested: Cell<usize>,
    unread: RefCell<BTreeSet<u32>>,
    /// Objects that give the length of a stream, with what they gave.
    pub(super) lengths: RefCell<BTreeMap<u32, usize>>,
    /// The cross-reference streams, and the objects that other objects stand in.
    pub(super) carriers: BTreeSet<u32>,
}

/// One version of one object.
#[derive(Debug)]
struct Slot {
    number: u32,
    revision: usize,
    place: Place,
    busy: Cell<bool>,
    read: OnceCell<Option<Box<Read>>>,
    held: OnceCell<Option<Box<Held>>>,
    digest: OnceCell<Box<[u8; 32]>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    At(usize),
    /// In the object stream that is this version.
    In(usize, usize),
}

#[derive(Debug)]
struct Read {
    object: Object,
    /// From `N G obj` to what follows the object; none inside object streams.
    span: Option<(usize, usize)>,
}

/// The content of an object stream.
#[derive(Debug)]
struct Held {
    text: Vec<u8>,
    /// Numbers and offsets.
    index: Vec<(u32, usize)>,
}

/// Objects may need others to be read (a length, a stream that holds them), and these others again.
pub(super) const MAX_NEEDS: usize = 12;

impl<'a> File<'a> {
    pub(super) fn open(bytes: &'a [u8], header: usize) -> Result<(Self, Chain), OpenError> {
        let budget = Budget::new();
        let mut chain = xref::chain(bytes, header, &budget);
        if chain.updates.is_empty() {
            return Err(OpenError::Broken(chain.broken.take().unwrap_or_default()));
        }
        let mut file = Self {
            bytes,
            layers: Vec::new(),
            budget,
            compared: Cell::new(0),
            base: chain.base,
            versions: BTreeMap::new(),
            slots: Vec::new(),
            crypt: None,
            crypt_number: None,
            depth: Cell::new(0),
            decoded: Cell::new(0),
            read: Cell::new(0),
            digested: Cell::new(0),
            unread: RefCell::default(),
            lengths: RefCell::default(),
            carriers: BTreeSet::new(),
        };
        for update in std::mem::take(&mut chain.updates) {
            file.add(update);
        }
        file.decrypt()?;
        Ok((file, chain))
    }

    fn add(&mut self, update: Update) {
        let revision = self.layers.len();
        // Some offsets point to the end of the line before.
        let before = self.layers.last().map_or(0, |layer| trimmed(self.bytes, layer.end));
        let mut trailer = update.trailer;
        // Each trailer has all entries anew; one that has no catalog is read as if it had the last one.
        if let Some(root) = self.layers.last().and_then(|layer| layer.trailer.get(b"Root").ok())
            && !trailer.has(b"Root")
        {
            trailer.set("Root", root.clone());
        }
        let mut layer = Layer {
            section: update.section,
            end: update.end,
            trailer,
            changed: BTreeSet::new(),
            freed: Vec::new(),
            unburied: Vec::new(),
        };
        self.carriers.extend(&update.streams);
        // Those that stand in the file come first: the others may stand in them.
        let (held, plain): (Vec<_>, Vec<_>) =
            update.entries.into_iter().partition(|(_, entry)| matches!(entry, Entry::In(..)));
        for (number, entry) in plain.into_iter().chain(held) {
            let place = match entry {
                Entry::Free => None,
                Entry::At(offset) => Some(Place::At(offset)),
                Entry::In(container, index) => {
                    self.carriers.insert(container);
                    self.slot(revision, container).map(|slot| Place::In(slot, index))
                }
            };
            self.change(&mut layer, before, number, place);
        }
        if revision > 0 {
            self.follow_containers(revision, &mut layer);
        }
        self.layers.push(layer);
    }

    /// Enters what the newest revision does to an object: where it stands now, or nowhere. The revisions before it end `before`.
    fn change(&mut self, layer: &mut Layer, before: usize, number: u32, place: Option<Place>) {
        let revision = self.layers.len();
        let current = self.slot(revision, number);
        let is_same = place.is_some() && current.and_then(|slot| self.place(slot)) == place;
        if is_same || (place.is_none() && current.is_none()) {
            return;
        }
        let is_old = match place {
            Some(Place::At(offset)) => offset.saturating_add(self.base) < before,
            Some(Place::In(container, _)) => {
                self.slots.get(container).is_some_and(|slot| !layer.changed.contains(&slot.number))
            }
            None => false,
        };
        if is_old && revision > 0 {
            layer.unburied.push(number);
        }
        if place.is_none() {
            layer.freed.push(number);
        }
        let slot = place.map(|place| self.make(number, revision, place));
        self.enter(revision, number, slot);
        layer.changed.insert(number);
    }

    /// Objects that stand in an object stream change with it.
    fn follow_containers(&mut self, revision: usize, layer: &mut Layer) {
        if !layer.changed.iter().any(|number| self.carriers.contains(number)) {
            return;
        }
        let mut moved = Vec::new();
        for (number, versions) in &self.versions {
            let Some((entered, Some(slot))) = versions.last() else { continue };
            let Some(Place::In(container, index)) = self.place(*slot) else { continue };
            let Some(holder) = self.slots.get(container).map(|slot| slot.number) else { continue };
            if *entered < revision && layer.changed.contains(&holder) {
                moved.push((*number, self.slot(revision, holder).map(|slot| Place::In(slot, index))));
            }
        }
        for (number, place) in moved {
            let slot = place.map(|place| self.make(number, revision, place));
            self.enter(revision, number, slot);
            layer.changed.insert(number);
        }
    }

    fn make(&mut self, number: u32, revision: usize, place: Place) -> usize {
        self.slots.push(Slot {
            number,
            revision,
            place,
            busy: Cell::new(false),
            read: OnceCell::new(),
            held: OnceCell::new(),
            digest: OnceCell::new(),
        });
        self.slots.len() - 1
    }

    fn enter(&mut self, revision: usize, number: u32, slot: Option<usize>) {
        self.versions.entry(number).or_default().push((revision, slot));
    }

    fn place(&self, slot: usize) -> Option<Place> {
        self.slots.get(slot).map(|slot| slot.place)
    }

    /// The version of an object that a revision sees.
    fn slot(&self, revision: usize, number: u32) -> Option<usize> {
        self.versions.get(&number)?.iter().rev().find(|(since, _)| *since <= revision)?.1
    }

    /// A number for the version of an object that a revision sees: another version, another number.
    pub(super) fn version(&self, revision: usize, number: u32) -> Option<usize> {
        self.slot(revision, number)
    }

    /// Every object that some revision has.
    pub(super) fn numbers(&self) -> impl Iterator<Item = u32> {
        self.versions.keys().copied()
    }

    /// An object as each revision that defines it has it.
    pub(super) fn versions_of(&self, number: u32) -> impl Iterator<Item = &Object> {
        let versions = self.versions.get(&number).map(Vec::as_slice).unwrap_or_default();
        versions.iter().filter_map(|(_, slot)| Some(&self.read_slot((*slot)?)?.object))
    }

    /// Objects that the file says it has, and that are not where it says.
    pub(super) fn unread(&self) -> Vec<u32> {
        self.unread.borrow().iter().copied().collect()
    }

    /// An object as a revision has it.
    pub(super) fn get(&self, revision: usize, number: u32) -> Option<&Object> {
        self.read_slot(self.slot(revision, number)?).map(|read| &read.object)
    }

    /// Where the version of an object that a revision sees stands in the file.
    pub(super) fn span(&self, revision: usize, number: u32) -> Option<(usize, usize)> {
        self.read_slot(self.slot(revision, number)?)?.span
    }

    /// Where every version of every object that was read stands.
    pub(super) fn spans(&self) -> BTreeSet<(usize, usize)> {
        self.slots.iter().filter_map(|slot| slot.read.get()?.as_ref()?.span).collect()
    }

    /// Where every version of every object begins, with its number, whether it was read or not.
    pub(super) fn starts(&self) -> BTreeSet<usize> {
        let places = self.slots.iter().filter_map(|slot| match slot.place {
            Place::At(offset) => offset.checked_add(self.base),
            Place::In(..) => None,
        });
        places.collect()
    }

    /// Tries the empty password.
    fn decrypt(&mut self) -> Result<(), OpenError> {
        let newest = self.layers.len() - 1;
        let Some(layer) = self.layers.last() else { return Ok(()) };
        if self.at(newest).value(&layer.trailer, b"Encrypt").is_none() {
            return Ok(());
        }
        let mut shell = Document::new();
        shell.trailer = layer.trailer.clone();
        for key in [b"Encrypt".as_slice(), b"ID"] {
            if let Ok(Object::Reference(id)) = layer.trailer.get(key)
                && let Some(object) = self.get(newest, id.0)
            {
                shell.objects.insert(*id, object.clone());
            }
        }
        self.crypt_number = layer.trailer.get(b"Encrypt").and_then(Object::as_reference).ok().map(|id| id.0);
        self.crypt = Some(EncryptionState::decode(&shell, "").map_err(|_| OpenError::Encrypted)?);
        // What was read until now was not decrypted.
        for slot in &mut self.slots {
            slot.read = OnceCell::new();
            slot.held = OnceCell::new();
        }
        Ok(())
    }

    /// A digest of what a stream holds, decoded.
    pub(super) fn stream_digest(&self, revision: usize, number: u32) -> Option<[u8; 32]> {
        let index = self.slot(revision, number)?;
        let Object::Stream(stream) = &self.read_slot(index)?.object else { return None };
        let slot = self.slots.get(index)?;
        if let Some(digest) = slot.digest.get() {
            return Some(**digest);
        }
        let digest = self.digest(stream)?;
        Some(**slot.digest.get_or_init(|| Box::new(digest)))
    }

    /// A digest of what a stream holds, decoded if that can be done; none when too much was digested.
    pub(super) fn digest(&self, stream: &Stream) -> Option<[u8; 32]> {
        let content = stream_content(stream, MAX_STREAM);
        let cost = content.as_ref().map_or_else(|| cost_of_failing(stream, MAX_STREAM), Vec::len);
        let content = content.as_deref().unwrap_or(&stream.content);
        self.digested.set(self.digested.get().saturating_add(cost).saturating_add(stream.content.len()));
        if self.digested.get() > self.bytes.len().saturating_mul(3).saturating_add(MAX_DIGESTED) {
            self.budget.exceed();
            return None;
        }
        Some(Sha256::digest(content).into())
    }

    /// What a revision sees.
    pub(super) const fn at(&self, revision: usize) -> View<'_> {
        View { file: self, revision }
    }
}

/// The end of what stands before `end`, without white space.
pub(super) fn trimmed(bytes: &[u8], end: usize) -> usize {
    let before = bytes.get(..end).unwrap_or_default();
    before.len() - before.iter().rev().take_while(|byte| is_space(**byte)).count()
}
