//! Drawing from a sample with replacement.

use std::ops::Range;

use super::Purpose;
use crate::stats::random::{Random, Words};
use crate::stats::{Defined, Undefined};

/// The values of a block are numbered by at most so many bits: 2^12 of them are 32 KiB, which the first cache holds.
const BITS: u32 = 12;
const BLOCK: usize = 1 << BITS;
/// So many numbers of a block come from one random word.
const PLACES: usize = (u64::BITS / BITS) as usize;

/// Values around their mean, to be drawn from, in blocks as large as the binary digits of their number: 1500 values are blocks of 1024,
/// 256, 128, 64, 16, 8 and 4.
///
/// How many of a resample fall into each block is binomial given the blocks before it, and within a block of a power of two every number
/// is just some random bits. So a resample is a plain bootstrap sample (its counts are multinomial), without a division or a refused
/// number, and from the first cache.
#[derive(Debug)]
pub(super) struct Pool {
    /// Filled up with zeros, so that a whole block can be read from the start of any.
    values: Vec<f64>,
    blocks: Vec<Block>,
    size: u32,
}

#[derive(Debug, Clone, Copy)]
struct Block {
    start: usize,
    size: u32,
    /// Its share of the values from `start` on.
    share: f64,
}

/// What is kept of the values of a resample.
pub(super) trait Tally: Default {
    /// Takes some drawn values; zeros stand for none.
    fn add(&mut self, values: [f64; PLACES]);
}

/// The sum of the values of a resample.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Sum([f64; PLACES]);

impl Sum {
    pub(super) fn total(&self) -> f64 {
        self.0.iter().sum()
    }
}

impl Tally for Sum {
    #[inline]
    fn add(&mut self, values: [f64; PLACES]) {
        for (sum, value) in self.0.iter_mut().zip(values) {
            *sum += value;
        }
    }
}

/// The sum and the sum of squares of the values of a resample.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Sums {
    pub(super) values: Sum,
    pub(super) squares: Sum,
}

impl Tally for Sums {
    #[inline]
    fn add(&mut self, values: [f64; PLACES]) {
        self.values.add(values);
        self.squares.add(values.map(|value| value * value));
    }
}

/// A resample under way.
struct Resample<T> {
    place: [u64; 2],
    random: Random,
    left: u32,
    tally: T,
}

impl Pool {
    /// The pool of `values` less `centre`.
    pub(super) fn new(values: &[f64], centre: f64) -> Defined<Self> {
        let size = u32::try_from(values.len())
            .map_err(|_| Undefined::Input { field: "values", problem: "must be fewer than 2^32" })?;
        let mut centred = Vec::with_capacity(values.len() + BLOCK);
        centred.extend(values.iter().map(|value| value - centre));
        centred.resize(values.len() + BLOCK, 0.0);
        Ok(Self { values: centred, blocks: blocks(size), size })
    }

    /// The number of values.
    pub(super) fn size(&self) -> f64 {
        f64::from(self.size)
    }

    /// What is kept of as many values as the pool has, drawn with replacement, for each of a range of draws; the same for the same draw.
    pub(super) fn resamples<T: Tally>(
        &self,
        seed: u64,
        purpose: Purpose,
        draws: Range<u32>,
    ) -> impl Iterator<Item = T> {
        let begin = |draw| {
            let place = [purpose as u64, u64::from(draw)];
            Resample { place, random: Random::at(seed, &place), left: self.size, tally: T::default() }
        };
        let mut resamples: Vec<_> = draws.map(begin).collect();
        // Block by block, so that a block is read into the cache once for all resamples.
        for (block, number) in self.blocks.iter().zip(0_u64..) {
            let Some(values) = self.values.get(block.start..).and_then(|values| values.first_chunk()) else { break };
            for resample in &mut resamples {
                let [purpose, draw] = resample.place;
                resample.draw(values, *block, Words::at(seed, &[purpose, draw, number]));
            }
        }
        resamples.into_iter().map(|resample| resample.tally)
    }
}

/// The blocks of so many values, the largest first.
fn blocks(size: u32) -> Vec<Block> {
    let (mut blocks, mut start, mut left) = (Vec::new(), 0, size);
    while left > 0 {
        let size = 1 << left.ilog2().min(BITS);
        blocks.push(Block { start, size, share: f64::from(size) / f64::from(left) });
        (start, left) = (start + size as usize, left - size);
    }
    blocks
}

impl<T: Tally> Resample<T> {
    /// Draws what falls into a block.
    fn draw(&mut self, values: &[f64; BLOCK], block: Block, words: Words) {
        let count = self.random.binomial(u64::from(self.left), block.share);
        let count = u32::try_from(count).unwrap_or(self.left);
        self.left -= count;
        let mut left = count as usize;
        for index in 0.. {
            for word in words.pair(index) {
                if left < PLACES {
                    self.tally.add(first(left, drawn(values, word, block.size)));
                    return;
                }
                self.tally.add(drawn(values, word, block.size));
                left -= PLACES;
            }
        }
    }
}

