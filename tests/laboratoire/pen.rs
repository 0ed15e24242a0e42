//! Handwriting: smooth lines of changing width, initials, signatures, and a few words.

use super::{
    picture::Mask,
    plane::{At, at},
    rng::Chance,
    sheet::Sheet,
};

/// What one writes with.
#[derive(Debug, Clone, Copy)]
pub struct Pen {
    pub colour: [u8; 3],
    /// Width of its line, in millimetres.
    pub width: f64,
    /// How much of the paper it hides, from 0 to 1.
    pub strength: f32,
}

pub const PENCIL: Pen = Pen { colour: [95, 95, 98], width: 0.45, strength: 0.6 };

impl Pen {
    /// A ball point or a felt pen, blue or black.
    pub fn any(chance: &mut Chance) -> Self {
        let colour = *chance.one_of(&[[28, 44, 150], [20, 30, 110], [22, 22, 28], [40, 70, 185]]);
        let width = if chance.happens(0.2) { chance.between(0.7, 1.1) } else { chance.between(0.3, 0.6) };
        Self { colour, width, strength: chance.between(0.75, 1.0) as f32 }
    }

    /// Draws lines through points, in millimetres of the page; what they cover.
    pub fn draw(&self, sheet: &mut Sheet, lines: &[Vec<At>], chance: &mut Chance) -> Vec<Mask> {
        let phase = chance.between(0.0, 6.0);
        let masks: Vec<Mask> = lines
            .iter()
            .map(|line| {
                let smooth = smooth(line);
                let pressed = smooth.iter().enumerate().map(|(step, p)| {
                    let press = 0.8 + 0.3 * (step as f64 * 0.11 + phase).sin();
                    (*p, self.width * press)
                });
                sheet.stroke(&pressed.collect::<Vec<_>>())
            })
            .collect();
        masks.iter().for_each(|mask| sheet.picture.ink(mask, self.colour, self.strength));
        masks
    }
}

/// A curve through points (Catmull-Rom), in short steps.
fn smooth(line: &[At]) -> Vec<At> {
    let last = line.len() - 1;
    let mut curve = Vec::new();
    for index in 0..last {
        let p = [line[index.saturating_sub(1)], line[index], line[index + 1], line[(index + 2).min(last)]];
        let length = (p[2].x - p[1].x).hypot(p[2].y - p[1].y);
        let steps = ((length / 0.4).ceil() as usize).clamp(2, 60);
        for step in 0..steps {
            let t = step as f64 / steps as f64;
            let blend = |of: fn(At) -> f64| {
                let [a, b, c, d] = p.map(of);
                0.5 * (2.0 * b
                    + (c - a) * t
                    + (2.0 * a - 5.0 * b + 4.0 * c - d) * t * t
                    + (3.0 * b - a - 3.0 * c + d) * t * t * t)
            };
            curve.push(at(blend(|p| p.x), blend(|p| p.y)));
        }
    }
    curve.push(line[last]);
    curve
}

/// Two or three letters in one movement, of this height, around a point.
pub fn initials(middle: At, height: f64, chance: &mut Chance) -> Vec<Vec<At>> {
    scrawl(middle, at(height * chance.between(1.2, 2.0), height), 5 + chance.below(4), chance)
}

/// A signature of this size around a point: a scrawl, mostly with a flourish through or below it.
pub fn signature(middle: At, size: At, chance: &mut Chance) -> Vec<Vec<At>> {
    let mut lines = scrawl(middle, at(size.x * 0.85, size.y), 8 + chance.below(8), chance);
    if chance.happens(0.7) {
        let (left, right) = (middle.x - size.x / 2.0, middle.x + size.x / 2.0);
        let y = middle.y + size.y * chance.between(0.0, 0.5);
        let bow = size.y * chance.between(-0.3, 0.3);
        lines.push(vec![at(left, y), at(middle.x, y + bow), at(right, y - size.y * chance.between(0.0, 0.4))]);
    }
    lines
}

/// Loops from left to right.
fn scrawl(middle: At, size: At, turns: usize, chance: &mut Chance) -> Vec<Vec<At>> {
    let point = |step: usize, chance: &mut Chance| {
        let along = step as f64 / (turns - 1) as f64 - 0.5;
        let side = if step.is_multiple_of(2) { 0.5 } else { -0.5 };
        let tall = if chance.happens(0.3) { 1.0 } else { chance.between(0.3, 0.7) };
        at(middle.x + size.x * (along + chance.between(-0.12, 0.12)), middle.y + size.y * side * tall)
    };
    let line: Vec<At> = (0..turns).map(|step| point(step, chance)).collect();
    if turns > 7 && chance.happens(0.5) {
        let (first, second) = line.split_at(turns / 2);
        return vec![first.to_vec(), second.to_vec()];
    }
    vec![line]
}

/// Words by hand: those letters that [`strokes`] knows, on a line that begins at `start`.
pub fn writing(text: &str, start: At, height: f64, chance: &mut Chance) -> Vec<Vec<At>> {
    let (slant, rise) = (chance.between(0.0, 0.3), chance.between(-0.05, 0.02));
    let mut x = start.x;
    let mut lines = Vec::new();
    for letter in text.chars() {
        let (width, shapes) = strokes(letter);
        for shape in shapes {
            let place = |pair: &[u8]| {
                let (u, v) = (f64::from(pair[0] - b'0') / 9.0, f64::from(pair[1] - b'0') / 9.0);
                let (u, v) = (u + chance.normal() * 0.03, v + chance.normal() * 0.03);
                let across = x + height * (u * width + (1.0 - v) * slant);
                at(across, start.y - height * (1.0 - v) + (across - start.x) * rise)
            };
            lines.push(shape.as_bytes().chunks_exact(2).map(place).collect());
        }
        x += height * (width + chance.between(0.08, 0.2));
    }
    lines
}

/// A letter as lines through points: a digit from left to right, a digit from top to bottom. Small letters are 6 high.
fn strokes(letter: char) -> (f64, &'static [&'static str]) {
    match letter {
        '0' => (0.5, &["5010062949986492951"]),
        '1' => (0.3, &["3270", "7079"]),
        '2' => (0.5, &["13308193759", "0999"]),
        '3' => (0.5, &["1150829444", "448597980918"]),
        '4' => (0.5, &["600696", "6369"]),
        '5' => (0.5, &["801003", "03738798091"]),
        '6' => (0.5, &["70250739987505"]),
        '7' => (0.5, &["009039", "2575"]),
        '8' => (0.5, &["5010335496693906548380"]),
        '9' => (0.5, &["806012447281", "8179"]),
        '/' => (0.4, &["9009"]),
        'a' => (0.5, &["833406398894", "8489"]),
        'b' => (0.45, &["1019", "1545879819"]),
        'c' => (0.45, &["834305389988"]),
        'd' => (0.5, &["84340639988", "9099"]),
        'e' => (0.45, &["069584330637989"]),
        'é' => (0.45, &["069584330637989", "4270"]),
        'i' => (0.2, &["5459"]),
        'l' => (0.25, &["205089"]),
        'm' => (0.7, &["0409", "05356559", "55859599"]),
        'n' => (0.5, &["0409", "06357599"]),
        'o' => (0.45, &["53150839989553"]),
        'p' => (0.45, &["1419", "1545879819"]),
        'r' => (0.4, &["1419", "164594"]),
        's' => (0.4, &["84341657889909"]),
        't' => (0.35, &["4148798", "0474"]),
        'u' => (0.5, &["040749878", "8489"]),
        'v' => (0.45, &["044994"]),
        _ => (0.4, &[]),
    }
}
