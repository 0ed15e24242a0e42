//! The paper of a side, and what is darker than it.

use std::{collections::VecDeque, ops::Range};

use super::raster::Raster;

/// Side of the squares in which the level of the paper is measured, in millimetres.
const TILE: f32 = 8.0;
/// How much darker the paper may be from one square to the next: a lamp fades slowly.
const FADES: f32 = 0.93;
/// How bright a pixel must be, as a share of the paper, to be no mark: what shows through from the other side has nine tenths.
const PAPER: f32 = 0.83;
/// On darker paper, of 255, ink is not seen.
const DARKEST: f32 = 80.0;
/// Side of the cells of a border, in millimetres, and how many of them it reaches inwards at most.
const CELL: f32 = 0.5;
const BORDER: usize = 50;

/// Which pixels of a side are dark, the border of the scan left out.
pub(super) struct Ground {
    width: usize,
    dark: Vec<bool>,
}

impl Ground {
    pub(super) const fn width(&self) -> usize {
        self.width
    }

    /// The runs of dark pixels of a row.
    pub(super) fn dark(&self, y: usize) -> impl Iterator<Item = Range<usize>> {
        let row = self.dark.get(y * self.width..(y + 1) * self.width).unwrap_or_default();
        let mut at = 0;
        row.chunk_by(|a, b| a == b).filter_map(move |run| {
            let start = at;
            at += run.len();
            run.first().is_some_and(|dark| *dark).then_some(start..at)
        })
    }
}

/// Tells the dark from the paper, in a picture of so many pixels a millimetre; none when the paper itself is dark.
pub(super) fn ground(side: &Raster, scale: f32) -> Option<Ground> {
    let tile = ((TILE * scale) as usize).max(1);
    let across = side.width().div_ceil(tile);
    let levels = levels(side, tile)?;
    let mut dark = Vec::with_capacity(side.pixels().len());
    for y in 0..side.height() {
        let limits = levels.get(y / tile * across..).unwrap_or_default();
        for (pixels, level) in side.row(y).chunks(tile).zip(limits) {
            let limit = (level * PAPER) as u8;
            dark.extend(pixels.iter().map(|grey| *grey < limit));
        }
    }
    let mut ground = Ground { width: side.width(), dark };
    ground.clear_border(side.height(), ((CELL * scale).round() as usize).max(1));
    Some(ground)
}

/// The level of the paper in each square: what a quarter of it exceeds. Where it is suddenly darker, something lies on the paper, and the
/// level around is taken.
fn levels(side: &Raster, tile: usize) -> Option<Vec<f32>> {
    let (across, down) = (side.width().div_ceil(tile), side.height().div_ceil(tile));
    let own: Vec<f32> =
        (0..across * down).map(|at| f32::from(quarter(side, at % across * tile, at / across * tile, tile))).collect();
    // From a bright place in the middle outwards.
    let is_inner = |at: &usize| {
        let inside = |place: usize, length: usize| (length / 4..=length * 3 / 4).contains(&place);
        inside(at % across, across) && inside(at / across, down)
    };
    let mut inner: Vec<usize> = (0..own.len()).filter(is_inner).collect();
    inner.sort_by(|a, b| own.get(*a).unwrap_or(&0.0).total_cmp(own.get(*b).unwrap_or(&0.0)));
    let start = *inner.get(inner.len() * 4 / 5)?;
    let mut levels: Vec<Option<f32>> = vec![None; own.len()];
    *levels.get_mut(start)? = own.get(start).copied().filter(|level| *level >= DARKEST);
    let mut next = VecDeque::from([start]);
    while let Some(at) = next.pop_front() {
        let level = (*levels.get(at)?)?;
        let (x, y) = (at % across, at / across);
        let beside = [(x > 0).then(|| at - 1), (x + 1 < across).then_some(at + 1)];
        let above = [(y > 0).then(|| at - across), (y + 1 < down).then_some(at + across)];
        for near in beside.into_iter().chain(above).flatten() {
            if let (Some(known @ None), Some(own)) = (levels.get_mut(near), own.get(near)) {
                *known = Some(if *own >= FADES * level { *own } else { level });
                next.push_back(near);
            }
        }
    }
    levels.into_iter().collect()
}

/// What a quarter of the pixels of a square exceeds.
fn quarter(side: &Raster, x: usize, y: usize, tile: usize) -> u8 {
    let mut counts = [0_usize; 256];
    for y in (y..(y + tile).min(side.height())).step_by(2) {
        for grey in side.row(y).iter().skip(x).take(tile) {
            if let Some(count) = counts.get_mut(usize::from(*grey)) {
                *count += 1;
            }
        }
    }
    let mut left = counts.iter().sum::<usize>() / 4;
    let level = (0..=255_u8).zip(&counts).rev().find(|(_, count)| {
        let is_here = left < **count;
        left = left.saturating_sub(**count);
        is_here
    });
    level.map_or(255, |(level, _)| level)
}

impl Ground {
    /// Clears what hangs together with the edge of the picture and is solid, as far as a border reaches: what a scanner or a telephone
    /// sees beside a sheet that is smaller or lies askew.
    fn clear_border(&mut self, height: usize, cell: usize) {
        let (across, down) = (self.width.div_ceil(cell), height.div_ceil(cell));
        let mut counts = vec![0_usize; across * down];
        for y in 0..height {
            for run in self.dark(y) {
                for x in run {
                    if let Some(count) = counts.get_mut(y / cell * across + x / cell) {
                        *count += 1;
                    }
                }
            }
        }
        let is_border = flooded(&counts, across, down, cell * cell / 2);
        let width = self.width;
        let near = |place: usize| place.saturating_sub(2)..=place + 2;
        for at in (0..counts.len()).filter(|at| is_border.get(*at).copied().unwrap_or(false)) {
            for y in near(at / across).flat_map(|y| y * cell..(y + 1) * cell) {
                let row = self.dark.get_mut(y * width..(y + 1) * width).unwrap_or_default();
                let columns = near(at % across);
                let (first, last) = (*columns.start() * cell, (*columns.end() + 1) * cell);
                row.iter_mut().take(last).skip(first).for_each(|dark| *dark = false);
            }
        }
    }
}

/// The cells that are more than half dark and are reached from the edge through such cells.
fn flooded(counts: &[usize], across: usize, down: usize, half: usize) -> Vec<bool> {
    let mut reached = vec![false; counts.len()];
    let edges = (0..across).flat_map(|x| [(x, 0), (x, down.saturating_sub(1))]);
    let sides = (0..down).flat_map(|y| [(0, y), (across.saturating_sub(1), y)]);
    let mut next: Vec<(usize, usize)> = edges.chain(sides).collect();
    while let Some((x, y)) = next.pop() {
        let depth = x.min(y).min(across.saturating_sub(x + 1)).min(down.saturating_sub(y + 1));
        let at = y * across + x;
        let is_dark = counts.get(at).is_some_and(|count| *count > half);
        let Some(reached) = reached.get_mut(at).filter(|reached| !**reached) else { continue };
        if !is_dark || depth > BORDER {
            continue;
        }
        *reached = true;
        next.extend([(x + 1, y), (x, y + 1)].into_iter().filter(|(x, y)| *x < across && *y < down));
        next.extend(x.checked_sub(1).map(|x| (x, y)).into_iter().chain(y.checked_sub(1).map(|y| (x, y))));
    }
    reached
}
