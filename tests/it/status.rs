//! Where a campaign is: every form tells the same numbers, in French, and says no more than what is known.

#[allow(dead_code, unreachable_pub, reason = "each program uses a part of it")]
mod campagne;

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use calamine::{Data, Reader, Xlsx, open_workbook};
use serde_json::Value as Json;
use tempfile::TempDir;

/// Three contracts of each history, one of which has lost its archive: number 1, that was sent.
const CONTRACTS: u32 = 3 * campagne::HISTORIES;

fn campaign() -> TempDir {
    let folder = TempDir::new().unwrap();
    campagne::make(folder.path(), CONTRACTS).unwrap();
    fs::remove_dir_all(folder.path().join("archive").join(campagne::contract(1).unwrap().to_string())).unwrap();
    folder
}

fn status(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_paraphe"));
    command.arg("status").arg(folder).args(arguments).env("SOURCE_DATE_EPOCH", "1669809600");
    command.output().unwrap()
}

fn said(folder: &Path, arguments: &[&str]) -> String {
    let output = status(folder, arguments);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn written(folder: &Path, format: &str) -> PathBuf {
    let out = folder.join(format!("tableau.{format}"));
    said(folder, &["--format", format, "--out", out.to_str().unwrap()]);
    out
}

fn json(folder: &Path, arguments: &[&str]) -> Json {
    serde_json::from_str(&said(folder, &[&["--format", "json"], arguments].concat())).unwrap()
}

/// Rows of texts, of a sheet.
fn sheet(workbook: &Path, name: &str) -> Vec<Vec<String>> {
    let mut workbook: Xlsx<_> = open_workbook(workbook).unwrap();
    let range = workbook.worksheet_range(name).unwrap();
    range.rows().map(|row| row.iter().map(Data::to_string).collect()).collect()
}

fn count<'a>(values: impl Iterator<Item = &'a str>) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for value in values {
        *counts.entry(value.to_owned()).or_default() += 1;
    }
    counts
}

/// What each column of a table of texts has, by its title.
fn column<'a>(rows: &'a [Vec<String>], title: &str) -> impl Iterator<Item = &'a str> + use<'a> {
    let index = rows[0].iter().position(|found| found == title).unwrap();
    rows[1..].iter().map(move |row| row[index].as_str())
}

/// The cells of the rows of a table of the page, by its caption.
fn table(page: &str, caption: &str) -> Vec<Vec<String>> {
    let table = page.split_once(&format!("id=\"{caption}\"")).unwrap().1.split_once("</table>").unwrap().0;
    let rows = table.split_once("<tbody>").unwrap().1.split("<tr>").skip(1);
    let cell = |cell: &str| cell.split_once('>').unwrap().1.split('<').next().unwrap().trim().to_owned();
    rows.map(|row| row.replace("<th", "<td").split("<td").skip(1).map(cell).collect()).collect()
}

