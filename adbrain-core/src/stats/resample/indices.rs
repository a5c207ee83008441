//! Drawing places of a sample with replacement.

use super::Purpose;
use crate::stats::random::Random;
use crate::stats::{Defined, Undefined};

/// Values are read in groups of so many.
const LANES: usize = 8;
/// So many random words are made at a time; the buffer stays in the first cache.
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
    fn each(&self, seed: u64, place: [u64; 2], take: impl FnMut([f64; LANES])) {
        let random = Random::at(seed, &place);
        if self.size <= 1 << 21 { self.batches::<3>(random, take) } else { self.batches::<2>(random, take) }
    }

    /// Draws K places from each 64 random bits: with r the bits as a fraction, the whole part of r size is the first place and the fraction
    /// that is left gives the next. All places are equally likely once bits whose last fraction falls below 2^64 mod size^K are drawn
    /// again (Brackett-Rozinsky and Lemire, "Batched ranged random integer generation", 2024).
    #[inline]
    fn batches<const K: usize>(&self, mut random: Random, mut take: impl FnMut([f64; LANES])) {
        let bound = (0..K).fold(1_u64, |bound, _| bound.saturating_mul(u64::from(self.size)));
        let uneven = bound.wrapping_neg() % bound.max(1);
        let mut buffer = [0_u32; CHUNK];
        let mut left = self.values.len();
        while left > 0 {
            let words = left.div_ceil(K * LANES).saturating_mul(2 * LANES).min(CHUNK);
            let (bits, _) = buffer.split_at_mut(words);
            random.fill(bits);
            for words in bits.as_chunks::<{ 2 * LANES }>().0 {
                let (places, worst) = self.places::<K>(words);
                let places = if worst < uneven { self.redrawn(places, (words, uneven), &mut random) } else { places };
                for group in places {
                    if left >= LANES {
                        take(group.map(|place| self.at(place)));
                        left -= LANES;
                    } else if left > 0 {
                        take(self.some(group, left));
                        left = 0;
                    }
                }
            }
        }
    }

    /// The first values of a group, then zeros.
    #[cold]
    fn some(&self, group: [u32; LANES], kept: usize) -> [f64; LANES] {
        let mut values = [0.0; LANES];
        for (value, place) in values.iter_mut().zip(group).take(kept) {
            *value = self.at(place);
        }
        values
    }

    #[inline]
    fn at(&self, place: u32) -> f64 {
        self.values.get(place as usize).copied().unwrap_or_default()
    }

    /// The places that eight 64-bit numbers stand for, and the least of what is left of them.
    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "takes the two halves of a product")]
    fn places<const K: usize>(&self, words: &[u32; 2 * LANES]) -> ([[u32; LANES]; K], u64) {
        let mut places = [[0; LANES]; K];
        let mut rests = numbers(words);
        for group in &mut places {
            for (place, rest) in group.iter_mut().zip(&mut rests) {
                let wide = u128::from(*rest) * u128::from(self.size);
                (*place, *rest) = ((wide >> 64) as u32, wide as u64);
            }
        }
        (places, rests.into_iter().fold(u64::MAX, u64::min))
    }

    /// The places with those drawn again whose number was refused.
    #[cold]
    #[expect(clippy::cast_possible_truncation, reason = "a place is below a 32-bit size")]
    fn redrawn<const K: usize>(
        &self,
        mut places: [[u32; LANES]; K],
        (words, uneven): (&[u32; 2 * LANES], u64),
        random: &mut Random,
    ) -> [[u32; LANES]; K] {
        for (lane, number) in numbers(words).into_iter().enumerate() {
            let rest = (0..K).fold(number, |rest, _| rest.wrapping_mul(u64::from(self.size)));
            if rest < uneven {
                for place in places.iter_mut().filter_map(|group| group.get_mut(lane)) {
                    *place = random.below(u64::from(self.size)) as u32;
                }
            }
        }
        places
    }
}

/// Pairs of 32 bits as 64 bits.
#[inline]
fn numbers(words: &[u32; 2 * LANES]) -> [u64; LANES] {
    let (low, high) = words.split_at(LANES);
    let mut numbers = [0; LANES];
    for ((number, low), high) in numbers.iter_mut().zip(low).zip(high) {
        *number = u64::from(*high) << 32 | u64::from(*low);
    }
    numbers
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
