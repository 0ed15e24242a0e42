//! Whether every text keeps to its place.
//!
//! Layout breaks lines between words and, in French, inside them; a number or a code that is wider than its column is printed all
//! the same, across the rule and over its neighbour. Such a page must not be signed.

use super::{
    Crowded, PrintError,
    drawn::{Item, Page, Rule, Text},
    sheet::SHEET,
};

/// How far a glyph may reach over an edge without harm, in points.
const TOLERANCE: f64 = 0.5;

/// How far punctuation hangs into the margin, on purpose, in points.
const OVERHANG: f64 = 3.0;

/// Looks for texts over an upright rule, over another text or over the right edge of the page's text.
pub(super) fn check(pages: &[Page]) -> Result<(), PrintError> {
    let mut found = Vec::new();
    for page in pages {
        found.extend(crowded(page).into_iter().map(|text| Crowded { page: page.number, text }));
    }
    if found.is_empty() { Ok(()) } else { Err(PrintError::Crowded(found)) }
}

fn crowded(page: &Page) -> Vec<String> {
    let (mut texts, mut rules) = (Vec::new(), Vec::new());
    for item in &page.items {
        match item {
            Item::Rule(rule) => rules.push(rule),
            Item::Text(text) => texts.push(text),
            Item::Begin(..) | Item::End(_) | Item::Mark(_) => {}
        }
    }
    texts.sort_by(|one, other| one.baseline.total_cmp(&other.baseline).then(one.left.total_cmp(&other.left)));
    let (left, right) = (SHEET.body.x.pt(), SHEET.body.x.pt() + SHEET.body.width.pt());
    texts
        .iter()
        .enumerate()
        .filter(|(index, text)| {
            let over_edge = text.right > right + OVERHANG || text.left < left - OVERHANG;
            (text.is_in_body() && over_edge)
                || rules.iter().any(|rule| text.crosses(rule))
                || texts.iter().skip(index + 1).take_while(|next| next.near(text)).any(|next| next.covers(text))
        })
        .map(|(_, text)| text.text.to_owned())
        .collect()
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
