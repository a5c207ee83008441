//! What the strategist decides: objective, platforms, audiences, budget split, formats, targets; each with its reasons.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Audience, CheckedBrief, Estimate, Format, Money, Objective, Platform, Reason, Targets};

/// A platform that the strategy uses, and its part of the budget.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PlatformChoice {
    /// The platform.
    pub platform: Platform,
    /// Its part of the budget over the whole flight, in whole minor units.
    pub budget: Money,
    /// What is expected of it.
    pub expected_roas: Estimate,
}

/// What the strategist decides from brief, memory and predictions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Strategy {
    /// The brief that it answers, checked; agents to the right read facts and limits from it.
    #[schemars(with = "super::Brief")]
    pub brief: CheckedBrief,
    /// What the campaign is for.
    pub objective: Objective,
    /// The platforms with their budgets, in the order of [`Platform::ALL`]; the budgets add up to the brief's budget or less.
    pub platforms: Vec<PlatformChoice>,
    /// The audiences, best first.
    pub audiences: Vec<Audience>,
    /// The formats that are to be made, in the brief's order.
    pub formats: Vec<Format>,
    /// The results that the campaign is held to, `max_cpa` filled in; those of the brief where none are named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub targets: Option<Targets>,
    /// Creative and copy styles that won before, best first: `(creative_type, copy_style)` names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub proven_styles: Vec<String>,
    /// Why each choice was made.
    pub reasons: Vec<Reason>,
    /// The same in sentences of a language model, where one finds words: every figure in them stands in the reasons. Nothing acts on them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub words: Vec<String>,
}

impl Strategy {
    /// The most that a conversion may cost.
    pub fn max_cpa(&self) -> Money {
        let own = self.targets.as_ref().and_then(|targets| targets.max_cpa);
        own.unwrap_or_else(|| self.brief.max_cpa())
    }
}
