//! What is dark on a side, and which of it was not printed.
//!
//! How white paper is differs from place to place, how black ink is from side to side: both are taken from the side itself. Ink is what is
//! closer to black than three tenths of the way. What is not within half a millimetre of something printed is *off the print*: a
//! registration that is right to a fifth of a millimetre, toner that has spread and a frame that was printed a little bolder leave nothing
//! there. Specks and streaks are sorted out later, by [`Stroke`].

use super::{
    bitmap::Bitmap,
    original::{Original, PAGE_HEIGHT, PAGE_WIDTH},
    raster::Raster,
    registration::Registered,
};

/// How far around what was printed ink belongs to the print, in pixels of the page.
pub(super) const AROUND: usize = 5;

/// Paper is looked at in squares of so many pixels: 6.4 mm.
const TILE: usize = 64;

/// How far from paper (0) to ink (1) a pixel is dark enough to be ink.
const DARK: f32 = 0.3;

/// What is darker than this on the page as it was sent is printed.
const PRINTED: u8 = 205;

/// The ink of a side that was laid onto its page, in the page's pixels.
#[derive(Debug, Clone)]
pub struct InkMap {
    /// All that is dark.
    pub(super) ink: Bitmap,
    /// What of it is off the print.
    pub(super) off: Bitmap,
    /// The level below which a pixel is ink, for each tile.
    levels: Vec<u8>,
}

impl InkMap {
    /// Looks for the ink of a side.
    #[must_use]
    pub fn of(registered: &Registered, original: &Original) -> Self {
        let side = &registered.aligned;
        let black = darkest(side, &original.raster);
        let papers = smoothed(&papers(side));
        let level = |paper: &u8| {
            let paper = f32::from(*paper);
            // Where there is no paper (a table beside the sheet), nothing is ink.
            if paper < 60.0 { 0 } else { (paper - DARK * (paper - black).max(50.0)).max(0.0) as u8 }
        };
        let levels: Vec<u8> = papers.iter().map(level).collect();
        let ink = Bitmap::darker(side, |at, y| levels.get(y / TILE * TILES_ACROSS + at).copied().unwrap_or(0));
        let off = ink.without(original.around_print());
        Self { ink, off, levels }
    }

    /// Whether a pixel of the page is dark and not within half a millimetre of what was printed.
    #[must_use]
    pub fn is_off_print(&self, x: usize, y: usize) -> bool {
        self.off.at(x, y)
    }

    /// Whether a pixel of the page is dark.
    #[must_use]
    pub fn is_ink(&self, x: usize, y: usize) -> bool {
        self.ink.at(x, y)
    }

    /// How many pixels of what was printed in a rectangle (left, top, right and bottom) have ink close to them, and how many there are.
    pub(super) fn print_seen(&self, original: &Original, sides: [usize; 4]) -> (usize, usize) {
        let [left, top, right, bottom] = sides;
        let near = |x: usize, y: usize| {
            let (x, y) = (x.saturating_sub(3), y.saturating_sub(3));
            self.ink.count([x, y, x + 7, y + 7]) > 0
        };
        let mut counts = (0, 0);
        for y in (top..bottom.min(PAGE_HEIGHT)).step_by(3) {
            let row = original.raster.row(y);
            for (x, _) in row.iter().enumerate().take(right).skip(left).step_by(3).filter(|(_, grey)| **grey < PRINTED)
            {
                counts.1 += 1;
                counts.0 += usize::from(near(x, y));
            }
        }
        counts
    }

    /// The grey below which a pixel is ink.
    #[must_use]
    pub fn level(&self, x: usize, y: usize) -> u8 {
        self.levels.get(y / TILE * TILES_ACROSS + x / TILE).copied().unwrap_or(0)
    }
}

/// What was printed on a page: every pixel that is not paper.
pub(super) fn printed(page: &Raster) -> Bitmap {
    Bitmap::darker(page, |_, _| PRINTED)
}

const TILES_ACROSS: usize = PAGE_WIDTH.div_ceil(TILE);
const TILES_DOWN: usize = PAGE_HEIGHT.div_ceil(TILE);

/// How black the print is on a side: the lower quarter of what lies where the page is black.
fn darkest(side: &Raster, page: &Raster) -> f32 {
    let mut counts = [0_u32; 256];
    for y in (0..page.height()).step_by(5) {
        for (seen, _) in side.row(y).iter().zip(page.row(y)).filter(|(_, printed)| **printed < 40) {
            if let Some(count) = counts.get_mut(usize::from(*seen)) {
                *count += 1;
            }
        }
    }
    quantile(&counts, 0.25).map_or(0.0, f32::from)
}

/// How white the paper is, tile by tile: what three quarters of a tile do not exceed. Text covers less than a third of any tile.
fn papers(side: &Raster) -> Vec<u8> {
    let mut papers = Vec::with_capacity(TILES_ACROSS * TILES_DOWN);
    for top in (0..TILES_DOWN).map(|row| row * TILE) {
        let mut counts = vec![[0_u32; 256]; TILES_ACROSS];
        for y in (top..(top + TILE).min(side.height())).step_by(3) {
            for (tile, counts) in side.row(y).chunks(TILE).zip(&mut counts) {
                for pixel in tile.iter().step_by(3) {
                    if let Some(count) = counts.get_mut(usize::from(*pixel)) {
                        *count += 1;
                    }
                }
            }
        }
        papers.extend(counts.iter().map(|counts| quantile(counts, 0.75).unwrap_or(255)));
    }
    papers
}

/// Each tile as the brighter half of those around: a tile that a stamp fills is no darker paper.
fn smoothed(papers: &[u8]) -> Vec<u8> {
    let around = |at: usize| {
        let (x, y) = (at % TILES_ACROSS, at / TILES_ACROSS);
        let rows = y.saturating_sub(1)..(y + 2).min(TILES_DOWN);
        let columns = x.saturating_sub(1)..(x + 2).min(TILES_ACROSS);
        let near = rows.flat_map(|y| columns.clone().map(move |x| y * TILES_ACROSS + x));
        let mut near: Vec<u8> = near.filter_map(|at| papers.get(at).copied()).collect();
        near.sort_unstable();
        near.get(near.len() / 2).copied().unwrap_or(255)
    };
    papers.iter().enumerate().map(|(at, own)| around(at).min(own.saturating_add(24))).collect()
}

/// The level that a share of what was counted does not exceed.
fn quantile(counts: &[u32; 256], share: f32) -> Option<u8> {
    let all: u32 = counts.iter().sum();
    let wanted = (all as f32 * share) as u32;
    let mut seen = 0;
    let reached = |count: &u32| {
        seen += count;
        seen > wanted
    };
    (all > 0).then(|| counts.iter().position(reached)).flatten().and_then(|level| u8::try_from(level).ok())
}
