//! One cell of figures becomes a value of an indicator.

use rust_decimal::Decimal;

use crate::{
    diag::{Diagnostic, Origin},
    domain::{Indicateur, Texte, Unite, Valeur},
    input::{
        checks::{liste, parts},
        diags,
        findings::Findings,
        sources::Echelle,
        xlsx::{
            Cell, Content,
            cell::{self, CellFault},
            table::Table,
        },
    },
};

/// What is measured, what is to be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    Cible,
    Reference,
}

/// What a cell says.
#[derive(Debug)]
pub(crate) enum Reading {
    /// Something that cannot be used, and was told.
    Faulty,
    Nothing,
    Said(Said),
}

/// A value, with its footnotes and its place.
#[derive(Debug, Clone)]
pub(crate) struct Said {
    pub(crate) valeur: Valeur,
    pub(crate) notes: Vec<Texte>,
    pub(crate) origin: Origin,
}

/// Reads the value of an indicator (rules 20, 21, 22).
pub(crate) fn read(
    table: &Table<'_>,
    (row, column): (u32, u32),
    indicateur: &Indicateur,
    echelle: Option<Echelle>,
    role: Role,
    findings: &mut Findings,
) -> Reading {
    let place = table.sheet.anchor(row, column);
    let origin = table.sheet.origin(place.0, place.1);
    if table.sheet.uncomputed.contains(&place) {
        findings.push(liste::uncomputed(origin));
        return Reading::Faulty;
    }
    let Some(cell) = table.sheet.cells.get(&place) else { return Reading::Nothing };
    let figured = match cell::figured(cell, indicateur.unite, echelle) {
        Ok(None) => return Reading::Nothing,
        Ok(Some(figured)) => figured,
        Err(fault) => {
            findings.push(refused(fault, cell, indicateur, origin));
            return Reading::Faulty;
        }
    };
    let fault = match &figured.valeur {
        Valeur::Nombre(value) => out_of_range(*value, cell, indicateur, &origin),
        Valeur::Absente | Valeur::Masquee(_) if role == Role::Cible => Some(
            Diagnostic::new(
                &diags::CIBLE_UNKNOWN,
                origin.clone(),
                format!("{} is not a target", parts::shortened(&cell.text())),
            )
            .expected("a figure, or `sans objet`")
            .found(parts::shortened(&cell.text()))
            .help("a contract has a target for every year: give it, or write `SO` and say why in `sans_objet`"),
        ),
        _ => None,
    };
    if let Some(fault) = fault {
        findings.push(fault);
        return Reading::Faulty;
    }
    let notes = notes(table, &figured.marks, &origin, findings);
    Reading::Said(Said { valeur: figured.valeur, notes, origin })
}

fn notes(table: &Table<'_>, marks: &str, origin: &Origin, findings: &mut Findings) -> Vec<Texte> {
    if marks.is_empty() {
        return Vec::new();
    }
    match table.footnote(marks) {
        Some(text) => parts::texte(text, origin, findings).into_iter().collect(),
        None => {
            findings.push(
                Diagnostic::new(
                    &diags::FOOTNOTE_MISSING,
                    origin.clone(),
                    format!("the mark `{marks}` refers to no footnote"),
                )
                .expected(format!("a row below the table that begins with `{marks}`"))
                .help("write the footnote, or remove the mark"),
            );
            Vec::new()
        }
    }
}

fn unit_name(unite: Unite) -> &'static str {
    match unite {
        Unite::Binaire => "`oui` or `non` (1 or 0)",
        Unite::Eur => "an amount in euros",
        Unite::Evolution => "a change in percent",
        Unite::Nombre => "a whole number",
        Unite::Pourcent => "a percentage",
        Unite::Ratio => "a number",
    }
}

