//! Prediction: what to expect, how sure, and when it is not known.
//!
//! In: features and past results. Out: estimates with intervals. Called by strategist and brain. Never hides that data is thin.

pub mod backtest;
pub mod conformal;
pub mod features;
pub mod forest;
pub mod learn;
pub mod ltv;
mod prior;
pub mod roas;
pub mod rule;
pub mod saturation;

use std::sync::Arc;

use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::model::{Audience, BestPractice, Estimate, History, Objective, Platform};

pub use learn::{best_practices, winning_combinations};
pub use prior::PriorPredictor;
pub use roas::RoasPredictor;

/// What a prediction is asked about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
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
    /// The audiences that the campaign is planned for; empty where they are not known yet.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub audiences: Vec<Audience>,
    /// The kinds of creative that are planned: `video`; empty where they are not known yet.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub creative_types: Vec<String>,
    /// What is known of the trade.
    pub practices: Vec<BestPractice>,
}

/// Predicts ROAS.
///
/// ```
/// use adbrain_core::Predictor;
/// use adbrain_core::model::Estimate;
/// use adbrain_core::predict::PredictionInput;
///
/// /// Expects the same everywhere and says that it knows nothing.
/// struct Flat;
///
/// #[async_trait::async_trait]
/// impl Predictor for Flat {
///     async fn predict_roas(&self, inputs: &[PredictionInput]) -> adbrain_core::Result<Vec<Estimate>> {
///         let guess = Estimate {
///             value: 2.0, low: 0.5, high: 5.0, level: 0.9, method: "flat".into(), sample_size: 0, warnings: Vec::new(),
///         };
///         Ok(vec![guess; inputs.len()])
///     }
/// }
/// # assert!(futures::executor::block_on(Flat.predict_roas(&[])).unwrap().is_empty());
/// ```
///
/// Takes many questions at once, so that a call from another language crosses once.
#[async_trait]
pub trait Predictor: Send + Sync {
    /// The expected ROAS of each input, with its interval, in the same order.
    async fn predict_roas(&self, inputs: &[PredictionInput]) -> Result<Vec<Estimate>>;

    /// A predictor that has learnt from past results too; `None`, as is usual, where this one answers with them or without.
    ///
    /// The brain calls it at the start of a run with the history and the settled days of earlier runs' ads. As long as nothing asks for a
    /// new model ([`backtest::Schedule`]) it hands over the same rows as before, so the same rows must give the same predictor.
    ///
    /// # Errors
    /// Those of the model.
    fn learnt_from(&self, history: &History) -> Result<Option<Arc<dyn Predictor>>> {
        let _ = history;
        Ok(None)
    }
}
