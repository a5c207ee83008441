//! The noncentral t distribution.

use super::super::normal::{normal_cdf, normal_sf};
use super::super::student::t_cdf;
use super::scale::{average, bell};

/// The share of a noncentral t distribution below `t`: of `(Z + nc) / sqrt(V / df)` with Z standard normal and V chi-square with `df`
/// degrees of freedom (Abramowitz and Stegun, 1964, 26.7).
///
/// `df` > 0 may be infinite; `nc` is finite; NaN elsewhere. The mean of `Phi(t s - nc)` over the distribution of s = `sqrt(V / df)`, by
/// the trapezoidal rule over ln s; both tails keep their relative precision.
///
/// ```
/// use adbrain_core::stats::distribution::noncentral_t_cdf;
/// assert!((noncentral_t_cdf(2.228, 10.0, 1.0) - 0.8538544417878917).abs() < 1e-9);
/// ```
pub fn noncentral_t_cdf(t: f64, df: f64, nc: f64) -> f64 {
    noncentral_t_sf(-t, df, -nc)
}

/// The share of a noncentral t distribution above `t`, as the power of a t test needs it: of `(Z + nc) / sqrt(V / df)` with Z standard
/// normal and V chi-square with `df` degrees of freedom (Abramowitz and Stegun, 1964, 26.7).
///
/// The mean of `1 - Phi(t s - nc)` over the distribution of s = `sqrt(V / df)`, Phi the normal distribution function, by the trapezoidal
/// rule over ln s. `df` > 0 may be infinite, `nc` is finite and without unit; NaN elsewhere.
pub fn noncentral_t_sf(t: f64, df: f64, nc: f64) -> f64 {
    if t.is_nan() || df.is_nan() || df <= 0.0 || !nc.is_finite() {
        return f64::NAN;
    }
    if t.is_infinite() {
        return if t > 0.0 { 0.0 } else { 1.0 };
    }
    if df.is_infinite() {
        return normal_sf(t - nc);
    }
    if nc.abs() <= 0.0 {
        return t_cdf(-t, df);
    }
    if t.abs() <= 0.0 {
        return normal_cdf(nc);
    }
    average(df, bell(df, t, nc), |s| normal_sf(t * s - nc)).min(1.0)
}

#[cfg(test)]
mod tests {
    use super::super::super::close;
    use super::*;

    #[test]
    fn the_sides_add_up_to_one_and_mirror_each_other() {
        for (t, df, nc) in [(2.0, 10.0, 1.0), (-1e10, 3.0, 2.0), (0.5, 0.7, -3.0), (30.0, 1e6, 28.0)] {
            close(noncentral_t_cdf(t, df, nc) + noncentral_t_sf(t, df, nc), 1.0, 1e-12);
            close(noncentral_t_sf(t, df, nc), noncentral_t_cdf(-t, df, -nc), 1e-15);
        }
    }

    #[test]
    fn without_noncentrality_it_is_student_and_without_spread_normal() {
        close(noncentral_t_sf(2.0, 5.0, 1e-300), t_cdf(-2.0, 5.0), 1e-12);
        close(noncentral_t_sf(2.0, 1e13, 1.0), normal_sf(1.0), 1e-10);
        close(noncentral_t_sf(2.0, f64::INFINITY, 1.0), normal_sf(1.0), 1e-15);
        assert!(noncentral_t_sf(2.0, 0.0, 1.0).is_nan() && noncentral_t_sf(2.0, 3.0, f64::NAN).is_nan());
    }
}
