//! As mix models are used: once a week a curve is fitted to the reported days of each campaign, and the budget is allocated within bounds.

use async_trait::async_trait;

use super::super::policy::{CampaignView, Decision, Policy, View};
use super::steps::{Step, by_curves, is_review, power_through};
use crate::budget::ResponseCurve;
use crate::error::Result;
use crate::model::Metrics;

/// Days that a curve is fitted to.
const MEMORY: usize = 28;
/// The usual bounds of such an allocation, from 0.7 to 1.5 times what is spent now.
const BOUNDS: Step = Step { cut: 30.0, raise: 50.0 };
/// Where half of the top is reached, over the mean spend; and the shapes that are tried.
const HALVES: [f64; 8] = [0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 4.0, 8.0];
const SHAPES: [f64; 6] = [0.5, 0.75, 1.0, 1.5, 2.0, 3.0];

pub(super) struct Robyn;

#[async_trait]
impl Policy for Robyn {
    async fn decide(&mut self, view: &View) -> Result<Decision> {
        if !is_review(view.day) {
            return Ok(Decision::keep(view));
        }
        by_curves(view, view.campaigns.iter().map(fit).collect(), BOUNDS).map(Decision::of)
    }
}

/// The Hill curve with the least squares over a grid of halves and shapes, the top by its closed form.
fn fit(campaign: &CampaignView) -> ResponseCurve {
    let days: Vec<&Metrics> = campaign.days.iter().rev().take(MEMORY).collect();
    let mean = days.iter().map(|day| day.spend.to_units()).sum::<f64>() / days.len().max(1) as f64;
    let mut best: Option<(f64, ResponseCurve)> = None;
    for half in HALVES.map(|times| times * mean.max(1e-6)) {
        for shape in SHAPES {
            let unit = ResponseCurve::Hill { top: 1.0, half, shape };
            let pairs = || days.iter().map(|day| (unit.value(day.spend.to_units()), day.revenue.to_units()));
            let (cross, square) = pairs().fold((0.0, 0.0), |(cross, square), (x, y)| (cross + x * y, square + x * x));
            if !(cross > 0.0 && square > 0.0) {
                continue;
            }
            let top = cross / square;
            let error: f64 = pairs().map(|(x, y)| (y - top * x) * (y - top * x)).sum();
            if best.as_ref().is_none_or(|(least, _)| error < *least) {
                best = Some((error, ResponseCurve::Hill { top, half, shape }));
            }
        }
    }
    best.map_or_else(|| power_through(campaign, 0.0, 0.5), |(_, curve)| curve)
}
