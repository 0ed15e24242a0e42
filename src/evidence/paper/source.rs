//! The sides of the sheets in a returned file, one at a time.
//!
//! A PDF, a picture or a TIFF of many pages gives each side as a grey [`Raster`], at the resolution at which it was scanned. Nothing
//! is kept between two sides, so that a file of 300 pages takes the memory of one; several threads can ask for sides at once. Each
//! side is read in a thread of its own, whose stack is known: a decoder that panics ends that thread and nothing else. What a side
//! would take is counted before it is decoded.

mod flate;
pub(super) mod grey;
pub(super) mod jpeg;
pub(super) mod orientation;
mod page;
mod pdf;
mod picture;
pub(super) mod png;
pub(super) mod tiff;

use std::thread;

use super::raster::Raster;
use crate::evidence::{
    Observation, Reason,
    intake::{Kind, Picture, kind},
};

/// Pixels of a side: A3 at 450 dpi, or A4 at 600 dpi.
pub(super) const MOST_PIXELS: usize = 40_000_000;

/// Sides of a file: a parcel of three hundred contracts is sent in several.
const MOST_SIDES: usize = 10_000;

/// The stack of the thread that reads a side: forms in forms, fifty deep.
const STACK: usize = 64 << 20;

/// A returned file, side by side.
#[derive(Debug)]
pub struct Source<'a> {
    file: File<'a>,
    sides: usize,
}

#[derive(Debug)]
enum File<'a> {
    Jpeg(&'a [u8]),
    Pdf(pdf::PdfFile<'a>),
    Png(&'a [u8]),
    Tiff(tiff::TiffFile<'a>),
}

/// One side of a sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Side {
    /// Its picture, as a reader shows it.
    pub raster: Raster,
    /// Whether the picture had to be drawn: the side is not one scanned picture, and nothing says at which resolution it was made.
    pub drawn: bool,
    /// Whether a text can be read on it that is no picture: the side was not scanned, or something was typed onto it.
    pub text: bool,
}

impl<'a> Source<'a> {
    /// Opens a returned file.
    ///
    /// # Errors
    ///
    /// What keeps all of it from being read, when it is no PDF and no picture, is protected by a password, or is broken.
    pub fn open(bytes: &'a [u8]) -> Result<Self, Observation> {
        let (file, sides) = guarded(|| match kind(bytes) {
            Kind::Pdf => pdf::PdfFile::open(bytes).map(|(file, sides)| (File::Pdf(file), sides)),
            Kind::Picture(Picture::Jpeg) => Ok((File::Jpeg(bytes), 1)),
            Kind::Picture(Picture::Png) => Ok((File::Png(bytes), 1)),
            Kind::Picture(Picture::Tiff) => tiff::TiffFile::open(bytes)
                .map(|file| (file.len(), file))
                .map(|(sides, file)| (File::Tiff(file), sides)),
            Kind::Empty | Kind::Message | Kind::Other => Err(unreadable("neither a PDF nor a picture")),
        })?;
        if sides > MOST_SIDES {
            let detail = format!("the file has {sides} pages, at most {MOST_SIDES} are read");
            return Err(Observation::new(Reason::LimitExceeded, detail));
        }
        Ok(Self { file, sides })
    }

    /// How many sides it has.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.sides
    }

    /// Whether it has none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.sides == 0
    }

    /// A side, by its index from 0.
    ///
    /// # Errors
    ///
    /// What keeps this side from being read: it is broken, too large, or there is none of that index.
    pub fn side(&self, index: usize) -> Result<Side, Observation> {
        let read = || match &self.file {
            File::Jpeg(bytes) if index == 0 => jpeg::decode(bytes).map(Side::scanned),
            File::Pdf(pdf) => pdf.side(index),
            File::Png(bytes) if index == 0 => png::decode(bytes).map(Side::scanned),
            File::Tiff(tiff) => tiff.side(index).map(Side::scanned),
            File::Jpeg(_) | File::Png(_) => Err(unreadable("there is no such page")),
        };
        let page = u32::try_from(index).unwrap_or(u32::MAX).saturating_add(1);
        guarded(read).map_err(|observation| observation.on_page(page))
    }
}

impl Side {
    fn scanned(raster: Raster) -> Self {
        Self { raster, drawn: false, text: false }
    }
}

/// Does something in a thread of its own, so that a panic is an observation like others.
pub(super) fn guarded<T: Send>(work: impl FnOnce() -> Result<T, Observation> + Send) -> Result<T, Observation> {
    thread::scope(|scope| {
        let thread = thread::Builder::new().stack_size(STACK).spawn_scoped(scope, work);
        thread.ok().and_then(|thread| thread.join().ok()).unwrap_or_else(|| Err(unreadable("reading it failed")))
    })
}

/// What cannot be read, and why.
fn unreadable(detail: impl Into<String>) -> Observation {
    Observation::new(Reason::Unreadable, detail)
}

/// What is larger than it may be: `width` × `height` pixels.
fn too_large(width: usize, height: usize) -> Observation {
    let detail = format!("{width} by {height} pixels, at most {MOST_PIXELS} are read");
    Observation::new(Reason::LimitExceeded, detail)
}

/// That a picture has a size, and one that can be read.
pub(super) fn check_size(width: usize, height: usize) -> Result<(), Observation> {
    match width.checked_mul(height) {
        Some(0) => Err(unreadable("a picture without pixels")),
        Some(pixels) if pixels <= MOST_PIXELS => Ok(()),
        _ => Err(too_large(width, height)),
    }
}

#[cfg(test)]
pub(super) mod tests;
