//! What a scan shows of each printed letter, in numbers; what they mean is said elsewhere.

use super::{
    digits::Fits,
    expected::{Expected, Word},
    likeness::{Shift, Sums, Window, blurred, climb, median, resampled},
    raster::Raster,
};

/// Pixels around a word that are looked at with it.
const ROOM: f32 = 4.0;
/// Pixels around a letter.
const RIM: f32 = 1.5;
/// How far a word may lie from where it is expected, in pixels: what registration leaves, and more.
const REACH: i32 = 6;
/// A word that is less like the print than this says nothing of where it lies.
const PLACED: f32 = 0.75;
/// Words on either side that say where a word lies.
const AROUND: usize = 6;
/// By how many pixels a word may lie elsewhere than the words around it.
const APART: f32 = 3.0;
/// A word that lies further than this from its place, in pixels, shows beside what was printed.
const DISPLACED: f32 = 3.5;
/// A word of some letters that is so like the print is that word, wherever it lies.
const SAME: f32 = 0.85;
/// How far a word is looked for at last, in pixels, and for how many words of a page.
const FAR: i32 = 18;
const MOST_LOST: usize = 60;
/// A letter that is less like the print than this part of what is usual is looked at again.
const AGAIN: f32 = 0.9;
/// A digit that fits better than others by less than this is looked at again.
const NARROW: f32 = 0.1;
/// Letters before and after a letter that say what is usual, and how many letters are told the same.
const NEIGHBOURS: usize = 90;
const STEP: usize = 20;
/// Letters are nowhere less like the print, of what is typical of the page, than this, if they are those that were printed.
const FADED: f32 = 0.6;
const MOST_SPREAD: f32 = 0.12;
/// Faint letters that are less like the print than this, of what is typical of the page, are not shown by the scanner.
const SHOWN: f32 = 0.8;
/// Words from which the blur of a scan is measured.
const SAMPLE: usize = 50;
/// The most passes of blur: that of a sheet copied twice and scanned at 100 dpi.
const BLURRIEST: usize = 10;

/// What a scan shows of a letter.
#[derive(Debug, Clone)]
pub(super) struct Measure {
    /// Its number on the page.
    pub(super) letter: usize,
    /// How like the print it is, from -1 to 1.
    pub(super) like: f32,
    /// How dark it is beside the letters around: 1 when it is as dark.
    pub(super) depth: f32,
    /// How like the print the letters around are.
    pub(super) usual: Usual,
    /// How the digits fit, where it is one.
    pub(super) fits: Option<Fits>,
}

/// What is usual among the letters around one: toner fades from place to place.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Usual {
    /// How like the print they are, in the middle.
    pub(super) like: f32,
    /// By how much half of them differ from that.
    pub(super) spread: f32,
    /// How dark they are, of the print's 1.
    depth: f32,
}

/// What a scan shows of a word.
#[derive(Debug, Clone)]
pub(super) struct WordMeasure {
    /// Its number on the page.
    pub(super) word: usize,
    pub(super) shift: Shift,
    pub(super) letters: Vec<Measure>,
    /// Its window on the page, and what is seen there.
    pub(super) window: Window,
    pub(super) seen: Raster,
}

/// What a scan shows of a page.
pub(super) struct Measured {
    pub(super) words: Vec<WordMeasure>,
    /// How blurred it is.
    pub(super) passes: usize,
    /// How like the print a letter is, in the middle.
    pub(super) like: f32,
    /// How dark ink is, of the print's 1, in the middle.
    pub(super) depth: f32,
    /// Words with faint digits that this scanner does not show: they are not compared.
    pub(super) unseen: Vec<usize>,
}

