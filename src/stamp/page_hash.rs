//! The digest of what a page of a PDF shows.
//!
//! A file that is saved anew by another program has other bytes and the same pages. A [`PageHash`] covers what the page draws and
//! all that this refers to, fonts and forms included, decoded and in one written form, the same whether a value is written in place
//! or referred to; it leaves out what does not show or what signing adds: annotations, the structure tree, metadata, the place in
//! the file. It says nothing of what an annotation shows.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use lopdf::{Dictionary, Document as Pdf, Object, ObjectId, Stream};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest as _, Sha256};

use crate::digest::{DigestError, FileDigest};

/// SHA-256 of what one page shows.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PageHash(FileDigest);

impl PageHash {
    /// The number of the method by which digests are computed: raised whenever another value would be given to the same page.
    pub const METHOD: u8 = 2;
}

/// A page that cannot be hashed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PageHashError {
    /// Forms inside forms, or pages inside pages, deeper than any that is printed.
    #[error("page {page} is nested too deeply")]
    Depth {
        /// The page, from 1.
        page: u32,
    },
    /// More is drawn than on all pages of any contract.
    #[error("page {page} is too large")]
    Limit {
        /// The page, from 1.
        page: u32,
    },
    /// The page lacks something, or an object cannot be read.
    #[error("page {page} cannot be read")]
    Unreadable {
        /// The page, from 1.
        page: u32,
    },
}

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

/// Filters that lose nothing: what they hold is the same however it is stored.
const LOSSLESS: [&[u8]; 5] = [b"ASCII85Decode", b"ASCIIHexDecode", b"FlateDecode", b"LZWDecode", b"RunLengthDecode"];

/// The deepest nesting that is followed.
const MAX_DEPTH: usize = 64;

/// The most that a stream is decoded to; what is larger is hashed as it is stored.
const MAX_BYTES: usize = 32 << 20;

/// Pictures that are larger are hashed as they are stored: a scan of 300 pages would be decoded to gigabytes.
const MAX_PICTURE: usize = 1 << 20;

/// The most that is decoded and hashed for one file, beyond what it stores.
const MAX_WORK: usize = 400 << 20;

/// What a value and a reference count as, beside the bytes of streams.
const WORK_OF_VALUE: usize = 128;

/// A file's objects, by their numbers.
pub trait Objects {
    /// The object, as it stands; none if there is none.
    fn object(&self, id: ObjectId) -> Option<&Object>;
}

impl Objects for Pdf {
    fn object(&self, id: ObjectId) -> Option<&Object> {
        self.objects.get(&id)
    }
}

/// Hashes every page of a file, in order.
///
/// # Errors
/// When a page cannot be read; the first one is named.
pub fn page_hashes(pdf: &Pdf) -> Result<Vec<PageHash>, PageHashError> {
    let mut hasher = PageHasher::default();
    pdf.get_pages().into_iter().map(|(number, page)| hasher.page(pdf, number, page)).collect()
}

/// Hashes pages, each object that they share once; and goes on with a later revision of the file, where it hashes anew only what
/// has changed.
#[derive(Debug, Default)]
pub struct PageHasher {
    known: BTreeMap<ObjectId, Vec<u8>>,
    pages: BTreeMap<ObjectId, PageHash>,
    /// For each object, those that something was made of with it.
    users: BTreeMap<u32, Vec<u32>>,
    work: usize,
}

impl PageHasher {
    /// Hashes one page; `number`, from 1, is for errors.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn page(&mut self, objects: &impl Objects, number: u32, page: ObjectId) -> Result<PageHash, PageHashError> {
        if let Some(known) = self.pages.get(&page) {
            return Ok(*known);
        }
        let mut writer = Writer { objects, hasher: self, of: Vec::new() };
        let written = writer.page(page);
        let of = writer.of;
        let made = written.map_err(|unread| match unread {
            Unread::Depth => PageHashError::Depth { page: number },
            Unread::Limit => PageHashError::Limit { page: number },
            Unread::Missing => PageHashError::Unreadable { page: number },
        })?;
        self.used(page, &of);
        self.pages.insert(page, made);
        Ok(made)
    }

    fn used(&mut self, by: ObjectId, of: &[ObjectId]) {
        of.iter().for_each(|used| self.users.entry(used.0).or_default().push(by.0));
    }

    /// Forgets all that was made of objects that have changed.
    pub fn forget(&mut self, changed: &BTreeSet<u32>) {
        let mut next: Vec<u32> = changed.iter().copied().collect();
        while let Some(number) = next.pop() {
            for generation in self.generations(number) {
                self.known.remove(&generation);
                self.pages.remove(&generation);
            }
            next.extend(self.users.remove(&number).unwrap_or_default());
        }
    }

    fn generations(&self, number: u32) -> Vec<ObjectId> {
        let own = (number, 0)..=(number, u16::MAX);
        self.known.range(own.clone()).map(|(id, _)| *id).chain(self.pages.range(own).map(|(id, _)| *id)).collect()
    }

    fn count(&mut self, bytes: usize) -> Result<(), Unread> {
        self.work = self.work.saturating_add(bytes);
        if self.work > MAX_WORK { Err(Unread::Limit) } else { Ok(()) }
    }
}

