//! Why the register could not do its job.

use std::{io, path::PathBuf};

use rusqlite::ErrorCode;

use super::event::EventNumber;
use crate::diag::Diagnostic;

/// Why the register could not do its job. Unless a variant says otherwise, nothing was recorded.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RegisterError {
    /// There is one already.
    #[error("`{0}` exists already; a register is made once")]
    AlreadyThere(PathBuf),
    /// Another run holds it.
    #[error("the register is in use by another command; try again once it has ended")]
    Busy,
    /// What is stored is not what was sealed, or is not readable.
    #[error(
        "the register was damaged or changed: {reason}; run `paraphe register verify`, and put back a copy kept elsewhere"
    )]
    Damaged {
        /// What was seen.
        reason: String,
    },
    /// No room.
    #[error("the disk is full: nothing was recorded; make room and run the command again")]
    DiskFull,
    /// A file operation failed.
    #[error("could not {action} `{path}`")]
    Io {
        /// What was tried.
        action: &'static str,
        /// On which file.
        path: PathBuf,
        /// Why it failed.
        source: io::Error,
    },
    /// No register there.
    #[error("there is no register in `{0}`")]
    Missing(PathBuf),
    /// A program of ours wrote events that do not follow from one another.
    #[error("{} cannot be recorded: {}", if .0.len() == 1 { "an event" } else { "events" }, first(.0))]
    Refused(Vec<Diagnostic>),
    /// A command was killed while it wrote, and this one may not undo it.
    #[error(
        "a command was interrupted while it wrote; run `paraphe register verify` from an account that may write there"
    )]
    RollbackNeeded,
    /// The file or its folder may not be written.
    #[error("the register may not be written from this account: nothing was recorded")]
    ReadOnly,
    /// SQLite failed otherwise.
    #[error("the register could not be read or written")]
    Sqlite(#[source] rusqlite::Error),
    /// A newer program made it.
    #[error(
        "the register is of form {found}, made by a newer program; this one knows forms up to {known}: use the newer program"
    )]
    TooNew {
        /// Its form.
        found: i64,
        /// The last form this program knows.
        known: i64,
    },
    /// The events are recorded, the seal is not.
    #[error("the events up to {last} are recorded, but the seal could not be written: the next command will write it")]
    Unsealed {
        /// The last event recorded.
        last: EventNumber,
        /// Why.
        source: Box<Self>,
    },
    /// An event of a kind that this program does not know, or that cannot be stored.
    #[error("an event of an unknown kind, or with a number too large, cannot be recorded")]
    Unstorable,
}

fn first(findings: &[Diagnostic]) -> String {
    let text = findings.first().map(|finding| finding.message.clone()).unwrap_or_default();
    match findings.len() {
        0 | 1 => text,
        n => format!("{text}, and {} more", n - 1),
    }
}

impl From<rusqlite::Error> for RegisterError {
    fn from(error: rusqlite::Error) -> Self {
        // SQLITE_READONLY_ROLLBACK: a hot journal, and no right to play it.
        const READONLY_ROLLBACK: i32 = 8 | (3 << 8);
        if let rusqlite::Error::SqliteFailure(failure, _) = &error {
            if failure.extended_code == READONLY_ROLLBACK {
                return Self::RollbackNeeded;
            }
            match failure.code {
                ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => return Self::Busy,
                ErrorCode::DiskFull => return Self::DiskFull,
                ErrorCode::ReadOnly => return Self::ReadOnly,
                ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => {
                    return Self::Damaged { reason: error.to_string() };
                }
                _ => {}
            }
        }
        match error {
            rusqlite::Error::FromSqlConversionFailure(..)
            | rusqlite::Error::IntegralValueOutOfRange(..)
            | rusqlite::Error::InvalidColumnType(..)
            | rusqlite::Error::Utf8Error(..) => Self::Damaged { reason: error.to_string() },
            _ => Self::Sqlite(error),
        }
    }
}

/// Names the file operation that failed.
pub(super) fn io_error(action: &'static str, path: &std::path::Path) -> impl FnOnce(io::Error) -> RegisterError {
    let path = path.to_owned();
    move |source| match source.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => RegisterError::DiskFull,
        io::ErrorKind::ReadOnlyFilesystem => RegisterError::ReadOnly,
        _ => RegisterError::Io { action, path, source },
    }
}
