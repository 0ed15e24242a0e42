//! What a page of a PDF consists of: a device that draws nothing, and keeps the picture when the page is one.
//!
//! Most scanned pages are one picture, or strips of one, perhaps with a recognised text that nobody sees, or that lies under it. Such a
//! page is its picture: nothing is lost by drawing it at another resolution. Whatever is seen beside it or on it (a stamp put on as an
//! annotation, a typed date) makes it a page that is drawn.

use hayro::{
    hayro_interpret::{BlendMode, ClipPath, Device, GlyphDrawMode, Image, Paint, PathDrawMode, SoftMask, font::Glyph},
    vello_cpu::kurbo::{Affine, BezPath, Rect, Shape as _},
};

use super::{Observation, picture};
use crate::evidence::paper::raster::{Raster, Turn};

/// How much of a page its picture must cover.
const COVERED: f64 = 0.8;

/// What the picture of a page may lean, as a share of its size: more is drawn.
const LEAN: f64 = 0.02;

/// How much the resolutions of two parts of one picture may differ: the last strip is a fraction of a row higher than it should be.
const ALIKE: f64 = 0.03;

/// What a page consists of.
#[derive(Debug)]
pub(super) struct Found {
    /// The picture that the page is, as it is seen; none when the page must be drawn.
    pub(super) picture: Option<Raster>,
    /// Whether a text is seen that is no picture.
    pub(super) text: bool,
}

/// A part of the picture.
struct Tile {
    raster: Result<Raster, Observation>,
    /// Where it is seen.
    area: Rect,
    /// Whether it is ink on what lies under it.
    is_ink: bool,
}

/// The device.
pub(super) struct Survey {
    /// What is seen of the page.
    view: Rect,
    /// The picture, in the order in which its parts were drawn.
    tiles: Vec<Tile>,
    /// How the parts are turned, and how many pixels a point has.
    grain: Option<(Turn, [f64; 2])>,
    pixels: usize,
    /// Where something else was drawn.
    marks: Option<Rect>,
    text: bool,
    clips: Vec<Rect>,
    /// Clips that are no rectangles.
    odd_clips: Vec<bool>,
    /// Of each group, whether it changes how something looks.
    groups: Vec<bool>,
    masked: bool,
    blended: bool,
}

impl Survey {
    pub(super) const fn new(view: Rect) -> Self {
        Self {
            view,
            tiles: Vec::new(),
            grain: None,
            pixels: 0,
            marks: None,
            text: false,
            clips: Vec::new(),
            odd_clips: Vec::new(),
            groups: Vec::new(),
            masked: false,
            blended: false,
        }
    }

    /// What was found; an error when the page is a picture that cannot be decoded.
    pub(super) fn finish(self) -> Result<Found, Observation> {
        let text = self.text;
        let area = self.tiles.iter().map(|tile| tile.area).reduce(|all, area| all.union(area)).unwrap_or(Rect::ZERO);
        let tiled: f64 = self.tiles.iter().map(|tile| tile.area.area()).sum();
        if self.marks.is_some() || area.area() < COVERED * self.view.area() || tiled < COVERED * area.area() {
            return Ok(Found { picture: None, text });
        }
        Ok(Found { picture: self.join(area)?, text })
    }

    /// The parts of the picture, put together.
    fn join(self, area: Rect) -> Result<Option<Raster>, Observation> {
        let Some((_, [across, down])) = self.grain else { return Ok(None) };
        let mut tiles = self.tiles;
        if tiles.len() == 1 {
            return tiles.pop().map(|tile| tile.raster).transpose();
        }
        let (width, height) = ((area.width() * across).round() as usize, (area.height() * down).round() as usize);
        super::check_size(width, height)?;
        let Some(mut whole) = Raster::white(width, height) else { return Ok(None) };
        for tile in tiles {
            let (x, y) = ((tile.area.x0 - area.x0) * across, (tile.area.y0 - area.y0) * down);
            lay(&mut whole, &tile.raster?, x.round() as usize, y.round() as usize, tile.is_ink);
        }
        Ok(Some(whole))
    }

