//! The brain's own policy: curves estimated from what the platforms report, the exact allocation, and larger steps down where something broke.

use async_trait::async_trait;

use super::super::policy::{CampaignView, Decision, Expected, Policy, View};
use super::steps::{FIFTH, Step, among_steps, ratio};
use crate::budget::{CampaignDay, CampaignDays, CurveBeliefs, CurveEstimate, estimate_curves};
use crate::error::Result;
use crate::measure::completeness;
use crate::model::Money;

/// A campaign whose conversions broke may fall this far at once.
const EMERGENCY: Step = Step { cut: 60.0, raise: 20.0 };
/// For so many days after a break.
const EMERGENCY_DAYS: usize = 7;
/// A day is half a day old, on average, when it ends.
const HALF_A_DAY: f64 = 0.5;

/// It keeps the budgets of the days, for reports do not tell them.
#[derive(Default)]
pub(super) struct BrainPolicy {
    budgets: Vec<Vec<f64>>,
    /// The breaks that were told, by campaign and day.
    told: Vec<(usize, usize)>,
}

#[async_trait]
impl Policy for BrainPolicy {
    async fn decide(&mut self, view: &View) -> Result<Decision> {
        let days = usize::try_from(view.day).unwrap_or(0);
        let now: Vec<f64> = view.campaigns.iter().map(|campaign| campaign.budget.to_units()).collect();
        // Before its first decision nothing was changed, so that the budgets of today held from the start.
        self.budgets.resize(days, now);
        let histories: Vec<CampaignDays> =
            view.campaigns.iter().enumerate().map(|(place, campaign)| self.history(place, campaign)).collect();
        let found = estimate_curves(&histories, &CurveBeliefs::default())?;
        let is_broken = |one: &CurveEstimate| one.fell && one.broke_on.is_some_and(|day| day + EMERGENCY_DAYS > days);
        let steps: Vec<Step> = found.iter().map(|one| if is_broken(one) { EMERGENCY } else { FIFTH }).collect();
        let alarms = self.alarms(&found, days);
        let curves =
            view.campaigns.iter().zip(&found).map(|(campaign, one)| (campaign, one.curve.clone())).zip(steps).collect();
        let budgets = among_steps(view, view.total, curves)?;
        let expected = view.campaigns.iter().zip(&found).zip(&budgets);
        let expected = expected.map(|((campaign, one), budget)| expected_of(one, [campaign.budget, *budget])).collect();
        Ok(Decision { budgets, alarms, expected })
    }
}

/// What a campaign brings once its budget is another one: as much more or less as its curve says.
fn expected_of(one: &CurveEstimate, [before, after]: [Money; 2]) -> Expected {
    let times = ratio(one.curve.value(after.to_units()), one.curve.value(before.to_units()));
    Expected { value: one.value * times, low: one.value_low * times, high: one.value_high * times }
}

impl BrainPolicy {
    fn history(&self, place: usize, campaign: &CampaignView) -> CampaignDays {
        let days = campaign.days.iter().enumerate().map(|(number, day)| {
            let age = f64::from(u32::try_from(campaign.days.len() - number - 1).unwrap_or(u32::MAX));
            CampaignDay {
                budget: self.budgets.get(number).and_then(|day| day.get(place)).copied().unwrap_or(0.0),
                spend: day.spend.to_units(),
                impressions: day.impressions as f64,
                clicks: day.clicks as f64,
                conversions: day.conversions as f64,
                revenue: day.revenue.to_units(),
                known: completeness(campaign.platform, age + HALF_A_DAY).clamp(1e-3, 1.0),
            }
        });
        CampaignDays { name: campaign.name.clone(), group: campaign.platform.to_string(), days: days.collect() }
    }

    /// Campaigns with a break, or with an outage of tracking, that were not told of in the last days.
    fn alarms(&mut self, found: &[CurveEstimate], days: usize) -> Vec<usize> {
        let mut alarms = Vec::new();
        for (place, one) in found.iter().enumerate() {
            let held = one.held_days.last().filter(|day| **day + 1 >= days).copied();
            let fell = one.broke_on.filter(|day| one.fell && *day + EMERGENCY_DAYS > days);
            let Some(day) = held.or(fell) else { continue };
            let is_told =
                self.told.iter().any(|(told, before)| *told == place && before.abs_diff(day) <= EMERGENCY_DAYS);
            if !is_told {
                self.told.push((place, day));
                alarms.push(place);
            }
        }
        alarms
    }
}
