//! What a policy sees and says.

use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::budget::ResponseCurve;
use crate::error::Result;
use crate::model::{Metrics, Money, Platform};

/// What the money is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Goal {
    /// The most value for all of the money.
    Value,
    /// The most of `margin * value - spend`; money may be left over.
    Profit,
}

/// An account on the morning of a day, as its platforms report it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct View {
    /// The day of the trial, from 0.
    pub day: u32,
    /// What the money is for.
    pub goal: Goal,
    /// What is left of a unit of value before the spend is taken off.
    pub margin: f64,
    /// What all campaigns together may get today.
    pub total: Money,
    /// The campaigns, always in the same order.
    pub campaigns: Vec<CampaignView>,
    /// What each campaign will bring today by its budget: for a policy that says that it [sees the truth](Policy::sees_truth), and for no
    /// other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub truth: Option<Vec<ResponseCurve>>,
}

/// One campaign on the morning of a day.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CampaignView {
    /// Its name.
    pub name: String,
    /// Its platform.
    pub platform: Platform,
    /// Its daily budget as the platform has it.
    pub budget: Money,
    /// The least that it may get: what the platform takes, or its budget where that is a person's.
    pub least: Money,
    /// Whether a person set its budget by hand: the door leaves it to that person, and asks for a budget other than that are refused.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_held: bool,
    /// Whether a person paused it by hand: it brings nothing until a person lets it deliver again.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_paused: bool,
    /// What is known of each day before this one, the first day first. The last days lack conversions that come late.
    pub days: Vec<Metrics>,
}

impl CampaignView {
    /// The sum of the last `days` days, in units: spend, revenue, clicks, conversions.
    pub(super) fn last(&self, days: usize) -> [f64; 4] {
        self.days.iter().rev().take(days).fold([0.0; 4], |[spend, revenue, clicks, conversions], day| {
            [
                spend + day.spend.to_units(),
                revenue + day.revenue.to_units(),
                clicks + day.clicks as f64,
                conversions + day.conversions as f64,
            ]
        })
    }
}

/// What a policy wants on a day.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    /// The daily budget of each campaign, in the order of the view.
    pub budgets: Vec<Money>,
    /// The campaigns about which a person is told that something has changed, by their place in the view.
    #[serde(default)]
    pub alarms: Vec<usize>,
    /// What each campaign is expected to bring on the day with its new budget, in the order of the view; empty from a policy that foretells
    /// nothing.
    #[serde(default)]
    pub expected: Vec<Expected>,
}

/// What a campaign is expected to bring on a day, in units of the currency.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Expected {
    /// The value.
    pub value: f64,
    /// The lower end of its 80 % interval.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

impl Decision {
    /// Budgets without an alarm.
    pub fn of(budgets: Vec<Money>) -> Self {
        Self { budgets, alarms: Vec::new(), expected: Vec::new() }
    }

    /// Everything as it is.
    pub fn keep(view: &View) -> Self {
        Self::of(view.campaigns.iter().map(|campaign| campaign.budget).collect())
    }
}

/// Decides each morning what each campaign gets. A trial begins with a policy that has seen nothing.
#[async_trait]
pub trait Policy: Send {
    /// The budgets of a day, none below its platform's least and together not above the total.
    ///
    /// # Errors
    /// Those of the policy; the trial ends with them.
    async fn decide(&mut self, view: &View) -> Result<Decision>;

    /// Whether it is shown what will happen. Policies that can be used say no.
    fn sees_truth(&self) -> bool {
        false
    }
}
