//! Data printed by a template can never be markup, and what was printed stays known.

/// First and last of the characters around each value in the merged text; they are taken off before the markup is read.
pub(super) const VALUE: (char, char) = ('\u{e002}', '\u{e003}');

/// Escapes a value for Djot, between the characters that say where it stands: a backslash before every ASCII punctuation mark,
/// a space for every line break. Characters for private use, which no text may contain, are left out: a value cannot say that
/// it stands somewhere else.
pub(super) fn escape(value: &str) -> String {
    let mut out = String::with_capacity(value.len() + 14);
    out.push(VALUE.0);
    for c in value.chars() {
        match c {
            '\n' | '\r' | '\t' => out.push(' '),
            '\u{e000}'..='\u{f8ff}' => {}
            c if c.is_ascii_punctuation() => out.extend(['\\', c]),
            c => out.push(c),
        }
    }
    out.push(VALUE.1);
    out
}
