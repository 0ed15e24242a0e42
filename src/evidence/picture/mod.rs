//! Whether a page looks the same in two files.
//!
//! Both pages are rendered by the same program, with their annotations, and compared pixel by pixel: what one reader draws and
//! another does not is no difference here. It cannot see what is not drawn: an annotation that has no appearance of its own, a layer
//! that is switched off. So [`Likeness::Same`] is said only of pages that were drawn whole. Each page is taken out of its file and
//! drawn by itself, so that the renderer meets one page, nothing of which is larger or deeper than a page's can be. A page that is too
//! large, or too slow to draw, is not drawn (see [`effort`]).

pub(in crate::evidence) mod effort;

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

use super::pdf::Extract;

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

/// How close to a text another one could be read with it, in pixels: 3 mm, more than a space between two figures.
const CLOSE: f64 = 17.0;

/// The stack of the thread that draws: forms in forms, fifty deep.
const STACK: usize = 64 << 20;

/// The font that stands for those which a file does not bring along. Which one it is hardly matters: both pages have it.
pub(in crate::evidence) const FONT: &[u8] = include_bytes!("../../../assets/fonts/LiberationSans-Regular.ttf");

/// A part of a page where something may change: left, bottom, right and top in the page's own points.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Mask {
    /// The page, from 1.
    pub(super) page: u32,
    /// Its sides.
    pub(super) sides: [f32; 4],
    /// Whether it may change only if nothing stood there or close to it, but for other parts that may change.
    pub(super) only_blank: bool,
}

