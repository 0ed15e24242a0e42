//! A page as it was sent, at the sizes at which sides are laid onto it.

use super::{
    alterations::COMPARED_MM,
    blocks::{Block, blocks},
    original::PIXELS_PER_MM,
    raster::Raster,
    warp::reduced,
};

/// Blocks by which a page can be judged, at least.
const FEW: usize = 12;

/// A page at one size, and what of it is searched for.
pub(super) struct Level {
    /// Pixels of a millimetre.
    pub(super) scale: f64,
    /// Pixels from left to right and from top to bottom.
    pub(super) size: (usize, usize),
    pub(super) blocks: Vec<Block>,
}

/// The sizes, from the coarsest.
pub(super) struct Levels {
    /// What is written on and what is not.
    pub(super) rough: Level,
    /// Paragraphs.
    pub(super) coarse: Level,
    /// Lines and words.
    pub(super) middle: Level,
    /// Words and letters.
    pub(super) fine: Level,
    /// Other blocks of the fine size, by which the result is judged.
    pub(super) check: Level,
    /// Blocks of the page itself: its letters.
    pub(super) sharp: Level,
}

impl Levels {
    pub(super) fn of(page: &Raster) -> Option<Self> {
        let half = reduced(page, 2)?;
        let quarter = reduced(&half, 2)?;
        let eighth = reduced(&quarter, 2)?;
        let sixteenth = reduced(&eighth, 2)?;
        Some(Self {
            rough: Level::of(&sixteenth, 16, (0, 0), (16, 12), 24),
            coarse: Level::of(&eighth, 8, (0, 0), (32, 12), 24),
            middle: Level::of(&quarter, 4, (0, 0), (32, 20), 24),
            fine: Level::of(&half, 2, (0, 0), (40, 25), 20),
            check: Level::of(&half, 2, (20, 12), (80, 25), 20).determined(&half).in_body(),
            sharp: Level::of(page, 1, (0, 0), (160, 120), 32),
        })
    }
}

impl Level {
    fn of(page: &Raster, by: usize, start: (usize, usize), step: (usize, usize), height: usize) -> Self {
        Self {
            scale: PIXELS_PER_MM as f64 / by as f64,
            size: (page.width(), page.height()),
            blocks: blocks(page, start, step, height),
        }
    }

    /// Only the blocks of what all exemplaires share and nobody initials, unless a page has hardly any there: the codes, the number of
    /// the exemplaire and the zone of initials differ on an honest page.
    fn in_body(mut self) -> Self {
        let [top, bottom] = COMPARED_MM.map(|mm| mm as f64);
        let is_body = |block: &Block| (top..bottom).contains(&(block.middle().1 / self.scale));
        if self.blocks.iter().filter(|block| is_body(block)).count() >= FEW {
            self.blocks.retain(is_body);
        }
        self
    }

    /// Only the blocks whose place can be told in both directions: of a rule across the page, no part is like itself alone.
    fn determined(mut self, page: &Raster) -> Self {
        let sharp = |block: &Block| block.find(page, 2).is_some_and(|own| own.sharpness.0.min(own.sharpness.1) > 0.05);
        self.blocks.retain(sharp);
        self
    }
}
