//! Ink over letters that were printed: between the strokes of a letter, between letters, and close around them.
//!
//! A word is held against its own print, blurred as the scan is and laid exactly upon it. How much darker than the print a scan may be
//! beside a stroke (toner spreads, scanners sharpen, one bit knows no grey) is asked of the page itself: what nearly all of its words
//! stay below is usual there, and what goes beyond in one place is ink.

use std::collections::BTreeMap;

use super::{
    expected::Expected,
    likeness::Window,
    measure::{Measured, WordMeasure},
    raster::Raster,
};

/// Steps of darkness in which the print is sorted.
const STEPS: usize = 16;
/// Darkness, of 255, that only so many in a thousand of the pixels of a step exceed is usual in a word; what so many in a thousand words
/// stay below is usual on the page.
const UNUSUAL: u32 = 10;
const NEARLY_ALL: usize = 850;
/// Where the print is white, so dark a place is ink on any page.
const SURE: u8 = 128;
/// By how much ink is darker than what is usual, and how dark it is at least, of 255.
const DARKER: u8 = 30;
const LEAST: u8 = 84;
/// Paper whose print is darker than this is tinted; the dots of which tints are printed are no ink.
const TINT: u8 = 8;
/// Words from which the page is asked what is usual.
const SAMPLE: usize = 150;
/// Less is a speck, in square pixels.
const SPECK: usize = 3;

/// Ink in one place of a word.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spot {
    /// Left, top, right and bottom on the page.
    pub(super) bounds: [f32; 4],
    /// Square pixels.
    pub(super) area: usize,
    /// Whether it lies on a tint, whose dots are nearly as dark.
    pub(super) tinted: bool,
}

/// How dark scans are beside print of each darkness.
#[derive(Clone)]
struct Counts(Vec<[u32; 256]>);

impl Counts {
    fn of(pair: &Pair) -> Self {
        let mut all = Self(vec![[0; 256]; STEPS]);
        for (print, seen) in pair.print.iter().zip(&pair.seen) {
            let step = all.0.get_mut(usize::from(*print) * STEPS / 256);
            if let Some(count) = step.and_then(|step| step.get_mut(usize::from(*seen))) {
                *count += 1;
            }
        }
        all
    }

    /// For each step of the print, the darkness that hardly a pixel of the scan exceeds.
    fn usual(&self) -> [u8; STEPS] {
        std::array::from_fn(|step| {
            let Some(counts) = self.0.get(step) else { return 0 };
            let mut left = counts.iter().sum::<u32>() * UNUSUAL / 1000;
            let usual = counts.iter().rposition(|count| {
                let here = left < *count;
                left = left.saturating_sub(*count);
                here
            });
            usual.unwrap_or(0) as u8
        })
    }
}

/// For each darkness of the print, from which darkness on the scan shows ink: more than is usual in nearly all words, so that what was
/// written over some of them is not.
fn limits(words: &[&Pair]) -> [u8; 256] {
    let sample = words.iter().step_by((words.len() / SAMPLE).max(1));
    let usual: Vec<[u8; STEPS]> = sample.map(|pair| Counts::of(pair).usual()).collect();
    let mut least = LEAST;
    let of_step: [u8; STEPS] = std::array::from_fn(|step| {
        let mut seen: Vec<u8> = usual.iter().filter_map(|word| word.get(step)).copied().collect();
        seen.sort_unstable();
        let usual = seen.get(seen.len().saturating_sub(1) * NEARLY_ALL / 1000).copied().unwrap_or(u8::MAX);
        // Beside darker print a scan is not lighter.
        least = least.max(usual.saturating_add(DARKER));
        if step == 0 {
            least = least.min(SURE);
        }
        least
    });
    std::array::from_fn(|print| of_step.get(print * STEPS / 256).copied().unwrap_or(u8::MAX))
}

/// A word as darkness, from 0 to 255: the darkest of the print around each pixel, and the scan.
struct Pair {
    word: usize,
    window: Window,
    print: Vec<u8>,
    seen: Vec<u8>,
    tinted: bool,
}

