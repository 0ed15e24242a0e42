//! How alike two small pictures are: blurring, shifting and correlating them.
//!
//! All works on grey bytes and whole sums, so that it is fast and the same on every machine.

use super::raster::Raster;

/// A rectangle of pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Window {
    pub(super) left: i32,
    pub(super) top: i32,
    pub(super) width: i32,
    pub(super) height: i32,
}

impl Window {
    /// The pixels that a rectangle (left, top, right, bottom) touches, and so many around.
    pub(super) fn around([left, top, right, bottom]: [f32; 4], room: f32) -> Self {
        let (left, top) = ((left - room).floor() as i32, (top - room).floor() as i32);
        let (right, bottom) = ((right + room).ceil() as i32, (bottom + room).ceil() as i32);
        Self { left, top, width: (right - left).max(1), height: (bottom - top).max(1) }
    }

    pub(super) const fn moved(self, x: i32, y: i32) -> Self {
        Self { left: self.left + x, top: self.top + y, ..self }
    }

    /// Whether another one is on the same line or the next, and less than two centimetres aside.
    pub(super) fn is_close(self, other: Self) -> bool {
        let aside = |low: i32, length: i32, other: i32, other_length: i32, room: i32| {
            low - room < other + other_length && other < low + length + room
        };
        aside(self.left, self.width, other.left, other.width, 200)
            && aside(self.top, self.height, other.top, other.height, 40)
    }

    pub(super) const fn pixels(self) -> i32 {
        self.width * self.height
    }

    /// The part of it that lies inside another; none when nothing does.
    pub(super) fn within(self, other: Self) -> Option<Self> {
        let (left, top) = (self.left.max(other.left), self.top.max(other.top));
        let right = (self.left + self.width).min(other.left + other.width);
        let bottom = (self.top + self.height).min(other.top + other.height);
        (left < right && top < bottom).then_some(Self { left, top, width: right - left, height: bottom - top })
    }

    /// Its rows in a picture; none when it reaches out of it.
    pub(super) fn rows(self, picture: &Raster) -> Option<impl Iterator<Item = &[u8]>> {
        let (left, width) = (usize::try_from(self.left).ok()?, usize::try_from(self.width).ok()?);
        let (top, height) = (usize::try_from(self.top).ok()?, usize::try_from(self.height).ok()?);
        let fits = left + width <= picture.width() && top + height <= picture.height();
        fits.then(|| (top..top + height).map(move |y| picture.row(y).get(left..left + width).unwrap_or_default()))
    }

    /// What it shows of a picture.
    pub(super) fn cut(self, picture: &Raster) -> Option<Raster> {
        let grey = self.rows(picture)?.flatten().copied().collect();
        Raster::new(usize::try_from(self.width).ok()?, usize::try_from(self.height).ok()?, grey)
    }
}

/// What two pictures have in common.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Sums {
    n: i64,
    a: i64,
    b: i64,
    aa: i64,
    bb: i64,
    ab: i64,
}

impl Sums {
    /// Of the same window of two pictures, each at its own place.
    pub(super) fn of(a: &Raster, in_a: Window, b: &Raster, in_b: Window) -> Option<Self> {
        let mut sums = Self { n: i64::from(in_a.pixels()), ..Self::default() };
        for (a, b) in in_a.rows(a)?.zip(in_b.rows(b)?) {
            sums.add(a, b);
        }
        Some(sums)
    }

    fn add(&mut self, a: &[u8], b: &[u8]) {
        let square = |row: &[u8]| row.iter().map(|v| u32::from(*v) * u32::from(*v)).sum::<u32>();
        let total = |row: &[u8]| row.iter().map(|v| u32::from(*v)).sum::<u32>();
        self.a += i64::from(total(a));
        self.b += i64::from(total(b));
        self.aa += i64::from(square(a));
        self.bb += i64::from(square(b));
        self.ab += i64::from(a.iter().zip(b).map(|(a, b)| u32::from(*a) * u32::from(*b)).sum::<u32>());
    }

    const fn variance_a(&self) -> i64 {
        self.n * self.aa - self.a * self.a
    }

