//! One ratio with its interval.

use crate::stats::Interval;
use crate::stats::distribution::t_quantile;

/// The ratio sum(y) / sum(x) over units with its interval on the log scale by the delta method.
///
/// Each pair is one unit: (y, x), for ROAS (revenue, spend). With R the ratio, var(R) = n / (n - 1) * sum((y - R x)^2) /
/// (sum x)^2, and the interval is R exp(-+ t sd(R) / R) with t at n - 1 degrees of freedom (Deng, Knoblich and Lu, "Applying the
/// delta method in metric analytics", 2018). Units must be independent. `None` below two units, where a sum is not above zero,
/// or for a level outside 0..1.
///
/// ```
/// use adbrain_core::stats::ratio::ratio_of_sums;
/// let roas = ratio_of_sums(&[(20.0, 10.0), (33.0, 11.0), (9.0, 9.0)], 0.9).unwrap();
/// assert!((roas.estimate - 62.0 / 30.0).abs() < 1e-12 && roas.holds(2.0));
/// ```
pub fn ratio_of_sums(pairs: &[(f64, f64)], level: f64) -> Option<Interval> {
    let n = pairs.len() as f64;
    let y: f64 = pairs.iter().map(|pair| pair.0).sum();
    let x: f64 = pairs.iter().map(|pair| pair.1).sum();
    if !(pairs.len() > 1 && y > 0.0 && x > 0.0 && level > 0.0 && level < 1.0) {
        return None;
    }
    let ratio = y / x;
    let squares: f64 = pairs.iter().map(|(y, x)| (y - ratio * x) * (y - ratio * x)).sum();
    let log_error = libm::sqrt(n / (n - 1.0) * squares) / x / ratio;
    let reach = libm::exp(t_quantile(f64::midpoint(1.0, level), n - 1.0) * log_error);
    Some(Interval {
        estimate: ratio,
        low: ratio / reach,
        high: ratio * reach,
        level,
        method: "delta_log_ratio",
        sample_size: pairs.len() as u64,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_is_that_of_the_delta_method() {
        // Written by tests/golden/make_stats.py.
        let found = ratio_of_sums(&[(20.0, 10.0), (33.0, 11.0), (9.0, 9.0), (41.0, 17.0)], 0.9).unwrap();
        for (ours, theirs) in [
            (found.estimate, 2.191_489_361_702_127_6),
            (found.low, 1.492_785_190_089_823_2),
            (found.high, 3.217_224_858_832_245_6),
        ] {
            assert!((ours - theirs).abs() < 1e-10, "{ours} is not {theirs}");
        }
        assert_eq!(ratio_of_sums(&[(1.0, 1.0)], 0.9), None);
        assert_eq!(ratio_of_sums(&[(0.0, 1.0), (0.0, 2.0)], 0.9), None);
    }

    #[test]
    fn nine_in_ten_intervals_hold_the_true_ratio() {
        let mut random = crate::stats::random::Random::at(5, &[]);
        let held = (0..2000).filter(|_| {
            let ads: Vec<_> = (0..30)
                .map(|_| {
                    let spend = random.log_normal(0.5);
                    (spend * 2.0 * random.log_normal(0.5) / libm::exp(0.125), spend)
                })
                .collect();
            ratio_of_sums(&ads, 0.9).unwrap().holds(2.0)
        });
        let held = held.count();
        assert!((1720..=1860).contains(&held), "{held} of 2000");
    }
}
