//! Where each printed value comes from, and what changes between two versions, on the sample campaigns.

use std::{collections::BTreeMap, fs, path::Path};

use calamine::{Data, Reader, Xlsx, open_workbook};
use paraphe::{
    diag::Origin,
    document::{
        Document,
        provenance::{Change, Clause, Part, Provenance, Source, Text, Value, What, changes, in_french},
    },
    domain::{Campaign, IndicateurCode, Texte, Valeur, VersionNum},
    input::{Sources, read},
    template::TemplateSet,
};
use rust_decimal::Decimal;

use crate::generate::{copy_of, root};

const SAMPLES: [&str; 2] = ["region-2017", "region-2022"];

fn load(folder: &Path) -> (Campaign, TemplateSet) {
    let sources = Sources::load(folder).unwrap().value.unwrap();
    let campaign = read(&sources).value.unwrap();
    let set = TemplateSet::parse(&sources.templates(), &campaign.modele).value.unwrap();
    (campaign, set)
}

fn sample(name: &str) -> (Campaign, TemplateSet) {
    load(&root().join("samples").join(name))
}

fn documents(sample_name: &str) -> Vec<Document> {
    let (campaign, set) = sample(sample_name);
    let merge = |contract| set.merge(&campaign, contract, VersionNum::FIRST).value.unwrap();
    campaign.contracts.iter().map(merge).collect()
}

fn provenance(document: &Document) -> Provenance {
    Provenance::of(document, &|_, _| None)
}

/// The provenance of one contract of a campaign.
fn traced(campaign: &Campaign, set: &TemplateSet, index: usize) -> Provenance {
    let merged = set.merge(campaign, &campaign.contracts[index], VersionNum::FIRST);
    provenance(&merged.value.unwrap_or_else(|| panic!("{:#?}", merged.findings)))
}

/// Each printed value with the place it stands at.
fn values(provenance: &Provenance) -> impl Iterator<Item = (String, &Value)> {
    let texts = |clause: &'_ Clause| clause.texts.iter().enumerate().map(|(index, _)| index).collect::<Vec<_>>();
    provenance.clauses.iter().flat_map(move |clause| {
        texts(clause).into_iter().flat_map(move |index| {
            let place = provenance.place(clause, index);
            clause.texts[index].values().map(move |value| (place.clone(), value))
        })
    })
}

#[test]
fn every_contract_is_told_whole_kept_and_read_back() {
    for document in SAMPLES.iter().flat_map(|sample| documents(sample)) {
        let provenance = provenance(&document);
        let mut text = String::new();
        let mut blocks = 0;
        document.walk(&mut |_| blocks += 1);
        document.walk_text(&mut |run, _| text.push_str(run));
        let told: String = provenance.clauses.iter().flat_map(|clause| &clause.texts).map(Text::plain).collect();
        assert_eq!(told, text, "{}", document.contract);
        assert!(provenance.clauses.iter().all(|clause| clause.block < blocks));

        let json = serde_json::to_string(&provenance).unwrap();
        assert!(json.len() < 250_000, "{}: {} bytes", document.contract, json.len());
        assert_eq!(serde_json::from_str::<Provenance>(&json).unwrap(), provenance);
        assert_eq!(changes(&provenance, &provenance), []);
    }
}

#[test]
fn every_value_leads_to_a_key_or_a_cell() {
    for document in SAMPLES.iter().flat_map(|sample| documents(sample)) {
        let provenance = provenance(&document);
        for (place, value) in values(&provenance).filter(|(_, value)| !value.paths.is_empty()) {
            assert!(!value.text.trim().is_empty(), "{place}: {value:?}");
            assert_eq!(value.sources.is_empty(), value.paths == ["contrat.version"], "{place}: {value:?}");
            for source in &value.sources {
                let precise = match source {
                    Origin::Cell { .. } => true,
                    Origin::Yaml { path, at, .. } => at.is_some() && !path.is_empty(),
                    _ => false,
                };
                assert!(precise, "{place}: {value:?}");
            }
        }
    }
}

/// What the cells of a workbook hold.
struct Workbooks(BTreeMap<(String, String), calamine::Range<Data>>);

