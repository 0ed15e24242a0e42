//! What one revision shows: its pages in order, with their annotations, and its form fields by their names.

use std::collections::{BTreeMap, BTreeSet};

use lopdf::{Dictionary, Object};

use super::{
    limits::{MAX_ANNOTATIONS, MAX_FIELDS, MAX_NAME, MAX_NESTING, MAX_PAGES},
    syntax::is_space,
    view::{View, fields_of},
};
use crate::stamp::{PageHash, PageHashError, PageHasher, stream_content};

/// What a field or an annotation counts as, in each revision: each takes half a kilobyte.
const STEPS_OF_FIELD: usize = 32;

/// A full field name, and a number that tells fields of one name apart.
pub(super) type Key = (String, usize);

/// One revision, resolved.
#[derive(Debug)]
pub(super) struct Shape<'f> {
    pub(super) view: View<'f>,
    pub(super) pages: Vec<Page<'f>>,
    pub(super) fields: BTreeMap<Key, Field<'f>>,
    /// The number of pages that the page tree says it has.
    pub(super) told: Option<usize>,
}

#[derive(Debug)]
pub(super) struct Page<'f> {
    pub(super) number: u32,
    pub(super) fields: &'f Dictionary,
    pub(super) hash: Result<PageHash, PageHashError>,
    pub(super) annotations: Vec<Annotation<'f>>,
}

#[derive(Debug, Clone)]
pub(super) struct Annotation<'f> {
    /// Its object; none when it is written in the page's list.
    pub(super) number: Option<u32>,
    pub(super) fields: &'f Dictionary,
    /// The field that it is a widget of.
    pub(super) field: Option<Key>,
}

#[derive(Debug, Clone)]
pub(super) struct Field<'f> {
    /// Its object; none when it is written in a list.
    pub(super) number: Option<u32>,
    pub(super) fields: &'f Dictionary,
    /// `Btn`, `Ch`, `Sig` or `Tx`; its own or inherited.
    pub(super) kind: &'f [u8],
    /// Its value, as it is written: a reference for a signature.
    pub(super) value: Option<&'f Object>,
    pub(super) widgets: Vec<Widget<'f>>,
    /// Whether the form names it; a page alone may.
    pub(super) named: bool,
}

#[derive(Debug, Clone)]
pub(super) struct Widget<'f> {
    /// The page that lists it, from 1.
    pub(super) page: Option<u32>,
    pub(super) number: Option<u32>,
    pub(super) fields: &'f Dictionary,
}

impl Field<'_> {
    pub(super) fn is_signature(&self) -> bool {
        self.kind == b"Sig"
    }
}

impl<'f> Shape<'f> {
    /// Reads a revision. `hasher` has what earlier revisions left unchanged.
    pub(super) fn of(view: View<'f>, hasher: &mut PageHasher) -> Option<Self> {
        let root = view.dictionary(view.catalog()?, b"Pages")?;
        let told = view.value(root, b"Count").and_then(super::xref::number);
        let mut pages = leaves(view)?;
        for (index, page) in (1..).zip(&mut pages) {
            page.hash = hasher.page(&view, index, (page.number, 0));
        }
        let mut shape = Self { view, pages, fields: BTreeMap::new(), told };
        shape.read_fields();
        Some(shape)
    }

    /// The digests of the pages; nothing when one of them cannot be read.
    pub(super) fn hashes(&self) -> Vec<PageHash> {
        self.pages.iter().map(|page| page.hash).collect::<Result<_, _>>().unwrap_or_default()
    }

    /// The place of each page object in the order of pages.
    pub(super) fn order(&self) -> BTreeMap<u32, usize> {
        self.pages.iter().enumerate().map(|(index, page)| (page.number, index)).collect()
    }

    pub(super) fn form(&self) -> Option<&'f Dictionary> {
        self.view.dictionary(self.view.catalog()?, b"AcroForm")
    }

    fn read_fields(&mut self) {
        let mut walk =
            Walk { view: self.view, seen: BTreeSet::new(), fields: BTreeMap::new(), owners: BTreeMap::new() };
        let roots = self.form().and_then(|form| self.view.array(form, b"Fields")).unwrap_or_default();
        for root in roots {
            walk.field(root, &Inherited::default(), 0);
        }
        for (index, page) in (1..).zip(&mut self.pages) {
            for annotation in &mut page.annotations {
                if self.view.name(annotation.fields, b"Subtype") != Some(b"Widget") {
                    continue;
                }
                let owner = annotation.number.and_then(|number| walk.owners.get(&number).cloned());
                let key = owner.unwrap_or_else(|| walk.stray(annotation));
                if let Some(field) = walk.fields.get_mut(&key)
                    && self.view.file.budget.walk(field.widgets.len()).is_some()
                {
                    let own = |widget: &&mut Widget<'_>| widget.number.is_some() && widget.number == annotation.number;
                    match field.widgets.iter_mut().find(own) {
                        Some(widget) => widget.page = Some(index),
                        None => field.widgets.push(Widget {
                            page: Some(index),
                            number: annotation.number,
                            fields: annotation.fields,
                        }),
                    }
                }
                annotation.field = Some(key);
            }
        }
        self.fields = walk.fields;
    }
}

