//! Avenants: what they say of the sample of 2024, and how they are printed.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use jiff::civil::date;
use paraphe::{
    document::Document,
    domain::{
        Acte, Avenant, Campaign, Contract, ContractId, IndicateurCode, ObjetAvenant, Unite, Valeur, VersionNum,
        VoletCode,
    },
    ops::prepare,
    template::{Comparison, SignedDataError, TemplateSet, compare},
    writer::{docx, pdf::Press},
};
use serde_json::Value;

use crate::{
    common,
    generate::{campaign, copy_of, root},
};

/// The campaign of 2022 as it is in 2024: the files of `avenant-2024` laid over it.
fn amended() -> (Campaign, TemplateSet) {
    let folder = tempfile::tempdir().unwrap();
    let copied = copy_of("region-2022", folder.path());
    for entry in fs::read_dir(root().join("samples/avenant-2024")).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, copied.join(path.file_name().unwrap())).unwrap();
    }
    let prepared = prepare(&copied).unwrap();
    let errors: Vec<_> = prepared.findings.iter().filter(|finding| finding.is_error()).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    assert_eq!(prepared.ready.len(), 148);
    (prepared.campaign.unwrap(), prepared.templates.unwrap())
}

/// What was archived of each contract.
fn signed(campaign: &Campaign) -> BTreeMap<ContractId, Value> {
    let data = |contract: &Contract| TemplateSet::data(campaign, contract, VersionNum::FIRST);
    campaign.contracts.iter().map(|contract| (contract.id.clone(), data(contract))).collect()
}

fn compared(signed: &Value, campaign: &Campaign, contract: &Contract) -> Comparison {
    let compared = compare(signed, campaign, contract).unwrap();
    compared.value.unwrap_or_else(|| panic!("{:#?}", compared.findings))
}

/// The first avenant to a contract signed in June 2022.
fn first(objet: ObjetAvenant) -> Avenant {
    let parent = Acte { version: VersionNum::FIRST, date_signature: Some(date(2022, 6, 28)) };
    Avenant::new(parent, Vec::new(), None, objet).unwrap()
}

fn second_version() -> VersionNum {
    VersionNum::new(2).unwrap()
}

fn merged(set: &TemplateSet, campaign: &Campaign, contract: &Contract, avenant: &Avenant) -> Document {
    let merged = set.merge_avenant(campaign, contract, second_version(), avenant);
    assert!(merged.findings.is_empty(), "{:#?}", merged.findings);
    merged.value.unwrap()
}

fn text(document: &Document) -> String {
    let mut text = String::new();
    document.walk_text(&mut |piece, _| text += &format!("{piece}\n"));
    text.replace(['\u{a0}', '\u{202f}'], " ").replace('\u{2011}', "-").replace('\u{2019}', "'")
}

fn codes(contract: &Contract) -> BTreeSet<&str> {
    let objectifs = contract.volets.iter().flat_map(|volet| &volet.objectifs);
    objectifs.map(|objectif| objectif.indicateur.code.as_str()).collect()
}

