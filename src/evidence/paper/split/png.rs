//! A PNG inside a PDF: its compressed rows as they are, where nothing of it is transparent.

use std::io::Cursor;

use lopdf::{Object, dictionary};
use png::{ColorType, Decoder, Limits, Transformations};

use super::{Part, unreadable};
use crate::evidence::{
    Observation,
    paper::source::{self, orientation::Orientation},
};

/// A PNG, and how it is laid.
pub(super) fn part(bytes: &[u8]) -> Result<(Part, Orientation), Observation> {
    match as_it_is(bytes) {
        Some(part) => Ok(part),
        None => decoded(bytes),
    }
}

/// The chunks of a PNG.
fn chunks(bytes: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    let mut rest = bytes.get(8..).unwrap_or_default();
    std::iter::from_fn(move || {
        let (length, after) = rest.split_first_chunk()?;
        let (kind, after) = after.split_at_checked(4)?;
        let (content, after) = after.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)?;
        rest = after.get(4..).unwrap_or_default();
        Some((kind, content))
    })
}

fn as_it_is(bytes: &[u8]) -> Option<(Part, Orientation)> {
    let (b"IHDR", head) = chunks(bytes).next()? else { return None };
    let (width, head) = head.split_first_chunk()?;
    let (height, head) = head.split_first_chunk()?;
    let [width, height] = [width, height].map(|side: &[u8; 4]| u32::from_be_bytes(*side));
    source::check_size(width as usize, height as usize).ok()?;
    let [bits @ (1 | 2 | 4 | 8), kind @ (0 | 2 | 3), 0, 0, 0] = head else { return None };
    if chunks(bytes).any(|(kind, _)| kind == b"tRNS") {
        return None;
    }
    let space = match kind {
        0 => Object::from("DeviceGray"),
        2 => Object::from("DeviceRGB"),
        _ => {
            let (_, table) = chunks(bytes).find(|(kind, _)| *kind == b"PLTE")?;
            let last = i64::try_from(table.len() / 3).ok()?.checked_sub(1)?;
            vec!["Indexed".into(), "DeviceRGB".into(), last.into(), Object::string_literal(table)].into()
        }
    };
    let rows: Vec<u8> =
        chunks(bytes).filter(|(kind, _)| *kind == b"IDAT").flat_map(|(_, content)| content).copied().collect();
    // What cannot be decoded is not passed on.
    let limits = Limits { bytes: 5 * source::MOST_PIXELS };
    let reader = Decoder::new_with_limits(Cursor::new(bytes), limits).read_info().ok()?;
    let colors = if *kind == 2 { 3 } else { 1 };
    let parameters = dictionary! {
        "Predictor" => 15, "Colors" => colors, "BitsPerComponent" => i64::from(*bits), "Columns" => i64::from(width),
    };
    let entries = dictionary! {
        "BitsPerComponent" => i64::from(*bits), "ColorSpace" => space, "Filter" => "FlateDecode", "DecodeParms" => parameters,
    };
    Some((Part::new(width as usize, height as usize, entries, rows), source::png::orientation(reader.info())))
}

/// Its pixels over white.
fn decoded(bytes: &[u8]) -> Result<(Part, Orientation), Observation> {
    let broken = |_| unreadable("a PNG that cannot be decoded");
    let limits = Limits { bytes: 5 * source::MOST_PIXELS };
    let mut decoder = Decoder::new_with_limits(Cursor::new(bytes), limits);
    decoder.set_transformations(Transformations::EXPAND | Transformations::STRIP_16);
    let mut reader = decoder.read_info().map_err(broken)?;
    let (width, height) = (reader.info().width as usize, reader.info().height as usize);
    source::check_size(width, height)?;
    let mut pixels = vec![0; reader.output_buffer_size().ok_or_else(|| unreadable("a PNG of no size"))?];
    let frame = reader.next_frame(&mut pixels).map_err(broken)?;
    pixels.truncate(frame.buffer_size());
    let over = source::grey::over_white;
    let (colors, rows) = match frame.color_type {
        ColorType::Rgba => {
            let flat = |[r, g, b, alpha]: &[u8; 4]| [over(*r, *alpha), over(*g, *alpha), over(*b, *alpha)];
            (3, pixels.as_chunks().0.iter().flat_map(flat).collect())
        }
        ColorType::GrayscaleAlpha => (1, source::grey::from_grey_alpha(&pixels)),
        ColorType::Rgb => (3, pixels),
        ColorType::Grayscale | ColorType::Indexed => (1, pixels),
    };
    Ok((Part::bare(width, height, 8, colors, rows), source::png::orientation(reader.info())))
}
