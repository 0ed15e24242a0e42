//! A sheet of paper with a page printed on it.

use std::error::Error;

use super::{
    letters::Letter,
    picture::{Mask, Picture},
    plane::{At, Homography, Trace, Warp, at},
    print::{Original, Printer},
    truth::SideTruth,
};

/// An A4 sheet, in millimetres.
pub const SHEET: At = at(210.0, 297.0);

/// How a printer driver lays a page onto the sheet.
#[derive(Debug, Clone, Copy)]
pub struct Placement {
    /// "Fit to page": 0.94 to 1.
    pub scale: f64,
    /// Where the page's top left corner comes to lie, in millimetres.
    pub corner: At,
    /// Whether greys are printed as dots, as a laser printer does.
    pub screened: bool,
}

/// A sheet, with the way from its pixels back to the page that is printed on it.
#[derive(Debug, Clone)]
pub struct Sheet {
    pub picture: Picture,
    /// Pixels of a millimetre of the sheet.
    pub density: f64,
    placement: Placement,
    /// From millimetres of the sheet back to those of the page.
    pub trace: Trace,
}

/// The colour of toner, which is not quite black.
pub const TONER: [u8; 3] = [18, 18, 20];

impl Sheet {
    /// An empty sheet, in grey (one channel) or in colour (three).
    pub fn blank(density: f64, channels: usize) -> Self {
        let (width, height) = ((SHEET.x * density).round() as usize, (SHEET.y * density).round() as usize);
        let placement = Placement { scale: 1.0, corner: at(0.0, 0.0), screened: false };
        Self { picture: Picture::filled(width, height, channels, 255), density, placement, trace: Trace::default() }
    }

    /// A page, from 1, on a sheet.
    pub fn printed(
        original: &Original,
        page: usize,
        (density, channels): (f64, usize),
        placement: Placement,
        printer: Printer,
    ) -> Result<Self, Box<dyn Error>> {
        let mut print = original.print(page, density * placement.scale, printer)?;
        if placement.screened {
            screen(&mut print, density);
        }
        let mut sheet = Self::blank(density, channels);
        // Whole pixels: the truth is where the print really lies.
        let (left, top) = ((placement.corner.x * density).round(), (placement.corner.y * density).round());
        sheet.placement = Placement { corner: at(left / density, top / density), ..placement };
        let back = Homography::shift(-left / density, -top / density)
            .then(&Homography::scale(1.0 / placement.scale, 1.0 / placement.scale));
        sheet.trace.push(Warp::flat(back));
        for y in 0..print.height {
            let to_y = y as i64 + top as i64;
            if to_y < 0 || to_y >= sheet.picture.height as i64 {
                continue;
            }
            for x in 0..print.width {
                let to_x = x as i64 + left as i64;
                if to_x >= 0 && to_x < sheet.picture.width as i64 {
                    let to = (to_y as usize * sheet.picture.width + to_x as usize) * channels;
                    let value = toner(print.data[y * print.width + x]);
                    sheet.picture.data[to..to + channels].copy_from_slice(&value[..channels]);
                }
            }
        }
        Ok(sheet)
    }

    /// The pixel at a point of the printed page, in millimetres.
    pub fn pixel(&self, page: At) -> At {
        let Placement { scale, corner, .. } = self.placement;
        at((page.x * scale + corner.x) * self.density, (page.y * scale + corner.y) * self.density)
    }

    /// Pixels of a millimetre of the page.
    pub fn scale(&self) -> f64 {
        self.density * self.placement.scale
    }

    /// What a rectangle of the page (left, top, right, bottom) covers.
    pub fn rectangle(&self, [left, top, right, bottom]: [f64; 4]) -> Mask {
        let corners = [at(left, top), at(right, top), at(right, bottom), at(left, bottom)];
        Mask::filled(&[corners.map(|corner| self.pixel(corner)).to_vec()])
    }

    /// What a pen covers; points of the page and widths in millimetres.
    pub fn stroke(&self, line: &[(At, f64)]) -> Mask {
        let line: Vec<(At, f64)> = line.iter().map(|(p, width)| (self.pixel(*p), width * self.density / 2.0)).collect();
        Mask::stroke(&line)
    }

    /// Prints a letter.
    pub fn set(&mut self, letter: &Letter) {
        let mask = letter.mask(|p| self.pixel(p));
        self.picture.ink(&mask, TONER, 1.0);
    }

    /// Takes away what is printed in a rectangle of the page; the paper keeps the tint that it has around.
    pub fn erase(&mut self, area: [f64; 4]) {
        let tint = self.tint(area);
        let mask = self.rectangle(area);
        self.picture.cover(&mask, tint, 1.0);
    }

    /// The tint around a rectangle: the middle one of its rim.
    fn tint(&self, [left, top, right, bottom]: [f64; 4]) -> [u8; 3] {
        let mut rim: Vec<[u8; 3]> = Vec::new();
        for step in 0..=20 {
            let share = f64::from(step) / 20.0;
            for p in [at(left + (right - left) * share, top), at(left + (right - left) * share, bottom)] {
                let p = self.pixel(p);
                let (x, y) = (p.x.max(0.0) as usize, p.y.max(0.0) as usize);
                let cell = y.min(self.picture.height - 1) * self.picture.width + x.min(self.picture.width - 1);
                let pixel = &self.picture.data[cell * self.picture.channels..];
                rim.push(if self.picture.channels == 3 { [pixel[0], pixel[1], pixel[2]] } else { [pixel[0]; 3] });
            }
        }
        rim.sort_unstable();
        rim[rim.len() / 2]
    }

    /// Begins the truth of this side.
    pub fn truth(&self, original: &Original, page: usize) -> SideTruth {
        SideTruth::of_page(&original.map, page)
    }
}

/// Toner on paper: never quite black.
fn toner(grey: u8) -> [u8; 3] {
    TONER.map(|dark| (u32::from(dark) + u32::from(grey) * (255 - u32::from(dark)) / 255) as u8)
}

/// Turns even greys (not the soft edges of letters) into dots, 85 to the inch, on a grid that stands on its corner.
fn screen(print: &mut Picture, density: f64) {
    let pace = std::f64::consts::TAU * 85.0 / 25.4 / density * std::f64::consts::FRAC_1_SQRT_2;
    let waves = |length: usize| (0..length).map(|step| (step as f64 * pace).cos()).collect::<Vec<f64>>();
    let (along, across) = (waves(print.width + print.height), waves(print.width + print.height));
    let flat = print.clone();
    for y in 1..print.height - 1 {
        for x in 1..print.width - 1 {
            let cell = y * print.width + x;
            let grey = flat.data[cell];
            let around = [cell - 1, cell + 1, cell - print.width, cell + print.width].map(|near| flat.data[near]);
            let [left, right, above, below] = around;
            let level = grey == left && grey == right && above >= grey && below >= grey;
            let upright = grey == above && grey == below && left >= grey && right >= grey;
            if (50..250).contains(&grey) && (level || upright) {
                let dot = 0.5 + 0.25 * (along[x + y] + across[print.height + x - y]);
                let edge = (f64::from(grey) / 255.0 - dot) * 6.0 + 0.5;
                print.data[cell] = (edge.clamp(0.0, 1.0) * 255.0) as u8;
            }
        }
    }
}
