//! Tests on ranks.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::two_sample::Samples;
use super::{Method, Number, plain};
use crate::stats::ranks::{MannWhitney, RankMethod, hodges_lehmann, mann_whitney};
use crate::stats::{Defined, Interval};

pub(super) const METHODS: &[Method] = &[
    method!("mannwhitney", "The test of Mann and Whitney, exact for small samples without ties.", automatic),
    method!(
        "mannwhitney_asymptotic",
        "The test of Mann and Whitney by the normal, corrected for ties and continuity.",
        asymptotic
    ),
    method!(
        "mannwhitney_exact",
        "The test of Mann and Whitney by its exact distribution.",
        exact,
        named[("method", "control")]
    ),
    method!("hodges_lehmann", "The median of all differences treatment less control, with its interval.", shift),
];

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Arms {
    control: Vec<Number>,
    treatment: Vec<Number>,
}

#[derive(Serialize)]
pub(super) struct Ranked {
    #[serde(rename = "U_treatment")]
    u_treatment: f64,
    p_two_sided: f64,
    p_greater: f64,
    p_less: f64,
    prob_superiority: f64,
    method: &'static str,
}

fn automatic(input: &Arms) -> Defined<Ranked> {
    ranked(input, RankMethod::Automatic)
}

fn asymptotic(input: &Arms) -> Defined<Ranked> {
    ranked(input, RankMethod::Asymptotic)
}

fn exact(input: &Arms) -> Defined<Ranked> {
    ranked(input, RankMethod::Exact)
}

fn ranked(input: &Arms, method: RankMethod) -> Defined<Ranked> {
    mann_whitney(&plain(&input.control), &plain(&input.treatment), method).map(Ranked::from)
}

impl From<MannWhitney> for Ranked {
    fn from(found: MannWhitney) -> Self {
        Self {
            u_treatment: found.u,
            p_two_sided: found.p_value,
            p_greater: found.greater,
            p_less: found.less,
            prob_superiority: found.superiority,
            method: found.method,
        }
    }
}

/// An estimate with its interval as it is written out.
#[derive(Serialize)]
pub(super) struct Estimated {
    estimate: f64,
    ci: [f64; 2],
}

impl From<Interval> for Estimated {
    fn from(interval: Interval) -> Self {
        Self { estimate: interval.estimate, ci: [interval.low, interval.high] }
    }
}

fn shift(input: &Samples) -> Defined<Estimated> {
    hodges_lehmann(&plain(&input.control), &plain(&input.treatment), input.level).map(Estimated::from)
}
