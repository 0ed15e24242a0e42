//! Signatures as they stand in the file: whose field, which bytes, and whether these are all but the signature itself.

mod range;

pub(super) use range::only_space_from;

use std::collections::{BTreeMap, BTreeSet};

use lopdf::{Dictionary, Object};

use super::{
    change::is_timestamp,
    file::File,
    limits::MAX_SIGNATURES,
    permission::{Lock, certification, lock},
    same::Same,
    shape::{Field, Key, Shape, rectangle},
    syntax::Cursor,
    view::{View, fields_of},
};
use crate::evidence::{Coverage, Observation, Reason};
use range::{Raw, measure};

/// One signature of a file, whether it is well-formed or not.
#[derive(Debug, Clone, PartialEq)]
pub struct Signature<'a> {
    /// The full name of its field; none when no field names it.
    pub field: Option<String>,
    /// The page of its widget, from 1.
    pub page: Option<u32>,
    /// The rectangle of its widget, in the page's own points: left, bottom, right, top; none when it covers nothing.
    pub rectangle: Option<[f32; 4]>,
    /// The number of its object.
    pub object: Option<u32>,
    /// `Filter`.
    pub filter: String,
    /// `SubFilter`.
    pub subfilter: String,
    /// Whether it is a document time stamp.
    pub document_timestamp: bool,
    /// `M`, the time that the signer claims, as it is written: `D:20260115103000+01'00'`.
    pub claimed: Option<String>,
    /// `Name`.
    pub name: Option<String>,
    /// `Reason`.
    pub reason: Option<String>,
    /// Its own bytes, as they stand in the file, with what fills the place after them.
    pub contents: Vec<u8>,
    /// Its four numbers.
    pub range: Option<[u64; 4]>,
    /// The bytes that it signs; none when the numbers make no sense.
    pub signed: Option<[&'a [u8]; 2]>,
    /// The revision that brings it, from 1.
    pub since: usize,
    /// The revision that brings its field, from 1: the first, for a field that was printed in advance.
    pub field_since: usize,
    /// The revision that it ends, from 1; none when it ends none.
    pub revision: Option<usize>,
    /// What part of the file it covers.
    pub coverage: Coverage,
    /// What it allows later as a certification: 1 nothing, 2 forms, 3 annotations too.
    pub certification: Option<u8>,
    /// Fields that it locks.
    pub lock: Option<Lock>,
    /// What was seen of it.
    pub observations: Vec<Observation>,
}

/// One version of one field's signature.
struct Found<'f> {
    key: Key,
    since: usize,
    field_since: usize,
    value: &'f Object,
    view: View<'f>,
    field: Field<'f>,
    replaced: Option<(usize, bool)>,
}

/// Every signature that a field has in some revision, in the order of revisions.
pub(super) fn of_fields<'a>(file: &File<'a>, shapes: &[&Shape<'_>]) -> Vec<Signature<'a>> {
    let found = found(shapes);
    let mut users: BTreeMap<(u32, Option<usize>), BTreeSet<&Key>> = BTreeMap::new();
    for one in &found {
        if let Ok((number, _)) = one.value.as_reference() {
            users.entry((number, file.version(one.view.revision, number))).or_default().insert(&one.key);
        }
    }
    let shared = |value: &Object, view: View<'_>| {
        value.as_reference().is_ok_and(|(number, _)| {
            users.get(&(number, file.version(view.revision, number))).is_some_and(|keys| keys.len() > 1)
        })
    };
    let mut signatures: Vec<Signature<'a>> = Vec::new();
    for one in found.iter().take(MAX_SIGNATURES) {
        let mut signature = read(file, one.view, Some(one.value), one.since);
        signature.field = Some(one.key.0.clone());
        signature.field_since = one.field_since + 1;
        signature.page = one.field.widgets.iter().find_map(|widget| widget.page);
        signature.rectangle = one.field.widgets.iter().find_map(|widget| rectangle(one.view, widget.fields));
        signature.document_timestamp = is_timestamp(one.view, &one.field);
        signature.certification = certification(one.view, one.value);
        signature.lock = lock(one.view, one.value, &one.field);
        if shared(one.value, one.view) {
            signature
                .observations
                .push(Observation::new(Reason::SigObjectShared, "another field names the same signature"));
        }
        if let Some((revision, removed)) = one.replaced {
            let what = if removed { "removes it" } else { "puts another one in its field" };
            let told = Observation::new(Reason::SignatureReplaced, format!("revision {} {what}", revision + 1));
            signature.observations.push(told.in_revision(revision + 1));
        }
        for observation in &mut signature.observations {
            observation.place.field.clone_from(&signature.field);
            observation.place.object = observation.place.object.or(signature.object);
        }
        signatures.push(signature);
    }
    if found.len() > MAX_SIGNATURES {
        file.budget.exceed();
    }
    signatures
}

