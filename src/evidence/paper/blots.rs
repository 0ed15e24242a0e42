//! Ink that was not printed, as connected parts, in pixels of a fifth of a millimetre.

use std::ops::Range;

use super::{likeness::Window, raster::Raster};

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
    runs.blots(near)
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

/// Runs of dark pixels, joined with those of the row above that they touch.
#[derive(Default)]
struct Runs {
    runs: Vec<(Range<usize>, usize)>,
    parent: Vec<usize>,
    above: Range<usize>,
    current: usize,
}

impl Runs {
    fn push(&mut self, run: Range<usize>, y: usize) {
        let me = self.runs.len();
        self.parent.push(me);
        for other in self.above.clone() {
            let touches =
                self.runs.get(other).is_some_and(|(other, _)| other.start <= run.end && run.start <= other.end);
            if touches {
                let (a, b) = (self.root(other), self.root(me));
                if let Some(parent) = self.parent.get_mut(a.max(b)) {
                    *parent = a.min(b);
                }
            }
        }
        self.runs.push((run, y));
    }

    fn end_row(&mut self) {
        self.above = self.current..self.runs.len();
        self.current = self.runs.len();
    }

    fn root(&mut self, of: usize) -> usize {
        let mut at = of;
        while let Some(parent) = self.parent.get(at).copied().filter(|parent| *parent != at) {
            at = parent;
        }
        if let Some(parent) = self.parent.get_mut(of) {
            *parent = at;
        }
        at
    }

    fn blots(mut self, near: &Near) -> Option<Vec<Blot>> {
        let mut numbers = vec![usize::MAX; self.runs.len()];
        let mut sums: Vec<Sum> = Vec::new();
        for index in 0..self.runs.len() {
            let root = self.root(index);
            let number = numbers.get_mut(root)?;
            if *number == usize::MAX {
                *number = sums.len();
                sums.push(Sum::default());
            }
            let (run, y) = self.runs.get(index)?;
            sums.get_mut(*number)?.add(run, *y, near);
        }
        (sums.len() <= MOST).then(|| sums.iter().map(Sum::blot).collect())
    }
}

/// What is added up over a part.
struct Sum {
    bounds: [usize; 4],
    near: usize,
    moments: [f64; 6],
}

impl Default for Sum {
    fn default() -> Self {
        Self { bounds: [usize::MAX, usize::MAX, 0, 0], near: 0, moments: [0.0; 6] }
    }
}

impl Sum {
    fn add(&mut self, run: &Range<usize>, y: usize, near: &Near) {
        let [left, top, right, bottom] = self.bounds;
        self.bounds = [left.min(run.start), top.min(y), right.max(run.end), bottom.max(y + 1)];
        self.near += run.clone().filter(|x| near.is(*x, y)).count();
        let (n, y) = (run.len() as f64, y as f64);
        let (first, last) = (run.start as f64, run.end as f64 - 1.0);
        let middle = (first + last) / 2.0;
        let squares = n * (middle * middle + (n * n - 1.0) / 12.0);
        let more = [n, n * middle, n * y, squares, n * y * y, n * middle * y];
        self.moments.iter_mut().zip(more).for_each(|(sum, more)| *sum += more);
    }

    fn blot(&self) -> Blot {
        let [n, x, y, xx, yy, xy] = self.moments;
        let (a, b, c) = (xx / n - x * x / n / n, yy / n - y * y / n / n, xy / n - x * y / n / n);
        let (half, root) = ((a + b) / 2.0, ((a - b) * (a - b) / 4.0 + c * c).sqrt());
        let side = |value: usize| (value * HALF) as f32;
        let axis = |variance: f64| (variance.max(0.0).sqrt() * HALF as f64) as f32;
        Blot {
            bounds: self.bounds.map(side),
            pixels: n as usize,
            near: self.near,
            axes: [axis(half + root), axis(half - root)],
        }
    }
}
