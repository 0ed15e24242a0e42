//! A smooth displacement over a page: what no projective map explains, as a feed that is not even or paper that is not flat.

use super::homography::{Pair, Xy, tukey};

/// Distance between nodes, in millimetres. A feeder errs down the page: it is followed more closely there.
const STEP: Xy = (21.0, 7.425);
/// Nodes from left to right and from top to bottom of A4.
const ACROSS: usize = 11;
const DOWN: usize = 41;

/// How far around a node points count, in millimetres.
const REACH: Xy = (110.0, 24.0);

/// How much a node is drawn to no displacement, in points that weigh one: where nothing was found, nothing is displaced.
const PRIOR: f64 = 0.7;

/// A displacement for each place of a page, in millimetres.
#[derive(Debug, Clone)]
pub(super) struct Field {
    nodes: Vec<Xy>,
}

/// What was found to be displaced at a place.
#[derive(Debug, Clone, Copy)]
struct Displaced {
    at: Xy,
    by: Xy,
    weight: Xy,
}

impl Field {
    /// No displacement.
    pub(super) fn flat() -> Self {
        Self { nodes: vec![(0.0, 0.0); ACROSS * DOWN] }
    }

    /// The field, changed so that it brings points to where they should be; points that remain farther than `reach` from it are wrong.
    pub(super) fn fitted(&self, pairs: &[Pair], reach: f64) -> Self {
        // What smoothing takes away from a wave is added by smoothing what remains.
        let wider = [2.0, 1.0, 1.0];
        wider.iter().fold(self.clone(), |field, wider| field.plus(&field.smoothed(pairs, reach * wider)))
    }

    /// The displacement at a place; as at the rim outside of the page.
    pub(super) fn at(&self, place: Xy) -> Xy {
        let cell = |value: f64, step: f64, count: usize| {
            let value = (value / step).clamp(0.0, count as f64 - 1.000_001);
            (value as usize, value - value.floor())
        };
        let (column, x) = cell(place.0, STEP.0, ACROSS);
        let (row, y) = cell(place.1, STEP.1, DOWN);
        let node =
            |dx: usize, dy: usize| self.nodes.get((row + dy) * ACROSS + column + dx).copied().unwrap_or_default();
        let mix = |a: Xy, b: Xy, share: f64| (a.0 + (b.0 - a.0) * share, a.1 + (b.1 - a.1) * share);
        mix(mix(node(0, 0), node(1, 0), x), mix(node(0, 1), node(1, 1), x), y)
    }

    fn plus(&self, other: &Self) -> Self {
        Self { nodes: self.nodes.iter().zip(&other.nodes).map(|(a, b)| (a.0 + b.0, a.1 + b.1)).collect() }
    }

    /// What this field does not explain of the points, smoothed.
    fn smoothed(&self, pairs: &[Pair], reach: f64) -> Self {
        let left = pairs.iter().filter_map(|pair| {
            let already = self.at(pair.from);
            let by = (pair.to.0 - pair.from.0 - already.0, pair.to.1 - pair.from.1 - already.1);
            // A coordinate that is hardly determined may be far off without the other one being wrong.
            let weight = (pair.weight.0 * tukey(by.0, reach), pair.weight.1 * tukey(by.1, reach));
            (weight.0 + weight.1 > 0.0).then_some(Displaced { at: pair.from, by, weight })
        });
        let mut left: Vec<Displaced> = left.collect();
        left.sort_by(|a, b| a.at.1.total_cmp(&b.at.1));
        let rows = (0..DOWN).map(|row| row as f64 * STEP.1);
        let nodes = rows.flat_map(|y| {
            let begin = left.partition_point(|point| point.at.1 < y - REACH.1);
            let end = left.partition_point(|point| point.at.1 <= y + REACH.1);
            let near = left.get(begin..end).unwrap_or_default();
            (0..ACROSS).map(|column| node(near, (column as f64 * STEP.0, y))).collect::<Vec<_>>()
        });
        Self { nodes: nodes.collect() }
    }
}

