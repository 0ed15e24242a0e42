//! The official objects of the standard: `tests/fixtures/archive/README.md` says where they come from.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use paraphe::archive::{diags, validate_object, validate_root};

use super::{JOBS, codes, shown};
use crate::house::root;

fn objects(kind: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for edition in ["1.0", "1.1"] {
        let folder = root().join("tests/fixtures/archive/ocfl").join(edition).join(kind);
        found.extend(fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()));
    }
    found.sort();
    found
}

/// The codes that the name of an official object begins with.
fn named(object: &Path) -> Vec<String> {
    let name = object.file_name().unwrap().to_str().unwrap().to_owned();
    let code = |part: &&str| part.len() == 4 && part[1..].bytes().all(|byte| byte.is_ascii_digit());
    name.split('_').take_while(code).map(str::to_owned).collect()
}

#[test]
fn every_good_object_is_valid_and_nothing_is_said_of_it() {
    let objects = objects("good-objects");
    assert_eq!(objects.len(), 22);
    for object in objects {
        let report = validate_object(&object, JOBS).unwrap();
        assert!(report.findings.is_empty(), "{}\n{}", object.display(), shown(&report));
    }
}

#[test]
fn every_bad_object_raises_all_the_codes_it_is_named_by() {
    let objects = objects("bad-objects");
    assert_eq!(objects.len(), 107);
    let mut faults = String::new();
    for object in objects {
        let report = validate_object(&object, JOBS).unwrap();
        let raised = codes(&report.findings);
        let missing: Vec<_> = named(&object).into_iter().filter(|code| !raised.contains(code.as_str())).collect();
        if !missing.is_empty() || report.is_valid() {
            faults += &format!("{} lacks {missing:?}\n{}\n", object.display(), shown(&report));
        }
    }
    assert!(faults.is_empty(), "{faults}");
}

#[test]
fn every_object_to_warn_of_raises_its_warnings_and_is_valid() {
    let objects = objects("warn-objects");
    assert_eq!(objects.len(), 27);
    for object in objects {
        let report = validate_object(&object, JOBS).unwrap();
        let raised = codes(&report.findings);
        let wanted: BTreeSet<String> = named(&object).into_iter().collect();
        let same = raised.iter().copied().eq(wanted.iter().map(String::as_str));
        assert!(report.is_valid() && same, "{}\n{}", object.display(), shown(&report));
    }
}

#[test]
fn every_code_is_raised_by_an_official_object_or_by_a_test() {
    let mut raised = BTreeSet::new();
    for kind in ["bad-objects", "warn-objects"] {
        for object in objects(kind) {
            raised.extend(codes(&validate_object(&object, JOBS).unwrap().findings));
        }
    }
    let tests: String = ["attacks", "hostile", "store"]
        .map(|name| fs::read_to_string(root().join(format!("tests/it/archive/{name}.rs"))).unwrap())
        .concat();
    for code in diags::ALL {
        let name = code.name.trim_start_matches("archive/");
        assert!(raised.contains(name) || tests.contains(&format!("\"{name}\"")), "nothing raises {name}");
    }
}

#[test]
fn the_good_objects_make_a_valid_root_of_one_edition() {
    let folder = tempfile::tempdir().unwrap();
    for object in objects("good-objects") {
        if object.to_str().unwrap().contains("1.1/") {
            copy(&object, &folder.path().join("a/b").join(object.file_name().unwrap()));
        }
    }
    fs::write(folder.path().join("0=ocfl_1.1"), "ocfl_1.1\n").unwrap();
    fs::write(folder.path().join("README"), "the standard lets it be").unwrap();
    let report = validate_root(folder.path(), JOBS).unwrap();
    assert_eq!(report.objects.len(), 12);
    // Three of them have the same identifier, which is no fault until they stand in one root.
    assert_eq!((codes(&report.findings), report.findings.len()), (["E037"].into(), 2), "{}", shown(&report));
}

pub(crate) fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}
