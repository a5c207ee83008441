//! How many units a comparison needs.

use super::distribution::normal_quantile;

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
}

/// Units per arm of a two-sided test of two shares; `None` where a share leaves 0..1 or the effect is zero.
///
/// n = (z(1-alpha/2) sqrt(2 q (1-q)) + z(power) sqrt(p1 (1-p1) + p2 (1-p2)))^2 / (p1 - p2)^2, with q the mean of p1 and p2, rounded
/// up (Fleiss, Levin and Paik, "Statistical methods for rates and proportions", 2003, without continuity correction; the same
/// formula as R's `power.prop.test`).
///
/// ```
/// use adbrain_core::stats::power::{Goal, sample_size_two_proportions};
/// let goal = Goal { base: 0.5, relative_effect: 0.5, power: 0.9, alpha: 0.05 };
/// assert_eq!(sample_size_two_proportions(goal), Some(77)); // R: power.prop.test(p1 = .50, p2 = .75, power = .90)
/// ```
pub fn sample_size_two_proportions(goal: Goal) -> Option<u64> {
    let other = goal.base * (1.0 + goal.relative_effect);
    let inside = |share: f64| share > 0.0 && share < 1.0;
    if ![goal.base, other, goal.power, goal.alpha].into_iter().all(inside) {
        return None;
    }
    let spread = |share: f64| share * (1.0 - share);
    let null = libm::sqrt(2.0 * spread(f64::midpoint(goal.base, other)));
    let alternative = libm::sqrt(spread(goal.base) + spread(other));
    let reach = normal_quantile(1.0 - goal.alpha / 2.0) * null + normal_quantile(goal.power) * alternative;
    let distance = goal.base - other;
    whole_up(reach * reach / (distance * distance))
}

/// Units per arm of a two-sided comparison of two means, by the normal approximation 2 (z(1-alpha/2) + z(power))^2 / d^2 with d the
/// difference in standard deviations; one unit is added for Student's t (z^2 / 4 rounded, Guenther 1981).
pub fn sample_size_two_means(effect_in_deviations: f64, power: f64, alpha: f64) -> Option<u64> {
    let reach = normal_quantile(1.0 - alpha / 2.0) + normal_quantile(power);
    whole_up(2.0 * reach * reach / (effect_in_deviations * effect_in_deviations) + 1.0)
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked to fit first")]
fn whole_up(value: f64) -> Option<u64> {
    (value.is_finite() && value < 9.0e15).then(|| libm::ceil(value).max(1.0) as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_those_of_the_formula_in_scipy() {
        // Written by tests/golden/make_stats.py.
        assert_eq!(sample_size_two_proportions(Goal::usual(0.01, 0.2)), Some(42_693));
        assert_eq!(sample_size_two_proportions(Goal::usual(0.05, -0.2)), Some(6745));
    }

    #[test]
    fn impossible_goals_have_no_size() {
        for (base, effect) in [(0.0, 0.2), (0.9, 0.2), (0.1, 0.0), (f64::NAN, 0.2)] {
            assert_eq!(sample_size_two_proportions(Goal::usual(base, effect)), None, "{base} {effect}");
        }
    }
}
