//! A losslessly compressed picture inside a PDF, straight to grey.
//!
//! The compressed bytes are those of a PNG, or of a TIFF, without their headers: with a header, the decoders of these formats read them
//! ten times as fast as one that turns each pixel into three colours of floating point.

use hayro::{
    hayro_interpret::RasterImage,
    hayro_syntax::{
        Filter,
        object::{
            Array, Dict, Name, Object, Stream, String as Bytes,
            dict::keys::{BITS_PER_COMPONENT, COLORSPACE, COLUMNS, DECODE, DECODE_PARMS, PREDICTOR},
        },
    },
};

use super::{grey, png, tiff};
use crate::evidence::paper::raster::Raster;

/// What the samples of a picture mean.
enum Samples {
    /// How bright each value is.
    Grey(Box<[u8; 256]>),
    Rgb,
}

/// A picture whose filter is `FlateDecode`; none when it is another one, of other colours, or broken.
pub(super) fn decode(image: &RasterImage<'_>) -> Option<Raster> {
    let stream = image.stream();
    let dict = stream.dict();
    if stream.filters().as_slice() != [Filter::FlateDecode] {
        return None;
    }
    let (width, height) = (image.width(), image.height());
    let bits = dict.get::<u8>(BITS_PER_COMPONENT)?;
    let samples = samples(dict, bits)?;
    let colors = if matches!(samples, Samples::Rgb) { 3 } else { 1 };
    let parameters = dict.get::<Dict<'_>>(DECODE_PARMS).or_else(|| dict.get::<Array<'_>>(DECODE_PARMS)?.iter().next());
    let number = |key: &[u8]| parameters.as_ref().and_then(|own| own.get::<u32>(key));
    let layout = Layout { width, height, bits, colors };
    let rows = match number(PREDICTOR).unwrap_or(1) {
        predictor @ (1 | 2) => tiff::bare(&stream.raw_data(), &layout, predictor == 2)?,
        _ if number(COLUMNS) == Some(width) => png::bare(&stream.raw_data(), &layout)?,
        _ => return None,
    };
    let grey = match (samples, bits) {
        (Samples::Rgb, _) => grey::from_rgb(&rows),
        (Samples::Grey(values), 8) => {
            rows.iter().map(|sample| values.get(usize::from(*sample)).copied().unwrap_or(255)).collect()
        }
        (Samples::Grey(values), _) => grey::from_packed(&rows, width as usize, usize::from(bits), |sample| {
            values.get(usize::from(sample)).copied().unwrap_or(255)
        }),
    };
    Raster::new(width as usize, height as usize, grey)
}

/// How the rows of a picture are laid out.
pub(super) struct Layout {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) bits: u8,
    pub(super) colors: u8,
}

fn samples(dict: &Dict<'_>, bits: u8) -> Option<Samples> {
    let decode = dict.get::<Array<'_>>(DECODE).map(|array| array.iter::<f32>().collect::<Vec<_>>());
    let is_inverted = decode.as_deref() == Some(&[1.0, 0.0]);
    if decode.is_some() && !is_inverted && decode.as_deref() != Some(&[0.0, 1.0]) || !matches!(bits, 1 | 2 | 4 | 8) {
        return None;
    }
    let name = dict.get::<Name<'_>>(COLORSPACE);
    let array = dict.get::<Array<'_>>(COLORSPACE);
    let family = name.or_else(|| array.as_ref()?.iter::<Name<'_>>().next());
    match family.as_deref()? {
        b"DeviceGray" | b"CalGray" => Some(Samples::Grey(steps(bits, is_inverted))),
        b"DeviceRGB" | b"CalRGB" if bits == 8 && decode.is_none() => Some(Samples::Rgb),
        b"ICCBased" => match array?.iter::<Object<'_>>().nth(1)?.into_stream()?.dict().get::<u32>(b"N".as_slice())? {
            1 => Some(Samples::Grey(steps(bits, is_inverted))),
            3 if bits == 8 && decode.is_none() => Some(Samples::Rgb),
            _ => None,
        },
        b"Indexed" if decode.is_none() => palette(&array?).map(Samples::Grey),
        _ => None,
    }
}

/// From black to white in as many steps as there are values.
fn steps(bits: u8, is_inverted: bool) -> Box<[u8; 256]> {
    let most = (1_usize << bits) - 1;
    Box::new(std::array::from_fn(|value| {
        let value = value.min(most);
        (if is_inverted { most - value } else { value } * 255 / most) as u8
    }))
}

/// How bright the colours of a palette are.
fn palette(space: &Array<'_>) -> Option<Box<[u8; 256]>> {
    let mut parts = space.iter::<Object<'_>>().skip(1);
    let base = parts.next()?;
    let colors = match base.clone().into_name().as_deref() {
        Some(b"DeviceGray" | b"CalGray") => 1,
        Some(b"DeviceRGB" | b"CalRGB") => 3,
        Some(_) => return None,
        None => {
            let base = base.into_array()?;
            let family = base.iter::<Name<'_>>().next()?;
            match &*family {
                b"CalGray" => 1,
                b"CalRGB" => 3,
                b"ICCBased" => base.iter::<Object<'_>>().nth(1)?.into_stream()?.dict().get::<usize>(b"N".as_slice())?,
                _ => return None,
            }
        }
    };
    let table = match parts.nth(1)? {
        Object::String(bytes) => Bytes::as_ref(&bytes).to_vec(),
        Object::Stream(stream) => Stream::decoded(&stream).ok()?.into_owned(),
        _ => return None,
    };
    let bright = match colors {
        1 => table,
        3 => grey::from_rgb(&table),
        _ => return None,
    };
    Some(Box::new(std::array::from_fn(|value| bright.get(value).copied().unwrap_or(0))))
}
