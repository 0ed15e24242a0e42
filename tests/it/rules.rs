//! The rules of the trade: the table that says what holds each of them, and those that no finding can hold alone.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use calamine::{Data, Reader, Xlsx, open_workbook};
use paraphe::{
    diag::Code,
    document::{BlockKind, Document, Table, plain_text},
    domain::{Campaign, Contract, Duree, Unite, VersionNum},
};

use crate::{
    generate::campaign,
    house::{all_codes, files_below, root},
};

/// Rules that apply before a proposal is sent: each is held by a code or by a test.
const BEFORE_SENDING: [u8; 27] =
    [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 15, 20, 21, 22, 23, 25, 26, 27, 28, 29, 30, 31, 32, 45];

/// The rows of the table: number → what holds the rule.
fn table() -> BTreeMap<u8, String> {
    let page = fs::read_to_string(root().join("docs/diagnostics/README.md")).unwrap();
    let mut rows = BTreeMap::new();
    for line in page.lines() {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let [_, number, says, holds, _] = cells.as_slice() else { continue };
        let Ok(number) = number.parse() else { continue };
        assert!(!says.is_empty(), "rule {number} says nothing");
        assert!(rows.insert(number, (*holds).to_owned()).is_none(), "rule {number} is there twice");
    }
    rows
}

/// What stands between backquotes.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

#[test]
fn the_table_names_every_rule_with_its_codes_and_no_other() {
    let table = table();
    assert_eq!(table.keys().copied().collect::<Vec<_>>(), (1..=46).collect::<Vec<u8>>());
    let of = |number: u8| -> BTreeSet<&str> {
        let of = |code: &&&Code| code.rule == Some(number);
        all_codes().iter().filter(of).map(|code| code.name).collect()
    };
    for (number, holds) in &table {
        let named: BTreeSet<&str> = quoted(holds).filter(|name| name.contains('/')).collect();
        assert_eq!(named, of(*number), "rule {number}");
    }
}

#[test]
fn every_rule_that_applies_before_sending_is_held_by_a_code_or_a_test() {
    let sources: String =
        files_below(&root().join("tests/it"), "rs").iter().map(|path| fs::read_to_string(path).unwrap()).collect();
    let returns = fs::read_to_string(root().join("docs/diagnostics/retours.md")).unwrap();
    for (number, holds) in table() {
        let (seen, named): (Vec<&str>, Vec<&str>) =
            quoted(&holds).partition(|name| name.starts_with(char::is_uppercase));
        let (codes, tests): (Vec<&str>, Vec<&str>) = named.into_iter().partition(|name| name.contains('/'));
        for observation in &seen {
            assert!(returns.contains(&format!("### {observation}\n")), "rule {number}: no observation `{observation}`");
        }
        for test in &tests {
            assert!(sources.contains(&format!("#[test]\nfn {test}(")), "rule {number}: no test is called `{test}`");
        }
        let held = !codes.is_empty() || !tests.is_empty() || !seen.is_empty();
        assert!(held || holds == "*later*", "rule {number}: {holds}");
        assert!(held || !BEFORE_SENDING.contains(&number), "rule {number} applies before sending and nothing holds it");
    }
}

/// Plain spaces and apostrophes, so that a printed text can be compared.
fn plain(text: &str) -> String {
    text.replace(['\u{a0}', '\u{202f}'], " ").replace('\u{2019}', "'").replace('\u{2011}', "-")
}

/// The rows of the tables whose header is this one.
fn rows_under(document: &Document, header: &[&str]) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    document.walk(&mut |block| {
        let BlockKind::Table(Table { header: titles, rows: found, .. }) = &block.kind else { return };
        let titles: Vec<String> = titles.iter().map(|cell| plain(&plain_text(&cell.content))).collect();
        if titles == header {
            rows.extend(found.iter().map(|row| row.iter().map(|cell| plain(&plain_text(&cell.content))).collect()));
        }
    });
    rows
}

const ANNEXE_1: [&str; 5] = ["Engagement", "Numéro", "Plan d'action", "Indicateur", "Cible"];

/// Each contract of the sample of 2017, as it is printed.
fn printed(visit: &mut dyn FnMut(&Campaign, &Contract, &Document)) {
    let (campaign, templates) = campaign("region-2017");
    for contract in &campaign.contracts {
        let document = templates.merge(&campaign, contract, VersionNum::FIRST).value.unwrap();
        visit(&campaign, contract, &document);
    }
}

/// A sheet of a sample workbook, read by nothing of ours.
fn sheet(file: &str, name: &str) -> Vec<Vec<Data>> {
    let mut book: Xlsx<_> = open_workbook(root().join("samples/region-2017").join(file)).unwrap();
    book.worksheet_range(name).unwrap().rows().map(<[Data]>::to_vec).collect()
}

fn text(cell: &Data) -> String {
    plain(cell.to_string().trim())
}

