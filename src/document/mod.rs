//! The document model: what a contract says, without pages or fonts.
//!
//! `template` makes a [`Document`]; the two writers print it. Numbering, cross-references, the table of contents and French
//! typography are settled here, once, so that the DOCX and the PDF cannot disagree. The model knows no font and no page number.
//! What is no contract, a certificate or a report, is a [`Note`], made of the same blocks.
//!
//! [`Document::canonical`] is the form that is hashed: text, structure and tables, and nothing of where they came from.

mod canonical;
pub mod note;
mod numbering;
mod plain;
pub mod provenance;
mod trace;
pub mod typography;

pub use note::Note;
pub use numbering::{NumberingError, number};
pub use plain::plain;
pub use trace::{Trace, count_signs, place_of_signs};

use jiff::civil::Date;
use serde::Serialize;

use crate::{
    diag::Origin,
    digest::ContentHash,
    domain::{ContractId, Partie, VersionNum},
    geometry::Length,
};

/// The title of the table of contents, printed by both writers.
pub const CONTENTS_TITLE: &str = "Sommaire";

/// What stands between a label and what it labels: « Tableau 3 – Objectifs annuels ».
pub const LABEL_JOINT: &str = "\u{a0}– ";

/// One contract, ready to print.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Document {
    /// Identity of the contract.
    #[serde(serialize_with = "display")]
    pub contract: ContractId,
    /// Version of the contract.
    pub version: VersionNum,
    /// Template set and version, `caqes-2022@1`.
    pub modele: String,
    /// Title: document property and running header.
    pub title: String,
    /// Who it is for, as in the running header: the établissement's name.
    pub subject: String,
    /// Who issues it: the agency's name.
    pub author: String,
    /// Date of the document.
    pub date: Date,
    /// The text.
    pub blocks: Vec<Block>,
}

fn display<T: std::fmt::Display, S: serde::Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(value)
}

/// A block, the template line it was made from and the values it prints.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Block {
    /// Template line; no part of the content.
    #[serde(skip)]
    pub origin: Origin,
    /// The values printed in its own texts, in reading order, and where each was read; no part of the content.
    #[serde(skip)]
    pub traces: Vec<Trace>,
    /// Template line of each row of a table, the header first; no part of the content.
    #[serde(skip)]
    pub rows: Vec<Origin>,
    /// What it is.
    #[serde(flatten)]
    pub kind: BlockKind,
}

/// What a block is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "block", rename_all = "kebab-case")]
pub enum BlockKind {
    /// The table of contents: one entry for each numbered heading of level 1 or 2 that follows, see [`Document::contents`].
    Contents,
    /// Blocks set apart in a frame.
    Frame {
        /// What is inside.
        blocks: Vec<Block>,
    },
    /// A heading.
    Heading(Heading),
    /// A list.
    List {
        /// How items are marked.
        marker: Marker,
        /// Items.
        items: Vec<Vec<Block>>,
    },
    /// What follows starts on a new page.
    PageBreak,
    /// A paragraph.
    Paragraph {
        /// How it is set.
        role: Role,
        /// Its text.
        content: Vec<Inline>,
    },
    /// The signature boxes, side by side.
    Signatures {
        /// One for each party, in signing order.
        boxes: Vec<SignatureBox>,
    },
    /// A table.
    Table(Table),
}

/// A heading, numbered by [`number`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Heading {
    /// Depth in the outline, from 1.
    pub level: u8,
    /// What it heads; it decides how it is numbered.
    pub kind: HeadingKind,
    /// Its label once numbered: « Article 1er », « Annexe 2 », « 10.3 »; empty for a plain heading.
    pub label: Vec<Inline>,
    /// Its title.
    pub title: Vec<Inline>,
    /// Target of cross-references.
    pub id: Option<String>,
}

/// What a heading heads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum HeadingKind {
    /// An annex; its number is given.
    Annexe(u8),
    /// An article, numbered through the whole contract.
    Article,
    /// A chapter, in Roman numerals.
    Chapitre,
    /// A heading without number.
    Plain,
    /// A part of an article: 10.1, 10.2…
    SousArticle,
    /// A title above chapters, without number.
    Titre,
    /// A volet; its number, if any, is in its title.
    Volet,
}

/// How items of a list are marked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Marker {
    /// a), b), c)…
    Alpha,
    /// An en dash, as French lists have it.
    Dash,
    /// 1., 2., 3.…
    Decimal,
    /// i., ii., iii.…
    Roman,
}

/// How a paragraph is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Running text, justified.
    Body,
    /// Centred.
    Centered,
    /// Small print under a table.
    Note,
    /// One party in « Entre les soussignés ».
    Party,
    /// A line under the title of the first page.
    Subtitle,
    /// The title of the first page.
    Title,
    /// « Vu le code de la sécurité sociale, … ».
    Visa,
}

/// A run of text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "inline", rename_all = "kebab-case")]
pub enum Inline {
    /// A forced line break.
    Break,
    /// Emphasis (italics).
    Emph {
        /// What is emphasised.
        content: Vec<Self>,
    },
    /// A cross-reference; its text is settled by [`number`].
    Ref {
        /// Identifier of the heading or table it points at.
        target: String,
        /// « article 8 », « annexe 2 », « tableau 3 ».
        content: Vec<Self>,
    },
    /// Strong (bold).
    Strong {
        /// What is strong.
        content: Vec<Self>,
    },
    /// Superscript: the « er » of « 1er ».
    Sup {
        /// What is raised.
        text: String,
    },
    /// Plain text, typographically settled.
    Text {
        /// The text.
        text: String,
    },
}

