//! Two samples of values.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Method, Number, plain, usual_level};
use crate::stats::two_sample::{MeanDifference, Summary, welch};
use crate::stats::{Defined, Undefined};

pub(super) const METHODS: &[Method] = &[
    method!("welch_t", "Welch's t test on two samples.", welch_t),
    method!(
        "welch_t_from_stats",
        "Welch's t test from size, mean and standard deviation of each sample.",
        welch_t_from_stats
    ),
];

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Samples {
    control: Vec<Number>,
    treatment: Vec<Number>,
    #[serde(default = "usual_level")]
    level: f64,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Sums {
    control: Sizes,
    treatment: Sizes,
    #[serde(default = "usual_level")]
    level: f64,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Sizes {
    n: u64,
    mean: f64,
    sd: f64,
}

#[derive(Serialize)]
struct Tested {
    diff: f64,
    t: f64,
    df: f64,
    p_two_sided: f64,
    ci: [f64; 2],
}

fn welch_t(input: &Samples) -> Defined<Tested> {
    let (control, treatment) = (plain(&input.control), plain(&input.treatment));
    tested(&Summary::of(&control), &Summary::of(&treatment), input.level)
}

fn welch_t_from_stats(input: &Sums) -> Defined<Tested> {
    let summary =
        |arm: &Sizes| Summary { n: arm.n, mean: arm.mean, m2: arm.sd * arm.sd * arm.n.saturating_sub(1) as f64 };
    tested(&summary(&input.control), &summary(&input.treatment), input.level)
}

fn tested(control: &Summary, treatment: &Summary, level: f64) -> Defined<Tested> {
    let MeanDifference { difference, p_value, t, degrees_of_freedom } =
        welch(treatment, control, level).ok_or(Undefined::NoSpread)?;
    let ci = [difference.low, difference.high];
    Ok(Tested { diff: difference.estimate, t, df: degrees_of_freedom, p_two_sided: p_value, ci })
}
