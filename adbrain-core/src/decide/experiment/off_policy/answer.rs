//! What a log says, or why it says nothing.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::Message;

/// The answer of a log: an estimate, or a refusal. There is no number where the log holds none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum OffPolicy {
    /// What the policy would have brought.
    Estimated(OffPolicyEstimate),
    /// The log cannot say.
    Refused(Refusal),
}

/// What a policy would have brought per decision.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OffPolicyEstimate {
    /// The mean reward of a decision under the policy, in the unit of the rewards.
    pub value: f64,
    /// The lower end of the interval.
    pub low: f64,
    /// The upper end of the interval.
    pub high: f64,
    /// The level of the interval, 0.95 for 95 %.
    pub level: f64,
    /// Estimator and interval: `snips_t`, `dr_bootstrap_t`.
    pub method: String,
    /// The policy less what was logged, with the interval of the difference over the same rows: whether it is better. None where the two
    /// differ in no row, or all by the same amount.
    pub against_logged: Option<Difference>,
    /// The rows.
    pub sample_size: u64,
    /// `(sum w)^2 / sum w^2` over the weights as they were used: how many rows without weights would say as much (Kish, 1965). None for the
    /// model alone without propensities.
    pub effective_sample_size: Option<f64>,
    /// The largest weight before clipping.
    pub largest_weight: Option<f64>,
    /// Whether the weights are such as these propensities give.
    pub weights: Option<WeightCheck>,
    /// What clipping did, where it was asked for.
    pub clipped: Option<Clipped>,
    /// What a reader should know before trusting it.
    pub warnings: Vec<Message>,
}

/// The policy less what was logged, per decision.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Difference {
    /// The difference.
    pub value: f64,
    /// The lower end of its interval.
    pub low: f64,
    /// The upper end of its interval.
    pub high: f64,
}

/// The mean of the weights before clipping. It is 1 where choices were drawn by the logged propensities and nothing lacks support.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WeightCheck {
    /// The mean.
    pub mean: f64,
    /// Its standard error.
    pub standard_error: f64,
    /// The p value of a t test against 1, two-sided; none where no weight differs from the others.
    pub p_two_sided: Option<f64>,
}

/// What clipping did.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Clipped {
    /// The weight above which weights were set to it.
    pub limit: f64,
    /// How many rows had more.
    pub rows: u64,
    /// The weight that was taken off, per row: the share of the target that the value no longer rests on.
    pub weight_lost: f64,
    /// Between which ends the bias lies that this brings, whatever the rewards within their range are; the truth lies between `value - high end`
    /// and `value - low end`, up to chance. The interval does not hold it.
    pub bias: [f64; 2],
}

/// Why a log says nothing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Refusal {
    /// The reason as a word.
    pub reason: RefusalReason,
    /// The reason as a text, with what to do about it.
    pub message: Message,
    /// The rows.
    pub sample_size: u64,
    /// As in an estimate, where weights could be made.
    pub effective_sample_size: Option<f64>,
    /// As in an estimate, where weights could be made.
    pub largest_weight: Option<f64>,
    /// As in an estimate, where weights could be made.
    pub weights: Option<WeightCheck>,
}

/// Why a log says nothing, as a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum RefusalReason {
    /// A row lacks the probability of its choice: nobody wrote it down.
    NotLogged,
    /// A logged propensity lies outside 0 to 1, those of a row do not add up to 1, or what was chosen had none.
    NotProbabilities,
    /// The policy takes a choice that could not have been taken, or that was never seen where only propensities of what was taken are known.
    NoSupport,
    /// The mean of the weights is so far from 1 that choices were not drawn by these propensities.
    WeightsOff,
    /// Too little of the log is about what the policy does.
    FewEffective,
    /// The rows' parts do not differ, so that nothing says how sure the value is.
    NoSpread,
}
