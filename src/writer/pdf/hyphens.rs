//! Where long words with an elision may be cut.
//!
//! Typst hyphenates words made of letters only: « l’établissement » is not one, and in a narrow column it would cross the rule.
//! Soft hyphens are put into such words, and nowhere else: they come out again when text is searched or copied.
//!
//! The names of columns, and all cells of narrow columns, are never hyphenated by Typst, which cuts « réfé-rence » where the whole
//! word would fit on the next line; the words among them that fit on no line get soft hyphens too.

use hypher::Lang;
use serde_json::{Map, Value};

use super::sheet::SHEET;

/// What a column loses to the padding of its cells, in points.
const PADDING: f64 = 9.1;

/// What a letter takes, in points: 0.56 of the 8.5 points of a table, the mean of the bold letters of French.
const LETTER: f64 = 4.8;

/// A column that has room for less, in points, is narrow: « communiqué » fits, a line of prose does not.
const NARROW: f64 = 85.0;

/// Puts soft hyphens into the words of a table that are wider than their columns, and marks the narrow columns.
pub(super) fn soften(table: &mut Map<String, Value>) {
    let parts = |column: &Value| column.get("parts").and_then(Value::as_f64).unwrap_or(1.0);
    let Some(shares) = table.get("columns").and_then(Value::as_array) else { return };
    let shares: Vec<f64> = shares.iter().map(parts).collect();
    let total: f64 = shares.iter().sum();
    let rooms: Vec<f64> = shares.iter().map(|share| SHEET.body.width.pt() * share / total - PADDING).collect();
    let columns = table.get_mut("columns").and_then(Value::as_array_mut).into_iter().flatten();
    for (column, room) in columns.filter_map(Value::as_object_mut).zip(&rooms) {
        column.insert("narrow".to_owned(), (*room < NARROW).into());
    }
    let soften_row = |row: &mut Value, is_header: bool| {
        for (cell, room) in row.as_array_mut().into_iter().flatten().zip(&rooms) {
            soften_texts(cell, *room, if is_header || *room < NARROW { Words::All } else { Words::Elided });
        }
    };
    if let Some(header) = table.get_mut("header") {
        soften_row(header, true);
    }
    let rows = table.get_mut("rows").and_then(Value::as_array_mut);
    rows.into_iter().flatten().for_each(|row| soften_row(row, false));
}

/// Which words get soft hyphens when they are too wide.
#[derive(Clone, Copy, PartialEq)]
enum Words {
    All,
    Elided,
}

fn soften_texts(value: &mut Value, room: f64, words: Words) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| soften_texts(item, room, words)),
        Value::Object(fields) => {
            for (name, value) in fields.iter_mut() {
                match value {
                    Value::String(text) if name == "text" => *text = softened(text, room, words),
                    other => soften_texts(other, room, words),
                }
            }
        }
        _ => {}
    }
}

fn softened(text: &str, room: f64, words: Words) -> String {
    let parts = text.split_inclusive(|c: char| !c.is_alphabetic() && c != '’');
    parts.map(|word| softened_word(word, room, words)).collect()
}

/// A word and what ends it.
fn softened_word(word: &str, room: f64, words: Words) -> String {
    let width: f64 = word.chars().map(|_| LETTER).sum();
    match word.split_once('’') {
        Some((article, rest)) if width > room && !rest.contains('’') => {
            format!("{article}’{}", hyphenated(rest))
        }
        None if width > room && words == Words::All => hyphenated(word),
        _ => word.to_owned(),
    }
}

fn hyphenated(word: &str) -> String {
    let letters = word.trim_end_matches(|c: char| !c.is_alphabetic());
    let end = word.get(letters.len()..).unwrap_or_default();
    format!("{}{end}", hypher::hyphenate(letters, Lang::French).join("\u{ad}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_words_with_an_elision_that_are_too_wide_are_softened() {
        let soft = "l’éta\u{ad}blis\u{ad}se\u{ad}ment, d’hos\u{ad}pi\u{ad}ta\u{ad}li\u{ad}sa\u{ad}tion";
        assert_eq!(softened("l’établissement, d’hospitalisation", 50.0, Words::Elided), soft);
        for words in [Words::All, Words::Elided] {
            let wide = softened("l’établissement, d’hospitalisation", 90.0, words);
            assert_eq!(wide, "l’établissement, d’hospitalisation");
        }
        for kept in ["établissements", "l’accord", "art. L.\u{a0}162-30-2", "n’l’importe", ""] {
            assert_eq!(softened(kept, 50.0, Words::Elided), kept);
        }
    }

    #[test]
    fn in_the_name_of_a_column_any_word_that_is_too_wide_is_softened() {
        assert_eq!(softened("Auto-évaluation (part)", 40.0, Words::All), "Auto-éva\u{ad}lua\u{ad}tion (part)");
        assert_eq!(softened("Valeur de référence", 50.0, Words::All), "Valeur de référence");
    }
}
