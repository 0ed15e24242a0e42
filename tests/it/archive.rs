//! The archive: the official objects of the standard, and what happens to a file that somebody touches.

mod attacks;
mod bags;
mod fixtures;
mod hostile;
mod store;

use std::{collections::BTreeSet, num::NonZeroUsize, path::Path};

use paraphe::{
    archive::{Draft, LogicalPath, Mode, ObjectId, Report, Source, Store, User},
    diag::Diagnostic,
};

pub(crate) const JOBS: NonZeroUsize = NonZeroUsize::new(2).unwrap();

/// The codes of findings, without the name of the room.
pub(crate) fn codes(findings: &[Diagnostic]) -> BTreeSet<&'static str> {
    findings.iter().map(|finding| finding.code.name.trim_start_matches("archive/")).collect()
}

pub(crate) fn shown(report: &Report) -> String {
    let line = |finding: &Diagnostic| {
        let (expected, found) = (finding.expected.as_deref(), finding.found.as_deref());
        format!("{} {}: {} [{expected:?} {found:?}]\n", finding.code.name, finding.origin, finding.message)
    };
    report.findings.iter().map(line).collect()
}

pub(crate) fn id(text: &str) -> ObjectId {
    text.parse().unwrap()
}

pub(crate) fn path(text: &str) -> LogicalPath {
    text.parse().unwrap()
}

pub(crate) fn draft(object: &str, mode: Mode, files: &[(&str, &str)]) -> Draft {
    Draft {
        id: id(object),
        mode,
        files: files.iter().map(|(name, text)| (path(name), Source::Bytes(text.as_bytes().to_vec()))).collect(),
        message: "premier envoi".to_owned(),
        user: User { name: "Agence du 96".to_owned(), address: Some("mailto:caqes@ars-96.example".to_owned()) },
        created: "2026-11-21T23:40:00Z".parse().unwrap(),
    }
}

pub(crate) fn archive(store: &Store, draft: &Draft) {
    let writer = store.lock().unwrap();
    writer.stage(draft).unwrap();
    writer.settle(&draft.id).unwrap();
}

pub(crate) fn new_store(folder: &Path) -> Store {
    Store::create(&folder.join("archive"), &folder.join("staging")).unwrap()
}

/// Two contracts, one with two versions, and what they were made from.
pub(crate) fn example(folder: &Path) -> Store {
    let store = new_store(folder);
    let first =
        [("contrat.docx", "docx"), ("exemplaires/ars.pdf", "ars 1"), ("entrees/campagne.yaml", "campagne: 2022")];
    archive(&store, &draft("960000016-2022", Mode::NewVersion, &first));
    let second = [("contrat.docx", "docx"), ("exemplaires/ars.pdf", "ars 2"), ("exemplaires/cpam.pdf", "cpam 2")];
    archive(&store, &draft("960000016-2022", Mode::NewVersion, &second));
    archive(&store, &draft("960000024-2022", Mode::NewVersion, &[("contrat.docx", "another"), ("vide", "")]));
    archive(&store, &draft("entrees-0123456789abcdef", Mode::NewVersion, &[("campagne.yaml", "campagne: 2022")]));
    store
}
