//! The figures: reference values and targets.

use std::collections::BTreeMap;

use crate::{
    diag::Diagnostic,
    domain::Indicateur,
    input::{
        checks::{
            targets::Targets,
            totaux,
            values::{self, Reading, Role},
            workbooks::SheetReading,
        },
        diags,
        findings::Findings,
        sources::{ColonnesIndicateur, Echelle},
        xlsx::Sheet,
    },
};

/// The columns of one indicator, found.
struct Columns {
    reference: Option<u32>,
    cibles: Vec<(i16, u32)>,
    echelle: Option<Echelle>,
    complete: bool,
}

impl Columns {
    fn find(source: &ColonnesIndicateur, field: &str, reading: &SheetReading<'_>, findings: &mut Findings) -> Self {
        let mut complete = true;
        let mut column = |header: &String, field: String, findings: &mut Findings| {
            let column = reading.column(header, &field, findings);
            complete &= column.is_some();
            column
        };
        let reference =
            source.reference.as_ref().and_then(|header| column(header, format!("{field}.reference"), findings));
        let mut cibles = Vec::new();
        for (year, header) in &source.cibles {
            let place = format!("{field}.cibles.{year}");
            if !reading.known.annees.contains(year) {
                let years: Vec<String> = reading.known.annees.iter().map(i16::to_string).collect();
                findings.push(
                    Diagnostic::new(
                        &diags::YEAR_UNKNOWN,
                        reading.named.child(&place),
                        format!("{year} is not a year of the contracts"),
                    )
                    .expected(format!("one of {}", years.join(", ")))
                    .found(year.to_string())
                    .help("correct the year, or add it to `annees`"),
                );
                continue;
            }
            cibles.extend(column(header, place, findings).map(|column| (*year, column)));
        }
        Self { reference, cibles, echelle: source.echelle, complete }
    }

    fn all(&self) -> impl Iterator<Item = u32> {
        self.cibles.iter().map(|(_, column)| *column).chain(self.reference)
    }

    /// Takes the values of one row.
    fn take(
        &self,
        row: u32,
        rank: usize,
        indicateur: &Indicateur,
        reading: &SheetReading<'_>,
        targets: &mut Targets,
        findings: &mut Findings,
    ) {
        let read = |column: u32, role: Role, findings: &mut Findings| -> Reading {
            values::read(&reading.table, (row, column), indicateur, self.echelle, role, findings)
        };
        let pair = (rank, indicateur.code.clone());
        if let Some(column) = self.reference {
            let said = read(column, Role::Reference, findings);
            targets.take(pair.clone(), Role::Reference, 0, said, findings);
        }
        for (year, column) in &self.cibles {
            let said = read(*column, Role::Cible, findings);
            targets.take(pair.clone(), Role::Cible, *year, said, findings);
        }
    }
}

/// Reads a sheet with one row per établissement and a group of columns per indicator.
pub(crate) fn read_wide(
    reading: &SheetReading<'_>,
    finess: &str,
    indicateurs: &BTreeMap<String, ColonnesIndicateur>,
    targets: &mut Targets,
    findings: &mut Findings,
) -> Option<()> {
    let key = reading.column(finess, "finess", findings);
    let mut groups = Vec::new();
    let mut complete = true;
    for (code, source) in indicateurs {
        let field = format!("indicateurs.{code}");
        let named = reading.named.child(&field);
        let indicateur = reading.known.catalogue.find(code, &named, findings);
        let columns = Columns::find(source, &field, reading, findings);
        targets.note_years(code, source.cibles.keys().copied(), &named);
        complete &= columns.complete && indicateur.is_some();
        groups.extend(indicateur.map(|indicateur| (indicateur, columns)));
    }
    let key = key?;
    reading.table.warn_hidden(&groups.iter().flat_map(|(_, columns)| columns.all()).chain([key]).collect(), findings);
    reading.each_member(key, true, findings, |row, rank, findings| {
        for (indicateur, columns) in &groups {
            columns.take(row, rank, indicateur, reading, targets, findings);
        }
    });
    for (indicateur, columns) in &groups {
        columns.all().for_each(|column| totaux::check(&reading.table, key, column, indicateur, findings));
    }
    complete.then_some(())
}

/// Reads a sheet with one row per établissement and indicator.
pub(crate) fn read_list(
    reading: &SheetReading<'_>,
    finess: &str,
    code: &str,
    source: &ColonnesIndicateur,
    targets: &mut Targets,
    findings: &mut Findings,
) -> Option<()> {
    let key = reading.column(finess, "finess", findings);
    let code_column = reading.column(code, "code", findings);
    let columns = Columns::find(source, "colonnes", reading, findings);
    let (key, code_column) = (key?, code_column?);
    let sheet: &Sheet = reading.table.sheet;
    reading.table.warn_hidden(&columns.all().chain([key, code_column]).collect(), findings);
    reading.each_member(key, false, findings, |row, rank, findings| {
        let written = sheet.text(row, code_column);
        let Some(indicateur) = reading.known.catalogue.find(&written, &sheet.origin(row, code_column), findings) else {
            targets.doubtful.insert(rank);
            return;
        };
        targets.note_years(indicateur.code.as_str(), source.cibles.keys().copied(), &reading.named.child("colonnes"));
        columns.take(row, rank, indicateur, reading, targets, findings);
    });
    columns.complete.then_some(())
}