impl Workbooks {
    fn cell(&mut self, folder: &Path, file: &str, sheet: &str, cell: &str) -> Data {
        let range = self.0.entry((file.to_owned(), sheet.to_owned())).or_insert_with(|| {
            let mut book: Xlsx<_> = open_workbook(folder.join(file)).unwrap();
            book.worksheet_range(sheet).unwrap()
        });
        let letters: String = cell.chars().take_while(char::is_ascii_alphabetic).collect();
        let column = letters.bytes().fold(0, |sum, letter| sum * 26 + u32::from(letter - b'A') + 1) - 1;
        let row: u32 = cell[letters.len()..].parse().unwrap();
        range.get_value((row - 1, column)).cloned().unwrap_or(Data::Empty)
    }
}

/// The number that a French text prints; `oui` is one.
fn printed_number(text: &str) -> Option<Decimal> {
    let figures: String = text.chars().filter(|c| c.is_ascii_digit() || matches!(c, ',' | '−' | '-')).collect();
    match text {
        "oui" => Some(Decimal::ONE),
        "non" => Some(Decimal::ZERO),
        _ if text.starts_with('<') => None,
        _ => figures.replace(',', ".").replace('−', "-").parse().ok(),
    }
}

/// Whether a cell holds a printed number, as it is or as a share of one.
fn holds(cell: &Data, number: Decimal) -> bool {
    let written = match cell {
        Data::Float(number) => Decimal::from_f64_retain(*number),
        Data::Int(number) => Some(Decimal::from(*number)),
        Data::Bool(yes) => Some(Decimal::from(u8::from(*yes))),
        Data::String(text) if text.to_lowercase() == "oui" => Some(Decimal::ONE),
        Data::String(text) if text.to_lowercase() == "non" => Some(Decimal::ZERO),
        Data::String(text) => printed_number(text),
        _ => None,
    };
    let near = |a: Decimal| (a - number).abs() < Decimal::new(1, 6);
    written.is_some_and(|written| near(written) || near(written * Decimal::ONE_HUNDRED))
}

#[test]
fn every_figure_of_the_tables_is_in_the_cell_it_leads_to() {
    for name in SAMPLES {
        let folder = root().join("samples").join(name);
        let (campaign, set) = load(&folder);
        let mut workbooks = Workbooks(BTreeMap::new());
        let mut compared = 0;
        for (index, contract) in campaign.contracts.iter().enumerate() {
            let provenance = traced(&campaign, &set, index);
            let is_figure = |path: &String| path.ends_with("].valeur") || path.ends_with("].reference");
            let mut targets = 0;
            for (place, value) in values(&provenance).filter(|(_, value)| value.paths.iter().any(is_figure)) {
                targets += usize::from(place.contains("colonne «\u{a0}Cible"));
                let Some(number) = printed_number(&value.text) else { continue };
                let [Origin::Cell { file, sheet, cell }] = value.sources.as_slice() else {
                    panic!("{place}: {value:?}");
                };
                let data = workbooks.cell(&folder, file, sheet, cell);
                assert!(holds(&data, number), "{place}: {value:?}, but the cell holds {data:?}");
                compared += 1;
            }
            let expected: usize = contract.volets.iter().flat_map(|v| &v.objectifs).map(|one| one.cibles.len()).sum();
            assert!(targets >= expected, "{}: {targets} of {expected} targets are traced", contract.id);
        }
        println!("{name}: {compared} figures");
        assert!(compared > 1_000, "{name}: {compared}");
    }
}

#[test]
fn a_hostile_name_is_one_value_and_leads_to_its_key() {
    let (mut campaign, set) = sample("region-2022");
    let name = "*a* [b](#c) | _d_ \\ <e> {.f}";
    campaign.contracts[0].etablissement.raison_sociale = Texte::new(name).unwrap();
    let provenance = traced(&campaign, &set, 0);
    let found: Vec<_> = values(&provenance).filter(|(_, v)| v.paths == ["etablissement.raison_sociale"]).collect();
    assert!(found.len() > 2);
    for (place, value) in found {
        assert_eq!(value.text.replace(['\u{a0}', '\u{202f}'], " "), name, "{place}");
        assert!(in_french(&value.sources[0]).ends_with(".raison_sociale)"), "{value:?}");
    }
}