/// The values of a block (of which the first `size`, a power of two, are meant) that a word stands for.
#[inline]
#[expect(clippy::indexing_slicing, reason = "the remainder of a division by the length")]
#[expect(clippy::cast_possible_truncation, reason = "only the lower bits are kept")]
fn drawn(values: &[f64; BLOCK], word: u64, size: u32) -> [f64; PLACES] {
    let mut places = [0; PLACES];
    for (place, shift) in places.iter_mut().zip((0..).step_by(BITS as usize)) {
        *place = (word >> shift) as usize & (size as usize - 1);
    }
    places.map(|place| values[place % BLOCK])
}

/// The first of some values, and zeros for the others.
#[cold]
fn first(kept: usize, mut values: [f64; PLACES]) -> [f64; PLACES] {
    values.iter_mut().skip(kept).for_each(|value| *value = 0.0);
    values
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::distribution::binomial_cdf;
    use crate::stats::random::law::{assert_drawn_from, assert_even, assert_fits};

    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a sum of small whole numbers")]
    fn count(sum: &Sum) -> u64 {
        sum.total() as u64
    }

    /// How often the value at a place was drawn, for each of many resamples.
    fn times(size: usize, place: usize, draws: u32) -> Vec<u64> {
        let mut values = vec![0.0; size];
        values[place] = 1.0;
        let pool = Pool::new(&values, 0.0).unwrap();
        pool.resamples::<Sum>(1, Purpose::Mean, 0..draws).map(|sum| count(&sum)).collect()
    }

    #[test]
    fn every_place_is_drawn_as_often() {
        let counts: Vec<f64> = (0..7).map(|place| times(7, place, 10_000).iter().sum::<u64>() as f64).collect();
        assert!((counts.iter().sum::<f64>() - 70_000.0).abs() < 0.5);
        assert_even(&counts);
    }

    #[test]
    fn the_times_that_a_value_is_drawn_are_binomial_in_every_block() {
        for (size, places, draws) in [(100, [0, 95, 99], 10_000), (5001, [4095, 4096, 5000], 1500)] {
            for place in places {
                assert_drawn_from(&times(size, place, draws), |k| binomial_cdf(k, size as f64, 1.0 / size as f64));
            }
        }
    }

    #[test]
    fn three_values_make_every_sample_as_often_as_the_multinomial() {
        let pool = Pool::new(&[1.0, 10.0, 100.0], 0.0).unwrap();
        let (mut seen, ways) = (
            [0.0; 10],
            [
                (3, 1.0),
                (30, 1.0),
                (300, 1.0),
                (12, 3.0),
                (21, 3.0),
                (102, 3.0),
                (201, 3.0),
                (120, 3.0),
                (210, 3.0),
                (111, 6.0),
            ],
        );
        for sum in pool.resamples::<Sum>(2, Purpose::Mean, 0..54_000) {
            seen[ways.iter().position(|(total, _)| *total == count(&sum)).unwrap()] += 1.0;
        }
        assert_fits(
            &seen.iter().zip(ways).map(|(seen, (_, ways))| (*seen, 54_000.0 * ways / 27.0)).collect::<Vec<_>>(),
        );
    }

    #[test]
    fn means_spread_as_theory_says() {
        let values: Vec<f64> = (0..6001).map(|value| f64::from(value) * f64::from(value)).collect();
        let size = values.len() as f64;
        let centre = values.iter().sum::<f64>() / size;
        let variance = values.iter().map(|value| (value - centre) * (value - centre)).sum::<f64>() / size;
        let pool = Pool::new(&values, centre).unwrap();
        let draws = 2_000;
        let scaled = |sum: Sum| sum.total() / libm::sqrt(variance * size);
        let means: Vec<f64> = pool.resamples::<Sum>(3, Purpose::Mean, 0..draws).map(scaled).collect();
        let moment = |power: i32| means.iter().map(|mean| mean.powi(power)).sum::<f64>() / f64::from(draws);
        // Of a standard normal: the errors are about 0.02, 0.03 and 0.22.
        assert!(moment(1).abs() < 0.07 && (moment(2) - 1.0).abs() < 0.1 && (moment(4) - 3.0).abs() < 0.7);
    }

    #[test]
    fn both_sums_come_from_the_same_places() {
        let values: Vec<f64> = (0..3001).map(f64::from).collect();
        let pool = Pool::new(&values, 1500.0).unwrap();
        let sums = pool.resamples::<Sums>(4, Purpose::Control, 0..3).last().unwrap();
        let sum = pool.resamples::<Sum>(4, Purpose::Control, 2..3).last().unwrap();
        assert_eq!(sums.values.total().to_bits(), sum.total().to_bits());
        assert!((sums.squares.total() / 3001.0 / 750_500.0 - 1.0).abs() < 0.05);
    }
}
