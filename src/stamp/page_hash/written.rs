//! The one written form of what a page shows.

use std::collections::BTreeMap;

use lopdf::{Dictionary, Object, ObjectId, Stream};
use sha2::{Digest as _, Sha256};

use super::{
    Objects, PageHash, PageHasher,
    stored::{MAX_BYTES, Peeled, cost_of_failing},
};
use crate::digest::FileDigest;

/// What a page inherits from the tree above it (ISO 32000-1, table 30).
const INHERITED: [&[u8]; 4] = [b"CropBox", b"MediaBox", b"Resources", b"Rotate"];

/// What of a page shows: what it inherits, its own boxes and unit, and its content. All else is left out.
const SHOWN: [&[u8]; 2] = [b"Group", b"UserUnit"];

/// Entries that say how a stream is stored, not what it holds; ties to the structure tree, which follow the place in the file; and
/// what programs keep for themselves.
const UNSEEN: [&[u8]; 9] = [
    b"DecodeParms",
    b"DL",
    b"Filter",
    b"LastModified",
    b"Length",
    b"Metadata",
    b"PieceInfo",
    b"StructParent",
    b"StructParents",
];

/// The deepest nesting that is followed.
const MAX_DEPTH: usize = 64;

/// What a value and a reference count as, beside the bytes of streams.
const WORK_OF_VALUE: usize = 128;

/// Writes objects in one form.
pub(super) struct Writer<'a, O> {
    objects: &'a O,
    hasher: &'a mut PageHasher,
    /// The objects that were looked at.
    pub(super) of: Vec<ObjectId>,
}

/// Why a value has no written form.
pub(super) enum Unread {
    Depth,
    Limit,
    Missing,
}

impl<'a, O: Objects> Writer<'a, O> {
    pub(super) const fn new(objects: &'a O, hasher: &'a mut PageHasher) -> Self {
        Self { objects, hasher, of: Vec::new() }
    }

    /// The digest of all that a page shows.
    pub(super) fn page(&mut self, page: ObjectId) -> Result<PageHash, Unread> {
        let mut fields: BTreeMap<&[u8], &'a Object> = BTreeMap::new();
        for name in INHERITED {
            if let Some(value) = self.inherited(page, name)? {
                fields.insert(name, value);
            }
        }
        let own = self.fields(page)?;
        for name in SHOWN {
            if let Ok(value) = own.get(name) {
                fields.insert(name, value);
            }
        }
        self.forget_defaults(&mut fields);
        let mut out = Vec::new();
        self.entries(fields, &mut out, 0)?;
        // The streams of a page are one content, wherever they are cut (ISO 32000-1, 7.8.2).
        out.extend(b"contents ");
        let mut written = Sha256::new();
        written.update(&out);
        let mut left = MAX_BYTES;
        if let Ok(contents) = own.get(b"Contents") {
            self.contents(contents, &mut written, &mut left, 0)?;
        }
        Ok(PageHash(FileDigest::of_hasher(written)))
    }

    /// Drops what says what its absence says: some programs write it, others do not.
    fn forget_defaults(&mut self, fields: &mut BTreeMap<&[u8], &'a Object>) {
        let box_of = |writer: &mut Self, key: &[u8]| -> Option<Vec<f32>> {
            let items = writer.resolved(fields.get(key)?).as_array().ok().filter(|items| items.len() <= 4)?;
            items.iter().map(|item| writer.resolved(item).as_float().ok()).collect()
        };
        if let (Some(crop), Some(media)) = (box_of(self, b"CropBox"), box_of(self, b"MediaBox"))
            && crop == media
        {
            fields.remove(b"CropBox".as_slice());
        }
        if let Some(turn) = fields.get(b"Rotate".as_slice())
            && self.resolved(turn).as_i64().is_ok_and(|turn| turn % 360 == 0)
        {
            fields.remove(b"Rotate".as_slice());
        }
    }

    /// Hashes each part when it is decoded: all of them together may be large.
    fn contents(
        &mut self,
        contents: &Object,
        written: &mut Sha256,
        left: &mut usize,
        depth: usize,
    ) -> Result<(), Unread> {
        if depth > MAX_DEPTH {
            return Err(Unread::Depth);
        }
        self.hasher.count(WORK_OF_VALUE)?;
        match contents {
            Object::Array(parts) => parts.iter().try_for_each(|part| self.contents(part, written, left, depth + 1)),
            Object::Reference(id) => {
                self.of.push(*id);
                match self.objects.object(*id) {
                    Some(Object::Stream(stream)) => {
                        let mut part = Vec::new();
                        self.content(stream, &mut part, depth)?;
                        part.push(b'\n');
                        *left = left.checked_sub(part.len()).ok_or(Unread::Limit)?;
                        written.update(&part);
                        Ok(())
                    }
                    Some(other) => self.contents(other, written, left, depth + 1),
                    None => Ok(()),
                }
            }
            Object::Null => Ok(()),
            _ => Err(Unread::Missing),
        }
    }

