//! How much ink a page loses all over: what worn toner and a scanner that knows no grey do to every letter of a part of it.
//!
//! The letters around say it: where some of them have lost half of their strokes, one that has lost all of them was not taken away by
//! anybody; or it was, and this page cannot tell. Letters that are gone say nothing here, so that whitened lines do not speak for each
//! other; worn print always leaves some that are half there.

use super::{
    expected::{Expected, overlap},
    measure::{Measure, Measured, WordMeasure},
};

/// How far around a word letters are asked, in pixels: toner wears in bands down the page, and scanners judge squares of some millimetres.
const AROUND: [f32; 2] = [120.0, 150.0];
/// A letter that is lighter than this part of the ink around is gone.
const GONE: f32 = 0.35;
/// Fewer letters say nothing of a part of the page: then the whole page is asked.
const FEW: usize = 20;
/// A letter that has lost so many times what one in ten of the letters around has, did not lose it by wear.
const BEYOND: f32 = 5.5;
/// The least that one letter in ten has lost: no page is quite even.
const EVEN: f32 = 0.03;

/// What letters of a part of a page have lost.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wear {
    ink: Loss,
    shape: Loss,
}

/// How much of something letters have, and have lost.
#[derive(Debug, Clone, Copy)]
struct Loss {
    /// What the middle one has.
    middle: f32,
    /// How much less one in ten has.
    tenth: f32,
}

impl Wear {
    /// Around a word, which itself says nothing.
    pub(super) fn around(word: &WordMeasure, page: &Expected<'_>, measured: &Measured) -> Self {
        let others = || measured.words.iter().filter(|other| other.word != word.word);
        let near = page.words.get(word.word).map_or([0.0; 4], |word| {
            let ([left, top, right, bottom], [aside, along]) = (word.bounds, AROUND);
            [left - aside, top - along, right + aside, bottom + along]
        });
        let is_near = |other: &&WordMeasure| page.words.get(other.word).is_some_and(|word| overlap(near, word.bounds));
        let is_in = |letter: &&Measure| page.letters.get(letter.letter).is_some_and(|one| overlap(near, one.bounds));
        let is_there = |letter: &&Measure| letter.depth > GONE;
        let all = || others().flat_map(|word| &word.letters).filter(is_there);
        let close = others().filter(is_near).flat_map(|word| &word.letters).filter(is_in).filter(is_there);
        let close: Vec<&Measure> = close.collect();
        if close.len() < FEW { Self::of(&all().collect::<Vec<_>>()) } else { Self::of(&close) }
    }

    fn of(letters: &[&Measure]) -> Self {
        let loss = |value: &dyn Fn(&Measure) -> f32| Loss::of(letters.iter().map(|letter| value(letter)).collect());
        Self { ink: loss(&|letter| letter.depth), shape: loss(&likeness) }
    }

    /// Whether wear may have made a letter what it is: left it no more ink; or, where it reads as another one, changed its shape so much.
    pub(super) fn explains(self, letter: &Measure, is_another: bool) -> bool {
        if is_another { self.shape.explains(likeness(letter)) } else { self.ink.explains(letter.depth) }
    }
}

/// How like the print a letter is, of what is usual.
fn likeness(letter: &Measure) -> f32 {
    letter.like / letter.usual.like.max(0.1)
}

impl Loss {
    fn of(mut values: Vec<f32>) -> Self {
        values.sort_unstable_by(f32::total_cmp);
        let at = |part: usize| values.get(values.len() / part).copied().unwrap_or(1.0);
        Self { middle: at(2), tenth: (at(2) - at(10)).max(EVEN) }
    }

    fn explains(self, value: f32) -> bool {
        self.middle - value < BEYOND * self.tenth
    }
}

#[cfg(test)]
mod tests {
    use super::{super::measure::Usual, *};

    /// Letters as dark as told, so many of each, and whether one as dark as the last argument may be worn.
    fn explains(depths: &[(f32, usize)], depth: f32) -> bool {
        let letter = |depth: f32| Measure { letter: 0, like: depth.sqrt(), depth, usual: Usual::default(), fits: None };
        let letters: Vec<Measure> = depths.iter().flat_map(|(depth, count)| vec![letter(*depth); *count]).collect();
        let there: Vec<&Measure> = letters.iter().filter(|letter| letter.depth > GONE).collect();
        Wear::of(&there).explains(&letter(depth), false)
    }

    #[test]
    fn where_letters_are_half_gone_one_may_be_gone() {
        assert!(explains(&[(1.0, 60), (0.8, 25), (0.5, 15)], 0.0));
    }

    #[test]
    fn on_an_even_page_a_letter_that_is_gone_was_taken_away() {
        assert!(!explains(&[(1.0, 80), (0.9, 20)], 0.0));
        assert!(explains(&[(1.0, 80), (0.9, 20)], 0.7));
    }

    #[test]
    fn lines_that_were_whitened_do_not_speak_for_each_other() {
        assert!(!explains(&[(1.0, 40), (0.95, 20), (0.0, 80)], 0.0));
    }
}
