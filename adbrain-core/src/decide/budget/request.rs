//! What an allocation is asked.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::curve::ResponseCurve;
use crate::model::Money;

/// How a day's money is to be divided: who may get it, within which limits, and what it is for.
///
/// Without a margin all of the total is spent that brings anything; with one, spending stops where a unit of money brings less value than
/// `1 / margin`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AllocationRequest {
    /// What all together get at most.
    pub total: Money,
    /// Who may get money, at least one.
    pub receivers: Vec<Receiver>,
    /// Limits on several receivers together.
    #[serde(default)]
    pub groups: Vec<GroupLimit>,
    /// What is left of a unit of value before the spend is taken off, above 0 up to 1.
    #[serde(default)]
    pub margin: Option<f64>,
    /// What all of the money has to bring on average.
    #[serde(default)]
    pub target: Option<Target>,
    /// When the search ends.
    #[serde(default)]
    pub search: SearchLimits,
}

/// One receiver of money, as a campaign or an ad set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Receiver {
    /// Its name, which no other has.
    pub name: String,
    /// What a day's spend brings.
    pub curve: ResponseCurve,
    /// Which part of a day's effect is left the next day, from 0 to below 1: what is divided is a spend that stays the same, and its effect
    /// once the carry-over is in balance.
    #[serde(default)]
    pub carry_over: f64,
    /// The group that it belongs to.
    #[serde(default)]
    pub group: Option<String>,
    /// It gets at least this; nothing where it is not given.
    #[serde(default)]
    pub floor: Option<Money>,
    /// It gets at most this.
    #[serde(default)]
    pub cap: Option<Money>,
    /// It gets nothing, or at least this: a platform's least budget.
    #[serde(default)]
    pub least: Option<Money>,
    /// What it gets now.
    #[serde(default)]
    pub current: Option<Money>,
    /// The most by which `current` may rise, in percent of it; no limit where it gets nothing now.
    #[serde(default)]
    pub max_raise_percent: Option<f64>,
    /// The most by which `current` may fall, in percent of it.
    #[serde(default)]
    pub max_cut_percent: Option<f64>,
    /// The price of an edit.
    #[serde(default)]
    pub edit: Option<EditPrice>,
}

/// What a change of a budget costs, in units of value: a learning phase that begins anew.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EditPrice {
    /// A change by no more than this, in percent of `current`, costs nothing.
    pub free_percent: f64,
    /// The value that is lost by a larger one.
    pub value: f64,
}

/// A limit on several receivers and groups together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GroupLimit {
    /// Its name, which no other has.
    pub name: String,
    /// The group that it belongs to.
    #[serde(default)]
    pub parent: Option<String>,
    /// Together they get at least this.
    #[serde(default)]
    pub floor: Option<Money>,
    /// Together they get at most this.
    #[serde(default)]
    pub cap: Option<Money>,
}

/// What a unit of money has to bring on average.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// At least this value per unit of money.
    Roas(f64),
    /// At most this much money per unit of value, where the curves count conversions.
    Cpa(f64),
}

/// When a search ends.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SearchLimits {
    /// Once nothing can be better by more than this part.
    pub gap: f64,
    /// Once so many relaxations were solved.
    pub nodes: u32,
}

impl Default for SearchLimits {
    fn default() -> Self {
        Self { gap: 1e-6, nodes: 10_000 }
    }
}

impl Receiver {
    /// A receiver without limits.
    pub fn new(name: impl Into<String>, curve: ResponseCurve) -> Self {
        Self {
            name: name.into(),
            curve,
            carry_over: 0.0,
            group: None,
            floor: None,
            cap: None,
            least: None,
            current: None,
            max_raise_percent: None,
            max_cut_percent: None,
            edit: None,
        }
    }
}

impl AllocationRequest {
    /// A total for receivers, without groups, margin and target.
    pub fn new(total: Money, receivers: Vec<Receiver>) -> Self {
        Self { total, receivers, groups: Vec::new(), margin: None, target: None, search: SearchLimits::default() }
    }
}
