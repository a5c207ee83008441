//! What was asked, checked field by field.

use std::collections::BTreeMap;

use super::request::{Estimator, IntervalBy, LoggedChoice, OffPolicyRequest};
use crate::error::{Error, Result};

/// Probabilities add up to 1 but for so much.
pub(super) const SUM_ERROR: f64 = 1e-6;
/// The effective sample size can be asked to be this at least, no less.
const LEAST_FLOOR: f64 = 10.0;

/// One decision with what holds for it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row<'a> {
    /// The place of what was chosen.
    pub(super) chosen: usize,
    pub(super) reward: f64,
    /// The target's probability of each choice.
    pub(super) target: &'a [f64],
    /// What is predicted of each choice; empty where nothing is.
    pub(super) predicted: &'a [f64],
    /// All propensities, where they were logged.
    pub(super) propensities: Option<&'a [f64]>,
    /// The propensity of what was chosen, where it was logged.
    pub(super) propensity: Option<f64>,
}

impl Row<'_> {
    /// The target's probability of what was chosen.
    pub(super) fn wanted(&self) -> f64 {
        self.target.get(self.chosen).copied().unwrap_or(0.0)
    }

    /// What was predicted of what was chosen; zero without a model.
    pub(super) fn foreseen(&self) -> f64 {
        self.predicted.get(self.chosen).copied().unwrap_or(0.0)
    }

    /// What is predicted under the target; zero without a model.
    pub(super) fn modelled(&self) -> f64 {
        self.target.iter().zip(self.predicted).map(|(share, reward)| share * reward).sum()
    }
}

/// The rows of a request.
///
/// # Errors
/// [`crate::ErrorKind::InvalidInput`] naming the field.
pub(super) fn rows(request: &OffPolicyRequest) -> Result<Vec<Row<'_>>> {
    check_plan(request)?;
    let places = places(&request.choices)?;
    let count = places.len();
    let shared = Shared {
        places,
        target: probabilities("target", request.target.as_deref(), count)?,
        predicted: numbers("predicted", request.predicted.as_deref(), count)?,
        needs_model: matches!(request.estimator, Estimator::Dm | Estimator::Dr),
        range: request.reward_range,
    };
    request.rows.iter().enumerate().map(|(place, row)| shared.row(&format!("rows[{place}]"), row)).collect()
}

fn bad<T>(field: &str, what: &str, next: &str) -> Result<T> {
    Err(Error::invalid(field, what).next(next))
}

fn check_plan(request: &OffPolicyRequest) -> Result<()> {
    if !(request.level > 0.0 && request.level < 1.0) {
        return bad("level", &format!("is {}", request.level), "give a number above 0 and below 1");
    }
    if !(request.least_effective.is_finite() && request.least_effective >= LEAST_FLOOR) {
        let what = format!("is {}", request.least_effective);
        return bad("least_effective", &what, "give 10 or more: below it no interval is to be trusted");
    }
    if request.clip.is_some_and(|clip| !(clip.is_finite() && clip >= 1.0)) {
        return bad("clip", "is below 1 or no finite number", "give the largest weight, 1 or more");
    }
    if request.clip.is_some() && request.estimator == Estimator::Dm {
        return bad("clip", "has no use where the model alone is asked", "leave it out, or take the estimator `dr`");
    }
    if request.reward_range.is_some_and(|[low, high]| !(low.is_finite() && high.is_finite() && low < high)) {
        return bad("reward_range", "is no range", "give two finite numbers, the lower one first");
    }
    match request.interval {
        IntervalBy::BootstrapT { resamples, .. } if resamples < 100 => {
            bad("interval", &format!("draws {resamples} samples"), "draw at least 100")
        }
        _ => Ok(()),
    }
}

