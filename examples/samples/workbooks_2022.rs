//! The workbooks of the 2022 sample, each laid out in its own way, and what `campagne.yaml` says about them.

use std::{error::Error, fmt::Write as _, path::Path};

use super::{
    figures::{self, INDICATORS, Indicator, Objective, Reference, Unit},
    finess,
    hospital::Hospital,
    plans_2022,
    region_2022::Contract,
    seed::Seed,
    workbook::{BLUE, Cell, GREEN, GREY, Header, SAND, Sheet, workbook},
};

type Written = Result<(), Box<dyn Error>>;

/// Years of the targets, as columns.
const YEARS: [&str; 3] = ["Cible 2022", "Cible 2023", "Cible 2024"];
/// Indicators that have one row per établissement in the long list.
const LISTED: [&str; 5] = ["REG-2", "REG-3", "REG-5", "REG-6", "REG-7"];
const DEPARTEMENTS: [&str; 2] = ["96", "99"];
const TOTAL: u32 = 0xEDEDED;
const REGION: u32 = 0xD6DCE4;
/// Notes stand under the tables, after a free row.
const NC: &str = "NC : non communiqué – SO : sans objet – <11 : effectif masqué";

/// Writes all of them.
pub(crate) fn write(folder: &Path, contracts: &[Contract], spared: &[Hospital], seed: &mut Seed) -> Written {
    ciblage(&folder.join("ciblage-2022.xlsx"), contracts, spared, seed)?;
    nationaux(&folder.join("indicateurs-nationaux.xlsx"), contracts)?;
    regionaux(&folder.join("indicateurs-regionaux.xlsx"), contracts)?;
    ambulatoire(&folder.join("chirurgie-ambulatoire.xlsx"), contracts)?;
    plans_2022::write(&folder.join("plans-actions.xlsx"), contracts, seed)
}

/// The `classeurs:` of `campagne.yaml`.
pub(crate) fn classeurs() -> String {
    let marks: String = INDICATORS.iter().fold(String::new(), |mut text, indicator| {
        let _ = writeln!(text, "            {}: \"{} / Ciblé\"", indicator.code, title(indicator));
        text
    });
    let nationals: String = INDICATORS.iter().filter(|i| is_national(i)).fold(String::new(), |mut text, indicator| {
        let head = title(indicator);
        let years: Vec<String> =
            (2022..).zip(YEARS).map(|(year, column)| format!("{year}: \"{head} / {column}\"")).collect();
        let _ = writeln!(text, "            {}:\n              reference: \"{head} / 2021 réf.\"", indicator.code);
        let _ = writeln!(text, "              cibles: {{{}}}", years.join(", "));
        text
    });
    include_str!("classeurs_2022.yaml")
        .replace("            # marques\n", &marks)
        .replace("            # nationaux\n", &nationals)
}

fn title(indicator: &Indicator) -> String {
    format!("{} {}", indicator.code, indicator.short)
}

fn is_national(indicator: &Indicator) -> bool {
    indicator.code.starts_with("NAT")
}

/// Ciblage: two header rows, three columns per indicator, sub-totals, hospitals that are not targeted.
fn ciblage(path: &Path, contracts: &[Contract], spared: &[Hospital], seed: &mut Seed) -> Written {
    let mut book = workbook("Ciblage CAQES 2022", (2022, 3, 21))?;
    let about = "Liste validée conjointement par l'agence et l'Assurance maladie – résultats 2021";
    let mut sheet = Sheet::add(&mut book, "Ciblage", "Ciblage des établissements – CAQES 2022", about)?;
    let mut headers = vec![
        Header::single("FINESS", GREY),
        Header::single("Raison sociale", GREY),
        Header::single("Dépt", GREY),
        Header::single("Champs d'activité", GREY),
    ];
    let columns = ["Valeur 2021", "Seuil", "Ciblé"];
    headers.extend(
        INDICATORS.iter().map(|i| Header::group(&title(i), &columns, if is_national(i) { BLUE } else { GREEN })),
    );
    sheet.widths(&[13.0, 44.0, 7.0, 20.0, 9.0], 4 + 3 * INDICATORS.len())?;
    sheet.header(&headers, 2)?;
    for departement in DEPARTEMENTS {
        let targeted = contracts.iter().filter(|contract| contract.hospital.departement == departement);
        for contract in targeted {
            sheet.row(&ciblage_row(&contract.hospital, Some(contract), seed))?;
        }
        for hospital in spared.iter().filter(|hospital| hospital.departement == departement) {
            sheet.row(&ciblage_row(hospital, None, seed))?;
        }
        let counted = |c: &&Contract| c.hospital.departement == departement;
        let scope = format!("Département {departement}");
        sheet.total(&ciblage_total("Sous-total", &scope, contracts.iter().filter(counted)), TOTAL)?;
    }
    sheet.total(&ciblage_total("Région", "Val de Vernaise", contracts.iter()), REGION)?;
    sheet.notes(&[NC, "Ciblé : X ou oui lorsque la valeur atteint le seuil"])?;
    book.save(path)?;
    Ok(())
}

