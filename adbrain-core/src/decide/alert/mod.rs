//! Alerts: what is out of line, once per episode.
//!
//! In: measured windows. Out: episodes with advice and proposed changes. Called by the monitor. Never acts.

mod cost_spike;
mod detector;
mod finding;
mod observation;
mod opportunity;
mod performance_drop;
mod propose;
mod rule;
pub mod rules;
pub mod series;

use std::collections::BTreeMap;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::{Change, Message, Platform};

pub use detector::Detector;
pub use observation::Observation;
pub use rule::{AlertSettings, CostSpikeRule, OpportunityRule, PerformanceDropRule, Timing};

/// How pressing an alert is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Good to know.
    Info,
    /// Look at it today.
    High,
    /// Look at it now.
    Critical,
}

impl Severity {
    /// The name in JSON and in texts for machines.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

/// One stretch of time in which a rule held for an object. An action belongs to an episode, not to a tick.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Episode {
    /// Its identity: rule, object and opening time. Proposed changes carry it as their cause.
    pub key: String,
    /// The rule: `cost_spike`, `performance_drop`, `opportunity`.
    pub rule: String,
    /// How pressing it is.
    pub severity: Severity,
    /// The platform.
    pub platform: Platform,
    /// The ad set by its tag.
    pub object: String,
    /// When it opened.
    pub opened_at: Timestamp,
    /// When it closed; none while it is open.
    pub closed_at: Option<Timestamp>,
    /// What happened.
    pub message: Message,
    /// What to do.
    pub advice: Message,
    /// The numbers that the rule saw, by name.
    pub evidence: BTreeMap<String, f64>,
    /// Changes that it proposes; control decides.
    pub proposals: Vec<Change>,
}