/// What was found over the words of a page.
#[derive(Default)]
pub(super) struct Excess {
    /// The spots of each word that has some, by its number on the page; the largest first.
    pub(super) spots: BTreeMap<usize, Vec<Spot>>,
    /// What nearly all words stay below, in square pixels: no spot on a clean page.
    pub(super) noise: usize,
}

/// The ink over each word that was measured.
pub(super) fn excess(page: &Expected<'_>, measured: &Measured) -> Excess {
    let soft = page.soft(measured.passes);
    let pairs: Vec<Pair> = measured.words.iter().filter_map(|word| Pair::of(word, &soft, measured.depth)).collect();
    let limits =
        [false, true].map(|tinted| limits(&pairs.iter().filter(|pair| pair.tinted == tinted).collect::<Vec<&Pair>>()));
    let [plain, tinted] = &limits;
    let found = |pair: &Pair| (pair.word, pair.spots(if pair.tinted { tinted } else { plain }));
    let spots: BTreeMap<usize, Vec<Spot>> = pairs.iter().map(found).filter(|(_, spots)| !spots.is_empty()).collect();
    let mut largest: Vec<usize> = spots.values().filter_map(|spots| spots.first()).map(|spot| spot.area).collect();
    largest.sort_unstable_by(|a, b| b.cmp(a));
    let noise = largest.get(pairs.len() / 12 + 5).copied().unwrap_or(0);
    Excess { spots, noise }
}

impl Pair {
    fn of(word: &WordMeasure, soft: &Raster, depth: f32) -> Option<Self> {
        let print = word.window.cut(soft)?;
        let darkest = print.pixels().iter().copied().min()?;
        let (paper, white) = (light(word.seen.pixels()), light(print.pixels()));
        let scale = (256.0 / depth.clamp(0.05, 4.0)) as u32;
        let seen =
            word.seen.pixels().iter().map(|grey| (u32::from(paper.saturating_sub(*grey)) * scale / 256).min(255) as u8);
        // Grey letters are black where the scanner knows no grey, and are held as black ones.
        let whole = u32::from(white.saturating_sub(darkest)).max(64);
        let part = |grey: &u8| (u32::from(white.saturating_sub(*grey)) * 255 / whole).min(255) as u8;
        let dark: Vec<u8> = print.pixels().iter().map(part).collect();
        let tinted = 255 - white > TINT;
        Some(Self {
            word: word.word,
            window: word.window,
            print: widened(&dark, print.width()),
            seen: seen.collect(),
            tinted,
        })
    }

    /// The connected parts that are darker than the limits.
    fn spots(&self, limits: &[u8; 256]) -> Vec<Spot> {
        let width = usize::try_from(self.window.width).unwrap_or(1).max(1);
        let limit = |print: &u8| limits.get(usize::from(*print)).copied().unwrap_or(u8::MAX);
        let mut ink: Vec<bool> = self.print.iter().zip(&self.seen).map(|(print, seen)| *seen > limit(print)).collect();
        let mut spots = Vec::new();
        for start in 0..ink.len() {
            if ink.get(start) == Some(&true) {
                spots.push(self.gathered(&mut ink, width, start));
            }
        }
        spots.retain(|spot| spot.area >= SPECK);
        spots.sort_by_key(|spot| std::cmp::Reverse(spot.area));
        spots
    }

    /// Takes out the pixels that hang together with one.
    fn gathered(&self, ink: &mut [bool], width: usize, start: usize) -> Spot {
        let [mut left, mut top, mut right, mut bottom] = [usize::MAX, usize::MAX, 0, 0];
        let (mut area, mut open) = (0, vec![start]);
        while let Some(at) = open.pop() {
            if !ink.get_mut(at).is_some_and(std::mem::take) {
                continue;
            }
            area += 1;
            let (x, y) = (at % width, at / width);
            [left, top, right, bottom] = [left.min(x), top.min(y), right.max(x + 1), bottom.max(y + 1)];
            let columns = x.saturating_sub(1)..(x + 2).min(width);
            let rows = y.saturating_sub(1)..y + 2;
            open.extend(rows.flat_map(|y| columns.clone().map(move |x| y * width + x)));
        }
        let (x, y) = (self.window.left as f32, self.window.top as f32);
        Spot {
            bounds: [x + left as f32, y + top as f32, x + right as f32, y + bottom as f32],
            area,
            tinted: self.tinted,
        }
    }
}