/// Measures the words that `compared` lets through.
pub(super) fn measure(scan: &Raster, page: &Expected<'_>, compared: impl Fn(&Word) -> bool) -> Option<Measured> {
    let chosen: Vec<(usize, &Word)> = page.words.iter().enumerate().filter(|(_, word)| compared(word)).collect();
    let passes = blur_of(scan, page, &chosen)?;
    let soft = page.soft(passes);
    let pictures = Pictures { page, soft: &soft, passes, scan };
    let words = pictures.far(pictures.settled(pictures.placed(&chosen)));
    let mut words: Vec<WordMeasure> = words
        .iter()
        .filter_map(|place| {
            let seen = resampled(scan, place.window, place.shift)?;
            let Place { word, window, shift, .. } = *place;
            let mut measure = WordMeasure { word, shift, letters: Vec::new(), window, seen };
            measure.letters = pictures.letters(page.words.get(word)?, &measure);
            Some(measure)
        })
        .collect();
    let all = |value: fn(&Measure) -> f32, words: &[WordMeasure]| -> Option<f32> {
        median(&mut words.iter().flat_map(|word| word.letters.iter().map(value)).collect::<Vec<f32>>())
    };
    let like = all(|letter| letter.like, &words)?;
    let depth = all(|letter| letter.depth, &words)?.max(0.05);
    for word in &mut words {
        let (shift, window) = (word.shift, word.window);
        word.letters.iter_mut().for_each(|letter| pictures.look_again(letter, (shift, window), like));
    }
    let unseen = compare_with_neighbours(&mut words, page, like);
    Some(Measured { words, passes, like, depth, unseen })
}

/// Says of each letter what is usual around it, and takes away faint letters that this scanner does not show; which words lose digits by
/// that.
fn compare_with_neighbours(words: &mut [WordMeasure], page: &Expected<'_>, typical: f32) -> Vec<usize> {
    let is_faint = |letter: &Measure| page.faint.get(letter.letter).copied().unwrap_or(false);
    for faint in [false, true] {
        let letters = words.iter_mut().flat_map(|word| &mut word.letters);
        let mut class: Vec<&mut Measure> = letters.filter(|letter| is_faint(letter) == faint).collect();
        let values: Vec<(f32, f32)> = class.iter().map(|letter| (letter.like, letter.depth)).collect();
        for (at, part) in class.chunks_mut(STEP).enumerate() {
            let from = (at * STEP).saturating_sub(NEIGHBOURS);
            let near = values.get(from..(at * STEP + STEP + NEIGHBOURS).min(values.len())).unwrap_or_default();
            let usual = usual(near, typical);
            for letter in part {
                letter.usual = usual;
                letter.depth /= usual.depth;
            }
        }
    }
    let is_lost = |letter: &Measure| is_faint(letter) && letter.usual.like <= SHOWN * typical;
    let mut unseen = Vec::new();
    for word in words {
        if word.letters.iter().any(|letter| letter.fits.is_some() && is_lost(letter)) {
            unseen.push(word.word);
        }
        word.letters.retain(|letter| !is_lost(letter));
    }
    unseen
}

fn usual(near: &[(f32, f32)], typical: f32) -> Usual {
    let (mut likes, mut depths): (Vec<f32>, Vec<f32>) = near.iter().copied().unzip();
    let like = median(&mut likes).unwrap_or(typical);
    let mut far: Vec<f32> = likes.iter().map(|one| (one - like).abs()).collect();
    let spread = median(&mut far).unwrap_or(0.0);
    // A paragraph that was set anew is not what is usual.
    let like = like.max(FADED * typical);
    Usual { like, spread: spread.min(MOST_SPREAD), depth: median(&mut depths).unwrap_or(1.0).max(0.05) }
}

impl Measured {
    /// The parts of the page that were not laid right: where their words were printed, and where they lie.
    pub(super) fn displaced(&self, page: &Expected<'_>) -> Vec<[f32; 4]> {
        let far = |word: &&WordMeasure| word.shift.x.abs().max(word.shift.y.abs()) > DISPLACED;
        let area = |word: &WordMeasure| {
            let [left, top, right, bottom] = page.words.get(word.word)?.bounds;
            let Shift { x, y } = word.shift;
            Some([left + x.min(0.0) - 6.0, top + y.min(0.0) - 6.0, right + x.max(0.0) + 6.0, bottom + y.max(0.0) + 6.0])
        };
        self.words.iter().filter(far).filter_map(area).collect()
    }
}

/// Where a word lies.
#[derive(Clone, Copy)]
struct Place {
    word: usize,
    window: Window,
    shift: Shift,
    like: f32,
}

impl Place {
    const fn is_sure(&self) -> bool {
        self.like > PLACED
    }
}

/// The print and the scan.
struct Pictures<'a> {
    page: &'a Expected<'a>,
    /// The print, as blurred as the scan.
    soft: &'a Raster,
    passes: usize,
    scan: &'a Raster,
}

