//! What the map of a contract's pages is made of: signature boxes, tables, and where every block stands.

use super::{
    PrintError,
    drawn::{Item, Mark, Page, Tells},
    places::{BlockPages, Places, spanning},
    sheet,
};
use crate::{
    document::{BlockKind, Document},
    domain::Partie,
    geometry::{Length, Rect},
    stamp::{BoxArea, CodeArea, Corner, PageArea, PageMap, TableArea, code_area, initials_area},
};

/// What is where in one laid out contract.
pub(super) struct Survey {
    pages: u16,
    pub(super) boxes: Vec<Placed>,
    /// One for each block.
    pub(super) blocks: Vec<BlockPages>,
    /// The identifier of each block that is a table.
    tables: Vec<Option<String>>,
    places: Places,
}

/// A signature box on its page.
pub(super) struct Placed {
    pub(super) partie: Partie,
    pub(super) page: u16,
    pub(super) area: Rect,
}

impl Placed {
    /// The name of the signature field.
    pub(super) fn field(&self) -> String {
        self.partie.signature_field()
    }
}

impl Survey {
    pub(super) fn of(pages: &[Page], document: &Document) -> Result<Self, PrintError> {
        let boxes = boxes(pages)?;
        let places = Places::of(pages);
        let blocks = places.pages(document);
        let mut tables = Vec::new();
        document.walk(&mut |block| {
            tables.push(if let BlockKind::Table(table) = &block.kind { Some(table.id.clone()) } else { None });
        });
        Ok(Self { pages: pages.last().map_or(0, |page| page.number), boxes, blocks, tables, places })
    }

    /// The page of each of [`Document::headings`].
    pub(super) fn heading_pages(&self, document: &Document) -> Result<Vec<u16>, PrintError> {
        let mut blocks = self.blocks.iter();
        let mut pages = Vec::new();
        document.walk(&mut |block| {
            let page = blocks.next().and_then(|block| block.page);
            if matches!(block.kind, BlockKind::Heading(_)) {
                pages.push(page);
            }
        });
        pages.into_iter().collect::<Option<_>>().ok_or_else(|| PrintError::Place { what: "a heading".to_owned() })
    }

    pub(super) fn page_map(&self, copy: &sheet::Copy) -> PageMap {
        let tag = copy.tag(Corner::Top, 1, self.pages);
        PageMap {
            format: 1,
            contract: tag.contract.to_string(),
            version: tag.version.get(),
            exemplaire: tag.exemplaire.number(),
            content_hash: copy.content_hash().to_owned(),
            pages: (1..=self.pages).map(|number| self.page(number, copy)).collect(),
        }
    }

    fn page(&self, number: u16, copy: &sheet::Copy) -> PageArea {
        let codes = [Corner::Top, Corner::Bottom].map(|corner| CodeArea {
            payload: copy.tag(corner, number, self.pages).to_string(),
            area: code_area(corner),
        });
        PageArea {
            number,
            codes: codes.into(),
            initials: initials_area(),
            boxes: self
                .boxes
                .iter()
                .filter(|placed| placed.page == number)
                .map(|placed| BoxArea { partie: placed.partie.to_string(), field: placed.field(), area: placed.area })
                .collect(),
            tables: self
                .places
                .tables_on(number)
                .into_iter()
                .filter_map(|(block, area)| Some(TableArea { table: self.tables.get(block)?.clone()?, area }))
                .collect(),
            blocks: self.places.on(number),
        }
    }
}

/// One box for each party, in signing order.
fn boxes(pages: &[Page]) -> Result<Vec<Placed>, PrintError> {
    let marks: Vec<(u16, &Mark)> = pages
        .iter()
        .flat_map(|page| page.items.iter().map(|item| (page.number, item)))
        .filter_map(|(page, item)| if let Item::Mark(mark) = item { Some((page, mark)) } else { None })
        .collect();
    for (_, mark) in &marks {
        if let Tells::Overflow(partie) = mark.tells {
            return Err(PrintError::Caption { partie });
        }
    }
    let corner = |partie: Partie, is: &dyn Fn(Tells) -> bool| {
        let found: Vec<_> = marks.iter().filter(|(_, mark)| is(mark.tells)).collect();
        match found.as_slice() {
            [(page, mark)] => Ok((*page, Length::from_pt(mark.x), Length::from_pt(mark.y))),
            _ => Err(PrintError::SignatureBox { partie, found: found.len() }),
        }
    };
    Partie::ALL
        .into_iter()
        .map(|partie| {
            let (page, left, top) = corner(partie, &|tells| matches!(tells, Tells::BoxStart(_, who) if who == partie))?;
            let (_, right, bottom) = corner(partie, &|tells| matches!(tells, Tells::BoxEnd(_, who) if who == partie))?;
            Ok(Placed { partie, page, area: spanning(left, top, right, bottom) })
        })
        .collect()
}
