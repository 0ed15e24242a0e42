//! The digest of what a page of a PDF shows.
//!
//! A file that is saved anew by another program has other bytes and the same pages. A [`PageHash`] covers what the page draws and
//! all that this refers to, fonts and forms included, decoded and in one written form; it leaves out what does not show or what
//! signing adds: annotations, the structure tree, metadata, the place in the file. It says nothing of what an annotation shows.

use std::{collections::BTreeMap, fmt};

use lopdf::{Dictionary, Document as Pdf, Object, ObjectId, Stream};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest as _, Sha256};

use crate::digest::{DigestError, FileDigest};

/// SHA-256 of what one page shows.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PageHash(FileDigest);

/// A page that cannot be hashed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PageHashError {
    /// Forms inside forms, or pages inside pages, deeper than any that is printed.
    #[error("page {page} is nested too deeply")]
    Depth {
        /// The page, from 1.
        page: u32,
    },
    /// The page lacks something, or an object cannot be read.
    #[error("page {page} cannot be read")]
    Page {
        /// The page, from 1.
        page: u32,
        /// Why.
        source: lopdf::Error,
    },
}

/// What a page inherits from the tree above it (ISO 32000-1, table 30).
const INHERITED: [&[u8]; 4] = [b"CropBox", b"MediaBox", b"Resources", b"Rotate"];

/// What of a page shows: what it inherits, its own boxes and unit, and its content. All else is left out.
const SHOWN: [&[u8]; 3] = [b"Contents", b"Group", b"UserUnit"];

/// Entries that say how a stream is stored, not what it holds; and ties to the structure tree, which follow the place in the file.
const UNSEEN: [&[u8]; 7] =
    [b"DecodeParms", b"DL", b"Filter", b"Length", b"Metadata", b"StructParent", b"StructParents"];

/// The deepest nesting that is followed.
const MAX_DEPTH: usize = 64;

/// The most that a stream is decoded to; what is larger is hashed as it is stored.
const MAX_BYTES: usize = 64 << 20;

/// Hashes every page of a file, in order.
///
/// # Errors
/// When a page cannot be read; the first one is named.
pub fn page_hashes(pdf: &Pdf) -> Result<Vec<PageHash>, PageHashError> {
    let mut reader = Reader { pdf, known: BTreeMap::new() };
    pdf.get_pages().into_iter().map(|(number, page)| reader.page(number, page)).collect()
}

/// Writes objects in one form, each object that is referred to once.
struct Reader<'a> {
    pdf: &'a Pdf,
    known: BTreeMap<ObjectId, [u8; 32]>,
}

/// Why a value has no written form.
enum Unread {
    Depth,
    Pdf(lopdf::Error),
}

impl From<lopdf::Error> for Unread {
    fn from(error: lopdf::Error) -> Self {
        Self::Pdf(error)
    }
}

impl Reader<'_> {
    fn page(&mut self, number: u32, page: ObjectId) -> Result<PageHash, PageHashError> {
        self.shown(page).map(|shown| PageHash(FileDigest::of(&shown))).map_err(|unread| match unread {
            Unread::Depth => PageHashError::Depth { page: number },
            Unread::Pdf(source) => PageHashError::Page { page: number, source },
        })
    }

    fn shown(&mut self, page: ObjectId) -> Result<Vec<u8>, Unread> {
        let mut fields = Dictionary::new();
        for name in INHERITED {
            if let Some(value) = self.inherited(page, name)? {
                fields.set(name, value);
            }
        }
        let own = self.pdf.get_dictionary(page)?;
        for name in SHOWN.into_iter().filter(|name| *name != b"Contents") {
            if let Ok(value) = own.get(name) {
                fields.set(name, value.clone());
            }
        }
        let mut out = Vec::new();
        self.dictionary(&fields, &mut out, 0)?;
        // The streams of a page are one content, wherever they are cut (ISO 32000-1, 7.8.2).
        out.extend(b"contents ");
        for stream in self.pdf.get_page_contents(page) {
            out.extend(content(self.pdf.get_object(stream)?.as_stream()?));
            out.push(b'\n');
        }
        Ok(out)
    }

    fn inherited(&self, page: ObjectId, name: &[u8]) -> Result<Option<Object>, Unread> {
        let mut node = page;
        for _ in 0..MAX_DEPTH {
            let fields = self.pdf.get_dictionary(node)?;
            if let Ok(value) = fields.get(name) {
                return Ok(Some(value.clone()));
            }
            match fields.get(b"Parent").and_then(Object::as_reference) {
                Ok(parent) => node = parent,
                Err(_) => return Ok(None),
            }
        }
        Err(Unread::Depth)
    }

    fn object(&mut self, object: &Object, out: &mut Vec<u8>, depth: usize) -> Result<(), Unread> {
        if depth > MAX_DEPTH {
            return Err(Unread::Depth);
        }
        match object {
            Object::Array(items) => {
                out.push(b'[');
                items.iter().try_for_each(|item| self.object(item, out, depth + 1))?;
                out.push(b']');
            }
            Object::Boolean(value) => out.extend(if *value { b"true " as &[u8] } else { b"false " }),
            Object::Dictionary(fields) => self.dictionary(fields, out, depth)?,
            Object::Integer(value) => out.extend(format!("{value} ").bytes()),
            Object::Name(name) => sized(b'/', name, out),
            Object::Null => out.extend(b"null "),
            // `595` and `595.0` are one number.
            Object::Real(value) => out.extend(format!("{value} ").bytes()),
            Object::Reference(id) => out.extend(self.referred(*id, depth)?),
            Object::Stream(stream) => {
                self.dictionary(&stream.dict, out, depth)?;
                sized(b's', &content(stream), out);
            }
            Object::String(text, _) => sized(b'(', text, out),
        }
        Ok(())
    }

    /// Entries by name.
    fn dictionary(&mut self, fields: &Dictionary, out: &mut Vec<u8>, depth: usize) -> Result<(), Unread> {
        let sorted: BTreeMap<&[u8], &Object> = fields
            .iter()
            .map(|(name, value)| (name.as_slice(), value))
            .filter(|(name, _)| !UNSEEN.contains(name))
            .collect();
        out.push(b'<');
        for (name, value) in sorted {
            sized(b'/', name, out);
            self.object(value, out, depth + 1)?;
        }
        out.push(b'>');
        Ok(())
    }

    /// The digest of an object that is referred to; an object that is not there is null (ISO 32000-1, 7.3.10).
    fn referred(&mut self, id: ObjectId, depth: usize) -> Result<[u8; 32], Unread> {
        if let Some(known) = self.known.get(&id) {
            return Ok(*known);
        }
        let mut written = Vec::new();
        match self.pdf.get_object(id) {
            Ok(object) => self.object(object, &mut written, depth + 1)?,
            Err(_) => written.extend(b"null "),
        }
        let digest = Sha256::digest(&written).into();
        self.known.insert(id, digest);
        Ok(digest)
    }
}

/// What a stream holds: decoded if its filters are lossless and known, with their names otherwise.
fn content(stream: &Stream) -> Vec<u8> {
    if stream.dict.get(b"Filter").is_err() {
        return stream.content.clone();
    }
    stream.decompressed_content_with_limit(MAX_BYTES).unwrap_or_else(|_| {
        let names = stream.filters().unwrap_or_default().concat();
        [names.as_slice(), b" ", &stream.content].concat()
    })
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
