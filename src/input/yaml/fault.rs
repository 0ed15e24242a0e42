//! One error of the typed parser, in the words of the reader of a YAML file.

use super::{diags, names};
use crate::{
    diag::{Code, Diagnostic, LineColumn, Origin},
    input::locate::Places,
};

/// One error of the typed parser.
pub(super) enum Fault {
    /// A key that must be there.
    Missing(String),
    /// A key that nobody reads, with those that may stand there.
    Unknown(String, Vec<String>),
    /// A value of the wrong kind.
    WrongType { expected: String, found: String },
    /// A word that is none of the allowed ones.
    WrongWord(String, Vec<String>),
    /// Anything else.
    Other(String),
}

impl Fault {
    pub(super) fn of(message: &str) -> Self {
        let names = backticked(message);
        let first = names.first().cloned().unwrap_or_default();
        let rest = || names.iter().skip(1).cloned().collect();
        if message.starts_with("missing field") {
            Self::Missing(first)
        } else if message.starts_with("unknown field") {
            Self::Unknown(first, rest())
        } else if message.starts_with("unknown variant") {
            Self::WrongWord(first, rest())
        } else if let Some((found, expected)) = message
            .strip_prefix("invalid type: ")
            .or_else(|| message.strip_prefix("invalid value: "))
            .and_then(|rest| rest.split_once(", expected "))
        {
            Self::WrongType { expected: in_yaml_words(expected), found: in_yaml_words(found) }
        } else if message.contains("untagged enum DureeSource") {
            Self::WrongType { expected: "a number of years, or `indeterminee`".into(), found: "another value".into() }
        } else if message.contains("untagged enum EtablissementsSource") {
            let expected = "the name of a YAML file, or `fichier`, `feuille`, `entete` and `colonnes` of a workbook";
            Self::WrongType { expected: expected.into(), found: "another value".into() }
        } else {
            Self::Other(message.to_owned())
        }
    }

    /// The place of the mapping, for faults of a key; the place of the value for others.
    pub(super) fn without_key(&self, path: String) -> String {
        match self {
            Self::Unknown(key, _) if last_segment(&path) == key => {
                path.rsplit_once('.').map_or(String::new(), |(above, _)| above.to_owned())
            }
            _ => path,
        }
    }

    /// The key that was probably meant by one that nobody reads: it is no second fault that it is missing.
    pub(super) fn meant(&self) -> Option<&str> {
        match self {
            Self::Unknown(key, known) => names::closest(key, known.iter().map(String::as_str)),
            _ => None,
        }
    }

    /// What must be erased to read on.
    pub(super) fn target(&self, path: &str) -> String {
        match self {
            Self::Unknown(key, _) => join(path, key),
            _ => path.to_owned(),
        }
    }

    pub(super) fn finding(&self, file: &str, path: &str, at: Option<LineColumn>, places: &Places) -> Diagnostic {
        let origin = |path: &str| {
            let mut origin = Origin::yaml(file, path);
            places.locate(&mut origin);
            match &origin {
                Origin::Yaml { at: None, .. } => Origin::Yaml { file: file.to_owned(), path: path.to_owned(), at },
                _ => origin,
            }
        };
        let name = if path.is_empty() { file } else { path };
        let new = |code: &'static Code, path: &str, message: String| Diagnostic::new(code, origin(path), message);
        match self {
            Self::Missing(key) => new(&diags::YAML_MISSING_KEY, path, format!("`{key}` is missing in `{name}`"))
                .expected(format!("the key `{key}`"))
                .help(format!("add `{key}:`; `paraphe schema` describes every key")),
            Self::Unknown(key, known) => {
                new(&diags::YAML_UNKNOWN_KEY, &join(path, key), format!("nothing reads the key `{key}`"))
                    .found(format!("`{key}`"))
                    .expected(format!("one of {}", names::listed(known.iter().map(String::as_str))))
                    .help(names::did_you_mean(key, known.iter().map(String::as_str)))
            }
            Self::WrongType { expected, found } => {
                new(&diags::YAML_WRONG_TYPE, path, format!("`{name}` is not of the right kind"))
                    .expected(expected.clone())
                    .found(found.clone())
                    .help(match expected.as_str() {
                        "a text" => "write the value between quotes",
                        _ => "`paraphe schema` describes every key",
                    })
            }
            Self::WrongWord(word, known) => {
                new(&diags::YAML_UNKNOWN_WORD, path, format!("`{word}` is not a value of `{}`", last_segment(name)))
                    .found(format!("`{word}`"))
                    .expected(format!("one of {}", names::listed(known.iter().map(String::as_str))))
                    .help(names::did_you_mean(word, known.iter().map(String::as_str)))
            }
            Self::Other(message) => new(&diags::YAML_WRONG_TYPE, path, format!("`{name}` cannot be read"))
                .found(message.clone())
                .help("`paraphe schema` describes every key"),
        }
    }
}

fn backticked(message: &str) -> Vec<String> {
    message.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// The parser's words for kinds of values, as the reader of a YAML file says them.
fn in_yaml_words(words: &str) -> String {
    match words {
        "a string" => "a text".to_owned(),
        "a sequence" => "a list".to_owned(),
        "unit value" | "unit" => "nothing".to_owned(),
        "map" | "a map" => "keys and values".to_owned(),
        "sequence" => "a list".to_owned(),
        "a boolean" => "`true` or `false`".to_owned(),
        "f64" => "a number".to_owned(),
        "u8" | "u16" | "u32" | "u64" | "usize" | "i16" => "a whole number".to_owned(),
        other => match other.strip_prefix("struct ") {
            Some(_) => "keys and values".to_owned(),
            None => other.replace("string \"", "the text \""),
        },
    }
}

pub(super) fn last_segment(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or(path)
}

pub(super) fn join(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}
