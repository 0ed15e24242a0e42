//! What the theme is given: the document, the geometry of the sheet, and what differs from one exemplaire to the next.

use serde::Serialize;
use serde_json::{Value, json};

use super::{MAX_PAGES, PrintError, hyphens};
use crate::{
    digest::ContentHash,
    document::{CONTENTS_TITLE, Document, Heading, LABEL_JOINT},
    domain::{Exemplaire, Partie},
    geometry::{A4_HEIGHT, A4_WIDTH, Length, Rect},
    stamp::{Corner, PageTag, code_area, initials_area},
};

/// The longest title and subject that stand in the running header; longer ones are cut with an ellipsis there, and only there.
const HEADING_CHARS: usize = 150;

/// Where things are on every sheet, in micrometres.
#[derive(Serialize)]
pub(super) struct Sheet {
    width: Length,
    height: Length,
    /// The text: nothing of it is beside a code or below the initials zone.
    pub(super) body: Rect,
    top: Rect,
    bottom: Rect,
    initials: Rect,
    header: Rect,
    footer: Rect,
    #[serde(rename = "box")]
    signature: SignatureSize,
    max_pages: u16,
}

/// The size of a signature box: what the reading of ink on scans was measured with.
#[derive(Serialize)]
struct SignatureSize {
    width: Length,
    height: Length,
    /// Distance between two boxes: a signature that spills over must not reach its neighbour.
    gap: Length,
    /// The most that a caption may take of the height.
    caption: Length,
}

pub(super) const SHEET: Sheet = Sheet {
    width: A4_WIDTH,
    height: A4_HEIGHT,
    body: rect(20, 28, 170, 238),
    top: code_area(Corner::Top),
    bottom: code_area(Corner::Bottom),
    initials: initials_area(),
    header: rect(20, 8, 150, 14),
    footer: rect(34, 271, 98, 18),
    signature: SignatureSize {
        width: Length::from_mm(54),
        height: Length::from_mm(38),
        gap: Length::from_mm(4),
        caption: Length::from_mm(21),
    },
    max_pages: MAX_PAGES,
};

const fn rect(x: i64, y: i64, width: i64, height: i64) -> Rect {
    Rect {
        x: Length::from_mm(x),
        y: Length::from_mm(y),
        width: Length::from_mm(width),
        height: Length::from_mm(height),
    }
}

/// What differs from one exemplaire to the next. Its serialised form is what the theme reads; it must hold nothing that the
/// layout of the body depends on.
#[derive(Serialize)]
pub(super) struct Copy {
    /// Clear text beside the code.
    reference: String,
    version: u16,
    exemplaire: u8,
    holder: &'static str,
    hash: String,
    /// What every code of this exemplaire says, page and corner aside.
    #[serde(skip)]
    tag: PageTag,
    #[serde(skip)]
    content_hash: String,
}

impl Copy {
    pub(super) fn new(document: &Document, hash: &ContentHash, exemplaire: Exemplaire) -> Self {
        let tag = PageTag {
            contract: document.contract.clone(),
            version: document.version,
            exemplaire,
            page: 1,
            pages: 1,
            corner: Corner::Top,
            hash: hash.short(),
        };
        Self {
            reference: format!("CAQES {}", document.contract),
            version: document.version.get(),
            exemplaire: exemplaire.number(),
            holder: match exemplaire.holder() {
                Partie::Ars => "ARS",
                Partie::Cpam => "CPAM",
                Partie::Etablissement => "établissement",
            },
            hash: hash.short(),
            tag,
            content_hash: hash.to_string(),
        }
    }

    pub(super) fn tag(&self, corner: Corner, page: u16, pages: u16) -> PageTag {
        PageTag { corner, page, pages, ..self.tag.clone() }
    }

    pub(super) fn content_hash(&self) -> &str {
        &self.content_hash
    }
}

/// The document as the theme reads it: its own JSON, with the printed depth of each heading, the running header, and the few
/// words that are the same in all documents.
pub(super) fn model(document: &Document) -> Result<Vec<u8>, PrintError> {
    let mut model = serde_json::to_value(document)?;
    if let Some(blocks) = model.get_mut("blocks") {
        prepare(blocks, &mut 0, &mut document.headings().into_iter());
    }
    if let Some(fields) = model.as_object_mut() {
        let heading = json!({ "title": shortened(&document.title), "subject": shortened(&document.subject) });
        fields.insert("heading".to_owned(), heading);
        let words = json!({ "contents": CONTENTS_TITLE, "label_joint": LABEL_JOINT });
        fields.insert("words".to_owned(), words);
        fields.insert("reference".to_owned(), format!("CAQES {}", document.contract).into());
    }
    Ok(serde_json::to_vec(&model)?)
}

/// Gives each heading the depth it is tagged with: PDF/UA forbids to go from level 1 to level 3, so that a heading is at most one
/// deeper than the one before, and what joins its label to its title. Softens words in narrow columns.
fn prepare<'a>(value: &mut Value, before: &mut u64, headings: &mut impl Iterator<Item = &'a Heading>) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| prepare(item, before, headings)),
        Value::Object(fields) => {
            if fields.get("block").is_some_and(|kind| kind == "heading") {
                let level = fields.get("level").and_then(Value::as_u64).unwrap_or(1);
                *before = level.clamp(1, *before + 1);
                fields.insert("depth".to_owned(), (*before).into());
                let joint = headings.next().map_or("", Heading::joint);
                fields.insert("joint".to_owned(), joint.into());
            } else if fields.get("block").is_some_and(|kind| kind == "table") {
                hyphens::soften(fields);
            } else {
                // Frames and lists have blocks inside.
                ["blocks", "items"].iter().for_each(|inside| {
                    if let Some(inside) = fields.get_mut(*inside) {
                        prepare(inside, before, headings);
                    }
                });
            }
        }
        _ => {}
    }
}

/// The beginning of a text, cut between two words.
fn shortened(text: &str) -> String {
    if text.chars().count() <= HEADING_CHARS {
        return text.to_owned();
    }
    let start: String = text.chars().take(HEADING_CHARS).collect();
    let cut = start.rfind(' ').unwrap_or(start.len());
    format!("{}…", start.get(..cut).unwrap_or_default())
}