fn ciblage_row(hospital: &Hospital, contract: Option<&Contract>, seed: &mut Seed) -> Vec<Cell> {
    let mut cells = identity(hospital, 0);
    for indicator in &INDICATORS {
        let objective = contract.and_then(|contract| contract.objective(indicator.code));
        let threshold = value(indicator.unit, indicator.threshold.max(i64::from(indicator.unit == Unit::Binary)));
        match objective {
            Some(objective) => {
                let mark = match indicator.code {
                    "REG-5" => Cell::Raw(1),
                    code if code.starts_with("REG") => Cell::Mark("oui"),
                    _ => Cell::Mark("X"),
                };
                let value = match objective.reference {
                    Reference::Value(number) => value(indicator.unit, number),
                    Reference::Masked | Reference::Missing => reference(objective),
                };
                cells.extend([value, threshold, mark]);
            }
            None if figures::is_measured(indicator, hospital) => {
                cells.extend([value(indicator.unit, indicator.ordinary(seed)), threshold, Cell::Blank]);
            }
            None => cells.extend([Cell::Blank, Cell::Blank, Cell::Blank]),
        }
    }
    cells
}

fn ciblage_total<'a>(label: &str, scope: &str, contracts: impl Iterator<Item = &'a Contract>) -> Vec<Cell> {
    let contracts: Vec<&Contract> = contracts.collect();
    let mut cells = vec![
        Cell::text(label),
        Cell::text(format!("{scope} : {} établissements ciblés", contracts.len())),
        Cell::Blank,
        Cell::Blank,
    ];
    for indicator in &INDICATORS {
        let count = contracts.iter().filter(|contract| contract.objective(indicator.code).is_some()).count();
        cells.extend([Cell::Blank, Cell::Blank, Cell::Count(count as i64)]);
    }
    cells
}

/// FINESS, name, département, fields of activity. The FINESS is written as lists do: as a number, in groups or as a text.
pub(crate) fn identity(hospital: &Hospital, rank: usize) -> Vec<Cell> {
    let number = &hospital.finess_ej;
    let finess = match (rank % 7, number.parse::<i64>()) {
        (3, Ok(number)) => Cell::Raw(number),
        (5, _) => Cell::text(finess::spaced(number, '\u{a0}')),
        _ => Cell::text(number),
    };
    vec![
        finess,
        Cell::text(&hospital.raison_sociale),
        Cell::Mark(hospital.departement),
        Cell::text(hospital.typologies.join(", ")),
    ]
}

/// A value in the form that a table of numbers gives it.
fn value(unit: Unit, value: i64) -> Cell {
    match unit {
        Unit::Binary => Cell::Mark(if value == 1 { "oui" } else { "non" }),
        Unit::Count => Cell::Count(value),
        Unit::Percent => Cell::Fraction(value),
        Unit::Ratio => Cell::Tenths(value),
    }
}

fn reference(objective: &Objective) -> Cell {
    match objective.reference {
        Reference::Masked => Cell::Mark("<11"),
        Reference::Missing => Cell::Mark("NC"),
        Reference::Value(tenths) if objective.noted => Cell::text(format!("{} *", percent(tenths, '\u{a0}'))),
        Reference::Value(number) => value(objective.indicator.unit, number),
    }
}

fn targets(objective: &Objective, cell: impl Fn(i64) -> Cell) -> Vec<Cell> {
    let years = objective.targets.iter().enumerate();
    years.map(|(year, &target)| if year < objective.without_object { Cell::Mark("SO") } else { cell(target) }).collect()
}

/// `31,0 %` or `−2,6 %`, with a space of one's choice.
pub(crate) fn percent(tenths: i64, space: char) -> String {
    let sign = if tenths < 0 { "\u{2212}" } else { "" };
    format!("{sign}{},{}{space}%", tenths.abs() / 10, tenths.abs() % 10)
}

