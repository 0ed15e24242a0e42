//! Blocks as plain text: the body of a message.

use super::{Block, BlockKind, Marker, plain_text};

/// Blocks as plain text, a blank line between them. Tables are written a row to a line, their cells apart; signature boxes, page
/// breaks and tables of contents are not written.
#[must_use]
pub fn plain(blocks: &[Block]) -> String {
    let parts: Vec<String> = blocks.iter().map(one).filter(|part| !part.is_empty()).collect();
    parts.join("\n\n")
}

fn one(block: &Block) -> String {
    match &block.kind {
        BlockKind::Contents | BlockKind::PageBreak | BlockKind::Signatures { .. } => String::new(),
        BlockKind::Frame { blocks } => plain(blocks),
        BlockKind::Heading(heading) => [plain_text(&heading.label), plain_text(&heading.title)].concat(),
        BlockKind::List { marker, items } => {
            let items = items.iter().enumerate().map(|(index, item)| {
                let mark = mark(*marker, index);
                let indent = " ".repeat(mark.chars().count());
                format!("{mark}{}", plain(item).replace('\n', &format!("\n{indent}")))
            });
            items.collect::<Vec<_>>().join("\n")
        }
        BlockKind::Paragraph { content, .. } => plain_text(content),
        BlockKind::Table(table) => {
            let row = |cells: &[super::Cell]| {
                cells.iter().map(|cell| plain_text(&cell.content)).collect::<Vec<_>>().join("  ")
            };
            let rows = std::iter::once(row(&table.header)).chain(table.rows.iter().map(|cells| row(cells)));
            rows.collect::<Vec<_>>().join("\n")
        }
    }
}

/// « – », « 1. », « a) », as it is printed.
fn mark(marker: Marker, index: usize) -> String {
    let letter = || u8::try_from(index % 26).map_or('z', |index| char::from(b'a' + index));
    match marker {
        Marker::Alpha => format!("{}) ", letter()),
        Marker::Dash => "– ".to_owned(),
        Marker::Decimal | Marker::Roman => format!("{}. ", index + 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::note;

    #[test]
    fn a_letter_reads_as_it_is_printed() {
        let blocks = [
            note::paragraph("Madame,"),
            note::list(Marker::Dash, [note::Run::from("un fichier").and_below("son empreinte"), "un autre".into()]),
            note::page_break(),
            note::paragraph("Cordialement"),
        ];
        assert_eq!(plain(&blocks), "Madame,\n\n– un fichier\n  son empreinte\n– un autre\n\nCordialement");
    }
}
