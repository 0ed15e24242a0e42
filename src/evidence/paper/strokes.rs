//! Ink that belongs together: what one hand or one stamp left in one place.

use super::bitmap::Bitmap;

/// Ink is gathered in squares of so many pixels: 0.7 mm.
pub(super) const CELL: usize = 7;

/// Squares so many steps apart are one stroke: what was printed, with its surroundings, cuts a stroke of a pen by less.
const GAP: usize = 2;

/// How much of a square must be ink for it to count, in pixels: less is a speck.
const LEAST: u32 = 4;

/// Some ink, off the print, that belongs together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stroke {
    /// Its squares: column, row, and how many pixels of ink are in it.
    pub(super) cells: Vec<(usize, usize, u32)>,
    /// Left, top, right and bottom, in pixels.
    pub(super) sides: [usize; 4],
    /// Pixels of ink.
    pub(super) ink: u32,
}

/// The strokes on a part of a page (left, top, right and bottom in pixels), from the top.
pub(super) fn strokes(off: &Bitmap, [left, top, right, bottom]: [usize; 4]) -> Vec<Stroke> {
    let (right, bottom) = (right.min(off.width()), bottom.min(off.height()));
    let (first, last) = ((left / CELL, top / CELL), (right.div_ceil(CELL), bottom.div_ceil(CELL)));
    let (across, down) = (last.0.saturating_sub(first.0), last.1.saturating_sub(first.1));
    let counted = |at: usize| {
        let (x, y) = ((first.0 + at % across) * CELL, (first.1 + at / across) * CELL);
        u32::try_from(off.count([x, y, x + CELL, y + CELL])).unwrap_or(0)
    };
    let mut cells: Vec<u32> = (0..across * down).map(counted).map(|ink| if ink < LEAST { 0 } else { ink }).collect();
    let mut strokes = Vec::new();
    for start in 0..cells.len() {
        let cells = gathered(&mut cells, across, start);
        if !cells.is_empty() {
            strokes.push(Stroke::of(cells.iter().map(|(x, y, ink)| (x + first.0, y + first.1, *ink)).collect()));
        }
    }
    strokes
}

/// Takes out the ink that belongs to that of a square.
fn gathered(cells: &mut [u32], across: usize, start: usize) -> Vec<(usize, usize, u32)> {
    let mut found = Vec::new();
    let mut open = vec![start];
    while let Some(at) = open.pop() {
        let Some(ink) = cells.get_mut(at).map(std::mem::take).filter(|ink| *ink > 0) else { continue };
        let (x, y) = (at % across, at / across);
        found.push((x, y, ink));
        let columns = x.saturating_sub(GAP)..(x + GAP + 1).min(across);
        let rows = y.saturating_sub(GAP)..y + GAP + 1;
        open.extend(rows.flat_map(|y| columns.clone().map(move |x| y * across + x)));
    }
    found
}

impl Stroke {
    fn of(cells: Vec<(usize, usize, u32)>) -> Self {
        let around = |[left, top, right, bottom]: [usize; 4], (x, y, _): &(usize, usize, u32)| {
            let (x, y) = (x * CELL, y * CELL);
            [left.min(x), top.min(y), right.max(x + CELL), bottom.max(y + CELL)]
        };
        let sides = cells.iter().fold([usize::MAX, usize::MAX, 0, 0], around);
        let ink = cells.iter().map(|cell| cell.2).sum();
        Self { cells, sides, ink }
    }

    /// Its longer side, in pixels.
    pub(super) fn extent(&self) -> usize {
        let [left, top, right, bottom] = self.sides;
        (right - left).max(bottom - top)
    }

    /// How long and how wide it is along its own axis, in pixels.
    pub(super) fn length_and_width(&self) -> (f64, f64) {
        let count = self.cells.len().max(1) as f64;
        let places = || self.cells.iter().map(|(x, y, _)| ((x * CELL) as f64, (y * CELL) as f64));
        let (x, y) = places().fold((0.0, 0.0), |(a, b), (x, y)| (a + x / count, b + y / count));
        let (xx, xy, yy) = places().fold((0.0, 0.0, 0.0), |(a, b, c), (u, v)| {
            (a + (u - x) * (u - x), b + (u - x) * (v - y), c + (v - y) * (v - y))
        });
        let (sin, cos) = (0.5 * (2.0 * xy).atan2(xx - yy)).sin_cos();
        let span = |along: &dyn Fn(f64, f64) -> f64| {
            let (least, most) =
                places().map(|(u, v)| along(u - x, v - y)).fold((f64::MAX, f64::MIN), |(a, b), v| (a.min(v), b.max(v)));
            most - least + CELL as f64
        };
        (span(&|u, v| u * cos + v * sin), span(&|u, v| v * cos - u * sin))
    }

    /// Whether it is a fold of the paper or a streak of the scanner: long, straight and thin.
    pub(super) fn is_crease(&self) -> bool {
        let (length, width) = self.length_and_width();
        length > 200.0 && width <= 21.0
    }

    /// Whether it is no writing but a shadow, a hole or a table beside the sheet: filled, and large in both directions.
    pub(super) fn is_solid(&self) -> bool {
        let [left, top, right, bottom] = self.sides;
        let area = (right - left) * (bottom - top);
        (right - left).min(bottom - top) > 40 && self.ink as usize * 10 > area * 7
    }

    /// How much of its ink lies in a rectangle, in pixels.
    pub(super) fn ink_in(&self, [left, top, right, bottom]: [usize; 4]) -> u32 {
        let middle = CELL / 2;
        let inside = |(x, y, _): &&(usize, usize, u32)| {
            let (x, y) = (x * CELL + middle, y * CELL + middle);
            x >= left && x < right && y >= top && y < bottom
        };
        self.cells.iter().filter(inside).map(|cell| cell.2).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::paper::raster::Raster;

    fn drawn(rectangles: &[[usize; 4]]) -> Bitmap {
        let mut picture = Raster::white(700, 500).unwrap();
        for [left, top, right, bottom] in rectangles {
            for y in *top..*bottom {
                picture.pixels_mut()[y * 700 + left..y * 700 + right].fill(0);
            }
        }
        Bitmap::darker(&picture, |_, _| 128)
    }

    #[test]
    fn a_stroke_that_the_print_cuts_is_one() {
        let off = drawn(&[[50, 50, 60, 100], [50, 112, 60, 180], [300, 300, 340, 306]]);
        let found = strokes(&off, [0, 0, 700, 500]);
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].ink, 1180);
        assert_eq!(found[0].ink_in([0, 0, 700, 105]), 500);
    }

    #[test]
    fn a_fold_is_no_writing() {
        let off = drawn(&[[20, 200, 640, 203], [100, 20, 200, 110], [300, 300, 420, 306]]);
        let found = strokes(&off, [0, 0, 700, 500]);
        let (solid, fold, pen) = (&found[0], &found[1], &found[2]);
        assert!(fold.is_crease() && !fold.is_solid());
        assert!(solid.is_solid() && !solid.is_crease());
        assert!(!pen.is_crease() && !pen.is_solid());
    }

    #[test]
    fn specks_are_nothing() {
        assert!(strokes(&drawn(&[[50, 50, 51, 53]]), [0, 0, 700, 500]).is_empty());
        assert!(strokes(&drawn(&[]), [10, 10, 10, 10]).is_empty());
    }
}