/// National indicators: wide, one merged block per indicator, percents as fractions under a percent format.
fn nationaux(path: &Path, contracts: &[Contract]) -> Written {
    let mut book = workbook("Indicateurs nationaux CAQES 2022", (2022, 4, 4))?;
    let about = "Valeurs de référence 2021 et cibles annuelles par établissement – source : Assurance maladie (fictif)";
    let mut sheet = Sheet::add(&mut book, "Indicateurs nationaux", "Indicateurs nationaux – CAQES 2022", about)?;
    let national: Vec<&Indicator> = INDICATORS.iter().filter(|i| is_national(i)).collect();
    let mut headers = vec![
        Header::single("FINESS", GREY),
        Header::single("Raison sociale", GREY),
        Header::single("Dépt", GREY),
        Header::single("Typologie", GREY),
    ];
    let columns = ["2021 réf.", YEARS[0], YEARS[1], YEARS[2], "Évolution"];
    let colours = [BLUE, GREEN, SAND];
    headers.extend(
        national.iter().zip(colours.into_iter().cycle()).map(|(i, colour)| Header::group(&title(i), &columns, colour)),
    );
    sheet.widths(&[14.0, 44.0, 7.0, 20.0, 10.0], 4 + 5 * national.len())?;
    sheet.header(&headers, 2)?;
    for departement in DEPARTEMENTS {
        let concerned: Vec<&Contract> = contracts.iter().filter(|c| c.hospital.departement == departement).collect();
        for (rank, contract) in concerned.iter().enumerate() {
            let mut cells = identity(&contract.hospital, rank);
            for indicator in &national {
                let row = sheet.next_row();
                national_block(&mut cells, contract.objective(indicator.code), row);
            }
            sheet.row(&cells)?;
        }
        sheet.total(&means("Sous-total", &format!("Département {departement}"), &national, &concerned), TOTAL)?;
    }
    let all: Vec<&Contract> = contracts.iter().collect();
    sheet.total(&means("Région", "Val de Vernaise", &national, &all), REGION)?;
    sheet.notes(&["* hors patients relevant de l'hospitalisation à domicile", NC])?;
    book.save(path)?;
    Ok(())
}

/// Reference, targets and the formula of the change over the contract.
fn national_block(cells: &mut Vec<Cell>, objective: Option<&Objective>, row: u32) {
    let Some(objective) = objective else {
        cells.extend([const { Cell::Blank }; 5]);
        return;
    };
    let first = cells.len();
    cells.push(reference(objective));
    cells.extend(targets(objective, Cell::Fraction));
    cells.push(match objective.reference {
        Reference::Value(from) if !objective.noted => {
            let formula = format!("={}{row}-{}{row}", column_name(first + 3), column_name(first));
            Cell::Formula(formula, objective.targets[2] - from)
        }
        _ => Cell::Mark("-"),
    });
}

/// Mean reference value of each indicator.
fn means(label: &str, scope: &str, indicators: &[&Indicator], contracts: &[&Contract]) -> Vec<Cell> {
    let mut cells = vec![Cell::text(label), Cell::text(format!("{scope} : moyenne")), Cell::Blank, Cell::Blank];
    for indicator in indicators {
        let objectives = contracts.iter().filter_map(|contract| contract.objective(indicator.code));
        let values: Vec<i64> = objectives
            .filter_map(|objective| match objective.reference {
                Reference::Value(value) => Some(value),
                Reference::Masked | Reference::Missing => None,
            })
            .collect();
        cells.push(if values.is_empty() {
            Cell::Blank
        } else {
            Cell::Fraction(values.iter().sum::<i64>() / values.len() as i64)
        });
        cells.extend([const { Cell::Blank }; 4]);
    }
    cells
}

/// `A`, `Z`, `AA`.
fn column_name(column: usize) -> String {
    let letter = |rank: usize| char::from(b'A' + rank as u8);
    if column < 26 { letter(column).to_string() } else { format!("{}{}", letter(column / 26 - 1), letter(column % 26)) }
}

