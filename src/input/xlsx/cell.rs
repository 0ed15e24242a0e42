//! What a cell holds, and what it means when a unit, a mark, a number of the register or a date is expected in it.

use calamine::{Data, DataRef, ExcelDateTime};
use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::{
    domain::{Unite, Valeur},
    input::{
        names::normalised,
        number::{self, Unit},
        sources::Echelle,
    },
};

/// One cell that holds something.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Cell {
    pub(crate) content: Content,
    /// Whether its number format shows percents, so that 0.31 is shown 31 %.
    pub(crate) percent: bool,
}

/// What a cell holds.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Content {
    Bool(bool),
    Date(Date),
    /// `#N/A`, `#DIV/0!`…
    Error(String),
    Number(Decimal),
    Text(String),
}

impl Content {
    pub(super) fn of_ref(value: &DataRef<'_>) -> Option<Self> {
        match value {
            DataRef::Bool(value) => Some(Self::Bool(*value)),
            DataRef::DateTime(value) => Some(Self::of_date(value)),
            DataRef::DateTimeIso(text) => Some(Self::of_iso(text)),
            DataRef::DurationIso(text) | DataRef::String(text) => Self::of_text(text),
            DataRef::Empty => None,
            DataRef::Error(error) => Some(Self::Error(error.to_string())),
            DataRef::Float(value) => Some(Self::of_float(*value)),
            DataRef::Int(value) => Some(Self::Number(Decimal::from(*value))),
            DataRef::SharedString(text) => Self::of_text(text),
        }
    }

    pub(super) fn of(value: &Data) -> Option<Self> {
        match value {
            Data::Bool(value) => Some(Self::Bool(*value)),
            Data::DateTime(value) => Some(Self::of_date(value)),
            Data::DateTimeIso(text) => Some(Self::of_iso(text)),
            Data::DurationIso(text) | Data::String(text) => Self::of_text(text),
            Data::Empty => None,
            Data::Error(error) => Some(Self::Error(error.to_string())),
            Data::Float(value) => Some(Self::of_float(*value)),
            Data::Int(value) => Some(Self::Number(Decimal::from(*value))),
        }
    }

    fn of_text(text: &str) -> Option<Self> {
        let trimmed = text.trim();
        // Some writers keep errors as texts.
        let error = trimmed.starts_with('#') && trimmed.ends_with(['!', '?', 'A']) && !trimmed.contains(' ');
        (!trimmed.is_empty()).then(|| if error { Self::Error(trimmed.to_owned()) } else { Self::Text(text.to_owned()) })
    }

    fn of_float(value: f64) -> Self {
        number::from_float(value).map_or_else(|| Self::Text(value.to_string()), Self::Number)
    }

    fn of_iso(text: &str) -> Self {
        let day = text.get(..10).and_then(|day| day.parse().ok());
        day.map_or_else(|| Self::Text(text.to_owned()), Self::Date)
    }

    fn of_date(value: &ExcelDateTime) -> Self {
        if !value.is_datetime() {
            return Self::of_float(value.as_f64());
        }
        let (year, month, day, ..) = value.to_ymd_hms_milli();
        let part = |n: u8| i8::try_from(n).unwrap_or(0);
        let date = i16::try_from(year).ok().and_then(|year| Date::new(year, part(month), part(day)).ok());
        date.map_or_else(|| Self::of_float(value.as_f64()), Self::Date)
    }
}

impl Cell {
    /// The cell as a text, for headers, names and messages.
    pub(crate) fn text(&self) -> String {
        match &self.content {
            Content::Bool(true) => "VRAI".to_owned(),
            Content::Bool(false) => "FAUX".to_owned(),
            Content::Date(date) => date.to_string(),
            Content::Error(text) => text.clone(),
            Content::Number(value) if self.percent => format!("{} %", (value * Decimal::ONE_HUNDRED).normalize()),
            Content::Number(value) => value.to_string(),
            Content::Text(text) => text.trim().to_owned(),
        }
    }

    /// Whether the cell says that there is nothing to say: `-`, `/`.
    pub(crate) fn is_dash(&self) -> bool {
        matches!(&self.content, Content::Text(text) if matches!(text.trim(), "-" | "/" | "\u{2013}" | "\u{2014}" | "\u{2212}"))
    }
}

