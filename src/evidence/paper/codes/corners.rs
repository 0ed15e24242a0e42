//! Where exactly a symbol lies.
//!
//! The reader samples a symbol; it does not measure it: its corners are off by a third of a millimetre. Between two neighbouring
//! modules, one black and one white, there is an edge whose place is known in the symbol and can be measured on the picture. A symbol
//! has eight hundred of them; what they say together is right to a few hundredths of a millimetre, whatever a pen covers.

use super::{CODE_MODULES, Point, Raster};

/// Modules on a side.
const SIDE: usize = CODE_MODULES as usize;

/// Times that the edges are measured, each from where the last time put the corners.
const ROUNDS: usize = 3;

/// Points from the middle of a module to the middle of the next.
const STEPS: usize = 12;

/// Edges without which nothing is known: a tenth of what a symbol has.
const FEWEST: usize = 60;

/// What an edge depends on: a shift, two stretches, a twist, and how much black spreads.
const UNKNOWNS: usize = 5;

/// The corners of a symbol, measured; as they were where that gives nothing sensible.
pub(super) fn refined(raster: &Raster, corners: [Point; 4]) -> [Point; 4] {
    let mut best = corners;
    for _ in 0..ROUNDS {
        let Some(next) = Grid::through(best).and_then(|grid| round(raster, &grid)) else { return best };
        best = next;
    }
    best
}

/// Where the points of a symbol, in modules, are on the picture: a projection.
struct Grid {
    origin: Point,
    across: [f32; 2],
    down: [f32; 2],
    depth: [f32; 2],
}

impl Grid {
    /// The projection that puts the symbol's corners there.
    fn through(corners: [Point; 4]) -> Option<Self> {
        let [a, b, c, d] = corners;
        let (x1, y1, x2, y2) = (b.x - c.x, b.y - c.y, d.x - c.x, d.y - c.y);
        let (x3, y3) = (a.x - b.x + c.x - d.x, a.y - b.y + c.y - d.y);
        let area = x1 * y2 - x2 * y1;
        if area.abs() < 1.0 {
            return None;
        }
        let (g, h) = ((x3 * y2 - x2 * y3) / area, (x1 * y3 - x3 * y1) / area);
        let across = [b.x - a.x + g * b.x, b.y - a.y + g * b.y];
        let down = [d.x - a.x + h * d.x, d.y - a.y + h * d.y];
        Some(Self { origin: a, across, down, depth: [g, h] })
    }

    fn at(&self, u: f32, v: f32) -> Point {
        let (u, v) = (u / SIDE as f32, v / SIDE as f32);
        let [g, h] = self.depth;
        let away = 1.0 / (1.0 + g * u + h * v);
        Point {
            x: (self.origin.x + self.across[0] * u + self.down[0] * v) * away,
            y: (self.origin.y + self.across[1] * u + self.down[1] * v) * away,
        }
    }
}

/// How bright the picture is at a point, between the middles of its pixels.
fn grey(raster: &Raster, at: Point) -> f32 {
    let (x, y) = ((at.x - 0.5).max(0.0), (at.y - 0.5).max(0.0));
    let (left, top) = (x as usize, y as usize);
    let (x, y) = (x - left as f32, y - top as f32);
    let pixel = |x, y| f32::from(raster.at(x, y));
    let upper = pixel(left, top) * (1.0 - x) + pixel(left + 1, top) * x;
    let lower = pixel(left, top + 1) * (1.0 - x) + pixel(left + 1, top + 1) * x;
    upper * (1.0 - y) + lower * y
}

