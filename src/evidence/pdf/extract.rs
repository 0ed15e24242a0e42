//! Pages taken out of a file, to be a file of their own.
//!
//! What a page shows goes with it: its resources, its annotations, what it inherits; pictures as they are encoded. What leads elsewhere
//! (parents, links, fields, structure) stays behind, so that a page tree without end or a hidden page cannot come along. The new file
//! has as many pages as were asked for, and every stream in it has a size that a page can have: another program can be given it to draw.
//! Same pages, same bytes.

use std::collections::BTreeMap;

use lopdf::{Dictionary, Document, Object, ObjectId, Stream, dictionary};

use super::{
    HEADER_WITHIN,
    file::File,
    forms, shape, unread,
    view::{View, fields_of},
    xref,
};
use crate::{
    evidence::{Observation, Reason},
    stamp::stream_content,
};

/// What a page has by itself that shows, or says how large it is.
const OWN: [&[u8]; 6] = [b"ArtBox", b"BleedBox", b"Contents", b"Group", b"TrimBox", b"UserUnit"];

/// What a page may have from the nodes above it (ISO 32000-1, 7.7.3.4).
const INHERITED: [&[u8]; 4] = [b"CropBox", b"MediaBox", b"Resources", b"Rotate"];

/// What leads from an annotation to elsewhere, and a signature, which holds in its own file only.
const ELSEWHERE: [&[u8]; 10] =
    [b"A", b"AA", b"Dest", b"IRT", b"Lock", b"P", b"Parent", b"Popup", b"StructParent", b"V"];

/// The most that a stream may hold, decoded, that is no picture.
const MOST_CONTENT: usize = 16 << 20;

/// The most bytes that a picture may be decoded to: 40 million pixels of four bytes.
const MOST_PICTURE: usize = 160_000_000;

/// The most that a byte of a compressed stream can stand for.
const MOST_SPREAD: usize = 1032;

/// Brackets in brackets in what a page draws: programs that read it climb down into each.
const MOST_NESTED: usize = 5_000;

/// Objects of one page: a page of a map has some thousands.
const MOST_OBJECTS: usize = 100_000;

/// A file whose pages can be taken out.
#[derive(Debug)]
pub(in crate::evidence) struct Extract<'a> {
    file: File<'a>,
    revision: usize,
}

impl<'a> Extract<'a> {
    /// Opens a file, as its last revision has it.
    pub(in crate::evidence) fn open(bytes: &'a [u8]) -> Result<Self, Observation> {
        let head = bytes.get(..HEADER_WITHIN.min(bytes.len())).unwrap_or_default();
        let broken = |why: &str| Observation::new(Reason::Unreadable, why);
        let header = memchr::memmem::find(head, b"%PDF-").ok_or_else(|| broken("it does not begin as a PDF does"))?;
        let (file, _) = File::open(bytes, header).map_err(|error| {
            let reasons = unread(bytes, &[], &error).observations;
            reasons.into_iter().next().unwrap_or_else(|| broken("it cannot be read"))
        })?;
        let has_pages = |revision: &usize| {
            shape::leaves(View { file: &file, revision: *revision }).is_some_and(|pages| !pages.is_empty())
        };
        let revision = (0..file.layers.len()).rev().find(has_pages);
        let revision = revision.ok_or_else(|| broken("its pages cannot be found"))?;
        Ok(Self { file, revision })
    }

    /// How many pages it has.
    pub(in crate::evidence) fn len(&self) -> usize {
        shape::leaves(self.view()).map_or(0, |pages| pages.len())
    }

