//! A JPEG, straight to grey: of a colour scan only the brightness is decoded to pixels.

use zune_jpeg::{
    JpegDecoder,
    zune_core::{
        bytestream::{ZByteReaderTrait, ZCursor},
        colorspace::ColorSpace,
        options::DecoderOptions,
    },
};

use super::{check_size, grey, orientation::Orientation, unreadable};
use crate::evidence::{Observation, paper::raster::Raster};

/// A JPEG of any kind, laid as it was taken.
pub(super) fn decode(bytes: &[u8]) -> Result<Raster, Observation> {
    read(bytes, |_| true).map(|(raster, orientation)| orientation.lay(raster))
}

/// A JPEG of light, not of inks, as it is stored; none if it is another one, or broken.
pub(super) fn decode_light(bytes: &[u8]) -> Option<Raster> {
    read(bytes, |space| matches!(space, ColorSpace::Luma | ColorSpace::YCbCr)).ok().map(|(raster, _)| raster)
}

fn read(bytes: &[u8], is_wanted: impl FnOnce(ColorSpace) -> bool) -> Result<(Raster, Orientation), Observation> {
    let broken = |error| unreadable(format!("a JPEG that cannot be decoded: {error:?}"));
    let options = DecoderOptions::default().set_max_width(usize::from(u16::MAX)).set_max_height(usize::from(u16::MAX));
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    decoder.decode_headers().map_err(broken)?;
    let (width, height) = decoder.dimensions().unwrap_or_default();
    check_size(width, height)?;
    let Some(inks) = decoder.input_colorspace().filter(|space| is_wanted(*space)) else {
        return Err(unreadable("a JPEG of other colours than expected"));
    };
    let wanted = match inks {
        ColorSpace::CMYK | ColorSpace::YCCK => ColorSpace::CMYK,
        ColorSpace::RGB => ColorSpace::RGB,
        _ => ColorSpace::Luma,
    };
    decoder.set_options(options.jpeg_set_out_colorspace(wanted));
    let pixels = decoder.decode().map_err(broken)?;
    let grey = match wanted {
        ColorSpace::CMYK => grey::from_cmyk(&pixels, true),
        ColorSpace::RGB => grey::from_rgb(&pixels),
        _ => pixels,
    };
    let raster = Raster::new(width, height, grey).ok_or_else(|| unreadable("a JPEG of another size than it says"))?;
    Ok((raster, orientation(&decoder)))
}

/// What the telephone noted that took it.
fn orientation<T: ZByteReaderTrait>(decoder: &JpegDecoder<T>) -> Orientation {
    decoder.exif().map_or(Orientation::UPRIGHT, |exif| Orientation::of_exif(exif))
}

/// What the head of a JPEG says.
pub(in crate::evidence::paper) struct Head {
    pub(in crate::evidence::paper) width: usize,
    pub(in crate::evidence::paper) height: usize,
    /// How many colours a pixel has.
    pub(in crate::evidence::paper) colors: u8,
    pub(in crate::evidence::paper) orientation: Orientation,
}

/// Reads the head of a JPEG.
pub(in crate::evidence::paper) fn head(bytes: &[u8]) -> Result<Head, Observation> {
    let mut decoder = JpegDecoder::new(ZCursor::new(bytes));
    decoder.decode_headers().map_err(|error| unreadable(format!("a JPEG that cannot be decoded: {error:?}")))?;
    let (width, height) = decoder.dimensions().unwrap_or_default();
    check_size(width, height)?;
    let colors = decoder.info().map_or(3, |info| info.components);
    Ok(Head { width, height, colors, orientation: orientation(&decoder) })
}