impl Pictures<'_> {
    /// Where each word seems to lie, by itself.
    fn placed(&self, words: &[(usize, &Word)]) -> Vec<Place> {
        let mut last = (0, 0);
        let place = |(word, what): &(usize, &Word)| {
            let window = Window::around(what.bounds, ROOM);
            let (shift, like) = climb(self.soft, window, self.scan, last, REACH)?;
            last = if like > PLACED { whole(shift) } else { (0, 0) };
            Some(Place { word: *word, window, shift, like })
        };
        words.iter().filter_map(place).collect()
    }

    /// Where each word lies: as it seems, unless the words around say otherwise. A word that was set anew must not be found elsewhere,
    /// and a word that was found on a slope of another letter is looked for once more.
    fn settled(&self, places: Vec<Place>) -> Vec<Place> {
        let sure: Vec<&Place> = places.iter().filter(|place| place.is_sure()).collect();
        let typical = median(&mut sure.iter().map(|place| place.like).collect::<Vec<f32>>()).unwrap_or(1.0);
        let mut at = 0;
        let settle = |place: &Place| {
            while sure.get(at).is_some_and(|other| other.word < place.word) {
                at += 1;
            }
            let near = sure.get(at.saturating_sub(AROUND)..(at + AROUND + 1).min(sure.len())).unwrap_or_default();
            let near = near.iter().filter(|other| other.word != place.word);
            let (mut xs, mut ys): (Vec<f32>, Vec<f32>) = near.map(|other| (other.shift.x, other.shift.y)).unzip();
            let (Some(x), Some(y)) = (median(&mut xs), median(&mut ys)) else { return *place };
            let apart = (place.shift.x - x).abs() > APART || (place.shift.y - y).abs() > APART;
            if !apart && place.like > 0.95 * typical {
                return *place;
            }
            self.searched(*place, Shift { x, y })
        };
        places.iter().map(settle).collect()
    }

    /// Looks further away for words that were not found: where a neighbour is found as far away, in the same direction, or the word is a
    /// long one, the sheet was not laid right there, and nothing was altered.
    fn far(&self, mut places: Vec<Place>) -> Vec<Place> {
        let lost: Vec<usize> =
            (0..places.len()).filter(|at| places.get(*at).is_some_and(|place| !place.is_sure())).collect();
        let mut found: Vec<(usize, Place)> = Vec::new();
        for at in lost.into_iter().take(MOST_LOST) {
            let Some(place) = places.get(at) else { continue };
            found.extend(self.found_far(*place).filter(Place::is_sure).map(|place| (at, place)));
        }
        let agrees = |one: &Place, other: &Place| {
            other.is_sure()
                && other.word != one.word
                && one.window.is_close(other.window)
                && (one.shift.x - other.shift.x).abs() <= APART + 1.0
                && (one.shift.y - other.shift.y).abs() <= APART + 1.0
        };
        let long =
            |one: &Place| one.like > SAME && self.page.words.get(one.word).is_some_and(|word| word.letters.len() >= 4);
        let others = || places.iter().chain(found.iter().map(|(_, other)| other));
        let held: Vec<(usize, Place)> =
            found.iter().filter(|(_, one)| long(one) || others().any(|other| agrees(one, other))).copied().collect();
        for (at, found) in held {
            if let Some(place) = places.get_mut(at) {
                *place = found;
            }
        }
        places
    }

    fn found_far(&self, place: Place) -> Option<Place> {
        let steps = || (-FAR..=FAR).step_by(2);
        let like = |(x, y): (i32, i32)| {
            let sums = Sums::of(self.soft, place.window, self.scan, place.window.moved(x, y))?;
            Some(((x, y), sums.correlation()))
        };
        let all = steps().flat_map(|y| steps().map(move |x| (x, y)));
        let (start, _) = all.filter_map(like).max_by(|(_, a), (_, b)| a.total_cmp(b))?;
        let (shift, like) = climb(self.soft, place.window, self.scan, start, 2)?;
        Some(Place { shift, like, ..place })
    }

    /// The best place of a word around where it is expected.
    fn searched(&self, place: Place, expected: Shift) -> Place {
        let (x, y) = whole(expected);
        let reach = APART as i32;
        let like = |(dx, dy): (i32, i32)| {
            let moved = place.window.moved(x + dx, y + dy);
            let sums = Sums::of(self.soft, place.window, self.scan, moved)?;
            Some(((x + dx, y + dy), sums.correlation()))
        };
        let all = (-reach..=reach).flat_map(|dy| (-reach..=reach).map(move |dx| (dx, dy)));
        let best = all.filter_map(like).max_by(|(_, a), (_, b)| a.total_cmp(b));
        let found = best.and_then(|(start, _)| climb(self.soft, place.window, self.scan, start, 0));
        match found {
            Some((shift, like)) if like > PLACED => Place { shift, like, ..place },
            found => Place { shift: expected, like: found.map_or(place.like, |(_, like)| like), ..place },
        }
    }

    fn letters(&self, word: &Word, seen: &WordMeasure) -> Vec<Measure> {
        let measure = |number| self.letter(number, seen.window, &seen.seen);
        word.letters.clone().filter_map(measure).collect()
    }

    /// What a part of the scan shows of a letter.
    fn letter(&self, number: usize, window: Window, seen: &Raster) -> Option<Measure> {
        let letter = self.page.letters.get(number)?;
        let around = Window::around(letter.bounds, RIM).within(window)?;
        let sums = Sums::of(self.soft, around, seen, around.moved(-window.left, -window.top))?;
        let fits = letter.digit().and_then(|_| self.page.digits.fit(letter, (self.soft, self.passes), (seen, window)));
        Some(Measure { letter: number, like: sums.correlation(), depth: sums.slope(), usual: Usual::default(), fits })
    }

    /// Looks again at a letter that is not like the print: it may lie a little beside the others of its word.
    fn look_again(&self, measure: &mut Measure, (shift, word): (Shift, Window), typical: f32) {
        let narrow = measure.fits.is_some_and(|fits| fits.margin() < NARROW);
        if measure.like > AGAIN * typical && !narrow {
            return;
        }
        let Some(letter) = self.page.letters.get(measure.letter) else { return };
        let Some(window) = Window::around(letter.bounds, 2.0 * ROOM).within(word) else { return };
        let around = Window::around(letter.bounds, RIM);
        let Some((own, _)) = climb(self.soft, around, self.scan, whole(shift), 1) else { return };
        let Some(seen) = resampled(self.scan, window, own) else { return };
        let Some(second) = self.letter(measure.letter, window, &seen) else { return };
        let fits = match (measure.fits, second.fits) {
            (Some(first), Some(second)) => Some(first.best(second)),
            (first, second) => first.or(second),
        };
        if second.like > measure.like {
            *measure = second;
        }
        measure.fits = fits;
    }
}

