//! How much work a page is: it is counted before anything is painted, by a device that draws nothing.
//!
//! A few bytes can ask for hours: forms in forms, each drawn ten times by the one above; a tile of a pattern as large as a field; a
//! dashed line of a million dashes. No clock is asked, so that a file is answered in the same way by every machine.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use hayro::{
    hayro_interpret::{
        BlendMode, ClipPath, Context, Device, GlyphDrawMode, Image, InterpreterCache, InterpreterSettings, Paint,
        PathDrawMode, SoftMask, TransformExt as _, font::Glyph, interpret_page, pattern::Pattern,
    },
    hayro_syntax::page::Page,
    vello_cpu::kurbo::{Affine, BezPath, PathEl, Rect, Shape as _},
};

/// What a page may cost. A point of a line costs one, and so do a thousand pixels. A page of a contract costs 20,000.
const MOST: f64 = 10_000_000.0;

/// What something that may hold more, a glyph or a form, costs by itself.
const NESTED: f64 = 10.0;

/// Bytes of content that are decoded and read at the cost of one: a form is decoded each time that it is drawn.
const BYTES: f64 = 200.0;

/// What one cell of a pattern, one picture, may measure, in pixels.
const LARGEST: f64 = 40_000_000.0;

/// Whether a page can be drawn at a scale without more effort than an honest page takes. `weight` is how many bytes of content it
/// holds.
pub(in crate::evidence) fn is_bearable(
    page: &Page<'_>,
    weight: usize,
    settings: &InterpreterSettings,
    scale: f32,
) -> bool {
    let (width, height) = page.render_dimensions();
    let view = Rect::new(0.0, 0.0, f64::from(width * scale), f64::from(height * scale));
    let cache = InterpreterCache::new();
    let place = Affine::scale(f64::from(scale)) * page.initial_transform(true).to_kurbo();
    let mut context = Context::new(place, view, &cache, page.xref(), settings.clone());
    let mut effort = Effort { spent: 0.0, nested: NESTED + weight as f64 / BYTES, view };
    // The interpreter cannot be told to stop; what it was doing is thrown away with it.
    catch_unwind(AssertUnwindSafe(|| interpret_page(page, &mut context, &mut effort))).is_ok()
}

/// Counts, and ends the interpretation when there is too much.
struct Effort {
    spent: f64,
    /// What something costs that is decoded to be drawn.
    nested: f64,
    /// What is seen of the page, in pixels.
    view: Rect,
}

/// The interpretation was ended: too much.
struct Enough;

impl Effort {
    fn spend(&mut self, effort: f64) {
        self.spent += effort;
        if self.spent.is_nan() || self.spent > MOST {
            resume_unwind(Box::new(Enough));
        }
    }

    /// Painting over the whole page.
    fn layer(&mut self) {
        self.spend(self.view.area() / 1000.0);
    }

    fn area(&mut self, pixels: f64) {
        self.spend(if pixels > LARGEST { f64::INFINITY } else { 1.0 + pixels / 1000.0 });
    }

    fn mask(&mut self, mask: Option<&SoftMask<'_>>) {
        if let Some(mask) = mask {
            self.layer();
            self.spend(self.nested);
            mask.interpret(self);
        }
    }

    fn paint(&mut self, paint: &Paint<'_>, is_stroke: bool) {
        match paint {
            Paint::Color(_) => {}
            Paint::Pattern(pattern) => match &**pattern {
                Pattern::Shading(_) => self.layer(),
                Pattern::Tiling(tile) => {
                    let [a, b, c, d, ..] = tile.matrix.as_coeffs();
                    let across = f64::from(tile.x_step) * a.hypot(b);
                    let down = f64::from(tile.y_step) * c.hypot(d);
                    self.area((across * down).abs().max(across.abs()).max(down.abs()));
                    self.spend(self.nested);
                    tile.interpret(self, Affine::IDENTITY, is_stroke);
                }
            },
        }
    }

