//! Lengths and rectangles on a sheet of paper: exact, hashable, from the top left corner.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A length on paper, in micrometres.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Length(i64);

impl Length {
    /// A length in micrometres.
    #[must_use]
    pub const fn from_um(um: i64) -> Self {
        Self(um)
    }

    /// A length in whole millimetres.
    #[must_use]
    pub const fn from_mm(mm: i64) -> Self {
        Self(mm * 1000)
    }

    /// A length in typographic points (1/72 inch), to the nearest micrometre.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, reason = "a sheet of paper is far below 2^63 micrometres")]
    pub fn from_pt(pt: f64) -> Self {
        Self((pt * 25_400.0 / 72.0).round() as i64)
    }

    /// In micrometres.
    #[must_use]
    pub const fn um(self) -> i64 {
        self.0
    }

    /// In typographic points.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a sheet of paper is far below 2^52 micrometres")]
    pub fn pt(self) -> f64 {
        self.0 as f64 * 72.0 / 25_400.0
    }
}

impl fmt::Display for Length {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:03} mm", self.0 / 1000, (self.0 % 1000).abs())
    }
}

/// A rectangle on a page, from the page's top left corner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Rect {
    /// Distance from the left edge.
    pub x: Length,
    /// Distance from the top edge.
    pub y: Length,
    /// Width.
    pub width: Length,
    /// Height.
    pub height: Length,
}

/// Width of an A4 sheet.
pub const A4_WIDTH: Length = Length::from_mm(210);
/// Height of an A4 sheet.
pub const A4_HEIGHT: Length = Length::from_mm(297);
