//! The letters of the pages that were printed: which, where, of what shape, and of which word.
//!
//! They come from the same reading of the file that draws it ([`hayro`]), so that they stand where the picture of the page has them.
//! A font of a file holds the letters that the file uses and no others; the ten digits of a font are gathered from all its pages, so
//! that one can ask of any digit "is it another?". Nothing here depends on a picture.

use std::{collections::BTreeMap, sync::Arc};

use hayro::{
    hayro_interpret::{
        BlendMode, CacheKey as _, ClipPath, Context, Device, GlyphDrawMode, Image, InterpreterCache,
        InterpreterSettings, Paint, PathDrawMode, SoftMask, TransformExt as _,
        font::{Glyph, OutlineGlyph},
        hayro_cmap::BfString,
        interpret_page,
    },
    hayro_syntax::{Pdf, page::Page},
    vello_cpu::kurbo::{Affine, BezPath, Point, Rect, Shape as _},
};

/// Pixels of a millimetre: those of the page as it was printed.
const SCALE: f64 = 10.0 * 25.4 / 72.0;

/// Most letters of a page: ten times a page full of footnotes.
const MOST: usize = 60_000;

/// What parts two words on a line, in sizes of the letter; a thin space between thousands does not.
const GAP: f64 = 0.22;

/// Most letters of a word: a row of dots is many words.
const LONGEST: usize = 24;

/// A letter as it is printed on a page. Lengths are pixels of a tenth of a millimetre from the page's top left corner.
#[derive(Debug, Clone)]
pub struct Letter {
    /// What it means; U+FFFD when the file does not say.
    pub text: char,
    /// Left, top, right and bottom of its ink.
    pub bounds: [f32; 4],
    /// Its size: 35.3 pixels for ten points.
    pub size: f32,
    /// Its shape, in thousandths of its size.
    pub outline: Arc<BezPath>,
    /// What takes its shape to the page.
    pub place: Affine,
    /// Its font.
    pub font: Arc<Font>,
    /// Number of its word on the page, from 0: words stand in order and are whole.
    pub word: usize,
    /// Whether a thin space stands before it in its word, as between thousands.
    pub spaced: bool,
}

/// A font of a file.
#[derive(Debug, Clone)]
pub struct Font {
    /// Its name, or something as good.
    pub name: String,
    /// The shapes of its digits, as far as the file uses them.
    pub digits: [Option<Arc<BezPath>>; 10],
}

impl Letter {
    /// Its digit, if it is one.
    #[must_use]
    pub fn digit(&self) -> Option<usize> {
        self.text.to_digit(10).map(|digit| digit as usize)
    }

    /// Where on the page its shape would stand if it were another digit.
    #[must_use]
    pub fn as_digit(&self, digit: usize) -> Option<(&BezPath, Affine)> {
        self.font.digits.get(digit)?.as_deref().map(|outline| (outline, self.place))
    }

    /// Whether it is there to be written on: the dots of « à ……, le …… ».
    #[must_use]
    pub const fn is_leader(&self) -> bool {
        matches!(self.text, '…' | '_' | '․' | '‥')
    }
}

/// The letters of each page of a file, from the first; a page that cannot be read has none.
#[must_use]
pub(super) fn letters(pdf: &Pdf) -> Vec<Vec<Letter>> {
    let (settings, cache) = (InterpreterSettings::default(), InterpreterCache::new());
    let mut fonts = Fonts::default();
    let pages: Vec<Vec<Seen>> = pdf.pages().iter().map(|page| read(page, &cache, &settings, &mut fonts)).collect();
    let fonts: Vec<Arc<Font>> = fonts.known.into_iter().map(Arc::new).collect();
    pages.into_iter().map(|page| page.into_iter().filter_map(|seen| seen.named(&fonts)).collect()).collect()
}

/// A letter, before all fonts are known.
struct Seen {
    text: char,
    outline: Arc<BezPath>,
    bounds: Rect,
    size: f64,
    place: Affine,
    font: usize,
    word: usize,
    spaced: bool,
}

impl Seen {
    fn named(self, fonts: &[Arc<Font>]) -> Option<Letter> {
        let Rect { x0, y0, x1, y1 } = self.bounds;
        Some(Letter {
            text: self.text,
            bounds: [x0, y0, x1, y1].map(|side| side as f32),
            size: self.size as f32,
            outline: self.outline,
            place: self.place,
            font: Arc::clone(fonts.get(self.font)?),
            word: self.word,
            spaced: self.spaced,
        })
    }
}

/// The fonts of a file, as they are met.
#[derive(Default)]
struct Fonts {
    known: Vec<Font>,
    by_key: BTreeMap<u128, usize>,
    outlines: BTreeMap<u128, Arc<BezPath>>,
}

