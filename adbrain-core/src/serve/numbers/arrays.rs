//! Statistics over arrays that the caller keeps: nothing is copied on the way in, and long results come out as columns.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{outcome, read, usual_level};
use crate::error::Result;
use crate::stats::ranks::{RankMethod, mann_whitney};
use crate::stats::resample::bootstrap_mean;
use crate::stats::sequential::ConfidenceSequence;
use crate::stats::two_sample::{Columns, MeanTest, Summary, student, welch, welch_table};
use crate::stats::{Defined, multiple};

/// A result: small values, and columns as long as the arrays that came in.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Found {
    /// One object, as [`call`](super::call) gives it, without the columns.
    pub values: Value,
    /// The columns by name. NaN stands where a row has no answer; `values` says where and why, if the method does.
    pub columns: Vec<(&'static str, Vec<f64>)>,
}

/// The arrays of a call by the path of their argument: `control`, or `control.n`.
#[derive(Debug, Clone, Copy)]
pub struct Arrays<'a>(pub &'a [(&'a str, &'a [f64])]);

impl<'a> Arrays<'a> {
    pub(super) fn of<const N: usize>(self, names: [&str; N]) -> Option<[&'a [f64]; N]> {
        let mut found = [[].as_slice(); N];
        for (place, name) in found.iter_mut().zip(names) {
            *place = self.0.iter().find(|(known, _)| *known == name)?.1;
        }
        (self.0.len() == N).then_some(found)
    }
}