#[test]
fn the_engagements_printed_are_those_of_the_fields_of_activity() {
    // Numéro → champs d'activité, as marked in the workbook.
    let rows = sheet("annexe-1-engagements.xlsx", "Annexe 1");
    let titles = rows.iter().find(|row| row.iter().any(|cell| text(cell) == "SSR")).unwrap();
    let mut marked: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for row in rows.iter().filter(|row| text(&row[1]).starts_with("10.")) {
        let names = titles.iter().zip(row).filter(|(_, cell)| text(cell) == "X").map(|(title, _)| text(title));
        marked.insert(text(&row[1]), names.collect());
    }
    assert!(marked.len() >= 25, "{}", marked.len());
    printed(&mut |_, contract, document| {
        let own: BTreeSet<String> = contract
            .etablissement
            .typologies
            .iter()
            .map(|typologie| match typologie.label() {
                "SMR" => "SSR".to_owned(),
                "USLD" => "SLD".to_owned(),
                "dialyse" => "Dialyse".to_owned(),
                label => label.to_owned(),
            })
            .collect();
        let expected: BTreeSet<&str> =
            marked.iter().filter(|(_, names)| !names.is_disjoint(&own)).map(|(number, _)| number.as_str()).collect();
        let rows = rows_under(document, &ANNEXE_1);
        let found: BTreeSet<&str> = rows.iter().map(|row| row[1].as_str()).collect();
        assert_eq!(found, expected, "{}", contract.id);
        assert_eq!(rows.len(), expected.len(), "{}: an engagement is printed twice", contract.id);
    });
}

#[test]
fn the_target_of_an_engagement_is_that_of_its_hospital_in_the_workbook() {
    let rows = sheet("cibles-2018.xlsx", "Volet socle");
    let upper = rows.iter().position(|row| row.iter().any(|cell| text(cell).contains("(GEN)"))).unwrap();
    let mut compared = 0;
    printed(&mut |_, contract, document| {
        let own = rows.iter().find(|row| {
            let digits: String = text(&row[0]).split_whitespace().collect();
            let numbers = std::iter::once(&contract.etablissement.finess_ej).chain(&contract.etablissement.finess_et);
            numbers.map(ToString::to_string).any(|finess| finess == format!("{digits:0>9}"))
        });
        let own = own.unwrap_or_else(|| panic!("{} has no row", contract.id));
        let printed = rows_under(document, &ANNEXE_1);
        for engagement in &contract.engagements {
            let Some(code) = &engagement.objectif else { continue };
            let row = printed.iter().find(|row| row[1] == engagement.numero.as_str()).unwrap();
            let title = format!("({code})");
            let first = rows[upper].iter().position(|cell| text(cell).ends_with(&title)).unwrap();
            let Data::Float(share) = own[first + 1] else {
                panic!("{}: `{code}` has no figure in the workbook and `{}` is printed", contract.id, row[4])
            };
            let objectif = contract.volets.iter().flat_map(|volet| &volet.objectifs);
            let unite = objectif.clone().find(|o| &o.indicateur.code == code).unwrap().indicateur.unite;
            let sign = if unite == Unite::Evolution && share > 0.0 { "+" } else { "" };
            let expected = format!("{sign}{:.1} %", share * 100.0).replace('.', ",").replace('-', "\u{2212}");
            assert_eq!(row[4], expected, "{}: {code}", contract.id);
            compared += 1;
        }
    });
    assert!(compared > 800, "{compared}");
}

#[test]
fn a_volet_is_printed_if_and_only_if_it_has_something_to_say() {
    for sample in ["region-2017", "region-2022"] {
        let (campaign, templates) = campaign(sample);
        for contract in &campaign.contracts {
            let document = templates.merge(&campaign, contract, VersionNum::FIRST).value.unwrap();
            let mut titles = BTreeSet::new();
            document.walk(&mut |block| {
                if let BlockKind::Heading(heading) = &block.kind {
                    titles.insert(plain(&plain_text(&heading.title)));
                }
            });
            for def in &campaign.modele.volets {
                let volet = contract.volets.iter().find(|volet| volet.def.code == def.code);
                let full = volet.is_some_and(|volet| !volet.objectifs.is_empty() || !volet.surveillance.is_empty());
                assert_eq!(volet.is_some(), full || def.obligatoire, "{}: {}", contract.id, def.code.0);
                // The chapter of the socle has a title of its own.
                let headed =
                    def.obligatoire || titles.iter().any(|title| title.contains(&plain(def.intitule.as_str())));
                assert_eq!(headed, volet.is_some(), "{}: {}", contract.id, def.code.0);
            }
        }
    }
}

#[test]
fn an_additional_volet_says_when_it_ends() {
    let (mut campaign, templates) = campaign("region-2017");
    let mut contract = campaign.contracts.iter().find(|contract| contract.volets.len() == 2).unwrap().clone();
    let words = |campaign: &Campaign, contract: &Contract| {
        let document = templates.merge(campaign, contract, VersionNum::FIRST).value.unwrap();
        let mut all = String::new();
        document.walk_text(&mut |text, _| all += &format!("{}\n", plain(text)));
        all
    };
    assert_eq!(contract.duree, Duree::Indeterminee);
    assert_eq!(contract.volets.iter().map(|volet| volet.duree_ans).collect::<Vec<_>>(), [None, Some(5)]);
    let text = words(&campaign, &contract);
    assert!(text.contains("Le présent volet est conclu pour cinq ans : il prend fin le 31 décembre 2022."), "{text}");
    contract.volets[1].duree_ans = Some(1);
    campaign.contracts = vec![contract.clone()];
    let text = words(&campaign, &contract);
    assert!(text.contains("Le présent volet est conclu pour un an : il prend fin le 31 décembre 2018."), "{text}");
}
