//! Which bytes a signature covers, and whether these are all but the signature itself (ISO 32000-1, 12.8.1).

use lopdf::{Dictionary, Object};

use super::Signature;
use crate::evidence::{
    Coverage, Observation, Reason,
    pdf::{
        file::{File, trimmed},
        syntax::{Budget, Cursor, decode_hex, is_space},
        view::View,
        xref,
    },
};

/// Where the entries that matter stand in the raw file.
pub(super) struct Raw {
    contents: Vec<(usize, usize)>,
    ranges: usize,
}

impl Raw {
    /// Reads the dictionary of the object at `start`, or that which begins there.
    pub(super) fn read(file: &File<'_>, start: usize) -> Option<Self> {
        let mut cursor = Cursor::new(file.bytes, start);
        let _header = cursor.object_header();
        let mut raw = Self { contents: Vec::new(), ranges: 0 };
        cursor.dictionary(&Budget::new(), |key, from, to| match key {
            b"Contents" => raw.contents.push((from, to)),
            b"ByteRange" => raw.ranges += 1,
            _ => {}
        })?;
        Some(raw)
    }
}

/// Reads the contents and the ranges, and says what is wrong with them.
pub(super) fn measure<'a>(
    file: &File<'a>,
    fields: &Dictionary,
    view: View<'_>,
    raw: Option<&Raw>,
    signature: &mut Signature<'a>,
) {
    let mut seen = Vec::new();
    let place = raw.and_then(|raw| match raw.contents.as_slice() {
        [one] => Some(*one),
        _ => None,
    });
    match (raw, place) {
        (Some(raw), None) if raw.contents.len() > 1 => {
            seen.push(Observation::new(Reason::ContentsMalformed, "`/Contents` is written twice"));
        }
        (None, _) => seen.push(Observation::new(
            Reason::ContentsMalformed,
            "the signature does not stand in the file by itself, where its bytes could be left out of what is signed",
        )),
        _ => {}
    }
    let written = place.and_then(|(start, end)| file.bytes.get(start..end));
    match contents(written, fields.get(b"Contents").ok()) {
        Ok(contents) => signature.contents = contents,
        Err(why) => seen.push(Observation::new(Reason::ContentsMalformed, why)),
    }
    match ranges(file, fields, view) {
        _ if raw.is_some_and(|raw| raw.ranges > 1) => {
            seen.push(Observation::new(Reason::ByterangeMalformed, "`/ByteRange` is written twice"));
        }
        Err(why) => seen.push(Observation::new(Reason::ByterangeMalformed, why)),
        Ok(range) => seen.extend(cover(file, range, place, signature)),
    }
    signature.observations.extend(seen.into_iter().map(|told| told.in_revision(signature.since)));
}

/// Notes what a range covers, and says what it leaves out that it should not; `place` is where the contents stand.
fn cover<'a>(
    file: &File<'a>,
    [start, first, second, last]: [usize; 4],
    place: Option<(usize, usize)>,
    signature: &mut Signature<'a>,
) -> Vec<Observation> {
    let mut seen = Vec::new();
    signature.range = Some([start, first, second, last].map(|value| value as u64));
    let end = second + last;
    signature.signed = file.bytes.get(start..start + first).zip(file.bytes.get(second..end)).map(|(a, b)| [a, b]);
    signature.coverage = Coverage::Partial;
    let mut whole = true;
    if start != 0 {
        whole = false;
        seen.push(Observation::new(Reason::ByterangeNotFromZero, format!("it begins at byte {start}")));
    }
    let gap = (start + first, second);
    let fits = place.is_some_and(|(from, to)| gap == (from, to) || gap == (from + 1, to - 1));
    if !fits {
        whole = false;
        let own = place.map_or_else(|| "nowhere".to_owned(), |(from, to)| format!("bytes {from} to {to}"));
        let detail = format!("bytes {} to {} are not signed; the signature stands at {own}", gap.0, gap.1);
        seen.push(Observation::new(Reason::ByterangeGap, detail));
    }
    match ended(file, end) {
        Some(revision) if revision + 1 == signature.since => {
            signature.revision = Some(revision + 1);
            if whole {
                let is_last = revision + 1 == file.layers.len() && only_space_from(file.bytes, end);
                signature.coverage = if is_last { Coverage::File } else { Coverage::Revision };
            }
        }
        other => {
            let detail = match other {
                Some(revision) => {
                    format!("it covers revision {}, and stands in revision {}", revision + 1, signature.since)
                }
                None => format!("its range ends at byte {end}, where no revision ends"),
            };
            seen.push(Observation::new(Reason::NotCoveredTail, detail));
        }
    }
    seen
}

