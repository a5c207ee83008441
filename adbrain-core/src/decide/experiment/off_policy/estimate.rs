//! The value of a policy from a log.

use super::answer::{Clipped, Difference, OffPolicy, OffPolicyEstimate, RefusalReason};
use super::checks::{Row, rows};
use super::request::{Estimator, IntervalBy, OffPolicyRequest};
use super::weights::{Weights, refuse, told};
use crate::error::Result;
use crate::model::Message;
use crate::model::message::Argument;
use crate::stats::distribution::t_quantile;
use crate::stats::resample::{Resampling, bootstrap_t_mean};
use crate::stats::two_sample::Summary;
use crate::stats::{Defined, Undefined};

/// Below this p value of the mean of the weights against 1 there is a warning.
const SUSPECT: f64 = 0.01;
/// A row with more of the weight than this is named.
const HEAVY: f64 = 0.05;
/// Where less of the rows than this counts, the policy is far from the logged one.
const FAR: f64 = 0.1;
/// What is left of differences of equal numbers, as a part of them.
const ROUNDING: f64 = 1e-13;

/// Says what a policy would have brought per decision, from a log of choices that were drawn with known probabilities.
///
/// With `w = target(choice) / propensity(choice)`, r the reward, q the predicted reward and `m = sum over choices a of target(a) q(a)`, each
/// row has a part whose mean is the value: `w r` (IPS), `v + w (r - v) / mean(w)` with `v = sum w r / sum w` (SNIPS, which makes the variance
/// that of the delta method), `m` (DM) or `m + w (r - q)` (DR). The interval is that of this mean, by t or by bootstrap-t. With `clip` the
/// weight is `min(w, clip)`, and the bias that this can bring is stated: with `l` the weight taken off, it lies between the means of `-l (high -
/// q)` and `-l (low - q)` (q is zero without a model), for SNIPS between `mean(l) (v - high)` and `mean(l) (v - low)`, low and high the
/// range of rewards.
///
/// It assumes that choices were drawn with the logged probabilities given all that the target looks at, that rewards are complete, and that one
/// row's choice does not change another row's reward. Rows of one person are not independent: give one row per person, or read the interval
/// as too short. In the log of a bandit propensities depend on earlier rewards; the value stays without bias, and the interval asks that no
/// choice is starved, so keep a floor ([`super::super::bandit::AllocationPlan::floor`]); the `share` of an arm is its propensity.
///
/// There is a refusal in place of a number where propensities were not logged or are none, where the policy takes what could not have been
/// taken, where the mean of the weights is far from 1 (p below 1e-6), where the effective sample size is below `least_effective` (50 unless
/// given), and where the parts do not differ. Of the model alone (DM) it asks no propensities.
///
/// ```
/// use adbrain_core::experiment::off_policy::{LoggedChoice, OffPolicy, OffPolicyRequest, off_policy};
/// // Eight of ten decisions went to the image; every fourth image and every second video converted.
/// let row = |n: u32| {
///     let (choice, every) = if n % 10 < 8 { ("image", 4) } else { ("video", 2) };
///     LoggedChoice::new(choice, f64::from(u8::from((n / 10) % every == 0)), vec![0.8, 0.2])
/// };
/// let names = vec!["image".to_owned(), "video".to_owned()];
/// let request = OffPolicyRequest::new(names, (0..1000).map(row).collect(), vec![0.1, 0.9]);
/// let OffPolicy::Estimated(found) = off_policy(&request)? else { panic!("there is support") };
/// assert!((found.value - 0.475).abs() < 1e-12 && found.against_logged.unwrap().low > 0.1);
/// # Ok::<(), adbrain_core::Error>(())
/// ```
///
/// # Errors
/// [`crate::ErrorKind::InvalidInput`] naming the field that makes no sense: choices, rewards, target, predictions, lengths, clip, level.
pub fn off_policy(request: &OffPolicyRequest) -> Result<OffPolicy> {
    let rows = rows(request)?;
    let weights = match Weights::read(&rows, &request.choices, request.clip) {
        Ok(weights) => Some(weights),
        Err(_) if request.estimator == Estimator::Dm => None,
        Err(refusal) => return Ok(OffPolicy::Refused(*refusal)),
    };
    if request.estimator != Estimator::Dm
        && let Some(refusal) = weights.as_ref().and_then(|weights| weights.refusal(&rows, request.least_effective))
    {
        return Ok(OffPolicy::Refused(refusal));
    }
    let used = weights.as_ref().map_or(&[][..], |weights| &weights.used);
    let parts = parts(&rows, used, request.estimator);
    let differences: Vec<f64> = parts.iter().zip(&rows).map(|(part, row)| part - row.reward).collect();
    let scale = parts.iter().fold(0.0, |most: f64, part| most.max(part.abs()));
    let found = match mean(&parts, scale, request) {
        Ok(found) => found,
        Err(input @ Undefined::Input { .. }) => return Err(input.into()),
        Err(_) => {
            let message = told("off-policy-no-spread", rows.len());
            return Ok(OffPolicy::Refused(refuse(&rows, weights.as_ref(), RefusalReason::NoSpread, message)));
        }
    };
    let clipped = weights.as_ref().zip(request.clip).map(|(weights, limit)| clipped(&rows, weights, limit, request));
    Ok(OffPolicy::Estimated(OffPolicyEstimate {
        value: found.value,
        low: found.low,
        high: found.high,
        level: request.level,
        method: method(request),
        against_logged: mean(&differences, scale, request).ok(),
        sample_size: rows.len() as u64,
        effective_sample_size: weights.as_ref().map(|weights| weights.effective),
        largest_weight: weights.as_ref().map(|weights| weights.largest),
        weights: weights.as_ref().and_then(|weights| weights.check),
        warnings: warnings(&rows, weights.as_ref(), clipped.as_ref(), request),
        clipped,
    }))
}

