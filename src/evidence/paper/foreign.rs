//! Ink that was not printed, outside the boxes: letters that were added, and what people write and stamp.
//!
//! What scanners and offices leave on a sheet is none of it: streaks, folds, staples, holes, specks.

use super::{
    blots::{Blot, HALF, Near, blots, shadow},
    expected::{Expected, Word, around, overlap},
    facts::DifferenceKind,
    raster::Raster,
    streaks::{Streak, streaks},
};

/// Parts that are no more than this apart, in pixels, are one thing.
const APART: f32 = 12.0;
/// Less ink than this is a speck: square pixels (a hundredth of a square millimetre each).
const SPECK: f32 = 25.0;
/// Ink close to letters from which it lies over them; pixels of a fifth of a millimetre.
const OVER: usize = 8;
/// How far beside a figure, in pixels, ink may be one more figure of it; how high and how wide it is at most, in sizes of the letter.
const BESIDE: f32 = 14.0;
const LARGEST: f32 = 3.0;
/// Less ink beside a figure is a speck: square pixels, and pixels of its longer side.
const FEW_BESIDE: [f32; 2] = [35.0, 12.0];
/// Most things of a page; a page with more is noise.
const MOST: usize = 3000;

/// Something on the page that was not printed.
#[derive(Debug, Clone)]
pub(super) struct Thing {
    pub(super) kind: DifferenceKind,
    pub(super) bounds: [f32; 4],
    /// Of them, in square pixels.
    pub(super) ink: f32,
    /// The words that it touches.
    pub(super) words: Vec<usize>,
}

/// What was found on a page.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) things: Vec<Thing>,
    pub(super) streaks: Vec<Streak>,
}

/// Finds what was not printed; none when there is so much of it that it is noise. `ignored` are the parts of the page that others look at; `body` says which words are compared.
pub(super) fn foreign(
    scan: &Raster,
    page: &Expected<'_>,
    (passes, depth): (usize, f32),
    ignored: &[[f32; 4]],
    body: impl Fn(&Word) -> bool,
) -> Option<Found> {
    let mut near = Near::new(page.window());
    let words: Vec<(usize, &Word)> = page.words.iter().enumerate().filter(|(_, word)| body(word)).collect();
    words.iter().for_each(|(_, word)| near.add(word.bounds, 5.0));
    let shadow = shadow(&page.soft(passes))?;
    let blots = blots(scan, &shadow, depth, &near)?;
    let blots: Vec<Blot> =
        blots.into_iter().filter(|blot| !is_ignored(blot, ignored) && !is_edge(blot, page)).collect();
    let bounds: Vec<[f32; 4]> = blots.iter().map(|blot| blot.bounds).collect();
    let streaks = streaks(&bounds, (page.window().width as f32, page.window().height as f32));
    let blots: Vec<Blot> = blots
        .into_iter()
        .filter(|blot| !streaks.iter().any(|streak| blot.axes[1] < 4.0 && streak.crosses(blot.bounds, 3.0)))
        .filter(|blot| (blot.pixels * HALF * HALF) as f32 >= 8.0)
        .collect();
    if blots.len() > MOST {
        return None;
    }
    let things = grouped(&blots).into_iter().filter_map(|group| thing(&group, page, &words)).collect();
    Some(Found { things, streaks })
}

/// Whether most of a part lies where others look.
fn is_ignored(blot: &Blot, ignored: &[[f32; 4]]) -> bool {
    let [left, top, right, bottom] = blot.bounds;
    let (x, y) = ((left + right) / 2.0, (top + bottom) / 2.0);
    ignored.iter().any(|area| overlap(*area, [x, y, x + 0.1, y + 0.1]))
}

/// Whether it is what a scanner sees beside the sheet.
fn is_edge(blot: &Blot, page: &Expected<'_>) -> bool {
    const EDGE: f32 = 25.0;
    let window = page.window();
    let [left, top, right, bottom] = blot.bounds;
    left < EDGE || top < EDGE || right > window.width as f32 - EDGE || bottom > window.height as f32 - EDGE
}

/// Parts that are close to each other.
fn grouped(blots: &[Blot]) -> Vec<Vec<&Blot>> {
    let mut order: Vec<&Blot> = blots.iter().collect();
    order.sort_by(|a, b| a.bounds[1].total_cmp(&b.bounds[1]));
    let mut group: Vec<usize> = (0..order.len()).collect();
    for (at, one) in order.iter().enumerate() {
        let reach = [one.bounds[0] - APART, one.bounds[1], one.bounds[2] + APART, one.bounds[3] + APART];
        for (other_at, other) in order.iter().enumerate().skip(at + 1) {
            if other.bounds[1] > reach[3] {
                break;
            }
            if overlap(reach, other.bounds) {
                let (a, b) = (group.get(at).copied().unwrap_or(at), group.get(other_at).copied().unwrap_or(at));
                if a != b {
                    group.iter_mut().filter(|number| **number == b).for_each(|number| *number = a);
                }
            }
        }
    }
    let mut numbers = group.clone();
    numbers.sort_unstable();
    numbers.dedup();
    let members = |number: usize| order.iter().zip(&group).filter(move |(_, of)| **of == number).map(|(one, _)| *one);
    numbers.into_iter().map(|number| members(number).collect()).collect()
}

