//! Connected parts of a picture, put together from the runs of its rows.

use std::ops::Range;

/// Runs of dark pixels, joined with those of the row above that they touch, also by a corner.
#[derive(Default)]
pub(super) struct Runs {
    runs: Vec<(Range<usize>, usize)>,
    parent: Vec<usize>,
    above: Range<usize>,
    current: usize,
}

impl Runs {
    /// Adds a run of the current row, from the left to the right.
    pub(super) fn push(&mut self, run: Range<usize>, y: usize) {
        let me = self.runs.len();
        self.parent.push(me);
        for other in self.above.clone() {
            let touches =
                self.runs.get(other).is_some_and(|(other, _)| other.start <= run.end && run.start <= other.end);
            if touches {
                let (a, b) = (self.root(other), self.root(me));
                if let Some(parent) = self.parent.get_mut(a.max(b)) {
                    *parent = a.min(b);
                }
            }
        }
        self.runs.push((run, y));
    }

    /// Goes on to the next row.
    pub(super) fn end_row(&mut self) {
        self.above = self.current..self.runs.len();
        self.current = self.runs.len();
    }

    fn root(&mut self, of: usize) -> usize {
        let mut at = of;
        while let Some(parent) = self.parent.get(at).copied().filter(|parent| *parent != at) {
            at = parent;
        }
        if let Some(parent) = self.parent.get_mut(of) {
            *parent = at;
        }
        at
    }

    /// Adds up something over the runs of each part; none when there are more than `most` parts.
    pub(super) fn gather<S: Default>(
        mut self,
        most: usize,
        mut add: impl FnMut(&mut S, &Range<usize>, usize),
    ) -> Option<Vec<S>> {
        let mut numbers = vec![usize::MAX; self.runs.len()];
        let mut sums: Vec<S> = Vec::new();
        for index in 0..self.runs.len() {
            let root = self.root(index);
            let number = numbers.get_mut(root)?;
            if *number == usize::MAX {
                *number = sums.len();
                sums.push(S::default());
            }
            let (run, y) = self.runs.get(index)?;
            add(sums.get_mut(*number)?, run, *y);
        }
        (sums.len() <= most).then_some(sums)
    }
}

/// Where a part is, and how it lies.
pub(super) struct Shape {
    /// Left, top, right and bottom.
    pub(super) bounds: [usize; 4],
    moments: [f64; 6],
}

impl Default for Shape {
    fn default() -> Self {
        Self { bounds: [usize::MAX, usize::MAX, 0, 0], moments: [0.0; 6] }
    }
}

impl Shape {
    pub(super) fn add(&mut self, run: &Range<usize>, y: usize) {
        let [left, top, right, bottom] = self.bounds;
        self.bounds = [left.min(run.start), top.min(y), right.max(run.end), bottom.max(y + 1)];
        let (n, y) = (run.len() as f64, y as f64);
        let (first, last) = (run.start as f64, run.end as f64 - 1.0);
        let middle = (first + last) / 2.0;
        let squares = n * (middle * middle + (n * n - 1.0) / 12.0);
        let more = [n, n * middle, n * y, squares, n * y * y, n * middle * y];
        self.moments.iter_mut().zip(more).for_each(|(sum, more)| *sum += more);
    }

    pub(super) const fn pixels(&self) -> usize {
        self.moments[0] as usize
    }

    /// The middle of its pixels.
    pub(super) fn middle(&self) -> [f32; 2] {
        let [n, x, y, ..] = self.moments;
        [(x / n + 0.5) as f32, (y / n + 0.5) as f32]
    }

    /// The variances across and down, and what they have in common.
    fn spread(&self) -> [f64; 3] {
        let [n, x, y, xx, yy, xy] = self.moments;
        [xx / n - x * x / n / n, yy / n - y * y / n / n, xy / n - x * y / n / n]
    }

    /// Standard deviations along and across its longer axis.
    pub(super) fn axes(&self) -> [f32; 2] {
        let [a, b, c] = self.spread();
        let (half, root) = ((a + b) / 2.0, ((a - b) * (a - b) / 4.0 + c * c).sqrt());
        [half + root, half - root].map(|variance| variance.max(0.0).sqrt() as f32)
    }

    /// Where its longer axis points to, in radians from the right, clockwise.
    pub(super) fn angle(&self) -> f32 {
        let [a, b, c] = self.spread();
        (0.5 * (2.0 * c).atan2(a - b)) as f32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shapes(rows: &[&str]) -> Vec<Shape> {
        let mut runs = Runs::default();
        for (y, row) in rows.iter().enumerate() {
            let dark: Vec<usize> = row.match_indices('#').map(|(x, _)| x).collect();
            dark.chunk_by(|a, b| a + 1 == *b).for_each(|run| runs.push(run[0]..run[0] + run.len(), y));
            runs.end_row();
        }
        runs.gather(9, Shape::add).unwrap()
    }

    #[test]
    fn what_touches_is_one_part_and_what_does_not_is_another() {
        let found = shapes(&["#.#..", "#.#.#", "###..", "....#"]);
        let told: Vec<_> = found.iter().map(|shape| (shape.bounds, shape.pixels())).collect();
        assert_eq!(told, [([0, 0, 3, 3], 7), ([4, 1, 5, 2], 1), ([4, 3, 5, 4], 1)]);
    }

    #[test]
    fn a_part_knows_how_it_lies() {
        let found = shapes(&["#....", ".#...", "..#..", "...#."]);
        assert!((found[0].angle() - std::f32::consts::FRAC_PI_4).abs() < 1e-3);
        assert_eq!(found[0].middle(), [2.0, 2.0]);
        let [long, broad] = found[0].axes();
        assert!((long - 1.581).abs() < 0.01 && broad < 1e-3, "{long} {broad}");
    }
}
