//! Files as scanners write them, made here and read back.

use fax::{Color, VecWriter, encoder::Encoder};
use lopdf::{Dictionary, Document, Object, Stream, dictionary};

use super::*;

/// Across a page of A4.
const FULL: &str = "q 595 0 0 842 0 0 cm /P Do Q";

/// A picture of A4 at 60 dpi, with a black corner top left, a line, and noise of two greys.
pub(in crate::evidence::paper) fn sheet() -> Raster {
    let grey = (0..496 * 702_usize).map(|at| match (at % 496, at / 496) {
        (x, y) if x < 60 && y < 30 => 0,
        (_, 350..356) => 0,
        (x, y) if (x / 8 * 7 + y / 8 * 13) % 5 == 0 => 200,
        _ => 255,
    });
    Raster::new(496, 702, grey.collect()).unwrap()
}

/// Black and white only.
fn bitten() -> Raster {
    let grey = sheet().pixels().iter().map(|grey| if *grey < 128 { 0 } else { 255 }).collect();
    Raster::new(496, 702, grey).unwrap()
}

/// Eight pixels a byte, white is 1.
fn packed(raster: &Raster) -> Vec<u8> {
    let row = |y| {
        raster
            .row(y)
            .chunks(8)
            .map(|eight| (0..8).map(|at| u8::from(eight.get(at).is_some_and(|grey| *grey > 0)) << (7 - at)).sum())
    };
    (0..raster.height()).flat_map(row).collect()
}

pub(in crate::evidence::paper) fn jpeg(raster: &Raster) -> Vec<u8> {
    let mut bytes = Vec::new();
    let encoder = jpeg_encoder::Encoder::new(&mut bytes, 90);
    encoder.encode(raster.pixels(), 496, 702, jpeg_encoder::ColorType::Luma).unwrap();
    bytes
}

fn group4(raster: &Raster) -> Vec<u8> {
    let mut encoder = Encoder::new(VecWriter::new());
    for y in 0..raster.height() {
        let row = raster.row(y).iter().map(|grey| if *grey < 128 { Color::Black } else { Color::White });
        encoder.encode_line(row, 496).unwrap();
    }
    encoder.finish().unwrap().finish()
}

/// A generic region of JBIG2, whose rows are those of a fax (ITU-T T.88, 7.4.6).
fn jbig2(raster: &Raster) -> Vec<u8> {
    let size = [496_u32, 702].map(u32::to_be_bytes).concat();
    let region = [size.as_slice(), &[0; 9], &[1], &group4(raster)].concat();
    let page = [size.as_slice(), &[0; 11]].concat();
    let segment = |number: u8, kind: u8, content: &[u8]| {
        let length = u32::try_from(content.len()).unwrap().to_be_bytes();
        [&[0, 0, 0, number, kind, 0, 1][..], &length, content].concat()
    };
    [segment(0, 48, &page), segment(1, 38, &region)].concat()
}

fn image(filter: &str, bits: i64, content: Vec<u8>) -> Stream {
    let mut entries = dictionary! {
        "Type" => "XObject", "Subtype" => "Image", "Width" => 496, "Height" => 702, "BitsPerComponent" => bits,
        "ColorSpace" => "DeviceGray",
    };
    if !filter.is_empty() {
        entries.set("Filter", filter);
    }
    Stream::new(entries, content)
}

fn deflated(bits: i64, content: Vec<u8>) -> Stream {
    let mut stream = image("", bits, content);
    stream.compress().unwrap();
    stream
}

fn scan() -> Stream {
    image("DCTDecode", 8, jpeg(&sheet()))
}

/// A PDF of one page.
pub(in crate::evidence::paper) fn pdf(
    content: &str,
    picture: Stream,
    more: impl FnOnce(&mut Document, &mut Dictionary),
) -> Vec<u8> {
    let mut out = Document::with_version("1.7");
    let picture = out.add_object(picture);
    let font = out.add_object(dictionary! { "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Helvetica" });
    let content = out.add_object(Stream::new(Dictionary::new(), content.as_bytes().to_vec()));
    let tree = out.new_object_id();
    let mut page = dictionary! {
        "Type" => "Page", "Parent" => tree, "Contents" => content,
        "MediaBox" => vec![0.into(), 0.into(), 595.into(), 842.into()],
        "Resources" => dictionary! { "XObject" => dictionary! { "P" => picture }, "Font" => dictionary! { "F" => font } },
    };
    more(&mut out, &mut page);
    let page = out.add_object(page);
    out.objects.insert(tree, dictionary! { "Type" => "Pages", "Kids" => vec![page.into()], "Count" => 1 }.into());
    let catalog = out.add_object(dictionary! { "Type" => "Catalog", "Pages" => tree });
    out.trailer.set("Root", catalog);
    let mut bytes = Vec::new();
    out.save_to(&mut bytes).unwrap();
    bytes
}

