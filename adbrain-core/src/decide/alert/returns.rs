//! Returns of the mature days: what a sale brings, how high ROAS may be, which ads are surely bad.

use super::{MetricSettings, Observation};
use crate::model::{Metrics, Money, Tag};
use crate::stats::counts::upper_mean;

/// The worst active ads: enough impressions, surely below target, lowest upper bound first, never all of them.
pub(super) fn worst_ads(settings: &MetricSettings, seen: &Observation<'_>, at_most: u32) -> Vec<Tag> {
    let (Some(target), Some(value)) = (seen.target_roas, order_value(seen)) else { return Vec::new() };
    let upper = |metrics| upper_roas(metrics, value, settings.ad_standard_errors, settings.order_value_dispersion);
    let mut surely_bad: Vec<(f64, &Tag)> = seen
        .active_ads
        .iter()
        .filter(|(_, metrics)| metrics.impressions >= settings.min_impressions_per_ad && metrics.spend.is_positive())
        .map(|(tag, metrics)| (upper(metrics), tag))
        .filter(|(bound, _)| *bound < target)
        .collect();
    surely_bad.sort_by(|a, b| a.0.total_cmp(&b.0).then_with(|| a.1.cmp(b.1)));
    let at_most = (at_most as usize).min(seen.active_ads.len().saturating_sub(1));
    surely_bad.into_iter().take(at_most).map(|(_, tag)| tag.clone()).collect()
}

/// What a conversion brings, in units: the mean of the mature days, else what the observation says.
pub(super) fn order_value(seen: &Observation<'_>) -> Option<f64> {
    let conversions = seen.matured.conversions as f64;
    let measured = (conversions > 0.0).then(|| seen.matured.revenue.to_units() / conversions);
    measured.filter(|value| *value > 0.0).or(seen.order_value.map(Money::to_units)).filter(|value| *value > 0.0)
}

/// The upper bound of ROAS, `z` standard errors up.
///
/// With c conversions of mean value v and spend s: ROAS = c v / s, and its upper bound is the upper bound of the mean of a
/// compound Poisson count, times v / s. So no sale at all on much spend is a drop, if it is known what a sale brings.
pub(super) fn upper_roas(metrics: &Metrics, value: f64, z: f64, dispersion: f64) -> f64 {
    let conversions = metrics.revenue.to_units() / value;
    upper_mean(conversions, z, dispersion) * value / metrics.spend.to_units()
}
