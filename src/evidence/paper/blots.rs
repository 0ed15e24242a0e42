//! Ink that was not printed, as connected parts, in pixels of a fifth of a millimetre.

use std::ops::Range;

use super::{
    likeness::Window,
    raster::Raster,
    runs::{Runs, Shape},
};

/// Pixels of the page that are one pixel here, across and down.
pub(super) const HALF: usize = 2;
/// Side of the squares in which the level of the paper is measured.
const TILE: usize = 40;
/// How much darker than expected a pixel must be, in parts of 255 of the page's contrast.
const DARKER: i32 = 80;
/// What is printed darker than this hides other ink.
const PALE: i32 = 150;
/// Most parts of a page; a page with more is not looked at: noise.
const MOST: usize = 20_000;

/// A connected part.
#[derive(Debug, Clone)]
pub(super) struct Blot {
    /// Left, top, right and bottom in pixels of the page as it was printed.
    pub(super) bounds: [f32; 4],
    /// Pixels.
    pub(super) pixels: usize,
    /// Of them, those close to printed letters.
    pub(super) near: usize,
    /// Standard deviations along and across its longer axis, in pixels of the page.
    pub(super) axes: [f32; 2],
}

impl Blot {
    pub(super) const fn width(&self) -> f32 {
        self.bounds[2] - self.bounds[0]
    }

    pub(super) const fn height(&self) -> f32 {
        self.bounds[3] - self.bounds[1]
    }
}

/// A map of what is close to something, in squares of a millimetre.
pub(super) struct Near {
    across: usize,
    cells: Vec<bool>,
}

impl Near {
    const CELL: f32 = 5.0;

    pub(super) fn new(page: Window) -> Self {
        let cells = |length: i32| (length as f32 / Self::CELL).ceil() as usize + 1;
        Self { across: cells(page.width), cells: vec![false; cells(page.width) * cells(page.height)] }
    }

    pub(super) fn add(&mut self, [left, top, right, bottom]: [f32; 4], room: f32) {
        let cell = |side: f32| (side.max(0.0) / Self::CELL) as usize;
        for y in cell(top - room)..=cell(bottom + room) {
            let row = y * self.across;
            let cells = self.cells.get_mut(row + cell(left - room)..=row + cell(right + room).min(self.across - 1));
            cells.into_iter().flatten().for_each(|cell| *cell = true);
        }
    }

    fn is(&self, x: usize, y: usize) -> bool {
        let cell = |side: usize| (side * HALF) as f32 / Self::CELL;
        self.cells.get(cell(y) as usize * self.across + cell(x) as usize).copied().unwrap_or(false)
    }
}

/// The darkest of each square of 5 × 5 pixels in a picture of half the size: what may be dark.
pub(super) fn shadow(soft: &Raster) -> Option<Raster> {
    let half = halved(soft, |a, b, c, d| a.min(b).min(c).min(d))?;
    let (width, height) = (half.width(), half.height());
    let mut across = Vec::with_capacity(width * height);
    for y in 0..height {
        let row = half.row(y);
        let padded: Vec<u8> = [255, 255].iter().chain(row).chain(&[255, 255]).copied().collect();
        across.extend(padded.windows(5).map(|five| five.iter().copied().min().unwrap_or(255)));
    }
    let across = Raster::new(width, height, across)?;
    let mut down = Vec::with_capacity(width * height);
    for y in 0..height {
        let mut darkest = across.row(y).to_vec();
        for near in [y.wrapping_sub(2), y.wrapping_sub(1), y + 1, y + 2] {
            darkest.iter_mut().zip(across.row(near)).for_each(|(dark, other)| *dark = (*dark).min(*other));
        }
        down.append(&mut darkest);
    }
    Raster::new(width, height, down)
}

