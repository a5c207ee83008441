//! How much noisier counts are than independent events.

use crate::stats::distribution::{chi2_sf, p_of_tail};
use crate::stats::proportions::Proportion;
use crate::stats::{Defined, Undefined};

/// What daily counts say about their noise.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Overdispersion {
    /// Pearson's chi-square over its degrees of freedom: near 1 for independent events, 4 where standard errors are twice as large.
    pub ratio: f64,
    /// The blocks less one.
    pub degrees_of_freedom: f64,
    /// The probability of so much noise from independent events.
    pub p_value: f64,
}

impl Overdispersion {
    /// The factor on standard errors that took events as independent, sqrt(ratio); never below 1 (`McCullagh` and Nelder, "Generalized
    /// linear models", 1989, 4.5).
    pub fn error_factor(&self) -> f64 {
        libm::sqrt(self.ratio.max(1.0))
    }
}

/// The overdispersion of shares by block, such as clicks among impressions by day: `sum (x_i - n_i p)^2 / (n_i p (1 - p)) / (k - 1)`,
/// with p the share over all k blocks (`McCullagh` and Nelder, "Generalized linear models", 1989, 4.5). Above about 2 a z test on the
/// sums finds differences that are not there: compare blocks instead. Blocks should expect five successes each.
///
/// x are the successes and n the trials of each block. Without unit, near 1 for independent trials of one share; a trend or a weekly
/// pattern counts as noise too.
///
/// # Errors
/// [`Undefined::TooFew`] below two blocks, [`Undefined::NoSpread`] where all or none of the trials succeeded.
pub fn overdispersion_of_shares(blocks: &[Proportion]) -> Defined<Overdispersion> {
    let sum = |of: fn(&Proportion) -> u64| blocks.iter().map(|block| of(block) as f64).sum::<f64>();
    let (hits, misses) = (sum(Proportion::successes), sum(Proportion::failures));
    if blocks.len() > 1 && !(hits > 0.0 && misses > 0.0) {
        return Err(Undefined::NoSpread);
    }
    let (share, rest) = (hits / (hits + misses), misses / (hits + misses));
    let part = |block: &Proportion| {
        let expected = block.trials() as f64 * share;
        let gap = block.successes() as f64 - expected;
        gap * gap / (expected * rest)
    };
    of_sum(blocks.iter().map(part).sum(), blocks.len())
}

/// The overdispersion of counts by block, such as purchases by day, against a Poisson count of constant mean m:
/// `sum (x_i - m)^2 / m / (k - 1)` with x the counts of the k blocks and m their mean; the p value is that of chi-square with k - 1
/// degrees of freedom (`McCullagh` and Nelder, "Generalized linear models", 1989). Near 1 for independent events.
///
/// A weekly pattern counts as noise here; give one weekday or counts over equal days. The p value misleads below five events per block.
///
/// # Errors
/// [`Undefined::TooFew`] below two blocks, [`Undefined::NothingObserved`] where all are zero.
pub fn overdispersion_of_counts(counts: &[u64]) -> Defined<Overdispersion> {
    let total: f64 = counts.iter().map(|count| *count as f64).sum();
    if counts.len() > 1 && total <= 0.0 {
        return Err(Undefined::NothingObserved);
    }
    let mean = total / counts.len() as f64;
    of_sum(counts.iter().map(|count| (*count as f64 - mean) * (*count as f64 - mean) / mean).sum(), counts.len())
}

fn of_sum(chi_squared: f64, blocks: usize) -> Defined<Overdispersion> {
    if blocks < 2 {
        return Err(Undefined::TooFew { needed: 2 });
    }
    let degrees_of_freedom = (blocks - 1) as f64;
    let p_value = p_of_tail(chi2_sf(chi_squared, degrees_of_freedom));
    Ok(Overdispersion { ratio: chi_squared / degrees_of_freedom, degrees_of_freedom, p_value })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::random::Random;

    #[test]
    fn the_ratio_is_that_of_scipy() {
        // scipy: chi2_contingency([[10, 20, 30], [90, 80, 70]], correction=False) -> 12.5, p 0.00193
        let blocks = [10, 20, 30].map(|hits| Proportion::new(hits, 100).unwrap());
        let found = overdispersion_of_shares(&blocks).unwrap();
        assert!((found.ratio - 6.25).abs() < 1e-12 && (found.p_value - libm::exp(-6.25)).abs() < 1e-12, "{found:?}");
        let counts = overdispersion_of_counts(&[4, 6, 8]).unwrap();
        assert!((counts.ratio - 2.0 / 3.0).abs() < 1e-12 && (counts.error_factor() - 1.0).abs() < 1e-12);
    }

    #[test]
    fn independent_events_have_a_ratio_near_one_and_shocks_a_larger_one() {
        let mut random = Random::at(8, &[]);
        let mut days = |spread: f64| -> Vec<Proportion> {
            (0..400)
                .map(|_| {
                    let share = 0.02 * random.log_normal(spread);
                    Proportion::new(random.binomial(10_000, share), 10_000).unwrap()
                })
                .collect()
        };
        let (calm, shaken) =
            (overdispersion_of_shares(&days(0.0)).unwrap(), overdispersion_of_shares(&days(0.15)).unwrap());
        assert!((0.8..1.2).contains(&calm.ratio), "{calm:?}");
        assert!(shaken.ratio > 4.0 && shaken.p_value < 1e-6, "{shaken:?}");
    }

    #[test]
    fn too_little_is_said_so() {
        assert_eq!(overdispersion_of_counts(&[5]), Err(Undefined::TooFew { needed: 2 }));
        assert_eq!(overdispersion_of_counts(&[0, 0]), Err(Undefined::NothingObserved));
        assert_eq!(overdispersion_of_shares(&[]), Err(Undefined::TooFew { needed: 2 }));
    }
}
