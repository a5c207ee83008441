//! A weighted sum of arm means, estimated batch by batch.

use super::cell::Cell;
use super::report::Spread;
use crate::stats::distribution::{normal_quantile, normal_two_sided, p_of_tail, t_quantile, t_two_sided};
use crate::stats::{Defined, Interval, Undefined};

/// An estimate of a contrast with its p value against zero.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Estimated {
    pub(super) interval: Interval,
    pub(super) p_value: f64,
    /// Batches in which an arm of the contrast had nothing.
    pub(super) skipped: u64,
}

/// How the spread of the estimate is found.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ruler<'a> {
    pub(super) spread: Spread,
    pub(super) level: f64,
    /// The variance of a unit of each arm.
    pub(super) variances: &'a [Option<f64>],
}

/// One batch's share of the estimate.
struct Part {
    weight: f64,
    value: f64,
    variance: Option<f64>,
}

/// Estimates sum over arms of c(a) mean(a).
///
/// In batch b the allocation depends on earlier batches alone, so D(b) = sum c(a) y(b, a) is unbiased given the past: it is the
/// inverse-propensity estimate of the batch, with realised shares. Its variance is proportional to v(b) = sum c(a)^2 / n(b, a). The batches are
/// joined with weights w(b) = sqrt(n(b) / v(b)), which make the variance of w(b) D(b) the same per unit in each batch, whatever the
/// bandit did; this is what gives back a normal (or t) statistic. A plain mean over all units lacks it: its later weights depend on earlier
/// luck.
pub(super) fn estimate(batches: &[Vec<Cell>], contrast: &[f64], ruler: Ruler<'_>) -> Defined<Estimated> {
    let parts: Vec<Part> = batches.iter().filter_map(|cells| part(cells, contrast, ruler.variances)).collect();
    let skipped = (batches.len() - parts.len()) as u64;
    if parts.is_empty() {
        return Err(Undefined::Empty);
    }
    let ([low, high], p_value, method) = match ruler.spread {
        Spread::Batches => between(&parts, ruler.level)?,
        Spread::Units => within(&parts, ruler.level)?,
    };
    let sample_size = units(batches, contrast);
    let interval = Interval { estimate: joined(&parts), low, high, level: ruler.level, method, sample_size };
    Ok(Estimated { interval, p_value, skipped })
}

/// sum w D / sum w.
fn joined(parts: &[Part]) -> f64 {
    parts.iter().map(|part| part.weight * part.value).sum::<f64>() / parts.iter().map(|part| part.weight).sum::<f64>()
}

fn part(cells: &[Cell], contrast: &[f64], variances: &[Option<f64>]) -> Option<Part> {
    let used = || cells.iter().zip(contrast).zip(variances).filter(|((_, c), _)| libm::fabs(**c) > 0.0);
    if used().any(|((cell, _), _)| cell.size <= 0.0) {
        return None;
    }
    let size: f64 = cells.iter().map(|cell| cell.size).sum();
    let shape: f64 = used().map(|((cell, c), _)| c * c / cell.size).sum();
    let value = used().map(|((cell, c), _)| c * cell.mean).sum();
    let variance = used().map(|((cell, c), variance)| variance.map(|unit| c * c * unit / cell.size)).sum();
    Some(Part { weight: libm::sqrt(size / shape), value, variance })
}

/// The ends, the p value and the method from the batches themselves: a t test on S(b) = w(b) (D(b) - d), which under the true d are
/// alike in every batch. The interval is all d that it does not reject. The usual standard error, from D(b) less the estimate, would not
/// do: where early luck starves an arm, the early batches get most of the weight and their own deviations look small.
fn between(parts: &[Part], level: f64) -> Defined<([f64; 2], f64, &'static str)> {
    if parts.len() < 2 {
        return Err(Undefined::TooFew { needed: 2 });
    }
    let count = parts.len() as f64;
    let mean = |of: &dyn Fn(&Part) -> f64| parts.iter().map(of).sum::<f64>() / count;
    let (s_mean, w_mean) = (mean(&|part| part.weight * part.value), mean(&|part| part.weight));
    let spread = |a: &dyn Fn(&Part) -> f64, b: &dyn Fn(&Part) -> f64| mean(&|part| a(part) * b(part)) / (count - 1.0);
    let (s, w) = (|part: &Part| part.weight * part.value - s_mean, |part: &Part| part.weight - w_mean);
    let (ss, sw, ww) = (spread(&s, &s), spread(&s, &w), spread(&w, &w));
    if ss <= 1e-24 * s_mean * s_mean || ss <= 0.0 {
        return Err(Undefined::NoSpread);
    }
    let quantile = t_quantile(f64::midpoint(1.0, level), count - 1.0);
    let q = quantile * quantile;
    // (s_mean - d w_mean)^2 <= q (ss - 2 d sw + d^2 ww) in d.
    let (square, middle) = (w_mean * w_mean - q * ww, s_mean * w_mean - q * sw);
    let rest = s_mean * s_mean - q * ss;
    let root = middle * middle - square * rest;
    if square <= 0.0 || root < 0.0 {
        return Err(Undefined::TooFew { needed: parts.len() as u64 + 1 });
    }
    let root = libm::sqrt(root);
    let p_value = p_of_tail(t_two_sided(s_mean / libm::sqrt(ss), count - 1.0));
    Ok(([(middle - root) / square, (middle + root) / square], p_value, "batch_weighted_t"))
}

/// The same from the units: standard error sqrt(sum w^2 variance(D)) / sum w.
fn within(parts: &[Part], level: f64) -> Defined<([f64; 2], f64, &'static str)> {
    let square = |part: &Part| part.variance.map(|variance| part.weight * part.weight * variance);
    let sum: Option<f64> = parts.iter().map(square).sum();
    let total: f64 = parts.iter().map(|part| part.weight).sum();
    let error = sum.map(|sum| libm::sqrt(sum) / total).ok_or(Undefined::OneValue)?;
    if error <= 0.0 {
        return Err(Undefined::NoSpread);
    }
    let (estimate, half) = (joined(parts), normal_quantile(f64::midpoint(1.0, level)) * error);
    Ok(([estimate - half, estimate + half], p_of_tail(normal_two_sided(estimate / error)), "batch_weighted_z"))
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "sizes are checked to be finite and not negative"
)]
fn units(batches: &[Vec<Cell>], contrast: &[f64]) -> u64 {
    let used = |cells: &Vec<Cell>| -> f64 {
        cells.iter().zip(contrast).filter(|(_, c)| libm::fabs(**c) > 0.0).map(|(cell, _)| cell.size).sum()
    };
    libm::round(batches.iter().map(used).sum()) as u64
}
