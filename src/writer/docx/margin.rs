//! Headers and footers: what the contract is, that this copy is not for signing, and where one is in it.

use docx_rs::{Footer, Header, Paragraph, Run};

use super::inline::field;
use crate::document::{Document, Note};

/// Printed at the top of every page.
const MENTION: &str = "DOCUMENT DE TRAVAIL";

/// The header of the first page and that of the others.
pub(super) fn headers(document: &Document) -> (Header, Header) {
    let mention =
        format!("{MENTION}\u{a0}– Ne pas signer\u{a0}: seul le PDF établi en trois exemplaires est à signer.");
    let first = Header::new().add_paragraph(line("MentionEnTete", &mention));
    // The name has a line of its own: some are as long as the line.
    let title = Paragraph::new()
        .style("Header")
        .add_run(Run::new().add_text(&document.title))
        .add_run(Run::new().add_tab().style("Mention").add_text(MENTION));
    (first, Header::new().add_paragraph(title).add_paragraph(line("Header", &document.subject)))
}

/// The footer of every page.
pub(super) fn footer(document: &Document) -> Footer {
    let Document { contract, version, .. } = document;
    let reference =
        format!("CAQES {contract}\u{a0}– version\u{a0}{version}\u{a0}– document de travail\u{a0}– ne pas signer");
    let hash = format!("Empreinte du texte\u{a0}: {}", document.content_hash().short());
    Footer::new().add_paragraph(numbered(&reference)).add_paragraph(line("Footer", &hash))
}

/// The header of the first page of a note, which has none, and that of the others.
pub(super) fn note_headers(note: &Note) -> (Header, Header) {
    let first = Header::new().add_paragraph(line("Header", ""));
    (first, Header::new().add_paragraph(line("Header", &note.title)))
}

/// The footer of every page of a note.
pub(super) fn note_footer(note: &Note) -> Footer {
    Footer::new().add_paragraph(numbered(&note.reference))
}

/// A line with the number of the page at its end.
fn numbered(reference: &str) -> Paragraph {
    let mut place = Paragraph::new()
        .style("Footer")
        .add_run(Run::new().add_text(reference))
        .add_run(Run::new().add_tab().add_text("page\u{a0}"));
    place = field("PAGE", "1", false).into_iter().fold(place, Paragraph::add_run);
    place = place.add_run(Run::new().add_text("/"));
    field("NUMPAGES", "1", false).into_iter().fold(place, Paragraph::add_run)
}

fn line(style: &str, text: &str) -> Paragraph {
    Paragraph::new().style(style).add_run(Run::new().add_text(text))
}
