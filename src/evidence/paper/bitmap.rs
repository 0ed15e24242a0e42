//! A picture of yes and no, 64 pixels to a number.

use super::raster::Raster;

/// Pixels of a number.
const WORD: usize = 64;

/// One bit a pixel, row by row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Bitmap {
    width: usize,
    height: usize,
    /// Numbers of a row.
    across: usize,
    words: Vec<u64>,
}

impl Bitmap {
    /// The pixels of a picture that are darker than a level, which `level` tells for each 64 pixels of each row: for the place
    /// (in 64 pixels, in rows) of their first.
    pub(super) fn darker(picture: &Raster, level: impl Fn(usize, usize) -> u8) -> Self {
        let (width, height) = (picture.width(), picture.height());
        let across = width.div_ceil(WORD);
        let mut words = Vec::with_capacity(across * height);
        for y in 0..height {
            let row = picture.row(y).chunks(WORD).enumerate();
            words.extend(row.map(|(at, pixels)| packed(pixels, level(at, y))));
        }
        Self { width, height, across, words }
    }

    pub(super) const fn width(&self) -> usize {
        self.width
    }

    pub(super) const fn height(&self) -> usize {
        self.height
    }

    pub(super) fn at(&self, x: usize, y: usize) -> bool {
        x < self.width && self.words.get(y * self.across + x / WORD).is_some_and(|word| word >> (x % WORD) & 1 == 1)
    }

    /// How many pixels are set, from `left`, `top` to just before `right`, `bottom`.
    pub(super) fn count(&self, [left, top, right, bottom]: [usize; 4]) -> usize {
        let (right, bottom) = (right.min(self.width), bottom.min(self.height));
        (top..bottom).map(|y| self.count_row(y, left, right)).sum()
    }

    fn count_row(&self, y: usize, left: usize, right: usize) -> usize {
        let first = left / WORD;
        let words = self.row(y).get(first..right.div_ceil(WORD)).unwrap_or_default();
        let inside = |(at, word): (usize, &u64)| word & below(right, first + at) & !below(left, first + at);
        words.iter().enumerate().map(|cell| inside(cell).count_ones() as usize).sum()
    }

    fn row(&self, y: usize) -> &[u64] {
        self.words.get(y * self.across..(y + 1) * self.across).unwrap_or_default()
    }

    /// The pixels that are set here and not there.
    pub(super) fn without(&self, other: &Self) -> Self {
        let words = self.words.iter().zip(&other.words).map(|(here, there)| here & !there).collect();
        Self { words, ..*self }
    }

    /// Each set pixel with all that are at most `by` pixels away, across and down; at most 63.
    pub(super) fn dilated(&self, by: usize) -> Self {
        let mut wide = self.clone();
        for row in wide.words.chunks_mut(self.across.max(1)) {
            widen(row, by.min(WORD - 1));
        }
        if let Some(spare) = (self.across * WORD).checked_sub(self.width).filter(|spare| *spare > 0) {
            wide.words
                .iter_mut()
                .skip(self.across - 1)
                .step_by(self.across)
                .for_each(|word| *word &= u64::MAX >> spare);
        }
        wide.heightened(by)
    }

    /// Runs of rows are joined in steps that double.
    fn heightened(&self, by: usize) -> Self {
        let mut down = self.clone();
        let mut done = 0;
        while done < 2 * by {
            let step = (done + 1).min(2 * by - done);
            let above = step * self.across;
            let upper: Vec<u64> = down.words.get(..down.words.len().saturating_sub(above)).unwrap_or_default().to_vec();
            down.words.iter_mut().skip(above).zip(&upper).for_each(|(word, upper)| *word |= upper);
            done += step;
        }
        // A row now holds what was up to twice as far above it: it belongs so many rows higher. What was close to the last row would
        // have come from below it.
        let moved = by * self.across;
        let mut words: Vec<u64> = down.words.get(moved..).unwrap_or_default().to_vec();
        let mut rest = self.tail(by);
        rest.truncate(self.words.len() - words.len());
        words.extend(rest);
        Self { words, ..*self }
    }

    /// The last rows, dilated down and up.
    fn tail(&self, by: usize) -> Vec<u64> {
        let from = self.height.saturating_sub(by);
        let joined = |y: usize| {
            let mut sum = vec![0_u64; self.across];
            for row in (y.saturating_sub(by)..self.height).map(|y| self.row(y)) {
                sum.iter_mut().zip(row).for_each(|(sum, word)| *sum |= word);
            }
            sum
        };
        (from..self.height).flat_map(joined).collect()
    }
}

/// The bits of a number whose pixels are left of `x`, if it is the number `at` of its row.
const fn below(x: usize, at: usize) -> u64 {
    let bits = x.saturating_sub(at * WORD);
    if bits >= WORD { u64::MAX } else { (1 << bits) - 1 }
}

/// Which of up to 64 pixels are darker than a level.
fn packed(pixels: &[u8], level: u8) -> u64 {
    let mut dark = [0_u8; WORD];
    dark.iter_mut().zip(pixels).for_each(|(dark, pixel)| *dark = u8::from(*pixel < level));
    // Eight bytes of 0 or 1 become eight bits: the product brings each to the top byte, at its place.
    let bits = |eight: &[u8; 8]| u64::from_le_bytes(*eight).wrapping_mul(0x0102_0408_1020_4080) >> 56;
    dark.as_chunks::<8>().0.iter().zip(0..).map(|(eight, at)| bits(eight) << (8 * at)).sum()
}

/// Spreads the bits of a row by so many to both sides, in steps that double.
fn widen(row: &mut [u64], by: usize) {
    let mut done = 0;
    while done < by {
        let step = (done + 1).min(by - done);
        let old = row.to_vec();
        let before = [0].iter().chain(&old);
        let after = old.iter().skip(1).chain(&[0]);
        for ((word, before), after) in row.iter_mut().zip(before).zip(after) {
            *word |= *word << step | before >> (WORD - step) | *word >> step | after << (WORD - step);
        }
        done += step;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dots(width: usize, height: usize, dots: &[(usize, usize)]) -> Bitmap {
        let mut picture = Raster::white(width, height).unwrap();
        for (x, y) in dots {
            picture.pixels_mut()[y * width + x] = 0;
        }
        Bitmap::darker(&picture, |_, _| 128)
    }

    #[test]
    fn a_dot_grows_to_a_square_also_at_the_rim() {
        for by in [1, 2, 5, 8, 13] {
            for (x, y) in [(70, 40), (0, 0), (129, 79), (63, 79), (64, 1), (127, 20)] {
                let grown = dots(130, 80, &[(x, y)]).dilated(by);
                for v in 0..80_usize {
                    for u in 0..130_usize {
                        let near = u.abs_diff(x) <= by && v.abs_diff(y) <= by;
                        assert_eq!(grown.at(u, v), near, "{u}, {v} of {x}, {y} by {by}");
                    }
                }
            }
        }
    }

    #[test]
    fn pixels_are_counted_in_a_rectangle() {
        let some = dots(130, 80, &[(0, 0), (63, 5), (64, 5), (129, 79)]);
        assert_eq!(some.count([0, 0, 130, 80]), 4);
        assert_eq!(some.count([63, 5, 64, 6]), 1);
        assert_eq!(some.count([64, 0, 999, 999]), 2);
        assert_eq!(some.without(&dots(130, 80, &[(63, 5)])).count([0, 0, 130, 80]), 3);
    }
}
