//! What `verify` says of events that hold together and are strange all the same; every code is raised somewhere.

use std::fs;

use paraphe::register::{EventKind, FILE, diags, verify};

use super::{copied, sample, tamper::forged, verified};
use crate::house::{files_below, root};

#[test]
fn an_event_of_a_newer_program_is_shown_and_kept() {
    let folder = tempfile::tempdir().unwrap();
    let register = sample(folder.path());
    forged(folder.path(), "2026-03-13T12:00:00Z", None, "constat", Some(r#"{"pages":14}"#));
    assert_eq!(verified(folder.path()), ["register/unknown-kind", "register/seal-behind"]);
    let last = register.events().unwrap().pop().unwrap();
    let expected = EventKind::Inconnu { nature: "constat".to_owned(), details: Some(r#"{"pages":14}"#.to_owned()) };
    assert_eq!(last.kind, expected);
    assert_eq!(register.state(&last.contract.unwrap()).unwrap().unwrap().head().unwrap().inconnus, 1);
}

#[test]
fn a_clock_that_goes_back_is_told() {
    let folder = tempfile::tempdir().unwrap();
    drop(sample(folder.path()));
    forged(folder.path(), "2026-03-11T12:00:00Z", Some("2026-03-10"), "observations", None);
    assert_eq!(verified(folder.path()), ["register/clock", "register/seal-behind"]);
}

#[test]
fn a_field_that_cannot_be_read_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let register = sample(folder.path());
    forged(folder.path(), "2026-03-13T12:00:00Z", Some("13/03/2026"), "observations", None);
    assert_eq!(verified(folder.path()), ["register/row", "register/seal-behind"]);
    assert!(register.states().unwrap_err().to_string().contains("the field `jour` of event 13"));
}

#[test]
fn an_event_against_the_order_without_a_motive_is_found() {
    let folder = tempfile::tempdir().unwrap();
    drop(sample(folder.path()));
    forged(folder.path(), "2026-03-13T12:00:00Z", Some("2026-03-13"), "signe", None);
    let findings = verify(folder.path()).unwrap().findings;
    assert_eq!(findings[0].code, &diags::ORDER);
    assert_eq!(findings[0].origin.to_string(), "registre.sqlite, event 13");
}

#[test]
fn a_page_of_the_database_that_is_lost_is_told() {
    let folder = tempfile::tempdir().unwrap();
    drop(sample(folder.path()));
    let bytes = fs::read(folder.path().join(FILE)).unwrap();
    let page = 4096;
    let mut raised = Vec::new();
    for number in 1..bytes.len() / page {
        let spoilt = copied(folder.path());
        let mut bytes = bytes.clone();
        bytes[number * page..(number + 1) * page].fill(0);
        fs::write(spoilt.path().join(FILE), bytes).unwrap();
        raised.extend(verified(spoilt.path()));
    }
    assert!(raised.contains(&"register/integrity"), "{raised:?}");
}

#[test]
fn every_code_of_the_room_is_raised_by_a_test() {
    let sources: String = [root().join("tests/it/register"), root().join("src/register")]
        .iter()
        .flat_map(|folder| files_below(folder, "rs"))
        .filter(|path| !path.ends_with("src/register/diags.rs"))
        .map(|path| fs::read_to_string(path).unwrap())
        .collect();
    for code in diags::ALL {
        let tested = sources.contains(&format!("\"{}\"", code.name)) || code == &&diags::ORDER;
        assert!(tested, "{} is raised by no test", code.name);
    }
}
