//! The agents: one responsibility each, values in, values out.
//!
//! In: the value of the agent to the left. Out: the value for the agent to the right. Called by the brain's cycle. Never touches
//! a platform: an agent proposes, control acts.

pub mod analyst;
pub mod copywriter;
pub mod creative;
pub mod language;
pub mod optimizer;
mod overlap;
mod review;
pub mod strategist;
mod wording;
pub mod workflow;

use async_trait::async_trait;

use crate::error::Result;
use crate::model::Response;

pub use review::{Review, Standing, Standings};

/// One step of the loop: takes a value, gives a value.
///
/// ```
/// use adbrain_core::Agent;
///
/// struct Doubler;
///
/// #[async_trait::async_trait]
/// impl Agent for Doubler {
///     type Input = u64;
///     type Output = u64;
///
///     async fn run(&self, input: u64) -> adbrain_core::Result<u64> {
///         Ok(input * 2)
///     }
/// }
/// # futures::executor::block_on(async { assert_eq!(Doubler.run(21).await.unwrap(), 42) });
/// ```
#[async_trait]
pub trait Agent: Send + Sync {
    /// What it takes.
    type Input: Send;
    /// What it gives.
    type Output: Send;

    /// Does the work. The same input gives the same output, except where a language model is asked.
    async fn run(&self, input: Self::Input) -> Result<Self::Output>;

    /// Answers a feedback that the analyst addressed to it: strategist, Creative and optimizer are asked. None, as is usual, lets the
    /// default agent's rule answer.
    async fn respond(&self, review: &Review) -> Result<Option<Response>> {
        let _ = review;
        Ok(None)
    }
}
