//! What is on a side that bears no code of ours: nothing, a separator sheet, or something that a person reads.
//!
//! A mark is a connected part that is darker than the paper around it. What scanners and offices leave on an empty back is known by its
//! shape and its place: a border, a streak or a fold, the holes of a punch, a staple, specks. Whatever else is there may be a word, and
//! then the side is not blank. A separator sheet has a row of parallel bars, as machines read them, and beside them nothing that is as
//! small as writing: what might be a remark makes it something else. In doubt, a person reads.

use std::ops::Range;

use super::{
    ground::{Ground, ground},
    raster::Raster,
    runs::{Runs, Shape},
    streaks::{Streak, streaks},
    warp::reduced,
};

/// A side is looked at with about so many pixels from left to right, or twice as many.
const ACROSS: usize = 1050;
/// What the shorter side of a sheet is taken for, in millimetres.
const SHEET: f32 = 210.0;
/// A picture of less pixels a millimetre (70 dpi) does not show a remark.
const COARSEST: f32 = 2.8;
/// Marks of a side; one with more is noise, under which anything can be.
const MOST: usize = 20_000;

/// Shorter than this, in millimetres, is a speck.
const SPECK: f32 = 0.7;
/// A few parts that are all shorter than this are no writing.
const DUST: f32 = 1.2;
/// A mark by itself from which it may be writing, in millimetres; and two of them close together.
const ALONE: f32 = 3.0;
const PAIRED: f32 = 2.0;
/// How close to each other the letters of a word stand, at most, in millimetres; and how many broken parts of some make a word.
const WORD: f32 = 15.0;
const BROKEN: usize = 6;
/// What a scanner sees of the edge of a sheet lies no farther from the edge of the picture, in millimetres.
const RIM: f32 = 3.0;

/// How thick a line is that no pen drew, in millimetres; and how much of a letter that was set lies inside such lines.
const THICK: f32 = 0.65;
const CORE: f32 = 0.03;
/// How tall a letter is that was set to be seen, in millimetres; and how many a separator sheet has at most.
const TALL: f32 = 4.5;
const LETTERS: usize = 40;
/// The fewest bars that are a pattern, and how long they are at least, in millimetres.
const BARS: usize = 4;
const BAR: f32 = 12.0;

/// A part that is darker than the paper around it; lengths in millimetres.
#[derive(Debug)]
struct Mark {
    /// Left, top, right and bottom.
    bounds: [f32; 4],
    middle: [f32; 2],
    long: f32,
    broad: f32,
    /// How much of the rectangle that is as long and as broad it fills.
    full: f32,
    /// The share of it that is farther from its edges than a pen's line is thick.
    core: f32,
    angle: f32,
}

/// The marks on a side.
#[derive(Debug)]
pub struct Marks {
    /// From left to right and from top to bottom, in millimetres.
    size: [f32; 2],
    /// Those that are no specks.
    marks: Vec<Mark>,
}

impl Marks {
    /// The marks on a side; none when it does not show what is on it: it is too coarse, too dark or too noisy.
    #[must_use]
    pub fn of(side: &Raster) -> Option<Self> {
        let small = reduced(side, (side.width().min(side.height()) / ACROSS).max(1))?;
        let scale = small.width().min(small.height()) as f32 / SHEET;
        if scale < COARSEST {
            return None;
        }
        let ground = ground(&small, scale)?;
        let core = core(&ground, small.height(), (THICK * scale).round() as usize);
        let mut runs = Runs::default();
        for y in 0..small.height() {
            ground.dark(y).for_each(|run| runs.push(run, y));
            runs.end_row();
        }
        let add = |(shape, inner): &mut (Shape, usize), run: &Range<usize>, y: usize| {
            shape.add(run, y);
            let row = core.get(y * small.width()..).and_then(|row| row.get(run.clone())).unwrap_or_default();
            *inner += row.iter().filter(|inner| **inner).count();
        };
        let parts: Vec<(Shape, usize)> = runs.gather(MOST, add)?;
        let marks = parts.iter().map(|(shape, inner)| Mark::of(shape, *inner, scale));
        Some(Self {
            size: [small.width() as f32 / scale, small.height() as f32 / scale],
            marks: marks.filter(|mark| mark.extent() >= SPECK).collect(),
        })
    }

