//! The committed samples are what their program makes, byte for byte.

use std::{
    collections::BTreeMap,
    error::Error,
    fs,
    path::{Path, PathBuf},
};

#[path = "../../examples/samples/main.rs"]
#[expect(dead_code, reason = "its `main` is for the command line")]
mod program;

#[test]
fn the_committed_samples_are_what_the_program_writes() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    program::write_all(folder.path())?;
    let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples");
    for region in ["avenant-2024", "region-2017", "region-2022"] {
        let (made, kept) = (files(&folder.path().join(region))?, files(&committed.join(region))?);
        assert_eq!(made.keys().collect::<Vec<_>>(), kept.keys().collect::<Vec<_>>());
        for (name, bytes) in &made {
            let same = kept.get(name) == Some(bytes);
            assert!(same, "{region}/{} differs: run `cargo run --example samples -- samples`", name.display());
        }
    }
    Ok(())
}

/// The files of a folder, by name.
fn files(folder: &Path) -> Result<BTreeMap<PathBuf, Vec<u8>>, Box<dyn Error>> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        files.insert(path.file_name().ok_or("a file without a name")?.into(), fs::read(&path)?);
    }
    Ok(files)
}
