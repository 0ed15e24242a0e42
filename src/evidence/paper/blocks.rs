//! Where small parts of a page have gone to: each is searched for around its place in a picture that should look the same.
//!
//! Two parts are compared by their normalised correlation, which neither light nor contrast changes.

use super::raster::Raster;

/// Pixels of a block from left to right: a row is two or four registers of a processor.
pub(super) const BLOCK_WIDTH: usize = 32;

/// The farthest that a block is searched for, in pixels.
const MOST_RADIUS: usize = 16;

/// How dark and light must differ in a block for it to be found again: standard deviation, of 255.
const TEXTURE: f32 = 9.0;

/// What is so much like a block needs not be searched for any farther.
const CLEAR: f32 = 0.75;

/// A part of the page as it was sent.
pub(super) struct Block {
    /// Its left and top, in pixels.
    pub(super) x: usize,
    pub(super) y: usize,
    rows: Vec<[i16; BLOCK_WIDTH]>,
    mean: f32,
    /// The root of the sum of squares around the mean.
    norm: f32,
}

/// Where a block was found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Found {
    /// How far from its place, in pixels.
    pub(super) shift: (f32, f32),
    /// How alike they are, at most 1.
    pub(super) likeness: f32,
    /// How sharply each coordinate is determined: a rule across the page says nothing of left and right.
    pub(super) sharpness: (f32, f32),
}

/// The blocks of `height` rows on a page that have something on them, from `start` on in steps.
pub(super) fn blocks(page: &Raster, start: (usize, usize), step: (usize, usize), height: usize) -> Vec<Block> {
    let rows = (start.1..(page.height() + 1).saturating_sub(height)).step_by(step.1.max(1));
    let places = rows.flat_map(|y| {
        let columns = (start.0..(page.width() + 1).saturating_sub(BLOCK_WIDTH)).step_by(step.0.max(1));
        columns.map(move |x| (x, y))
    });
    places.filter_map(|(x, y)| Block::of(page, x, y, height)).collect()
}

impl Block {
    fn of(page: &Raster, x: usize, y: usize, height: usize) -> Option<Self> {
        let part = |row: usize| -> Option<[i16; BLOCK_WIDTH]> {
            let pixels: &[u8; BLOCK_WIDTH] = page.row(row).get(x..)?.first_chunk()?;
            Some(pixels.map(i16::from))
        };
        let rows: Vec<_> = (y..y + height).map(part).collect::<Option<_>>()?;
        let count = (BLOCK_WIDTH * height) as f32;
        let sum: i32 = rows.iter().flatten().map(|pixel| i32::from(*pixel)).sum();
        let squares: i32 = rows.iter().map(|row| dot(row, row)).sum();
        let mean = sum as f32 / count;
        let variance = squares as f32 / count - mean * mean;
        let norm = (variance.max(0.0) * count).sqrt();
        (variance > TEXTURE * TEXTURE).then_some(Self { x, y, rows, mean, norm })
    }

    /// The middle of the block, in pixels of its page.
    pub(super) fn middle(&self) -> (f64, f64) {
        (self.x as f64 + BLOCK_WIDTH as f64 / 2.0, self.y as f64 + self.rows.len() as f64 / 2.0)
    }

    /// Searches for the block in a picture, up to `radius` pixels from its place; none when what is most like it lies on the rim
    /// of what was searched, or nothing is like it.
    pub(super) fn find(&self, picture: &Raster, radius: usize) -> Option<Found> {
        let field = self.correlations(picture, radius.min(MOST_RADIUS))?;
        let (place, likeness) = field.highest()?;
        let (x, y) = (place % field.width, place / field.width);
        let rim = |at: usize| at == 0 || at + 1 == field.width;
        if rim(x) || rim(y) || likeness <= 0.0 {
            return None;
        }
        let around = |dx: isize, dy: isize| field.at(x.saturating_add_signed(dx), y.saturating_add_signed(dy));
        let (across, sharp_x) = vertex(around(-1, 0), likeness, around(1, 0));
        let (down, sharp_y) = vertex(around(0, -1), likeness, around(0, 1));
        let middle = (field.width / 2) as f32;
        let shift = (x as f32 - middle + across, y as f32 - middle + down);
        Some(Found { shift, likeness, sharpness: (sharp_x, sharp_y) })
    }

