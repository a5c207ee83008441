//! What an agent answers a feedback by.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::{AssetSet, Feedback, Money, Platform};

/// A feedback and where the run stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Review {
    /// What the analyst says.
    pub feedback: Feedback,
    /// How each platform has done so far.
    pub platforms: Standings,
    /// What Creative made for the plan.
    pub assets: AssetSet,
}

/// How each platform has done so far.
pub type Standings = BTreeMap<Platform, Standing>;

/// How one platform has done so far, as it will be once late conversions are in.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Standing {
    /// What was spent.
    pub spend: Money,
    /// Revenue per money spent; none over nothing.
    pub roas: Option<f64>,
    /// The cost of a conversion in units of the currency; none over nothing.
    pub cpa: Option<f64>,
}
