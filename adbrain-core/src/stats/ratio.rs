//! Ratios of sums: CPA, ROAS, CPM over units such as ads or days.

use super::Interval;
use super::distribution::t_quantile;

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