/// Measures the edges and moves the corners to where they say.
fn round(raster: &Raster, grid: &Grid) -> Option<[Point; 4]> {
    let middles = (0..SIDE * SIDE).map(|at| grid.at((at % SIDE) as f32 + 0.5, (at / SIDE) as f32 + 0.5));
    let light: Vec<f32> = middles.map(|at| grey(raster, at)).collect();
    let mut sorted = light.clone();
    sorted.sort_by(f32::total_cmp);
    // Nearly half of the modules are black: the middles of both halves.
    let (black, white) = (*sorted.get(sorted.len() / 5)?, *sorted.get(sorted.len() * 4 / 5)?);
    if white - black < 20.0 {
        return None;
    }
    let is_black = |u: usize, v: usize| light.get(v * SIDE + u).is_some_and(|light| *light < (black + white) / 2.0);
    let (mut across, mut down) = (Fit::new(), Fit::new());
    for v in 0..SIDE {
        for u in 0..SIDE {
            if u + 1 < SIDE && is_black(u, v) != is_black(u + 1, v) {
                across.add(measure(raster, grid, [u, v], [1.0, 0.0], [black, white]), is_black(u, v));
            }
            if v + 1 < SIDE && is_black(u, v) != is_black(u, v + 1) {
                down.add(measure(raster, grid, [u, v], [0.0, 1.0], [black, white]), is_black(u, v));
            }
        }
    }
    let (across, down) = (across.solve()?, down.solve()?);
    let side = SIDE as f32;
    let corner = |u: f32, v: f32| {
        let [right, below] = [shift(&across, u, v), shift(&down, u, v)];
        // More than a module is no correction.
        (right.abs().max(below.abs()) < 1.0).then(|| grid.at(u + right, v + below))
    };
    Some([corner(0.0, 0.0)?, corner(side, 0.0)?, corner(side, side)?, corner(0.0, side)?])
}

/// An edge: where it is in the symbol, from its middle and in halves of its side, and how far from there it was found, in modules.
struct Edge {
    u: f32,
    v: f32,
    off: f32,
}

/// Measures the edge between a module and the next one in a direction.
fn measure(raster: &Raster, grid: &Grid, module: [usize; 2], toward: [f32; 2], levels: [f32; 2]) -> Edge {
    let [u, v] = module.map(|module| module as f32 + 0.5);
    let [black, white] = levels;
    let step = |at: usize| (at as f32 + 0.5) / STEPS as f32;
    let dark = |at: usize| {
        let light = grey(raster, grid.at(u + toward[0] * step(at), v + toward[1] * step(at)));
        ((white - light) / (white - black)).clamp(0.0, 1.0)
    };
    let share = (0..STEPS).map(dark).sum::<f32>() / STEPS as f32;
    let starts_dark = (0..STEPS / 2).map(dark).sum::<f32>() > (STEPS / 2..STEPS).map(dark).sum::<f32>();
    let found = if starts_dark { share } else { 1.0 - share };
    let half = SIDE as f32 / 2.0;
    let [u, v] = [u + toward[0] / 2.0, v + toward[1] / 2.0].map(|at| (at - half) / half);
    Edge { u, v, off: found - 0.5 }
}

/// Least squares over the edges of one direction.
struct Fit {
    sums: [[f64; UNKNOWNS + 1]; UNKNOWNS],
    edges: usize,
}

impl Fit {
    const fn new() -> Self {
        Self { sums: [[0.0; UNKNOWNS + 1]; UNKNOWNS], edges: 0 }
    }

    fn add(&mut self, edge: Edge, starts_dark: bool) {
        // An edge at the middle of a module is none: something lies over it.
        if edge.off.abs() > 0.42 {
            return;
        }
        let spread = if starts_dark { 1.0 } else { -1.0 };
        let [u, v] = [edge.u, edge.v].map(f64::from);
        let terms = [1.0, u, v, u * v, spread];
        for (row, term) in self.sums.iter_mut().zip(terms) {
            for (sum, other) in row.iter_mut().zip(terms.into_iter().chain([f64::from(edge.off)])) {
                *sum += term * other;
            }
        }
        self.edges += 1;
    }

    /// The unknowns, by Gauss's elimination.
    fn solve(self) -> Option<[f64; UNKNOWNS]> {
        let mut rows = self.sums;
        for at in 0..UNKNOWNS {
            let pivot = *rows.get(at)?;
            let scale = *pivot.get(at)?;
            if self.edges < FEWEST || scale.abs() < 1e-6 {
                return None;
            }
            for (number, row) in rows.iter_mut().enumerate() {
                let factor = row.get(at)? / scale;
                for (value, other) in row.iter_mut().zip(pivot) {
                    *value = if number == at { other / scale } else { *value - factor * other };
                }
            }
        }
        Some(rows.map(|row| row.last().copied().unwrap_or_default()))
    }
}

/// How far a point of the symbol is from where the grid has it, in modules.
fn shift(fit: &[f64; UNKNOWNS], u: f32, v: f32) -> f32 {
    let half = SIDE as f32 / 2.0;
    let [u, v] = [(u - half) / half, (v - half) / half].map(f64::from);
    let [shift, stretch, slant, twist, _] = fit;
    (shift + stretch * u + slant * v + twist * u * v) as f32
}
