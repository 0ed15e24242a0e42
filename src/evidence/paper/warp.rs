//! A picture, drawn as it looks from another place.

use super::{homography::Xy, raster::Raster};

/// Inside a tile of so many pixels on a side a map is taken for bilinear: it is computed at the corners only.
const TILE: usize = 16;

/// The largest side of a picture whose places fit in the numbers used here.
pub(super) const LONGEST: usize = 32_000;

/// Bits of a place that are behind the point.
const FRACTION: u32 = 14;

/// A picture, made smaller by a whole number: each pixel is the mean of `by` × `by`. The rim that fills no pixel is left out.
pub(super) fn reduced(picture: &Raster, by: usize) -> Option<Raster> {
    if by <= 1 {
        return Some(picture.clone());
    }
    let by = by.min(16);
    let (width, height) = (picture.width() / by, picture.height() / by);
    let area = u32::try_from(by * by).ok()?;
    let mut grey = Vec::with_capacity(width * height);
    let mut sums = vec![0_u16; width * by];
    for y in 0..height {
        sums.fill(0);
        for row in y * by..(y + 1) * by {
            sums.iter_mut().zip(picture.row(row)).for_each(|(sum, pixel)| *sum += u16::from(*pixel));
        }
        if by == 2 {
            grey.extend(sums.as_chunks::<2>().0.iter().map(|[a, b]| ((a + b + 2) >> 2) as u8));
        } else {
            let cells = sums.chunks_exact(by).map(|cell| cell.iter().map(|sum| u32::from(*sum)).sum::<u32>());
            grey.extend(cells.map(|sum| ((sum + area / 2) / area) as u8));
        }
    }
    Raster::new(width, height, grey)
}

/// Draws `width` × `height` pixels; `map` tells where the corner of each pixel lies in the picture, in its pixels. What lies outside of
/// the picture is white.
pub(super) fn warped(picture: &Raster, width: usize, height: usize, map: impl Fn(Xy) -> Xy) -> Option<Raster> {
    if picture.width().max(picture.height()) > LONGEST || picture.width().min(picture.height()) < 2 {
        return None;
    }
    let mut target = Raster::white(width, height)?;
    let across = width.div_ceil(TILE);
    // A pixel's middle is at one half, there and here.
    let node = |column: usize, row: usize| {
        let (x, y) = map(((column * TILE) as f64 + 0.5, (row * TILE) as f64 + 0.5));
        [fixed(x - 0.5), fixed(y - 0.5)]
    };
    let nodes = |row: usize| (0..=across).map(|column| node(column, row)).collect::<Vec<_>>();
    let mut above = nodes(0);
    let mut patch = Patch::new();
    for (row, band) in target.pixels_mut().chunks_mut(width * TILE).enumerate() {
        let below = nodes(row + 1);
        let tops = above.iter().zip(above.iter().skip(1));
        let bottoms = below.iter().zip(below.iter().skip(1));
        for (column, (top, bottom)) in tops.zip(bottoms).enumerate() {
            draw_tile(picture, &mut patch, band, width, column * TILE, [*top.0, *top.1, *bottom.0, *bottom.1]);
        }
        above = below;
    }
    Some(target)
}

/// Where a node lies, in fixed point. What is farther outside than a picture is long may lie anywhere outside: no sum overflows.
fn fixed(value: f64) -> i32 {
    let bound = LONGEST as f64 + 16.0;
    let value = if value.is_finite() { value.clamp(-bound, bound) } else { -bound };
    (value * f64::from(1 << FRACTION)) as i32
}

/// Draws one tile into a band of rows. Its corners are top left, top right, bottom left and bottom right.
fn draw_tile(picture: &Raster, patch: &mut Patch, band: &mut [u8], width: usize, left: usize, corners: [[i32; 2]; 4]) {
    let [a, b, c, d] = corners;
    let end = (left + TILE).min(width);
    let inside = patch.take(picture, corners).is_some();
    for (step, row) in (0_i32..).zip(band.chunks_mut(width)) {
        // Halves and halves again: sixteen steps from one corner to the next.
        let along = |from: i32, to: i32| from + ((to - from) >> 4) * step;
        let begin = [along(a[0], c[0]), along(a[1], c[1])];
        let until = [along(b[0], d[0]), along(b[1], d[1])];
        let line = Line { begin, pace: [(until[0] - begin[0]) >> 4, (until[1] - begin[1]) >> 4] };
        let Some(cells) = row.get_mut(left..end) else { return };
        if inside {
            patch.draw(cells, line);
        } else {
            draw_line(picture, cells, line);
        }
    }
}

/// Places in a picture that follow one another, in fixed point.
#[derive(Clone, Copy)]
struct Line {
    begin: [i32; 2],
    pace: [i32; 2],
}

/// The longest side of a patch.
const PATCH: usize = 32;