    fn seen(&self) -> Rect {
        self.clips.last().copied().unwrap_or(self.view)
    }

    /// Notes that something is drawn there; whether it can be seen.
    fn mark(&mut self, area: Rect) -> bool {
        let seen = self.seen();
        // A line has no area, and is seen.
        let is_seen = area.x1 >= seen.x0 && area.x0 <= seen.x1 && area.y1 >= seen.y0 && area.y0 <= seen.y1;
        if is_seen {
            let area = area.intersect(seen);
            self.marks = Some(self.marks.map_or(area, |marks| marks.union(area)));
        }
        is_seen
    }

    /// Whether what is drawn now looks as it is.
    fn is_plain(&self) -> bool {
        !self.masked && !self.blended && !self.groups.contains(&true) && !self.odd_clips.contains(&true)
    }

    /// Takes a picture as a part of the page's; whether it can be one.
    fn take(&mut self, image: &Image<'_, '_>, transform: Affine, target: Rect, seen: Rect) -> bool {
        let (width, height) = (f64::from(image.width()), f64::from(image.height()));
        let Some(turn) = placed(transform, width, height).filter(|_| self.is_plain()) else { return false };
        let Some(opaque) = picture::opaque(image) else { return false };
        let is_ink = matches!(opaque, picture::Opaque::Stencil(_));
        let around = seen.inflate(1.0, 1.0);
        let hides = |area: Rect| !is_ink && area.intersect(around) == area;
        if self.marks.is_none_or(hides) && self.tiles.iter().all(|tile| hides(tile.area)) {
            // All that was drawn before lies under it.
            (self.marks, self.text, self.grain, self.pixels) = (None, false, None, 0);
            self.tiles.clear();
        } else if self.marks.is_some() {
            return false;
        }
        let is_upright = matches!(turn, Turn::None | Turn::Half);
        let [across, down] = if is_upright { [width, height] } else { [height, width] };
        let scale = [across / target.width(), down / target.height()];
        let (first, [x, y]) = *self.grain.get_or_insert((turn, scale));
        let is_alike = |one: f64, other: f64| (one / other - 1.0).abs() < ALIKE;
        self.pixels = self.pixels.saturating_add((width * height) as usize);
        if first != turn || !is_alike(x, scale[0]) || !is_alike(y, scale[1]) || self.pixels > super::MOST_PIXELS {
            return false;
        }
        let raster = opaque.decode().map(|raster| cut(raster, turn, target, seen));
        self.tiles.push(Tile { raster, area: seen, is_ink });
        true
    }
}

/// Lays a part of a picture where it belongs.
fn lay(whole: &mut Raster, part: &Raster, x: usize, y: usize, is_ink: bool) {
    let width = whole.width();
    for (row, from) in whole.pixels_mut().chunks_exact_mut(width).skip(y).zip((0..part.height()).map(|y| part.row(y))) {
        for (pixel, grey) in row.iter_mut().skip(x).zip(from) {
            *pixel = if is_ink { (*grey).min(*pixel) } else { *grey };
        }
    }
}

/// Where on the page a picture of that size lies, and how it must be turned to be seen as there; none when it is mirrored or leans.
fn placed(transform: Affine, width: f64, height: f64) -> Option<Turn> {
    let [a, b, c, d, ..] = transform.as_coeffs();
    let [across, down, up, along] = [a * width, b * width, c * height, d * height];
    let lean = LEAN * across.abs().max(down.abs()).max(up.abs()).max(along.abs());
    if down.abs() <= lean && up.abs() <= lean {
        match (across > 0.0, along > 0.0) {
            (true, true) => Some(Turn::None),
            (false, false) => Some(Turn::Half),
            _ => None,
        }
    } else if across.abs() <= lean && along.abs() <= lean {
        match (down > 0.0, up > 0.0) {
            (true, false) => Some(Turn::Quarter),
            (false, true) => Some(Turn::ThreeQuarters),
            _ => None,
        }
    } else {
        None
    }
}

