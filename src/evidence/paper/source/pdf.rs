//! The pages of a PDF: the scanned picture itself where a page is one, and otherwise the page as it is drawn.

use std::sync::Arc;

use hayro::{
    RenderCache, RenderSettings,
    hayro_interpret::{
        Context, InterpreterCache, InterpreterSettings, TransformExt as _, font::FontQuery, font::StandardFont,
        interpret_page,
    },
    hayro_syntax::{Pdf, page::Page},
    vello_cpu::{color::palette::css::WHITE, kurbo::Rect},
};

use super::{Side, check_size, grey, page::Survey, unreadable};
use crate::evidence::{
    Observation, Reason,
    paper::raster::Raster,
    pdf::Extract,
    picture::{self, effort},
};

/// Pixels of a point of what is drawn: 300 dpi.
const SCALE: f64 = 300.0 / 72.0;

/// A page of A4, in square points.
const A4: f64 = 595.28 * 841.89;

/// A PDF.
///
/// Each page is taken out of it and read by itself: what draws it then meets a file of one page, none of whose parts is larger than a
/// page's can be.
#[derive(Debug)]
pub(super) struct PdfFile<'a> {
    bytes: &'a [u8],
}

impl<'a> PdfFile<'a> {
    /// Opens a PDF; with it, how many pages it has.
    pub(super) fn open(bytes: &'a [u8]) -> Result<(Self, usize), Observation> {
        match Extract::open(bytes)?.len() {
            0 => Err(unreadable("a PDF without pages")),
            pages => Ok((Self { bytes }, pages)),
        }
    }

    /// A page, by its index from 0.
    pub(super) fn side(&self, index: usize) -> Result<Side, Observation> {
        let (alone, weight) = Extract::open(self.bytes)?.pages(&[(index, 0)])?;
        let pdf = Pdf::new(alone).map_err(|_| unreadable("a page that cannot be read"))?;
        let page = pdf.pages().first().ok_or_else(|| unreadable("a page that cannot be read"))?;
        let (width, height) = page.render_dimensions();
        if !effort::is_bearable(page, weight, &settings(), 1.0) {
            return Err(Observation::new(Reason::LimitExceeded, "drawing the page takes more than any page does"));
        }
        let view = Rect::new(0.0, 0.0, f64::from(width), f64::from(height));
        let cache = InterpreterCache::new();
        let place = page.initial_transform(true).to_kurbo();
        let mut context = Context::new(place, view, &cache, page.xref(), settings());
        let mut survey = Survey::new(view);
        interpret_page(page, &mut context, &mut survey);
        let found = survey.finish()?;
        match found.picture {
            Some(raster) => Ok(Side { raster, drawn: false, text: false }),
            None => Ok(Side { raster: draw(page)?, drawn: true, text: found.text }),
        }
    }
}

/// Draws a page. One of an unlikely size was given in other units than points, and is taken for one of A4.
fn draw(page: &Page<'_>) -> Result<Raster, Observation> {
    let (width, height) = page.render_dimensions();
    let area = f64::from(width) * f64::from(height);
    let is_likely = (0.2 * A4..=2.1 * A4).contains(&area);
    let scale = if is_likely { SCALE } else { SCALE * (A4 / area).sqrt() } as f32;
    let (across, down) = ((width * scale) as usize, (height * scale) as usize);
    check_size(across, down)?;
    if across.max(down) > usize::from(u16::MAX) {
        return Err(super::too_large(across, down));
    }
    let render = RenderSettings { x_scale: scale, y_scale: scale, bg_color: WHITE, ..RenderSettings::default() };
    let pixmap = hayro::render(page, &RenderCache::new(), &settings(), &render);
    let pixels = pixmap.data().iter().map(|pixel| grey::luma(pixel.r, pixel.g, pixel.b)).collect();
    Raster::new(usize::from(pixmap.width()), usize::from(pixmap.height()), pixels)
        .ok_or_else(|| unreadable("a page that cannot be drawn"))
}

/// How the interpreter works.
fn settings() -> InterpreterSettings {
    InterpreterSettings {
        font_resolver: Arc::new(|query| {
            let symbols = matches!(query, FontQuery::Standard(StandardFont::Symbol | StandardFont::ZapfDingBats));
            (!symbols).then(|| (Arc::new(picture::FONT) as _, 0))
        }),
        ..InterpreterSettings::default()
    }
}
