//! A file with all its revisions: each object as each revision has it, read when it is asked for, and once.

use std::{
    cell::{Cell, OnceCell, RefCell},
    collections::{BTreeMap, BTreeSet},
};

use lopdf::{Dictionary, Document, EncryptionState, Object, ObjectId, Stream, encryption::decrypt_object};
use sha2::{Digest as _, Sha256};

use super::{
    limits::{MAX_DECODED, MAX_DIGESTED, MAX_STREAM},
    syntax::{Budget, Cursor, is_space},
    xref::{self, Chain, Entry, Update},
};
use crate::stamp::{Objects, cost_of_failing, stream_content};

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
const MAX_NEEDS: usize = 12;

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
        let previous_end = self.layers.last().map_or(0, |layer| trimmed(self.bytes, layer.end));
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
        for (number, entry) in plain {
            let current = self.slot(revision, number);
            match entry {
                Entry::Free => {
                    if current.is_some() {
                        self.enter(revision, number, None);
                        layer.freed.push(number);
                        layer.changed.insert(number);
                    }
                }
                Entry::At(offset) => {
                    let place = Place::At(offset);
                    if current.is_some_and(|slot| self.place(slot) == Some(place)) {
                        continue;
                    }
                    if offset.saturating_add(self.base) < previous_end && revision > 0 {
                        layer.unburied.push(number);
                    }
                    let slot = self.make(number, revision, place);
                    self.enter(revision, number, Some(slot));
                    layer.changed.insert(number);
                }
                Entry::In(..) => {}
            }
        }
        for (number, entry) in held {
            let Entry::In(container, index) = entry else { continue };
            self.carriers.insert(container);
            let place = self.slot(revision, container).map(|slot| Place::In(slot, index));
            let current = self.slot(revision, number);
            match place {
                Some(place) if current.is_some_and(|slot| self.place(slot) == Some(place)) => {}
                Some(place) => {
                    if revision > 0 && !layer.changed.contains(&container) {
                        layer.unburied.push(number);
                    }
                    let slot = self.make(number, revision, place);
                    self.enter(revision, number, Some(slot));
                    layer.changed.insert(number);
                }
                None if current.is_some() => {
                    self.enter(revision, number, None);
                    layer.freed.push(number);
                    layer.changed.insert(number);
                }
                None => {}
            }
        }
        if revision > 0 {
            self.follow_containers(revision, &mut layer);
        }
        self.layers.push(layer);
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

    fn read_slot(&self, index: usize) -> Option<&Read> {
        let slot = self.slots.get(index)?;
        if let Some(read) = slot.read.get() {
            return read.as_deref();
        }
        if slot.busy.get() || self.depth.get() >= MAX_NEEDS {
            return None;
        }
        slot.busy.set(true);
        self.depth.set(self.depth.get() + 1);
        let read = self.read_new(slot);
        self.depth.set(self.depth.get() - 1);
        slot.busy.set(false);
        if read.is_none() {
            self.unread.borrow_mut().insert(slot.number);
        }
        slot.read.get_or_init(|| read.map(Box::new)).as_deref()
    }

    fn read_new(&self, slot: &Slot) -> Option<Read> {
        // Once too much was read, nothing more is.
        self.charge(0)?;
        match slot.place {
            Place::At(offset) => self.read_at(slot, offset.checked_add(self.base)?),
            Place::In(container, index) => {
                let held = self.held(container)?;
                let own = |(number, _): &&(u32, usize)| *number == slot.number;
                let found = held.index.get(index).filter(own).or_else(|| {
                    self.budget.walk(held.index.len())?;
                    held.index.iter().find(own)
                })?;
                let mut cursor = Cursor::new(&held.text, found.1);
                let object = cursor.object(&self.budget);
                self.charge(cursor.at().saturating_sub(found.1))?;
                Some(Read { object: object?, span: None })
            }
        }
    }

    fn read_at(&self, slot: &Slot, offset: usize) -> Option<Read> {
        let mut cursor = Cursor::new(self.bytes, offset);
        cursor.space();
        let start = cursor.at();
        self.charge(start - offset)?;
        let id = cursor.object_header();
        self.charge(cursor.at() - start)?;
        let id = id.filter(|id| id.0 == slot.number)?;
        cursor.space();
        // `2 0 obj endobj` is null.
        let object = if cursor.word(b"endobj").is_some() { Some(Object::Null) } else { cursor.object(&self.budget) };
        self.charge(cursor.at().saturating_sub(start))?;
        let mut object = match object? {
            Object::Dictionary(fields) => {
                cursor.space();
                if cursor.word(b"stream").is_some() {
                    cursor.end_of_stream_word();
                    Object::Stream(self.stream(slot.revision, fields, &mut cursor)?)
                } else {
                    Object::Dictionary(fields)
                }
            }
            other => other,
        };
        if let Some(crypt) = &self.crypt
            && Some(id.0) != self.crypt_number
            && !is_type(&object, b"XRef")
        {
            decrypt_object(crypt, id, &mut object).ok()?;
        }
        Some(Read { object, span: Some((start, cursor.at())) })
    }

    fn stream(&self, revision: usize, fields: Dictionary, cursor: &mut Cursor<'a>) -> Option<Stream> {
        let start = cursor.at();
        let length = match fields.get(b"Length") {
            Ok(Object::Reference((number, _))) => {
                let length = self.get(revision, *number).and_then(xref::number);
                if let Some(length) = length {
                    self.lengths.borrow_mut().insert(*number, length);
                }
                length
            }
            Ok(length) => xref::number(length),
            Err(_) => None,
        };
        let told = length.and_then(|length| {
            let end = start.checked_add(length)?;
            let mut after = Cursor::new(self.bytes, end);
            after.blank();
            after.word(b"endstream").map(|()| (end, after.at()))
        });
        // A wrong length is common, and every reader mends it in this way.
        let (end, after) = told.or_else(|| {
            let rest = self.bytes.get(start..)?;
            let found = memchr::memmem::find(rest, b"endstream");
            self.charge(found.unwrap_or(rest.len()))?;
            let end = start + found?;
            let body = self.bytes.get(start..end)?;
            let body = body.strip_suffix(b"\n").unwrap_or(body);
            let body = body.strip_suffix(b"\r").unwrap_or(body);
            Some((start + body.len(), end + b"endstream".len()))
        })?;
        let content = self.bytes.get(start..end)?;
        self.charge(content.len())?;
        *cursor = Cursor::new(self.bytes, after);
        Some(Stream { dict: fields, content: content.to_vec(), allows_compression: false, start_position: None })
    }

    fn held(&self, index: usize) -> Option<&Held> {
        let slot = self.slots.get(index)?;
        if let Some(held) = slot.held.get() {
            return held.as_deref();
        }
        // An object stream is in no object stream.
        let held = match slot.place {
            Place::At(_) => self.unfold(index),
            Place::In(..) => None,
        };
        // Unfolding may have come back here, and have given up: the first answer stays.
        let _first = slot.held.set(held.map(Box::new));
        slot.held.get()?.as_deref()
    }

    fn unfold(&self, index: usize) -> Option<Held> {
        let Object::Stream(stream) = &self.read_slot(index)?.object else { return None };
        let left = MAX_DECODED.saturating_sub(self.decoded.get());
        let limit = MAX_STREAM.min(left);
        let Some(text) = stream_content(stream, limit) else {
            self.budget.exceed();
            self.decoded.set(self.decoded.get() + cost_of_failing(stream, limit));
            return None;
        };
        self.decoded.set(self.decoded.get() + text.len());
        let first = xref::number(stream.dict.get(b"First").ok()?)?;
        let count = xref::number(stream.dict.get(b"N").ok()?)?;
        let mut cursor = Cursor::new(text.get(..first)?, 0);
        let mut numbers = Vec::new();
        for _ in 0..count {
            let Some((number, offset)) = cursor.number().zip(cursor.number()) else { break };
            numbers.push((u32::try_from(number).ok()?, first.checked_add(usize::try_from(offset).ok()?)?));
        }
        Some(Held { text, index: numbers })
    }

    /// Counts bytes that were read: overlapping objects would otherwise be read a million times.
    fn charge(&self, bytes: usize) -> Option<()> {
        let read = self.read.get().saturating_add(bytes);
        self.read.set(read);
        if read > self.bytes.len().saturating_mul(3).saturating_add(MAX_DECODED) {
            self.budget.exceed();
            return None;
        }
        Some(())
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

fn is_type(object: &Object, name: &[u8]) -> bool {
    match object {
        Object::Stream(stream) => stream.dict.has_type(name),
        Object::Dictionary(fields) => fields.has_type(name),
        _ => false,
    }
}

/// The objects as one revision sees them.
#[derive(Debug, Clone, Copy)]
pub(super) struct View<'f> {
    pub(super) file: &'f File<'f>,
    pub(super) revision: usize,
}

