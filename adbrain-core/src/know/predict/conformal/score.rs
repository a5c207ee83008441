//! Scores of rows, and of intervals.

/// How far a target is from its guess: the interval is the guess plus and minus the reach.
pub fn residual(target: f64, guess: f64) -> f64 {
    libm::fabs(target - guess)
}

/// How far a target is outside an interval, below zero inside: the interval is stretched by the reach at both ends, or shrunk where
/// the reach is below zero (Romano, Patterson and Candes, "Conformalized quantile regression", 2019).
pub fn outside(target: f64, [low, high]: [f64; 2]) -> f64 {
    (low - target).max(target - high)
}

/// How far from the middle of its conditional distribution a target stands, 0 to 1: |2 u - 1|, u drawn evenly between the share below
/// the target and the share at or below it (the probability integral transform, made even at atoms by `uniform`, 0 to 1). The
/// interval runs from quantile (1 - reach) / 2 to (1 + reach) / 2. One calibration serves every level.
///
/// A target beyond every value of the distribution has the rank 2: no share of the distribution reaches it.
///
/// ```
/// use adbrain_core::predict::conformal::rank;
/// assert_eq!(rank((0.5, 0.75), 1.0), 0.5);
/// assert_eq!(rank((0.0, 0.0), 0.3), 2.0);
/// ```
pub fn rank((below, at_or_below): (f64, f64), uniform: f64) -> f64 {
    if at_or_below <= 0.0 || below >= 1.0 {
        return 2.0;
    }
    let share = below + uniform * (at_or_below - below);
    libm::fabs(2.0 * share - 1.0)
}

/// The interval score, lower is better: width + 2 / (1 - level) times what the target lies outside (Gneiting and Raftery, "Strictly
/// proper scoring rules, prediction, and estimation", 2007, 6.2). In units of the target.
///
/// ```
/// use adbrain_core::predict::conformal::interval_score;
/// assert!((interval_score([1.0, 2.0], 2.5, 0.9) - 11.0).abs() < 1e-12);
/// ```
pub fn interval_score([low, high]: [f64; 2], target: f64, level: f64) -> f64 {
    high - low + 2.0 / (1.0 - level) * outside(target, [low, high]).max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_share_of_a_distribution_reaches_ranks_beyond_all_shares() {
        assert!([rank((0.0, 0.0), 0.9), rank((1.0, 1.0), 0.1)].iter().all(|rank| *rank > 1.0));
        assert!([rank((0.0, 0.2), 0.0), rank((0.8, 1.0), 1.0)].iter().all(|rank| (*rank - 1.0).abs() < 1e-12));
    }

    #[test]
    fn inside_is_below_zero_and_costs_the_width_alone() {
        assert!((outside(1.5, [1.0, 4.0]) + 0.5).abs() < 1e-12 && (outside(0.0, [1.0, 4.0]) - 1.0).abs() < 1e-12);
        assert!((interval_score([1.0, 4.0], 1.5, 0.9) - 3.0).abs() < 1e-12);
        assert!((residual(1.0, 3.0) - 2.0).abs() < 1e-12);
    }
}
