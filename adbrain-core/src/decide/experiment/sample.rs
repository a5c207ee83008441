//! People of one arm: counts, moments or the values themselves.

use schemars::JsonSchema;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use crate::error::{Error, Result};

/// People of one arm, already summed up or raw.
///
/// In JSON: a list of numbers, `{"successes": 3, "trials": 100}`, or `{"n": 100, "mean": 2.5, "m2": 40.0}`.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum Sample {
    /// Successes among trials.
    Counts {
        /// How often it happened; at most `trials`.
        successes: u64,
        /// How often it could have.
        trials: u64,
    },
    /// Size, mean and sum of squared deviations from the mean.
    Moments {
        /// The number of values.
        n: u64,
        /// Their mean.
        mean: f64,
        /// The sum of (x - mean)^2.
        m2: f64,
    },
    /// The values themselves.
    Values(Vec<f64>),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Counts {
    successes: u64,
    trials: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Parts {
    n: u64,
    mean: f64,
    m2: f64,
}

impl<'de> Deserialize<'de> for Sample {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        let read = if value.is_array() {
            Vec::<f64>::deserialize(value).map(Self::Values)
        } else if value.get("n").is_some() {
            Parts::deserialize(value).map(|Parts { n, mean, m2 }| Self::Moments { n, mean, m2 })
        } else {
            Counts::deserialize(value).map(|Counts { successes, trials }| Self::Counts { successes, trials })
        };
        read.map_err(D::Error::custom)
    }
}

impl Sample {
    /// The number of people.
    pub fn size(&self) -> u64 {
        match self {
            Self::Counts { trials, .. } => *trials,
            Self::Moments { n, .. } => *n,
            Self::Values(values) => values.len() as u64,
        }
    }
}

pub(super) fn check_sample(field: &str, sample: &Sample) -> Result<()> {
    match sample {
        Sample::Counts { successes, trials } if successes > trials => {
            let what = format!("{successes} successes are more than {trials} trials");
            Err(Error::invalid(&format!("{field}.successes"), what).next("correct one of them"))
        }
        Sample::Moments { mean, .. } if !mean.is_finite() => {
            Err(Error::invalid(&format!("{field}.mean"), format!("is {mean}")).next("give a finite number"))
        }
        Sample::Moments { m2, .. } if !(m2.is_finite() && *m2 >= 0.0) => {
            Err(Error::invalid(&format!("{field}.m2"), format!("is {m2}")).next("give a finite number, zero or above"))
        }
        Sample::Values(values) => match values.iter().position(|value| !value.is_finite()) {
            Some(place) => Err(Error::invalid(&format!("{field}.values[{place}]"), "is not a finite number")
                .next("leave the value out")),
            None => Ok(()),
        },
        _ => Ok(()),
    }
}
