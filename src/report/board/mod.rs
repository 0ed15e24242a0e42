//! Where a campaign is, for those who do not use a terminal: a workbook, a page, a list for other spreadsheets.
//!
//! Each shows the numbers of [`Totals`](crate::ops::Totals) and counts nothing. What is not known is said to be unknown.

mod columns;
mod csv;
mod page;
mod synthese;
mod workbook;

pub use csv::board_csv;
pub use page::board_page;
pub use workbook::board_workbook;

use crate::ops::{Board, Filter, Share};

/// What is shown of what is not known.
const UNKNOWN: &str = "inconnu";

/// « Département 96, étape proposé »; none when nothing is left out.
fn selection(filter: &Filter) -> Option<String> {
    let Filter { only, departements, cpam, etapes } = filter;
    let list =
        |name: &str, asked: Vec<String>| (!asked.is_empty()).then(|| format!("{name}\u{a0}: {}", asked.join(", ")));
    let parts = [
        list("contrats", only.iter().map(ToString::to_string).collect()),
        list("départements", departements.clone()),
        list("CPAM", cpam.clone()),
        list("étapes", etapes.iter().map(ToString::to_string).collect()),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join(" ; "))
}

/// What several contracts have in common, in words: « 961 », « inconnu ».
fn code(share: &Share) -> &str {
    share.code.as_deref().unwrap_or(UNKNOWN)
}

/// Something that somebody has to look at.
struct ToExamine<'a> {
    /// The number of its event; none when it is no return.
    event: Option<u64>,
    contract: Option<&'a str>,
    etablissement: Option<&'a str>,
    version: Option<u16>,
    exemplaire: Option<u8>,
    day: Option<jiff::civil::Date>,
    constat: &'static str,
    motifs: Vec<String>,
}

/// Everything that somebody has to look at: doubtful returns, returns of no contract, contracts that cannot be read.
fn to_examine(board: &Board) -> Vec<ToExamine<'_>> {
    let mut all = Vec::new();
    for line in &board.contracts {
        let etablissement = line.fiche.as_ref().map(|fiche| fiche.etablissement.as_str());
        let blank = |constat| ToExamine {
            event: None,
            contract: Some(&line.contract),
            etablissement,
            version: Some(line.version.get()),
            exemplaire: None,
            day: None,
            constat,
            motifs: Vec::new(),
        };
        all.extend(line.doubtful.iter().map(|doubtful| ToExamine {
            event: Some(doubtful.event.0),
            version: Some(doubtful.version.get()),
            exemplaire: doubtful.exemplaire,
            day: doubtful.day,
            motifs: doubtful.reasons().map(|(_, phrase)| phrase.to_owned()).collect(),
            ..blank(doubtful.verdict.word())
        }));
        if line.fiche.is_none() {
            let why = "la version archivée ne peut pas être lue : établissement, département, CPAM et volets sont inconnus ; « paraphe archive verify » dit ce qui manque";
            all.push(ToExamine { motifs: vec![why.to_owned()], ..blank("archive à vérifier") });
        }
    }
    all.extend(board.unplaced.iter().map(|unplaced| ToExamine {
        event: Some(unplaced.event.0),
        contract: None,
        etablissement: None,
        version: None,
        exemplaire: None,
        day: unplaced.day,
        constat: unplaced.verdict.word(),
        motifs: unplaced.reasons().map(|(_, phrase)| phrase.to_owned()).collect(),
    }));
    all
}
