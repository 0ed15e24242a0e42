//! Somebody touches one file of the archive, any file, in any way: the verification names it.

use std::{
    fs,
    path::{Path, PathBuf},
};

use paraphe::archive::{Report, Store};

use super::{JOBS, example, shown};

/// Every file below a folder, from it, in order.
fn files(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut pending = vec![PathBuf::new()];
    while let Some(inside) = pending.pop() {
        for entry in fs::read_dir(folder.join(&inside)).unwrap() {
            let entry = entry.unwrap();
            let inside = inside.join(entry.file_name());
            if entry.file_type().unwrap().is_dir() {
                pending.push(inside);
            } else {
                found.push(inside.to_str().unwrap().to_owned());
            }
        }
    }
    found.sort();
    found
}

/// Every folder below a folder, from it, itself included.
fn folders(folder: &Path) -> Vec<String> {
    let mut found: Vec<String> = files(folder)
        .iter()
        .flat_map(|file| {
            Path::new(file).ancestors().skip(1).map(|above| above.to_str().unwrap().to_owned()).collect::<Vec<_>>()
        })
        .collect();
    found.sort();
    found.dedup();
    found
}

fn verified(store: &Store) -> Report {
    store.verify(JOBS).unwrap()
}

/// Fails unless an error names this file.
fn assert_named(store: &Store, file: &str, what: &str) {
    let report = verified(store);
    let named = report.findings.iter().any(|finding| finding.is_error() && finding.origin.file_name() == file);
    assert!(named, "{what} of {file} is not told:\n{}", shown(&report));
}

#[test]
fn an_archive_that_nobody_touched_is_verified_in_silence() {
    let folder = tempfile::tempdir().unwrap();
    let store = example(folder.path());
    let report = verified(&store);
    assert!(report.findings.is_empty(), "{}", shown(&report));
    let heads: Vec<_> =
        report.objects.iter().map(|object| (object.folder.as_str(), object.head.as_deref().unwrap())).collect();
    assert_eq!(heads, [("960000016-2022", "v2"), ("960000024-2022", "v1"), ("entrees-0123456789abcdef", "v1")]);
    for object in &report.objects {
        let inventory = store.read(&object.folder.parse().unwrap()).unwrap();
        assert_eq!(object.inventory, Some(inventory.digest()));
    }
}

#[test]
fn every_single_bit_that_flips_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let store = example(folder.path());
    let mut flipped = 0;
    for file in files(store.root()) {
        let path = store.root().join(&file);
        let good = fs::read(&path).unwrap();
        // Every bit of the short files; one in 101 of the inventories, in turn at each place of a byte.
        let step = if good.len() > 200 { 101 } else { 1 };
        for bit in (0..good.len() * 8).step_by(step) {
            let mut bad = good.clone();
            bad[bit / 8] ^= 1 << (bit % 8);
            fs::write(&path, &bad).unwrap();
            assert_named(&store, &file, &format!("bit {bit}"));
            flipped += 1;
        }
        fs::write(&path, good).unwrap();
    }
    assert!(flipped > 3000, "{flipped}");
    assert!(verified(&store).findings.is_empty());
}

#[test]
fn every_file_that_is_removed_cut_or_lengthened_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let store = example(folder.path());
    for file in files(store.root()) {
        let path = store.root().join(&file);
        let good = fs::read(&path).unwrap();
        fs::remove_file(&path).unwrap();
        assert_named(&store, &file, "the removal");
        if !good.is_empty() {
            fs::write(&path, &good[..good.len() - 1]).unwrap();
            assert_named(&store, &file, "the cut");
        }
        fs::write(&path, [good.as_slice(), b"\n"].concat()).unwrap();
        assert_named(&store, &file, "the growth");
        fs::write(path, good).unwrap();
    }
    assert!(verified(&store).findings.is_empty());
}

