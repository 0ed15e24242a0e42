//! What people do to a page before they send it back, and what of it is true.

use super::{
    letters::Letter,
    paper, pen,
    pen::Pen,
    picture::Mask,
    plane::{At, at},
    print::Original,
    rng::Chance,
    sheet::Sheet,
    stamps::Stamp,
    truth::{Area, Mark, SideTruth},
};

/// How much a sheet went through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Handling {
    /// Nothing: as it came out of the printer.
    None,
    /// Signed where there are boxes, and initialled.
    Signed,
    /// Also stapled, folded, stained, annotated in the margin, stamped on arrival: nothing of it over letters or codes.
    Office,
    /// Also written and stamped across letters and codes.
    Careless,
}

/// A sheet in somebody's hands.
pub struct Hands<'a> {
    pub sheet: &'a mut Sheet,
    pub original: &'a Original,
    pub page: usize,
    pub truth: &'a mut SideTruth,
    pub chance: Chance,
}

/// Left, top, right and bottom of a rectangle of the map, in millimetres.
pub fn sides(area: paraphe::geometry::Rect) -> [f64; 4] {
    let mm = |length: paraphe::geometry::Length| length.um() as f64 / 1000.0;
    [mm(area.x), mm(area.y), mm(area.x) + mm(area.width), mm(area.y) + mm(area.height)]
}

fn overlap(a: [f64; 4], b: [f64; 4]) -> bool {
    a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3]
}