fn halved(picture: &Raster, mix: impl Fn(u8, u8, u8, u8) -> u8) -> Option<Raster> {
    let (width, height) = (picture.width() / HALF, picture.height() / HALF);
    let mut grey = Vec::with_capacity(width * height);
    for y in 0..height {
        let (upper, lower) = (picture.row(y * HALF), picture.row(y * HALF + 1));
        let pairs = upper.chunks_exact(2).zip(lower.chunks_exact(2));
        grey.extend(pairs.filter_map(|(upper, lower)| match (upper, lower) {
            ([a, b], [c, d]) => Some(mix(*a, *b, *c, *d)),
            _ => None,
        }));
    }
    Raster::new(width, height, grey)
}

/// The parts of a scan that are darker than what `shadow` allows, by at least a third of the page's contrast.
pub(super) fn blots(scan: &Raster, shadow: &Raster, depth: f32, near: &Near) -> Option<Vec<Blot>> {
    let half = halved(scan, |a, b, c, d| ((u16::from(a) + u16::from(b) + u16::from(c) + u16::from(d) + 2) / 4) as u8)?;
    let contrast = (depth.min(1.0) * 256.0) as i32;
    // Ink cannot be seen upon ink.
    let limit = |allowed: i32| if allowed < PALE { i32::MAX } else { (DARKER + 2 * (255 - allowed)) * contrast / 256 };
    let limits: Vec<i32> = (0..256).map(limit).collect();
    let paper = paper(&half);
    let across = half.width().div_ceil(TILE);
    let mut runs = Runs::default();
    for y in 0..half.height() {
        let levels = paper.get(y / TILE * across..).unwrap_or_default();
        let mut from = None;
        let row = half.row(y).chunks(TILE).zip(shadow.row(y).chunks(TILE)).zip(levels);
        for (tile, ((seen, allowed), paper)) in row.enumerate() {
            for (x, (seen, allowed)) in (tile * TILE..).zip(seen.iter().zip(allowed)) {
                let limit = limits.get(usize::from(*allowed)).copied().unwrap_or(0);
                let dark = i32::from(*paper) - i32::from(*seen) > limit;
                match (dark, from) {
                    (true, None) => from = Some(x),
                    (false, Some(start)) => {
                        runs.push(start..x, y);
                        from = None;
                    }
                    _ => {}
                }
            }
        }
        if let Some(start) = from {
            runs.push(start..half.width(), y);
        }
        runs.end_row();
    }
    let add = |sum: &mut Sum, run: &Range<usize>, y: usize| {
        sum.shape.add(run, y);
        sum.near += run.clone().filter(|x| near.is(*x, y)).count();
    };
    runs.gather(MOST, add).map(|sums| sums.iter().map(Sum::blot).collect())
}

/// The level of the paper in each tile: what a quarter of it exceeds.
fn paper(half: &Raster) -> Vec<u8> {
    let (across, down) = (half.width().div_ceil(TILE), half.height().div_ceil(TILE));
    let mut levels = Vec::with_capacity(across * down);
    for ty in 0..down {
        let mut counts = vec![[0_u32; 64]; across];
        for y in (ty * TILE..((ty + 1) * TILE).min(half.height())).step_by(2) {
            for (tile, counts) in half.row(y).chunks(TILE).zip(&mut counts) {
                for grey in tile.iter().step_by(2) {
                    if let Some(count) = counts.get_mut(usize::from(grey / 4)) {
                        *count += 1;
                    }
                }
            }
        }
        levels.extend(counts.iter().map(|counts| {
            let mut left = counts.iter().sum::<u32>() / 4;
            let level = counts.iter().rposition(|count| {
                let here = left < *count;
                left = left.saturating_sub(*count);
                here
            });
            (level.unwrap_or(63) * 4 + 2) as u8
        }));
    }
    levels
}

/// What is added up over a part.
#[derive(Default)]
struct Sum {
    shape: Shape,
    near: usize,
}

impl Sum {
    fn blot(&self) -> Blot {
        let side = |value: usize| (value * HALF) as f32;
        Blot {
            bounds: self.shape.bounds.map(side),
            pixels: self.shape.pixels(),
            near: self.near,
            axes: self.shape.axes().map(|axis| axis * HALF as f32),
        }
    }
}
