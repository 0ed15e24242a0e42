//! A TIFF of one page or many, as fax servers and office scanners write them.

mod palette;

use std::{cell::RefCell, io::Cursor};

use tiff::{
    ColorType, Directory,
    decoder::{Decoder, DecodingResult, Limits},
    tags::{IfdPointer, Tag},
};

use super::{MOST_PIXELS, check_size, flate::Layout, grey, orientation::Orientation, unreadable};
use crate::evidence::{
    Observation,
    paper::{raster::Raster, split},
};

/// Directories of a file, thumbnails and masks included.
const MOST_DIRECTORIES: usize = 20_000;

/// What marks a directory as a thumbnail or as a mask of another one (TIFF 6.0, `NewSubfileType`).
const NOT_A_PAGE: u32 = 0b101;

/// A TIFF, and where its pages are.
#[derive(Debug)]
pub(in crate::evidence::paper) struct TiffFile<'a> {
    bytes: &'a [u8],
    /// The number of each page among the directories.
    pages: Vec<IfdPointer>,
}

type Reader<'a> = Decoder<Cursor<&'a [u8]>>;

fn broken(error: tiff::TiffError) -> Observation {
    unreadable(format!("a TIFF that cannot be decoded: {error}"))
}

impl<'a> TiffFile<'a> {
    /// Finds the pages.
    pub(in crate::evidence::paper) fn open(bytes: &'a [u8]) -> Result<Self, Observation> {
        let mut reader = Self::reader(bytes)?;
        let mut pages = Vec::new();
        let mut seen = std::collections::BTreeSet::new();
        let mut next = reader.ifd_pointer();
        while let Some(at) = next {
            // A chain that bites its tail, or leads nowhere, ends there.
            if !seen.insert(at.0) || seen.len() > MOST_DIRECTORIES {
                break;
            }
            let Ok(directory) = reader.read_directory(at) else { break };
            let kind = reader.read_directory_tags(&directory).find_tag_unsigned(Tag::NewSubfileType).ok().flatten();
            if kind.unwrap_or(0_u32) & NOT_A_PAGE == 0 {
                pages.push(at);
            }
            next = directory.next();
        }
        if pages.is_empty() { Err(unreadable("a TIFF without pages")) } else { Ok(Self { bytes, pages }) }
    }

    pub(super) fn len(&self) -> usize {
        self.pages.len()
    }

    fn reader(bytes: &'a [u8]) -> Result<Reader<'a>, Observation> {
        let mut limits = Limits::default();
        limits.decoding_buffer_size = 4 * MOST_PIXELS;
        limits.intermediate_buffer_size = 4 * MOST_PIXELS;
        limits.ifd_value_size = 4 << 20;
        Ok(Decoder::new(Cursor::new(bytes)).map_err(broken)?.with_limits(limits))
    }

    pub(in crate::evidence::paper) const fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// What the directory of a page says, by its index from 0.
    pub(in crate::evidence::paper) fn page(&self, index: usize) -> Result<Page<'a>, Observation> {
        let at = self.pages.get(index).ok_or_else(|| unreadable("there is no such page"))?;
        let mut reader = Self::reader(self.bytes)?;
        let directory = reader.read_directory(*at).map_err(broken)?;
        Ok(Page { reader: RefCell::new(reader), directory })
    }

    /// A page, by its index from 0.
    pub(super) fn side(&self, index: usize) -> Result<Raster, Observation> {
        let page = self.page(index)?;
        self.stored(index, &page).map(|raster| page.orientation().lay(raster))
    }

    /// The pixels of a page as they are stored.
    fn stored(&self, index: usize, page: &Page<'_>) -> Result<Raster, Observation> {
        let is_fax = matches!(page.number(Tag::Compression), Some(2..=4));
        let is_usual = page.number(Tag::Compression) == Some(4) && page.number(Tag::FillOrder).unwrap_or(1) == 1;
        if is_fax && !is_usual {
            // What reads PDFs reads all kinds of fax.
            let pdf = split::fax_as_pdf(self.bytes, index)?;
            return super::pdf::PdfFile::open(&pdf)?.0.side(0).map(|side| side.raster);
        }
        let rows = self.rows(index)?;
        let (width, bits) = (rows.width, usize::from(rows.bits));
        let most = (1_u16 << rows.bits.min(8)) - 1;
        let grey = match (rows.colors, rows.bits) {
            (3, _) => grey::from_rgb(&rows.bytes),
            (_, 8) => rows.bytes,
            _ => grey::from_packed(&rows.bytes, width, bits, |sample| (u16::from(sample) * 255 / most) as u8),
        };
        Raster::new(width, rows.height, grey).ok_or_else(|| unreadable("a TIFF of another size than it says"))
    }

    /// The rows of a page, of grey samples of 1 to 8 bits, or of red, green and blue of 8.
    pub(in crate::evidence::paper) fn rows(&self, index: usize) -> Result<Rows, Observation> {
        let page = self.page(index)?;
        let (width, height) = (page.number(Tag::ImageWidth), page.number(Tag::ImageLength));
        let (width, height) = (width.unwrap_or_default() as usize, height.unwrap_or_default() as usize);
        check_size(width, height)?;
        if page.number(Tag::PhotometricInterpretation) == Some(palette::PALETTE) {
            return self.colored(index, &page);
        }
        let mut reader = Self::reader(self.bytes)?;
        while reader.ifd_pointer() != self.pages.get(index).copied() {
            reader.next_image().map_err(broken)?;
        }
        let color = reader.colortype().map_err(broken)?;
        let pixels = match reader.read_image().map_err(broken)? {
            DecodingResult::U8(pixels) => pixels,
            DecodingResult::U16(pixels) => pixels.into_iter().map(|sample| (sample >> 8) as u8).collect(),
            _ => return Err(unreadable("a TIFF whose samples are neither 1 to 8 nor 16 bits")),
        };
        let (bits, colors, bytes) = match color {
            ColorType::Gray(bits @ (1 | 2 | 4 | 8)) => (bits, 1, pixels),
            ColorType::Gray(16) => (8, 1, pixels),
            ColorType::RGB(8 | 16) => (8, 3, pixels),
            ColorType::RGBA(8 | 16) => (8, 1, grey::from_rgba(&pixels)),
            ColorType::CMYK(8 | 16) => (8, 1, grey::from_cmyk(&pixels, false)),
            ColorType::YCbCr(8) => (8, 1, pixels.as_chunks::<3>().0.iter().map(|[y, ..]| *y).collect()),
            other => return Err(unreadable(format!("a TIFF of a kind that is not read: {other:?}"))),
        };
        Ok(Rows { width, height, bits, colors, bytes })
    }

