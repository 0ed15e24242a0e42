//! The storage root and its staging folder: what is in place, what is staged, and the moves between the two.
//!
//! In the staging folder, which is beside the root because the standard wants nothing else inside it:
//!
//! - `<id>.part`: a version being written; worth nothing.
//! - `<id>`: an object with its new version, complete and flushed. It is the redo log of [`Writer::settle`].
//! - `<id>.old`: the former object, while the new one takes its place.
//!
//! The root holds whole objects at every moment: they only ever come and go by one move of their folder.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use super::{
    Error, Inventory, LogicalPath, ObjectId, Staged,
    algorithm::Algorithm,
    files,
    inventory::INVENTORY,
    validate::{Kind, list},
};
use crate::domain::VersionNum;

const LOCK: &str = ".lock";
const NEW_ROOT: &str = ".root.part";
const PART: &str = ".part";
const OLD: &str = ".old";

/// The files of the root itself.
pub(super) const ROOT_FILES: [(&str, &str); 2] = [
    ("0=ocfl_1.1", "ocfl_1.1\n"),
    (
        "ocfl_layout.json",
        "{\n  \"extension\": \"0002-flat-direct-storage-layout\",\n  \"description\": \"Each object is in the folder that has its identifier as name\"\n}\n",
    ),
];

/// An archive: a storage root, and a staging folder on the same disk.
#[derive(Debug, Clone)]
pub struct Store {
    root: PathBuf,
    staging: PathBuf,
}

/// The right to write to an archive, until it is dropped; it ends with the process, even killed.
#[derive(Debug)]
pub struct Writer<'a> {
    store: &'a Store,
    // Held, not read.
    _lock: fs::File,
}

impl Store {
    /// Opens an archive, to read it.
    ///
    /// # Errors
    /// When the folder is not an archive.
    pub fn open(root: &Path, staging: &Path) -> Result<Self, Error> {
        let (declaration, _) = ROOT_FILES[0];
        if !files::exists(root) {
            return Err(Error::Absent(root.to_owned()));
        }
        if !root.join(declaration).is_file() {
            return Err(Error::NotAnArchive(root.to_owned()));
        }
        Ok(Self { root: root.to_owned(), staging: staging.to_owned() })
    }

    /// Opens an archive, or makes it where there is none.
    ///
    /// # Errors
    /// When the folder has something else than an archive, or a folder cannot be made.
    pub fn create(root: &Path, staging: &Path) -> Result<Self, Error> {
        let store = Self { root: root.to_owned(), staging: staging.to_owned() };
        if files::exists(root) {
            if !list(root).map_err(Error::io("list", root))?.is_empty() {
                return Self::open(root, staging);
            }
            fs::remove_dir(root).map_err(Error::io("replace", root))?;
        }
        files::make_folder(staging)?;
        let part = staging.join(NEW_ROOT);
        let _writer = store.lock()?;
        files::remove(&part)?;
        files::make_folder(&part)?;
        for (name, text) in ROOT_FILES {
            files::write(&part.join(name), text.as_bytes())?;
        }
        files::sync_folders(&part)?;
        files::rename(&part, root)?;
        Ok(store)
    }

