//! The scan laboratory: prints pages, spoils them, scans them, and tells the truth about each.
//!
//! Everything follows from a seed: the same seed and the same PDF give the same bytes. Nothing here uses the reader that it is made to judge,
//! and poppler prints, so that no rasteriser is compared with itself.
//!
//! ```text
//! laboratoire print --pdf X.pdf [--map X.pages.json] [--profile g200] [--seed 7] [--pages 3,5] [--alter digit] [--handling office] [--as pdf|jpg|png|tiff] --out DIR
//! ```
//!
//! writes, for each page, `X-pNN-PROFILE.pdf` (one picture, as a scanner writes it) and `X-pNN-PROFILE.json`, its truth ([`SideTruth`]): which
//! page it is, by how much it must be turned, where a grid of points of the printed page lies in the picture, which boxes hold ink, what
//! was altered and what else was left on the sheet. `--profile all` takes every profile.
//!
//! ```text
//! laboratoire pile --pdf A.pdf,B.pdf,C.pdf [--older OLD.pdf] --mishap missing,doubled,backs [--profile g200] [--seed 7] [--as pdf|jpg|png|tiff] --out DIR
//! ```
//!
//! scans one set of each file, one upon the other, after what went wrong with the pile; it writes `pile.pdf` (or a folder of single pages)
//! and `pile.json` ([`PileTruth`]): every side, and the sets that should be found.
//!
//! ```text
//! laboratoire campaign --contracts DIR [--from 1] [--to 100] [--profile all] [--seed 1] [--honest 12] [--altered 1] [--signed 6] --out DIR
//! ```
//!
//! scans pages of many contracts in every profile; `examples/paper` judges the reader by them.
//!
//! ```text
//! laboratoire refont --contracts DIR --regular R.ttf --bold B.ttf --out DIR
//! ```
//!
//! prints the same contracts in another type: [`refont`].

mod alter;
mod amend;
mod codecs;
mod fonts;
mod foreign;
mod letters;
mod optics;
mod paper;
mod pen;
mod people;
mod picture;
mod pile;
mod plane;
mod print;
mod retouch;
mod rng;
mod scanner;
mod sheet;
mod stamps;
mod truth;

use std::error::Error;

pub use alter::{Composition, Kind};
pub use codecs::{Codec, ScannedPdf, jpeg, png, tiff};
pub use fonts::refont;
pub use people::Handling;
pub use picture::Picture;
pub use pile::{Face, Mishap, Pile, PileTruth, SetTruth};
pub use plane::at;
pub use print::{Original, Printer};
pub use rng::Chance;
pub use scanner::{Mode, PROFILES, Profile, profile};
pub use sheet::{Placement, SHEET, Sheet};
pub use truth::{Alteration, Area, BoxTruth, Mark, SideKind, SideTruth};

/// Pixels of a millimetre of a sheet before it is scanned: 400 dpi.
pub const DENSITY: f64 = 400.0 / 25.4;

/// How one side of a sheet is made.
#[derive(Debug, Clone, Copy)]
pub struct Job {
    pub printer: Printer,
    pub density: f64,
    pub profile: Profile,
    pub alteration: Option<Kind>,
    pub handling: Handling,
    /// Which boxes are signed, in the order of the map, and nothing else is done to the sheet; without it, chance decides.
    pub signed: Option<[bool; 3]>,
    /// By how many quarters the picture is turned clockwise.
    pub quarters: usize,
}

/// A scan, and what is true of it.
pub struct Scan {
    pub picture: Picture,
    pub truth: SideTruth,
}

impl Job {
    pub const fn new(profile: Profile) -> Self {
        Self {
            printer: Printer::Poppler,
            density: DENSITY,
            profile,
            alteration: None,
            handling: Handling::Office,
            signed: None,
            quarters: 0,
        }
    }

    /// Prints a page, from 1, spoils the sheet and scans it; none when the page cannot be altered as is asked.
    pub fn run(&self, original: &Original, page: usize, chance: &Chance) -> Result<Option<Scan>, Box<dyn Error>> {
        let placement = driver(&mut chance.of("driver"));
        let mut sheet = Sheet::printed(original, page, (self.density, self.channels()), placement, self.printer)?;
        let mut truth = sheet.truth(original, page);
        let mut back = chance.of("back");
        if self.handling == Handling::Office && back.happens(0.08) {
            let other = original.print(1 + back.below(original.pages()), self.density, self.printer)?;
            paper::show_through(&mut sheet, &other, back.between(0.03, 0.1) as f32);
        }
        if let Some(kind) = self.alteration {
            let composition = Composition::of(original, page);
            let Some(done) = composition.alter(&mut sheet, kind, &mut chance.of("alteration")) else { return Ok(None) };
            truth.alterations.push(done);
        }
        let hands = people::Hands { sheet: &mut sheet, original, page, truth: &mut truth, chance: chance.of("people") };
        match self.signed {
            Some(boxes) => { hands }.sign_in(boxes),
            None => { hands }.handle(self.handling),
        }
        Ok(Some(self.scan(sheet, truth, chance)))
    }

    /// Scans a side of a pile.
    pub fn side(&self, originals: &[Original], face: Face, chance: &Chance) -> Result<Scan, Box<dyn Error>> {
        let mut drawn = chance.of("foreign");
        let blank = Sheet::blank(self.density, self.channels());
        let sheet = match face {
            Face::Page { original, page } => {
                return Ok(self.run(&originals[original], page, chance)?.ok_or("a page that cannot be altered")?);
            }
            Face::Blank => blank,
            Face::Letter => foreign::letter(&originals[0], blank, &mut drawn),
            Face::Remark => foreign::remark(foreign::worn(None, blank, &mut drawn), &mut drawn),
            Face::Separator => foreign::separator(&originals[0], blank),
            Face::SeparatorNoted => foreign::remark(foreign::separator(&originals[0], blank), &mut drawn),
            Face::Worn => {
                let front = originals[0].print(1, self.density, self.printer)?;
                foreign::worn(Some(&front), blank, &mut drawn)
            }
        };
        let kind = if matches!(face, Face::Blank | Face::Worn) { SideKind::Blank } else { SideKind::Foreign };
        Ok(self.scan(sheet, SideTruth::other(kind), chance))
    }

    /// A scanner that sees no colour needs none on the sheet.
    const fn channels(&self) -> usize {
        if matches!(self.profile.mode, Mode::Colour) { 3 } else { 1 }
    }

    fn scan(&self, sheet: Sheet, mut truth: SideTruth, chance: &Chance) -> Scan {
        let (picture, mut sheet) = self.profile.scan(sheet, chance);
        let back = plane::Homography::unturn(self.quarters, picture.width as f64, picture.height as f64);
        sheet.trace.push(plane::Warp::flat(back));
        let picture = picture.turned(self.quarters);
        truth.turn = [0, 270, 180, 90][self.quarters % 4];
        truth.trace(&sheet.trace, [picture.width, picture.height]);
        Scan { picture, truth }
    }
}

/// How a printer driver lays a page onto the sheet: as it is, or smaller, to keep clear of the edges.
fn driver(chance: &mut Chance) -> Placement {
    let scale = if chance.happens(0.5) { 1.0 } else { chance.between(0.94, 0.975) };
    let corner = |length: f64, chance: &mut Chance| length * (1.0 - scale) / 2.0 + chance.between(-1.5, 1.5);
    let screened = chance.happens(0.6);
    Placement { scale, screened, corner: at(corner(SHEET.x, chance), corner(SHEET.y, chance)) }
}
