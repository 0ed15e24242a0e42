//! What differs between two revisions, or between the file that was sent and the one that came back.
//!
//! Compares what is resolved, never objects: a program may write every object anew and change nothing. What signing itself brings
//! (the value and the appearance of a signature field, flags and fonts of the form, dates, the structure tree) is told as the
//! signature and as nothing else.

mod whole;

use std::collections::{BTreeMap, BTreeSet};

use lopdf::Dictionary;

use super::{
    same::Same,
    shape::{Annotation, Field, Key, Page, Shape, is_invisible},
    view::View,
};
use crate::evidence::{Observation, Reason};

/// What a revision does.
#[derive(Debug, Default)]
pub(super) struct Change {
    pub(super) observations: Vec<Observation>,
    /// Signature fields that it fills.
    pub(super) signed: Vec<Key>,
    /// Form fields whose value or appearance it changes.
    pub(super) filled: Vec<Key>,
    /// Fields that it adds or removes, but for document time stamps.
    pub(super) fields: Vec<Key>,
}

/// Page entries that are compared elsewhere, or that do not show and do nothing.
const PAGE_ELSEWHERE: [&[u8]; 19] = [
    b"Annots",
    b"ArtBox",
    b"B",
    b"BleedBox",
    b"Contents",
    b"CropBox",
    b"Group",
    b"ID",
    b"MediaBox",
    b"PZ",
    b"Resources",
    b"Rotate",
    b"SeparationInfo",
    b"StructParents",
    b"Tabs",
    b"Thumb",
    b"TrimBox",
    b"Type",
    b"UserUnit",
];

/// What signing may change of a field and of its widget.
const BY_SIGNING: [&[u8]; 17] = [
    b"AP", b"AS", b"BS", b"Border", b"DA", b"DR", b"F", b"Ff", b"Kids", b"Lock", b"M", b"MK", b"NM", b"SV", b"TU",
    b"Type", b"V",
];

/// What signing may change of a widget that it makes invisible.
const UNSEEN_BY_SIGNING: [&[u8]; 18] = [
    b"AP", b"AS", b"BS", b"Border", b"DA", b"DR", b"F", b"Ff", b"Kids", b"Lock", b"M", b"MK", b"NM", b"Rect", b"SV",
    b"TU", b"Type", b"V",
];

/// What filling may change of a field and of its widget.
const BY_FILLING: [&[u8]; 14] =
    [b"AP", b"AS", b"DA", b"DR", b"DV", b"Ff", b"I", b"Kids", b"M", b"MK", b"RV", b"TI", b"Type", b"V"];

/// Tells what `newer` changes of `older`.
pub(super) fn between<'f>(older: &Shape<'f>, newer: &Shape<'f>) -> Change {
    let mut difference = Difference {
        older,
        newer,
        same: Same::new(older, newer),
        in_file: std::ptr::eq(older.view.file, newer.view.file),
        change: Change::default(),
    };
    let pairs = difference.pages();
    for (left, right, number) in pairs {
        difference.page_entries(left, right, number);
        difference.annotations(left, right, number);
    }
    difference.fields();
    difference.form();
    difference.catalog();
    difference.names();
    difference.outlines();
    difference.metadata();
    if difference.in_file {
        difference.structure();
    }
    let revision = newer.view.revision + 1;
    let mut change = difference.change;
    shorten(&mut change.observations);
    for observation in &mut change.observations {
        observation.place.revision = Some(revision);
    }
    change
}

/// Of a long list of filled fields, tells the first ones, and how many.
fn shorten(observations: &mut Vec<Observation>) {
    const TOLD: usize = 40;
    let is_filling = |told: &Observation| told.reason == Reason::RevisionForms;
    let count = observations.iter().filter(|told| is_filling(told)).count();
    if count > TOLD {
        let mut seen = 0;
        observations.retain(|told| {
            seen += usize::from(is_filling(told));
            !is_filling(told) || seen <= TOLD
        });
        observations.push(Observation::new(Reason::RevisionForms, format!("{} more fields were filled", count - TOLD)));
    }
}

struct Difference<'f, 's> {
    older: &'s Shape<'f>,
    newer: &'s Shape<'f>,
    same: Same<'f>,
    /// Whether both are revisions of one file.
    in_file: bool,
    change: Change,
}

