//! A side is laid onto the page as it was sent.
//!
//! The page's own text is the best mark there is. From a first guess (its codes, or the sheet's outline) blocks of the page are searched
//! for in the side, from paragraphs to words; a robust projective map goes through what was found, then a smooth displacement takes up
//! what paper and feeders do. The side is drawn once through both. How well it lies is measured afterwards, on other blocks than those
//! that the map was made from: the figures are an outcome, not a hope.

use super::{
    codes::{CodeSeen, Point},
    facts::Registration,
    field::Field,
    homography::{Homography, Pair, Xy},
    judged::{NEAR, judge, thousandths},
    levels::Levels,
    map::Map,
    original::{Original, PAGE_HEIGHT, PAGE_WIDTH, PIXELS_PER_MM},
    raster::Raster,
    starts::{Start, by_codes, by_frame},
    views::{Guess, Search, Views},
};
use crate::geometry::Rect;

/// When fewer blocks of the first sizes agree, the guess was wrong.
const LOST: f64 = 0.6;

/// When so many do, nothing of the page was lost.
const CLEAR: f64 = 0.96;

/// When so few do, nothing finer will.
const HOPELESS: f64 = 0.15;

/// A side that was laid onto the page as it was sent.
#[derive(Debug, Clone)]
pub struct Registered {
    /// The side as it lies on the page: same size, pixel for pixel. White where the side shows nothing of the page.
    pub aligned: Raster,
    /// How well it lies.
    pub registration: Registration,
    map: Map,
    /// Middles of the blocks by which it was judged (millimetres), and whether each is where it should be.
    checks: Vec<(Xy, bool)>,
    /// Middles of the finest blocks (millimetres) that were found, and agree with the map.
    found: Vec<Xy>,
}

impl Registered {
    /// How many of the blocks in a part of the page, or close to it, are where they should be, in thousandths; none when nothing was
    /// printed there by which it could be judged.
    #[must_use]
    pub fn agreement_in(&self, area: Rect) -> Option<u16> {
        const CLOSE: f64 = 6.0;
        let mm = |length: i64| length as f64 / 1000.0;
        let (left, top) = (mm(area.x.um()) - CLOSE, mm(area.y.um()) - CLOSE);
        let (right, bottom) = (left + mm(area.width.um()) + 2.0 * CLOSE, top + mm(area.height.um()) + 2.0 * CLOSE);
        let inside = |(x, y): Xy| x >= left && x <= right && y >= top && y <= bottom;
        let near: Vec<bool> = self.checks.iter().filter(|(at, _)| inside(*at)).map(|(_, right)| *right).collect();
        let right = near.iter().filter(|right| **right).count();
        (!near.is_empty()).then(|| thousandths(right as f64 / near.len() as f64))
    }

    /// Whether something of the page was found close to a place of it (millimetres from its top left corner), where it should be. Elsewhere
    /// nothing tells how far the side is from where it is drawn: paper and feeders bend it by a millimetre and more.
    #[must_use]
    pub fn is_known(&self, x: f32, y: f32) -> bool {
        const CLOSE: f64 = 10.0;
        let (x, y) = (f64::from(x), f64::from(y));
        let close = |found: &&Xy| (found.0 - x).hypot(found.1 - y) < CLOSE;
        self.found.iter().filter(close).count() >= 2
    }

    /// Where a place of the page (millimetres from its top left corner) is on the side, in pixels.
    #[must_use]
    pub fn on_side(&self, x: f32, y: f32) -> Point {
        let (x, y) = self.map.apply((f64::from(x), f64::from(y)));
        Point { x: x as f32, y: y as f32 }
    }

    /// Pixels of a millimetre of the side: what could be seen at all.
    #[must_use]
    pub fn resolution(&self) -> f32 {
        self.map.plane.scale_at((105.0, 148.5)) as f32
    }
}

