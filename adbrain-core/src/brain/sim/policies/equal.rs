//! Equal parts that never change.

use async_trait::async_trait;

use super::super::policy::{Decision, Policy, View};
use crate::error::Result;

pub(super) struct Equal;

#[async_trait]
impl Policy for Equal {
    async fn decide(&mut self, view: &View) -> Result<Decision> {
        Ok(Decision::keep(view))
    }
}
