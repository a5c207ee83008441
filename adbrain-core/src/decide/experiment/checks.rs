//! Checks of the data before a verdict.

use super::data::{Arm, Data};
use super::metric::Metric;
use super::readout::{Check, CheckState, Dominance};
use super::sample::Sample;
use super::series::Series;
use super::settings::{Assignment, Settings, Unit};
use crate::stats::checks::{difference_skewness, dominant_block, overdispersion_of_shares};
use crate::stats::proportions::Proportion;
use crate::stats::srm;

/// The test of the split (sample-ratio mismatch) at 0.001: the assigned units, else the people of each arm, against the planned shares.
///
/// Impressions are no assigned units: how many an arm gets depends on the arm. Without counts of what was assigned, and where the
/// platform's delivery chose, it is not checked.
pub(super) fn split(data: &Data, assignment: Assignment) -> Check {
    if assignment == Assignment::Delivered {
        return Check::default();
    }
    let counted = data.arms.iter().map(|arm| arm.assigned.or_else(|| arm.sample.as_ref().map(Sample::size)));
    let Some(counts) = counted.collect::<Option<Vec<u64>>>() else { return Check::default() };
    let shares: Vec<f64> = data.arms.iter().map(|arm| arm.share.unwrap_or(1.0)).collect();
    srm::sample_ratio(&counts, &shares).map_or(Check::default(), |found| {
        let state = if found.is_mismatch(srm::LIMIT) { CheckState::Failed } else { CheckState::Passed };
        Check { state, p_value: Some(found.p_value) }
    })
}

/// The larger overdispersion of two arms, where the metric counts events among trials.
pub(super) fn overdispersion(arms: [&Arm; 2], metric: Metric) -> Option<f64> {
    if !matches!(metric, Metric::Ctr | Metric::Cvr | Metric::Proportion) {
        return None;
    }
    arms.into_iter()
        .filter_map(|arm| overdispersion_of_shares(&shares(arm, metric)?).ok())
        .map(|found| found.ratio)
        .reduce(f64::max)
}

/// The blocks as shares of whole counts; none where a block holds something else.
fn shares(arm: &Arm, metric: Metric) -> Option<Vec<Proportion>> {
    let parts = arm.blocks.iter().filter_map(|block| block.parts(metric)).filter(|parts| parts[1] > 0.0);
    parts.map(|[upper, lower]| Proportion::new(whole(upper)?, whole(lower)?).ok()).collect()
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked to be a whole number that fits")]
fn whole(number: f64) -> Option<u64> {
    ((0.0..9.0e15).contains(&number) && number.fract().abs() < f64::EPSILON).then_some(number as u64)
}

/// Whether tails are too heavy for the means that are compared: of people's own values, or of regions and people with their blocks.
pub(super) fn is_skewed(control: &Arm, treatment: &Arm, settings: &Settings) -> bool {
    let found = match (&control.sample, &treatment.sample) {
        (Some(Sample::Values(control)), Some(Sample::Values(treatment))) => difference_skewness(control, treatment),
        (None, None) if settings.unit != Unit::Day => {
            let values = |arm| weighted(arm, settings.metric).unwrap_or_default();
            difference_skewness(&values(control), &values(treatment))
        }
        _ => return false,
    };
    found.is_ok_and(|tail| tail.is_heavy())
}

/// What each unit adds to its arm's ratio, (y - R x) / mean of x.
fn weighted(arm: &Arm, metric: Metric) -> Option<Vec<f64>> {
    let parts: Vec<[f64; 2]> = arm.blocks.iter().filter_map(|block| block.parts(metric)).collect();
    let (upper, lower) = parts.iter().fold((0.0, 0.0), |sums, part| (sums.0 + part[0], sums.1 + part[1]));
    let mean = lower / parts.len() as f64;
    (lower > 0.0).then(|| parts.iter().map(|[y, x]| (y - upper / lower * x) / mean).collect())
}

/// The day that weighs most among the first ones, where days are paired.
pub(super) fn dominance(series: &Series, units: u64) -> Option<Dominance> {
    let Series::Paired { days, .. } = series else { return None };
    let days = days.get(..usize::try_from(units).ok()?.min(days.len()))?;
    let control: Vec<_> = days.iter().map(|day| day.1).collect();
    let treatment: Vec<_> = days.iter().map(|day| day.2).collect();
    let found = dominant_block(&control, &treatment).ok()?;
    let name = |at: usize| days.get(at).map(|day| day.0.clone());
    let turns = found.effect * found.effect_without < 0.0;
    Some(Dominance { unit: name(found.largest)?, share: found.share, influential: name(found.influential)?, turns })
}