/// A page to compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sheet {
    /// Its number, from 1.
    pub(super) number: u32,
    /// How many bytes of content it holds: what drawing all of it once takes.
    pub(super) weight: usize,
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
pub(super) fn compare(before: &[u8], after: &[u8], sheets: &[Sheet], masks: &[Mask]) -> BTreeMap<u32, Likeness> {
    let (send, receive) = mpsc::channel();
    thread::scope(|scope| {
        // A thread of its own: its stack is known, and a panic of the renderer ends it and nothing else.
        let drawing = move || {
            let (Ok(before), Ok(after)) = (Extract::open(before), Extract::open(after)) else { return };
            for sheet in sheets {
                if send.send((sheet.number, likeness(&before, &after, *sheet, masks))).is_err() {
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

fn likeness(before: &Extract<'_>, after: &Extract<'_>, sheet: Sheet, masks: &[Mask]) -> Likeness {
    let drawn = |file: &Extract<'_>| draw(alone(file, sheet)?.pages().first()?, sheet, masks);
    let (Some(before), Some(after)) = (drawn(before), drawn(after)) else { return Likeness::Unknown };
    match difference(&before, &after) {
        Some(region) => Likeness::Differs(region),
        None if before.whole && after.whole => Likeness::Same,
        None => Likeness::Unknown,
    }
}

/// A page as a file of its own: none whose tree, content or pictures are larger or deeper than a page's can be.
fn alone(file: &Extract<'_>, sheet: Sheet) -> Option<Pdf> {
    let index = (sheet.number as usize).checked_sub(1)?;
    Pdf::new(file.pages(&[(index, 0)]).ok()?.0).ok()
}

/// A page, drawn.
struct Drawn {
    pixmap: Pixmap,
    /// Whether everything on it was drawn.
    whole: bool,
    /// What of it may change, in pixels.
    masks: Vec<Rect>,
}

fn draw(page: &Page<'_>, sheet: Sheet, masks: &[Mask]) -> Option<Drawn> {
    let (width, height) = page.render_dimensions();
    let fits = width * height * SCALE * SCALE <= MOST_PIXELS;
    if !fits || !effort::is_bearable(page, sheet.weight, &settings(&Arc::default()), SCALE) {
        return None;
    }
    let lacking = Arc::new(AtomicBool::new(false));
    let render = RenderSettings { x_scale: SCALE, y_scale: SCALE, bg_color: WHITE, ..RenderSettings::default() };
    let pixmap = hayro::render(page, &RenderCache::new(), &settings(&lacking), &render);
    let place = Affine::scale(f64::from(SCALE)) * page.initial_transform(true).to_kurbo();
    let placed = |mask: &Mask| {
        let [left, bottom, right, top] = mask.sides.map(f64::from);
        // The edge of what stands inside touches the pixels around.
        place.transform_rect_bbox(Rect::new(left, bottom, right, top)).inflate(1.0, 1.0)
    };
    let (blank, free): (Vec<&Mask>, Vec<&Mask>) =
        masks.iter().filter(|mask| mask.page == sheet.number).partition(|mask| mask.only_blank);
    let free: Vec<Rect> = free.into_iter().map(placed).collect();
    let blank = blank.into_iter().map(placed).filter(|part| is_blank(&pixmap, *part, &free)).collect();
    let masks = [free, blank].concat();
    Some(Drawn { pixmap, whole: !lacking.load(Ordering::Relaxed) && all_drawn(page), masks })
}

/// Whether one colour fills a part of a page and what is close to it, but for some other parts.
fn is_blank(pixmap: &Pixmap, part: Rect, but: &[Rect]) -> bool {
    let width = usize::from(pixmap.width());
    let around = part.inflate(CLOSE, CLOSE);
    let counts = |at: usize| {
        let center = Point::new((at % width) as f64 + 0.5, (at / width) as f64 + 0.5);
        around.contains(center) && !but.iter().any(|part| part.contains(center))
    };
    let mut pixels = pixmap.data().iter().enumerate().filter(|(at, _)| counts(*at)).map(|(_, pixel)| pixel);
    let Some(first) = pixels.next() else { return true };
    pixels.all(|pixel| first.r.abs_diff(pixel.r).max(first.g.abs_diff(pixel.g)).max(first.b.abs_diff(pixel.b)) <= NOISE)
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

#[cfg(test)]
pub(super) mod tests {
    use lopdf::{Document, Object, Stream, dictionary};

    use super::*;

    pub(in crate::evidence) const AMOUNT: &str = "BT /F1 9 Tf 100 700 Td (Montant : 84 500,00 euros) Tj ET";

    /// A page of A4 with a content, and annotations with what they draw.
    pub(in crate::evidence) fn page(content: &str, annotations: &[(&str, [i64; 4], Option<&str>)]) -> Vec<u8> {
        let mut pdf = Document::with_version("1.7");
        let font = pdf.add_object(dictionary! { "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Helvetica" });
        let resources = dictionary! { "Font" => dictionary! { "F1" => font } };
        let annotations: Vec<Object> = annotations
            .iter()
            .map(|(kind, sides, look)| {
                let sides = sides.map(Object::Integer).to_vec();
                let mut fields =
                    dictionary! { "Type" => "Annot", "Subtype" => *kind, "Rect" => sides.clone(), "F" => 4 };
                if let Some(look) = look {
                    let entries = dictionary! {
                        "Type" => "XObject", "Subtype" => "Form", "BBox" => sides, "Resources" => resources.clone(),
                    };
                    let look = pdf.add_object(Stream::new(entries, look.as_bytes().to_vec()));
                    fields.set("AP", dictionary! { "N" => look });
                }
                pdf.add_object(fields).into()
            })
            .collect();
        let content = pdf.add_object(Stream::new(dictionary! {}, content.as_bytes().to_vec()));
        let pages = pdf.new_object_id();
        let page = pdf.add_object(dictionary! {
            "Type" => "Page", "Parent" => pages, "Contents" => content, "Resources" => resources,
            "MediaBox" => vec![0.into(), 0.into(), 595.into(), 842.into()], "Annots" => annotations,
        });
        let tree = dictionary! { "Type" => "Pages", "Kids" => vec![page.into()], "Count" => 1 };
        pdf.objects.insert(pages, tree.into());
        let catalog = pdf.add_object(dictionary! { "Type" => "Catalog", "Pages" => pages });
        pdf.trailer.set("Root", catalog);
        let mut bytes = Vec::new();
        pdf.save_to(&mut bytes).unwrap();
        bytes
    }

    /// A page with forms in forms, each drawn ten times by the one above.
    fn nested(depth: usize) -> Vec<u8> {
        let mut pdf = Document::load_mem(&page(&format!("{AMOUNT} /X Do"), &[])).unwrap();
        let form = |below: Option<Object>| {
            let content = if below.is_some() { "/X Do ".repeat(10) } else { "100 100 50 50 re f".to_owned() };
            let mut fields =
                dictionary! { "Subtype" => "Form", "BBox" => vec![0.into(), 0.into(), 595.into(), 842.into()] };
            if let Some(below) = below {
                fields.set("Resources", dictionary! { "XObject" => dictionary! { "X" => below } });
            }
            Stream::new(fields, content.into_bytes())
        };
        let mut top: Option<Object> = None;
        for _ in 0..=depth {
            top = Some(pdf.add_object(form(top)).into());
        }
        let id = pdf.page_iter().next().unwrap();
        let fields = pdf.get_dictionary_mut(id).unwrap();
        let resources = fields.get_mut(b"Resources").unwrap().as_dict_mut().unwrap();
        resources.set("XObject", dictionary! { "X" => top.unwrap() });
        let mut bytes = Vec::new();
        pdf.save_to(&mut bytes).unwrap();
        bytes
    }

    fn seen(before: &[u8], after: &[u8], masks: &[Mask]) -> Likeness {
        let sheet = Sheet { number: 1, weight: 1000 };
        compare(before, after, &[sheet], masks).get(&1).copied().unwrap_or(Likeness::Unknown)
    }

    fn text(content: &str) -> Likeness {
        seen(&page(AMOUNT, &[]), &page(content, &[]), &[])
    }

    #[test]
    fn one_digit_of_nine_points_is_seen_wherever_it_stands() {
        for (from, to) in [("84 500", "84 600"), ("84 500", "34 500"), ("500,00", "500.00"), ("84 500", "84 5000")] {
            for shift in ["100", "100.13", "100.31", "100.77"] {
                let before = AMOUNT.replace("100 700", &format!("{shift} 700.4"));
                let after = before.replace(from, to);
                let likeness = seen(&page(&before, &[]), &page(&after, &[]), &[]);
                assert!(matches!(likeness, Likeness::Differs(_)), "{from} to {to} at {shift}: {likeness:?}");
            }
        }
    }

    #[test]
    fn the_place_of_a_difference_is_told_in_millimetres_of_the_page_as_it_is_seen() {
        let covered = page(AMOUNT, &[("Square", [200, 600, 300, 700], Some("0 g 200 600 100 100 re f"))]);
        let Likeness::Differs(region) = seen(&page(AMOUNT, &[]), &covered, &[]) else { panic!("not seen") };
        assert_eq!(region.to_string(), "71 to 106 mm from the left, 49 to 86 mm from the top");
    }

    #[test]
    fn a_page_that_was_written_otherwise_is_the_same() {
        assert_eq!(text(AMOUNT), Likeness::Same);
        let moved_a_hair =
            "q 1 0 0 1 0 0 cm\nBT\n1 0 0 1 100.04 699.97 Tm\n/F1 9 Tf\n[(Montant : 84 )-0(500,00 euros)] TJ\nET Q";
        assert_eq!(text(moved_a_hair), Likeness::Same);
    }

    #[test]
    fn a_faint_word_over_the_page_is_seen() {
        let faint = format!("BT 0.8 g /F1 90 Tf 60 400 Td (PROJET) Tj ET 0 g {AMOUNT}");
        assert!(matches!(text(&faint), Likeness::Differs(_)));
    }

    #[test]
    fn an_annotation_is_drawn_whatever_its_kind() {
        for kind in ["FreeText", "Stamp", "Square", "Widget", "Highlight", "Ink", "Redact", "Watermark", "Unheard"] {
            let look = "1 g 100 690 200 30 re f 0 g BT /F1 9 Tf 110 700 Td (0,00) Tj ET";
            let covered = page(AMOUNT, &[(kind, [100, 690, 300, 720], Some(look))]);
            let likeness = seen(&page(AMOUNT, &[]), &covered, &[]);
            assert!(matches!(likeness, Likeness::Differs(_)), "{kind}: {likeness:?}");
        }
    }

    #[test]
    fn what_is_not_drawn_is_not_said_to_be_the_same() {
        let plain = page(AMOUNT, &[]);
        let noted = page(AMOUNT, &[("FreeText", [100, 690, 300, 720], None)]);
        assert_eq!(seen(&plain, &noted, &[]), Likeness::Unknown);
        let linked = page(AMOUNT, &[("Link", [100, 690, 300, 720], None)]);
        assert_eq!(seen(&plain, &linked, &[]), Likeness::Same);
        assert_eq!(seen(&plain, b"%PDF-1.7 nothing", &[]), Likeness::Unknown);
    }

    #[test]
    fn what_stands_in_a_mask_may_change_and_what_reaches_out_of_it_may_not() {
        let signed = |sides| page(AMOUNT, &[("Widget", sides, Some("0.5 g 0 0 600 900 re f"))]);
        let mask = Mask { page: 1, sides: [50.0, 100.0, 200.0, 160.0], only_blank: false };
        let plain = page(AMOUNT, &[]);
        assert_eq!(seen(&plain, &signed([50, 100, 200, 160]), &[mask]), Likeness::Same);
        assert!(matches!(seen(&plain, &signed([50, 100, 204, 160]), &[mask]), Likeness::Differs(_)));
        let elsewhere = Mask { page: 2, ..mask };
        assert!(matches!(seen(&plain, &signed([50, 100, 200, 160]), &[elsewhere]), Likeness::Differs(_)));
    }

    #[test]
    fn a_page_that_would_take_hours_is_not_drawn() {
        let plain = page(AMOUNT, &[]);
        let dashes = page(&format!("{AMOUNT} [0.00001] 0 d 0 0 m 595 842 l S"), &[]);
        assert_eq!(seen(&plain, &dashes, &[]), Likeness::Unknown);
        let endless = page(&format!("{AMOUNT} {}", "0 0 595 842 re f ".repeat(20_000)), &[]);
        assert_eq!(seen(&plain, &endless, &[]), Likeness::Unknown);
        assert!(matches!(seen(&plain, &nested(2), &[]), Likeness::Differs(_)));
        assert_eq!(seen(&plain, &nested(30), &[]), Likeness::Unknown);
    }

    #[test]
    fn what_is_nested_without_end_is_not_drawn_and_ends_nothing_else() {
        let plain = page(AMOUNT, &[]);
        for bracket in ["[", "<<", "q ", "<< /A [", "BT "] {
            let deep = page(&format!("{AMOUNT} {}", bracket.repeat(1_000_000)), &[]);
            assert!(!matches!(seen(&plain, &deep, &[]), Likeness::Differs(_)), "{bracket}");
        }
        let noted = page(AMOUNT, &[("Stamp", [100, 690, 300, 720], Some(&"[".repeat(1_000_000)))]);
        assert_eq!(seen(&plain, &noted, &[]), Likeness::Unknown);
    }

    #[test]
    fn a_page_tree_that_doubles_with_every_level_is_read_once() {
        let mut pdf = Document::load_mem(&page(AMOUNT, &[])).unwrap();
        let catalog = pdf.catalog().unwrap().get(b"Pages").unwrap().as_reference().unwrap();
        let mut below = pdf.get_dictionary(catalog).unwrap().get(b"Kids").unwrap().clone();
        for _ in 0..30 {
            let node = pdf.add_object(dictionary! { "Type" => "Pages", "Kids" => below, "Count" => 1 });
            below = vec![node.into(), node.into()].into();
        }
        pdf.get_dictionary_mut(catalog).unwrap().set("Kids", below);
        let mut bytes = Vec::new();
        pdf.save_to(&mut bytes).unwrap();
        assert_eq!(seen(&page(AMOUNT, &[]), &bytes, &[]), Likeness::Same);
    }
}
