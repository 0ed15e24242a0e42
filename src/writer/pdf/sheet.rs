//! What the theme is given, the document and the geometry of the sheet; and what differs from one exemplaire to the next.

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::{PrintError, hyphens};
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
};

const fn rect(x: i64, y: i64, width: i64, height: i64) -> Rect {
    Rect {
        x: Length::from_mm(x),
        y: Length::from_mm(y),
        width: Length::from_mm(width),
        height: Length::from_mm(height),
    }
}

/// What an exemplaire says of itself on every page.
pub(super) struct Copy {
    /// What every code of this exemplaire says, page and corner aside.
    tag: PageTag,
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
        Self { tag, content_hash: hash.to_string() }
    }

    pub(super) fn tag(&self, corner: Corner, page: u16, pages: u16) -> PageTag {
        PageTag { corner, page, pages, ..self.tag.clone() }
    }

    pub(super) fn content_hash(&self) -> &str {
        &self.content_hash
    }

    /// What no other file has in common with this exemplaire.
    pub(super) fn identity(&self) -> String {
        format!("{}/{}", self.content_hash, self.tag.exemplaire.number())
    }
}

/// The line of the footer that names an exemplaire.
pub(super) fn line(exemplaire: Exemplaire) -> String {
    let holder = match exemplaire.holder() {
        Partie::Ars => "ARS",
        Partie::Cpam => "CPAM",
        Partie::Etablissement => "établissement",
    };
    format!("exemplaire {}/3 – {holder}", exemplaire.number())
}

/// The document as the theme reads it: its own JSON, with the printed depth of each heading, the running header, and the few
/// words that are the same in all documents.
pub(super) fn model(document: &Document, hash: &ContentHash) -> Result<Vec<u8>, PrintError> {
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
        fields.insert("hash".to_owned(), hash.short().into());
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
                measure(fields);
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

/// Tells the length of each cell: which rows and tables may be cut by the end of a page depends on it.
fn measure(table: &mut Map<String, Value>) {
    fn chars(value: &Value) -> usize {
        match value {
            Value::Array(items) => items.iter().map(chars).sum(),
            Value::Object(fields) => {
                let text = fields.get("text").and_then(Value::as_str).map_or(0, |text| text.chars().count());
                text + fields.get("content").map_or(0, chars)
            }
            _ => 0,
        }
    }
    let rows = table.get_mut("rows").and_then(Value::as_array_mut).into_iter().flatten();
    for cell in rows.filter_map(Value::as_array_mut).flatten() {
        let length = chars(cell);
        if let Some(cell) = cell.as_object_mut() {
            cell.insert("length".to_owned(), length.into());
        }
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
