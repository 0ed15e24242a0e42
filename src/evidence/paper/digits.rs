//! Which digit stands there: a digit that was printed is held against the nine others of its font.
//!
//! The shapes are drawn from their outlines where the printed one stands, and blurred as much as the scan is. They are drawn once for
//! each font, size and quarter of a pixel.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use ab_glyph_rasterizer::{Point as Corner, Rasterizer, point};
use hayro::vello_cpu::kurbo::{Affine, BezPath, PathEl, Point, Rect, Shape as _};

use super::{
    letters::Letter,
    likeness::{Sums, Window, blurred},
    raster::Raster,
};

/// Parts of a pixel in which a shape may begin.
const PHASES: f64 = 4.0;

/// Most drawings that are kept.
const MOST: usize = 4000;

/// The digits of a font at one size and one part of a pixel, drawn and blurred, black on white; all of the same size.
struct Drawn {
    /// Where the drawings stand, from the whole pixel in which the letter's origin lies.
    window: Window,
    digits: [Option<Raster>; 10],
}

/// Font, size and turn, part of a pixel, blur.
type Key = (usize, [i32; 4], [i32; 2], usize);

/// The drawings of a page's digits, for all scans of the page.
#[derive(Default)]
pub(super) struct Digits(Mutex<BTreeMap<Key, Option<Arc<Drawn>>>>);

/// How the digits of a font fit where one was printed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fits {
    /// How well the printed one fits.
    pub(super) printed: f32,
    /// The best of the others, and how well it fits.
    pub(super) other: (usize, f32),
}

impl Fits {
    /// How much better the printed one fits than any other.
    pub(super) fn margin(&self) -> f32 {
        self.printed - self.other.1
    }

    /// The best of each in two looks.
    pub(super) fn best(self, again: Self) -> Self {
        let other = if again.other.1 > self.other.1 { again.other } else { self.other };
        Self { printed: self.printed.max(again.printed), other }
    }
}

impl Digits {
    /// Holds a digit against the others. `model` is the print, blurred by so many passes; `seen` what is there, and where on the page.
    pub(super) fn fit(
        &self,
        letter: &Letter,
        (model, passes): (&Raster, usize),
        (seen, at): (&Raster, Window),
    ) -> Option<Fits> {
        let digit = letter.digit()?;
        let origin = letter.place * Point::ORIGIN;
        let drawn = self.drawn(letter, origin, passes)?;
        let page = drawn.window.moved(origin.x.floor() as i32, origin.y.floor() as i32);
        let window = page.within(at)?;
        let inside = window.moved(-page.left, -page.top);
        let printed = inside.cut(drawn.digits.get(digit)?.as_ref()?)?;
        let model = window.cut(model)?;
        let seen = window.moved(-at.left, -at.top).cut(seen)?;
        let whole = Window { left: 0, top: 0, ..window };
        let contrast = Sums::of(&printed, whole, &model, whole)?.slope();
        let mut other: Option<(usize, f32)> = None;
        for (which, shape) in drawn.digits.iter().enumerate() {
            let Some(shape) = shape.as_ref().filter(|_| which != digit) else { continue };
            let instead = swapped(&model, &printed, &inside.cut(shape)?, contrast)?;
            let like = Sums::of(&instead, whole, &seen, whole)?.correlation();
            if other.is_none_or(|(_, best)| like > best) {
                other = Some((which, like));
            }
        }
        let printed = Sums::of(&model, whole, &seen, whole)?.correlation();
        Some(Fits { printed, other: other? })
    }

    fn drawn(&self, letter: &Letter, origin: Point, passes: usize) -> Option<Arc<Drawn>> {
        let [a, b, c, d, ..] = letter.place.as_coeffs();
        let part = |length: f64| ((length - length.floor()) * PHASES) as i32;
        let phase = [part(origin.x), part(origin.y)];
        let turn = [a, b, c, d].map(|c| (c * 1e6) as i32);
        let key = (Arc::as_ptr(&letter.font) as usize, turn, phase, passes);
        let mut known = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if known.len() > MOST {
            known.clear();
        }
        let make = || {
            let [x, y] = phase.map(|part| (f64::from(part) + 0.5) / PHASES);
            draw(&letter.font.digits, Affine::new([a, b, c, d, x, y]), passes).map(Arc::new)
        };
        known.entry(key).or_insert_with(make).clone()
    }
}

/// The print with one shape in the place of another.
fn swapped(model: &Raster, old: &Raster, new: &Raster, contrast: f32) -> Option<Raster> {
    let contrast = (contrast * 256.0) as i32;
    let shapes = old.pixels().iter().zip(new.pixels());
    let change = |(old, new): (&u8, &u8)| (i32::from(*new) - i32::from(*old)) * contrast;
    let grey = model
        .pixels()
        .iter()
        .zip(shapes)
        .map(|(grey, pair)| (i32::from(*grey) + (change(pair) >> 8)).clamp(0, 255) as u8);
    Raster::new(model.width(), model.height(), grey.collect())
}

fn draw(digits: &[Option<Arc<BezPath>>; 10], place: Affine, passes: usize) -> Option<Drawn> {
    let bounds = |path: &Arc<BezPath>| place.transform_rect_bbox(path.bounding_box());
    let all = digits.iter().flatten().map(bounds).reduce(|a, b| a.union(b)).filter(|all| all.is_finite())?;
    let Rect { x0, y0, x1, y1 } = all;
    let window = Window::around([x0, y0, x1, y1].map(|side| side as f32), 2.0);
    if window.pixels() > 90_000 {
        return None;
    }
    // Blurred on a larger ground, so that the rim is blurred too.
    let room = i32::try_from(passes).ok()?;
    let ground = Window::around([x0, y0, x1, y1].map(|side| side as f32), 2.0 + room as f32);
    let inner = window.moved(-ground.left, -ground.top);
    let place = Affine::translate((-f64::from(ground.left), -f64::from(ground.top))) * place;
    let one = |path: &Option<Arc<BezPath>>| {
        let raw = filled(path.as_ref()?, place, ground)?;
        inner.cut(&blurred(&raw, passes))
    };
    Some(Drawn { window, digits: std::array::from_fn(|digit| digits.get(digit).and_then(one)) })
}

/// A shape, black on white.
fn filled(path: &BezPath, place: Affine, ground: Window) -> Option<Raster> {
    let (width, height) = (usize::try_from(ground.width).ok()?, usize::try_from(ground.height).ok()?);
    let mut rasterizer = Rasterizer::new(width, height);
    let at = |p: Point| -> Corner {
        let p = place * p;
        point(p.x as f32, p.y as f32)
    };
    let (mut start, mut pen) = (Point::ORIGIN, Point::ORIGIN);
    for element in path.elements() {
        match *element {
            PathEl::MoveTo(p) => start = p,
            PathEl::LineTo(p) => rasterizer.draw_line(at(pen), at(p)),
            PathEl::QuadTo(a, p) => rasterizer.draw_quad(at(pen), at(a), at(p)),
            PathEl::CurveTo(a, b, p) => rasterizer.draw_cubic(at(pen), at(a), at(b), at(p)),
            PathEl::ClosePath => rasterizer.draw_line(at(pen), at(start)),
        }
        pen = element.end_point().unwrap_or(start);
    }
    let mut grey = vec![255; width * height];
    rasterizer.for_each_pixel(|at, cover| {
        if let Some(grey) = grey.get_mut(at) {
            *grey = 255 - (cover.abs().min(1.0) * 255.0) as u8;
        }
    });
    Raster::new(width, height, grey)
}
