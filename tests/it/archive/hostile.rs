//! Objects that no program should write: each fault has its code, and none is followed.

use std::{
    fs,
    path::{Path, PathBuf},
};

use paraphe::archive::{Report, validate_object, validate_root};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha512};

use super::{JOBS, codes, example, fixtures::copy, shown};
use crate::house::root;

fn fixture(folder: &Path, name: &str) -> PathBuf {
    let object = folder.join(name);
    copy(&root().join("tests/fixtures/archive/ocfl/1.1/good-objects").join(name), &object);
    object
}

/// Writes the text of an inventory, in the object and in its only version, with right sidecars.
fn write_inventory(object: &Path, text: &[u8]) {
    let digest: String = Sha512::digest(text).iter().map(|byte| format!("{byte:02x}")).collect();
    for folder in [object.to_owned(), object.join("v1")] {
        fs::write(folder.join("inventory.json"), text).unwrap();
        fs::write(folder.join("inventory.json.sha512"), format!("{digest}\tinventory.json\r\n")).unwrap();
    }
}

/// A change of an inventory.
type Change = Box<dyn FnOnce(&mut Value)>;

/// Judges a small good object whose inventory is changed so.
fn changed(change: impl FnOnce(&mut Value)) -> Report {
    let folder = tempfile::tempdir().unwrap();
    let object = fixture(folder.path(), "minimal_one_version_one_file");
    let mut inventory: Value = serde_json::from_slice(&fs::read(object.join("inventory.json")).unwrap()).unwrap();
    change(&mut inventory);
    write_inventory(&object, &serde_json::to_vec(&inventory).unwrap());
    validate_object(&object, JOBS).unwrap()
}

fn assert_told(report: &Report, code: &str) {
    assert!(codes(&report.findings).contains(code), "{code} is not told:\n{}", shown(report));
}

#[test]
fn an_inventory_of_the_wrong_shape_is_told_by_its_code() {
    let report = changed(|_| ());
    assert!(report.findings.is_empty(), "{}", shown(&report));
    let cases: Vec<(&str, Change)> = vec![
        ("E018", Box::new(|it| it["contentDirectory"] = json!(".."))),
        ("E025", Box::new(|it| it["digestAlgorithm"] = json!(5))),
        ("E029", Box::new(|it| it["fixity"] = json!({"sha1": {"00": ["v1/content/a_file.txt"]}}))),
        ("E030", Box::new(|it| it["fixity"] = json!({"sha256": {"00": ["v1/content/a_file.txt"]}}))),
        ("E031", Box::new(|it| it["manifest"] = json!({"00": ["v1/content/a_file.txt"]}))),
        ("E032", Box::new(|it| it["fixity"] = json!({"blake2b-512": {"zz": ["v1/content/a_file.txt"]}}))),
        ("E038", Box::new(|it| it["type"] = json!("https://ocfl.io/1.0/spec/#inventory"))),
        ("E038", Box::new(|it| it["type"] = json!("https://ocfl.io/9.9/spec/#inventory"))),
        ("E042", Box::new(|it| it["manifest"] = json!({"0".repeat(128): ["v9/content/a"]}))),
        ("E044", Box::new(|it| it["versions"] = json!([]))),
        ("E047", Box::new(|it| it["versions"] = json!({"v1": 1}))),
        ("E048", Box::new(|it| it["versions"] = json!({"v1": {}}))),
        ("E051", Box::new(move |it| it["versions"]["v1"]["state"] = json!({"0".repeat(128): [3]}))),
        ("E056", Box::new(|it| it["fixity"] = json!({"rot13": {}}))),
        ("E057", Box::new(|it| it["fixity"] = json!({"md5": []}))),
        ("E092", Box::new(|it| it["manifest"] = json!({"0".repeat(128): "v1/content/a_file.txt"}))),
        ("E100", Box::new(|it| it["manifest"] = json!({"0".repeat(128): ["/etc/passwd"]}))),
        ("E099", Box::new(|it| it["manifest"] = json!({"0".repeat(128): ["v1/content/../../../../etc/passwd"]}))),
        ("E102", Box::new(|it| it["note"] = json!("mine"))),
        ("E104", Box::new(|it| it["versions"] = json!({"1": {}}))),
        ("E106", Box::new(|it| it["manifest"] = json!(null))),
        ("E111", Box::new(|it| it["fixity"] = json!(1e300))),
    ];
    for (code, change) in cases {
        assert_told(&changed(change), code);
    }
}

