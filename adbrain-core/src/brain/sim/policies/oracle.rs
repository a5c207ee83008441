//! Clairvoyants: the exact allocation by what each campaign will bring today. They look no further than the day.

use async_trait::async_trait;

use super::super::policy::{Decision, Policy, View};
use super::steps::{Step, by_curves};
use crate::error::{Error, ErrorKind, Result};

pub(super) struct Oracle {
    pub(super) step: Step,
}

#[async_trait]
impl Policy for Oracle {
    async fn decide(&mut self, view: &View) -> Result<Decision> {
        let truth = view
            .truth
            .clone()
            .ok_or_else(|| Error::new(ErrorKind::Internal, "a clairvoyant was shown nothing").next("report this"))?;
        by_curves(view, truth, self.step).map(Decision::of)
    }

    fn sees_truth(&self) -> bool {
        true
    }
}