/// What a cell says of an indicator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Figured {
    pub(crate) valeur: Valeur,
    /// Footnote marks.
    pub(crate) marks: String,
}

/// Why a cell says nothing that can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CellFault {
    /// 0.31 without a percent format, without a `%` sign and without declared scale.
    Ambiguous,
    /// `#N/A`.
    Error,
    /// Not a value of the unit.
    NotAValue,
    /// The scale says one thing and the cell another.
    ScaleContradiction,
    /// A `%` or `€` sign that the unit does not have.
    WrongUnit,
}

/// Reads the value of an indicator; `None` when the cell says nothing.
pub(crate) fn figured(cell: &Cell, unite: Unite, echelle: Option<Echelle>) -> Result<Option<Figured>, CellFault> {
    if cell.is_dash() {
        return Ok(None);
    }
    match &cell.content {
        Content::Bool(value) if unite == Unite::Binaire => {
            Ok(Some(plain(Valeur::Nombre(Decimal::from(u8::from(*value))))))
        }
        Content::Bool(_) | Content::Date(_) => Err(CellFault::NotAValue),
        Content::Error(_) => Err(CellFault::Error),
        Content::Number(value) => {
            number_in_unit(*value, cell.percent, unite, echelle).map(|v| Some(plain(Valeur::Nombre(v))))
        }
        Content::Text(text) => text_in_unit(text, unite, echelle).map(Some),
    }
}

fn plain(valeur: Valeur) -> Figured {
    Figured { valeur, marks: String::new() }
}

fn number_in_unit(value: Decimal, percent: bool, unite: Unite, echelle: Option<Echelle>) -> Result<Decimal, CellFault> {
    if !matches!(unite, Unite::Evolution | Unite::Pourcent) {
        return if percent { Err(CellFault::WrongUnit) } else { Ok(value) };
    }
    match (percent, echelle) {
        (true, Some(Echelle::Pourcent)) => Err(CellFault::ScaleContradiction),
        (true, _) | (false, Some(Echelle::Fraction)) => hundredfold(value),
        (false, Some(Echelle::Pourcent)) => Ok(value),
        (false, None) if value.is_zero() || value.abs() > Decimal::ONE => Ok(value),
        (false, None) => Err(CellFault::Ambiguous),
    }
}

fn hundredfold(value: Decimal) -> Result<Decimal, CellFault> {
    value.checked_mul(Decimal::ONE_HUNDRED).map(|value| value.normalize()).ok_or(CellFault::NotAValue)
}

fn text_in_unit(text: &str, unite: Unite, echelle: Option<Echelle>) -> Result<Figured, CellFault> {
    let (bare, marks) = number::split_marks(text);
    let word = normalised(bare).replace(['.', ' '], "");
    let valeur = match word.as_str() {
        "nc" | "nd" | "nr" | "noncommuniqué" | "noncommunique" | "nondisponible" | "nonrenseigné" | "nonrenseigne" => {
            Valeur::Absente
        }
        "so" | "sansobjet" | "nonconcerné" | "nonconcerne" => Valeur::SansObjet,
        "oui" | "x" if unite == Unite::Binaire => Valeur::Nombre(Decimal::ONE),
        "non" if unite == Unite::Binaire => Valeur::Nombre(Decimal::ZERO),
        other => match other.strip_prefix('<').and_then(|number| number.parse().ok()) {
            Some(threshold) => Valeur::Masquee(threshold),
            None => Valeur::Nombre(figure_in_unit(bare, unite, echelle)?),
        },
    };
    Ok(Figured { valeur, marks })
}

fn figure_in_unit(text: &str, unite: Unite, echelle: Option<Echelle>) -> Result<Decimal, CellFault> {
    let figure = number::parse(text).ok_or(CellFault::NotAValue)?;
    let percents = matches!(unite, Unite::Evolution | Unite::Pourcent);
    match figure.unit {
        Unit::Percent if percents => Ok(figure.value),
        Unit::Euro if unite == Unite::Eur => Ok(figure.value),
        Unit::None => number_in_unit(figure.value, false, unite, echelle),
        Unit::Euro | Unit::Percent => Err(CellFault::WrongUnit),
    }
}