#[test]
fn version_numbers_that_do_not_go_together_are_told() {
    let with = |names: &'static [&'static str]| {
        changed(move |it| {
            let version = it["versions"]["v1"].clone();
            it["versions"] = names.iter().map(|name| ((*name).to_owned(), version.clone())).collect();
        })
    };
    assert_told(&with(&["v2", "v3"]), "E009");
    assert_told(&with(&["v1", "v3"]), "E010");
    assert_told(&with(&["v1", "v02"]), "E012");
    assert_told(&with(&["v1", "v99999999999999999999999999"]), "E104");
    assert_told(&with(&["v0", "v18446744073709551615"]), "E104");
}

#[test]
fn a_key_given_twice_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let object = fixture(folder.path(), "minimal_one_version_one_file");
    let text = fs::read_to_string(object.join("inventory.json")).unwrap();
    write_inventory(&object, text.replacen('{', "{ \"head\": \"v1\",", 1).as_bytes());
    assert_told(&validate_object(&object, JOBS).unwrap(), "E033");
}

#[test]
fn texts_that_are_no_inventory_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let object = fixture(folder.path(), "minimal_one_version_one_file");
    let deep = "[".repeat(1_000_000);
    for text in [b"".as_slice(), b"[]", b"\xff\xfe{\x00}\x00", b"{\"id\": 1e999}", b"\xef\xbb\xbf{}", deep.as_bytes()] {
        write_inventory(&object, text);
        assert_told(&validate_object(&object, JOBS).unwrap(), "E033");
    }
}

#[test]
fn a_sidecar_of_another_algorithm_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let object = fixture(folder.path(), "minimal_one_version_one_file");
    fs::rename(object.join("inventory.json.sha512"), object.join("inventory.json.md5")).unwrap();
    let report = validate_object(&object, JOBS).unwrap();
    assert_told(&report, "E058");
    assert_told(&report, "E059");
}

#[test]
fn a_declaration_that_says_something_else_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let object = fixture(folder.path(), "minimal_one_version_one_file");
    fs::rename(object.join("0=ocfl_object_1.1"), object.join("0=ocfl_object_2.0")).unwrap();
    assert_told(&validate_object(&object, JOBS).unwrap(), "E006");
}

#[test]
fn empty_folders_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let object = fixture(folder.path(), "minimal_one_version_one_file");
    fs::create_dir_all(object.join("v1/content/a/b")).unwrap();
    assert_told(&validate_object(&object, JOBS).unwrap(), "E024");
    let object = fixture(folder.path(), "minimal_no_content");
    fs::create_dir_all(object.join("v1/content")).unwrap();
    assert_told(&validate_object(&object, JOBS).unwrap(), "W003");
}

