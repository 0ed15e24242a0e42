//! What a scan of a page is expected to show: the page as it was sent, made ready for the comparison, once for all its scans.

use std::{
    collections::BTreeMap,
    ops::{Deref, Range},
    sync::{Arc, Mutex, PoisonError},
};

use super::{
    digits::Digits,
    letters::Letter,
    likeness::{Window, blurred, median},
    raster::Raster,
};

/// Blurred pages that are kept: scans of one office are alike.
const KEPT: usize = 2;

/// A letter that is smaller than this part of what is usual on a page is small: an exponent.
const SMALL: f32 = 0.72;

/// A word as it was printed.
#[derive(Debug, Clone)]
pub(super) struct Word {
    /// Its letters, by their numbers on the page.
    pub(super) letters: Range<usize>,
    /// Left, top, right and bottom of its ink.
    pub(super) bounds: [f32; 4],
}

/// What of a page is made once for all its scans.
pub(super) struct Ready {
    pub(super) words: Vec<Word>,
    /// Which letters are printed in grey, or smaller than others: they fade before the others do.
    pub(super) faint: Vec<bool>,
    pub(super) digits: Digits,
    soft: Mutex<BTreeMap<usize, Arc<Raster>>>,
}

/// The page as it was sent, made ready.
#[derive(Clone, Copy)]
pub(super) struct Expected<'a> {
    pub(super) raster: &'a Raster,
    pub(super) letters: &'a [Letter],
    pub(super) ready: &'a Ready,
}

impl Deref for Expected<'_> {
    type Target = Ready;

    fn deref(&self) -> &Ready {
        self.ready
    }
}

impl Ready {
    /// Makes a page ready.
    pub(super) fn of(raster: &Raster, letters: &[Letter]) -> Self {
        let size = median(&mut letters.iter().map(|letter| letter.size).collect::<Vec<f32>>()).unwrap_or(0.0);
        let faint = letters.iter().map(|letter| letter.size < SMALL * size || is_grey(letter, raster)).collect();
        Self { words: words(letters), faint, digits: Digits::default(), soft: Mutex::default() }
    }
}

impl Expected<'_> {
    /// The page, blurred by so many passes.
    pub(super) fn soft(&self, passes: usize) -> Arc<Raster> {
        let mut kept = self.soft.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(soft) = kept.get(&passes) {
            return Arc::clone(soft);
        }
        while kept.len() >= KEPT {
            kept.pop_first();
        }
        let soft = Arc::new(blurred(self.raster, passes));
        kept.insert(passes, Arc::clone(&soft));
        soft
    }

    /// Whether a letter is as small as a comma, or is two of these.
    pub(super) fn is_mark(&self, letter: usize) -> bool {
        self.letters.get(letter).is_some_and(|letter| {
            let [left, top, right, bottom] = letter.bounds;
            let part = |length: f32| length / letter.size;
            matches!(letter.text, ':' | ';') || (part(right - left) < 0.42 && part(bottom - top) < 0.42)
        })
    }

    /// Whether a mark is part of a figure: a digit follows it, as in « 94,5 » and « -3 », and not in « article 16. ».
    pub(super) fn is_of_figure(&self, mark: usize) -> bool {
        let next = self.letters.get(mark + 1).filter(|next| next.digit().is_some());
        next.zip(self.letters.get(mark)).is_some_and(|(next, mark)| next.word == mark.word)
    }

    /// Whether a word is a row of dots: it leads the eye, or is there to be written on.
    pub(super) fn is_leader(&self, word: &Word) -> bool {
        self.letters_of(word).iter().all(|letter| letter.is_leader() || letter.text == '.')
    }

    /// The letters of a word.
    pub(super) fn letters_of(&self, word: &Word) -> &[Letter] {
        self.letters.get(word.letters.clone()).unwrap_or_default()
    }

    /// What a word says.
    pub(super) fn text(&self, word: &Word) -> String {
        let mut text = String::new();
        for letter in self.letters_of(word) {
            if letter.spaced {
                text.push('\u{a0}');
            }
            text.push(letter.text);
        }
        text
    }

    pub(super) fn window(&self) -> Window {
        let side = |length: usize| i32::try_from(length).unwrap_or(i32::MAX);
        Window { left: 0, top: 0, width: side(self.raster.width()), height: side(self.raster.height()) }
    }
}

/// Whether the darkest pixel of a letter is not dark.
fn is_grey(letter: &Letter, raster: &Raster) -> bool {
    const DARK: u8 = 64;
    let darkest = Window::around(letter.bounds, 0.0).rows(raster).and_then(|rows| rows.flatten().copied().min());
    darkest.is_some_and(|grey| grey > DARK)
}

fn words(letters: &[Letter]) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    let mut number = None;
    for (at, letter) in letters.iter().enumerate() {
        match words.last_mut() {
            Some(word) if number == Some(letter.word) => {
                word.letters.end = at + 1;
                word.bounds = around(word.bounds, letter.bounds);
            }
            _ => words.push(Word { letters: at..at + 1, bounds: letter.bounds }),
        }
        number = Some(letter.word);
    }
    words
}

/// The smallest rectangle around two.
pub(super) const fn around(a: [f32; 4], b: [f32; 4]) -> [f32; 4] {
    let ([al, at, ar, ab], [bl, bt, br, bb]) = (a, b);
    [al.min(bl), at.min(bt), ar.max(br), ab.max(bb)]
}

/// Whether two rectangles have a part in common.
pub(super) const fn overlap([al, at, ar, ab]: [f32; 4], [bl, bt, br, bb]: [f32; 4]) -> bool {
    al < br && bl < ar && at < bb && bt < ab
}
