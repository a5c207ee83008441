//! The weights of a log, and what in them forbids an answer.

use super::answer::{Refusal, RefusalReason, WeightCheck};
use super::checks::{Row, are_probabilities};
use crate::model::Message;
use crate::model::message::Argument;
use crate::stats::distribution::t_two_sided;
use crate::stats::two_sample::Summary;

/// Below this p value of their mean against 1, weights are not those of the choices that were taken.
const IMPOSSIBLE: f64 = 1e-6;
/// A mean of weights that are all alike is 1 but for so much.
const ROUNDING: f64 = 1e-6;

/// The weights of a log, before and after clipping.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Weights {
    pub(super) raw: Vec<f64>,
    pub(super) used: Vec<f64>,
    /// `(sum w)^2 / sum w^2` of those that are used.
    pub(super) effective: f64,
    /// The largest before clipping.
    pub(super) largest: f64,
    /// None for weights that are too large for a sum of squares.
    pub(super) check: Option<WeightCheck>,
}

impl Weights {
    /// The weights of rows whose propensities are probabilities.
    fn of(rows: &[Row<'_>], clip: Option<f64>) -> Self {
        let weight = |row: &Row<'_>| row.propensity.map_or(0.0, |logged| row.wanted() / logged);
        let raw: Vec<f64> = rows.iter().map(weight).collect();
        let used: Vec<f64> = raw.iter().map(|weight| weight.min(clip.unwrap_or(f64::INFINITY))).collect();
        let effective = effective(&used);
        let largest = raw.iter().copied().fold(0.0, f64::max);
        let check = check(&raw);
        Self { raw, used, effective, largest, check }
    }

    /// The weights of a log, or why it has none that an answer can rest on.
    pub(super) fn read(rows: &[Row<'_>], choices: &[String], clip: Option<f64>) -> Result<Self, Box<Refusal>> {
        let count = |test: &dyn Fn(&Row<'_>) -> bool| rows.iter().filter(|row| test(row)).count();
        let silent = count(&|row| row.propensity.is_none());
        if silent > 0 {
            let message = told("off-policy-not-logged", silent);
            return Err(Box::new(refuse(rows, None, RefusalReason::NotLogged, message)));
        }
        let wrong = count(&is_no_probability);
        if wrong > 0 {
            let message = told("off-policy-not-probabilities", wrong);
            return Err(Box::new(refuse(rows, None, RefusalReason::NotProbabilities, message)));
        }
        if let Some(message) = unsupported(rows, choices) {
            return Err(Box::new(refuse(rows, None, RefusalReason::NoSupport, message)));
        }
        Ok(Self::of(rows, clip))
    }

    /// Why nothing can rest on these weights. The mean is tested only where enough rows count: before that it is low by mere luck.
    pub(super) fn refusal(&self, rows: &[Row<'_>], least: f64) -> Option<Refusal> {
        if self.effective < least {
            let message = told("off-policy-few-effective", rows.len())
                .with("effective", Argument::Number(self.effective))
                .with("least", Argument::Number(least));
            return Some(refuse(rows, Some(self), RefusalReason::FewEffective, message));
        }
        let check = self.check.filter(|check| (check.mean - 1.0).abs() > ROUNDING)?;
        check.p_two_sided.is_none_or(|p| p < IMPOSSIBLE).then(|| {
            let message = Message::new("off-policy-weights-impossible").with("mean", Argument::Number(check.mean));
            refuse(rows, Some(self), RefusalReason::WeightsOff, message)
        })
    }
}

/// `(sum w)^2 / sum w^2`, with weights as parts of the largest, so that no square is too large; zero where nothing has weight.
fn effective(weights: &[f64]) -> f64 {
    let largest = weights.iter().copied().fold(0.0, f64::max);
    let parts = || weights.iter().map(|weight| weight / largest);
    let (sum, squares) = parts().fold((0.0, 0.0), |(sum, squares), w| (sum + w, squares + w * w));
    if squares > 0.0 { sum * sum / squares } else { 0.0 }
}

/// A refusal with what is known of the weights.
pub(super) fn refuse(rows: &[Row<'_>], weights: Option<&Weights>, reason: RefusalReason, message: Message) -> Refusal {
    Refusal {
        reason,
        message,
        sample_size: rows.len() as u64,
        effective_sample_size: weights.map(|weights| weights.effective),
        largest_weight: weights.map(|weights| weights.largest).filter(|weight| weight.is_finite()),
        weights: weights.and_then(|weights| weights.check),
    }
}

/// A text with a number of rows.
pub(super) fn told(key: &str, rows: usize) -> Message {
    Message::new(key).with("rows", Argument::Count(i64::try_from(rows).unwrap_or(i64::MAX)))
}

fn is_no_probability(row: &Row<'_>) -> bool {
    let chosen = row.propensity.is_some_and(|logged| logged > 0.0 && logged <= 1.0);
    !chosen || row.propensities.is_some_and(|list| !are_probabilities(list))
}

/// What says that the target takes choices of which the log can know nothing: in rows where all propensities are known, choices that had
/// none; and where only that of the choice is, choices that were never taken.
fn unsupported(rows: &[Row<'_>], choices: &[String]) -> Option<Message> {
    let mut seen = vec![false; choices.len()];
    for row in rows {
        if let Some(place) = seen.get_mut(row.chosen) {
            *place = true;
        }
    }
    let could = |row: &Row<'_>, place: usize| match row.propensities {
        Some(list) => list.get(place).is_some_and(|logged| *logged > 0.0),
        None => seen.get(place).is_some_and(|seen| *seen),
    };
    let lacks = |row: &&Row<'_>, place| row.target.get(place).is_some_and(|share| *share > 0.0) && !could(row, place);
    let count = |place: usize| rows.iter().filter(|row| lacks(row, place)).count();
    let (rows, name) = choices
        .iter()
        .enumerate()
        .map(|(place, name)| (count(place), name))
        .reduce(|most, next| if next.0 > most.0 { next } else { most })?;
    (rows > 0).then(|| told("off-policy-no-support", rows).with("choice", name.clone()))
}

/// The mean of weights against 1 by a t test.
fn check(weights: &[f64]) -> Option<WeightCheck> {
    let summary = Summary::of(weights).ok()?;
    let standard_error = libm::sqrt(summary.variance_of_mean().ok()?);
    // What is left of weights that are all alike is rounding.
    let has_spread = standard_error > 1e-12 * summary.mean.abs();
    let t = (summary.mean - 1.0) / standard_error;
    let p_two_sided = has_spread.then(|| t_two_sided(t, summary.n as f64 - 1.0));
    Some(WeightCheck { mean: summary.mean, standard_error, p_two_sided })
}