#[test]
fn an_avenant_says_what_changed_and_nothing_else() {
    let (before, _) = campaign("region-2022");
    let signed = signed(&before);
    let (now, set) = amended();
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let mut opened: BTreeMap<String, usize> = BTreeMap::new();
    for contract in &now.contracts {
        let comparison = compared(&signed[&contract.id], &now, contract);
        let others: BTreeSet<&str> = comparison.autres.iter().map(|change| change.objet.as_str()).collect();
        let common = BTreeSet::from(["arrete_ciblage.date", "arrete_ciblage.intitule", "avis_olam.date"]);
        assert_eq!(others, common, "what changed for all is told, and is no reason for an avenant");
        if !comparison.is_avenant() {
            continue;
        }
        let objet = &comparison.objet;
        assert!(objet.modifications.is_empty(), "{}: {:?}", contract.id, objet.modifications);
        for VoletCode(code) in &objet.volets_ouverts {
            *opened.entry(code.clone()).or_default() += 1;
        }
        let added: Vec<&str> = objet.ajouts.iter().map(IndicateurCode::as_str).collect();
        let document = merged(&set, &now, contract, &first(objet.clone()));
        let text = text(&document);
        for code in codes(contract) {
            assert_eq!(text.contains(code), added.contains(&code), "{}: {code}", contract.id);
        }
        for other in now.contracts.iter().filter(|other| other.id != contract.id) {
            let etablissement = &other.etablissement;
            assert!(!text.contains(&etablissement.finess_ej.to_string()), "{}: {}", contract.id, other.id);
            let name = etablissement.raison_sociale.as_str().replace('\u{2019}', "'");
            let own = contract.etablissement.raison_sociale.as_str().replace('\u{2019}', "'");
            assert!(own.contains(&name) || !text.contains(&format!("{name}\n")), "{}: {name}", contract.id);
        }
        *counts.entry(added.join(" ")).or_default() += 1;
    }
    let shown: Vec<(&str, usize)> = counts.iter().map(|(added, count)| (added.as_str(), *count)).collect();
    // 56 and 17 indicators, in 65 contracts.
    assert_eq!(shown, [("REG-8", 48), ("REG-8 REG-9", 8), ("REG-9", 9)]);
    assert_eq!(opened, BTreeMap::from([("pertinence".to_owned(), 5), ("produits".to_owned(), 10)]));
}

/// Prints an avenant; the files are left in the target folder.
fn printed(press: &Press, document: &Document, name: &str) -> usize {
    let printing = press.print(document).unwrap_or_else(|error| panic!("{name}: {error}"));
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("avenant");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join(format!("{name}.pdf")), &printing.exemplaires[0].bytes).unwrap();
    fs::write(folder.join(format!("{name}.docx")), docx::write(document, &printing.heading_pages).unwrap()).unwrap();
    let map = &printing.exemplaires[0].page_map;
    let boxes: usize = map.pages.iter().map(|page| page.boxes.len()).sum();
    assert_eq!(boxes, 3, "{name}");
    assert!((3..=8).contains(&map.pages.len()), "{name}: {} pages", map.pages.len());
    map.pages.len()
}

#[test]
fn an_avenant_is_printed_on_few_pages_with_its_three_boxes() {
    let (before, _) = campaign("region-2022");
    let signed = signed(&before);
    let (now, set) = amended();
    let press = Press::new().unwrap();
    // One for each case: what is added, and whether it opens a volet.
    let mut cases = BTreeMap::new();
    for contract in &now.contracts {
        let comparison = compared(&signed[&contract.id], &now, contract);
        if comparison.is_avenant() {
            let case = (comparison.objet.ajouts.len(), comparison.objet.volets_ouverts.clone());
            cases.entry(case).or_insert((contract, comparison.objet));
        }
    }
    assert!(cases.len() >= 4, "{:?}", cases.keys());
    for (rank, (contract, objet)) in cases.into_values().enumerate() {
        let pages = printed(&press, &merged(&set, &now, contract, &first(objet)), &format!("2022-{rank}"));
        assert!(pages <= 6, "{pages} pages");
    }
}

/// A contract of a sample, with two targets, the reference value and the rate of its first indicator changed.
fn changed(campaign: &Campaign, rank: usize) -> Contract {
    let mut contract = campaign.contracts[rank].clone();
    let objectif = contract.volets.iter_mut().flat_map(|volet| &mut volet.objectifs).next().unwrap();
    for cible in objectif.cibles.iter_mut().rev().take(2) {
        cible.valeur = Valeur::Nombre(common::number("12.3"));
    }
    objectif.reference = Valeur::Nombre(common::number("15"));
    objectif.indicateur.taux_interessement = Some(common::number("35"));
    objectif.indicateur.unite = Unite::Pourcent;
    contract
}

