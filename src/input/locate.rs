//! Where the values of a YAML file stand: path → line and column.
//!
//! Built from the parser's events, not from a tree: aliases are not expanded and nothing recurses, so that a hostile file costs
//! no more than its size.

use std::collections::{BTreeMap, btree_map::Entry};

use saphyr_parser::{Event, Parser, Span};

use crate::diag::{LineColumn, Origin};

/// Deeper than this, no path is known.
const MAX_DEPTH: usize = 64;

/// The places of one file.
#[derive(Debug, Default)]
pub(crate) struct Places {
    places: BTreeMap<String, Place>,
    /// Keys written twice in the same mapping, with the first place.
    pub(crate) duplicates: Vec<Duplicate>,
}

/// One value.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    /// Where it is shown: the value, or the key of a collection.
    pub(crate) at: LineColumn,
    /// First character of the entry, key included.
    pub(crate) start: usize,
    /// After the last character of the value.
    pub(crate) end: usize,
    /// The text of a scalar.
    pub(crate) scalar: Option<String>,
    /// Whether it is inside `[ ]` or `{ }`.
    pub(crate) flow: bool,
}

/// A key written twice.
#[derive(Debug)]
pub(crate) struct Duplicate {
    /// Path of the key.
    pub(crate) path: String,
    /// Where it is again.
    pub(crate) at: LineColumn,
}

/// A collection being read.
struct Open {
    path: String,
    /// Of the entry that holds the collection.
    entry: Start,
    flow: bool,
    kind: Kind,
}

enum Kind {
    Mapping {
        key: Option<(String, Start)>,
    },
    Sequence {
        next: usize,
    },
    /// A collection used as a key, or one too deep.
    Opaque,
}

/// Where an entry starts.
#[derive(Clone, Copy)]
struct Start {
    at: LineColumn,
    start: usize,
}

impl Places {
    /// Reads the places of a text; what follows a syntax error has none.
    pub(crate) fn of(text: &str) -> Self {
        let chars: Vec<char> = text.chars().collect();
        let mut places = Self::default();
        let mut stack: Vec<Open> = Vec::new();
        for event in Parser::new_from_str(text) {
            let Ok((event, span)) = event else { break };
            match event {
                Event::Scalar(text, ..) => places.scalar(&mut stack, &text, span),
                Event::Alias(_) => places.scalar(&mut stack, "", span),
                Event::MappingStart(..) => {
                    places.open(
                        &mut stack,
                        Kind::Mapping { key: None },
                        chars.get(span.start.index()) == Some(&'{'),
                        span,
                    );
                }
                Event::SequenceStart(..) => {
                    places.open(
                        &mut stack,
                        Kind::Sequence { next: 0 },
                        chars.get(span.start.index()) == Some(&'['),
                        span,
                    );
                }
                Event::MappingEnd | Event::SequenceEnd => places.close(&mut stack, span),
                _ => {}
            }
        }
        places
    }

    /// The place of a path, or of the longest path above it that is known.
    pub(crate) fn nearest(&self, path: &str) -> Option<&Place> {
        let mut path = path;
        loop {
            if let Some(place) = self.places.get(path) {
                return Some(place);
            }
            path = path.get(..path.rfind(['.', '['])?)?;
        }
    }

    /// The place of exactly this path.
    pub(crate) fn get(&self, path: &str) -> Option<&Place> {
        self.places.get(path)
    }

    /// The place of every text, number and date, by its path.
    pub(crate) fn scalars(&self) -> BTreeMap<String, LineColumn> {
        let scalars = self.places.iter().filter(|(_, place)| place.scalar.is_some());
        scalars.map(|(path, place)| (path.clone(), place.at)).collect()
    }

    /// The innermost path whose value holds a position.
    pub(crate) fn path_at(&self, at: LineColumn) -> Option<&str> {
        let before = self.places.iter().filter(|(_, place)| place.at <= at);
        before.max_by_key(|(path, place)| (place.at, path.len())).map(|(path, _)| path.as_str())
    }

    /// Fills the line and column of a place in this file.
    pub(crate) fn locate(&self, origin: &mut Origin) {
        if let Origin::Yaml { path, at: at @ None, .. } = origin {
            *at = self.nearest(path).map(|place| place.at);
        }
    }

