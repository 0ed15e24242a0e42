//! A side as it looks from the page: drawn at the size of a search, and searched for blocks of the page.

use std::cell::OnceCell;

use super::{
    blocks::Found,
    homography::{Freedom, Homography, Pair, Xy, tukey},
    levels::Level,
    original::PAGE_WIDTH,
    raster::Raster,
    warp::{reduced, warped},
};

/// A block is where it should be when it is so much like the page.
const ALIKE: f32 = 0.55;

/// Blocks that are not farther from their places than this (millimetres) are mostly much closer.
const CLOSE_BY: f64 = 2.0;

/// Where a page seems to lie.
pub(super) struct Guess {
    pub(super) plane: Homography,
    /// The share of blocks that agree.
    pub(super) agreement: f64,
    /// Where it was taken to lie before, and what was found then.
    pub(super) before: Homography,
    pub(super) pairs: Vec<Pair>,
}

/// A side at the sizes at which it is looked at: each is made once.
pub(super) struct Views<'a> {
    pub(super) side: &'a Raster,
    smaller: [OnceCell<Option<Raster>>; 7],
}

/// What a search for blocks found.
pub(super) struct Search {
    /// Where blocks are and where they were found, in millimetres of the page.
    pub(super) pairs: Vec<Pair>,
    /// How many were searched for.
    pub(super) tried: usize,
}

impl<'a> Views<'a> {
    pub(super) fn of(side: &'a Raster) -> Self {
        Self { side, smaller: std::array::from_fn(|_| OnceCell::new()) }
    }

    /// The side, made smaller by a power of two.
    fn smaller(&self, power: usize) -> Option<&Raster> {
        match power.checked_sub(1) {
            None => Some(self.side),
            Some(next) => self.smaller.get(power)?.get_or_init(|| reduced(self.smaller(next)?, 2)).as_ref(),
        }
    }

    /// Draws the page as it lies by `map`, from millimetres to pixels of the side.
    pub(super) fn drawn(&self, scale: f64, size: (usize, usize), map: impl Fn(Xy) -> Xy) -> Option<Raster> {
        let middle = (105.0, 148.5);
        let (here, there) = (map(middle), map((middle.0 + 10.0, middle.1)));
        let stride = (there.0 - here.0).hypot(there.1 - here.1) / 10.0 / scale;
        // What is drawn at full size keeps all that can be seen; for the other sizes the nearest one will do.
        let power = if size.0 == PAGE_WIDTH { stride.log2().floor() } else { stride.log2().round() };
        let power = power.clamp(0.0, (self.smaller.len() - 1) as f64) as usize;
        let picture = self.smaller(power)?;
        let by = f64::from(1_u32 << power);
        warped(picture, size.0, size.1, |(x, y)| {
            let (x, y) = map((x / scale, y / scale));
            (x / by, y / by)
        })
    }

    /// Corrects a plane by blocks that are up to `doubt` millimetres from their places, and may disagree by `reach`.
    pub(super) fn step(&self, level: &Level, doubt: f64, reach: f64, plane: Homography) -> Option<Guess> {
        let Search { pairs, tried } = self.search(level, doubt, |place| plane.apply(place))?;
        let correction = Homography::robust(&pairs, reach, Freedom::Projective)?;
        let near = pairs.iter().filter(|pair| pair.distance(&correction) < reach).count();
        let agreement = near as f64 / tried.max(1) as f64;
        Some(Guess { plane: plane.after(&correction), agreement, before: plane, pairs })
    }

    /// Searches for the blocks of a page, up to `doubt` millimetres from where `map` says.
    pub(super) fn search(&self, level: &Level, doubt: f64, map: impl Fn(Xy) -> Xy) -> Option<Search> {
        let picture = self.drawn(level.scale, level.size, map)?;
        Some(search(&picture, level, doubt))
    }
}

pub(super) fn search(picture: &Raster, level: &Level, doubt: f64) -> Search {
    let radius = (doubt * level.scale).ceil() as usize;
    // After the first sizes nearly all blocks are close to their places.
    let near = if doubt <= CLOSE_BY { 2 } else { radius };
    let mm = |pixels: f64| pixels / level.scale;
    let found =
        level.blocks.iter().filter_map(|block| Some((block.middle(), block.find_near_first(picture, near, radius)?)));
    let alike = found.filter(|(_, found)| found.likeness >= ALIKE);
    let pairs = alike.map(|((x, y), found)| Pair {
        from: (mm(x), mm(y)),
        to: (mm(x + f64::from(found.shift.0)), mm(y + f64::from(found.shift.1))),
        weight: weight(&found),
    });
    Search { pairs: pairs.collect(), tried: level.blocks.len() }
}

/// How much a block counts: by how much it is alike, and by how sharply it is determined.
fn weight(found: &Found) -> Xy {
    let alike = 1.0 - tukey(f64::from(found.likeness - ALIKE) + 0.02, 0.3);
    let sharp = |bend: f32| (f64::from(bend) / 0.2).min(1.0).powi(2);
    (alike * sharp(found.sharpness.0), alike * sharp(found.sharpness.1))
}
