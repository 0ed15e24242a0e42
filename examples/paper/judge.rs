//! One page: what the reader says of it, and what is true.

use std::{error::Error, fs, path::Path};

use paraphe::{
    evidence::paper::{
        BoxInk, Difference, DifferenceKind, Ink, Originals, Raster, Registered, Registration, Source, box_ink,
        differences, read_codes, register, turn,
    },
    stamp::{BoxArea, PageArea, PageMap},
};

use crate::laboratoire::{Alteration, Area, SideTruth};

/// What is found out about one page.
#[derive(Default)]
pub(crate) struct Record {
    /// `g200-017-digit`.
    pub name: String,
    pub profile: String,
    /// `honest`, `signed`, or how it was altered.
    pub what: String,
    /// How many of its two codes were read.
    pub codes: usize,
    /// Whether a code says another page than was printed, or the turn is not the true one.
    pub wrong: bool,
    /// Distances between where the reader thinks a point of the page is and where it is, in micrometres, sorted.
    pub errors: Vec<f64>,
    /// Of all these, those of places that the reader says it knows, sorted.
    pub known_errors: Vec<f64>,
    /// The same as the first, where nothing is printed within 10 mm.
    pub blank_errors: Vec<f64>,
    pub registration: Option<Registration>,
    /// For each box: whether there is ink in it, whether ink of another reaches into it, what the reader says.
    pub boxes: Vec<(bool, bool, Ink)>,
    /// Boxes whose ink the scanner did not keep: nobody could see it.
    pub lost: usize,
    /// Whether the alteration was found, and whether it was seen as ink only.
    pub found: Option<Found>,
    /// Whether the reader says that printed letters differ where they do not.
    pub flagged: bool,
    /// Whether all of these lie where somebody wrote or stamped.
    pub under_ink: bool,
    /// Whether the reader says that ink lies over letters where nobody wrote (specks, mostly), or that something could not be compared.
    pub covered: bool,
    /// Whether the reader says that something could not be compared, and nothing worse.
    pub unclear: bool,
    /// CPU milliseconds of each stage.
    pub spent: Vec<(&'static str, f64)>,
    /// What was misjudged, in words.
    pub faults: Vec<String>,
}

/// Less ink than this on the scan, off the print, is a speck.
const LOST_MM2: f64 = 0.3;

/// The frame of a box and what is close to it, in pixels of a tenth of a millimetre.
const FRAME: usize = 15;

/// How an alteration was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Found {
    No,
    /// Listed, but only as ink beside the text.
    AsInk,
    Yes,
}

impl Record {
    pub(crate) fn of(scan: &Path, contracts: &Path) -> Result<Self, Box<dyn Error>> {
        let truth: SideTruth = serde_json::from_slice(&fs::read(scan.with_extension("json"))?)?;
        let name = scan.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let mut parts = name.splitn(3, '-').map(str::to_owned);
        let (profile, _, what) = (parts.next().unwrap_or_default(), parts.next(), parts.next().unwrap_or_default());
        let mut record = Self { name, profile, what, ..Self::default() };
        record.read(&fs::read(scan)?, &truth, contracts)?;
        Ok(record)
    }

    fn read(&mut self, bytes: &[u8], truth: &SideTruth, contracts: &Path) -> Result<(), Box<dyn Error>> {
        let mut clock = Clock::new()?;
        let Ok(side) = Source::open(bytes).and_then(|source| source.side(0)) else {
            self.faults.push("it cannot be read".to_owned());
            return Ok(());
        };
        self.spend("pixels", &mut clock)?;
        let codes = read_codes(&side.raster);
        self.spend("codes", &mut clock)?;
        let printed = truth.printed.as_ref().ok_or("the truth of no page")?;
        self.codes = codes.len();
        self.wrong = codes.iter().any(|code| {
            code.tag.contract.to_string() != printed.contract
                || usize::from(code.tag.page) != printed.page
                || code.tag.exemplaire.number() != printed.exemplaire
        });
        self.wrong |= turn(&codes).is_some_and(|turn| u16::from(turn) != truth.turn);
        if codes.len() < 2 || self.wrong {
            self.faults.push(format!("{} codes, wrong: {}", codes.len(), self.wrong));
        }
        let file = format!("{}-v{}-ex{}.pdf", printed.contract, printed.version, printed.exemplaire);
        let folder = contracts.join(&printed.contract);
        let map: PageMap = serde_json::from_slice(&fs::read(folder.join(&file).with_extension("pages.json"))?)?;
        let area = &map.pages[printed.page - 1];
        let originals = Originals::open(fs::read(folder.join(file))?).ok_or("no original")?;
        // The first page makes ready what all pages share.
        drop(originals.page(printed.page));
        self.spend("opening an original of many pages, once", &mut clock)?;
        let original = originals.page(printed.page).ok_or("no such page")?;
        self.spend("original, once for all its scans", &mut clock)?;
        let registered = register(&side.raster, &codes, &original);
        self.spend("registration", &mut clock)?;
        self.judge_registration(&registered, area, truth);
        let boxes = box_ink(&registered, &original, &area.boxes);
        self.spend("boxes", &mut clock)?;
        self.judge_boxes(&boxes, truth, &visible_ink(&side.raster, &original.raster, area, truth));
        let differences = differences(&registered, &original, area);
        self.spend("alterations", &mut clock)?;
        self.judge_differences(&differences, truth);
        Ok(())
    }

