//! Alerts: what is out of line, once per episode.
//!
//! In: measured windows, rules as data, settings of channels. Out: episodes with advice, records of decisions, proposed changes, letters to people.
//! Called by the monitor. Never acts on a platform.

pub mod decision;
mod detector;
mod hours;
pub mod notify;
mod observation;
mod platforms;
mod propose;
mod returns;
pub mod rules;
mod scan;
pub mod series;
mod settings;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use decision::{Decide, DecisionRecord};
pub use detector::{Detector, DetectorState, Look};
pub use observation::Observation;
pub use scan::KnownDay;
pub use settings::MetricSettings;

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
