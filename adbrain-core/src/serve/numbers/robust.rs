//! Quantiles, trimming and caps.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::ranks::Estimated;
use super::two_sample::Tested;
use super::{Method, Number, plain, usual_level};
use crate::stats::quantile::{quantile, quantile_difference, quantile_interval};
use crate::stats::robust::{Winsorised, trimmed_mean, winsorise, winsorise_upper, yuen};
use crate::stats::{Defined, Undefined};

pub(super) const METHODS: &[Method] = &[
    method!(
        "winsorise_upper_quantile",
        "The mean with values above a quantile set to it.",
        by_quantile,
        named[("p", "q")]
    ),
    method!("winsorise_cap", "The mean with values above a fixed cap set to it.", by_cap),
    method!("yuen_trimmed_t", "Yuen's t test on trimmed means.", trimmed),
    method!("trimmed_mean", "The mean without a share of the values at each end.", middle),
    method!(
        "quantile",
        "A quantile of values, linear between them, with its interval where they carry one.",
        one_quantile,
        named[("p", "q")]
    ),
    method!(
        "quantile_difference",
        "The difference of a quantile of two samples, by order statistics.",
        two_quantiles,
        named[("p", "q")]
    ),
];

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct UpperQuantile {
    x: Vec<Number>,
    q: f64,
    /// `linear` or nothing: the type 7 of R, the default of numpy.
    #[serde(default)]
    quantile_type: Option<String>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Capped {
    x: Vec<Number>,
    cap: f64,
}

#[derive(Serialize)]
struct Cut {
    cap: f64,
    mean: f64,
    changed: usize,
}

impl From<Winsorised> for Cut {
    fn from(found: Winsorised) -> Self {
        Self { cap: found.cap, mean: found.summary.mean, changed: found.changed }
    }
}

fn by_quantile(input: &UpperQuantile) -> Defined<Cut> {
    if input.quantile_type.as_ref().is_some_and(|kind| kind.split(' ').next() != Some("linear")) {
        return Err(Undefined::Input { field: "quantile_type", problem: "must be `linear`" });
    }
    winsorise_upper(&plain(&input.x), input.q).map(Cut::from)
}

fn by_cap(input: &Capped) -> Defined<Cut> {
    winsorise(&plain(&input.x), input.cap).map(Cut::from)
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Trims {
    control: Vec<Number>,
    treatment: Vec<Number>,
    trim: f64,
    #[serde(default = "usual_level")]
    level: f64,
}

fn trimmed(input: &Trims) -> Defined<Tested> {
    yuen(&plain(&input.control), &plain(&input.treatment), input.trim, input.level).map(Tested::from)
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Trim {
    x: Vec<Number>,
    trim: f64,
}

#[derive(Serialize)]
struct Mean {
    mean: f64,
}

fn middle(input: &Trim) -> Defined<Mean> {
    Ok(Mean { mean: trimmed_mean(&plain(&input.x), input.trim)? })
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct OneQuantile {
    x: Vec<Number>,
    q: f64,
    #[serde(default = "usual_level")]
    level: f64,
}

#[derive(Serialize)]
struct Placed {
    quantile: f64,
    ci: Option<[f64; 2]>,
}

fn one_quantile(input: &OneQuantile) -> Defined<Placed> {
    let values = plain(&input.x);
    let ci = match quantile_interval(&values, input.q, input.level) {
        Ok(interval) => Some([interval.low, interval.high]),
        Err(Undefined::TooFew { .. }) => None,
        Err(other) => return Err(other),
    };
    Ok(Placed { quantile: quantile(&values, input.q)?, ci })
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct TwoQuantiles {
    control: Vec<Number>,
    treatment: Vec<Number>,
    q: f64,
    #[serde(default = "usual_level")]
    level: f64,
}

#[derive(Serialize)]
struct Moved {
    #[serde(flatten)]
    interval: Estimated,
    p_two_sided: f64,
}

fn two_quantiles(input: &TwoQuantiles) -> Defined<Moved> {
    let found = quantile_difference(&plain(&input.control), &plain(&input.treatment), input.q, input.level)?;
    Ok(Moved { p_two_sided: found.p_value, interval: found.difference.into() })
}