/// The displacement at a node: the value there of the plane that fits the points around it.
fn node(near: &[Displaced], at: Xy) -> Xy {
    let (mut x, mut y) = (Sums::new(), Sums::new());
    for point in near {
        let (dx, dy) = ((point.at.0 - at.0) / REACH.0, (point.at.1 - at.1) / REACH.1);
        let inner = 1.0 - dx * dx - dy * dy;
        if inner <= 0.0 {
            continue;
        }
        let bell = inner * inner * inner;
        x.add(dx, dy, point.by.0, bell * point.weight.0);
        y.add(dx, dy, point.by.1, bell * point.weight.1);
    }
    (x.value(), y.value())
}

/// The normal equations of a plane through points: constant, slope to the right, slope down.
struct Sums {
    one: [f64; 4],
    dx: [f64; 4],
    dy: [f64; 4],
}

impl Sums {
    const fn new() -> Self {
        Self { one: [PRIOR, 0.0, 0.0, 0.0], dx: [0.0, PRIOR, 0.0, 0.0], dy: [0.0, 0.0, PRIOR, 0.0] }
    }

    fn add(&mut self, dx: f64, dy: f64, value: f64, weight: f64) {
        let row = [1.0, dx, dy, value];
        for (sums, factor) in [(&mut self.one, 1.0), (&mut self.dx, dx), (&mut self.dy, dy)] {
            sums.iter_mut().zip(row).for_each(|(sum, cell)| *sum += weight * factor * cell);
        }
    }

    /// The constant, by Cramer's rule: thousands of times a page.
    fn value(&self) -> f64 {
        let ([a, b, c, p], [d, e, f, q], [g, h, i, r]) = (self.one, self.dx, self.dy);
        let (first, second, third) = (e * i - f * h, c * h - b * i, b * f - c * e);
        let whole = a * first + d * second + g * third;
        if whole.abs() > 1e-12 { (p * first + q * second + r * third) / whole } else { 0.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wave((x, y): Xy) -> Xy {
        (0.2 * (y / 20.0).sin() + 0.001 * x, 0.3 * (y / 15.0).cos())
    }

    fn pairs() -> Vec<Pair> {
        let places = (0..800).map(|at| (f64::from(at % 20) * 8.0 + 25.0, f64::from(at / 20) * 6.0 + 30.0));
        let to = |from: Xy| (from.0 + wave(from).0, from.1 + wave(from).1);
        places.map(|from| Pair { from, to: to(from), weight: (1.0, 1.0) }).collect()
    }

    fn worst(field: &Field) -> f64 {
        let error = |pair: &Pair| {
            let (found, truth) = (field.at(pair.from), wave(pair.from));
            (found.0 - truth.0).hypot(found.1 - truth.1)
        };
        pairs().iter().map(error).fold(0.0, f64::max)
    }

    #[test]
    fn an_uneven_feed_is_followed() {
        let field = Field::flat().fitted(&pairs(), 0.6);
        assert!(worst(&field) < 0.08, "{}", worst(&field));
    }

    #[test]
    fn a_few_wrong_points_do_no_harm() {
        let mut some = pairs();
        some.iter_mut().step_by(11).for_each(|pair| pair.to.0 += 1.5);
        let field = Field::flat().fitted(&some, 0.6);
        assert!(worst(&field) < 0.08, "{}", worst(&field));
    }

    #[test]
    fn nothing_is_displaced_where_nothing_is_known() {
        assert_eq!(Field::flat().fitted(&[], 0.6).at((100.0, 100.0)), (0.0, 0.0));
        let corner: Vec<Pair> = pairs().into_iter().filter(|pair| pair.from.1 < 60.0).collect();
        let far = Field::flat().fitted(&corner, 0.6).at((100.0, 280.0));
        assert!(far.0.abs() + far.1.abs() < 0.01, "{far:?}");
    }
}