    fn path(&mut self, path: &BezPath, transform: Affine, mode: &PathDrawMode) {
        self.spend(1.0 + path.elements().len() as f64);
        let area = (transform * path.bounding_box().to_path(0.1)).bounding_box().intersect(self.view).area();
        self.spend(area.max(0.0) / 1000.0);
        if let PathDrawMode::Stroke(stroke) = mode
            && !stroke.dash_array.is_empty()
        {
            let period: f32 = stroke.dash_array.iter().map(|length| length.abs()).sum();
            self.spend(length(path) / f64::from(period.max(f32::MIN_POSITIVE)));
        }
    }
}

/// About the length of a path: that of the lines between its points.
fn length(path: &BezPath) -> f64 {
    let mut length = 0.0;
    let mut last = None;
    for element in path.elements() {
        let points = match *element {
            PathEl::MoveTo(_) | PathEl::ClosePath => Vec::new(),
            PathEl::LineTo(a) => vec![a],
            PathEl::QuadTo(a, b) => vec![a, b],
            PathEl::CurveTo(a, b, c) => vec![a, b, c],
        };
        for point in points {
            length += last.map_or(0.0, |last| point.distance(last));
            last = Some(point);
        }
        last = element.end_point().or(last);
    }
    length
}

impl<'a> Device<'a> for Effort {
    fn set_soft_mask(&mut self, mask: Option<SoftMask<'a>>) {
        self.mask(mask.as_ref());
    }

    fn set_blend_mode(&mut self, _: BlendMode) {}

    fn draw_path(&mut self, path: &BezPath, transform: Affine, paint: &Paint<'a>, mode: &PathDrawMode) {
        self.path(path, transform, mode);
        self.paint(paint, matches!(mode, PathDrawMode::Stroke(_)));
    }

    fn push_clip_path(&mut self, clip: &ClipPath) {
        self.spend(self.nested + clip.path.elements().len() as f64);
    }

    fn push_transparency_group(&mut self, _: f32, mask: Option<SoftMask<'a>>, _: BlendMode) {
        self.layer();
        self.mask(mask.as_ref());
    }

    fn draw_glyph(
        &mut self,
        glyph: &Glyph<'a>,
        transform: Affine,
        glyph_transform: Affine,
        paint: &Paint<'a>,
        mode: &GlyphDrawMode,
    ) {
        self.spend(NESTED);
        self.paint(paint, matches!(mode, GlyphDrawMode::Stroke(_)));
        match (glyph, mode) {
            (_, GlyphDrawMode::Invisible) => {}
            (Glyph::Type3(glyph), _) => {
                self.spend(self.nested);
                glyph.interpret(self, transform, glyph_transform, paint);
            }
            (Glyph::Outline(_), GlyphDrawMode::Fill) => {
                let whole = transform * glyph_transform * Rect::new(0.0, 0.0, 1000.0, 1000.0).to_path(0.1);
                self.spend(whole.bounding_box().intersect(self.view).area().max(0.0) / 1000.0);
            }
            (Glyph::Outline(glyph), GlyphDrawMode::Stroke(stroke)) => {
                let outline = glyph_transform * glyph.outline();
                self.path(&outline, transform, &PathDrawMode::Stroke(stroke.clone()));
            }
        }
    }

    fn draw_image(&mut self, image: Image<'a, '_>, transform: Affine) {
        let (width, height) = (f64::from(image.width()), f64::from(image.height()));
        self.area(width * height);
        let target = (transform * Rect::new(0.0, 0.0, width, height).to_path(0.1)).bounding_box();
        self.area(target.area());
        if let Image::Stencil(stencil) = image {
            self.layer();
            stencil.with_stencil(|_, paint| self.paint(paint, false), None);
        }
    }

    fn pop_clip_path(&mut self) {}

    fn pop_transparency_group(&mut self) {}
}
