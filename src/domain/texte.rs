//! Texts that can be printed.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};
use unicode_normalization::UnicodeNormalization as _;

/// A text that can stand in a contract as it is: not empty, one line, no space at its ends, of bounded length, and made of
/// characters that the bundled fonts can draw (a test of the PDF writer holds the two together).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Texte(String);

/// Why a text cannot be printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TexteError {
    /// Nothing, or only spaces.
    #[error("the text is empty")]
    Empty,
    /// Longer than [`Texte::MAX_CHARS`].
    #[error("the text has {chars} characters, at most {} can be printed", Texte::MAX_CHARS)]
    TooLong {
        /// Its length in characters.
        chars: usize,
    },
    /// A character that cannot be printed: an emoji, a control character, another script.
    #[error("the character `{}` (U+{:04X}) cannot be printed", .0.escape_debug(), u32::from(*.0))]
    Unprintable(char),
}

impl Texte {
    /// The longest text that may stand in a table cell or a party's name.
    pub const MAX_CHARS: usize = 1_000;

    /// Checks a text. Runs of spaces and line breaks become one space; a letter and its accent become one character.
    ///
    /// # Errors
    /// When nothing is left, when it is too long, or when a character cannot be printed.
    pub fn new(text: &str) -> Result<Self, TexteError> {
        let text: String = text.nfc().collect();
        if let Some(bad) = text.chars().find(|c| !is_printable(*c)) {
            return Err(TexteError::Unprintable(bad));
        }
        let is_break = |c: char| matches!(c, ' ' | '\n' | '\r' | '\t');
        let words: Vec<&str> = text.split(is_break).filter(|word| !word.is_empty()).collect();
        let joined = words.join(" ");
        let text = joined.trim();
        let chars = text.chars().count();
        if chars == 0 {
            return Err(TexteError::Empty);
        }
        if chars > Self::MAX_CHARS {
            return Err(TexteError::TooLong { chars });
        }
        Ok(Self(text.to_owned()))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether a character can be printed: what French administrative texts use, and no more.
    #[must_use]
    pub const fn allows(c: char) -> bool {
        is_printable(c)
    }
}

impl fmt::Display for Texte {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Texte {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

const fn is_printable(c: char) -> bool {
    matches!(c,
        '\n' | '\r' | '\t'
        | ' '..='~'
        | '\u{a0}'..='\u{ac}' | '\u{ae}'..='\u{17f}' // Latin-1 without the soft hyphen, Latin Extended-A
        | '\u{391}'..='\u{3a1}' | '\u{3a3}'..='\u{3a9}' | '\u{3b1}'..='\u{3c9}' // Greek, for doses and drugs
        | '\u{2010}'..='\u{2015}' | '\u{2018}'..='\u{201a}' | '\u{201c}'..='\u{201e}'
        | '\u{2020}'..='\u{2022}' | '\u{2026}' | '\u{202f}' | '\u{2030}' | '\u{2039}' | '\u{203a}'
        | '€' | '№' | '™' | '\u{2212}' | '≈' | '≠' | '≤' | '≥')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_hospitals_pass() {
        for name in ["Centre hospitalier de L’Haÿ-lès-Bœufs", "CH A & B « Sud » *", "{{x}}", "<b>"] {
            assert_eq!(Texte::new(name).unwrap().as_str(), name);
        }
    }

    #[test]
    fn lines_are_joined() {
        assert_eq!(Texte::new(" Clinique\n  du\tParc\u{a0}").unwrap().as_str(), "Clinique du Parc");
    }

    #[test]
    fn a_letter_and_its_accent_are_one_character() {
        assert_eq!(Texte::new("E\u{301}cole de l'Hai\u{308}").unwrap(), Texte::new("École de l'Haï").unwrap());
    }

    #[test]
    fn what_cannot_be_printed_is_named() {
        assert_eq!(Texte::new("CH 🏥"), Err(TexteError::Unprintable('🏥')));
        assert_eq!(Texte::new("a\u{e000}"), Err(TexteError::Unprintable('\u{e000}')));
        assert_eq!(Texte::new("\u{202e}abc"), Err(TexteError::Unprintable('\u{202e}')));
        for blank in ["  ", "\u{a0}", " \u{202f}\n"] {
            assert_eq!(Texte::new(blank), Err(TexteError::Empty));
        }
        assert_eq!(Texte::new(&"a".repeat(3_000)), Err(TexteError::TooLong { chars: 3_000 }));
    }
}