fn found<'f>(shapes: &[&Shape<'f>]) -> Vec<Found<'f>> {
    let mut found: Vec<Found<'f>> = Vec::new();
    let mut current: BTreeMap<Key, usize> = BTreeMap::new();
    let mut born: BTreeMap<Key, usize> = BTreeMap::new();
    let mut before: Option<&Shape<'f>> = None;
    for shape in shapes {
        let revision = shape.view.revision;
        for (key, field) in shape.fields.iter().filter(|(_, field)| field.is_signature()) {
            let field_since = *born.entry(key.clone()).or_insert(revision);
            let Some(value) = field.value else { continue };
            let last = current.get(key).and_then(|index| found.get(*index));
            let kept = last.is_some_and(|last| {
                before.is_some_and(|before| Same::new(before, shape).signatures(last.value, value))
            });
            if kept {
                continue;
            }
            if let Some(last) = current.get(key).and_then(|index| found.get_mut(*index)) {
                last.replaced = Some((revision, false));
            }
            current.insert(key.clone(), found.len());
            found.push(Found {
                key: key.clone(),
                since: revision,
                field_since,
                value,
                view: shape.view,
                field: field.clone(),
                replaced: None,
            });
        }
        let gone: Vec<Key> = current
            .keys()
            .filter(|key| shape.fields.get(*key).is_none_or(|field| field.value.is_none()))
            .cloned()
            .collect();
        for key in gone {
            if let Some(last) = current.remove(&key).and_then(|index| found.get_mut(index)) {
                last.replaced = Some((revision, true));
            }
        }
        before = Some(shape);
    }
    found
}

/// The longest reason, name or date that is told.
const MAX_TEXT: usize = 10_000;

/// Reads a signature from the value of its field.
fn read<'a>(file: &File<'a>, view: View<'_>, value: Option<&Object>, since: usize) -> Signature<'a> {
    let number = value.and_then(|value| value.as_reference().ok()).map(|id| id.0);
    let fields = value.and_then(|value| match value {
        Object::Reference((number, _)) => view.object(*number),
        direct => fields_of(direct),
    });
    let mut signature = Signature {
        field: None,
        page: None,
        rectangle: None,
        object: number,
        filter: String::new(),
        subfilter: String::new(),
        document_timestamp: false,
        claimed: None,
        name: None,
        reason: None,
        contents: Vec::new(),
        range: None,
        signed: None,
        since: since + 1,
        field_since: since + 1,
        revision: None,
        coverage: Coverage::None,
        certification: None,
        lock: None,
        observations: Vec::new(),
    };
    let Some(fields) = fields else {
        signature
            .observations
            .push(Observation::new(Reason::ContentsMalformed, "the value of the field is no signature dictionary"));
        return signature;
    };
    let name = |key: &[u8]| fields.get(key).ok().and_then(|value| value.as_name().ok());
    let text = |key: &[u8]| {
        let text = fields.get(key).ok().filter(|text| text.as_str().is_ok_and(|text| text.len() <= MAX_TEXT))?;
        lopdf::decode_text_string(text).ok()
    };
    signature.filter = String::from_utf8_lossy(name(b"Filter").unwrap_or_default()).into_owned();
    signature.subfilter = String::from_utf8_lossy(name(b"SubFilter").unwrap_or_default()).into_owned();
    signature.claimed = text(b"M");
    signature.name = text(b"Name");
    signature.reason = text(b"Reason");
    let place = number.and_then(|number| file.span(view.revision, number)).map(|(start, _)| start);
    let size = fields.get(b"Contents").and_then(Object::as_str).map_or(0, <[u8]>::len);
    // Many fields may name the same large one.
    if file.budget.show(size).is_none() {
        let detail = "the file has more bytes of signatures than are read";
        signature.observations.push(Observation::new(Reason::ContentsMalformed, detail));
        return signature;
    }
    let raw = place.and_then(|start| Raw::read(file, start));
    measure(file, fields, view, raw.as_ref(), &mut signature);
    signature
}

