//! Plain documents that are no contract: a certificate, a report, a list that goes with a parcel, a letter.
//!
//! A [`Note`] is written in Rust and not from a template; these functions make its blocks. A plain string is prose, and gets French
//! typography; what must be copied to the letter, a file name or a digest, is [`verbatim`].
//!
//! ```
//! use paraphe::document::{Align, note};
//!
//! let blocks = vec![
//!     note::heading("Fichiers"),
//!     note::paragraph(note::strong("Objet : ").and("les fichiers du contrat.")),
//!     note::table(
//!         "tab-fichiers",
//!         "Fichiers et empreintes",
//!         [("Fichier", 2, Align::Left), ("Empreinte SHA-256", 5, Align::Left)],
//!         [[note::verbatim("contrat.pdf"), note::verbatim("9f86d081884c7d65…")]],
//!     ),
//! ];
//! ```

use jiff::civil::Date;
use serde::Serialize;

use super::{Align, Block, BlockKind, Cell, Column, Heading, HeadingKind, Inline, Marker, Role, Table, typography};
use crate::{diag::Origin, domain::Texte};

/// A document that is no contract: it has no signature boxes and no page codes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Note {
    /// Title, on the first page and in the running header.
    pub title: String,
    /// What it is about, under the title; may be empty.
    pub subject: String,
    /// Who issues it, at the top of the first page.
    pub author: String,
    /// How it is referred to, at the foot of every page.
    pub reference: String,
    /// Its date.
    pub date: Date,
    /// The text.
    pub blocks: Vec<Block>,
}

/// A run of text, settled.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Run(Vec<Inline>);

impl Run {
    /// This run and another one after it.
    #[must_use]
    pub fn and(mut self, next: impl Into<Self>) -> Self {
        self.0.extend(next.into().0);
        self
    }

    /// This run and another one on the next line.
    #[must_use]
    pub fn and_below(mut self, next: impl Into<Self>) -> Self {
        self.0.push(Inline::Break);
        self.and(next)
    }
}

impl From<&str> for Run {
    fn from(text: &str) -> Self {
        let mut content = verbatim(text).0;
        typography::settle(&mut content);
        Self(content)
    }
}

impl From<String> for Run {
    fn from(text: String) -> Self {
        text.as_str().into()
    }
}

/// A text that is printed as it is, without a change of typography. A character that no font of ours can draw is named instead, as
/// `[U+1F600]`: a file keeps the name that it was given, and a report on it must be printed all the same.
#[must_use]
pub fn verbatim(text: &str) -> Run {
    let mut printed = String::new();
    for c in text.chars() {
        if Texte::allows(c) {
            printed.push(c);
        } else {
            printed.push_str(&format!("[U+{:04X}]", u32::from(c)));
        }
    }
    Run(vec![Inline::Text { text: printed }])
}

/// A text in bold.
#[must_use]
pub fn strong(content: impl Into<Run>) -> Run {
    Run(vec![Inline::Strong { content: content.into().0 }])
}

/// A heading, without number.
#[must_use]
pub fn heading(title: impl Into<Run>) -> Block {
    heading_of(1, title.into())
}

/// A heading under another one.
#[must_use]
pub fn subheading(title: impl Into<Run>) -> Block {
    heading_of(2, title.into())
}

fn heading_of(level: u8, title: Run) -> Block {
    block(BlockKind::Heading(Heading { level, kind: HeadingKind::Plain, label: Vec::new(), title: title.0, id: None }))
}

/// A paragraph.
#[must_use]
pub fn paragraph(content: impl Into<Run>) -> Block {
    block(BlockKind::Paragraph { role: Role::Body, content: content.into().0 })
}

/// A remark in small print.
#[must_use]
pub fn remark(content: impl Into<Run>) -> Block {
    block(BlockKind::Paragraph { role: Role::Note, content: content.into().0 })
}

/// A list with dashes, or with numbers.
#[must_use]
pub fn list<T: Into<Run>>(marker: Marker, items: impl IntoIterator<Item = T>) -> Block {
    block(BlockKind::List { marker, items: items.into_iter().map(|item| vec![paragraph(item)]).collect() })
}

/// A table: columns with their names and their shares of the width. Its identifier is unique in the note. Without caption it has
/// none above it.
#[must_use]
pub fn table<const N: usize, T: Into<Run>>(
    id: &str,
    caption: &str,
    columns: [(&str, u16, Align); N],
    rows: impl IntoIterator<Item = [T; N]>,
) -> Block {
    let cell = |content: Run| Cell { content: content.0, rowspan: 1 };
    block(BlockKind::Table(Table {
        id: id.to_owned(),
        label: String::new(),
        caption: if caption.is_empty() { Vec::new() } else { Run::from(caption).0 },
        row_height: None,
        columns: columns.iter().map(|(_, parts, align)| Column { align: *align, parts: *parts }).collect(),
        header: columns.iter().map(|(name, ..)| cell((*name).into())).collect(),
        rows: rows.into_iter().map(|row| row.map(|content| cell(content.into())).into()).collect(),
    }))
}

/// Blocks in a frame.
#[must_use]
pub fn frame(blocks: Vec<Block>) -> Block {
    block(BlockKind::Frame { blocks })
}

/// What follows starts on a new page.
#[must_use]
pub fn page_break() -> Block {
    block(BlockKind::PageBreak)
}

fn block(kind: BlockKind) -> Block {
    Block { origin: Origin::File { file: "note".to_owned() }, traces: Vec::new(), rows: Vec::new(), kind }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::plain_text;

    #[test]
    fn prose_is_settled_and_names_are_left_alone() {
        let run = Run::from("Objet : l'envoi du 1er juillet de ").and(verbatim("l'annexe : v2.pdf"));
        assert_eq!(plain_text(&run.0), "Objet\u{a0}: l’envoi du 1er\u{a0}juillet de l'annexe : v2.pdf");
    }

    #[test]
    fn a_character_that_cannot_be_printed_is_named() {
        assert_eq!(plain_text(&verbatim("scan 🏥 e\u{301}.pdf").0), "scan [U+1F3E5] e[U+0301].pdf");
        assert_eq!(plain_text(&Run::from("a\u{ad}b").0), "a[U+00AD]b");
    }
}
