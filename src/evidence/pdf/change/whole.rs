//! What differs of the file as a whole: its form, its catalog, its names, what it says of itself, how it is built.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::OnceLock,
};

use lopdf::{Dictionary, Object};

use super::{Difference, keys};
use crate::evidence::{
    Observation, Reason,
    pdf::{
        shape::Shape,
        view::{View, fields_of},
    },
};

/// Catalog entries that are compared elsewhere, or that do not show and do nothing.
const CATALOG_ELSEWHERE: [&[u8]; 13] = [
    b"AcroForm",
    b"DSS",
    b"Extensions",
    b"Lang",
    b"Legal",
    b"MarkInfo",
    b"Names",
    b"Outlines",
    b"OutputIntents",
    b"Pages",
    b"Perms",
    b"StructTreeRoot",
    b"Type",
];

impl<'f> Difference<'f, '_> {
    pub(super) fn form(&mut self) {
        let (older, newer) = (self.older.form(), self.newer.form());
        for (key, reason) in [
            (b"NeedAppearances".as_slice(), Reason::RevisionForms),
            (b"CO", Reason::RevisionOther),
            (b"XFA", Reason::RevisionOther),
        ] {
            let value = |form: Option<&'f Dictionary>| form.and_then(|form| form.get(key).ok());
            if !self.same.values(value(older), value(newer)) {
                self.tell(Observation::new(reason, format!("the form's `{}` changed", key.escape_ascii())));
            }
        }
    }

    pub(super) fn catalog(&mut self) {
        let (Some(older), Some(newer)) = (self.older.view.catalog(), self.newer.view.catalog()) else { return };
        if !self.same.values(older.get(b"DSS").ok(), newer.get(b"DSS").ok()) {
            self.tell(Observation::new(Reason::RevisionDss, "what validates signatures was added or changed"));
        }
        if !self.same.values(older.get(b"Perms").ok(), newer.get(b"Perms").ok()) && !self.signs() && self.in_file {
            self.tell(Observation::new(Reason::RevisionOther, "the permissions of the catalog changed"));
        }
        if self.newer.view.file.budget.walk(older.len() + newer.len()).is_none() {
            return;
        }
        for key in keys(older, newer) {
            if CATALOG_ELSEWHERE.contains(&key) || matches!(key, b"Metadata" | b"Version" | b"PieceInfo") {
                continue;
            }
            if !self.same.values(older.get(key).ok(), newer.get(key).ok()) {
                let detail = format!("the catalog's `{}` changed", key.escape_ascii());
                self.tell(Observation::new(Reason::RevisionOther, detail));
            }
        }
    }

    /// Destinations, scripts and attached files, by their names, however the trees of names are cut.
    pub(super) fn names(&mut self) {
        let trees = |view: View<'f>| view.catalog().and_then(|catalog| view.dictionary(catalog, b"Names"));
        let (older, newer) = (trees(self.older.view), trees(self.newer.view));
        let empty: &'f Dictionary = EMPTY.get_or_init(Dictionary::new);
        for key in keys(older.unwrap_or(empty), newer.unwrap_or(empty)) {
            let tree = |view: View<'f>, trees: Option<&'f Dictionary>| {
                trees.and_then(|trees| trees.get(key).ok()).map(|tree| flat(view, tree)).unwrap_or_default()
            };
            let (left, right) = (tree(self.older.view, older), tree(self.newer.view, newer));
            let is_same = left.len() == right.len()
                && left
                    .iter()
                    .zip(&right)
                    .all(|((one, value), (other, new))| one == other && self.same.values(Some(value), Some(new)));
            if !is_same {
                let detail = format!("the names under `{}` changed", key.escape_ascii());
                self.tell(Observation::new(Reason::RevisionOther, detail));
            }
        }
    }

    pub(super) fn outlines(&mut self) {
        let outline = |view: View<'f>| view.catalog().and_then(|catalog| catalog.get(b"Outlines").ok());
        let (older, newer) = (outline(self.older.view), outline(self.newer.view));
        if !self.same.values(older, newer) {
            self.tell(Observation::new(Reason::RevisionMetadata, "the bookmarks changed"));
        }
    }

    pub(super) fn metadata(&mut self) {
        // Programs date what they write and put their names in it; nobody reads a contract there.
        const DATES: [&[u8]; 4] = [b"CreationDate", b"Creator", b"ModDate", b"Producer"];
        let told = |view: View<'f>| view.trailer().and_then(|trailer| view.dictionary(trailer, b"Info"));
        let empty: &'f Dictionary = EMPTY.get_or_init(Dictionary::new);
        let (older, newer) = (told(self.older.view).unwrap_or(empty), told(self.newer.view).unwrap_or(empty));
        let quiet = self.signs() || !self.in_file;
        let mut changed: Vec<String> = Vec::new();
        for key in keys(older, newer) {
            let is_quiet = quiet && DATES.contains(&key);
            if !is_quiet && !self.same.values(older.get(key).ok(), newer.get(key).ok()) {
                changed.push(format!("`{}`", key.escape_ascii()));
            }
        }
        let packet = |view: View<'f>| view.catalog().and_then(|catalog| catalog.get(b"Metadata").ok());
        if !quiet && !self.same.values(packet(self.older.view), packet(self.newer.view)) {
            changed.push("the XMP packet".to_owned());
        }
        if !changed.is_empty() {
            let detail = format!("what the file says of itself changed: {}", changed.join(", "));
            self.tell(Observation::new(Reason::RevisionMetadata, detail));
        }
    }

    pub(super) fn structure(&mut self) {
        let (older, newer) = (self.older.view, self.newer.view);
        let root = |view: View<'f>| view.trailer().and_then(|trailer| trailer.get(b"Root").ok());
        if root(older) != root(newer) {
            self.tell(Observation::new(Reason::RevisionStructure, "another object is the catalog"));
        }
        let tree = |view: View<'f>| view.catalog().and_then(|catalog| catalog.get(b"Pages").ok());
        if tree(older) != tree(newer) {
            self.tell(Observation::new(Reason::RevisionStructure, "another object is the root of the page tree"));
        }
        let miscounts = |shape: &Shape<'_>| shape.told != Some(shape.pages.len());
        if miscounts(self.newer) && !miscounts(self.older) {
            self.tell(Observation::new(
                Reason::RevisionStructure,
                "the page tree says another number of pages than it has",
            ));
        }
        let silent = self.change.observations.is_empty();
        let is_element = |number: &u32| {
            newer
                .object(*number)
                .is_some_and(|fields| fields.has_type(b"StructElem") || fields.has_type(b"StructTreeRoot"))
        };
        let changed = newer.file.layers.get(newer.revision).map(|layer| &layer.changed);
        if silent && changed.is_some_and(|changed| changed.iter().any(is_element)) {
            self.tell(Observation::new(Reason::RevisionStructure, "the structure tree changed"));
        }
    }
}

static EMPTY: OnceLock<Dictionary> = OnceLock::new();

/// All names of a tree of names, with their values (ISO 32000-1, 7.9.6).
fn flat<'f>(view: View<'f>, tree: &'f Object) -> BTreeMap<&'f [u8], &'f Object> {
    let mut names = BTreeMap::new();
    let mut seen = BTreeSet::new();
    let mut next = vec![tree];
    while let Some(node) = next.pop() {
        if let Ok((number, _)) = node.as_reference()
            && !seen.insert(number)
        {
            continue;
        }
        let Some(fields) = fields_of(view.follow(node)) else { continue };
        let (kids, pairs) = (view.array(fields, b"Kids").unwrap_or_default(), view.array(fields, b"Names"));
        let pairs = pairs.unwrap_or_default();
        if view.file.budget.walk(kids.len() + pairs.len()).is_none() {
            break;
        }
        next.extend(kids);
        for pair in pairs.chunks_exact(2) {
            if let [name, value] = pair
                && let Object::String(name, _) = view.follow(name)
            {
                names.insert(name.as_slice(), value);
            }
        }
    }
    names
}
