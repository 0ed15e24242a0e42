//! Tests: a run is stopped at each of its steps in turn, as by a kill or a full disk, and the next one goes on.

use std::path::Path;

use super::{Draft, Error, LogicalPath, Mode, ObjectId, Source, Store, User, Writer, files::STEPS_LEFT};
use crate::digest::FileDigest;

const JOBS: std::num::NonZeroUsize = std::num::NonZeroUsize::MIN;

/// A folder in memory, where the system has a place for it: every step flushes to the disk.
fn folder() -> tempfile::TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap()
}

fn id() -> ObjectId {
    "960000016-2022".parse().unwrap()
}

fn draft(mode: Mode, text: &str) -> Draft {
    let file = |name: &str, text: &str| (name.parse::<LogicalPath>().unwrap(), Source::Bytes(text.as_bytes().to_vec()));
    Draft {
        id: id(),
        mode,
        files: vec![file("contrat.docx", "the same"), file("exemplaires/ars.pdf", text)],
        message: String::new(),
        user: User { name: "Agence".to_owned(), address: None },
        created: "2026-11-21T23:40:00Z".parse().unwrap(),
    }
}

fn archive(writer: &Writer<'_>, draft: &Draft) -> Result<(), Error> {
    writer.stage(draft)?;
    writer.settle(&draft.id)
}

/// A store whose object has this many versions.
fn with_versions(folder: &Path, versions: usize) -> Store {
    let store = Store::create(&folder.join("archive"), &folder.join("staging")).unwrap();
    for version in 0..versions {
        archive(&store.lock().unwrap(), &draft(Mode::NewVersion, &format!("version {version}"))).unwrap();
    }
    store
}

/// The digest of the object, when it can be read; every file of its last version is read too.
fn seen(store: &Store) -> Option<FileDigest> {
    let inventory = match store.read(&id()) {
        Err(Error::NoObject(_)) => return None,
        inventory => inventory.unwrap(),
    };
    for (number, version) in inventory.versions() {
        for path in version.paths() {
            store.file(&id(), number, path).unwrap();
        }
    }
    assert_eq!(store.objects().unwrap(), [id()]);
    Some(inventory.digest())
}

/// Does a job in a store of so many versions, stopped at its first step, its second, and so on until it is not stopped any
/// more; after each, looks at what is left. Returns how many times it was stopped.
fn at_every_step(
    versions: usize,
    job: impl Fn(&Writer<'_>) -> Result<(), Error>,
    look: impl Fn(&Store, Option<FileDigest>),
) -> usize {
    for steps in 0.. {
        let folder = folder();
        let store = with_versions(folder.path(), versions);
        let before = seen(&store);
        let done = {
            let writer = store.lock().unwrap();
            STEPS_LEFT.set(steps);
            let done = job(&writer);
            STEPS_LEFT.set(usize::MAX);
            done.is_ok()
        };
        let report = store.verify(JOBS).unwrap();
        assert!(report.findings.is_empty(), "step {steps}: {:?}", report.findings);
        look(&store, before);
        if done {
            return steps;
        }
    }
    0
}

/// What the next run does, whose register knows of the staged version or does not.
fn next_run(store: &Store, known: bool) {
    let writer = store.lock().unwrap();
    for staged in store.staged().unwrap() {
        if known { writer.settle(&staged.id) } else { writer.discard(&staged.id) }.unwrap();
    }
    writer.sweep().unwrap();
    let left: Vec<_> = std::fs::read_dir(store.root().with_file_name("staging")).unwrap().collect();
    assert_eq!(left.len(), 1, "only the lock is left: {left:?}");
    assert!(store.verify(JOBS).unwrap().findings.is_empty());
}

#[test]
fn a_run_stopped_anywhere_shows_the_old_version_or_the_new_one_and_is_completed_by_the_next() {
    for (versions, mode) in [(0, Mode::NewVersion), (2, Mode::NewVersion), (2, Mode::ReplaceHead)] {
        let next = draft(mode, "the new one");
        let folder = folder();
        let reference = with_versions(folder.path(), versions);
        archive(&reference.lock().unwrap(), &next).unwrap();
        let new = seen(&reference);
        for known in [true, false] {
            let stopped = at_every_step(
                versions,
                |writer| archive(writer, &next),
                |store, before| {
                    let shown = seen(store);
                    assert!(shown == before || shown == new);
                    let staged = !store.staged().unwrap().is_empty();
                    next_run(store, known);
                    let after = seen(store);
                    // Settled already, or staged and settled now; otherwise as before, and the work can be done again.
                    assert_eq!(after, if shown == new || (staged && known) { new } else { before });
                    if after != new {
                        archive(&store.lock().unwrap(), &next).unwrap();
                        assert_eq!(seen(store), new);
                    }
                },
            );
            assert!(stopped > 20, "{stopped}");
        }
    }
}

#[test]
fn what_is_thrown_away_is_thrown_away_at_any_moment() {
    let discard = |writer: &Writer<'_>| {
        // A settlement stopped between its two moves comes first.
        let left = STEPS_LEFT.replace(usize::MAX);
        writer.stage(&draft(Mode::NewVersion, "unwanted"))?;
        let (place, old) = (
            writer.store().place(&id()),
            writer.store().root().with_file_name("staging").join(format!("{}.old", id())),
        );
        std::fs::rename(place, old).unwrap();
        STEPS_LEFT.set(left);
        writer.discard(&id())
    };
    let stopped = at_every_step(2, discard, |store, before| {
        assert_eq!(seen(store), before);
        next_run(store, false);
        assert_eq!(seen(store), before);
    });
    assert!(stopped > 10, "{stopped}");
}

#[test]
fn a_new_archive_is_whole_or_not_there() {
    for steps in 0.. {
        let folder = folder();
        let (root, staging) = (folder.path().join("archive"), folder.path().join("staging"));
        STEPS_LEFT.set(steps);
        let made = Store::create(&root, &staging);
        STEPS_LEFT.set(usize::MAX);
        assert_eq!(root.exists(), Store::open(&root, &staging).is_ok());
        let store = Store::create(&root, &staging).unwrap();
        assert!(store.verify(JOBS).unwrap().findings.is_empty());
        if made.is_ok() {
            assert!(steps > 5);
            return;
        }
    }
}
