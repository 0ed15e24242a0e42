//! The facts that a picture of a page yields.

use serde::{Deserialize, Serialize};

use super::raster::Turn;
use crate::geometry::Rect;

/// What is known of one side of a sheet before it is compared with anything.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SideEvidence {
    /// Its place in the file, from 1.
    pub page: u32,
    /// Width and height in pixels, as scanned.
    pub pixels: [u32; 2],
    /// Pixels per inch, from the printed codes; none when nothing tells.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dpi: Option<u32>,
    /// What is on it.
    #[serde(flatten)]
    pub face: Face,
}

/// What is on one side of a sheet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "face")]
pub enum Face {
    /// Nothing that anybody wrote, stamped or printed.
    Blank,
    /// Codes of ours.
    Coded {
        /// Their payloads, each once; more than one page's when two sheets were scanned together.
        codes: Vec<String>,
        /// How it must be turned to stand upright.
        turn: Turn,
    },
    /// Something that carries no code that could be read: a letter, a page whose codes are gone.
    Plain,
    /// A row of bars for machines, and at most a few large letters: a sheet that was laid between others.
    Separator,
    /// Nothing that could be turned into pixels: the observations say why.
    Unreadable,
}

/// What the comparison of one side with the page as it was printed gave.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Compared {
    /// How well it lies on it.
    pub registration: Registration,
    /// The signature boxes of the page, in the order of its map.
    pub boxes: Vec<BoxInk>,
    /// What is not as it was printed, from the top.
    pub differences: Vec<Difference>,
}

/// How well a picture was laid onto the page that was printed.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Registration {
    /// The middle distance between a point of the print and the same point of the picture, in micrometres.
    pub median_um: u32,
    /// The distance that 19 of 20 points do not exceed, in micrometres.
    pub p95_um: u32,
    /// How many of the parts that were compared agree, in thousandths.
    pub agreement: u16,
    /// Whether it is good enough to compare letters; if not, what depends on it is unknown.
    pub good: bool,
}

/// What was found in a signature box. Ink is not a signature: a date, a tick or a stamp is ink too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ink {
    /// None.
    None,
    /// A little, or some that may belong to the next box: a person looks.
    Doubtful,
    /// The box could not be compared with the printed one.
    Unreadable,
    /// Ink that was not printed.
    Found,
}

/// The ink of one signature box.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BoxInk {
    /// Name of its field, as in the page's map.
    pub field: String,
    /// What was found.
    pub ink: Ink,
    /// Ink that belongs to this box, in hundredths of a square millimetre.
    pub own: u32,
    /// All ink inside its frame, in hundredths of a square millimetre.
    pub total: u32,
    /// Where the ink is on the page as it was printed; none without ink.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub area: Option<Rect>,
}

/// How a part of a page differs from the print.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DifferenceKind {
    /// Something that looks printed stands where nothing was printed.
    Added,
    /// Other letters stand in the place of those that were printed.
    Altered,
    /// Ink lies over letters that can still be those that were printed.
    Covered,
    /// Ink where nothing was printed, outside the boxes: initials, a date, a stamp, a remark.
    Ink,
    /// Letters that were printed are no longer there.
    Missing,
    /// What was printed could not be compared: the scan does not show it well enough.
    Unclear,
}

/// A part of a page that is not as it was printed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Difference {
    /// How.
    pub kind: DifferenceKind,
    /// Where, on the page as it was printed.
    pub area: Rect,
    /// What was printed there; empty where nothing was.
    pub printed: String,
    /// What seems to stand there now, where it can be told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seen: Option<String>,
    /// How sure it is, from 0 to 1000: what was measured, as far beyond its threshold.
    pub strength: u16,
}