    /// Searches for the block close to its place, and farther only if it is not clearly there.
    pub(super) fn find_near_first(&self, picture: &Raster, near: usize, far: usize) -> Option<Found> {
        let close = if near < far { self.find(picture, near).filter(|found| found.likeness >= CLEAR) } else { None };
        close.or_else(|| self.find(picture, far))
    }

    /// How alike the block and the picture are at its very place.
    pub(super) fn likeness(&self, picture: &Raster) -> Option<f32> {
        self.correlations(picture, 0)?.highest().map(|(_, likeness)| likeness)
    }

    fn correlations(&self, picture: &Raster, radius: usize) -> Option<Correlations> {
        let window = Window::around(self, picture, radius)?;
        let count = (BLOCK_WIDTH * self.rows.len()) as f32;
        let width = 2 * radius + 1;
        let mut values = Vec::with_capacity(width * width);
        for dy in 0..width {
            let rows = window.rows.get(dy..dy + self.rows.len())?;
            let sums = Sums::of(rows);
            for dx in 0..width {
                let product: i32 = self.rows.iter().zip(rows).map(|(a, b)| dot_at(a, b, dx)).sum();
                let (sum, squares) = sums.window(dx);
                let spread = (squares - sum * sum / count).max(1.0).sqrt();
                // A picture without contrast is like nothing: a grey level of noise must not count as a pattern.
                let floor = (count.sqrt() * 2.0).max(spread);
                values.push((product as f32 - self.mean * sum) / (self.norm * floor));
            }
        }
        Some(Correlations { width, values })
    }
}

const WINDOW: usize = BLOCK_WIDTH + 2 * MOST_RADIUS;

/// The part of a picture in which a block is searched for.
struct Window {
    rows: Vec<[i16; WINDOW]>,
}

impl Window {
    fn around(block: &Block, picture: &Raster, radius: usize) -> Option<Self> {
        let (left, top) = (block.x.checked_sub(radius)?, block.y.checked_sub(radius)?);
        let width = BLOCK_WIDTH + 2 * radius;
        let copied = |y: usize| {
            let mut row = [0_i16; WINDOW];
            let pixels = picture.row(y).get(left..left + width)?;
            row.iter_mut().zip(pixels).for_each(|(cell, pixel)| *cell = i16::from(*pixel));
            Some(row)
        };
        let rows = (top..top + block.rows.len() + 2 * radius).map(copied).collect::<Option<_>>()?;
        Some(Self { rows })
    }
}

/// Sums over columns of some rows of a window, from the left: what lies under a block is a difference of two.
struct Sums {
    sums: [i32; WINDOW + 1],
    squares: [i32; WINDOW + 1],
}

impl Sums {
    fn of(rows: &[[i16; WINDOW]]) -> Self {
        let (mut columns, mut powers) = ([0_i16; WINDOW], [0_i32; WINDOW]);
        for row in rows {
            columns.iter_mut().zip(row).for_each(|(sum, pixel)| *sum += *pixel);
            powers.iter_mut().zip(row).for_each(|(sum, pixel)| *sum += i32::from(*pixel) * i32::from(*pixel));
        }
        let (mut sums, mut squares) = ([0; WINDOW + 1], [0; WINDOW + 1]);
        let (mut sum, mut square) = (0, 0);
        let cells = sums.iter_mut().zip(&mut squares).skip(1);
        for ((total, total_square), (column, power)) in cells.zip(columns.iter().zip(&powers)) {
            sum += i32::from(*column);
            square += power;
            (*total, *total_square) = (sum, square);
        }
        Self { sums, squares }
    }