    /// Whether nobody wrote, stamped or printed anything on the side.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        let left = self.left();
        let is_word = |mark: &&Mark| {
            let mut near = left.iter().filter(|other| other.extent() >= PAIRED && mark.apart(other) <= WORD);
            mark.extent() >= ALONE || mark.extent() >= PAIRED && near.nth(1).is_some()
        };
        !left.iter().any(is_word) && !has_broken_word(&left)
    }

    /// Whether the side is a sheet that was laid between others to tell them apart.
    #[must_use]
    pub fn is_separator(&self) -> bool {
        let left = self.left();
        let bars: Vec<&Mark> = left.iter().copied().filter(|mark| mark.is_bar()).collect();
        let row = |bar: &&Mark| bars.iter().filter(|other| bar.is_beside(other)).count();
        let Some(first) = bars.iter().copied().max_by_key(row).filter(|bar| row(bar) >= BARS) else { return false };
        let (dust, others): (Vec<&Mark>, Vec<&Mark>) = left
            .into_iter()
            .filter(|mark| !(mark.is_bar() && first.is_beside(mark)))
            .partition(|mark| mark.extent() <= DUST);
        let (letters, rest): (Vec<&Mark>, Vec<&Mark>) =
            others.into_iter().partition(|mark| mark.extent() >= TALL && mark.core >= CORE);
        let least = letters.iter().map(|letter| letter.extent()).fold(f32::MAX, f32::min);
        let is_accent =
            |mark: &&Mark| mark.extent() <= 0.5 * least && letters.iter().any(|letter| mark.is_accent_of(letter));
        letters.len() <= LETTERS && rest.iter().all(is_accent) && !has_broken_word(&dust)
    }

    /// What is neither a trace of the scanner nor one of the office.
    fn left(&self) -> Vec<&Mark> {
        let [width, height] = self.size;
        let tenths: Vec<[f32; 4]> = self.marks.iter().map(Mark::tenths).collect();
        let streaks = streaks(&tenths, (width * 10.0, height * 10.0));
        let is_trace = |mark: &Mark| {
            self.is_rim(mark) || self.is_hole(mark) || self.is_staple(mark) || self.is_line(mark, &streaks)
        };
        self.marks.iter().filter(|mark| !is_trace(mark)).collect()
    }

    /// How far a mark reaches from the nearest edge of the picture.
    fn depth(&self, mark: &Mark) -> f32 {
        let ([width, height], [left, top, right, bottom]) = (self.size, mark.bounds);
        right.min(bottom).min(width - left).min(height - top)
    }

    fn is_rim(&self, mark: &Mark) -> bool {
        self.depth(mark) <= RIM
    }

    /// A hole of a punch: a disc, or the shadow of one that stands alone and has a twin 80 mm away along the edge.
    fn is_hole(&self, mark: &Mark) -> bool {
        let is_disc = (3.5..9.0).contains(&mark.long) && mark.broad > 0.7 * mark.long && mark.full > 0.85;
        let is_twin = |other: &Mark| {
            let [dx, dy] = [0, 1].map(|axis: usize| {
                let [a, b] = [mark, other].map(|mark| mark.middle.get(axis).copied().unwrap_or_default());
                (a - b).abs()
            });
            let alike = (mark.extent() / other.extent() - 1.0).abs() < 0.3;
            alike && dx.min(dy) < 4.0 && (dx.max(dy) - 80.0).abs() < 3.0
        };
        let is_alone = || self.marks.iter().filter(|other| mark.apart(other) < 10.0).count() == 1;
        let depth = self.depth(mark);
        is_disc && depth < 40.0 || depth < 25.0 && mark.extent() < 10.0 && is_alone() && self.marks.iter().any(is_twin)
    }

    /// A staple or its shadow: straight and short, in a corner, with nothing near that goes in another direction.
    fn is_staple(&self, mark: &Mark) -> bool {
        let ([width, height], [left, top, right, bottom]) = (self.size, mark.bounds);
        let is_in_corner = right.min(width - left) < 30.0 && bottom.min(height - top) < 30.0;
        let is_along = |other: &Mark| other.is_straight() && mark.turned(other) < 0.2;
        let mut near = self.marks.iter().filter(|other| other.extent() >= PAIRED && mark.apart(other) < 12.0);
        is_in_corner && mark.is_straight() && mark.long < 17.0 && near.all(is_along)
    }

    /// A streak of the scanner, or a fold: straight, and across the sheet.
    fn is_line(&self, mark: &Mark, streaks: &[Streak]) -> bool {
        let [width, height] = self.size;
        let is_across = mark.is_straight() && mark.long > 0.6 * width.min(height);
        is_across || mark.broad <= 1.5 && streaks.iter().any(|streak| streak.crosses(mark.tenths(), 10.0))
    }
}

