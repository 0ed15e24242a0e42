//! A new version is made out of sight, whole, in a folder that can take the object's place in one move.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::Write as _,
    path::{Path, PathBuf},
};

use jiff::Timestamp;

use super::{
    Error, Inventory, LogicalPath, ObjectId, User, Version,
    algorithm::{self, Algorithm},
    files,
    inventory::{DECLARATION, INVENTORY, SIDECAR},
    store::{Store, Writer},
    validate::{Kind, list},
};
use crate::{digest::FileDigest, domain::VersionNum};

/// A version to archive. It is complete in itself: what it does not hold, the version does not have.
#[derive(Debug, Clone)]
pub struct Draft {
    /// The object.
    pub id: ObjectId,
    /// What becomes of the object's last version.
    pub mode: Mode,
    /// Its files.
    pub files: Vec<(LogicalPath, Source)>,
    /// Why it is made.
    pub message: String,
    /// Who makes it.
    pub user: User,
    /// When: the archive has no clock.
    pub created: Timestamp,
}

/// What a draft does to the object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Adds a version after the last one, or makes the object.
    NewVersion,
    /// Takes the place of the last version, which nobody received. Earlier versions stay as they are.
    ReplaceHead,
}

/// Where the bytes of a file are.
#[derive(Debug, Clone)]
pub enum Source {
    /// Here.
    Bytes(Vec<u8>),
    /// In a file, which is read in pieces.
    File(PathBuf),
}

/// A version that is written in full and not yet in place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Staged {
    /// The object.
    pub id: ObjectId,
    /// The number of the version.
    pub version: VersionNum,
    /// The SHA-256 of the inventory that the object will have: the one figure to note elsewhere.
    pub inventory: FileDigest,
    /// The SHA-512 of the same inventory, in hexadecimal, as its sidecar has it.
    pub sha512: String,
}

impl Staged {
    pub(super) fn of(inventory: &Inventory) -> Self {
        Self {
            id: inventory.id().clone(),
            version: inventory.head(),
            inventory: inventory.digest(),
            sha512: Algorithm::Sha512.of(&inventory.to_json()),
        }
    }
}

impl Writer<'_> {
    /// Writes a version out of sight, flushed to the disk. [`Self::settle`] puts it in place.
    ///
    /// # Errors
    /// When a version of the object is staged already, when what is in place is not as paraphe left it, when two paths of the
    /// draft exclude each other, when there is nothing to replace, or when a file operation fails: nothing in place changes.
    pub fn stage(&self, draft: &Draft) -> Result<Staged, Error> {
        let store = self.store();
        exclusive(&draft.files)?;
        let ready = store.staged_folder(&draft.id);
        if files::exists(&ready) {
            return Err(Error::Pending(draft.id.clone()));
        }
        let (version, before) = predecessor(store, draft)?;
        let part = store.part_folder(&draft.id);
        files::remove(&part)?;
        files::make_folder(&part)?;
        let place = store.place(&draft.id);
        for number in (1..version.get()).filter_map(VersionNum::new) {
            let name = format!("v{number}");
            files::link_folder(&place.join(&name), &part.join(&name))?;
        }
        let inventory = write_version(&part, version, before, draft)?;
        files::sync_folders(&part)?;
        files::rename(&part, &ready)?;
        Ok(Staged::of(&inventory))
    }
}

impl Writer<'_> {
    /// Archives an object that is named by what it holds, and puts it in place: the same one is kept once.
    ///
    /// # Errors
    /// As [`Self::stage`] and [`Self::settle`].
    pub fn keep(&self, draft: &Draft) -> Result<(), Error> {
        if !self.store().objects()?.contains(&draft.id) {
            self.discard(&draft.id)?;
            self.stage(draft)?;
        }
        self.settle(&draft.id)
    }
}

/// Refuses a draft in which a path is there twice, or is a folder too.
fn exclusive(draft: &[(LogicalPath, Source)]) -> Result<(), Error> {
    let mut seen = BTreeSet::new();
    if let Some((twice, _)) = draft.iter().find(|(path, _)| !seen.insert(path.as_str())) {
        return Err(Error::Path(twice.clone()));
    }
    let above =
        |path: &str| path.rmatch_indices('/').any(|(end, _)| path.get(..end).is_some_and(|above| seen.contains(above)));
    let below = draft.iter().find(|(path, _)| above(path.as_str()));
    below.map_or(Ok(()), |(path, _)| Err(Error::Path(path.clone())))
}

