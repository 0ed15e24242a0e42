//! A PNG of any colour type, over white, laid as it was taken.

use std::io::Cursor;

use png::{ColorType, Decoder, Info, Limits, Transformations};

use super::{MOST_PIXELS, check_size, flate::Layout, grey, orientation::Orientation, unreadable};
use crate::evidence::{Observation, paper::raster::Raster};

/// A PNG of any kind.
pub(super) fn decode(bytes: &[u8]) -> Result<Raster, Observation> {
    let broken = |error| unreadable(format!("a PNG that cannot be decoded: {error}"));
    let limits = Limits { bytes: 5 * MOST_PIXELS };
    let mut decoder = Decoder::new_with_limits(Cursor::new(bytes), limits);
    decoder.set_transformations(Transformations::EXPAND | Transformations::STRIP_16);
    let mut reader = decoder.read_info().map_err(broken)?;
    let (width, height) = (reader.info().width as usize, reader.info().height as usize);
    check_size(width, height)?;
    let size = reader.output_buffer_size().ok_or_else(|| unreadable("a PNG of no size"))?;
    let mut pixels = vec![0; size];
    let frame = reader.next_frame(&mut pixels).map_err(broken)?;
    pixels.truncate(frame.buffer_size());
    let grey = match frame.color_type {
        ColorType::Grayscale => pixels,
        ColorType::GrayscaleAlpha => grey::from_grey_alpha(&pixels),
        ColorType::Rgb => grey::from_rgb(&pixels),
        ColorType::Rgba => grey::from_rgba(&pixels),
        ColorType::Indexed => return Err(unreadable("a PNG whose palette was not applied")),
    };
    let raster = Raster::new(width, height, grey).ok_or_else(|| unreadable("a PNG of another size than it says"))?;
    Ok(orientation(reader.info()).lay(raster))
}

/// What the program noted that made it.
pub(in crate::evidence::paper) fn orientation(info: &Info<'_>) -> Orientation {
    info.exif_metadata.as_deref().map_or(Orientation::UPRIGHT, Orientation::of_exif)
}

/// The rows of a picture that lacks a PNG's header and footer only, as they are packed.
pub(super) fn bare(compressed: &[u8], layout: &Layout) -> Option<Vec<u8>> {
    let length = u32::try_from(compressed.len()).ok()?;
    let mut whole = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    whole.extend(layout.width.to_be_bytes());
    whole.extend(layout.height.to_be_bytes());
    whole.extend([layout.bits, if layout.colors == 3 { 2 } else { 0 }, 0, 0, 0]);
    // Nobody checks the check sums.
    whole.extend([0; 4]);
    whole.extend(length.to_be_bytes());
    whole.extend(b"IDAT");
    whole.extend(compressed);
    whole.extend(b"\0\0\0\0\0\0\0\0IEND\0\0\0\0");
    let mut decoder = Decoder::new_with_limits(Cursor::new(whole), Limits { bytes: 5 * MOST_PIXELS });
    decoder.set_transformations(Transformations::IDENTITY);
    decoder.ignore_checksums(true);
    let mut reader = decoder.read_info().ok()?;
    let mut pixels = vec![0; reader.output_buffer_size()?];
    reader.next_frame(&mut pixels).ok()?;
    Some(pixels)
}
