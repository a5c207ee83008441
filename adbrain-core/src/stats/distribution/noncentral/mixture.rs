//! The noncentral chi-square and F distributions as Poisson mixtures.

use super::super::beta;
use super::super::chi_square::{chi2_cdf, chi2_sf, f_cdf, f_sf, f_share};
use super::super::{Tails, gamma, is_positive};

const MAX_TERMS: u32 = 1_000_000;
/// The values of a side at zero and at infinity.
const LOWER: [f64; 2] = [0.0, 1.0];
const UPPER: [f64; 2] = [1.0, 0.0];

/// The share of a noncentral chi-square distribution with `df` > 0 degrees of freedom and noncentrality `nc` >= 0 below `x`: the sum over
/// j of `Poisson(j; nc / 2) P(df / 2 + j, x / 2)`, P the lower regularised incomplete gamma function (Benton and Krishnamoorthy, 2003).
/// NaN elsewhere.
pub fn noncentral_chi2_cdf(x: f64, df: f64, nc: f64) -> f64 {
    if nc.abs() <= 0.0 { chi2_cdf(x, df) } else { side(x, Chi2::new(x, df, nc), LOWER, lower) }
}

/// The share of a noncentral chi-square distribution above `x`, as the power of a chi-square test needs it.
///
/// The sum over j of `Poisson(j; nc / 2) Q(df / 2 + j, x / 2)`, begun where its terms are largest, neighbours by recurrence
/// (D. Benton and K. Krishnamoorthy, "Computing discrete mixtures of continuous distributions", Computational Statistics and Data
/// Analysis 43, 2003), in the direction in which the tails add up. NaN unless df > 0, nc >= 0 and both are finite.
///
/// ```
/// use adbrain_core::stats::distribution::noncentral_chi2_sf;
/// assert!((noncentral_chi2_sf(3.841458820694124, 1.0, 7.848861) - 0.8).abs() < 1e-5);
/// ```
pub fn noncentral_chi2_sf(x: f64, df: f64, nc: f64) -> f64 {
    if nc.abs() <= 0.0 { chi2_sf(x, df) } else { side(x, Chi2::new(x, df, nc), UPPER, upper) }
}

/// The share of a noncentral F distribution with `d1`, `d2` > 0 degrees of freedom and noncentrality `nc` >= 0 below `x`: the sum over j
/// of `Poisson(j; nc / 2) I_y(d1 / 2 + j, d2 / 2)` with y = d1 x / (d2 + d1 x), I the regularised incomplete beta function (Abramowitz
/// and Stegun, 1964, 26.6; summed as by Benton and Krishnamoorthy, 2003). `d2` may be infinite; NaN elsewhere.
pub fn noncentral_f_cdf(x: f64, d1: f64, d2: f64, nc: f64) -> f64 {
    if d2 == f64::INFINITY {
        return noncentral_chi2_cdf(d1 * x, d1, nc);
    }
    if nc.abs() <= 0.0 { f_cdf(x, d1, d2) } else { side(x, F::new(x, [d1, d2], nc), LOWER, lower) }
}

/// The share of a noncentral F distribution above `x`, as the power of an analysis of variance needs it.
///
/// The sum over j of `Poisson(j; nc / 2)` times the upper tail of a beta distribution with parameters d1/2 + j and d2/2 at d1 x / (d2 +
/// d1 x) (Abramowitz and Stegun, 1964, 26.6; summed as by Benton and Krishnamoorthy, 2003); `d2` may be infinite, NaN elsewhere.
pub fn noncentral_f_sf(x: f64, d1: f64, d2: f64, nc: f64) -> f64 {
    if d2 == f64::INFINITY {
        return noncentral_chi2_sf(d1 * x, d1, nc);
    }
    if nc.abs() <= 0.0 { f_sf(x, d1, d2) } else { side(x, F::new(x, [d1, d2], nc), UPPER, upper) }
}