    /// Takes the archive for this run, to write to it.
    ///
    /// # Errors
    /// When another run has it.
    pub fn lock(&self) -> Result<Writer<'_>, Error> {
        files::make_folder(&self.staging)?;
        let path = self.staging.join(LOCK);
        let lock = fs::File::create(&path).map_err(Error::io("make", &path))?;
        match lock.try_lock() {
            Ok(()) => Ok(Writer { store: self, _lock: lock }),
            Err(fs::TryLockError::WouldBlock) => Err(Error::Busy(path)),
            Err(fs::TryLockError::Error(source)) => Err(Error::io("lock", &path)(source)),
        }
    }

    /// The storage root.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The identifiers of the objects, in order.
    ///
    /// # Errors
    /// When a folder cannot be listed.
    pub fn objects(&self) -> Result<Vec<ObjectId>, Error> {
        let mut found: BTreeSet<ObjectId> = folders(&self.root)?.iter().filter_map(|name| name.parse().ok()).collect();
        // Between the two moves of a settlement, the object still is where its former folder went.
        let moving = folders(&self.staging)?;
        found.extend(moving.iter().filter_map(|name| name.strip_suffix(OLD)?.parse().ok()));
        Ok(found.into_iter().collect())
    }

    /// Reads the inventory of an object: its versions, their files, who made them, when and why.
    ///
    /// # Errors
    /// When there is no such object, or its inventory is not what paraphe wrote.
    pub fn read(&self, id: &ObjectId) -> Result<Inventory, Error> {
        let folder = self.current(id)?;
        let inventory = Inventory::load(&folder)?;
        if inventory.id() == id {
            Ok(inventory)
        } else {
            Err(Error::damaged(&folder.join(INVENTORY), format!("is the inventory of `{}`", inventory.id())))
        }
    }

    /// Reads the inventory that an object had when a version was its last.
    ///
    /// # Errors
    /// When there is no such version, or its inventory is not what paraphe wrote.
    pub fn inventory(&self, id: &ObjectId, version: VersionNum) -> Result<Inventory, Error> {
        Inventory::load(&self.current(id)?.join(format!("v{version}")))
    }

    /// Reads a file of a version; its bytes are those that were archived, or there is an error.
    ///
    /// # Errors
    /// When there is no such file, or it is not what was archived.
    pub fn file(&self, id: &ObjectId, version: VersionNum, path: &LogicalPath) -> Result<Vec<u8>, Error> {
        let inventory = self.read(id)?;
        let Some((digest, places)) = inventory.content(version, path) else {
            return Err(Error::NoFile { id: id.clone(), version, path: path.clone() });
        };
        let folder = self.current(id)?;
        let mut refused = folder.clone();
        for place in places {
            refused = folder.join(place);
            if let Ok(bytes) = files::read(&refused)
                && Algorithm::Sha512.of(&bytes) == digest
            {
                return Ok(bytes);
            }
        }
        Err(Error::damaged(&refused, "is not what was archived"))
    }

    /// The versions that are staged, complete, in the order of their objects.
    ///
    /// # Errors
    /// When the staging folder cannot be listed or a staged inventory is not what paraphe wrote.
    pub fn staged(&self) -> Result<Vec<Staged>, Error> {
        let ids = folders(&self.staging)?.into_iter().filter_map(|name| name.parse().ok());
        ids.map(|id: ObjectId| Ok(Staged::of(&Inventory::load(&self.staged_folder(&id))?))).collect()
    }

    /// Reads a file of the staged version of an object, if there is one with such a file.
    ///
    /// # Errors
    /// When what is staged is not what paraphe wrote.
    pub fn staged_file(&self, id: &ObjectId, path: &LogicalPath) -> Result<Option<(Staged, Vec<u8>)>, Error> {
        let folder = self.staged_folder(id);
        if !files::exists(&folder) {
            return Ok(None);
        }
        let inventory = Inventory::load(&folder)?;
        let Some((digest, places)) = inventory.content(inventory.head(), path) else { return Ok(None) };
        let sound = |place: &String| {
            files::read(&folder.join(place)).ok().filter(|bytes| Algorithm::Sha512.of(bytes) == digest)
        };
        Ok(places.iter().find_map(sound).map(|bytes| (Staged::of(&inventory), bytes)))
    }

    pub(super) fn place(&self, id: &ObjectId) -> PathBuf {
        self.root.join(id.as_str())
    }

    pub(super) fn staged_folder(&self, id: &ObjectId) -> PathBuf {
        self.staging.join(id.as_str())
    }

    pub(super) fn part_folder(&self, id: &ObjectId) -> PathBuf {
        self.staging.join(format!("{id}{PART}"))
    }

    fn old_folder(&self, id: &ObjectId) -> PathBuf {
        self.staging.join(format!("{id}{OLD}"))
    }

    /// The folder of an object, wherever a settlement has it.
    fn current(&self, id: &ObjectId) -> Result<PathBuf, Error> {
        // The place is looked at again: a settlement may have ended meanwhile.
        let folders = [self.place(id), self.old_folder(id), self.place(id)];
        folders.into_iter().find(|folder| folder.is_dir()).ok_or_else(|| Error::NoObject(id.clone()))
    }
}

