//! Counter-based random numbers: Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", 2011).
//!
//! A draw depends on the seed and on a named place (entity, step, purpose) and on nothing else, so adding one ad does not
//! shift another ad's luck, and any number of threads draws the same numbers.

const MULTIPLIERS: [u64; 2] = [0xD251_1F53, 0xCD9E_8D57];
const WEYL: [u32; 2] = [0x9E37_79B9, 0xBB67_AE85];
const ROUNDS: u32 = 10;

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
    /// Starts the numbers that belong to `place` (up to any length; each number counts) under `seed`.
    pub fn at(seed: u64, place: &[u64]) -> Self {
        let place = place.iter().fold(0x243F_6A88_85A3_08D3, |state, part| mix(state ^ mix(*part)));
        Self { key: halves(seed), counter: [0, 0, halves(place)[0], halves(place)[1]], block: [0; 4], used: 4 }
    }

    /// The next 32 random bits.
    pub fn bits(&mut self) -> u32 {
        if self.used == self.block.len() {
            self.block = philox(self.counter, self.key);
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
            philox_lanes(start, [self.counter[2], self.counter[3]], self.key, group);
            [self.counter[0], self.counter[1]] = halves(start.wrapping_add(LANES as u64));
        }
        tail.fill_with(|| self.bits());
    }

    /// A number from 0 (included) to 1 (not included), with 53 random bits.
    pub fn uniform(&mut self) -> f64 {
        let bits = u64::from(self.bits()) << 32 | u64::from(self.bits());
        (bits >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A whole number from 0 to `bound` (not included); 0 for a bound of 0.
    pub fn below(&mut self, bound: u64) -> u64 {
        let bits = u64::from(self.bits()) << 32 | u64::from(self.bits());
        let wide = u128::from(bits) * u128::from(bound);
        u64::try_from(wide >> 64).unwrap_or_default()
    }

    /// A standard normal number (Box-Muller).
    pub fn normal(&mut self) -> f64 {
        let radius = libm::sqrt(-2.0 * libm::log(1.0 - self.uniform()));
        radius * libm::cos(2.0 * std::f64::consts::PI * self.uniform())
    }

    /// A log-normal number with median 1 and the given standard deviation of its logarithm.
    pub fn log_normal(&mut self, sigma: f64) -> f64 {
        libm::exp(sigma * self.normal())
    }

    /// A Poisson count: by inversion up to a mean of 30, by the rounded normal above it.
    pub fn poisson(&mut self, mean: f64) -> u64 {
        if mean.is_nan() || mean <= 0.0 {
            return 0;
        }
        if mean > 30.0 {
            return whole(mean + libm::sqrt(mean) * self.normal());
        }
        let limit = libm::exp(-mean);
        let (mut count, mut product) = (0, self.uniform());
        while product > limit {
            count += 1;
            product *= self.uniform();
        }
        count
    }

    /// A binomial count of `trials` with `probability`: by inversion where fewer than 30 of either outcome are expected, else by the
    /// rounded normal, never above `trials`.
    pub fn binomial(&mut self, trials: u64, probability: f64) -> u64 {
        let probability = probability.clamp(0.0, 1.0);
        if probability > 0.5 {
            return trials - self.binomial(trials, 1.0 - probability);
        }
        let mean = trials as f64 * probability;
        if mean < MANY {
            return self.rare(trials, probability);
        }
        whole(mean + libm::sqrt(mean * (1.0 - probability)) * self.normal()).min(trials)
    }

    /// The smallest count whose cumulative probability is above a uniform number, with P(k + 1) = P(k) (n - k) / (k + 1) p / (1 - p).
    fn rare(&mut self, trials: u64, probability: f64) -> u64 {
        let odds = probability / (1.0 - probability);
        let mut one = libm::exp(trials as f64 * libm::log1p(-probability));
        let (mut count, mut left) = (0, self.uniform() - one);
        while left >= 0.0 && count < trials {
            one *= (trials - count) as f64 / (count + 1) as f64 * odds;
            count += 1;
            left -= one;
        }
        count
    }
}

/// So many expected events are enough for the normal.
const MANY: f64 = 30.0;

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to what fits first")]
fn whole(value: f64) -> u64 {
    libm::round(value).clamp(0.0, 9.0e15) as u64
}

#[expect(clippy::cast_possible_truncation, reason = "splits a number into its halves")]
const fn halves(value: u64) -> [u32; 2] {
    [value as u32, (value >> 32) as u32]
}

/// The finaliser of `SplitMix64`.
const fn mix(value: u64) -> u64 {
    let value = value.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let value = (value ^ (value >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    value ^ (value >> 31)
}

fn philox(mut counter: [u32; 4], mut key: [u32; 2]) -> [u32; 4] {
    for _ in 0..ROUNDS {
        let [low0, high0] = halves(MULTIPLIERS[0].wrapping_mul(u64::from(counter[0])));
        let [low1, high1] = halves(MULTIPLIERS[1].wrapping_mul(u64::from(counter[2])));
        counter = [high1 ^ counter[1] ^ key[0], low1, high0 ^ counter[3] ^ key[1], low0];
        key = [key[0].wrapping_add(WEYL[0]), key[1].wrapping_add(WEYL[1])];
    }
    counter
}

/// So many blocks are made side by side, as the registers of any 64-bit machine hold, by [`Random::fill`].
const LANES: usize = 2;

/// The blocks of [`philox`] at `start`, `start` + 1, ..., written for the vector unit: each 32-bit word has 64 bits to itself.
#[expect(clippy::cast_possible_truncation, reason = "splits a product into its halves")]
fn philox_lanes(start: u64, place: [u32; 2], mut key: [u32; 2], blocks: &mut [u32; 4 * LANES]) {
    const LOW: u64 = 0xFFFF_FFFF;
    let mut words = [[0_u64; LANES]; 4];
    for (lane, at) in (0..LANES).zip(0_u64..) {
        let count = start.wrapping_add(at);
        let counter = [count & LOW, count >> 32, u64::from(place[0]), u64::from(place[1])];
        for (word, value) in words.iter_mut().zip(counter) {
            if let Some(slot) = word.get_mut(lane) {
                *slot = value;
            }
        }
    }
    let [mut a, mut b, mut c, mut d] = words;
    for _ in 0..ROUNDS {
        let keys = [u64::from(key[0]), u64::from(key[1])];
        for (((a, b), c), d) in a.iter_mut().zip(&mut b).zip(&mut c).zip(&mut d) {
            let (first, second) = (MULTIPLIERS[0] * (*a & LOW), MULTIPLIERS[1] * (*c & LOW));
            (*a, *b, *c, *d) = (second >> 32 ^ *b ^ keys[0], second & LOW, first >> 32 ^ *d ^ keys[1], first & LOW);
        }
        key = [key[0].wrapping_add(WEYL[0]), key[1].wrapping_add(WEYL[1])];
    }
    let lanes = a.iter().zip(&b).zip(&c).zip(&d);
    for ((((a, b), c), d), block) in lanes.zip(blocks.as_chunks_mut::<4>().0) {
        *block = [*a as u32, *b as u32, *c as u32, *d as u32];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn philox_gives_the_published_vectors() {
        // Random123 distribution, tests/kat_vectors, philox4x32 with 10 rounds.
        assert_eq!(philox([0; 4], [0; 2]), [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]);
        let ones = u32::MAX;
        assert_eq!(philox([ones; 4], [ones; 2]), [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]);
    }

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

    #[test]
    fn counts_have_the_mean_that_was_asked_for() {
        let mut random = Random::at(1, &[]);
        for mean in [0.5, 10.0, 80.0] {
            let total: u64 = (0..20_000).map(|_| random.poisson(mean)).sum();
            assert!((total as f64 / 20_000.0 - mean).abs() < mean.sqrt() * 0.04, "{mean}");
        }
        assert!((0..1000).all(|_| random.binomial(50, 0.99) <= 50));
    }

    #[test]
    fn rare_and_frequent_events_have_the_mean_and_the_spread_of_a_binomial() {
        for (place, (trials, probability)) in [(500, 0.05), (40, 0.3), (1000, 0.2), (200, 0.97)].into_iter().enumerate()
        {
            let mut luck = Random::at(3, &[place as u64]);
            let counts: Vec<f64> = (0..20_000).map(|_| luck.binomial(trials, probability) as f64).collect();
            let mean = counts.iter().sum::<f64>() / 20_000.0;
            let spread = counts.iter().map(|count| (count - mean) * (count - mean)).sum::<f64>() / 20_000.0;
            let n = trials as f64;
            let (expected, variance) = (n * probability, n * probability * (1.0 - probability));
            assert!((mean - expected).abs() < 5.0 * libm::sqrt(variance / 20_000.0), "{trials} {mean}");
            assert!((spread / variance - 1.0).abs() < 0.05, "{trials} {spread} {variance}");
        }
        let mut luck = Random::at(3, &[9]);
        assert_eq!([luck.binomial(0, 0.5), luck.binomial(7, 1.0), luck.binomial(7, 0.0)], [0, 7, 0]);
    }
}