    fn fields(&mut self, id: ObjectId) -> Result<&'a Dictionary, Unread> {
        self.of.push(id);
        self.objects.object(id).and_then(|object| object.as_dict().ok()).ok_or(Unread::Missing)
    }

    /// A value that stands behind a reference, or does not.
    fn resolved<'b>(&mut self, object: &'b Object) -> &'b Object
    where
        'a: 'b,
    {
        match object {
            Object::Reference(id) => {
                self.of.push(*id);
                self.objects.object(*id).unwrap_or(object)
            }
            other => other,
        }
    }

    fn inherited(&mut self, page: ObjectId, name: &[u8]) -> Result<Option<&'a Object>, Unread> {
        let mut node = page;
        for _ in 0..MAX_DEPTH {
            let fields = self.fields(node)?;
            if let Ok(value) = fields.get(name) {
                return Ok(Some(value));
            }
            match fields.get(b"Parent").and_then(Object::as_reference) {
                Ok(parent) => node = parent,
                Err(_) => return Ok(None),
            }
        }
        Err(Unread::Depth)
    }

    /// A value of several parts is written as its digest, so that its size and its place do not matter.
    fn object(&mut self, object: &Object, out: &mut Vec<u8>, depth: usize) -> Result<(), Unread> {
        if depth > MAX_DEPTH {
            return Err(Unread::Depth);
        }
        self.hasher.count(WORK_OF_VALUE)?;
        match object {
            Object::Array(items) => {
                let mut form = vec![b'['];
                items.iter().try_for_each(|item| self.object(item, &mut form, depth + 1))?;
                digested(&form, out);
            }
            Object::Boolean(value) => out.extend(if *value { b"true " as &[u8] } else { b"false " }),
            Object::Dictionary(fields) => {
                let mut form = Vec::new();
                self.dictionary(fields, &mut form, depth)?;
                digested(&form, out);
            }
            Object::Integer(value) => out.extend(format!("{value} ").bytes()),
            Object::Name(name) => sized(b'/', name, out),
            Object::Null => out.extend(b"null "),
            // `595` and `595.0` are one number.
            Object::Real(value) => out.extend(format!("{value} ").bytes()),
            Object::Reference(id) => self.referred(*id, out, depth)?,
            Object::Stream(stream) => {
                let mut form = Vec::new();
                self.dictionary(&stream.dict, &mut form, depth)?;
                let mut content = Vec::new();
                self.content(stream, &mut content, depth)?;
                sized(b's', &content, &mut form);
                digested(&form, out);
            }
            Object::String(text, _) => sized(b'(', text, out),
        }
        Ok(())
    }

    /// Entries by name.
    fn dictionary(&mut self, fields: &Dictionary, out: &mut Vec<u8>, depth: usize) -> Result<(), Unread> {
        self.hasher.count(fields.len() * WORK_OF_VALUE)?;
        let sorted: BTreeMap<&[u8], &Object> = fields
            .iter()
            .map(|(name, value)| (name.as_slice(), value))
            .filter(|(name, _)| !UNSEEN.contains(name))
            .collect();
        self.entries(sorted, out, depth)
    }

    fn entries(&mut self, sorted: BTreeMap<&[u8], &Object>, out: &mut Vec<u8>, depth: usize) -> Result<(), Unread> {
        out.push(b'<');
        for (name, value) in sorted {
            sized(b'/', name, out);
            self.object(value, out, depth + 1)?;
        }
        out.push(b'>');
        Ok(())
    }

    /// What an object that is referred to is written as; an object that is not there is null (ISO 32000-1, 7.3.10).
    fn referred(&mut self, id: ObjectId, out: &mut Vec<u8>, depth: usize) -> Result<(), Unread> {
        self.of.push(id);
        if let Some(known) = self.hasher.known.get(&id) {
            out.extend(known);
            return Ok(());
        }
        let outer = std::mem::take(&mut self.of);
        let mut made = Vec::new();
        let object = self.objects.object(id).unwrap_or(&Object::Null);
        self.object(object, &mut made, depth + 1)?;
        out.extend(&made);
        let of = std::mem::replace(&mut self.of, outer);
        self.hasher.used(id, &of);
        self.hasher.known.insert(id, made);
        Ok(())
    }

    /// What a stream holds: without the filters that lose nothing, with the names of the others and what they are told.
    fn content(&mut self, stream: &Stream, out: &mut Vec<u8>, depth: usize) -> Result<(), Unread> {
        self.hasher.count(stream.content.len())?;
        let start = out.len();
        match Peeled::of(stream) {
            Some(peeled) => {
                for name in &peeled.rest {
                    sized(b'/', name, out);
                }
                for told in &peeled.told {
                    self.object(told, out, depth + 1)?;
                }
                match peeled.content {
                    Some(content) if out.is_empty() => *out = content,
                    content => out.extend(content.as_deref().unwrap_or(&stream.content)),
                }
            }
            // Stored in a way that is not known, or too large: how it is stored belongs to what is shown.
            None => {
                self.hasher.count(cost_of_failing(stream, MAX_BYTES))?;
                for key in [b"Filter".as_slice(), b"DecodeParms"] {
                    self.object(stream.dict.get(key).unwrap_or(&Object::Null), out, depth + 1)?;
                }
                out.extend(&stream.content);
            }
        }
        self.hasher.count(out.len() - start)
    }
}

/// The digest of what is written.
fn digested(form: &[u8], out: &mut Vec<u8>) {
    out.push(b'#');
    out.extend(Sha256::digest(form));
}

/// Bytes after their kind and number: nothing in them can pass for something else.
fn sized(kind: u8, bytes: &[u8], out: &mut Vec<u8>) {
    out.push(kind);
    out.extend(format!("{} ", bytes.len()).bytes());
    out.extend(bytes);
}