/// Writes objects in one form.
struct Writer<'a, O> {
    objects: &'a O,
    hasher: &'a mut PageHasher,
    /// The objects that were looked at.
    of: Vec<ObjectId>,
}

/// Why a value has no written form.
enum Unread {
    Depth,
    Limit,
    Missing,
}

impl<'a, O: Objects> Writer<'a, O> {
    fn page(&mut self, page: ObjectId) -> Result<PageHash, Unread> {
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

/// A stream without the filters that lose nothing.
struct Peeled<'a> {
    /// What it holds, if that is not what is stored.
    content: Option<Vec<u8>>,
    /// The filters that remain.
    rest: Vec<&'a [u8]>,
    /// What these are told.
    told: Vec<&'a Object>,
}

impl<'a> Peeled<'a> {
    fn of(stream: &'a Stream) -> Option<Self> {
        let filters: Vec<&[u8]> = match stream.dict.get(b"Filter") {
            Err(_) => Vec::new(),
            Ok(Object::Name(name)) => vec![name],
            Ok(Object::Array(names)) => names.iter().map(|name| name.as_name().ok()).collect::<Option<_>>()?,
            Ok(_) => return None,
        };
        let told: Vec<&Object> = match stream.dict.get(b"DecodeParms") {
            Err(_) => Vec::new(),
            Ok(Object::Array(told)) => told.iter().collect(),
            Ok(one) => vec![one],
        };
        let is_large = stream.content.len() > MAX_PICTURE
            && stream.dict.get(b"Subtype").and_then(Object::as_name).is_ok_and(|name| name == b"Image");
        let peeled = filters.iter().take_while(|name| LOSSLESS.contains(*name)).count();
        if peeled == 0 || is_large {
            return Some(Self { content: None, rest: filters, told });
        }
        let (lossless, rest) = filters.split_at(peeled);
        let own = told.iter().take(peeled);
        if own.clone().any(|told| matches!(told, Object::Reference(_))) {
            return None;
        }
        let mut shell = Stream::new(Dictionary::new(), stream.content.clone());
        shell.dict.set("Filter", Object::Array(lossless.iter().map(|name| Object::Name(name.to_vec())).collect()));
        shell.dict.set("DecodeParms", Object::Array(own.map(|told| (*told).clone()).collect()));
        let content = shell.decompressed_content_with_limit(MAX_BYTES).ok()?;
        Some(Self { content: Some(content), rest: rest.to_vec(), told: told.into_iter().skip(peeled).collect() })
    }
}

/// What a stream holds, decoded; none when it holds more than `limit`, or in a form that is a picture's.
#[must_use]
pub fn stream_content(stream: &Stream, limit: usize) -> Option<Vec<u8>> {
    match stream.dict.get(b"Filter") {
        Err(_) => (stream.content.len() <= limit).then(|| stream.content.clone()),
        Ok(_) => stream.filters().ok().and_then(|_| stream.decompressed_content_with_limit(limit).ok()),
    }
}

/// The most that was decoded of a stream that could not be decoded, or that holds more than `limit`: a byte makes a thousand at most,
/// once for each filter.
#[must_use]
pub fn cost_of_failing(stream: &Stream, limit: usize) -> usize {
    let filters = stream.filters().map_or(0, |filters| filters.len());
    let each = |size: usize, _| size.saturating_mul(1_100);
    (0..filters).fold(stream.content.len(), each).min(limit)
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

impl fmt::Display for PageHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for PageHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PageHash({self})")
    }
}