fn places(choices: &[String]) -> Result<BTreeMap<&str, usize>> {
    let mut places = BTreeMap::new();
    for (place, name) in choices.iter().enumerate() {
        if name.trim().is_empty() {
            return bad(&format!("choices[{place}]"), "is empty", "give each choice a name");
        }
        if places.insert(name.as_str(), place).is_some() {
            return bad(&format!("choices[{place}]"), &format!("{name} stands twice"), "name each choice once");
        }
    }
    if places.len() < 2 {
        return bad("choices", "are fewer than two", "name all that could be chosen");
    }
    Ok(places)
}

/// What holds for all rows.
struct Shared<'a> {
    places: BTreeMap<&'a str, usize>,
    target: Option<&'a [f64]>,
    predicted: Option<&'a [f64]>,
    needs_model: bool,
    range: Option<[f64; 2]>,
}

impl<'a> Shared<'a> {
    fn row(&self, field: &str, row: &'a LoggedChoice) -> Result<Row<'a>> {
        let of = |name: &str| format!("{field}.{name}");
        let Some(chosen) = self.places.get(row.choice.as_str()).copied() else {
            return bad(&of("choice"), &format!("{:?} is none of `choices`", row.choice), "name one of `choices`");
        };
        self.check_reward(&of("reward"), row.reward)?;
        let count = self.places.len();
        let target = probabilities(&of("target"), row.target.as_deref(), count)?.or(self.target);
        let Some(target) = target else {
            return bad("target", &format!("is given neither for all rows nor in {field}"), "say what is to be valued");
        };
        let predicted = numbers(&of("predicted"), row.predicted.as_deref(), count)?.or(self.predicted);
        if self.needs_model && predicted.is_none() {
            let what = format!("is given neither for all rows nor in {field}");
            return bad("predicted", &what, "give a predicted reward of each choice, or take `ips` or `snips`");
        }
        let propensities = row.propensities.as_deref();
        if propensities.is_some_and(|list| list.len() != count) {
            return bad(
                &of("propensities"),
                "has not one number for each choice",
                "give them in the order of `choices`",
            );
        }
        let listed = propensities.and_then(|list| list.get(chosen)).copied();
        if let (Some(listed), Some(single)) = (listed, row.propensity)
            && (listed - single).abs() > SUM_ERROR
        {
            return bad(&of("propensity"), "is not what `propensities` say of the choice", "give one of the two");
        }
        let propensity = listed.or(row.propensity);
        let predicted = predicted.unwrap_or_default();
        Ok(Row { chosen, reward: row.reward, target, predicted, propensities, propensity })
    }

    fn check_reward(&self, field: &str, reward: f64) -> Result<()> {
        if !reward.is_finite() {
            return bad(field, "is not a finite number", "leave out rows whose reward is not known");
        }
        match self.range {
            Some([low, high]) if !(low..=high).contains(&reward) => {
                bad(field, &format!("{reward} lies outside `reward_range`"), "widen the range or correct the reward")
            }
            _ => Ok(()),
        }
    }
}

/// Whether numbers are probabilities of things of which one happens.
pub(super) fn are_probabilities(list: &[f64]) -> bool {
    let sum: f64 = list.iter().sum();
    list.iter().all(|share| (0.0..=1.0).contains(share)) && (sum - 1.0).abs() <= SUM_ERROR
}

fn probabilities<'a>(field: &str, list: Option<&'a [f64]>, count: usize) -> Result<Option<&'a [f64]>> {
    if list.is_some_and(|list| list.len() != count || !are_probabilities(list)) {
        let next = "give one number from 0 to 1 for each choice, together 1";
        return bad(field, "are not the probabilities of all choices", next);
    }
    Ok(list)
}

fn numbers<'a>(field: &str, list: Option<&'a [f64]>, count: usize) -> Result<Option<&'a [f64]>> {
    if list.is_some_and(|list| list.len() != count || !list.iter().all(|number| number.is_finite())) {
        return bad(field, "has not one finite number for each choice", "give them in the order of `choices`");
    }
    Ok(list)
}
