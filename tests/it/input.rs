//! Campaign folders, right and wrong: what is read and what is told.

#[path = "input/fixture.rs"]
pub(crate) mod fixture;
#[path = "input/grid.rs"]
pub(crate) mod grid;
#[path = "input/hostile.rs"]
mod hostile;

use std::{collections::BTreeSet, fs};

use fixture::{Fixture, fixtures};
use paraphe::{
    diag::{Checked, Severity},
    domain::{Campaign, Valeur},
    input::{Sources, diags, read},
};

/// Loads and reads a folder, all findings together.
fn check(folder: &std::path::Path) -> Checked<Campaign> {
    let loaded = Sources::load(folder).unwrap();
    let mut checked = read(&loaded.value.unwrap());
    checked.findings.splice(0..0, loaded.findings);
    checked
}

fn good(name: &str) -> Campaign {
    let folder = Fixture::good(name).build();
    let checked = check(folder.path());
    let told: Vec<String> =
        checked.findings.iter().filter(|f| f.code.severity > Severity::Note).map(|f| f.message.clone()).collect();
    assert_eq!(told, Vec::<String>::new());
    checked.value.unwrap()
}

#[test]
fn a_campaign_of_the_second_generation_is_read() {
    let campaign = good("good-gen2");
    let ids: Vec<String> = campaign.contracts.iter().map(|contract| contract.id.to_string()).collect();
    assert_eq!(ids, ["960000016-2022", "960000024-2022", "960011807-2022"]);
    let first = &campaign.contracts[0];
    let volets: Vec<&str> = first.volets.iter().map(|volet| volet.def.code.0.as_str()).collect();
    assert_eq!(volets, ["produits", "organisation", "pertinence"]);
    let ipp = &first.volets[0].objectifs[0];
    assert_eq!(ipp.reference, Valeur::Nombre(42.into()));
    let cibles: Vec<&Valeur> = ipp.cibles.iter().map(|cible| &cible.valeur).collect();
    assert_eq!(cibles, [&Valeur::Nombre(40.into()), &Valeur::Nombre(38.into())]);
    assert_eq!(first.volets[1].objectifs[0].notes[0].as_str(), "hors transports bariatriques");
    assert_eq!(first.volets[1].objectifs[0].cibles[1].valeur, Valeur::Nombre(28.into()));
    assert_eq!(first.volets[2].surveillance[0].echeance.to_string(), "2024-02-01");
    assert_eq!(first.actions.len(), 2);
    assert_eq!(first.actions[1].axe.as_str(), "Transports");
    let second = &campaign.contracts[1];
    assert_eq!(second.volets[0].objectifs[0].cibles[0].valeur, Valeur::SansObjet);
    assert_eq!(second.volets[0].objectifs[0].reference, Valeur::Absente);
    assert!(second.volets[0].objectifs[0].motif_sans_objet.is_some());
    assert!(second.actions.is_empty());
    assert_eq!(campaign.contracts[2].volets[0].objectifs[0].reference, Valeur::Masquee(11));
}

#[test]
fn a_campaign_of_the_first_generation_is_read() {
    let campaign = good("good-gen1");
    let first = &campaign.contracts[0];
    assert_eq!(first.etablissement.siret.as_ref().unwrap().as_str(), "26960001100010");
    assert_eq!(first.etablissement.adresse.code_postal, "96100");
    let numbers: Vec<&str> = first.engagements.iter().map(|engagement| engagement.numero.as_str()).collect();
    assert_eq!(numbers, ["10.1.a", "10.4.a", "10.4.a"]);
    assert_eq!(first.engagements[2].engagement.as_str(), "Respecter les taux de croissance");
    assert_eq!(first.engagements[2].objectif.as_ref().unwrap().as_str(), "REG_1");
    assert_eq!(first.volets[0].objectifs[0].cibles[0].valeur, Valeur::Nombre(180_000.into()));
    let second = &campaign.contracts[1];
    assert_eq!(second.engagements.len(), 2);
    assert_eq!(second.etablissement.finess_et.len(), 2);
    assert_eq!(second.volets[1].objectifs[0].cibles[0].valeur, Valeur::Nombre(28.into()));
}

#[test]
fn every_part_of_a_contract_knows_where_it_was_read() {
    let campaign = good("good-gen2");
    let first = &campaign.contracts[0];
    let place = |path: &str| first.sources.get(path).map(ToString::to_string).unwrap_or_default();
    assert_eq!(place("etablissement.raison_sociale"), "etablissements.yaml:5:21 (etablissements[0].raison_sociale)");
    assert_eq!(place("volet.produits.indicateurs.[0].cibles.[1]"), "indicateurs.xlsx, sheet `National`, cell E4");
    assert_eq!(place("indicateurs.[1].reference"), "indicateurs.xlsx, sheet `National`, cell F4");
    assert_eq!(place("actions.[1]"), "actions.xlsx, sheet `Plan`, cell C3");
    assert_eq!(place("contrat.date_effet"), "campagne.yaml:8:13 (date_effet)");
    assert_eq!(
        place("volet.pertinence.surveillance.[0]"),
        "etablissements.yaml:15:9 (etablissements[0].surveillance[0])"
    );
    let listed = &good("good-gen1").contracts[0];
    let cell = listed.sources["etablissement.raison_sociale"].to_string();
    assert_eq!(cell, "etablissements.xlsx, sheet `Liste`, cell D2");
}