/// The part of a picture that is seen, turned as it is seen. `target` is where all of it lies, `seen` what is left of that.
fn cut(raster: Raster, turn: Turn, target: Rect, seen: Rect) -> Raster {
    let raster = super::grey::turned(raster, turn);
    let (width, height) = (raster.width() as f64, raster.height() as f64);
    let across = |x: f64| ((x - target.x0) / target.width() * width).round().clamp(0.0, width);
    let down = |y: f64| ((y - target.y0) / target.height() * height).round().clamp(0.0, height);
    let [left, right] = [across(seen.x0), across(seen.x1)];
    let [top, bottom] = [down(seen.y0), down(seen.y1)];
    // A hair is no cut.
    if (right - left) > 0.99 * width && (bottom - top) > 0.99 * height {
        return raster;
    }
    raster.part(left as usize, top as usize, (right - left) as usize, (bottom - top) as usize).unwrap_or(raster)
}

fn is_white(paint: &Paint<'_>) -> bool {
    matches!(paint, Paint::Color(color) if color.to_rgba().to_rgba8() == [255; 4])
}

impl<'a> Device<'a> for Survey {
    fn set_soft_mask(&mut self, mask: Option<SoftMask<'a>>) {
        self.masked = mask.is_some();
    }

    fn set_blend_mode(&mut self, mode: BlendMode) {
        self.blended = mode != BlendMode::Normal;
    }

    fn draw_path(&mut self, path: &BezPath, transform: Affine, paint: &Paint<'a>, _: &PathDrawMode) {
        // White on a page on which there is nothing yet is nothing.
        let is_first = self.marks.is_none() && self.tiles.is_empty();
        if !(path.elements().is_empty() || is_first && is_white(paint)) {
            self.mark(transform.transform_rect_bbox(path.bounding_box()));
        }
    }

    fn push_clip_path(&mut self, clip: &ClipPath) {
        let bounds = clip.path.bounding_box();
        let seen = self.seen().intersect(bounds);
        let is_odd = clip.path.area().abs() < 0.98 * bounds.area();
        self.clips.push(seen);
        self.odd_clips.push(is_odd);
    }

    fn push_transparency_group(&mut self, opacity: f32, mask: Option<SoftMask<'a>>, mode: BlendMode) {
        self.groups.push(opacity < 0.999 || mask.is_some() || mode != BlendMode::Normal);
    }

    fn draw_glyph(
        &mut self,
        glyph: &Glyph<'a>,
        transform: Affine,
        glyph_transform: Affine,
        _: &Paint<'a>,
        mode: &GlyphDrawMode,
    ) {
        if matches!(mode, GlyphDrawMode::Invisible) {
            return;
        }
        let is_blank = matches!(glyph, Glyph::Outline(glyph) if !self.text && glyph.outline().elements().is_empty());
        let origin = transform * glyph_transform * hayro::vello_cpu::kurbo::Point::ORIGIN;
        if !is_blank && self.mark(Rect::from_points(origin, origin)) {
            self.text = true;
        }
    }

    fn draw_image(&mut self, image: Image<'a, '_>, transform: Affine) {
        let (width, height) = (f64::from(image.width()), f64::from(image.height()));
        let target = transform.transform_rect_bbox(Rect::new(0.0, 0.0, width, height));
        let seen = target.intersect(self.seen());
        if seen.area() > 0.0 && !self.take(&image, transform, target, seen) {
            self.mark(target);
        }
    }

    fn pop_clip_path(&mut self) {
        self.clips.pop();
        self.odd_clips.pop();
    }

    fn pop_transparency_group(&mut self) {
        self.groups.pop();
    }
}