    fn judge_registration(&mut self, registered: &Registered, area: &PageArea, truth: &SideTruth) {
        let mm = |um: i64| um as f32 / 1000.0;
        let on_sheet =
            |pixel: [f64; 2]| (0..2).all(|axis| pixel[axis] > 0.0 && pixel[axis] < truth.pixels[axis] as f64);
        for point in truth.grid.iter().filter(|point| on_sheet(point.pixel)) {
            let there = registered.on_side(mm(point.page[0]), mm(point.page[1]));
            let off = (f64::from(there.x) - point.pixel[0]).hypot(f64::from(there.y) - point.pixel[1]);
            let um = off / f64::from(registered.resolution()) * 1000.0;
            if registered.is_known(mm(point.page[0]), mm(point.page[1])) {
                self.known_errors.push(um);
            }
            if printed_near(area, point.page) {
                self.errors.push(um);
            } else {
                self.blank_errors.push(um);
            }
        }
        self.blank_errors.sort_by(f64::total_cmp);
        self.errors.sort_by(f64::total_cmp);
        self.known_errors.sort_by(f64::total_cmp);
        let worst = self.errors.last().copied().unwrap_or_default();
        let said = registered.registration;
        if worst > 800.0 || !said.good {
            let known = self.known_errors.last().copied().unwrap_or_default();
            self.faults.push(format!("off by {worst:.0} um at worst, {known:.0} where it is known; {said:?}"));
        }
        self.registration = Some(said);
    }

    fn spend(&mut self, stage: &'static str, clock: &mut Clock) -> Result<(), Box<dyn Error>> {
        self.spent.push((stage, clock.lap()?));
        Ok(())
    }

    fn judge_boxes(&mut self, boxes: &[BoxInk], truth: &SideTruth, visible: &[f64]) {
        for ((said, one), visible) in boxes.iter().zip(&truth.boxes).zip(visible) {
            if one.ink && *visible < LOST_MM2 {
                self.lost += 1;
                continue;
            }
            let wrong = if one.ink { said.ink != Ink::Found } else { said.ink != Ink::None };
            if wrong {
                self.faults.push(format!(
                    "box {}: ink {}, spill {}, visible {visible:.2} mm2; {said:?}",
                    one.field, one.ink, one.spill
                ));
            }
            self.boxes.push((one.ink, one.spill, said.ink));
        }
    }

