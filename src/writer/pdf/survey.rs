//! Where the marks of the theme ended up on the pages.

use typst::{
    foundations::{Dict, Label, Selector, Value},
    introspection::{Introspector as _, MetadataElem},
    utils::PicoStr,
};
use typst_layout::PagedDocument;

use super::{
    MAX_PAGES, PrintError,
    sheet::{self, SHEET},
};
use crate::{
    document::Document,
    domain::Partie,
    geometry::{Length, Rect},
    stamp::{BoxArea, CodeArea, Corner, PageArea, PageMap, TableArea, code_area, initials_area},
};

/// What is where in one laid out document.
pub(super) struct Survey {
    pages: u16,
    pub(super) boxes: Vec<Placed>,
    tables: Vec<(u16, TableArea)>,
    pub(super) heading_pages: Vec<u16>,
}

/// A signature box on its page.
pub(super) struct Placed {
    pub(super) partie: Partie,
    pub(super) page: u16,
    pub(super) area: Rect,
}

/// A mark of the theme: its value, and the point where it stands.
struct Mark {
    value: Value,
    page: u16,
    x: Length,
    y: Length,
}

impl Mark {
    fn is_of(&self, table: &str) -> bool {
        field(&self.value, "table").as_deref() == Some(table)
    }
}

impl Placed {
    /// The name of the signature field.
    pub(super) fn field(&self) -> String {
        format!("signature_{}", self.partie)
    }
}

impl Survey {
    pub(super) fn of(laid_out: &PagedDocument, document: &Document) -> Result<Self, PrintError> {
        let count = laid_out.pages().len();
        let pages = u16::try_from(count)
            .ok()
            .filter(|pages| *pages <= MAX_PAGES)
            .ok_or(PrintError::TooManyPages { pages: count })?;
        if let Some(mark) = marks(laid_out, "mark-overflow")?.first() {
            let partie = text(&mark.value).and_then(|slug| Partie::from_slug(&slug));
            return Err(PrintError::Caption { partie: partie.ok_or_else(|| unplaced("a box"))? });
        }
        let heading_pages: Vec<u16> = marks(laid_out, "mark-heading")?.iter().map(|mark| mark.page).collect();
        if heading_pages.len() != document.headings().len() {
            return Err(unplaced("a heading"));
        }
        Ok(Self {
            pages,
            boxes: boxes(&marks(laid_out, "mark-box")?)?,
            tables: tables(&marks(laid_out, "mark-table")?),
            heading_pages,
        })
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
            tables: self.tables.iter().filter(|(page, _)| *page == number).map(|(_, area)| area.clone()).collect(),
        }
    }
}

/// The marks of one name, in reading order.
fn marks(laid_out: &PagedDocument, name: &str) -> Result<Vec<Mark>, PrintError> {
    let introspector = laid_out.introspector();
    let label = Label::new(PicoStr::intern(name)).ok_or_else(|| unplaced(name))?;
    introspector
        .query(&Selector::Label(label))
        .iter()
        .map(|found| {
            let element = found.to_packed::<MetadataElem>();
            let place = found.location().and_then(|location| introspector.position(location));
            let (element, place) = element.zip(place).ok_or_else(|| unplaced(name))?;
            Ok(Mark {
                value: element.value.clone(),
                page: u16::try_from(place.page.get()).unwrap_or(u16::MAX),
                x: Length::from_pt(place.point.x.to_pt()),
                y: Length::from_pt(place.point.y.to_pt()),
            })
        })
        .collect()
}

/// One box for each party, in signing order.
fn boxes(marks: &[Mark]) -> Result<Vec<Placed>, PrintError> {
    let corner = |partie: Partie, edge: &str| {
        let found: Vec<&Mark> = marks
            .iter()
            .filter(|mark| field(&mark.value, "partie").as_deref() == Some(partie.slug()))
            .filter(|mark| field(&mark.value, "edge").as_deref() == Some(edge))
            .collect();
        match found.as_slice() {
            [one] => Ok((one.page, one.x, one.y)),
            _ => Err(PrintError::SignatureBox { partie, found: found.len() }),
        }
    };
    Partie::ALL
        .into_iter()
        .map(|partie| {
            let (page, left, top) = corner(partie, "start")?;
            let (_, right, bottom) = corner(partie, "end")?;
            Ok(Placed { partie, page, area: spanning(left, top, right, bottom) })
        })
        .collect()
}

/// The part of each table on each page. Its header is repeated on every page, so that its mark tells where the part begins; the
/// part ends with the last row that ends on the page, or with the page when a row goes on overleaf.
fn tables(marks: &[Mark]) -> Vec<(u16, TableArea)> {
    let is = |mark: &Mark, edge: &str| field(&mark.value, "edge").as_deref() == Some(edge);
    let page_end = Length::from_um(SHEET.body.y.um() + SHEET.body.height.um());
    marks
        .iter()
        .filter(|mark| is(mark, "header"))
        .filter_map(|header| {
            let table = field(&header.value, "table")?;
            let part = || marks.iter().filter(|mark| mark.page == header.page && mark.is_of(&table));
            let lowest = |edge: &str| part().filter(|mark| is(mark, edge)).map(|mark| mark.y).max();
            let right = part().find(|mark| is(mark, "right"))?.x;
            let bottom = match (lowest("row"), lowest("end")) {
                (Some(begun), Some(ended)) if begun < ended => ended,
                (None, Some(ended)) => ended,
                _ => page_end,
            };
            Some((header.page, TableArea { area: spanning(header.x, header.y, right, bottom), table }))
        })
        .collect()
}

fn spanning(left: Length, top: Length, right: Length, bottom: Length) -> Rect {
    Rect {
        x: left,
        y: top,
        width: Length::from_um(right.um() - left.um()),
        height: Length::from_um(bottom.um() - top.um()),
    }
}

fn field(value: &Value, name: &str) -> Option<String> {
    let Value::Dict(fields) = value else { return None };
    let fields: &Dict = fields;
    fields.get(name).ok().and_then(text)
}

fn text(value: &Value) -> Option<String> {
    if let Value::Str(text) = value { Some(text.as_str().to_owned()) } else { None }
}

fn unplaced(what: impl Into<String>) -> PrintError {
    PrintError::Place { what: what.into() }
}
