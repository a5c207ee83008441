//! The literal rule: p < 0.05 and |d| > 0.3 with at least 1,000 per arm.
//!
//! It is kept because it was asked for, and it is not the default, because it errs in both directions. All figures are printed by the
//! program `error_rates` of the benches (sections `rates`, `bias` and `legacy`).
//!
//! Between people, with 500 of them per arm and day, a base rate of 5 % and 28 daily looks, 20,000 tests per figure:
//!
//! - p < 0.05 at every daily look finds a difference between equal arms in 27.8 % of tests (25.4 % from 1,000 per arm on), not in 5 %;
//!   with ten variants in 87.9 %.
//! - p < 0.05 and d > 0.3 fired in none, also where the variant truly was 10 % better: at a base rate of 5 %, d = 0.3 is a lift of 172 %.
//! - A true lift of 10 % that is stopped on p < 0.05 is reported 15.8 points too high on average.
//!
//! Between days, as the loop reads it, with shocks of 25 % that both arms share and 20 % of their own, 20,000 tests per figure:
//!
//! - Without any effect |d| > 0.3 in 23.1 % of tests of 14 days: between days, d holds back far less than 0.3 sounds like.
//! - Equal arms are acted on in 27.5 % of tests that are read daily from day 2 on, in 13.4 % from day 14 on, and in 4.6 % read once on day 28.

use super::metric::Direction;
use super::readout::{Comparison, Readout};

/// The p value below which the rule calls a difference significant.
pub const P_VALUE: f64 = 0.05;
/// The effect size that the rule asks for, in pooled standard deviations.
pub const EFFECT_SIZE: f64 = 0.3;
/// The sample that the rule asks of each arm.
pub const SAMPLE: u64 = 1000;

/// What the literal rule says about a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LegacyVerdict {
    /// Significant, large, and in the good direction.
    Apply,
    /// Significant and large in the bad direction.
    Reject,
    /// Not significant, not large, or too small a sample.
    Nothing,
}

/// Applies the literal rule to one comparison of a readout: `Apply` or `Reject`, by the direction that is good, where p < 0.05, |d| > 0.3
/// and [`ArmSummary::sample`](super::ArmSummary::sample) (impressions, trials or people, not days) is at least 1,000 in both arms; else
/// `Nothing`. d is Cohen's (Cohen, 1988), in pooled standard deviations. Without a p value, an effect size or a count of the sample it says
/// nothing. The rule itself has no published source: it was asked for, and is not the default.
///
/// It assumes one look at the end, and it errs both ways. Measured between people, 20,000 tests per figure, at a base rate of 5 % and 500
/// people per arm and day: p < 0.05 at each of 28 daily looks finds a difference between equal arms in 27.8 % of tests (25.4 % from 1,000
/// per arm on; with ten variants 87.9 %); with d > 0.3 it fired in none, also where the variant was 10 % better, as d = 0.3 is a lift of
/// 172 % there; a true lift of 10 % that is stopped on p < 0.05 is reported 15.8 points too high on average.
///
/// Between days, with shocks of 25 % shared and 20 % own: |d| > 0.3 without any effect in 23.1 % of tests of 14 days; equal arms are
/// acted on in 27.5 % of tests that are read daily from day 2 on, in 13.4 % from day 14 on, and in 4.6 % read once on day 28.
pub fn legacy(readout: &Readout, comparison: &Comparison) -> LegacyVerdict {
    let sample = |name: &str| readout.arms.iter().find(|arm| arm.name == name).and_then(|arm| arm.sample);
    let samples = sample(&readout.control).zip(sample(&comparison.arm));
    let is_enough = samples.is_some_and(|(control, arm)| control.min(arm) >= SAMPLE);
    let (Some(p_value), Some(d), true) = (comparison.p_value, comparison.effect.d, is_enough) else {
        return LegacyVerdict::Nothing;
    };
    if p_value >= P_VALUE || d.abs() <= EFFECT_SIZE {
        return LegacyVerdict::Nothing;
    }
    let is_good = (d > 0.0) == (readout.direction == Direction::HigherIsBetter);
    if is_good { LegacyVerdict::Apply } else { LegacyVerdict::Reject }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::{Arm, Data, Looks, Metric, Sample, Settings, Unit, readout};

    fn verdict(control: Sample, variant: Sample) -> LegacyVerdict {
        let looks = Some(Looks::FixedEnd);
        let settings = Settings { unit: Unit::User, looks, ..Settings::new(Metric::Mean) };
        let data = Data::of(vec![Arm::of_sample("a", control), Arm::of_sample("b", variant)]);
        let found = readout(&settings, &data).unwrap();
        legacy(&found, &found.comparisons[0])
    }

    #[test]
    fn a_doubled_conversion_rate_is_never_applied() {
        // The men's e-mail of the Hillstrom test against none: conversions 122 of 21,306 and 267 of 21,307.
        let counts = |successes, trials| Sample::Counts { successes, trials };
        assert_eq!(verdict(counts(122, 21_306), counts(267, 21_307)), LegacyVerdict::Nothing);
        assert_eq!(verdict(counts(200, 1000), counts(400, 1000)), LegacyVerdict::Apply);
        assert_eq!(verdict(counts(400, 1000), counts(200, 1000)), LegacyVerdict::Reject);
        assert_eq!(verdict(counts(200, 999), counts(400, 1000)), LegacyVerdict::Nothing);
    }
}
