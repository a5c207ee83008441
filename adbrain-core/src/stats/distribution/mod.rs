//! Tails and quantiles of the usual distributions, with the same bits on every machine.
//!
//! In: numbers. Out: a probability, a density or a quantile; NaN outside the domain that each function names. Called by the rest of
//! `stats`. Never sees a value of the trade.
//!
//! Everything transcendental goes through `libm`, every iteration has a cap, and both tails keep their relative precision. The
//! quantiles are our own: statrs 0.19.1 is 6.8 % off for Student's t at 1e7 degrees of freedom and does not return at 3e7, which
//! counts of ads reach. Its polynomial evaluation is pure arithmetic and serves here. `tests/golden/dist.json` compares all of this
//! with mpmath.

mod beta;
mod chi_square;
mod counts;
mod elementary;
mod gamma;
mod noncentral;
mod normal;
mod polygamma;
mod quadrature;
mod quantile;
mod student;

pub use beta::{beta_cdf, beta_pdf, beta_sf, ln_beta};
pub use chi_square::{chi2_cdf, chi2_quantile, chi2_sf, f_cdf, f_sf};
pub use counts::{binomial_cdf, binomial_sf, ln_choose, poisson_cdf, poisson_sf};
pub(in crate::stats) use counts::{binomial_ln_pmf, poisson_ln_pmf};
pub use gamma::{gamma_p, gamma_q, ln_gamma};
pub use noncentral::{
    noncentral_chi2_cdf, noncentral_chi2_sf, noncentral_f_cdf, noncentral_f_sf, noncentral_t_cdf, noncentral_t_sf,
    studentized_range_sf,
};
pub(crate) use normal::NORMAL_80;
pub use normal::{normal_cdf, normal_pdf, normal_quantile, normal_sf, normal_two_sided};
pub use polygamma::{digamma, trigamma};
pub use quantile::{beta_quantile, gamma_quantile};
pub(in crate::stats) use student::t_two_sided_near;
pub use student::{t_cdf, t_quantile, t_sf, t_two_sided};

/// The share below and the share above a value; each is computed so that the smaller one keeps its relative precision.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Tails {
    lower: f64,
    upper: f64,
}

impl Tails {
    fn from_lower(lower: f64) -> Self {
        let lower = lower.clamp(0.0, 1.0);
        Self { lower, upper: 1.0 - lower }
    }

    fn from_upper(upper: f64) -> Self {
        Self::from_lower(upper).swapped()
    }

    fn swapped(self) -> Self {
        Self { lower: self.upper, upper: self.lower }
    }
}

/// A tail as a p value. No p value of numbers is zero: a tail that a float cannot hold is told as the least one that it holds in full.
#[inline(always)]
#[expect(clippy::inline_always, reason = "loops over columns run in the vector unit when all of their work is inlined")]
pub(crate) fn p_of_tail(tail: f64) -> f64 {
    tail.clamp(f64::MIN_POSITIVE, 1.0)
}

fn is_positive(value: f64) -> bool {
    value > 0.0 && value.is_finite()
}

#[cfg(test)]
fn close(ours: f64, theirs: f64, tolerance: f64) {
    assert!((ours - theirs).abs() <= tolerance * theirs.abs().max(1e-300), "{ours} is not {theirs}");
}
