//! What is archived is read back as it was, version by version.

use std::fs;

use paraphe::{
    archive::{Draft, Error, Mode, Source, Store, validate_root},
    domain::VersionNum,
};

use super::{JOBS, archive, codes, draft, example, id, new_store, path, shown};

const OBJECT: &str = "960000016-2022";

fn version(number: u16) -> VersionNum {
    VersionNum::new(number).unwrap()
}

fn text(store: &Store, number: u16, name: &str) -> Result<String, Error> {
    store.file(&id(OBJECT), version(number), &path(name)).map(|bytes| String::from_utf8(bytes).unwrap())
}

#[test]
fn each_version_has_its_own_files_and_no_others() {
    let folder = tempfile::tempdir().unwrap();
    let store = example(folder.path());
    let inventory = store.read(&id(OBJECT)).unwrap();
    assert_eq!(inventory.head(), version(2));
    let (_, first) = inventory.versions().next().unwrap();
    assert_eq!(first.message, "premier envoi");
    assert_eq!(first.created.to_string(), "2026-11-21T23:40:00Z");
    assert_eq!(text(&store, 1, "exemplaires/ars.pdf").unwrap(), "ars 1");
    assert_eq!(text(&store, 2, "exemplaires/ars.pdf").unwrap(), "ars 2");
    assert!(matches!(text(&store, 2, "entrees/campagne.yaml"), Err(Error::NoFile { .. })));
    assert!(matches!(text(&store, 3, "contrat.docx"), Err(Error::NoFile { .. })));
    // The same bytes are kept once, whatever the version.
    assert!(!store.root().join(OBJECT).join("v2/content/contrat.docx").exists());
    assert_eq!(text(&store, 2, "contrat.docx").unwrap(), "docx");
    let ids: Vec<String> = store.objects().unwrap().iter().map(ToString::to_string).collect();
    assert_eq!(ids, [OBJECT, "960000024-2022", "entrees-0123456789abcdef"]);
}

#[test]
fn the_standard_finds_nothing_wrong_but_our_names() {
    let folder = tempfile::tempdir().unwrap();
    let store = example(folder.path());
    let report = validate_root(store.root(), JOBS).unwrap();
    assert_eq!(codes(&report.findings), ["W005"].into(), "{}", shown(&report));
}

#[test]
fn the_same_drafts_give_the_same_bytes() {
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let inventories = folders.each_ref().map(|folder| {
        let store = example(folder.path());
        fs::read(store.root().join(OBJECT).join("inventory.json")).unwrap()
    });
    assert_eq!(inventories[0], inventories[1]);
}

#[test]
fn a_draft_that_nobody_received_is_replaced_and_what_came_before_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let store = example(folder.path());
    archive(
        &store,
        &draft(OBJECT, Mode::ReplaceHead, &[("contrat.docx", "docx"), ("exemplaires/ars.pdf", "ars 2 bis")]),
    );
    assert_eq!(store.read(&id(OBJECT)).unwrap().head(), version(2));
    assert_eq!(text(&store, 2, "exemplaires/ars.pdf").unwrap(), "ars 2 bis");
    assert_eq!(text(&store, 1, "exemplaires/ars.pdf").unwrap(), "ars 1");
    assert!(matches!(text(&store, 2, "exemplaires/cpam.pdf"), Err(Error::NoFile { .. })));
    archive(&store, &draft("960000024-2022", Mode::ReplaceHead, &[("contrat.docx", "first again")]));
    assert_eq!(store.read(&id("960000024-2022")).unwrap().head(), version(1));
    assert!(store.verify(JOBS).unwrap().findings.is_empty());
}

