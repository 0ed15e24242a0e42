//! The plan of action (Annexe 4).

use std::{collections::BTreeMap, sync::Arc};

use jiff::civil::Date;

use crate::{
    diag::{Diagnostic, FieldOrigins, Origin},
    domain::{Action, Echeance, Texte, VoletCode},
    input::{
        checks::{
            finess, liste, modele, parts,
            roster::Who,
            workbooks::{ActionRow, SheetReading},
        },
        diags,
        findings::Findings,
        names,
        sources::{HorsCampagne, LectureSource},
        xlsx::{Cell, Content, table::RowKind},
    },
};

/// The columns of the sheet, found.
struct Columns {
    finess: Option<u32>,
    axe: u32,
    action: u32,
    pilote: u32,
    echeance: u32,
    indicateur: u32,
    cible: u32,
}

/// Reads the actions, one per row; cells merged over several rows count for each. `None` when a column is missing.
pub(crate) fn read(
    reading: &SheetReading<'_>,
    lecture: &LectureSource,
    actions: &mut Vec<ActionRow>,
    findings: &mut Findings,
) -> Option<()> {
    let LectureSource::Actions { volet, .. } = lecture else { return None };
    if let (Some(volet), Some(rules)) = (volet, reading.known.rules) {
        modele::check_volet(volet, &rules.volets, reading.named.child("volet"), findings);
    }
    let columns = columns(reading, lecture, findings)?;
    let fixed = [columns.axe, columns.action, columns.pilote, columns.echeance, columns.indicateur, columns.cible];
    reading.table.warn_hidden(&fixed.into_iter().chain(columns.finess).collect(), findings);
    let sheet = reading.table.sheet;
    for row in reading.table.rows() {
        if reading.table.kind(row) == RowKind::Furniture || sheet.text(row, columns.action).is_empty() {
            continue;
        }
        let mark = findings.mark();
        let member = match member(reading, &columns, row, findings) {
            Whose::All => None,
            Whose::One(rank) => Some(rank),
            Whose::Nobody => continue,
        };
        let action = Row { reading, columns: &columns, row }.action(findings);
        if let Some(rank) = member {
            findings.assign_since(mark, reading.known.roster.key(rank));
        }
        actions.extend(action.map(|action| ActionRow { member, volet: volet.clone().map(VoletCode), action }));
    }
    Some(())
}

fn columns(reading: &SheetReading<'_>, lecture: &LectureSource, findings: &mut Findings) -> Option<Columns> {
    let LectureSource::Actions { finess, axe, action, pilote, echeance, indicateur, cible, .. } = lecture else {
        return None;
    };
    let mut column = |header: &String, field: &str| reading.column(header, field, findings);
    let finess = finess.as_ref().map(|header| column(header, "finess"));
    let axe = column(axe, "axe");
    let action = column(action, "action");
    let pilote = column(pilote, "pilote");
    let echeance = column(echeance, "echeance");
    let indicateur = column(indicateur, "indicateur");
    let cible = column(cible, "cible");
    if finess == Some(None) {
        return None;
    }
    Some(Columns {
        finess: finess.flatten(),
        axe: axe?,
        action: action?,
        pilote: pilote?,
        echeance: echeance?,
        indicateur: indicateur?,
        cible: cible?,
    })
}

/// Whose action a row is.
enum Whose {
    All,
    Nobody,
    One(usize),
}

fn member(reading: &SheetReading<'_>, columns: &Columns, row: u32, findings: &mut Findings) -> Whose {
    let Some(column) = columns.finess else { return Whose::All };
    let sheet = reading.table.sheet;
    let text = sheet.text(row, column);
    if text.is_empty() || sheet.shown(row, column).is_some_and(Cell::is_dash) {
        return Whose::All;
    }
    let place = sheet.anchor(row, column);
    let origin = sheet.origin(place.0, place.1);
    let Some(number) = finess::read(&text, &origin, findings) else { return Whose::Nobody };
    match reading.known.roster.who(&number) {
        Who::Member(rank) => Whose::One(rank),
        Who::Faulty => Whose::Nobody,
        Who::Stranger if reading.hors_campagne == HorsCampagne::Ignorer => Whose::Nobody,
        Who::Stranger => {
            findings.push(
                Diagnostic::new(&diags::ROW_UNMATCHED, origin, format!("`{text}` is no établissement of the campaign"))
                    .expected("the FINESS of a legal person or of a site listed in the campaign")
                    .help(
                        "add the établissement, correct the number, or write `hors_campagne: ignorer` for this sheet",
                    ),
            );
            Whose::Nobody
        }
    }
}

/// One row being read.
struct Row<'a> {
    reading: &'a SheetReading<'a>,
    columns: &'a Columns,
    row: u32,
}