/// A table with one header row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Table {
    /// Identifier, unique in the document; the page map speaks of it.
    pub id: String,
    /// « Tableau 3 », once numbered; empty without caption.
    pub label: String,
    /// Caption; printed above, with the label.
    pub caption: Vec<Inline>,
    /// The least height of a body row: of rows to be filled in by hand. Without it a row is as high as its text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub row_height: Option<Length>,
    /// Columns.
    pub columns: Vec<Column>,
    /// Header row, repeated on every page.
    pub header: Vec<Cell>,
    /// Body rows.
    pub rows: Vec<Vec<Cell>>,
}

/// A column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Column {
    /// Alignment.
    pub align: Align,
    /// Share of the width, in parts.
    pub parts: u16,
}

/// Horizontal alignment of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Align {
    /// Centred.
    Center,
    /// Left.
    Left,
    /// Right: figures.
    Right,
}

/// A cell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Cell {
    /// Text.
    pub content: Vec<Inline>,
    /// Rows it spans, at least 1; a cell covered by the one above has 0 and no text.
    pub rowspan: u16,
}

/// A box in which one party signs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SignatureBox {
    /// Who signs.
    #[serde(serialize_with = "display")]
    pub partie: Partie,
    /// Printed inside, at the top: « Pour l'établissement », name, function.
    pub caption: Vec<Vec<Inline>>,
}

/// One line of the table of contents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContentsEntry<'a> {
    /// Depth, from 1.
    pub level: u8,
    /// Position among the document's headings, from 0: what writers attach their anchors to.
    pub heading: usize,
    /// « Article 2 – Champ du contrat ».
    pub text: String,
    /// The heading.
    pub source: &'a Heading,
}

impl Document {
    /// The digest of the canonical form: the same for the DOCX, the PDF and the three exemplaires.
    #[must_use]
    pub fn content_hash(&self) -> ContentHash {
        ContentHash::of(&self.canonical())
    }

    /// The lines of the table of contents: headings of level 1 and 2, in order.
    #[must_use]
    pub fn contents(&self) -> Vec<ContentsEntry<'_>> {
        self.headings()
            .into_iter()
            .enumerate()
            .filter(|(_, heading)| heading.level <= 2)
            .map(|(index, source)| ContentsEntry {
                level: source.level,
                heading: index,
                text: source.full_text(),
                source,
            })
            .collect()
    }

    /// Every heading, in order.
    #[must_use]
    pub fn headings(&self) -> Vec<&Heading> {
        let mut found = Vec::new();
        self.walk(&mut |block| {
            if let BlockKind::Heading(heading) = &block.kind {
                found.push(heading);
            }
        });
        found
    }

    /// Visits every run of text with the place of its block, in reading order.
    pub fn walk_text(&self, visit: &mut impl FnMut(&str, &Origin)) {
        self.walk(&mut |block| {
            block.texts().into_iter().for_each(|content| visit(&plain_text(content), &block.origin));
        });
    }

    /// Visits every block, in reading order, frames and list items included.
    pub fn walk<'a>(&'a self, visit: &mut impl FnMut(&'a Block)) {
        walk(&self.blocks, visit);
    }
}

impl Block {
    /// The runs of text that are this block's own (those of blocks inside it are theirs).
    #[must_use]
    pub fn texts(&self) -> Vec<&[Inline]> {
        match &self.kind {
            BlockKind::Heading(heading) => vec![&heading.title],
            BlockKind::Paragraph { content, .. } => vec![content],
            BlockKind::Signatures { boxes } => {
                boxes.iter().flat_map(|signature| &signature.caption).map(Vec::as_slice).collect()
            }
            BlockKind::Table(table) => {
                let cells = table.header.iter().chain(table.rows.iter().flatten());
                std::iter::once(table.caption.as_slice()).chain(cells.map(|cell| cell.content.as_slice())).collect()
            }
            BlockKind::Contents | BlockKind::Frame { .. } | BlockKind::List { .. } | BlockKind::PageBreak => Vec::new(),
        }
    }
}

/// Visits every block, in reading order, frames and list items included.
pub(crate) fn walk<'a>(blocks: &'a [Block], visit: &mut impl FnMut(&'a Block)) {
    for block in blocks {
        visit(block);
        match &block.kind {
            BlockKind::Frame { blocks } => walk(blocks, visit),
            BlockKind::List { items, .. } => items.iter().for_each(|item| walk(item, visit)),
            _ => {}
        }
    }
}

impl Heading {
    /// Label and title as one line: « Article 2 – Champ du contrat ».
    #[must_use]
    pub fn full_text(&self) -> String {
        let title = plain_text(&self.title);
        format!("{}{}{title}", plain_text(&self.label), self.joint())
    }

    /// What stands between the label and the title, if there is a label.
    #[must_use]
    pub fn joint(&self) -> &'static str {
        match self.kind {
            _ if self.label.is_empty() => "",
            HeadingKind::SousArticle => "\u{a0}",
            _ => LABEL_JOINT,
        }
    }
}

/// The text of a run, without its dress.
#[must_use]
pub fn plain_text(content: &[Inline]) -> String {
    content
        .iter()
        .map(|inline| match inline {
            Inline::Break => "\n".to_owned(),
            Inline::Emph { content } | Inline::Ref { content, .. } | Inline::Strong { content } => plain_text(content),
            Inline::Sup { text } | Inline::Text { text } => text.clone(),
        })
        .collect()
}
