//! A picture of one side of a sheet, in grey.

use serde::{Deserialize, Serialize};

/// A grey picture: one byte a pixel, row by row from the top; 0 is black, 255 is white.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Raster {
    width: usize,
    height: usize,
    grey: Vec<u8>,
}

/// By how many quarter turns, clockwise, a picture must be turned to stand upright.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "u16", try_from = "u16")]
pub enum Turn {
    /// It stands upright.
    None,
    /// 90°.
    Quarter,
    /// It stands upside down.
    Half,
    /// 270°.
    ThreeQuarters,
}

impl Turn {
    /// The turn of a picture in which what points to the right points to `x`, `y` instead.
    #[must_use]
    pub fn pointing(x: f32, y: f32) -> Self {
        match (x.abs() >= y.abs(), x > 0.0, y > 0.0) {
            (true, true, _) => Self::None,
            (true, false, _) => Self::Half,
            (false, _, true) => Self::ThreeQuarters,
            (false, _, false) => Self::Quarter,
        }
    }

    /// Both turns, one after the other.
    #[must_use]
    pub fn then(self, other: Self) -> Self {
        Self::try_from((u16::from(self) + u16::from(other)) % 360).unwrap_or(self)
    }
}

impl From<Turn> for u16 {
    fn from(turn: Turn) -> Self {
        match turn {
            Turn::None => 0,
            Turn::Quarter => 90,
            Turn::Half => 180,
            Turn::ThreeQuarters => 270,
        }
    }
}

impl TryFrom<u16> for Turn {
    type Error = &'static str;

    fn try_from(degrees: u16) -> Result<Self, Self::Error> {
        match degrees {
            0 => Ok(Self::None),
            90 => Ok(Self::Quarter),
            180 => Ok(Self::Half),
            270 => Ok(Self::ThreeQuarters),
            _ => Err("a turn is 0, 90, 180 or 270 degrees"),
        }
    }
}

impl Raster {
    /// A picture of these pixels; none when there are not `width` × `height` of them, or none at all.
    #[must_use]
    pub fn new(width: usize, height: usize, grey: Vec<u8>) -> Option<Self> {
        (width.checked_mul(height) == Some(grey.len()) && !grey.is_empty()).then_some(Self { width, height, grey })
    }

    /// A white picture; none when it would have no pixel.
    #[must_use]
    pub fn white(width: usize, height: usize) -> Option<Self> {
        Self::new(width, height, vec![255; width.checked_mul(height)?])
    }

    /// A white picture of the same size.
    pub(super) fn blank(&self) -> Self {
        Self { grey: vec![255; self.grey.len()], ..*self }
    }

    /// Pixels from left to right.
    #[must_use]
    pub const fn width(&self) -> usize {
        self.width
    }

    /// Pixels from top to bottom.
    #[must_use]
    pub const fn height(&self) -> usize {
        self.height
    }

    /// The pixels, row by row.
    #[must_use]
    pub fn pixels(&self) -> &[u8] {
        &self.grey
    }

    /// The pixels, row by row, to write.
    pub fn pixels_mut(&mut self) -> &mut [u8] {
        &mut self.grey
    }

    /// The pixels of a row; empty outside the picture.
    #[must_use]
    pub fn row(&self, y: usize) -> &[u8] {
        self.grey.get(y.saturating_mul(self.width)..).and_then(|rest| rest.get(..self.width)).unwrap_or_default()
    }

    /// A pixel; white outside the picture, as paper is.
    #[must_use]
    pub fn at(&self, x: usize, y: usize) -> u8 {
        if x < self.width { self.grey.get(y * self.width + x).copied().unwrap_or(255) } else { 255 }
    }

    /// The part of the picture that begins at `x`, `y` and has at most this size; none when it lies outside.
    #[must_use]
    pub fn part(&self, x: usize, y: usize, width: usize, height: usize) -> Option<Self> {
        let width = width.min(self.width.checked_sub(x)?);
        let height = height.min(self.height.checked_sub(y)?);
        let rows = (y..y + height).flat_map(|row| self.row(row).get(x..x + width).unwrap_or_default());
        Self::new(width, height, rows.copied().collect())
    }

    /// Makes a rectangle white: left, top, right and bottom, in pixels, and the pixels that it touches.
    pub fn whiten(&mut self, [left, top, right, bottom]: [f32; 4]) {
        let (first, last) = (left.floor().max(0.0) as usize, right.ceil().max(0.0) as usize + 1);
        for y in top.floor().max(0.0) as usize..(bottom.ceil().max(0.0) as usize + 1).min(self.height) {
            let row = self.grey.get_mut(y * self.width..(y + 1) * self.width).unwrap_or_default();
            row.iter_mut().take(last).skip(first).for_each(|pixel| *pixel = 255);
        }
    }

    /// The picture, seen in a mirror: left is right.
    #[must_use]
    pub(super) fn mirrored(mut self) -> Self {
        self.grey.chunks_exact_mut(self.width).for_each(<[u8]>::reverse);
        self
    }

    /// The picture, turned clockwise.
    #[must_use]
    pub fn turned(&self, turn: Turn) -> Self {
        let (width, height) = (self.width, self.height);
        let gather = |w: usize, h: usize, from: &dyn Fn(usize, usize) -> (usize, usize)| {
            let pixels = (0..h).flat_map(|y| (0..w).map(move |x| (x, y)));
            let grey = pixels.map(|(x, y)| from(x, y)).map(|(x, y)| self.at(x, y)).collect();
            Self { width: w, height: h, grey }
        };
        match turn {
            Turn::None => self.clone(),
            Turn::Quarter => gather(height, width, &|x, y| (y, height - 1 - x)),
            Turn::Half => {
                let mut grey = self.grey.clone();
                grey.reverse();
                Self { width, height, grey }
            }
            Turn::ThreeQuarters => gather(height, width, &|x, y| (width - 1 - y, x)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letters() -> Raster {
        Raster::new(3, 2, b"abcdef".to_vec()).unwrap()
    }

    #[test]
    fn a_picture_is_turned_clockwise() {
        assert_eq!(letters().turned(Turn::Quarter).pixels(), b"daebfc");
        assert_eq!(letters().turned(Turn::Half).pixels(), b"fedcba");
        assert_eq!(letters().turned(Turn::ThreeQuarters).pixels(), b"cfbead");
        let back = letters().turned(Turn::Quarter).turned(Turn::ThreeQuarters);
        assert_eq!(back, letters());
    }

    #[test]
    fn what_a_rectangle_touches_is_made_white_and_no_more() {
        let mut picture = Raster::new(3, 2, vec![7; 6]).unwrap();
        picture.whiten([1.2, -3.0, 1.9, 0.0]);
        assert_eq!(picture.pixels(), [7, 255, 255, 7, 7, 7]);
    }

    #[test]
    fn a_part_ends_with_the_picture() {
        assert_eq!(letters().part(1, 0, 9, 1).unwrap().pixels(), b"bc");
        assert!(letters().part(3, 0, 1, 1).is_none());
        assert_eq!(letters().at(0, 9), 255);
    }
}
