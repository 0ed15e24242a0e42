//! The digest of what a page of a PDF shows.
//!
//! A file that is saved anew by another program has other bytes and the same pages. A [`PageHash`] covers what the page draws and
//! all that this refers to, fonts and forms included, decoded and in one written form, the same whether a value is written in place
//! or referred to; it leaves out what does not show or what signing adds: annotations, the structure tree, metadata, the place in
//! the file. It says nothing of what an annotation shows.

mod stored;
mod written;

pub use stored::{cost_of_failing, stream_content};

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use lopdf::{Document as Pdf, Object, ObjectId};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::digest::{DigestError, FileDigest};
use written::{Unread, Writer};

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

/// The most that is decoded and hashed for one file, beyond what it stores.
const MAX_WORK: usize = 400 << 20;

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
        let mut writer = Writer::new(objects, self);
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
    use lopdf::{Dictionary, Stream, dictionary};

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
