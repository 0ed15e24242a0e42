//! Whether every text keeps to its place.
//!
//! Layout breaks lines between words and, in French, inside them; a number or a code that is wider than its column is printed all
//! the same, across the rule and over its neighbour. Such a page must not be signed.

use typst::{
    layout::{Frame, FrameItem, Point, Transform},
    visualize::Geometry,
};
use typst_layout::PagedDocument;

use super::{Crowded, PrintError, sheet::SHEET};

/// How far a glyph may reach over an edge without harm, in points.
const TOLERANCE: f64 = 0.5;

/// How far punctuation hangs into the margin, on purpose, in points.
const OVERHANG: f64 = 3.0;

/// Looks for texts over an upright rule, over another text or over the right edge of the page's text.
pub(super) fn check(laid_out: &PagedDocument) -> Result<(), PrintError> {
    let mut found = Vec::new();
    for (number, page) in (1..).zip(laid_out.pages()) {
        let mut drawn = Drawn::default();
        drawn.collect(&page.frame, Transform::identity());
        found.extend(drawn.crowded().into_iter().map(|text| Crowded { page: number, text }));
    }
    if found.is_empty() { Ok(()) } else { Err(PrintError::Crowded(found)) }
}

/// What is drawn on a page, in points from its top left corner.
#[derive(Default)]
struct Drawn<'a> {
    texts: Vec<Text<'a>>,
    rules: Vec<Rule>,
}

/// A run of text on its line.
struct Text<'a> {
    left: f64,
    right: f64,
    baseline: f64,
    size: f64,
    text: &'a str,
}

/// An upright rule.
struct Rule {
    x: f64,
    top: f64,
    bottom: f64,
}

impl<'a> Drawn<'a> {
    fn collect(&mut self, frame: &'a Frame, around: Transform) {
        for (place, item) in frame.items() {
            let at = |x: Point| {
                let point = x.transform(around);
                (point.x.to_pt(), point.y.to_pt())
            };
            match item {
                FrameItem::Group(group) => {
                    let moved = around.pre_concat(Transform::translate(place.x, place.y)).pre_concat(group.transform);
                    self.collect(&group.frame, moved);
                }
                FrameItem::Text(item) => {
                    let (left, baseline) = at(*place);
                    let text = item.text.as_str();
                    // A space at the end of a line is drawn nowhere.
                    let width = if text.trim().is_empty() { 0.0 } else { item.width().to_pt() };
                    self.texts.push(Text { left, right: left + width, baseline, size: item.size.to_pt(), text });
                }
                FrameItem::Shape(shape, _) => {
                    if let Geometry::Line(end) = shape.geometry {
                        let ((x, top), (end_x, bottom)) = (at(*place), at(*place + end));
                        if (x - end_x).abs() < TOLERANCE {
                            self.rules.push(Rule { x, top: top.min(bottom), bottom: top.max(bottom) });
                        }
                    }
                }
                FrameItem::Image(..) | FrameItem::Link(..) | FrameItem::Tag(_) => {}
            }
        }
    }

    fn crowded(&mut self) -> Vec<String> {
        self.texts.sort_by(|one, other| one.baseline.total_cmp(&other.baseline).then(one.left.total_cmp(&other.left)));
        let (body_left, body_right) = (SHEET.body.x.pt(), SHEET.body.x.pt() + SHEET.body.width.pt());
        let (body_top, body_bottom) = (SHEET.body.y.pt(), SHEET.body.y.pt() + SHEET.body.height.pt());
        let in_body = |text: &Text| text.baseline > body_top && text.baseline < body_bottom;
        self.texts
            .iter()
            .enumerate()
            .filter(|(index, text)| {
                let over_edge = text.right > body_right + OVERHANG || text.left < body_left - OVERHANG;
                (in_body(text) && over_edge)
                    || self.rules.iter().any(|rule| text.crosses(rule))
                    || self
                        .texts
                        .iter()
                        .skip(index + 1)
                        .take_while(|next| next.near(text))
                        .any(|next| next.covers(text))
            })
            .map(|(_, text)| text.text.to_owned())
            .collect()
    }
}

impl Text<'_> {
    fn crosses(&self, rule: &Rule) -> bool {
        let inside = self.left + TOLERANCE < rule.x && rule.x < self.right - TOLERANCE;
        inside && rule.top < self.baseline && self.baseline - self.size / 2.0 < rule.bottom
    }

    /// Whether this text, below the other, may touch it.
    fn near(&self, above: &Self) -> bool {
        self.baseline - above.baseline < self.size.max(above.size) / 2.0
    }

    fn covers(&self, other: &Self) -> bool {
        self.left < other.right - TOLERANCE && other.left < self.right - TOLERANCE
    }
}