#[test]
fn every_form_tells_the_same_numbers() {
    let folder = campaign();
    let folder = folder.path();
    let board = json(folder, &[]);
    let lines = board["contracts"].as_array().unwrap();
    assert_eq!(lines.len(), CONTRACTS as usize);
    let text = said(folder, &[]);
    let page = fs::read_to_string(written(folder, "html")).unwrap();
    let workbook = written(folder, "xlsx");
    let listed = sheet(&workbook, "Contrats");
    let numbers = sheet(&workbook, "Synthèse");
    let csv = said(folder, &["--format", "csv"]);
    let csv: Vec<Vec<String>> = csv
        .strip_prefix('\u{feff}')
        .expect("spreadsheets want a mark")
        .split_terminator("\r\n")
        .map(|line| line.split(';').map(str::to_owned).collect())
        .collect();

    // Counted here from the list alone, by stage.
    let stages = count(lines.iter().map(|line| line["etape"].as_str().unwrap()));
    let totals = &board["totals"];
    let told = |list: &Json, name: &str| -> BTreeMap<String, usize> {
        let pair = |one: &Json| {
            (one[name].as_str().unwrap_or("inconnu").to_owned(), one["contracts"].as_u64().unwrap() as usize)
        };
        list.as_array().unwrap().iter().map(pair).collect()
    };
    assert_eq!(told(&totals["etapes"], "etape"), stages);
    assert_eq!(count(column(&listed, "Étape")), stages);
    assert_eq!(count(column(&csv, "Étape")), stages);
    let shown = table(&page, "t-etapes");
    assert_eq!(shown.len(), stages.len());
    for (stage, number) in &stages {
        assert!(text.contains(&format!("\n{number:>6}  {stage}\n")), "{stage}");
        assert!(shown.contains(&vec![stage.clone(), number.to_string()]), "{stage}");
        assert!(numbers.iter().any(|row| row[0] == *stage && row[1] == number.to_string()), "{stage}");
    }

    // By département, the unknown one told.
    let departements = told(&totals["departements"], "code");
    assert_eq!(departements.get("inconnu"), Some(&1));
    assert_eq!(count(column(&listed, "Département")), departements);
    assert_eq!(count(column(&csv, "Département")), departements);
    let shown = table(&page, "t-departements");
    for share in totals["departements"].as_array().unwrap() {
        let code = share["code"].as_str().unwrap_or("inconnu");
        let phases = share["phases"].as_object().unwrap().values();
        let phases: Vec<u64> = phases.map(|count| count.as_u64().unwrap()).collect();
        assert_eq!(phases.iter().sum::<u64>(), share["contracts"].as_u64().unwrap());
        let row = shown.iter().find(|row| row[0] == code).unwrap();
        let row: Vec<u64> = row[1..].iter().map(|cell| cell.parse().unwrap()).collect();
        assert_eq!((row[0], row.last().copied()), (share["contracts"].as_u64().unwrap(), share["doubtful"].as_u64()));
        let in_workbook = numbers.iter().find(|found| found[0] == code).unwrap();
        let in_workbook: Vec<u64> = in_workbook[1..=row.len()].iter().map(|cell| cell.parse().unwrap()).collect();
        assert_eq!(in_workbook, row, "{code}");
        let in_text = text.lines().find(|line| line.starts_with(&format!("{code:<28}"))).unwrap();
        let in_text: Vec<u64> = in_text[28..].split_whitespace().map(|cell| cell.parse().unwrap()).collect();
        assert_eq!(in_text, row, "{code}");
    }

    // By party and exemplaire.
    let shown = table(&page, "t-signatures");
    for (name, title) in [("etablissement", "établissement"), ("cpam", "CPAM"), ("ars", "agence")] {
        for (index, exemplaire) in totals["exemplaires"].as_array().unwrap().iter().enumerate() {
            let row = shown.iter().find(|row| row[0] == format!("Exemplaire {}, {title}", index + 1)).unwrap();
            let total: usize = row[1..].iter().map(|cell| cell.parse::<usize>().unwrap()).sum();
            assert_eq!(total, CONTRACTS as usize);
            let ink = exemplaire["parties"][name]["encre"].as_u64().unwrap();
            assert_eq!(row[4], ink.to_string(), "{name}");
            let of_list = column(&listed, &format!("Ex. {}, {title}", index + 1));
            assert_eq!(of_list.filter(|cell| *cell == "encre dans le cadre").count() as u64, ink, "{name}");
        }
    }

    // What is to be looked at: two histories of three contracts, one stranger, one archive.
    let examined = sheet(&workbook, "À examiner");
    assert_eq!((totals["doubtful"].as_u64(), totals["unknown"].as_u64()), (Some(6), Some(1)));
    assert_eq!(examined.len() - 1, 6 + 1 + 1);
    assert_eq!(table(&page, "t-examen").len(), examined.len() - 1);
    assert!(text.contains("\n     6  avec un retour à examiner\n     1  hors campagne à examiner\n     1  dont"));
}