fn plain(content: &str, picture: Stream) -> Side {
    read(&pdf(content, picture, |_, _| {}))
}

fn read(bytes: &[u8]) -> Side {
    let source = Source::open(bytes).unwrap();
    assert_eq!(source.len(), 1);
    source.side(0).unwrap()
}

/// The mean difference of two pictures.
fn difference(a: &Raster, b: &Raster) -> f64 {
    assert_eq!((a.width(), a.height()), (b.width(), b.height()));
    let sum: u32 = a.pixels().iter().zip(b.pixels()).map(|(a, b)| u32::from(a.abs_diff(*b))).sum();
    f64::from(sum) / a.pixels().len() as f64
}

#[test]
fn a_scanned_page_is_its_picture_in_every_encoding() {
    let mut fax = image("CCITTFaxDecode", 1, group4(&bitten()));
    fax.dict.set("DecodeParms", dictionary! { "K" => -1, "Columns" => 496, "Rows" => 702 });
    let mut stencil = deflated(1, packed(&bitten()));
    stencil.dict.set("ImageMask", true);
    stencil.dict.remove(b"ColorSpace");
    let mut indexed = deflated(1, packed(&bitten()));
    let palette = Object::string_literal([0, 0, 0, 255, 255, 255]);
    indexed.dict.set("ColorSpace", vec!["Indexed".into(), "DeviceRGB".into(), 1.into(), palette]);
    let lossless = [
        ("flate", deflated(8, sheet().pixels().to_vec()), sheet()),
        ("no filter", image("", 8, sheet().pixels().to_vec()), sheet()),
        ("flate, 1 bit", deflated(1, packed(&bitten())), bitten()),
        ("indexed", indexed, bitten()),
        ("stencil", stencil, bitten()),
        ("fax", fax, bitten()),
        ("JBIG2", image("JBIG2Decode", 1, jbig2(&bitten())), bitten()),
    ];
    for (name, picture, expected) in lossless {
        let side = plain(FULL, picture);
        assert!(!side.drawn && !side.text, "{name}");
        assert!(side.raster == expected, "{name}");
    }
    let side = plain(FULL, scan());
    assert!(!side.drawn && difference(&side.raster, &sheet()) < 3.0, "JPEG");
}

#[test]
fn what_does_not_show_leaves_a_page_its_picture() {
    for (name, content) in [
        ("an invisible text", format!("{FULL} BT 3 Tr /F 10 Tf 100 700 Td (recognised) Tj ET")),
        ("a text under it", format!("BT /F 10 Tf 100 700 Td (recognised) Tj ET {FULL}")),
        ("white under it", format!("1 g 0 0 595 842 re f {FULL}")),
        ("a clip as large as the page", format!("q 0 0 595 842 re W n {FULL} Q")),
    ] {
        let side = plain(&content, scan());
        assert!(!side.drawn && !side.text, "{name}");
    }
}

#[test]
fn a_page_is_seen_as_a_reader_shows_it() {
    let upright = plain(FULL, scan()).raster;
    let turned = read(&pdf(FULL, scan(), |_, page| page.set("Rotate", 90)));
    assert!(!turned.drawn && turned.raster == upright.turned(crate::evidence::paper::Turn::Quarter));
    let flipped = plain("q -595 0 0 -842 595 842 cm /P Do Q", scan());
    assert!(!flipped.drawn && flipped.raster == upright.turned(crate::evidence::paper::Turn::Half));
    let cropped =
        read(&pdf(FULL, scan(), |_, page| page.set("CropBox", vec![0.into(), 421.into(), 595.into(), 842.into()])));
    assert!(!cropped.drawn && cropped.raster == upright.part(0, 0, 496, 351).unwrap());
}