/// Calls a method with arrays and its other arguments as one JSON object. `None` where the method has no form for just these arrays;
/// [`call`](super::call) then takes them as lists.
///
/// ```
/// use adbrain_core::numbers::{Arrays, call_on_arrays};
/// let (control, treatment) = ([1.0, 2.0, 4.0], [3.0, 5.0, 4.0]);
/// let arrays = [("control", control.as_slice()), ("treatment", treatment.as_slice())];
/// let found = call_on_arrays("welch_t", Arrays(&arrays), &serde_json::json!({})).unwrap()?;
/// assert!(found.values["p_two_sided"].as_f64().unwrap() < 0.21);
/// # Ok::<(), adbrain_core::Error>(())
/// ```
///
/// # Errors
/// As [`call`](super::call).
pub fn call_on_arrays(name: &str, arrays: Arrays<'_>, others: &Value) -> Option<Result<Found>> {
    let result = match name {
        "welch_t" => two(welch, arrays.of(["control", "treatment"])?, others),
        "student_t" => two(student, arrays.of(["control", "treatment"])?, others),
        "mannwhitney_asymptotic" => ranks(arrays.of(["control", "treatment"])?, others),
        "bootstrap_mean" => bootstrap(arrays.of(["x"])?, others),
        "welch_t_table" => {
            let names = ["control.n", "control.mean", "control.m2", "treatment.n", "treatment.mean", "treatment.m2"];
            table(arrays.of(names)?, others)
        }
        "adjust_p_known" => adjusted(arrays.of(["p"])?, others),
        "confidence_sequence_intervals" => intervals(arrays.of(["estimates", "variances", "units"])?, others),
        "customer_value_fit" => super::value::fit_arrays(arrays, others)?,
        "customer_value_predict" => super::value::predict_arrays(arrays, others)?,
        _ => return None,
    };
    Some(result.map_err(|error| error.with("method", name.to_owned())))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Level {
    #[serde(default = "usual_level")]
    level: f64,
}

type Test = fn(&Summary, &Summary, f64) -> Defined<MeanTest>;

fn two(test: Test, [control, treatment]: [&[f64]; 2], others: &Value) -> Result<Found> {
    let Level { level } = read(others)?;
    let work = || test(&Summary::of(control)?, &Summary::of(treatment)?, level).map(super::two_sample::Tested::from);
    values(work())
}

fn ranks([control, treatment]: [&[f64]; 2], others: &Value) -> Result<Found> {
    let Nothing {} = read(others)?;
    values(mann_whitney(control, treatment, RankMethod::Asymptotic).map(super::ranks::Ranked::from))
}

fn bootstrap([x]: [&[f64]; 1], others: &Value) -> Result<Found> {
    let draws: super::resample::Draws = read(others)?;
    values(bootstrap_mean(x, &draws.settings()).map(super::ranks::Estimated::from))
}

fn table([n1, mean1, m1, n2, mean2, m2]: [&[f64]; 6], others: &Value) -> Result<Found> {
    let Nothing {} = read(others)?;
    let found = welch_table(Columns { n: n1, mean: mean1, m2: m1 }, Columns { n: n2, mean: mean2, m2 })?;
    let undefined: Vec<_> =
        found.undefined.iter().map(|(row, why)| serde_json::json!({"row": row, "reason": why.reason()})).collect();
    Ok(Found {
        values: serde_json::json!({"undefined": undefined}),
        columns: vec![("t", found.t), ("df", found.degrees_of_freedom), ("p_two_sided", found.p_value)],
    })
}

fn adjusted([p]: [&[f64]; 1], others: &Value) -> Result<Found> {
    let super::multiple::By { by } = read(others)?;
    let column = if p.iter().any(|p| p.is_nan()) {
        multiple::adjust_known(p, by.into())?.into_iter().map(|p| p.unwrap_or(f64::NAN)).collect()
    } else {
        multiple::adjust(p, by.into())?
    };
    Ok(columns([("adjusted", column)]))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sequence {
    tuning_parameter: f64,
    #[serde(default = "super::sequential::usual_alpha")]
    alpha: f64,
}

fn intervals([estimates, variances, units]: [&[f64]; 3], others: &Value) -> Result<Found> {
    let Sequence { tuning_parameter, alpha } = read(others)?;
    let found = ConfidenceSequence::new(alpha, tuning_parameter)?.intervals(estimates, variances, units)?;
    Ok(columns([("low", found.low), ("high", found.high)]))
}

fn values(found: Defined<impl Serialize>) -> Result<Found> {
    Ok(Found { values: outcome(found)?, columns: Vec::new() })
}

fn columns(columns: impl Into<Vec<(&'static str, Vec<f64>)>>) -> Found {
    Found { values: Value::Object(serde_json::Map::new()), columns: columns.into() }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::numbers::call;

    #[test]
    fn arrays_say_what_lists_say() {
        let (a, b) = ([1.0, 2.0, 4.0, 8.0], [3.0, 5.0, 4.0, 9.5]);
        for name in ["welch_t", "student_t", "mannwhitney_asymptotic"] {
            let arrays = [("control", a.as_slice()), ("treatment", b.as_slice())];
            let found = call_on_arrays(name, Arrays(&arrays), &json!({})).unwrap().unwrap();
            assert_eq!(found.values, call(name, &json!({"control": a, "treatment": b})).unwrap(), "{name}");
        }
        let others = json!({"resamples": 200, "seed": 3});
        let found = call_on_arrays("bootstrap_mean", Arrays(&[("x", &a)]), &others).unwrap().unwrap();
        assert_eq!(found.values, call("bootstrap_mean", &json!({"x": a, "resamples": 200, "seed": 3})).unwrap());
        let p = [0.01, 0.2, 0.03];
        let found = call_on_arrays("adjust_p_known", Arrays(&[("p", &p)]), &json!({"by": "bh"})).unwrap().unwrap();
        assert_eq!(
            json!(found.columns[0].1),
            call("adjust_p_known", &json!({"p": p, "by": "bh"})).unwrap()["adjusted"]
        );
    }

    #[test]
    fn arrays_that_a_method_does_not_take_are_left_to_lists() {
        let a = [1.0, 2.0];
        assert!(call_on_arrays("welch_t", Arrays(&[("control", &a)]), &json!({})).is_none());
        assert!(call_on_arrays("fisher_exact", Arrays(&[("control", &a)]), &json!({})).is_none());
        let wrong = call_on_arrays("welch_t", Arrays(&[("control", &a), ("treatment", &a)]), &json!({"levle": 0.9}));
        assert!(wrong.unwrap().unwrap_err().to_string().contains("levle"));
    }
}
