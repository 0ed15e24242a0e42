//! The codes that were printed on a page, found on its picture.
//!
//! Only payloads that are a [`PageTag`] count: whatever else is on the sheet (a code of the post office, a label of the registry) is
//! not ours. A symbol carries its own correction of errors, and a tag has one spelling, so that a payload is right or there is none.
//!
//! The codes stand in two opposite corners of the sheet, whichever way it lies: the four corners of the picture are looked at first. If
//! they do not hold both codes of one page, and that page all of the picture, the whole picture is; and if a code is still missing, the
//! corners again, by other means.

mod corners;
mod look;

use look::{How, look};

use super::raster::{Raster, Turn};
use crate::{
    geometry::A4_WIDTH,
    stamp::{CODE_MODULES, CODE_SIDE, Corner, PageTag, code_area},
};

/// A point of a picture, in pixels: 0.5, 0.5 is the middle of the first pixel.
#[derive(Debug, Clone, Copy, PartialEq)]
#[expect(missing_docs, reason = "what a point has")]
pub struct Point {
    pub x: f32,
    pub y: f32,
}

/// A code of ours, on a picture.
#[derive(Debug, Clone, PartialEq)]
pub struct CodeSeen {
    /// What it says.
    pub tag: PageTag,
    /// The symbol's own top left, top right, bottom right and bottom left corner, without the quiet zone: where it leans, they lean.
    pub corners: [Point; 4],
}

/// How far from the edges of a sheet its codes are looked for first, as a share of its shorter side: 46 mm of 210.
const REACH: f32 = 0.22;

/// The longest side of a picture that is searched whole: A4 at 320 dpi. A larger one is made smaller.
const LONGEST: usize = 3_800;

/// Pixels of a millimetre of the picture of a corner that is searched again: between 190 and 380 dpi.
const FINE: [f32; 2] = [7.5, 15.0];

/// The share of dark pixels below which no symbol can be on a picture: one of 17.4 mm has 0.2 % of a sheet.
const FAINTEST: f32 = 0.000_5;

impl CodeSeen {
    /// How long the symbol's sides are on the picture, in pixels.
    fn side(&self) -> f32 {
        let [a, b, c, d] = self.corners;
        (distance(a, b) + distance(b, c) + distance(c, d) + distance(d, a)) / 4.0
    }

    fn center(&self) -> Point {
        let [a, b, c, d] = self.corners;
        Point { x: (a.x + b.x + c.x + d.x) / 4.0, y: (a.y + b.y + c.y + d.y) / 4.0 }
    }

    /// Whether it is the other code of the same page.
    fn is_twin(&self, other: &Self) -> bool {
        self.tag.corner != other.tag.corner && PageTag { corner: self.tag.corner, ..other.tag.clone() } == self.tag
    }
}

fn distance(a: Point, b: Point) -> f32 {
    (a.x - b.x).hypot(a.y - b.y)
}

/// The codes of ours on a picture, each once, in the order of their tags.
#[must_use]
pub fn read_codes(raster: &Raster) -> Vec<CodeSeen> {
    let mut codes = Codes { raster, seen: Vec::new() };
    codes.add(in_corners(raster, How::AsItIs));
    if codes.fill_it() || codes.seen.is_empty() && dark_share(raster) < FAINTEST {
        return codes.sorted();
    }
    codes.add(whole(raster));
    if codes.is_lacking() {
        for how in How::AGAIN {
            codes.add(in_corners(raster, how));
            if !codes.is_lacking() {
                break;
            }
        }
    }
    codes.sorted()
}

/// The codes that were found on a picture so far.
struct Codes<'r> {
    raster: &'r Raster,
    seen: Vec<CodeSeen>,
}

impl Codes<'_> {
    fn sorted(mut self) -> Vec<CodeSeen> {
        self.seen.sort_by(|a, b| a.tag.cmp(&b.tag));
        self.seen
    }

    fn add(&mut self, found: Vec<CodeSeen>) {
        for code in found {
            if !self.seen.iter().any(|known| known.tag == code.tag) {
                let corners = corners::refined(self.raster, code.corners);
                self.seen.push(CodeSeen { corners, ..code });
            }
        }
    }

    /// Whether none was found, or one of a page whose other code was not.
    fn is_lacking(&self) -> bool {
        let has_twin = |code: &CodeSeen| self.seen.iter().any(|other| code.is_twin(other));
        self.seen.is_empty() || !self.seen.iter().all(has_twin)
    }

    /// Whether they are the two codes of a page that is all of the picture: nothing else can be on it.
    fn fill_it(&self) -> bool {
        let [a, b] = self.seen.as_slice() else { return false };
        let scale = distance(a.center(), b.center()) / apart();
        let sides = [a.side(), b.side()].map(|side| side / (scale * CODE_SIDE.um() as f32));
        let width = scale * A4_WIDTH.um() as f32;
        let sheets = self.raster.pixels().len() as f32 / (width * width * std::f32::consts::SQRT_2);
        a.is_twin(b) && sides.iter().all(|side| (0.85..1.15).contains(side)) && sheets < 1.35
    }
}