/// Lays a side onto a page. It may lie in any turn; its codes, if any could be read, are the first guess.
#[must_use]
pub fn register(side: &Raster, codes: &[CodeSeen], original: &Original) -> Registered {
    let views = Views::of(side);
    let laid = original.levels().and_then(|levels| lay(&views, by_codes(codes), levels));
    laid.unwrap_or_else(|| Registered {
        aligned: original.raster.blank(),
        registration: Registration { median_um: u32::MAX, p95_um: u32::MAX, agreement: 0, good: false },
        map: Map { plane: Homography::IDENTITY, field: Field::flat() },
        checks: Vec::new(),
        found: Vec::new(),
    })
}

/// A side that is compared with many pages, because nothing tells which one it is.
pub struct Glance<'a> {
    views: Views<'a>,
    starts: Vec<Start>,
}

impl<'a> Glance<'a> {
    /// Takes a look at a side.
    #[must_use]
    pub fn of(side: &'a Raster) -> Self {
        Self { views: Views::of(side), starts: by_frame(side) }
    }

    /// How much of a page is on the side, in thousandths: near to 1000 for the page itself and for one that reads the same.
    #[must_use]
    pub fn likeness(&self, original: &Original) -> u16 {
        let Some(levels) = original.levels() else { return 0 };
        let guess = best_guess(&self.views, &self.starts, levels);
        guess.map_or(0, |guess| thousandths(guess.agreement))
    }
}

fn lay(views: &Views<'_>, start: Option<Start>, levels: &Levels) -> Option<Registered> {
    let first = start.and_then(|start| guess(views, start, levels));
    let guess = match first {
        Some(guess) if guess.agreement >= LOST => guess,
        other => {
            let second = best_guess(views, &by_frame(views.side), levels);
            [other, second].into_iter().flatten().max_by(|a, b| a.agreement.total_cmp(&b.agreement))?
        }
    };
    let (map, found) = refine(views, guess, levels)?;
    let aligned = views.drawn(PIXELS_PER_MM as f64, (PAGE_WIDTH, PAGE_HEIGHT), |place| map.apply(place))?;
    let (registration, checks) = judge(&aligned, &map, levels)?;
    Some(Registered { aligned, registration, map, checks, found })
}

fn best_guess(views: &Views<'_>, starts: &[Start], levels: &Levels) -> Option<Guess> {
    let mut best: Option<Guess> = None;
    for start in starts {
        let Some(next) = approach(views, *start, levels) else { continue };
        if best.as_ref().is_none_or(|best| next.agreement > best.agreement) {
            best = Some(next);
        }
        if best.as_ref().is_some_and(|best| best.agreement > LOST) {
            break;
        }
    }
    close_up(views, best?.plane, levels)
}

fn guess(views: &Views<'_>, start: Start, levels: &Levels) -> Option<Guess> {
    close_up(views, approach(views, start, levels)?.plane, levels)
}

/// Follows a first guess through the coarsest sizes.
fn approach(views: &Views<'_>, Start { mut plane, doubt }: Start, levels: &Levels) -> Option<Guess> {
    if doubt > 6.0 {
        plane = views.step(&levels.rough, doubt, 6.0, plane)?.plane;
    }
    let first = views.step(&levels.coarse, 4.0, 3.0, plane)?;
    if first.agreement < HOPELESS { Some(first) } else { views.step(&levels.coarse, 1.6, 1.6, first.plane) }
}

fn close_up(views: &Views<'_>, plane: Homography, levels: &Levels) -> Option<Guess> {
    views.step(&levels.middle, 2.0, 2.0 * NEAR, plane)
}

