//! Counter-based random numbers: Philox (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", 2011).
//!
//! In: a seed and a place. Out: numbers of the usual distributions. Called by whatever draws. Never keeps a state between two places: a
//! draw depends on the seed and on a named place (entity, step, purpose) and on nothing else, so adding one ad does not shift another
//! ad's luck, and any number of threads draws the same numbers.

mod counts;
mod gamma;
#[cfg(test)]
pub(super) mod law;
mod philox;

pub(super) use philox::Words;
use philox::{LANES, four, halves, lanes};

/// A source of random numbers at one place of one seed.
///
/// ```
/// use adbrain_core::stats::random::Random;
/// let (mut a, mut b) = (Random::at(7, &[1, 2]), Random::at(7, &[1, 2]));
/// assert_eq!(a.uniform().to_bits(), b.uniform().to_bits());
/// ```
#[derive(Debug, Clone)]
pub struct Random {
    key: [u32; 2],
    counter: [u32; 4],
    block: [u32; 4],
    used: usize,
}

impl Random {
    /// Starts the numbers that belong to `place` (up to any length; each number counts) under `seed` (Philox; Salmon and others, 2011).
    pub fn at(seed: u64, place: &[u64]) -> Self {
        let [low, high] = halves(philox::stream(place));
        Self { key: halves(seed), counter: [0, 0, low, high], block: [0; 4], used: 4 }
    }

    /// The next 32 random bits (Philox; Salmon and others, "Parallel random numbers: as easy as 1, 2, 3", 2011). Not for secrets.
    pub fn bits(&mut self) -> u32 {
        if self.used == self.block.len() {
            self.block = four(self.counter, self.key);
            self.used = 0;
            let next = (u64::from(self.counter[1]) << 32 | u64::from(self.counter[0])).wrapping_add(1);
            [self.counter[0], self.counter[1]] = halves(next);
        }
        let bits = self.block.get(self.used).copied().unwrap_or_default();
        self.used += 1;
        bits
    }

    /// Fills a slice with the numbers that as many calls of [`Random::bits`] would give, two blocks at a time.
    pub fn fill(&mut self, numbers: &mut [u32]) {
        let drained = numbers.len().min(self.block.len() - self.used);
        let (head, rest) = numbers.split_at_mut(drained);
        head.fill_with(|| self.bits());
        let (groups, tail) = rest.as_chunks_mut::<{ 4 * LANES }>();
        for group in groups {
            let start = u64::from(self.counter[1]) << 32 | u64::from(self.counter[0]);
            lanes(start, [self.counter[2], self.counter[3]], self.key, group);
            [self.counter[0], self.counter[1]] = halves(start.wrapping_add(LANES as u64));
        }
        tail.fill_with(|| self.bits());
    }

    /// A number from 0 (included) to 1 (not included), with 53 random bits: the upper 53 of 64 bits over 2^53 (Philox; Salmon and others,
    /// 2011).
    pub fn uniform(&mut self) -> f64 {
        let bits = u64::from(self.bits()) << 32 | u64::from(self.bits());
        (bits >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A whole number from 0 to `bound` (not included); 0 for a bound of 0. The upper half of 64 random bits times the bound (Lemire,
    /// "Fast random integer generation in an interval", 2019), without his rejection: no number is off by more than bound / 2^64 of its
    /// share.
    pub fn below(&mut self, bound: u64) -> u64 {
        let bits = u64::from(self.bits()) << 32 | u64::from(self.bits());
        let wide = u128::from(bits) * u128::from(bound);
        u64::try_from(wide >> 64).unwrap_or_default()
    }

    /// A standard normal number: `sqrt(-2 ln(1 - u)) cos(2 pi v)` with u, v uniform (Box and Muller, "A note on the generation of random
    /// normal deviates", 1958). With 53 bits it is never further from zero than 8.6.
    pub fn normal(&mut self) -> f64 {
        let radius = libm::sqrt(-2.0 * libm::log(1.0 - self.uniform()));
        radius * libm::cos(2.0 * std::f64::consts::PI * self.uniform())
    }

    /// A log-normal number with median 1 and the given standard deviation of its logarithm: `exp(sigma z)`, z by [`Random::normal`] (Box
    /// and Muller, 1958). Its mean is exp(sigma^2 / 2), not 1.
    pub fn log_normal(&mut self, sigma: f64) -> f64 {
        libm::exp(sigma * self.normal())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slice_is_filled_with_what_single_calls_give() {
        for size in [0, 1, 5, 31, 32, 33, 100, 1024] {
            let (mut one, mut other) = (Random::at(9, &[4]), Random::at(9, &[4]));
            (one.counter[0], other.counter[0]) = (u32::MAX - 3, u32::MAX - 3);
            assert_eq!(one.bits(), other.bits());
            let mut numbers = vec![0; size];
            one.fill(&mut numbers);
            assert!(numbers.iter().all(|number| *number == other.bits()), "{size}");
            assert_eq!(one.bits(), other.bits());
        }
    }
}
