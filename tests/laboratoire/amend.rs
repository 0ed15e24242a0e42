//! What is changed by hand, or set anew: white fluid, a word struck out and written otherwise, a paragraph that flows otherwise.

use super::{
    alter::{Composition, Kind, altered, around},
    letters::{Letter, text},
    pen,
    pen::Pen,
    people::sides,
    plane::{At, at},
    print::Original,
    rng::Chance,
    sheet::Sheet,
    truth::Alteration,
};

/// What one does with a pen or a brush to a word or a number.
pub fn by_hand(set: &Composition<'_>, sheet: &mut Sheet, kind: Kind, chance: &mut Chance) -> Option<Alteration> {
    let word = if chance.happens(0.6) { set.number(chance) } else { set.long_word(chance) }?;
    let area = around(&word.iter().map(Letter::bounds).collect::<Vec<_>>(), 0.0);
    let now = if text(word).contains(|c: char| c.is_ascii_digit()) {
        (10 + chance.below(90)).to_string()
    } else {
        "non".to_owned()
    };
    let pen = Pen::any(chance);
    let middle = (area[1] + area[3]) / 2.0;
    if kind == Kind::Whitened {
        let brush = (area[3] - area[1] + 0.8).max(2.0);
        let mut wobble = |x: f64| (at(x, middle + chance.normal() * 0.15), brush * chance.between(0.95, 1.1));
        let line: Vec<(At, f64)> =
            (0..=8).map(|step| wobble(area[0] + (area[2] - area[0]) * f64::from(step) / 8.0)).collect();
        let mask = sheet.stroke(&line);
        sheet.picture.cover(&mask, [252, 252, 250], 0.97);
        if chance.happens(0.5) {
            return Some(altered(kind, area, text(word), String::new(), word[0].size));
        }
        let lines = pen::writing(&now, at(area[0], area[3]), area[3] - area[1], chance);
        pen.draw(sheet, &lines, chance);
        return Some(altered(kind, area, text(word), now, word[0].size));
    }
    let strike =
        vec![at(area[0] - 0.8, middle + 0.2), at((area[0] + area[2]) / 2.0, middle), at(area[2] + 0.8, middle - 0.3)];
    let start = at(area[0], area[1] - 0.3);
    let mut lines = pen::writing(&now, start, 2.8, chance);
    lines.push(strike);
    pen.draw(sheet, &lines, chance);
    let written = [area[0], area[1] - 3.1, area[2], area[3]];
    Some(altered(kind, written, text(word), now, word[0].size))
}

/// A paragraph that loses one word, and whose other words move up.
pub fn reflowed(
    set: &Composition<'_>,
    sheet: &mut Sheet,
    original: &Original,
    page: usize,
    chance: &mut Chance,
) -> Option<Alteration> {
    let blocks =
        original.map.pages[page - 1].blocks.iter().filter(|block| block.row.is_none()).map(|block| sides(block.area));
    let paragraphs: Vec<Vec<&Vec<Letter>>> =
        blocks.map(|area| set.words_in(area)).filter(|words| lines(words).len() >= 3).collect();
    let words = paragraphs.get(chance.below(paragraphs.len()))?;
    let rows = lines(words);
    let lost = chance.below((words.len() / 2).max(1));
    let areas: Vec<[f64; 4]> = words[lost..].iter().flat_map(|word| word.iter().map(Letter::bounds)).collect();
    words[lost..].iter().for_each(|word| {
        sheet.erase(around(&word.iter().map(Letter::bounds).collect::<Vec<_>>(), 0.05));
    });
    let end = words.iter().map(|word| right(word)).fold(0.0, f64::max);
    let mut row = rows.iter().position(|y| (y - words[lost][0].origin.y).abs() < 0.05)?;
    let mut x = words[lost][0].origin.x;
    for word in &words[lost + 1..] {
        let width = right(word) - word[0].origin.x;
        if x + width > end + 0.1 && row + 1 < rows.len() {
            row += 1;
            x = words
                .iter()
                .filter(|word| (word[0].origin.y - rows[row]).abs() < 0.05)
                .map(|word| word[0].origin.x)
                .fold(f64::MAX, f64::min);
        }
        for letter in *word {
            let moved = letter.moved(at(x + letter.origin.x - word[0].origin.x, rows[row]));
            sheet.set(&moved);
        }
        x += width + word[0].size * 0.1;
    }
    let size = words[lost][0].size;
    Some(altered(Kind::Reflowed, around(&areas, 0.0), text(words[lost]), String::new(), size))
}

fn right(word: &[Letter]) -> f64 {
    word.last().map_or(0.0, |last| last.origin.x + last.advance)
}

/// The base lines of words.
fn lines(words: &[&Vec<Letter>]) -> Vec<f64> {
    let mut rows: Vec<f64> = words.iter().map(|word| word[0].origin.y).collect();
    rows.dedup_by(|a, b| (*a - *b).abs() < 0.05);
    rows
}