    const fn view(&self) -> View<'_> {
        View { file: &self.file, revision: self.revision }
    }

    /// A file of these pages, by their indices from 0, each turned clockwise by so many degrees more than it is; with it, how many bytes
    /// of drawing it holds, fonts and pictures not.
    pub(in crate::evidence) fn pages(&self, wanted: &[(usize, u16)]) -> Result<(Vec<u8>, usize), Observation> {
        let view = self.view();
        let leaves = shape::leaves(view).unwrap_or_default();
        let mut copy =
            Copy { view, out: Document::with_version("1.7"), numbers: BTreeMap::new(), next: Vec::new(), drawing: 0 };
        let tree = copy.out.new_object_id();
        let mut kids = Vec::new();
        for (index, turn) in wanted {
            let missing = || Observation::new(Reason::Unreadable, format!("it has no page {}", index + 1));
            let page = leaves.get(*index).ok_or_else(missing)?;
            kids.push(Object::Reference(copy.page(page.fields, tree, *turn)));
            copy.rest()?;
        }
        let count = Object::Integer(i64::try_from(kids.len()).unwrap_or_default());
        copy.out.objects.insert(tree, dictionary! { "Type" => "Pages", "Kids" => kids, "Count" => count }.into());
        let mut catalog = dictionary! { "Type" => "Catalog", "Pages" => tree };
        // Which layers show.
        if let Some(layers) = view.catalog().and_then(|catalog| catalog.get(b"OCProperties").ok()) {
            let layers = copy.value(layers);
            catalog.set("OCProperties", layers);
            copy.rest()?;
        }
        let catalog = copy.out.add_object(catalog);
        copy.out.trailer.set("Root", catalog);
        let mut bytes = Vec::new();
        match copy.out.save_to(&mut bytes) {
            Ok(()) => Ok((bytes, copy.drawing)),
            Err(error) => Err(Observation::new(Reason::Unreadable, error.to_string())),
        }
    }
}

/// What is being copied.
struct Copy<'f> {
    view: View<'f>,
    out: Document,
    /// The number of each object there, by its number here.
    numbers: BTreeMap<u32, ObjectId>,
    next: Vec<(u32, ObjectId)>,
    /// Bytes of what draws, decoded.
    drawing: usize,
}

