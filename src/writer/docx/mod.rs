//! Document to DOCX: the working copy, the one that is read over, annotated and sent around before the PDF is signed.
//!
//! Takes a numbered [`Document`] and gives the bytes of a Word file with the same text; a pure function, same document, same
//! bytes. It says on every page that it is not the copy to sign, and carries no page code: a DOCX has no fixed pages.
//!
//! # How a file is made
//!
//! `docx-rs` writes what depends on the contract: the body (`body`, `table`), headers and footers (`margin`), the list
//! numbering (`numbering`). A finishing pass of ours (`tree`) then mends each part: children in the order of the schema
//! (Word calls a file in another order damaged), header rows that repeat, no identifiers drawn from a counter. The parts that are the
//! same in all contracts (styles, settings, fonts, content types) are plain files in `parts/`, which a person who knows
//! Word can read and change; the properties are written by `properties`; `package` zips it all with a fixed date and order.
//!
//! # Decisions
//!
//! - **Headings** have Word's own styles (Heading 1 to 4, so the navigation pane and the table of contents know them), and their
//!   label (« Article 1er », « Chapitre II », « 10.3 ») is *text*, not Word numbering: Word cannot raise « er » on the first article
//!   only, and an automatic number would change under the cross-references when a paragraph is moved. The model has
//!   numbered once, for both outputs.
//! - **Lists** are real Word lists; each restarts at its first mark, and an item added in Word is numbered by Word.
//! - **Cross-references** and lines of the table of contents are links to bookmarks, with the model's text.
//! - **The table of contents** is a field that Word brings up to date when the file is opened; until then it shows the page
//!   numbers of the PDF.
//! - The typeface is Arial, which every office has; the PDF's Liberation Sans has the same widths.
//!
//! # What it does not do
//!
//! It does not number, does not settle typography, and does not know on which page a line falls. That Word accepts what it writes is
//! judged from outside: `.ci/judges/docx.sh` asks the Open XML SDK, LibreOffice and the text of the PDF.

mod body;
mod inline;
mod margin;
mod numbering;
mod package;
mod properties;
mod table;
mod tree;

use docx_rs::{Docx, Footer, Header, PageMargin};

use self::properties::Properties;
use crate::{
    document::{
        Block, Document, Note,
        note::{paragraph, strong},
    },
    domain::jour,
};

/// Why a DOCX could not be written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WriteError {
    /// The archive could not be made.
    #[error("the DOCX archive could not be made")]
    Archive(#[from] zip::result::ZipError),
    /// The text has a character that no XML file can hold.
    #[error("the text contains the control character U+{:04X}, which a DOCX cannot hold", u32::from(*character))]
    Character {
        /// The character.
        character: char,
    },
    /// A part of the file could not be read back.
    #[error("a part of the DOCX could not be finished")]
    Part(#[from] quick_xml::Error),
    /// A part of the file could not be stored.
    #[error("a part of the DOCX could not be stored")]
    Store(#[from] std::io::Error),
}

/// Width of the text, in twentieths of a point: A4 less two margins of 20 mm, as in the PDF.
const TEXT_WIDTH: usize = 9638;

/// Margins, in twentieths of a point.
const MARGINS: PageMargin =
    PageMargin { top: 1587, left: 1134, bottom: 1757, right: 1134, header: 624, footer: 567, gutter: 0 };

/// Writes a document as DOCX.
///
/// `heading_pages[i]` is the page, in the PDF, of the i-th of [`Document::headings`]: what the table of contents shows
/// until Word has counted its own pages. Without it the table of contents has no page numbers until then.
///
/// # Errors
/// When the text has a control character, or when the archive cannot be made.
pub fn write(document: &Document, heading_pages: &[u16]) -> Result<Vec<u8>, WriteError> {
    let body = body::Body::new(&document.blocks, document.contents(), heading_pages);
    let footers = || margin::footer(document);
    finish(body, margin::headers(document), footers, &Properties::of_contract(document))
}

/// Writes a letter or a report as DOCX.
///
/// # Errors
/// As [`write()`].
pub fn note(note: &Note) -> Result<Vec<u8>, WriteError> {
    let blocks = [opening(note), note.blocks.clone()].concat();
    let body = body::Body::new(&blocks, Vec::new(), &[]);
    finish(body, margin::note_headers(note), || margin::note_footer(note), &Properties::of_note(note))
}

/// What stands above the text of a note: who writes, when, about what.
fn opening(note: &Note) -> Vec<Block> {
    let Note { title, subject, author, date, .. } = note;
    let mut blocks = Vec::new();
    if !author.is_empty() {
        blocks.push(paragraph(strong(author.as_str())));
    }
    blocks.push(paragraph(format!("Le {}", jour(*date))));
    blocks.push(paragraph(strong("Objet : ").and(title.as_str())));
    if !subject.is_empty() {
        blocks.push(paragraph(strong("Référence : ").and(subject.as_str())));
    }
    blocks
}

fn finish(
    body: body::Body<'_>,
    (first_header, header): (Header, Header),
    footer: impl Fn() -> Footer,
    properties: &Properties,
) -> Result<Vec<u8>, WriteError> {
    let (pieces, lists) = body.pieces();
    let mut docx = Docx::new().page_size(11_906, 16_838).page_margin(MARGINS).title_pg();
    // The order gives the names: header1.xml is the first page's, header2.xml that of the others.
    docx = docx.first_header(first_header).header(header).first_footer(footer()).footer(footer());
    docx = numbering::define(docx, &lists);
    for piece in pieces {
        docx = match piece {
            body::Piece::Paragraph(paragraph) => docx.add_paragraph(*paragraph),
            body::Piece::Table(table) => docx.add_table(*table),
        };
    }
    package::pack(properties, &docx.build())
}
