//! Where every block and every row of a table stands.
//!
//! A block begins at its mark, and what is drawn after the mark is the block's until the element that holds the mark ends: so a
//! block that goes on overleaf is followed there. A table is measured by the marks of its header and of its rows instead, for
//! merged cells are drawn after the rows they stand beside.

use std::collections::BTreeMap;

use typst::introspection::Location;

use super::{
    drawn::{Item, Mark, Page, Tells},
    sheet::SHEET,
};
use crate::{
    document::{Block, BlockKind, Document},
    geometry::{Length, Rect},
    stamp::BlockArea,
};

/// The pages of one block and of its rows.
#[derive(Debug, Clone, Default)]
pub(super) struct BlockPages {
    /// The page on which it begins, from 1; absent for what prints nothing.
    pub(super) page: Option<u16>,
    /// The page on which each row begins, in order.
    pub(super) rows: Vec<u16>,
}

/// A block, or a row of it, on one page: the whole of it or a part.
struct Part {
    page: u16,
    block: usize,
    row: Option<usize>,
    extent: Extent,
}

/// The smallest rectangle around what is drawn, in points.
#[derive(Clone, Copy)]
struct Extent {
    left: f64,
    top: f64,
    right: f64,
    bottom: f64,
}

/// Where a row begins and where it ends: page and height.
struct Row {
    begin: (u16, f64),
    end: (u16, f64),
}

/// The header of a table on one page.
#[derive(Clone, Copy)]
struct Header {
    page: u16,
    extent: Extent,
}

/// Every block and every row with its places.
#[derive(Default)]
pub(super) struct Places {
    parts: Vec<Part>,
    headers: BTreeMap<usize, Vec<Header>>,
    rows: BTreeMap<(usize, usize), Row>,
    begun: BTreeMap<usize, u16>,
}

impl Places {
    pub(super) fn of(pages: &[Page]) -> Self {
        let mut reading = Reading::default();
        for page in pages {
            reading.waiting = None;
            page.items.iter().for_each(|item| reading.see(page.number, item));
        }
        let mut places = reading.places;
        places.add_tables();
        places.parts.sort_by_key(|part| (part.page, part.block, part.row));
        places
    }

    /// The pages of all blocks, as [`Document::walk`] visits them. What holds other blocks begins with the first of them, and a
    /// row of which every cell is merged with those above begins with the row above.
    pub(super) fn pages(&self, document: &Document) -> Vec<BlockPages> {
        let mut blocks: Vec<&Block> = Vec::new();
        document.walk(&mut |block| blocks.push(block));
        let mut pages: Vec<BlockPages> = Vec::new();
        let mut next = None;
        for (index, block) in blocks.into_iter().enumerate().rev() {
            let own = self.begun.get(&index).copied();
            let page = if holds_blocks(block) { next } else { own };
            let mut rows = Vec::new();
            if let BlockKind::Table(table) = &block.kind {
                let mut before = page.unwrap_or(1);
                for row in 1..=table.rows.len() {
                    before = self.rows.get(&(index, row)).map_or(before, |row| row.begin.0);
                    rows.push(before);
                }
            }
            pages.push(BlockPages { page, rows });
            next = page;
        }
        pages.reverse();
        pages
    }

    /// What stands on a page, in reading order.
    pub(super) fn on(&self, page: u16) -> Vec<BlockArea> {
        let parts = self.parts.iter().filter(|part| part.page == page);
        parts.map(|part| BlockArea { block: part.block, row: part.row, area: part.extent.rect() }).collect()
    }

    /// The part of each table that is on a page.
    pub(super) fn tables_on(&self, page: u16) -> Vec<(usize, Rect)> {
        let mut found = Vec::new();
        for (block, headers) in &self.headers {
            let Some(header) = headers.iter().find(|header| header.page == page) else { continue };
            let rows = self.parts.iter().filter(|part| part.page == page && part.block == *block && part.row.is_some());
            found.push((*block, rows.fold(header.extent, |all, row| all.and(row.extent)).rect()));
        }
        found
    }

    /// Gives each table the parts that are its header and its rows.
    fn add_tables(&mut self) {
        for (block, headers) in &self.headers {
            for Header { page, extent } in headers {
                // The caption stands above the header, and is one with it.
                let caption = self.parts.iter_mut().find(|part| part.page == *page && part.block == *block);
                match caption {
                    Some(part) => part.extent = part.extent.and(*extent),
                    None => self.parts.push(Part { page: *page, block: *block, row: None, extent: *extent }),
                }
            }
        }
        let page_end = SHEET.body.y.pt() + SHEET.body.height.pt();
        for ((block, number), row) in &self.rows {
            for Header { page, extent } in self.headers.get(block).into_iter().flatten() {
                if !(row.begin.0..=row.end.0).contains(page) {
                    continue;
                }
                let top = if *page == row.begin.0 { row.begin.1 } else { extent.bottom };
                let bottom = if *page == row.end.0 { row.end.1 } else { page_end };
                let extent = Extent { top, bottom, ..*extent };
                self.parts.push(Part { page: *page, block: *block, row: Some(*number), extent });
            }
        }
    }
}

