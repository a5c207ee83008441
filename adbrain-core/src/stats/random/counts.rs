//! Counts: exact draws of the binomial and the Poisson distribution.

use super::Random;
use crate::stats::distribution::{binomial_ln_pmf, poisson_ln_pmf};

/// From so many expected events on a count is drawn by transformed rejection, which costs the same for any mean (its hats hold from 10 on);
/// below, step by step.
const MANY: f64 = 30.0;

impl Random {
    /// A Poisson count; 0 for a mean that is not above zero.
    ///
    /// By multiplying uniform numbers below a mean of 30; above it by transformed rejection (Hörmann, "The transformed rejection method for
    /// generating Poisson random variables", 1993, algorithm PTRS). Both are exact up to the rounding of double numbers.
    pub fn poisson(&mut self, mean: f64) -> u64 {
        if mean.is_nan() || mean <= 0.0 {
            return 0;
        }
        if mean >= MANY {
            let hat = Hat::of_poisson(mean);
            return self.rejected(&hat, f64::INFINITY, |count| poisson_ln_pmf(count, mean) - libm::log(hat.height));
        }
        let limit = libm::exp(-mean);
        let (mut count, mut product) = (0, self.uniform());
        while product > limit {
            count += 1;
            product *= self.uniform();
        }
        count
    }

    /// A binomial count of `trials` with `probability` (clamped to 0..1).
    ///
    /// By inversion where fewer than 30 of either outcome are expected, else by transformed rejection (Hörmann, "The generation of
    /// binomial random variates", 1993, algorithm BTRS). Both are exact up to the rounding of double numbers.
    pub fn binomial(&mut self, trials: u64, probability: f64) -> u64 {
        let probability = probability.clamp(0.0, 1.0);
        if probability > 0.5 {
            return trials - self.binomial(trials, 1.0 - probability);
        }
        let n = trials as f64;
        if n * probability < MANY {
            return self.rare(trials, probability);
        }
        let (hat, mode) = (Hat::of_binomial(n, probability), libm::floor((n + 1.0) * probability));
        let ln_pmf = |count| binomial_ln_pmf(count, n, probability);
        self.rejected(&hat, n, |count| ln_pmf(count) - ln_pmf(mode) - libm::log(hat.height)).min(trials)
    }

    /// The smallest count whose cumulative probability is above a uniform number, with P(k + 1) = P(k) (n - k) / (k + 1) p / (1 - p).
    fn rare(&mut self, trials: u64, probability: f64) -> u64 {
        let odds = probability / (1.0 - probability);
        let mut one = libm::exp(trials as f64 * libm::log1p(-probability));
        let (mut count, mut left) = (0, self.uniform() - one);
        while left >= 0.0 && count < trials && one > 0.0 {
            one *= (trials - count) as f64 / (count + 1) as f64 * odds;
            count += 1;
            left -= one;
        }
        count
    }

    /// A count from 0 to `most` under a hat; `ln_share` is the logarithm of what the distribution has of the hat at a count. Most draws fall
    /// where it has all of it and cost no logarithm.
    fn rejected(&mut self, hat: &Hat, most: f64, ln_share: impl Fn(f64) -> f64) -> u64 {
        loop {
            let (u, v) = (self.uniform() - 0.5, self.uniform());
            let edge = 0.5 - u.abs();
            let count = libm::floor((2.0 * hat.a / edge + hat.b) * u + hat.centre);
            if edge >= 0.07 && v <= hat.inside {
                return whole(count);
            }
            let is_possible = (0.0..=most).contains(&count);
            if is_possible && libm::log(v / (hat.a / (edge * edge) + hat.b)) <= ln_share(count) {
                return whole(count);
            }
        }
    }
}

/// Hörmann's hat: with U uniform in -1/2..1/2, the count is the whole part of (2 a / (1/2 - |U|) + b) U + centre.
struct Hat {
    a: f64,
    b: f64,
    centre: f64,
    /// The share of draws that lie under the distribution whatever their place.
    inside: f64,
    /// Its height: for the binomial, in units of the highest probability.
    height: f64,
}

impl Hat {
    fn of_binomial(n: f64, p: f64) -> Self {
        let spread = libm::sqrt(n * p * (1.0 - p));
        let b = 1.15 + 2.53 * spread;
        Self {
            a: -0.0873 + 0.0248 * b + 0.01 * p,
            b,
            centre: n * p + 0.5,
            inside: 0.92 - 4.2 / b,
            height: (2.83 + 5.1 / b) * spread,
        }
    }

    fn of_poisson(mean: f64) -> Self {
        let b = 0.931 + 2.53 * libm::sqrt(mean);
        Self {
            a: -0.059 + 0.02483 * b,
            b,
            centre: mean + 0.43,
            inside: 0.9277 - 3.6224 / (b - 2.0),
            height: 1.1239 + 1.1328 / (b - 3.4),
        }
    }
}

/// A count as a whole number, capped where double numbers stop holding every one of them.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to what fits first")]
fn whole(count: f64) -> u64 {
    count.clamp(0.0, 9.0e15) as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::distribution::{binomial_cdf, poisson_cdf};
    use crate::stats::random::law::assert_drawn_from;

    const DRAWS: usize = 50_000;

    #[test]
    fn binomial_counts_have_the_law_of_the_binomial() {
        let cases =
            [(3, 0.3), (12, 0.5), (500, 0.01), (70, 0.5), (40, 0.3), (1000, 0.2), (200, 0.97), (100_000, 0.040_96)];
        for (place, (trials, probability)) in (0..).zip(cases) {
            let mut luck = Random::at(3, &[place]);
            let draws: Vec<u64> = (0..DRAWS).map(|_| luck.binomial(trials, probability)).collect();
            assert!(draws.iter().all(|draw| *draw <= trials));
            assert_drawn_from(&draws, |k| binomial_cdf(k, trials as f64, probability));
        }
        let mut luck = Random::at(3, &[9]);
        assert_eq!([luck.binomial(0, 0.5), luck.binomial(7, 1.0), luck.binomial(7, 0.0)], [0, 7, 0]);
    }

    #[test]
    fn poisson_counts_have_the_law_of_poisson() {
        for (place, mean) in (0..).zip([0.5, 9.9, 29.9, 30.0, 400.0]) {
            let mut luck = Random::at(4, &[place]);
            let draws: Vec<u64> = (0..DRAWS).map(|_| luck.poisson(mean)).collect();
            assert_drawn_from(&draws, |k| poisson_cdf(k, mean));
        }
        assert_eq!([0.0, -1.0, f64::NAN].map(|mean| Random::at(4, &[]).poisson(mean)), [0; 3]);
    }

    #[test]
    fn counts_of_a_whole_country_keep_their_mean_and_spread() {
        let mut luck = Random::at(5, &[]);
        let (n, p) = (2e12, 0.25);
        let draws: Vec<f64> = (0..DRAWS)
            .map(|_| (luck.binomial(2_000_000_000_000, p) as f64 - n * p) / libm::sqrt(n * p * 0.75))
            .collect();
        let mean = draws.iter().sum::<f64>() / draws.len() as f64;
        let variance = draws.iter().map(|draw| draw * draw).sum::<f64>() / draws.len() as f64;
        assert!(mean.abs() < 0.02 && (variance - 1.0).abs() < 0.03, "{mean} {variance}");
    }
}
