//! The text of the contract, block by block.

use std::collections::BTreeMap;

use docx_rs::{Hyperlink, HyperlinkType, IndentLevel, NumberingId, Paragraph, Run, Table};

use super::{
    TEXT_WIDTH,
    inline::{self, field, field_end, field_start},
    numbering::{self, List},
    table,
};
use crate::document::{
    Block, BlockKind, CONTENTS_TITLE, ContentsEntry, Heading, HeadingKind, Inline, LABEL_JOINT, Marker, Role,
};

/// What a body or a cell is made of.
pub(super) enum Piece {
    Paragraph(Box<Paragraph>),
    Table(Box<Table>),
}

/// Turns blocks into pieces, in reading order.
pub(super) struct Body<'a> {
    blocks: &'a [Block],
    entries: Vec<ContentsEntry<'a>>,
    pages: &'a [u16],
    anchors: BTreeMap<&'a str, String>,
    headings: usize,
    bookmarks: usize,
    lists: Vec<List>,
    /// Depth in lists of what is being set; 0 outside lists.
    depth: usize,
    /// Width at hand, in twentieths of a point.
    width: usize,
    /// The mark that the next paragraph carries: it opens an item.
    mark: Option<(usize, usize)>,
    /// The next piece starts a page.
    page_break: bool,
    pieces: Vec<Piece>,
}

impl<'a> Body<'a> {
    /// The blocks of a document, what its table of contents lists, and the page of each of its headings.
    pub(super) fn new(blocks: &'a [Block], entries: Vec<ContentsEntry<'a>>, pages: &'a [u16]) -> Self {
        Self {
            blocks,
            entries,
            pages,
            anchors: inline::anchors(blocks),
            headings: 0,
            bookmarks: 0,
            lists: Vec::new(),
            depth: 0,
            width: TEXT_WIDTH,
            mark: None,
            page_break: false,
            pieces: Vec::new(),
        }
    }

    /// The pieces, and the lists they are numbered by.
    pub(super) fn pieces(mut self) -> (Vec<Piece>, Vec<List>) {
        self.blocks(self.blocks);
        (self.pieces, self.lists)
    }

    fn blocks(&mut self, blocks: &[Block]) {
        for (position, block) in blocks.iter().enumerate() {
            let next = blocks.get(position + 1).map(|next| &next.kind);
            let noted = matches!(next, Some(BlockKind::Paragraph { role: Role::Note, .. }));
            match &block.kind {
                BlockKind::Contents => self.contents(),
                BlockKind::Frame { blocks } => self.frame(blocks),
                BlockKind::Heading(heading) => self.heading(heading),
                BlockKind::List { marker, items } => self.list(*marker, items),
                BlockKind::PageBreak => self.page_break = !self.pieces.is_empty(),
                BlockKind::Paragraph { role, content } => {
                    // What announces a list or a table stays with it.
                    let announces = matches!(next, Some(BlockKind::List { .. } | BlockKind::Table(_)));
                    self.text(*role, content, *role == Role::Body && announces);
                }
                BlockKind::Signatures { boxes } => {
                    self.table(table::signatures(boxes, self.width, &self.anchors), false);
                }
                BlockKind::Table(model) => self.model_table(model, noted),
            }
        }
    }

    /// Adds a paragraph, with the page break or the list mark that waits for one.
    fn paragraph(&mut self, mut paragraph: Paragraph) {
        if std::mem::take(&mut self.page_break) {
            paragraph = paragraph.page_break_before(true);
        }
        if let Some((list, level)) = self.mark.take() {
            paragraph = paragraph.numbering(NumberingId::new(list), IndentLevel::new(level));
        } else if self.depth > 0 {
            paragraph = paragraph.indent(Some(numbering::indent(self.depth - 1)), None, None, None);
        }
        self.pieces.push(Piece::Paragraph(Box::new(paragraph)));
    }

    /// Adds a table and the thin line without which Word joins it to the next one. A page break or a list mark cannot stand on a
    /// table: an empty paragraph takes it. A table with a note stays with it. A table without cells is no table for Word: nothing
    /// is added.
    fn table(&mut self, table: Table, noted: bool) {
        if table.grid.is_empty() {
            return;
        }
        if self.page_break || self.mark.is_some() {
            self.paragraph(Paragraph::new().style("Interligne"));
        }
        self.pieces.push(Piece::Table(Box::new(table)));
        self.pieces.push(Piece::Paragraph(Box::new(Paragraph::new().style("Interligne").keep_next(noted))));
    }

    fn text(&mut self, role: Role, content: &[Inline], keep_next: bool) {
        let style = match role {
            Role::Body if self.depth > 0 => "ListParagraph",
            Role::Body => "BodyText",
            Role::Centered => "Centre",
            Role::Note => "NoteDeTableau",
            Role::Party => "Partie",
            Role::Subtitle => "Subtitle",
            Role::Title => "Title",
            Role::Visa => "Visa",
        };
        let paragraph = Paragraph::new().style(style);
        let paragraph = if keep_next { paragraph.keep_next(true) } else { paragraph };
        self.paragraph(inline::set(paragraph, content, &self.anchors));
    }