/// Signatures in the raw bytes that no field names.
pub(super) fn orphans<'a>(file: &File<'a>, named: &[Signature<'a>], shapes: &[&Shape<'_>]) -> Vec<Signature<'a>> {
    let newest = file.layers.len().saturating_sub(1);
    let spans = file.spans();
    let mut known: BTreeSet<(usize, usize)> = BTreeSet::new();
    for signature in named {
        known.extend(signature.object.and_then(|number| file.span(signature.since - 1, number)));
    }
    // A signature that is written inside its field has the field's place.
    for field in shapes.iter().flat_map(|shape| shape.fields.values().map(move |field| (shape, field))) {
        if matches!(field.1.value, Some(Object::Dictionary(_))) {
            known.extend(field.1.number.and_then(|number| file.span(field.0.view.revision, number)));
        }
    }
    known.extend(shapes.iter().flat_map(|shape| usage_rights(file, shape.view)));
    let mut orphans = Vec::new();
    for (count, at) in memchr::memmem::find_iter(file.bytes, b"/ByteRange").enumerate() {
        if count >= MAX_SIGNATURES {
            file.budget.exceed();
            break;
        }
        let around = |(start, end): &&(usize, usize)| *start <= at && at < *end;
        if known.iter().any(|span| around(&span)) {
            continue;
        }
        let around = spans.range(..=(at, usize::MAX)).next_back().filter(around).copied();
        let mut signature = match around.and_then(|(start, _)| Cursor::new(file.bytes, start).object_header()) {
            // The text of a stream, such as an attached file.
            Some((number, _)) if matches!(file.get(newest, number), Some(Object::Stream(_))) => continue,
            Some((number, _)) => {
                let value = Object::Reference((number, 0));
                read(file, file.at(newest), Some(&value), newest)
            }
            None => read(file, file.at(newest), None, newest),
        };
        let detail = format!("a signature at byte {at} is named by no field");
        signature.observations.insert(0, Observation::new(Reason::OrphanSignatureObject, detail));
        orphans.push(signature);
    }
    orphans
}

/// Where the signatures stand by which a program allowed a reader to fill a form: they sign for nobody, and no field names them.
fn usage_rights(file: &File<'_>, view: View<'_>) -> Vec<(usize, usize)> {
    let Some(catalog) = view.catalog() else { return Vec::new() };
    let Some(rights) = view.dictionary(catalog, b"Perms") else { return Vec::new() };
    let number = |fields: &Dictionary, key: &[u8]| fields.get(key).and_then(Object::as_reference).ok().map(|id| id.0);
    let own = view.trailer().and_then(|trailer| number(trailer, b"Root"));
    let own = number(catalog, b"Perms").or(own);
    let entries = [b"UR".as_slice(), b"UR3"].into_iter().filter(|key| rights.has(key));
    entries.filter_map(|key| file.span(view.revision, number(rights, key).or(own)?)).collect()
}