/// What a field has from those above it.
#[derive(Debug, Clone, Default)]
struct Inherited<'f> {
    name: String,
    kind: &'f [u8],
    value: Option<&'f Object>,
}

/// A walk over the tree of fields.
struct Walk<'f> {
    view: View<'f>,
    seen: BTreeSet<u32>,
    fields: BTreeMap<Key, Field<'f>>,
    /// The field of each widget.
    owners: BTreeMap<u32, Key>,
}

impl<'f> Walk<'f> {
    fn field(&mut self, object: &'f Object, above: &Inherited<'f>, depth: usize) {
        let number = object.as_reference().ok().map(|id| id.0);
        if number.is_some_and(|number| !self.seen.insert(number)) {
            return;
        }
        if depth > MAX_NESTING || self.fields.len() + self.seen.len() > MAX_FIELDS {
            self.view.file.budget.exceed();
            return;
        }
        if self.view.file.budget.walk(STEPS_OF_FIELD).is_none() {
            return;
        }
        let Some(fields) = fields_of(self.view.follow(object)) else { return };
        let own = self.inherit(fields, above);
        let kids = self.view.array(fields, b"Kids").unwrap_or_default();
        // A thousand fields may have the same list.
        if self.view.file.budget.walk(kids.len()).is_none() {
            return;
        }
        let (fields_below, widgets): (Vec<_>, Vec<_>) = kids
            .iter()
            .partition(|kid| fields_of(self.view.follow(kid)).is_some_and(|kid| kid.has(b"T") || kid.has(b"Kids")));
        for kid in &fields_below {
            self.field(kid, &own, depth + 1);
        }
        if !fields_below.is_empty() && widgets.is_empty() {
            return;
        }
        let mut found: Vec<Widget<'f>> = Vec::new();
        if fields.has(b"Rect") || fields.has(b"Subtype") {
            found.push(Widget { page: None, number, fields });
        }
        for widget in widgets {
            let number = widget.as_reference().ok().map(|id| id.0);
            if let Some(fields) = fields_of(self.view.follow(widget)) {
                found.push(Widget { page: None, number, fields });
            }
        }
        self.enter(own, number, fields, found);
    }

    fn inherit(&self, fields: &'f Dictionary, above: &Inherited<'f>) -> Inherited<'f> {
        let name = match self.own_name(fields) {
            Some(own) if above.name.is_empty() => own,
            Some(own) if above.name.len() + own.len() < MAX_NAME => format!("{}.{own}", above.name),
            Some(_) => {
                self.view.file.budget.exceed();
                above.name.clone()
            }
            None => above.name.clone(),
        };
        let kind = self.view.name(fields, b"FT").unwrap_or(above.kind);
        // A signature that is not where its field says is a broken one, not none.
        let is_value = |value: &&'f Object| match value {
            Object::Reference(_) if kind == b"Sig" => true,
            value => !self.view.follow(value).is_null(),
        };
        Inherited { name, kind, value: fields.get(b"V").ok().filter(is_value).or(above.value) }
    }

    /// The part of its name that a field has by itself; one that is too long is told as such, and is none.
    fn own_name(&self, fields: &'f Dictionary) -> Option<String> {
        let name = self.view.value(fields, b"T")?;
        if name.as_str().is_ok_and(|name| name.len() > MAX_NAME) {
            self.view.file.budget.exceed();
            return None;
        }
        self.view.decoded(name)
    }

    fn enter(
        &mut self,
        own: Inherited<'f>,
        number: Option<u32>,
        fields: &'f Dictionary,
        widgets: Vec<Widget<'f>>,
    ) -> Key {
        let last = self.fields.range((own.name.clone(), 0)..=(own.name.clone(), usize::MAX)).next_back();
        let same = last.map_or(0, |((_, last), _)| last + 1);
        let key = (own.name, same);
        for number in widgets.iter().filter_map(|widget| widget.number) {
            self.owners.insert(number, key.clone());
        }
        self.fields
            .insert(key.clone(), Field { number, fields, kind: own.kind, value: own.value, widgets, named: true });
        key
    }

    /// The field of a widget that the form does not know.
    fn stray(&mut self, widget: &Annotation<'f>) -> Key {
        let mut above = Vec::new();
        let mut node = Some(widget.fields);
        while let Some(fields) = node.filter(|_| above.len() < MAX_NESTING) {
            above.push(fields);
            node = self.view.dictionary(fields, b"Parent");
        }
        let own = above.iter().rev().fold(Inherited::default(), |own, fields| self.inherit(fields, &own));
        let key = self.enter(own, widget.number, widget.fields, Vec::new());
        if let Some(field) = self.fields.get_mut(&key) {
            field.named = false;
        }
        key
    }
}