fn thing(group: &[&Blot], page: &Expected<'_>, words: &[(usize, &Word)]) -> Option<Thing> {
    let bounds = group.iter().map(|blot| blot.bounds).reduce(around)?;
    let pixels: usize = group.iter().map(|blot| blot.pixels).sum();
    let ink = (pixels * HALF * HALF) as f32;
    let near: usize = group.iter().map(|blot| blot.near).sum();
    let longest = (bounds[2] - bounds[0]).max(bounds[3] - bounds[1]);
    if ink < SPECK || longest < 8.0 {
        return None;
    }
    let whole = is_set(bounds, page, words);
    let set: f32 =
        group.iter().filter(|blot| whole || is_set(blot.bounds, page, words)).map(|blot| blot.pixels as f32).sum();
    let touched = |room: f32| -> Vec<usize> {
        let [l, t, r, b] = bounds;
        let reach = [l - room, t - room, r + room, b + room];
        words.iter().filter(|(_, word)| overlap(word.bounds, reach)).map(|(number, _)| *number).collect()
    };
    if set > 0.7 * pixels as f32 {
        return Some(Thing { kind: DifferenceKind::Added, bounds, ink, words: Vec::new() });
    }
    if near >= OVER {
        let over = group.iter().filter(|blot| blot.near > 0).map(|blot| blot.bounds).reduce(around)?;
        let mut below = touched(4.0);
        below.extend(figure_beside(bounds, page, words).filter(|figure| !touched(4.0).contains(figure)));
        return Some(Thing { kind: DifferenceKind::Covered, bounds: over, ink, words: below });
    }
    let [least, short] = FEW_BESIDE;
    if ink >= least
        && longest >= short
        && let Some(figure) = figure_beside(bounds, page, words)
    {
        return Some(Thing { kind: DifferenceKind::Covered, bounds, ink, words: vec![figure] });
    }
    let straight = group.iter().all(|blot| blot.axes[1] < 3.0 && blot.axes[0] > 6.0 * blot.axes[1]);
    let solid = group.iter().any(|blot| {
        let full = (blot.pixels * HALF * HALF) as f32 / (blot.width() * blot.height()).max(1.0);
        full > 0.7 && blot.width().min(blot.height()) > 30.0
    });
    let few = ink < 60.0 || longest < 20.0;
    (!straight && !solid && !few).then_some(Thing { kind: DifferenceKind::Ink, bounds, ink, words: Vec::new() })
}

/// The figure beside which something was written, on its line and hardly larger: it may be one more digit.
fn figure_beside([left, top, right, bottom]: [f32; 4], page: &Expected<'_>, words: &[(usize, &Word)]) -> Option<usize> {
    let beside = |(_, word): &&(usize, &Word)| {
        let [l, t, r, b] = word.bounds;
        if left - r > BESIDE || l - right > BESIDE || bottom < t || top > b {
            return false;
        }
        let letters = page.letters_of(word);
        let Some(size) = letters.iter().find(|letter| letter.digit().is_some()).map(|letter| letter.size) else {
            return false;
        };
        let common = bottom.min(b) - top.max(t);
        let small = bottom - top < LARGEST * size && right - left < LARGEST * size;
        small && common > 0.5 * (b - t).min(bottom - top)
    };
    words.iter().find(beside).map(|(number, _)| *number)
}

/// Whether a part looks like a letter that was set in a line: it stands on the line, is as high as its letters, and close to one.
fn is_set([left, top, right, bottom]: [f32; 4], page: &Expected<'_>, words: &[(usize, &Word)]) -> bool {
    words.iter().any(|(_, word)| {
        let [l, t, r, b] = word.bounds;
        if b < top - 20.0 || t > bottom + 20.0 || left - r > 90.0 || l - right > 90.0 {
            return false;
        }
        let Some(letter) = page.letters_of(word).first() else { return false };
        let [.., base] = letter.place.as_coeffs();
        let (base, size) = (base as f32, letter.size);
        let high = bottom - top;
        (bottom - base).abs() < 0.12 * size + 1.0
            && (0.4 * size..0.95 * size).contains(&high)
            && right - left < 1.2 * size
            && (left - r < 3.0 * size && l - right < 3.0 * size)
    })
}
