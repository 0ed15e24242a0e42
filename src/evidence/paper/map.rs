//! The way from a place of a page to its place on a side: a projective map, and what paper and feeders do besides.

use super::{
    field::Field,
    homography::{Homography, Pair, Xy},
};

/// From millimetres of a page to pixels of a side.
#[derive(Debug, Clone)]
pub(super) struct Map {
    pub(super) plane: Homography,
    pub(super) field: Field,
}

impl Map {
    pub(super) fn apply(&self, (x, y): Xy) -> Xy {
        let (dx, dy) = self.field.at((x, y));
        self.plane.apply((x + dx, y + dy))
    }

    /// The map, drawn anew through blocks that were found on the side as this map shows it; those farther than `reach` are wrong.
    pub(super) fn through(&self, pairs: &[Pair], reach: f64) -> Self {
        // Seen so, the side is about as large as the page and upright, and parallels are parallel if they are so on the side.
        let view = self.plane.without_distortion();
        let (upright, turned) = (view.inverse().after(&self.plane), view);
        let seen = |pair: &Pair| {
            let (dx, dy) = self.field.at(pair.to);
            Pair { to: upright.apply((pair.to.0 + dx, pair.to.1 + dy)), ..*pair }
        };
        let seen: Vec<Pair> = pairs.iter().map(seen).collect();
        let plane = upright.through(&seen, 2.4);
        let undo = plane.inverse();
        let left: Vec<Pair> = seen.iter().map(|pair| Pair { to: undo.apply(pair.to), ..*pair }).collect();
        Self { plane: turned.after(&plane), field: Field::flat().fitted(&left, 1.2).fitted(&left, reach) }
    }
}