impl Hands<'_> {
    /// Does everything that this handling does.
    pub fn handle(&mut self, handling: Handling) {
        if handling == Handling::None {
            return;
        }
        self.initial();
        self.sign();
        if handling == Handling::Signed {
            return;
        }
        self.annotate();
        self.wear();
        if handling == Handling::Careless {
            self.scribble();
        }
    }

    /// Signs these boxes, and does nothing else.
    pub fn sign_in(&mut self, signed: [bool; 3]) {
        let boxes: Vec<[f64; 4]> = self.map().boxes.iter().map(|one| sides(one.area)).collect();
        for (index, frame) in boxes.iter().enumerate().filter(|(index, _)| signed[*index]) {
            let masks = self.signature_in(*frame);
            self.truth.boxes[index].ink = true;
            self.note("signature", &masks);
        }
    }

    fn map(&self) -> &paraphe::stamp::PageArea {
        &self.original.map.pages[self.page - 1]
    }

    fn letters(&self) -> &[Letter] {
        &self.original.letters[self.page - 1]
    }

    /// Takes down a mark, in the rectangle that it covers and whether it lies over letters or codes.
    fn note(&mut self, kind: &str, masks: &[Mask]) {
        // A line without points covers nothing, and is nowhere.
        let masks: Vec<&Mask> = masks.iter().filter(|mask| mask.alpha.iter().any(|alpha| *alpha > 0.0)).collect();
        if masks.is_empty() {
            return;
        }
        let scale = self.sheet.scale();
        let corner = self.sheet.pixel(at(0.0, 0.0));
        let mm = |x: i64, y: i64| at((x as f64 - corner.x) / scale, (y as f64 - corner.y) / scale);
        let mut area = [f64::MAX, f64::MAX, f64::MIN, f64::MIN];
        for mask in &masks {
            let first = mm(mask.left, mask.top);
            let last = mm(mask.left + mask.width as i64, mask.top + mask.height as i64);
            area = [area[0].min(first.x), area[1].min(first.y), area[2].max(last.x), area[3].max(last.y)];
        }
        let printed = self.letters().iter().filter(|letter| !letter.text.is_whitespace()).map(Letter::bounds);
        let codes = self.map().codes.iter().map(|code| sides(code.area));
        let below: Vec<[f64; 4]> = printed.chain(codes).filter(|printed| overlap(*printed, area)).collect();
        let over = below.iter().any(|printed| self.covered(&masks, *printed) > 0.01);
        self.truth.marks.push(Mark { kind: kind.to_owned(), area: Area::of(area), over });
    }

    /// How many square millimetres of a rectangle of the page masks cover.
    fn covered(&self, masks: &[&Mask], [left, top, right, bottom]: [f64; 4]) -> f64 {
        let (first, last) = (self.sheet.pixel(at(left, top)), self.sheet.pixel(at(right, bottom)));
        let inside = |mask: &Mask| {
            let range = |low: f64, high: f64, from: i64, size: usize| {
                let place = |value: f64| (value.round() as i64 - from).clamp(0, size as i64) as usize;
                place(low)..place(high)
            };
            let columns = range(first.x, last.x, mask.left, mask.width);
            let rows = range(first.y, last.y, mask.top, mask.height);
            rows.map(|y| mask.alpha[y * mask.width..][columns.clone()].iter().sum::<f32>()).sum::<f32>()
        };
        masks.iter().map(|mask| f64::from(inside(mask))).sum::<f64>() / self.sheet.scale().powi(2)
    }

    /// Initials: in their zone, mostly.
    fn initial(&mut self) {
        let [left, top, right, bottom] = sides(self.map().initials);
        let people = 1 + self.chance.below(3);
        for person in 0..people {
            let share = (person as f64 + 0.5) / people as f64;
            let mut middle = at(left + (right - left) * share, (top + bottom) / 2.0 + self.chance.normal() * 2.0);
            if self.chance.happens(0.06) {
                middle = at(self.chance.between(80.0, 130.0), self.chance.between(272.0, 290.0));
            }
            let pen = Pen::any(&mut self.chance);
            let height = self.chance.between(5.0, 11.0);
            let lines = pen::initials(middle, height, &mut self.chance);
            let masks = pen.draw(self.sheet, &lines, &mut self.chance);
            self.note("initials", &masks);
        }
    }

    /// Signs, stamps or leaves empty each signature box.
    fn sign(&mut self) {
        let boxes: Vec<[f64; 4]> = self.map().boxes.iter().map(|one| sides(one.area)).collect();
        for (index, frame) in boxes.iter().enumerate() {
            let masks = match self.chance.below(10) {
                0..=3 => continue,
                4 => self.small_sign(*frame),
                5 => self.stamp_in(*frame),
                6 => [self.stamp_in(*frame), self.signature_in(*frame)].concat(),
                _ => self.signature_in(*frame),
            };
            self.truth.boxes[index].ink = true;
            for (other, neighbour) in boxes.iter().enumerate().filter(|(other, _)| *other != index) {
                self.truth.boxes[other].spill |= self.covered(&masks.iter().collect::<Vec<_>>(), *neighbour) > 0.02;
            }
            self.note("signature", &masks);
        }
    }

    fn signature_in(&mut self, [left, top, right, bottom]: [f64; 4]) -> Vec<Mask> {
        let chance = &mut self.chance;
        let pen = if chance.happens(0.08) { pen::PENCIL } else { Pen::any(chance) };
        let size = at(chance.between(22.0, 56.0), chance.between(8.0, 22.0));
        let middle =
            at((left + right) / 2.0 + chance.normal() * 5.0, (top + bottom) / 2.0 + 3.0 + chance.normal() * 4.0);
        let lines = pen::signature(middle, size, chance);
        pen.draw(self.sheet, &lines, chance)
    }

    /// Initials, a tick or a day: less than a signature, and ink all the same.
    fn small_sign(&mut self, [left, top, right, bottom]: [f64; 4]) -> Vec<Mask> {
        let chance = &mut self.chance;
        let pen = if chance.happens(0.3) { pen::PENCIL } else { Pen::any(chance) };
        let middle = at(chance.between(left + 12.0, right - 14.0), chance.between(top + 12.0, bottom - 8.0));
        let lines = if chance.happens(0.4) {
            pen::writing(&day(chance), at(left + 8.0, middle.y), chance.between(3.0, 5.0), chance)
        } else {
            pen::initials(middle, chance.between(4.0, 9.0), chance)
        };
        pen.draw(self.sheet, &lines, chance)
    }

    fn stamp_in(&mut self, [left, top, right, bottom]: [f64; 4]) -> Vec<Mask> {
        let chance = &mut self.chance;
        let middle =
            at((left + right) / 2.0 + chance.normal() * 3.0, (top + bottom) / 2.0 + 2.0 + chance.normal() * 2.0);
        Stamp::of_office(middle, chance).set(self.sheet, self.original, chance)
    }

    /// A place of this size where nothing is printed: left, top, right, bottom.
    fn free_place(&mut self, size: At, within: [f64; 4]) -> Option<[f64; 4]> {
        let map = self.map();
        let frames = map.boxes.iter().map(|one| one.area).chain(map.codes.iter().map(|code| code.area));
        let frames = frames.chain([map.initials]).chain(map.tables.iter().map(|table| table.area)).map(sides);
        let taken: Vec<[f64; 4]> = frames.chain(self.letters().iter().map(Letter::bounds)).collect();
        (0..40).find_map(|_| {
            let left = self.chance.between(within[0], (within[2] - size.x).max(within[0] + 0.1));
            let top = self.chance.between(within[1], (within[3] - size.y).max(within[1] + 0.1));
            let place = [left, top, left + size.x, top + size.y];
            let wide = [left - 2.0, top - 2.0, left + size.x + 2.0, top + size.y + 2.0];
            (!taken.iter().any(|one| overlap(*one, wide))).then_some(place)
        })
    }

    /// What an office writes and stamps beside the text.
    fn annotate(&mut self) {
        let signing = !self.map().boxes.is_empty();
        let body = [22.0, 30.0, 190.0, 262.0];
        if signing && self.chance.happens(0.5) {
            self.write_somewhere("approved", "lu et approuvé", 45.0, body);
        }
        if self.chance.happens(if signing { 0.5 } else { 0.02 }) {
            let day = day(&mut self.chance);
            self.write_somewhere("date", &day, 30.0, body);
        }
        if self.chance.happens(if self.page == 1 { 0.4 } else { 0.02 })
            && let Some([left, top, right, bottom]) = self.free_place(at(46.0, 22.0), [10.0, 5.0, 200.0, 290.0])
        {
            let stamp = Stamp::received(at((left + right) / 2.0, (top + bottom) / 2.0), &mut self.chance);
            let masks = stamp.set(self.sheet, self.original, &mut self.chance);
            self.note("received", &masks);
        }
        if self.chance.happens(0.04) {
            let text = ["à revoir", "voir avec la cpam", "bon", "ok"][self.chance.below(4)];
            self.write_somewhere("pencil", text, 30.0, [3.0, 30.0, 207.0, 262.0]);
        }
    }

    fn write_somewhere(&mut self, kind: &str, text: &str, length: f64, within: [f64; 4]) {
        let Some([left, _, _, bottom]) = self.free_place(at(length, 9.0), within) else { return };
        let height = (length / text.chars().count() as f64 * 1.3).min(6.0);
        let pen = if kind == "pencil" { pen::PENCIL } else { Pen::any(&mut self.chance) };
        let lines = pen::writing(text, at(left, bottom - 2.5), height, &mut self.chance);
        let masks = pen.draw(self.sheet, &lines, &mut self.chance);
        self.note(kind, &masks);
    }

    /// Staples, holes, folds, dirt.
    fn wear(&mut self) {
        let chance = &mut self.chance;
        if chance.happens(0.6) {
            let mask = paper::staple(self.sheet, chance);
            self.note("staple", &[mask]);
        }
        if self.chance.happens(0.12) {
            let masks = paper::holes(self.sheet, &mut self.chance);
            masks.iter().for_each(|mask| self.note("hole", std::slice::from_ref(mask)));
        }
        if self.chance.happens(0.12) {
            let masks = paper::folds(self.sheet, &mut self.chance);
            masks.iter().for_each(|mask| self.note("fold", std::slice::from_ref(mask)));
        }
        let amount = self.chance.below(40);
        paper::dirt(self.sheet, amount, &mut self.chance);
    }

    /// What should not have been done: ink across letters and codes.
    fn scribble(&mut self) {
        if self.chance.happens(0.3) {
            let words = super::letters::words(self.letters());
            let word = &words[self.chance.below(words.len())];
            let (y, size) = (word[0].origin.y - 1.2, word[0].size * 0.45);
            let end = at(word[0].origin.x + self.chance.between(15.0, 60.0), y);
            let mask = self.sheet.stroke(&[(at(word[0].origin.x, y), size), (end, size)]);
            self.sheet.picture.ink(&mask, [255, 246, 90], 0.9);
            self.note("highlighter", &[mask]);
        }
        if self.chance.happens(0.3) {
            let mask = paper::coffee(self.sheet, &mut self.chance);
            self.note("coffee", &[mask]);
        }
        if self.chance.happens(0.3) {
            let which = self.chance.below(2);
            let [left, top, ..] = sides(self.map().codes[which].area);
            let middle = at(left + self.chance.between(-6.0, 22.0), top + self.chance.between(-4.0, 20.0));
            let masks = Stamp::received(middle, &mut self.chance).set(self.sheet, self.original, &mut self.chance);
            self.note("received", &masks);
        }
        if self.chance.happens(0.3) {
            let middle = at(self.chance.between(40.0, 170.0), self.chance.between(50.0, 250.0));
            let pen = Pen::any(&mut self.chance);
            let lines = pen::initials(middle, 10.0, &mut self.chance);
            let masks = pen.draw(self.sheet, &lines, &mut self.chance);
            self.note("initials", &masks);
        }
    }
}

/// A day of spring, as one writes it.
fn day(chance: &mut Chance) -> String {
    format!("{:02}/{:02}/2022", 1 + chance.below(28), 4 + chance.below(4))
}
