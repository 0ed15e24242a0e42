//! Which clause of one version is which clause of the other.

use std::{collections::BTreeMap, ops::Range};

use similar::{Algorithm, DiffOp, capture_diff_slices};

use super::{Clause, ClauseKind, Part};

/// A clause of the old version, of the new one, or of both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pair {
    pub(super) old: Option<usize>,
    pub(super) new: Option<usize>,
}

impl Pair {
    /// Whether only one version has it.
    pub(super) fn is_alone(&self) -> bool {
        self.old.is_none() || self.new.is_none()
    }
}

/// Pairs the clauses of two versions, in reading order: first those that say the same, then between them those with the same
/// words about the same thing, then those that print the same names of the data in the same words, then those that are alike.
pub(super) fn align(old: &[Clause], new: &[Clause]) -> Vec<Pair> {
    let mut pieces = vec![Piece::Other(Gap { old: 0..old.len(), new: 0..new.len() })];
    let keys: [fn(&Clause) -> Key; 3] = [says, skeleton, names];
    for key in keys {
        pieces = pieces.into_iter().flat_map(|piece| piece.cut(old, new, key)).collect();
    }
    let mut pairs = Vec::new();
    for piece in pieces {
        match piece {
            Piece::Same(pair) => pairs.push(pair),
            Piece::Other(gap) => alike(old, new, &gap, &mut pairs),
        }
    }
    pairs
}

/// What two clauses must have in common to be one.
type Key = (ClauseKind, String, String);

/// Clauses of both versions that stand between two pairs.
struct Gap {
    old: Range<usize>,
    new: Range<usize>,
}

enum Piece {
    Same(Pair),
    Other(Gap),
}

impl Piece {
    /// Cuts a gap at the clauses that have one key.
    fn cut(self, old: &[Clause], new: &[Clause], key: fn(&Clause) -> Key) -> Vec<Self> {
        let Self::Other(gap) = self else { return vec![self] };
        let keys = |clauses: &[Clause], range: &Range<usize>| -> Vec<Key> {
            clauses.get(range.clone()).unwrap_or_default().iter().map(key).collect()
        };
        let operations = capture_diff_slices(Algorithm::Myers, &keys(old, &gap.old), &keys(new, &gap.new));
        let mut found: Vec<Self> = Vec::new();
        for operation in operations {
            let old = shifted(operation.old_range(), gap.old.start);
            let new = shifted(operation.new_range(), gap.new.start);
            if matches!(operation, DiffOp::Equal { .. }) {
                found.extend(old.zip(new).map(|(old, new)| Self::Same(Pair { old: Some(old), new: Some(new) })));
            } else if let Some(Self::Other(last)) = found.last_mut() {
                last.old.end = last.old.end.max(old.end);
                last.new.end = last.new.end.max(new.end);
            } else {
                found.push(Self::Other(Gap { old, new }));
            }
        }
        found
    }
}

fn shifted(range: Range<usize>, by: usize) -> Range<usize> {
    range.start + by..range.end + by
}

/// Its whole text.
fn says(clause: &Clause) -> Key {
    (clause.kind, clause.plain(), String::new())
}

/// The words of the template in it, and what it is about: its first value, the first cell of a row.
fn skeleton(clause: &Clause) -> Key {
    let about = match clause.kind {
        ClauseKind::Row => name(clause),
        _ => clause.values().next().map(|value| value.text.clone()).unwrap_or_default(),
    };
    (clause.kind, words(clause), about)
}

/// The words of the template in it, and the names of the data that it prints. A row is known by what it is about only: its rank
/// among the indicators says nothing.
fn names(clause: &Clause) -> Key {
    let paths = || clause.values().flat_map(|value| &value.paths).map(String::as_str).collect::<Vec<_>>().join(" ");
    let names = if clause.kind == ClauseKind::Row { name(clause) } else { paths() };
    (clause.kind, words(clause), names)
}

/// What a clause says without its values.
fn words(clause: &Clause) -> String {
    let mut words = String::new();
    for part in clause.texts.iter().flat_map(|text| text.0.iter()) {
        match part {
            Part::Reference { target, .. } => words.extend(["\u{1}", target]),
            Part::Value(_) => words.push('\u{2}'),
            Part::Words(text) => words.extend(text.split_whitespace()),
        }
    }
    words
}

/// What a row is about: its first cell that is not empty.
fn name(clause: &Clause) -> String {
    clause.texts.iter().map(super::Text::plain).find(|text| !text.trim().is_empty()).unwrap_or_default()
}

/// Pairs what is left: each old clause with the next new one that is like it.
fn alike(old: &[Clause], new: &[Clause], gap: &Gap, pairs: &mut Vec<Pair>) {
    let mut next = gap.new.start;
    for index in gap.old.clone() {
        let Some(clause) = old.get(index) else { continue };
        let alone = gap.old.len() == 1 && gap.new.len() == 1;
        let like = |other: &usize| new.get(*other).is_some_and(|other| are_alike(clause, other, alone));
        match (next..gap.new.end).find(like) {
            Some(found) => {
                pairs.extend((next..found).map(|new| Pair { old: None, new: Some(new) }));
                pairs.push(Pair { old: Some(index), new: Some(found) });
                next = found + 1;
            }
            None => pairs.push(Pair { old: Some(index), new: None }),
        }
    }
    pairs.extend((next..gap.new.end).map(|new| Pair { old: None, new: Some(new) }));
}

/// Whether two clauses are one that was changed. `alone`: nothing else stands between what is the same on both sides.
fn are_alike(old: &Clause, new: &Clause, alone: bool) -> bool {
    /// Of a hundred words, how many are common.
    const ENOUGH: usize = 50;
    /// Rows of one table have much in common without being the same.
    const ENOUGH_FOR_ROWS: usize = 75;
    if old.kind != new.kind {
        return false;
    }
    match old.kind {
        ClauseKind::Row => name(old) == name(new) || common_words(old, new) >= ENOUGH_FOR_ROWS,
        ClauseKind::Header | ClauseKind::Signature if alone => true,
        _ => (alone && old.template == new.template) || common_words(old, new) >= ENOUGH,
    }
}

/// How many of a hundred words two clauses share.
fn common_words(old: &Clause, new: &Clause) -> usize {
    let (old, new) = (old.plain(), new.plain());
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for word in old.split_whitespace() {
        *counts.entry(word).or_default() += 1;
    }
    let mut common = 0_usize;
    for word in new.split_whitespace() {
        if let Some(count) = counts.get_mut(word).filter(|count| **count > 0) {
            *count -= 1;
            common += 1;
        }
    }
    let total = old.split_whitespace().count() + new.split_whitespace().count();
    (200 * common).checked_div(total).unwrap_or(100)
}
