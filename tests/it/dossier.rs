//! A campaign over its years: versions, archive, register. On a campaign of three contracts and a page or two, as its user runs it.

#[path = "dossier/attacks.rs"]
mod attacks;
#[path = "dossier/kills.rs"]
mod kills;

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

use serde_json::Value as Json;
use tempfile::TempDir;

use crate::{generate::root, input::fixture::Fixture};

const ALL: [&str; 3] = ["960000016-2022", "960000024-2022", "960011807-2022"];

/// A right campaign of three contracts that is printed in no time.
pub(crate) fn small() -> TempDir {
    let folder = Fixture::good("good-gen2").build();
    let modele = folder.path().join("modele");
    let mut head = fs::read_to_string(modele.join("modele.yaml")).unwrap();
    head.push_str("avenant: {intitule: \"au contrat d'essai\", corps: [avenant.dj.hbs]}\n");
    fs::remove_dir_all(&modele).unwrap();
    copy(&root().join("tests/fixtures/dossier/modele"), &modele);
    fs::write(modele.join("modele.yaml"), head).unwrap();
    folder
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() { copy(&path, &target) } else { fs::copy(&path, &target).map(drop).unwrap() }
    }
}

fn command(folder: &Path, words: &str) -> Command {
    let mut words = words.split_whitespace();
    let mut command = Command::new(env!("CARGO_BIN_EXE_paraphe"));
    // The job, and after it the campaign: the first argument of every command.
    let job = words.next().unwrap();
    command.arg(job);
    if matches!(job, "archive" | "register") {
        command.arg(words.next().unwrap());
    }
    command
        .arg(folder)
        .args(words)
        .env("PARAPHE_AGENT", "essai")
        .env("SOURCE_DATE_EPOCH", "1700000000")
        .env("TZ", "UTC");
    command
}

fn run(folder: &Path, words: &str) -> Output {
    command(folder, words).output().unwrap()
}

/// Runs a command that must succeed, and gives what it printed.
fn done(folder: &Path, words: &str) -> String {
    let output = run(folder, words);
    let talk = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{words}: {}{talk}", String::from_utf8_lossy(&output.stdout));
    String::from_utf8(output.stdout).unwrap()
}

fn json(folder: &Path, words: &str) -> Json {
    serde_json::from_slice(&run(folder, &format!("{words} --format json")).stdout).unwrap()
}

pub(crate) fn replace(path: &Path, from: &str, to: &str) {
    let text = fs::read_to_string(path).unwrap();
    assert!(text.contains(from), "{}: no `{from}`", path.display());
    fs::write(path, text.replacen(from, to, 1)).unwrap();
}

/// The archive and the register are sound, and agree; an interrupted run may have left inputs that nothing names.
fn sound(folder: &Path) {
    for job in ["archive verify", "register verify"] {
        let told = done(folder, job);
        assert!(!told.contains("error") && !told.contains("warning"), "{told}");
    }
}

/// Everything a contract goes through until its three parties have signed.
fn sign(folder: &Path, contracts: &str) {
    for step in [
        "propose --day 2023-01-10 --moyen courriel",
        "recu --day 2023-01-11 --preuve accuse-lecture",
        "retourne-etablissement --day 2023-01-20",
        "transmis-cpam --day 2023-01-21",
        "retourne-cpam --day 2023-01-30",
        "signe --day 2023-02-01",
    ] {
        let (what, rest) = step.split_once(' ').unwrap();
        done(folder, &format!("record {what} {contracts} {rest}"));
    }
}

fn action(plan: &Json, contract: &str) -> String {
    let contracts = plan["contracts"].as_array().unwrap();
    let one = contracts.iter().find(|one| one["contract"] == contract).unwrap();
    format!("{} {}", one["action"].as_str().unwrap(), one["version"])
}

const CLINIQUE: &str = "raison_sociale: \"Clinique du Parc\"";

