//! Where a finding was seen, in the terms of the reader's own files.

use std::{collections::BTreeMap, fmt, sync::Arc};

use serde::Serialize;

/// A place. Files are named as the reader named them (relative to the campaign folder), never by a path of the machine.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Origin {
    /// A cell of a workbook.
    Cell {
        /// Workbook.
        file: String,
        /// Sheet.
        sheet: String,
        /// Cell in A1 notation.
        cell: String,
    },
    /// An event of a register.
    Event {
        /// Register.
        file: String,
        /// Number of the event, from 1.
        number: u64,
    },
    /// A whole file.
    File {
        /// File.
        file: String,
    },
    /// A sheet of a workbook.
    Sheet {
        /// Workbook.
        file: String,
        /// Sheet.
        sheet: String,
    },
    /// A place in a template.
    Template {
        /// Template.
        file: String,
        /// Line, from 1.
        line: u32,
        /// Column, from 1, in characters.
        column: u32,
    },
    /// A place in a YAML file.
    Yaml {
        /// File.
        file: String,
        /// Path from the root, `etablissements[3].finess_ej`; empty for the root.
        path: String,
        /// Line and column, from 1, once located.
        #[serde(flatten)]
        at: Option<LineColumn>,
    },
}

/// Where each field of an entry was read, by the field's name; shared by all that have the entry.
pub type FieldOrigins = Arc<BTreeMap<&'static str, Origin>>;

/// A position in a text, from 1, columns in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct LineColumn {
    /// Line.
    pub line: u32,
    /// Column.
    pub column: u32,
}

impl Origin {
    /// A cell, from its zero-based row and column.
    #[must_use]
    pub fn cell(file: &str, sheet: &str, row: u32, column: u32) -> Self {
        Self::Cell { file: file.to_owned(), sheet: sheet.to_owned(), cell: cell_name(row, column) }
    }

    /// An event of a register.
    #[must_use]
    pub fn event(file: impl Into<String>, number: u64) -> Self {
        Self::Event { file: file.into(), number }
    }

    /// A whole file.
    #[must_use]
    pub fn file(file: impl Into<String>) -> Self {
        Self::File { file: file.into() }
    }

    /// A YAML path whose line is not yet known.
    #[must_use]
    pub fn yaml(file: impl Into<String>, path: impl Into<String>) -> Self {
        Self::Yaml { file: file.into(), path: path.into(), at: None }
    }

    /// The place below this one, for places that have an inside (a YAML path); the place itself otherwise.
    #[must_use]
    pub fn child(&self, segment: &str) -> Self {
        match self {
            Self::Yaml { file, path, .. } => {
                let dot = if path.is_empty() || segment.starts_with('[') { "" } else { "." };
                Self::yaml(file.clone(), format!("{path}{dot}{segment}"))
            }
            other => other.clone(),
        }
    }

    /// The file the place is in.
    #[must_use]
    pub fn file_name(&self) -> &str {
        match self {
            Self::Cell { file, .. }
            | Self::Event { file, .. }
            | Self::File { file }
            | Self::Sheet { file, .. }
            | Self::Template { file, .. }
            | Self::Yaml { file, .. } => file,
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cell { file, sheet, cell } => write!(f, "{file}, sheet `{sheet}`, cell {cell}"),
            Self::Event { file, number } => write!(f, "{file}, event {number}"),
            Self::File { file } => f.write_str(file),
            Self::Sheet { file, sheet } => write!(f, "{file}, sheet `{sheet}`"),
            Self::Template { file, line, column } => write!(f, "{file}:{line}:{column}"),
            Self::Yaml { file, path, at } => {
                f.write_str(file)?;
                if let Some(at) = at {
                    write!(f, ":{}:{}", at.line, at.column)?;
                }
                if path.is_empty() { Ok(()) } else { write!(f, " ({path})") }
            }
        }
    }
}

/// Names a cell in A1 notation from its zero-based row and column.
#[must_use]
pub fn cell_name(row: u32, column: u32) -> String {
    let mut letters = Vec::new();
    let mut rest = u64::from(column) + 1;
    while rest > 0 {
        let digit = u8::try_from((rest - 1) % 26).unwrap_or(0);
        letters.push(char::from(b'A' + digit));
        rest = (rest - 1) / 26;
    }
    letters.iter().rev().collect::<String>() + &(u64::from(row) + 1).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_named_as_spreadsheets_name_them() {
        assert_eq!(cell_name(0, 0), "A1");
        assert_eq!(cell_name(11, 25), "Z12");
        assert_eq!(cell_name(0, 26), "AA1");
        assert_eq!(cell_name(1_048_575, 16_383), "XFD1048576");
    }

    #[test]
    fn a_yaml_place_has_an_inside_and_a_cell_has_none() {
        let list = Origin::yaml("etablissements.yaml", "etablissements");
        assert_eq!(list.child("[3]").child("nom").to_string(), "etablissements.yaml (etablissements[3].nom)");
        let cell = Origin::cell("a.xlsx", "F", 0, 0);
        assert_eq!(cell.child("nom"), cell);
    }
}
