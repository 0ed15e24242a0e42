//! What changed from one version to the next, for people: each change once, with its cause.

use std::collections::BTreeMap;

use serde::Serialize;
use similar::{Algorithm, DiffOp, capture_diff_slices};

use super::{
    Clause, ClauseKind, Part, Provenance, Text, Value,
    align::{self, Pair},
};
use crate::diag::Origin;

/// A place in a contract, and its page in both versions where known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Spot {
    /// « Annexe 1, tableau 4, ligne 2 (IPP), colonne « Cible 2024 » ».
    pub place: String,
    /// Page of the old version.
    pub old_page: Option<u16>,
    /// Page of the new version.
    pub page: Option<u16>,
}

/// What was added or removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum What {
    /// A column of a table.
    Column,
    /// A paragraph.
    Paragraph,
    /// A heading and all that is under it: an article, a volet, an annexe.
    Part,
    /// A row of a table.
    Row,
    /// A signature box.
    Signature,
    /// A whole table.
    Table,
}

/// One change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "change", rename_all = "kebab-case")]
pub enum Change {
    /// Something is new.
    Added(Piece),
    /// The words of a clause are others: the template says it otherwise, or a condition of it is met otherwise.
    Clause {
        /// Where.
        spot: Spot,
        /// What it said.
        old: String,
        /// What it says.
        new: String,
        /// Its line in the old template.
        old_template: Origin,
        /// Its line in the new template.
        template: Origin,
        /// Where the values it prints now and did not print were read.
        sources: Vec<Origin>,
    },
    /// Something is no more.
    Removed(Piece),
    /// Headings or tables have other numbers, and the references to them follow.
    Renumbered {
        /// Old and new labels.
        labels: Vec<(String, String)>,
    },
    /// A value is another.
    Value {
        /// As it was printed.
        old: String,
        /// As it is printed.
        new: String,
        /// Its names in the data.
        paths: Vec<String>,
        /// Where it was read.
        old_sources: Vec<Origin>,
        /// Where it is read.
        sources: Vec<Origin>,
        /// Where it is printed.
        spots: Vec<Spot>,
    },
}

/// What was added or removed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Piece {
    /// What it is.
    pub what: What,
    /// Where it is, in the version that has it.
    pub spot: Spot,
    /// What it says; of a part or a table, its title.
    pub text: String,
    /// How many clauses it has.
    pub clauses: usize,
    /// Its line in the template.
    pub template: Origin,
    /// Where its values were read.
    pub sources: Vec<Origin>,
}

/// What changed from one version to another, in reading order.
#[must_use]
pub fn changes(old: &Provenance, new: &Provenance) -> Vec<Change> {
    let pairs = align::align(&old.clauses, &new.clauses);
    let mut comparison = Comparison { old, new, columns: BTreeMap::new(), labels: Vec::new(), changes: Vec::new() };
    let mut rest = pairs.as_slice();
    let mut last: Option<&Pair> = None;
    while let Some((pair, after)) = rest.split_first() {
        let beside = [last, after.first()].into_iter().flatten().any(Pair::is_alone);
        last = Some(pair);
        rest = match (
            pair.old.and_then(|index| old.clauses.get(index)),
            pair.new.and_then(|index| new.clauses.get(index)),
        ) {
            (Some(before), Some(now)) => {
                comparison.pair(before, now, beside);
                after
            }
            (Some(clause), None) => comparison.piece(clause, after, |pair| pair.old, old, false),
            (None, Some(clause)) => comparison.piece(clause, after, |pair| pair.new, new, true),
            (None, None) => after,
        };
    }
    let Comparison { labels, mut changes, .. } = comparison;
    if !labels.is_empty() {
        changes.push(Change::Renumbered { labels });
    }
    changes
}

struct Comparison<'p> {
    old: &'p Provenance,
    new: &'p Provenance,
    /// For each table of the new version whose columns changed: the old and new number of each column that both have.
    columns: BTreeMap<usize, Vec<(usize, usize)>>,
    labels: Vec<(String, String)>,
    changes: Vec<Change>,
}

impl<'p> Comparison<'p> {
    /// A clause of both versions; `beside` says whether one of its neighbours is of one version only.
    fn pair(&mut self, old: &'p Clause, new: &'p Clause, beside: bool) {
        // The item before the last of a list ends with another sign than the last.
        let body =
            |clause: &Clause| clause.plain().trim_end_matches([' ', '\u{a0}', '\u{202f}', ';', '.', ',']).to_owned();
        if beside && old.kind == ClauseKind::Paragraph && body(old) == body(new) {
            return;
        }
        if old.label != new.label {
            self.labels.push((old.label.clone(), new.label.clone()));
        }
        if new.kind == ClauseKind::Header && old.texts.len() != new.texts.len() {
            self.header(old, new);
            return;
        }
        match self.columns.get(&new.block).filter(|_| new.kind == ClauseKind::Row).cloned() {
            Some(columns) => columns.into_iter().for_each(|(before, now)| self.text(old, before, new, now)),
            None if old.texts.len() == new.texts.len() => {
                (0..new.texts.len()).for_each(|index| self.text(old, index, new, index));
            }
            None => self.reworded(old, new, &old.plain(), &new.plain(), new.place.clone(), new.values()),
        }
    }

    /// A text of both versions.
    fn text(&mut self, old: &'p Clause, before: usize, new: &'p Clause, now: usize) {
        let (Some(was), Some(is)) = (old.texts.get(before), new.texts.get(now)) else { return };
        if was == is {
            return;
        }
        let place = self.new.place(new, now);
        if !same_words(was, is) {
            let added = is.values().filter(|value| !was.values().any(|old| old.text == value.text));
            self.reworded(old, new, &was.plain(), &is.plain(), place, added);
            return;
        }
        for (was, is) in was.values().zip(is.values()).filter(|(was, is)| was.text != is.text) {
            let spot = Spot { place: place.clone(), old_page: old.page, page: new.page };
            self.value(was, is, spot);
        }
    }

