//! What the theme is given, the document and the geometry of the sheet; and what differs from one exemplaire to the next.

use jiff::civil::Date;
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::{PrintError, hyphens, names::Names, pieces};
use crate::{
    digest::ContentHash,
    document::{Block, BlockKind, CONTENTS_TITLE, Document, Heading, Inline, LABEL_JOINT, Note, typography, walk},
    domain::{Exemplaire, Partie, jour},
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
pub(super) fn model(document: &Document, names: &Names, hash: &ContentHash) -> Result<Vec<u8>, PrintError> {
    let mut model = serde_json::to_value(document)?;
    prepare(&mut model, &document.blocks, names, &document.title, &document.subject);
    if let Some(fields) = model.as_object_mut() {
        fields.insert("reference".to_owned(), format!("CAQES {}", document.contract).into());
        fields.insert("hash".to_owned(), hash.short().into());
    }
    Ok(serde_json::to_vec(&model)?)
}

/// The same for a note, whose long strings may be cut at the end of a line.
pub(super) fn note_model(note: &Note, names: &Names) -> Result<Vec<u8>, PrintError> {
    let mut model = serde_json::to_value(note)?;
    if let Some(blocks) = model.get_mut("blocks") {
        pieces::cut(blocks);
    }
    prepare(&mut model, &note.blocks, names, &note.title, &note.subject);
    if let Some(fields) = model.as_object_mut() {
        fields.insert("issued".to_owned(), serde_json::to_value(issued(note.date))?);
    }
    Ok(serde_json::to_vec(&model)?)
}

/// « le 1er juillet 2022 ».
fn issued(date: Date) -> Vec<Inline> {
    let mut content = vec![Inline::Text { text: format!("le {}", jour(date)) }];
    typography::settle(&mut content);
    content
}

fn prepare(model: &mut Value, blocks: &[Block], names: &Names, title: &str, subject: &str) {
    let mut headings = Vec::new();
    walk(blocks, &mut |block| {
        if let BlockKind::Heading(heading) = &block.kind {
            headings.push(heading);
        }
    });
    if let Some(blocks) = model.get_mut("blocks") {
        Preparing { names: names.iter(), depth: 0, headings: headings.into_iter() }.visit(blocks);
    }
    if let Some(fields) = model.as_object_mut() {
        fields.insert("heading".to_owned(), json!({ "title": shortened(title), "subject": shortened(subject) }));
        fields.insert("words".to_owned(), json!({ "contents": CONTENTS_TITLE, "label_joint": LABEL_JOINT }));
    }
}

/// What the theme needs of each block and does not find in the document's own JSON.
struct Preparing<N, H> {
    /// The names of the blocks that come.
    names: N,
    /// The depth of the last heading.
    depth: u64,
    /// The headings that come.
    headings: H,
}

impl<'a, N: Iterator<Item = (&'a str, usize)>, H: Iterator<Item = &'a Heading>> Preparing<N, H> {
    /// Names the blocks, for their marks. Gives each heading the depth it is tagged with (PDF/UA forbids to go from level 1 to
    /// level 3, so that a heading is at most one deeper than the one before) and what joins its label to its title. Softens words
    /// in narrow columns.
    fn visit(&mut self, value: &mut Value) {
        match value {
            Value::Array(items) => items.iter_mut().for_each(|item| self.visit(item)),
            Value::Object(fields) => {
                fields.insert("name".to_owned(), json!(self.names.next()));
                let kind = fields.get("block").and_then(Value::as_str);
                if kind == Some("heading") {
                    let level = fields.get("level").and_then(Value::as_u64).unwrap_or(1);
                    self.depth = level.clamp(1, self.depth + 1);
                    fields.insert("depth".to_owned(), self.depth.into());
                    let joint = self.headings.next().map_or("", Heading::joint);
                    fields.insert("joint".to_owned(), joint.into());
                } else if kind == Some("table") {
                    measure(fields);
                    hyphens::soften(fields);
                } else {
                    // Frames and lists have blocks inside.
                    for inside in ["blocks", "items"] {
                        if let Some(inside) = fields.get_mut(inside) {
                            self.visit(inside);
                        }
                    }
                }
            }
            _ => {}
        }
    }
}

/// Tells the length of each cell: which rows and tables may be cut by the end of a page depends on it.
fn measure(table: &mut Map<String, Value>) {
    fn chars(value: &Value) -> usize {
        match value {
            Value::Array(items) => items.iter().map(chars).sum(),
            Value::Object(fields) => {
                ["text", "pieces", "content"].iter().filter_map(|name| fields.get(*name)).map(chars).sum()
            }
            Value::String(text) => text.chars().count(),
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
