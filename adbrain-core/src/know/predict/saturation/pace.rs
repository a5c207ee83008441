//! The impressions to come: scenarios of volume and of churn, with weights.

use super::clicks::squares_off_line;
use super::delivery::Delivery;

/// A day's impressions vary by about so much (in the logarithm) around the pace.
const VOLUME_NOISE: f64 = 0.1;
/// So many days is the assumed noise worth when it meets the measured one.
const NOISE_WORTH: f64 = 5.0;
/// The belief about how the price rises per day, as a share of day 1's, on a level budget: an assumption, its middle and its width.
const RISE: [f64; 2] = [0.004, 0.01];
/// Nodes of the rise to each side of the middle, and their distance in standard deviations.
const RISE_SIDE: i32 = 3;
const RISE_STEP: f64 = 0.8;
/// Three nodes and weights of a normal (Gauss-Hermite).
const LEVELS: [[f64; 2]; 3] =
    [[-1.732_050_807_568_877_2, 1.0 / 6.0], [0.0, 2.0 / 3.0], [1.732_050_807_568_877_2, 1.0 / 6.0]];
/// The share of an audience that is replaced each day by people who saw nothing yet, with how likely it is: an assumption.
const CHURN: [[f64; 2]; 2] = [[0.0, 0.7], [0.01, 0.3]];

/// A course of a campaign.
#[derive(Debug, Clone)]
pub(super) struct Scenario {
    pub(super) weight: f64,
    /// Impressions of each day from the first on, to the last that is asked about.
    pub(super) impressions: Vec<f64>,
    /// The share of the people replaced each day.
    pub(super) churn: f64,
}

/// The courses after days of delivery: what was delivered, then the pace V / (1 + p t) with the level V and the rise p of the price as
/// those days tell them. A fall of the price (p below zero) raises the volume as V (1 - p t).
pub(super) fn after(delivery: &Delivery, last_day: usize) -> Vec<Scenario> {
    let seen: Vec<f64> = delivery.days.iter().map(|day| day.impressions).collect();
    let points: Vec<[f64; 2]> = seen
        .iter()
        .enumerate()
        .filter(|(_, impressions)| **impressions > 0.0)
        .map(|(day, impressions)| [day as f64, libm::log(*impressions)])
        .collect();
    let noise = noise(&points);
    let rises = (-RISE_SIDE..=RISE_SIDE).map(|place| f64::from(place) * RISE_STEP);
    let mut all: Vec<Scenario> =
        rises.flat_map(|z| courses(&seen, &Line::through(&points, noise, z), last_day)).collect();
    let most = all.iter().map(|course| course.weight).fold(f64::NEG_INFINITY, f64::max);
    for course in &mut all {
        course.weight = libm::exp(course.weight - most);
    }
    shares(all)
}

/// The courses of a plan: the same impressions each day.
pub(super) fn level(impressions: f64, last_day: usize) -> Vec<Scenario> {
    let course = |[churn, weight]: [f64; 2]| Scenario { weight, impressions: vec![impressions; last_day], churn };
    CHURN.map(course).into()
}

/// The variance of a day's log impressions around the pace: the usual one, moved by what a line through the days leaves.
fn noise(points: &[[f64; 2]]) -> f64 {
    let degrees = points.len() as f64 - 2.0;
    (NOISE_WORTH * VOLUME_NOISE * VOLUME_NOISE + squares_off_line(points)) / (NOISE_WORTH + degrees)
}

/// The pace under one rise of the price.
struct Line {
    rise: f64,
    level: f64,
    noise: f64,
    /// The variance of the level.
    spread: f64,
    log_weight: f64,
}

impl Line {
    fn through(points: &[[f64; 2]], noise: f64, z: f64) -> Self {
        let rise = RISE[0] + RISE[1] * z;
        let count = points.len() as f64;
        let levels = || points.iter().map(|[day, log]| log - trend(rise, *day));
        let level = levels().sum::<f64>() / count;
        let squares: f64 = levels().map(|one| (one - level) * (one - level)).sum();
        Self { rise, level, noise, spread: noise / count, log_weight: -0.5 * (squares / noise + z * z) }
    }
}

/// The logarithm of the volume on a day over that of the first.
fn trend(rise: f64, day: f64) -> f64 {
    if rise >= 0.0 { -libm::log1p(rise * day) } else { libm::log1p(-rise * day) }
}

/// The courses of one line: three levels, each with and without churn; their weights are still logarithms.
fn courses(seen: &[f64], line: &Line, last_day: usize) -> Vec<Scenario> {
    let mut all = Vec::new();
    for [z, level_weight] in LEVELS {
        // The mean of a log-normal day lies above its median.
        let level = line.level + z * libm::sqrt(line.spread) + 0.5 * line.noise;
        let coming = (seen.len()..last_day).map(|day| libm::exp(level + trend(line.rise, day as f64)));
        let impressions: Vec<f64> = seen.iter().copied().chain(coming).collect();
        for [churn, churn_weight] in CHURN {
            let weight = line.log_weight + libm::log(level_weight * churn_weight);
            all.push(Scenario { weight, impressions: impressions.clone(), churn });
        }
    }
    all
}

/// Weights that add up to one, the lightest courses left out.
fn shares(mut all: Vec<Scenario>) -> Vec<Scenario> {
    all.retain(|course| course.weight > LIGHTEST);
    let total: f64 = all.iter().map(|course| course.weight).sum();
    for course in &mut all {
        course.weight /= total;
    }
    all
}

/// A course lighter than this share of the heaviest cannot move a quantile.
const LIGHTEST: f64 = 1e-3;
