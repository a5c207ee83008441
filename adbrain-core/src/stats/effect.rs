//! Effect sizes without units.

use super::two_sample::Summary;

/// Cohen's d: the difference of means over the pooled standard deviation, with n - 1 in each variance (Cohen, "Statistical
/// power analysis for the behavioral sciences", 1988). `None` below two values in a sample or without spread.
///
/// On rare events it says little: a conversion lift of 119 % has d = 0.07. Judge ads by money or by the relative difference.
pub fn cohen_d(first: &Summary, second: &Summary) -> Option<f64> {
    if first.n < 2 || second.n < 2 {
        return None;
    }
    let pooled = (first.m2 + second.m2) / (first.n + second.n - 2) as f64;
    (pooled > 0.0).then(|| (first.mean - second.mean) / libm::sqrt(pooled))
}

/// Hedges' g: d without its bias in small samples, g = d (1 - 3 / (4 (n1 + n2 - 2) - 1)) (Hedges, 1981).
pub fn hedges_g(first: &Summary, second: &Summary) -> Option<f64> {
    let degrees = (first.n + second.n).saturating_sub(2) as f64;
    cohen_d(first, second).map(|d| d * (1.0 - 3.0 / (4.0 * degrees - 1.0)))
}

/// Cohen's h for two shares: 2 asin(sqrt(p1)) - 2 asin(sqrt(p2)).
pub fn cohen_h(first: f64, second: f64) -> f64 {
    let angle = |share: f64| 2.0 * libm::asin(libm::sqrt(share.clamp(0.0, 1.0)));
    angle(first) - angle(second)
}
