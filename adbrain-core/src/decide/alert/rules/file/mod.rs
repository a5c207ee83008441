//! The file of rules as it is written, in TOML or JSON.
//!
//! Everything here is as the file says it; [`super::RuleSet`] holds what was checked.

mod check;
mod names;
mod read;
pub(crate) mod span;

use std::collections::BTreeMap;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::{Decide, Severity};
use super::Level;

pub(crate) use read::{decoded, parts, value_of};

crate::model::named! {
    /// What becomes of a rule whose value is not known.
    OnLack {
        /// It counts as calm: nothing opens, what is open recovers.
        Ok = "ok",
        /// It is itself a reason for an alert.
        Alert = "alert",
        /// Everything stays as it is; thin data neither opens nor closes anything.
        Keep = "keep",
    }
}

crate::model::named! {
    /// What an episode of a rule proposes; control decides.
    ActionKind {
        /// Cuts the bid by a percentage, never below its floor.
        CutBid = "cut_bid",
        /// Pauses the worst active ads, never the last one.
        PauseWorstAds = "pause_worst_ads",
        /// Moves a percentage of the daily budget to the best ad set of the platform; the sum stays the same.
        MoveBudget = "move_budget",
    }
}

crate::model::named! {
    /// A day of the week.
    Day {
        /// Monday.
        Monday = "mon",
        /// Tuesday.
        Tuesday = "tue",
        /// Wednesday.
        Wednesday = "wed",
        /// Thursday.
        Thursday = "thu",
        /// Friday.
        Friday = "fri",
        /// Saturday.
        Saturday = "sat",
        /// Sunday.
        Sunday = "sun",
    }
}

/// A file of alert rules.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RulesFile {
    /// The version of the form: 1.
    pub version: u32,
    /// The time zone of quiet hours and of daily limits, an IANA name.
    #[serde(default = "utc")]
    pub time_zone: String,
    /// Metrics that your own samples bring beside the built-in ones: name and meaning.
    #[serde(default)]
    pub metrics: BTreeMap<String, String>,
    /// Labels that your own samples bring beside `platform`, `level`, `object` and `campaign`.
    #[serde(default)]
    pub sample_labels: Vec<String>,
    /// The rules.
    #[serde(default, rename = "rule")]
    pub rules: Vec<RuleEntry>,
    /// Which rules keep others silent.
    #[serde(default, rename = "inhibit")]
    pub inhibitions: Vec<Inhibition>,
    /// What is kept silent for a time.
    #[serde(default, rename = "silence")]
    pub silences: Vec<Silence>,
    /// When nobody is told; critical rules pass.
    #[serde(default)]
    pub quiet_hours: Vec<QuietHours>,
}

fn utc() -> String {
    "UTC".to_owned()
}

/// One rule. Exactly one of `above` and `below` is given; lengths of time are written as `10m`, `2h`, `3d`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleEntry {
    /// Its name: small letters, digits and `_`.
    pub name: String,
    /// The expression over named metrics whose value is watched.
    pub value: String,
    /// Fires above this value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub above: Option<f64>,
    /// Fires below this value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub below: Option<f64>,
    /// An open episode recovers once the value is back at this or beyond; the fire threshold by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clear: Option<f64>,
    /// What must hold as well for it to fire.
    #[serde(default)]
    pub require: Vec<Requirement>,
    /// It must fire for so long before an episode opens; none by default.
    #[serde(default, rename = "for", skip_serializing_if = "Option::is_none")]
    pub hold_for: Option<String>,
    /// It must be calm for so long before an episode closes; none by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keep_firing_for: Option<String>,
    /// So long after an episode closed no other opens for the same object; none by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reopen_after: Option<String>,
    /// An open episode is told again after so long; never by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repeat_every: Option<String>,
    /// Metrics that must reach a least value; below it there is not enough data to say anything.
    #[serde(default)]
    pub min_volume: BTreeMap<String, f64>,
    /// Data that are older say nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_data_age: Option<String>,
    /// What becomes of it where there is no data, too little or none that is fresh.
    #[serde(default = "keep")]
    pub no_data: OnLack,
    /// What becomes of it where the figures could not be read or are no numbers.
    #[serde(default = "keep")]
    pub on_error: OnLack,
    /// How pressing its alerts are.
    pub severity: Severity,
    /// The kind of objects that it watches.
    #[serde(default = "ad_set")]
    pub level: Level,
    /// It watches only objects with these labels.
    #[serde(default, rename = "match")]
    pub only: BTreeMap<String, String>,
    /// Labels that its alerts carry.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
    /// Alerts with the same values of these labels are told together; each on its own where it is left out, all together where empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group_by: Option<Vec<String>>,
    /// A group is told at most once in this time; what comes up in between is told after it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group_interval: Option<String>,
    /// What an episode proposes, in this order.
    #[serde(default)]
    pub actions: Vec<ActionEntry>,
    /// Nothing is told or proposed; what would have been is given apart.
    #[serde(default)]
    pub dry_run: bool,
    /// Of a platform: its conversions are not to be trusted while an episode is open, and such days are left out of mature figures.
    #[serde(default)]
    pub holds: bool,
    /// What happened: a text, or the key of a text that adbrain has in both languages; a text with the value and the threshold by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// What to do: a text, or the key of a text that adbrain has in both languages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub advice: Option<String>,
}

fn keep() -> OnLack {
    OnLack::Keep
}

fn expected_value() -> Decide {
    Decide::ExpectedValue
}

fn ad_set() -> Level {
    Level::AdSet
}

/// A condition beside the value: exactly one of `above` and `below`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Requirement {
    /// The expression.
    pub value: String,
    /// It must be above this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub above: Option<f64>,
    /// It must be below this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub below: Option<f64>,
}

/// What an episode proposes, once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ActionEntry {
    /// What it does.
    pub kind: ActionKind,
    /// Whether it is proposed by its expected value, or always.
    #[serde(default = "expected_value")]
    pub decide: Decide,
    /// Of `cut_bid`: by how many percent, 1 to 99. Of `move_budget`: so many percent of the daily budget.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub percent: Option<u8>,
    /// Of `pause_worst_ads`: how many ads, at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_most: Option<u32>,
    /// At least so long between two actions of the rule on one object; none by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cool_down: Option<String>,
    /// Actions of the rule on all objects in a day of the file's time zone, at most; no limit by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_per_day: Option<u32>,
}

/// While an alert of `source` is open, those of `target` with the same values of the labels in `equal` are neither told nor acted on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Inhibition {
    /// The rule that keeps others silent.
    pub source: String,
    /// The rules that are kept silent.
    pub target: Vec<String>,
    /// Labels that must have the same value in both; with none, any open alert of `source` counts.
    pub equal: Vec<String>,
}

/// Alerts with these labels are neither told nor acted on for a time. What still fires at its end is told then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Silence {
    /// The labels, at least one: `rule`, `platform`, `object`, …
    #[serde(rename = "match")]
    pub only: BTreeMap<String, String>,
    /// From when, included.
    #[schemars(with = "String")]
    pub from: Timestamp,
    /// Until when, not included.
    #[schemars(with = "String")]
    pub until: Timestamp,
    /// Who ordered it.
    pub by: String,
    /// Why.
    pub reason: String,
}

/// When nobody is told. What still fires at the end is told then; critical rules are told at once.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct QuietHours {
    /// From this time of day, included, such as `22:00`; with neither time the whole day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Until this time of day, not included; one that is before `from` is on the next day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// The days on which it begins; every day by default.
    #[serde(default)]
    pub days: Vec<Day>,
}

#[cfg(test)]
mod tests;
