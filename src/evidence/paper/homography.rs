//! Projective maps of the plane, and the one that fits many points of which some are wrong.

/// A point, in millimetres or pixels.
pub(super) type Xy = (f64, f64);

/// A projective map of the plane.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Homography([f64; 9]);

/// Where a point should come to lie, and how much each coordinate of it counts.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pair {
    pub(super) from: Xy,
    pub(super) to: Xy,
    pub(super) weight: Xy,
}

/// What may vary of a map.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Freedom {
    /// Place, angle and one scale.
    Similar,
    /// Parallels stay parallel.
    Affine,
    /// Straight lines stay straight.
    Projective,
}

/// The middle of A4 and half its size, in millimetres: numbers near one keep the equations sound.
const MIDDLE: Xy = (105.0, 148.5);
const HALF: f64 = 150.0;

/// How many maps are tried to find one that most points agree with.
const TRIALS: usize = 300;
/// How many points judge each of them.
const JURY: usize = 120;

/// A map with less freedom explains points as well when it leaves them not farther than so (millimetres), and so many times as far.
const AS_GOOD_MM: f64 = 0.1;
const AS_GOOD: f64 = 1.1;

impl Homography {
    pub(super) const IDENTITY: Self = Self([1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0]);

    pub(super) const fn affine(x: [f64; 3], y: [f64; 3]) -> Self {
        Self([x[0], x[1], x[2], y[0], y[1], y[2], 0.0, 0.0, 1.0])
    }

    pub(super) fn apply(&self, (x, y): Xy) -> Xy {
        let [a, b, c, d, e, f, g, h, i] = self.0;
        let w = g * x + h * y + i;
        ((a * x + b * y + c) / w, (d * x + e * y + f) / w)
    }

    /// First `before`, then this.
    pub(super) fn after(&self, before: &Self) -> Self {
        let [a, b, c, d, e, f, g, h, i] = before.0;
        let row = |x: f64, y: f64, z: f64| [x * a + y * d + z * g, x * b + y * e + z * h, x * c + y * f + z * i];
        let [p, q, r, s, t, u, v, w, z] = self.0;
        let ([k, l, m], [n, o, j], [x, y, last]) = (row(p, q, r), row(s, t, u), row(v, w, z));
        Self([k, l, m, n, o, j, x, y, last])
    }

    /// The way back.
    pub(super) fn inverse(&self) -> Self {
        let [a, b, c, d, e, f, g, h, i] = self.0;
        let rows = [
            [e * i - f * h, c * h - b * i, b * f - c * e],
            [f * g - d * i, a * i - c * g, c * d - a * f],
            [d * h - e * g, b * g - a * h, a * e - b * d],
        ];
        let [[j, k, l], [m, n, o], [p, q, r]] = rows;
        Self([j, k, l, m, n, o, p, q, r])
    }

    /// The map that keeps all shapes and does what this one does in the middle of a page, to what lies there from left to right.
    pub(super) fn without_distortion(&self) -> Self {
        let (x, y) = self.apply(MIDDLE);
        let (right, below) = self.apply((MIDDLE.0 + 1.0, MIDDLE.1));
        let (a, b) = (right - x, below - y);
        Self::affine([a, -b, x - a * MIDDLE.0 + b * MIDDLE.1], [b, a, y - b * MIDDLE.0 - a * MIDDLE.1])
    }

    /// How much longer a length near a point becomes.
    pub(super) fn scale_at(&self, (x, y): Xy) -> f64 {
        let (here, right, below) = (self.apply((x, y)), self.apply((x + 1.0, y)), self.apply((x, y + 1.0)));
        let (a, b) = (right.0 - here.0, right.1 - here.1);
        let (c, d) = (below.0 - here.0, below.1 - here.1);
        (a * d - b * c).abs().sqrt()
    }

    /// Whether it keeps a sheet of paper a sheet: nothing is folded over, thrown far or made tiny.
    pub(super) fn is_sane(&self, scale: f64) -> bool {
        let corners = [(0.0, 0.0), (210.0, 0.0), (210.0, 297.0), (0.0, 297.0), MIDDLE];
        let [.., g, h, i] = self.0;
        corners.iter().all(|&(x, y)| {
            let grown = self.scale_at((x, y)) / scale;
            g * x + h * y + i > 0.2 && grown > 0.6 && grown < 1.6
        })
    }

