//! The brain's own policy: each morning the budgets that the loop would propose, and larger steps down where something broke.

use async_trait::async_trait;

use super::super::policy::{CampaignView, Decision, Expected, Goal, Policy, View};
use crate::budget::{
    CampaignDay, CampaignDays, CurveEstimate, DailyBudget, DailyCampaign, DailyRequest, Probing, daily_budgets,
};
use crate::error::Result;
use crate::measure::completeness;
use crate::model::Money;

/// A break, or an outage, is told once in so many days.
const TOLD_DAYS: usize = 7;
/// How far budgets are probed, in percent.
const PROBE_PERCENT: f64 = 5.0;
/// A day is half a day old, on average, when it ends.
const HALF_A_DAY: f64 = 0.5;

/// It keeps the budgets of the days, for reports do not tell them.
#[derive(Default)]
pub(super) struct BrainPolicy {
    pub(super) seed: u64,
    budgets: Vec<Vec<f64>>,
    /// The breaks that were told, by campaign and day.
    told: Vec<(usize, usize)>,
}

impl BrainPolicy {
    pub(super) fn of(seed: u64) -> Self {
        Self { seed, ..Self::default() }
    }
}

#[async_trait]
impl Policy for BrainPolicy {
    async fn decide(&mut self, view: &View) -> Result<Decision> {
        let days = usize::try_from(view.day).unwrap_or(0);
        let now: Vec<f64> = view.campaigns.iter().map(|campaign| campaign.budget.to_units()).collect();
        // Before its first decision nothing was changed, so that the budgets of today held from the start.
        self.budgets.resize(days, now);
        let campaigns = view.campaigns.iter().enumerate().map(|(place, campaign)| self.campaign(place, campaign));
        let request = DailyRequest {
            margin: (view.goal == Goal::Profit).then_some(view.margin),
            probing: Some(Probing { percent: PROBE_PERCENT, seed: self.seed }),
            ..DailyRequest::new(view.total, campaigns.collect())
        };
        let found = daily_budgets(&request)?.parts;
        let alarms = self.alarms(&found, days);
        let expected = found.iter().map(|part| Expected { value: part.value, low: part.low, high: part.high });
        let budgets: Vec<Money> = found.iter().map(|part| part.after).collect();
        Ok(Decision { budgets, alarms, expected: expected.collect() })
    }
}

impl BrainPolicy {
    /// A campaign with its days; a budget that a person set stays.
    fn campaign(&self, place: usize, campaign: &CampaignView) -> DailyCampaign {
        let usual = DailyCampaign::new(self.history(place, campaign), campaign.budget);
        let least = Some(campaign.least);
        if !campaign.is_held {
            return DailyCampaign { least, ..usual };
        }
        let [max_raise_percent, max_cut_percent, max_emergency_cut_percent] = [0.0; 3];
        DailyCampaign { least, max_raise_percent, max_cut_percent, max_emergency_cut_percent, ..usual }
    }

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
    fn alarms(&mut self, found: &[DailyBudget], days: usize) -> Vec<usize> {
        let mut alarms = Vec::new();
        let curves: Vec<&CurveEstimate> = found.iter().map(|part| &part.estimate).collect();
        for (place, one) in curves.into_iter().enumerate() {
            let held = one.held_days.last().filter(|day| **day + 1 >= days).copied();
            let fell = one.broke_on.filter(|day| one.fell && *day + TOLD_DAYS > days);
            let Some(day) = held.or(fell) else { continue };
            let is_told = self.told.iter().any(|(told, before)| *told == place && before.abs_diff(day) <= TOLD_DAYS);
            if !is_told {
                self.told.push((place, day));
                alarms.push(place);
            }
        }
        alarms
    }
}