/// By how much a step from corner to corner may fall short of the corners, in fixed point: each of the two ways, down and then along,
/// is cut off in fifteen steps at most, by less than one a step.
const SHORT: i32 = 32;

/// What darkness must vary in a patch for it to matter between which pixels a place lies.
const FLAT: u8 = 48;

/// The small part of a picture that a tile shows, where every place of the tile is inside. One serves for tile after tile.
struct Patch {
    origin: [i32; 2],
    rows: [[u8; PATCH]; PATCH],
    /// Row by row, for each pixel: itself, the one to its right, the one below and the one right of that, from the lowest byte on.
    squares: [[u32; PATCH]; PATCH],
    /// Whether there is nothing but paper: then there are no squares.
    flat: bool,
}

impl Patch {
    const fn new() -> Self {
        Self { origin: [0; 2], rows: [[255; PATCH]; PATCH], squares: [[u32::MAX; PATCH]; PATCH], flat: true }
    }

    /// Takes the part of a picture between the corners of a tile; none when not all of it is inside.
    fn take(&mut self, picture: &Raster, corners: [[i32; 2]; 4]) -> Option<()> {
        let (columns, rows) = (corners.map(|corner| corner[0]), corners.map(|corner| corner[1]));
        let pixel = |place: i32| usize::try_from(place >> FRACTION).ok();
        let least = |places: [i32; 4]| pixel(places.into_iter().min()? - SHORT);
        let most = |places: [i32; 4]| pixel(places.into_iter().max()?);
        let (x, y, right, bottom) = (least(columns)?, least(rows)?, most(columns)? + 2, most(rows)? + 2);
        // The patch is always as wide as it can be; near to the right rim it begins farther left.
        let x = x.min(picture.width().checked_sub(PATCH)?);
        let inside = right <= picture.width() && bottom <= picture.height();
        if !inside || right - x > PATCH || bottom - y > PATCH {
            return None;
        }
        self.origin = [i32::try_from(x).ok()? << FRACTION, i32::try_from(y).ok()? << FRACTION];
        let (mut darkest, mut brightest) = ([255_u8; PATCH], [0_u8; PATCH]);
        for (row, y) in self.rows.iter_mut().zip(y..bottom) {
            *row = *picture.row(y).get(x..)?.first_chunk()?;
            widen(&mut darkest, &mut brightest, row);
        }
        self.flat = brightest.iter().max()?.saturating_sub(*darkest.iter().min()?) < FLAT;
        if !self.flat {
            let pairs = self.rows.iter().zip(self.rows.iter().skip(1)).take(bottom - y - 1);
            self.squares.iter_mut().zip(pairs).for_each(|(squares, (upper, lower))| square(squares, upper, lower));
        }
        Some(())
    }

    fn draw(&self, cells: &mut [u8], line: Line) {
        let [mut u, mut v] = [line.begin[0] - self.origin[0], line.begin[1] - self.origin[1]];
        for cell in cells {
            *cell = if self.flat {
                within(&self.rows, u, v).unwrap_or(255)
            } else {
                mixed(within(&self.squares, u, v).unwrap_or(u32::MAX), u, v)
            };
            (u, v) = (u + line.pace[0], v + line.pace[1]);
        }
    }
}

/// Every place is inside of its patch ([`SHORT`]); the remainder says so to the compiler, which then checks nothing.
fn within<T: Copy>(rows: &[[T; PATCH]; PATCH], u: i32, v: i32) -> Option<T> {
    let whole = |place: i32| (place >> FRACTION) as usize;
    debug_assert!(u >= 0 && v >= 0 && whole(u) < PATCH - 1 && whole(v) < PATCH - 1, "a place outside of its patch");
    let [row, column] = [whole(v) % PATCH, whole(u) % PATCH];
    rows.get(row).and_then(|row| row.get(column)).copied()
}

/// By itself, a compiler makes one instruction of many pixels.
#[inline(never)]
fn square(squares: &mut [u32; PATCH], upper: &[u8; PATCH], lower: &[u8; PATCH]) {
    let right = |row: &[u8; PATCH]| {
        let mut right = [255; PATCH];
        right.iter_mut().zip(row.iter().skip(1)).for_each(|(right, pixel)| *right = *pixel);
        right
    };
    let (upper_right, lower_right) = (right(upper), right(lower));
    let left = upper.iter().zip(lower);
    for ((square, (a, c)), (b, d)) in squares.iter_mut().zip(left).zip(upper_right.iter().zip(&lower_right)) {
        *square = u32::from_le_bytes([*a, *b, *c, *d]);
    }
}

/// By itself, a compiler makes one instruction of many pixels.
#[inline(never)]
fn widen(darkest: &mut [u8; PATCH], brightest: &mut [u8; PATCH], row: &[u8; PATCH]) {
    for ((least, most), pixel) in darkest.iter_mut().zip(brightest).zip(row) {
        (*least, *most) = ((*least).min(*pixel), (*most).max(*pixel));
    }
}