    fn reworded(
        &mut self,
        old: &Clause,
        new: &Clause,
        was: &str,
        is: &str,
        place: String,
        values: impl Iterator<Item = &'p Value>,
    ) {
        self.changes.push(Change::Clause {
            spot: Spot { place, old_page: old.page, page: new.page },
            old: was.to_owned(),
            new: is.to_owned(),
            old_template: old.template.clone(),
            template: new.template.clone(),
            sources: sources(values),
        });
    }

    /// One value is often printed at several places: one change.
    fn value(&mut self, was: &Value, is: &Value, spot: Spot) {
        for change in &mut self.changes {
            if let Change::Value { old, new, paths, old_sources, sources, spots } = change
                && *old == was.text
                && *new == is.text
                && *sources == is.sources
                && *old_sources == was.sources
                && (!is.sources.is_empty() || *paths == is.paths)
            {
                if !spots.contains(&spot) {
                    spots.push(spot);
                }
                return;
            }
        }
        self.changes.push(Change::Value {
            old: was.text.clone(),
            new: is.text.clone(),
            paths: is.paths.clone(),
            old_sources: was.sources.clone(),
            sources: is.sources.clone(),
            spots: vec![spot],
        });
    }

    /// Columns added or removed: told once, not for each row.
    fn header(&mut self, old: &'p Clause, new: &'p Clause) {
        let names = |clause: &Clause| clause.texts.iter().map(Text::plain).collect::<Vec<_>>();
        let mut kept = Vec::new();
        for operation in capture_diff_slices(Algorithm::Myers, &names(old), &names(new)) {
            if let DiffOp::Equal { .. } = operation {
                kept.extend(operation.old_range().zip(operation.new_range()));
                continue;
            }
            let gone = operation.old_range().map(|column| (self.old, old, column, false));
            for (of, clause, column, is_new) in
                gone.chain(operation.new_range().map(|column| (self.new, new, column, true)))
            {
                let below = of.clauses.iter().filter(|other| other.block == clause.block);
                let texts: Vec<&Text> = below.filter_map(|other| other.texts.get(column)).collect();
                let piece = Piece {
                    what: What::Column,
                    spot: Spot {
                        place: clause.place.clone(),
                        old_page: clause.page.filter(|_| !is_new),
                        page: clause.page.filter(|_| is_new),
                    },
                    text: clause.texts.get(column).map(Text::plain).unwrap_or_default(),
                    clauses: 1,
                    template: clause.template.clone(),
                    sources: sources(texts.into_iter().flat_map(Text::values)),
                };
                self.changes.push(if is_new { Change::Added(piece) } else { Change::Removed(piece) });
            }
        }
        self.columns.insert(new.block, kept);
    }

    /// What only one version has: a heading with all that is under it, a table with all its rows, or a single clause. Gives what
    /// is left of the pairs.
    fn piece<'r>(
        &mut self,
        first: &'p Clause,
        after: &'r [Pair],
        side: impl Fn(&Pair) -> Option<usize>,
        of: &'p Provenance,
        is_new: bool,
    ) -> &'r [Pair] {
        let belongs = |clause: &Clause| match (first.kind, clause.kind) {
            (ClauseKind::Heading(level), ClauseKind::Heading(other)) => other > level,
            (ClauseKind::Heading(_), _) => true,
            (ClauseKind::Caption | ClauseKind::Header, _) => clause.block == first.block,
            _ => false,
        };
        let inside: Vec<&Clause> = after
            .iter()
            .take_while(|pair| pair.is_alone())
            .map_while(|pair| side(pair).and_then(|index| of.clauses.get(index)))
            .take_while(|clause| belongs(clause))
            .collect();
        let piece = Piece {
            what: match first.kind {
                ClauseKind::Caption | ClauseKind::Header => What::Table,
                ClauseKind::Heading(_) => What::Part,
                ClauseKind::Paragraph => What::Paragraph,
                ClauseKind::Row => What::Row,
                ClauseKind::Signature => What::Signature,
            },
            spot: Spot {
                place: first.place.clone(),
                old_page: first.page.filter(|_| !is_new),
                page: first.page.filter(|_| is_new),
            },
            text: first.plain(),
            clauses: 1 + inside.len(),
            template: first.template.clone(),
            sources: sources(first.values().chain(inside.iter().flat_map(|clause| clause.values()))),
        };
        self.changes.push(if is_new { Change::Added(piece) } else { Change::Removed(piece) });
        after.get(inside.len()..).unwrap_or_default()
    }
}

/// Whether two texts differ by their values only; what a reference says follows from the numbers.
fn same_words(old: &Text, new: &Text) -> bool {
    let same = |(old, new): (&Part, &Part)| match (old, new) {
        (Part::Value(_), Part::Value(_)) => true,
        (Part::Reference { target: old, .. }, Part::Reference { target: new, .. }) => old == new,
        // Typography may set another space beside another value.
        (Part::Words(old), Part::Words(new)) => old.split_whitespace().eq(new.split_whitespace()),
        _ => false,
    };
    old.0.len() == new.0.len() && old.0.iter().zip(&new.0).all(same)
}

/// The places that values were read at, each once.
fn sources<'v>(values: impl Iterator<Item = &'v Value>) -> Vec<Origin> {
    let mut found: Vec<Origin> = values.flat_map(|value| value.sources.iter().cloned()).collect();
    found.sort();
    found.dedup();
    found
}
