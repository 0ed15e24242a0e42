//! What the layout drew on each page, in drawing order: texts, upright rules, and the invisible marks of the theme.

use typst::{
    foundations::{Content, Value},
    introspection::{Location, MetadataElem, Tag},
    layout::{Frame, FrameItem, GridElem, Point, Transform},
    model::{OutlineElem, TableElem},
    visualize::Geometry,
};
use typst_layout::PagedDocument;

use super::{PrintError, names::Names, sheet::SHEET};
use crate::domain::Partie;

/// A rule that leans less than this is upright, in points.
const UPRIGHT: f64 = 0.5;

/// One page. Places are in points from its top left corner.
pub(super) struct Page<'a> {
    pub(super) number: u16,
    pub(super) items: Vec<Item<'a>>,
}

/// A thing on a page.
pub(super) enum Item<'a> {
    /// An element of the layout begins; whether it is one block with all that is in it.
    Begin(Location, bool),
    /// An element of the layout ends.
    End(Location),
    Mark(Mark),
    Rule(Rule),
    Text(Text<'a>),
}

/// A mark of the theme, and the point where it stands.
pub(super) struct Mark {
    pub(super) tells: Tells,
    pub(super) x: f64,
    pub(super) y: f64,
}

/// What a mark tells. Blocks are numbered as [`crate::document::Document::walk`] visits them, from 0, and rows from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tells {
    /// A block begins here.
    Block(usize),
    /// The bottom right corner of a signature box.
    BoxEnd(usize, Partie),
    /// The top left corner of a signature box.
    BoxStart(usize, Partie),
    /// The top left corner of the header of a table.
    Header(usize),
    /// The bottom right corner of the header of a table.
    HeaderEnd(usize),
    /// The caption of a box fits in no size.
    Overflow(Partie),
    /// The top of a row.
    Row(usize, usize),
    /// The bottom of a cell of a row.
    RowEnd(usize, usize),
}

/// A run of text on its line.
pub(super) struct Text<'a> {
    pub(super) left: f64,
    pub(super) right: f64,
    pub(super) baseline: f64,
    /// As high as the highest letter of the font, and as low as the lowest.
    pub(super) top: f64,
    pub(super) bottom: f64,
    pub(super) size: f64,
    pub(super) text: &'a str,
}

impl Text<'_> {
    /// Whether it stands where the text of a page does, and not in a margin.
    pub(super) fn is_in_body(&self) -> bool {
        let (top, height) = (SHEET.body.y.pt(), SHEET.body.height.pt());
        self.baseline > top && self.baseline < top + height
    }
}

/// An upright rule.
pub(super) struct Rule {
    pub(super) x: f64,
    pub(super) top: f64,
    pub(super) bottom: f64,
}

/// Everything that was drawn, page by page.
pub(super) fn pages<'a>(laid_out: &'a PagedDocument, names: &Names) -> Result<Vec<Page<'a>>, PrintError> {
    (1..)
        .zip(laid_out.pages())
        .map(|(number, page)| {
            let mut items = Vec::new();
            collect(&page.frame, Transform::identity(), names, &mut items)?;
            Ok(Page { number, items })
        })
        .collect()
}

fn collect<'a>(
    frame: &'a Frame,
    around: Transform,
    names: &Names,
    items: &mut Vec<Item<'a>>,
) -> Result<(), PrintError> {
    for (place, item) in frame.items() {
        let at = |point: Point| {
            let point = point.transform(around);
            (point.x.to_pt(), point.y.to_pt())
        };
        match item {
            FrameItem::Group(group) => {
                let moved = around.pre_concat(Transform::translate(place.x, place.y)).pre_concat(group.transform);
                collect(&group.frame, moved, names, items)?;
            }
            FrameItem::Shape(shape, _) => {
                if let Geometry::Line(end) = shape.geometry {
                    let ((x, top), (end_x, bottom)) = (at(*place), at(*place + end));
                    if (x - end_x).abs() < UPRIGHT {
                        items.push(Item::Rule(Rule { x, top: top.min(bottom), bottom: top.max(bottom) }));
                    }
                }
            }
            FrameItem::Tag(Tag::Start(element, _)) => match tells(element, names)? {
                Some(tells) => {
                    let (x, y) = at(*place);
                    items.push(Item::Mark(Mark { tells, x, y }));
                }
                None if element.is::<MetadataElem>() => {}
                None => {
                    let whole = element.is::<OutlineElem>() || element.is::<TableElem>() || element.is::<GridElem>();
                    items.extend(element.location().map(|location| Item::Begin(location, whole)));
                }
            },
            FrameItem::Tag(Tag::End(location, ..)) => items.push(Item::End(*location)),
            FrameItem::Text(item) => {
                let (left, baseline) = at(*place);
                let (text, metrics) = (item.text.as_str(), item.font.metrics());
                // A space at the end of a line is drawn nowhere.
                let width = if text.trim().is_empty() { 0.0 } else { item.width().to_pt() };
                items.push(Item::Text(Text {
                    left,
                    right: left + width,
                    baseline,
                    top: baseline - metrics.ascender.at(item.size).to_pt(),
                    bottom: baseline - metrics.descender.at(item.size).to_pt(),
                    size: item.size.to_pt(),
                    text,
                }));
            }
            FrameItem::Image(..) | FrameItem::Link(..) => {}
        }
    }
    Ok(())
}

/// What an element tells, if it is a mark of the theme (`mark` in `sheet.typ`).
fn tells(element: &Content, names: &Names) -> Result<Option<Tells>, PrintError> {
    let Some(metadata) = element.to_packed::<MetadataElem>() else { return Ok(None) };
    let Some(label) = element.label() else { return Ok(None) };
    let label = label.resolve();
    let Some(name) = label.as_str().strip_prefix("mark-") else { return Ok(None) };
    let values = match &metadata.value {
        Value::Array(values) => values.as_slice(),
        value => std::slice::from_ref(value),
    };
    let block = || match values {
        [Value::Str(last), distance, ..] => names.number(last.as_str(), number(distance)?),
        _ => None,
    };
    let tells = match (name, values) {
        ("block", [_, _]) => block().map(Tells::Block),
        ("box-end", [_, _, partie]) => block().zip(party(partie)).map(|(block, who)| Tells::BoxEnd(block, who)),
        ("box-start", [_, _, partie]) => block().zip(party(partie)).map(|(block, who)| Tells::BoxStart(block, who)),
        ("header", [_, _]) => block().map(Tells::Header),
        ("header-end", [_, _]) => block().map(Tells::HeaderEnd),
        ("overflow", [partie]) => party(partie).map(Tells::Overflow),
        ("row", [_, _, row]) => block().zip(number(row)).map(|(table, row)| Tells::Row(table, row)),
        ("row-end", [_, _, row]) => block().zip(number(row)).map(|(table, row)| Tells::RowEnd(table, row)),
        _ => None,
    };
    tells.map(Some).ok_or_else(|| PrintError::Place { what: format!("the mark `{name}`") })
}

fn number(value: &Value) -> Option<usize> {
    if let Value::Int(number) = value { usize::try_from(*number).ok() } else { None }
}

fn party(value: &Value) -> Option<Partie> {
    if let Value::Str(slug) = value { Partie::from_slug(slug.as_str()) } else { None }
}
