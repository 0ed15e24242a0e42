//! Whether a page looks the same in two files.
//!
//! Both pages are rendered by the same program, with their annotations, and compared pixel by pixel: what one reader draws and
//! another does not is no difference here. It cannot see what is not drawn: an annotation that has no appearance of its own, a layer
//! that is switched off. So [`Likeness::Same`] is said only of pages that were drawn whole, and of no file that the renderer reads
//! with other pages than it has. A page that is too large, or too slow to draw, is not drawn (see [`effort`]).

mod effort;

use std::{
    collections::BTreeMap,
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    thread,
};

use hayro::{
    RenderCache, RenderSettings,
    hayro_interpret::{
        InterpreterSettings, TransformExt as _,
        font::{FontQuery, StandardFont},
    },
    hayro_syntax::{
        Pdf,
        object::{
            Array, Dict, Name, Stream,
            dict::keys::{ANNOTS, AP, F, FT, N, PARENT, SUBTYPE},
        },
        page::Page,
    },
    vello_cpu::{
        Pixmap,
        color::palette::css::WHITE,
        kurbo::{Affine, Point, Rect},
    },
};

/// Pixels of a point: 144 dpi, at which a digit of 9 points has strokes of more than one pixel.
const SCALE: f32 = 2.0;

/// The largest page, in pixels: A3.
const MOST_PIXELS: f32 = 4_200_000.0;

/// A difference of a pixel that counts for nothing, of 255: that of an edge which a rewriting moved by a tenth of a pixel.
const NOISE: u8 = 32;

/// Pixels are added up in squares of so many on a side: a stroke is seen, and so is a faint tint over an area.
const CELL: usize = 8;

/// What the differences of a square add up to when it looks otherwise: one pixel that is clearly darker, or many that are a bit.
const SEEN: u32 = 64;

/// The stack of the thread that draws: forms in forms, fifty deep.
const STACK: usize = 64 << 20;

/// The font that stands for those which a file does not bring along. Which one it is hardly matters: both pages have it.
const FONT: &[u8] = include_bytes!("../../../assets/fonts/LiberationSans-Regular.ttf");

/// A part of a page where something may change: left, bottom, right and top in the page's own points.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Mask {
    /// The page, from 1.
    pub(super) page: u32,
    /// Its sides.
    pub(super) sides: [f32; 4],
}

/// How two pages compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Likeness {
    /// They differ, and where.
    Differs(Region),
    /// They look the same.
    Same,
    /// One of them was not drawn, or not all of it: what was drawn does not differ.
    Unknown,
}

/// A part of a page as it is seen, in millimetres from its left and from its top.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Region {
    left: u32,
    right: u32,
    top: u32,
    bottom: u32,
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { left, right, top, bottom } = self;
        write!(f, "{left} to {right} mm from the left, {top} to {bottom} mm from the top")
    }
}

/// Compares pages, by their numbers, of two files, outside `masks`. A page that is not answered for is unknown.
pub(super) fn compare(before: &[u8], after: &[u8], pages: &[u32], masks: &[Mask]) -> BTreeMap<u32, Likeness> {
    let (send, receive) = mpsc::channel();
    thread::scope(|scope| {
        // A thread of its own: its stack is known, and a panic of the renderer ends it and nothing else.
        let drawing = move || {
            let (Ok(before), Ok(after)) = (Pdf::new(before.to_vec()), Pdf::new(after.to_vec())) else { return };
            for number in pages {
                let likeness = likeness(&before, &after, *number, masks);
                if send.send((*number, likeness)).is_err() {
                    return;
                }
            }
        };
        if let Ok(thread) = thread::Builder::new().stack_size(STACK).spawn_scoped(scope, drawing) {
            drop(thread.join());
        }
    });
    receive.into_iter().collect()
}

fn likeness(before: &Pdf, after: &Pdf, number: u32, masks: &[Mask]) -> Likeness {
    let page = |pdf: &'_ Pdf| -> Option<Drawn> {
        let page = pdf.pages().get(number.checked_sub(1)? as usize)?;
        draw(page, number, masks)
    };
    let (Some(before), Some(after)) = (page(before), page(after)) else { return Likeness::Unknown };
    match difference(&before, &after) {
        Some(region) => Likeness::Differs(region),
        None if before.whole && after.whole => Likeness::Same,
        None => Likeness::Unknown,
    }
}

/// A page, drawn.
struct Drawn {
    pixmap: Pixmap,
    /// Whether everything on it was drawn.
    whole: bool,
    /// What of it may change, in pixels.
    masks: Vec<Rect>,
}