type Paired<'f, 's> = Vec<(&'s Page<'f>, &'s Page<'f>, u32)>;

impl<'f, 's> Difference<'f, 's> {
    fn tell(&mut self, observation: Observation) {
        self.change.observations.push(observation);
    }

    /// Whether the revision brings a signature, of a person or of a time.
    fn signs(&self) -> bool {
        !self.change.signed.is_empty()
    }

    /// Compares the pages, and gives those that belong together, with their numbers in the newer revision.
    fn pages(&mut self) -> Paired<'f, 's> {
        let (older, newer) = (&self.older.pages, &self.newer.pages);
        let hashes = |pages: &[Page<'_>]| {
            let mut hashes: Vec<_> = pages.iter().map(|page| page.hash.ok()).collect();
            hashes.sort_unstable();
            hashes
        };
        let moved = older.len() == newer.len()
            && hashes(older) == hashes(newer)
            && older.iter().zip(newer).any(|(left, right)| left.hash.ok() != right.hash.ok());
        if moved {
            self.tell(Observation::new(Reason::RevisionPages, "the pages are in another order"));
        }
        if older.len() != newer.len() || moved {
            return self.pages_by_content(moved);
        }
        let pairs: Paired<'f, 's> = older.iter().zip(newer).zip(1..).map(|((a, b), number)| (a, b, number)).collect();
        for (left, right, number) in &pairs {
            let is_same = match (left.hash, right.hash) {
                (Ok(left), Ok(right)) => left == right,
                // Neither can be hashed: they may yet be the same objects.
                (Err(_), Err(_)) => [b"Contents".as_slice(), b"MediaBox", b"Resources"]
                    .iter()
                    .all(|key| self.same.values(left.fields.get(key).ok(), right.fields.get(key).ok())),
                _ => false,
            };
            if !is_same {
                self.tell(
                    Observation::new(Reason::RevisionPageContent, "the page shows something else").on_page(*number),
                );
            }
        }
        pairs
    }

    fn pages_by_content(&mut self, moved: bool) -> Paired<'f, 's> {
        let mut places: BTreeMap<_, Vec<usize>> = BTreeMap::new();
        for (index, page) in self.newer.pages.iter().enumerate().rev() {
            places.entry(page.hash.ok()).or_default().push(index);
        }
        let mut pairs: Paired<'f, 's> = Vec::new();
        let mut removed = Vec::new();
        let mut kept = BTreeSet::new();
        for (left, number) in self.older.pages.iter().zip(1_u32..) {
            let index = places.get_mut(&left.hash.ok()).and_then(Vec::pop);
            match index.and_then(|index| Some((index, self.newer.pages.get(index)?))) {
                Some((index, right)) => {
                    kept.insert(index);
                    pairs.push((left, right, u32::try_from(index + 1).unwrap_or(u32::MAX)));
                }
                None => removed.push(number),
            }
        }
        if moved {
            return pairs;
        }
        let added: Vec<u32> = (1_u32..)
            .zip(0..self.newer.pages.len())
            .filter(|(_, index)| !kept.contains(index))
            .map(|(n, _)| n)
            .collect();
        if let Some(first) = added.first().or(removed.first()) {
            let (from, to) = (self.older.pages.len(), self.newer.pages.len());
            let detail = format!(
                "{from} pages became {to}: {} not there before, {} no longer there",
                list(&added),
                list(&removed)
            );
            self.tell(Observation::new(Reason::RevisionPages, detail).on_page(*first));
        }
        pairs
    }

    fn page_entries(&mut self, left: &Page<'f>, right: &Page<'f>, number: u32) {
        if self.newer.view.file.budget.walk(left.fields.len() + right.fields.len()).is_none() {
            return;
        }
        for key in keys(left.fields, right.fields) {
            if PAGE_ELSEWHERE.contains(&key) || self.same.values(left.fields.get(key).ok(), right.fields.get(key).ok())
            {
                continue;
            }
            if matches!(key, b"LastModified" | b"Metadata" | b"PieceInfo" | b"Parent") {
                continue;
            }
            let detail = format!("the page's `{}` changed", key.escape_ascii());
            self.tell(Observation::new(Reason::RevisionOther, detail).on_page(number));
        }
    }