impl Row<'_> {
    fn action(&self, findings: &mut Findings) -> Option<Action> {
        let columns = self.columns;
        let axe = self.texte(columns.axe, findings);
        let action = self.texte(columns.action, findings);
        let pilote = self.texte(columns.pilote, findings);
        let echeance = self.echeance(findings);
        let indicateur = self.texte(columns.indicateur, findings);
        let cible = self.texte(columns.cible, findings);
        if let Some(pilote) = &pilote {
            self.warn_named(pilote, findings);
        }
        Some(Action {
            axe: axe?,
            action: action?,
            pilote: pilote?,
            echeance: echeance?,
            indicateur: indicateur?,
            cible: cible?,
            origin: self.place(columns.action),
            origins: self.origins(),
        })
    }

    fn origins(&self) -> FieldOrigins {
        let columns = self.columns;
        Arc::new(BTreeMap::from([
            ("axe", self.place(columns.axe)),
            ("action", self.place(columns.action)),
            ("pilote", self.place(columns.pilote)),
            ("echeance", self.place(columns.echeance)),
            ("indicateur", self.place(columns.indicateur)),
            ("cible", self.place(columns.cible)),
        ]))
    }

    fn place(&self, column: u32) -> Origin {
        let (row, column) = self.reading.table.sheet.anchor(self.row, column);
        self.reading.table.sheet.origin(row, column)
    }

    fn texte(&self, column: u32, findings: &mut Findings) -> Option<Texte> {
        let sheet = self.reading.table.sheet;
        let place = self.place(column);
        match sheet.shown(self.row, column).map(|cell| &cell.content) {
            Some(Content::Error(error)) => {
                findings.push(liste::error_cell(place, error));
                None
            }
            _ => parts::texte(&sheet.text(self.row, column), &place, findings),
        }
    }

    fn echeance(&self, findings: &mut Findings) -> Option<Echeance> {
        let place = self.place(self.columns.echeance);
        let cell = self.reading.table.sheet.shown(self.row, self.columns.echeance);
        let read = match cell.map(|cell| &cell.content) {
            Some(Content::Date(day)) => Some(Echeance::Jour(*day)),
            Some(Content::Text(text)) => echeance(text),
            _ => None,
        };
        if read.is_none() {
            let found = cell.map_or_else(|| "an empty cell".to_owned(), |cell| parts::shortened(&cell.text()));
            let number = cell.is_some_and(|cell| matches!(cell.content, Content::Number(_)));
            findings.push(
                Diagnostic::new(&diags::ECHEANCE, place, format!("{found} is not a due date"))
                    .expected("a date, or a quarter such as `T2 2023`")
                    .found(found)
                    .help(if number {
                        "give the cell a date format"
                    } else {
                        "write a date, or a quarter and its year"
                    }),
            );
        }
        read
    }

    /// Contracts name functions, not persons (rule 45).
    fn warn_named(&self, pilote: &Texte, findings: &mut Findings) {
        let first = pilote.as_str().split_whitespace().next().unwrap_or_default();
        if matches!(
            first,
            "M." | "Mme" | "Monsieur" | "Madame" | "Dr" | "Dr." | "Pr" | "Pr." | "Docteur" | "Professeur"
        ) {
            findings.push(
                Diagnostic::new(&diags::PERSON_NAMED, self.place(self.columns.pilote), "the person in charge is named")
                    .expected("a function, as in `pharmacien gérant`")
                    .found(parts::shortened(pilote.as_str()))
                    .help("write the function: persons change, and personal data is kept to what is needed"),
            );
        }
    }
}

/// Reads a due date: `30 juin 2023`, `30/06/2023`, `T2 2018`, `2e trimestre 2018`.
fn echeance(text: &str) -> Option<Echeance> {
    let iso = text.trim().parse::<Date>().ok();
    if let Some(day) = iso.or_else(|| parts::french_date(text)) {
        return Some(Echeance::Jour(day));
    }
    let text = names::normalised(text).replace("trimestre", "t").replace(['è', 'é'], "e");
    let words: Vec<&str> = text.split([' ', '-', '/']).filter(|word| !word.is_empty()).collect();
    let (quarter, year) = match words.as_slice() {
        [quarter, year] => (quarter.trim_start_matches('t'), *year),
        [rank, "t", year] => (rank.trim_end_matches("er").trim_end_matches("eme").trim_end_matches('e'), *year),
        _ => return None,
    };
    let trimestre = quarter.parse().ok().filter(|quarter| (1..=4).contains(quarter))?;
    let annee = year.parse().ok().filter(|year| (1900..=2200).contains(year))?;
    Some(Echeance::Trimestre { trimestre, annee })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn due_dates_are_read_as_people_write_them() {
        let quarter = |trimestre, annee| Some(Echeance::Trimestre { trimestre, annee });
        assert_eq!(echeance("T2 2018"), quarter(2, 2018));
        assert_eq!(echeance("2e trimestre 2018"), quarter(2, 2018));
        assert_eq!(echeance("1er trimestre 2018"), quarter(1, 2018));
        assert_eq!(echeance("4ème trimestre 2018"), quarter(4, 2018));
        assert_eq!(echeance("30/06/2023"), Date::new(2023, 6, 30).ok().map(Echeance::Jour));
        for bad in ["T5 2018", "2018", "bientôt", "T2", ""] {
            assert_eq!(echeance(bad), None, "{bad}");
        }
    }
}
