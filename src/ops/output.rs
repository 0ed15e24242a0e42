//! The output folder: what is in it, and how it is filled without ever showing half a contract.
//!
//! What is here is a copy, for people, of what the archive has. Each contract is written to `.staging/<id>.part`, then renamed to
//! `.staging/<id>`; once all are ready they are renamed into place, and the manifest and the checksums are written last. A run
//! that was killed at any moment is finished by the next: a folder, staged or in place, with the same record and whose files
//! still have their digests is kept.

use std::{
    collections::BTreeMap,
    fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use super::version::{ContractRecord, RECORD, to_pretty_json as to_json};
use crate::digest::FileDigest;

const STAGING: &str = ".staging";
/// Ends the name of a contract's former folder, while the new one takes its place.
const OLD: &str = ".old";
const MANIFEST: &str = "manifest.json";
const CHECKSUMS: &str = "SHA256SUMS";

/// Why the output folder could not be written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OutputError {
    /// Another run is writing there.
    #[error("another run is writing to `{0}`; wait for it to end")]
    Busy(PathBuf),
    /// A file of the archive has a name that it cannot have.
    #[error("`{0}` is not the name of an archived file")]
    Name(String),
    /// A file stands where a contract's folder should be.
    #[error("`{0}` is a file, where the folder of a contract should be; move it away")]
    Taken(PathBuf),
    /// A file operation failed: disk full, read-only folder.
    #[error("could not {action} `{path}`")]
    Io {
        /// What was tried.
        action: &'static str,
        /// On which file.
        path: PathBuf,
        /// Why it failed.
        source: io::Error,
    },
}

/// `manifest.json`: everything that was made and what it was made from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Version of this format.
    pub format: u8,
    /// Title of the campaign.
    pub campagne: String,
    /// The files it was made from.
    pub sources: Vec<SourceRecord>,
    /// The contracts, by identifier.
    pub contracts: Vec<ContractRecord>,
}

/// A file the campaign was made from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceRecord {
    /// Its name from the campaign folder.
    pub name: String,
    /// Its SHA-256, in hexadecimal.
    pub sha256: String,
}

/// A file to write: its name and its bytes.
pub(super) type NewFile = (String, Vec<u8>);

/// An output folder held by this run.
#[derive(Debug)]
pub(super) struct Output {
    root: PathBuf,
    staging: PathBuf,
    // Held, not read: the lock ends with the process, even killed.
    _lock: fs::File,
}

impl Output {
    /// Opens the folder, making it if needed, and takes it for this run.
    pub(super) fn open(root: &Path) -> Result<Self, OutputError> {
        let staging = root.join(STAGING);
        fs::create_dir_all(&staging).map_err(io_error("make", &staging))?;
        let path = staging.join("lock");
        let lock = fs::File::create(&path).map_err(io_error("make", &path))?;
        match lock.try_lock() {
            Ok(()) => {
                let output = Self { root: root.to_owned(), staging, _lock: lock };
                output.resume()?;
                Ok(output)
            }
            Err(fs::TryLockError::WouldBlock) => Err(OutputError::Busy(root.to_owned())),
            Err(fs::TryLockError::Error(source)) => Err(io_error("lock", &path)(source)),
        }
    }

    /// Whether a contract is already there, staged or in place, as its record says and intact.
    pub(super) fn has(&self, wanted: &ContractRecord) -> bool {
        [&self.staging, &self.root]
            .into_iter()
            .map(|parent| parent.join(&wanted.contract))
            .any(|folder| read_record(&folder).is_some_and(|found| &found == wanted && intact(&folder, &found)))
    }

    /// Writes the files of one contract, out of sight.
    pub(super) fn stage(&self, record: &ContractRecord, files: &[NewFile]) -> Result<(), OutputError> {
        let part = self.staging.join(format!("{}.part", record.contract));
        remove(&part)?;
        fs::create_dir_all(&part).map_err(io_error("make", &part))?;
        for (name, bytes) in files {
            write(&part.join(name), bytes)?;
        }
        write(&part.join(RECORD), &to_json(record))?;
        let ready = self.staging.join(&record.contract);
        remove(&ready)?;
        rename(&part, &ready)
    }

    /// Moves every staged contract into place, then writes the manifest and the checksums.
    pub(super) fn finish(&self, manifest: &Manifest) -> Result<(), OutputError> {
        for record in &manifest.contracts {
            let ready = self.staging.join(&record.contract);
            if ready.join(RECORD).is_file() {
                let place = self.root.join(&record.contract);
                let old = self.staging.join(format!("{}{OLD}", record.contract));
                if place.exists() {
                    rename(&place, &old)?;
                }
                rename(&ready, &place)?;
                retire(&old, &place)?;
            }
        }
        self.replace(CHECKSUMS, checksums(manifest).as_bytes())?;
        self.replace(MANIFEST, &to_json(manifest))?;
        self.sweep()
    }

