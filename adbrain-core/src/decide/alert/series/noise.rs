//! How a calm series wanders around its usual values.

use serde::{Deserialize, Serialize};

use super::filter::Filter;
use super::history::{History, Kept};
use crate::stats::quantile::quantile;
use crate::stats::robust::median;

/// Residuals from which noise is told.
const LEAST: usize = 72;
/// Standard deviations within which a residual counts in full.
const CLIP: f64 = 3.0;
/// The 0.75, 0.95 and 0.9875 quantiles of the normal: where half, 90 % and 97.5 % of distances end.
const NORMAL: [f64; 3] = [0.674_489_750_196_082, 1.644_853_626_951_472, 2.241_402_727_604_947];
/// The wandering explains this share of the variance at least; volumes are no exact measure of what events explain.
const LEAST_SHARE: f64 = 0.05;
/// A price is not steadier than half a percent.
const LEAST_DEVIATION: f64 = 0.005;
const MOST_CORRELATED: f64 = 0.98;
const LEAST_SCALE: f64 = 0.3;

/// Wandering with a memory, AR(1), and how much wider than normal the surprises are.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Noise {
    /// The correlation of the wandering from one step to the next.
    pub(super) correlation: f64,
    /// The variance of the wandering, without what events explain.
    pub(super) variance: f64,
    /// What standard errors are multiplied by.
    pub(super) scale: f64,
}

impl Noise {
    /// What the calm residuals show, where there are enough.
    pub(super) fn of(history: &History) -> Option<Self> {
        let calm: Vec<(&Kept, f64)> = history.judged().filter(|(kept, _)| !kept.is_apart).collect();
        if calm.len() < LEAST {
            return None;
        }
        let wandering = Self::wandering(&calm)?;
        Some(Self { scale: wandering.width(history)?, ..wandering })
    }

    /// Correlation and variance by moments of residuals that are clipped at three robust deviations.
    fn wandering(calm: &[(&Kept, f64)]) -> Option<Self> {
        let residuals: Vec<f64> = calm.iter().map(|(_, residual)| *residual).collect();
        let middle = median(&residuals)?;
        let distances: Vec<f64> = residuals.iter().map(|residual| (residual - middle).abs()).collect();
        let limit = CLIP / NORMAL[0] * median(&distances)?;
        let clipped = |residual: f64| residual.clamp(-limit, limit);
        let count = calm.len() as f64;
        let total = residuals.iter().map(|residual| clipped(*residual) * clipped(*residual)).sum::<f64>() / count;
        let sampling = calm.iter().map(|(kept, _)| kept.sampling).sum::<f64>() / count;
        let variance = (total - sampling).max(LEAST_SHARE * total).max(LEAST_DEVIATION * LEAST_DEVIATION);
        let (mut products, mut pairs) = (0.0, 0.0);
        for ((before, first), (after, second)) in calm.iter().zip(calm.iter().skip(1)) {
            if before.tick.saturating_add(1) == after.tick {
                (products, pairs) = (products + clipped(*first) * clipped(*second), pairs + 1.0);
            }
        }
        let correlation = if pairs > 0.0 { (products / pairs / variance).clamp(0.0, MOST_CORRELATED) } else { 0.0 };
        Some(Self { correlation, variance, scale: 1.0 })
    }

    /// How much wider than this noise the surprises are: in their middle (the mean of what the half and the 90 % of them say) or in their
    /// tail (97.5 %), whichever is wider.
    fn width(&self, history: &History) -> Option<f64> {
        let mut filter = Filter::new(self);
        let mut last = None;
        let mut surprises = Vec::new();
        for (kept, residual) in history.judged() {
            filter.elapse(kept.tick.saturating_sub(last.unwrap_or(kept.tick)), self);
            last = Some(kept.tick);
            let surprise = filter.surprise(residual, kept.sampling, self);
            if !kept.is_apart {
                surprises.push(surprise.standard.abs());
            }
            filter.learn(&surprise);
        }
        let width = |share: f64, normal: f64| quantile(&surprises, share).ok().map(|distance| distance / normal);
        let [half, most, tail] = NORMAL;
        let middle = f64::midpoint(width(0.5, half)?, width(0.9, most)?);
        Some(middle.max(width(0.975, tail)?).max(LEAST_SCALE))
    }
}