#[test]
fn only_what_changed_is_made_again_and_a_contract_that_was_sent_gets_a_new_version() {
    let folder = small();
    let folder = folder.path();
    assert_eq!(action(&json(folder, "plan"), ALL[0]), "new 1");
    assert!(done(folder, "generate").starts_with("3 contracts made"));
    sound(folder);
    done(folder, "record propose 960000024-2022 --day 2023-01-10 --moyen courriel");

    let before = fs::read(folder.join("registre.sqlite")).unwrap();
    assert!(done(folder, "generate").starts_with("0 contracts made, 3 kept unchanged"));
    assert_eq!(fs::read(folder.join("registre.sqlite")).unwrap(), before, "nothing changed, and something was written");

    let list = folder.join("etablissements.yaml");
    replace(&list, CLINIQUE, "raison_sociale: \"Clinique du Bois\"");
    replace(&list, "HAD du pays de Valombre", "HAD du val de Valombre");
    let plan = json(folder, "plan");
    let actions = ALL.map(|contract| action(&plan, contract));
    assert_eq!(actions, ["unchanged 1", "new-version 2", "draft-changed 1"]);
    let shown = done(folder, "plan");
    let cause = "Clinique du Parc → Clinique du Bois (etablissements.yaml, ligne ";
    assert!(shown.contains(cause), "{shown}");

    assert!(done(folder, "generate").starts_with("2 contracts made, 1 kept unchanged"));
    sound(folder);
    assert!(folder.join("contrats/960000024-2022/960000024-2022-v2-ex1.pdf").is_file());
    assert!(folder.join("archive/960000024-2022/v1/content/960000024-2022-v1-ex1.pdf").is_file());
    assert!(!folder.join("archive/960011807-2022/v2").exists(), "a draft that nobody received is replaced");
    let log = done(folder, "log 960000024-2022");
    assert!(log.contains("généré, remplace la version 1") && log.contains("remplacé par la version 2"), "{log}");
}

#[test]
fn a_signed_contract_is_never_made_again_but_amended() {
    let folder = small();
    let folder = folder.path();
    done(folder, "generate");
    let nothing = run(folder, "amend");
    assert_eq!(nothing.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&nothing.stderr).contains("amend/nothing-signed"));
    sign(folder, &ALL[..2].join(" "));

    // Another target, and a name that is no matter for an avenant.
    let workbook = crate::input::grid::workbook(
        &fs::read_to_string(root().join("tests/fixtures/input/good-gen2/indicateurs.xlsx.grid"))
            .unwrap()
            .replace("n:38  ", "n:36  "),
    );
    fs::write(folder.join("indicateurs.xlsx"), workbook).unwrap();
    replace(&folder.join("etablissements.yaml"), CLINIQUE, "raison_sociale: \"Clinique du Bois\"");
    let plan = json(folder, "plan");
    assert_eq!(ALL.map(|contract| action(&plan, contract)), ["to-amend 1", "to-amend 1", "unchanged 1"]);
    let shown = done(folder, "plan");
    assert!(shown.contains("avenant, NAT-1, Cible 2023\u{a0}: 38") && shown.contains(" → 36"), "{shown}");
    let made = run(folder, "generate");
    assert!(made.status.success() && String::from_utf8_lossy(&made.stderr).contains("generate/signed"));
    assert!(String::from_utf8_lossy(&made.stdout).starts_with("0 contracts made"));

    let amended = run(folder, "amend");
    let talk = String::from_utf8_lossy(&amended.stderr);
    assert!(String::from_utf8_lossy(&amended.stdout).starts_with("1 avenant made"), "{talk}");
    assert!(talk.contains("amend/other-changes"), "{talk}");
    sound(folder);
    let log = done(folder, "log 960000016-2022");
    assert!(log.contains("v2    généré") && log.contains("avenant"), "{log}");
    assert!(done(folder, "amend").starts_with("0 avenants made"), "an avenant that says the same is not made again");

    // Signed in its turn, it is what the next avenant starts from.
    sign(folder, ALL[0]);
    assert!(done(folder, "amend").starts_with("0 avenants made"));
    let workbook = crate::input::grid::workbook(
        &fs::read_to_string(root().join("tests/fixtures/input/good-gen2/indicateurs.xlsx.grid"))
            .unwrap()
            .replace("n:38  ", "n:35  "),
    );
    fs::write(folder.join("indicateurs.xlsx"), workbook).unwrap();
    assert!(done(folder, "amend").starts_with("1 avenant made"));
    assert_eq!(action(&json(folder, "plan"), ALL[0]), "unchanged 3", "an avenant is no difference from itself");
    replace(&folder.join("modele/contrat.dj.hbs"), "## Objet", "{{! un mot }}\n## Objet");
    assert_eq!(action(&json(folder, "plan"), ALL[0]), "unchanged 3", "a comment is no difference");
    assert!(done(folder, "log 960000016-2022").contains("avenant n° 2 à la version 2"));
    sound(folder);
}

