//! Planning of comparisons of two shares.

use super::{Alternative, inside, normal_reach, positive, reachable, whole_up};
use crate::stats::distribution::{normal_cdf, normal_quantile, normal_sf};
use crate::stats::root::bracketed;
use crate::stats::{Defined, Undefined};

/// What a comparison of two shares should be able to show.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Goal {
    /// The share without the effect, 0..1: a CTR of 0.01.
    pub base: f64,
    /// The smallest relative difference that matters: 0.2 for 20 %.
    pub relative_effect: f64,
    /// The probability of showing it where it is there: 0.8.
    pub power: f64,
    /// The probability of showing one where there is none, two-sided: 0.05.
    pub alpha: f64,
}

impl Goal {
    /// Eighty percent power at five percent error, the trade's usual pair (Cohen, 1988).
    pub fn usual(base: f64, relative_effect: f64) -> Self {
        Self { base, relative_effect, power: 0.8, alpha: 0.05 }
    }

    /// Both shares, control first.
    fn shares(&self) -> Defined<[f64; 2]> {
        inside("base", self.base)?;
        let other = self.base * (1.0 + self.relative_effect);
        if !(other > 0.0 && other < 1.0) {
            return Err(Undefined::Input { field: "relative_effect", problem: "must leave the share between 0 and 1" });
        }
        if (other - self.base).abs() <= 0.0 {
            return Err(Undefined::Input { field: "relative_effect", problem: "must differ from zero" });
        }
        Ok([self.base, other])
    }
}

/// Units per arm by three formulas. For a small effect they agree: at a share of 0.01 with +20 % and 80 % power to 0.2 %. A large one
/// parts them: from 0.5 to 0.75 `unpooled` gives 54.9 and `pooled_null` 57.7, 5 % more.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ShareSizes {
    /// By Cohen's h: the n at which a normal shifted by `h sqrt(n / 2)` lies beyond the critical values with the given power.
    pub arcsine: f64,
    /// `(z(alpha/2) + z(power))^2 (p1 (1 - p1) + p2 (1 - p2)) / (p1 - p2)^2`.
    pub unpooled: f64,
    /// `(z(alpha/2) sqrt(2 q (1 - q)) + z(power) sqrt(p1 (1 - p1) + p2 (1 - p2)))^2 / (p1 - p2)^2`, q the mean of both shares; that of R's
    /// `power.prop.test`, and the one to plan with.
    pub pooled_null: f64,
}

/// The units per arm of a two-sided comparison of two shares, not rounded (Fleiss, Levin and Paik, "Statistical methods for rates and
/// proportions", 2003, without continuity correction; Cohen, 1988, for the arcsine).
///
/// Trials must be independent; multiply by the overdispersion ratio where they are not, or plan with days.
///
/// # Errors
/// [`Undefined::Input`] where a share leaves 0..1, the effect is zero, or the power is not above alpha.
pub fn sizes_for_shares(goal: Goal) -> Defined<ShareSizes> {
    let [base, other] = goal.shares()?;
    reachable(goal.power, goal.alpha)?;
    let spread = spread(base) + spread(other);
    let square = (base - other) * (base - other);
    let reach = normal_reach(Alternative::TwoSided, goal.alpha, goal.power);
    let critical = -normal_quantile(goal.alpha / 2.0);
    let pooled = critical * null_error(base, other) + normal_quantile(goal.power) * libm::sqrt(spread);
    let angle = |share: f64| 2.0 * libm::asin(libm::sqrt(share));
    let height = angle(other) - angle(base);
    let beyond = |shift: f64| normal_sf(critical - shift) + normal_cdf(-critical - shift) - goal.power;
    let shift = bracketed(beyond, [0.0, reach.max(0.0) + 1.0], 1e-14)?;
    Ok(ShareSizes {
        arcsine: 2.0 * (shift / height) * (shift / height),
        unpooled: reach * reach * spread / square,
        pooled_null: pooled * pooled / square,
    })
}

/// Units per arm of a two-sided test of two shares, rounded up: [`ShareSizes::pooled_null`] (Fleiss, Levin and Paik, 2003); `None` where
/// a share leaves 0..1, the effect is zero or the power is not above alpha.
///
/// Assumes independent trials and arms of equal size. It misleads below about five expected successes in an arm, and for impressions of
/// the same people: multiply by the overdispersion ratio.
///
/// ```
/// use adbrain_core::stats::power::{Goal, sample_size_two_proportions};
/// let goal = Goal { base: 0.5, relative_effect: 0.5, power: 0.9, alpha: 0.05 };
/// assert_eq!(sample_size_two_proportions(goal), Some(77)); // R: power.prop.test(p1 = .50, p2 = .75, power = .90)
/// ```
pub fn sample_size_two_proportions(goal: Goal) -> Option<u64> {
    whole_up(sizes_for_shares(goal).ok()?.pooled_null, 1)
}

