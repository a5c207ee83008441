//! The rule `performance_drop`: are returns surely below target?

use super::finding::{Finding, Side};
use super::{Observation, PerformanceDropRule};
use crate::model::message::Argument;
use crate::model::{Message, Metrics, Money, Tag};
use crate::stats::counts::upper_mean;

/// Fires where ROAS of the mature days is below its share of the target and the upper bound of ROAS is below the target.
///
/// With c conversions of mean value v and spend s: ROAS = c v / s, and its upper bound is the upper bound of the mean of a
/// compound Poisson count, times v / s. So no sale at all on much spend is a drop, if it is known what a sale brings.
pub(super) fn evaluate(rule: &PerformanceDropRule, seen: &Observation<'_>) -> Finding {
    let (Some(target), Some(roas)) = (seen.target_roas.filter(|target| *target > 0.0), seen.matured.roas()) else {
        return Finding::unknown();
    };
    let Some(value) = order_value(seen) else { return Finding::unknown() };
    let spend = seen.matured.spend.to_units();
    let expected = spend * target / value;
    let budget = seen.daily_budget.to_units() * rule.min_spend_in_daily_budgets;
    if spend < budget || expected < rule.min_expected_conversions {
        return Finding::unknown();
    }
    let upper = upper_roas(&seen.matured, value, rule.standard_errors, rule.order_value_dispersion);
    let side = if roas < rule.share_of_target * target && upper < target {
        Side::Fires
    } else if roas >= rule.clear_share_of_target * target {
        Side::Calm
    } else {
        Side::Between
    };
    let message = Message::new("alert-performance-drop").with("roas", Argument::Number(roas));
    let evidence = [
        ("roas", roas),
        ("upper_roas", upper),
        ("target", target),
        ("spend", spend),
        ("conversions", seen.matured.conversions as f64),
        ("expected_conversions", expected),
    ];
    Finding::new(side, message, evidence)
}

/// The worst active ads: enough impressions, surely below target, lowest upper bound first, never all of them.
pub(super) fn worst_ads(rule: &PerformanceDropRule, seen: &Observation<'_>) -> Vec<Tag> {
    let (Some(target), Some(value)) = (seen.target_roas, order_value(seen)) else { return Vec::new() };
    let upper = |metrics| upper_roas(metrics, value, rule.ad_standard_errors, rule.order_value_dispersion);
    let mut surely_bad: Vec<(f64, &Tag)> = seen
        .active_ads
        .iter()
        .filter(|(_, metrics)| metrics.impressions >= rule.min_impressions_per_ad && metrics.spend.is_positive())
        .map(|(tag, metrics)| (upper(metrics), tag))
        .filter(|(bound, _)| *bound < target)
        .collect();
    surely_bad.sort_by(|a, b| a.0.total_cmp(&b.0).then_with(|| a.1.cmp(b.1)));
    let at_most = (rule.max_pauses as usize).min(seen.active_ads.len().saturating_sub(1));
    surely_bad.into_iter().take(at_most).map(|(_, tag)| tag.clone()).collect()
}

/// What a conversion brings, in units: the mean of the mature days, else what the observation says.
pub(super) fn order_value(seen: &Observation<'_>) -> Option<f64> {
    let conversions = seen.matured.conversions as f64;
    let measured = (conversions > 0.0).then(|| seen.matured.revenue.to_units() / conversions);
    measured.filter(|value| *value > 0.0).or(seen.order_value.map(Money::to_units)).filter(|value| *value > 0.0)
}

/// The upper bound of ROAS, `z` standard errors up.
pub(super) fn upper_roas(metrics: &Metrics, value: f64, z: f64, dispersion: f64) -> f64 {
    let conversions = metrics.revenue.to_units() / value;
    upper_mean(conversions, z, dispersion) * value / metrics.spend.to_units()
}
