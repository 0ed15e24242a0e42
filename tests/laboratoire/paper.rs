//! What happens to a sheet between two desks: staples, holes, folds, stains. Places are in millimetres of the sheet, not of the page.

use super::{
    picture::{Mask, Picture},
    plane::{At, at},
    rng::Chance,
    sheet::{SHEET, Sheet},
};

/// A stroke in millimetres of the sheet.
fn stroke(sheet: &Sheet, line: &[(At, f64)]) -> Mask {
    let scaled = |(p, width): &(At, f64)| (at(p.x * sheet.density, p.y * sheet.density), width * sheet.density / 2.0);
    Mask::stroke(&line.iter().map(scaled).collect::<Vec<_>>())
}

/// A staple in the top left corner, with its shadow, or the two holes that it left.
pub fn staple(sheet: &mut Sheet, chance: &mut Chance) -> Mask {
    let middle = at(chance.between(6.0, 14.0), chance.between(6.0, 14.0));
    let angle = chance.between(-0.9, 0.2);
    let end = |side: f64| at(middle.x + side * 6.0 * f64::cos(angle), middle.y + side * 6.0 * f64::sin(angle));
    if chance.happens(0.5) {
        for side in [-1.0, 1.0] {
            let hole = end(side);
            let mask = stroke(sheet, &[(hole, 0.9), (at(hole.x + 0.2, hole.y), 0.9)]);
            sheet.picture.ink(&mask, [60, 60, 60], 0.8);
        }
    } else {
        let shadow = [end(-1.0), end(1.0)].map(|p| (at(p.x + 0.5, p.y + 0.6), 1.2));
        let shadow = stroke(sheet, &shadow);
        sheet.picture.ink(&shadow, [120, 120, 120], 0.5);
        let metal = stroke(sheet, &[(end(-1.0), 0.5), (end(1.0), 0.5)]);
        sheet.picture.cover(&metal, [140, 140, 145], 0.9);
    }
    stroke(sheet, &[(end(-1.0), 2.0), (end(1.0), 2.0)])
}

/// Two or four holes on the left.
pub fn holes(sheet: &mut Sheet, chance: &mut Chance) -> Vec<Mask> {
    let offsets: &[f64] = if chance.happens(0.5) { &[-40.0, 40.0] } else { &[-120.0, -40.0, 40.0, 120.0] };
    let (x, y) = (chance.between(9.0, 13.0), SHEET.y / 2.0 + chance.between(-2.0, 2.0));
    let shade = if chance.happens(0.6) { 25 } else { 235 };
    let hole = |offset: &f64| stroke(sheet, &[(at(x, y + offset), 5.6), (at(x + 0.05, y + offset), 5.6)]);
    let masks: Vec<Mask> = offsets.iter().map(hole).collect();
    masks.iter().for_each(|mask| sheet.picture.cover(mask, [shade; 3], 1.0));
    masks
}

/// One or two folds across the sheet, as a letter has them.
pub fn folds(sheet: &mut Sheet, chance: &mut Chance) -> Vec<Mask> {
    let places: &[f64] = if chance.happens(0.5) { &[99.0, 198.0] } else { &[148.5] };
    let fold = |y: &f64, chance: &mut Chance| {
        let tilt = chance.between(-0.8, 0.8);
        let (left, right) = (at(0.0, y - tilt), at(SHEET.x, y + tilt));
        let dark = stroke(sheet, &[(left, chance.between(0.3, 0.9)), (right, chance.between(0.3, 0.9))]);
        let light = stroke(sheet, &[(at(0.0, left.y + 0.6), 0.5), (at(SHEET.x, right.y + 0.6), 0.5)]);
        (dark, light, chance.between(0.08, 0.4) as f32)
    };
    let folds: Vec<(Mask, Mask, f32)> = places.iter().map(|y| fold(y, chance)).collect();
    for (dark, light, strength) in &folds {
        sheet.picture.ink(dark, [90, 90, 90], *strength);
        sheet.picture.cover(light, [255, 255, 255], 0.3);
    }
    folds.into_iter().map(|(dark, ..)| dark).collect()
}

/// The ring that a cup leaves.
pub fn coffee(sheet: &mut Sheet, chance: &mut Chance) -> Mask {
    let middle = at(chance.between(30.0, 180.0), chance.between(40.0, 260.0));
    let radius = chance.between(33.0, 42.0);
    let (from, length) = (chance.between(0.0, 6.0), chance.between(2.0, 6.2));
    let width = |share: f64| 1.2 + 1.2 * (share * 9.0).sin().abs();
    let point = |step: usize| {
        let share = step as f64 / 120.0;
        let (sin, cos) = (from + length * share).sin_cos();
        (at(middle.x + radius * cos, middle.y + radius * sin), width(share))
    };
    let mask = stroke(sheet, &(0..=120).map(point).collect::<Vec<_>>());
    sheet.picture.ink(&mask, [196, 160, 115], chance.between(0.25, 0.7) as f32);
    mask
}

/// Specks and smears.
pub fn dirt(sheet: &mut Sheet, amount: usize, chance: &mut Chance) {
    for _ in 0..amount {
        let p = at(chance.between(2.0, SHEET.x - 2.0), chance.between(2.0, SHEET.y - 2.0));
        let end = at(p.x + chance.normal() * 0.4, p.y + chance.normal() * 0.4 + 0.01);
        let width = chance.between(0.08, 0.45);
        let mask = stroke(sheet, &[(p, width), (end, width * 0.6)]);
        sheet.picture.ink(&mask, [70, 65, 60], chance.between(0.2, 0.9) as f32);
    }
}

/// What is printed on the back, seen through the sheet.
pub fn show_through(sheet: &mut Sheet, back: &Picture, strength: f32) {
    let faint = super::optics::blurred(back, sheet.density * 0.12);
    let (width, height) = (sheet.picture.width.min(faint.width), sheet.picture.height.min(faint.height));
    for y in 0..height {
        for x in 0..width {
            let grey = f32::from(faint.data[(y * faint.width + faint.width - 1 - x) * faint.channels]);
            let share = 1.0 - (1.0 - grey / 255.0) * strength;
            let cell = (y * sheet.picture.width + x) * sheet.picture.channels;
            for value in &mut sheet.picture.data[cell..cell + sheet.picture.channels] {
                *value = (f32::from(*value) * share).round() as u8;
            }
        }
    }
}
