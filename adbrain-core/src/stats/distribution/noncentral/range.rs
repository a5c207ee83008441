//! The studentized range.

use super::super::normal::{normal_cdf, normal_pdf};
use super::super::student::t_two_sided;
use super::scale::{Bell, average, bell};

/// The probability that the studentized range of `k` means exceeds `q`: the range of `k` standard normals by `sqrt(V / df)` with V
/// chi-square with `df` degrees of freedom, as in Tukey's comparison of all pairs (Tukey, "The problem of multiple comparisons", 1953).
///
/// `k` a whole number from 2 on, `df` > 0 (may be infinite), q >= 0 (1 below); NaN elsewhere. The mean over s = `sqrt(V / df)` of `k`
/// times the integral of `phi(z) (Phi(z)^(k-1) - (Phi(z) - Phi(z - q s))^(k-1))`, phi and Phi the density and distribution function of
/// the normal, both by the trapezoidal rule; the range of many varies less, so their points lie closer.
///
/// ```
/// use adbrain_core::stats::distribution::studentized_range_sf;
/// assert!((studentized_range_sf(3.877, 3.0, 10.0) - 0.049987).abs() < 1e-6);
/// ```
pub fn studentized_range_sf(q: f64, k: f64, df: f64) -> f64 {
    if q.is_nan() || df.is_nan() || df <= 0.0 || !(k >= 2.0 && k.is_finite() && k.floor() >= k) {
        return f64::NAN;
    }
    if q <= 0.0 {
        return 1.0;
    }
    if q.is_infinite() {
        return 0.0;
    }
    let t = q / std::f64::consts::SQRT_2;
    if k < 2.5 {
        return t_two_sided(t, df);
    }
    if df.is_infinite() {
        return range_sf(q, k);
    }
    let Bell { start, step } = bell(df, t, 0.0);
    let step = step.min(0.3 / libm::log(k));
    average(df, Bell { start, step }, |s| range_sf(q * s, k)).min(1.0)
}

/// The probability that the range of `k` standard normals exceeds `w` > 0.
///
/// The trapezoidal rule over the highest value z, from where the highest of `k` is never to where its fellow `z - w` is never. The
/// highest of many varies less, so its step is smaller: 1e-14 up to 1,000 means.
fn range_sf(w: f64, k: f64) -> f64 {
    if w > 60.0 {
        return 0.0;
    }
    let others = k - 1.0;
    let low = -8.5_f64;
    let step = (0.7 / libm::log(k)).min(0.25);
    let points = libm::ceil((w / 2.0 + 9.0 - low) / step);
    let mut sum = 0.0;
    let mut point = 0.0;
    while point <= points {
        let z = low + step * point;
        let below = normal_cdf(z);
        let far = normal_cdf(z - w) / below;
        sum -= normal_pdf(z) * libm::pow(below, others) * libm::expm1(others * libm::log1p(-far));
        point += 1.0;
    }
    (k * step * sum).min(1.0)
}

#[cfg(test)]
mod tests {
    use super::super::super::close;
    use super::*;

    #[test]
    fn two_means_are_a_t_test() {
        for df in [3.0, 40.0] {
            let t = 2.5 / std::f64::consts::SQRT_2;
            close(studentized_range_sf(2.5, 2.0, df), t_two_sided(t, df), 1e-15);
            close(average(df, bell(df, t, 0.0), |s| range_sf(2.5 * s, 2.0)), t_two_sided(t, df), 1e-12);
        }
    }

    #[test]
    fn numbers_outside_the_domain_are_not_numbers() {
        assert!(studentized_range_sf(1.0, 1.0, 5.0).is_nan() && studentized_range_sf(1.0, 2.5, 5.0).is_nan());
        assert!(studentized_range_sf(-1.0, 3.0, 5.0) >= 1.0 && studentized_range_sf(1e9, 3.0, 500.0) <= 0.0);
    }
}
