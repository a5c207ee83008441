//! Policies of another language.

use std::sync::Arc;

use async_trait::async_trait;
use serde_json::json;

use super::{BEGIN, Foreign, ask};
use crate::error::Result;
use crate::sim::{Decision, Policy, View};

/// A policy of another language: `decide` takes a [`View`] and gives a [`Decision`].
///
/// The same object plays every trial, one after the other. Where it has a method `begin`, that is called with `{"seed": …}` before the first
/// decision of each, so that it can forget the trial before.
pub struct ForeignPolicy {
    object: Arc<dyn Foreign>,
    /// The seed of a trial that has not begun.
    untold: Option<u64>,
}

impl ForeignPolicy {
    /// Wraps an object for one trial of a seed.
    pub fn new(object: Arc<dyn Foreign>, seed: u64) -> Self {
        Self { object, untold: Some(seed) }
    }
}

#[async_trait]
impl Policy for ForeignPolicy {
    async fn decide(&mut self, view: &View) -> Result<Decision> {
        if let Some(seed) = self.untold.take() {
            // Nobody needs what it answers.
            self.object.call(BEGIN, json!({"seed": seed})).await?;
        }
        ask(self.object.as_ref(), "decide", view).await
    }
}
