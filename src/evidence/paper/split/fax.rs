//! Strips of a fax inside a PDF, as they are.

use lopdf::dictionary;

use super::Part;

/// How a fax is compressed (TIFF 6.0, sections 10 and 11).
pub(super) struct Fax {
    /// 2, 3 or 4: by Huffman's code, Group 3, Group 4.
    pub(super) compression: u16,
    /// Whether rows of Group 3 lean on the row above.
    pub(super) options: u32,
    pub(super) black_is_zero: bool,
    /// Whether the first pixel is in a byte's lowest bit.
    pub(super) is_reversed: bool,
}

impl Fax {
    /// A strip.
    pub(super) fn part(&self, width: usize, height: usize, content: &[u8]) -> Part {
        let size = |length: usize| i64::try_from(length).unwrap_or(i64::MAX);
        let mut parameters = dictionary! { "Columns" => size(width), "Rows" => size(height) };
        match self.compression {
            4 => parameters.set("K", -1),
            3 => {
                parameters.set("K", i64::from(self.options & 1) * 4);
                parameters.set("EndOfLine", true);
                parameters.set("EndOfBlock", false);
            }
            _ => {
                parameters.set("EncodedByteAlign", true);
                parameters.set("EndOfBlock", false);
            }
        }
        if self.black_is_zero {
            parameters.set("BlackIs1", true);
        }
        let entries = dictionary! {
            "BitsPerComponent" => 1, "ColorSpace" => "DeviceGray", "Filter" => "CCITTFaxDecode", "DecodeParms" => parameters,
        };
        let content =
            if self.is_reversed { content.iter().map(|byte| byte.reverse_bits()).collect() } else { content.to_vec() };
        Part::new(width, height, entries, content)
    }
}