fn draw(page: &Page<'_>, number: u32, masks: &[Mask]) -> Option<Drawn> {
    let (width, height) = page.render_dimensions();
    let fits = width * height * SCALE * SCALE <= MOST_PIXELS;
    if !fits || !effort::is_bearable(page, &settings(&Arc::default()), SCALE) {
        return None;
    }
    let lacking = Arc::new(AtomicBool::new(false));
    let render = RenderSettings { x_scale: SCALE, y_scale: SCALE, bg_color: WHITE, ..RenderSettings::default() };
    let pixmap = hayro::render(page, &RenderCache::new(), &settings(&lacking), &render);
    let place = Affine::scale(f64::from(SCALE)) * page.initial_transform(true).to_kurbo();
    let masks = masks.iter().filter(|mask| mask.page == number).map(|mask| {
        let [left, bottom, right, top] = mask.sides.map(f64::from);
        // The edge of what stands inside touches the pixels around.
        place.transform_rect_bbox(Rect::new(left, bottom, right, top)).inflate(1.0, 1.0)
    });
    let masks = masks.collect();
    Some(Drawn { pixmap, whole: !lacking.load(Ordering::Relaxed) && all_drawn(page), masks })
}

/// How the renderer works; `lacking` tells afterwards whether it lacked something.
fn settings(lacking: &Arc<AtomicBool>) -> InterpreterSettings {
    let (no_font, warned) = (Arc::clone(lacking), Arc::clone(lacking));
    InterpreterSettings {
        font_resolver: Arc::new(move |query| {
            let symbols = matches!(query, FontQuery::Standard(StandardFont::Symbol | StandardFont::ZapfDingBats));
            no_font.fetch_or(symbols, Ordering::Relaxed);
            Some((Arc::new(FONT), 0))
        }),
        warning_sink: Arc::new(move |_| warned.store(true, Ordering::Relaxed)),
        ..InterpreterSettings::default()
    }
}

/// Whether the renderer draws every annotation of a page that a reader might show.
fn all_drawn(page: &Page<'_>) -> bool {
    const HIDDEN: u32 = 1 << 1;
    let Some(annotations) = page.raw().get::<Array<'_>>(ANNOTS) else { return true };
    annotations.iter::<Dict<'_>>().all(|annotation| {
        let appearance = annotation.get::<Dict<'_>>(AP).and_then(|looks| looks.get::<Stream<'_>>(N));
        let hidden = annotation.get::<u32>(F).unwrap_or(0) & HIDDEN != 0;
        let kind = annotation.get::<Name<'_>>(SUBTYPE);
        let field = || annotation.get::<Name<'_>>(FT).or_else(|| annotation.get::<Dict<'_>>(PARENT)?.get(FT));
        match kind.as_deref() {
            Some(b"Link" | b"Popup") => true,
            // An empty signature field shows nothing.
            Some(b"Widget") if appearance.is_none() && field().as_deref() == Some(b"Sig") => true,
            _ => appearance.is_some() && !hidden,
        }
    })
}

/// Where two pages differ; nowhere if they do not.
fn difference(before: &Drawn, after: &Drawn) -> Option<Region> {
    let (left, right) = (&before.pixmap, &after.pixmap);
    let (width, height) = (usize::from(left.width()), usize::from(left.height()));
    if (left.width(), left.height()) != (right.width(), right.height()) {
        return Some(region([0, 0, width, height]));
    }
    let mut cells = vec![0_u32; width.div_ceil(CELL) * height.div_ceil(CELL)];
    for (at, (a, b)) in left.data().iter().zip(right.data()).enumerate() {
        let distance = a.r.abs_diff(b.r).max(a.g.abs_diff(b.g)).max(a.b.abs_diff(b.b)).saturating_sub(NOISE);
        if distance == 0 {
            continue;
        }
        let (x, y) = (at % width, at / width);
        let center = Point::new(x as f64 + 0.5, y as f64 + 0.5);
        if before.masks.iter().any(|mask| mask.contains(center)) {
            continue;
        }
        if let Some(cell) = cells.get_mut(y / CELL * width.div_ceil(CELL) + x / CELL) {
            *cell += u32::from(distance);
        }
    }
    let across = width.div_ceil(CELL);
    let seen = (0..).zip(&cells).filter(|(_, sum)| **sum >= SEEN).map(|(at, _)| (at % across, at / across));
    let around = |sides: Option<[usize; 4]>, (x, y): (usize, usize)| {
        let [left, top, right, bottom] = sides.unwrap_or([x, y, x, y]);
        Some([left.min(x), top.min(y), right.max(x), bottom.max(y)])
    };
    let [left, top, right, bottom] = seen.fold(None, around)?;
    Some(region([left * CELL, top * CELL, ((right + 1) * CELL).min(width), ((bottom + 1) * CELL).min(height)]))
}

fn region(pixels: [usize; 4]) -> Region {
    let [left, top, right, bottom] = pixels.map(|pixel| (pixel as f32 / SCALE * 25.4 / 72.0).round() as u32);
    Region { left, right, top, bottom }
}
