//! The noncentral chi-square and F distributions as Poisson mixtures.

use super::super::beta;
use super::super::chi_square::{chi2_cdf, chi2_sf, f_cdf, f_sf, f_share};
use super::super::{Tails, gamma, is_positive};

const MAX_TERMS: u32 = 1_000_000;

/// The share of a noncentral chi-square distribution with `df` > 0 degrees of freedom and noncentrality `nc` >= 0 below `x`.
pub fn noncentral_chi2_cdf(x: f64, df: f64, nc: f64) -> f64 {
    if nc.abs() <= 0.0 { chi2_cdf(x, df) } else { Chi2::new(x, df, nc).map_or(f64::NAN, |mix| lower(&mix)) }
}

/// The share of a noncentral chi-square distribution above `x`, as the power of a chi-square test needs it.
///
/// The sum over j of `Poisson(j; nc / 2) Q(df / 2 + j, x / 2)`, begun where its terms are largest, neighbours by recurrence
/// (A. van de Wiel's and D. Benton's remark on Krishnamoorthy, 2003); both tails are sums of positive terms. NaN unless df > 0, nc >= 0
/// and both are finite.
///
/// ```
/// use adbrain_core::stats::distribution::noncentral_chi2_sf;
/// assert!((noncentral_chi2_sf(3.841458820694124, 1.0, 7.848861) - 0.8).abs() < 1e-5);
/// ```
pub fn noncentral_chi2_sf(x: f64, df: f64, nc: f64) -> f64 {
    if nc.abs() <= 0.0 { chi2_sf(x, df) } else { Chi2::new(x, df, nc).map_or(f64::NAN, |mix| upper(&mix)) }
}

/// The share of a noncentral F distribution with `d1`, `d2` > 0 degrees of freedom and noncentrality `nc` >= 0 below `x`.
pub fn noncentral_f_cdf(x: f64, d1: f64, d2: f64, nc: f64) -> f64 {
    if d2 == f64::INFINITY {
        return noncentral_chi2_cdf(d1 * x, d1, nc);
    }
    if nc.abs() <= 0.0 { f_cdf(x, d1, d2) } else { F::new(x, [d1, d2], nc).map_or(f64::NAN, |mix| lower(&mix)) }
}

/// The share of a noncentral F distribution above `x`, as the power of an analysis of variance needs it.
///
/// The sum over j of `Poisson(j; nc / 2)` times the upper tail of a beta distribution with parameters d1/2 + j and d2/2; `d2` may
/// be infinite.
pub fn noncentral_f_sf(x: f64, d1: f64, d2: f64, nc: f64) -> f64 {
    if d2 == f64::INFINITY {
        return noncentral_chi2_sf(d1 * x, d1, nc);
    }
    if nc.abs() <= 0.0 { f_sf(x, d1, d2) } else { F::new(x, [d1, d2], nc).map_or(f64::NAN, |mix| upper(&mix)) }
}

/// A family whose member j + 1 has a larger upper tail than member j by a known step.
trait Family {
    /// The mean of the Poisson weights.
    fn mean(&self) -> f64;
    /// The index where weight times step is largest.
    fn peak(&self) -> f64;
    fn tails(&self, j: f64) -> Tails;
    /// Upper tail of member j + 1 less that of member j.
    fn step(&self, j: f64) -> f64;
    /// `step(j + 1) / step(j)`.
    fn ratio(&self, j: f64) -> f64;
}

struct Chi2 {
    half_df: f64,
    half_x: f64,
    mean: f64,
}

impl Chi2 {
    fn new(x: f64, df: f64, nc: f64) -> Option<Self> {
        let is_inside = is_positive(df) && is_positive(nc) && !x.is_nan();
        is_inside.then_some(Self { half_df: df / 2.0, half_x: x.clamp(0.0, f64::MAX) / 2.0, mean: nc / 2.0 })
    }
}

impl Family for Chi2 {
    fn mean(&self) -> f64 {
        self.mean
    }

    fn peak(&self) -> f64 {
        let Self { half_df: a, half_x, mean } = self;
        (libm::sqrt(a * a + 4.0 * half_x * mean) - a) / 2.0
    }

    fn tails(&self, j: f64) -> Tails {
        gamma::tails(self.half_df + j, self.half_x).unwrap_or(Tails::from_lower(0.0))
    }

    fn step(&self, j: f64) -> f64 {
        let a = self.half_df + j;
        if self.half_x > 0.0 { gamma::front(a, self.half_x) / a } else { 0.0 }
    }

    fn ratio(&self, j: f64) -> f64 {
        self.half_x / (self.half_df + j + 1.0)
    }
}

struct F {
    a: f64,
    b: f64,
    share: beta::Share,
    mean: f64,
}

impl F {
    fn new(x: f64, [d1, d2]: [f64; 2], nc: f64) -> Option<Self> {
        let share = f_share(x, d1, d2)?;
        is_positive(nc).then_some(Self { a: d1 / 2.0, b: d2 / 2.0, share, mean: nc / 2.0 })
    }
}

impl Family for F {
    fn mean(&self) -> f64 {
        self.mean
    }

    fn peak(&self) -> f64 {
        let pull = self.mean * self.share.x;
        let linear = self.a - pull;
        (libm::sqrt(linear * linear + 4.0 * pull * (self.a + self.b)) - linear) / 2.0
    }

    fn tails(&self, j: f64) -> Tails {
        beta::tails(self.a + j, self.b, self.share).unwrap_or(Tails::from_lower(0.0))
    }

    fn step(&self, j: f64) -> f64 {
        let a = self.a + j;
        if self.share.x > 0.0 && self.share.y > 0.0 { beta::front(a, self.b, self.share) / a } else { 0.0 }
    }

    fn ratio(&self, j: f64) -> f64 {
        let a = self.a + j;
        self.share.x * ((a + self.b) / (a + 1.0))
    }
}

/// The Poisson probability of j.
fn weight(mean: f64, j: f64) -> f64 {
    gamma::front(j + 1.0, mean) / mean
}

fn upper(mix: &impl Family) -> f64 {
    let start = mix.mean().max(mix.peak()).floor();
    mixed(mix, start, |tails| tails.upper, 1.0)
}

fn lower(mix: &impl Family) -> f64 {
    let start = mix.mean().min(mix.peak()).floor();
    mixed(mix, start, |tails| tails.lower, -1.0)
}

/// The weighted sum of one side's tails upwards and downwards from `start`; `sign` says whether that side grows with the index.
fn mixed(mix: &impl Family, start: f64, side: fn(Tails) -> f64, sign: f64) -> f64 {
    let (weight, tail, step) = (weight(mix.mean(), start), side(mix.tails(start)), mix.step(start));
    let mut sum = weight * tail;
    let mut now = (start, weight, tail, step);
    for _ in 0..MAX_TERMS {
        let (j, weight, tail, step) = now;
        now = (j + 1.0, weight * mix.mean() / (j + 1.0), (tail + sign * step).clamp(0.0, 1.0), step * mix.ratio(j));
        let term = now.1 * now.2;
        sum += term;
        if term <= 1e-17 * sum && now.0 > mix.mean() {
            break;
        }
    }
    let mut now = (start, weight, tail, step);
    while now.0 > 0.0 {
        let (j, weight, tail, step) = now;
        let step = step / mix.ratio(j - 1.0);
        now = (j - 1.0, weight * j / mix.mean(), (tail - sign * step).clamp(0.0, 1.0), step);
        let term = now.1 * now.2;
        sum += term;
        if term <= 1e-17 * sum {
            break;
        }
    }
    sum.min(1.0)
}