    /// The rows of a page whose samples are numbers of colours.
    fn colored(&self, index: usize, page: &Page<'_>) -> Result<Rows, Observation> {
        let unknown = || unreadable("a TIFF whose palette cannot be read");
        let at = self.pages.get(index).ok_or_else(unknown)?;
        let bytes = palette::as_grey(self.bytes, at.0).ok_or_else(unknown)?;
        let colors = palette::colors(page).ok_or_else(unknown)?;
        let Rows { width, height, bits, bytes, .. } =
            TiffFile { bytes: &bytes, pages: self.pages.clone() }.rows(index)?;
        let numbers =
            if bits == 8 { bytes } else { grey::from_packed(&bytes, width, usize::from(bits), |sample| sample) };
        let color = |number: &u8| colors.get(usize::from(*number)).copied().unwrap_or_default();
        Ok(Rows { width, height, bits: 8, colors: 3, bytes: numbers.iter().flat_map(color).collect() })
    }
}

/// The rows of a page.
pub(in crate::evidence::paper) struct Rows {
    pub(in crate::evidence::paper) width: usize,
    pub(in crate::evidence::paper) height: usize,
    pub(in crate::evidence::paper) bits: u8,
    pub(in crate::evidence::paper) colors: u8,
    pub(in crate::evidence::paper) bytes: Vec<u8>,
}

/// What the directory of a page says.
pub(in crate::evidence::paper) struct Page<'a> {
    reader: RefCell<Reader<'a>>,
    directory: Directory,
}

impl Page<'_> {
    /// The number of a tag.
    pub(in crate::evidence::paper) fn number(&self, tag: Tag) -> Option<u32> {
        self.reader.borrow_mut().read_directory_tags(&self.directory).find_tag_unsigned(tag).ok()?
    }

    /// All numbers of a tag.
    fn numbers(&self, tag: Tag) -> Option<Vec<u32>> {
        self.reader.borrow_mut().read_directory_tags(&self.directory).find_tag_unsigned_vec(tag).ok()?
    }

    /// How its pixels are laid.
    pub(in crate::evidence::paper) fn orientation(&self) -> Orientation {
        Orientation::from_number(self.number(Tag::Orientation).unwrap_or(1))
    }

    /// The strips, in their order.
    pub(in crate::evidence::paper) fn strips<'b>(&self, bytes: &'b [u8]) -> Option<Vec<&'b [u8]>> {
        let mut reader = self.reader.borrow_mut();
        let mut tags = reader.read_directory_tags(&self.directory);
        let mut all = |tag| tags.find_tag_unsigned_vec::<usize>(tag).ok()?;
        let (starts, lengths) = (all(Tag::StripOffsets)?, all(Tag::StripByteCounts)?);
        let strip = |(start, length): (&usize, &usize)| bytes.get(*start..start.checked_add(*length)?);
        (starts.len() == lengths.len()).then(|| starts.iter().zip(&lengths).map(strip).collect())?
    }
}

/// The rows of a picture that lacks a TIFF's header only, as they are packed.
pub(super) fn bare(compressed: &[u8], layout: &Layout, has_differences: bool) -> Option<Vec<u8>> {
    const ENTRIES: u16 = 10;
    let end = 8 + 2 + 12 * u32::from(ENTRIES) + 4;
    let bits = u32::from(layout.bits);
    let length = u32::try_from(compressed.len()).ok()?;
    // Three numbers of two bytes do not fit into an entry; they stand behind the entries.
    let bits = if layout.colors == 3 { end } else { bits };
    let colors = u32::from(layout.colors);
    let entries: [(u16, u16, u32, u32); ENTRIES as usize] = [
        (256, 4, 1, layout.width),
        (257, 4, 1, layout.height),
        (258, 3, colors, bits),
        (259, 3, 1, 8),
        (262, 3, 1, if layout.colors == 3 { 2 } else { 1 }),
        (273, 4, 1, end + 6),
        (277, 3, 1, colors),
        (278, 4, 1, layout.height),
        (279, 4, 1, length),
        (317, 3, 1, if has_differences { 2 } else { 1 }),
    ];
    let mut whole = b"II*\0\x08\0\0\0".to_vec();
    whole.extend(ENTRIES.to_le_bytes());
    for (tag, kind, count, value) in entries {
        whole.extend(tag.to_le_bytes());
        whole.extend(kind.to_le_bytes());
        whole.extend(count.to_le_bytes());
        whole.extend(value.to_le_bytes());
    }
    whole.extend([0; 4]);
    whole.extend([layout.bits, 0].repeat(3));
    whole.extend(compressed);
    let mut reader = TiffFile::reader(&whole).ok()?;
    match reader.read_image().ok()? {
        DecodingResult::U8(rows) => Some(rows),
        _ => None,
    }
}