#[test]
fn what_is_staged_is_listed_and_not_seen_until_it_is_settled() {
    let folder = tempfile::tempdir().unwrap();
    let store = example(folder.path());
    let next = draft(OBJECT, Mode::NewVersion, &[("contrat.docx", "third")]);
    let staged = {
        let writer = store.lock().unwrap();
        let staged = writer.stage(&next).unwrap();
        assert!(matches!(writer.stage(&next), Err(Error::Pending(_))));
        staged
    };
    assert_eq!(store.staged().unwrap(), std::slice::from_ref(&staged));
    assert_eq!((staged.version, store.read(&id(OBJECT)).unwrap().head()), (version(3), version(2)));
    assert!(store.verify(JOBS).unwrap().findings.is_empty());
    let writer = store.lock().unwrap();
    writer.sweep().unwrap();
    writer.settle(&id(OBJECT)).unwrap();
    writer.settle(&id(OBJECT)).unwrap();
    assert_eq!(store.read(&id(OBJECT)).unwrap().digest(), staged.inventory);
    let sidecar = fs::read_to_string(store.root().join(OBJECT).join("inventory.json.sha512")).unwrap();
    assert_eq!(sidecar, format!("{} inventory.json\n", staged.sha512));
    assert!(store.staged().unwrap().is_empty());
    writer.stage(&draft(OBJECT, Mode::NewVersion, &[("contrat.docx", "fourth")])).unwrap();
    writer.discard(&id(OBJECT)).unwrap();
    writer.discard(&id(OBJECT)).unwrap();
    writer.settle(&id(OBJECT)).unwrap();
    assert_eq!(store.read(&id(OBJECT)).unwrap().head(), version(3));
    assert!(matches!(writer.settle(&id("960000099-2022")), Err(Error::NoObject(_))));
}

#[test]
fn one_run_at_a_time_writes() {
    let folder = tempfile::tempdir().unwrap();
    let store = new_store(folder.path());
    let writer = store.lock().unwrap();
    assert!(matches!(store.lock(), Err(Error::Busy(_))));
    drop(writer);
    assert!(store.lock().is_ok());
}

#[test]
fn a_draft_whose_paths_exclude_each_other_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let store = new_store(folder.path());
    let writer = store.lock().unwrap();
    for files in [[("a", "1"), ("a", "2")], [("a/b", "1"), ("a", "2")], [("a", "1"), ("a/b/c", "2")]] {
        assert!(matches!(writer.stage(&draft(OBJECT, Mode::NewVersion, &files)), Err(Error::Path(_))));
    }
    assert!(matches!(writer.stage(&draft(OBJECT, Mode::ReplaceHead, &[])), Err(Error::NoObject(_))));
    // Nothing at all is a version too.
    writer.stage(&draft(OBJECT, Mode::NewVersion, &[])).unwrap();
    writer.settle(&id(OBJECT)).unwrap();
    assert!(store.verify(JOBS).unwrap().findings.is_empty());
}

#[test]
fn a_version_does_not_lean_on_a_damaged_file() {
    let folder = tempfile::tempdir().unwrap();
    let store = example(folder.path());
    let damaged = store.root().join(OBJECT).join("v1/content/contrat.docx");
    fs::write(&damaged, "dXcx").unwrap();
    assert!(matches!(text(&store, 1, "contrat.docx"), Err(Error::Damaged { .. })));
    archive(&store, &draft(OBJECT, Mode::NewVersion, &[("contrat.docx", "docx")]));
    assert_eq!(text(&store, 3, "contrat.docx").unwrap(), "docx");
    // What the damaged version had is found in the sound one, and the damage is still told.
    assert_eq!(text(&store, 1, "contrat.docx").unwrap(), "docx");
    assert_eq!(codes(&store.verify(JOBS).unwrap().findings), ["E092"].into());
}

#[test]
fn an_object_with_something_unknown_is_not_written_to() {
    let folder = tempfile::tempdir().unwrap();
    let store = example(folder.path());
    let stranger = store.root().join(OBJECT).join("v2/content/note.txt");
    fs::write(&stranger, "kept by hand").unwrap();
    let writer = store.lock().unwrap();
    let refused = writer.stage(&draft(OBJECT, Mode::ReplaceHead, &[("contrat.docx", "new")]));
    assert!(matches!(refused, Err(Error::Damaged { path, .. }) if path == stranger));
    assert!(store.staged().unwrap().is_empty());
    assert!(stranger.exists());
}