#[test]
fn a_register_or_an_archive_that_was_lost_is_no_reason_to_begin_again() {
    let folder = small();
    let folder = folder.path();
    done(folder, "generate --only 960000016-2022");
    for name in ["registre.sqlite", "registre.sceau"] {
        fs::remove_file(folder.join(name)).unwrap();
    }
    let refused = run(folder, "generate --only 960000016-2022");
    assert_eq!(refused.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("put back the archive and the register together"));
}

#[test]
fn a_printed_value_leads_to_its_cell_years_later() {
    let folder = small();
    let folder = folder.path();
    done(folder, "generate --only 960000016-2022");
    // What the campaign has become is no matter.
    for gone in ["indicateurs.xlsx", "etablissements.yaml", "modele/contrat.dj.hbs"] {
        fs::remove_file(folder.join(gone)).unwrap();
    }
    let told = done(folder, "explain 960000016-2022 31,0");
    assert!(told.contains("indicateurs.xlsx, feuille National, cellule F4"), "{told}");
    let answers = json(folder, "explain 960000016-2022 Directrice");
    let place = answers["answers"][0]["source"]["at"][0]["path"].as_str().unwrap();
    assert_eq!(place, "etablissements[0].representant.fonction");
    assert_eq!(run(folder, "explain 960000016-2022 99,9").status.code(), Some(1));
    assert_eq!(run(folder, "explain 960000024-2022").status.code(), Some(2));
}

#[test]
fn what_makes_no_sense_is_refused_for_all_or_forced_with_a_motive() {
    let folder = small();
    let folder = folder.path();
    done(folder, "generate --only 960000016-2022 --only 960000024-2022");
    done(folder, "record propose 960000016-2022 --day 2023-01-10 --moyen courriel");
    let refused = run(folder, "record recu 960000016-2022 960000024-2022 --day 2023-01-11 --preuve recepisse");
    assert_eq!(refused.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("register/order"));
    assert!(!done(folder, "log 960000016-2022").contains("reçu"), "one of two was recorded");
    assert_eq!(run(folder, "record recu 960011807-2022 --day 2023-01-11 --preuve recepisse").status.code(), Some(1));
    assert_eq!(
        run(folder, "record recu 960000016-2022 --day 2023-01-11").status.code(),
        Some(2),
        "the proof is asked for"
    );

    fs::write(folder.join("lettre.pdf"), "letter").unwrap();
    let piece = folder.join("lettre.pdf");
    let words = format!("record signe 960000024-2022 --day 2023-01-12 --force vu --piece {}", piece.display());
    assert!(done(folder, &words).contains("1 event recorded"));
    let log = done(folder, "log 960000024-2022");
    assert!(log.contains("signé") && log.contains("vu"), "{log}");
    sound(folder);
    let name = fs::read_dir(folder.join("archive")).unwrap().map(|entry| entry.unwrap().file_name());
    assert!(name.into_iter().any(|name| name.to_str().unwrap().starts_with("piece-")));
}

#[test]
fn an_exported_contract_is_whole_and_certified() {
    let folder = small();
    let folder = folder.path();
    done(folder, "generate --only 960000016-2022");
    done(folder, "record notifie 960000016-2022 --partie cpam --day 2023-01-12 --force essai");
    let out = tempfile::tempdir().unwrap();
    let bag = out.path().join("contrat");
    done(folder, &format!("archive export 960000016-2022 --out {}", bag.display()));
    for file in
        ["bag-info.txt", "data/certificat-integrite.pdf", "data/registre.json", "data/v1/960000016-2022-v1-ex3.pdf"]
    {
        assert!(bag.join(file).is_file(), "{file}");
    }
    let certificate = lopdf::Document::load(bag.join("data/certificat-integrite.pdf")).unwrap();
    let words = certificate.extract_text(&[1]).unwrap();
    assert!(words.contains("notifié à la CPAM"), "{words}");
    assert_eq!(run(folder, &format!("archive export 960000016-2022 --out {}", bag.display())).status.code(), Some(2));
    // The inputs are a campaign again.
    let inputs = fs::read_dir(bag.join("data")).unwrap().map(|entry| entry.unwrap().path());
    let inputs = inputs.into_iter().find(|path| path.to_str().unwrap().contains("entrees-")).unwrap();
    done(&inputs.join("campagne"), "check");
}
