//! The targeting decree: one mark per établissement and indicator.

use std::collections::BTreeMap;

use crate::input::{
    checks::{
        liste,
        targets::{Targeting, Targets},
        workbooks::SheetReading,
    },
    findings::Findings,
    xlsx::cell,
};

/// Reads a sheet of marks; `None` when it could not be read whole.
pub(crate) fn read(
    reading: &SheetReading<'_>,
    finess: &str,
    marques: &BTreeMap<String, String>,
    targets: &mut Targets,
    findings: &mut Findings,
) -> Option<()> {
    let key = reading.column(finess, "finess", findings);
    let mut columns = Vec::new();
    let mut complete = true;
    for (code, header) in marques {
        let field = format!("marques.{code}");
        let indicateur = reading.known.catalogue.find(code, &reading.named.child(&field), findings);
        match (indicateur, reading.column(header, &field, findings)) {
            (Some(indicateur), Some(column)) => columns.push((indicateur.code.clone(), column)),
            _ => complete = false,
        }
    }
    let key = key?;
    reading.table.warn_hidden(&columns.iter().map(|(_, column)| *column).chain([key]).collect(), findings);
    let sheet = reading.table.sheet;
    reading.each_member(key, true, findings, |row, rank, findings| {
        for (code, column) in &columns {
            let place = sheet.anchor(row, *column);
            if sheet.uncomputed.contains(&place) {
                findings.push(liste::uncomputed(sheet.origin(place.0, place.1)));
                targets.faulty.insert((rank, code.clone()));
                continue;
            }
            match cell::mark(sheet.shown(row, *column)) {
                Ok(true) => _ = targets.marks.entry((rank, code.clone())).or_insert_with(|| sheet.origin(row, *column)),
                Ok(false) => {}
                Err(()) => {
                    findings.push(liste::unknown_mark(sheet, row, *column));
                    targets.faulty.insert((rank, code.clone()));
                }
            }
        }
    });
    if targets.targeting == Targeting::Absent {
        targets.targeting = Targeting::Read;
    }
    complete.then_some(())
}
