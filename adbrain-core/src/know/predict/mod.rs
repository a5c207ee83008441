//! Prediction: what to expect, how sure, and when it is not known.
//!
//! In: features and past results. Out: estimates with intervals. Called by strategist and brain. Never hides that data is thin.

pub mod learn;
mod prior;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::model::{BestPractice, Estimate, Objective, Platform};

pub use learn::{best_practices, winning_combinations};
pub use prior::PriorPredictor;

/// What a prediction is asked about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PredictionInput {
    /// The trade.
    pub industry: String,
    /// What the campaign is for.
    pub objective: Objective,
    /// The platform.
    pub platform: Platform,
    /// An audience segment as best practices name it (`audience:30-34 female`), where one is meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub segment: Option<String>,
    /// What is known of the trade.
    pub practices: Vec<BestPractice>,
}

/// Predicts ROAS. Takes many questions at once, so that a call from another language crosses once.
#[async_trait]
pub trait Predictor: Send + Sync {
    /// The expected ROAS of each input, with its interval, in the same order.
    async fn predict_roas(&self, inputs: &[PredictionInput]) -> Result<Vec<Estimate>>;
}
