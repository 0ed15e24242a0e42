//! Figures as French administrations write them.

use std::str::FromStr;

use rust_decimal::Decimal;

/// A figure read from a text: `- 2,6%`, `1 234,56 €`, `10 M€`, `4,1 % *`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Figure {
    /// The value as written, multipliers (`k€`, `M€`) applied.
    pub(crate) value: Decimal,
    /// The sign that follows it.
    pub(crate) unit: Unit,
    /// Footnote marks that follow it (`*`, `**`).
    pub(crate) marks: String,
}

/// The sign after a figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit {
    /// `€`, `k€`, `M€`.
    Euro,
    /// Nothing.
    None,
    /// `%`.
    Percent,
}

/// Reads a figure; `None` when the text is not one, or can be read in two ways (`1.234`).
pub(crate) fn parse(text: &str) -> Option<Figure> {
    let (text, marks) = split_marks(text);
    let (number, unit, factor) = split_unit(text);
    let (negative, digits) = split_sign(number);
    let mut value = decimal(digits)?.checked_mul(Decimal::from(factor))?;
    value.set_sign_negative(negative && !value.is_zero());
    Some(Figure { value: value.normalize(), unit, marks })
}

/// The text without the footnote marks at its end, and the marks.
pub(crate) fn split_marks(text: &str) -> (&str, String) {
    let trimmed = text.trim();
    let bare = trimmed.trim_end_matches(|c: char| c == '*' || c.is_whitespace());
    let marks = trimmed.get(bare.len()..).unwrap_or_default().chars().filter(|c| *c == '*').collect();
    (bare, marks)
}

/// The decimal that a spreadsheet shows for a binary number: 15 significant digits.
pub(crate) fn from_float(value: f64) -> Option<Decimal> {
    if !value.is_finite() || value.abs() >= 1e15 {
        return None;
    }
    Decimal::from_scientific(&format!("{value:.14e}")).ok().map(|decimal| decimal.normalize())
}

fn split_unit(text: &str) -> (&str, Unit, u32) {
    let strip = |suffix: &str| text.strip_suffix(suffix).map(str::trim_end);
    if let Some(number) = strip("%") {
        return (number, Unit::Percent, 1);
    }
    for (suffix, factor) in [("Md€", 1_000_000_000), ("M€", 1_000_000), ("k€", 1_000), ("K€", 1_000), ("€", 1)]
    {
        if let Some(number) = strip(suffix) {
            return (number, Unit::Euro, factor);
        }
    }
    (text, Unit::None, 1)
}

fn split_sign(number: &str) -> (bool, &str) {
    let number = number.trim();
    match number.strip_prefix(['-', '\u{2212}', '\u{2013}']) {
        Some(rest) => (true, rest.trim_start()),
        None => (false, number.strip_prefix('+').map_or(number, str::trim_start)),
    }
}

/// Digits in groups of three or not at all, then a comma (or a point) and decimals.
fn decimal(text: &str) -> Option<Decimal> {
    let (whole, decimals) = match text.split_once([',', '.']) {
        Some((whole, decimals)) => (whole, Some(decimals)),
        None => (text, None),
    };
    // `1.234` is a thousand for some and one and a bit for others.
    if text.contains('.') && decimals.is_some_and(|decimals| decimals.len() == 3) && whole != "0" {
        return None;
    }
    if decimals.is_some_and(|decimals| decimals.is_empty() || !all_digits(decimals)) {
        return None;
    }
    let groups: Vec<&str> = whole.split(char::is_whitespace).collect();
    let (first, rest) = groups.split_first()?;
    let grouped = rest.is_empty() || first.len() <= 3;
    if first.is_empty() || !grouped || !all_digits(first) || rest.iter().any(|g| g.len() != 3 || !all_digits(g)) {
        return None;
    }
    Decimal::from_str(&format!("{}.{}", groups.concat(), decimals.unwrap_or("0"))).ok()
}

fn all_digits(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (String, Unit, String) {
        let figure = parse(text).unwrap_or_else(|| panic!("{text}"));
        (figure.value.to_string(), figure.unit, figure.marks)
    }

    #[test]
    fn spacings_of_the_seed_documents_are_read() {
        for (text, value) in [
            ("31 %", "31"),
            ("31,0%", "31"),
            ("5,11\u{a0}%", "5.11"),
            ("- 2,6%", "-2.6"),
            ("+ 5,4%", "5.4"),
            ("\u{2212}0,7\u{202f}%", "-0.7"),
            ("4,1 % *", "4.1"),
        ] {
            assert_eq!((read(text).0.as_str(), read(text).1), (value, Unit::Percent), "{text}");
        }
        assert_eq!(read("4,1 % **").2, "**");
    }

    #[test]
    fn amounts_are_read_with_their_multiplier() {
        for (text, value) in
            [("200 000 €", "200000"), ("10 M€", "10000000"), ("1,5 k€", "1500"), ("1\u{202f}234,56 €", "1234.56")]
        {
            assert_eq!((read(text).0.as_str(), read(text).1), (value, Unit::Euro), "{text}");
        }
    }

    #[test]
    fn what_is_not_a_figure_or_not_one_only_is_refused() {
        for text in
            ["", "NC", "1 sur 2", "3 1", "12 34", "1.234", "1,2,3", "--1", "31 % env.", "1e3", "0x10", ",5", "5,", "%"]
        {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn binary_numbers_become_what_the_spreadsheet_shows() {
        assert_eq!(from_float(0.1 + 0.2).unwrap().to_string(), "0.3");
        assert_eq!(from_float(0.622).unwrap().to_string(), "0.622");
        assert_eq!(from_float(960_000_016.0).unwrap().to_string(), "960000016");
        assert_eq!(from_float(f64::NAN), None);
    }
}