    /// Records of contracts in place other than these, intact.
    pub(super) fn others(&self, wanted: &BTreeMap<String, ContractRecord>) -> Result<Vec<ContractRecord>, OutputError> {
        let mut found = Vec::new();
        for entry in fs::read_dir(&self.root).map_err(io_error("list", &self.root))? {
            let path = entry.map_err(io_error("list", &self.root))?.path();
            found.extend(
                read_record(&path).filter(|record| !wanted.contains_key(&record.contract) && intact(&path, record)),
            );
        }
        found.sort_by(|a, b| a.contract.cmp(&b.contract));
        Ok(found)
    }

    /// Ends the moves that a killed run left half done.
    fn resume(&self) -> Result<(), OutputError> {
        for entry in fs::read_dir(&self.staging).map_err(io_error("list", &self.staging))? {
            let old = entry.map_err(io_error("list", &self.staging))?.path();
            let Some(contract) = old.file_name().and_then(|name| name.to_str()?.strip_suffix(OLD)) else { continue };
            let place = self.root.join(contract);
            if place.exists() {
                retire(&old, &place)?;
            } else {
                rename(&old, &place)?;
            }
        }
        Ok(())
    }

    /// Says which of these contracts have something else than a folder where theirs should be.
    pub(super) fn taken(&self, contracts: impl Iterator<Item = String>) -> Result<(), OutputError> {
        let mut places = contracts.map(|contract| self.root.join(contract));
        let place = places.find(|place| place.exists() && !place.is_dir());
        place.map_or(Ok(()), |place| Err(OutputError::Taken(place)))
    }

    fn replace(&self, name: &str, bytes: &[u8]) -> Result<(), OutputError> {
        let path = self.root.join(name);
        if fs::read(&path).is_ok_and(|old| old == bytes) {
            return Ok(());
        }
        let new = self.staging.join(format!("{name}.part"));
        write(&new, bytes)?;
        rename(&new, &path)
    }

    fn sweep(&self) -> Result<(), OutputError> {
        for entry in fs::read_dir(&self.staging).map_err(io_error("list", &self.staging))? {
            let path = entry.map_err(io_error("list", &self.staging))?.path();
            if path.is_dir() {
                remove(&path)?;
            }
        }
        Ok(())
    }
}

/// The lines of `SHA256SUMS`: every file of every contract, and the records.
fn checksums(manifest: &Manifest) -> String {
    let mut lines = Vec::new();
    for record in &manifest.contracts {
        let digest = FileDigest::of(&to_json(record)).to_string();
        lines.push(format!("{digest}  {}/{RECORD}\n", record.contract));
        lines.extend(record.files.iter().map(|file| format!("{}  {}/{}\n", file.sha256, record.contract, file.name)));
    }
    lines.push(format!("{}  {MANIFEST}\n", FileDigest::of(&to_json(manifest))));
    lines.concat()
}

fn intact(folder: &Path, record: &ContractRecord) -> bool {
    record.files.iter().all(|file| {
        fs::read(folder.join(&file.name)).is_ok_and(|bytes| FileDigest::of(&bytes).to_string() == file.sha256)
    })
}

fn read_record(folder: &Path) -> Option<ContractRecord> {
    let record: ContractRecord = serde_json::from_slice(&fs::read(folder.join(RECORD)).ok()?).ok()?;
    (folder.file_name()?.to_str()? == record.contract).then_some(record)
}

/// Removes a contract's former folder; files that paraphe did not put there are moved into the new one first.
fn retire(old: &Path, place: &Path) -> Result<(), OutputError> {
    if !old.exists() {
        return Ok(());
    }
    let record: Option<ContractRecord> =
        fs::read(old.join(RECORD)).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
    let ours =
        |name: &str| name == RECORD || record.iter().flat_map(|record| &record.files).any(|file| file.name == name);
    for entry in fs::read_dir(old).map_err(io_error("list", old))? {
        let entry = entry.map_err(io_error("list", old))?;
        let new = place.join(entry.file_name());
        if !entry.file_name().to_str().is_some_and(ours) && !new.exists() {
            rename(&entry.path(), &new)?;
        }
    }
    remove(old)
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), OutputError> {
    let mut file = fs::File::create(path).map_err(io_error("make", path))?;
    file.write_all(bytes).map_err(io_error("write", path))
}

fn rename(from: &Path, to: &Path) -> Result<(), OutputError> {
    fs::rename(from, to).map_err(io_error("move into place", to))
}

fn remove(folder: &Path) -> Result<(), OutputError> {
    match fs::remove_dir_all(folder) {
        Err(source) if source.kind() != io::ErrorKind::NotFound => Err(io_error("remove", folder)(source)),
        _ => Ok(()),
    }
}

fn io_error(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> OutputError {
    let path = path.to_owned();
    move |source| OutputError::Io { action, path, source }
}
