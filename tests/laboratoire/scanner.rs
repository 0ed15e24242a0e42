//! Scanners, photocopiers and telephones: a sheet becomes a picture.

use super::{
    codecs::Codec,
    optics::{Exposure, expose},
    picture::Picture,
    plane::{At, Homography, Warp, Wave, at},
    rng::Chance,
    sheet::{SHEET, Sheet},
};

/// What a picture is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    Bilevel,
    Colour,
    Grey,
}

/// A way to scan. Names never change: tables of results are read by them.
#[derive(Debug, Clone, Copy)]
pub struct Profile {
    pub name: &'static str,
    pub dpi: f64,
    pub mode: Mode,
    pub codec: Codec,
    /// How often the sheet was photocopied before.
    pub copies: usize,
    /// Whether it is a photograph.
    pub phone: bool,
    /// Blur of the lens, in millimetres.
    pub blur: f64,
    /// Standard deviation of the noise, of 255.
    pub noise: f64,
    /// How poor it is, from 0 (an office's scanner) to 1: speckles, streaks, faded toner.
    pub poverty: f64,
}

const GREY: Profile = Profile {
    name: "g300",
    dpi: 300.0,
    mode: Mode::Grey,
    codec: Codec::Jpeg(80),
    copies: 0,
    phone: false,
    blur: 0.035,
    noise: 2.5,
    poverty: 0.1,
};

const COLOUR: Profile = Profile { name: "c300", mode: Mode::Colour, codec: Codec::Jpeg(60), ..GREY };
const BILEVEL: Profile = Profile { name: "b300", mode: Mode::Bilevel, codec: Codec::G4, ..GREY };

/// All ways to scan.
pub const PROFILES: &[Profile] = &[
    GREY,
    Profile { name: "g200", dpi: 200.0, codec: Codec::Jpeg(60), ..GREY },
    Profile { name: "g150", dpi: 150.0, codec: Codec::Jpeg(40), ..GREY },
    COLOUR,
    Profile { name: "c200", dpi: 200.0, codec: Codec::Jpeg(45), ..COLOUR },
    BILEVEL,
    Profile { name: "b200", dpi: 200.0, ..BILEVEL },
    Profile { name: "copy200", dpi: 200.0, codec: Codec::Jpeg(55), copies: 1, poverty: 0.4, ..GREY },
    Profile { name: "bcopy200", dpi: 200.0, copies: 1, poverty: 0.4, ..BILEVEL },
    Profile { name: "phone", dpi: 200.0, codec: Codec::Jpeg(60), phone: true, blur: 0.07, noise: 4.0, ..COLOUR },
    Profile {
        name: "poor150",
        dpi: 150.0,
        codec: Codec::Jpeg(30),
        copies: 1,
        blur: 0.06,
        noise: 6.0,
        poverty: 1.0,
        ..GREY
    },
];

/// A profile by its name.
pub fn profile(name: &str) -> Option<Profile> {
    PROFILES.iter().copied().find(|profile| profile.name == name)
}

impl Profile {
    /// Scans a sheet: a picture, with the way from its pixels back to the page in the sheet's trace.
    pub fn scan(&self, mut sheet: Sheet, chance: &Chance) -> (Picture, Sheet) {
        for copy in 0..self.copies {
            sheet = photocopied(sheet, self.poverty, &mut chance.of(&format!("copy {copy}")));
        }
        let mut chance = chance.of("scan");
        let (warp, size) = if self.phone { held(self.dpi, &mut chance) } else { fed(self.dpi, &mut chance) };
        let source = std::mem::replace(&mut sheet.picture, Picture::filled(1, 1, 1, 0));
        let source = if self.mode == Mode::Colour { source } else { source.grey() };
        let around = surroundings(self.phone, &mut chance);
        let blur = self.blur * chance.between(0.8, 1.4);
        let mut exposure = expose(&source, sheet.density, &warp, size, blur, &around);
        light(&mut exposure, self, &mut chance);
        streaks(&mut exposure, self, &mut chance);
        noise(&mut exposure.values, self.noise * chance.between(0.6, 1.3), &mut chance);
        sheet.trace.push(warp);
        let picture = match self.mode {
            Mode::Bilevel => threshold(&exposure, &mut chance),
            _ => developed(exposure),
        };
        (picture, sheet)
    }
}

/// Through the feeder or on the glass: a little askew, shifted, and not quite evenly.
fn fed(dpi: f64, chance: &mut Chance) -> (Warp, [usize; 2]) {
    let density = dpi / 25.4;
    let skew = chance.normal() * if chance.happens(0.15) { 1.4 } else { 0.5 };
    let shift = at(chance.normal() * 0.8, chance.normal() * 0.8);
    let stretch = at(1.0 + chance.normal() * 0.0015, 1.0 + chance.normal() * 0.003);
    let plane = Homography::scale(1.0 / density, 1.0 / density)
        .then(&Homography::turn(skew.clamp(-3.0, 3.0), at(SHEET.x / 2.0, SHEET.y / 2.0)))
        .then(&Homography::shift(shift.x, shift.y))
        .then(&Homography::scale(stretch.x, stretch.y));
    let waves = (0..3).map(|_| feed_wave(chance)).collect();
    (Warp { plane, waves }, [(SHEET.x * density).round() as usize, (SHEET.y * density).round() as usize])
}

