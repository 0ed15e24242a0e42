//! Where findings are gathered while a campaign is read.

use std::collections::BTreeSet;

use crate::diag::{Diagnostic, Origin};

/// Findings in the order they were met; sorted by place once, at the end.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    list: Vec<Diagnostic>,
}

/// A moment of the reading, to speak of what was found since.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Mark(usize);

impl Findings {
    pub(crate) fn push(&mut self, finding: Diagnostic) {
        self.list.push(finding);
    }

    pub(crate) fn mark(&self) -> Mark {
        Mark(self.list.len())
    }

    /// Whether an error was met since then.
    pub(crate) fn errors_since(&self, mark: Mark) -> bool {
        self.list.iter().skip(mark.0).any(Diagnostic::is_error)
    }

    /// Gives to a contract what was found since then and belongs to none yet.
    pub(crate) fn assign_since(&mut self, mark: Mark, contract: &str) {
        for finding in self.list.iter_mut().skip(mark.0).filter(|finding| finding.contract.is_none()) {
            finding.contract = Some(contract.to_owned());
        }
    }

    /// Gives to a contract what was found since then at a place, or below it.
    pub(crate) fn assign_place_since(&mut self, mark: Mark, place: &str, contract: &str) {
        let inside = |finding: &Diagnostic| match &finding.origin {
            Origin::Yaml { path, .. } => {
                path.strip_prefix(place).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
            }
            _ => false,
        };
        for finding in self.list.iter_mut().skip(mark.0).filter(|finding| inside(finding)) {
            finding.contract = Some(contract.to_owned());
        }
    }

    /// Whether an error concerns no contract in particular.
    pub(crate) fn common_errors(&self) -> bool {
        self.list.iter().any(|finding| finding.is_error() && finding.contract.is_none())
    }

    /// Whether an error concerns this contract.
    pub(crate) fn blocks(&self, contract: &str) -> bool {
        self.list.iter().any(|finding| finding.is_error() && finding.contract.as_deref() == Some(contract))
    }

    /// The contracts that an error concerns.
    pub(crate) fn blocked(&self) -> BTreeSet<&str> {
        self.list
            .iter()
            .filter(|finding| finding.is_error())
            .filter_map(|finding| finding.contract.as_deref())
            .collect()
    }

    /// All places, to locate them.
    pub(crate) fn origins_mut(&mut self) -> impl Iterator<Item = &mut Origin> {
        self.list.iter_mut().flat_map(|finding| {
            std::iter::once(&mut finding.origin).chain(finding.related.iter_mut().map(|related| &mut related.origin))
        })
    }

    /// The findings by file, then by place.
    pub(crate) fn sorted(mut self) -> Vec<Diagnostic> {
        self.list.sort_by(|a, b| place(&a.origin).cmp(&place(&b.origin)).then_with(|| a.code.name.cmp(b.code.name)));
        self.list.dedup();
        self.list
    }
}

/// Reading order of places: file, sheet, then line and column or row and column.
fn place(origin: &Origin) -> (&str, &str, (u64, u64), &str) {
    let inside = match origin {
        Origin::Cell { sheet, cell, .. } => (sheet.as_str(), cell_order(cell), ""),
        Origin::Event { number, .. } => ("", (*number, 0), ""),
        Origin::File { .. } => ("", (0, 0), ""),
        Origin::Sheet { sheet, .. } => (sheet.as_str(), (0, 0), ""),
        Origin::Template { line, column, .. } => ("", (u64::from(*line), u64::from(*column)), ""),
        Origin::Yaml { path, at, .. } => {
            ("", at.map_or((0, 0), |at| (u64::from(at.line), u64::from(at.column))), path.as_str())
        }
    };
    (origin.file_name(), inside.0, inside.1, inside.2)
}

/// Row, then column, of a cell's name.
fn cell_order(cell: &str) -> (u64, u64) {
    let letters = cell.bytes().take_while(u8::is_ascii_uppercase);
    let column = letters.fold(0, |column, letter| column * 26 + u64::from(letter - b'A') + 1);
    let row = cell.trim_start_matches(|c: char| c.is_ascii_uppercase()).parse().unwrap_or(0);
    (row, column)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::Code;

    const CODE: Code = Code::error("input/x", "x");

    #[test]
    fn findings_come_in_reading_order() {
        let mut findings = Findings::default();
        for cell in [(9, 0), (1, 27), (1, 3)] {
            findings.push(Diagnostic::new(&CODE, Origin::cell("b.xlsx", "F", cell.0, cell.1), "x"));
        }
        findings.push(Diagnostic::new(&CODE, Origin::file("a.yaml"), "x"));
        let places: Vec<String> = findings.sorted().iter().map(|finding| finding.origin.to_string()).collect();
        let cell = |name: &str| format!("b.xlsx, sheet `F`, cell {name}");
        assert_eq!(places, ["a.yaml".to_owned(), cell("D2"), cell("AB2"), cell("A10")]);
    }

    #[test]
    fn a_place_is_not_the_one_whose_name_it_begins() {
        let mut findings = Findings::default();
        findings.push(Diagnostic::new(&CODE, Origin::yaml("a.yaml", "etablissements[1].siret"), "x"));
        findings.push(Diagnostic::new(&CODE, Origin::yaml("a.yaml", "etablissements[10].siret"), "x"));
        findings.assign_place_since(Mark(0), "etablissements[1]", "c");
        assert!(findings.blocks("c"));
        assert!(findings.common_errors());
    }
}
