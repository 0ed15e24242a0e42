//! Symbols that are drawn at a known place are found there.

use qrcodegen::{QrCode, QrCodeEcc, QrSegment, Version};

use super::*;
use crate::{
    domain::{Exemplaire, VersionNum},
    geometry::A4_HEIGHT,
};

pub(in crate::evidence::paper) fn tag(corner: Corner) -> PageTag {
    PageTag {
        contract: "960000016-2022".parse().unwrap(),
        version: VersionNum::FIRST,
        exemplaire: Exemplaire::Cpam,
        page: 7,
        pages: 14,
        corner,
        hash: "K3J5ZQ7BMNXA2WPD".to_owned(),
    }
}

/// A sheet as it is scanned: how many pixels a millimetre has, and by how many degrees it leans, clockwise.
#[derive(Debug, Clone, Copy)]
pub(in crate::evidence::paper) struct Scan {
    pub(in crate::evidence::paper) scale: f64,
    pub(in crate::evidence::paper) lean: f64,
}

impl Scan {
    /// Which point of the sheet a point of the picture shows.
    fn back(self, x: f64, y: f64) -> (f64, f64) {
        let (sin, cos) = self.lean.to_radians().sin_cos();
        let (x, y) = (x / self.scale - 105.0, y / self.scale - 148.5);
        (x * cos + y * sin + 105.0, -x * sin + y * cos + 148.5)
    }

    /// The sheet, with both codes.
    pub(in crate::evidence::paper) fn sheet(self) -> Raster {
        let symbols = [Corner::Top, Corner::Bottom].map(|corner| {
            let segments = QrSegment::make_segments(&tag(corner).to_string());
            let level = QrCodeEcc::Medium;
            let version = Version::new(3);
            let symbol = QrCode::encode_segments_advanced(&segments, level, version, version, None, false).unwrap();
            (code_area(corner), symbol)
        });
        let millimetres = |length: crate::geometry::Length| length.um() as f64 / 1000.0;
        let (width, height) = (millimetres(A4_WIDTH), millimetres(A4_HEIGHT));
        let [width, height] = [width, height].map(|length| (length * self.scale).round() as usize);
        let is_black = |x: f64, y: f64| {
            symbols.iter().any(|(area, symbol)| {
                let [x, y] = [(x - millimetres(area.x)) / 0.6, (y - millimetres(area.y)) / 0.6];
                x >= 0.0 && y >= 0.0 && symbol.get_module(x as i32, y as i32)
            })
        };
        let is_near = |x: f64, y: f64| {
            symbols.iter().any(|(area, _)| {
                let [x, y] = [x - millimetres(area.x), y - millimetres(area.y)];
                (-1.0..19.0).contains(&x) && (-1.0..19.0).contains(&y)
            })
        };
        let grey = (0..width * height).map(|at| {
            let (x, y) = ((at % width) as f64, (at / width) as f64);
            let (middle_x, middle_y) = self.back(x + 0.5, y + 0.5);
            if !is_near(middle_x, middle_y) {
                return 250;
            }
            let parts = (0..16).map(|part| (f64::from(part % 4) / 4.0 + 0.125, f64::from(part / 4) / 4.0 + 0.125));
            let black = parts.map(|(u, v)| self.back(x + u, y + v)).filter(|(x, y)| is_black(*x, *y)).count();
            (250 - black * 14) as u8
        });
        Raster::new(width, height, grey.collect()).unwrap()
    }

    /// How far the corners of what was read are from where they are, in millimetres, along the symbol's own axes.
    fn errors(self, codes: &[CodeSeen]) -> Vec<(f64, f64)> {
        let mut errors = Vec::new();
        for code in codes {
            let area = code_area(code.tag.corner);
            let [x, y] = [area.x, area.y].map(|length| length.um() as f64 / 1000.0);
            for (corner, (right, down)) in code.corners.iter().zip([(0.0, 0.0), (17.4, 0.0), (17.4, 17.4), (0.0, 17.4)])
            {
                let (seen_x, seen_y) = self.back(f64::from(corner.x), f64::from(corner.y));
                errors.push((seen_x - x - right, seen_y - y - down));
            }
        }
        errors
    }
}

#[test]
fn corners_are_found_to_a_fiftieth_of_a_millimetre() {
    let mut worst = 0.0_f64;
    for dpi in [150.0, 200.0, 240.0, 300.0] {
        for lean in [0.0, 0.7, -2.3, 4.0] {
            let scan = Scan { scale: dpi / 25.4, lean };
            let codes = read_codes(&scan.sheet());
            assert_eq!(codes.len(), 2, "{scan:?}");
            let errors = scan.errors(&codes);
            let furthest = errors.iter().map(|(x, y)| x.hypot(*y)).fold(0.0, f64::max);
            worst = worst.max(furthest);
        }
    }
    assert!(worst < 0.02, "{worst} mm");
}
