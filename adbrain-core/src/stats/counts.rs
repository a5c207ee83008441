//! Counts of rare events: what mean they are still compatible with.

/// The largest mean that a Poisson count is compatible with, `z` standard errors up, by Byar's approximation:
/// (c + 1) (1 - 1 / (9 (c + 1)) + z / (3 sqrt(c + 1)))^3 (Breslow and Day, "Statistical methods in cancer research" II, 1987). Within 1 %
/// of the exact bound for z up to 3, also for a count of zero.
///
/// `dispersion` (1 or more) widens it for counts whose events weigh differently, such as orders of different value: it is one plus the
/// squared coefficient of variation of the weights, and the bound is that of count / dispersion, times dispersion.
///
/// c is the count, z a normal quantile (1.645 for 95 % on one side), the answer in events. Assumes independent events at one rate: counts
/// by day that vary more than Poisson counts have a larger bound.
///
/// ```
/// use adbrain_core::stats::counts::upper_mean;
/// assert!((upper_mean(0.0, 1.645, 1.0) - 2.9957).abs() < 0.03); // the rule of three
/// ```
pub fn upper_mean(count: f64, z: f64, dispersion: f64) -> f64 {
    let next = count / dispersion + 1.0;
    let root = 1.0 - 1.0 / (9.0 * next) + z / (3.0 * libm::sqrt(next));
    dispersion * next * root * root * root
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bound_is_close_to_the_exact_one() {
        // scipy: stats.chi2.ppf(stats.norm.cdf(z), 2 * (count + 1)) / 2
        for (count, z, exact) in [(0.0, 1.645, 2.996), (5.0, 1.96, 11.668), (70.0, 3.1, 100.012)] {
            assert!((upper_mean(count, z, 1.0) / exact - 1.0).abs() < 0.01, "{count}: {}", upper_mean(count, z, 1.0));
        }
        assert!(upper_mean(70.0, 3.1, 1.5) > upper_mean(70.0, 3.1, 1.0));
    }
}
