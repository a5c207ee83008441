//! What is asked of a log of choices.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A log of choices, the policy that is to be valued, and how.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OffPolicyRequest {
    /// The names of all that could be chosen, at least two, each once. Lists of probabilities and predictions are in this order.
    pub choices: Vec<String>,
    /// One row per decision.
    pub rows: Vec<LoggedChoice>,
    /// With what probability the policy to be valued takes each choice, from 0 to 1, together 1; for rows without a `target` of their own.
    #[serde(default)]
    pub target: Option<Vec<f64>>,
    /// The reward that a model predicts for each choice; for rows without `predicted` of their own.
    #[serde(default)]
    pub predicted: Option<Vec<f64>>,
    /// How the value is estimated.
    #[serde(default)]
    pub estimator: Estimator,
    /// Weights above this are set to it, 1 or more: less variance for a bias, which the answer states. None where it is not given.
    #[serde(default)]
    pub clip: Option<f64>,
    /// The least and the highest reward there can be, for the bias of clipping; those of the log where it is not given.
    #[serde(default)]
    pub reward_range: Option<[f64; 2]>,
    /// How the interval is made.
    #[serde(default)]
    pub interval: IntervalBy,
    /// The level of the interval, 0.95 for 95 %.
    #[serde(default = "usual_level")]
    pub level: f64,
    /// There is no answer below this effective sample size, 10 or more.
    #[serde(default = "usual_floor")]
    pub least_effective: f64,
}

/// One decision of the log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LoggedChoice {
    /// What was chosen, by its name.
    pub choice: String,
    /// What it brought, in any unit; all of it, late conversions too.
    pub reward: f64,
    /// With what probability each choice could have been taken at this decision, as it was written down then; together 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub propensities: Option<Vec<f64>>,
    /// The probability of the choice that was taken, where no more was written down; support can then not be checked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub propensity: Option<f64>,
    /// With what probability the policy to be valued takes each choice here, where it looks at the decision.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<Vec<f64>>,
    /// The reward that a model predicts for each choice here. The model must not have been learnt from this row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub predicted: Option<Vec<f64>>,
}

/// How the value of a policy is estimated. A row has the weight w, the target's probability of its choice over the logged one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Estimator {
    /// Inverse propensities: the mean of w r (Horvitz and Thompson, 1952). Without bias, and of much variance where weights are uneven.
    Ips,
    /// Self-normalised: sum w r / sum w (Hajek, 1971). It stays within the rewards seen; its bias is of the order of 1 over the rows.
    #[default]
    Snips,
    /// The model alone: the mean of the predicted rewards under the target. As right as the model, and its interval does not know how
    /// wrong that is.
    Dm,
    /// Doubly robust: the model plus the weighted mean of its errors (Robins, Rotnitzky and Zhao, 1994; Dudik, Langford and Li, 2011).
    /// Right where the propensities or the model are, and of little variance where both are.
    Dr,
}

/// How the interval is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum IntervalBy {
    /// The t interval of the mean of the rows' parts, a self-normalised value taken linearly. For many rows.
    #[default]
    T,
    /// The bootstrap-t of the same parts: for rewards and weights with a long tail.
    BootstrapT {
        /// How many samples to draw, 100 or more.
        resamples: u32,
        /// The same seed gives the same interval on every machine.
        #[serde(default)]
        seed: u64,
    },
}

impl OffPolicyRequest {
    /// A log and one policy for all of its rows: self-normalised, without clipping, the t interval at 95 %.
    pub fn new(choices: Vec<String>, rows: Vec<LoggedChoice>, target: Vec<f64>) -> Self {
        Self {
            choices,
            rows,
            target: Some(target),
            predicted: None,
            estimator: Estimator::default(),
            clip: None,
            reward_range: None,
            interval: IntervalBy::default(),
            level: usual_level(),
            least_effective: usual_floor(),
        }
    }
}

impl LoggedChoice {
    /// A decision of which all probabilities were written down.
    pub fn new(choice: impl Into<String>, reward: f64, propensities: Vec<f64>) -> Self {
        let choice = choice.into();
        Self { choice, reward, propensities: Some(propensities), propensity: None, target: None, predicted: None }
    }
}

fn usual_level() -> f64 {
    0.95
}

/// Below some fifty rows' worth of weight the t interval of a mean of skewed parts falls short of its level.
fn usual_floor() -> f64 {
    50.0
}