impl Writer<'_> {
    pub(super) fn store(&self) -> &Store {
        self.store
    }

    /// Puts the staged version of an object in place. It may be called again, after any interruption, until it succeeds;
    /// when it has succeeded already, it does nothing.
    ///
    /// # Errors
    /// When there is neither a staged version nor the object, when the staged version does not follow the one in place, or
    /// when a file operation fails.
    pub fn settle(&self, id: &ObjectId) -> Result<(), Error> {
        let (ready, place, old) = (self.store.staged_folder(id), self.store.place(id), self.store.old_folder(id));
        if files::exists(&ready) {
            if files::exists(&place) {
                files::remove(&old)?;
                follows(id, &ready, &place)?;
                files::rename(&place, &old)?;
            }
            files::rename(&ready, &place)?;
        } else if !files::exists(&place) {
            self.restore(id)?;
        }
        if !files::exists(&place) {
            return Err(Error::NoObject(id.clone()));
        }
        files::remove(&old)
    }

    /// Throws the staged version of an object away; what is in place stays.
    ///
    /// # Errors
    /// When a file operation fails; it may be called again.
    pub fn discard(&self, id: &ObjectId) -> Result<(), Error> {
        self.restore(id)?;
        let (ready, part) = (self.store.staged_folder(id), self.store.part_folder(id));
        if files::exists(&ready) {
            files::remove(&part)?;
            files::rename(&ready, &part)?;
        }
        files::remove(&part)
    }

    /// Removes what killed runs left half written, and what was replaced. Complete staged versions stay.
    ///
    /// # Errors
    /// When a file operation fails; it may be called again.
    pub fn sweep(&self) -> Result<(), Error> {
        for name in folders(&self.store.staging)? {
            let folder = self.store.staging.join(&name);
            if name.ends_with(PART) {
                files::remove(&folder)?;
            } else if let Some(id) = name.strip_suffix(OLD).and_then(|id| id.parse::<ObjectId>().ok()) {
                if files::exists(&self.store.place(&id)) {
                    files::remove(&folder)?;
                } else if !files::exists(&self.store.staged_folder(&id)) {
                    self.restore(&id)?;
                }
                // Otherwise a settlement is half done: `settle` or `discard` ends it.
            }
        }
        Ok(())
    }

    /// Moves the former object back, when nothing took its place.
    fn restore(&self, id: &ObjectId) -> Result<(), Error> {
        let (place, old) = (self.store.place(id), self.store.old_folder(id));
        if files::exists(&old) && !files::exists(&place) { files::rename(&old, &place) } else { Ok(()) }
    }
}

/// Refuses a staged object that was not made from the one in place.
fn follows(id: &ObjectId, ready: &Path, place: &Path) -> Result<(), Error> {
    let (new, current) = (Inventory::load(ready)?, Inventory::load(place)?);
    let (head, former) = (new.head().get(), current.head().get());
    let same_past = head == 1 || {
        let before = Path::new(&format!("v{}", head - 1)).join(INVENTORY);
        files::read(&ready.join(&before))? == files::read(&place.join(&before))?
    };
    if same_past && (former == head || former + 1 == head) { Ok(()) } else { Err(Error::Conflict(id.clone())) }
}

/// The names of the folders in a folder; none when it is not there.
fn folders(folder: &Path) -> Result<Vec<String>, Error> {
    if !files::exists(folder) {
        return Ok(Vec::new());
    }
    let entries = list(folder).map_err(Error::io("list", folder))?;
    Ok(entries.into_iter().filter(|entry| entry.kind == Kind::Folder).map(|entry| entry.name).collect())
}