impl Fonts {
    /// Parts of one font that were embedded by themselves are one.
    fn of(&mut self, glyph: &OutlineGlyph) -> usize {
        let key = glyph.font_cache_key();
        if let Some(font) = self.by_key.get(&key) {
            return *font;
        }
        let name = glyph.font_data().and_then(|font| font.postscript_name);
        let name =
            name.map_or_else(|| format!("{key:032x}"), |name| name.rsplit('+').next().unwrap_or(&name).to_owned());
        let at = self.known.iter().position(|font| font.name == name).unwrap_or_else(|| {
            self.known.push(Font { name, digits: Default::default() });
            self.known.len() - 1
        });
        self.by_key.insert(key, at);
        at
    }

    fn outline(&mut self, glyph: &OutlineGlyph) -> Arc<BezPath> {
        let outline = self.outlines.entry(glyph.identifier().cache_key());
        Arc::clone(outline.or_insert_with(|| Arc::new(glyph.outline())))
    }

    fn has_digit(&mut self, font: usize, digit: usize, outline: &Arc<BezPath>) {
        let digit = self.known.get_mut(font).and_then(|font| font.digits.get_mut(digit));
        if let Some(place @ None) = digit {
            *place = Some(Arc::clone(outline));
        }
    }
}

fn read<'a>(
    page: &Page<'a>,
    cache: &InterpreterCache<'a>,
    settings: &InterpreterSettings,
    fonts: &mut Fonts,
) -> Vec<Seen> {
    let (width, height) = page.render_dimensions();
    let view = Rect::new(0.0, 0.0, f64::from(width) * SCALE, f64::from(height) * SCALE);
    let place = Affine::scale(SCALE) * page.initial_transform(true).to_kurbo();
    let mut context = Context::new(place, view, cache, page.xref(), settings.clone());
    let mut reader = Reader { fonts, letters: Vec::new(), view, pen: None, word: 0, held: 0, space: false };
    interpret_page(page, &mut context, &mut reader);
    reader.letters
}

/// Takes down each letter that is drawn, and draws nothing.
struct Reader<'f> {
    fonts: &'f mut Fonts,
    letters: Vec<Seen>,
    view: Rect,
    /// Where the last letter ended, and its size; none after a space.
    pen: Option<(Point, f64)>,
    word: usize,
    /// How many letters the word holds.
    held: usize,
    /// Whether a space was the last.
    space: bool,
}

impl Reader<'_> {
    fn take(&mut self, glyph: &OutlineGlyph, place: Affine) {
        let text = glyph.as_unicode().map_or('\u{fffd}', character);
        let [a, b, c, d, ..] = place.as_coeffs();
        let size = (a * d - b * c).abs().sqrt() * 1000.0;
        let from = place * Point::ORIGIN;
        let to = place * Point::new(f64::from(glyph.advance_width().unwrap_or(500.0)), 0.0);
        let joined = self.pen.is_some_and(|(end, last)| {
            let (along, across) = (from.x - end.x, from.y - end.y);
            along.abs() < GAP * size && across.abs() < 0.3 * size && (last - size).abs() < 0.5 * size
        });
        let space = text.is_whitespace();
        self.pen = (!space || is_thin(text)).then_some((to, size));
        let spaced = joined && std::mem::replace(&mut self.space, space);
        self.space = space;
        let outline = self.fonts.outline(glyph);
        if space || outline.elements().is_empty() || self.letters.len() >= MOST {
            return;
        }
        let bounds = place.transform_rect_bbox(outline.bounding_box());
        if !bounds.is_finite() || bounds.intersect(self.view).is_zero_area() || !size.is_finite() {
            return;
        }
        self.held += 1;
        if !self.letters.is_empty() && (!joined || self.held > LONGEST) {
            self.word += 1;
            self.held = 1;
        }
        let font = self.fonts.of(glyph);
        if let Some(digit) = text.to_digit(10) {
            self.fonts.has_digit(font, digit as usize, &outline);
        }
        self.letters.push(Seen { text, outline, bounds, size, place, font, word: self.word, spaced });
    }
}

/// The spaces inside a number.
const fn is_thin(space: char) -> bool {
    matches!(space, '\u{202f}' | '\u{2009}' | '\u{a0}')
}

/// One character for what a shape means; a ligature has one of its own.
fn character(text: BfString) -> char {
    match text {
        BfString::Char(text) => text,
        BfString::String(text) => match text.as_str() {
            "ff" => 'ﬀ',
            "fi" => 'ﬁ',
            "fl" => 'ﬂ',
            "ffi" => 'ﬃ',
            "ffl" => 'ﬄ',
            other => other.chars().next().unwrap_or('\u{fffd}'),
        },
    }
}