/// Whether so many marks stand so close together that they may be a word of which parts only came through.
fn has_broken_word(marks: &[&Mark]) -> bool {
    marks.iter().any(|mark| marks.iter().filter(|other| mark.apart(other) <= WORD).count() >= BROKEN)
}

impl Mark {
    fn of(shape: &Shape, core: usize, scale: f32) -> Self {
        // A rectangle's sides are so many of its standard deviations; a pixel is one of its own.
        let [long, broad] = shape.axes().map(|axis| (12.0 * axis * axis + 1.0).sqrt());
        let pixels = shape.pixels() as f32;
        Self {
            bounds: shape.bounds.map(|side| side as f32 / scale),
            middle: shape.middle().map(|side| side / scale),
            long: long / scale,
            broad: broad / scale,
            full: pixels / (long * broad),
            core: core as f32 / pixels,
            angle: shape.angle(),
        }
    }

    /// The longer side of the rectangle around it.
    const fn extent(&self) -> f32 {
        let [left, top, right, bottom] = self.bounds;
        (right - left).max(bottom - top)
    }

    fn tenths(&self) -> [f32; 4] {
        self.bounds.map(|side| side * 10.0)
    }

    /// How much paper is between two marks.
    fn apart(&self, other: &Self) -> f32 {
        let ([l, t, r, b], [left, top, right, bottom]) = (self.bounds, other.bounds);
        let (across, down) = ((left - r).max(l - right).max(0.0), (top - b).max(t - bottom).max(0.0));
        across.hypot(down)
    }

    fn is_straight(&self) -> bool {
        self.broad <= 1.6 && self.full > 0.6 && self.long > 4.0 * self.broad
    }

    /// Whether it is the dot or the accent of a letter: compact, above or below it, whichever way the sheet lies.
    fn is_accent_of(&self, letter: &Self) -> bool {
        let ([left, top, right, bottom], [x, y]) = (letter.bounds, self.middle);
        let is_in_line = (left..right).contains(&x) || (top..bottom).contains(&y);
        is_in_line && self.apart(letter) <= 0.4 * letter.extent() && self.full > 0.7
    }

    fn is_bar(&self) -> bool {
        self.full > 0.85 && self.long >= BAR && self.long >= 1.5 * self.broad
    }

    /// The angle between the directions of two marks, in radians.
    fn turned(&self, other: &Self) -> f32 {
        let turned = (self.angle - other.angle).rem_euclid(std::f32::consts::PI);
        turned.min(std::f32::consts::PI - turned)
    }

    /// Whether another bar is as long, lies in the same direction, and beside it.
    fn is_beside(&self, other: &Self) -> bool {
        let (sin, cos) = self.angle.sin_cos();
        let [dx, dy] = [other.middle[0] - self.middle[0], other.middle[1] - self.middle[1]];
        let shifted = (dx * cos + dy * sin).abs();
        self.turned(other) < 0.05 && (self.long / other.long - 1.0).abs() < 0.2 && shifted < 0.2 * self.long
    }
}