/// The probability that `n_per_arm` units in each arm show the goal's effect; its `power` is not used. The inverse of
/// [`ShareSizes::pooled_null`]: `cdf((|p1 - p2| sqrt(n) - z(alpha/2) sqrt(2 q (1 - q))) / sqrt(p1 (1 - p1) + p2 (1 - p2)))`, p1 and p2
/// the shares, q their mean, n the units per arm, z(.) the upper normal quantile (Fleiss, Levin and Paik, 2003).
///
/// The far tail is left out, so for a tiny effect it goes to alpha / 2, not alpha. Assumes independent trials.
///
/// # Errors
/// As [`sizes_for_shares`], and for a number of units that is not above zero.
pub fn power_of_shares(goal: Goal, n_per_arm: f64) -> Defined<f64> {
    let [base, other] = goal.shares()?;
    let critical = -normal_quantile(inside("alpha", goal.alpha)? / 2.0);
    let distance = (base - other).abs() * libm::sqrt(positive("n_per_arm", n_per_arm)?);
    let error = libm::sqrt(spread(base) + spread(other));
    Ok(normal_cdf((distance - critical * null_error(base, other)) / error))
}

/// The smallest relative lift above a share of `goal.base` that `n_per_arm` units in each arm show with `goal.power`; the goal's effect
/// is not used. 0.1 means 10 % more.
///
/// It is (p2 - p1) / p1, p1 the base, with the p2 above it that solves
/// `(p2 - p1) sqrt(n) = z(alpha/2) sqrt(2 q (1 - q)) + z(power) sqrt(p1 (1 - p1) + p2 (1 - p2))`, q the mean of both shares, n the units
/// per arm, z(alpha/2) the normal quantile of 1 - alpha / 2 and z(power) that of the power: [`ShareSizes::pooled_null`] read the other
/// way (Fleiss, Levin and Paik, 2003).
///
/// Assumes independent trials and arms of equal size. It misleads below about five expected successes in an arm, and for impressions of
/// the same people, where the lift that can be seen is larger. The drop that is found as often is of another size.
///
/// # Errors
/// [`Undefined::TooFew`] where even a share of one would not be shown; as [`power_of_shares`].
pub fn smallest_lift(goal: Goal, n_per_arm: f64) -> Defined<f64> {
    let base = inside("base", goal.base)?;
    reachable(goal.power, goal.alpha)?;
    positive("n_per_arm", n_per_arm)?;
    let critical = -normal_quantile(goal.alpha / 2.0);
    let reach = normal_quantile(goal.power);
    let missing = |lift: f64| {
        let other = (base + lift).min(1.0);
        let needed = critical * null_error(base, other) + reach * libm::sqrt(spread(base) + spread(other));
        lift * libm::sqrt(n_per_arm) - needed
    };
    let (least, most) = (0.0, 1.0 - base);
    if missing(most) < 0.0 {
        return Err(Undefined::TooFew { needed: 2 });
    }
    Ok(bracketed(missing, [least, most], 1e-13)? / base)
}

fn spread(share: f64) -> f64 {
    share * (1.0 - share)
}

fn null_error(base: f64, other: f64) -> f64 {
    libm::sqrt(2.0 * spread(f64::midpoint(base, other)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_those_of_the_formulas_in_scipy_and_statsmodels() {
        // Written by tests/golden/make_stats.py.
        assert_eq!(sample_size_two_proportions(Goal::usual(0.01, 0.2)), Some(42_693));
        assert_eq!(sample_size_two_proportions(Goal::usual(0.05, -0.2)), Some(6745));
        let found = sizes_for_shares(Goal { power: 0.9, ..Goal::usual(0.01, 0.2) }).unwrap();
        for (ours, theirs) in [
            (found.arcsine, 57_037.634_852_145_9),
            (found.unpooled, 57_149.874_031_175_554),
            (found.pooled_null, 57_153.050_629_180_4),
        ] {
            assert!((ours / theirs - 1.0).abs() < 1e-10, "{ours} is not {theirs}");
        }
    }

    #[test]
    fn power_and_lift_invert_the_size() {
        let goal = Goal::usual(0.03, 0.15);
        let size = sizes_for_shares(goal).unwrap().pooled_null;
        assert!((power_of_shares(goal, size).unwrap() - 0.8).abs() < 1e-12);
        assert!((smallest_lift(goal, size).unwrap() - 0.15).abs() < 1e-10);
        assert_eq!(smallest_lift(Goal::usual(0.9, 0.0), 3.0), Err(Undefined::TooFew { needed: 2 }));
    }

    #[test]
    fn impossible_goals_have_no_size() {
        for (base, effect) in [(0.0, 0.2), (0.9, 0.2), (0.1, 0.0), (f64::NAN, 0.2)] {
            assert_eq!(sample_size_two_proportions(Goal::usual(base, effect)), None, "{base} {effect}");
        }
        assert!(sizes_for_shares(Goal { power: 0.01, ..Goal::usual(0.1, 0.1) }).unwrap_err().is_input());
    }
}
