//! What all looks so far say together.

use crate::stats::{Defined, Undefined};

/// The looks of an always-valid method taken together: the intersection of the intervals and the smallest p value. Both keep the
/// guarantee, as it covers all looks at once; neither ever loosens again.
///
/// This asks for an effect that stays the same over time. An empty intersection says that it did not, or that the truth was missed.
///
/// ```
/// use adbrain_core::stats::sequential::Running;
/// let mut running = Running::default();
/// running.see([-0.1, 0.5], 0.3);
/// running.see([0.0, 0.6], 0.4);
/// assert_eq!((running.interval(), running.p_value()), (Some([0.0, 0.5]), 0.3));
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Running {
    low: f64,
    high: f64,
    p_value: f64,
}

impl Default for Running {
    /// Before any look: every value is possible.
    fn default() -> Self {
        Self { low: f64::NEG_INFINITY, high: f64::INFINITY, p_value: 1.0 }
    }
}

impl Running {
    /// Adds a look: the ends of its interval and its p value. What is NaN is left out.
    pub fn see(&mut self, [low, high]: [f64; 2], p_value: f64) {
        self.low = self.low.max(low);
        self.high = self.high.min(high);
        self.p_value = self.p_value.min(p_value);
    }

    /// What all intervals have in common, from the largest low end to the smallest high end; `None` where that is nothing. It holds only
    /// where each interval is of one sequence that holds at all looks together (Howard, Ramdas, `McAuliffe` and Sekhon, "Time-uniform,
    /// nonparametric, nonasymptotic confidence sequences", 2021), and where the effect does not move.
    pub fn interval(&self) -> Option<[f64; 2]> {
        (self.low <= self.high).then_some([self.low, self.high])
    }

    /// The smallest p value so far, 1 before any look; valid only for p values that are valid at all looks together (Johari and others,
    /// 2022).
    pub fn p_value(&self) -> f64 {
        self.p_value
    }
}

/// At each look the intersection of the intervals up to it, from the intervals of the single looks; `None` from where it is empty.
///
/// Look k gets `[max(low_1..low_k), min(high_1..high_k)]`, in the unit of the ends; one entry per look. Feed it intervals of a confidence
/// sequence, which hold at all looks together: then the intersection does too (Howard, Ramdas, `McAuliffe` and Sekhon, 2021). Intervals
/// of single looks do not become valid by it. It misleads where the effect moves over time.
///
/// # Errors
/// [`Undefined::Input`] where the lists differ in length.
pub fn running_intervals(lows: &[f64], highs: &[f64]) -> Defined<Vec<Option<[f64; 2]>>> {
    if lows.len() != highs.len() {
        return Err(Undefined::Input { field: "highs", problem: "must be as many as the lows" });
    }
    let ends = lows.iter().zip(highs);
    Ok(ends
        .scan(Running::default(), |running, (low, high)| {
            running.see([*low, *high], 1.0);
            Some(running.interval())
        })
        .collect())
}

/// At each look the smallest p value up to it, at most 1: look k gets `min(1, p_1, .., p_k)`, one entry per look. A NaN leaves the least
/// so far.
///
/// Feed it p values that are valid at all looks together, as those of [`Mixture`](super::Mixture) and
/// [`ConfidenceSequence`](super::ConfidenceSequence): then the least is valid too (Johari, Koomen, Pekelis and Walsh, "Always valid
/// inference", 2022). It misleads on p values of single looks, such as a t test's: their least over 28 daily looks is below 0.05 in 28 %
/// of tests of equal arms.
pub fn running_p_values(p_values: &[f64]) -> Vec<f64> {
    p_values
        .iter()
        .scan(1.0_f64, |least, p| {
            *least = least.min(*p);
            Some(*least)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_all_looks_say_only_gets_narrower() {
        let found = running_intervals(&[-1.0, -0.5, -0.8, 0.9], &[1.0, 1.5, 0.7, 1.0]).unwrap();
        assert_eq!(found, [Some([-1.0, 1.0]), Some([-0.5, 1.0]), Some([-0.5, 0.7]), None]);
        assert_eq!(running_p_values(&[0.4, 0.6, f64::NAN, 0.1]), [0.4, 0.4, 0.4, 0.1]);
        assert!(running_intervals(&[0.0], &[]).unwrap_err().is_input());
    }
}