    const fn variance_b(&self) -> i64 {
        self.n * self.bb - self.b * self.b
    }

    const fn covariance(&self) -> i64 {
        self.n * self.ab - self.a * self.b
    }

    /// The correlation, from -1 to 1; 0 where one of them is of one grey.
    pub(super) fn correlation(&self) -> f32 {
        let product = self.variance_a() as f64 * self.variance_b() as f64;
        if product > 0.0 { (self.covariance() as f64 / product.sqrt()) as f32 } else { 0.0 }
    }

    /// How much of the first picture's contrast the second has.
    pub(super) fn slope(&self) -> f32 {
        let variance = self.variance_a();
        if variance > 0 { (self.covariance() as f64 / variance as f64) as f32 } else { 0.0 }
    }
}

/// A picture blurred by a bell: each pass adds half a square pixel to its variance.
pub(super) fn blurred(picture: &Raster, passes: usize) -> Raster {
    let mut picture = picture.clone();
    for _ in 0..passes {
        along(&mut picture);
        down(&mut picture);
    }
    picture
}

const fn mixed(before: u8, here: u8, after: u8) -> u8 {
    ((before as u16 + 2 * here as u16 + after as u16 + 2) >> 2) as u8
}

fn along(picture: &mut Raster) {
    let width = picture.width();
    let mut line = vec![0; width];
    for row in picture.pixels_mut().chunks_exact_mut(width) {
        line.copy_from_slice(row);
        let three = line.iter().zip(line.iter().skip(1)).zip(line.iter().skip(2));
        for (to, ((before, here), after)) in row.iter_mut().skip(1).zip(three) {
            *to = mixed(*before, *here, *after);
        }
    }
}

fn down(picture: &mut Raster) {
    let width = picture.width();
    let mut above = picture.row(0).to_vec();
    let mut here = above.clone();
    let mut rest = picture.pixels_mut();
    while rest.len() >= 2 * width {
        let (row, below) = rest.split_at_mut(width);
        here.copy_from_slice(row);
        let below_row = below.get(..width).unwrap_or_default();
        for (((to, above), here), below) in row.iter_mut().zip(&above).zip(&here).zip(below_row) {
            *to = mixed(*above, *here, *below);
        }
        std::mem::swap(&mut above, &mut here);
        rest = below;
    }
}

/// A shift in pixels.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Shift {
    pub(super) x: f32,
    pub(super) y: f32,
}

/// Climbs from a shift to the next one where the scan is most like the model; not further than `reach` from where it began.
pub(super) fn climb(
    model: &Raster,
    window: Window,
    scan: &Raster,
    start: (i32, i32),
    reach: i32,
) -> Option<(Shift, f32)> {
    let mut known: Vec<((i32, i32), f32)> = Vec::with_capacity(24);
    let mut at = |x: i32, y: i32| -> Option<f32> {
        if let Some((_, like)) = known.iter().find(|(place, _)| *place == (x, y)) {
            return Some(*like);
        }
        let like = Sums::of(model, window, scan, window.moved(x, y))?.correlation();
        known.push(((x, y), like));
        Some(like)
    };
    let (mut x, mut y) = start;
    let mut best = at(x, y)?;
    loop {
        let mut next = (x, y);
        for (dx, dy) in [(1, 0), (-1, 0), (0, 1), (0, -1)] {
            let (to_x, to_y) = (x + dx, y + dy);
            if (to_x - start.0).abs() > reach || (to_y - start.1).abs() > reach {
                continue;
            }
            let Some(like) = at(to_x, to_y) else { continue };
            if like > best {
                best = like;
                next = (to_x, to_y);
            }
        }
        if next == (x, y) {
            break;
        }
        (x, y) = next;
    }
    let mut between = |before: (i32, i32), after: (i32, i32)| {
        let (before, after) = (at(before.0, before.1).unwrap_or(best), at(after.0, after.1).unwrap_or(best));
        peak(before, best, after)
    };
    let shift = Shift { x: x as f32 + between((x - 1, y), (x + 1, y)), y: y as f32 + between((x, y - 1), (x, y + 1)) };
    Some((shift, best))
}

