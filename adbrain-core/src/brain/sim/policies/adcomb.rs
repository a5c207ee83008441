//! A. Nuara and others, "A Combinatorial-Bandit Algorithm for the Online Joint Bid/Budget Optimization of Pay-per-Click Advertising
//! Campaigns", AAAI 2018, for budgets alone: a Gaussian process of each campaign over its daily budgets, one draw of each on a grid, and the
//! best choice by a multiple-choice knapsack.

use async_trait::async_trait;

use super::super::policy::{CampaignView, Decision, Goal, Policy, View};
use super::steps::{FIFTH, within};
use crate::error::Result;
use crate::model::Money;
use crate::stats::random::Random;

/// Days that the process is fitted to.
const MEMORY: usize = 28;
/// Budgets between the ends of a step among which it chooses.
const LEVELS: usize = 9;
/// Parts that the total is counted in by the knapsack.
const PARTS: usize = 2_000;
/// How far budgets look alike, on a logarithmic scale.
const LENGTH: f64 = 0.7;
/// Its place in a seed; never another one's.
const PLACE: u64 = 0x6164_636f_6d62;

pub(super) struct AdComb {
    pub(super) seed: u64,
}

/// A budget of a campaign and what it is thought to bring.
struct Level {
    budget: Money,
    parts: usize,
    value: f64,
}

#[async_trait]
impl Policy for AdComb {
    async fn decide(&mut self, view: &View) -> Result<Decision> {
        let part = (view.total.micros() / i64::try_from(PARTS).unwrap_or(1)).max(1);
        let choices: Vec<Vec<Level>> = view
            .campaigns
            .iter()
            .zip(0..)
            .map(|(campaign, place)| self.levels(view, (campaign, place), part))
            .collect();
        Ok(Decision::of(best(&choices)))
    }
}

impl AdComb {
    /// The lowest level costs nothing more than it must, so that there is always a choice that fits.
    fn levels(&self, view: &View, (campaign, place): (&CampaignView, u64), part: i64) -> Vec<Level> {
        let [low, high] = within(campaign, FIFTH).map(Money::micros);
        let currency = view.total.currency();
        let process = Process::of(campaign);
        let mut random = Random::at(self.seed, &[PLACE, u64::from(view.day), place]);
        let draw = random.normal();
        let level = |number: usize| {
            let (number, last) = (i64::try_from(number).unwrap_or(0), i64::try_from(LEVELS - 1).unwrap_or(1));
            let budget = Money::from_micros(low + (high - low) / last * number, currency).floor_to_minor_unit();
            let budget = if budget.micros() < low { Money::from_micros(low, currency) } else { budget };
            let (mean, sd) = process.at(budget.to_units());
            let brought = (mean + draw * sd).max(0.0);
            let value = if view.goal == Goal::Profit { view.margin * brought - budget.to_units() } else { brought };
            let parts = usize::try_from((budget.micros() + part - 1) / part).unwrap_or(PARTS);
            Level { budget, parts, value }
        };
        (0..LEVELS).map(level).collect()
    }
}

/// The budgets with the greatest sum of values that fit; the lowest ones where the rounding to parts leaves nothing else.
fn best(choices: &[Vec<Level>]) -> Vec<Money> {
    let room = PARTS + choices.len();
    let mut sums = vec![0.0; room + 1];
    let mut taken: Vec<Vec<usize>> = Vec::with_capacity(choices.len());
    for levels in choices {
        let before = sums.clone();
        let mut chosen = vec![0; room + 1];
        for (used, sum) in sums.iter_mut().enumerate() {
            *sum = f64::NEG_INFINITY;
            for (number, level) in levels.iter().enumerate() {
                let Some(rest) = used.checked_sub(level.parts).and_then(|rest| before.get(rest)) else { continue };
                if rest + level.value > *sum {
                    *sum = rest + level.value;
                    if let Some(slot) = chosen.get_mut(used) {
                        *slot = number;
                    }
                }
            }
        }
        taken.push(chosen);
    }
    let mut used = PARTS;
    let mut budgets: Vec<Money> = Vec::with_capacity(choices.len());
    let is_found = sums.get(PARTS).is_some_and(|sum| sum.is_finite());
    for (levels, chosen) in choices.iter().zip(&taken).rev() {
        let number = if is_found { chosen.get(used).copied().unwrap_or(0) } else { 0 };
        let Some(level) = levels.get(number) else { continue };
        used = used.saturating_sub(level.parts);
        budgets.push(level.budget);
    }
    budgets.reverse();
    budgets
}

