//! Drawing places of a sample with replacement.

use super::Purpose;
use crate::stats::random::Random;
use crate::stats::{Defined, Undefined};

/// Values are read in groups of so many.
const LANES: usize = 8;
/// So many places are drawn at a time; the buffer stays in the first cache.
const CHUNK: usize = 1024;

/// Values around their mean, to be drawn from.
#[derive(Debug)]
pub(super) struct Pool {
    values: Vec<f64>,
    size: u32,
}

/// The sums over one resample.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Sums {
    pub(super) values: f64,
    pub(super) squares: f64,
}

impl Pool {
    /// The pool of `values` less `centre`.
    pub(super) fn new(values: &[f64], centre: f64) -> Defined<Self> {
        let size = u32::try_from(values.len())
            .map_err(|_| Undefined::Input { field: "values", problem: "must be fewer than 2^32" })?;
        Ok(Self { values: values.iter().map(|value| value - centre).collect(), size })
    }

    /// The number of values.
    pub(super) fn size(&self) -> f64 {
        f64::from(self.size)
    }

    /// The sum of as many values as the pool has, drawn with replacement; the same for the same place.
    pub(super) fn sum(&self, seed: u64, purpose: Purpose, draw: u32) -> f64 {
        let mut sums = [0.0; LANES];
        self.each(seed, [purpose as u64, u64::from(draw)], |values| {
            for (sum, value) in sums.iter_mut().zip(values) {
                *sum += value;
            }
        });
        sums.iter().sum()
    }

    /// The sum and the sum of squares of one resample.
    pub(super) fn sums(&self, seed: u64, purpose: Purpose, draw: u32) -> Sums {
        let (mut sums, mut squares) = ([0.0; LANES], [0.0; LANES]);
        self.each(seed, [purpose as u64, u64::from(draw)], |values| {
            for ((sum, square), value) in sums.iter_mut().zip(&mut squares).zip(values) {
                *sum += value;
                *square += value * value;
            }
        });
        Sums { values: sums.iter().sum(), squares: squares.iter().sum() }
    }

    /// Calls `take` with groups of drawn values; the last group is filled with zeros.
    #[inline]
    fn each(&self, seed: u64, place: [u64; 2], mut take: impl FnMut([f64; LANES])) {
        let mut random = Random::at(seed, &place);
        let mut buffer = [0_u32; CHUNK];
        let mut left = self.values.len();
        while left > 0 {
            let drawn = left.min(CHUNK);
            let (places, _) = buffer.split_at_mut(drawn);
            random.fill(places);
            self.places(places, &mut random);
            let (groups, tail) = places.as_chunks::<LANES>();
            for group in groups {
                take(group.map(|place| self.at(place)));
            }
            if !tail.is_empty() {
                let mut last = [0.0; LANES];
                for (value, place) in last.iter_mut().zip(tail) {
                    *value = self.at(*place);
                }
                take(last);
            }
            left -= drawn;
        }
    }

    #[inline]
    fn at(&self, place: u32) -> f64 {
        self.values.get(place as usize).copied().unwrap_or_default()
    }

    /// Turns random bits into places, each equally likely: the upper half of bits times size, drawn again where the lower half falls below
    /// 2^32 mod size (Lemire, "Fast random integer generation in an interval", 2019).
    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "takes the two halves of a product")]
    fn places(&self, bits: &mut [u32], random: &mut Random) {
        let size = u64::from(self.size);
        let uneven = self.size.wrapping_neg() % self.size.max(1);
        let again = bits.iter().fold(false, |again, bits| again | (((u64::from(*bits) * size) as u32) < uneven));
        if !again {
            for bits in bits {
                *bits = ((u64::from(*bits) * size) >> 32) as u32;
            }
            return;
        }
        for bits in bits.iter_mut() {
            let product = u64::from(*bits) * size;
            let redraw = (product as u32) < uneven;
            *bits = if redraw { random.below(size) as u32 } else { (product >> 32) as u32 };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_is_drawn_as_often() {
        let counts = [0, 1, 2, 3, 4, 5, 6].map(|at| {
            let values = [0, 1, 2, 3, 4, 5, 6].map(|value| f64::from(u8::from(value == at)));
            let pool = Pool::new(&values, 0.0).unwrap();
            (0..10_000).map(|draw| pool.sum(1, Purpose::Mean, draw)).sum::<f64>()
        });
        assert_eq!(counts.iter().sum::<f64>().to_bits(), 70_000_f64.to_bits());
        assert!(counts.iter().all(|count| (count - 10_000.0).abs() < 400.0), "{counts:?}");
    }

    #[test]
    fn both_sums_come_from_the_same_places() {
        let values: Vec<f64> = (0..3001).map(f64::from).collect();
        let pool = Pool::new(&values, 1500.0).unwrap();
        let sums = pool.sums(4, Purpose::Control, 2);
        assert_eq!(sums.values.to_bits(), pool.sum(4, Purpose::Control, 2).to_bits());
        assert!((sums.squares / 3001.0 / 750_500.0 - 1.0).abs() < 0.05);
    }
}