/// The pages of a page tree, in order.
pub(super) fn leaves(view: View<'_>) -> Option<Vec<Page<'_>>> {
    let root = view.catalog()?.get(b"Pages").ok()?;
    let mut pages = Vec::new();
    let mut above = BTreeSet::new();
    let mut next = vec![root];
    let mut listed = 0;
    while let Some(node) = next.pop() {
        // A page that is written in its parent's list has no number, and none is ever written so: it cannot be hashed.
        let number = node.as_reference().map_or(0, |id| id.0);
        let Some(fields) = fields_of(view.follow(node)) else { continue };
        match view.array(fields, b"Kids") {
            Some(kids) => {
                // A node that is its own ancestor, or has two parents, is read once.
                if number != 0 && above.insert(number) && view.file.budget.walk(kids.len()).is_some() {
                    next.extend(kids.iter().rev());
                }
            }
            None if pages.len() >= MAX_PAGES => {
                view.file.budget.exceed();
                break;
            }
            None => {
                let annotations = annotations(view, fields, MAX_ANNOTATIONS.saturating_sub(listed));
                listed += annotations.len();
                pages.push(Page { number, fields, hash: Err(PageHashError::Unreadable { page: 0 }), annotations });
            }
        }
    }
    Some(pages)
}

fn annotations<'f>(view: View<'f>, page: &'f Dictionary, most: usize) -> Vec<Annotation<'f>> {
    let list = view.array(page, b"Annots").unwrap_or_default();
    if list.len() > most {
        view.file.budget.exceed();
    }
    if view.file.budget.walk(list.len().min(most) * STEPS_OF_FIELD).is_none() {
        return Vec::new();
    }
    let found = list.iter().take(most).filter_map(|annotation| {
        let number = annotation.as_reference().ok().map(|id| id.0);
        Some(Annotation { number, fields: fields_of(view.follow(annotation))?, field: None })
    });
    found.collect()
}

/// The rectangle of a widget; none when it covers nothing.
pub(super) fn rectangle(view: View<'_>, fields: &Dictionary) -> Option<[f32; 4]> {
    let [left, bottom, right, top] = sides(view, fields)?;
    (left != right && bottom != top).then(|| [left.min(right), bottom.min(top), left.max(right), bottom.max(top)])
}

/// Whether a widget is drawn nowhere: its rectangle is a point, and its appearance is empty.
pub(super) fn is_invisible<'f>(view: View<'f>, fields: &'f Dictionary) -> bool {
    /// The most of an appearance that is read: an empty one is empty.
    const LARGEST: usize = 1024;
    let is_point = sides(view, fields).is_some_and(|[left, bottom, right, top]| left == right && bottom == top);
    let is_empty = || match view.dictionary(fields, b"AP").and_then(|looks| view.value(looks, b"N")) {
        Some(Object::Stream(look)) => {
            look.content.is_empty()
                || stream_content(look, LARGEST).is_some_and(|content| content.iter().all(|byte| is_space(*byte)))
        }
        _ => false,
    };
    is_point && (view.value(fields, b"AP").is_none() || is_empty())
}

fn sides(view: View<'_>, fields: &Dictionary) -> Option<[f32; 4]> {
    let sides = fields.get(b"Rect").ok()?;
    let sides = match sides {
        Object::Reference((number, _)) => view.file.get(view.revision, *number)?,
        direct => direct,
    };
    let numbers: Vec<f32> = sides.as_array().ok()?.iter().filter_map(|side| side.as_float().ok()).collect();
    numbers.try_into().ok()
}