impl<'f> View<'f> {
    /// An object behind as many references as there are; what is not there is null (ISO 32000-1, 7.3.10).
    pub(super) fn follow(self, object: &'f Object) -> &'f Object {
        let mut object = object;
        for _ in 0..MAX_NEEDS {
            let Object::Reference((number, _)) = object else { return object };
            object = match self.file.get(self.revision, *number) {
                Some(found) => found,
                None => return &Object::Null,
            };
        }
        &Object::Null
    }

    /// The value of a key, followed; none if it is null.
    pub(super) fn value(self, fields: &'f Dictionary, key: &[u8]) -> Option<&'f Object> {
        Some(self.follow(fields.get(key).ok()?)).filter(|value| !value.is_null())
    }

    pub(super) fn dictionary(self, fields: &'f Dictionary, key: &[u8]) -> Option<&'f Dictionary> {
        fields_of(self.value(fields, key)?)
    }

    pub(super) fn array(self, fields: &'f Dictionary, key: &[u8]) -> Option<&'f [Object]> {
        self.value(fields, key)?.as_array().ok().map(Vec::as_slice)
    }

    pub(super) fn name(self, fields: &'f Dictionary, key: &[u8]) -> Option<&'f [u8]> {
        self.value(fields, key)?.as_name().ok()
    }

    /// The text of a string; a thousand fields may have the same, so that its length counts.
    pub(super) fn decoded(self, object: &'f Object) -> Option<String> {
        let object = self.follow(object);
        self.file.budget.show(object.as_str().map_or(0, <[u8]>::len))?;
        lopdf::decode_text_string(object).ok()
    }

    /// The dictionary of an object by its number.
    pub(super) fn object(self, number: u32) -> Option<&'f Dictionary> {
        fields_of(self.file.get(self.revision, number)?)
    }

    pub(super) fn trailer(self) -> Option<&'f Dictionary> {
        self.file.layers.get(self.revision).map(|layer| &layer.trailer)
    }

    pub(super) fn catalog(self) -> Option<&'f Dictionary> {
        self.dictionary(self.trailer()?, b"Root")
    }
}

/// The entries of a dictionary or of a stream.
pub(super) const fn fields_of(object: &Object) -> Option<&Dictionary> {
    match object {
        Object::Dictionary(fields) => Some(fields),
        Object::Stream(stream) => Some(&stream.dict),
        _ => None,
    }
}

impl Objects for View<'_> {
    fn object(&self, id: ObjectId) -> Option<&Object> {
        self.file.get(self.revision, id.0)
    }
}
