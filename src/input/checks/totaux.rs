//! Totals of a sheet of figures, against the rows above them (rule 26).
//!
//! Only counts and euros add up; rates, means and medians do not, and are not recomputed. A total is told only when it is the sum
//! of no run of rows just above it, and when every figure of the column is known: a masked, absent or faulty value hides what the
//! total should be.

use rust_decimal::Decimal;

use crate::{
    diag::Diagnostic,
    domain::{Indicateur, Unite, Valeur},
    input::{
        checks::finess,
        diags,
        findings::Findings,
        names,
        xlsx::{
            Content, cell,
            table::{RowKind, Table},
        },
    },
};

/// Compares the totals of one column of an indicator with its rows; `key` is the column of the FINESS.
pub(crate) fn check(table: &Table<'_>, key: u32, column: u32, indicateur: &Indicateur, findings: &mut Findings) {
    // Amounts may be shown rounded to the euro; counts are whole.
    let tolerance = match indicateur.unite {
        Unite::Eur => Decimal::ONE,
        Unite::Nombre => Decimal::ZERO,
        Unite::Binaire | Unite::Evolution | Unite::Pourcent | Unite::Ratio => return,
    };
    // The sums of the rows since the beginning, and since each total met on the way.
    let mut sums = vec![Decimal::ZERO];
    for row in table.rows() {
        let numbered = finess::resembles(&table.sheet.text(row, key));
        match table.kind(row) {
            RowKind::Total(label) if !numbered => {
                if adds_up(&label) {
                    compare(table, (row, column), (&sums, tolerance), indicateur, findings);
                }
                sums.push(Decimal::ZERO);
            }
            RowKind::Furniture if !numbered => {}
            RowKind::Body | RowKind::Furniture | RowKind::Total(_) => {
                let Some(value) = figure(table, row, column, indicateur) else { return };
                for sum in &mut sums {
                    let Some(more) = sum.checked_add(value) else { return };
                    *sum = more;
                }
            }
        }
    }
}

/// Whether a label is that of a sum: `Région` may as well be a mean, or hold more than the rows.
fn adds_up(label: &str) -> bool {
    let label = names::normalised(label);
    ["total", "sous-total", "sous total", "s/total"].iter().any(|word| label.starts_with(word))
}

/// An exact figure; zero where nothing is said or nothing applies, `None` where it is not known.
fn figure(table: &Table<'_>, row: u32, column: u32, indicateur: &Indicateur) -> Option<Decimal> {
    let place = table.sheet.anchor(row, column);
    if table.sheet.uncomputed.contains(&place) {
        return None;
    }
    let Some(cell) = table.sheet.cells.get(&place) else { return Some(Decimal::ZERO) };
    // `180 k€` is rounded.
    if matches!(&cell.content, Content::Text(text) if text.contains(['k', 'K', 'M'])) {
        return None;
    }
    match cell::figured(cell, indicateur.unite, None) {
        Ok(None) => Some(Decimal::ZERO),
        Ok(Some(figured)) => match figured.valeur {
            Valeur::Nombre(value) => Some(value),
            Valeur::SansObjet => Some(Decimal::ZERO),
            Valeur::Absente | Valeur::Masquee(_) => None,
        },
        Err(_) => None,
    }
}

fn compare(
    table: &Table<'_>,
    (row, column): (u32, u32),
    (sums, tolerance): (&[Decimal], Decimal),
    indicateur: &Indicateur,
    findings: &mut Findings,
) {
    let said = table.sheet.shown(row, column).is_some_and(|cell| !cell.is_dash());
    let Some(total) = figure(table, row, column, indicateur).filter(|_| said) else { return };
    if sums.iter().any(|sum| (*sum - total).abs() <= tolerance) {
        return;
    }
    let nearest = sums.iter().min_by_key(|sum| (**sum - total).abs()).copied().unwrap_or_default();
    findings.push(
        Diagnostic::new(
            &diags::TOTAL_DIFFERS,
            table.sheet.origin(row, column),
            format!("the total of `{}` is not the sum of its rows", indicateur.code),
        )
        .expected(format!("{}, the nearest sum of rows above", nearest.normalize()))
        .found(total.normalize().to_string())
        .help("compute the sheet again: a figure was typed over, or a row is outside the range of the sum"),
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_sums_add_up() {
        for label in ["Total", "TOTAL GÉNÉRAL", "Sous-total 96", "sous total"] {
            assert!(adds_up(label), "{label}");
        }
        for label in ["Région", "Moyenne", "Médiane", "France", "Ensemble"] {
            assert!(!adds_up(label), "{label}");
        }
    }
}
