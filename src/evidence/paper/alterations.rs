//! What is not as it was printed: letters that are others, that are gone, that something covers, and ink that was not printed.
//!
//! Not compared, and nothing is said of it: see [`left_out`].

use super::{
    excess::excess,
    expected::{Expected, Word, around, overlap},
    facts::Difference,
    foreign::{Found, foreign},
    measure::measure,
    original::Original,
    part::{Part, merged},
    raster::Raster,
    registration::Registered,
    suspect::{Reading, Suspicion, suspicions},
};
use crate::{
    geometry::{Length, Rect},
    stamp::PageArea,
};

/// What is compared of a page, from top to bottom, in millimetres: above and below stand the running title and the page number.
pub const COMPARED_MM: [i64; 2] = [24, 268];

/// White around a code, in millimetres: ink there is the code's affair.
const QUIET_MM: i64 = 3;

/// A page whose letters are less like the print than this in the middle is not compared: it does not lie on it.
const LIES: f32 = 0.55;

/// The parts of a page that are not compared letter by letter: what is above and below [`COMPARED_MM`], the codes with the white around
/// them, the initials zone, and the signature boxes (their ink is measured by itself).
#[must_use]
pub fn left_out(area: &PageArea) -> Vec<Rect> {
    let wide = |rect: Rect, mm: i64| {
        let room = Length::from_mm(mm).um();
        let more = |length: Length, by: i64| Length::from_um(length.um() + by);
        Rect {
            x: more(rect.x, -room),
            y: more(rect.y, -room),
            width: more(rect.width, 2 * room),
            height: more(rect.height, 2 * room),
        }
    };
    let [top, bottom] = COMPARED_MM.map(Length::from_mm);
    let (width, height) = (crate::geometry::A4_WIDTH, crate::geometry::A4_HEIGHT);
    let zero = Length::from_mm(0);
    let head = Rect { x: zero, y: zero, width, height: top };
    let foot = Rect { x: zero, y: bottom, width, height: Length::from_um(height.um() - bottom.um()) };
    let codes = area.codes.iter().map(|code| wide(code.area, QUIET_MM));
    let boxes = area.boxes.iter().map(|one| wide(one.area, 1));
    [head, foot, wide(area.initials, 1)].into_iter().chain(codes).chain(boxes).collect()
}

/// Left, top, right and bottom in pixels.
fn sides(rect: Rect) -> [f32; 4] {
    let px = |um: i64| um as f32 / 100.0;
    let (x, y) = (rect.x.um(), rect.y.um());
    [px(x), px(y), px(x + rect.width.um()), px(y + rect.height.um())]
}

/// How a side that was laid onto its page differs from it, from the top. Of a side that does not lie well nothing is said.
#[must_use]
pub fn differences(registered: &Registered, original: &Original, area: &PageArea) -> Vec<Difference> {
    if !registered.registration.good {
        return Vec::new();
    }
    let is_known = |[left, top, right, bottom]: [f32; 4]| {
        let mm = |a: f32, b: f32| (a + b) / 20.0;
        registered.is_known(mm(left, right), mm(top, bottom))
    };
    compared(&registered.aligned, &original.expected(), area, is_known)
}

/// `is_known` says of a part of the page whether the scan lies where it is taken to lie there.
fn compared(
    scan: &Raster,
    page: &Expected<'_>,
    area: &PageArea,
    is_known: impl Fn([f32; 4]) -> bool,
) -> Vec<Difference> {
    let out: Vec<[f32; 4]> = left_out(area).into_iter().map(sides).collect();
    let body = |word: &Word| !page.is_leader(word) && !out.iter().any(|part| overlap(*part, word.bounds));
    let Some(measured) = measure(scan, page, body).filter(|measured| measured.like >= LIES) else {
        return if page.words.iter().any(body) { vec![Part::all(page).difference(page)] } else { Vec::new() };
    };
    let excess = excess(page, &measured);
    let suspicions = suspicions(page, &measured, &excess);
    // Ink above and below is ink; only what others look at is left out.
    let others = out.get(2..).unwrap_or_default();
    let ignored = [others, &measured.displaced(page)].concat();
    let found = foreign(scan, page, (measured.passes, measured.depth), &ignored, body);
    let noise = found.is_none().then(|| Part::all(page));
    let found = found.unwrap_or_default();
    let mut parts = letters_parts(page, suspicions, &found);
    parts.extend(found.things.iter().map(Part::of_thing));
    parts.iter_mut().filter(|part| part.is_of_letters() && !is_known(part.bounds)).for_each(Part::blur);
    parts.extend(measured.unseen.iter().filter_map(|word| Part::unclear(*word, page)));
    let mut parts = merged(parts);
    parts.extend(noise);
    let mut differences: Vec<Difference> = parts.into_iter().map(|part| part.difference(page)).collect();
    differences.sort_by_key(|one| (one.area.y, one.area.x));
    differences
}