fn feed_wave(chance: &mut Chance) -> Wave {
    let length = chance.between(60.0, 300.0);
    Wave {
        push: at(chance.between(0.0, 0.18), chance.between(0.0, 0.3)),
        pace: at(0.0, std::f64::consts::TAU / length),
        phase: chance.between(0.0, std::f64::consts::TAU),
    }
}

/// By a telephone above a table: in perspective, the sheet not flat.
fn held(dpi: f64, chance: &mut Chance) -> (Warp, [usize; 2]) {
    let density = dpi / 25.4;
    let margin = chance.between(6.0, 16.0);
    let size = [((SHEET.x + 2.0 * margin) * density) as usize, ((SHEET.y + 2.0 * margin) * density) as usize];
    let mut corner = |x: f64, y: f64| {
        let (dx, dy) = (chance.between(-6.0, 6.0), chance.between(-6.0, 6.0));
        at((margin + x + dx) * density, (margin + y + dy) * density)
    };
    let seen = [corner(0.0, 0.0), corner(SHEET.x, 0.0), corner(SHEET.x, SHEET.y), corner(0.0, SHEET.y)];
    let sheet = [at(0.0, 0.0), at(SHEET.x, 0.0), SHEET, at(0.0, SHEET.y)];
    let bend = |chance: &mut Chance| {
        let (angle, length) = (chance.between(0.0, std::f64::consts::TAU), chance.between(150.0, 400.0));
        let pace = std::f64::consts::TAU / length;
        Wave {
            push: at(chance.between(-0.5, 0.5), chance.between(-0.5, 0.5)),
            pace: at(angle.cos() * pace, angle.sin() * pace),
            phase: chance.between(0.0, std::f64::consts::TAU),
        }
    };
    let waves = (0..3).map(|_| bend(chance)).collect();
    (Warp { plane: Homography::between(seen, sheet), waves }, size)
}

/// What is seen beside the sheet: the scanner's lid, mostly white, or a table.
fn surroundings(phone: bool, chance: &mut Chance) -> impl Fn(At) -> [f32; 3] + use<> {
    let lid = if chance.happens(0.2) { 20.0 } else { 246.0 };
    let table = [chance.between(60.0, 190.0), chance.between(50.0, 150.0), chance.between(40.0, 130.0)];
    let grain = chance.between(0.01, 0.06);
    move |p| {
        if !phone {
            return [lid as f32; 3];
        }
        let wood = (p.y * grain + (p.x * grain * 0.1).sin() * 3.0).sin() * 10.0;
        table.map(|channel| (channel + wood) as f32)
    }
}

/// Paper, lamp and sensor: how white is white, how black is black, and where.
fn light(exposure: &mut Exposure, profile: &Profile, chance: &mut Chance) {
    let white = chance.between(232.0, 252.0) as f32;
    let black = (chance.between(0.0, 22.0) + 12.0 * profile.poverty) as f32;
    let uneven = if profile.phone { chance.between(0.1, 0.4) } else { chance.between(0.0, 0.06) };
    let angle = chance.between(0.0, std::f64::consts::TAU);
    let tint = |chance: &mut Chance| [1.0, chance.between(0.93, 1.0) as f32, chance.between(0.8, 0.98) as f32];
    let cast = if profile.phone { tint(chance) } else { [1.0, 0.995, 0.985] };
    let (width, channels) = (exposure.width, exposure.channels);
    let longest = (exposure.width.max(exposure.height)) as f64;
    // From one side to the other, the lamp fades evenly.
    let (right, down) = (angle.cos() / longest, angle.sin() / longest);
    for (y, row) in exposure.values.chunks_exact_mut(width * channels).enumerate() {
        for (x, pixel) in row.chunks_exact_mut(channels).enumerate() {
            let lamp = (1.0 - uneven * (0.5 + 0.5 * (x as f64 * right + y as f64 * down))) as f32;
            for (value, cast) in pixel.iter_mut().zip(&cast) {
                *value = (black + (white - black) * *value / 255.0) * lamp * cast;
            }
        }
    }
}

/// Dirt on the glass of a feeder: lines down the whole page.
fn streaks(exposure: &mut Exposure, profile: &Profile, chance: &mut Chance) {
    if profile.phone || !chance.happens(0.1 + 0.35 * profile.poverty) {
        return;
    }
    for _ in 0..=chance.below(2) {
        let (x, thickness) = (chance.below(exposure.width), 1 + chance.below(2));
        let depth = chance.between(-60.0, 25.0) as f32;
        for y in 0..exposure.height {
            for column in x..(x + thickness).min(exposure.width) {
                let cell = (y * exposure.width + column) * exposure.channels;
                exposure.values[cell..cell + exposure.channels].iter_mut().for_each(|value| *value += depth);
            }
        }
    }
}

