//! The letters of a printed page: what the truth about an alteration is made of, and the type it is set with.

use std::sync::Arc;

use hayro::{
    hayro_interpret::{
        BlendMode, ClipPath, Context, Device, GlyphDrawMode, Image, InterpreterCache, InterpreterSettings, Paint,
        PathDrawMode, SoftMask, TransformExt as _, font::Glyph, hayro_cmap::BfString, interpret_page,
    },
    hayro_syntax::Pdf,
    vello_cpu::kurbo::{Affine, BezPath, PathEl, Point, Rect, Shape as _, flatten},
};

use super::{
    picture::Mask,
    plane::{At, at},
};

const MM: f64 = 25.4 / 72.0;

/// One letter as it is printed. Lengths are in millimetres from the page's top left corner.
#[derive(Debug, Clone)]
pub struct Letter {
    pub text: char,
    /// Which font, in this file.
    pub font: u128,
    /// Size in points.
    pub size: f64,
    /// Where it stands: left end of its base line.
    pub origin: At,
    /// How far the next letter stands.
    pub advance: f64,
    /// Its outline, as if it stood at 0, 0 and were 1 mm high.
    outline: Arc<BezPath>,
}

impl Letter {
    /// Millimetres of its em.
    fn em(&self) -> f64 {
        self.size * MM
    }

    /// The same letter at another place.
    pub fn moved(&self, origin: At) -> Self {
        Self { origin, ..self.clone() }
    }

    /// The same letter in another size.
    pub fn sized(&self, size: f64) -> Self {
        Self { size, advance: self.advance * size / self.size, ..self.clone() }
    }

    /// The smallest rectangle around its ink: left, top, right, bottom.
    pub fn bounds(&self) -> [f64; 4] {
        let place = Affine::translate((self.origin.x, self.origin.y)) * Affine::scale(self.em());
        let Rect { x0, y0, x1, y1 } = (place * (*self.outline).clone()).bounding_box();
        [x0, y0, x1, y1]
    }

    /// What it covers, by a map from millimetres of the page to pixels.
    pub fn mask(&self, to_pixel: impl Fn(At) -> At) -> Mask {
        let mut polygons: Vec<Vec<At>> = Vec::new();
        let place = |p: Point| to_pixel(at(self.origin.x + p.x * self.em(), self.origin.y + p.y * self.em()));
        flatten(&*self.outline, 0.002, |element| match element {
            PathEl::MoveTo(p) => polygons.push(vec![place(p)]),
            PathEl::LineTo(p) => polygons.last_mut().unwrap().push(place(p)),
            _ => {}
        });
        Mask::filled(&polygons)
    }
}

/// The letters of a page, from 1, in the order in which they are drawn.
pub fn letters(pdf: &Pdf, page: usize) -> Vec<Letter> {
    let page = &pdf.pages()[page - 1];
    let (width, height) = page.render_dimensions();
    let start = page.initial_transform(true).to_kurbo();
    let bounds = Rect::new(0.0, 0.0, f64::from(width), f64::from(height));
    let cache = InterpreterCache::new();
    let mut context = Context::new(start, bounds, &cache, page.xref(), InterpreterSettings::default());
    let mut reader = Reader(Vec::new());
    interpret_page(page, &mut context, &mut reader);
    reader.0
}

/// Takes down every letter and draws nothing.
struct Reader(Vec<Letter>);

impl Device<'_> for Reader {
    fn draw_glyph(&mut self, glyph: &Glyph<'_>, place: Affine, inside: Affine, _: &Paint<'_>, _: &GlyphDrawMode) {
        let Glyph::Outline(glyph) = glyph else { return };
        let text = match glyph.as_unicode() {
            Some(BfString::Char(text)) => text,
            Some(BfString::String(text)) => text.chars().next().unwrap_or('\u{fffd}'),
            None => return,
        };
        let place = place * inside;
        let [a, b, c, d, x, y] = place.as_coeffs();
        let em = (c.hypot(d)) * 1000.0;
        let shape = Affine::new([a, b, c, d, 0.0, 0.0]).then_scale(1.0 / em);
        let size = (em * 100.0).round() / 100.0;
        let advance = f64::from(glyph.advance_width().unwrap_or(0.0)) / 1000.0 * size * MM;
        let outline = Arc::new(shape * glyph.outline());
        let font = glyph.font_cache_key();
        self.0.push(Letter { text, font, size, origin: at(x * MM, y * MM), advance, outline });
    }

    fn set_soft_mask(&mut self, _: Option<SoftMask<'_>>) {}
    fn set_blend_mode(&mut self, _: BlendMode) {}
    fn draw_path(&mut self, _: &BezPath, _: Affine, _: &Paint<'_>, _: &PathDrawMode) {}
    fn push_clip_path(&mut self, _: &ClipPath) {}
    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'_>>, _: BlendMode) {}
    fn draw_image(&mut self, _: Image<'_, '_>, _: Affine) {}
    fn pop_clip_path(&mut self) {}
    fn pop_transparency_group(&mut self) {}
}

/// Letters of one font and size that follow each other on one line without a gap: a word or a number.
pub fn words(letters: &[Letter]) -> Vec<Vec<Letter>> {
    let mut words: Vec<Vec<Letter>> = Vec::new();
    for letter in letters.iter().filter(|letter| !letter.text.is_whitespace()) {
        let follows = |last: &Letter| {
            let gap = letter.origin.x - last.origin.x - last.advance;
            (last.origin.y - letter.origin.y).abs() < 0.05 && gap.abs() < 0.12 * last.em() && last.size == letter.size
        };
        match words.last_mut() {
            Some(word) if word.last().is_some_and(follows) => word.push(letter.clone()),
            _ => words.push(vec![letter.clone()]),
        }
    }
    words
}

/// What letters say.
pub fn text(letters: &[Letter]) -> String {
    letters.iter().map(|letter| letter.text).collect()
}