    /// The map of least squares; none when the points do not determine it.
    pub(super) fn fit(pairs: &[Pair], freedom: Freedom) -> Option<Self> {
        let unknowns = match freedom {
            Freedom::Similar => 4,
            Freedom::Affine => 6,
            Freedom::Projective => 8,
        };
        let mut normal = vec![vec![0.0_f64; unknowns + 1]; unknowns];
        let mut add = |row: &[f64], weight: f64| {
            for (sums, a) in normal.iter_mut().zip(row) {
                sums.iter_mut().zip(row).for_each(|(sum, b)| *sum += weight * a * b);
            }
        };
        // The points that are mapped are centred; what they are mapped to may be pixels and is centred on its own.
        let (center, size) = spread(pairs)?;
        for Pair { from, to, weight } in pairs {
            let (x, y) = ((from.0 - MIDDLE.0) / HALF, (from.1 - MIDDLE.1) / HALF);
            let (u, v) = ((to.0 - center.0) / size, (to.1 - center.1) / size);
            match freedom {
                Freedom::Similar => {
                    add(&[x, -y, 1.0, 0.0, u], weight.0);
                    add(&[y, x, 0.0, 1.0, v], weight.1);
                }
                Freedom::Affine => {
                    add(&[x, y, 1.0, 0.0, 0.0, 0.0, u], weight.0);
                    add(&[0.0, 0.0, 0.0, x, y, 1.0, v], weight.1);
                }
                Freedom::Projective => {
                    add(&[x, y, 1.0, 0.0, 0.0, 0.0, -u * x, -u * y, u], weight.0);
                    add(&[0.0, 0.0, 0.0, x, y, 1.0, -v * x, -v * y, v], weight.1);
                }
            }
        }
        let solution = solve(normal)?;
        let inner = match *solution.as_slice() {
            [a, b, c, d] => Self::affine([a, -b, c], [b, a, d]),
            [a, b, c, d, e, f] => Self::affine([a, b, c], [d, e, f]),
            [a, b, c, d, e, f, g, h] => Self([a, b, c, d, e, f, g, h, 1.0]),
            _ => return None,
        };
        let before = Self::affine([1.0 / HALF, 0.0, -MIDDLE.0 / HALF], [0.0, 1.0 / HALF, -MIDDLE.1 / HALF]);
        let after = Self::affine([size, 0.0, center.0], [0.0, size, center.1]);
        let whole = after.after(&inner).after(&before);
        let unit = whole.0[8];
        (unit.is_finite() && unit.abs() > 1e-9).then(|| Self(whole.0.map(|cell| cell / unit)))
    }

    /// The map that most of the points agree with, to about `reach`; none when no map does. The same points give the same map.
    pub(super) fn robust(pairs: &[Pair], reach: f64, freedom: Freedom) -> Option<Self> {
        let mut chance = Chance(0x9e37_79b9_7f4a_7c15);
        let mut best = (0.0, None);
        // Some of the points, from all over the page, tell as much as all of them.
        let jury: Vec<Pair> = pairs.iter().step_by(pairs.len().div_ceil(JURY).max(1)).copied().collect();
        let mut consider = |map: Option<Self>| {
            let Some(map) = map.filter(|map| map.is_sane(1.0)) else { return };
            let support = jury.iter().map(|pair| pair.support(&map, reach)).sum::<f64>();
            if support > best.0 {
                best = (support, Some(map));
            }
        };
        consider(Some(Self::IDENTITY));
        for trial in 0..TRIALS {
            let (count, freedom) = if trial % 2 == 0 { (3, Freedom::Affine) } else { (4, freedom) };
            let some: Option<Vec<Pair>> = (0..count).map(|_| pairs.get(chance.below(pairs.len())).copied()).collect();
            let Some(some) = some else { break };
            let even: Vec<Pair> = some.into_iter().map(|pair| Pair { weight: (1.0, 1.0), ..pair }).collect();
            consider(Self::fit(&even, freedom));
        }
        Some(best.1?.refined(pairs, reach, freedom))
    }