/// Reads a mark: `X`, `oui`, `1`, `✓` against `non`, `0` and nothing; `Err` for anything else.
pub(crate) fn mark(cell: Option<&Cell>) -> Result<bool, ()> {
    let Some(cell) = cell.filter(|cell| !cell.is_dash()) else { return Ok(false) };
    match &cell.content {
        Content::Bool(value) => Ok(*value),
        Content::Number(value) if value.is_zero() => Ok(false),
        Content::Number(value) if *value == Decimal::ONE => Ok(true),
        Content::Text(text) => match normalised(number::split_marks(text).0).as_str() {
            "x" | "oui" | "o" | "1" | "vrai" | "✓" | "✔" | "☒" | "ciblé" | "cible" => Ok(true),
            "non" | "n" | "0" | "faux" | "☐" | "so" | "sans objet" | "" => Ok(false),
            _ => Err(()),
        },
        _ => Err(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(value: &str, percent: bool) -> Cell {
        Cell { content: Content::Number(value.parse().unwrap()), percent }
    }

    fn text(text: &str) -> Cell {
        Cell { content: Content::Text(text.to_owned()), percent: false }
    }

    fn value(cell: &Cell, unite: Unite, echelle: Option<Echelle>) -> Result<String, CellFault> {
        match figured(cell, unite, echelle)?.map(|figured| figured.valeur) {
            Some(Valeur::Nombre(value)) => Ok(value.to_string()),
            other => Ok(format!("{other:?}")),
        }
    }

    #[test]
    fn a_percent_is_read_however_it_is_written() {
        for (cell, echelle) in [
            (number("0.31", true), None),
            (number("31", false), None),
            (number("0.31", false), Some(Echelle::Fraction)),
            (number("31", false), Some(Echelle::Pourcent)),
            (text("31 %"), None),
            (text("31,0\u{a0}% *"), None),
            (text("0,31"), Some(Echelle::Fraction)),
        ] {
            assert_eq!(value(&cell, Unite::Pourcent, echelle).as_deref(), Ok("31"), "{cell:?}");
        }
    }

    #[test]
    fn a_scale_is_never_guessed() {
        for cell in [number("0.31", false), number("1", false), number("-0.5", false), text("0,31")] {
            assert_eq!(value(&cell, Unite::Pourcent, None), Err(CellFault::Ambiguous), "{cell:?}");
        }
        assert_eq!(value(&number("0", false), Unite::Pourcent, None).as_deref(), Ok("0"));
        let contradiction = value(&number("0.31", true), Unite::Pourcent, Some(Echelle::Pourcent));
        assert_eq!(contradiction, Err(CellFault::ScaleContradiction));
    }

    #[test]
    fn not_measured_not_applicable_and_masked_are_three_things() {
        for (cell, expected) in [
            ("NC", "Some(Absente)"),
            ("n.d.", "Some(Absente)"),
            ("SO", "Some(SansObjet)"),
            ("Sans objet", "Some(SansObjet)"),
            ("< 11", "Some(Masquee(11))"),
            ("-", "None"),
            ("/", "None"),
        ] {
            assert_eq!(value(&text(cell), Unite::Nombre, None).as_deref(), Ok(expected), "{cell}");
        }
    }

    #[test]
    fn a_sign_of_another_unit_is_refused() {
        assert_eq!(value(&text("31 %"), Unite::Eur, None), Err(CellFault::WrongUnit));
        assert_eq!(value(&text("31 €"), Unite::Pourcent, None), Err(CellFault::WrongUnit));
        assert_eq!(value(&number("0.31", true), Unite::Nombre, None), Err(CellFault::WrongUnit));
    }

    #[test]
    fn marks_are_read_and_doubts_are_told() {
        for yes in ["X", "x", "oui", "1", "✓"] {
            assert_eq!(mark(Some(&text(yes))), Ok(true), "{yes}");
        }
        for no in ["non", "-", "0"] {
            assert_eq!(mark(Some(&text(no))), Ok(false), "{no}");
        }
        assert_eq!(mark(None), Ok(false));
        assert_eq!(mark(Some(&text("peut-être"))), Err(()));
        assert_eq!(mark(Some(&number("2", false))), Err(()));
    }
}
