//! The table of a sheet: header rows, columns by name, rows of établissements told from totals, titles and footnotes.

use std::collections::{BTreeMap, BTreeSet};

use super::{Content, Sheet};
use crate::{
    diag::{Diagnostic, Origin},
    input::{diags, findings::Findings, names, sources::EnteteSource},
};

/// A sheet, with its header read.
pub(crate) struct Table<'a> {
    pub(crate) sheet: &'a Sheet,
    /// Normalised name → its columns, with the name as written.
    columns: BTreeMap<String, (String, Vec<u32>)>,
    /// First row under the header.
    first: u32,
    /// Footnotes below the table, by mark.
    footnotes: BTreeMap<String, String>,
    /// Rows of footnotes.
    footnote_rows: BTreeSet<u32>,
}

/// What a row is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum RowKind {
    /// A row of the table.
    Body,
    /// A title, a footnote, the header again.
    Furniture,
    /// A total, named by its label.
    Total(String),
}

impl<'a> Table<'a> {
    /// Reads the header of a sheet.
    pub(crate) fn new(sheet: &'a Sheet, entete: EnteteSource, findings: &mut Findings) -> Option<Self> {
        let (Some(first), true) = (entete.premiere.checked_sub(1), entete.derniere >= entete.premiere) else {
            findings.push(
                Diagnostic::new(&diags::HEADER_ROWS, sheet.whole(), "the header rows are not rows of a sheet")
                    .expected("`premiere` from 1 on, and `derniere` not before it")
                    .found(format!("`premiere: {}`, `derniere: {}`", entete.premiere, entete.derniere))
                    .help("give the numbers that the spreadsheet shows in its margin"),
            );
            return None;
        };
        let rows = first..entete.derniere.min(first.saturating_add(10));
        let mut columns: BTreeMap<String, (String, Vec<u32>)> = BTreeMap::new();
        for column in 0..=sheet.last_column() {
            let name = header(sheet, rows.clone(), column);
            if !name.is_empty() {
                columns.entry(names::normalised(&name)).or_insert_with(|| (name, Vec::new())).1.push(column);
            }
        }
        let mut table =
            Self { sheet, columns, first: entete.derniere, footnotes: BTreeMap::new(), footnote_rows: BTreeSet::new() };
        table.read_footnotes();
        Some(table)
    }

    /// The column of a name; a finding when there is none, or more than one. `named` is where the campaign names it.
    pub(crate) fn column(&self, name: &str, named: &Origin, findings: &mut Findings) -> Option<u32> {
        let Some((_, columns)) = self.columns.get(&names::normalised(name)) else {
            let known: Vec<&str> = self.columns.values().map(|(name, _)| name.as_str()).collect();
            findings.push(
                Diagnostic::new(&diags::COLUMN_MISSING, self.sheet.whole(), format!("no column is called `{name}`"))
                    .expected(format!("a header `{name}` just above row {}", self.first + 1))
                    .related(named.clone(), "named here")
                    .found(if known.is_empty() {
                        "no header at all".to_owned()
                    } else {
                        names::listed(known.iter().copied())
                    })
                    .help(match names::closest(name, known.iter().copied()) {
                        Some(other) => format!("did you mean `{other}`? Correct `campagne.yaml`"),
                        None => "correct the name or the header rows (`entete`) in `campagne.yaml`".to_owned(),
                    }),
            );
            return None;
        };
        let header = self.first.saturating_sub(1);
        match columns.as_slice() {
            [column] => Some(*column),
            [first, second, ..] => {
                findings.push(
                    Diagnostic::new(
                        &diags::COLUMN_TWICE,
                        self.sheet.origin(header, *second),
                        format!("two columns are called `{name}`"),
                    )
                    .related(self.sheet.origin(header, *first), "the first one")
                    .related(named.clone(), "named here")
                    .help("rename one of them, or give both header rows so that the upper title tells them apart"),
                );
                None
            }
            [] => None,
        }
    }

    /// The rows under the header that hold something.
    pub(crate) fn rows(&self) -> Vec<u32> {
        self.sheet.rows_from(self.first)
    }