    fn annotations(&mut self, left: &Page<'f>, right: &Page<'f>, number: u32) {
        let plain = |page: &Page<'f>| -> Vec<Annotation<'f>> {
            page.annotations.iter().filter(|annotation| annotation.field.is_none()).cloned().collect()
        };
        let (mut gone, mut new) = (plain(left), Vec::new());
        for annotation in plain(right) {
            let is_it = |old: &Annotation<'_>| self.in_file && old.number.is_some() && old.number == annotation.number;
            let own = gone.iter().position(is_it);
            let mut same = |old: &Annotation<'f>| {
                !self.same.is_spent() && self.same.fields(old.fields, annotation.fields, &[b"M", b"NM"])
            };
            let kept = match own.and_then(|index| Some((index, gone.get(index)?))) {
                Some((index, old)) => same(old).then_some(index),
                // Most are where they were: the first ones left are tried first.
                None => gone.iter().position(same),
            };
            match kept {
                Some(index) => drop(gone.remove(index)),
                None => new.push(annotation),
            }
        }
        let mut told: BTreeMap<(&str, &[u8]), Vec<Option<u32>>> = BTreeMap::new();
        let kind =
            |view: View<'f>, annotation: &Annotation<'f>| view.name(annotation.fields, b"Subtype").unwrap_or(b"?");
        for annotation in new {
            let is_it = |old: &Annotation<'_>| self.in_file && old.number.is_some() && old.number == annotation.number;
            let what = match gone.iter().position(is_it) {
                Some(index) => {
                    drop(gone.remove(index));
                    "changed"
                }
                None => "added",
            };
            told.entry((what, kind(self.newer.view, &annotation))).or_default().push(annotation.number);
        }
        for annotation in gone {
            told.entry(("removed", kind(self.older.view, &annotation))).or_default().push(annotation.number);
        }
        for ((what, kind), numbers) in told {
            let detail = format!("annotations {what}: {} of kind `{}`", numbers.len(), kind.escape_ascii());
            let mut told = Observation::new(Reason::RevisionAnnot, detail).on_page(number);
            told.place.object = numbers.into_iter().flatten().next();
            self.tell(told);
        }
    }

    fn fields(&mut self) {
        let (older, newer) = (self.older, self.newer);
        for (key, field) in &newer.fields {
            if !field.named && older.fields.get(key).is_some_and(|before| before.named) {
                let detail = "the form no longer names the field";
                self.tell(Observation::new(Reason::RevisionStructure, detail).in_field(&key.0));
            }
            match older.fields.get(key) {
                None => self.new_field(key, field),
                Some(before) if field.is_signature() || before.is_signature() => {
                    self.signature_field(key, before, field);
                }
                Some(before) => self.form_field(key, before, field),
            }
        }
        for (key, field) in older.fields.iter().filter(|(key, _)| !newer.fields.contains_key(*key)) {
            let reason = match field.value {
                Some(_) if field.is_signature() => Reason::SignatureReplaced,
                _ => Reason::RevisionForms,
            };
            self.tell(Observation::new(reason, "the field was removed").in_field(&key.0));
            self.change.fields.push(key.clone());
        }
    }

    fn new_field(&mut self, key: &Key, field: &Field<'f>) {
        let view = self.newer.view;
        let stamp = is_timestamp(view, field);
        let (reason, detail) = match (field.is_signature(), field.value) {
            (true, Some(_)) if stamp => (Reason::RevisionDss, "a document time stamp was added"),
            (true, Some(_)) => (Reason::RevisionSignature, "a signature was added in a field that was not there"),
            (true, None) => (Reason::RevisionSignature, "an empty signature field was added"),
            (false, _) => (Reason::RevisionForms, "a form field was added"),
        };
        let page = field.widgets.iter().find_map(|widget| widget.page);
        let mut told = Observation::new(reason, detail).in_field(&key.0);
        told.place.page = page;
        self.tell(told);
        if !stamp {
            self.change.fields.push(key.clone());
        }
        if field.is_signature() && field.value.is_some() {
            self.change.signed.push(key.clone());
        }
        for widget in &field.widgets {
            if let (Some(page), false) = (widget.page, is_invisible(view, widget.fields)) {
                let detail = "the new field covers a part of the page";
                self.tell(Observation::new(Reason::RevisionAnnot, detail).on_page(page).in_field(&key.0));
            }
        }
    }

    fn signature_field(&mut self, key: &Key, before: &Field<'f>, field: &Field<'f>) {
        let page = field.widgets.iter().find_map(|widget| widget.page);
        let tell = |reason, detail: &str| {
            let mut told = Observation::new(reason, detail).in_field(&key.0);
            told.place.page = page;
            told
        };
        let filled = before.value.is_none() && field.value.is_some();
        if filled {
            let stamp = is_timestamp(self.newer.view, field);
            let reason = if stamp { Reason::RevisionDss } else { Reason::RevisionSignature };
            let detail = if stamp { "the field was filled with a time stamp" } else { "the field was signed" };
            self.tell(tell(reason, detail));
            self.change.signed.push(key.clone());
        } else if let Some(old) = before.value
            && !field.value.is_some_and(|new| self.same.signatures(old, new))
        {
            let removed = field.value.is_none();
            let detail = if removed { "the signature was removed" } else { "another signature was put over it" };
            self.tell(tell(Reason::SignatureReplaced, detail));
        }
        // Some programs sign invisibly, and take away the box that was printed for it.
        let vanishes = || field.widgets.iter().all(|widget| is_invisible(self.newer.view, widget.fields));
        let but: &[&[u8]] = if filled && vanishes() {
            &UNSEEN_BY_SIGNING
        } else if filled {
            &BY_SIGNING
        } else {
            &[b"Kids", b"V"]
        };
        if !self.widgets_same(before, field, but) {
            let detail = "the signature field was moved, or shows something else";
            self.tell(tell(Reason::RevisionAnnot, detail));
        } else if !self.same.fields(before.fields, field.fields, but) {
            self.tell(tell(Reason::RevisionForms, "the signature field has other properties"));
            self.change.filled.push(key.clone());
        }
    }

    fn form_field(&mut self, key: &Key, before: &Field<'f>, field: &Field<'f>) {
        let whole = self.widgets_same(before, field, &[b"Kids"])
            && self.same.values(before.value, field.value)
            && self.same.fields(before.fields, field.fields, &[b"Kids"]);
        if whole {
            return;
        }
        let mut told = Observation::new(Reason::RevisionForms, "the field was filled").in_field(&key.0);
        told.place.page = field.widgets.iter().find_map(|widget| widget.page);
        let page = told.place.page;
        self.tell(told);
        self.change.filled.push(key.clone());
        let only_filled =
            self.widgets_same(before, field, &BY_FILLING) && self.same.fields(before.fields, field.fields, &BY_FILLING);
        if !only_filled {
            let mut told = Observation::new(Reason::RevisionAnnot, "the field was moved, or does something else");
            told.place.page = page;
            self.tell(told.in_field(&key.0));
        }
    }

    /// Whether the widgets of a field are where they were and as they were, but for some entries.
    fn widgets_same(&mut self, before: &Field<'f>, field: &Field<'f>, but: &[&[u8]]) -> bool {
        before.widgets.len() == field.widgets.len()
            && before.widgets.iter().zip(&field.widgets).all(|(left, right)| {
                let same_page = left.page == right.page || self.older.pages.len() != self.newer.pages.len();
                same_page && self.same.fields(left.fields, right.fields, but)
            })
    }
}

/// Whether the value of a signature field is a document time stamp.
pub(super) fn is_timestamp(view: View<'_>, field: &Field<'_>) -> bool {
    let value = field.value.and_then(|value| super::view::fields_of(view.follow(value)));
    value.is_some_and(|value| view.name(value, b"SubFilter") == Some(b"ETSI.RFC3161"))
}

fn keys<'f>(left: &'f Dictionary, right: &'f Dictionary) -> BTreeSet<&'f [u8]> {
    left.iter().chain(right.iter()).map(|(key, _)| key.as_slice()).collect()
}

fn list(pages: &[u32]) -> String {
    match pages {
        [] => "none".to_owned(),
        pages if pages.len() > 12 => format!("{} pages", pages.len()),
        pages => pages.iter().map(u32::to_string).collect::<Vec<_>>().join(", "),
    }
}
