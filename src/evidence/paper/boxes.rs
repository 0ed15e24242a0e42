//! The ink in the signature boxes of a page.
//!
//! What counts is ink that was not printed there, and whose it is: a signature that begins in the next box and reaches into this one is
//! that box's. A stroke belongs to a box that holds a good part of its ink. What cannot be told is said to be doubtful.

use super::{
    bitmap::Bitmap,
    facts::{BoxInk, Ink},
    ink::{InkMap, printed},
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

/// Specks of so much ink in all may be what a scanner kept of a pencil: a person looks.
const TRACES: usize = 50;

/// Ink as close to the print as this, in pixels, is print; so many times as much as elsewhere on the page is not.
const CLOSE: usize = 2;
const USUAL: f64 = 2.0;

/// A stroke that extends less is a speck, in pixels.
const SPECK: usize = 25;

/// How much of the frame must be seen for the box to have been compared.
const SEEN: f64 = 0.5;
/// A thin line so close to a side of the frame, in pixels, is the frame itself, where the side does not lie quite on its page.
const ELSEWHERE: usize = 30;
const THIN: usize = 14;
/// A stroke so close to the frame may go on beyond it, and is looked for so far beyond, in pixels.
const AT_FRAME: usize = 25;
const BEYOND: usize = 80;
/// Pieces of a signature that a scanner dropped most of: so many, with so many times the ink, spread over so much, in pixels.
const PIECES: usize = 3;
const TIMES: u32 = 2;
const SPREAD: usize = 40;
/// When fewer of the blocks in a box and around it agree, in thousandths, an empty box is not known to be empty.
const AGREE: u16 = 500;

/// Measures the ink in each box, in their order.
#[must_use]
pub fn box_ink(registered: &Registered, original: &Original, boxes: &[BoxArea]) -> Vec<BoxInk> {
    if boxes.is_empty() {
        return Vec::new();
    }
    let mut inks = measure(&InkMap::of(registered, original), original, boxes);
    let is_lost = |one: &BoxArea| registered.agreement_in(one.area).is_some_and(|agreement| agreement < AGREE);
    for (ink, _) in inks.iter_mut().zip(boxes).filter(|(ink, one)| ink.ink == Ink::None && is_lost(one)) {
        ink.ink = Ink::Doubtful;
    }
    inks
}

/// Measures the ink in each box on a map that was made already.
#[must_use]
pub fn measure(map: &InkMap, original: &Original, boxes: &[BoxArea]) -> Vec<BoxInk> {
    let sides: Vec<[usize; 4]> = boxes.iter().map(|one| pixels(one.area)).collect();
    let [left, top, right, bottom] = sides.iter().copied().fold([usize::MAX, usize::MAX, 0, 0], joined);
    let area = [left.saturating_sub(REACH), top.saturating_sub(REACH), right + REACH, bottom + REACH];
    let found = strokes(&map.off, area).into_iter();
    let found: Vec<Stroke> = found.filter(|one| one.extent() >= SPECK && !one.is_crease() && !one.is_solid()).collect();
    let mut inks: Vec<BoxInk> = boxes
        .iter()
        .zip(&sides)
        .map(|(one, sides)| in_box(one, *sides, &found, is_seen(map, original, *sides)))
        .collect();
    let mut print = None;
    for (one, sides) in inks.iter_mut().zip(&sides).filter(|(one, _)| one.ink == Ink::None) {
        let print = print.get_or_insert_with(|| Print::of(map, original));
        let traces = map.off.count(inside_of(*sides)).max(print.surplus(*sides));
        if traces > TRACES {
            (one.ink, one.total) = (Ink::Doubtful, one.total.max(u32::try_from(traces).unwrap_or(u32::MAX)));
        }
    }
    inks
}

/// The print itself, for a second look at boxes that seem to be empty: initials may lie over the printed name, where ink is not looked for.
struct Print {
    printed: Bitmap,
    /// Ink that is close to the print, but not the print.
    beside: Bitmap,
    /// How much of it there is on the whole page for each pixel of print: a copy prints everything bolder.
    usual: f64,
}

impl Print {
    fn of(map: &InkMap, original: &Original) -> Self {
        let printed = printed(&original.raster);
        let beside = map.ink.without(&printed.dilated(CLOSE));
        let page = [0, 0, printed.width(), printed.height()];
        let usual = beside.count(page) as f64 / printed.count(page).max(1) as f64;
        Self { printed, beside, usual }
    }

    /// How much more ink than usual lies beside the print of a box, in pixels.
    fn surplus(&self, sides: [usize; 4]) -> usize {
        let inside = inside_of(sides);
        let usual = (USUAL * self.usual * self.printed.count(inside) as f64) as usize;
        self.beside.count(inside).saturating_sub(usual)
    }
}

/// A box without its frame.
fn inside_of([left, top, right, bottom]: [usize; 4]) -> [usize; 4] {
    const FRAME: usize = 10;
    [left + FRAME, top + FRAME, right.saturating_sub(FRAME), bottom.saturating_sub(FRAME)]
}

fn in_box(one: &BoxArea, sides: [usize; 4], strokes: &[Stroke], seen: bool) -> BoxInk {
    let inside: Vec<(&Stroke, u32)> = strokes.iter().map(|stroke| (stroke, stroke.ink_in(sides))).collect();
    let inside: Vec<(&Stroke, u32)> = inside.into_iter().filter(|(_, ink)| *ink > 0).collect();
    let is_own = |(stroke, ink): &&(&Stroke, u32)| {
        let whole = stroke.ink + beyond(stroke, sides, strokes);
        f64::from(*ink) > OWN * f64::from(whole) && !is_frame(stroke, sides)
    };
    let total: u32 = inside.iter().map(|(_, ink)| ink).sum();
    let own: u32 = inside.iter().filter(is_own).map(|(_, ink)| ink).sum();
    let own_strokes = || inside.iter().filter(is_own).map(|(stroke, _)| *stroke);
    let extent = own_strokes().map(Stroke::extent).max().unwrap_or(0);
    let [left, top, right, bottom] = own_strokes().map(|stroke| stroke.sides).reduce(joined).unwrap_or_default();
    let spread = (right - left).min(bottom - top);
    let is_written = own > FOUND && extent > EXTENT;
    let is_left = own > TIMES * FOUND && own_strokes().count() >= PIECES && spread > SPREAD;
    let ink = if !seen {
        Ink::Unreadable
    } else if is_written || is_left {
        Ink::Found
    } else if own > HARDLY || total > STRANGE || inside.iter().any(|(stroke, _)| is_frame(stroke, sides)) {
        Ink::Doubtful
    } else {
        Ink::None
    };
    let area = inside.iter().map(|(stroke, _)| stroke.sides).reduce(joined);
    BoxInk { field: one.field.clone(), ink, own, total, area: area.map(rect) }
}

fn joined([a, b, c, d]: [usize; 4], [left, top, right, bottom]: [usize; 4]) -> [usize; 4] {
    [a.min(left), b.min(top), c.max(right), d.max(bottom)]
}

/// Whether a stroke is a side of a box's frame that lies a little beside its place.
fn is_frame(stroke: &Stroke, [left, top, right, bottom]: [usize; 4]) -> bool {
    let [l, t, r, b] = stroke.sides;
    let beside = |from: usize, to: usize, side: usize| from + ELSEWHERE >= side && to <= side + ELSEWHERE;
    let upright = r - l <= THIN && (beside(l, r, left) || beside(l, r, right));
    let level = b - t <= THIN && (beside(t, b, top) || beside(t, b, bottom));
    upright || level
}

/// The ink beyond the frame that a stroke which ends at the frame may belong to: what was printed parts a stroke.
fn beyond(stroke: &Stroke, sides: [usize; 4], strokes: &[Stroke]) -> u32 {
    let ([l, t, r, b], [left, top, right, bottom]) = (stroke.sides, sides);
    let inner = [left + AT_FRAME, top + AT_FRAME, right.saturating_sub(AT_FRAME), bottom.saturating_sub(AT_FRAME)];
    if l > inner[0] && t > inner[1] && r < inner[2] && b < inner[3] {
        return 0;
    }
    let is_close = |other: &&Stroke| {
        let [x, y, right, bottom] = other.sides;
        x < r + BEYOND && l < right + BEYOND && y < b + BEYOND && t < bottom + BEYOND
    };
    strokes.iter().filter(is_close).filter(|other| other.ink_in(sides) == 0).map(|other| other.ink).sum()
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::paper::{
        original::{Originals, tests::printed as pdf},
        registration::register,
    };

    /// What is said of a box below the text and of one over two lines of it, after `write` has changed the page.
    fn said(write: impl Fn(&mut [u8], &Bitmap)) -> [Ink; 2] {
        let lines = (0..40).map(|line| format!("(Objectif {line} de la ligne {} et suivantes) ' ", line * 37 % 91));
        let content = format!("BT /F1 10 Tf 14 TL 70 780 Td {} ET", lines.collect::<String>());
        let page = Originals::open(pdf(&[&content])).unwrap().page(1).unwrap();
        let mut side = page.raster.clone();
        write(side.pixels_mut(), &printed(&page.raster));
        let one = |y| {
            let mm = Length::from_mm;
            BoxArea {
                partie: "ars".to_owned(),
                field: "signature".to_owned(),
                area: Rect { x: mm(20), y: mm(y), width: mm(70), height: mm(30) },
            }
        };
        let found = box_ink(&register(&side, &[], &page), &page, &[one(240), one(100)]);
        [found[0].ink, found[1].ink]
    }

    #[test]
    fn an_empty_box_is_empty_even_over_print() {
        assert_eq!(said(|_, _| ()), [Ink::None, Ink::None]);
    }

    #[test]
    fn specks_that_are_left_of_a_pencil_are_doubtful() {
        let specks = |page: &mut [u8], _: &Bitmap| {
            for at in 0..14 {
                for y in 0..3 {
                    page[(2500 + at * 11 + y) * 2100 + 300 + at * 40..][..3].fill(0);
                }
            }
        };
        assert_eq!(said(specks)[0], Ink::Doubtful);
    }

    #[test]
    fn pieces_that_a_scanner_left_of_a_signature_are_ink() {
        let pieces = |page: &mut [u8], _: &Bitmap| {
            for at in 0..6 {
                for y in 0..4 {
                    page[(2480 + at % 3 * 40 + y) * 2100 + 300 + at * 60..][..24].fill(0);
                }
            }
        };
        assert_eq!(said(pieces)[0], Ink::Found);
    }

    #[test]
    fn a_side_of_the_frame_beside_its_place_is_no_ink_of_a_signature() {
        // Upright, 17 mm long and half a millimetre wide, a little inside of where the frame was printed.
        let frame = |page: &mut [u8], _: &Bitmap| {
            (2420..2590).for_each(|y| page[y * 2100 + 882..][..5].fill(0));
        };
        assert_eq!(said(frame)[0], Ink::Doubtful);
    }

    #[test]
    fn a_signature_that_the_frame_parts_is_that_of_the_next_box() {
        // From well outside to hardly inside, parted at the frame.
        let pen = |page: &mut [u8], _: &Bitmap| {
            for x in (840..886).chain(914..1130) {
                let y = 2450 + usize::abs_diff(x, 1000);
                (y..y + 6).for_each(|y| page[y * 2100 + x] = 0);
            }
        };
        assert_ne!(said(pen)[0], Ink::Found);
    }

    #[test]
    fn initials_over_the_printed_name_are_doubtful() {
        let initials = |page: &mut [u8], print: &Bitmap| {
            let close = print.dilated(4);
            let places = (1150..1200).flat_map(|y| (250..500).map(move |x| (x, y)));
            places.filter(|(x, y)| close.at(*x, *y)).for_each(|(x, y)| page[y * 2100 + x] = 0);
        };
        assert_eq!(said(initials)[1], Ink::Doubtful);
    }
}