#[test]
fn a_staged_version_that_does_not_follow_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let store = example(folder.path());
    let writer = store.lock().unwrap();
    writer.stage(&draft(OBJECT, Mode::NewVersion, &[("contrat.docx", "third")])).unwrap();
    // Meanwhile somebody put another past in place.
    let other = tempfile::tempdir().unwrap();
    let elsewhere = new_store(other.path());
    for text in ["x", "y"] {
        archive(&elsewhere, &draft(OBJECT, Mode::NewVersion, &[("contrat.docx", text)]));
    }
    fs::remove_dir_all(store.root().join(OBJECT)).unwrap();
    super::fixtures::copy(&elsewhere.root().join(OBJECT), &store.root().join(OBJECT));
    assert!(matches!(writer.settle(&id(OBJECT)), Err(Error::Conflict(_))));
    assert_eq!(text(&store, 2, "contrat.docx").unwrap(), "y");
}

#[test]
fn files_are_archived_from_the_disk_as_they_are_from_memory() {
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("source.bin");
    let bytes: Vec<u8> = (0..300_000_u32).flat_map(u32::to_le_bytes).collect();
    fs::write(&source, &bytes).unwrap();
    let store = new_store(folder.path());
    let from = |source: Source| Draft {
        files: vec![(path("a/contrat.pdf"), source.clone()), (path("b/copie.pdf"), source)],
        ..draft(OBJECT, Mode::ReplaceHead, &[])
    };
    archive(&store, &Draft { mode: Mode::NewVersion, ..from(Source::File(source.clone())) });
    let first = store.read(&id(OBJECT)).unwrap();
    assert_eq!(store.file(&id(OBJECT), version(1), &path("b/copie.pdf")).unwrap(), bytes);
    assert!(!store.root().join(OBJECT).join("v1/content/b").exists());
    archive(&store, &from(Source::Bytes(bytes)));
    assert_eq!(store.read(&id(OBJECT)).unwrap(), first);
    let writer = store.lock().unwrap();
    let gone = writer.stage(&from(Source::File(folder.path().join("gone"))));
    assert!(matches!(gone, Err(Error::Io { action: "read", .. })));
    writer.sweep().unwrap();
    assert!(store.verify(JOBS).unwrap().findings.is_empty());
}

#[test]
fn a_folder_with_something_else_is_not_taken_for_an_archive() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("archive")).unwrap();
    let store = new_store(folder.path());
    assert!(store.objects().unwrap().is_empty());
    assert!(store.verify(JOBS).unwrap().findings.is_empty());
    let other = folder.path().join("other");
    fs::create_dir(&other).unwrap();
    fs::write(other.join("notes.txt"), "mine").unwrap();
    assert!(matches!(Store::create(&other, folder.path()), Err(Error::NotAnArchive(_))));
    assert!(matches!(Store::open(&folder.path().join("nowhere"), folder.path()), Err(Error::Absent(_))));
}

#[cfg(unix)]
#[test]
fn a_folder_that_cannot_be_written_is_a_clear_failure_and_nothing_is_lost() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let store = example(folder.path());
    let staging = folder.path().join("staging");
    let writer = store.lock().unwrap();
    writer.stage(&draft(OBJECT, Mode::NewVersion, &[("contrat.docx", "third")])).unwrap();
    for closed in [store.root(), staging.as_path()] {
        fs::set_permissions(closed, fs::Permissions::from_mode(0o555)).unwrap();
    }
    let may_write_anyway = fs::write(staging.join("probe.part"), "").is_ok();
    let refused = writer.settle(&id(OBJECT));
    for opened in [store.root(), staging.as_path()] {
        fs::set_permissions(opened, fs::Permissions::from_mode(0o755)).unwrap();
    }
    if !may_write_anyway {
        assert!(refused.unwrap_err().to_string().starts_with("could not move into place"));
        assert_eq!(store.read(&id(OBJECT)).unwrap().head(), version(2));
        writer.settle(&id(OBJECT)).unwrap();
    }
    assert_eq!(store.read(&id(OBJECT)).unwrap().head(), version(3));
}