#[test]
fn a_root_of_the_wrong_shape_is_told_by_its_code() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let judged = || validate_root(folder.path(), JOBS).unwrap();
    assert_told(&judged(), "E069");
    fs::write(at("0=ocfl_1.0"), "ocfl_1.1\n").unwrap();
    assert_told(&judged(), "E080");
    fixture(folder.path(), "minimal_no_content");
    assert_told(&judged(), "E081");
    fs::write(at("0=ocfl_7"), "ocfl_7\n").unwrap();
    assert_told(&judged(), "E076");
    assert_told(&judged(), "E079");
    for (text, code) in
        [("{", "E070"), ("[]", "E070"), ("{}", "E070"), (r#"{"extension": "mine", "description": ""}"#, "E071")]
    {
        fs::write(at("ocfl_layout.json"), text).unwrap();
        assert_told(&judged(), code);
    }
    fs::create_dir_all(at("a/b/c")).unwrap();
    fs::write(at("a/notes.txt"), "mine").unwrap();
    assert_told(&judged(), "E072");
    assert_told(&judged(), "E073");
    fixture(&at("a/b"), "minimal_no_content");
    assert_told(&judged(), "E037");
    assert_told(&judged(), "W015");
    fs::create_dir_all(at("extensions/mine")).unwrap();
    fs::write(at("extensions/notes.txt"), "mine").unwrap();
    assert_told(&judged(), "E112");
    assert_told(&judged(), "W016");
    assert!(validate_root(&at("nowhere"), JOBS).is_err());
}

#[test]
fn an_object_that_paraphe_did_not_write_is_told_in_our_archive() {
    let folder = tempfile::tempdir().unwrap();
    let store = example(folder.path());
    fixture(store.root(), "minimal_no_content");
    let report = store.verify(JOBS).unwrap();
    assert_told(&report, "altered");
    assert_told(&report, "E083");
    fs::remove_file(store.root().join("ocfl_layout.json")).unwrap();
    fs::write(store.root().join("notes.txt"), "mine").unwrap();
    let report = store.verify(JOBS).unwrap();
    assert_told(&report, "missing");
    assert_told(&report, "stranger");
}

#[cfg(unix)]
#[test]
fn names_that_are_not_utf_8_and_things_that_are_no_files_are_told() {
    use std::{ffi::OsStr, os::unix::ffi::OsStrExt as _};
    let folder = tempfile::tempdir().unwrap();
    let object = fixture(folder.path(), "minimal_one_version_one_file");
    fs::write(object.join("v1/content").join(OsStr::from_bytes(b"a\xff")), "").unwrap();
    assert_told(&validate_object(&object, JOBS).unwrap(), "E023");
    // A socket: opening one would fail, opening a pipe would wait for ever.
    let socket = object.join("v1/content/socket");
    let _listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
    assert_told(&validate_object(&object, JOBS).unwrap(), "E001");
    let link = object.join("v1/content/link");
    std::os::unix::fs::symlink("/", &link).unwrap();
    assert_told(&validate_object(&object, JOBS).unwrap(), "E090");
}

#[cfg(unix)]
#[test]
fn what_cannot_be_read_is_told() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let object = fixture(folder.path(), "minimal_one_version_one_file");
    let file = object.join("v1/content/a_file.txt");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o000)).unwrap();
    if fs::read(&file).is_err() {
        assert_told(&validate_object(&object, JOBS).unwrap(), "unreadable");
    }
    // An inventory larger than any is refused unread; this one takes no place on the disk.
    fs::File::create(object.join("inventory.json")).unwrap().set_len(1 << 40).unwrap();
    assert_told(&validate_object(&object, JOBS).unwrap(), "unreadable");
}

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config { cases: 200, failure_persistence: None, ..Default::default() })]

    #[test]
    fn whatever_stands_in_an_inventory_it_is_judged(
        from in 0_usize..900,
        length in 0_usize..60,
        piece in r#"([\[\]{}",:0-9a-z/.\\ ]|"v1"|null|\.\./|-1e9|\PC){0,20}"#,
    ) {
        let folder = tempfile::tempdir().unwrap();
        let object = fixture(folder.path(), "minimal_one_version_one_file");
        let mut text = fs::read(object.join("inventory.json")).unwrap();
        let from = from.min(text.len());
        let to = (from + length).min(text.len());
        text.splice(from..to, piece.bytes());
        write_inventory(&object, &text);
        validate_object(&object, JOBS).unwrap();
    }
}