/// The number of the version to make, and the inventory of the version before it.
fn predecessor(store: &Store, draft: &Draft) -> Result<(VersionNum, Option<Inventory>), Error> {
    let place = store.place(&draft.id);
    if !files::exists(&place) {
        return match draft.mode {
            Mode::NewVersion => Ok((VersionNum::FIRST, None)),
            Mode::ReplaceHead => Err(Error::NoObject(draft.id.clone())),
        };
    }
    let current = Inventory::load(&place)?;
    as_left(&place, &current)?;
    match draft.mode {
        Mode::NewVersion => {
            let next = VersionNum::new(current.head().get() + 1);
            Ok((next.ok_or_else(|| Error::TooManyVersions(draft.id.clone()))?, Some(current)))
        }
        Mode::ReplaceHead => {
            let head = current.head();
            let before = VersionNum::new(head.get() - 1);
            let before = before.map(|before| Inventory::load(&place.join(format!("v{before}")))).transpose()?;
            Ok((head, before))
        }
    }
}

/// Refuses an object whose folder has something less or more than paraphe wrote: it would be lost, or carried on.
fn as_left(place: &Path, inventory: &Inventory) -> Result<(), Error> {
    let mut layout = inventory.layout();
    let mut pending = vec![(place.to_owned(), String::new())];
    while let Some((folder, inside)) = pending.pop() {
        for entry in list(&folder).map_err(Error::io("list", &folder))? {
            let inside = format!("{inside}{}", entry.name);
            if entry.kind == Kind::Folder {
                pending.push((entry.path, format!("{inside}/")));
            } else if !layout.remove(&inside) {
                return Err(Error::damaged(&entry.path, "was not written by paraphe"));
            }
        }
    }
    layout.first().map_or(Ok(()), |missing| Err(Error::damaged(&place.join(missing), "is not there")))
}

/// Writes the files, the inventories and the declaration of a staged object.
fn write_version(
    part: &Path,
    number: VersionNum,
    before: Option<Inventory>,
    draft: &Draft,
) -> Result<Inventory, Error> {
    let mut manifest = before.as_ref().map(|before| before.manifest.clone()).unwrap_or_default();
    let mut versions: BTreeMap<VersionNum, Version> =
        before.iter().flat_map(Inventory::versions).map(|(number, version)| (number, version.clone())).collect();
    let folder = part.join(format!("v{number}"));
    files::make_folder(&folder)?;
    let mut kept = BTreeMap::new();
    for (path, source) in &draft.files {
        let digest = source.sha512()?;
        let known =
            manifest.get(&digest).is_some_and(|places| places.iter().any(|place| intact(&part.join(place), &digest)));
        if !known {
            let place = format!("v{number}/content/{path}");
            source.copy_to(&part.join(&place), &digest)?;
            manifest.entry(digest.clone()).or_default().push(place);
        }
        kept.insert(path.clone(), digest);
    }
    let Draft { created, message, user, .. } = draft.clone();
    versions.insert(number, Version { created, message, user, files: kept });
    let inventory = Inventory::new(draft.id.clone(), versions, manifest);
    let bytes = inventory.to_json();
    let sidecar = Inventory::sidecar(&bytes);
    for folder in [folder.as_path(), part] {
        files::write(&folder.join(INVENTORY), &bytes)?;
        files::write(&folder.join(SIDECAR), sidecar.as_bytes())?;
    }
    files::write(&part.join(DECLARATION), format!("{}\n", DECLARATION.trim_start_matches("0=")).as_bytes())?;
    Ok(inventory)
}

/// Whether a file of an earlier version still is what it was: a new version does not lean on one that is not.
fn intact(path: &Path, sha512: &str) -> bool {
    algorithm::hash(path, &BTreeSet::from([Algorithm::Sha512]))
        .is_ok_and(|fixity| fixity.digest(Algorithm::Sha512) == sha512)
}

impl Source {
    fn sha512(&self) -> Result<String, Error> {
        match self {
            Self::Bytes(bytes) => Ok(Algorithm::Sha512.of(bytes)),
            Self::File(path) => {
                let fixity = algorithm::hash(path, &BTreeSet::from([Algorithm::Sha512]));
                Ok(fixity.map_err(Error::io("read", path))?.digest(Algorithm::Sha512).to_owned())
            }
        }
    }

    /// Writes the bytes to a new file; they must be those that were hashed before.
    fn copy_to(&self, target: &Path, sha512: &str) -> Result<(), Error> {
        if let Some(folder) = target.parent() {
            files::make_folder(folder)?;
        }
        let path = match self {
            Self::Bytes(bytes) => return files::write(target, bytes),
            Self::File(path) => path,
        };
        let mut file = files::create(target)?;
        let mut failed = None;
        let fixity = algorithm::hash_into(path, &BTreeSet::from([Algorithm::Sha512]), |piece| {
            file.write_all(piece).inspect_err(|error| failed = Some(error.kind()))
        });
        let fixity = fixity.map_err(|error| match failed {
            Some(_) => Error::io("write", target)(error),
            None => Error::io("read", path)(error),
        })?;
        if fixity.digest(Algorithm::Sha512) != sha512 {
            return Err(Error::damaged(path, "changed while it was archived"));
        }
        files::finish(&file, target)
    }
}