impl Copy<'_> {
    fn page(&mut self, fields: &Dictionary, tree: ObjectId, turn: u16) -> ObjectId {
        let id = self.out.new_object_id();
        let mut page = dictionary! { "Type" => "Page", "Parent" => tree };
        for key in OWN {
            if let Ok(value) = fields.get(key) {
                page.set(key, self.value(value));
            }
        }
        for key in INHERITED {
            if let Some(value) = forms::inherited_value(self.view, fields, key) {
                page.set(key, self.value(value));
            }
        }
        let rotate =
            self.view.value(fields, b"Rotate").or_else(|| forms::inherited_value(self.view, fields, b"Rotate"));
        let rotate = rotate.and_then(|rotate| self.view.follow(rotate).as_i64().ok()).unwrap_or_default();
        if rotate.rem_euclid(360) != 0 || turn != 0 {
            page.set("Rotate", (rotate.rem_euclid(360) + i64::from(turn)).rem_euclid(360));
        }
        let annotations = self.view.array(fields, b"Annots").unwrap_or_default();
        let annotations: Vec<Object> = annotations
            .iter()
            .filter_map(|annotation| self.annotation(annotation, id))
            .map(Object::Reference)
            .collect();
        if !annotations.is_empty() {
            page.set("Annots", annotations);
        }
        self.out.objects.insert(id, page.into());
        id
    }

    fn annotation(&mut self, annotation: &Object, page: ObjectId) -> Option<ObjectId> {
        let view = self.view;
        let fields = fields_of(view.follow(annotation))?;
        let mut copy = dictionary! { "P" => page };
        for (key, value) in fields.iter().filter(|(key, _)| !ELSEWHERE.contains(&key.as_slice())) {
            copy.set(key.as_slice(), self.value(value));
        }
        // What kind of field it is, it may have from above.
        if let Some(kind) = forms::inherited_value(view, fields, b"FT") {
            copy.set("FT", self.value(kind));
        }
        Some(self.out.add_object(copy))
    }

    /// A value, with the numbers that its references have there.
    fn value(&mut self, value: &Object) -> Object {
        match value {
            Object::Array(items) => Object::Array(items.iter().map(|item| self.value(item)).collect()),
            Object::Dictionary(fields) => Object::Dictionary(self.fields(fields)),
            Object::Stream(stream) => Object::Stream(Stream { dict: self.fields(&stream.dict), ..stream.clone() }),
            Object::Reference((number, _)) => {
                let known = self.numbers.get(number).copied();
                Object::Reference(known.unwrap_or_else(|| {
                    let id = self.out.new_object_id();
                    self.numbers.insert(*number, id);
                    self.next.push((*number, id));
                    id
                }))
            }
            other => other.clone(),
        }
    }

    fn fields(&mut self, fields: &Dictionary) -> Dictionary {
        let mut copy = Dictionary::new();
        for (key, value) in fields.iter() {
            copy.set(key.as_slice(), self.value(value));
        }
        copy
    }

    /// What was referred to, until nothing is left.
    fn rest(&mut self) -> Result<(), Observation> {
        while let Some((number, id)) = self.next.pop() {
            if self.numbers.len() > MOST_OBJECTS {
                return Err(exceeded("it has more objects than a page can have"));
            }
            let object = self.view.file.get(self.view.revision, number).unwrap_or(&Object::Null);
            // A page that is reached by another way than the page tree is none of those that were asked for.
            let is_node = fields_of(object).is_some_and(|fields| fields.has_type(b"Page") || fields.has_type(b"Pages"));
            if let Object::Stream(stream) = object {
                self.weigh(stream)?;
            }
            let copied = if is_node { Object::Null } else { self.value(object) };
            self.out.objects.insert(id, copied);
        }
        Ok(())
    }

    /// That a stream is not larger than one of a page can be.
    fn weigh(&mut self, stream: &Stream) -> Result<(), Observation> {
        let number = |fields: &Dictionary, key| self.view.value(fields, key).and_then(xref::number);
        let kind = self.view.name(&stream.dict, b"Subtype").unwrap_or_default();
        if kind == b"Image" {
            let [width, height] = [b"Width".as_slice(), b"Height"].map(|key| number(&stream.dict, key));
            let columns = self.parameters(stream).filter_map(|own| number(own, b"Columns")).max();
            let across = width.unwrap_or_default().max(columns.unwrap_or_default());
            if across.checked_mul(height.unwrap_or_default()).is_none_or(|pixels| 4 * pixels > MOST_PICTURE) {
                return Err(exceeded("it has a picture of more pixels than a sheet can have"));
            }
            let spreads = stream.content.len().saturating_mul(MOST_SPREAD) > 2 * MOST_PICTURE;
            let is_plain = matches!(stream.filters().as_deref(), Ok([b"FlateDecode" | b"LZWDecode"]));
            let most = across.saturating_mul(height.unwrap_or_default()).saturating_mul(8).saturating_add(1 << 20);
            if spreads && is_plain && stream_content(stream, most).is_none() {
                return Err(exceeded("it has a picture that is larger than it says"));
            }
            return Ok(());
        }
        if stream.content.is_empty() {
            return Ok(());
        }
        match stream_content(stream, MOST_CONTENT) {
            Some(content) if is_deep(&content) => Err(exceeded("what it draws is nested too deep")),
            Some(content) => {
                let is_font = stream.dict.has(b"Length1") || matches!(kind, b"CIDFontType0C" | b"OpenType" | b"Type1C");
                self.drawing += if is_font { 0 } else { content.len() };
                Ok(())
            }
            None => Err(exceeded("it has a stream that cannot be decoded, or is too long")),
        }
    }

    /// The parameters of a stream's filters.
    fn parameters<'s>(&'s self, stream: &'s Stream) -> impl Iterator<Item = &'s Dictionary> {
        let told = self.view.value(&stream.dict, b"DecodeParms");
        let all = match told {
            Some(Object::Array(all)) => all.as_slice(),
            Some(one) => std::slice::from_ref(one),
            None => &[],
        };
        all.iter().filter_map(|own| fields_of(self.view.follow(own)))
    }
}

fn exceeded(detail: &str) -> Observation {
    Observation::new(Reason::LimitExceeded, detail)
}

/// Whether brackets stand in brackets, and so on, deeper than anything that is meant to be read.
fn is_deep(content: &[u8]) -> bool {
    let mut depth = 0_usize;
    content.iter().any(|byte| {
        match byte {
            b'[' | b'{' | b'<' => depth += 1,
            b']' | b'}' | b'>' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth > MOST_NESTED
    })
}
