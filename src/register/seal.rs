//! The seal beside the register, and the lock under which both are written.
//!
//! The chain of digests holds the events together, but says nothing of its own end, nor of the bytes between the rows. The seal
//! names the last event and the digest of the whole file. It is written after each commit, so it can be behind the register by
//! one interrupted command, never ahead of it.

use std::{
    fs::{self, File, TryLockError},
    io::{self, Write as _},
    path::Path,
    thread,
    time::Duration,
};

use serde::{Deserialize, Serialize};

use super::{
    FILE,
    error::{RegisterError, io_error},
    event::EventNumber,
};
use crate::digest::{EventDigest, FileDigest};

/// Name of the seal.
pub const SEAL: &str = "registre.sceau";
const NEW: &str = "registre.sceau.nouveau";
const LOCK: &str = "registre.verrou";

/// `registre.sceau`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seal {
    /// Version of this format.
    pub format: u8,
    /// Number of the last event; 0 when there is none.
    pub last: EventNumber,
    /// Its digest; that of the register's identity when there is none.
    pub digest: EventDigest,
    /// SHA-256 of `registre.sqlite`.
    pub sha256: FileDigest,
    /// Its size in bytes.
    pub size: u64,
}

/// What stands where the seal should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Found {
    /// No file.
    Missing,
    /// The seal.
    Seal(Seal),
    /// Something that this program did not write.
    Unreadable,
}

impl Seal {
    /// The seal of the register as it is on the disk.
    ///
    /// The caller holds the lock and no transaction: on Unix, closing the file drops the locks that SQLite has on it.
    pub(super) fn of(folder: &Path, last: EventNumber, digest: EventDigest) -> Result<Self, RegisterError> {
        let (sha256, size) = file_digest(folder)?;
        Ok(Self { format: 1, last, digest, sha256, size })
    }

    /// Reads the seal. Every byte counts: what is not written as we write it was not written by us.
    pub(super) fn read(folder: &Path) -> Result<Found, RegisterError> {
        let path = folder.join(SEAL);
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Found::Missing),
            Err(error) => return Err(io_error("read", &path)(error)),
        };
        let seal = serde_json::from_slice::<Self>(&bytes).ok();
        let seal = seal.filter(|seal| seal.format == 1 && seal.bytes() == bytes);
        Ok(seal.map_or(Found::Unreadable, Found::Seal))
    }

    /// Puts the seal in place of the former one.
    pub(super) fn write(&self, folder: &Path) -> Result<(), RegisterError> {
        let new = folder.join(NEW);
        let mut file = File::create(&new).map_err(io_error("make", &new))?;
        file.write_all(&self.bytes()).and_then(|()| file.sync_all()).map_err(io_error("write", &new))?;
        drop(file);
        let path = folder.join(SEAL);
        fs::rename(&new, &path).map_err(io_error("put in place", &path))?;
        sync_folder(folder);
        Ok(())
    }

    fn bytes(&self) -> Vec<u8> {
        let mut bytes = serde_json::to_vec_pretty(self).unwrap_or_default();
        bytes.push(b'\n');
        bytes
    }
}

/// SHA-256 and size of the file of the register.
pub(super) fn file_digest(folder: &Path) -> Result<(FileDigest, u64), RegisterError> {
    let path = folder.join(FILE);
    let file = File::open(&path).map_err(io_error("read", &path))?;
    FileDigest::of_reader(file).map_err(io_error("read", &path))
}

/// Makes the new name outlive a power cut, where a folder can be flushed; elsewhere the file system sees to it.
fn sync_folder(folder: &Path) {
    if cfg!(unix)
        && let Ok(folder) = File::open(folder)
    {
        drop(folder.sync_all());
    }
}

/// What one command may do while it holds the lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hold {
    /// Read, with others.
    Shared,
    /// Write, alone.
    Exclusive,
}

/// The lock on a register and its seal; it ends with the process, even killed.
#[derive(Debug)]
pub(super) struct Lock {
    _file: Option<File>,
}

impl Lock {
    /// Takes the lock, waiting for others no longer than `patience`.
    pub(super) fn take(folder: &Path, hold: Hold, patience: Duration) -> Result<Self, RegisterError> {
        const PAUSE: Duration = Duration::from_millis(10);
        let path = folder.join(LOCK);
        let Some(file) = open_lock(&path, hold)? else { return Ok(Self { _file: None }) };
        let mut waited = Duration::ZERO;
        loop {
            let taken = match hold {
                Hold::Exclusive => file.try_lock(),
                Hold::Shared => file.try_lock_shared(),
            };
            match taken {
                Ok(()) => return Ok(Self { _file: Some(file) }),
                Err(TryLockError::WouldBlock) if waited < patience => {
                    thread::sleep(PAUSE);
                    waited += PAUSE;
                }
                Err(TryLockError::WouldBlock) => return Err(RegisterError::Busy),
                Err(TryLockError::Error(error)) => return Err(io_error("lock", &path)(error)),
            }
        }
    }
}

/// Opens the lock file, making it if needed; a file that somebody else made is as good to lock when it may only be read. `None`
/// for a reader where there is none and none can be made, as on a read-only medium.
fn open_lock(path: &Path, hold: Hold) -> Result<Option<File>, RegisterError> {
    let made = File::options().create(true).truncate(false).write(true).open(path);
    match made.or_else(|error| File::open(path).map_err(|_| error)) {
        Ok(file) => Ok(Some(file)),
        Err(_) if hold == Hold::Shared => Ok(None),
        Err(error) => Err(io_error("open", path)(error)),
    }
}