/// The bytes of a signature as the file writes them.
fn contents(written: Option<&[u8]>, read: Option<&Object>) -> Result<Vec<u8>, &'static str> {
    let contents = match (written, read) {
        (_, None | Some(Object::Null)) => return Err("there is no `/Contents`"),
        (Some([b'<', digits @ .., b'>']), Some(Object::String(..))) => {
            if digits.iter().any(|byte| !byte.is_ascii_hexdigit() && !is_space(*byte)) {
                return Err("`/Contents` has bytes in it that are no digits");
            }
            decode_hex(digits)
        }
        (Some([b'(', ..]), Some(Object::String(text, _))) => text.clone(),
        (_, Some(Object::String(text, _))) => text.clone(),
        _ => return Err("`/Contents` is no string"),
    };
    // A CMS structure begins with a sequence; the old `adbe.x509.rsa_sha1` with an octet string.
    match contents.first() {
        Some(0x30 | 0x04) => Ok(contents),
        Some(_) if contents.iter().all(|byte| *byte == 0) => Err("`/Contents` holds nothing but zeros"),
        Some(_) => Err("`/Contents` holds no signature"),
        None => Err("`/Contents` is empty"),
    }
}

fn ranges(file: &File<'_>, fields: &Dictionary, view: View<'_>) -> Result<[usize; 4], String> {
    let written = match fields.get(b"ByteRange") {
        Ok(Object::Reference((number, _))) => view.file.get(view.revision, *number),
        Ok(direct) => Some(direct),
        Err(_) => None,
    };
    let items = match written {
        None | Some(Object::Null) => return Err("there is no `/ByteRange`".to_owned()),
        Some(written) => written.as_array().map_err(|_| "`/ByteRange` is no list".to_owned())?,
    };
    let numbers: Option<Vec<usize>> = items.iter().map(xref::number).collect();
    let numbers = numbers.ok_or_else(|| "`/ByteRange` has something in it that is no place in a file".to_owned())?;
    let [start, first, second, last] = *numbers.as_slice() else {
        return Err(format!("`/ByteRange` has {} numbers, expected 4", numbers.len()));
    };
    let gap = start.checked_add(first);
    let end = second.checked_add(last);
    match (gap, end) {
        (Some(gap), Some(end)) if gap <= second && end <= file.bytes.len() && last > 0 && first > 0 => {
            Ok([start, first, second, last])
        }
        _ => Err(format!("`/ByteRange` {numbers:?} lies outside the file, or overlaps itself")),
    }
}

/// The revision that a range ends with, from 0: with or without the end of the last line.
fn ended(file: &File<'_>, end: usize) -> Option<usize> {
    file.layers.iter().position(|layer| {
        let shortest = trimmed(file.bytes, layer.end);
        let mut after = Cursor::new(file.bytes, shortest);
        after.blank();
        (shortest..=after.at()).contains(&end)
    })
}

pub(in crate::evidence::pdf) fn only_space_from(bytes: &[u8], at: usize) -> bool {
    bytes.get(at..).unwrap_or_default().iter().all(|byte| is_space(*byte))
}
