//! The page as it was sent: what a side is laid onto and compared with.
//!
//! It is drawn anew from the archived PDF, at ten pixels a millimetre, so that a place in micrometres of the page's map is a pixel
//! without rounding. The archived file is our own; yet a file can be damaged, so that drawing it may fail and says so by `None`.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, OnceLock},
};

use hayro::{
    RenderCache, RenderSettings,
    hayro_interpret::InterpreterSettings,
    hayro_syntax::Pdf,
    vello_cpu::{Pixmap, color::palette::css::WHITE},
};

use super::{
    bitmap::Bitmap,
    expected::{Expected, Ready},
    ink::{AROUND, printed},
    letters::{Letter, letters},
    levels::Levels,
    raster::Raster,
};

/// Pixels of a millimetre of a page as it was sent.
pub const PIXELS_PER_MM: usize = 10;
/// Pixels of a page as it was sent, from left to right.
pub const PAGE_WIDTH: usize = 210 * PIXELS_PER_MM;
/// Pixels of a page as it was sent, from top to bottom.
pub const PAGE_HEIGHT: usize = 297 * PIXELS_PER_MM;

/// By how much a page is longer or shorter than A4, at most, in points, and still A4.
const TOLERANCE: f32 = 3.0;
/// The size of A4, in points.
const A4: (f32, f32) = (595.276, 841.89);

/// The font that stands for those which a file does not bring along; ours bring all along.
const FONT: &[u8] = include_bytes!("../../../assets/fonts/LiberationSans-Regular.ttf");

/// The pages of one printed file. It is parsed once; each page is drawn when it is asked for.
pub struct Originals {
    pdf: Pdf,
    /// The letters of each page, read when the first one is asked for: its fonts are known from all pages.
    letters: OnceLock<Vec<Vec<Letter>>>,
}

/// One page as it was sent.
pub struct Original {
    /// What it looks like, upright.
    pub raster: Raster,
    /// Its letters, in the order in which they are printed.
    pub letters: Vec<Letter>,
    /// What sides are laid onto, made when the first one is.
    levels: OnceLock<Option<Levels>>,
    /// What was printed and its surroundings, made when ink is first looked for.
    around_print: OnceLock<Bitmap>,
    /// What letters are compared by, made when the first side is compared.
    ready: OnceLock<Ready>,
}

impl Originals {
    /// Reads a printed file; none when it is no PDF.
    #[must_use]
    pub fn open(pdf: Vec<u8>) -> Option<Self> {
        let pdf = catch_unwind(|| Pdf::new(pdf).ok()).ok()??;
        Some(Self { pdf, letters: OnceLock::new() })
    }

    /// How many pages it has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.pdf.pages().len()
    }

    /// Whether it has no page.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Draws a page, from 1; none when there is no such page, or it is not A4 upright, or cannot be drawn.
    #[must_use]
    pub fn page(&self, number: usize) -> Option<Original> {
        let drawn = catch_unwind(AssertUnwindSafe(|| draw(&self.pdf, number.checked_sub(1)?)));
        let original = Original::of(drawn.ok().flatten()?)?;
        let read = || catch_unwind(AssertUnwindSafe(|| letters(&self.pdf))).unwrap_or_default();
        let letters = self.letters.get_or_init(read).get(number.checked_sub(1)?).cloned().unwrap_or_default();
        Some(original.with(letters))
    }
}

impl Original {
    /// A page that looks so; none when the picture has not the size of a page as it was sent.
    #[must_use]
    pub fn of(raster: Raster) -> Option<Self> {
        let fits = raster.width() == PAGE_WIDTH && raster.height() == PAGE_HEIGHT;
        fits.then(|| Self {
            raster,
            letters: Vec::new(),
            levels: OnceLock::new(),
            around_print: OnceLock::new(),
            ready: OnceLock::new(),
        })
    }

    /// The same page, with its letters.
    #[must_use]
    pub fn with(self, letters: Vec<Letter>) -> Self {
        Self { letters, ready: OnceLock::new(), ..self }
    }

    /// What a scan of it is expected to show.
    pub(super) fn expected(&self) -> Expected<'_> {
        let ready = self.ready.get_or_init(|| Ready::of(&self.raster, &self.letters));
        Expected { raster: &self.raster, letters: &self.letters, ready }
    }

    /// What was printed, with half a millimetre around.
    pub(super) fn around_print(&self) -> &Bitmap {
        self.around_print.get_or_init(|| printed(&self.raster).dilated(AROUND))
    }

    /// The page without the dots that lead to page numbers: a row of them is like itself a dot farther, and says nothing of its place.
    fn without_leaders(&self) -> Raster {
        let mut page = self.raster.clone();
        let is_dot = |letter: &Letter| letter.text == '.' || letter.is_leader();
        for (number, letter) in self.letters.iter().enumerate() {
            let beside = [number.checked_sub(1), number.checked_add(1)];
            let in_row = beside.into_iter().flatten().filter_map(|other| self.letters.get(other)).any(is_dot);
            if is_dot(letter) && in_row {
                page.whiten(letter.bounds);
            }
        }
        page
    }

    pub(super) fn levels(&self) -> Option<&Levels> {
        self.levels.get_or_init(|| Levels::of(&self.without_leaders())).as_ref()
    }
}

