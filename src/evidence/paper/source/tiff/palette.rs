//! A page of a TIFF whose samples are numbers of colours.
//!
//! The decoder does not read such pages. It reads their samples as greys once the directory says that they are greys, and the colours
//! stand in the directory.

use tiff::tags::Tag;

use super::Page;

/// What a directory says of such a page (TIFF 6.0, `PhotometricInterpretation`), and what it is made to say.
pub(super) const PALETTE: u32 = 3;
const BLACK_IS_ZERO: u16 = 1;

/// The entry that says it.
const PHOTOMETRIC: u16 = 262;

/// The file, in which the directory at a place says that its samples are greys; none of another kind of TIFF than the usual one.
pub(super) fn as_grey(bytes: &[u8], directory: u64) -> Option<Vec<u8>> {
    let is_little = match bytes.get(..4)? {
        b"II*\0" => true,
        b"MM\0*" => false,
        _ => return None,
    };
    let short = |at: usize| {
        let two = *bytes.get(at..)?.first_chunk::<2>()?;
        Some(if is_little { u16::from_le_bytes(two) } else { u16::from_be_bytes(two) })
    };
    let start = usize::try_from(directory).ok()?;
    let entries = (0..usize::from(short(start)?)).filter_map(|number| start.checked_add(2 + 12 * number));
    let entry = entries.into_iter().find(|at| short(*at) == Some(PHOTOMETRIC))?;
    let mut grey = bytes.to_vec();
    let value = if is_little { BLACK_IS_ZERO.to_le_bytes() } else { BLACK_IS_ZERO.to_be_bytes() };
    grey.get_mut(entry + 8..entry + 10)?.copy_from_slice(&value);
    Some(grey)
}

/// The colours of a page: red, green and blue of each number.
pub(super) fn colors(page: &Page<'_>) -> Option<Vec<[u8; 3]>> {
    let all = page.numbers(Tag::ColorMap)?;
    let (reds, rest) = all.split_at_checked(all.len() / 3)?;
    let (greens, blues) = rest.split_at_checked(all.len() / 3)?;
    // Of two bytes each; some programs use the lower one only.
    let shift = if all.iter().any(|value| *value > 255) { 8 } else { 0 };
    let byte = |value: &u32| u8::try_from(value >> shift).unwrap_or(255);
    Some(reds.iter().zip(greens).zip(blues).map(|((red, green), blue)| [red, green, blue].map(byte)).collect())
}
