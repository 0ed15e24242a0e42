//! A picture inside a PDF, made grey.

use hayro::{
    hayro_interpret::{Image, ImageData, Paint, RasterImage, StencilImage},
    hayro_syntax::{
        Filter,
        object::{
            Array, Name,
            dict::keys::{COLORSPACE, DECODE, DECODE_PARMS, MASK, SMASK, SMASK_IN_DATA},
        },
    },
};

use super::{Observation, check_size, flate, grey, jpeg, unreadable};
use crate::evidence::paper::raster::Raster;

/// A picture through which nothing is seen but paper.
pub(super) enum Opaque<'i, 'a, 'b> {
    Raster(&'i RasterImage<'b>),
    /// Ink of one colour.
    Stencil(&'i StencilImage<'a, 'b>),
}

/// A picture, if nothing can be seen through it: not a picture with a mask, whose sharp text may be in the mask.
pub(super) fn opaque<'i, 'a, 'b>(image: &'i Image<'a, 'b>) -> Option<Opaque<'i, 'a, 'b>> {
    match image {
        Image::Raster(raster) => {
            let dict = raster.stream().dict();
            let is_masked = dict.contains_key(SMASK) || dict.contains_key(MASK) || dict.contains_key(SMASK_IN_DATA);
            (!is_masked).then_some(Opaque::Raster(raster))
        }
        Image::Stencil(stencil) => Some(Opaque::Stencil(stencil)),
    }
}

impl Opaque<'_, '_, '_> {
    /// Its pixels.
    pub(super) fn decode(&self) -> Result<Raster, Observation> {
        match self {
            Self::Raster(raster) => decode(raster),
            Self::Stencil(stencil) => ink(stencil),
        }
    }
}

fn decode(image: &RasterImage<'_>) -> Result<Raster, Observation> {
    check_size(image.width() as usize, image.height() as usize)?;
    if let Some(raster) = direct(image).or_else(|| flate::decode(image)) {
        return Ok(raster);
    }
    let mut decoded = None;
    let take = |data: ImageData| match data {
        ImageData::Luma(luma) => Raster::new(luma.width as usize, luma.height as usize, luma.data),
        ImageData::Rgb(rgb) => Raster::new(rgb.width as usize, rgb.height as usize, grey::from_rgb(&rgb.data)),
    };
    image.with_rgba(|data, _| decoded = take(data), None);
    decoded.ok_or_else(|| unreadable("the picture of the page cannot be decoded"))
}

/// A JPEG whose brightness is that of the picture, straight to grey: half the work.
fn direct(image: &RasterImage<'_>) -> Option<Raster> {
    let stream = image.stream();
    let dict = stream.dict();
    let is_plain = stream.filters().as_slice() == [Filter::DctDecode]
        && !dict.contains_key(DECODE)
        && !dict.contains_key(DECODE_PARMS)
        && is_light(
            dict.get::<Name<'_>>(COLORSPACE).or_else(|| dict.get::<Array<'_>>(COLORSPACE)?.iter().next()).as_deref(),
        );
    let raster = if is_plain { jpeg::decode_light(&stream.raw_data())? } else { return None };
    (raster.width() == image.width() as usize && raster.height() == image.height() as usize).then_some(raster)
}

/// Whether a colour space is one of light, whose brightness a JPEG holds as it is.
fn is_light(space: Option<&[u8]>) -> bool {
    matches!(space, Some(b"CalGray" | b"CalRGB" | b"DeviceGray" | b"DeviceRGB" | b"ICCBased"))
}

fn ink(image: &StencilImage<'_, '_>) -> Result<Raster, Observation> {
    check_size(image.width() as usize, image.height() as usize)?;
    let mut decoded = None;
    image.with_stencil(
        |cover, paint| {
            let Paint::Color(color) = paint else { return };
            let [red, green, blue, alpha] = color.to_rgba().to_rgba8();
            let full = grey::over_white(grey::luma(red, green, blue), alpha);
            let grey = cover.data.iter().map(|cover| grey::over_white(full, *cover)).collect();
            decoded = Raster::new(cover.width as usize, cover.height as usize, grey);
        },
        None,
    );
    decoded.ok_or_else(|| unreadable("the picture of the page cannot be decoded"))
}