/// Revenue over the logarithm of the spend: mean zero around the campaign's own mean return, with the squared-exponential kernel.
struct Process {
    inputs: Vec<f64>,
    /// `(K + noise)^-1 (y - mean)`.
    weights: Vec<f64>,
    /// The lower factor of Cholesky, row by row.
    factor: Vec<Vec<f64>>,
    /// The mean return on the spend.
    slope: f64,
    /// The variance of the process.
    signal: f64,
}

impl Process {
    fn of(campaign: &CampaignView) -> Self {
        let days = campaign.days.iter().rev().take(MEMORY).filter(|day| day.spend.micros() > 0);
        let pairs: Vec<(f64, f64)> = days.map(|day| (day.spend.to_units(), day.revenue.to_units())).collect();
        let sum = |of: fn(&(f64, f64)) -> f64| pairs.iter().map(of).sum::<f64>();
        let spend = sum(|pair| pair.0);
        let slope = if spend > 0.0 { sum(|pair| pair.1) / spend } else { 0.0 };
        let rests: Vec<f64> = pairs.iter().map(|(x, y)| y - slope * x).collect();
        let variance = rests.iter().map(|rest| rest * rest).sum::<f64>() / rests.len().max(1) as f64;
        let (signal, noise) = (0.25 * variance.max(1e-6), variance.max(1e-6));
        let inputs: Vec<f64> = pairs.iter().map(|(x, _)| libm::log(*x)).collect();
        let factor = cholesky(&inputs, signal, noise);
        let weights = backward(&factor, &forward(&factor, &rests));
        Self { inputs, weights, factor, slope, signal }
    }

    /// The mean and the standard deviation of what a spend brings.
    fn at(&self, spend: f64) -> (f64, f64) {
        let row: Vec<f64> = self.inputs.iter().map(|x| kernel(libm::log(spend), *x, self.signal)).collect();
        let mean: f64 = row.iter().zip(&self.weights).map(|(k, weight)| k * weight).sum();
        let solved = forward(&self.factor, &row);
        let explained: f64 = solved.iter().map(|x| x * x).sum();
        (self.slope * spend + mean, libm::sqrt((self.signal - explained).max(0.0)))
    }
}

fn kernel(a: f64, b: f64, signal: f64) -> f64 {
    let distance = (a - b) / LENGTH;
    signal * libm::exp(-0.5 * distance * distance)
}

fn cholesky(inputs: &[f64], signal: f64, noise: f64) -> Vec<Vec<f64>> {
    let mut rows: Vec<Vec<f64>> = Vec::with_capacity(inputs.len());
    for (i, a) in inputs.iter().enumerate() {
        let mut row: Vec<f64> = Vec::with_capacity(i + 1);
        for (j, b) in inputs.iter().take(i + 1).enumerate() {
            let above: &[f64] = rows.get(j).map_or(&[], Vec::as_slice);
            let sum: f64 = row.iter().zip(if i == j { &row[..] } else { above }).map(|(x, y)| x * y).sum();
            let diagonal = above.get(j).copied().unwrap_or(1.0);
            let value = kernel(*a, *b, signal) + if i == j { noise } else { 0.0 } - sum;
            row.push(if i == j { libm::sqrt(value.max(1e-12)) } else { value / diagonal });
        }
        rows.push(row);
    }
    rows
}

/// Solves `L x = y`.
fn forward(factor: &[Vec<f64>], y: &[f64]) -> Vec<f64> {
    let mut x: Vec<f64> = Vec::with_capacity(y.len());
    for (row, y) in factor.iter().zip(y) {
        let sum: f64 = row.iter().zip(&x).map(|(l, x)| l * x).sum();
        x.push((y - sum) / row.last().copied().unwrap_or(1.0));
    }
    x
}

/// Solves `L' x = y`.
fn backward(factor: &[Vec<f64>], y: &[f64]) -> Vec<f64> {
    let mut x = y.to_vec();
    for (place, row) in factor.iter().enumerate().rev() {
        let value = x.get(place).copied().unwrap_or(0.0) / row.last().copied().unwrap_or(1.0);
        for (x, l) in x.iter_mut().zip(row) {
            *x -= l * value;
        }
        if let Some(slot) = x.get_mut(place) {
            *slot = value;
        }
    }
    x
}
