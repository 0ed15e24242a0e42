//! The scan laboratory itself: what it calls true is true.

use std::path::Path;

use paraphe::evidence::paper::{Marks, Raster};

use crate::laboratoire::{Chance, Face, Handling, Job, Kind, Mishap, Original, Pile, Printer, Scan, profile};

fn original(contract: &str, version: u16, exemplaire: u8) -> Original {
    let archive = "tests/fixtures/retours/campagne/archive";
    let file = format!("{archive}/{contract}/v{version}/content/{contract}-v{version}-ex{exemplaire}.pdf");
    Original::open(&Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap()
}

/// A job that needs no program beside this one, with a sheet that is quick to scan.
fn job(name: &str) -> Job {
    Job { printer: Printer::Hayro, density: 200.0 / 25.4, ..Job::new(profile(name).unwrap()) }
}

fn scan(job: &Job, seed: u64) -> Scan {
    job.run(&original("960000024-2024", 2, 1), 1, &Chance::new(seed)).unwrap().unwrap()
}

/// The grey at a point of the page, in millimetres, by the grid of the truth.
fn seen(scan: &Scan, x: f64, y: f64) -> u8 {
    let [px, py] = scan.truth.place(x, y);
    let at = (py as usize * scan.picture.width + px as usize) * scan.picture.channels;
    scan.picture.data[at]
}

#[test]
fn the_same_seed_gives_the_same_scan_and_another_gives_another() {
    let job = job("g150");
    let (first, again, other) = (scan(&job, 1), scan(&job, 1), scan(&job, 2));
    assert_eq!((&first.picture, &first.truth), (&again.picture, &again.truth));
    assert!(first.picture != other.picture);
}

#[test]
fn a_point_of_the_page_is_where_the_truth_says() {
    for (name, quarters) in [("g200", 0), ("phone", 1), ("poor150", 2), ("c200", 3)] {
        let scan = scan(&Job { quarters, ..job(name) }, 5);
        for code in &original("960000024-2024", 2, 1).map.pages[0].codes {
            let (x, y) = (code.area.x.um() as f64 / 1000.0, code.area.y.um() as f64 / 1000.0);
            // The ring of a code's first finder pattern: a dark module, a light one, three dark ones.
            let module = |number: f64| seen(&scan, x + 0.6 * (number + 0.5), y + 0.6 * 3.5);
            let (ring, gap, heart) = (module(0.0), module(1.0), module(3.0));
            assert!(ring.max(heart) < 120 && gap > ring.max(heart) + 40, "{name}: {ring} {gap} {heart}");
        }
    }
}

#[test]
fn an_altered_page_differs_where_the_truth_says_and_nowhere_else() {
    let honest = Job { handling: Handling::None, ..job("g200") };
    for kind in [Kind::Digit, Kind::Word, Kind::Whitened, Kind::Struck] {
        let altered = Job { alteration: Some(kind), ..honest };
        let Some(after) = altered.run(&original("960000024-2024", 2, 1), 2, &Chance::new(3)).unwrap() else { continue };
        let before = honest.run(&original("960000024-2024", 2, 1), 2, &Chance::new(3)).unwrap().unwrap();
        let area = after.truth.alterations[0].area;
        let differing = |x: f64, y: f64| seen(&before, x, y).abs_diff(seen(&after, x, y)) > 60;
        let inside = |x: f64, y: f64, room: f64| {
            let (left, top) = (area.x as f64 / 1000.0, area.y as f64 / 1000.0);
            let (right, bottom) = (left + area.width as f64 / 1000.0, top + area.height as f64 / 1000.0);
            (left - room..right + room).contains(&x) && (top - room..bottom + room).contains(&y)
        };
        let points = || (25..1025).flat_map(|x| (25..1450).map(move |y| (f64::from(x) / 5.0, f64::from(y) / 5.0)));
        assert!(points().any(|(x, y)| inside(x, y, 0.0) && differing(x, y)), "{kind:?} at {area:?}");
        let outside = points().find(|(x, y)| !inside(*x, *y, 8.0) && differing(*x, *y));
        assert_eq!(outside, None, "{kind:?} at {area:?}");
    }
}

#[test]
fn a_pile_knows_its_sets() {
    let originals =
        [original("960000024-2024", 2, 1), original("960011807-2024", 1, 2), original("960000024-2024", 1, 1)];
    let mishaps = [Mishap::Missing, Mishap::Backs, Mishap::Letter, Mishap::Swapped];
    let pile = Pile::of(&originals, &[(0, 2)], &mishaps, &mut Chance::new(4));
    let pages: usize = originals[..2].iter().map(Original::pages).sum();
    assert_eq!(pile.slots.len(), (pages - 1 + 1) * 2);
    assert_eq!(pile.sets.iter().map(|set| set.missing.len()).sum::<usize>(), 1);
    assert!(pile.sets.iter().all(|set| set.doubled.is_empty() && set.strangers.is_empty()));
}

/// The scans of so many sides of a kind of which the reader says something else than that they are right, by profile and seed.
fn misread(face: Face, is_right: impl Fn(&Marks) -> bool) -> Vec<String> {
    let originals = [original("960000024-2024", 2, 1)];
    let mut wrong = Vec::new();
    for (name, seed) in ["g150", "b200", "copy200", "phone"].into_iter().flat_map(|name| [(name, 1), (name, 3)]) {
        let picture = job(name).side(&originals, face, &Chance::new(seed)).unwrap().picture.grey();
        let raster = Raster::new(picture.width, picture.height, picture.data).unwrap();
        if !Marks::of(&raster).is_some_and(|marks| is_right(&marks)) {
            wrong.push(format!("{name} {seed}"));
        }
    }
    wrong
}

fn is_for_a_person(marks: &Marks) -> bool {
    !marks.is_blank() && !marks.is_separator()
}

#[test]
fn an_empty_back_is_blank_whatever_an_office_and_a_scanner_left_on_it() {
    assert!(misread(Face::Blank, Marks::is_blank).is_empty());
    assert_eq!(misread(Face::Worn, Marks::is_blank), [""; 0]);
}

#[test]
fn a_few_words_by_hand_on_an_empty_back_or_on_a_separator_are_for_a_person() {
    assert_eq!(misread(Face::Remark, is_for_a_person), [""; 0]);
    assert_eq!(misread(Face::SeparatorNoted, is_for_a_person), [""; 0]);
}

#[test]
fn a_separator_is_told_from_a_letter() {
    assert_eq!(misread(Face::Separator, Marks::is_separator), [""; 0]);
    assert_eq!(misread(Face::Letter, is_for_a_person), [""; 0]);
}
