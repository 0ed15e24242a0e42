//! The ink in the signature boxes of a page.
//!
//! What counts is ink that was not printed there, and whose it is: a signature that begins in the next box and reaches into this one is
//! that box's. A stroke belongs to a box that holds a good part of its ink. What cannot be told is said to be doubtful.

use super::{
    facts::{BoxInk, Ink},
    ink::InkMap,
    original::Original,
    registration::Registered,
    strokes::{Stroke, strokes},
};
use crate::{
    geometry::{Length, Rect},
    stamp::BoxArea,
};

/// Strokes are followed so far out of a box, in pixels: a signature that leaves its box is seen whole.
const REACH: usize = 300;

/// The share of a stroke's ink that makes it a box's own.
const OWN: f64 = 0.3;

/// Ink of its own, in hundredths of a square millimetre (pixels), and how far it must extend to be writing, in pixels.
const FOUND: u32 = 100;
const EXTENT: usize = 30;
/// Less is nothing, and so much of others' ink is not.
const HARDLY: u32 = 30;
const STRANGE: u32 = 300;

/// A stroke that extends less is a speck, in pixels.
const SPECK: usize = 25;

/// How much of the frame must be seen for the box to have been compared.
const SEEN: f64 = 0.5;

/// Measures the ink in each box, in their order.
#[must_use]
pub fn box_ink(registered: &Registered, original: &Original, boxes: &[BoxArea]) -> Vec<BoxInk> {
    if boxes.is_empty() {
        return Vec::new();
    }
    measure(&InkMap::of(registered, original), original, boxes)
}

/// Measures the ink in each box on a map that was made already.
#[must_use]
pub fn measure(map: &InkMap, original: &Original, boxes: &[BoxArea]) -> Vec<BoxInk> {
    let sides: Vec<[usize; 4]> = boxes.iter().map(|one| pixels(one.area)).collect();
    let around = sides.iter().fold([usize::MAX, usize::MAX, 0, 0], |[a, b, c, d], [left, top, right, bottom]| {
        [a.min(*left), b.min(*top), c.max(*right), d.max(*bottom)]
    });
    let [left, top, right, bottom] = around;
    let area = [left.saturating_sub(REACH), top.saturating_sub(REACH), right + REACH, bottom + REACH];
    let found = strokes(&map.off, area).into_iter();
    let found: Vec<Stroke> = found.filter(|one| one.extent() >= SPECK && !one.is_crease() && !one.is_solid()).collect();
    boxes.iter().zip(&sides).map(|(one, sides)| in_box(one, *sides, &found, is_seen(map, original, *sides))).collect()
}

fn in_box(one: &BoxArea, sides: [usize; 4], strokes: &[Stroke], seen: bool) -> BoxInk {
    let inside: Vec<(&Stroke, u32)> = strokes.iter().map(|stroke| (stroke, stroke.ink_in(sides))).collect();
    let inside: Vec<(&Stroke, u32)> = inside.into_iter().filter(|(_, ink)| *ink > 0).collect();
    let is_own = |(stroke, ink): &&(&Stroke, u32)| f64::from(*ink) > OWN * f64::from(stroke.ink);
    let total: u32 = inside.iter().map(|(_, ink)| ink).sum();
    let own: u32 = inside.iter().filter(is_own).map(|(_, ink)| ink).sum();
    let extent = inside.iter().filter(is_own).map(|(stroke, _)| stroke.extent()).max().unwrap_or(0);
    let ink = if !seen {
        Ink::Unreadable
    } else if own > FOUND && extent > EXTENT {
        Ink::Found
    } else if own > HARDLY || total > STRANGE {
        Ink::Doubtful
    } else {
        Ink::None
    };
    let area = inside
        .iter()
        .map(|(stroke, _)| stroke.sides)
        .reduce(|[a, b, c, d], [left, top, right, bottom]| [a.min(left), b.min(top), c.max(right), d.max(bottom)]);
    BoxInk { field: one.field.clone(), ink, own, total, area: area.map(rect) }
}

/// Whether the box as it was printed, its frame and its caption, is where it should be.
fn is_seen(map: &InkMap, original: &Original, [left, top, right, bottom]: [usize; 4]) -> bool {
    const RIM: usize = 8;
    let bands = [
        [left.saturating_sub(RIM), top.saturating_sub(RIM), right + RIM, top + RIM],
        [left.saturating_sub(RIM), bottom.saturating_sub(RIM), right + RIM, bottom + RIM],
        [left.saturating_sub(RIM), top, left + RIM, bottom],
        [right.saturating_sub(RIM), top, right + RIM, bottom],
    ];
    let (mut seen, mut all) = (0, 0);
    for band in bands {
        let (found, printed) = map.print_seen(original, band);
        seen += found;
        all += printed;
    }
    seen as f64 >= SEEN * all as f64
}

fn pixels(area: Rect) -> [usize; 4] {
    let pixel = |length: i64| usize::try_from(length / 100).unwrap_or(0);
    let (left, top) = (area.x.um(), area.y.um());
    [left, top, left + area.width.um(), top + area.height.um()].map(pixel)
}

fn rect([left, top, right, bottom]: [usize; 4]) -> Rect {
    let length = |pixels: usize| Length::from_um(i64::try_from(pixels).unwrap_or(0) * 100);
    Rect { x: length(left), y: length(top), width: length(right - left), height: length(bottom - top) }
}
