//! Two samples compared at once, without a brain, a store or a platform.

use serde::{Deserialize, Serialize};

use super::data::{Arm, Data};
use super::engine::readout;
use super::metric::{Direction, Metric};
use super::readout::{Comparison, EffectSizes};
use super::sample::Sample;
use super::settings::{Looks, Settings, Unit};
use super::verdict::VerdictKind;
use crate::error::{Error, Result};
use crate::model::{Estimate, Message};

/// The largest number below one: p is never zero, so its opposite is never one.
const MOST_CONFIDENT: f64 = 1.0 - f64::EPSILON / 2.0;

/// What to do about a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Recommendation {
    /// The variant is better.
    ApplyVariant,
    /// The variant is worse.
    KeepControl,
    /// Too little data to show the effect that matters.
    KeepRunning,
    /// Enough data, and no difference that matters.
    NoDifference,
    /// The data hold no answer.
    CheckData,
}

/// What [`ab_test_with`] may be told.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AbOptions {
    /// The level of the intervals; significant is p < 1 - level. 0.95 by default.
    pub level: f64,
    /// Which way is good; higher by default.
    pub direction: Direction,
    /// No recommendation to act below so many values per arm, 1,000 by default.
    pub minimum_sample: u64,
    /// The smallest relative difference that matters, 0.2 by default.
    pub minimum_relative_effect: f64,
}

impl Default for AbOptions {
    fn default() -> Self {
        Self { level: 0.95, direction: Direction::HigherIsBetter, minimum_sample: 1000, minimum_relative_effect: 0.2 }
    }
}

/// What a comparison of two samples says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AbTest {
    /// Whether p < 1 - level. It holds for one look at the end: looking daily and stopping at the first yes turns 5 % error into 28 %.
    pub is_significant: bool,
    /// The two-sided p value of one look: Welch's t test on values; on counts the pooled z test, or Fisher's exact test where fewer than five
    /// events are expected in an arm. None where it is not defined.
    pub p_value: Option<f64>,
    /// The test behind it: `welch_t`, `two_proportion_z` or `fisher_exact`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub test: Option<String>,
    /// The p value that stays valid under looking.
    pub p_anytime: Option<f64>,
    /// Cohen's d. On rare events it says little: a lift of 119 % has d = 0.07; judge by `lift`.
    pub effect_size: Option<f64>,
    /// 1 - p, at most the largest number below one, kept because it was asked for. It is not the probability of being right: with one true idea in five, 17 % of the
    /// winners at 0.95 or more have no effect; read `p_better` and the interval.
    pub confidence: Option<f64>,
    /// What to do.
    pub recommendation: Recommendation,
    /// Why.
    pub reason: Message,
    /// The probability that the variant is better, under a flat prior: a decision rule, not an error rate.
    pub p_better: Option<f64>,
    /// Variant minus control. On counts by the score interval of Miettinen and Nurminen; see [`ab_test`] for where it and the p value part.
    pub difference: Option<Estimate>,
    /// The difference over |control|.
    pub lift: Option<Estimate>,
    /// d, Hedges' g and, for counts, h.
    pub effect: EffectSizes,
    /// The sizes of control and variant.
    pub sample_sizes: [u64; 2],
    /// Values per arm that the smallest difference that matters needs, from the spread seen.
    pub needed_sample: Option<u64>,
    /// Why there are no numbers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undefined: Option<Message>,
    /// What a reader should know before trusting it.
    #[serde(default)]
    pub warnings: Vec<Message>,
}

/// Compares two samples of people, raw values or counts, at one look. Needs no brain and no await.
///
/// Values are compared by Welch's test (Welch, 1947), counts by the pooled z test (Fleiss, Levin and Paik, 2003), or by Fisher's exact
/// test (Fisher, 1935) where fewer than five events are expected in an arm; the lift is relative to |control|. The values must be
/// independent: for daily series of ads use [`super::readout`], which pairs days.
///
/// The p value decides: `is_significant` is p < 1 - level, and a recommendation to act asks besides that the lower end of the lift lies
/// above zero. On counts the difference has the interval of Miettinen and Nurminen (1985), of the same score test with a variance larger
/// by N / (N - 1), N people in all: against the z test the two disagree on zero only where p lies within a hair of 1 - level (by a factor
/// 1 - 1 / N on z squared). Fisher's p is larger than that of the score test, so a difference of rare events can leave zero out and not
/// be significant; then it is not acted on.
///
/// ```
/// use adbrain_core::experiment::{Recommendation, Sample, ab_test};
/// let found = ab_test(
///     &Sample::Counts { successes: 500, trials: 10_000 },
///     &Sample::Counts { successes: 600, trials: 10_000 },
/// )?;
/// assert!(found.is_significant && found.p_value.is_some_and(|p| p < 0.01));
/// assert_eq!(found.recommendation, Recommendation::ApplyVariant);
/// # Ok::<(), adbrain_core::Error>(())
/// ```
///
/// # Errors
/// [`crate::ErrorKind::InvalidInput`] naming the field: more successes than trials, numbers that are not finite, counts against values.
pub fn ab_test(control: &Sample, variant: &Sample) -> Result<AbTest> {
    ab_test_with(control, variant, &AbOptions::default())
}

