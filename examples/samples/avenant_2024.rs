//! What the region adds in 2024 to contracts of 2022 that run: clinical pharmacy for 56 hospitals, ambulatory surgery for 17.
//!
//! The files are laid over a copy of `region-2022`. Two more workbooks, each in its own layout: percents under a percent format
//! below a two-level header, and a long list with percents as texts, one sheet per département.

use std::{error::Error, fs, path::Path};

use super::{
    hospital::Hospital,
    region_2022::{self, Contract},
    seed::Seed,
    workbook::{BLUE, Cell, GREEN, GREY, Header, SAND, Sheet, workbook},
    workbooks_2022::{identity, percent},
};

type Written = Result<(), Box<dyn Error>>;

/// Hospitals that are given the indicator of clinical pharmacy, and that of ambulatory surgery.
const PHARMACY: usize = 56;
const SURGERY: usize = 17;
/// Regional indicators that a contract may have: the added ones are two at most.
const REGIONAL: usize = 7;
const NOTES: [&str; 2] = ["NC : non communiqué", "Indicateur applicable à compter de l'année 2024"];

/// A hospital that is given an indicator: from which value, to which target, in tenths of a percent.
struct Addition<'a> {
    hospital: &'a Hospital,
    reference: Option<i64>,
    target: i64,
}

/// Writes the files that differ from `region-2022`, and those that come with them.
pub(crate) fn write(folder: &Path, contracts: &[Contract]) -> Written {
    fs::create_dir_all(folder)?;
    let mut seed = Seed::new(2024);
    let pharmacy = additions(contracts, "REG-5", PHARMACY, (120, 385), |_| true, &mut seed);
    let surgery = additions(contracts, "REG-4", SURGERY, (402, 590), |hospital| hospital.surgery, &mut seed);
    fs::write(folder.join("campagne.yaml"), campagne()?)?;
    pharmacie(&folder.join("pharmacie-clinique-2024.xlsx"), &pharmacy)?;
    ambulatoire(&folder.join("chirurgie-ambulatoire-2024.xlsx"), &surgery)
}

/// Some of the contracts that may have one indicator more, and have not its elder on the same theme.
fn additions<'a>(
    contracts: &'a [Contract],
    elder: &str,
    count: usize,
    values: (i64, i64),
    is_concerned: impl Fn(&Hospital) -> bool,
    seed: &mut Seed,
) -> Vec<Addition<'a>> {
    let regional = |contract: &Contract| {
        contract.objectives.iter().filter(|objective| objective.indicator.code.starts_with("REG")).count()
    };
    let has_room = |contract: &&Contract| {
        regional(contract) + 2 <= REGIONAL && contract.objective(elder).is_none() && is_concerned(&contract.hospital)
    };
    let mut chosen: Vec<(usize, &Contract)> = contracts.iter().filter(has_room).enumerate().collect();
    seed.shuffle(&mut chosen);
    chosen.truncate(count);
    // Back in the order of the other workbooks.
    chosen.sort_unstable_by_key(|(rank, _)| *rank);
    let mut addition = |contract: &'a Contract| {
        let value = seed.between(values.0, values.1);
        let known = !seed.chance(4);
        Addition {
            hospital: &contract.hospital,
            reference: known.then_some(value),
            target: value + seed.between(25, 90),
        }
    };
    chosen.into_iter().map(|(_, contract)| addition(contract)).collect()
}

/// The campaign of 2022 as it is in 2024.
fn campagne() -> Result<String, Box<dyn Error>> {
    let mut text = region_2022::campagne();
    for (from, to) in [
        ("libelle: \"CAQES 2022 – Val de Vernaise", "libelle: \"CAQES 2022, avenants 2024 – Val de Vernaise"),
        (
            "  - ../../annexes/2022/indicateurs.yaml\n",
            "  - ../../annexes/2022/indicateurs.yaml\n  - ../../annexes/2024/indicateurs.yaml\n",
        ),
        ("date_edition: \"2022-05-16\"", "date_edition: \"2024-01-22\""),
        (
            "Arrêté n° 2022-96-041 fixant la liste des établissements ciblés au titre du CAQES",
            "Arrêté n° 2024-96-008 complétant la liste des établissements ciblés au titre du CAQES",
        ),
        ("date: \"2022-04-01\"", "date: \"2024-01-08\""),
        ("avis_olam: {date: \"2022-05-03\"", "avis_olam: {date: \"2024-01-15\""),
    ] {
        if text.matches(from).count() != 1 {
            return Err(format!("`{from}` is not once in campagne.yaml").into());
        }
        text = text.replace(from, to);
    }
    Ok(text + "\n" + include_str!("classeurs_2024.yaml"))
}

