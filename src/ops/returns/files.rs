//! The files that an officer names: each file, and every file below each folder; and the sets that are written for one.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use super::{ReturnsError, examiner::Judged};
use crate::{
    diag::{Diagnostic, Origin},
    evidence::intake::Attachment,
    ops::{diags, place},
    reconcile::Verdict,
};

/// The largest file that is read, in bytes: a parcel of 300 colour pages at 300 dpi is ten times smaller.
const LARGEST: u64 = 1 << 30;

/// Every file, folders opened, hidden files left aside; by name inside a folder.
pub(super) fn list(paths: &[PathBuf], findings: &mut Vec<Diagnostic>) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for path in paths {
        if path.is_dir() {
            below(path, &mut files, findings);
        } else {
            files.push(path.clone());
        }
    }
    files
}

fn below(folder: &Path, files: &mut Vec<PathBuf>, findings: &mut Vec<Diagnostic>) {
    let entries = match fs::read_dir(folder).and_then(Iterator::collect::<io::Result<Vec<_>>>) {
        Ok(entries) => entries,
        Err(error) => return findings.push(unreadable(folder, &error)),
    };
    let mut entries: Vec<PathBuf> = entries.into_iter().map(|entry| entry.path()).collect();
    entries.sort();
    for path in entries {
        let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        match path.symlink_metadata() {
            // A link to a folder may lead back to it.
            Ok(kind) if kind.is_dir() => below(&path, files, findings),
            Ok(_) if !hidden && path.is_file() => files.push(path),
            Ok(_) => {}
            Err(error) => findings.push(unreadable(&path, &error)),
        }
    }
}

/// A file's name as it is told, and its bytes.
pub(super) fn read(path: &Path, findings: &mut Vec<Diagnostic>) -> Option<(String, Vec<u8>)> {
    let size = fs::metadata(path).map(|file| file.len());
    let bytes = match size {
        Ok(size) if size > LARGEST => Err(io::Error::new(
            io::ErrorKind::FileTooLarge,
            format!("it has {size} bytes, and {LARGEST} are read at most"),
        )),
        Ok(_) => fs::read(path),
        Err(error) => Err(error),
    };
    match bytes {
        Ok(bytes) => Some((path.display().to_string(), bytes)),
        Err(error) => {
            findings.push(unreadable(path, &error));
            None
        }
    }
}

/// Writes each set of scanned pages into a folder: `960000016-2022-v1-ex2.pdf`; a second one of the same name gets a number. A file is
/// written under another name first, and nothing is written over.
pub(super) fn write_sets(folder: &Path, judged: &[Judged]) -> Result<(), ReturnsError> {
    fs::create_dir_all(folder).map_err(|source| failed(folder, source))?;
    for Judged { returned, piece, .. } in judged {
        let Verdict { contract: Some(contract), version: Some(version), exemplaire: Some(exemplaire), .. } =
            &returned.verdict
        else {
            continue;
        };
        let Some(Attachment { bytes, .. }) = piece.as_ref().filter(|_| returned.paper.is_some()) else { continue };
        let stem = format!("{contract}-v{version}-ex{}", exemplaire.number());
        let path = place::free(folder, &stem);
        place::put(&path, bytes).map_err(|source| failed(&path, source))?;
    }
    Ok(())
}

fn failed(path: &Path, source: io::Error) -> ReturnsError {
    ReturnsError::Split { path: path.to_owned(), source }
}

fn unreadable(path: &Path, error: &io::Error) -> Diagnostic {
    let name = path.display().to_string();
    Diagnostic::new(&diags::UNREAD, Origin::file(&name), format!("`{name}` could not be read"))
        .found(error.to_string())
        .help("give it again once it can be opened; the other files were judged")
}
