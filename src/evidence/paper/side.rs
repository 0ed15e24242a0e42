//! What is known of a side of a sheet before it is compared with anything.

use super::{
    codes::{CodeSeen, dpi, read_codes, turn},
    facts::{Face, SideEvidence},
    raster::{Raster, Turn},
    source::{Side, Source},
};
use crate::evidence::Observation;

/// The share of a sheet that is dark below which it is blank, in parts of ten thousand: a printed page has 300 to 800.
const BLANK: f32 = 40.0;

/// Cells across the shorter side of a sheet: half a millimetre each.
const CELLS: usize = 420;

/// How dark a pixel must be to count, as a share of the paper's brightness: what shows through from the other side is lighter.
const DARK: f32 = 0.55;

/// How far the black border of a scan may reach before what is dark is more than a border, in cells.
const BORDER: usize = 50;

/// A side that was read.
#[derive(Debug)]
pub struct ReadSide {
    /// What is known of it.
    pub evidence: SideEvidence,
    /// Its picture; none when it cannot be read.
    pub side: Option<Side>,
    /// The codes on it.
    pub codes: Vec<CodeSeen>,
    /// Why it cannot be read.
    pub observations: Vec<Observation>,
}

/// Reads a side of a returned file, by its index from 0, and the codes on it.
#[must_use]
pub fn read_side(source: &Source<'_>, index: usize) -> ReadSide {
    let page = u32::try_from(index).unwrap_or(u32::MAX).saturating_add(1);
    let side = match source.side(index) {
        Ok(side) => side,
        Err(observation) => {
            let evidence = SideEvidence { page, pixels: [0; 2], dpi: None, face: Face::Unreadable };
            return ReadSide { evidence, side: None, codes: Vec::new(), observations: vec![observation] };
        }
    };
    let codes = read_codes(&side.raster);
    let pixels = [side.raster.width(), side.raster.height()].map(|length| u32::try_from(length).unwrap_or(u32::MAX));
    let evidence = SideEvidence { page, pixels, dpi: dpi(&codes), face: face(&side.raster, &codes) };
    ReadSide { evidence, side: Some(side), codes, observations: Vec::new() }
}

fn face(raster: &Raster, codes: &[CodeSeen]) -> Face {
    if codes.is_empty() {
        return if is_blank(raster, codes) { Face::Blank } else { Face::Plain };
    }
    Face::Coded {
        codes: codes.iter().map(|code| code.tag.to_string()).collect(),
        turn: turn(codes).unwrap_or(Turn::None),
    }
}

/// Whether nothing is on a side: no code, and hardly a dark spot.
#[must_use]
pub fn is_blank(raster: &Raster, codes: &[CodeSeen]) -> bool {
    codes.is_empty() && dark_share(raster) < BLANK
}

/// How much of a side is dark, in parts of ten thousand. A black border, as scanners leave around a sheet that is smaller or lies
/// askew, does not count, nor what shows through from the other side.
#[must_use]
pub fn dark_share(raster: &Raster) -> f32 {
    let cell = (raster.width().min(raster.height()) / CELLS).max(1);
    let (across, down) = (raster.width() / cell, raster.height() / cell);
    let limit = (f32::from(paper(raster)) * DARK) as u8;
    let mut dark = vec![0_u32; across * down];
    for (y, row) in (0..down * cell).map(|y| (y / cell, raster.row(y))) {
        let cells = dark.get_mut(y * across..(y + 1) * across).unwrap_or_default();
        for (count, pixels) in cells.iter_mut().zip(row.chunks_exact(cell)) {
            *count += pixels.iter().filter(|grey| **grey < limit).count() as u32;
        }
    }
    let full = (cell * cell) as u32;
    clear_border(&mut dark, across, down, full);
    let all = (across * down) as f32 * full as f32;
    dark.iter().sum::<u32>() as f32 / all.max(1.0) * 10_000.0
}

/// How bright the paper is: the brightness that most of the picture has at least.
fn paper(raster: &Raster) -> u8 {
    let mut counts = [0_usize; 256];
    for y in (0..raster.height()).step_by(3) {
        for grey in raster.row(y) {
            if let Some(count) = counts.get_mut(usize::from(*grey)) {
                *count += 1;
            }
        }
    }
    let half = counts.iter().sum::<usize>() / 2;
    let mut below = 0;
    let middle = counts.iter().position(|count| {
        below += count;
        below > half
    });
    middle.and_then(|grey| u8::try_from(grey).ok()).unwrap_or(255)
}

/// Clears the cells that are mostly dark and hang together with the edge of the picture, as far as a border reaches.
fn clear_border(dark: &mut [u32], across: usize, down: usize, full: u32) {
    let edges = (0..across).flat_map(|x| [(x, 0), (x, down.saturating_sub(1))]);
    let sides = (0..down).flat_map(|y| [(0, y), (across.saturating_sub(1), y)]);
    let mut next: Vec<(usize, usize)> = edges.chain(sides).collect();
    while let Some((x, y)) = next.pop() {
        let depth = x.min(y).min(across.saturating_sub(x + 1)).min(down.saturating_sub(y + 1));
        let Some(cell) = dark.get_mut(y * across + x).filter(|cell| 2 * **cell > full) else { continue };
        if depth > BORDER {
            continue;
        }
        *cell = 0;
        next.extend([(x + 1, y), (x, y + 1)].into_iter().filter(|(x, y)| *x < across && *y < down));
        next.extend(x.checked_sub(1).map(|x| (x, y)).into_iter().chain(y.checked_sub(1).map(|y| (x, y))));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A white sheet at 150 dpi with dark rectangles: left, top, width and height in millimetres.
    fn sheet(dark: &[[usize; 4]], ink: u8) -> Raster {
        let mut raster = Raster::white(1240, 1754).unwrap();
        for [x, y, width, height] in dark.iter().map(|part| part.map(|length| length * 1240 / 210)) {
            for y in y..(y + height).min(1754) {
                raster.pixels_mut()[y * 1240 + x..][..width.min(1240 - x)].fill(ink);
            }
        }
        raster
    }

    #[test]
    fn a_border_holes_and_what_shows_through_leave_a_side_blank() {
        assert!(is_blank(&sheet(&[], 0), &[]));
        assert!(is_blank(&sheet(&[[0, 0, 9, 297], [0, 290, 210, 7]], 0), &[]), "a border");
        assert!(is_blank(&sheet(&[[10, 100, 6, 6], [10, 180, 6, 6]], 0), &[]), "holes");
        assert!(is_blank(&sheet(&[[20, 40, 170, 200]], 170), &[]), "shows through");
    }

    #[test]
    fn a_few_lines_are_not_blank() {
        let lines = [[20, 40, 170, 1], [20, 45, 170, 1], [20, 50, 90, 1]];
        assert!(!is_blank(&sheet(&lines, 20), &[]));
        assert!(dark_share(&sheet(&lines, 20)) > 50.0);
    }
}
