//! A difference in the making: what several looks at a page found in one place.

use super::{
    alterations::COMPARED_MM,
    expected::{Expected, around, overlap},
    facts::{Difference, DifferenceKind},
    foreign::Thing,
};
use crate::geometry::{Length, Rect};

/// A difference in the making.
#[derive(Debug, Clone)]
pub(super) struct Part {
    pub(super) kind: DifferenceKind,
    pub(super) bounds: [f32; 4],
    pub(super) words: Vec<usize>,
    pub(super) seen: Option<String>,
    pub(super) strength: f32,
}

impl Part {
    pub(super) fn of_thing(thing: &Thing) -> Self {
        let strength = (thing.ink / 400.0).clamp(0.1, 1.0);
        Self { kind: thing.kind, bounds: thing.bounds, words: thing.words.clone(), seen: None, strength }
    }

    /// All that is compared of a page, and could not be.
    pub(super) fn all(page: &Expected<'_>) -> Self {
        let [top, bottom] = COMPARED_MM.map(|mm| mm as f32 * 10.0);
        let bounds = [0.0, top, page.raster.width() as f32, bottom];
        Self { kind: DifferenceKind::Unclear, bounds, words: Vec::new(), seen: None, strength: 1.0 }
    }

    /// A word that could not be compared.
    pub(super) fn unclear(word: usize, page: &Expected<'_>) -> Option<Self> {
        let bounds = page.words.get(word)?.bounds;
        Some(Self { kind: DifferenceKind::Unclear, bounds, words: vec![word], seen: None, strength: 0.5 })
    }

    pub(super) const fn is_of_letters(&self) -> bool {
        !matches!(self.kind, DifferenceKind::Ink)
    }

    /// Says that nothing is known there: the scan may lie elsewhere.
    pub(super) fn blur(&mut self) {
        (self.kind, self.seen) = (DifferenceKind::Unclear, None);
    }

    fn join(&mut self, other: Self) {
        let kinds = [self.kind, other.kind];
        self.kind = if self.kind == other.kind {
            self.kind
        } else if kinds.contains(&DifferenceKind::Unclear) && !kinds.contains(&DifferenceKind::Ink) {
            // What was found says more than what could not be.
            if self.kind == DifferenceKind::Unclear { other.kind } else { self.kind }
        } else if kinds.contains(&DifferenceKind::Ink) {
            DifferenceKind::Covered
        } else {
            DifferenceKind::Altered
        };
        self.bounds = around(self.bounds, other.bounds);
        self.seen = if self.words == other.words { self.seen.take().or(other.seen) } else { None };
        self.words.extend(other.words);
        self.words.sort_unstable();
        self.words.dedup();
        self.strength = self.strength.max(other.strength);
    }

    pub(super) fn difference(self, page: &Expected<'_>) -> Difference {
        let [left, top, right, bottom] = self.bounds;
        let um = |side: f32| (side * 100.0).round() as i64;
        let area = Rect {
            x: Length::from_um(um(left)),
            y: Length::from_um(um(top)),
            width: Length::from_um(um(right - left)),
            height: Length::from_um(um(bottom - top)),
        };
        let printed: Vec<String> =
            self.words.iter().filter_map(|word| page.words.get(*word)).map(|word| page.text(word)).collect();
        let strength = (self.strength * 1000.0).round().clamp(0.0, 1000.0) as u16;
        Difference { kind: self.kind, area, printed: printed.join(" "), seen: self.seen, strength }
    }
}

/// Parts that are next to each other on a line, or on lines that follow, are one difference.
pub(super) fn merged(mut parts: Vec<Part>) -> Vec<Part> {
    const ASIDE: f32 = 25.0;
    const BELOW: f32 = 22.0;
    loop {
        let before = parts.len();
        let mut done: Vec<Part> = Vec::with_capacity(before);
        for part in parts {
            let [l, t, r, b] = part.bounds;
            let reach = [l - ASIDE, t - BELOW, r + ASIDE, b + BELOW];
            let close = |other: &&mut Part| {
                let touches = overlap(part.bounds, other.bounds);
                touches || (part.is_of_letters() && other.is_of_letters() && overlap(reach, other.bounds))
            };
            match done.iter_mut().find(close) {
                Some(other) => other.join(part),
                None => done.push(part),
            }
        }
        parts = done;
        if parts.len() == before {
            return parts;
        }
    }
}