/// Adds noise of this standard deviation.
fn noise(values: &mut [f32], deviation: f64, chance: &mut Chance) {
    let bell: Vec<f32> = (0..65_536).map(|_| (chance.normal() * deviation) as f32).collect();
    for four in values.chunks_mut(4) {
        let number = chance.number();
        four.iter_mut().zip(0..).for_each(|(value, part)| *value += bell[(number >> (part * 16)) as usize & 0xffff]);
    }
}

fn developed(exposure: Exposure) -> Picture {
    let data = exposure.values.iter().map(|value| value.round().clamp(0.0, 255.0) as u8).collect();
    Picture { width: exposure.width, height: exposure.height, channels: exposure.channels, data }
}

/// Black or white: by one level, or by what lies around, as newer scanners do.
fn threshold(exposure: &Exposure, chance: &mut Chance) -> Picture {
    let (width, height) = (exposure.width, exposure.height);
    let level = chance.between(105.0, 165.0) as f32;
    let local = chance.happens(0.5).then(|| local_means(exposure, 48));
    let data = exposure.values.iter().enumerate().map(|(cell, value)| {
        let level = local.as_ref().map_or(level, |(means, across)| {
            let (x, y) = (cell % width / 48, cell / width / 48);
            means[y * across + x] * 0.72
        });
        if *value < level { 0 } else { 255 }
    });
    Picture { width, height, channels: 1, data: data.collect() }
}

/// The mean of each square of so many pixels, at least that of paper that is half lit.
fn local_means(exposure: &Exposure, side: usize) -> (Vec<f32>, usize) {
    let (across, down) = (exposure.width.div_ceil(side), exposure.height.div_ceil(side));
    let mut sums = vec![(0.0_f32, 0_u32); across * down];
    for (cell, value) in exposure.values.iter().enumerate() {
        let (x, y) = (cell % exposure.width / side, cell / exposure.width / side);
        let sum = &mut sums[y * across + x];
        *sum = (sum.0 + value, sum.1 + 1);
    }
    (sums.iter().map(|(sum, count)| (sum / *count as f32).max(120.0)).collect(), across)
}

/// A photocopy of a sheet: a little askew and larger, harder, speckled, its toner uneven.
fn photocopied(mut sheet: Sheet, poverty: f64, chance: &mut Chance) -> Sheet {
    let density = sheet.density;
    let picture = std::mem::replace(&mut sheet.picture, Picture::filled(1, 1, 1, 0));
    let size = [picture.width, picture.height];
    let scale = 1.0 / chance.between(0.985, 1.012);
    let plane = Homography::scale(1.0 / density, 1.0 / density)
        .then(&Homography::turn(chance.normal() * 0.3, at(SHEET.x / 2.0, SHEET.y / 2.0)))
        .then(&Homography::scale(scale, scale))
        .then(&Homography::shift(chance.normal() * 0.8, chance.normal() * 0.8));
    let warp = Warp { plane, waves: vec![feed_wave(chance)] };
    let border = if chance.happens(0.3) { 30.0 } else { 255.0 };
    let mut exposure = expose(&picture.grey(), density, &warp, size, chance.between(0.05, 0.09), &|_| [border; 3]);
    let (darkness, softness) = (chance.between(110.0, 165.0), chance.between(22.0, 45.0));
    let fade = (chance.between(0.0, 0.15) + 0.25 * poverty) as f32;
    let (pace, phase) = (chance.between(0.01, 0.04), chance.between(0.0, 6.0));
    let worn = |x: usize| fade * (0.5 + 0.5 * ((x as f64 / density * pace * 6.0 + phase).sin() as f32));
    let worn: Vec<f32> = (0..size[0]).map(worn).collect();
    let hard: Vec<f32> =
        (0..=255).map(|level| 255.0 / (1.0 + (-(f64::from(level) - darkness) / softness).exp()) as f32).collect();
    for row in exposure.values.chunks_exact_mut(size[0]) {
        for (value, worn) in row.iter_mut().zip(&worn) {
            *value = 255.0 - (255.0 - hard[value.clamp(0.0, 255.0) as usize]) * (1.0 - worn);
        }
    }
    sheet.picture = developed(exposure);
    sheet.trace.push(Warp { plane: Homography::scale(density, density).then(&warp.plane), waves: warp.waves });
    speckle(&mut sheet, 0.3 + poverty, chance);
    sheet
}

/// Specks of toner all over the sheet.
fn speckle(sheet: &mut Sheet, amount: f64, chance: &mut Chance) {
    for _ in 0..(amount * chance.between(50.0, 400.0)) as usize {
        let p = at(chance.between(0.0, SHEET.x) * sheet.density, chance.between(0.0, SHEET.y) * sheet.density);
        let radius = chance.between(0.03, 0.12) * sheet.density;
        let mask = super::picture::Mask::stroke(&[(p, radius), (at(p.x + 0.1, p.y), radius)]);
        sheet.picture.ink(&mask, [40, 40, 40], chance.between(0.4, 1.0) as f32);
    }
}
