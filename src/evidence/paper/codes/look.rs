//! A look at a picture, or a part of one, for symbols.

use rxing::{
    BarcodeFormat, Binarizer, BinaryBitmap, DecodeHints, Luma8Source, RXingResult,
    common::{GlobalHistogramBinarizer, HybridBinarizer},
    multi::MultipleBarcodeReader as _,
    qrcode::cpp_port::QrReader,
};

use super::{CodeSeen, Point, Raster};

/// How a picture is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum How {
    /// As it is, each part against the light around it.
    AsItIs,
    /// Softened: a coarse scan in black and white.
    Blurred,
    /// Twice as large.
    Larger,
    /// Only what is nearly black: a pen or a stamp went over it in another colour.
    Blackest,
    /// All against one middle grey.
    Middle,
}

impl How {
    /// What is tried when codes are lacking.
    pub(super) const AGAIN: [Self; 4] = [Self::Blurred, Self::Larger, Self::Blackest, Self::Middle];
}

/// The codes of ours that are found on a picture.
pub(super) fn look(raster: &Raster, how: How) -> Vec<CodeSeen> {
    match how {
        How::AsItIs => read(raster, HybridBinarizer::new),
        How::Blurred => blurred(raster).map(|soft| read(&soft, HybridBinarizer::new)).unwrap_or_default(),
        How::Larger => {
            let larger = doubled(raster).map(|large| read(&large, HybridBinarizer::new)).unwrap_or_default();
            larger.into_iter().map(|code| CodeSeen { corners: code.corners.map(half), ..code }).collect()
        }
        How::Blackest => blackest(raster).map(|black| read(&black, HybridBinarizer::new)).unwrap_or_default(),
        How::Middle => read(raster, GlobalHistogramBinarizer::new),
    }
}

fn half(point: Point) -> Point {
    Point { x: point.x / 2.0, y: point.y / 2.0 }
}

fn read<'a, B: Binarizer>(raster: &'a Raster, binarizer: impl FnOnce(Luma8Source<'a>) -> B) -> Vec<CodeSeen> {
    let (Ok(width), Ok(height)) = (u32::try_from(raster.width()), u32::try_from(raster.height())) else {
        return Vec::new();
    };
    let Ok(source) = Luma8Source::new_with_slice(raster.pixels(), width, height) else { return Vec::new() };
    let mut bitmap = BinaryBitmap::new(binarizer(source));
    let hints = DecodeHints {
        TryHarder: Some(true),
        PossibleFormats: Some([BarcodeFormat::QR_CODE].into_iter().collect()),
        ..DecodeHints::default()
    };
    let found = QrReader.decode_multiple_with_hints(&mut bitmap, &hints).unwrap_or_default();
    found.iter().filter_map(seen).collect()
}

fn seen(found: &RXingResult) -> Option<CodeSeen> {
    let tag = found.getText().parse().ok()?;
    let [top_left, top_right, bottom_left, bottom_right] = found.getPoints() else { return None };
    let corners = [top_left, top_right, bottom_right, bottom_left].map(|point| Point { x: point.x, y: point.y });
    Some(CodeSeen { tag, corners })
}

/// Each pixel the mean of the nine around it.
fn blurred(raster: &Raster) -> Option<Raster> {
    let (width, height) = (raster.width(), raster.height());
    let mut grey = Vec::with_capacity(width * height);
    for y in 0..height {
        let rows = [y.saturating_sub(1), y, (y + 1).min(height - 1)].map(|y| raster.row(y));
        let [above, here, below] = rows;
        let sums: Vec<u16> = above
            .iter()
            .zip(here)
            .zip(below)
            .map(|((a, b), c)| u16::from(*a) + u16::from(*b) + u16::from(*c))
            .collect();
        let first = sums.first().copied().unwrap_or_default();
        let last = sums.last().copied().unwrap_or_default();
        let left = std::iter::once(first).chain(sums.iter().copied());
        let right = sums.iter().copied().skip(1).chain(std::iter::once(last));
        grey.extend(left.zip(&sums).zip(right).map(|((a, b), c)| ((a + b + c) / 9) as u8));
    }
    Raster::new(width, height, grey)
}

/// Twice as large, with a straight passage from pixel to pixel.
fn doubled(raster: &Raster) -> Option<Raster> {
    let (width, height) = (raster.width(), raster.height());
    let mut grey = Vec::with_capacity(4 * width * height);
    for y in 0..2 * height {
        // The middle of a small pixel is a quarter of a large one away from the middle of its own.
        let near = raster.row(y / 2);
        let far = raster.row(if y % 2 == 0 { (y / 2).saturating_sub(1) } else { (y / 2 + 1).min(height - 1) });
        let column: Vec<u16> = near.iter().zip(far).map(|(a, b)| 3 * u16::from(*a) + u16::from(*b)).collect();
        for x in 0..2 * width {
            let side = if x % 2 == 0 { (x / 2).saturating_sub(1) } else { (x / 2 + 1).min(width - 1) };
            let [here, beside] = [x / 2, side].map(|x| column.get(x).copied().unwrap_or_default());
            grey.push(((3 * here + beside) / 16) as u8);
        }
    }
    Raster::new(2 * width, 2 * height, grey)
}

/// Black where it is nearly as dark as the darkest, else white.
fn blackest(raster: &Raster) -> Option<Raster> {
    let mut counts = [0_usize; 256];
    for grey in raster.pixels() {
        if let Some(count) = counts.get_mut(usize::from(*grey)) {
            *count += 1;
        }
    }
    // A symbol has a fourteenth of a corner's pixels in black; the darkest third of them tells how black it is.
    let level = |share: usize| {
        let mut left = raster.pixels().len() / share;
        counts.iter().position(|count| {
            let is_reached = *count > left;
            left = left.saturating_sub(*count);
            is_reached
        })
    };
    let (black, paper) = (level(40)?, level(2)?);
    let limit = u8::try_from(black + paper.saturating_sub(black) * 3 / 10).ok()?;
    let grey = raster.pixels().iter().map(|grey| if *grey <= limit { 0 } else { 255 }).collect();
    Raster::new(raster.width(), raster.height(), grey)
}