fn letters_parts(page: &Expected<'_>, suspicions: Vec<Suspicion>, found: &Found) -> Vec<Part> {
    let part = |suspicion: Suspicion| {
        let letters = suspicion.letters.iter().filter_map(|(letter, _)| page.letters.get(*letter));
        let bounds = letters.map(|letter| letter.bounds).reduce(around)?;
        let read = suspicion.letters.iter().all(|(_, reading)| matches!(reading, Reading::Digit(_)));
        let streaked = found.streaks.iter().any(|streak| streak.crosses(bounds, 4.0));
        if streaked && !read {
            return None;
        }
        let seen = seen(page, &suspicion);
        Some(Part { kind: suspicion.kind, bounds, words: vec![suspicion.word], seen, strength: suspicion.strength })
    };
    suspicions.into_iter().filter_map(part).collect()
}

/// What a word reads now, when all that changed in it can be read.
fn seen(page: &Expected<'_>, suspicion: &Suspicion) -> Option<String> {
    let word = page.words.get(suspicion.word)?;
    let mut text = String::new();
    for (number, letter) in word.letters.clone().zip(page.letters_of(word)) {
        if letter.spaced {
            text.push('\u{a0}');
        }
        match suspicion.letters.iter().find(|(other, _)| *other == number) {
            None => text.push(letter.text),
            Some((_, Reading::Digit(digit))) => text.push(char::from_digit(u32::try_from(*digit).ok()?, 10)?),
            Some((_, Reading::Nothing)) => {}
            Some((_, Reading::Unknown)) => return None,
        }
    }
    (!text.trim().is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::{
        super::{facts::DifferenceKind, letters::tests::page, likeness::blurred, original::Originals},
        *,
    };

    /// A line of a table, twenty times, the tenth of them as told.
    fn table(tenth: &str) -> Vec<u8> {
        let row = |at: usize| {
            let text = if at == 10 { tenth } else { "Cible 2023 : 94,5 sur 1 280 sejours" };
            format!("BT /F1 10 Tf 72 {} Td ({text}) Tj ET ", 740 - 20 * at)
        };
        page(&(0..20).map(row).collect::<String>())
    }

    const PRINTED: &str = "Cible 2023 : 94,5 sur 1 280 sejours";

    /// What differs when the tenth line was printed and another is seen, on a scan that is a little blurred and a little noisy.
    fn seen(printed: &str, tenth: &str, spoil: impl Fn(&mut Raster)) -> Vec<Difference> {
        seen_where(printed, tenth, spoil, |_| true)
    }

    /// The same, where it is known where the scan lies.
    fn seen_where(
        printed: &str,
        tenth: &str,
        spoil: impl Fn(&mut Raster),
        is_known: impl Fn([f32; 4]) -> bool,
    ) -> Vec<Difference> {
        let original = Originals::open(table(printed)).unwrap().page(1).unwrap();
        let mut scan = blurred(&Originals::open(table(tenth)).unwrap().page(1).unwrap().raster, 2);
        let mut noise = 1_u32;
        for grey in scan.pixels_mut() {
            noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            *grey = (30 + u16::from(*grey) * 200 / 255 + (noise >> 28) as u16) as u8;
        }
        spoil(&mut scan);
        let none = Rect {
            x: Length::from_mm(0),
            y: Length::from_mm(0),
            width: Length::from_mm(0),
            height: Length::from_mm(0),
        };
        let area = PageArea { number: 1, codes: vec![], initials: none, boxes: vec![], tables: vec![], blocks: vec![] };
        compared(&scan, &original.expected(), &area, is_known)
    }

    fn only(differences: &[Difference]) -> (DifferenceKind, &str, Option<&str>) {
        let [one] = differences else { panic!("{differences:?}") };
        (one.kind, one.printed.as_str(), one.seen.as_deref())
    }

    fn line(scan: &mut Raster, from: [usize; 2], to: [usize; 2], grey: u8) {
        let width = scan.width();
        for y in from[1]..to[1] {
            scan.pixels_mut()[y * width + from[0]..y * width + to[0]].fill(grey);
        }
    }

    #[test]
    fn a_page_that_was_not_altered_does_not_differ() {
        assert_eq!(seen(PRINTED, PRINTED, |_| {}), []);
    }

    #[test]
    fn another_digit_is_found_and_read() {
        let found = seen(PRINTED, "Cible 2023 : 94,8 sur 1 280 sejours", |_| {});
        assert_eq!(only(&found), (DifferenceKind::Altered, "94,5", Some("94,8")));
        let found = seen(PRINTED, "Cible 2028 : 94,5 sur 1 280 sejours", |_| {});
        assert_eq!(only(&found), (DifferenceKind::Altered, "2023", Some("2028")));
    }

    #[test]
    fn a_comma_and_a_word_that_are_gone_are_missing() {
        // The digit after the comma stays where it was.
        let found = seen(PRINTED, "Cible 2023 : 94) Tj 2.78 0 Td ( 5 sur 1 280 sejours", |_| {});
        assert!(!found.is_empty());
        let found = seen(PRINTED, PRINTED, |scan| line(scan, [240, 820], [350, 880], 231));
        assert!(
            found.iter().any(|one| one.kind == DifferenceKind::Missing && one.printed.contains("Cible")),
            "{found:?}"
        );
    }

    #[test]
    fn a_digit_that_was_added_looks_printed() {
        let found = seen(PRINTED, "Cible 2023 : 94,5 sur 1 280 sejours 7", |_| {});
        assert_eq!(only(&found).0, DifferenceKind::Added);
    }

    #[test]
    fn a_pen_across_a_number_covers_it_and_elsewhere_is_ink() {
        // The tenth line stands on 105.8 mm from the top; its digits are 2.5 mm high.
        let over = |scan: &mut Raster| {
            (0..8)
                .for_each(|step| line(scan, [300 + 20 * step, 850 - 5 * step], [324 + 20 * step, 856 - 5 * step], 60));
        };
        let found = seen(PRINTED, PRINTED, over);
        assert!(found.iter().any(|one| one.kind != DifferenceKind::Ink && one.printed.contains("2023")), "{found:?}");
        let aside = |scan: &mut Raster| {
            (0..20).for_each(|step| {
                line(scan, [1400 + 6 * step, 1500 + 5 * step], [1412 + 6 * step, 1508 + 5 * step], 60);
            });
            (0..20).for_each(|step| {
                line(scan, [1500 - 6 * step, 1500 + 5 * step], [1512 - 6 * step, 1508 + 5 * step], 60);
            });
        };
        assert_eq!(only(&seen(PRINTED, PRINTED, aside)).0, DifferenceKind::Ink);
    }

    /// A thin line of a pen from one place to another.
    fn pen(scan: &mut Raster, [x, y]: [f32; 2], [to_x, to_y]: [f32; 2]) {
        for step in 0..=100 {
            let share = step as f32 / 100.0;
            let (x, y) = ((x + (to_x - x) * share) as usize, (y + (to_y - y) * share) as usize);
            line(scan, [x, y], [x + 3, y + 3], 60);
        }
    }

    // The seventh line stands on 85.3 mm; its digits are 2.5 mm high, and 2023 reaches from 34.4 to 42.2 mm.

    #[test]
    fn a_thin_pen_line_through_a_figure_covers_it() {
        let found = seen(PRINTED, PRINTED, |scan| pen(scan, [338.0, 842.0], [428.0, 838.0]));
        assert_eq!(only(&found), (DifferenceKind::Covered, "2023", None));
    }

    #[test]
    fn a_pen_line_through_the_figures_of_many_lines_covers_them_all() {
        let strike = |scan: &mut Raster| {
            (1..19).for_each(|row| {
                let y = 347.0 + 70.56 * row as f32;
                pen(scan, [338.0, y], [428.0, y - 3.0]);
            });
        };
        let found = seen(PRINTED, PRINTED, strike);
        assert_eq!(found.iter().filter(|one| one.printed.contains("2023")).count(), found.len(), "{found:?}");
        assert!(!found.is_empty() && found.iter().all(|one| one.kind == DifferenceKind::Covered), "{found:?}");
        let words: usize = found.iter().map(|one| one.printed.split(' ').count()).sum();
        assert!(words >= 17, "{found:?}");
    }

    #[test]
    fn a_stroke_that_makes_another_digit_of_one_is_found() {
        // The left of the last 3 of 2023 is closed: an 8.
        let found = seen(PRINTED, PRINTED, |scan| pen(scan, [405.0, 832.0], [405.0, 850.0]));
        let [one] = &found[..] else { panic!("{found:?}") };
        assert!(one.kind != DifferenceKind::Ink && one.printed == "2023", "{one:?}");
    }

    #[test]
    fn a_digit_that_is_written_beside_a_figure_is_no_remark() {
        // A 7 after « 94,5 », on the tenth line.
        let found = seen("Cible : 94,5", "Cible : 94,5", |scan| {
            pen(scan, [453.0, 1042.0], [467.0, 1044.0]);
            pen(scan, [467.0, 1044.0], [457.0, 1064.0]);
        });
        let [one] = &found[..] else { panic!("{found:?}") };
        assert!(one.kind == DifferenceKind::Covered && one.printed.contains("94,5"), "{one:?}");
    }

    #[test]
    fn a_pen_line_through_a_line_of_text_is_no_streak() {
        let found = seen(PRINTED, PRINTED, |scan| pen(scan, [250.0, 842.0], [900.0, 842.0]));
        assert!(
            found.iter().any(|one| one.kind == DifferenceKind::Covered && one.printed.contains("2023")),
            "{found:?}"
        );
    }

    #[test]
    fn a_page_that_looks_like_another_is_said_not_to_be_compared() {
        let found = seen(PRINTED, PRINTED, |scan| {
            let all = scan.pixels().len();
            let mut noise = 7_u32;
            for grey in scan.pixels_mut().iter_mut().take(all) {
                noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                *grey = (noise >> 24) as u8;
            }
        });
        assert_eq!(only(&found).0, DifferenceKind::Unclear);
    }

    #[test]
    fn a_full_stop_after_a_figure_is_no_part_of_it() {
        let found = seen("voir l'article 16.", "voir l'article 16", |_| {});
        assert_eq!(found, []);
    }

    /// Toner wears in bands: of each line, a part keeps one `part` of its ink; on the tenth, another part has lost all of it.
    fn wear(scan: &mut Raster, part: u8, band: [usize; 2], gone: [usize; 2]) {
        let width = scan.width();
        for row in 0..20 {
            for y in 320 + 70 * row..370 + 70 * row {
                let worn = &mut scan.pixels_mut()[y * width + band[0]..y * width + band[1]];
                worn.iter_mut()
                    .for_each(|grey| *grey = 231 - (231_u8.saturating_sub(*grey)) / part - u8::from(row % 2 == 0));
            }
        }
        line(scan, [gone[0], 1030], [gone[1], 1075], 231);
    }

    #[test]
    fn what_a_worn_page_loses_is_unclear_and_not_missing() {
        let found = seen(PRINTED, PRINTED, |scan| wear(scan, 3, [540, 640], [540, 640]));
        assert!(found.iter().any(|one| one.printed.contains("1")), "{found:?}");
        assert!(found.iter().all(|one| one.kind == DifferenceKind::Unclear), "{found:?}");
    }

    #[test]
    fn neighbours_that_a_word_lost_on_a_worn_page_are_unclear_and_a_single_letter_is_no_difference() {
        let found = seen(PRINTED, PRINTED, |scan| wear(scan, 2, [760, 830], [760, 800]));
        assert_eq!(only(&found).0, DifferenceKind::Unclear);
        let found = seen(PRINTED, PRINTED, |scan| wear(scan, 2, [760, 830], [770, 790]));
        assert_eq!(found, []);
    }

    #[test]
    fn where_the_scan_may_lie_elsewhere_nothing_is_said_to_be_altered() {
        let other = "Cible 2028 : 94,5 sur 1 280 sejours";
        assert_eq!(only(&seen_where(PRINTED, other, |_| {}, |_| false)).0, DifferenceKind::Unclear);
    }

    #[test]
    fn a_streak_down_the_page_is_no_difference() {
        assert_eq!(seen(PRINTED, PRINTED, |scan| line(scan, [900, 0], [902, 2970], 90)), []);
    }

    #[test]
    fn a_line_that_was_set_anew_is_one_difference() {
        let found = seen(PRINTED, "Valeur nulle : aucune mesure de la caisse", |_| {});
        assert!((1..=3).contains(&found.len()), "{found:?}");
    }
}