/// As [`ab_test`], with options: the level of the intervals (p counts below 1 - level), the direction that is good, the fewest values per
/// arm that a recommendation to act asks for, and the smallest relative difference that matters (0.2 for 20 %).
///
/// Values: t = (mv - mc) / sqrt(sv^2 / nv + sc^2 / nc) at Welch's degrees of freedom, m the means, s^2 the variances with n - 1, n the
/// values of variant and control (Welch, 1947). Counts: z = (pv - pc) / sqrt(q (1 - q) (1 / nv + 1 / nc)), p the shares, q that of both
/// arms together (Fleiss, Levin and Paik, 2003), or Fisher's exact test (Fisher, 1935). The difference is in the unit of the values, the
/// lift without unit. `p_anytime` is that of the confidence sequence of Waudby-Smith and others (2023).
///
/// Assumes independent people, and one look for `p_value` and the intervals. It misleads on impressions of the same people, on daily
/// series, under repeated looks, and for revenue with few large orders.
///
/// # Errors
/// As [`ab_test`], and for options outside their range.
pub fn ab_test_with(control: &Sample, variant: &Sample, options: &AbOptions) -> Result<AbTest> {
    let is_counts = |sample: &Sample| matches!(sample, Sample::Counts { .. });
    if is_counts(control) != is_counts(variant) {
        return Err(Error::invalid("variant", "is of another kind than the control")
            .next("give counts for both, or values for both"));
    }
    for (field, sample) in [("control", control), ("variant", variant)] {
        super::sample::check_sample(field, sample)?;
    }
    let settings = Settings {
        level: options.level,
        direction: Some(options.direction),
        looks: Some(Looks::FixedEnd),
        unit: Unit::User,
        minimum_sample: options.minimum_sample,
        minimum_relative_effect: options.minimum_relative_effect,
        ..Settings::new(Metric::Mean)
    };
    let arm = |name: &str, sample: &Sample| Arm::of_sample(name, sample.clone());
    let mut found = readout(&settings, &Data::of(vec![arm("control", control), arm("variant", variant)]))?;
    let missing = || Error::invalid("variant", "is missing").next("give the sample of the variant");
    let comparison = found.comparisons.pop().ok_or_else(missing)?;
    Ok(result(comparison, [control.size(), variant.size()], options))
}

fn result(comparison: Comparison, sample_sizes: [u64; 2], options: &AbOptions) -> AbTest {
    let (recommendation, reason) = recommend(&comparison, sample_sizes);
    AbTest {
        is_significant: comparison.p_value.is_some_and(|p| p < 1.0 - options.level),
        p_value: comparison.p_value,
        test: comparison.test,
        p_anytime: comparison.p_anytime,
        effect_size: comparison.effect.d,
        confidence: comparison.p_value.map(|p| (1.0 - p).min(MOST_CONFIDENT)),
        recommendation,
        reason,
        p_better: comparison.p_better,
        difference: comparison.difference,
        lift: comparison.lift,
        effect: comparison.effect,
        sample_sizes,
        needed_sample: comparison.needed_units,
        undefined: comparison.undefined,
        warnings: comparison.warnings,
    }
}

