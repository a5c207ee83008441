//! What was learnt: single learnings, best practices by industry, winning combinations. The rows of memory.

use std::collections::BTreeMap;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Estimate, Objective};

super::platform::named! {
    /// What a learning is about.
    LearningType {
        /// Pictures and videos.
        Creative = "creative",
        /// Texts.
        Copy = "copy",
        /// Who saw it.
        Audience = "audience",
        /// When it ran.
        Timing = "timing",
    }
}

/// Something that one campaign taught, from measured outcomes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Learning {
    /// The hash of campaign, type and insight: the same learning is stored once.
    pub id: String,
    /// The campaign or run that taught it.
    pub campaign: String,
    /// What it is about.
    pub learning_type: LearningType,
    /// The trade.
    pub industry: String,
    /// What the campaign was for.
    pub objective: Objective,
    /// What was learnt, as a short line for machines: `audience=women 30-34`.
    pub insight: String,
    /// The effect relative to the campaign's mean, 0.25 for 25 % above, with its interval.
    pub impact: Estimate,
    /// When it was learnt.
    #[schemars(with = "String")]
    pub learnt_at: Timestamp,
    /// Further fields by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub metadata: BTreeMap<String, String>,
}

/// What usually works in a trade, pooled over campaigns.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BestPractice {
    /// The trade.
    pub industry: String,
    /// What it is about: `audience:30-34 female`, `platform:meta`.
    pub practice_type: String,
    /// One line for people.
    pub description: String,
    /// Mean results by metric: `roas`, `ctr`, `cpa`.
    pub average_performance: BTreeMap<String, f64>,
    /// The variance of ROAS between the units (ads or campaigns) that were pooled; zero where there is one unit.
    pub roas_variance: f64,
    /// The number of units that were pooled.
    pub sample_size: u64,
    /// When it was last updated.
    #[schemars(with = "String")]
    pub last_updated: Timestamp,
}

/// A combination of creative, copy and audience, and how it has done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WinningCombination {
    /// The kind of creative: `video`, or `unknown` where the history does not say.
    pub creative_type: String,
    /// The copy style: `benefit`, or `unknown`.
    pub copy_style: String,
    /// The audience: `30-34 female interest 16`.
    pub audience_segment: String,
    /// Mean ROAS over its uses.
    pub average_roas: f64,
    /// Mean CTR over its uses, as a ratio.
    pub average_ctr: f64,
    /// How often it was used.
    pub times_used: u64,
    /// How often it cleared its target.
    pub times_succeeded: u64,
}

impl WinningCombination {
    /// The share of uses that cleared the target: the mean of a Beta(1, 1) prior updated by the uses.
    pub fn success_rate(&self) -> f64 {
        (self.times_succeeded as f64 + 1.0) / (self.times_used as f64 + 2.0)
    }
}
