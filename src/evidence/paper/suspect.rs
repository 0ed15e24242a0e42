//! What the numbers of a letter mean: it is as it was printed, another, gone, or covered.
//!
//! A limit is a part of what is usual on the page: the page's own letters say how like the print a letter is after this printer and
//! this scanner.

use super::{
    excess::{Excess, Spot},
    expected::{Expected, overlap},
    facts::DifferenceKind,
    letters::Letter,
    likeness::Window,
    measure::{Measure, Measured, Usual, WordMeasure},
    raster::Raster,
    wear::Wear,
};

/// A digit must fit better than the nine others by this much.
const MARGIN: f32 = 0.03;
/// A digit that fits so much worse than another is that other.
const REPLACED: f32 = -0.05;
/// A figure that is less like the print than this part of what is usual is no longer what was printed.
const FIGURE: f32 = 0.72;
/// The same of a letter of a text.
const LETTER: f32 = 0.6;
/// The same of several letters of a word.
const LETTERS: f32 = 0.72;
/// A letter that is lighter than this part of the page's ink is gone.
const GONE: f32 = 0.35;

/// Ink of a letter that is too much, as a part of what was printed, is none below this.
const CLEAN: f32 = 0.1;

/// Digits that are less like the print than this part of what is usual may lie under something, which adds so much ink to theirs.
const STRUCK: f32 = 0.87;
const ACROSS: f32 = 0.25;
/// A letter that differs from what is usual by this many times what half of the letters differ is still as printed.
const SPREADS: f32 = 5.0;
/// What half of the letters differ on an even page.
const EVEN: f32 = 0.02;

/// Ink between the strokes of figures that is no speck, in square pixels, in one place and in several; and over any word.
const ON_FIGURE: [usize; 2] = [10, 14];
const ON_WORD: usize = 45;
/// What of a word's ink is smaller does not count; on a tint, all must be so many times as large.
const CRUMB: usize = 5;
const ON_TINT: usize = 3;
/// How close to a figure ink is ink on it, in pixels.
const CLOSE: f32 = 3.0;

/// What is the matter with a word.
#[derive(Debug, Clone)]
pub(super) struct Suspicion {
    /// The word, by its number on the page.
    pub(super) word: usize,
    pub(super) kind: DifferenceKind,
    /// The letters, by their numbers on the page, each with what is read in its place: a digit, nothing, or something unknown.
    pub(super) letters: Vec<(usize, Reading)>,
    /// How far beyond its limit, from 0 to 1.
    pub(super) strength: f32,
}

/// What stands in the place of a letter.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Reading {
    Digit(usize),
    Nothing,
    Unknown,
}

/// Ink of a letter that is missing and that is too much, as parts of what was printed.
#[derive(Debug, Clone, Copy)]
struct Balance {
    missing: f32,
    extra: f32,
}

/// What is suspect on a page.
pub(super) fn suspicions(page: &Expected<'_>, measured: &Measured, excess: &Excess) -> Vec<Suspicion> {
    let soft = page.soft(measured.passes);
    let tail = tail(measured);
    let scene = Scene { page, measured, soft: &soft, tail, marks_are_shown: marks_are_shown(page, measured) };
    let suspicion = |word: &WordMeasure| scene.suspicion(word).or_else(|| scene.covered(word, excess));
    measured.words.iter().filter_map(suspicion).collect()
}

struct Scene<'a> {
    page: &'a Expected<'a>,
    measured: &'a Measured,
    soft: &'a Raster,
    /// How little like the print, of what is usual, single letters of the page are.
    tail: f32,
    /// Whether commas and full stops of the page can be seen.
    marks_are_shown: bool,
}

/// How like the print, of what is usual, one letter of a hundred is, where the letters beside it are as they were: a scanner that drops
/// letters drops more than one.
fn tail(measured: &Measured) -> f32 {
    let low = |letter: &&Measure| letter.like < letter.usual.limit(LETTERS);
    let alone = measured.words.iter().filter(|word| word.letters.iter().filter(low).count() < 2);
    let letters = alone.flat_map(|word| &word.letters);
    let mut likes: Vec<f32> = letters.map(|letter| letter.like / letter.usual.like.max(0.1)).collect();
    likes.sort_unstable_by(f32::total_cmp);
    likes.get(likes.len() / 150).copied().unwrap_or(1.0)
}

/// Whether nine of ten commas, full stops and the like are as dark as what is not gone.
fn marks_are_shown(page: &Expected<'_>, measured: &Measured) -> bool {
    let letters = measured.words.iter().flat_map(|word| &word.letters);
    let marks = letters.filter(|letter| page.is_mark(letter.letter));
    let mut depths: Vec<f32> = marks.map(|letter| letter.depth).collect();
    depths.sort_unstable_by(f32::total_cmp);
    depths.get(depths.len() / 12).is_none_or(|tenth| *tenth > GONE + 0.15)
}

