//! What a pen does to a printed number: a line through it, strokes that make another digit of one, a digit or a comma beside it.

use super::{
    alter::{Composition, Kind, altered, around},
    letters::{Letter, text},
    pen,
    pen::Pen,
    plane::{At, at},
    rng::Chance,
    sheet::Sheet,
    truth::Alteration,
};

/// A pen that corrects: thinner than one that signs.
fn fine(chance: &mut Chance) -> Pen {
    Pen { width: chance.between(0.25, 0.5), ..Pen::any(chance) }
}

/// A thin line through a word or a number, from before it to its end, not quite level.
pub fn crossed(set: &Composition<'_>, sheet: &mut Sheet, chance: &mut Chance) -> Option<Alteration> {
    let word = if chance.happens(0.75) { set.number(chance) } else { set.long_word(chance) }?;
    let area @ [left, top, right, bottom] = around(&word.iter().map(Letter::bounds).collect::<Vec<_>>(), 0.0);
    let (over, tilt) = (chance.between(-0.2, 1.0), chance.normal() * 0.3);
    let middle = (top + bottom) / 2.0 + chance.normal() * 0.15;
    let line = vec![
        at(left - over, middle + tilt),
        at((left + right) / 2.0, middle + chance.normal() * 0.1),
        at(right + over, middle - tilt),
    ];
    fine(chance).draw(sheet, &[line], chance);
    Some(altered(Kind::Crossed, area, text(word), String::new(), word[0].size))
}

/// Where strokes make another digit of one: points in parts of its width and height, from its top left corner.
fn strokes(digit: char) -> &'static [(char, &'static [&'static [[f64; 2]]])] {
    match digit {
        '0' => &[('8', &[&[[0.1, 0.5], [0.9, 0.5]]]), ('9', &[&[[0.9, 0.5], [0.5, 0.62], [0.15, 0.45]]])],
        '1' => &[('7', &[&[[-0.35, 0.02], [0.7, 0.0]]]), ('4', &[&[[0.3, 0.05], [-0.4, 0.65], [1.2, 0.65]]])],
        '2' => &[('8', &[&[[0.1, 0.25], [0.9, 0.6], [0.95, 0.95]]])],
        '3' => &[('8', &[&[[0.15, 0.1], [0.1, 0.45], [0.15, 0.9]]])],
        '4' => &[('9', &[&[[0.1, 0.5], [0.3, 0.0], [0.75, 0.05]]])],
        '5' => &[
            ('6', &[&[[0.1, 0.4], [0.05, 0.8], [0.3, 1.0]]]),
            ('8', &[&[[0.85, 0.05], [0.9, 0.4]], &[[0.1, 0.5], [0.1, 0.9]]]),
        ],
        '6' => &[('8', &[&[[0.6, 0.02], [0.95, 0.2], [0.6, 0.45]]])],
        '7' => &[('2', &[&[[0.3, 0.97], [1.0, 0.97]]]), ('9', &[&[[0.1, 0.05], [0.15, 0.45], [0.7, 0.45]]])],
        '9' => &[('8', &[&[[0.3, 0.5], [0.1, 0.75], [0.4, 0.98]]])],
        _ => &[],
    }
}

/// One or two strokes that make another digit of one.
pub fn retouched(set: &Composition<'_>, sheet: &mut Sheet, chance: &mut Chance) -> Option<Alteration> {
    let word = set.number(chance)?;
    let digits: Vec<&Letter> = word.iter().filter(|letter| !strokes(letter.text).is_empty()).collect();
    if digits.is_empty() {
        return None;
    }
    let digit = *chance.one_of(&digits);
    let (now, lines) = *chance.one_of(strokes(digit.text));
    let [left, top, right, bottom] = digit.bounds();
    // The narrow 1 has the room of the others.
    let wide = (right - left).max(0.55 * (bottom - top));
    let mut place = |[u, v]: [f64; 2]| -> At {
        at(left + u * wide + chance.normal() * 0.06, top + v * (bottom - top) + chance.normal() * 0.06)
    };
    let lines: Vec<Vec<At>> = lines.iter().map(|line| line.iter().map(|point| place(*point)).collect()).collect();
    fine(chance).draw(sheet, &lines, chance);
    let area = around(&[digit.bounds()], 0.0);
    Some(altered(Kind::Retouched, area, text(word), now.to_string(), digit.size))
}

/// A digit written before or after a number, or a comma after its first digit.
pub fn added(set: &Composition<'_>, sheet: &mut Sheet, chance: &mut Chance) -> Option<Alteration> {
    let word = set.number(chance)?;
    let bounds = around(&word.iter().map(Letter::bounds).collect::<Vec<_>>(), 0.0);
    let [left, top, right, bottom] = bounds;
    let pen = fine(chance);
    let digits: Vec<&Letter> = word.iter().filter(|letter| letter.text.is_ascii_digit()).collect();
    if digits.len() >= 2 && chance.happens(0.25) {
        let [_, _, x, base] = digits[0].bounds();
        let comma = vec![at(x + 0.15, base - 0.15), at(x + 0.05, base + 0.55)];
        let area = around(&[[x - 0.2, base - 0.4, x + 0.5, base + 0.7]], 0.0);
        pen.draw(sheet, &[comma], chance);
        return Some(altered(Kind::PenAdded, area, text(word), ",".to_owned(), word[0].size));
    }
    let now = chance.below(10).to_string();
    let height = (bottom - top).max(1.8) * chance.between(1.0, 1.4);
    let room = chance.between(0.2, 0.7);
    let x = if chance.happens(0.5) { left - room - 0.6 * height } else { right + room };
    let lines = pen::writing(&now, at(x, bottom), height, chance);
    pen.draw(sheet, &lines, chance);
    let area = around(&[[x, bottom - height, x + 0.5 * height, bottom]], 0.0);
    Some(altered(Kind::PenAdded, area, text(word), now, word[0].size))
}