#[test]
fn what_shows_beside_the_picture_is_drawn_with_it() {
    let typed = plain(&format!("{FULL} BT /F 10 Tf 100 700 Td (01/07/2022) Tj ET"), scan());
    assert!(typed.drawn && typed.text);
    assert_eq!(typed.raster.width(), 2479);
    let stamped = read(&pdf(FULL, scan(), |out, page| {
        let look = dictionary! { "Subtype" => "Form", "BBox" => vec![0.into(), 0.into(), 100.into(), 50.into()] };
        let look = out.add_object(Stream::new(look, b"0 g 0 0 100 50 re f".to_vec()));
        let rect: Vec<Object> = vec![300.into(), 300.into(), 400.into(), 350.into()];
        let stamp = dictionary! { "Subtype" => "Stamp", "Rect" => rect, "AP" => dictionary! { "N" => look } };
        page.set("Annots", vec![stamp.into()]);
    }));
    assert!(stamped.drawn && !stamped.text);
    assert_eq!(stamped.raster.at(350 * 300 / 72, (842 - 325) * 300 / 72), 0);
    let masked = read(&pdf(FULL, scan(), |out, page| {
        let mut text = deflated(1, packed(&bitten()));
        text.dict.set("Decode", vec![1.into(), 0.into()]);
        let text = out.add_object(text);
        let mut paper = image("", 8, vec![0; 100]);
        paper.dict.set("SMask", text);
        paper.dict.set("Width", 10);
        paper.dict.set("Height", 10);
        let paper = out.add_object(paper);
        page.set("Resources", dictionary! { "XObject" => dictionary! { "P" => paper } });
    }));
    assert!(masked.drawn, "its text is in its mask");
    assert_eq!((masked.raster.at(100, 50), masked.raster.at(1000, 1000)), (0, 255));
}

#[test]
fn strips_are_put_together_as_they_were_scanned() {
    let strip = |top: usize, rows: usize| {
        let rows = sheet().part(0, top, 496, rows).unwrap();
        let mut stream = image("", 8, rows.pixels().to_vec());
        stream.dict.set("Height", i64::try_from(rows.height()).unwrap());
        stream
    };
    let bytes = pdf("q 595 0 0 421 0 421 cm /A Do Q q 595 0 0 421 0 0 cm /B Do Q", scan(), |out, page| {
        let (upper, lower) = (out.add_object(strip(0, 351)), out.add_object(strip(351, 351)));
        page.set("Resources", dictionary! { "XObject" => dictionary! { "A" => upper, "B" => lower } });
    });
    let side = read(&bytes);
    assert!(!side.drawn && side.raster == sheet());
}

#[test]
fn pictures_of_other_formats_are_read() {
    assert!(difference(&read(&jpeg(&sheet())).raster, &sheet()) < 3.0);
    let mut bytes = Vec::new();
    let mut encoder = ::png::Encoder::new(&mut bytes, 496, 702);
    encoder.set_color(::png::ColorType::GrayscaleAlpha);
    let pixels: Vec<u8> = sheet().pixels().iter().flat_map(|grey| [0, 255 - grey]).collect();
    encoder.write_header().unwrap().write_image_data(&pixels).unwrap();
    assert!(read(&bytes).raster == sheet(), "over white");
}

#[test]
fn pictures_in_jpeg_2000_that_another_program_made_are_read() {
    const FILES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/paper");
    let read = |name: &str, space: &str| {
        let mut picture = image("JPXDecode", 8, std::fs::read(format!("{FILES}/{name}")).unwrap());
        picture.dict.set("ColorSpace", space);
        plain(FULL, picture)
    };
    let grey = read("gris.jp2", "DeviceGray");
    assert!(!grey.drawn && grey.raster == sheet(), "without loss");
    let colour = read("couleur.jp2", "DeviceRGB");
    assert!(!colour.drawn && difference(&colour.raster, &sheet()) < 8.0, "with loss, on tinted paper");
}

/// A JPEG as a telephone writes it that was held in some way.
pub(in crate::evidence::paper) fn photo(raster: &Raster, orientation: u8) -> Vec<u8> {
    let entry = [0x12, 1, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0];
    let exif = [b"Exif\0\0II*\0\x08\0\0\0\x01\0".as_slice(), &entry, &[0; 4]].concat();
    let length = u16::try_from(exif.len() + 2).unwrap().to_be_bytes();
    let jpeg = jpeg(raster);
    [&jpeg[..2], &[0xff, 0xe1], &length, &exif, &jpeg[2..]].concat()
}

#[test]
fn a_photo_is_seen_as_the_telephone_was_held_and_a_jpeg_in_a_pdf_as_it_is_stored() {
    use crate::evidence::paper::Turn;
    let stored = read(&jpeg(&sheet())).raster;
    assert!(read(&photo(&sheet(), 1)).raster == stored);
    assert!(read(&photo(&sheet(), 6)).raster == stored.turned(Turn::Quarter));
    assert!(read(&photo(&sheet(), 3)).raster == stored.turned(Turn::Half));
    assert!(read(&photo(&sheet(), 8)).raster == stored.turned(Turn::ThreeQuarters));
    assert!(plain(FULL, image("DCTDecode", 8, photo(&sheet(), 6))).raster == stored);
}

