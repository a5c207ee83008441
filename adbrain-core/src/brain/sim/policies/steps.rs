//! What several policies share: budgets within steps, by curves or by weights.

use super::super::policy::{CampaignView, Goal, View};
use crate::budget::{AllocationRequest, Receiver, ResponseCurve, ShareRequest, allocate, split};
use crate::error::Result;
use crate::model::Money;

/// How far a budget may go at once, in percent of what it is: down, and up.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Step {
    pub(super) cut: f64,
    pub(super) raise: f64,
}

/// A fifth either way.
pub(super) const FIFTH: Step = Step { cut: 20.0, raise: 20.0 };
/// As far as the door lets an edit go.
pub(super) const FREE: Step = Step { cut: 98.0, raise: 250.0 };

/// Days of a week.
pub(super) const WEEK: usize = 7;

/// Whether a policy that decides once a week does so today.
pub(super) fn is_review(day: u32) -> bool {
    day.is_multiple_of(7)
}

/// The exact allocation by curves, within a step of what is.
pub(super) fn by_curves(view: &View, curves: Vec<ResponseCurve>, step: Step) -> Result<Vec<Money>> {
    let campaigns: Vec<_> = view.campaigns.iter().zip(curves).collect();
    among(view, view.total, campaigns, step)
}

/// The same for a part of the campaigns and of the money.
pub(super) fn among(
    view: &View,
    total: Money,
    campaigns: Vec<(&CampaignView, ResponseCurve)>,
    step: Step,
) -> Result<Vec<Money>> {
    let receivers = campaigns.into_iter().map(|(campaign, curve)| {
        let [floor, cap] = within(campaign, step);
        Receiver { floor: Some(floor), cap: Some(cap), ..Receiver::new(campaign.name.clone(), curve) }
    });
    let mut request = AllocationRequest::new(total, receivers.collect());
    request.margin = (view.goal == Goal::Profit).then_some(view.margin);
    Ok(allocate(&request)?.parts.into_iter().map(|part| part.amount).collect())
}

/// Where a campaign's budget may lie after one step: where it is, where it is a person's.
pub(super) fn within(campaign: &CampaignView, step: Step) -> [Money; 2] {
    if campaign.is_held {
        return [campaign.budget; 2];
    }
    let times = |percent: f64| scaled(campaign.budget, percent / 100.0);
    let floor = times(100.0 - step.cut);
    // Rounded down, a cut might be a minor unit larger than the step.
    let floor = if floor.micros() < campaign.least.micros() { campaign.least } else { floor };
    let cap = times(100.0 + step.raise);
    [floor, if cap.micros() < floor.micros() { floor } else { cap }]
}

/// A budget times a factor, in whole minor units, rounded down.
#[expect(clippy::cast_possible_truncation, reason = "clamped to what fits first")]
pub(in crate::brain::sim) fn scaled(budget: Money, factor: f64) -> Money {
    let micros = libm::floor((budget.micros() as f64 * factor).clamp(0.0, 9.0e15)) as i64;
    Money::from_micros(micros, budget.currency()).floor_to_minor_unit()
}

/// All of the total by weights, none below its least.
pub(super) fn by_weights(view: &View, weights: impl Iterator<Item = f64>) -> Result<Vec<Money>> {
    let shares: Vec<ShareRequest> = view
        .campaigns
        .iter()
        .zip(weights)
        .map(|(campaign, weight)| {
            let cap = campaign.is_held.then_some(campaign.budget);
            ShareRequest { weight, floor: campaign.least, cap }
        })
        .collect();
    split(view.total, &shares)
}

/// The mean return on the spend of the last days over all campaigns, as reported; zero where nothing was spent.
pub(super) fn mean_return(view: &View, days: usize) -> f64 {
    let sums = view.campaigns.iter().map(|campaign| campaign.last(days));
    let [spend, revenue] = sums.fold([0.0; 2], |[spend, revenue], [s, r, ..]| [spend + s, revenue + r]);
    ratio(revenue, spend)
}

/// One number over another, and zero over nothing.
pub(super) fn ratio(above: f64, below: f64) -> f64 {
    if below > 0.0 { above / below } else { 0.0 }
}

/// The curve `k * x^exponent` that brings `value` at the present budget.
pub(super) fn power_through(campaign: &CampaignView, value: f64, exponent: f64) -> ResponseCurve {
    let budget = campaign.budget.to_units().max(1e-6);
    ResponseCurve::Power { scale: value.max(1e-9) / libm::pow(budget, exponent), exponent }
}
