//! Where long words with an elision may be cut.
//!
//! Typst hyphenates words made of letters only: « l’établissement » is not one, and in a narrow column it would cross the rule.
//! Soft hyphens are put into such words, and nowhere else: they come out again when text is searched or copied.

use hypher::Lang;
use serde_json::{Map, Value};

use super::sheet::SHEET;

/// What a column loses to the padding of its cells, in points.
const PADDING: f64 = 9.1;

/// What a letter takes, in points: 0.56 of the 8.5 points of a table, the mean of the bold letters of French.
const LETTER: f64 = 4.8;

/// Puts soft hyphens into the words of a table that are wider than their columns.
pub(super) fn soften(table: &mut Map<String, Value>) {
    let parts = |column: &Value| column.get("parts").and_then(Value::as_f64).unwrap_or(1.0);
    let Some(shares) = table.get("columns").and_then(Value::as_array) else { return };
    let shares: Vec<f64> = shares.iter().map(parts).collect();
    let total: f64 = shares.iter().sum();
    let rooms: Vec<f64> = shares.iter().map(|share| SHEET.body.width.pt() * share / total - PADDING).collect();
    let soften_row = |row: &mut Value| {
        for (cell, room) in row.as_array_mut().into_iter().flatten().zip(&rooms) {
            soften_texts(cell, *room);
        }
    };
    if let Some(header) = table.get_mut("header") {
        soften_row(header);
    }
    table.get_mut("rows").and_then(Value::as_array_mut).into_iter().flatten().for_each(soften_row);
}

fn soften_texts(value: &mut Value, room: f64) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| soften_texts(item, room)),
        Value::Object(fields) => {
            for (name, value) in fields.iter_mut() {
                match value {
                    Value::String(text) if name == "text" => *text = softened(text, room),
                    other => soften_texts(other, room),
                }
            }
        }
        _ => {}
    }
}

fn softened(text: &str, room: f64) -> String {
    text.split_inclusive(|c: char| !c.is_alphabetic() && c != '’').map(|word| softened_word(word, room)).collect()
}

/// A word and what ends it.
fn softened_word(word: &str, room: f64) -> String {
    let width: f64 = word.chars().map(|_| LETTER).sum();
    match word.split_once('’') {
        Some((article, rest)) if width > room && !rest.contains('’') => {
            let letters = rest.trim_end_matches(|c: char| !c.is_alphabetic());
            let end = rest.get(letters.len()..).unwrap_or_default();
            format!("{article}’{}{end}", hypher::hyphenate(letters, Lang::French).join("\u{ad}"))
        }
        _ => word.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_words_with_an_elision_that_are_too_wide_are_softened() {
        let soft = "l’éta\u{ad}blis\u{ad}se\u{ad}ment, d’hos\u{ad}pi\u{ad}ta\u{ad}li\u{ad}sa\u{ad}tion";
        assert_eq!(softened("l’établissement, d’hospitalisation", 50.0), soft);
        assert_eq!(softened("l’établissement, d’hospitalisation", 90.0), "l’établissement, d’hospitalisation");
        for kept in ["établissements", "l’accord", "art. L.\u{a0}162-30-2", "n’l’importe", ""] {
            assert_eq!(softened(kept, 50.0), kept);
        }
    }
}
