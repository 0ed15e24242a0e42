//! Judges any OCFL object or storage root by the standard, 1.0 or 1.1, with the standard's own codes.
//!
//! Every file is hashed again; a sidecar never spares it. All that can be seen is told at once. No name in an inventory is
//! ever opened: files are listed from the disk, links are not followed, and what is listed is compared with the inventory.
//!
//! Not judged: the contents of `logs` and of extensions (the standard leaves them free), extensions that change the layout
//! (`0005-mutable-head`), hard links, and whether an object is where layouts other than `0002` want it.

mod content;
mod history;
mod inventory;
mod json;
mod listing;
mod object;
mod paths;
mod root;
mod versions;

pub(super) use listing::{Kind, list};

use std::{io, num::NonZeroUsize, path::Path};

use super::{Error, diags};
use crate::{
    diag::{Code, Diagnostic, Origin},
    digest::FileDigest,
};

/// Inventories larger than this are refused unread: that is some 200,000 files.
const LARGEST_INVENTORY: u64 = 1 << 26;

/// What was judged, and what was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The objects, in the order of their folders.
    pub objects: Vec<ObjectReport>,
    /// The findings, in the order of the objects.
    pub findings: Vec<Diagnostic>,
}

/// One judged object.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ObjectReport {
    /// Its folder, from the storage root; empty when one object was judged alone.
    pub folder: String,
    /// Its identifier, if its inventory could be read.
    pub id: Option<String>,
    /// The name of its last version.
    pub head: Option<String>,
    /// The digest of its inventory, to be compared with what was noted elsewhere when it was written.
    pub inventory: Option<FileDigest>,
    /// How many content files were hashed.
    pub files: usize,
    /// How many bytes they have.
    pub bytes: u64,
}

impl Report {
    /// Whether nothing is wrong; there may be warnings.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        !self.findings.iter().any(Diagnostic::is_error)
    }
}

/// Judges a storage root and every object in it, `jobs` files at a time.
///
/// # Errors
/// When the folder cannot be listed at all; anything deeper that cannot be read is a finding.
pub fn validate_root(folder: &Path, jobs: NonZeroUsize) -> Result<Report, Error> {
    let entries = list(folder).map_err(Error::io("list", folder))?;
    pool(jobs)?.install(|| Ok(root::examine(&entries)))
}

/// Judges one object, `jobs` files at a time.
///
/// # Errors
/// When the folder cannot be listed at all; anything deeper that cannot be read is a finding.
pub fn validate_object(folder: &Path, jobs: NonZeroUsize) -> Result<Report, Error> {
    list(folder).map_err(Error::io("list", folder))?;
    pool(jobs)?.install(|| {
        let examined = object::examine(folder, "");
        Ok(Report { objects: vec![examined.report], findings: examined.findings })
    })
}

fn pool(jobs: NonZeroUsize) -> Result<rayon::ThreadPool, Error> {
    let built = rayon::ThreadPoolBuilder::new().num_threads(jobs.get()).build();
    built.map_err(|error| Error::io("start threads for", Path::new("verification"))(io::Error::other(error)))
}

/// The editions of the standard that are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Edition {
    V1_0,
    V1_1,
}

impl Edition {
    fn named(number: &str) -> Option<Self> {
        match number {
            "1.0" => Some(Self::V1_0),
            "1.1" => Some(Self::V1_1),
            _ => None,
        }
    }

    const fn number(self) -> &'static str {
        match self {
            Self::V1_0 => "1.0",
            Self::V1_1 => "1.1",
        }
    }
}

/// The extensions that the community registered, by name.
const REGISTERED_EXTENSIONS: [&str; 12] = [
    "0001-digest-algorithms",
    "0002-flat-direct-storage-layout",
    "0003-hash-and-id-n-tuple-storage-layout",
    "0004-hashed-n-tuple-storage-layout",
    "0005-mutable-head",
    "0006-flat-omit-prefix-storage-layout",
    "0007-n-tuple-omit-prefix-storage-layout",
    "0008-schema-registry",
    "0009-digest-algorithms",
    "0010-differential-n-tuple-omit-prefix-storage-layout",
    "0011-direct-clean-path-layout",
    "initial",
];

/// Findings of one folder, whose places are told from the archive's folder.
#[derive(Debug)]
struct Findings {
    folder: String,
    list: Vec<Diagnostic>,
}

impl Findings {
    fn of(folder: &str) -> Self {
        Self { folder: folder.to_owned(), list: Vec::new() }
    }

    /// The place of a file of the folder.
    fn origin(&self, inside: &str) -> Origin {
        match (self.folder.as_str(), inside) {
            ("", inside) => Origin::file(inside),
            (folder, "") => Origin::file(folder),
            (folder, inside) => Origin::file(format!("{folder}/{inside}")),
        }
    }

    fn tell(&mut self, code: &'static Code, inside: &str, message: impl Into<String>) {
        let finding = Diagnostic::new(code, self.origin(inside), message).help(diags::help(code));
        self.list.push(finding);
    }

    fn differs(
        &mut self,
        code: &'static Code,
        inside: &str,
        message: impl Into<String>,
        (expected, found): (impl Into<String>, impl Into<String>),
    ) {
        let finding = Diagnostic::new(code, self.origin(inside), message).help(diags::help(code));
        self.list.push(finding.expected(expected).found(found));
    }

    fn unreadable(&mut self, inside: &str, error: &io::Error) {
        self.tell(&diags::UNREADABLE, inside, format!("cannot be read: {error}"));
    }
}
