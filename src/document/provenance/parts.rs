//! A run of text in pieces.

use std::ops::Range;

use super::{Part, Text, Value};
use crate::document::{Inline, Trace, place_of_signs, plain_text};

impl Text {
    /// Cuts a run at its values and its references.
    pub(super) fn of<'t>(content: &[Inline], traces: impl Iterator<Item = &'t Trace>) -> Self {
        let plain = plain_text(content);
        let mut pieces: Vec<(Range<usize>, Part)> = Vec::new();
        references(content, &mut 0, &mut pieces);
        pieces.extend(traces.map(|trace| {
            let range = place_of_signs(content, &trace.signs);
            let value = Value {
                text: plain.get(range.clone()).unwrap_or_default().to_owned(),
                paths: trace.paths.clone(),
                tag: trace.tag.clone(),
                sources: trace.sources.clone(),
            };
            (range, Part::Value(value))
        }));
        pieces.sort_by_key(|(range, _)| range.start);
        let mut parts = Vec::new();
        let mut done = 0;
        for (range, part) in pieces {
            if range.start < done || range.is_empty() {
                continue;
            }
            words(plain.get(done..range.start), &mut parts);
            done = range.end;
            parts.push(part);
        }
        words(plain.get(done..), &mut parts);
        Self(parts)
    }
}

fn words(text: Option<&str>, parts: &mut Vec<Part>) {
    parts.extend(text.filter(|text| !text.is_empty()).map(|text| Part::Words(text.to_owned())));
}

fn references(content: &[Inline], bytes: &mut usize, found: &mut Vec<(Range<usize>, Part)>) {
    for inline in content {
        match inline {
            Inline::Emph { content } | Inline::Strong { content } => references(content, bytes, found),
            Inline::Ref { target, content } => {
                let text = plain_text(content);
                let end = *bytes + text.len();
                found.push((*bytes..end, Part::Reference { text, target: target.clone() }));
                *bytes = end;
            }
            other => *bytes += plain_text(std::slice::from_ref(other)).len(),
        }
    }
}
