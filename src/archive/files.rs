//! File operations that last: each is flushed to the disk, and a run may be killed between any two of them.

#[cfg(test)]
use std::io;
use std::{fs, io::Write as _, path::Path};

use super::{
    Error,
    validate::{Kind, list},
};

/// Makes a folder and those above it.
pub(super) fn make_folder(path: &Path) -> Result<(), Error> {
    step("make", path)?;
    fs::create_dir_all(path).map_err(Error::io("make", path))
}

/// Writes a new file.
pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let mut file = create(path)?;
    file.write_all(bytes).map_err(Error::io("write", path))?;
    finish(&file, path)
}

/// Opens a new file for writing; [`finish`] ends it.
pub(super) fn create(path: &Path) -> Result<fs::File, Error> {
    step("make", path)?;
    fs::File::create_new(path).map_err(Error::io("make", path))
}

/// Flushes a file to the disk.
pub(super) fn finish(file: &fs::File, path: &Path) -> Result<(), Error> {
    step("write", path)?;
    file.sync_all().map_err(Error::io("write", path))
}

/// Moves a file or folder and flushes both folders.
pub(super) fn rename(from: &Path, to: &Path) -> Result<(), Error> {
    step("move into place", to)?;
    fs::rename(from, to).map_err(Error::io("move into place", to))?;
    for folder in [from.parent(), to.parent()].into_iter().flatten() {
        // A name alone is in the folder where one works.
        sync_folder(if folder.as_os_str().is_empty() { Path::new(".") } else { folder })?;
    }
    Ok(())
}

/// Removes a folder, if it is there.
pub(super) fn remove(folder: &Path) -> Result<(), Error> {
    if !exists(folder) {
        return Ok(());
    }
    for entry in list(folder).map_err(Error::io("list", folder))? {
        if entry.kind == Kind::Folder {
            remove(&entry.path)?;
        } else {
            step("remove", &entry.path)?;
            fs::remove_file(&entry.path).map_err(Error::io("remove", &entry.path))?;
        }
    }
    step("remove", folder)?;
    fs::remove_dir(folder).map_err(Error::io("remove", folder))
}

/// Makes the same folder again elsewhere on the disk, its files shared when the disk can, copied otherwise.
pub(super) fn link_folder(from: &Path, to: &Path) -> Result<(), Error> {
    make_folder(to)?;
    for entry in list(from).map_err(Error::io("list", from))? {
        let target = to.join(&entry.name);
        if entry.kind == Kind::Folder {
            link_folder(&entry.path, &target)?;
        } else {
            step("copy", &target)?;
            if fs::hard_link(&entry.path, &target).is_err() {
                fs::copy(&entry.path, &target).map_err(Error::io("copy", &target))?;
                let file = fs::File::open(&target).map_err(Error::io("copy", &target))?;
                finish(&file, &target)?;
            }
        }
    }
    Ok(())
}

/// Flushes the entries of a folder and of those below it.
pub(super) fn sync_folders(folder: &Path) -> Result<(), Error> {
    for entry in list(folder).map_err(Error::io("list", folder))? {
        if entry.kind == Kind::Folder {
            sync_folders(&entry.path)?;
        }
    }
    sync_folder(folder)
}

/// Flushes the entries of a folder. Systems that cannot open a folder flush it by themselves.
fn sync_folder(folder: &Path) -> Result<(), Error> {
    step("write", folder)?;
    if !cfg!(unix) {
        return Ok(());
    }
    fs::File::open(folder).and_then(|file| file.sync_all()).map_err(Error::io("write", folder))
}

/// Whether something is there; a link counts, wherever it leads.
pub(super) fn exists(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}

/// Reads a whole file.
pub(super) fn read(path: &Path) -> Result<Vec<u8>, Error> {
    fs::read(path).map_err(Error::io("read", path))
}

/// One step towards something on the disk. Tests stop at any of them, as a killed run or a full disk would.
#[cfg(not(test))]
fn step(_action: &'static str, _path: &Path) -> Result<(), Error> {
    Ok(())
}

#[cfg(test)]
fn step(action: &'static str, path: &Path) -> Result<(), Error> {
    let left = STEPS_LEFT.get();
    STEPS_LEFT.set(left.saturating_sub(1));
    if left == 0 { Err(Error::io(action, path)(io::Error::other("stopped by the test"))) } else { Ok(()) }
}

#[cfg(test)]
thread_local! {
    /// How many more steps this thread may take.
    pub(super) static STEPS_LEFT: std::cell::Cell<usize> = const { std::cell::Cell::new(usize::MAX) };
}
