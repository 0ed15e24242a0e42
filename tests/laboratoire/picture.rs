//! Pictures: one channel (grey) or three (red, green, blue), a byte each; 0 is black.

use ab_glyph_rasterizer::{Rasterizer, point};

use super::plane::At;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    pub width: usize,
    pub height: usize,
    pub channels: usize,
    pub data: Vec<u8>,
}

impl Picture {
    pub fn filled(width: usize, height: usize, channels: usize, value: u8) -> Self {
        Self { width, height, channels, data: vec![value; width * height * channels] }
    }

    /// The same picture with one channel.
    pub fn grey(self) -> Self {
        if self.channels == 1 {
            return self;
        }
        let data = self.data.chunks_exact(3).map(|p| luma([p[0], p[1], p[2]])).collect();
        Self { channels: 1, data, ..self }
    }

    /// The picture turned clockwise by so many quarters.
    pub fn turned(&self, quarters: usize) -> Self {
        let (w, h) = (self.width, self.height);
        let (width, height) = if quarters.is_multiple_of(2) { (w, h) } else { (h, w) };
        let mut data = Vec::with_capacity(self.data.len());
        for y in 0..height {
            for x in 0..width {
                let (fx, fy) = match quarters % 4 {
                    0 => (x, y),
                    1 => (y, h - 1 - x),
                    2 => (w - 1 - x, h - 1 - y),
                    _ => (w - 1 - y, x),
                };
                let from = (fy * w + fx) * self.channels;
                data.extend_from_slice(&self.data[from..from + self.channels]);
            }
        }
        Self { width, height, channels: self.channels, data }
    }

    /// Lays ink where the mask says: light passes through it, so that what lies below stays visible.
    pub fn ink(&mut self, mask: &Mask, colour: [u8; 3], strength: f32) {
        let colour = self.own(colour);
        self.blend(mask, |below, channel| f32::from(below) * f32::from(colour[channel]) / 255.0, strength);
    }

    /// Covers what lies below, as white fluid does.
    pub fn cover(&mut self, mask: &Mask, colour: [u8; 3], strength: f32) {
        let colour = self.own(colour);
        self.blend(mask, |_, channel| f32::from(colour[channel]), strength);
    }

    /// A colour in the channels of this picture.
    fn own(&self, colour: [u8; 3]) -> [u8; 3] {
        if self.channels == 3 { colour } else { [luma(colour); 3] }
    }

    fn blend(&mut self, mask: &Mask, target: impl Fn(u8, usize) -> f32, strength: f32) {
        for (row, line) in mask.alpha.chunks_exact(mask.width.max(1)).enumerate() {
            let y = mask.top + row as i64;
            if y < 0 || y >= self.height as i64 {
                continue;
            }
            for (column, alpha) in line.iter().enumerate() {
                let x = mask.left + column as i64;
                if *alpha <= 0.0 || x < 0 || x >= self.width as i64 {
                    continue;
                }
                let from = (y as usize * self.width + x as usize) * self.channels;
                for channel in 0..self.channels {
                    let below = self.data[from + channel];
                    let share = alpha * strength;
                    let value = f32::from(below) * (1.0 - share) + target(below, channel) * share;
                    self.data[from + channel] = value.round().clamp(0.0, 255.0) as u8;
                }
            }
        }
    }
}

/// How light a colour is to a scanner, which sees mostly green.
fn luma([red, green, blue]: [u8; 3]) -> u8 {
    ((u32::from(red) * 77 + u32::from(green) * 150 + u32::from(blue) * 29) >> 8) as u8
}

/// How much of each pixel of a part of a picture something covers, from 0 to 1.
#[derive(Debug, Clone)]
pub struct Mask {
    pub left: i64,
    pub top: i64,
    pub width: usize,
    pub height: usize,
    pub alpha: Vec<f32>,
}

impl Mask {
    /// An empty mask around points, with room on every side. Nothing is ever larger than four sheets.
    fn around(points: impl Iterator<Item = At> + Clone, room: f64) -> Self {
        let fold = |f: fn(f64, f64) -> f64, start: f64, of: fn(At) -> f64| points.clone().map(of).fold(start, f);
        let left = (fold(f64::min, f64::MAX, |p| p.x) - room).floor();
        let top = (fold(f64::min, f64::MAX, |p| p.y) - room).floor();
        let width = (fold(f64::max, f64::MIN, |p| p.x) + room - left).ceil().clamp(0.0, 10_000.0) as usize + 1;
        let height = (fold(f64::max, f64::MIN, |p| p.y) + room - top).ceil().clamp(0.0, 10_000.0) as usize + 1;
        Self { left: left as i64, top: top as i64, width, height, alpha: vec![0.0; width * height] }
    }

    /// What a pen of changing width covers along a line; points and radii in pixels.
    pub fn stroke(line: &[(At, f64)]) -> Self {
        let widest = line.iter().map(|(_, radius)| *radius).fold(0.0, f64::max);
        let mut mask = Self::around(line.iter().map(|(p, _)| *p), widest + 1.0);
        for pair in line.windows(2) {
            mask.segment(pair[0], pair[1]);
        }
        mask
    }

    fn segment(&mut self, (a, ra): (At, f64), (b, rb): (At, f64)) {
        let room = ra.max(rb) + 1.0;
        let range = |low: f64, high: f64, from: i64, size: usize| {
            let low = ((low - room).floor() as i64 - from).clamp(0, size as i64) as usize;
            let high = ((high + room).ceil() as i64 - from + 1).clamp(0, size as i64) as usize;
            low..high
        };
        let (dx, dy) = (b.x - a.x, b.y - a.y);
        let square = (dx * dx + dy * dy).max(1e-9);
        for row in range(a.y.min(b.y), a.y.max(b.y), self.top, self.height) {
            for column in range(a.x.min(b.x), a.x.max(b.x), self.left, self.width) {
                let x = self.left as f64 + column as f64 + 0.5 - a.x;
                let y = self.top as f64 + row as f64 + 0.5 - a.y;
                let along = ((x * dx + y * dy) / square).clamp(0.0, 1.0);
                let distance = (x - along * dx).hypot(y - along * dy);
                let covered = (ra + (rb - ra) * along - distance + 0.5).clamp(0.0, 1.0) as f32;
                let cell = &mut self.alpha[row * self.width + column];
                *cell = cell.max(covered);
            }
        }
    }

    /// What an outline encloses: closed polygons, in pixels.
    pub fn filled(polygons: &[Vec<At>]) -> Self {
        let mut mask = Self::around(polygons.iter().flatten().copied(), 1.0);
        let mut raster = Rasterizer::new(mask.width, mask.height);
        let place = |p: &At| point((p.x - mask.left as f64) as f32, (p.y - mask.top as f64) as f32);
        for polygon in polygons {
            for (index, p) in polygon.iter().enumerate() {
                raster.draw_line(place(p), place(&polygon[(index + 1) % polygon.len()]));
            }
        }
        raster.for_each_pixel(|index, alpha| mask.alpha[index] = alpha.min(1.0));
        mask
    }
}
