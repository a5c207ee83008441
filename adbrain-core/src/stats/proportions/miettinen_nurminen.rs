//! The score interval of Miettinen and Nurminen for a difference of two shares.

use super::difference::of_two;
use super::{Proportion, critical};
use crate::stats::root::bracketed;
use crate::stats::{Defined, Interval};

/// Halvings of the search for the share under a given difference; 60 close an interval of length 1 to the last bit.
const MAX_HALVINGS: u32 = 200;

/// The interval of all differences delta = treatment - control that the score test does not reject.
///
/// The test compares `(pt - pc - delta) / sqrt(v)` with the normal, `v = (qt (1 - qt) / nt + qc (1 - qc) / nc) N / (N - 1)`, with p the
/// observed shares, n the trials, N = nt + nc and q the likeliest shares that differ by exactly delta (Miettinen and Nurminen,
/// "Comparative analysis of two rates", 1985). The shares q come from a search on the likelihood's slope, which keeps its digits where
/// the closed solution of the cubic does not. Swapping the arms mirrors the result exactly. Trials must be independent.
///
/// ```
/// use adbrain_core::stats::proportions::{Proportion, miettinen_nurminen};
/// let found = miettinen_nurminen(Proportion::new(48, 80)?, Proportion::new(56, 70)?, 0.95)?;
/// assert!((found.low - 0.0528).abs() < 1e-4 && (found.high - 0.3382).abs() < 1e-4);
/// # Ok::<(), adbrain_core::stats::Undefined>(())
/// ```
///
/// # Errors
/// A level outside 0..1.
pub fn miettinen_nurminen(control: Proportion, treatment: Proportion, level: f64) -> Defined<Interval> {
    let z = critical(level)?;
    let ends = [lower(control, treatment, z)?, -lower(treatment, control, z)?];
    Ok(of_two([control, treatment], ends, level, "miettinen_nurminen"))
}

/// The lower end for treatment - control.
fn lower(control: Proportion, treatment: Proportion, z: f64) -> Defined<f64> {
    // Few successes keep more digits than shares near one; counting failures turns the difference around, as swapping the arms does.
    let successes = u128::from(control.successes) + u128::from(treatment.successes);
    let failures = u128::from(control.failures()) + u128::from(treatment.failures());
    let arms = if successes > failures {
        Likelihood { first: treatment.complement(), second: control.complement() }
    } else {
        Likelihood { first: control, second: treatment }
    };
    let observed = arms.second.share() - arms.first.share();
    if observed <= -1.0 {
        return Ok(-1.0);
    }
    let excess = |delta: f64| observed - delta - z * libm::sqrt(arms.variance(delta));
    // At the observed difference itself the variance can be zero; just below it cannot.
    let top = observed - (f64::EPSILON * observed.abs()).max(1e-18);
    if excess(top) >= 0.0 {
        return Ok(observed);
    }
    Ok(bracketed(excess, [-1.0, top], 1e-15)?.min(observed))
}

/// Two arms under a given difference second - first.
struct Likelihood {
    first: Proportion,
    second: Proportion,
}

impl Likelihood {
    /// The variance of the observed difference where the true one is `delta`.
    fn variance(&self, delta: f64) -> f64 {
        let (n1, n2) = (self.first.trials as f64, self.second.trials as f64);
        let [hit1, miss1, hit2, miss2] = Self::shares(delta, self.likeliest(delta));
        (hit1 * miss1 / n1 + hit2 * miss2 / n2) * (n1 + n2) / (n1 + n2 - 1.0)
    }

    /// Share and rest of both arms at `up` above the lowest possible share, each without a difference of near numbers.
    fn shares(delta: f64, up: f64) -> [f64; 4] {
        let (rise, fall) = (delta.max(0.0), (-delta).max(0.0));
        let left = (1.0 - delta.abs() - up).max(0.0);
        [fall + up, rise + left, rise + up, fall + left]
    }

    /// How far the likeliest share lies above the lowest possible one: the slope of the log likelihood falls, so halving finds its root.
    fn likeliest(&self, delta: f64) -> f64 {
        let (mut low, mut high) = (0.0, 1.0 - delta.abs());
        for _ in 0..MAX_HALVINGS {
            let middle = f64::midpoint(low, high);
            if middle <= low || middle >= high || high - low <= 1e-17 * high {
                break;
            }
            if self.slope(delta, middle) > 0.0 {
                low = middle;
            } else {
                high = middle;
            }
        }
        f64::midpoint(low, high)
    }

    fn slope(&self, delta: f64, up: f64) -> f64 {
        let [hit1, miss1, hit2, miss2] = Self::shares(delta, up);
        let part = |count: u64, share: f64| if count == 0 { 0.0 } else { count as f64 / share };
        part(self.first.successes, hit1) - part(self.first.failures(), miss1) + part(self.second.successes, hit2)
            - part(self.second.failures(), miss2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ends(control: (u64, u64), treatment: (u64, u64)) -> [f64; 2] {
        let arm = |(x, n)| Proportion::new(x, n).unwrap();
        let found = miettinen_nurminen(arm(control), arm(treatment), 0.95).unwrap();
        [found.low, found.high]
    }

    #[test]
    fn ends_are_those_of_exact_arithmetic() {
        // mpmath, by bisection on the same test.
        for (control, treatment, expected) in [
            ((1, 20), (3, 25), [-0.135_906_796_028_588_02, 0.262_299_221_090_193_1]),
            ((447, 447), (7, 455), [-0.992_531_022_119_233_4, -0.968_576_335_973_198_4]),
            ((123_456, 10_000_000), (124_500, 10_000_000), [7.410_171_957_962_591e-6, 2.013_913_454_242_955e-4]),
            ((3, 1_000_000), (12, 1_000_000), [1.626_670_770_230_151_4e-6, 1.830_830_334_960_201e-5]),
            ((20, 200), (20, 200), [-0.060_509_003_094_275, 0.060_509_003_094_275]),
        ] {
            for (ours, theirs) in ends(control, treatment).into_iter().zip(expected) {
                assert!((ours / theirs - 1.0).abs() < 1e-9, "{ours} is not {theirs}");
            }
        }
    }

    #[test]
    fn arms_without_successes_or_failures_have_an_interval() {
        let [low, high] = ends((0, 10), (0, 10));
        assert!((low + high).abs() < 1e-15 && high > 0.2 && high < 0.4, "{low} {high}");
        let [low, high] = ends((0, 10), (10, 10));
        assert!(low > 0.5 && high >= 1.0, "{low} {high}");
    }
}