/// How far the middles of a page's two codes are from each other, in micrometres.
fn apart() -> f32 {
    let [top, bottom] = [code_area(Corner::Top), code_area(Corner::Bottom)];
    let (across, down) = (top.x.um() - bottom.x.um(), bottom.y.um() - top.y.um());
    (across as f32).hypot(down as f32)
}

/// What is found in the four corners of a picture.
fn in_corners(raster: &Raster, how: How) -> Vec<CodeSeen> {
    let (width, height) = (raster.width(), raster.height());
    let shorter = width.min(height) as f32;
    let reach = (REACH * shorter) as usize;
    let scale = shorter / (A4_WIDTH.um() as f32 / 1000.0);
    let [right, bottom] = [width.saturating_sub(reach), height.saturating_sub(reach)];
    let corners = [(right, 0), (0, bottom), (0, 0), (right, bottom)];
    let search = |(x, y)| {
        let Some(part) = raster.part(x, y, reach, reach) else { return Vec::new() };
        let part = if scale > FINE[1] { halved(&part).map(|half| (half, 2.0)) } else { Some((part, 1.0)) };
        let Some((part, factor)) = part else { return Vec::new() };
        look(&part, how).into_iter().map(|code| moved(code, factor, x, y)).collect()
    };
    corners.into_iter().flat_map(search).collect()
}

/// What is found on all of a picture.
fn whole(raster: &Raster) -> Vec<CodeSeen> {
    let mut factor = 1.0;
    let mut smaller: Option<Raster> = None;
    loop {
        let current = smaller.as_ref().unwrap_or(raster);
        if current.width().max(current.height()) <= LONGEST {
            return look(current, How::AsItIs).into_iter().map(|code| moved(code, factor, 0, 0)).collect();
        }
        let Some(half) = halved(current) else { return Vec::new() };
        factor *= 2.0;
        smaller = Some(half);
    }
}

/// A code of a part that was made smaller by a factor and began at `x`, `y`, on the picture itself.
fn moved(code: CodeSeen, factor: f32, x: usize, y: usize) -> CodeSeen {
    let corners = code.corners.map(|at| Point { x: at.x * factor + x as f32, y: at.y * factor + y as f32 });
    CodeSeen { corners, ..code }
}

/// A picture of half the size, each pixel the mean of four; none of one that is too narrow.
fn halved(raster: &Raster) -> Option<Raster> {
    let (width, height) = (raster.width() / 2, raster.height() / 2);
    let mut grey = Vec::with_capacity(width * height);
    for y in 0..height {
        let (upper, lower) = (raster.row(2 * y).as_chunks::<2>().0, raster.row(2 * y + 1).as_chunks::<2>().0);
        let mean = |([a, b], [c, d]): (&[u8; 2], &[u8; 2])| {
            ((u16::from(*a) + u16::from(*b) + u16::from(*c) + u16::from(*d) + 2) / 4) as u8
        };
        grey.extend(upper.iter().zip(lower).map(mean));
    }
    Raster::new(width, height, grey)
}

/// The share of a picture's pixels that are dark, of some of them.
fn dark_share(raster: &Raster) -> f32 {
    let (mut dark, mut all) = (0_u32, 0_u32);
    for y in (0..raster.height()).step_by(4) {
        let row = raster.row(y);
        dark += row.iter().filter(|grey| **grey < 128).count() as u32;
        all += row.len() as u32;
    }
    dark as f32 / all.max(1) as f32
}

/// How a picture must be turned to stand upright; none when its codes do not agree, or there are none.
#[must_use]
pub fn turn(codes: &[CodeSeen]) -> Option<Turn> {
    let mut turns = codes.iter().map(|code| {
        let [top_left, top_right, bottom_right, bottom_left] = code.corners;
        // Where the symbol's top side points to.
        let x = top_right.x - top_left.x + bottom_right.x - bottom_left.x;
        let y = top_right.y - top_left.y + bottom_right.y - bottom_left.y;
        match (x.abs() >= y.abs(), x > 0.0, y > 0.0) {
            (true, true, _) => Turn::None,
            (true, false, _) => Turn::Half,
            (false, _, true) => Turn::ThreeQuarters,
            (false, _, false) => Turn::Quarter,
        }
    });
    let first = turns.next()?;
    turns.all(|turn| turn == first).then_some(first)
}

/// Pixels per inch of a picture, from the size of the codes on it.
#[must_use]
pub fn dpi(codes: &[CodeSeen]) -> Option<u32> {
    let inch = 25_400.0 / CODE_SIDE.um() as f32;
    let sides: f32 = codes.iter().map(CodeSeen::side).sum();
    (!codes.is_empty()).then(|| (sides / codes.len() as f32 * inch).round() as u32)
}

#[cfg(test)]
mod tests;
