//! Which characters the bundled fonts can draw.

use typst::text::Font;

use super::{PrintError, Unprintable};
use crate::{
    diag::Origin,
    document::{Block, BlockKind, Cell, Inline, walk},
};

/// How many characters are shown on each side of one that cannot be printed.
const AROUND: usize = 20;

/// Checks every text of a document, its properties first, before anything is laid out: all faults at once, with their places.
pub(super) fn check(properties: &[&str], blocks: &[Block], fonts: &[Font]) -> Result<(), PrintError> {
    let mut search = Search { fonts, found: Vec::new() };
    properties.iter().for_each(|text| search.text(text, None));
    walk(blocks, &mut |block| {
        let origin = Some(&block.origin);
        match &block.kind {
            BlockKind::Heading(heading) => {
                search.run(&heading.label, origin);
                search.run(&heading.title, origin);
            }
            BlockKind::Paragraph { content, .. } => search.run(content, origin),
            BlockKind::Signatures { boxes } => {
                boxes.iter().flat_map(|signature| &signature.caption).for_each(|line| search.run(line, origin));
            }
            BlockKind::Table(table) => {
                search.text(&table.label, origin);
                search.run(&table.caption, origin);
                let cells = table.header.iter().chain(table.rows.iter().flatten());
                cells.for_each(|Cell { content, .. }| search.run(content, origin));
            }
            BlockKind::Contents | BlockKind::Frame { .. } | BlockKind::List { .. } | BlockKind::PageBreak => {}
        }
    });
    if search.found.is_empty() { Ok(()) } else { Err(PrintError::Unprintable(search.found)) }
}

struct Search<'a> {
    fonts: &'a [Font],
    found: Vec<Unprintable>,
}

impl Search<'_> {
    fn run(&mut self, content: &[Inline], origin: Option<&Origin>) {
        for inline in content {
            match inline {
                Inline::Break => {}
                Inline::Emph { content } | Inline::Ref { content, .. } | Inline::Strong { content } => {
                    self.run(content, origin);
                }
                Inline::Sup { text } | Inline::Text { text } => self.text(text, origin),
            }
        }
    }

    fn text(&mut self, text: &str, origin: Option<&Origin>) {
        for (index, character) in text.chars().enumerate() {
            if !self.fonts.iter().all(|font| draws(font, character)) {
                let start = index.saturating_sub(AROUND);
                let around = text.chars().skip(start).take(index - start + AROUND + 1).collect();
                self.found.push(Unprintable { character, around, origin: origin.cloned() });
            }
        }
    }
}

/// Whether a font draws a character. Line ends and tabs are spaces to the layout; the no-break hyphen is drawn as a hyphen, as
/// shapers do; the private use area is refused though fonts have glyphs there.
fn draws(font: &Font, character: char) -> bool {
    match character {
        '\n' | '\r' | '\t' => true,
        '\u{2011}' => font.info().coverage.contains(0x2010),
        '\u{e000}'..='\u{f8ff}' => false,
        other => !other.is_control() && font.info().coverage.contains(other.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{domain::Texte, writer::pdf::Press};

    #[test]
    fn every_character_that_a_text_may_have_is_drawn_by_every_bundled_font() {
        let press = Press::new().unwrap();
        let missing: Vec<String> = ('\0'..=char::MAX)
            .filter(|c| Texte::allows(*c) && !press.fonts.iter().all(|font| draws(font, *c)))
            .map(|c| format!("U+{:04X}", u32::from(c)))
            .collect();
        assert_eq!(missing, Vec::<String>::new());
    }
}
