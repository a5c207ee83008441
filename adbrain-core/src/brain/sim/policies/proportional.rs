//! Once a week, parts in proportion to last week's reported return.

use async_trait::async_trait;

use super::super::policy::{Decision, Policy, View};
use super::steps::{WEEK, by_weights, is_review, ratio};
use crate::error::Result;

pub(super) struct Proportional;

#[async_trait]
impl Policy for Proportional {
    async fn decide(&mut self, view: &View) -> Result<Decision> {
        if !is_review(view.day) {
            return Ok(Decision::keep(view));
        }
        let weights = view.campaigns.iter().map(|campaign| {
            let [spend, revenue, ..] = campaign.last(WEEK);
            ratio(revenue, spend)
        });
        by_weights(view, weights).map(Decision::of)
    }
}