    fn judge_differences(&mut self, differences: &[Difference], truth: &SideTruth) {
        let near = |difference: &Difference, area: Area, room: i64| {
            let (x, y) = (difference.area.x.um(), difference.area.y.um());
            let (right, bottom) = (x + difference.area.width.um(), y + difference.area.height.um());
            x < area.x + area.width + room
                && area.x < right + room
                && y < area.y + area.height + room
                && area.y < bottom + room
        };
        let letters = |difference: &&Difference| {
            use DifferenceKind::{Added, Altered, Missing};
            matches!(difference.kind, Added | Altered | Missing)
        };
        if let Some(alteration) = truth.alterations.first() {
            let hits = || differences.iter().filter(|difference| near(difference, alteration.area, 600));
            // What a pen did to a word must be told of that word, not of what it touches besides.
            let told = |hit: &Difference| {
                let plain = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
                let (said, there) = (plain(&hit.printed), plain(&alteration.printed));
                let by_pen = matches!(alteration.kind.as_str(), "struck" | "crossed" | "retouched");
                !by_pen || hit.kind == DifferenceKind::Added || said.contains(&there) || there.contains(&said)
            };
            let found = if hits().any(|hit| hit.kind != DifferenceKind::Ink && told(hit)) {
                Found::Yes
            } else if hits().next().is_some() {
                Found::AsInk
            } else {
                Found::No
            };
            if found != Found::Yes {
                let Alteration { kind, printed, now, size, area } = alteration;
                self.faults
                    .push(format!("{found:?}: {kind} `{printed}` > `{now}`, {size} pt, at {} {}", area.x, area.y));
            }
            self.found = Some(found);
            return;
        }
        let marked = |difference: &Difference| truth.marks.iter().any(|mark| near(difference, mark.area, 300));
        let flags: Vec<&Difference> = differences.iter().filter(letters).collect();
        self.flagged = !flags.is_empty();
        self.under_ink = flags.iter().all(|flag| marked(flag));
        let covered = |difference: &&Difference| {
            matches!(difference.kind, DifferenceKind::Covered | DifferenceKind::Unclear) && !marked(difference)
        };
        for flag in differences.iter().filter(covered) {
            let place = flag.area;
            self.faults.push(format!("{:?} `{}`, at {} {}", flag.kind, flag.printed, place.x.um(), place.y.um()));
        }
        self.covered = differences.iter().any(|difference| covered(&difference));
        self.unclear = !self.flagged
            && !differences.iter().any(|difference| difference.kind == DifferenceKind::Covered && covered(&difference));
        self.unclear &= self.covered;
        for flag in flags.iter().take(3) {
            let (place, ink) = (flag.area, marked(flag));
            let said = format!("{:?} `{}` > {:?}, strength {}", flag.kind, flag.printed, flag.seen, flag.strength);
            self.faults.push(format!("flagged {said}, at {} {}, under ink: {ink}", place.x.um(), place.y.um()));
        }
    }
}

/// For each box, how many square millimetres of it, without its frame, are dark on the scan and white on the print, by the truth's own map:
/// between the points of its grid the truth may lie a millimetre beside a frame.
fn visible_ink(side: &Raster, original: &Raster, area: &PageArea, truth: &SideTruth) -> Vec<f64> {
    // Nothing printed within 0.8 mm: between the points of its grid, the truth is less exact.
    let white = |x: usize, y: usize| (0..25).all(|at| original.at(x + at % 5 * 4 - 8, y + at / 5 * 4 - 8) > 200);
    let ink = |one: &BoxArea| {
        let [left, top, width, height] =
            [one.area.x, one.area.y, one.area.width, one.area.height].map(|length| length.um() as usize / 100);
        let (right, bottom) = (left + width - FRAME, top + height - FRAME);
        let points = (top + FRAME..bottom).flat_map(|y| (left + FRAME..right).map(move |x| (x, y)));
        let dark = points.filter(|(x, y)| white(*x, *y)).filter(|(x, y)| {
            let [px, py] = truth.place(*x as f64 / 10.0, *y as f64 / 10.0);
            side.at(px.max(0.0) as usize, py.max(0.0) as usize) < 150
        });
        dark.count() as f64 / 100.0
    };
    area.boxes.iter().map(ink).collect()
}

/// Whether something is printed within 10 mm of a place of the page.
fn printed_near(area: &PageArea, [x, y]: [i64; 2]) -> bool {
    let frames = area.boxes.iter().map(|one| one.area).chain(area.codes.iter().map(|code| code.area));
    let blocks = area.blocks.iter().map(|block| block.area).chain(area.tables.iter().map(|table| table.area));
    frames.chain(blocks).chain([area.initials]).any(|rect| {
        let within = |place: i64, start: i64, length: i64| (start - 10_000..start + length + 10_000).contains(&place);
        within(x, rect.x.um(), rect.width.um()) && within(y, rect.y.um(), rect.height.um())
    })
}

/// CPU time of this process, of its ended threads too. It moves in steps of 10 ms: only means over many pages count.
struct Clock(f64);

impl Clock {
    fn new() -> Result<Self, Box<dyn Error>> {
        Ok(Self(cpu_ms()?))
    }

    /// Milliseconds since the last lap.
    fn lap(&mut self) -> Result<f64, Box<dyn Error>> {
        let now = cpu_ms()?;
        Ok(now - std::mem::replace(&mut self.0, now))
    }
}

/// User and system time so far: the fields 14 and 15 of proc(5), of which the second may hold spaces.
fn cpu_ms() -> Result<f64, Box<dyn Error>> {
    let stat = fs::read_to_string("/proc/self/stat")?;
    let (_, fields) = stat.rsplit_once(')').ok_or("no CPU time")?;
    let ticks = fields.split_whitespace().skip(11).take(2).map(str::parse::<f64>).sum::<Result<f64, _>>()?;
    Ok(ticks * 10.0)
}
