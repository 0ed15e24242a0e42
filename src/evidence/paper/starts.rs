//! Where a page may lie in a picture, before anything of it was compared: by its codes, or by the frame of the sheet.

use super::{
    codes::CodeSeen,
    homography::{Freedom, Homography, Pair, Xy},
    raster::Raster,
    warp::reduced,
};
use crate::{geometry::Rect, stamp::code_area};

/// A4, in millimetres.
const SHEET: Xy = (210.0, 297.0);

/// A guess: where the page lies, from millimetres to pixels, and by how much it may be wrong.
#[derive(Debug, Clone, Copy)]
pub(super) struct Start {
    pub(super) plane: Homography,
    /// In millimetres.
    pub(super) doubt: f64,
}

/// The guess that the codes of a page give; none without any.
pub(super) fn by_codes(codes: &[CodeSeen]) -> Option<Start> {
    let pairs: Vec<Pair> = codes.iter().flat_map(corners).collect();
    let (freedom, doubt) = if codes.len() > 1 { (Freedom::Projective, 4.0) } else { (Freedom::Similar, 12.0) };
    let expected = Homography::fit(&pairs, Freedom::Similar)?;
    let scale = expected.scale_at((105.0, 148.5));
    // Two codes that lie in a wrong place on the sheet (a copy of a code, a code of another sheet) make no page.
    let plane = Homography::fit(&pairs, freedom).filter(|plane| plane.is_sane(scale)).unwrap_or(expected);
    Some(Start { plane, doubt })
}

fn corners(code: &CodeSeen) -> [Pair; 4] {
    let Rect { x, y, width, height } = code_area(code.tag.corner);
    let mm = |um: i64| um as f64 / 1000.0;
    let (left, top) = (mm(x.um()), mm(y.um()));
    let (right, bottom) = (left + mm(width.um()), top + mm(height.um()));
    let seen = code.corners.map(|point| (f64::from(point.x), f64::from(point.y)));
    let [a, b, c, d] = seen;
    [((left, top), a), ((right, top), b), ((right, bottom), c), ((left, bottom), d)].map(|(from, to)| Pair {
        from,
        to,
        weight: (1.0, 1.0),
    })
}

/// The guesses that the sheet's outline in the picture gives, in each of the four turns; the more likely ones first.
pub(super) fn by_frame(side: &Raster) -> Vec<Start> {
    let (width, height) = (side.width() as f64, side.height() as f64);
    let whole = [(0.0, 0.0), (width, 0.0), (width, height), (0.0, height)];
    let outlines = [Some(whole), bright_sheet(side)];
    let order = if width <= height { [0, 2, 1, 3] } else { [1, 3, 0, 2] };
    let turned = order.iter().flat_map(|quarters| {
        outlines.iter().flatten().filter_map(|outline| {
            let mut outline = *outline;
            outline.rotate_right(*quarters);
            on_outline(outline)
        })
    });
    turned.collect()
}

fn on_outline([a, b, c, d]: [Xy; 4]) -> Option<Start> {
    let pairs = [((0.0, 0.0), a), ((SHEET.0, 0.0), b), (SHEET, c), ((0.0, SHEET.1), d)];
    let pairs = pairs.map(|(from, to)| Pair { from, to, weight: (1.0, 1.0) });
    Some(Start { plane: Homography::fit(&pairs, Freedom::Projective)?, doubt: 12.0 })
}

/// The corners of a sheet on a darker table; none when the picture shows no table.
fn bright_sheet(side: &Raster) -> Option<[Xy; 4]> {
    let by = (side.width().min(side.height()) / 200).clamp(1, 16);
    let small = reduced(side, by)?;
    let level = valley(&small)?;
    let rim = |x: usize, y: usize| x == 0 || y == 0 || x + 1 == small.width() || y + 1 == small.height();
    let places = || (0..small.height()).flat_map(|y| (0..small.width()).map(move |x| (x, y)));
    let around: Vec<u8> = places().filter(|(x, y)| rim(*x, *y)).map(|(x, y)| small.at(x, y)).collect();
    let dark = around.iter().filter(|grey| **grey < level).count();
    if dark * 4 < around.len() {
        return None;
    }
    // A speck of light on the table is no paper: what is bright has bright neighbours.
    let bright = |x: usize, y: usize| {
        let near = (y.saturating_sub(2)..=y + 2).flat_map(|y| (x.saturating_sub(2)..=x + 2).map(move |x| (x, y)));
        near.filter(|(x, y)| *x < small.width() && small.at(*x, *y) >= level).count() >= 12
    };
    let paper: Vec<(f64, f64)> = places()
        .filter(|(x, y)| small.at(*x, *y) >= level && bright(*x, *y))
        .map(|(x, y)| (x as f64 + 0.5, y as f64 + 0.5))
        .collect();
    let most = |along: fn(&Xy) -> f64| paper.iter().copied().max_by(|a, b| along(a).total_cmp(&along(b)));
    let corners = [most(|p| -p.0 - p.1)?, most(|p| p.0 - p.1)?, most(|p| p.0 + p.1)?, most(|p| p.1 - p.0)?];
    Some(corners.map(|(x, y)| (x * by as f64, y * by as f64)))
}

/// The level that best parts dark from bright (Otsu); none when there is but one of them.
fn valley(picture: &Raster) -> Option<u8> {
    let mut counts = [0_u32; 256];
    for pixel in picture.pixels() {
        if let Some(count) = counts.get_mut(usize::from(*pixel)) {
            *count += 1;
        }
    }
    let all: f64 = picture.pixels().len() as f64;
    let total: f64 = counts.iter().zip(0_u32..).map(|(count, grey)| f64::from(*count) * f64::from(grey)).sum();
    let (mut below, mut sum, mut best) = (0.0, 0.0, (0.0, None));
    for (count, grey) in counts.iter().zip(0_u8..=255) {
        let above = all - below;
        if below > 0.0 && above > 0.0 {
            let apart = sum / below - (total - sum) / above;
            let between = below * above * apart * apart;
            if between > best.0 && apart.abs() > 25.0 {
                best = (between, Some(grey));
            }
        }
        below += f64::from(*count);
        sum += f64::from(*count) * f64::from(grey);
    }
    best.1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sheet_on_a_table_is_outlined() {
        let mut photo = Raster::new(300, 400, vec![90; 120_000]).unwrap();
        for y in 0..330 {
            for x in 0..220 {
                photo.pixels_mut()[(y + 30 + x / 20) * 300 + x + 50 - y / 30] = 230;
            }
        }
        let [a, b, c, d] = bright_sheet(&photo).unwrap();
        let near = |p: Xy, x: f64, y: f64| (p.0 - x).abs() < 4.0 && (p.1 - y).abs() < 4.0;
        assert!(
            near(a, 50.0, 30.0) && near(b, 270.0, 41.0) && near(c, 259.0, 371.0) && near(d, 39.0, 360.0),
            "{a:?} {b:?} {c:?} {d:?}"
        );
        assert!(bright_sheet(&Raster::white(300, 400).unwrap()).is_none());
    }

    #[test]
    fn a_picture_that_lies_on_its_side_is_tried_so_first() {
        let starts = by_frame(&Raster::white(297, 210).unwrap());
        assert_eq!(starts.len(), 4);
        // Turned clockwise it stands upright: its bottom left corner is the page's top left.
        let (x, y) = starts[0].plane.apply((0.0, 0.0));
        assert!(x.abs() < 1e-6 && (y - 210.0).abs() < 1e-6, "{x} {y}");
    }
}
