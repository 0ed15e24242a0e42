//! What is written is read back.

use super::*;
use crate::evidence::paper::{
    Source,
    source::tests::{jpeg, pdf, photo, sheet, tiff},
};

#[test]
fn a_jpeg_stays_byte_by_byte_in_its_page() {
    let bytes = jpeg(&sheet());
    let page = split(&bytes, &[(0, Turn::None)]).unwrap();
    assert!(memchr::memmem::find(&page, &bytes).is_some());
    assert_eq!(page, split(&bytes, &[(0, Turn::None)]).unwrap(), "the same bytes");
    let [before, after] = [&bytes, &page].map(|file| Source::open(file).unwrap().side(0).unwrap());
    assert!(before == after);
}

#[test]
fn a_photo_is_written_as_it_was_taken_and_turned_from_there() {
    for (orientation, turn) in [(6, Turn::None), (8, Turn::Half), (3, Turn::Quarter), (5, Turn::None)] {
        let bytes = photo(&sheet(), orientation);
        let page = split(&bytes, &[(0, turn)]).unwrap();
        assert!(memchr::memmem::find(&page, &bytes).is_some());
        let [before, after] = [&bytes, &page].map(|file| Source::open(file).unwrap().side(0).unwrap());
        if orientation == 5 {
            // What is mirrored is drawn: the same, at another size.
            let [before, after] = [&before.raster, &after.raster].map(|raster| raster.width() * 100 / raster.height());
            assert!(before.abs_diff(after) < 2);
        } else {
            assert!(after.raster == before.raster.turned(turn), "{orientation}");
        }
    }
}

#[test]
fn sides_are_written_in_the_order_asked_for_and_turned() {
    let bytes = tiff();
    let both = split(&bytes, &[(1, Turn::Half), (0, Turn::None)]).unwrap();
    let (before, after) = (Source::open(&bytes).unwrap(), Source::open(&both).unwrap());
    assert_eq!(after.len(), 2);
    assert!(after.side(0).unwrap().raster == before.side(1).unwrap().raster.turned(Turn::Half));
    assert!(after.side(1).unwrap().raster == before.side(0).unwrap().raster);
    assert!(split(&bytes, &[(2, Turn::None)]).is_err());
}

#[test]
fn a_page_of_a_pdf_keeps_what_it_shows_and_its_pictures() {
    let scan = jpeg(&sheet());
    let entries = dictionary! {
        "Type" => "XObject", "Subtype" => "Image", "Width" => 496, "Height" => 702, "BitsPerComponent" => 8,
        "ColorSpace" => "DeviceGray", "Filter" => "DCTDecode",
    };
    let whole =
        pdf("q 595 0 0 842 0 0 cm /P Do Q", Stream::new(entries, scan.clone()), |_, page| page.set("Rotate", 90));
    let page = split(&whole, &[(0, Turn::Quarter)]).unwrap();
    assert!(memchr::memmem::find(&page, &scan).is_some());
    let [before, after] = [&whole, &page].map(|file| Source::open(file).unwrap().side(0).unwrap());
    assert!(after.raster == before.raster.turned(Turn::Quarter));
}
