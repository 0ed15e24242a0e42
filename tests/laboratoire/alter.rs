//! Fraud and correction: what is printed is changed, in the page's own type, and what was changed is known exactly.

use super::{
    amend::{by_hand, reflowed},
    letters::{Letter, text, words},
    people::sides,
    plane::at,
    print::Original,
    retouch,
    rng::Chance,
    sheet::Sheet,
    truth::{Alteration, Area},
};

/// A way to alter a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
pub enum Kind {
    /// One digit becomes another.
    Digit,
    /// A digit is added at the end or the beginning of a number.
    DigitAdded,
    /// A digit is taken away.
    DigitRemoved,
    /// A number loses its comma.
    CommaRemoved,
    /// A word becomes another word of the contract.
    Word,
    /// A word is taken away.
    WordRemoved,
    /// The words of a line become others.
    Line,
    /// A word or a number is covered with white fluid, and mostly written over.
    Whitened,
    /// A word or a number is struck out, and another is written above.
    Struck,
    /// A paragraph loses a word, and all that follows moves up.
    Reflowed,
    /// A word or a number is struck out with a thin line, and nothing is written.
    Crossed,
    /// One or two strokes of a pen turn a digit into another.
    Retouched,
    /// A digit or a comma is written beside a number by hand.
    PenAdded,
}

impl Kind {
    pub const ALL: &'static [Self] = &[
        Self::Digit,
        Self::DigitAdded,
        Self::DigitRemoved,
        Self::CommaRemoved,
        Self::Word,
        Self::WordRemoved,
        Self::Line,
        Self::Whitened,
        Self::Struck,
        Self::Reflowed,
        Self::Crossed,
        Self::Retouched,
        Self::PenAdded,
    ];

    /// What was thought of after the first campaigns: it comes after all else in them, so that their pages keep their numbers.
    pub const fn is_late(self) -> bool {
        matches!(self, Self::Crossed | Self::Retouched | Self::PenAdded)
    }

    pub const fn name(self) -> &'static str {
        match self {
            Self::Digit => "digit",
            Self::DigitAdded => "digit-added",
            Self::DigitRemoved => "digit-removed",
            Self::CommaRemoved => "comma-removed",
            Self::Word => "word",
            Self::WordRemoved => "word-removed",
            Self::Line => "line",
            Self::Whitened => "whitened",
            Self::Struck => "struck",
            Self::Reflowed => "reflowed",
            Self::Crossed => "crossed",
            Self::Retouched => "retouched",
            Self::PenAdded => "pen-added",
        }
    }
}

/// Above and below are the codes, the running title and the page number: nothing contractual.
const BODY: [f64; 2] = [26.0, 266.0];

/// What is set on one page, and the type to set it with.
pub struct Composition<'a> {
    original: &'a Original,
    page: usize,
    /// Words and numbers of the body.
    words: Vec<Vec<Letter>>,
    /// All letters of the page.
    letters: &'a [Letter],
    /// All letters of the file.
    case: Vec<&'a Letter>,
    /// Parts of the page, in millimetres, that are tables.
    tables: Vec<[f64; 4]>,
}

impl<'a> Composition<'a> {
    pub fn of(original: &'a Original, page: usize) -> Self {
        let letters = &original.letters[page - 1];
        let in_body = |word: &Vec<Letter>| (BODY[0]..BODY[1]).contains(&word[0].origin.y);
        let tables = original.map.pages[page - 1].tables.iter().map(|table| sides(table.area));
        Self {
            original,
            page,
            words: words(letters).into_iter().filter(in_body).collect(),
            letters,
            case: original.letters.iter().flatten().collect(),
            tables: tables.collect(),
        }
    }

    /// Alters the sheet; none when nothing on the page can be altered this way.
    pub fn alter(&self, sheet: &mut Sheet, kind: Kind, chance: &mut Chance) -> Option<Alteration> {
        match kind {
            Kind::Digit => self.digit(sheet, chance),
            Kind::DigitAdded => self.digit_added(sheet, chance),
            Kind::DigitRemoved => self.digit_removed(sheet, chance),
            Kind::CommaRemoved => self.comma_removed(sheet, chance),
            Kind::Word => self.word(sheet, chance),
            Kind::WordRemoved => self.word_removed(sheet, chance),
            Kind::Line => self.line(sheet, chance),
            Kind::Whitened | Kind::Struck => by_hand(self, sheet, kind, chance),
            Kind::Reflowed => reflowed(self, sheet, self.original, self.page, chance),
            Kind::Crossed => retouch::crossed(self, sheet, chance),
            Kind::Retouched => retouch::retouched(self, sheet, chance),
            Kind::PenAdded => retouch::added(self, sheet, chance),
        }
    }