#[test]
fn a_changed_indicator_is_printed_with_what_it_replaces_in_both_generations() {
    let press = Press::new().unwrap();
    for (sample, rank) in [("region-2022", 0), ("region-2017", 3)] {
        let (campaign, set) = campaign(sample);
        let signed = TemplateSet::data(&campaign, &campaign.contracts[rank], VersionNum::FIRST);
        let contract = changed(&campaign, rank);
        let comparison = compared(&signed, &campaign, &contract);
        let [modification] = comparison.objet.modifications.as_slice() else { panic!("{comparison:#?}") };
        let objets: BTreeSet<&str> = modification.changements.iter().map(|change| change.objet.as_str()).collect();
        assert!(objets.contains("Valeur de référence") && objets.contains("Taux d'intéressement"), "{objets:?}");
        assert!(comparison.objet.ajouts.is_empty() && comparison.objet.volets_ouverts.is_empty());
        let acte = |number, day| Acte { version: VersionNum::new(number).unwrap(), date_signature: day };
        let day = Some(contract.date_effet);
        let avenant = Avenant::new(acte(1, day), vec![acte(2, None)], day, comparison.objet.clone()).unwrap();
        assert_eq!(avenant.numero(), 2);
        let merged = set.merge_avenant(&campaign, &contract, VersionNum::new(3).unwrap(), &avenant);
        assert!(merged.findings.is_empty(), "{:#?}", merged.findings);
        let document = merged.value.unwrap();
        assert!(plain(&document.title).starts_with("Avenant n° 2 au contrat"), "{}", document.title);
        let text = text(&document);
        for change in &modification.changements {
            for value in change.avant.iter().chain(&change.apres) {
                assert!(text.contains(&plain(value)), "{sample}: `{value}` is not printed");
            }
        }
        assert!(text.contains("12,3 %"), "{text}");
        printed(&press, &document, sample);
    }
}

fn plain(text: &str) -> String {
    text.replace(['\u{a0}', '\u{202f}'], " ").replace('\u{2019}', "'").replace('\u{2011}', "-")
}

/// An avenant of 2017 that opens the transport volet of a contract that had none.
#[test]
fn an_avenant_of_the_first_generation_opens_a_volet() {
    let (campaign, set) = campaign("region-2017");
    let contract =
        campaign.contracts.iter().find(|contract| contract.volets.iter().any(|v| v.def.code.0 == "transport"));
    let contract = contract.unwrap();
    let mut without = contract.clone();
    without.volets.retain(|volet| volet.def.code.0 != "transport");
    let signed = TemplateSet::data(&campaign, &without, VersionNum::FIRST);
    let comparison = compared(&signed, &campaign, contract);
    assert_eq!(comparison.objet.volets_ouverts, [VoletCode("transport".to_owned())]);
    let document = merged(&set, &campaign, contract, &first(comparison.objet));
    assert!(text(&document).contains("prescriptions de transport"));
    printed(&Press::new().unwrap(), &document, "2017-volet");
}

#[test]
fn the_values_of_an_avenant_come_from_the_cells_of_its_own_workbooks() {
    let (before, _) = campaign("region-2022");
    let signed = signed(&before);
    let (now, set) = amended();
    let surgery = IndicateurCode::new("REG-9").unwrap();
    let objet = |contract: &Contract| compared(&signed[&contract.id], &now, contract).objet;
    let contract = now.contracts.iter().find(|contract| objet(contract).ajouts == [surgery.clone()]).unwrap();
    let document = merged(&set, &now, contract, &first(objet(contract)));
    let mut places = BTreeSet::new();
    document.walk(&mut |block| {
        for trace in &block.traces {
            if trace.paths.iter().any(|path| path.starts_with("avenant.volets[0].indicateurs[0].cibles[2]")) {
                places.extend(trace.sources.iter().map(ToString::to_string));
            }
        }
    });
    let places: Vec<String> = places.into_iter().collect();
    assert!(matches!(places.as_slice(), [one] if one.starts_with("chirurgie-ambulatoire-2024.xlsx")), "{places:?}");
}