impl Scene<'_> {
    fn suspicion(&self, word: &WordMeasure) -> Option<Suspicion> {
        let printed = self.page.words.get(word.word)?;
        let letters = self.page.letters_of(printed);
        let is_figure = letters.iter().any(|letter| letter.digit().is_some());
        let low = word.letters.iter().filter(|letter| letter.like < letter.usual.limit(LETTERS)).count();
        let several = low >= 2.max(word.letters.len() / 4);
        let part = if is_figure {
            FIGURE
        } else if several {
            LETTERS
        } else {
            LETTER
        };
        let tail = if is_figure || several { 1.0 } else { self.tail };
        let counts = |letter: &&Measure| !self.page.is_mark(letter.letter) || self.page.is_of_figure(letter.letter);
        let bad = word.letters.iter().filter(counts).filter(|letter| is_bad(letter, part.min(tail)));
        let bad: Vec<&Measure> = bad.collect();
        if is_figure && bad.is_empty() {
            return self.struck(word, letters);
        }
        let strength = bad.iter().map(|letter| beyond(letter, part)).fold(0.0, f32::max);
        let verdicts: Vec<(DifferenceKind, Reading)> = bad.iter().map(|letter| self.verdict(word, letter)).collect();
        let kind = together(verdicts.iter().map(|(kind, _)| *kind))?;
        let worn = self.is_worn(word, bad.iter().zip(&verdicts).map(|(letter, (_, reading))| (*letter, *reading)));
        // A word of a text reads on without a letter here and there; a figure does not, nor does « inapplicable » without two.
        let side_by_side = bad.windows(2).any(|pair| matches!(pair, [one, next] if next.letter == one.letter + 1));
        if worn && !is_figure && !side_by_side && bad.len() * 2 < word.letters.len() {
            return None;
        }
        let read = |reading| if worn { Reading::Unknown } else { reading };
        let letters = bad.iter().zip(&verdicts).map(|(letter, (_, reading))| (letter.letter, read(*reading))).collect();
        let kind = if worn { DifferenceKind::Unclear } else { kind };
        Some(Suspicion { word: word.word, kind, letters, strength })
    }

    /// Whether letters have lost ink and got none, as others around have; or are marks on a scan that does not show all of those.
    fn is_worn<'b>(&self, word: &WordMeasure, mut bad: impl Iterator<Item = (&'b Measure, Reading)>) -> bool {
        let wear = Wear::around(word, self.page, self.measured);
        bad.all(|(letter, reading)| {
            let is_hidden = !self.marks_are_shown && self.page.is_mark(letter.letter);
            let Balance { extra, .. } = self.balance(word, letter);
            extra < CLEAN && (is_hidden || wear.explains(letter, matches!(reading, Reading::Digit(_))))
        })
    }

    /// Whether something lies across the digits of a word that are those that were printed.
    fn struck(&self, word: &WordMeasure, printed: &[Letter]) -> Option<Suspicion> {
        let digits = printed.iter().filter(|letter| letter.digit().is_some()).count();
        let unlike = |letter: &&Measure| {
            let Usual { like, spread, .. } = letter.usual;
            letter.fits.is_some() && letter.like < (STRUCK * like).min(like - (SPREADS + 1.0) * spread)
        };
        let covered = |letter: &&Measure| {
            let Balance { missing, extra } = self.balance(word, letter);
            extra > ACROSS && extra > 1.5 * missing
        };
        let letters: Vec<&Measure> = word.letters.iter().filter(unlike).filter(covered).collect();
        let enough = letters.len() >= 2.min(digits) && letters.len() * 2 >= digits;
        let strength = letters.iter().map(|letter| 1.0 - letter.like / letter.usual.like).fold(0.0, f32::max);
        let letters = letters.iter().map(|letter| (letter.letter, Reading::Unknown)).collect();
        enough.then_some(Suspicion { word: word.word, kind: DifferenceKind::Covered, letters, strength })
    }

    /// Whether there is ink between the strokes of a word that are as they were printed.
    fn covered(&self, word: &WordMeasure, excess: &Excess) -> Option<Suspicion> {
        let spots = excess.spots.get(&word.word)?;
        let printed = self.page.words.get(word.word)?;
        let letters = || printed.letters.clone().zip(self.page.letters_of(printed));
        let on = |spot: &Spot, letter: &Letter| {
            let [left, top, right, bottom] = letter.bounds;
            overlap(spot.bounds, [left - CLOSE, top - CLOSE, right + CLOSE, bottom + CLOSE])
        };
        let is_figure = |letter: &Letter| letter.digit().is_some();
        let on_figure = spots.iter().filter(|spot| letters().any(|(_, letter)| is_figure(letter) && on(spot, letter)));
        let (largest, sum) = on_figure.fold((0, 0), |(most, sum), spot| (spot.area.max(most), sum + spot.area));
        let all: usize = spots.iter().map(|spot| spot.area).filter(|area| *area > CRUMB).sum();
        let times = if spots.iter().any(|spot| spot.tinted) { ON_TINT } else { 1 };
        let limit = |area: usize, noises: usize| times * area.max(noises * excess.noise);
        let [one, several] = ON_FIGURE;
        let enough = largest >= limit(one, 2) || sum >= limit(several, 4) || all >= limit(ON_WORD, 8);
        let below = |letter: &Letter| spots.iter().any(|spot| on(spot, letter));
        let letters = letters().filter(|(_, letter)| below(letter)).map(|(number, _)| (number, Reading::Unknown));
        let letters: Vec<(usize, Reading)> = letters.collect();
        let strength = (all as f32 / 200.0).clamp(0.1, 1.0);
        let suspicion = Suspicion { word: word.word, kind: DifferenceKind::Covered, letters, strength };
        (enough && !suspicion.letters.is_empty()).then_some(suspicion)
    }

    fn verdict(&self, word: &WordMeasure, letter: &Measure) -> (DifferenceKind, Reading) {
        let balance = self.balance(word, letter);
        let other = letter.fits.filter(|fits| fits.margin() < REPLACED && fits.other.1 > 0.8 * letter.usual.like);
        match (other, balance) {
            (Some(fits), _) => (DifferenceKind::Altered, Reading::Digit(fits.other.0)),
            (None, Balance { missing, extra }) if missing > 0.6 && extra < 0.25 => {
                (DifferenceKind::Missing, Reading::Nothing)
            }
            (None, Balance { missing, extra }) if missing < 0.3 && extra > missing => {
                (DifferenceKind::Covered, Reading::Unknown)
            }
            _ => (DifferenceKind::Altered, Reading::Unknown),
        }
    }

    fn balance(&self, word: &WordMeasure, letter: &Measure) -> Balance {
        let none = Balance { missing: 0.0, extra: 0.0 };
        let Some(printed) = self.page.letters.get(letter.letter) else { return none };
        let Some(window) = Window::around(printed.bounds, 1.5).within(word.window) else { return none };
        let inside = window.moved(-word.window.left, -word.window.top);
        let (Some(model), Some(seen)) = (window.rows(self.soft), inside.rows(&word.seen)) else { return none };
        let paper_of = |picture: Option<&[u8]>| picture.and_then(brightest).unwrap_or(255.0);
        let paper = paper_of(Some(word.seen.pixels()));
        let whole = word.window.cut(self.soft);
        let white = paper_of(whole.as_ref().map(Raster::pixels));
        let (mut ink, mut missing, mut extra) = (1.0, 0.0, 0.0);
        for (model, seen) in model.flatten().zip(seen.flatten()) {
            let model = (white - f32::from(*model)).max(0.0);
            let seen = ((paper - f32::from(*seen)) / self.measured.depth).max(0.0);
            ink += model;
            missing += (model - seen).max(0.0);
            extra += (seen - model).max(0.0);
        }
        Balance { missing: missing / ink, extra: extra / ink }
    }
}

