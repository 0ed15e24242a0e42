//! Rubber stamps: a frame or a ring, with words in the type of the contract, inked unevenly and set down askew.

use super::{
    letters::Letter,
    picture::Mask,
    plane::{At, at},
    print::Original,
    rng::Chance,
    sheet::Sheet,
};

/// A stamp to be set down.
pub struct Stamp {
    pub middle: At,
    /// In degrees.
    pub angle: f64,
    pub colour: [u8; 3],
    /// Width and height in millimetres; a ring if they are the same.
    pub size: At,
    pub lines: Vec<String>,
}

impl Stamp {
    /// The stamp of an institution: a ring, or a frame of two or three lines.
    pub fn of_office(middle: At, chance: &mut Chance) -> Self {
        let colour = *chance.one_of(&[[40, 60, 160], [170, 40, 60], [60, 60, 70], [90, 60, 150]]);
        let ring = chance.happens(0.5);
        let size = if ring { at(30.0, 30.0) } else { at(chance.between(36.0, 46.0), chance.between(13.0, 17.0)) };
        let lines =
            if ring { vec!["CENTRE HOSPITALIER * DIRECTION *"] } else { vec!["Le directeur", "Centre hospitalier"] };
        let lines = lines.into_iter().map(str::to_owned).collect();
        Self { middle, angle: chance.normal() * 7.0, colour, size, lines }
    }

    /// « Reçu le … », as a post room sets it on a letter.
    pub fn received(middle: At, chance: &mut Chance) -> Self {
        let day = format!("{:02} MAI 2022", 1 + chance.below(28));
        let lines = vec!["ARRIVÉ LE".to_owned(), day];
        Self { middle, angle: chance.normal() * 5.0, colour: [180, 40, 50], size: at(38.0, 15.0), lines }
    }

    /// Sets the stamp down; what it covers.
    pub fn set(&self, sheet: &mut Sheet, original: &Original, chance: &mut Chance) -> Vec<Mask> {
        let ring = self.size.x == self.size.y;
        let mut masks = if ring { self.ring(sheet, original) } else { self.frame(sheet, original) };
        let strength = chance.between(0.55, 0.95) as f32;
        let worn = Wear::new(chance);
        for mask in &mut masks {
            worn.on(mask, sheet.scale());
            sheet.picture.ink(mask, self.colour, strength);
        }
        masks
    }

    /// From the stamp's own millimetres, around its middle, to the page's.
    fn place(&self, p: At) -> At {
        let (sin, cos) = self.angle.to_radians().sin_cos();
        at(self.middle.x + p.x * cos - p.y * sin, self.middle.y + p.x * sin + p.y * cos)
    }

    fn frame(&self, sheet: &Sheet, original: &Original) -> Vec<Mask> {
        let (w, h) = (self.size.x / 2.0, self.size.y / 2.0);
        let corners = [at(-w, -h), at(w, -h), at(w, h), at(-w, h), at(-w, -h)];
        let border: Vec<(At, f64)> = corners.iter().map(|p| (self.place(*p), 0.6)).collect();
        let mut masks = vec![sheet.stroke(&border)];
        let pitch = self.size.y / (self.lines.len() as f64 + 0.6);
        for (number, line) in self.lines.iter().enumerate() {
            let letters = compose(original, line, 11.0);
            let width: f64 = letters.iter().map(|letter| letter.advance).sum();
            let mut x = -width / 2.0;
            let y = -h + pitch * (number as f64 + 1.0);
            for letter in &letters {
                masks.push(letter.mask(|p| sheet.pixel(self.place(at(x + p.x, y + p.y)))));
                x += letter.advance;
            }
        }
        masks
    }

    fn ring(&self, sheet: &Sheet, original: &Original) -> Vec<Mask> {
        let circle = |radius: f64, width: f64| {
            let point = |step: usize| (step as f64 / 90.0 * std::f64::consts::TAU).sin_cos();
            let line: Vec<(At, f64)> =
                (0..=90).map(|step| (self.place(at(radius * point(step).1, radius * point(step).0)), width)).collect();
            sheet.stroke(&line)
        };
        let radius = self.size.x / 2.0;
        let mut masks = vec![circle(radius, 0.6), circle(radius * 0.62, 0.4)];
        let letters = compose(original, &self.lines.join(" "), 9.0);
        let width: f64 = letters.iter().map(|letter| letter.advance).sum();
        let mut along = 0.0;
        for letter in &letters {
            let (sin, cos) = (along / width * std::f64::consts::TAU).sin_cos();
            let base = radius * 0.7;
            let turned = |p: At| at(p.x * cos - (p.y - base) * sin, p.x * sin + (p.y - base) * cos);
            masks.push(letter.mask(|p| sheet.pixel(self.place(turned(p)))));
            along += letter.advance;
        }
        masks
    }
}

/// Letters of the file's type that say a text, each at 0, 0. What the file has no letter for is left out.
fn compose(original: &Original, text: &str, size: f64) -> Vec<Letter> {
    let case = || original.letters.iter().flatten();
    let find = |c: char| case().find(|letter| letter.text == c);
    let found = |c: char| find(c).or_else(|| c.to_lowercase().next().and_then(find));
    text.chars().filter_map(found).map(|letter| letter.sized(size).moved(at(0.0, 0.0))).collect()
}

/// A pad that is not inked evenly.
struct Wear([f64; 5]);

impl Wear {
    fn new(chance: &mut Chance) -> Self {
        Self(std::array::from_fn(|_| chance.between(0.3, 1.2)))
    }

    fn on(&self, mask: &mut Mask, scale: f64) {
        let [a, b, c, d, floor] = self.0;
        for (index, alpha) in mask.alpha.iter_mut().enumerate() {
            let x = (mask.left as f64 + (index % mask.width) as f64) / scale;
            let y = (mask.top as f64 + (index / mask.width) as f64) / scale;
            let patch = (x * a + y * b * 0.3).sin() * (y * c - x * d * 0.4).sin();
            *alpha *= (0.75 + 0.6 * floor * patch).clamp(0.15, 1.0) as f32;
        }
    }
}
