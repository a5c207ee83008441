//! A number with its uncertainty, and the reasons behind a choice.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Platform;
use super::message::Message;

/// A value with an interval, a level, a method, a sample size and warnings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Estimate {
    /// The best single number.
    pub value: f64,
    /// The lower end of the interval.
    pub low: f64,
    /// The upper end of the interval.
    pub high: f64,
    /// The level of the interval, 0.9 for 90 %.
    pub level: f64,
    /// The name of the method: `normal_normal_shrinkage`.
    pub method: String,
    /// Rows, campaigns or events that it rests on; which one, the method says.
    pub sample_size: u64,
    /// What a reader should know before trusting it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<Message>,
}

impl Estimate {
    /// What is wrong with it, where something is: numbers that are not finite, an interval that does not hold the value, no level.
    pub fn problem(&self) -> Option<&'static str> {
        if ![self.value, self.low, self.high].iter().all(|number| number.is_finite()) {
            return Some("has numbers that are not finite");
        }
        if !(self.low <= self.value && self.value <= self.high) {
            return Some("has a value outside its interval");
        }
        (!(self.level > 0.0 && self.level < 1.0)).then_some("has a level that is not between 0 and 1")
    }
}

/// The ROAS that is expected of a campaign on a platform, or of a segment there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Expectation {
    /// The platform.
    pub platform: Platform,
    /// The segment as best practices name it (`audience:30-34 female`); none for the campaign as it is planned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub segment: Option<String>,
    /// What is expected.
    pub roas: Estimate,
}

/// Something that was measured or remembered and speaks for a choice.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// Where it comes from: `brief`, `history`, `memory`, `prediction`, `persona`, `metrics`, `experiment`.
    pub source: String,
    /// What it is about: `roas of women 30-34 on meta`.
    pub subject: String,
    /// The number, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub estimate: Option<Estimate>,
}

/// Why a choice was made: a text from the catalogue with the evidence for it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Reason {
    /// What was chosen: `platform`, `audience`, `budget`, `format`, `bid`.
    pub choice: String,
    /// The text.
    pub message: Message,
    /// What it rests on; empty where the brief alone decides.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<Evidence>,
}