#[test]
fn days_are_days_and_what_is_not_known_is_said_so() {
    let folder = campaign();
    let workbook = written(folder.path(), "xlsx");
    let mut opened: Xlsx<_> = open_workbook(&workbook).unwrap();
    let range = opened.worksheet_range("Contrats").unwrap();
    let titles: Vec<String> = range.rows().next().unwrap().iter().map(Data::to_string).collect();
    let at = |number: u32, title: &str| {
        let id = campagne::contract(number).unwrap().to_string();
        let row = range.rows().find(|row| row[0] == Data::String(id.clone())).unwrap();
        row[titles.iter().position(|found| found == title).unwrap()].clone()
    };
    assert!(matches!(at(2, "Réception prouvée le"), Data::DateTime(day) if day.to_string() == "44715"), "3 June 2022");
    assert_eq!(at(9, "Réception prouvée le").to_string(), "non prouvée");
    assert_eq!(at(0, "Réception prouvée le").to_string(), "", "a draft awaits no receipt");
    assert_eq!(at(1, "Établissement").to_string(), "inconnu");
    assert_eq!(at(1, "Étape").to_string(), "proposé", "the register still knows it");
    assert_eq!(at(6, "Ex. 1, établissement").to_string(), "encre dans le cadre", "ink is not a signature");
    assert_eq!(at(6, "Exemplaire 1").to_string(), "partiel");
    assert_eq!(at(10, "Exemplaire 1").to_string(), "distribué");
    assert_eq!(at(3, "Relances"), Data::Float(1.0));
}

#[test]
fn the_same_board_on_the_same_day_gives_the_same_bytes() {
    let folder = campaign();
    for format in ["html", "xlsx"] {
        let first = fs::read(written(folder.path(), format)).unwrap();
        assert_eq!(first, fs::read(written(folder.path(), format)).unwrap(), "{format}");
    }
    let left: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(left.iter().all(|name| !name.to_string_lossy().ends_with(".part")), "{left:?}");
}

#[test]
fn filters_keep_what_fits_and_numbers_follow() {
    let folder = campaign();
    let kept = |arguments: &[&str]| {
        let board = json(folder.path(), arguments);
        let count = board["contracts"].as_array().unwrap().len();
        assert_eq!(board["totals"]["contracts"].as_u64(), Some(count as u64));
        assert_eq!(board["unplaced"].as_array().unwrap().len(), 1, "what is of no contract is always told");
        count
    };
    assert_eq!(kept(&["--departement", "2a"]), 11, "one of the twelve has lost its archive");
    assert_eq!(kept(&["--departement", "96", "--departement", "99"]), 24);
    assert_eq!(kept(&["--cpam", "961", "--etape", "brouillon"]), 1);
    assert_eq!(kept(&["--etape", "propose"]), 3 + 3, "both proposals");
    assert_eq!(kept(&["--only", &campagne::contract(4).unwrap().to_string()]), 1);
    let refused = status(folder.path(), &["--etape", "perdu"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("`retourné par la CPAM`"));
    for format in ["html", "xlsx"] {
        assert_eq!(status(folder.path(), &["--format", format]).status.code(), Some(2), "{format} wants a file");
    }
}

#[test]
fn the_page_stands_alone_and_the_terminal_keeps_to_a_hundred_columns() {
    let folder = campaign();
    let page = fs::read_to_string(written(folder.path(), "html")).unwrap();
    assert_eq!(page.matches("<h1").count(), 1);
    assert!(page.contains("<html lang=\"fr\">"));
    for outside in ["http:", "https:", "src=", "@import", "url(\"", "<link"] {
        assert!(!page.contains(outside), "{outside}");
    }
    for row in table(&page, "t-contrats") {
        assert_eq!(row.len(), 13, "{row:?}");
    }
    let text = said(folder.path(), &[]);
    let long = text.lines().find(|line| line.chars().count() > 100);
    assert_eq!(long, None);
}

#[test]
fn nothing_made_is_an_empty_board() {
    let folder = TempDir::new().unwrap();
    let board = json(folder.path(), &[]);
    assert_eq!((board["campagne"].clone(), board["totals"]["contracts"].as_u64()), (Json::Null, Some(0)));
    for format in ["html", "xlsx"] {
        assert!(written(folder.path(), format).exists());
    }
    assert!(said(folder.path(), &[]).contains("     0  contrats"));
}
