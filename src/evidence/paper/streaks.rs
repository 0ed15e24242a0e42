//! Lines that a scanner or a fold drew across a side. Lengths are in tenths of a millimetre.

/// How much of the length of a page a streak crosses: down it, and across it.
const CROSSES: [f32; 2] = [0.6, 0.85];

/// A line that a scanner or a fold drew across the page: where it begins and ends.
#[derive(Debug, Clone, Copy)]
pub(super) struct Streak {
    from: (f32, f32),
    to: (f32, f32),
}

impl Streak {
    /// Whether it passes through a rectangle, or by it as close as this.
    pub(super) fn crosses(&self, [left, top, right, bottom]: [f32; 4], room: f32) -> bool {
        let (dx, dy) = (self.to.0 - self.from.0, self.to.1 - self.from.1);
        let length = dx.hypot(dy).max(1.0);
        let far = |x: f32, y: f32| ((x - self.from.0) * dy - (y - self.from.1) * dx) / length;
        let corners = [far(left, top), far(right, top), far(left, bottom), far(right, bottom)];
        let (least, most) = corners.iter().fold((f32::MAX, f32::MIN), |(a, b), c| (a.min(*c), b.max(*c)));
        least < room && most > -room
    }
}

/// Lines of thin parts across the page, of 40 mm or more together: down most of it, or from margin to margin. A line that a pen drew through
/// some words or rows is shorter.
pub(super) fn streaks(bounds: &[[f32; 4]], (width, height): (f32, f32)) -> Vec<Streak> {
    let mut found = Vec::new();
    for upright in [true, false] {
        let (length, breadth) = if upright { (height, width) } else { (width, height) };
        let thin: Vec<[f32; 4]> = bounds
            .iter()
            .map(|&[l, t, r, b]| if upright { [l, t, r, b] } else { [t, l, b, r] })
            .filter(|[l, t, r, b]| r - l <= 14.0 && b - t >= 1.5 * (r - l))
            .collect();
        for _ in 0..6 {
            let used: Vec<[f32; 4]> = thin
                .iter()
                .copied()
                .filter(|one| {
                    !found.iter().any(|streak: &Streak| {
                        let [l, t, r, b] = *one;
                        streak.crosses(if upright { [l, t, r, b] } else { [t, l, b, r] }, 4.0)
                    })
                })
                .collect();
            let Some((offset, slope, total)) = strongest(&used, length, breadth) else { break };
            let end = offset + slope * length;
            let line = Streak { from: (offset, 0.0), to: (end, length) };
            let on_it = || used.iter().filter(|one| line.crosses(**one, 8.0));
            let first = on_it().map(|one| one[1]).fold(f32::MAX, f32::min);
            let last = on_it().map(|one| one[3]).fold(0.0, f32::max);
            let [down, across] = CROSSES;
            if total < 400.0 || last - first < length * if upright { down } else { across } {
                break;
            }
            found.push(if upright {
                Streak { from: (offset, 0.0), to: (end, length) }
            } else {
                Streak { from: (0.0, offset), to: (length, end) }
            });
        }
    }
    found
}

/// The straight line along which thin parts are longest together: where it begins, its slope, and their length.
fn strongest(thin: &[[f32; 4]], length: f32, breadth: f32) -> Option<(f32, f32, f32)> {
    const BIN: f32 = 8.0;
    const SLOPES: i32 = 14;
    let bins = (breadth / BIN) as usize + 60;
    let mut best: Option<(f32, f32, f32)> = None;
    for step in -SLOPES..=SLOPES {
        let slope = step as f32 * 0.004;
        let mut sums = vec![0.0_f32; bins];
        for [left, top, right, bottom] in thin {
            let offset = (left + right) / 2.0 - slope * (top + bottom) / 2.0;
            let bin = ((offset / BIN) + 30.0).max(0.0) as usize;
            sums.iter_mut().skip(bin).take(2).for_each(|sum| *sum += bottom - top);
        }
        for (bin, sum) in sums.iter().enumerate() {
            if best.is_none_or(|(_, _, most)| *sum > most) {
                best = Some(((bin as f32 - 30.0) * BIN, slope, *sum));
            }
        }
    }
    best.filter(|_| length > 0.0)
}