/// Where, between the neighbours of the highest of three values, the top lies.
fn peak(before: f32, here: f32, after: f32) -> f32 {
    let bend = before - 2.0 * here + after;
    if bend < -1e-6 { (0.5 * (before - after) / bend).clamp(-0.5, 0.5) } else { 0.0 }
}

/// What a window shows of a picture at a shift that need not be whole.
pub(super) fn resampled(picture: &Raster, window: Window, shift: Shift) -> Option<Raster> {
    let (x, y) = (shift.x.floor(), shift.y.floor());
    let wide = Window { width: window.width + 1, height: window.height + 1, ..window.moved(x as i32, y as i32) };
    let (across, down) = (((shift.x - x) * 16.0).round() as u16, ((shift.y - y) * 16.0).round() as u16);
    let rows: Vec<&[u8]> = wide.rows(picture)?.collect();
    let mut grey = Vec::with_capacity(usize::try_from(window.pixels()).ok()?);
    let mixed = |row: &[u8]| -> Vec<u16> {
        row.iter()
            .zip(row.iter().skip(1))
            .map(|(a, b)| u16::from(*a) * (16 - across) + u16::from(*b) * across)
            .collect()
    };
    let mut above = mixed(rows.first()?);
    for row in rows.iter().skip(1) {
        let below = mixed(row);
        let both = above.iter().zip(&below);
        grey.extend(
            both.map(|(a, b)| {
                ((u32::from(*a) * u32::from(16 - down) + u32::from(*b) * u32::from(down) + 128) >> 8) as u8
            }),
        );
        above = below;
    }
    Raster::new(usize::try_from(window.width).ok()?, usize::try_from(window.height).ok()?, grey)
}

/// The middle one of some values; none of none.
pub(super) fn median(values: &mut [f32]) -> Option<f32> {
    let middle = values.len() / 2;
    values.sort_unstable_by(f32::total_cmp);
    values.get(middle).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A picture with a dark disc.
    fn disc(x: f32, y: f32) -> Raster {
        let grey = (0..60 * 60).map(|at| {
            let far = ((at % 60) as f32 - x).hypot((at / 60) as f32 - y);
            ((far - 6.0).clamp(0.0, 1.0) * 200.0) as u8 + 30
        });
        Raster::new(60, 60, grey.collect()).unwrap()
    }

    const MIDDLE: Window = Window { left: 18, top: 18, width: 24, height: 24 };

    #[test]
    fn a_shift_is_found_to_a_part_of_a_pixel() {
        let (model, scan) = (blurred(&disc(30.0, 30.0), 2), blurred(&disc(33.3, 28.1), 2));
        let (shift, like) = climb(&model, MIDDLE, &scan, (0, 0), 8).unwrap();
        assert!((shift.x - 3.3).abs() < 0.15 && (shift.y + 1.9).abs() < 0.15, "{shift:?}");
        assert!(like > 0.98);
        let seen = resampled(&scan, MIDDLE, shift).unwrap();
        let whole = Window { left: 0, top: 0, ..MIDDLE };
        assert!(Sums::of(&model, MIDDLE, &seen, whole).unwrap().correlation() > 0.995);
    }

    #[test]
    fn a_window_that_reaches_out_of_the_picture_shows_nothing() {
        let picture = disc(30.0, 30.0);
        assert!(MIDDLE.moved(20, 0).cut(&picture).is_none() && MIDDLE.moved(-19, 0).cut(&picture).is_none());
        assert!(climb(&picture, MIDDLE.moved(18, 18), &picture, (0, 0), 8).is_some());
    }

    #[test]
    fn blurring_keeps_the_sum_and_lowers_the_peak() {
        let mut point = Raster::white(9, 9).unwrap();
        point.pixels_mut()[40] = 0;
        let soft = blurred(&point, 1);
        let around = [soft.at(4, 4), soft.at(3, 4), soft.at(3, 3), soft.at(2, 4)];
        let expected: [u8; 4] = [191, 223, 239, 255];
        assert!(around.iter().zip(expected).all(|(grey, expected)| grey.abs_diff(expected) <= 1), "{around:?}");
    }
}
