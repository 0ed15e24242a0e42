//! Pixels of every kind, made grey.

use crate::evidence::paper::raster::{Raster, Turn};

/// How bright a colour looks (ITU-R BT.601, as JPEG has it).
pub(in crate::evidence::paper) const fn luma(red: u8, green: u8, blue: u8) -> u8 {
    ((red as u32 * 77 + green as u32 * 150 + blue as u32 * 29 + 128) >> 8) as u8
}

/// What a grey pixel looks like on white paper when it is not opaque.
pub(in crate::evidence::paper) const fn over_white(grey: u8, alpha: u8) -> u8 {
    255 - ((255 - grey as u32) * alpha as u32 / 255) as u8
}

/// Red, green, blue, three bytes a pixel.
pub(in crate::evidence::paper) fn from_rgb(pixels: &[u8]) -> Vec<u8> {
    pixels.as_chunks().0.iter().map(|[red, green, blue]| luma(*red, *green, *blue)).collect()
}

/// Red, green, blue, alpha, four bytes a pixel.
pub(in crate::evidence::paper) fn from_rgba(pixels: &[u8]) -> Vec<u8> {
    let pixels = pixels.as_chunks().0.iter();
    pixels.map(|[red, green, blue, alpha]| over_white(luma(*red, *green, *blue), *alpha)).collect()
}

/// Grey and alpha, two bytes a pixel.
pub(in crate::evidence::paper) fn from_grey_alpha(pixels: &[u8]) -> Vec<u8> {
    pixels.as_chunks().0.iter().map(|[grey, alpha]| over_white(*grey, *alpha)).collect()
}

/// Cyan, magenta, yellow, black, four bytes a pixel; `inverted` as Adobe's programs write them into JPEGs.
pub(in crate::evidence::paper) fn from_cmyk(pixels: &[u8], inverted: bool) -> Vec<u8> {
    let grey = |[c, m, y, k]: [u8; 4]| {
        let light = |ink: u8| ((255 - ink as u32) * (255 - k as u32) / 255) as u8;
        luma(light(c), light(m), light(y))
    };
    let flip = if inverted { 255 } else { 0 };
    pixels.as_chunks().0.iter().map(|pixel: &[u8; 4]| grey(pixel.map(|ink| ink ^ flip))).collect()
}

/// Rows of samples of 1, 2 or 4 bits, each row beginning with a byte, made whole bytes by a table of the samples' values.
pub(in crate::evidence::paper) fn from_packed(
    rows: &[u8],
    width: usize,
    bits: usize,
    value: impl Fn(u8) -> u8,
) -> Vec<u8> {
    let per_byte = 8 / bits.clamp(1, 8);
    let stride = width.div_ceil(per_byte);
    let mask = (1_u16 << bits).wrapping_sub(1) as u8;
    let mut grey = Vec::with_capacity(rows.len().saturating_mul(per_byte));
    let unpacked: Vec<[u8; 8]> = (0..=255_u8)
        .map(|byte| {
            let sample = |at: usize| value((byte >> (8 - bits * (at.min(per_byte - 1) + 1))) & mask);
            std::array::from_fn(sample)
        })
        .collect();
    for row in rows.chunks_exact(stride.max(1)) {
        let end = grey.len() + width;
        for byte in row {
            let samples = unpacked.get(usize::from(*byte)).and_then(|samples| samples.get(..per_byte));
            grey.extend_from_slice(samples.unwrap_or_default());
        }
        grey.truncate(end);
    }
    grey
}

/// A picture turned clockwise, in blocks that stay in the processor's cache.
pub(in crate::evidence::paper) fn turned(raster: Raster, turn: Turn) -> Raster {
    const BLOCK: usize = 32;
    let (width, height) = (raster.width(), raster.height());
    let is_quarter = match turn {
        Turn::None => return raster,
        Turn::Half => return raster.turned(Turn::Half),
        Turn::Quarter => true,
        Turn::ThreeQuarters => false,
    };
    let mut grey = vec![0; width * height];
    for top in (0..width).step_by(BLOCK) {
        for left in (0..height).step_by(BLOCK) {
            for y in top..(top + BLOCK).min(width) {
                let from_x = if is_quarter { y } else { width - 1 - y };
                let right = (left + BLOCK).min(height);
                let row = grey.get_mut(y * height + left..y * height + right).unwrap_or_default();
                for (x, pixel) in (left..right).zip(row) {
                    *pixel = raster.at(from_x, if is_quarter { height - 1 - x } else { x });
                }
            }
        }
    }
    Raster::new(height, width, grey).unwrap_or(raster)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_turned_as_the_slow_way_does() {
        let grey: Vec<u8> = (0..70 * 45_u32).map(|at| (at * 37 % 251) as u8).collect();
        let raster = Raster::new(70, 45, grey).unwrap();
        for turn in [Turn::None, Turn::Quarter, Turn::Half, Turn::ThreeQuarters] {
            assert_eq!(turned(raster.clone(), turn), raster.turned(turn));
        }
    }

    #[test]
    fn samples_of_less_than_a_byte_are_unpacked() {
        assert_eq!(from_packed(&[0b1010_0000, 0b1100_0000], 3, 1, |bit| 255 * bit), [255, 0, 255, 255, 255, 0]);
        assert_eq!(from_packed(&[0b0001_1011], 4, 2, |bits| 85 * bits), [0, 85, 170, 255]);
        assert_eq!(from_packed(&[0xf1, 0x20], 3, 4, |bits| 17 * bits), [255, 17, 34]);
    }
}