    /// What a row is that has no FINESS of its own.
    pub(crate) fn kind(&self, row: u32) -> RowKind {
        let texts: Vec<(u32, String)> = self.sheet.row(row).map(|(column, cell)| (column, cell.text())).collect();
        if self.footnote_rows.contains(&row) || self.is_header_again(&texts) {
            return RowKind::Furniture;
        }
        let label = self.sheet.row(row).find_map(|(_, cell)| match &cell.content {
            Content::Text(text) => Some(text.trim().to_owned()),
            _ => None,
        });
        match label {
            // A lone text is a title, even `Département 96`.
            Some(_) if texts.len() == 1 => RowKind::Furniture,
            Some(label) if is_total(&label) => RowKind::Total(label),
            _ if texts.iter().all(|(_, text)| text.is_empty()) => RowKind::Furniture,
            _ => RowKind::Body,
        }
    }

    /// The text of a footnote mark.
    pub(crate) fn footnote(&self, marks: &str) -> Option<&str> {
        self.footnotes.get(marks).map(String::as_str)
    }

    /// Tells the rows and columns that are read although hidden.
    pub(crate) fn warn_hidden(&self, columns: &BTreeSet<u32>, findings: &mut Findings) {
        let told = "they are read all the same: show them, or remove them, so that everybody sees what the contracts are made of";
        let rows: Vec<u32> = self.rows().into_iter().filter(|row| self.sheet.hidden_rows.contains(row)).collect();
        if let Some(first) = rows.first() {
            let origin = self.sheet.origin(*first, 0);
            let count =
                if rows.len() == 1 { "a row is hidden".into() } else { format!("{} rows are hidden", rows.len()) };
            let list: Vec<String> = rows.iter().take(20).map(|row| (row + 1).to_string()).collect();
            findings.push(
                Diagnostic::new(&diags::HIDDEN_ROW, origin, count)
                    .found(format!("rows {}", list.join(", ")))
                    .help(told),
            );
        }
        for column in columns.intersection(&self.sheet.hidden_columns) {
            let origin = self.sheet.origin(self.first.saturating_sub(1), *column);
            findings.push(Diagnostic::new(&diags::HIDDEN_COLUMN, origin, "a column that is read is hidden").help(told));
        }
    }

    fn read_footnotes(&mut self) {
        for row in self.rows() {
            let Some((_, cell)) = self.sheet.row(row).next() else { continue };
            let text = cell.text();
            let marks: String = text.chars().take_while(|c| *c == '*').collect();
            if !marks.is_empty() {
                let note = text.trim_start_matches('*').trim().to_owned();
                self.footnotes.insert(marks, note);
                self.footnote_rows.insert(row);
            }
        }
    }

    fn is_header_again(&self, texts: &[(u32, String)]) -> bool {
        let is_header = |(column, text): &&(u32, String)| {
            let text = names::normalised(text);
            let same = |name: &String| *name == text || name.split(" / ").any(|part| part == text);
            !text.is_empty() && self.columns.iter().any(|(name, (_, columns))| columns.contains(column) && same(name))
        };
        !texts.is_empty() && texts.iter().filter(is_header).count() * 2 > texts.len()
    }
}

/// The name of a column: the titles of its header rows, from top to bottom; cells merged downwards count once.
fn header(sheet: &Sheet, rows: std::ops::Range<u32>, column: u32) -> String {
    let mut seen = BTreeSet::new();
    let mut parts = Vec::new();
    for row in rows {
        let anchor = sheet.anchor(row, column);
        let text = sheet.text(row, column).split_whitespace().collect::<Vec<_>>().join(" ");
        if seen.insert(anchor) && !text.is_empty() {
            parts.push(text);
        }
    }
    parts.join(" / ")
}

/// Whether a label is that of a total.
fn is_total(label: &str) -> bool {
    let label = names::normalised(label);
    let words = [
        "total",
        "sous-total",
        "sous total",
        "s/total",
        "région",
        "region",
        "département",
        "departement",
        "ensemble",
        "moyenne",
        "médiane",
        "mediane",
        "national",
        "france",
    ];
    words.iter().any(|word| {
        label.strip_prefix(word).is_some_and(|rest| rest.is_empty() || !rest.starts_with(char::is_alphabetic))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn totals_are_known_by_their_label() {
        for label in ["Total", "TOTAL GÉNÉRAL", "Sous-total 96", "Région", "Département 96", "Ensemble de la région"]
        {
            assert!(is_total(label), "{label}");
        }
        for label in ["Totalis clinique", "Clinique de la Région", "Centre hospitalier"] {
            assert!(!is_total(label), "{label}");
        }
    }
}
