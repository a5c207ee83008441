//! Cuts of a column of numbers.

use super::cut::{Rule, Sample, Sums, Whole};
use super::tree::Side;
use crate::stats::random::Random;

/// Sums of the rows of a node by code. Empty between two uses.
#[derive(Debug, Clone)]
pub(super) struct Histogram {
    bins: Box<[Sums; 256]>,
    /// The codes that have rows, a bit each.
    met: [u64; 4],
}

impl Default for Histogram {
    fn default() -> Self {
        Self { bins: Box::new([Sums::default(); 256]), met: [0; 4] }
    }
}

impl Histogram {
    #[expect(clippy::indexing_slicing, reason = "samples name rows of the column; a byte names one of 256 bins")]
    fn fill(&mut self, samples: &[Sample], codes: &[u8]) {
        for sample in samples {
            let code = codes[sample.row as usize];
            let bin = &mut self.bins[usize::from(code)];
            *bin = bin.with(sample);
            self.met[usize::from(code >> 6)] |= 1 << (code & 63);
        }
    }

    /// Gives the codes that have rows, ascending, with their sums, and empties the histogram.
    #[expect(
        clippy::indexing_slicing,
        clippy::cast_possible_truncation,
        reason = "four words of 64 bits name 256 bins"
    )]
    fn drain(&mut self, mut each: impl FnMut(u8, Sums)) {
        for word in 0..self.met.len() {
            let mut bits = std::mem::take(&mut self.met[word]);
            while bits != 0 {
                let code = (word << 6) | bits.trailing_zeros() as usize;
                bits &= bits - 1;
                each(code as u8, std::mem::take(&mut self.bins[code]));
            }
        }
    }

    /// The best cut of a column, with its gain. What is missing is tried on both sides, and alone on the left.
    pub(super) fn best(&mut self, whole: &Whole, samples: &[Sample], codes: &[u8]) -> Option<(f64, Rule)> {
        self.fill(samples, codes);
        let (mut left, mut missing) = (Sums::default(), Sums::default());
        let mut best = Best::default();
        self.drain(|code, sums| {
            if code == 0 {
                missing = sums;
                best.offer(whole, (code, missing, Side::Left));
                return;
            }
            left = left.plus(sums);
            best.offer(whole, (code, left.plus(missing), Side::Left));
            if missing.rows > 0 {
                best.offer(whole, (code, left, Side::Right));
            }
        });
        // After the last code all rows are on the left, or what is missing alone is on the right: both have a gain of nothing or
        // are the first cut again.
        let side = if missing.rows > 0 { best.missing } else { whole.heavier(best.left) };
        (best.gain > 0.0).then_some((best.gain, Rule::Numbers { cut: best.cut, missing: side }))
    }
}

/// The best cut so far.
#[derive(Debug, Clone, Copy)]
struct Best {
    gain: f64,
    cut: u8,
    left: Sums,
    missing: Side,
}

impl Default for Best {
    fn default() -> Self {
        Self { gain: 0.0, cut: 0, left: Sums::default(), missing: Side::Left }
    }
}

impl Best {
    /// Takes a cut that gains more; the first of equals stays.
    fn offer(&mut self, whole: &Whole, (cut, left, missing): (u8, Sums, Side)) {
        let gain = whole.gain(left);
        if gain > self.gain {
            *self = Self { gain, cut, left, missing };
        }
    }
}

/// A cut of a column drawn evenly between the least and the greatest number of the node, with its gain. What is missing goes where
/// the gain is greater.
#[expect(clippy::indexing_slicing, reason = "samples name rows of the column; codes name places between its cuts")]
pub(super) fn random(
    whole: &Whole,
    samples: &[Sample],
    (codes, cuts): (&[u8], &[f64]),
    luck: &mut Random,
) -> Option<(f64, Rule)> {
    let (mut low, mut high) = (u8::MAX, 0);
    for code in samples.iter().map(|sample| codes[sample.row as usize]).filter(|code| *code > 0) {
        (low, high) = (low.min(code), high.max(code));
    }
    let cut = match low.cmp(&high) {
        std::cmp::Ordering::Less => drawn(&cuts[usize::from(low - 1)..usize::from(high - 1)], luck) + low,
        // One number: only what is missing can be told apart.
        std::cmp::Ordering::Equal => 0,
        std::cmp::Ordering::Greater => return None,
    };
    let (mut left, mut missing) = (Sums::default(), Sums::default());
    for sample in samples {
        match codes[sample.row as usize] {
            0 => missing = missing.with(sample),
            code if code <= cut => left = left.with(sample),
            _ => {}
        }
    }
    let (with, without) = (whole.gain(left.plus(missing)), whole.gain(left));
    let side = match missing.rows {
        0 => whole.heavier(left),
        _ if with >= without => Side::Left,
        _ => Side::Right,
    };
    let gain = with.max(without);
    (gain > 0.0).then_some((gain, Rule::Numbers { cut, missing: side }))
}

/// The place, from 0 on, of the cut nearest above a point drawn evenly between the first and the last.
fn drawn(cuts: &[f64], luck: &mut Random) -> u8 {
    let (Some(first), Some(last)) = (cuts.first(), cuts.last()) else { return 0 };
    // The ends belong to values beyond them, half a step at each side on average.
    let step = (last - first) / cuts.len() as f64;
    let point = first - step / 2.0 + (last - first + step) * luck.uniform();
    let place = cuts.partition_point(|cut| *cut < point).min(cuts.len() - 1);
    u8::try_from(place).unwrap_or(u8::MAX)
}
