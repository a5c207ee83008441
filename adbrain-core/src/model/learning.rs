//! What was learnt: single learnings, best practices by industry, winning combinations. The rows of memory.

use std::collections::BTreeMap;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{CampaignProfile, ContentHash, Estimate, Maturity, Objective};
use crate::error::Result;

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

super::platform::named! {
    /// Where the figures behind a learning come from.
    Taint {
        /// Measured by the engine on campaigns of its own.
        Measured = "measured",
        /// Taken from a file that somebody handed over.
        Imported = "imported",
        /// Words from outside: comments, pages, names that others can edit. No memory takes it.
        Outside = "outside",
    }
}

/// The days that were measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Period {
    /// The first moment.
    #[schemars(with = "String")]
    pub start: Timestamp,
    /// The moment after the last one.
    #[schemars(with = "String")]
    pub end: Timestamp,
}

/// What a learning rests on, where it comes from and how long it holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Grounds {
    /// Where its figures come from.
    pub taint: Taint,
    /// The newest journal entry when it was stored: what had been done by then can be looked up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entry: Option<ContentHash>,
    /// The advertiser.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub brand: Option<String>,
    /// The days that were measured.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub period: Option<Period>,
    /// The test that it was read from; none where nothing was tested.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub test: Option<String>,
    /// Whether late conversions could still change it; none where it is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub maturity: Option<Maturity>,
    /// From when on it is not asked for any more; none where it fades by its half-life alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub expires_at: Option<Timestamp>,
    /// The id of the learning that this one replaces.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub supersedes: Option<String>,
    /// The campaign behind it, so that like campaigns can be told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile: Option<CampaignProfile>,
}

impl Default for Grounds {
    fn default() -> Self {
        Self {
            taint: Taint::Measured,
            entry: None,
            brand: None,
            period: None,
            test: None,
            maturity: None,
            expires_at: None,
            supersedes: None,
            profile: None,
        }
    }
}

/// Something that one campaign taught, from measured outcomes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Learning {
    /// [`Learning::content_id`]: the same learning is stored once. Filled in by the memory where it is left empty.
    #[serde(default)]
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
    /// What it rests on.
    #[serde(default)]
    pub grounds: Grounds,
    /// Further fields by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub metadata: BTreeMap<String, String>,
}

impl Learning {
    /// The hash of what it says: campaign, type and insight, and what it supersedes. The figures are left out, so that a campaign says each
    /// thing once; a later measurement of the same thing supersedes the earlier one by name.
    ///
    /// # Errors
    /// [`crate::ErrorKind::Internal`] where it cannot be written as JSON.
    pub fn content_id(&self) -> Result<String> {
        let said = (&self.campaign, self.learning_type, &self.insight);
        let id = match &self.grounds.supersedes {
            None => ContentHash::of_value(&said)?,
            Some(earlier) => ContentHash::of_value(&(said, earlier))?,
        };
        Ok(id.to_string())
    }

    /// The same learning under its own id.
    ///
    /// # Errors
    /// As [`Learning::content_id`].
    pub fn identified(self) -> Result<Self> {
        Ok(Self { id: self.content_id()?, ..self })
    }
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

/// What an insight does to results over campaigns, drawn together: by trade and objective, and by platform where one is named.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PooledPractice {
    /// The trade.
    pub industry: String,
    /// What the campaigns were for.
    pub objective: Objective,
    /// The platform on which alone the campaigns ran; none for all campaigns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform: Option<super::Platform>,
    /// What it is about: `copy_style=benefit`.
    pub insight: String,
    /// The effect that is expected of a further campaign's mean, relative to the campaign's own, drawn to what the wider groups show.
    pub effect: Estimate,
    /// The variance of the effect between campaigns.
    pub between_variance: f64,
    /// The number of campaigns.
    pub campaigns: u64,
}