#[test]
fn an_indicator_that_begins_later_has_no_target_before() {
    let (now, set) = amended();
    let contract = now.contracts.iter().find(|contract| codes(contract).contains("REG-8")).unwrap();
    let data = TemplateSet::data(&now, contract, VersionNum::FIRST);
    let indicateurs = data["indicateurs"].as_array().unwrap();
    let added = indicateurs.iter().find(|indicateur| indicateur["code"] == "REG-8").unwrap();
    let cibles: Vec<&str> =
        added["cibles"].as_array().unwrap().iter().map(|cible| cible["valeur"].as_str().unwrap()).collect();
    assert_eq!(cibles.len(), 3);
    assert_eq!(cibles[..2], ["–", "–"]);
    assert_eq!(added["premiere_annee"], 2024);
    let whole = set.merge(&now, contract, VersionNum::FIRST).value.unwrap();
    assert!(text(&whole).contains("REG-8 : indicateur suivi à compter de 2024."));
}

/// Sets a value of the archived data, or takes it out.
fn spoiled(mut data: Value, pointer: &str, value: Option<Value>) -> Value {
    let (parent, field) = pointer.rsplit_once('/').unwrap();
    let parent = data.pointer_mut(parent).unwrap().as_object_mut().unwrap();
    match value {
        Some(value) => drop(parent.insert(field.to_owned(), value)),
        None => drop(parent.remove(field).unwrap()),
    }
    data
}

#[test]
fn archived_data_that_lacks_something_is_refused_by_name() {
    let (campaign, contract) = common::sample();
    let data = || TemplateSet::data(&campaign, &contract, VersionNum::FIRST);
    assert!(!compared(&data(), &campaign, &contract).is_avenant());
    let fault = |pointer: &str, value| compare(&spoiled(data(), pointer, value), &campaign, &contract).unwrap_err();
    for (pointer, path) in [
        ("/volets", "volets"),
        ("/contrat/generation", "contrat.generation"),
        ("/volets/0/indicateurs/1/methode", "volets[0].indicateurs[1].methode"),
        ("/volets/0/indicateurs/0/cibles/1/annee", "volets[0].indicateurs[0].cibles[1].annee"),
    ] {
        assert_eq!(fault(pointer, None), SignedDataError::Missing { path: path.to_owned() });
        assert!(matches!(fault(pointer, Some(Value::Bool(true))), SignedDataError::WrongType { .. }), "{pointer}");
    }
    let other = fault("/contrat/id", Some("960000024-2022".into()));
    assert_eq!(other.to_string(), "the archived data is that of `960000024-2022`, not of `960000016-2022`");
    assert!(matches!(fault("/contrat/generation", Some(1.into())), SignedDataError::Generation { found: 1, .. }));
    for json in [Value::Null, Value::Array(Vec::new()), "".into()] {
        assert!(compare(&json, &campaign, &contract).is_err());
    }
    // What is not compared may be absent.
    assert!(compare(&spoiled(data(), "/papraps", None), &campaign, &contract).is_ok());
}

#[test]
fn other_changes_are_listed_and_are_no_reason_for_an_avenant() {
    let (mut campaign, mut contract) = common::sample();
    let data = TemplateSet::data(&campaign, &contract, VersionNum::FIRST);
    campaign.date_edition = date(2022, 6, 1);
    contract.etablissement.raison_sociale = common::texte("Centre hospitalier de Valombre et du Val");
    contract.actions.clear();
    contract.volets[0].objectifs[1].reference = Valeur::Nombre(common::number("4"));
    let comparison = compared(&data, &campaign, &contract);
    assert!(!comparison.is_avenant());
    let shown: BTreeSet<(&str, Option<String>, Option<String>)> = comparison
        .autres
        .iter()
        .map(|change| (change.objet.as_str(), change.avant.as_deref().map(plain), change.apres.as_deref().map(plain)))
        .collect();
    let expected = [
        ("actions", Some("1 ligne"), None),
        (
            "etablissement.raison_sociale",
            Some("Centre hospitalier de Valombre"),
            Some("Centre hospitalier de Valombre et du Val"),
        ),
        ("NAT-2 : Valeur de référence", Some("non communiqué"), Some("+4,0 %")),
    ];
    assert_eq!(shown, expected.map(|(objet, avant, apres)| (objet, avant.map(plain), apres.map(plain))).into());
}