    fn scalar(&mut self, stack: &mut [Open], text: &str, span: Span) {
        let here = entry(span);
        if let Some(Open { kind: Kind::Mapping { key: key @ None }, .. }) = stack.last_mut() {
            *key = Some((text.to_owned(), here));
            return;
        }
        if let Some((path, entry, flow)) = self.next_path(stack, here) {
            let place =
                Place { at: here.at, start: entry.start, end: span.end.index(), scalar: Some(text.to_owned()), flow };
            self.insert(path, place, entry);
        }
    }

    fn open(&mut self, stack: &mut Vec<Open>, kind: Kind, flow: bool, span: Span) {
        let here = entry(span);
        let deep = stack.len() >= MAX_DEPTH;
        let as_key = matches!(stack.last(), Some(Open { kind: Kind::Mapping { key: None }, .. }));
        let open = match self.next_path(stack, here).filter(|_| !deep && !as_key) {
            Some((path, entry, _)) => Open { path, entry, flow, kind },
            None => Open { path: String::new(), entry: here, flow, kind: Kind::Opaque },
        };
        stack.push(open);
    }

    fn close(&mut self, stack: &mut Vec<Open>, span: Span) {
        let Some(open) = stack.pop() else { return };
        if let Some(Open { kind: Kind::Mapping { key: key @ None }, .. }) = stack.last_mut()
            && matches!(open.kind, Kind::Opaque)
        {
            *key = Some(("?".to_owned(), open.entry));
            return;
        }
        if !matches!(open.kind, Kind::Opaque) {
            let flow = stack.last().is_some_and(|parent| parent.flow);
            let place = Place { at: open.entry.at, start: open.entry.start, end: span.end.index(), scalar: None, flow };
            self.insert(open.path, place, open.entry);
        }
    }

    /// The path of the value that begins here, and where its entry begins.
    fn next_path(&self, stack: &mut [Open], here: Start) -> Option<(String, Start, bool)> {
        let Some(parent) = stack.last_mut() else { return Some((String::new(), here, false)) };
        match &mut parent.kind {
            Kind::Mapping { key } => {
                let (name, entry) = key.take()?;
                let dot = if parent.path.is_empty() { "" } else { "." };
                Some((format!("{}{dot}{name}", parent.path), entry, parent.flow))
            }
            Kind::Opaque => None,
            Kind::Sequence { next } => {
                *next += 1;
                Some((format!("{}[{}]", parent.path, *next - 1), here, parent.flow))
            }
        }
    }

    fn insert(&mut self, path: String, place: Place, entry: Start) {
        match self.places.entry(path) {
            Entry::Occupied(first) => self.duplicates.push(Duplicate { path: first.key().clone(), at: entry.at }),
            Entry::Vacant(free) => {
                free.insert(place);
            }
        }
    }
}

fn entry(span: Span) -> Start {
    let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let at = LineColumn { line: number(span.start.line()), column: number(span.start.col()).saturating_add(1) };
    Start { at, start: span.start.index() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(places: &Places, path: &str) -> (u32, u32) {
        let at = places.nearest(path).unwrap().at;
        (at.line, at.column)
    }

    #[test]
    fn values_keys_and_items_are_found() {
        let places = Places::of("a: 1\netablissements:\n  - finess: \"960\"\n    é: {b: [x, y]}\n  - finess: &f 2\n");
        assert_eq!(at(&places, "a"), (1, 4));
        assert_eq!(at(&places, "etablissements"), (2, 1));
        assert_eq!(at(&places, "etablissements[0].finess"), (3, 13));
        assert_eq!(at(&places, "etablissements[0].é.b[1]"), (4, 16));
        assert_eq!(at(&places, "etablissements[1]"), (5, 5));
        assert_eq!(at(&places, "etablissements[1].absent.far"), (5, 5));
        assert_eq!(places.get("etablissements[0].finess").unwrap().scalar.as_deref(), Some("960"));
    }

    #[test]
    fn a_key_written_twice_is_seen() {
        let places = Places::of("a: 1\nb: 2\na: 3\n");
        assert_eq!(places.duplicates.len(), 1);
        assert_eq!(places.duplicates[0].at.line, 3);
    }

    #[test]
    fn a_deep_file_costs_no_more_than_its_size() {
        assert!(Places::of(&"[".repeat(50_000)).places.len() < 100);
        assert!(Places::of(&"- ".repeat(50_000)).places.len() < 100);
    }
}