impl<'a> Device<'a> for Reader<'_> {
    fn draw_glyph(
        &mut self,
        glyph: &Glyph<'a>,
        transform: Affine,
        glyph_transform: Affine,
        _: &Paint<'a>,
        draw_mode: &GlyphDrawMode,
    ) {
        match (glyph, draw_mode) {
            (_, GlyphDrawMode::Invisible) | (Glyph::Type3(_), _) => {}
            (Glyph::Outline(glyph), _) => self.take(glyph, transform * glyph_transform),
        }
    }

    fn set_soft_mask(&mut self, _: Option<SoftMask<'a>>) {}
    fn set_blend_mode(&mut self, _: BlendMode) {}
    fn draw_path(&mut self, _: &BezPath, _: Affine, _: &Paint<'a>, _: &PathDrawMode) {}
    fn push_clip_path(&mut self, _: &ClipPath) {}
    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'a>>, _: BlendMode) {}
    fn draw_image(&mut self, _: Image<'a, '_>, _: Affine) {}
    fn pop_clip_path(&mut self) {}
    fn pop_transparency_group(&mut self) {}
}

#[cfg(test)]
pub(super) mod tests {
    use lopdf::{Document, Object, Stream, dictionary};

    use super::*;

    const FONT: &[u8] = include_bytes!("../../../assets/fonts/LiberationSans-Regular.ttf");

    /// A page of A4 in a font of the house, encoded as Windows does.
    pub(in crate::evidence::paper) fn page(content: &str) -> Vec<u8> {
        let mut pdf = Document::with_version("1.7");
        let file = pdf.add_object(Stream::new(dictionary! {}, FONT.to_vec()));
        let descriptor = pdf.add_object(dictionary! {
            "Type" => "FontDescriptor", "FontName" => "LiberationSans", "Flags" => 32, "FontFile2" => file,
        });
        let widths: Vec<Object> = (32..=126).map(|code| if code < 48 { 278 } else { 556 }.into()).collect();
        let font = pdf.add_object(dictionary! {
            "Type" => "Font", "Subtype" => "TrueType", "BaseFont" => "LiberationSans", "Encoding" => "WinAnsiEncoding",
            "FirstChar" => 32, "LastChar" => 126, "Widths" => widths, "FontDescriptor" => descriptor,
        });
        let content = pdf.add_object(Stream::new(dictionary! {}, content.as_bytes().to_vec()));
        let pages = pdf.new_object_id();
        let page = pdf.add_object(dictionary! {
            "Type" => "Page", "Parent" => pages, "Contents" => content,
            "Resources" => dictionary! { "Font" => dictionary! { "F1" => font } },
            "MediaBox" => vec![0.into(), 0.into(), 595.276.into(), 841.89.into()],
        });
        pdf.objects.insert(pages, dictionary! { "Type" => "Pages", "Kids" => vec![page.into()], "Count" => 1 }.into());
        let catalog = pdf.add_object(dictionary! { "Type" => "Catalog", "Pages" => pages });
        pdf.trailer.set("Root", catalog);
        let mut bytes = Vec::new();
        pdf.save_to(&mut bytes).unwrap();
        bytes
    }

    fn read_page(content: &str) -> Vec<Letter> {
        letters(&Pdf::new(page(content)).unwrap()).remove(0)
    }

    #[test]
    fn a_letter_is_known_with_its_place_and_its_word() {
        let letters = read_page("BT /F1 10 Tf 72 770 Td (12 3,5) Tj ET");
        let texts: String = letters.iter().map(|letter| letter.text).collect();
        assert_eq!(texts, "123,5");
        assert_eq!(letters.iter().map(|letter| letter.word).collect::<Vec<_>>(), [0, 0, 1, 1, 1]);
        let [left, top, right, bottom] = letters[0].bounds;
        // One inch from the left and one from the top, in tenths of a millimetre.
        assert!((254.0..262.0).contains(&left) && right < 254.0 + 20.0, "{left} {right}");
        assert!((253.0..255.0).contains(&bottom) && (226.0..232.0).contains(&top), "{top} {bottom}");
        assert!((letters[0].size - 35.28).abs() < 0.01);
    }

    #[test]
    fn a_font_brings_the_digits_that_the_file_uses() {
        let letters = read_page("BT /F1 10 Tf 72 770 Td (190) Tj ET");
        let known: Vec<usize> = (0..10).filter(|digit| letters[0].as_digit(*digit).is_some()).collect();
        assert_eq!(known, [0, 1, 9]);
        assert_eq!(letters[1].digit(), Some(9));
    }

    #[test]
    fn what_is_not_seen_is_no_letter() {
        assert!(read_page("BT 3 Tr /F1 10 Tf 72 770 Td (12) Tj ET").is_empty());
        assert!(read_page("BT /F1 10 Tf 72 -770 Td (12) Tj ET").is_empty());
    }
}
