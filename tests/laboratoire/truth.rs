//! What is true of a scan: written beside it as JSON, so that what a reader says can be judged.

use paraphe::stamp::PageMap;
use serde::{Deserialize, Serialize};

use super::plane::{Trace, at};

/// A rectangle on the page as it was sent, in micrometres from its top left corner.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Area {
    pub x: i64,
    pub y: i64,
    pub width: i64,
    pub height: i64,
}

impl Area {
    /// From left, top, right and bottom in millimetres.
    pub fn of([left, top, right, bottom]: [f64; 4]) -> Self {
        let um = |mm: f64| (mm * 1000.0).round() as i64;
        Self { x: um(left), y: um(top), width: um(right - left), height: um(bottom - top) }
    }
}

/// What a side is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SideKind {
    /// Nothing is printed on it: the back of a sheet.
    Blank,
    /// A letter, a slip, a page of something else.
    Foreign,
    /// A page of a contract.
    Page,
}

/// What is true of one side of a scan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SideTruth {
    pub kind: SideKind,
    /// Contract, version, exemplaire and page of what was printed, if it is a page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub printed: Option<Printed>,
    /// By how many degrees clockwise the picture must be turned to stand upright.
    pub turn: u16,
    /// Width and height of the picture in pixels.
    pub pixels: [usize; 2],
    /// Points of the page (micrometres) and where they are in the picture (pixels from its top left corner; the first pixel's
    /// middle is 0.5, 0.5): a grid over the sheet.
    pub grid: Vec<GridPoint>,
    /// The signature boxes, in the order of the map.
    pub boxes: Vec<BoxTruth>,
    /// What was altered before or after it was printed.
    pub alterations: Vec<Alteration>,
    /// Ink that is no alteration: initials, dates, stamps, stains.
    pub marks: Vec<Mark>,
}

/// Which page was printed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Printed {
    pub contract: String,
    pub version: u16,
    pub exemplaire: u8,
    pub page: usize,
    pub pages: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct GridPoint {
    pub page: [i64; 2],
    pub pixel: [f64; 2],
}

/// One signature box.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BoxTruth {
    pub field: String,
    /// Whether somebody wrote or stamped in it.
    pub ink: bool,
    /// Whether ink of something else reaches into it.
    pub spill: bool,
}

/// Something that is no longer as it was printed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Alteration {
    /// `digit`, `digit-added`, `digit-removed`, `comma-removed`, `word`, `word-removed`, `line`, `whitened`, `struck`, `reflowed`.
    pub kind: String,
    pub area: Area,
    /// What was printed there; empty where nothing was.
    pub printed: String,
    /// What stands there now.
    pub now: String,
    /// Size of the letters in points.
    pub size: f64,
}

/// Ink or damage that is no alteration.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Mark {
    /// `initials`, `signature`, `stamp`, `date`, `approved`, `pencil`, `highlighter`, `received`, `staple`, `hole`, `fold`, `coffee`, `dirt`…
    pub kind: String,
    pub area: Area,
    /// Whether it lies over printed letters or a code.
    pub over: bool,
}

impl SideTruth {
    /// A page, with its boxes empty.
    pub fn of_page(map: &PageMap, page: usize) -> Self {
        let boxes = &map.pages[page - 1].boxes;
        let boxes = boxes.iter().map(|one| BoxTruth { field: one.field.clone(), ink: false, spill: false }).collect();
        let printed = Printed {
            contract: map.contract.clone(),
            version: map.version,
            exemplaire: map.exemplaire,
            page,
            pages: map.pages.len(),
        };
        Self { printed: Some(printed), boxes, ..Self::other(SideKind::Page) }
    }

    /// A side that is no page of a contract.
    pub const fn other(kind: SideKind) -> Self {
        Self {
            kind,
            printed: None,
            turn: 0,
            pixels: [0, 0],
            grid: Vec::new(),
            boxes: Vec::new(),
            alterations: Vec::new(),
            marks: Vec::new(),
        }
    }

    /// Takes down where the page lies in the picture.
    pub fn trace(&mut self, trace: &Trace, pixels: [usize; 2]) {
        self.pixels = pixels;
        let points = (0..=14).flat_map(|y| (0..=10).map(move |x| (5 + x * 20, 8 + y * 20)));
        self.grid = points
            .map(|(x, y)| {
                let pixel = trace.pixel_of(at(f64::from(x), f64::from(y)));
                let rounded = |value: f64| (value * 1000.0).round() / 1000.0;
                GridPoint {
                    page: [i64::from(x) * 1000, i64::from(y) * 1000],
                    pixel: [rounded(pixel.x), rounded(pixel.y)],
                }
            })
            .collect();
    }

    /// The pixel that shows a point of the page, in millimetres: between four points of the grid.
    pub fn place(&self, x: f64, y: f64) -> [f64; 2] {
        let (column, row) = ((x - 5.0) / 20.0, (y - 8.0) / 20.0);
        let (c, r) = (column.clamp(0.0, 9.0) as usize, row.clamp(0.0, 13.0) as usize);
        let (u, v) = (column - c as f64, row - r as f64);
        let knot = |c: usize, r: usize| self.grid[r * 11 + c].pixel;
        std::array::from_fn(|axis| {
            let upper = knot(c, r)[axis] * (1.0 - u) + knot(c + 1, r)[axis] * u;
            let lower = knot(c, r + 1)[axis] * (1.0 - u) + knot(c + 1, r + 1)[axis] * u;
            upper * (1.0 - v) + lower * v
        })
    }
}
