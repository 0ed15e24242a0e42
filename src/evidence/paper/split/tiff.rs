//! A page of a TIFF inside a PDF: the strips of a fax and a JPEG as they are, everything else decoded and compressed without loss.

use tiff::tags::Tag;

use super::{Part, fax::Fax};
use crate::evidence::{
    Observation,
    paper::source::{self, orientation::Orientation, tiff::TiffFile},
};

/// The parts of a page, by its index from 0, and how they are laid.
pub(super) fn parts(bytes: &[u8], index: usize) -> Result<(Vec<Part>, Orientation), Observation> {
    let file = TiffFile::open(bytes)?;
    let orientation = file.page(index)?.orientation();
    if let Some(parts) = strips(&file, index).filter(|parts| !parts.is_empty()) {
        return Ok((parts, orientation));
    }
    let rows = file.rows(index)?;
    Ok((vec![Part::bare(rows.width, rows.height, rows.bits, rows.colors, rows.bytes)], orientation))
}

/// The strips of a fax, or a JPEG in one strip.
fn strips(file: &TiffFile<'_>, index: usize) -> Option<Vec<Part>> {
    let page = file.page(index).ok()?;
    let number = |tag| page.number(tag);
    let (width, height) = (number(Tag::ImageWidth)? as usize, number(Tag::ImageLength)? as usize);
    source::check_size(width, height).ok()?;
    let compression = u16::try_from(number(Tag::Compression)?).ok()?;
    let contents = page.strips(file.bytes())?;
    match compression {
        2..=4 if number(Tag::SamplesPerPixel).unwrap_or(1) == 1 => {
            let fax = Fax {
                compression,
                options: number(Tag::Unknown(292)).unwrap_or_default(),
                black_is_zero: number(Tag::PhotometricInterpretation) == Some(1),
                is_reversed: number(Tag::FillOrder) == Some(2),
            };
            let rows = number(Tag::RowsPerStrip).map_or(height, |rows| (rows as usize).clamp(1, height));
            let tops = (0..height).step_by(rows);
            if tops.len() != contents.len() {
                return None;
            }
            Some(tops.zip(contents).map(|(top, strip)| fax.part(width, rows.min(height - top), strip)).collect())
        }
        7 if contents.len() == 1 && number(Tag::JPEGTables).is_none() => {
            let whole = contents.first()?;
            let head = source::jpeg::head(whole).ok().filter(|head| (head.width, head.height) == (width, height))?;
            Some(vec![Part::jpeg(whole, &head)])
        }
        _ => None,
    }
}