    fn window(&self, dx: usize) -> (f32, f32) {
        let under = |sums: &[i32; WINDOW + 1]| match (sums.get(dx), sums.get(dx + BLOCK_WIDTH)) {
            (Some(before), Some(until)) => (until - before) as f32,
            _ => 0.0,
        };
        (under(&self.sums), under(&self.squares))
    }
}

/// How alike a block and a picture are, for each shift.
struct Correlations {
    width: usize,
    values: Vec<f32>,
}

impl Correlations {
    fn highest(&self) -> Option<(usize, f32)> {
        self.values.iter().copied().enumerate().max_by(|a, b| a.1.total_cmp(&b.1))
    }

    fn at(&self, x: usize, y: usize) -> f32 {
        self.values.get(y * self.width + x).copied().unwrap_or(-1.0)
    }
}

/// The top of the parabola through three values, from the middle one, and how sharp it is.
fn vertex(before: f32, middle: f32, after: f32) -> (f32, f32) {
    let bend = 2.0 * middle - before - after;
    if bend <= 1e-6 { (0.0, 0.0) } else { (((after - before) / (2.0 * bend)).clamp(-0.5, 0.5), bend) }
}

/// The sum of products: 16-bit factors into 32-bit sums is what processors do best.
fn dot(a: &[i16; BLOCK_WIDTH], b: &[i16; BLOCK_WIDTH]) -> i32 {
    a.iter().zip(b).map(|(a, b)| i32::from(*a) * i32::from(*b)).sum()
}

fn dot_at(a: &[i16; BLOCK_WIDTH], row: &[i16; WINDOW], from: usize) -> i32 {
    row.get(from..).and_then(<[i16]>::first_chunk).map_or(0, |b| dot(a, b))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A page of small dark squares that lie without order.
    fn page(shift: (usize, usize)) -> Raster {
        let mut page = Raster::white(160, 120).unwrap();
        let mut number = 7_usize;
        for _ in 0..150 {
            number = number.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let (x, y) = ((number >> 33) % 140, (number >> 45) % 100);
            for dy in 0..4 {
                for dx in 0..5 {
                    page.pixels_mut()[(y + dy + shift.1) * 160 + x + dx + shift.0] = 30;
                }
            }
        }
        page
    }

    #[test]
    fn a_block_is_found_where_it_has_gone_to() {
        let block = Block::of(&page((0, 0)), 60, 40, 20).unwrap();
        let moved = page((3, 2));
        let found = block.find(&moved, 5).unwrap();
        assert!((found.shift.0 - 3.0).abs() < 0.2 && (found.shift.1 - 2.0).abs() < 0.2, "{found:?}");
        assert!(found.likeness > 0.99, "{found:?}");
        assert!(block.find(&moved, 2).is_none(), "what lies on the rim was not found");
        assert!(block.likeness(&moved).unwrap() < 0.5);
    }

    #[test]
    fn light_and_contrast_do_not_matter() {
        let block = Block::of(&page((0, 0)), 60, 40, 20).unwrap();
        let mut faint = page((1, 0));
        faint.pixels_mut().iter_mut().for_each(|pixel| *pixel = *pixel / 4 + 100);
        assert!(block.find(&faint, 3).unwrap().likeness > 0.99);
    }

    #[test]
    fn white_paper_has_no_blocks_and_holds_none() {
        let white = Raster::white(160, 120).unwrap();
        assert!(blocks(&white, (0, 0), (32, 20), 20).is_empty());
        let block = Block::of(&page((0, 0)), 60, 40, 20).unwrap();
        assert!(block.find(&white, 4).is_none());
    }

    #[test]
    fn a_rule_tells_nothing_of_left_and_right() {
        let mut ruled = Raster::white(160, 120).unwrap();
        ruled.pixels_mut()[50 * 160..52 * 160].fill(0);
        let block = Block::of(&ruled, 60, 40, 20).unwrap();
        let found = block.correlations(&ruled, 3).unwrap();
        let (across, down) =
            (vertex(found.at(2, 3), found.at(3, 3), found.at(4, 3)).1, found.at(3, 3) - found.at(3, 2));
        assert!(across < 0.01 && down > 0.3);
    }
}