#[test]
fn days_and_statuses_in_a_list_are_read_as_people_write_them() {
    let folder = Fixture::good("good-gen1").build();
    let grid = fs::read_to_string("tests/fixtures/input/good-gen1/etablissements.xlsx.grid").unwrap();
    for (statut, day) in [
        ("Privé à but non lucratif", "21/09/2017"),
        ("privé non lucratif", "21 septembre 2017"),
        ("Établissement privé à but non lucratif", "2017-09-21"),
    ] {
        let grid = grid.replace("ESPIC", statut).replace("2017-09-21", day);
        fs::write(folder.path().join("etablissements.xlsx"), grid::workbook(&grid)).unwrap();
        let checked = check(folder.path());
        assert_eq!(fixture::told(&checked, ""), Vec::<String>::new(), "{statut}, {day}");
        let contract = &checked.value.unwrap().contracts[1];
        assert_eq!(contract.etablissement.statut, paraphe::domain::Statut::PriveNonLucratif);
        assert_eq!(contract.avis_cme.as_ref().unwrap().date.to_string(), "2017-09-21");
    }
}

#[test]
fn an_opendocument_workbook_is_read_whatever_its_name_says() {
    let folder = Fixture::good("good-gen2").build();
    let rows: [&[&str]; 2] = [
        &["FINESS", "Axe", "Action", "Pilote", "Échéance", "Indicateur", "Cible"],
        &["960000016", "Transports", "Former", "Directeur des soins", "T2 2023", "Formés", "80 %"],
    ];
    fs::write(folder.path().join("actions.xlsx"), grid::ods("Plan", &rows)).unwrap();
    let checked = check(folder.path());
    assert_eq!(fixture::told(&checked, ""), Vec::<String>::new());
    assert_eq!(checked.value.unwrap().contracts[0].actions.len(), 1);
}

#[test]
fn every_fixture_tells_what_it_says_and_nothing_else() {
    let mut wrong = Vec::new();
    for fixture in fixtures() {
        let folder = fixture.build();
        let told = fixture::told(&check(folder.path()), &fixture.code);
        if told != fixture.expected {
            wrong.push(format!("{}\n  found:\n    {}", fixture.name, told.join("\n    ")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn one_wrong_contract_does_not_take_the_others_along() {
    for fixture in fixtures() {
        let folder = fixture.build();
        let checked = check(folder.path());
        let common = checked.findings.iter().any(|f| f.is_error() && f.contract.is_none());
        assert_eq!(checked.value.is_none(), common, "{}", fixture.name);
        for contract in checked.value.iter().flat_map(|campaign| &campaign.contracts) {
            let id = contract.id.to_string();
            let blocked = checked.findings.iter().any(|f| f.is_error() && f.contract.as_ref() == Some(&id));
            assert!(!blocked, "{}: {id}", fixture.name);
        }
    }
}

#[test]
fn the_fault_of_one_contract_names_it_and_leaves_the_others() {
    for (code, contract) in [
        ("input/yaml-missing-key", "960000024-2022"),
        ("input/yaml-unknown-word", "960000024-2022"),
        ("input/yaml-wrong-type", "960000016-2022"),
        ("input/finess-key", "960011808-2022"),
        ("input/siret", "960000016-2022"),
        ("input/etablissement-twice", "960000024-2022"),
        ("input/cell-not-a-value", "960000016-2022"),
        ("input/row-twice", "960000016-2022"),
        ("input/sans-objet-reason", "960000024-2022"),
        ("input/plafond", "960011807-2022"),
    ] {
        let fixture = fixtures().into_iter().find(|fixture| fixture.code == code).unwrap();
        let checked = check(fixture.build().path());
        let finding = checked.findings.iter().find(|finding| finding.code.name == code).unwrap();
        assert_eq!(finding.contract.as_deref(), Some(contract), "{}", fixture.name);
        let left = checked.value.unwrap().contracts;
        assert!(left.iter().all(|left| left.id.to_string() != contract), "{}", fixture.name);
        assert!(!left.is_empty(), "{}", fixture.name);
    }
}

#[test]
fn every_code_is_explained_and_raised_by_the_fixture_of_its_name() {
    let docs = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/diagnostics/input.md")).unwrap();
    let headings: Vec<&str> = docs.lines().filter_map(|line| line.strip_prefix("## ")).collect();
    let codes: Vec<&str> = diags::ALL.iter().map(|code| code.name).collect();
    let mut sorted = codes.clone();
    sorted.sort_unstable();
    assert_eq!(headings, sorted, "headings of docs/diagnostics/input.md");
    let raised: BTreeSet<String> = fixtures()
        .iter()
        .map(|fixture| {
            assert!(
                fixture.expected.iter().any(|line| line.starts_with(&format!("{} ", fixture.code))),
                "{}",
                fixture.name
            );
            fixture.code.clone()
        })
        .collect();
    let forgotten: Vec<&&str> = codes.iter().filter(|code| !raised.contains(**code)).collect();
    assert!(forgotten.is_empty(), "no fixture raises {forgotten:?}");
}

#[test]
fn the_same_folder_gives_the_same_findings() {
    for fixture in fixtures().iter().take(10) {
        let folder = fixture.build();
        assert_eq!(check(folder.path()), check(folder.path()));
    }
}

#[test]
fn findings_speak_as_the_house_does() {
    for fixture in fixtures() {
        let folder = fixture.build();
        for finding in check(folder.path()).findings {
            let message = &finding.message;
            let place = format!("{} {}: {message}", fixture.name, finding.code.name);
            assert!(!message.ends_with('.') && !message.contains(". "), "one sentence, no full stop: {place}");
            assert!(message.starts_with(|c: char| c == '`' || !c.is_uppercase()), "lower case: {place}");
            assert!(finding.help.is_some(), "what to do next: {place}");
            assert!(
                !format!("{finding:?}").contains(&folder.path().display().to_string()),
                "a path of the machine: {place}"
            );
            if let paraphe::diag::Origin::Yaml { at, .. } = &finding.origin {
                assert!(at.is_some(), "a line: {place}");
            }
        }
    }
}