/// A TIFF of one page, of numbers of colours, not compressed.
fn colored(bits: u16, numbers: &[u8], colors: &[[u16; 3]]) -> Vec<u8> {
    let end = 8 + 2 + 12 * 10 + 4_u32;
    let length = |bytes: usize| u32::try_from(bytes).unwrap();
    let map: Vec<u8> =
        (0..3).flat_map(|part| colors.iter().map(move |color| color[part])).flat_map(u16::to_le_bytes).collect();
    let entries: [(u16, u16, u32, u32); 10] = [
        (256, 4, 1, 496),
        (257, 4, 1, 702),
        (258, 3, 1, bits.into()),
        (259, 3, 1, 1),
        (262, 3, 1, 3),
        (273, 4, 1, end + length(map.len())),
        (274, 3, 1, 3),
        (278, 4, 1, 702),
        (279, 4, 1, length(numbers.len())),
        (320, 3, length(3 * colors.len()), end),
    ];
    let mut bytes = b"II*\0\x08\0\0\0\x0a\0".to_vec();
    for (tag, kind, count, value) in entries {
        bytes.extend([tag.to_le_bytes(), kind.to_le_bytes()].concat());
        bytes.extend([count.to_le_bytes(), value.to_le_bytes()].concat());
    }
    bytes.extend([0; 4]);
    [bytes, map, numbers.to_vec()].concat()
}

#[test]
fn a_tiff_of_numbered_colours_that_was_stored_upside_down_is_read() {
    // Paper, ink, and the grey of the noise.
    let number = |grey: &u8| match grey {
        0 => 1,
        200 => 2,
        _ => 0,
    };
    let upside_down = sheet().turned(crate::evidence::paper::Turn::Half);
    let numbers: Vec<u8> = upside_down.pixels().iter().map(number).collect();
    let grey = |level: u16| [level * 257; 3];
    let mut colors = vec![grey(255), grey(0), grey(200)];
    colors.resize(16, grey(90));
    let packed: Vec<u8> = numbers.as_chunks::<2>().0.iter().map(|[a, b]| a << 4 | b).collect();
    assert!(read(&colored(4, &packed, &colors)).raster == sheet());
    colors.resize(256, grey(90));
    let whole = colored(8, &numbers, &colors);
    assert!(read(&whole).raster == sheet());
    let written = crate::evidence::paper::split(&whole, &[(0, crate::evidence::paper::Turn::None)]).unwrap();
    assert!(read(&written).raster == sheet(), "and written so");
    let reversed = [&whole[..8], &[0xff, 0xff], &whole[10..]].concat();
    drop(Source::open(&reversed).map(|source| source.side(0)));
}

pub(in crate::evidence::paper) fn tiff() -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    let mut encoder = ::tiff::encoder::TiffEncoder::new(&mut bytes).unwrap();
    encoder = encoder.with_compression(::tiff::encoder::Compression::Lzw);
    encoder.write_image::<::tiff::encoder::colortype::Gray8>(496, 702, sheet().pixels()).unwrap();
    encoder.write_image::<::tiff::encoder::colortype::Gray8>(496, 702, bitten().pixels()).unwrap();
    bytes.into_inner()
}

#[test]
fn a_tiff_has_a_side_a_page() {
    let bytes = tiff();
    let source = Source::open(&bytes).unwrap();
    assert_eq!(source.len(), 2);
    assert!(source.side(0).unwrap().raster == sheet());
    assert!(source.side(1).unwrap().raster == bitten());
    assert_eq!(source.side(2).unwrap_err().place.page, Some(3));
}

#[test]
fn broken_files_are_observations_and_no_more() {
    let files = [
        pdf(FULL, scan(), |_, _| {}),
        pdf(FULL, deflated(8, sheet().pixels().to_vec()), |_, _| {}),
        jpeg(&sheet()),
        tiff(),
    ];
    let mut state = 7_u64;
    let mut next = |most: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap() % most
    };
    for round in 0..120 {
        let mut bytes = files[round % files.len()].clone();
        for _ in 0..=next(6) {
            let at = next(bytes.len());
            bytes[at] = u8::try_from(next(256)).unwrap();
        }
        bytes.truncate(bytes.len() - if round % 3 == 0 { next(bytes.len()) } else { 0 });
        if let Ok(source) = Source::open(&bytes) {
            drop(source.side(0));
        }
    }
}

#[test]
fn what_a_page_must_not_hold_is_refused_before_it_is_decoded() {
    let mut large = image("CCITTFaxDecode", 1, vec![255; 100]);
    large.dict.set("DecodeParms", dictionary! { "K" => -1, "Columns" => 2_000_000_000 });
    let refused = |content: &str, picture: Stream| {
        let bytes = pdf(content, picture, |_, _| {});
        Source::open(&bytes).unwrap().side(0).unwrap_err().reason
    };
    assert_eq!(refused(FULL, large), Reason::LimitExceeded);
    assert_eq!(refused(&"[".repeat(100_000), scan()), Reason::LimitExceeded);
}