fn holds_blocks(block: &Block) -> bool {
    match &block.kind {
        BlockKind::Frame { blocks } => !blocks.is_empty(),
        BlockKind::List { items, .. } => items.iter().any(|item| !item.is_empty()),
        _ => false,
    }
}

/// The state of a walk through the pages.
#[derive(Default)]
struct Reading {
    places: Places,
    /// Elements that have begun and not ended; whether each is one block with all that is in it.
    open: Vec<(Location, bool)>,
    current: Option<Current>,
    /// What was drawn since a block ended: the bullet or the number of the item that comes.
    waiting: Option<Extent>,
}

/// The block that is being drawn.
#[derive(Clone, Copy)]
struct Current {
    block: usize,
    /// The element with which it ends.
    end: Option<Location>,
    /// Whether its texts tell where it is; those of a table do not.
    by_texts: bool,
}

impl Reading {
    fn see(&mut self, page: u16, item: &Item) {
        match item {
            Item::Begin(location, whole) => self.open.push((*location, *whole)),
            Item::End(location) => {
                self.open.retain(|(open, _)| open != location);
                self.current = self.current.filter(|current| current.end != Some(*location));
            }
            Item::Mark(mark) => self.mark(page, mark),
            Item::Rule(_) => {}
            Item::Text(text) => {
                if !text.is_in_body() || text.left >= text.right {
                    return;
                }
                let extent = Extent { left: text.left, top: text.top, right: text.right, bottom: text.bottom };
                match self.current {
                    Some(Current { by_texts: false, .. }) => {}
                    Some(Current { block, .. }) => self.draw(page, block, extent),
                    None => self.waiting = Some(self.waiting.map_or(extent, |waiting| waiting.and(extent))),
                }
            }
        }
    }

    fn mark(&mut self, page: u16, mark: &Mark) {
        let point = Extent { left: mark.x, top: mark.y, right: mark.x, bottom: mark.y };
        match mark.tells {
            Tells::Block(block) => {
                self.begin(page, block, true);
                if let Some(waiting) = self.waiting.take() {
                    self.draw(page, block, waiting);
                }
            }
            Tells::BoxEnd(block, _) | Tells::BoxStart(block, _) => {
                self.begin(page, block, true);
                self.draw(page, block, point);
            }
            Tells::Header(table) => {
                self.begin(page, table, false);
                self.places.headers.entry(table).or_default().push(Header { page, extent: point });
            }
            Tells::HeaderEnd(table) => {
                if let Some(header) = self.places.headers.get_mut(&table).and_then(|headers| headers.last_mut()) {
                    header.extent = header.extent.and(point);
                }
            }
            Tells::Overflow(_) => {}
            Tells::Row(table, row) => {
                let here = (page, mark.y);
                self.places.rows.entry((table, row)).or_insert(Row { begin: here, end: here });
            }
            Tells::RowEnd(table, row) => {
                if let Some(row) = self.places.rows.get_mut(&(table, row)) {
                    let later = page > row.end.0 || (page == row.end.0 && mark.y > row.end.1);
                    row.end = if later { (page, mark.y) } else { row.end };
                }
            }
        }
    }

    /// A block begins on a page, or is met again there.
    fn begin(&mut self, page: u16, block: usize, by_texts: bool) {
        self.places.begun.entry(block).or_insert(page);
        let end = self.open.iter().rev().find(|(_, whole)| *whole).or(self.open.last()).map(|(location, _)| *location);
        self.current = Some(Current { block, end, by_texts });
    }

    fn draw(&mut self, page: u16, block: usize, extent: Extent) {
        match self.places.parts.last_mut().filter(|part| part.page == page && part.block == block) {
            Some(part) => part.extent = part.extent.and(extent),
            None => self.places.parts.push(Part { page, block, row: None, extent }),
        }
    }
}

impl Extent {
    fn and(self, other: Self) -> Self {
        Self {
            left: self.left.min(other.left),
            top: self.top.min(other.top),
            right: self.right.max(other.right),
            bottom: self.bottom.max(other.bottom),
        }
    }

    fn rect(self) -> Rect {
        let [left, top, right, bottom] = [self.left, self.top, self.right, self.bottom].map(Length::from_pt);
        spanning(left, top, right, bottom)
    }
}

/// The rectangle between two corners.
pub(super) fn spanning(left: Length, top: Length, right: Length, bottom: Length) -> Rect {
    Rect {
        x: left,
        y: top,
        width: Length::from_um(right.um() - left.um()),
        height: Length::from_um(bottom.um() - top.um()),
    }
}