    /// The map through points that were found, most of them right, to about `reach` of a millimetre. A scanner keeps parallels; only where
    /// that explains the points badly was the sheet seen askew. What a map may vary in without need leads it astray beside the points.
    pub(super) fn through(self, pairs: &[Pair], reach: f64) -> Self {
        let parallel = self.refined(pairs, reach, Freedom::Affine);
        let leaning = self.refined(pairs, reach, Freedom::Projective);
        let as_good = AS_GOOD_MM + AS_GOOD * leaning.leaves(pairs);
        if parallel.leaves(pairs) <= as_good { parallel } else { leaning }
    }

    /// How far the map leaves the middle one of the points.
    fn leaves(&self, pairs: &[Pair]) -> f64 {
        let mut distances: Vec<f64> = pairs.iter().map(|pair| pair.distance(self)).collect();
        distances.sort_by(f64::total_cmp);
        distances.get(distances.len() / 2).copied().unwrap_or(0.0)
    }

    /// The map, drawn to the points that it is near to already.
    pub(super) fn refined(self, pairs: &[Pair], reach: f64, freedom: Freedom) -> Self {
        [2.0, 1.5, 1.0, 1.0].iter().fold(self, |map, wider| {
            let weighted: Vec<Pair> = pairs.iter().map(|pair| pair.weighted(&map, reach * wider)).collect();
            Self::fit(&weighted, freedom).filter(|map| map.is_sane(1.0)).unwrap_or(map)
        })
    }
}

impl Pair {
    /// How far the map leaves the point from where it should be, coordinates counting by their weights.
    pub(super) fn distance(&self, map: &Homography) -> f64 {
        let (x, y) = map.apply(self.from);
        let most = self.weight.0.max(self.weight.1).max(1e-9);
        let (x, y) = ((x - self.to.0).powi(2) * self.weight.0, (y - self.to.1).powi(2) * self.weight.1);
        ((x + y) / most).sqrt()
    }

    fn support(&self, map: &Homography, reach: f64) -> f64 {
        tukey(self.distance(map), reach) * (self.weight.0 + self.weight.1)
    }

    fn weighted(self, map: &Homography, reach: f64) -> Self {
        let factor = tukey(self.distance(map), reach);
        Self { weight: (self.weight.0 * factor, self.weight.1 * factor), ..self }
    }
}

/// One for no distance, nothing from `reach` on.
pub(super) fn tukey(distance: f64, reach: f64) -> f64 {
    let share = distance / reach;
    if share < 1.0 { (1.0 - share * share).powi(2) } else { 0.0 }
}

/// The middle of where points come to lie, and how far they lie from it.
fn spread(pairs: &[Pair]) -> Option<(Xy, f64)> {
    let sums = pairs.iter().fold((0.0, 0.0, 0.0), |(x, y, n), pair| {
        let weight = pair.weight.0 + pair.weight.1;
        (x + pair.to.0 * weight, y + pair.to.1 * weight, n + weight)
    });
    let center = (sums.0 / sums.2, sums.1 / sums.2);
    let far = pairs.iter().map(|pair| (pair.to.0 - center.0).abs().max((pair.to.1 - center.1).abs()));
    let size = far.fold(0.0_f64, f64::max);
    (center.0.is_finite() && center.1.is_finite() && size > 0.0).then_some((center, size))
}

/// Solves linear equations, each with its right side at its end.
fn solve(mut rows: Vec<Vec<f64>>) -> Option<Vec<f64>> {
    let mut solved: Vec<Vec<f64>> = Vec::new();
    for column in 0..rows.len() {
        let size = |row: &Vec<f64>| row.get(column).map_or(0.0, |cell| cell.abs());
        let (best, _) = rows.iter().enumerate().max_by(|a, b| size(a.1).total_cmp(&size(b.1)))?;
        let mut pivot = rows.swap_remove(best);
        let divisor = *pivot.get(column)?;
        if divisor.abs() < 1e-12 {
            return None;
        }
        pivot.iter_mut().for_each(|cell| *cell /= divisor);
        for row in rows.iter_mut().chain(&mut solved) {
            let factor = *row.get(column)?;
            row.iter_mut().zip(&pivot).for_each(|(cell, above)| *cell -= factor * above);
        }
        solved.push(pivot);
    }
    solved.iter().map(|row| row.last().copied()).collect()
}