/// The first contract with at least two indicators in one volet.
fn with_indicators(campaign: &Campaign) -> usize {
    campaign.contracts.iter().position(|c| c.volets.iter().any(|volet| volet.objectifs.len() >= 2)).unwrap()
}

#[test]
fn another_figure_in_a_cell_is_one_change_with_that_cell() {
    let (mut campaign, set) = sample("region-2022");
    let index = with_indicators(&campaign);
    let old = traced(&campaign, &set, index);
    let volet = campaign.contracts[index].volets.iter_mut().find(|volet| volet.objectifs.len() >= 2).unwrap();
    let cible = &mut volet.objectifs[1].cibles[0];
    cible.valeur = Valeur::Nombre(Decimal::new(123, 1));
    let origin = cible.origin.clone();
    let changes = changes(&old, &traced(&campaign, &set, index));
    let [Change::Value { sources, spots, new, .. }] = changes.as_slice() else { panic!("{changes:#?}") };
    assert_eq!(sources.as_slice(), std::slice::from_ref(&origin));
    assert!(new.contains("12,3"), "{new}");
    let place = spots[0].place.replace('\u{a0}', " ");
    assert!(place.starts_with("Annexe 1, tableau ") && place.contains("colonne « Cible 20"), "{place}");
    assert!(changes[0].to_string().ends_with(&format!("({})", in_french(&origin))), "{}", changes[0]);
}

/// What changes in the first contract of the second sample when a file of it is edited.
fn edited(file: &str, from: &str, to: &str) -> Vec<Change> {
    let folder = tempfile::tempdir().unwrap();
    let campaign_folder = copy_of("region-2022", folder.path());
    let (campaign, set) = load(&campaign_folder);
    let old = traced(&campaign, &set, 0);
    let path = campaign_folder.join(file);
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{file}");
    fs::write(&path, text.replacen(from, to, 1)).unwrap();
    let (campaign, set) = load(&campaign_folder);
    changes(&old, &traced(&campaign, &set, 0))
}

#[test]
fn another_key_is_one_change_with_its_line() {
    let (campaign, _) = sample("region-2022");
    let courriel = campaign.ars.courriel.unwrap();
    let changes = edited("campagne.yaml", courriel.as_str(), "contact@ars.example");
    let [Change::Value { sources, new, .. }] = changes.as_slice() else { panic!("{changes:#?}") };
    assert_eq!(new, "contact@ars.example");
    let [Origin::Yaml { file, path, at: Some(_) }] = sources.as_slice() else { panic!("{sources:?}") };
    assert_eq!((file.as_str(), path.as_str()), ("campagne.yaml", "ars.courriel"));
}

#[test]
fn another_template_line_is_one_change_with_its_place() {
    let file = "../../contract-templates/caqes-2022/socle.dj.hbs";
    let changes = edited(file, "s'applique à tous les volets du contrat", "s'applique à l'ensemble du contrat");
    let [change @ Change::Clause { spot, template, .. }] = changes.as_slice() else { panic!("{changes:#?}") };
    let Origin::Template { file, line, .. } = template else { panic!("{template:?}") };
    assert!(file.ends_with("socle.dj.hbs") && *line == 11, "{template:?}");
    assert_eq!(spot.place, "Article 1er, alinéa 3".replace("e 1", "e\u{a0}1"));
    assert!(change.to_string().contains("socle.dj.hbs, ligne 11"), "{change}");
}

#[test]
fn another_article_is_added_once_and_the_numbers_that_follow_are_one_line() {
    let file = "../../contract-templates/caqes-2022/socle.dj.hbs";
    let heading = "{.article #art-champ}";
    let article =
        format!("{{.article #art-neuf}}\n## Clause nouvelle\n\nPremier alinéa.\n\nSecond alinéa.\n\n{heading}");
    let changes = edited(file, heading, &article);
    let [Change::Added(piece), Change::Renumbered { labels }] = changes.as_slice() else { panic!("{changes:#?}") };
    assert_eq!((piece.what, piece.text.as_str(), piece.clauses), (What::Part, "Clause nouvelle", 3));
    assert!(labels.iter().all(|(old, new)| old.starts_with("Article") && new.starts_with("Article")), "{labels:?}");
}

