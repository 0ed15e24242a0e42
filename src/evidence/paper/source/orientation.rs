//! How a picture must be laid to be seen as it was taken: a telephone notes how it was held, and turns no pixel.

use super::grey;
use crate::evidence::paper::raster::{Raster, Turn};

/// The tag of the orientation (Exif 2.32, 4.6.4 A; TIFF 6.0, `Orientation`).
const TAG: u16 = 0x0112;

/// Entries of a directory that are looked at.
const MOST_ENTRIES: usize = 512;

/// How stored pixels are laid: mirrored from left to right or not, and then turned clockwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::evidence::paper) struct Orientation {
    pub(in crate::evidence::paper) is_mirrored: bool,
    pub(in crate::evidence::paper) turn: Turn,
}

impl Orientation {
    /// As they are stored.
    pub(in crate::evidence::paper) const UPRIGHT: Self = Self { is_mirrored: false, turn: Turn::None };

    /// By its number; what is none of the eight says nothing.
    pub(super) const fn from_number(number: u32) -> Self {
        let (is_mirrored, turn) = match number {
            2 => (true, Turn::None),
            3 => (false, Turn::Half),
            4 => (true, Turn::Half),
            5 => (true, Turn::ThreeQuarters),
            6 => (false, Turn::Quarter),
            7 => (true, Turn::Quarter),
            8 => (false, Turn::ThreeQuarters),
            _ => (false, Turn::None),
        };
        Self { is_mirrored, turn }
    }

    /// What the Exif data of a picture say: a TIFF without pixels.
    pub(super) fn of_exif(exif: &[u8]) -> Self {
        number(exif).map_or(Self::UPRIGHT, |number| Self::from_number(number.into()))
    }

    /// A picture, laid as it was taken.
    pub(super) fn lay(self, raster: Raster) -> Raster {
        let raster = if self.is_mirrored { raster.mirrored() } else { raster };
        grey::turned(raster, self.turn)
    }
}

fn number(exif: &[u8]) -> Option<u16> {
    let is_little = match exif.get(..4)? {
        b"II*\0" => true,
        b"MM\0*" => false,
        _ => return None,
    };
    let bytes = |at: usize| exif.get(at..)?.first_chunk::<2>().copied();
    let short =
        |at: usize| bytes(at).map(|two| if is_little { u16::from_le_bytes(two) } else { u16::from_be_bytes(two) });
    let four = exif.get(4..)?.first_chunk::<4>()?;
    let start = if is_little { u32::from_le_bytes(*four) } else { u32::from_be_bytes(*four) };
    let start = usize::try_from(start).ok()?;
    let entries = usize::from(short(start)?).min(MOST_ENTRIES);
    let entry =
        (0..entries).filter_map(|number| start.checked_add(2 + 12 * number)).find(|at| short(*at) == Some(TAG))?;
    short(entry + 8)
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn exif(number: u8, is_little: bool) -> Vec<u8> {
        if is_little {
            let entries = [[0x0f, 1, 2, 0, 1, 0, 0, 0, 0, 0, 0, 0], [0x12, 1, 3, 0, 1, 0, 0, 0, number, 0, 0, 0]];
            [b"II*\0\x08\0\0\0\x02\0".as_slice(), &entries.concat(), &[0; 4]].concat()
        } else {
            [b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".as_slice(), &[number, 0, 0], &[0; 4]].concat()
        }
    }

    #[test]
    fn a_picture_is_laid_as_its_number_says() {
        // Row 0 and column 0 of what is stored are, in this order, these sides of what was seen (Exif 2.32).
        let stored = Raster::new(3, 2, b"abcdef".to_vec()).unwrap();
        let laid = |number| Orientation::from_number(number).lay(stored.clone()).pixels().to_vec();
        assert_eq!(laid(1), b"abcdef");
        assert_eq!(laid(2), b"cbafed");
        assert_eq!(laid(3), b"fedcba");
        assert_eq!(laid(4), b"defabc");
        assert_eq!(laid(5), b"adbecf");
        assert_eq!(laid(6), b"daebfc");
        assert_eq!(laid(7), b"fcebda");
        assert_eq!(laid(8), b"cfbead");
    }

    #[test]
    fn the_number_is_read_in_both_orders_of_bytes_and_nonsense_says_nothing() {
        assert_eq!(Orientation::of_exif(&exif(6, true)), Orientation::from_number(6));
        assert_eq!(Orientation::of_exif(&exif(8, false)), Orientation::from_number(8));
        assert_eq!(Orientation::of_exif(&exif(9, false)), Orientation::UPRIGHT);
        for length in 0..exif(6, true).len() - 14 {
            assert_eq!(Orientation::of_exif(&exif(6, true)[..length]), Orientation::UPRIGHT);
        }
        assert_eq!(Orientation::of_exif(b"II*\0\xff\xff\xff\xff"), Orientation::UPRIGHT);
    }
}