/// What a tenth of the pixels exceeds.
fn brightest(grey: &[u8]) -> Option<f32> {
    let mut grey = grey.to_vec();
    let at = grey.len() * 9 / 10;
    grey.sort_unstable();
    grey.get(at).copied().map(f32::from)
}

impl Usual {
    /// What a letter must be at least, when a part of what is usual is enough and the page is even; less where it is not.
    fn limit(&self, part: f32) -> f32 {
        (part * self.like).min(self.like - SPREADS * self.spread)
    }

    /// By how much a digit must fit better than others.
    fn margin(&self) -> f32 {
        MARGIN - (self.spread - EVEN).max(0.0)
    }
}

fn is_bad(letter: &Measure, part: f32) -> bool {
    let narrow = letter.fits.is_some_and(|fits| fits.margin() < letter.usual.margin());
    narrow || letter.like < letter.usual.limit(part) || letter.depth < GONE.min(part)
}

/// How far beyond its limit a letter is, from 0 to 1.
fn beyond(letter: &Measure, part: f32) -> f32 {
    let limit = letter.usual.limit(part).max(0.1);
    let unlike = (limit - letter.like) / limit;
    let other = letter.fits.map_or(0.0, |fits| (letter.usual.margin() - fits.margin()) / 0.5);
    unlike.max(other).clamp(0.0, 1.0)
}

/// What several letters are together; none of none.
fn together(kinds: impl Iterator<Item = DifferenceKind>) -> Option<DifferenceKind> {
    kinds.reduce(|a, b| if a == b { a } else { DifferenceKind::Altered })
}