/// What each row adds: the value is the mean of it.
fn parts(rows: &[Row<'_>], weights: &[f64], estimator: Estimator) -> Vec<f64> {
    let weighted = || rows.iter().zip(weights);
    match estimator {
        Estimator::Ips => weighted().map(|(row, weight)| weight * row.reward).collect(),
        Estimator::Dm => rows.iter().map(Row::modelled).collect(),
        Estimator::Dr => {
            weighted().map(|(row, weight)| row.modelled() + weight * (row.reward - row.foreseen())).collect()
        }
        Estimator::Snips => {
            let sum: f64 = weights.iter().sum();
            let value = self_normalised(rows, weights);
            let scale = weights.len() as f64 / sum;
            weighted().map(|(row, weight)| value + scale * weight * (row.reward - value)).collect()
        }
    }
}

fn self_normalised(rows: &[Row<'_>], weights: &[f64]) -> f64 {
    let sum: f64 = weights.iter().sum();
    rows.iter().zip(weights).map(|(row, weight)| weight * row.reward).sum::<f64>() / sum
}

/// The mean with its interval; undefined where the numbers do not differ but by the rounding of numbers as large as `scale`.
fn mean(parts: &[f64], scale: f64, request: &OffPolicyRequest) -> Defined<Difference> {
    let summary = Summary::of(parts)?;
    let variance = summary.variance_of_mean()?;
    if variance <= ROUNDING * scale * (ROUNDING * scale) {
        return Err(Undefined::NoSpread);
    }
    match request.interval {
        IntervalBy::T => {
            let reach = t_quantile(f64::midpoint(1.0, request.level), summary.n as f64 - 1.0) * libm::sqrt(variance);
            Ok(Difference { value: summary.mean, low: summary.mean - reach, high: summary.mean + reach })
        }
        IntervalBy::BootstrapT { resamples, seed } => {
            let found = bootstrap_t_mean(parts, &Resampling { level: request.level, resamples, seed })?;
            Ok(Difference { value: found.estimate, low: found.low, high: found.high })
        }
    }
}

fn method(request: &OffPolicyRequest) -> String {
    let estimator = match request.estimator {
        Estimator::Ips => "ips",
        Estimator::Snips => "snips",
        Estimator::Dm => "dm",
        Estimator::Dr => "dr",
    };
    let interval = match request.interval {
        IntervalBy::T => "t",
        IntervalBy::BootstrapT { .. } => "bootstrap_t",
    };
    format!("{estimator}_{interval}")
}

/// What clipping took off, and between which ends the bias lies.
fn clipped(rows: &[Row<'_>], weights: &Weights, limit: f64, request: &OffPolicyRequest) -> Clipped {
    let count = rows.len() as f64;
    let lost = || rows.iter().zip(weights.raw.iter().zip(&weights.used).map(|(raw, used)| raw - used));
    let weight_lost = lost().map(|(_, lost)| lost).sum::<f64>() / count;
    let [low, high] = range(rows, request);
    let bias = match request.estimator {
        Estimator::Snips => {
            let value = self_normalised(rows, &weights.used);
            [high, low].map(|end| weight_lost * (value - end))
        }
        Estimator::Dr => {
            [high, low].map(|end| lost().map(|(row, lost)| lost * (row.foreseen() - end)).sum::<f64>() / count)
        }
        Estimator::Ips | Estimator::Dm => [high, low].map(|end| -weight_lost * end),
    };
    let over = lost().filter(|(_, lost)| *lost > 0.0).count() as u64;
    Clipped { limit, rows: over, weight_lost, bias }
}

/// The range of rewards: the one given, else that of the log.
fn range(rows: &[Row<'_>], request: &OffPolicyRequest) -> [f64; 2] {
    request.reward_range.unwrap_or_else(|| {
        let rewards = || rows.iter().map(|row| row.reward);
        [rewards().fold(f64::INFINITY, f64::min), rewards().fold(f64::NEG_INFINITY, f64::max)]
    })
}

fn warnings(
    rows: &[Row<'_>],
    weights: Option<&Weights>,
    clipped: Option<&Clipped>,
    request: &OffPolicyRequest,
) -> Vec<Message> {
    let mut warnings = Vec::new();
    if request.estimator == Estimator::Dm {
        warnings.push(Message::new("off-policy-model-alone"));
    }
    let Some(weights) = weights else { return warnings };
    if let Some(check) = weights.check.filter(|check| check.p_two_sided.is_some_and(|p| p < SUSPECT)) {
        warnings.push(Message::new("off-policy-weights-off").with("mean", Argument::Number(check.mean)));
    }
    if rows.iter().any(|row| row.propensities.is_none()) {
        warnings.push(Message::new("off-policy-support-unseen"));
    }
    let sum: f64 = weights.used.iter().sum();
    let most = weights.used.iter().copied().fold(0.0, f64::max) / sum;
    if most > HEAVY {
        warnings.push(Message::new("off-policy-heavy-row").with("share", Argument::Ratio(most)));
    }
    if weights.effective < FAR * rows.len() as f64 {
        let effective = Argument::Number(weights.effective);
        warnings.push(told("off-policy-far", rows.len()).with("effective", effective));
    }
    if let Some(clipped) = clipped.filter(|clipped| clipped.rows > 0) {
        let message = Message::new("off-policy-clipped")
            .with("rows", i64::try_from(clipped.rows).unwrap_or(i64::MAX))
            .with("low", Argument::Number(clipped.bias[0]))
            .with("high", Argument::Number(clipped.bias[1]));
        warnings.push(message);
        if request.reward_range.is_none() {
            warnings.push(Message::new("off-policy-range-of-log"));
        }
    }
    warnings
}
