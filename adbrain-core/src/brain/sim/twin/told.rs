//! What is told of a fit: what was learnt, what was kept and why, and how well the twin does what the account did.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::{Currency, Message, Platform};

/// A parameter of the world that the history has moved.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Learnt {
    /// The field of the world file.
    pub field: String,
    /// The value of the built-in world.
    pub usual: f64,
    /// The value of the twin.
    pub value: f64,
    /// How much of it is the history's, 0 to 1, where a level was shrunk by days and events.
    pub trust: Option<f64>,
    /// What it was taken from: `days`, `campaigns`, `ads`, `conversions`, or pairs of `weeks`.
    pub of: String,
    /// How many of those.
    pub sample: u64,
}

impl Learnt {
    pub(super) fn of(field: &str, [usual, value]: [f64; 2], (of, sample): (&str, u64)) -> Self {
        Self { field: field.to_owned(), usual, value, trust: None, of: of.to_owned(), sample }
    }

    pub(super) fn trusted(self, trust: f64) -> Self {
        Self { trust: Some(trust), ..self }
    }
}

/// A parameter, or a group of them, that is as in the built-in world.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Kept {
    /// The field of the world file; `*` stands for all below it.
    pub field: String,
    /// Why the history does not tell it.
    pub reason: Message,
}

/// What no export of daily figures tells.
pub(super) fn always_kept() -> Vec<Kept> {
    let all = [
        ("people.*", "twin-kept-people"),
        ("rhythm.traffic_by_hour", "twin-kept-hours"),
        ("rhythm.price_by_hour", "twin-kept-hours"),
        ("auction.hour_sd", "twin-kept-hours"),
        ("rhythm.price_by_month", "twin-kept-months"),
        ("rhythm.conversion_by_month", "twin-kept-months"),
        ("auction.saturation_exponent", "twin-kept-apart"),
        ("auction.quality_exponent", "twin-kept-apart"),
        ("creative.fatigue_exponent", "twin-kept-apart"),
        ("creative.exposure_memory", "twin-kept-apart"),
        ("creative.wear_out_*", "twin-kept-apart"),
        ("creative.delivery_exponent", "twin-kept-apart"),
        ("pacing.*", "twin-kept-budgets"),
        ("learning.*", "twin-kept-budgets"),
        ("auction.spend_floor", "twin-kept-budgets"),
        ("platform.*.reference_spend_usd", "twin-kept-budgets"),
        ("platform.*.delay", "twin-kept-delay"),
        ("objective.*", "twin-kept-objective"),
    ];
    all.map(|(field, reason)| Kept { field: field.to_owned(), reason: Message::new(reason) }).into()
}

/// One metric over some days: of the account, and of the twin over all seeds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MetricFit {
    /// `impressions`, `clicks`, `conversions`, `revenue`, `cpm`, `ctr`, `cvr` or `roas`; money in units of the currency, rates as ratios.
    pub metric: String,
    /// The account's own figure; none over nothing.
    pub real: Option<f64>,
    /// The mean of the twin's.
    pub mean: Option<f64>,
    /// The lower end of the interval that holds 80 % of the twin's.
    pub low: Option<f64>,
    /// The upper end.
    pub high: Option<f64>,
    /// Whether the account's figure lies within.
    pub is_inside: Option<bool>,
    /// The share of days on which the day's own figure lies within the interval of that day.
    pub days_inside: Option<f64>,
}

/// The metrics of one part of the days.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PartFit {
    /// Days on which the platform delivered.
    pub days: u64,
    /// The metrics, always in the same order.
    pub metrics: Vec<MetricFit>,
}

impl PartFit {
    /// A metric by its name.
    pub fn metric(&self, name: &str) -> Option<&MetricFit> {
        self.metrics.iter().find(|metric| metric.metric == name)
    }
}

/// How an account moves, beside its twin.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Shape {
    /// `price_memory` and `conversion_memory`: the correlation of a day's CPM, and of its conversions, with those of the day before;
    /// `days_without_conversions`: the share of the days of campaigns.
    pub name: String,
    /// The account's; none where it has too few days.
    pub real: Option<f64>,
    /// The mean of the twin's.
    pub mean: Option<f64>,
    /// The lower end of the interval that holds 80 % of the twin's.
    pub low: Option<f64>,
    /// The upper end.
    pub high: Option<f64>,
}

/// Whether the twin of a platform is to be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// On the days held out, CPM, CTR, CVR and ROAS lie within their intervals or within 20 % of the twin's mean, and at least 60 % of those
    /// days lie within theirs; learnt from 28 days and 30 conversions at least.
    Good,
    /// Neither good nor not usable.
    Rough,
    /// Learnt from fewer than 14 days or 10 conversions, or a rate of the days held out lies outside its interval and more than 50 % off.
    NotUsable,
}

/// How well the twin of one platform does what the account did.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PlatformFit {
    /// The platform.
    pub platform: Platform,
    /// Its campaigns.
    pub campaigns: u64,
    /// The days that were learnt from.
    pub learnt_from: PartFit,
    /// The days that were held out: what counts.
    pub held_out: PartFit,
    /// How it moves, over all days.
    pub shapes: Vec<Shape>,
    /// Whether it is to be used.
    pub verdict: Verdict,
    /// Why it is not good.
    pub reasons: Vec<Message>,
}

/// How well a twin does what its account did, with the same daily spend.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Fit {
    /// The currency of amounts that are not said to be US dollars.
    pub currency: Currency,
    /// The first day.
    #[schemars(with = "String")]
    pub first: Date,
    /// The first day that was held out.
    #[schemars(with = "String")]
    pub held_out_from: Date,
    /// The last day.
    #[schemars(with = "String")]
    pub last: Date,
    /// Over how many seeds.
    pub seeds: u64,
    /// The platforms, in their order.
    pub platforms: Vec<PlatformFit>,
    /// What was learnt.
    pub learnt: Vec<Learnt>,
    /// What was kept, and why.
    pub kept: Vec<Kept>,
    /// What was left out of the history.
    pub notes: Vec<Message>,
}
