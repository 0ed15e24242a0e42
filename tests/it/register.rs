//! The register: what it refuses, what it keeps, what it notices.

mod commands;
mod findings;
mod journey;
mod life;
mod tamper;

use std::path::Path;

use paraphe::{
    diag::Diagnostic,
    digest::{ContentHash, FileDigest},
    domain::{ContractId, Texte, VersionNum},
    register::{Agent, EventKind, Evidence, FILE, Genere, Moment, Moyen, NewEvent, Preuve, Register, SEAL, verify},
};

pub(crate) fn texte(text: &str) -> Texte {
    Texte::new(text).unwrap()
}

pub(crate) fn contract(index: usize) -> ContractId {
    ["960000016-2022", "960000024-2022", "960780013-2022", "960780021-2022"][index].parse().unwrap()
}

pub(crate) fn version(number: u16) -> VersionNum {
    VersionNum::new(number).unwrap()
}

/// Noon of a day of 2026, month and day.
pub(crate) fn at(day: &str) -> Moment {
    Moment { instant: format!("2026-{day}T12:00:00Z").parse().unwrap(), today: format!("2026-{day}").parse().unwrap() }
}

pub(crate) fn made(number: u16) -> Genere {
    let digest = FileDigest::of(&[0, 1, number.to_be_bytes()[1]]);
    Genere {
        content_hash: ContentHash::of(&number.to_be_bytes()),
        empreinte: digest,
        inventory: digest,
        replaces_draft: false,
        remplace: None,
        avenant: None,
    }
}

pub(crate) fn event(index: usize, number: u16, kind: EventKind) -> NewEvent {
    NewEvent::new(Agent::new("dd96").unwrap(), contract(index), version(number), kind)
}

/// An event of the first contract, first version, on a day of 2026.
pub(crate) fn on(day: &str, kind: EventKind) -> NewEvent {
    event(0, 1, kind).on(format!("2026-{day}").parse().unwrap())
}

pub(crate) fn sent() -> EventKind {
    EventKind::Propose { moyen: Moyen::Courriel }
}

pub(crate) fn received() -> EventKind {
    EventKind::Recu { preuve: Preuve::AccuseLecture }
}

pub(crate) fn new_register(folder: &Path) -> Register {
    Register::create(folder, &texte("CAQES 2026"), at("01-05")).unwrap()
}

/// A register with four contracts and a dozen events, some with evidence.
pub(crate) fn sample(folder: &Path) -> Register {
    let mut register = new_register(folder);
    let drafts: Vec<NewEvent> = (0..4).map(|index| event(index, 1, EventKind::Genere(made(1)))).collect();
    register.append(&drafts, at("03-01")).unwrap();
    let proof = Evidence::new("accusé de lecture.eml", FileDigest::of(b"lu"), 2);
    for index in 0..3 {
        let sent = event(index, 1, sent()).on("2026-03-02".parse().unwrap());
        let received = event(index, 1, received()).on("2026-03-03".parse().unwrap()).shown_by(proof.clone());
        register.append(&[sent, received], at("03-03")).unwrap();
    }
    for (day, kind) in [("03-10", EventKind::RetourneEtablissement), ("03-12", EventKind::TransmisCpam)] {
        assert!(register.record(on(day, kind), at(day), None).unwrap().value.is_some());
    }
    register
}

pub(crate) fn codes(findings: &[Diagnostic]) -> Vec<&'static str> {
    findings.iter().map(|finding| finding.code.name).collect()
}

/// The codes of what `verify` finds in a folder.
pub(crate) fn verified(folder: &Path) -> Vec<&'static str> {
    codes(&verify(folder).unwrap().findings)
}

/// A folder with the register and the seal of another.
pub(crate) fn copied(from: &Path) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for name in [FILE, SEAL] {
        std::fs::copy(from.join(name), folder.path().join(name)).unwrap();
    }
    folder
}
