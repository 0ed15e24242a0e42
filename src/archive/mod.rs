//! The archive: what was made, sent and received for each contract, in a form that outlives this program.
//!
//! An archive is a storage root of the [Oxford Common File Layout](https://ocfl.io/1.1/spec/) 1.1: one folder per object, one
//! OCFL version per version of a contract, SHA-512 everywhere. It can be read, checked and copied without paraphe;
//! `docs/formats/archive.md` describes it.
//!
//! - In: [`Draft`]s, to [`Writer::stage`] and, once the register knows of them, to [`Writer::settle`].
//! - Out: [`Store::read`] and [`Store::file`], every byte hashed again; [`bag::write`] for somebody else's archive.
//! - Judged: [`Store::verify`] for our own archive, [`validate_root`] and [`validate_object`] for any OCFL.
//!
//! # What it does not do, and cannot know
//!
//! It keeps no clock and no index: the folders are the truth. Whoever can write there can replace a whole object, digests
//! included, by another that is as sound; only digests noted elsewhere tell ([`Inventory::digest`], for the register). It
//! proves that bytes did not change since they were archived, not that they were right, nor who signed them.

mod algorithm;
pub mod bag;
pub mod diags;
mod files;
#[cfg(test)]
mod interrupted;
mod inventory;
mod names;
mod stage;
mod store;
mod validate;
mod verify;

use std::{
    io,
    path::{Path, PathBuf},
};

pub use inventory::{Inventory, User, Version};
pub use names::{LogicalPath, NameError, ObjectId};
pub use stage::{Draft, Mode, Source, Staged};
pub use store::{Store, Writer};
pub use validate::{ObjectReport, Report, validate_object, validate_root};

use crate::domain::VersionNum;

/// Why the archive could not be read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Nothing was archived yet.
    #[error("there is no archive in `{0}`: nothing was made there yet")]
    Absent(PathBuf),
    /// Another run is writing there.
    #[error("another run is writing to the archive (`{0}` is locked); wait for it to end")]
    Busy(PathBuf),
    /// What is staged was not made from what is in place.
    #[error("the staged version of `{0}` does not follow the version in place; discard it and stage it again")]
    Conflict(ObjectId),
    /// A file is not what paraphe wrote.
    #[error("`{path}` {what}; run `paraphe archive verify`")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        what: String,
    },
    /// Something is already where a bag should be written.
    #[error("`{0}` already exists; choose another folder")]
    Exists(PathBuf),
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
    /// A folder with other things than an archive.
    #[error("`{0}` is not an archive of paraphe, and is not empty")]
    NotAnArchive(PathBuf),
    /// No such object.
    #[error("there is no object `{0}` in the archive")]
    NoObject(ObjectId),
    /// No such file in that version.
    #[error("there is no file `{path}` in version {version} of `{id}`")]
    NoFile {
        /// The object.
        id: ObjectId,
        /// The version.
        version: VersionNum,
        /// The file.
        path: LogicalPath,
    },
    /// Two paths of one draft cannot both be files.
    #[error("`{0}` is in the draft twice, or is a folder of it too")]
    Path(LogicalPath),
    /// A version of the object is staged already.
    #[error("a version of `{0}` is staged already; settle it or discard it")]
    Pending(ObjectId),
    /// An object cannot have more versions.
    #[error("`{0}` has 9999 versions, and cannot have more")]
    TooManyVersions(ObjectId),
}

impl Error {
    fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self + use<> {
        let path = path.to_owned();
        move |source| Self::Io { action, path, source }
    }

    fn damaged(path: &Path, what: impl Into<String>) -> Self {
        Self::Damaged { path: path.to_owned(), what: what.into() }
    }
}