/// The value between four pixels, upper left, upper right, lower left and lower right, at a place of which only what is behind the point
/// counts.
#[inline]
fn mixed(square: u32, u: i32, v: i32) -> u8 {
    let part = |place: i32| (place >> (FRACTION - 8) & 255) as u32;
    // Upper and lower pixels are mixed at once, in the two halves of one number.
    let (left, right) = (square & 0x00ff_00ff, square >> 8 & 0x00ff_00ff);
    let rows = (left << 8).wrapping_add(right.wrapping_sub(left).wrapping_mul(part(u)));
    let (upper, lower) = (rows & 0xffff, rows >> 16);
    let value = (upper << 8).wrapping_add(lower.wrapping_sub(upper).wrapping_mul(part(v)));
    (value.wrapping_add(0x8000) >> 16) as u8
}

/// Draws places of which some may lie outside of the picture.
fn draw_line(picture: &Raster, cells: &mut [u8], line: Line) {
    let [mut u, mut v] = line.begin;
    let square = |x: usize, y: usize| {
        u32::from_le_bytes([picture.at(x, y), picture.at(x + 1, y), picture.at(x, y + 1), picture.at(x + 1, y + 1)])
    };
    for cell in cells {
        if let (Ok(x), Ok(y)) = (usize::try_from(u >> FRACTION), usize::try_from(v >> FRACTION))
            && x < picture.width()
            && y < picture.height()
        {
            *cell = mixed(square(x, y), u, v);
        }
        (u, v) = (u + line.pace[0], v + line.pace[1]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slope() -> Raster {
        let grey = (0..60).flat_map(|y| (0..90).map(move |x| (2 * x + y) as u8)).collect();
        Raster::new(90, 60, grey).unwrap()
    }

    #[test]
    fn a_picture_that_is_not_moved_stays_as_it_is() {
        let same = warped(&slope(), 90, 60, |p| p).unwrap();
        let inner = |picture: &Raster| picture.part(0, 0, 89, 59);
        assert_eq!(inner(&same), inner(&slope()));
    }

    #[test]
    fn a_slope_stays_a_slope_wherever_it_is_seen_from() {
        let seen = warped(&slope(), 40, 40, |(x, y)| (10.3 + 0.9 * x - 0.1 * y, 8.6 + 0.1 * x + 0.9 * y)).unwrap();
        for y in 0..40_u8 {
            for x in 0..40_u8 {
                let (u, v) = (f64::from(x) + 0.5, f64::from(y) + 0.5);
                let (u, v) = (10.3 + 0.9 * u - 0.1 * v - 0.5, 8.6 + 0.1 * u + 0.9 * v - 0.5);
                let value = f64::from(seen.at(usize::from(x), usize::from(y)));
                assert!((value - (2.0 * u + v)).abs() < 0.75, "{x}, {y}: {value}");
            }
        }
    }

    /// Corners lie on whole pixels or hardly above: the steps from one to the next, which are cut off, fall below them.
    #[test]
    fn every_place_is_inside_of_its_patch() {
        let grey_paper = Raster::new(160, 160, vec![200; 160 * 160]).unwrap();
        let mut busy = grey_paper.clone();
        busy.pixels_mut().iter_mut().step_by(7).for_each(|pixel| *pixel = 0);
        for slope in -40..=40 {
            let slope = f64::from(slope) / f64::from(TILE as u32 * (1 << FRACTION));
            let map = |(x, y): Xy| (40.0 + x - slope * y, 40.0 + slope * x + y);
            let seen = warped(&grey_paper, 64, 64, map).unwrap();
            assert!(seen.pixels().iter().all(|pixel| *pixel == 200), "slope {slope}");
            let seen = warped(&busy, 64, 64, map).unwrap();
            assert!(seen.pixels().iter().all(|pixel| *pixel <= 200), "slope {slope}");
        }
    }

    #[test]
    fn what_is_outside_is_white() {
        let seen = warped(&slope(), 20, 20, |(x, y)| (x - 30.0, y)).unwrap();
        assert!(seen.pixels().iter().all(|pixel| *pixel == 255));
        assert!(warped(&slope(), 20, 20, |_| (f64::NAN, 1e300)).is_some());
    }

    #[test]
    fn a_smaller_picture_has_the_means() {
        let small = reduced(&slope(), 3).unwrap();
        assert_eq!((small.width(), small.height()), (30, 20));
        assert_eq!(small.at(0, 0), 3);
        assert_eq!(reduced(&slope(), 2).unwrap().at(1, 0), 6);
        assert!(reduced(&slope(), 16).is_some_and(|tiny| tiny.width() == 5));
    }
}