    /// The words that a test chooses, those of tables if there are any.
    fn candidates(&self, test: impl Fn(&[Letter]) -> bool) -> Vec<&Vec<Letter>> {
        let fit: Vec<&Vec<Letter>> = self.words.iter().filter(|word| test(word)).collect();
        let inside = |word: &Letter, [left, top, right, bottom]: [f64; 4]| {
            (left..right).contains(&word.origin.x) && (top..bottom).contains(&word.origin.y)
        };
        let tabled: Vec<_> =
            fit.iter().copied().filter(|word| self.tables.iter().any(|table| inside(&word[0], *table))).collect();
        if tabled.is_empty() { fit } else { tabled }
    }

    pub fn number(&self, chance: &mut Chance) -> Option<&Vec<Letter>> {
        let numbers = self.candidates(|word| word.iter().any(|letter| letter.text.is_ascii_digit()));
        (!numbers.is_empty()).then(|| numbers[chance.below(numbers.len())])
    }

    /// A letter of the same font and size as another.
    fn type_like(&self, like: &Letter, text: char) -> Option<Letter> {
        let found = self.case.iter().find(|letter| letter.text == text && letter.font == like.font)?;
        Some(found.sized(like.size).moved(like.origin))
    }

    fn other_digit(&self, like: &Letter, chance: &mut Chance) -> Option<Letter> {
        let others: Vec<Letter> =
            ('0'..='9').filter(|digit| *digit != like.text).filter_map(|digit| self.type_like(like, digit)).collect();
        (!others.is_empty()).then(|| chance.one_of(&others).clone())
    }

    fn digit(&self, sheet: &mut Sheet, chance: &mut Chance) -> Option<Alteration> {
        let word = self.number(chance)?;
        let digits: Vec<&Letter> = word.iter().filter(|letter| letter.text.is_ascii_digit()).collect();
        let old = *chance.one_of(&digits);
        let new = self.other_digit(old, chance)?;
        sheet.erase(around(&[old.bounds()], 0.05));
        sheet.set(&new);
        let area = around(&[old.bounds(), new.bounds()], 0.0);
        Some(altered(Kind::Digit, area, old.text.to_string(), new.text.to_string(), old.size))
    }

    fn digit_added(&self, sheet: &mut Sheet, chance: &mut Chance) -> Option<Alteration> {
        let word = self.number(chance)?;
        let first = word.iter().find(|letter| letter.text.is_ascii_digit())?;
        let mut new = self.other_digit(first, chance)?;
        let last = word.last()?;
        let before = at(word[0].origin.x - new.advance, first.origin.y);
        let after = at(last.origin.x + last.advance, first.origin.y);
        let place = [before, after].into_iter().find(|place| {
            let [left, top, right, bottom] = new.moved(*place).bounds();
            self.letters.iter().filter(|letter| !letter.text.is_whitespace()).all(|letter| {
                let [l, t, r, b] = letter.bounds();
                r < left - 0.02 || l > right + 0.02 || b < top || t > bottom
            })
        })?;
        new = new.moved(place);
        sheet.set(&new);
        Some(altered(Kind::DigitAdded, new.bounds(), String::new(), new.text.to_string(), new.size))
    }

    fn digit_removed(&self, sheet: &mut Sheet, chance: &mut Chance) -> Option<Alteration> {
        let word = self.number(chance)?;
        let digits: Vec<&Letter> = word.iter().filter(|letter| letter.text.is_ascii_digit()).collect();
        Some(remove(sheet, Kind::DigitRemoved, std::slice::from_ref(*chance.one_of(&digits))))
    }

    fn comma_removed(&self, sheet: &mut Sheet, chance: &mut Chance) -> Option<Alteration> {
        let inside = |word: &[Letter]| {
            word.windows(3).any(|w| w[1].text == ',' && w[0].text.is_ascii_digit() && w[2].text.is_ascii_digit())
        };
        let words = self.candidates(inside);
        let word = words.get(chance.below(words.len()))?;
        let comma = word.iter().find(|letter| letter.text == ',')?;
        Some(remove(sheet, Kind::CommaRemoved, std::slice::from_ref(comma)))
    }

    /// The words that stand in a part of the page.
    pub fn words_in(&self, [left, top, right, bottom]: [f64; 4]) -> Vec<&Vec<Letter>> {
        let inside = |word: &&Vec<Letter>| {
            let place = word[0].origin;
            (left - 0.5..right).contains(&place.x) && (top..bottom + 1.0).contains(&place.y)
        };
        self.words.iter().filter(inside).collect()
    }

