//! Pictures of a place for people: as it was printed, as it came back, and the one over the other.

use super::sides::Desk;
use crate::{
    domain::{ContractId, Exemplaire, VersionNum},
    evidence::paper::{PIXELS_PER_MM, Raster, Source, read_codes, register, turn},
    geometry::Rect,
    ops::returns::review::Pictures,
    reconcile::Sheet,
};

/// Paper shown around a place, in millimetres.
const MARGIN: usize = 6;
/// The least that is shown, in millimetres: a figure is judged in its line.
const LEAST: (usize, usize) = (70, 14);
/// Pixels of a whole page that is shown small, from left to right.
const SMALL: usize = 620;
/// How much darker or lighter a pixel must be to be shown as a difference, of 255.
const SEEN: i16 = 70;

/// Which part of a page is shown.
#[derive(Debug, Clone, Copy)]
pub(in crate::ops::returns) enum Part<'a> {
    /// A rectangle of the page as it was printed.
    Area(Rect),
    /// A signature box, by the name of its field.
    Box(&'a str),
    /// All of it.
    Whole,
}

/// The pictures of a part of a side, beside the page of a contract that it is; a side that is none is shown alone.
pub(in crate::ops::returns) fn pictures(
    desk: Desk<'_>,
    (file, index): (&[u8], usize),
    page: Option<(&ContractId, VersionNum, usize)>,
    part: Part<'_>,
) -> Option<Pictures> {
    let raster = Source::open(file).ok()?.side(index).ok()?.raster;
    let codes = read_codes(&raster);
    let upright = || turn(&codes).map_or_else(|| raster.clone(), |turn| raster.turned(turn));
    let printed = page.and_then(|(contract, version, page)| {
        let (contract, exemplaire) = (contract.clone(), Exemplaire::ALL.into_iter().next()?);
        desk.prints.page(desk.store, &Sheet { contract, version, exemplaire, page, pages: page })
    });
    let Some(printed) = printed else {
        return Some(Pictures { scanned: grey(&small(&upright())), ..Pictures::default() });
    };
    let area = match part {
        Part::Area(area) => Some(area),
        Part::Box(field) => printed.area.boxes.iter().find(|one| one.field == field).map(|one| one.area),
        Part::Whole => None,
    };
    let Some(area) = area else {
        let whole = Pictures { printed: grey(&small(&printed.original.raster)), ..Pictures::default() };
        return Some(Pictures { scanned: grey(&small(&upright())), ..whole });
    };
    let registered = register(&raster, &codes, &printed.original);
    let before = around(&printed.original.raster, &area)?;
    let after = around(&registered.aligned, &area)?;
    Some(Pictures { printed: grey(&before), difference: difference(&before, &after), scanned: grey(&after) })
}

/// The part of an aligned page that holds a rectangle, with some paper around it.
fn around(page: &Raster, area: &Rect) -> Option<Raster> {
    let along = |start: i64, length: i64, least: usize, most: usize| {
        let pixels = |um: i64| usize::try_from(um.max(0)).unwrap_or(0) * PIXELS_PER_MM / 1000;
        let size = (pixels(length) + 2 * MARGIN * PIXELS_PER_MM).max(least * PIXELS_PER_MM).min(most);
        let middle = pixels(start) + pixels(length) / 2;
        (middle.saturating_sub(size / 2).min(most - size), size)
    };
    let (x, width) = along(area.x.um(), area.width.um(), LEAST.0, page.width());
    let (y, height) = along(area.y.um(), area.height.um(), LEAST.1, page.height());
    page.part(x, y, width, height)
}

/// A page, small: each pixel the mean of those that it stands for.
fn small(page: &Raster) -> Raster {
    let step = page.width().div_ceil(SMALL).max(1);
    let (width, height) = ((page.width() / step).max(1), (page.height() / step).max(1));
    let mean = |x: usize, y: usize| {
        let rows = (y * step..(y + 1) * step)
            .flat_map(|row| page.row(row).get(x * step..).unwrap_or_default().iter().take(step));
        let (sum, count) = rows.fold((0_usize, 0_usize), |(sum, count), pixel| (sum + usize::from(*pixel), count + 1));
        u8::try_from(sum / count.max(1)).unwrap_or(255)
    };
    let pixels = (0..height).flat_map(|y| (0..width).map(move |x| (x, y))).map(|(x, y)| mean(x, y)).collect();
    Raster::new(width, height, pixels).unwrap_or_else(|| page.clone())
}

/// What came in red, what is gone in blue, what is the same in grey.
fn difference(before: &Raster, after: &Raster) -> Option<Vec<u8>> {
    let colour = |(before, after): (&u8, &u8)| {
        let change = i16::from(*after) - i16::from(*before);
        let pale = 128 + after / 2;
        match change {
            _ if change <= -SEEN => [200, 16, 16],
            _ if change >= SEEN => [32, 64, 220],
            _ => [pale; 3],
        }
    };
    let pixels: Vec<u8> = before.pixels().iter().zip(after.pixels()).flat_map(colour).collect();
    encode(before, png::ColorType::Rgb, &pixels)
}

fn grey(picture: &Raster) -> Option<Vec<u8>> {
    encode(picture, png::ColorType::Grayscale, picture.pixels())
}

fn encode(picture: &Raster, colours: png::ColorType, pixels: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let (width, height) = (u32::try_from(picture.width()).ok()?, u32::try_from(picture.height()).ok()?);
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(colours);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header().ok()?;
    writer.write_image_data(pixels).ok()?;
    writer.finish().ok()?;
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::Length;

    fn rect(x: i64, y: i64, width: i64, height: i64) -> Rect {
        Rect {
            x: Length::from_mm(x),
            y: Length::from_mm(y),
            width: Length::from_mm(width),
            height: Length::from_mm(height),
        }
    }

    #[test]
    fn a_place_is_shown_with_paper_around_it_and_never_past_the_page() {
        let page = Raster::white(2100, 2970).unwrap();
        let size = |area: Rect| around(&page, &area).map(|part| (part.width(), part.height()));
        assert_eq!(size(rect(100, 100, 5, 3)), Some((700, 150)));
        assert_eq!(size(rect(205, 290, 20, 20)), Some((700, 320)));
        assert_eq!(size(rect(0, 0, 210, 297)), Some((2100, 2970)));
    }

    #[test]
    fn what_came_is_red_and_what_is_gone_is_blue() {
        let (before, after) = (Raster::new(2, 1, vec![255, 0]).unwrap(), Raster::new(2, 1, vec![0, 255]).unwrap());
        let png = difference(&before, &after).unwrap();
        let mut reader = png::Decoder::new(std::io::Cursor::new(png)).read_info().unwrap();
        let mut pixels = vec![0; 6];
        reader.next_frame(&mut pixels).unwrap();
        assert!(pixels[0] > 150 && pixels[2] < 50 && pixels[5] > 150 && pixels[3] < 50, "{pixels:?}");
    }
}
