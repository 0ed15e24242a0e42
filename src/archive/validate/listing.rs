//! What stands in a folder, links not followed.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use super::{Findings, diags};

/// What an entry of a folder is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::archive) enum Kind {
    File,
    Folder,
    Link,
    /// A pipe, a socket, a device: never opened.
    Other,
}

/// One entry of a folder.
#[derive(Debug, Clone)]
pub(in crate::archive) struct Entry {
    /// Its name; what is not UTF-8 in it is replaced, so that it is equal to no name of an inventory.
    pub(in crate::archive) name: String,
    pub(in crate::archive) kind: Kind,
    pub(in crate::archive) path: PathBuf,
}

impl Entry {
    pub(super) fn is_file(&self) -> bool {
        self.kind == Kind::File
    }

    pub(super) fn is_folder(&self) -> bool {
        self.kind == Kind::Folder
    }
}

/// Lists a folder in the order of names.
pub(in crate::archive) fn list(folder: &Path) -> io::Result<Vec<Entry>> {
    let mut entries = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let kind = match entry.file_type()? {
            kind if kind.is_symlink() => Kind::Link,
            kind if kind.is_dir() => Kind::Folder,
            kind if kind.is_file() => Kind::File,
            _ => Kind::Other,
        };
        let name = entry.file_name().to_string_lossy().into_owned();
        entries.push(Entry { name, kind, path: entry.path() });
    }
    entries.sort_by(|a, b| (&a.name, &a.path).cmp(&(&b.name, &b.path)));
    Ok(entries)
}

/// Lists a folder; a folder that cannot be listed is told and has no entries.
pub(super) fn list_or_tell(folder: &Path, inside: &str, findings: &mut Findings) -> Vec<Entry> {
    list(folder).unwrap_or_else(|error| {
        findings.unreadable(inside, &error);
        Vec::new()
    })
}

/// Joins a name to a place inside the object.
pub(super) fn below(inside: &str, name: &str) -> String {
    if inside.is_empty() { name.to_owned() } else { format!("{inside}/{name}") }
}

/// Tells a link as such, and anything else that is neither file nor folder.
pub(super) fn tell_special(entry: &Entry, inside: &str, findings: &mut Findings) -> bool {
    match entry.kind {
        Kind::Link => {
            findings.tell(&diags::E090, inside, "a symbolic link; the archive has none, and it was not followed");
        }
        Kind::Other => findings.tell(&diags::E001, inside, "neither a file nor a folder"),
        Kind::File | Kind::Folder => return false,
    }
    true
}