/// Regional indicators: one sheet with one row per établissement, one long list with texts.
fn regionaux(path: &Path, contracts: &[Contract]) -> Written {
    let mut book = workbook("Indicateurs régionaux CAQES 2022", (2022, 4, 11))?;
    let about = "Part des médicaments biologiques similaires en ville – taux en pourcentage";
    let mut sheet = Sheet::add(&mut book, "REG-1 Biosimilaires", "REG-1 – Médicaments biologiques similaires", about)?;
    let columns = ["N° FINESS", "Établissement", "Dépt", "Typologie", "Réf. 2021", YEARS[0], YEARS[1], YEARS[2]];
    sheet.widths(&[14.0, 44.0, 7.0, 20.0, 11.0], columns.len())?;
    sheet.header(&columns.map(|column| Header::single(column, GREEN)), 2)?;
    let concerned = contracts.iter().filter_map(|contract| Some((contract, contract.objective("REG-1")?)));
    for (rank, (contract, objective)) in concerned.enumerate() {
        let mut cells = identity(&contract.hospital, rank);
        cells.push(reference(objective));
        cells.extend(targets(objective, Cell::Fraction));
        sheet.row(&cells)?;
    }
    sheet.notes(&[NC])?;

    let about = "Une ligne par établissement et par indicateur ; les taux sont écrits avec leur unité";
    let mut sheet = Sheet::add(&mut book, "Suivi régional", "Autres indicateurs régionaux", about)?;
    let columns = ["N° FINESS", "Établissement", "Code", "Indicateur", "Référence 2021", YEARS[0], YEARS[1], YEARS[2]];
    sheet.widths(&[14.0, 44.0, 9.0, 27.0, 14.0], columns.len())?;
    sheet.header(&columns.map(|column| Header::single(column, SAND)), 2)?;
    for (rank, contract) in contracts.iter().enumerate() {
        let finess = identity(&contract.hospital, rank).swap_remove(0);
        for objective in contract.objectives.iter().filter(|objective| LISTED.contains(&objective.indicator.code)) {
            let mut cells = vec![finess.clone(), Cell::text(&contract.hospital.raison_sociale)];
            cells.extend([Cell::Mark(objective.indicator.code), Cell::text(objective.indicator.short)]);
            cells.push(match objective.reference {
                Reference::Value(value) => written(objective.indicator.unit, value),
                Reference::Masked | Reference::Missing => reference(objective),
            });
            cells.extend(targets(objective, |target| written(objective.indicator.unit, target)));
            sheet.row(&cells)?;
        }
    }
    sheet.notes(&[NC])?;
    book.save(path)?;
    Ok(())
}

/// A value as a person types it: `31,0 %`, `1 250`, `oui`.
fn written(unit: Unit, number: i64) -> Cell {
    match unit {
        Unit::Percent => Cell::text(percent(number, '\u{a0}')),
        Unit::Count if number >= 1_000 => Cell::text(format!("{}\u{202f}{:03}", number / 1_000, number % 1_000)),
        Unit::Binary | Unit::Count | Unit::Ratio => value(unit, number),
    }
}

/// Ambulatory surgery: one sheet per département, rates as bare numbers (62,5 for 62,5 %).
fn ambulatoire(path: &Path, contracts: &[Contract]) -> Written {
    let mut book = workbook("Chirurgie ambulatoire CAQES 2022", (2022, 4, 12))?;
    for departement in DEPARTEMENTS {
        let name = format!("Département {departement}");
        let title = format!("REG-4 – Part de la chirurgie ambulatoire, département {departement}");
        let mut sheet = Sheet::add(&mut book, &name, &title, "Taux en % (62,5 se lit 62,5 %)")?;
        let headers = [
            Header::single("FINESS", GREY),
            Header::single("Établissement", GREY),
            Header::single("Dépt", GREY),
            Header::single("Typologie", GREY),
            Header::group("Taux de chirurgie ambulatoire (%)", &["2021", "2022", "2023", "2024"], BLUE),
        ];
        sheet.widths(&[14.0, 44.0, 7.0, 20.0, 9.0], 8)?;
        sheet.header(&headers, 2)?;
        let concerned = contracts.iter().filter(|contract| contract.hospital.departement == departement);
        let mut measured = Vec::new();
        for (rank, contract) in concerned.enumerate() {
            let Some(objective) = contract.objective("REG-4") else { continue };
            let mut cells = identity(&contract.hospital, rank);
            cells.push(match objective.reference {
                Reference::Value(value) => {
                    measured.push(value);
                    Cell::Tenths(value)
                }
                Reference::Masked | Reference::Missing => reference(objective),
            });
            cells.extend(targets(objective, Cell::Tenths));
            sheet.row(&cells)?;
        }
        let mean = measured.iter().sum::<i64>() / measured.len().max(1) as i64;
        sheet.total(
            &[
                Cell::text("Moyenne"),
                Cell::text(format!("Département {departement}")),
                Cell::Blank,
                Cell::Blank,
                Cell::Tenths(mean),
                Cell::Blank,
                Cell::Blank,
                Cell::Blank,
            ],
            TOTAL,
        )?;
        sheet.notes(&[NC])?;
    }
    book.save(path)?;
    Ok(())
}