    pub fn long_word(&self, chance: &mut Chance) -> Option<&Vec<Letter>> {
        let words = self.long_words();
        words.get(chance.below(words.len())).copied()
    }

    /// Words of at least four letters.
    fn long_words(&self) -> Vec<&Vec<Letter>> {
        self.words
            .iter()
            .filter(|word| word.len() >= 4 && word.iter().all(|letter| letter.text.is_alphabetic()))
            .collect()
    }

    fn word(&self, sheet: &mut Sheet, chance: &mut Chance) -> Option<Alteration> {
        let words = self.long_words();
        let word = *words.get(chance.below(words.len()))?;
        let fits = |other: &&&Vec<Letter>| text(other) != text(word) && other.len().abs_diff(word.len()) <= 1;
        let others: Vec<_> = words.iter().filter(fits).collect();
        let other = others.get(chance.below(others.len()))?;
        Some(self.reset(sheet, Kind::Word, word, &text(other)))
    }

    fn word_removed(&self, sheet: &mut Sheet, chance: &mut Chance) -> Option<Alteration> {
        let words = self.long_words();
        let word = words.get(chance.below(words.len()))?;
        Some(remove(sheet, Kind::WordRemoved, word))
    }

    fn line(&self, sheet: &mut Sheet, chance: &mut Chance) -> Option<Alteration> {
        let words = self.long_words();
        let first = *words.get(chance.below(words.len()))?;
        let apart = |word: &[Letter]| (word[0].origin.y - first[0].origin.y).abs() > 0.05;
        let line: Vec<&Vec<Letter>> = self.words.iter().filter(|word| !apart(word)).collect();
        let mut others: Vec<&&Vec<Letter>> = words.iter().filter(|word| apart(word)).collect();
        chance.shuffle(&mut others);
        let old = line.iter().map(|word| text(word)).collect::<Vec<_>>().join(" ");
        let mut now = Vec::new();
        let mut areas = Vec::new();
        for (word, other) in line.iter().zip(others.iter().cycle()) {
            let one = self.reset(sheet, Kind::Line, word, &text(other));
            now.push(one.now);
            areas.push(millimetres(one.area));
        }
        Some(altered(Kind::Line, around(&areas, 0.0), old, now.join(" "), first[0].size))
    }

    /// Sets other letters in the place of a word, as many as fit.
    fn reset(&self, sheet: &mut Sheet, kind: Kind, word: &[Letter], now: &str) -> Alteration {
        let mut areas: Vec<[f64; 4]> = word.iter().map(Letter::bounds).collect();
        sheet.erase(around(&areas, 0.05));
        let end = word.last().map_or(0.0, |last| last.origin.x + last.advance + 0.3);
        let mut place = word[0].origin;
        let mut set = String::new();
        for letter in now.chars().filter_map(|c| self.type_like(&word[0], c)) {
            if place.x + letter.advance > end {
                break;
            }
            let letter = letter.moved(place);
            sheet.set(&letter);
            areas.push(letter.bounds());
            place.x += letter.advance;
            set.push(letter.text);
        }
        altered(kind, around(&areas, 0.0), text(word), set, word[0].size)
    }
}

fn remove(sheet: &mut Sheet, kind: Kind, letters: &[Letter]) -> Alteration {
    let areas: Vec<[f64; 4]> = letters.iter().map(Letter::bounds).collect();
    sheet.erase(around(&areas, 0.05));
    altered(kind, around(&areas, 0.0), text(letters), String::new(), letters[0].size)
}

pub fn altered(kind: Kind, area: [f64; 4], printed: String, now: String, size: f64) -> Alteration {
    Alteration { kind: kind.name().to_owned(), area: Area::of(area), printed, now, size }
}

/// The smallest rectangle around rectangles, with room on every side.
pub fn around(areas: &[[f64; 4]], room: f64) -> [f64; 4] {
    areas.iter().fold([f64::MAX, f64::MAX, f64::MIN, f64::MIN], |[l, t, r, b], [left, top, right, bottom]| {
        [l.min(left - room), t.min(top - room), r.max(right + room), b.max(bottom + room)]
    })
}

fn millimetres(area: Area) -> [f64; 4] {
    let mm = |um: i64| um as f64 / 1000.0;
    [mm(area.x), mm(area.y), mm(area.x + area.width), mm(area.y + area.height)]
}
