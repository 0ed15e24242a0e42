//! Sides that are no page of a contract: letters and separator sheets.

use super::{
    letters::Letter,
    paper,
    pen::{self, Pen},
    picture::Picture,
    plane::{At, at},
    print::Original,
    rng::Chance,
    sheet::{SHEET, Sheet},
};

const LETTER: &[&str] = &[
    "Monsieur le directeur,",
    "",
    "Vous trouverez ci-joint les exemplaires du contrat, signés par la direction",
    "de notre établissement et paraphés à chaque page.",
    "",
    "Nous vous remercions de bien vouloir nous retourner un exemplaire signé",
    "par toutes les parties, avec les annexes de l’année 2022.",
    "",
    "Veuillez agréer, Monsieur le directeur, nos salutations distinguées.",
];

/// A letter, set in the type of a contract.
pub fn letter(original: &Original, mut sheet: Sheet, chance: &mut Chance) -> Sheet {
    let top = chance.between(60.0, 110.0);
    for (row, text) in LETTER.iter().enumerate() {
        for letter in line(original, text, at(25.0, top + 6.0 * row as f64), 11.0) {
            sheet.set(&letter);
        }
    }
    sheet
}

/// A separator sheet: a few broad bars and a word.
pub fn separator(original: &Original, mut sheet: Sheet) -> Sheet {
    for bar in 0..9 {
        let left = 40.0 + 14.0 * f64::from(bar);
        let mask = sheet.rectangle([left, 120.0, left + 4.0 + f64::from(bar % 3) * 2.0, 180.0]);
        sheet.picture.ink(&mask, super::sheet::TONER, 1.0);
    }
    for letter in line(original, "Séparateur", at(70.0, 205.0), 30.0) {
        sheet.set(&letter);
    }
    sheet
}

/// An empty back as offices leave it; `front` shows through.
pub fn worn(front: Option<&Picture>, mut sheet: Sheet, chance: &mut Chance) -> Sheet {
    if let Some(front) = front {
        paper::show_through(&mut sheet, front, chance.between(0.03, 0.1) as f32);
    }
    if chance.happens(0.6) {
        paper::staple(&mut sheet, chance);
    }
    if chance.happens(0.4) {
        paper::holes(&mut sheet, chance);
    }
    if chance.happens(0.4) {
        paper::folds(&mut sheet, chance);
    }
    let specks = chance.below(40);
    paper::dirt(&mut sheet, specks, chance);
    sheet
}

/// A few words by hand, anywhere on a sheet.
pub fn remark(mut sheet: Sheet, chance: &mut Chance) -> Sheet {
    let text = ["lu sous reserve", "vu", "a revoir", "pas dac cord", "ok sauf p2"][chance.below(5)];
    let (height, pen) = (chance.between(3.0, 7.0), if chance.happens(0.2) { pen::PENCIL } else { Pen::any(chance) });
    let start = at(chance.between(8.0, SHEET.x - 70.0), chance.between(15.0, SHEET.y - 10.0));
    let lines = pen::writing(text, start, height, chance);
    pen.draw(&mut sheet, &lines, chance);
    sheet
}

/// A line of text in the type of a file. What the file has no letter for is left out.
pub fn line(original: &Original, text: &str, start: At, size: f64) -> Vec<Letter> {
    let mut place = start;
    let mut set = Vec::new();
    for c in text.chars() {
        match original.letters.iter().flatten().find(|letter| letter.text == c && c != ' ') {
            Some(found) => {
                let letter = found.sized(size).moved(place);
                place.x += letter.advance;
                set.push(letter);
            }
            None => place.x += size * 0.1,
        }
    }
    set
}
