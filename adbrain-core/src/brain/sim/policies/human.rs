//! What a disciplined person does in a weekly review, on the figures as they are reported.

use async_trait::async_trait;

use super::super::policy::{Decision, Goal, Policy, View};
use super::steps::{WEEK, by_weights, is_review, mean_return, ratio, scaled};
use crate::error::Result;
use crate::model::Money;

/// Above this part of the mean return a campaign gets more.
const GOOD: f64 = 1.2;
/// Below this one it gets less.
const POOR: f64 = 0.8;
/// Below this one it is nearly paused.
const BAD: f64 = 0.4;

pub(super) struct Human;

#[async_trait]
impl Policy for Human {
    async fn decide(&mut self, view: &View) -> Result<Decision> {
        if !is_review(view.day) {
            return Ok(Decision::keep(view));
        }
        let mean = mean_return(view, WEEK);
        let wanted = view.campaigns.iter().map(|campaign| {
            let [spend, revenue, ..] = campaign.last(WEEK);
            let own = ratio(revenue, spend);
            // What loses money on the profit track is cut, however the others do.
            let loses = view.goal == Goal::Profit && own * view.margin < 1.0;
            let factor = if own < BAD * mean {
                0.0
            } else if own < POOR * mean || loses {
                0.8
            } else if own > GOOD * mean {
                1.2
            } else {
                1.0
            };
            let budget = scaled(campaign.budget, factor);
            if budget.micros() < campaign.least.micros() { campaign.least } else { budget }
        });
        let wanted: Vec<Money> = wanted.collect();
        let sum = Money::sum(wanted.iter().copied())?.unwrap_or(view.total);
        if view.goal == Goal::Profit && sum.micros() <= view.total.micros() {
            return Ok(Decision::of(wanted));
        }
        by_weights(view, wanted.iter().map(|budget| budget.to_units())).map(Decision::of)
    }
}
