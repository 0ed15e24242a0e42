//! Files that are put down for people: whole or not at all.

use std::{
    ffi::OsString,
    fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
};

/// Writes a file beside its place, makes sure of it, then moves it there, over what was there under this name.
///
/// # Errors
/// When the path names no file, or the disk refuses; what was there is as it was.
pub fn put(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let Some(name) = path.file_name() else { return Err(io::ErrorKind::InvalidInput.into()) };
    let mut part = OsString::from(".");
    part.push(name);
    part.push(".part");
    let part = path.with_file_name(part);
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let write = || {
        let mut file = fs::File::create(&part)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&part, path)
    };
    // What failed is told; a part that cannot be removed either is of no use to anyone.
    write().inspect_err(|_| drop(fs::remove_file(&part)))
}

/// A place for a PDF in a folder that no file has taken: `STEM.pdf`, or `STEM-2.pdf`.
pub(super) fn free(folder: &Path, stem: &str) -> PathBuf {
    let mut path = folder.join(format!("{stem}.pdf"));
    let mut rank = 2_u32;
    while path.exists() {
        path = folder.join(format!("{stem}-{rank}.pdf"));
        rank += 1;
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_put_down_twice_is_there_twice() {
        let folder = tempfile::tempdir().unwrap();
        for (name, bytes) in [("liste.pdf", b"1"), ("liste-2.pdf", b"2"), ("liste-3.pdf", b"3")] {
            let path = free(folder.path(), "liste");
            put(&path, bytes).unwrap();
            assert_eq!(path, folder.path().join(name));
        }
        assert_eq!(fs::read(folder.path().join("liste.pdf")).unwrap(), b"1");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 3, "no part is left");
    }
}