    fn heading(&mut self, heading: &Heading) {
        let anchor = inline::heading_anchor(self.headings);
        self.headings += 1;
        if matches!(heading.kind, HeadingKind::Annexe(_)) {
            self.page_break = !self.pieces.is_empty();
        }
        let bookmark = self.bookmark();
        let paragraph = Paragraph::new().style(&format!("Heading{}", heading.level.clamp(1, 4)));
        let paragraph = paragraph.add_bookmark_start(bookmark, anchor);
        let paragraph = inline::set(paragraph, &heading_line(heading), &self.anchors);
        self.paragraph(paragraph.add_bookmark_end(bookmark));
    }

    fn bookmark(&mut self) -> usize {
        self.bookmarks += 1;
        self.bookmarks
    }

    fn list(&mut self, marker: Marker, items: &[Vec<Block>]) {
        let list = List::new(marker, self.depth);
        let instance = numbering::instance(self.lists.len());
        self.lists.push(list);
        // An item that opens with a list: its own mark first, on an empty line.
        self.flush_mark();
        self.depth += 1;
        for item in items {
            self.mark = Some((instance, list.level()));
            self.blocks(item);
            self.flush_mark();
        }
        self.depth -= 1;
    }

    fn flush_mark(&mut self) {
        if self.mark.is_some() {
            self.paragraph(Paragraph::new().style("ListParagraph"));
        }
    }

    fn frame(&mut self, blocks: &[Block]) {
        let outside = std::mem::take(&mut self.pieces);
        let (width, depth) = (self.width, std::mem::take(&mut self.depth));
        let (page_break, mark) = (std::mem::take(&mut self.page_break), self.mark.take());
        self.width = table::inside_frame(width);
        self.blocks(blocks);
        let inside = std::mem::replace(&mut self.pieces, outside);
        (self.width, self.depth, self.page_break, self.mark) = (width, depth, page_break, mark);
        self.table(table::frame(inside, width), false);
    }

    fn model_table(&mut self, model: &crate::document::Table, noted: bool) {
        let anchor = self.anchors.get(model.id.as_str()).cloned().unwrap_or_default();
        let bookmark = (self.bookmark(), anchor);
        if model.caption.is_empty() {
            self.table(table::model(model, self.width, &self.anchors, noted, Some(bookmark)), noted);
        } else {
            let (id, anchor) = bookmark;
            let mut line = text(&format!("{}{LABEL_JOINT}", model.label));
            line.extend(model.caption.iter().cloned());
            let caption = Paragraph::new().style("Caption").add_bookmark_start(id, anchor);
            self.paragraph(inline::set(caption, &line, &self.anchors).add_bookmark_end(id));
            self.table(table::model(model, self.width, &self.anchors, noted, None), noted);
        }
    }

    /// The table of contents: one field over all lines, and in each line a link and the number of its page.
    fn contents(&mut self) {
        let entries = std::mem::take(&mut self.entries);
        let last = entries.len();
        if last > 0 {
            self.paragraph(Paragraph::new().style("TOCHeading").add_run(Run::new().add_text(CONTENTS_TITLE)));
        }
        for (position, entry) in entries.iter().enumerate() {
            let mut line = Paragraph::new().style(&format!("TOC{}", entry.level));
            if position == 0 {
                line = field_start(r#"TOC \o "1-2" \h \z \u"#, true).into_iter().fold(line, Paragraph::add_run);
            }
            line = line.add_hyperlink(self.contents_line(entry));
            if position + 1 == last {
                line = line.add_run(field_end());
            }
            self.paragraph(line);
        }
    }

    fn contents_line(&self, entry: &ContentsEntry<'_>) -> Hyperlink {
        let anchor = inline::heading_anchor(entry.heading);
        let page = self.pages.get(entry.heading).map(u16::to_string).unwrap_or_default();
        let runs = inline::runs(&heading_line(entry.source));
        let page = field(&format!(r"PAGEREF {anchor} \h"), &page, false);
        runs.into_iter()
            .chain([Run::new().add_tab()])
            .chain(page)
            .fold(Hyperlink::new(anchor, HyperlinkType::Anchor), Hyperlink::add_run)
    }
}

/// Label and title with their dress; the same text as [`Heading::full_text`].
fn heading_line(heading: &Heading) -> Vec<Inline> {
    let mut line = heading.label.clone();
    if !line.is_empty() {
        line.extend(text(heading.joint()));
    }
    line.extend(heading.title.iter().cloned());
    line
}

fn text(text: &str) -> Vec<Inline> {
    vec![Inline::Text { text: text.to_owned() }]
}
