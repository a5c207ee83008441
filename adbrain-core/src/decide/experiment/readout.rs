//! Comparisons of two arms: rates by a score interval, daily values by Welch's test.

use super::{Readout, Verdict};
use crate::model::{Estimate, Message};
use crate::stats::effect::cohen_d;
use crate::stats::power::{Goal, sample_size_two_means, sample_size_two_proportions};
use crate::stats::proportions::{Proportion, difference};
use crate::stats::two_sample::{Summary, welch};

/// The rules of a comparison, set before the data are seen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ReadoutSettings {
    /// The level of the interval, 0.95 by default; the verdict's error is one minus it.
    pub level: f64,
    /// Each arm of a rate needs so many impressions; 1,000 by default.
    pub min_sample_size: u64,
    /// Each arm of a mean needs so many days; 14 by default, two whole weeks.
    pub min_days: u64,
    /// The smallest relative difference that matters, 0.2 by default; it sets the needed size.
    pub minimum_relative_effect: f64,
    /// The power for the needed size, 0.8 by default.
    pub power: f64,
}

impl Default for ReadoutSettings {
    fn default() -> Self {
        Self { level: 0.95, min_sample_size: 1000, min_days: 14, minimum_relative_effect: 0.2, power: 0.8 }
    }
}

/// One arm of a rate: clicks among impressions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RateArm {
    /// Its name.
    pub name: String,
    /// How often it happened.
    pub successes: u64,
    /// How often it could have.
    pub trials: u64,
}

/// One arm of a mean: one value per day, days without a value left out.
#[derive(Debug, Clone, PartialEq)]
pub struct MeanArm {
    /// Its name.
    pub name: String,
    /// The values of its days.
    pub values: Vec<f64>,
}

/// Compares a rate, such as `ctr`, of two arms. The verdict follows the interval of the difference alone.
///
/// The level holds for one look at the end. Looking daily and stopping at the first difference turns 5 % error into 27 %.
/// Platforms choose who sees which ad, so the difference is associational; the estimate says so in a warning.
///
/// ```
/// use adbrain_core::experiment::{RateArm, ReadoutSettings, Verdict, compare_rates};
/// let arm = |name: &str, successes| RateArm { name: name.into(), successes, trials: 20_000 };
/// let readout = compare_rates("ctr", &arm("video", 300), &arm("image", 200), &ReadoutSettings::default());
/// assert_eq!(readout.verdict, Verdict::Better);
/// ```
pub fn compare_rates(metric: &str, arm: &RateArm, against: &RateArm, settings: &ReadoutSettings) -> Readout {
    let goal = |base| Goal {
        base,
        relative_effect: settings.minimum_relative_effect,
        power: settings.power,
        alpha: 1.0 - settings.level,
    };
    let empty = readout(metric, [&arm.name, &against.name], [arm.trials, against.trials]);
    let of = |arm: &RateArm| Proportion::new(arm.successes, arm.trials);
    let (Ok(treatment), Ok(control)) = (of(arm), of(against)) else { return empty };
    let needed_size = sample_size_two_proportions(goal(control.share())).unwrap_or_default();
    let Ok(measured) = difference(control, treatment, settings.level) else { return empty };
    let verdict = if arm.trials.min(against.trials) < settings.min_sample_size {
        Verdict::NotEnoughData
    } else {
        verdict(&measured.difference)
    };
    let difference = Some(associational(measured.difference.into()));
    Readout { difference, p_value: measured.p_value, needed_size, verdict, ..empty }
}

/// Compares the mean of daily values, such as `daily_roas`, of two arms by Welch's test.
///
/// The needed size is in days and uses the spread that these days show. Without any spread there is no answer. The same limits
/// hold as for [`compare_rates`].
pub fn compare_means(metric: &str, arm: &MeanArm, against: &MeanArm, settings: &ReadoutSettings) -> Readout {
    let empty = readout(metric, [&arm.name, &against.name], [arm.values.len() as u64, against.values.len() as u64]);
    let summaries = Summary::of(&arm.values).and_then(|first| Ok((first, Summary::of(&against.values)?)));
    let Ok((first, second)) = summaries else { return empty };
    let Ok(measured) = welch(&second, &first, settings.level) else { return empty };
    let verdict =
        if first.n.min(second.n) < settings.min_days { Verdict::NotEnoughData } else { verdict(&measured.difference) };
    let needed_size = effect_in_deviations(&first, &second, settings.minimum_relative_effect)
        .and_then(|effect| sample_size_two_means(effect, settings.power, 1.0 - settings.level))
        .unwrap_or_default();
    let difference = Some(associational(measured.difference.into()));
    Readout { difference, p_value: Some(measured.p_value), needed_size, verdict, ..empty }
}