fn whole(shift: Shift) -> (i32, i32) {
    (shift.x.round() as i32, shift.y.round() as i32)
}

/// How many passes of blur make the print most like the scan.
fn blur_of(scan: &Raster, page: &Expected<'_>, words: &[(usize, &Word)]) -> Option<usize> {
    let long: Vec<&Word> = words.iter().map(|(_, word)| *word).filter(|word| word.letters.len() >= 3).collect();
    let mut likes = [0.0_f32; BLURRIEST];
    for word in long.iter().step_by((long.len() / SAMPLE).max(1)) {
        // Blurred on a larger ground, so that the rim is blurred too.
        let ground = Window::around(word.bounds, ROOM + BLURRIEST as f32);
        let Some(mut model) =
            ground.within(page.window()).filter(|inside| *inside == ground).and_then(|g| g.cut(page.raster))
        else {
            continue;
        };
        let window = Window::around(word.bounds, ROOM);
        let inside = window.moved(-ground.left, -ground.top);
        let first = blurred(&model, 2);
        let start = (ground.left, ground.top);
        let Some((shift, like)) = climb(&first, inside, scan, start, REACH) else { continue };
        let Some(seen) = resampled(scan, inside, shift).filter(|_| like > 0.5) else { continue };
        let whole = Window { left: 0, top: 0, ..inside };
        for (passes, sum) in likes.iter_mut().enumerate() {
            if passes > 0 {
                model = blurred(&model, 1);
            }
            *sum += Sums::of(&model, inside, &seen, whole).map_or(0.0, |sums| sums.correlation());
        }
    }
    let best = likes.iter().enumerate().max_by(|(_, a), (_, b)| a.total_cmp(b));
    best.filter(|(_, sum)| **sum > 0.0).map(|(passes, _)| passes)
}