/// One side of the mixture; the whole or nothing at the ends, NaN without a mixture.
fn side<F: Family>(x: f64, mix: Option<F>, [at_zero, at_infinity]: [f64; 2], sum: fn(&F) -> f64) -> f64 {
    match mix {
        None => f64::NAN,
        Some(_) if x <= 0.0 => at_zero,
        Some(_) if x.is_infinite() => at_infinity,
        Some(mix) => sum(&mix),
    }
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

/// One member of the mixture: its index, its Poisson weight, its tail, and the step from its upper tail to that of the next.
#[derive(Clone, Copy)]
struct Member {
    j: f64,
    weight: f64,
    tail: f64,
    step: f64,
}

impl Member {
    fn at(mix: &impl Family, j: f64, side: fn(Tails) -> f64) -> Self {
        Self { j, weight: weight(mix.mean(), j), tail: side(mix.tails(j)), step: mix.step(j) }
    }

    fn term(&self) -> f64 {
        self.weight * self.tail
    }

    /// The next member, its tail by adding the step: for the upper side.
    fn above(self, mix: &impl Family) -> Self {
        let tail = (self.tail + self.step).min(1.0);
        Self { tail, ..self.shifted_up(mix) }
    }

    /// The member before, its tail by adding the step: for the lower side.
    fn below(self, mix: &impl Family) -> Self {
        let before = self.shifted_down(mix);
        Self { tail: (self.tail + before.step).min(1.0), ..before }
    }

    /// As `above` for the lower side, whose tail falls. Where the difference cancels, the geometric series of
    /// the steps bounds it.
    fn above_falling(self, mix: &impl Family) -> Self {
        let next = self.shifted_up(mix);
        let bound = geometric(next.step, mix.ratio(next.j));
        Self { tail: (self.tail - self.step).min(bound).max(next.step), ..next }
    }

    /// As `below` for the upper side, whose tail falls.
    fn below_falling(self, mix: &impl Family) -> Self {
        let before = self.shifted_down(mix);
        let bound = geometric(before.step, 1.0 / mix.ratio(before.j));
        let floor = if before.j > 0.0 { before.step / mix.ratio(before.j - 1.0) } else { 0.0 };
        Self { tail: (self.tail - before.step).min(bound).max(floor), ..before }
    }

    fn shifted_up(self, mix: &impl Family) -> Self {
        let j = self.j + 1.0;
        Self { j, weight: self.weight * mix.mean() / j, tail: self.tail, step: self.step * mix.ratio(self.j) }
    }

    fn shifted_down(self, mix: &impl Family) -> Self {
        let j = self.j - 1.0;
        Self { j, weight: self.weight * self.j / mix.mean(), tail: self.tail, step: self.step / mix.ratio(j) }
    }
}

/// The sum of a geometric series; infinite where it grows.
fn geometric(first: f64, ratio: f64) -> f64 {
    if ratio < 1.0 { first / (1.0 - ratio) } else { f64::INFINITY }
}

/// Terms this small beside the largest add nothing.
const NOTHING: f64 = 1e-19;

/// The upper tail: upwards from where the terms below add nothing, so that members grow by adding.
fn upper(mix: &impl Family) -> f64 {
    let peak = Member::at(mix, mix.mean().max(mix.peak()).floor(), |tails| tails.upper);
    let mut first = peak;
    while first.j > 0.0 && first.term() > NOTHING * peak.term() {
        first = first.below_falling(mix);
    }
    let mut member = Member::at(mix, first.j, |tails| tails.upper);
    let mut sum = member.term();
    for _ in 0..MAX_TERMS {
        member = member.above(mix);
        sum += member.term();
        if member.j >= peak.j && member.term() <= 1e-17 * sum {
            break;
        }
    }
    sum.min(1.0)
}

/// The lower tail: downwards from where the terms above add nothing, so that members grow by adding.
fn lower(mix: &impl Family) -> f64 {
    let peak = Member::at(mix, mix.mean().min(mix.peak()).floor(), |tails| tails.lower);
    let mut last = peak;
    for _ in 0..MAX_TERMS {
        let next = last.above_falling(mix);
        if next.term() <= NOTHING * peak.term() || next.tail < f64::MIN_POSITIVE {
            break;
        }
        last = next;
    }
    let mut member = Member::at(mix, last.j, |tails| tails.lower);
    let mut sum = member.term();
    while member.j > 0.0 {
        member = member.below(mix);
        sum += member.term();
        if member.j < peak.j && member.term() <= 1e-17 * sum {
            break;
        }
    }
    sum.min(1.0)
}

#[cfg(test)]
mod tests {
    use super::super::super::{close, normal_sf};
    use super::*;

    #[test]
    fn one_degree_is_the_square_of_a_shifted_normal() {
        for (x, nc) in [(3.84, 7.85), (0.01, 1e-5), (900.0, 2000.0), (1e7, 1e7), (3000.0, 1.0)] {
            let (root, shift) = (libm::sqrt(x), libm::sqrt(nc));
            let upper = normal_sf(root - shift) + normal_sf(root + shift);
            close(noncentral_chi2_sf(x, 1.0, nc), upper, 1e-10);
            close(noncentral_chi2_cdf(x, 1.0, nc) + upper, 1.0, 1e-12);
        }
    }

    #[test]
    fn without_noncentrality_and_at_the_ends_nothing_breaks() {
        close(noncentral_f_sf(2.0, 3.0, 40.0, 1e-300), f_sf(2.0, 3.0, 40.0), 1e-13);
        close(noncentral_f_sf(2.0, 3.0, f64::INFINITY, 4.0), noncentral_f_sf(2.0, 3.0, 1e13, 4.0), 1e-10);
        close(noncentral_f_cdf(1e300, 4.0, 5.0, 3.0), 1.0, 1e-12);
        close(noncentral_chi2_sf(0.0, 4.0, 5.0), 1.0, 1e-15);
        assert!(noncentral_chi2_cdf(0.0, 4.0, 5.0).abs() <= 0.0 && noncentral_chi2_sf(1e300, 4.0, 5.0).abs() <= 0.0);
        assert!(noncentral_chi2_sf(1.0, 4.0, -1.0).is_nan() && noncentral_f_sf(1.0, -4.0, 2.0, 1.0).is_nan());
    }
}