fn recommend(comparison: &Comparison, sizes: [u64; 2]) -> (Recommendation, Message) {
    let reason = comparison.verdict.reason.clone();
    let is_small = comparison.needed_units.is_some_and(|needed| needed > sizes[0].min(sizes[1]));
    let what = match comparison.verdict.kind {
        _ if comparison.undefined.is_some() => {
            return (Recommendation::CheckData, comparison.undefined.clone().unwrap_or(reason));
        }
        VerdictKind::Winner => Recommendation::ApplyVariant,
        VerdictKind::Loser => Recommendation::KeepControl,
        VerdictKind::NoDifference if is_small && reason.key == super::verdict::INCONCLUSIVE => {
            let needed = i64::try_from(comparison.needed_units.unwrap_or_default()).unwrap_or(i64::MAX);
            return (Recommendation::KeepRunning, Message::new("experiment-underpowered").with("needed", needed));
        }
        VerdictKind::KeepRunning => Recommendation::KeepRunning,
        VerdictKind::NoDifference => Recommendation::NoDifference,
        VerdictKind::Invalid => Recommendation::CheckData,
    };
    (what, reason)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(successes: u64, trials: u64) -> Sample {
        Sample::Counts { successes, trials }
    }

    #[test]
    fn the_table_of_recommendations() {
        use Recommendation::{ApplyVariant, CheckData, KeepControl, KeepRunning, NoDifference};
        for (control, variant, wanted) in [
            (counts(500, 10_000), counts(600, 10_000), ApplyVariant),
            (counts(600, 10_000), counts(500, 10_000), KeepControl),
            (counts(50, 900), counts(150, 900), KeepRunning),
            (counts(50, 1000), counts(52, 1000), KeepRunning),
            (counts(50_000, 1_000_000), counts(50_010, 1_000_000), NoDifference),
            (counts(0, 5000), counts(0, 5000), CheckData),
            (counts(0, 0), counts(1, 5000), CheckData),
        ] {
            let found = ab_test(&control, &variant).unwrap();
            assert_eq!(found.recommendation, wanted, "{control:?} {variant:?} {found:?}");
        }
    }

    #[test]
    fn raw_values_are_compared_by_welch() {
        let control = Sample::Values(vec![1.2, 0.8, 1.9, 1.1, 2.4]);
        let variant = Sample::Values(vec![2.1, 1.4, 3.3, 2.8, 1.9, 2.2, 4.1]);
        let found = ab_test(&control, &variant).unwrap();
        assert!((found.p_value.unwrap() - 0.041_537_147_680_909_78).abs() < 1e-10);
        assert!((found.confidence.unwrap() + found.p_value.unwrap() - 1.0).abs() < 1e-15);
        let difference = found.difference.unwrap();
        assert!((difference.low - 0.049_604_411_462_131_9).abs() < 1e-8, "{difference:?}");
        assert_eq!((found.sample_sizes, found.recommendation), ([5, 7], Recommendation::KeepRunning));
    }

    #[test]
    fn counts_have_the_score_interval_and_rare_ones_the_exact_p_value() {
        let found = ab_test(&counts(48, 80), &counts(56, 70)).unwrap();
        assert_eq!(found.test.as_deref(), Some("two_proportion_z"));
        let difference = found.difference.unwrap();
        assert_eq!(difference.method, "miettinen_nurminen");
        assert!((difference.low - 0.0528).abs() < 1e-4 && (difference.high - 0.3382).abs() < 1e-4, "{difference:?}");
        // scipy.stats.fisher_exact([[1, 1999], [7, 1993]]).pvalue, where the pooled z test says 0.0336.
        let rare = ab_test(&counts(1, 2000), &counts(7, 2000)).unwrap();
        assert_eq!((rare.test.as_deref(), rare.is_significant), (Some("fisher_exact"), false));
        assert!((rare.p_value.unwrap() - 0.070_039_096_919_348_51).abs() < 1e-9, "{rare:?}");
        assert!(rare.difference.unwrap().low > 0.0 && rare.recommendation != Recommendation::ApplyVariant);
    }

    #[test]
    fn the_interval_and_the_p_value_agree_about_zero() {
        for successes in 560..=600 {
            let found = ab_test(&counts(500, 10_000), &counts(successes, 10_000)).unwrap();
            let excludes = found.difference.unwrap().low > 0.0;
            assert_eq!(found.is_significant, excludes, "{successes}");
        }
    }

    #[test]
    fn a_heavy_tail_is_told() {
        let mut values = vec![0.0; 990];
        values.extend([5.0, 8.0, 9.0, 11.0, 14.0, 20.0, 30.0, 60.0, 200.0, 900.0]);
        let many: Vec<f64> = values.iter().copied().cycle().take(9000).collect();
        let keys = |found: AbTest| found.warnings.into_iter().map(|warning| warning.key).collect::<Vec<_>>();
        let found = ab_test(&Sample::Values(values), &Sample::Values(many)).unwrap();
        assert_eq!(keys(found), ["experiment-skewed"]);
        let even = |shift: f64| Sample::Values((0..2000).map(|place| shift + f64::from(place % 7)).collect());
        assert!(keys(ab_test(&even(1.0), &even(1.1)).unwrap()).is_empty());
    }

    #[test]
    fn nothing_defined_gives_no_p_value() {
        let flat = |value: f64| Sample::Values(vec![value; 5]);
        for (control, variant) in
            [(flat(2.0), flat(3.0)), (flat(2.0), Sample::Values(vec![1.0])), (flat(1.0), Sample::Values(vec![]))]
        {
            let found = ab_test(&control, &variant).unwrap();
            assert_eq!((found.p_value, found.confidence, found.is_significant), (None, None, false), "{found:?}");
            assert!(found.undefined.is_some());
        }
    }

    #[test]
    fn wrong_samples_name_their_field() {
        let said = |control: Sample, variant: Sample| ab_test(&control, &variant).unwrap_err().to_string();
        assert!(said(counts(11, 10), counts(1, 10)).starts_with("control.successes"));
        assert!(said(counts(1, 10), Sample::Values(vec![f64::NAN])).starts_with("variant"));
        assert!(said(Sample::Values(vec![1.0]), Sample::Values(vec![f64::INFINITY])).starts_with("variant.values[0]"));
    }
}
