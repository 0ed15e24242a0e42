//! Where a point of the printed page comes to lie in a scan, exactly.

/// A point, in millimetres or pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct At {
    pub x: f64,
    pub y: f64,
}

pub const fn at(x: f64, y: f64) -> At {
    At { x, y }
}

/// A projective map of the plane.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Homography([f64; 9]);

impl Homography {
    pub const IDENTITY: Self = Self([1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0]);

    pub const fn shift(x: f64, y: f64) -> Self {
        Self([1.0, 0.0, x, 0.0, 1.0, y, 0.0, 0.0, 1.0])
    }

    pub const fn scale(x: f64, y: f64) -> Self {
        Self([x, 0.0, 0.0, 0.0, y, 0.0, 0.0, 0.0, 1.0])
    }

    /// A turn by an angle in degrees around a point.
    pub fn turn(degrees: f64, around: At) -> Self {
        let (sin, cos) = degrees.to_radians().sin_cos();
        let turn = Self([cos, -sin, 0.0, sin, cos, 0.0, 0.0, 0.0, 1.0]);
        Self::shift(-around.x, -around.y).then(&turn).then(&Self::shift(around.x, around.y))
    }

    /// From the pixels of a picture that was turned clockwise by quarters back to those of the picture (`width` × `height`) before.
    pub fn unturn(quarters: usize, width: f64, height: f64) -> Self {
        match quarters % 4 {
            0 => Self::IDENTITY,
            1 => Self([0.0, 1.0, 0.0, -1.0, 0.0, height, 0.0, 0.0, 1.0]),
            2 => Self([-1.0, 0.0, width, 0.0, -1.0, height, 0.0, 0.0, 1.0]),
            _ => Self([0.0, -1.0, width, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0]),
        }
    }

    /// First this, then `next`.
    pub fn then(&self, next: &Self) -> Self {
        let mut product = [0.0; 9];
        for (at, cell) in product.iter_mut().enumerate() {
            *cell = (0..3).map(|k| next.0[at / 3 * 3 + k] * self.0[k * 3 + at % 3]).sum();
        }
        Self(product)
    }

    pub fn apply(&self, p: At) -> At {
        let h = &self.0;
        let w = h[6] * p.x + h[7] * p.y + h[8];
        at((h[0] * p.x + h[1] * p.y + h[2]) / w, (h[3] * p.x + h[4] * p.y + h[5]) / w)
    }

    pub fn inverse(&self) -> Self {
        let h = &self.0;
        let minor = |a: usize, b: usize, c: usize, d: usize| h[a] * h[d] - h[b] * h[c];
        let adjoint = [
            minor(4, 5, 7, 8),
            -minor(1, 2, 7, 8),
            minor(1, 2, 4, 5),
            -minor(3, 5, 6, 8),
            minor(0, 2, 6, 8),
            -minor(0, 2, 3, 5),
            minor(3, 4, 6, 7),
            -minor(0, 1, 6, 7),
            minor(0, 1, 3, 4),
        ];
        let determinant = h[0] * adjoint[0] + h[1] * adjoint[3] + h[2] * adjoint[6];
        Self(adjoint.map(|cell| cell / determinant))
    }

    /// The map that brings four points onto four others.
    pub fn between(from: [At; 4], to: [At; 4]) -> Self {
        let mut rows: Vec<[f64; 9]> = Vec::new();
        for (f, t) in from.iter().zip(&to) {
            rows.push([f.x, f.y, 1.0, 0.0, 0.0, 0.0, -t.x * f.x, -t.x * f.y, t.x]);
            rows.push([0.0, 0.0, 0.0, f.x, f.y, 1.0, -t.y * f.x, -t.y * f.y, t.y]);
        }
        for column in 0..8 {
            let best = (column..8).max_by(|a, b| rows[*a][column].abs().total_cmp(&rows[*b][column].abs())).unwrap();
            rows.swap(column, best);
            let pivot = rows[column];
            for (at, row) in rows.iter_mut().enumerate() {
                let factor = row[column] / pivot[column];
                if at != column {
                    row.iter_mut().zip(&pivot).for_each(|(cell, above)| *cell -= factor * above);
                }
            }
        }
        let mut cells = [1.0; 9];
        (0..8).for_each(|at| cells[at] = rows[at][8] / rows[at][at]);
        Self(cells)
    }
}

/// A wave that displaces points: the feed of a scanner that is not even, a sheet that is not flat.
#[derive(Debug, Clone, Copy)]
pub struct Wave {
    /// How far it displaces, in millimetres.
    pub push: At,
    /// How fast its phase turns, in radians a millimetre to the right and down.
    pub pace: At,
    pub phase: f64,
}

/// One step on the way from a scan back to the print: a projective map, then waves.
#[derive(Debug, Clone)]
pub struct Warp {
    pub plane: Homography,
    pub waves: Vec<Wave>,
}

impl Warp {
    pub const fn flat(plane: Homography) -> Self {
        Self { plane, waves: Vec::new() }
    }

    pub fn back(&self, p: At) -> At {
        let p = self.plane.apply(p);
        self.waves.iter().fold(p, |sum, wave| {
            let swing = (wave.pace.x * p.x + wave.pace.y * p.y + wave.phase).sin();
            at(sum.x + wave.push.x * swing, sum.y + wave.push.y * swing)
        })
    }
}

/// The whole way from a pixel of the scan back to the printed page.
#[derive(Debug, Clone, Default)]
pub struct Trace {
    steps: Vec<Warp>,
}

impl Trace {
    /// What happens after everything so far: its way back comes first.
    pub fn push(&mut self, step: Warp) {
        self.steps.insert(0, step);
    }

    /// The point of the page, in millimetres, that a pixel shows.
    pub fn page_of(&self, pixel: At) -> At {
        self.steps.iter().fold(pixel, |p, step| step.back(p))
    }

    /// The pixel that shows a point of the page.
    pub fn pixel_of(&self, page: At) -> At {
        let mut p = self.steps.iter().rev().fold(page, |p, step| step.plane.inverse().apply(p));
        for _ in 0..12 {
            let here = self.page_of(p);
            let (right, down) = (self.page_of(at(p.x + 1.0, p.y)), self.page_of(at(p.x, p.y + 1.0)));
            let (a, b, c, d) = (right.x - here.x, down.x - here.x, right.y - here.y, down.y - here.y);
            let (ex, ey, det) = (page.x - here.x, page.y - here.y, a * d - b * c);
            p = at(p.x + (d * ex - b * ey) / det, p.y + (a * ey - c * ex) / det);
        }
        p
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_is_found_again_through_every_step() {
        let corners = [at(3.0, 2.0), at(1700.0, 40.0), at(1650.0, 2400.0), at(20.0, 2300.0)];
        let page = [at(0.0, 0.0), at(210.0, 0.0), at(210.0, 297.0), at(0.0, 297.0)];
        let mut trace = Trace::default();
        trace.push(Warp::flat(Homography::scale(0.95, 0.95).then(&Homography::turn(2.0, at(100.0, 150.0)))));
        let wave = Wave { push: at(0.3, 0.5), pace: at(0.0, 0.05), phase: 1.0 };
        trace.push(Warp { plane: Homography::between(corners, page), waves: vec![wave] });
        let there = trace.page_of(trace.pixel_of(at(50.0, 250.0)));
        assert!((there.x - 50.0).abs() < 1e-6 && (there.y - 250.0).abs() < 1e-6, "{there:?}");
    }
}
