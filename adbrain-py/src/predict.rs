//! Predictors written in Python.
//!
//! In: an object with `predict_roas(inputs)`. Out: a predictor. Called by brain. Never crosses once per row: all questions go
//! over in one call.

use std::sync::Arc;

use adbrain_core::model::Estimate;
use adbrain_core::predict::PredictionInput;
use adbrain_core::{Error, Predictor, Result};
use async_trait::async_trait;

use crate::call::{Argument, UserObject};

struct UserPredictor(UserObject);

/// Makes a predictor of an object.
pub(crate) fn predictor(object: UserObject) -> Arc<dyn Predictor> {
    Arc::new(UserPredictor(object))
}

#[async_trait]
impl Predictor for UserPredictor {
    async fn predict_roas(&self, inputs: &[PredictionInput]) -> Result<Vec<Estimate>> {
        let estimates: Vec<Estimate> = self.0.call("predict_roas", vec![Argument::of(&inputs)?]).await?;
        if estimates.len() == inputs.len() {
            return Ok(estimates);
        }
        let what = format!("gave {} estimates for {} inputs", estimates.len(), inputs.len());
        Err(Error::invalid("predictor.predict_roas()", what).next("return one estimate per input, in the same order"))
    }
}