/// What a tenth of the pixels exceeds: the paper.
fn light(grey: &[u8]) -> u8 {
    let mut counts = [0_usize; 256];
    for grey in grey {
        if let Some(count) = counts.get_mut(usize::from(*grey)) {
            *count += 1;
        }
    }
    let mut left = grey.len() / 10;
    let level = counts.iter().rposition(|count| {
        let here = left < *count;
        left = left.saturating_sub(*count);
        here
    });
    level.unwrap_or(255) as u8
}

/// The highest of the nine values around each.
fn widened(values: &[u8], width: usize) -> Vec<u8> {
    let mut across = Vec::with_capacity(values.len());
    for row in values.chunks(width.max(1)) {
        let before = std::iter::once(&0).chain(row);
        let after = row.iter().skip(1).chain(std::iter::once(&0));
        across.extend(row.iter().zip(before).zip(after).map(|((here, before), after)| *here.max(before).max(after)));
    }
    let mut wide = across.clone();
    let rows = |from: usize| across.iter().skip(from * width);
    wide.iter_mut().zip(rows(1)).for_each(|(to, below)| *to = (*to).max(*below));
    wide.iter_mut().skip(width).zip(rows(0)).for_each(|(to, above)| *to = (*to).max(*above));
    wide
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIDE: usize = 40;

    /// A word that is a bar of some darkness on white paper, and what is seen of it: as dark as told, wider by some pixels on each side.
    fn pair(print: u8, seen: u8, wider: usize, spoil: impl Fn(&mut Vec<u8>)) -> Pair {
        let bar = |from: usize, to: usize, dark: u8| -> Vec<u8> {
            (0..SIDE * SIDE).map(|at| if (from..to).contains(&(at % SIDE)) { dark } else { 0 }).collect()
        };
        let mut shown = bar(15 - wider, 21 + wider, seen);
        spoil(&mut shown);
        let window = Window { left: 100, top: 200, width: SIDE as i32, height: SIDE as i32 };
        Pair { word: 0, window, print: widened(&bar(15, 21, print), SIDE), seen: shown, tinted: false }
    }

    fn spots(print: u8, seen: u8, wider: usize, spoil: impl Fn(&mut Vec<u8>)) -> Vec<Spot> {
        let clean: Vec<Pair> = (0..9).map(|_| pair(print, seen, wider, |_| {})).collect();
        let one = pair(print, seen, wider, spoil);
        let all: Vec<&Pair> = clean.iter().chain([&one]).collect();
        one.spots(&limits(&all))
    }

    #[test]
    fn strokes_that_spread_alike_on_the_whole_page_are_no_ink() {
        assert!(spots(255, 240, 0, |_| {}).is_empty());
        assert!(spots(255, 240, 1, |_| {}).is_empty());
    }

    #[test]
    fn a_line_across_a_stroke_shows_on_both_sides_of_it() {
        let found = spots(255, 240, 0, |seen| seen[18 * SIDE..21 * SIDE].fill(200));
        let [left, right] = &found[..] else { panic!("{found:?}") };
        assert_eq!(left.bounds[1..], [218.0, left.bounds[2], 221.0]);
        assert!(left.area + right.area > 80);
    }

    #[test]
    fn specks_are_no_ink() {
        assert!(spots(255, 240, 0, |seen| seen[5 * SIDE + 5] = 250).is_empty());
    }

    #[test]
    fn the_ink_on_a_page_of_one_word_is_not_what_is_usual_there() {
        let one = pair(255, 240, 0, |seen| seen[18 * SIDE..21 * SIDE].fill(200));
        assert!(!one.spots(&limits(&[&one])).is_empty());
    }

    #[test]
    fn the_highest_of_nine_values_spreads_by_one() {
        let mut values = vec![0; 25];
        values[12] = 7;
        let wide = widened(&values, 5);
        assert_eq!(wide.iter().filter(|value| **value == 7).count(), 9);
        assert!([6, 7, 8, 11, 13, 16, 17, 18].iter().all(|at| wide[*at] == 7));
    }
}
