//! What stands in the file and belongs to nothing: objects that no revision uses, and objects that no revision names.

use std::collections::BTreeSet;

use lopdf::{Dictionary, Object};

use super::{
    file::File,
    forms::draws,
    syntax::{Cursor, is_space},
    view::fields_of,
};
use crate::evidence::{Observation, Reason};

/// Everything that a revision's trailer leads to, objects that are not there included.
pub(super) fn reached(file: &File<'_>, revision: usize) -> BTreeSet<u32> {
    let mut reached = BTreeSet::new();
    let mut next = Vec::new();
    if let Some(layer) = file.layers.get(revision) {
        references_of(&layer.trailer, &mut next);
    }
    while let Some(number) = next.pop() {
        if file.budget.walk(1).is_none() {
            break;
        }
        if reached.insert(number)
            && let Some(object) = file.get(revision, number)
        {
            references(object, &mut next);
        }
    }
    reached
}

fn references(object: &Object, found: &mut Vec<u32>) {
    match object {
        Object::Array(items) => items.iter().for_each(|item| references(item, found)),
        Object::Dictionary(fields) => references_of(fields, found),
        Object::Reference((number, _)) => found.push(*number),
        Object::Stream(stream) => references_of(&stream.dict, found),
        _ => {}
    }
}

fn references_of(fields: &Dictionary, found: &mut Vec<u32>) {
    fields.iter().for_each(|(_, value)| references(value, found));
}

/// Objects that could be shown and that no revision shows.
pub(super) fn dormant(file: &File<'_>) -> Vec<Observation> {
    // What no version of anything leads to, no revision shows.
    let mut used = BTreeSet::new();
    let mut next = Vec::new();
    file.layers.iter().for_each(|layer| references_of(&layer.trailer, &mut next));
    while let Some(number) = next.pop() {
        if used.insert(number) {
            file.versions_of(number).for_each(|object| references(object, &mut next));
        }
    }
    let mut hidden: Vec<(u32, &'static str)> = Vec::new();
    for number in file.numbers().filter(|number| !used.contains(number) && !file.carriers.contains(number)) {
        if let Some(what) = file.versions_of(number).find_map(|object| showable(file, object)) {
            hidden.push((number, what));
        }
    }
    let Some((first, what)) = hidden.first() else { return Vec::new() };
    let detail = match hidden.len() {
        1 => format!("object {first} ({what}) is used by nothing"),
        count => format!("{count} objects that could be shown are used by nothing; the first, {first}, is {what}"),
    };
    vec![Observation::new(Reason::HiddenContent, detail).in_object(*first)]
}

/// What an object would show, if something used it.
fn showable(file: &File<'_>, object: &Object) -> Option<&'static str> {
    let fields = fields_of(object)?;
    let kind = fields.get(b"Type").ok().and_then(|kind| kind.as_name().ok()).unwrap_or_default();
    let is_stream = matches!(object, Object::Stream(_));
    match kind {
        b"Annot" => Some("an annotation"),
        b"Catalog" => Some("a catalog"),
        b"Page" => Some("a page"),
        b"Pages" => Some("a page tree"),
        b"Metadata" | b"ObjStm" | b"XRef" | b"EmbeddedFile" => None,
        // The table of hints of a linearized file.
        _ if is_stream && fields.get(b"S").is_ok_and(|value| value.as_i64().is_ok()) => None,
        _ => match object {
            Object::Stream(stream) if draws(&file.budget, stream) => Some("a content or a picture"),
            _ => None,
        },
    }
}

/// Objects that a revision frees and still uses.
pub(super) fn freed(file: &File<'_>, revision: usize) -> Vec<Observation> {
    let Some(layer) = file.layers.get(revision).filter(|layer| !layer.freed.is_empty()) else { return Vec::new() };
    let used = reached(file, revision);
    let freed = layer.freed.iter().filter(|number| used.contains(*number));
    let told = freed.take(20).map(|number| {
        let detail = format!("object {number} was freed, and is still referred to");
        Observation::new(Reason::ObjectFreed, detail).in_revision(revision + 1).in_object(*number)
    });
    told.collect()
}

/// Objects in the bytes after the first revision that no cross-reference section names.
pub(super) fn unnamed(file: &File<'_>) -> Vec<Observation> {
    let from = file.layers.first().map_or(0, |layer| layer.end);
    let starts = file.starts();
    let spans = file.spans();
    let sections: BTreeSet<usize> = file.layers.iter().map(|layer| layer.section).collect();
    let mut told: Vec<Observation> = Vec::new();
    for at in memchr::memmem::find_iter(file.bytes.get(from..).unwrap_or_default(), b"obj") {
        let Some(start) = header_before(file.bytes, from + at) else { continue };
        if starts.contains(&start) || sections.contains(&start) {
            continue;
        }
        let inside =
            spans.range(..=(start, usize::MAX)).next_back().is_some_and(|span| span.0 <= start && start < span.1);
        if inside {
            continue;
        }
        let Some((number, _)) = Cursor::new(file.bytes, start).object_header() else { continue };
        let revision = file.layers.iter().position(|layer| start < layer.end);
        let detail = format!("object {number} at byte {start} is named by no cross-reference section");
        let mut observation = Observation::new(Reason::TrailingObjects, detail).in_object(number);
        observation.place.revision = revision.map(|revision| revision + 1);
        told.push(observation);
        if told.len() == 20 {
            break;
        }
    }
    told
}

/// Where `12 0 obj` begins, if `obj` stands at `at`.
fn header_before(bytes: &[u8], at: usize) -> Option<usize> {
    let mut rest = bytes.get(..at)?;
    for _ in 0..2 {
        let trimmed = rest.len() - rest.iter().rev().take_while(|byte| is_space(**byte)).count();
        let spaced = rest.get(..trimmed)?;
        let digits = spaced.iter().rev().take(10).take_while(|byte| byte.is_ascii_digit()).count();
        if digits == 0 || trimmed == rest.len() {
            return None;
        }
        rest = spaced.get(..trimmed - digits)?;
    }
    Some(rest.len())
}
