//! `paraphe register verify` and `paraphe log`, as officers see them.

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

use paraphe::register::{EventKind, EventNumber, FILE};

use super::{at, event, on, sample, texte};

fn paraphe(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_paraphe")).current_dir(folder).args(arguments).output().unwrap()
}

fn printed(output: &Output) -> (Option<i32>, String) {
    (output.status.code(), String::from_utf8(output.stdout.clone()).unwrap())
}

#[test]
fn a_verification_ends_with_the_checkpoint_to_keep() {
    let folder = tempfile::tempdir().unwrap();
    let register = sample(folder.path());
    let (number, digest) = register.checkpoint().unwrap();
    let verified = printed(&paraphe(folder.path(), &["register", "verify", "."]));
    let expected = format!("12 events; nothing to report\ncheckpoint: event {number}, digest {digest}\n");
    assert_eq!(verified, (Some(0), expected));

    let mut bytes = fs::read(folder.path().join(FILE)).unwrap();
    let slack = bytes.len() - 3000;
    bytes[slack] ^= 1;
    fs::write(folder.path().join(FILE), bytes).unwrap();
    let (status, said) = printed(&paraphe(folder.path(), &["register", "verify", "."]));
    assert_eq!(status, Some(1));
    assert!(said.starts_with("error[register/file-differs]: "), "{said}");
    let (status, said) = printed(&paraphe(folder.path(), &["register", "verify", ".", "--format", "json"]));
    let json: serde_json::Value = serde_json::from_str(&said).unwrap();
    assert_eq!((status, json["register"]["events"].as_u64()), (Some(1), Some(12)));
}

#[test]
fn a_folder_without_a_register_is_a_failure() {
    let folder = tempfile::tempdir().unwrap();
    let output = paraphe(folder.path(), &["register", "verify", "."]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "error: there is no register in `.`\n");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "nothing is made by looking");
}

#[test]
fn the_log_of_a_contract_tells_its_life() {
    let folder = tempfile::tempdir().unwrap();
    let mut register = sample(folder.path());
    let motive = texte("signé en séance");
    assert!(register.record(on("03-13", EventKind::Signe), at("03-13"), Some(&motive)).unwrap().value.is_some());
    let mistake = EventKind::Annule { event: EventNumber(13), motif: texte("mauvais contrat") };
    assert!(register.record(event(0, 1, mistake), at("03-14"), None).unwrap().value.is_some());
    let expected = "     1  2026-03-01  v1    généré  (dd96)
     5  2026-03-02  v1    proposé, courriel  (dd96)
     6  2026-03-03  v1    reçu, accusé de lecture  (dd96)
                          pièce 80c0fcbbfa9d.eml
    11  2026-03-10  v1    retourné par l’établissement  (dd96)
    12  2026-03-12  v1    transmis à la CPAM  (dd96)
    13  2026-03-13  v1    signé  (dd96)
                          hors circuit, motif : signé en séance
    14  2026-03-14  v1    l’événement 13 est annulé : mauvais contrat  (dd96)
";
    assert_eq!(printed(&paraphe(folder.path(), &["log", ".", "960000016-2022"])), (Some(0), expected.to_owned()));
    let (_, said) = printed(&paraphe(folder.path(), &["log", ".", "960000016-2022", "--format", "json"]));
    let json: serde_json::Value = serde_json::from_str(&said).unwrap();
    assert_eq!(json["events"][1]["kind"]["propose"]["moyen"], "courriel");
    assert_eq!(paraphe(folder.path(), &["log", ".", "960000024-2021"]).status.code(), Some(2));
}