fn draw(pdf: &Pdf, index: usize) -> Option<Raster> {
    let page = pdf.pages().get(index)?;
    let (width, height) = page.render_dimensions();
    if (width - A4.0).abs() > TOLERANCE || (height - A4.1).abs() > TOLERANCE {
        return None;
    }
    let render = RenderSettings {
        x_scale: PAGE_WIDTH as f32 / A4.0,
        y_scale: PAGE_HEIGHT as f32 / A4.1,
        width: u16::try_from(PAGE_WIDTH).ok(),
        height: u16::try_from(PAGE_HEIGHT).ok(),
        bg_color: WHITE,
    };
    let settings = InterpreterSettings {
        font_resolver: Arc::new(|_| Some((Arc::new(FONT), 0))),
        ..InterpreterSettings::default()
    };
    let pixmap = hayro::render(page, &RenderCache::new(), &settings, &render);
    Raster::new(PAGE_WIDTH, PAGE_HEIGHT, grey(&pixmap))
}

/// The luminance of each pixel, as scanners see it.
fn grey(pixmap: &Pixmap) -> Vec<u8> {
    let luminance = |red: u8, green: u8, blue: u8| 77 * u32::from(red) + 150 * u32::from(green) + 29 * u32::from(blue);
    let pixels = pixmap.data().iter();
    pixels.map(|pixel| u8::try_from(luminance(pixel.r, pixel.g, pixel.b) >> 8).unwrap_or(255)).collect()
}

#[cfg(test)]
pub(super) mod tests {
    use lopdf::{Document, Stream, dictionary};

    use super::*;

    /// A file of A4 pages with these contents.
    pub(in crate::evidence::paper) fn printed(contents: &[&str]) -> Vec<u8> {
        let mut pdf = Document::with_version("1.7");
        let font = pdf.add_object(dictionary! { "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Helvetica" });
        let pages = pdf.new_object_id();
        let kids: Vec<lopdf::Object> = contents
            .iter()
            .map(|content| {
                let content = pdf.add_object(Stream::new(dictionary! {}, content.as_bytes().to_vec()));
                let page = dictionary! {
                    "Type" => "Page", "Parent" => pages, "Contents" => content,
                    "Resources" => dictionary! { "Font" => dictionary! { "F1" => font } },
                    "MediaBox" => vec![0.into(), 0.into(), 595.276.into(), 841.89.into()],
                };
                pdf.add_object(page).into()
            })
            .collect();
        let count = i64::try_from(kids.len()).unwrap();
        let tree = dictionary! { "Type" => "Pages", "Kids" => kids, "Count" => count };
        pdf.objects.insert(pages, tree.into());
        let catalog = pdf.add_object(dictionary! { "Type" => "Catalog", "Pages" => pages });
        pdf.trailer.set("Root", catalog);
        let mut bytes = Vec::new();
        pdf.save_to(&mut bytes).unwrap();
        bytes
    }

    #[test]
    fn a_millimetre_of_the_page_is_ten_pixels() {
        // A black square of 10 mm, 20 mm from the left and 30 mm from the top.
        let mm = 72.0 / 25.4;
        let content = format!("{} {} {} {} re f", 20.0 * mm, 841.89 - 40.0 * mm, 10.0 * mm, 10.0 * mm);
        let original = Originals::open(printed(&[&content])).unwrap().page(1).unwrap();
        assert_eq!((original.raster.width(), original.raster.height()), (2100, 2970));
        for (x, y, grey) in [(205, 305, 0), (295, 395, 0), (195, 305, 255), (305, 305, 255), (205, 295, 255)] {
            assert_eq!(original.raster.at(x, y), grey, "at {x}, {y}");
        }
    }

    #[test]
    fn what_is_no_page_is_not_drawn() {
        assert!(Originals::open(b"no PDF".to_vec()).is_none());
        let originals = Originals::open(printed(&["", ""])).unwrap();
        assert_eq!(originals.len(), 2);
        assert!(originals.page(0).is_none() && originals.page(3).is_none() && originals.page(2).is_some());
    }
}