fn refused(fault: CellFault, cell: &Cell, indicateur: &Indicateur, origin: Origin) -> Diagnostic {
    let text = cell.text();
    let found = parts::shortened(&text);
    let code = indicateur.code.as_str();
    match fault {
        CellFault::Ambiguous => {
            let hundred = match &cell.content {
                Content::Number(value) => format!("{text} % or {} %", (value * Decimal::ONE_HUNDRED).normalize()),
                _ => "a share or a percentage".to_owned(),
            };
            Diagnostic::new(&diags::CELL_PERCENT_AMBIGUOUS, origin, format!("{found} can be read in two ways for `{code}`"))
                .expected("a percentage that says so")
                .found(format!("{found}, without `%`: {hundred}"))
                .help("format the cell as a percentage, or declare `echelle: fraction` or `echelle: pourcent` for its columns")
        }
        CellFault::Error => liste::error_cell(origin, &text),
        CellFault::NotAValue => {
            Diagnostic::new(&diags::CELL_NOT_A_VALUE, origin, format!("{found} is not a value of `{code}`"))
                .expected(unit_name(indicateur.unite))
                .found(found)
                .help("write a figure; `NC` when it is not known, `SO` when it does not apply")
        }
        CellFault::ScaleContradiction => Diagnostic::new(
            &diags::CELL_SCALE_CONTRADICTION,
            origin,
            format!("the cell and the declared scale disagree for `{code}`"),
        )
        .expected("`echelle: pourcent` means that 31 is 31 %, in a cell without percent format")
        .found(format!("a cell shown as {text}"))
        .help("remove `echelle` (the cell's format says it already), or remove the percent format"),
        CellFault::WrongUnit => {
            Diagnostic::new(&diags::CELL_WRONG_UNIT, origin, format!("{found} has a sign that `{code}` does not have"))
                .expected(unit_name(indicateur.unite))
                .found(found)
                .help("check that the column is the right one, and the `unite` of the indicator in the catalogue")
        }
    }
}

/// A value outside its unit or outside what is plausible (rule 21).
fn out_of_range(value: Decimal, cell: &Cell, indicateur: &Indicateur, origin: &Origin) -> Option<Diagnostic> {
    let (low, high) = match indicateur.unite {
        Unite::Binaire => (Some(Decimal::ZERO), Some(Decimal::ONE)),
        Unite::Evolution => (Some(-Decimal::ONE_HUNDRED), Some(Decimal::ONE_THOUSAND)),
        Unite::Nombre => (Some(Decimal::ZERO), None),
        Unite::Pourcent => (Some(Decimal::ZERO), Some(Decimal::ONE_HUNDRED)),
        Unite::Eur | Unite::Ratio => (None, None),
    };
    let outside = |low: Option<Decimal>, high: Option<Decimal>| {
        low.is_some_and(|low| value < low) || high.is_some_and(|high| value > high)
    };
    let whole = !matches!(indicateur.unite, Unite::Binaire | Unite::Nombre) || value.fract().is_zero();
    let plausible = indicateur.bornes.is_none_or(|(low, high)| !outside(Some(low), Some(high)));
    if !outside(low, high) && whole && plausible {
        return None;
    }
    let expected = match (indicateur.bornes, low, high) {
        (Some((from, to)), ..) if !plausible => {
            format!("{} from {from} to {to} (the `bornes` of the catalogue)", unit_name(indicateur.unite))
        }
        (_, Some(low), Some(high)) => format!("{} from {low} to {high}", unit_name(indicateur.unite)),
        _ => unit_name(indicateur.unite).to_owned(),
    };
    let sign = if matches!(indicateur.unite, Unite::Evolution | Unite::Pourcent) { " %" } else { "" };
    Some(
        Diagnostic::new(
            &diags::VALUE_OUT_OF_RANGE,
            origin.clone(),
            format!("{value}{sign} is out of range for `{}`", indicateur.code),
        )
        .expected(expected)
        .found(parts::shortened(&cell.text()))
        .help("correct the cell; check `echelle` when many cells are concerned, and `bornes` in the catalogue"),
    )
}