/// Makes the map as good as the finest blocks can tell.
fn refine(views: &Views<'_>, guess: Guess, levels: &Levels) -> Option<(Map, Vec<Xy>)> {
    let mut map = Map { plane: guess.before, field: Field::flat() }.through(&guess.pairs, 1.2);
    let (mut agreement, mut found) = (guess.agreement, 0);
    // A corner that bends away is followed from what was found beside it, as long as more is found.
    for _ in 0..3 {
        if agreement > CLEAR {
            break;
        }
        let Search { pairs, tried } = views.search(&levels.middle, 2.0, |place| map.apply(place))?;
        map = map.through(&pairs, 1.2);
        if pairs.len() * 50 <= found * 51 {
            break;
        }
        found = pairs.len();
        agreement = found as f64 / tried.max(1) as f64;
    }
    let last = views.search(&levels.fine, 0.8, |place| map.apply(place))?;
    let drawn = map.through(&last.pairs, 0.5);
    let is_right = |pair: &&Pair| {
        let (seen, drawn) = (map.apply(pair.to), drawn.apply(pair.from));
        pair.weight.0.min(pair.weight.1) > 0.05
            && (seen.0 - drawn.0).hypot(seen.1 - drawn.1) < 0.3 * map.plane.scale_at(pair.from)
    };
    let found = last.pairs.iter().filter(is_right).map(|pair| pair.from).collect();
    Some((drawn, found))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::paper::{
        original::{Originals, tests::printed},
        warp::warped,
    };

    /// A page of lines of words that look like words, other ones for another seed, in a frame.
    fn page(seed: u64) -> Original {
        let mut state = seed;
        let mut number = move |end: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % end
        };
        let mut content = "60 60 480 700 re S BT /F1 10 Tf 14 TL 70 740 Td\n".to_owned();
        for _ in 0..45 {
            let mut line = String::new();
            for _ in 0..2 + number(9) {
                let letters = (0..2 + number(9)).map(|_| char::from(b'a' + u8::try_from(number(26)).unwrap()));
                line.extend(letters.chain([' ']));
            }
            content.push_str(&format!("({line}) ' \n"));
        }
        content.push_str("ET");
        Originals::open(printed(&[&content])).unwrap().page(1).unwrap()
    }

    /// A scan of a page by a map from pixels of the scan to millimetres of the page, under a light that falls off, with noise.
    fn scan(page: &Original, size: (usize, usize), map: impl Fn(Xy) -> Xy) -> Raster {
        let mut side = warped(&page.raster, size.0, size.1, |at| {
            let (x, y) = map(at);
            (x * 10.0, y * 10.0)
        })
        .unwrap();
        let mut state = 1_u32;
        for (at, pixel) in side.pixels_mut().iter_mut().enumerate() {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let light = 235 - 60 * (at / size.0) / size.1;
            *pixel = (20 + usize::from(*pixel) * (light - 20) / 255 + (state >> 29) as usize) as u8;
        }
        side
    }

    /// The true errors at a grid of places of the page, sorted: a place found on the side, back on the page.
    fn errors(registered: &Registered, map: impl Fn(Xy) -> Xy) -> Vec<f64> {
        let grid = (0..13).flat_map(|y| (0..6).map(move |x| (25.0 + 20.0 * f64::from(x), 35.0 + 19.0 * f64::from(y))));
        let error = |(x, y): Xy| {
            let seen = registered.on_side(x as f32, y as f32);
            let back = map((f64::from(seen.x), f64::from(seen.y)));
            (back.0 - x).hypot(back.1 - y)
        };
        let mut errors: Vec<f64> = grid.map(error).collect();
        errors.sort_by(f64::total_cmp);
        errors
    }

    fn lies_well(name: &str, size: (usize, usize), map: impl Fn(Xy) -> Xy) {
        let page = page(1);
        let registered = register(&scan(&page, size, &map), &[], &page);
        let (errors, said) = (errors(&registered, &map), registered.registration);
        let (p95, worst) = (errors[errors.len() * 95 / 100], errors[errors.len() - 1]);
        assert!(worst < 0.25, "{name}: {worst} mm, said {said:?}");
        assert!(said.good && said.agreement > 900, "{name}: {said:?}");
        let said_p95 = f64::from(said.p95_um) / 1000.0;
        assert!((said_p95 - p95).abs() < 0.08, "{name}: {p95} mm, said {said:?}");
    }

    #[test]
    fn a_side_lies_well_however_it_was_scanned() {
        let turned = |degrees: f64, scale: f64, shift: Xy| {
            let (sin, cos) = degrees.to_radians().sin_cos();
            move |(x, y): Xy| {
                let (x, y) = (x * scale - 105.0, y * scale - 148.5);
                (105.0 + shift.0 + x * cos - y * sin, 148.5 + shift.1 + x * sin + y * cos)
            }
        };
        lies_well("200 dpi", (1654, 2339), turned(0.4, 25.4 / 200.0, (1.0, -2.0)));
        lies_well("150 dpi, 3 degrees askew", (1240, 1754), turned(3.0, 25.4 / 150.0, (0.0, 0.0)));
        lies_well("shrunk to 94 %", (1654, 2339), turned(-1.0, 25.4 / 200.0 / 0.94, (0.0, 3.0)));
        let upside_down = turned(180.7, 25.4 / 200.0, (0.0, 0.0));
        lies_well("upside down", (1654, 2339), upside_down);
    }

    #[test]
    fn a_side_lies_well_when_it_lies_on_its_side() {
        let map = |(x, y): Xy| (y * 0.127 + 0.003 * x, 297.0 - x * 0.127 + 0.002 * y);
        lies_well("a quarter turn", (2339, 1654), map);
    }

    #[test]
    fn a_photograph_and_an_uneven_feed_lie_well() {
        let leaning = |(x, y): Xy| {
            let w = 1.0 + 2.5e-5 * x - 1.5e-5 * y;
            ((x * 0.129 - 2.0) / w, (y * 0.1265 - 1.0) / w)
        };
        lies_well("a photograph", (1654, 2339), leaning);
        let waving = |(x, y): Xy| {
            let (x, y) = (x * 0.127, y * 0.127);
            (x + 0.15 * (y / 17.0).sin(), y + 0.3 * (y / 14.0).cos())
        };
        lies_well("an uneven feed", (1654, 2339), waving);
    }

    #[test]
    fn another_page_does_not_lie_well() {
        let (this, other) = (page(1), page(2));
        let side = scan(&this, (1654, 2339), |(x, y)| (x * 0.127, y * 0.127));
        let wrong = register(&side, &[], &other).registration;
        assert!(!wrong.good && wrong.agreement < 400, "{wrong:?}");
        let glance = Glance::of(&side);
        let (right, wrong) = (glance.likeness(&this), glance.likeness(&other));
        assert!(right > 900 && wrong < 400, "{right} {wrong}");
    }

    #[test]
    fn what_shows_too_little_is_not_good() {
        let page = page(1);
        let coarse = scan(&page, (630, 891), |(x, y)| (x / 3.0, y / 3.0));
        let said = register(&coarse, &[], &page).registration;
        assert!(!said.good && said.agreement > 700, "{said:?}");
        for side in [Raster::white(1654, 2339), Raster::white(1, 1), Raster::white(3, 5000)] {
            assert!(!register(&side.unwrap(), &[], &page).registration.good);
        }
    }

    #[test]
    fn what_is_covered_is_known() {
        let page = page(1);
        let mut side = scan(&page, (1654, 2339), |(x, y)| (x * 0.127, y * 0.127));
        side.pixels_mut().chunks_mut(1654).skip(1000).take(400).for_each(|row| row[..900].fill(180));
        let registered = register(&side, &[], &page);
        let area = |x: i64, y: i64| {
            use crate::geometry::Length;
            let mm = Length::from_mm;
            Rect { x: mm(x), y: mm(y), width: mm(40), height: mm(20) }
        };
        assert!(registered.agreement_in(area(40, 145)).unwrap() < 300);
        assert!(registered.agreement_in(area(40, 60)).unwrap() > 900);
        assert!(registered.agreement_in(area(0, 0)).is_none());
        assert!(registered.is_known(60.0, 70.0));
        assert!(!registered.is_known(60.0, 150.0), "covered");
        assert!(!registered.is_known(10.0, 10.0), "nothing is printed there");
    }
}
