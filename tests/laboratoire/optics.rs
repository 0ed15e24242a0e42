//! Light: a picture seen through a lens that blurs, on a grid that lies otherwise.

use super::{
    picture::Picture,
    plane::{At, Warp, at},
};

/// A picture being exposed: values from 0 to 255 that are not whole yet.
pub struct Exposure {
    pub width: usize,
    pub height: usize,
    pub channels: usize,
    pub values: Vec<f32>,
    /// Whether a pixel shows the sheet.
    pub on_sheet: Vec<bool>,
}

/// Points between which the way back to the sheet is straight enough, in pixels.
const TILE: usize = 16;

/// Exposes `from`, of which a millimetre has `density` pixels, on a grid of `width` × `height` pixels. `back` leads from a pixel of the grid
/// to millimetres of the sheet, `blur` is the lens's standard deviation in millimetres, `outside` what lies around the sheet.
pub fn expose(
    from: &Picture,
    density: f64,
    back: &Warp,
    [width, height]: [usize; 2],
    blur: f64,
    outside: &dyn Fn(At) -> [f32; 3],
) -> Exposure {
    let here = |x: f64, y: f64| back.back(at(x, y));
    let (middle, next) =
        (here(width as f64 / 2.0, height as f64 / 2.0), here(width as f64 / 2.0 + 1.0, height as f64 / 2.0));
    let pitch = (middle.x - next.x).hypot(middle.y - next.y);
    // A pixel gathers the light of its own width; the lens spreads it further.
    let spread = (blur * blur + pitch * pitch / 12.0).sqrt() * density;
    let soft = blurred(from, spread);
    let channels = from.channels;
    let mut exposure = Exposure {
        width,
        height,
        channels,
        values: vec![0.0; width * height * channels],
        on_sheet: vec![false; width * height],
    };
    let columns = width.div_ceil(TILE) + 1;
    let knot = |column: usize, row: usize| {
        let p = here((column * TILE) as f64 + 0.5, (row * TILE) as f64 + 0.5);
        at(p.x * density - 0.5, p.y * density - 0.5)
    };
    let mut above: Vec<At> = (0..columns).map(|column| knot(column, 0)).collect();
    for top in (0..height).step_by(TILE) {
        let below: Vec<At> = (0..columns).map(|column| knot(column, top / TILE + 1)).collect();
        for y in top..(top + TILE).min(height) {
            let down = (y - top) as f64 / TILE as f64;
            for x in 0..width {
                let (column, right) = (x / TILE, (x % TILE) as f64 / TILE as f64);
                let blend = |of: fn(At) -> f64| {
                    let upper = of(above[column]) + (of(above[column + 1]) - of(above[column])) * right;
                    let lower = of(below[column]) + (of(below[column + 1]) - of(below[column])) * right;
                    upper + (lower - upper) * down
                };
                let p = at(blend(|p| p.x), blend(|p| p.y));
                let cell = y * width + x;
                let target = &mut exposure.values[cell * channels..(cell + 1) * channels];
                exposure.on_sheet[cell] = sample(&soft, p, target);
                if !exposure.on_sheet[cell] {
                    let colour = outside(at(x as f64, y as f64));
                    target.copy_from_slice(&colour[..channels]);
                }
            }
        }
        above = below;
    }
    exposure
}

/// The value between four pixels; none outside the picture.
fn sample(from: &Picture, p: At, target: &mut [f32]) -> bool {
    if p.x < 0.0 || p.y < 0.0 || p.x >= (from.width - 1) as f64 || p.y >= (from.height - 1) as f64 {
        return false;
    }
    let (x, y) = (p.x as usize, p.y as usize);
    let (fx, fy) = ((p.x - x as f64) as f32, (p.y - y as f64) as f32);
    let first = (y * from.width + x) * from.channels;
    let second = first + from.width * from.channels;
    for (channel, value) in target.iter_mut().enumerate() {
        let at = |index: usize| f32::from(from.data[index + channel]);
        let upper = at(first) + (at(first + from.channels) - at(first)) * fx;
        let lower = at(second) + (at(second + from.channels) - at(second)) * fx;
        *value = upper + (lower - upper) * fy;
    }
    true
}

/// The picture, blurred by a bell of this standard deviation in pixels.
pub fn blurred(from: &Picture, deviation: f64) -> Picture {
    if deviation < 0.2 {
        return from.clone();
    }
    let reach = (deviation * 2.6).ceil() as usize;
    let bell = |step: usize| (-((step * step) as f64) / (2.0 * deviation * deviation)).exp();
    let total: f64 = bell(0) + 2.0 * (1..=reach).map(bell).sum::<f64>();
    let weights: Vec<u32> = (0..=reach).map(|step| (bell(step) / total * 65536.0).round() as u32).collect();
    let across = along_rows(from, &weights);
    down_columns(&across, &weights)
}

fn along_rows(from: &Picture, weights: &[u32]) -> Picture {
    let (channels, line) = (from.channels, from.width * from.channels);
    let room = (weights.len() - 1) * channels;
    let mut data = Vec::with_capacity(from.data.len());
    let mut padded = vec![0_u8; line + 2 * room];
    for row in from.data.chunks_exact(line) {
        padded[room..room + line].copy_from_slice(row);
        for channel in 0..channels {
            (0..room / channels).for_each(|k| {
                padded[k * channels + channel] = row[channel];
                padded[room + line + k * channels + channel] = row[line - channels + channel];
            });
        }
        data.extend((room..room + line).map(|at| {
            let sum = u32::from(padded[at]) * weights[0];
            let pair = |k: usize| u32::from(padded[at - k * channels]) + u32::from(padded[at + k * channels]);
            let sum = (1..weights.len()).fold(sum, |sum, k| sum + weights[k] * pair(k));
            ((sum + 32768) >> 16).min(255) as u8
        }));
    }
    Picture { data, width: from.width, height: from.height, channels: from.channels }
}

fn down_columns(from: &Picture, weights: &[u32]) -> Picture {
    let line = from.width * from.channels;
    let row = |y: i64| {
        let y = y.clamp(0, from.height as i64 - 1) as usize;
        &from.data[y * line..(y + 1) * line]
    };
    let mut data = Vec::with_capacity(from.data.len());
    let mut sums = vec![0_u32; line];
    for y in 0..from.height as i64 {
        sums.iter_mut().zip(row(y)).for_each(|(sum, value)| *sum = 32768 + u32::from(*value) * weights[0]);
        for (k, weight) in weights.iter().enumerate().skip(1) {
            let (up, down) = (row(y - k as i64), row(y + k as i64));
            let pairs = up.iter().zip(down);
            sums.iter_mut().zip(pairs).for_each(|(sum, (a, b))| *sum += weight * (u32::from(*a) + u32::from(*b)));
        }
        data.extend(sums.iter().map(|sum| (sum >> 16).min(255) as u8));
    }
    Picture { data, width: from.width, height: from.height, channels: from.channels }
}
