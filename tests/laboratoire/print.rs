//! A page of a PDF onto paper: by poppler's `pdftoppm`, which is not the program that reads it back, or, without it, by hayro.

use std::{
    error::Error,
    path::{Path, PathBuf},
    process::Command,
    sync::Arc,
};

use hayro::{
    RenderCache, RenderSettings, hayro_interpret::InterpreterSettings, hayro_syntax::Pdf,
    vello_cpu::color::palette::css::WHITE,
};

use super::{
    letters::{Letter, letters},
    picture::Picture,
};

/// Which program draws.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Printer {
    Hayro,
    Poppler,
}

/// A printed file and what is known of it.
pub struct Original {
    path: PathBuf,
    pdf: Pdf,
    /// Where things are, by its `*.pages.json`.
    pub map: paraphe::stamp::PageMap,
    /// Letters of all its pages: the type that alterations are set with.
    pub letters: Vec<Vec<Letter>>,
}

impl Original {
    /// Reads a PDF and its map, which stands beside it as `NAME.pages.json`.
    pub fn open(path: &Path) -> Result<Self, Box<dyn Error>> {
        Self::open_with(path, &path.with_extension("pages.json"))
    }

    pub fn open_with(path: &Path, map: &Path) -> Result<Self, Box<dyn Error>> {
        let map = serde_json::from_slice(&std::fs::read(map)?)?;
        let pdf = Pdf::new(std::fs::read(path)?).map_err(|_| "the PDF cannot be read")?;
        let letters = (1..=pdf.pages().len()).map(|page| letters(&pdf, page)).collect();
        Ok(Self { path: path.to_owned(), pdf, map, letters })
    }

    pub fn pages(&self) -> usize {
        self.pdf.pages().len()
    }

    /// A page, from 1, in grey, at so many pixels a millimetre.
    pub fn print(&self, page: usize, scale: f64, printer: Printer) -> Result<Picture, Box<dyn Error>> {
        match printer {
            Printer::Hayro => Ok(self.by_hayro(page, scale)),
            Printer::Poppler => self.by_poppler(page, scale),
        }
    }

    fn by_hayro(&self, page: usize, scale: f64) -> Picture {
        let scale = (scale * 25.4 / 72.0) as f32;
        let settings = RenderSettings { x_scale: scale, y_scale: scale, bg_color: WHITE, ..RenderSettings::default() };
        let interpreter = InterpreterSettings { font_resolver: Arc::new(|_| None), ..InterpreterSettings::default() };
        let pixmap = hayro::render(&self.pdf.pages()[page - 1], &RenderCache::new(), &interpreter, &settings);
        let (width, height) = (usize::from(pixmap.width()), usize::from(pixmap.height()));
        let data = pixmap.data().iter().flat_map(|pixel| [pixel.r, pixel.g, pixel.b]).collect();
        Picture { width, height, channels: 3, data }.grey()
    }

    fn by_poppler(&self, page: usize, scale: f64) -> Result<Picture, Box<dyn Error>> {
        let number = page.to_string();
        let output = Command::new("pdftoppm")
            .args(["-gray", "-f", &number, "-l", &number, "-r", &(scale * 25.4).to_string()])
            .arg(&self.path)
            .output()?;
        pgm(&output.stdout).ok_or_else(|| String::from_utf8_lossy(&output.stderr).into_owned().into())
    }
}

/// A binary PGM: three numbers after its mark, then its pixels.
fn pgm(bytes: &[u8]) -> Option<Picture> {
    let mut numbers = Vec::new();
    let mut at = bytes.strip_prefix(b"P5\n").map(|_| 3)?;
    while numbers.len() < 3 {
        let end = at + bytes.get(at..)?.iter().position(u8::is_ascii_whitespace)?;
        numbers.push(std::str::from_utf8(&bytes[at..end]).ok()?.parse::<usize>().ok()?);
        at = end + 1;
    }
    let data = bytes.get(at..at + numbers[0] * numbers[1])?.to_vec();
    Some(Picture { width: numbers[0], height: numbers[1], channels: 1, data })
}