impl std::str::FromStr for PageHash {
    type Err = DigestError;

    fn from_str(text: &str) -> Result<Self, DigestError> {
        text.parse().map(Self)
    }
}

impl Serialize for PageHash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for PageHash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        FileDigest::deserialize(deserializer).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use lopdf::dictionary;

    use super::*;

    /// A page that draws a form with a font of its own; `change` spoils it.
    fn file(change: impl FnOnce(&mut Pdf, ObjectId)) -> Pdf {
        let mut pdf = Pdf::with_version("1.7");
        let font = pdf.add_object(dictionary! { "Type" => "Font", "BaseFont" => "Sans", "Widths" => vec![500.into()] });
        let form = pdf.add_object(Stream::new(
            dictionary! { "Subtype" => "Form", "Resources" => dictionary! { "Font" => dictionary! { "F" => font } } },
            b"BT /F 9 Tf (45,5 %) Tj ET".to_vec(),
        ));
        let content = pdf.add_object(Stream::new(Dictionary::new(), b"/X Do".to_vec()));
        let tree = pdf.new_object_id();
        let page = pdf.add_object(dictionary! {
            "Type" => "Page", "Parent" => tree, "Contents" => content,
            "Resources" => dictionary! { "XObject" => dictionary! { "X" => form } },
        });
        pdf.objects.insert(
            tree,
            dictionary! {
                "Type" => "Pages", "Kids" => vec![page.into()], "Count" => 1,
                "MediaBox" => vec![0.into(), 0.into(), 595.into(), Object::Real(842.0)],
            }
            .into(),
        );
        let catalog = pdf.add_object(dictionary! { "Type" => "Catalog", "Pages" => tree });
        pdf.trailer.set("Root", catalog);
        change(&mut pdf, page);
        pdf
    }

    fn hash(pdf: &Pdf) -> PageHash {
        page_hashes(pdf).unwrap()[0]
    }

    #[test]
    fn a_file_that_is_saved_anew_has_the_same_pages() {
        let original = file(|_, _| {});
        let mut again = file(|pdf, page| {
            pdf.compress();
            pdf.renumber_objects_with(40);
            let page = pdf.get_pages()[&1].max(page);
            pdf.get_dictionary_mut(page).unwrap().set("Annots", Vec::new());
        });
        let mut bytes = Vec::new();
        again.save_modern(&mut bytes).unwrap();
        assert_eq!(hash(&Pdf::load_mem(&bytes).unwrap()), hash(&original));
    }

    #[test]
    fn anything_that_shows_changes_the_digest() {
        let original = hash(&file(|_, _| {}));
        let stream = |from: &'static str, to: &'static str| {
            move |pdf: &mut Pdf, _| {
                for object in pdf.objects.values_mut() {
                    if let Object::Stream(stream) = object {
                        let text = String::from_utf8(stream.content.clone()).unwrap();
                        stream.set_content(text.replace(from, to).into_bytes());
                    }
                }
            }
        };
        assert_ne!(hash(&file(stream("45,5", "46,5"))), original);
        assert_ne!(hash(&file(stream("/X Do", "/X Do /X Do"))), original);
        assert_ne!(hash(&file(|pdf, page| pdf.get_dictionary_mut(page).unwrap().set("Rotate", 180))), original);
        let widths = |pdf: &mut Pdf, _| {
            let font = pdf.objects.values_mut().find(|object| object.type_name().is_ok_and(|name| name == b"Font"));
            font.unwrap().as_dict_mut().unwrap().set("Widths", vec![501.into()]);
        };
        assert_ne!(hash(&file(widths)), original);
    }

    #[test]
    fn a_form_that_draws_itself_is_refused() {
        let spoiled = file(|pdf, page| {
            let resources = pdf.get_dictionary(page).unwrap().get(b"Resources").unwrap().clone();
            let form = resources.as_dict().unwrap().get(b"XObject").unwrap().as_dict().unwrap().get(b"X").unwrap();
            let form = form.as_reference().unwrap();
            pdf.get_object_mut(form).unwrap().as_stream_mut().unwrap().dict.set("Resources", resources);
        });
        assert!(matches!(page_hashes(&spoiled), Err(PageHashError::Depth { page: 1 })));
    }
}
