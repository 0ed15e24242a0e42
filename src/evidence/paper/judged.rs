//! How well a side was laid onto its page, measured on other blocks than those that it was laid by.

use super::{
    facts::Registration,
    homography::{Pair, Xy},
    levels::Levels,
    map::Map,
    raster::Raster,
    views::{Search, search},
    warp::reduced,
};

/// A block is where it should be when it is so near to its place, in millimetres.
pub(super) const NEAR: f64 = 0.4;

/// What letters can be compared on: share of blocks, micrometres, likeness of letters, pixels of a millimetre (117 dpi).
const AGREEMENT: f64 = 0.6;
const ERROR_UM: u32 = 450;
const SHARP: f32 = 0.45;
const COARSEST: f64 = 4.6;

/// Measures how well a side lies on the page.
pub(super) fn judge(aligned: &Raster, map: &Map, levels: &Levels) -> Option<(Registration, Vec<(Xy, bool)>)> {
    let half = reduced(aligned, 2)?;
    let Search { pairs, tried } = search(&half, &levels.check, 0.6);
    let off = |pair: &Pair| {
        // A coordinate that a block does not determine has no error.
        let along = |from: f64, to: f64, weight: f64| if weight > 0.05 { to - from } else { 0.0 };
        let (from, to, weight) = (pair.from, pair.to, pair.weight);
        along(from.0, to.0, weight.0).hypot(along(from.1, to.1, weight.1))
    };
    let mut errors: Vec<f64> = pairs.iter().map(off).collect();
    let near: Vec<Xy> =
        pairs.iter().zip(&errors).filter(|(_, error)| **error < NEAR).map(|(pair, _)| pair.from).collect();
    let agreement = near.len() as f64 / tried.max(1) as f64;
    let mm = |at: Xy| (at.0 / levels.check.scale, at.1 / levels.check.scale);
    let places = levels.check.blocks.iter().map(|block| mm(block.middle()));
    let checks = places.map(|place| (place, near.contains(&place))).collect();
    errors.sort_by(f64::total_cmp);
    let quantile = |share: f64| {
        let at = ((errors.len() as f64 * share) as usize).min(errors.len().saturating_sub(1));
        errors.get(at).map_or(u32::MAX, |mm| (mm * 1000.0).round() as u32)
    };
    let (median_um, p95_um) = (quantile(0.5), quantile(0.95));
    let good = agreement >= AGREEMENT
        && p95_um <= ERROR_UM
        && map.plane.scale_at((105.0, 148.5)) >= COARSEST
        && sharpness(aligned, levels) >= SHARP;
    Some((Registration { median_um, p95_um, agreement: thousandths(agreement), good }, checks))
}

/// How much the letters of a side look like those of the page: the middle one of some blocks, at full size.
fn sharpness(aligned: &Raster, levels: &Levels) -> f32 {
    let mut alike: Vec<f32> = levels.sharp.blocks.iter().filter_map(|block| block.likeness(aligned)).collect();
    alike.sort_by(f32::total_cmp);
    alike.get(alike.len() / 2).copied().unwrap_or(0.0)
}

pub(super) fn thousandths(share: f64) -> u16 {
    (share * 1000.0).round().clamp(0.0, 1000.0) as u16
}