#[test]
fn two_files_that_change_places_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let store = example(folder.path());
    let all = files(store.root());
    let spare = folder.path().join("spare");
    let mut swapped = 0;
    for (index, a) in all.iter().enumerate() {
        for b in &all[index + 1..] {
            let (first, second) = (store.root().join(a), store.root().join(b));
            if fs::read(&first).unwrap() == fs::read(&second).unwrap() {
                continue;
            }
            let exchange = || {
                fs::rename(&first, &spare).unwrap();
                fs::rename(&second, &first).unwrap();
                fs::rename(&spare, &second).unwrap();
            };
            exchange();
            assert_named(&store, a, "the exchange");
            assert_named(&store, b, "the exchange");
            exchange();
            swapped += 1;
        }
    }
    assert!(swapped > 300, "{swapped}");
}

#[test]
fn two_objects_that_change_places_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let store = example(folder.path());
    let (a, b) = (store.root().join("960000016-2022"), store.root().join("960000024-2022"));
    fs::rename(&a, folder.path().join("spare")).unwrap();
    fs::rename(&b, &a).unwrap();
    fs::rename(folder.path().join("spare"), &b).unwrap();
    let report = verified(&store);
    let told: Vec<_> = report.findings.iter().map(|finding| (finding.code.name, finding.origin.file_name())).collect();
    assert_eq!(told, [("archive/E083", "960000016-2022"), ("archive/E083", "960000024-2022")]);
}

#[test]
fn a_copy_of_an_object_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let store = example(folder.path());
    super::fixtures::copy(&store.root().join("960000016-2022"), &store.root().join("960000099-2022"));
    let codes = super::codes(&verified(&store).findings);
    assert!(codes.contains("E037") && codes.contains("E083"), "{codes:?}");
}

#[test]
fn whatever_is_added_anywhere_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let store = example(folder.path());
    for above in folders(store.root()) {
        let stranger = Path::new(&above).join("zz");
        let (name, path) = (stranger.to_str().unwrap(), store.root().join(&stranger));
        fs::write(&path, "stranger").unwrap();
        assert_named(&store, name, "the new file");
        fs::remove_file(&path).unwrap();
        fs::create_dir(&path).unwrap();
        assert_named(&store, name, "the empty folder");
        fs::remove_dir(&path).unwrap();
        for known in ["logs", "extensions", "v3", "inventory.json.sha256", "0=ocfl_object_1.0", "v1"] {
            let stranger = Path::new(&above).join(known);
            let path = store.root().join(&stranger);
            if !path.exists() {
                fs::create_dir(&path).unwrap();
                assert_named(&store, stranger.to_str().unwrap(), "the folder");
                fs::remove_dir(&path).unwrap();
            }
        }
    }
}

#[cfg(unix)]
#[test]
fn a_link_is_told_and_not_followed() {
    let folder = tempfile::tempdir().unwrap();
    let store = example(folder.path());
    // A link to the very file that should be there, and one in a circle.
    for file in files(store.root()) {
        let path = store.root().join(&file);
        let moved = folder.path().join("moved");
        fs::rename(&path, &moved).unwrap();
        std::os::unix::fs::symlink(&moved, &path).unwrap();
        assert_named(&store, &file, "the link");
        assert!(super::codes(&verified(&store).findings).contains("E090"));
        fs::remove_file(&path).unwrap();
        fs::rename(moved, path).unwrap();
    }
    for above in folders(store.root()) {
        let stranger = Path::new(&above).join("zz");
        std::os::unix::fs::symlink("..", store.root().join(&stranger)).unwrap();
        assert_named(&store, stranger.to_str().unwrap(), "the circle");
        fs::remove_file(store.root().join(stranger)).unwrap();
    }
}

#[test]
fn a_folder_that_is_emptied_or_goes_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let store = example(folder.path());
    for above in folders(store.root()).into_iter().filter(|folder| folder.contains('/')) {
        let path = store.root().join(&above);
        let away = folder.path().join("away");
        fs::rename(&path, &away).unwrap();
        let lost = format!("{above}/{}", files(&away)[0]);
        assert_named(&store, &lost, "the loss");
        fs::create_dir(&path).unwrap();
        assert_named(&store, &lost, "the loss");
        fs::remove_dir(&path).unwrap();
        fs::rename(away, path).unwrap();
    }
    assert!(verified(&store).findings.is_empty());
}