fn reference(addition: &Addition<'_>, cell: impl Fn(i64) -> Cell) -> Cell {
    addition.reference.map_or(Cell::Mark("NC"), cell)
}

/// Clinical pharmacy: targeting and figures on two sheets; two header rows, percents under a percent format.
fn pharmacie(path: &Path, additions: &[Addition<'_>]) -> Written {
    let mut book = workbook("Pharmacie clinique 2024", (2024, 1, 8))?;
    let about = "Annexe de l'arrêté complétant la liste des établissements ciblés";
    let mut sheet = Sheet::add(&mut book, "Ciblage 2024", "REG-8 – Établissements ciblés", about)?;
    let columns = ["FINESS", "Raison sociale", "Dépt", "Champs d'activité", "REG-8"];
    sheet.widths(&[14.0, 44.0, 7.0, 20.0, 9.0], columns.len())?;
    sheet.header(&columns.map(|column| Header::single(column, GREY)), 2)?;
    for (rank, addition) in additions.iter().enumerate() {
        let mut cells = identity(addition.hospital, rank);
        cells.push(Cell::Mark("X"));
        sheet.row(&cells)?;
    }
    let about = "Part des patients hospitalisés bénéficiant d'une dispensation analysée et d'une action tracée";
    let mut sheet = Sheet::add(&mut book, "Objectifs", "REG-8 – Dispensation et actions de pharmacie clinique", about)?;
    let headers = [
        Header::single("FINESS", GREY),
        Header::single("Raison sociale", GREY),
        Header::single("Dépt", GREY),
        Header::single("Champs d'activité", GREY),
        Header::group("Pharmacie clinique", &["Réf. 2023", "Cible 2024"], GREEN),
    ];
    sheet.widths(&[14.0, 44.0, 7.0, 20.0, 12.0], 6)?;
    sheet.header(&headers, 2)?;
    for (rank, addition) in additions.iter().enumerate() {
        let mut cells = identity(addition.hospital, rank);
        cells.extend([reference(addition, Cell::Fraction), Cell::Fraction(addition.target)]);
        sheet.row(&cells)?;
    }
    sheet.notes(&NOTES)?;
    book.save(path)?;
    Ok(())
}

/// Ambulatory surgery: a long list as a follow-up table exports it, where everything is text.
fn ambulatoire(path: &Path, additions: &[Addition<'_>]) -> Written {
    let mut book = workbook("Chirurgie ambulatoire 2024", (2024, 1, 9))?;
    let about = "Une ligne par établissement et par indicateur ; les taux sont écrits avec leur unité";
    let mut sheet = Sheet::add(&mut book, "Suivi 2024", "REG-9 – Chirurgie ambulatoire, gestes prioritaires", about)?;
    let columns = ["Code", "N° FINESS", "Établissement", "Ciblé en 2024", "Constat 2023", "Objectif 2024"];
    let colours = [SAND, BLUE, BLUE, SAND, SAND, SAND];
    let headers: Vec<Header> =
        columns.iter().zip(colours).map(|(column, colour)| Header::single(column, colour)).collect();
    sheet.widths(&[9.0, 14.0, 44.0, 11.0, 13.0, 13.0], columns.len())?;
    sheet.header(&headers, 3)?;
    for (rank, addition) in additions.iter().enumerate() {
        let written = |tenths| Cell::text(percent(tenths, '\u{202f}'));
        sheet.row(&[
            Cell::Mark("REG-9"),
            identity(addition.hospital, rank).swap_remove(0),
            Cell::text(&addition.hospital.raison_sociale),
            Cell::Mark("oui"),
            reference(addition, written),
            written(addition.target),
        ])?;
    }
    sheet.notes(&NOTES)?;
    book.save(path)?;
    Ok(())
}