#[test]
fn another_indicator_is_a_row_added_in_each_table_that_lists_indicators() {
    let (mut campaign, set) = sample("region-2022");
    let index = with_indicators(&campaign);
    let old = traced(&campaign, &set, index);
    let volet = campaign.contracts[index].volets.iter_mut().find(|volet| volet.objectifs.len() >= 2).unwrap();
    let mut objectif = volet.objectifs[0].clone();
    objectif.indicateur.code = IndicateurCode::new("ZZZ-1").unwrap();
    objectif.indicateur.libelle = Texte::new("Part des ordonnances relues avant la sortie").unwrap();
    volet.objectifs.push(objectif);
    for change in changes(&old, &traced(&campaign, &set, index)) {
        match &change {
            Change::Added(piece) => {
                assert!(piece.text.contains("ZZZ-1"), "{change}");
                assert!(matches!(piece.what, What::Row | What::Paragraph), "{change}");
                assert!(change.to_string().contains("ajouté"), "{change}");
            }
            other => panic!("{other}"),
        }
    }
}

#[test]
fn every_change_between_two_contracts_names_a_place_of_one_of_them() {
    let documents = documents("region-2017");
    let pages = |block: usize, _| u16::try_from(block / 10).ok();
    let made: Vec<Provenance> = documents.iter().step_by(40).map(|document| Provenance::of(document, &pages)).collect();
    for (old, new) in made.iter().zip(made.iter().skip(1)) {
        let places: Vec<&str> = old.clauses.iter().chain(&new.clauses).map(|clause| clause.place.as_str()).collect();
        let known = |place: &str| places.iter().any(|known| place.starts_with(known));
        for change in changes(old, new) {
            let spots = match &change {
                Change::Added(piece) | Change::Removed(piece) => vec![piece.spot.clone()],
                Change::Clause { spot, .. } => vec![spot.clone()],
                Change::Value { spots, .. } => spots.clone(),
                Change::Renumbered { .. } => continue,
            };
            assert!(!spots.is_empty() && spots.iter().all(|spot| known(&spot.place)), "{change}");
            assert!(spots.iter().all(|spot| spot.page.or(spot.old_page).is_some()), "{change}");
        }
    }
}

#[test]
fn a_printed_figure_is_explained() {
    let (campaign, set) = sample("region-2022");
    let index = with_indicators(&campaign);
    let provenance = traced(&campaign, &set, index);
    let is_target = |value: &Value| value.paths.iter().any(|path| path.ends_with("].valeur"));
    let (place, value) = values(&provenance).find(|(_, value)| is_target(value)).unwrap();
    let typed = value.text.replace(',', ".").replace('\u{a0}', " ");
    let answers = provenance.explain(None, Some(&typed));
    let answer = answers.iter().find(|answer| answer.place == place).unwrap();
    assert_eq!(answer.source, Source::Files(value.sources.clone()));
    assert!(matches!(answer.template, Origin::Template { .. }));
    assert!(provenance.explain(Some(3), Some(&typed)).is_empty(), "no page is known");

    let words = provenance.explain(None, Some("EXEMPLAIRES ORIGINAUX"));
    assert!(words.iter().all(|answer| answer.source == Source::Template) && !words.is_empty(), "{words:?}");
    let version = provenance.clauses.iter().flat_map(Clause::values).find(|value| value.paths == ["contrat.version"]);
    assert!(version.unwrap().sources.is_empty());
}

#[test]
fn a_spoiled_provenance_is_refused() {
    let (campaign, set) = sample("region-2022");
    let json = serde_json::to_string(&traced(&campaign, &set, 0)).unwrap();
    assert!(json.starts_with(r#"{"format":1,"contract":"#), "{}", &json[..80]);
    for (from, to) in
        [("\"format\":1", "\"format\":2"), ("\"template\":0", "\"template\":99999"), ("\"file\":0", "\"file\":99")]
    {
        let spoiled = json.replacen(from, to, 1);
        assert_ne!(spoiled, json, "{from}");
        assert!(serde_json::from_str::<Provenance>(&spoiled).is_err(), "{from}");
    }
    assert!(matches!(Part::Words("a".to_owned()).text(), "a"));
}