/// The wanted relative effect on the second mean, in pooled standard deviations: d * relative * m2 / (m1 - m2).
fn effect_in_deviations(first: &Summary, second: &Summary, relative: f64) -> Option<f64> {
    let shifted = Summary::new(first.n, second.mean * (1.0 + relative), first.m2);
    cohen_d(second, &shifted).ok().filter(|effect| effect.abs() > 0.0)
}

fn readout(metric: &str, names: [&str; 2], sizes: [u64; 2]) -> Readout {
    let ([arm, against], [arm_size, against_size]) = (names.map(str::to_owned), sizes);
    Readout {
        metric: metric.to_owned(),
        arm,
        against,
        difference: None,
        p_value: None,
        arm_size,
        against_size,
        needed_size: 0,
        verdict: Verdict::NotEnoughData,
    }
}

fn verdict(difference: &crate::stats::Interval) -> Verdict {
    if difference.low > 0.0 {
        Verdict::Better
    } else if difference.high < 0.0 {
        Verdict::Worse
    } else {
        Verdict::NotShown
    }
}

fn associational(mut estimate: Estimate) -> Estimate {
    estimate.warnings.push(Message::new("experiment-associational"));
    estimate
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::random::Random;

    fn rate(name: &str, successes: u64, trials: u64) -> RateArm {
        RateArm { name: name.into(), successes, trials }
    }

    #[test]
    fn thin_arms_get_no_verdict_but_show_their_interval() {
        let readout = compare_rates("ctr", &rate("a", 50, 999), &rate("b", 5, 5000), &ReadoutSettings::default());
        assert_eq!(readout.verdict, Verdict::NotEnoughData);
        assert!(readout.difference.unwrap().low > 0.0 && readout.needed_size > 100_000);
    }

    #[test]
    fn no_impressions_and_broken_counts_give_no_numbers() {
        for (successes, trials) in [(0, 0), (3, 2)] {
            let readout =
                compare_rates("ctr", &rate("a", successes, trials), &rate("b", 5, 5000), &ReadoutSettings::default());
            assert_eq!((readout.verdict, readout.difference), (Verdict::NotEnoughData, None));
        }
    }

    #[test]
    fn equal_arms_differ_in_about_five_percent_of_comparisons() {
        let settings = ReadoutSettings::default();
        let mut random = Random::at(11, &[]);
        let mut found = 0;
        for _ in 0..4000 {
            let mut arm = |name| rate(name, random.binomial(5000, 0.02), 5000);
            let verdict = compare_rates("ctr", &arm("a"), &arm("b"), &settings).verdict;
            found += i32::from(matches!(verdict, Verdict::Better | Verdict::Worse));
        }
        assert!((150..=250).contains(&found), "{found} of 4000");
    }

    #[test]
    fn days_are_compared_by_welch() {
        let mean = |name: &str, level: f64| MeanArm {
            name: name.into(),
            values: (0..14).map(|day| level + f64::from(day % 7) * 0.1).collect(),
        };
        let settings = ReadoutSettings::default();
        let readout = compare_means("daily_roas", &mean("a", 2.0), &mean("b", 3.0), &settings);
        assert_eq!((readout.verdict, readout.arm_size), (Verdict::Worse, 14));
        assert!(readout.p_value.unwrap() < 1e-6 && readout.needed_size >= 2);
        let short = MeanArm { name: "short".into(), values: vec![1.0, 2.0] };
        assert_eq!(compare_means("daily_roas", &short, &mean("b", 3.0), &settings).verdict, Verdict::NotEnoughData);
    }
}
