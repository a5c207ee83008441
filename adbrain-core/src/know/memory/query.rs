//! What a memory is asked for and told.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::model::{BestPractice, CampaignProfile, Learning, Objective, WinningCombination};

/// How similar campaigns are ranked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Ranking {
    /// By the estimated impact, greatest first.
    #[default]
    Impact,
    /// By the lower end of the impact's interval, greatest first: what is surely good.
    LowerBound,
    /// By how like the campaigns are times the lower end of what is left of the effect, greatest first.
    Relevance,
    /// By how like the campaigns are alone, greatest first.
    Likeness,
}

/// Which learnings are wanted: same industry and objective, ranked, at most `limit`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SimilarQuery {
    /// The trade.
    pub industry: String,
    /// What the campaign is for.
    pub objective: Objective,
    /// The order.
    #[serde(default)]
    pub ranking: Ranking,
    /// At most so many; 10 by default.
    #[serde(default = "ten")]
    pub limit: u32,
    /// What was known at this moment: nothing that was learnt later, what has expired or was superseded by then left out. All that is not
    /// superseded where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub as_of: Option<Timestamp>,
    /// The campaign that others are compared with, for the rankings by likeness.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub campaign: Option<CampaignProfile>,
}

fn ten() -> u32 {
    10
}

impl SimilarQuery {
    /// The ten learnings of the greatest impact in an industry for an objective.
    pub fn new(industry: impl Into<String>, objective: Objective) -> Self {
        let ranking = Ranking::default();
        Self { industry: industry.into(), objective, ranking, limit: ten(), as_of: None, campaign: None }
    }

    /// The ten that say most about a campaign, as known at a moment.
    pub fn about(campaign: CampaignProfile, (industry, objective): (&str, Objective), as_of: Timestamp) -> Self {
        let ranking = Ranking::Relevance;
        Self { ranking, as_of: Some(as_of), campaign: Some(campaign), ..Self::new(industry, objective) }
    }
}

/// Which learnings are listed, exported or pooled. What is left out does not narrow.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct LearningQuery {
    /// The trade.
    pub industry: Option<String>,
    /// What the campaigns were for.
    pub objective: Option<Objective>,
    /// The campaign or run.
    pub campaign: Option<String>,
    /// The advertiser.
    pub brand: Option<String>,
    /// What was known at this moment, as in a [`SimilarQuery`]; every row, superseded ones too, where nothing is said.
    #[schemars(with = "Option<String>")]
    pub as_of: Option<Timestamp>,
    /// At most so many; all where nothing is said.
    pub limit: Option<u32>,
}

impl LearningQuery {
    pub(super) fn fits(&self, learning: &Learning) -> bool {
        self.industry.as_ref().is_none_or(|industry| learning.industry == *industry)
            && self.objective.is_none_or(|objective| learning.objective == objective)
            && self.campaign.as_ref().is_none_or(|campaign| learning.campaign == *campaign)
            && (self.brand.is_none() || learning.grounds.brand == self.brand)
    }
}

/// What is forgotten: all that fits every part that is given.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Forget {
    /// The campaign or run.
    pub campaign: Option<String>,
    /// The advertiser.
    pub brand: Option<String>,
    /// What was learnt before this moment.
    #[schemars(with = "Option<String>")]
    pub before: Option<Timestamp>,
}

impl Forget {
    /// Says no to an order that names nothing: it would forget everything.
    pub(super) fn check(&self) -> Result<()> {
        if self.campaign.is_none() && self.brand.is_none() && self.before.is_none() {
            return Err(Error::invalid("forget", "names neither a campaign, nor a brand, nor a date")
                .next("name what is to be forgotten; to forget everything, give a date after the newest learning"));
        }
        Ok(())
    }

    pub(super) fn fits(&self, learning: &Learning) -> bool {
        self.campaign.as_ref().is_none_or(|campaign| learning.campaign == *campaign)
            && (self.brand.is_none() || learning.grounds.brand == self.brand)
            && self.before.is_none_or(|before| learning.learnt_at < before)
    }

    /// Whether it is what the feedback to the brand left: `feedback:ctr_low:Ventania`.
    pub(super) fn fits_practice(&self, practice: &BestPractice) -> bool {
        let about = practice.practice_type.strip_prefix("feedback:").and_then(|rest| rest.split_once(':'));
        self.campaign.is_none()
            && self.brand.is_some()
            && about.map(|(_, brand)| brand) == self.brand.as_deref()
            && self.before.is_none_or(|before| practice.last_updated < before)
    }
}

/// All that a run taught.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Lessons {
    /// The run or file that the uses of combinations come from; it is added once.
    pub source: String,
    /// What each part of the campaign did.
    pub learnings: Vec<Learning>,
    /// What usually works.
    pub practices: Vec<BestPractice>,
    /// What was used together.
    pub combinations: Vec<WinningCombination>,
}