/// Where all around is dark, as far as half a pen's line is thick.
fn core(ground: &Ground, height: usize, side: usize) -> Vec<bool> {
    let width = ground.width();
    let half = side / 2;
    let mut core = vec![false; width * height];
    let mut deep = vec![0_usize; width];
    for y in 0..height {
        let mut last = 0;
        for run in ground.dark(y) {
            let inner = (run.start + half).min(run.end)..run.end.saturating_sub(half).max(run.start);
            deep.iter_mut().take(inner.start).skip(last).for_each(|deep| *deep = 0);
            last = inner.end.max(last);
            for x in inner {
                let Some(deep) = deep.get_mut(x) else { continue };
                *deep += 1;
                let at = (*deep >= side).then(|| core.get_mut((y + half + 1).saturating_sub(side) * width + x));
                if let Some(core) = at.flatten() {
                    *core = true;
                }
            }
        }
        deep.iter_mut().skip(last).for_each(|deep| *deep = 0);
    }
    core
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A white sheet at 150 dpi with rectangles of a grey: left, top, width and height in millimetres.
    fn sheet(parts: &[[f32; 4]], grey: u8) -> Marks {
        let mut raster = Raster::white(1240, 1754).unwrap();
        for [x, y, width, height] in parts.iter().map(|part| part.map(|length| (length * 1240.0 / 210.0) as usize)) {
            for y in y..(y + height).min(1754) {
                raster.pixels_mut()[y * 1240 + x..][..width.min(1240 - x)].fill(grey);
            }
        }
        Marks::of(&raster).unwrap()
    }

    fn bars(height: f32) -> Vec<[f32; 4]> {
        [40.0, 52.0, 60.0, 75.0, 90.0]
            .into_iter()
            .zip([4.0, 2.0, 6.0, 3.0, 4.0])
            .map(|(x, w)| [x, 120.0, w, height])
            .collect()
    }

    #[test]
    fn a_border_holes_a_staple_a_streak_specks_and_what_shows_through_leave_a_side_blank() {
        assert!(sheet(&[], 0).is_blank());
        assert!(sheet(&[[0.0, 0.0, 9.0, 297.0], [0.0, 290.0, 210.0, 7.0]], 0).is_blank(), "a border");
        assert!(sheet(&[[10.0, 100.0, 5.0, 5.0], [10.0, 180.0, 5.0, 5.0]], 0).is_blank(), "holes");
        assert!(sheet(&[[8.0, 9.0, 11.0, 0.6]], 90).is_blank(), "a staple");
        assert!(sheet(&[[70.0, 0.0, 0.4, 297.0]], 90).is_blank(), "a streak");
        assert!(sheet(&[[70.0, 40.0, 0.4, 0.5], [90.0, 50.0, 0.6, 0.3]], 0).is_blank(), "specks");
        let lines: Vec<[f32; 4]> = (0..40_u8).map(|row| [20.0, 40.0 + 5.0 * f32::from(row), 170.0, 2.0]).collect();
        assert!(sheet(&lines, 225).is_blank(), "shows through");
    }

    #[test]
    fn two_small_letters_are_not_blank() {
        let letters = [[100.0, 150.0, 0.5, 2.5], [103.0, 150.0, 0.5, 2.2], [103.0, 151.8, 1.5, 0.4]];
        assert!(!sheet(&letters, 60).is_blank());
        assert!(!sheet(&letters, 190).is_blank(), "in pencil");
    }

    #[test]
    fn a_row_of_bars_is_a_separator_and_with_a_line_of_writing_it_is_not() {
        assert!(sheet(&bars(50.0), 0).is_separator());
        assert!(!sheet(&bars(8.0), 0).is_separator(), "the label of a registered letter");
        assert!(!sheet(&[[20.0, 20.0, 60.0, 40.0]], 0).is_separator(), "a dark field");
        let noted = [bars(50.0), vec![[60.0, 200.0, 0.5, 3.0], [63.0, 200.0, 2.0, 0.5]]].concat();
        assert!(!sheet(&noted, 0).is_separator() && !sheet(&noted, 0).is_blank());
        let large =
            [bars(50.0), vec![[60.0, 200.0, 2.0, 9.0], [66.0, 200.0, 6.0, 2.0], [66.0, 200.0, 2.0, 9.0]]].concat();
        assert!(sheet(&large, 0).is_separator());
        let broken: Vec<[f32; 4]> = (0..8_u8).map(|part| [60.0 + 1.8 * f32::from(part), 200.0, 0.9, 0.4]).collect();
        assert!(!sheet(&[bars(50.0), broken].concat(), 0).is_separator(), "a word in pencil, of which little is left");
    }

    #[test]
    fn what_does_not_show_what_is_on_it_is_nothing_of_the_kind() {
        assert!(Marks::of(&Raster::white(400, 560).unwrap()).is_none(), "too coarse");
        assert!(Marks::of(&Raster::new(1240, 1754, vec![40; 1240 * 1754]).unwrap()).is_none(), "too dark");
        assert!(Marks::of(&Raster::white(1, 1).unwrap()).is_none());
    }
}