/// Numbers that look drawn by chance, always the same.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap_or(0) % end.max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEANING: Homography = Homography([1.02, 0.03, 4.0, -0.03, 0.98, -2.0, 1e-4, -5e-5, 1.0]);

    fn pairs(wrong: usize) -> Vec<Pair> {
        let grid = (0..100).map(|at| (f64::from(at % 10) * 20.0 + 10.0, f64::from(at / 10) * 28.0 + 10.0));
        let mut pairs: Vec<Pair> =
            grid.map(|from| Pair { from, to: LEANING.apply(from), weight: (1.0, 1.0) }).collect();
        for pair in pairs.iter_mut().step_by(100 / wrong.max(1)).take(wrong) {
            pair.to = (pair.from.0 + 9.0, pair.from.1 - 7.0);
        }
        pairs
    }

    fn worst(map: &Homography) -> f64 {
        pairs(0).iter().map(|pair| pair.distance(map)).fold(0.0, f64::max)
    }

    #[test]
    fn points_without_error_give_their_map() {
        let map = Homography::fit(&pairs(0), Freedom::Projective).unwrap();
        assert!(worst(&map) < 1e-6, "{}", worst(&map));
    }

    #[test]
    fn a_third_of_wrong_points_does_no_harm() {
        let map = Homography::robust(&pairs(33), 2.0, Freedom::Projective).unwrap();
        assert!(worst(&map) < 0.05, "{}", worst(&map));
    }

    #[test]
    fn maps_follow_one_another() {
        let twice = LEANING.after(&LEANING);
        let (a, b) = (twice.apply((30.0, 70.0)), LEANING.apply(LEANING.apply((30.0, 70.0))));
        assert!((a.0 - b.0).abs() + (a.1 - b.1).abs() < 1e-9);
    }

    #[test]
    fn too_few_points_give_no_map() {
        assert!(Homography::fit(&pairs(0)[..2], Freedom::Affine).is_none());
        assert!(Homography::robust(&[], 1.0, Freedom::Affine).is_none());
    }

    #[test]
    fn the_way_back_leads_back() {
        let (x, y) = LEANING.inverse().apply(LEANING.apply((30.0, 200.0)));
        assert!((x - 30.0).abs() < 1e-9 && (y - 200.0).abs() < 1e-9, "{x} {y}");
    }

    /// Text on the upper third of a page, that an uneven feed has displaced.
    #[test]
    fn beside_the_text_of_a_scan_parallels_stay_parallel() {
        let places = (0..400).map(|at| (f64::from(at % 20) * 8.0 + 25.0, f64::from(at / 20) * 4.0 + 30.0));
        let wave = |(x, y): Xy| (x + 0.2 * (y / 20.0).sin(), y + 0.25 * (y / 15.0).cos());
        let through = |map: &dyn Fn(Xy) -> Xy| {
            let pairs: Vec<Pair> =
                places.clone().map(|from| Pair { from, to: map(from), weight: (1.0, 1.0) }).collect();
            Homography::IDENTITY.through(&pairs, 2.4)
        };
        let scan = through(&wave);
        let [a, b, c, d] = [(0.0, 0.0), (200.0, 290.0), (200.0, 0.0), (0.0, 290.0)].map(|at| scan.apply(at));
        assert!((a.0 + b.0 - c.0 - d.0).abs() < 1e-6 && (a.1 + b.1 - c.1 - d.1).abs() < 1e-6);
        let photo = |at: Xy| Homography([1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 2e-4, -1e-4, 1.0]).apply(wave(at));
        let [a, b, c, d] = [(0.0, 0.0), (200.0, 290.0), (200.0, 0.0), (0.0, 290.0)].map(|at| through(&photo).apply(at));
        assert!((a.0 + b.0 - c.0 - d.0).abs() > 1.0, "a photograph leans");
    }
}
