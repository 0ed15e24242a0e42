//! Where long strings that are no words may be cut.
//!
//! A note names files and digests, which nobody chose for their length: a SHA-512 is 128 characters without a space. The theme
//! lets a line end between two pieces of such a string and puts nothing there, so that what is copied is the string.

use serde_json::{Value, json};

/// A string without spaces that is shorter is left whole.
const LONG: usize = 20;
/// A piece that is longer is cut again.
const WHOLE: usize = 12;
/// Into parts of this length: eight digits of a digest can be compared at a glance.
const PIECE: usize = 8;

/// Cuts the long strings of every text below, each `text` becoming texts and `pieces`.
pub(super) fn cut(value: &mut Value) {
    match value {
        Value::Array(items) => {
            for item in std::mem::take(items) {
                match text_of(&item) {
                    Some(text) => items.extend(runs(text)),
                    None => items.push(item),
                }
            }
            items.iter_mut().for_each(cut);
        }
        Value::Object(fields) => fields.values_mut().for_each(cut),
        _ => {}
    }
}

fn text_of(item: &Value) -> Option<&str> {
    let is_text = item.get("inline").is_some_and(|kind| kind == "text");
    item.get("text").and_then(Value::as_str).filter(|_| is_text)
}

fn runs(text: &str) -> Vec<Value> {
    let mut runs = Vec::new();
    let mut plain = String::new();
    for word in text.split_inclusive(char::is_whitespace) {
        let bare = word.trim_end();
        if bare.chars().count() < LONG || bare.chars().all(is_of_words) {
            plain.push_str(word);
            continue;
        }
        if !plain.is_empty() {
            runs.push(json!({ "inline": "text", "text": std::mem::take(&mut plain) }));
        }
        runs.push(json!({ "inline": "pieces", "pieces": pieces(bare) }));
        plain.push_str(word.get(bare.len()..).unwrap_or_default());
    }
    if !plain.is_empty() || runs.is_empty() {
        runs.push(json!({ "inline": "text", "text": plain }));
    }
    runs
}

/// Letters, and what joins or follows words: such strings have their own places to be cut.
fn is_of_words(c: char) -> bool {
    c.is_alphabetic() || matches!(c, '’' | '-' | ',' | ';' | '.' | '(' | ')')
}

fn pieces(word: &str) -> Vec<String> {
    let mut pieces = Vec::new();
    for part in word.split_inclusive(|c: char| !c.is_alphanumeric()) {
        let letters: Vec<char> = part.chars().collect();
        let size = if letters.len() > WHOLE { PIECE } else { WHOLE };
        pieces.extend(letters.chunks(size).map(|piece| piece.iter().collect::<String>()));
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_and_file_names_are_cut_and_prose_is_not() {
        let digest = "0123456789abcdef".repeat(4);
        let mut value = json!({ "content": [
            { "inline": "text", "text": format!("Empreinte {digest} du fichier") },
            { "inline": "text", "text": "Scan_2022-07-01_CHValombre.pdf" },
            { "inline": "text", "text": "hospitalisation-anticonstitutionnelle, 1\u{202f}234\u{202f}567\u{202f}890\u{202f}123,00\u{a0}€" },
            { "inline": "text", "text": "" },
        ] });
        cut(&mut value);
        let content = value["content"].as_array().unwrap();
        assert_eq!(content[0], json!({ "inline": "text", "text": "Empreinte " }));
        assert_eq!(content[1]["pieces"].as_array().unwrap().len(), 8);
        assert_eq!(content[1]["pieces"][7], "89abcdef");
        assert_eq!(content[2], json!({ "inline": "text", "text": " du fichier" }));
        assert_eq!(content[3]["pieces"], json!(["Scan_", "2022-", "07-", "01_", "CHValombre.", "pdf"]));
        assert_eq!(content[4]["text"].as_str().map(|text| text.starts_with("hospitalisation-")), Some(true));
        assert_eq!((content.len(), &content[5]), (6, &json!({ "inline": "text", "text": "" })));
    }
}
