//! Effect sizes without units.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Method, Number, plain};
use crate::stats::Defined;
use crate::stats::effect::{cohen_d, cohen_d_average, cohen_h, glass_delta, hedges_g, hedges_g_approximate};
use crate::stats::two_sample::Summary;

pub(super) const METHODS: &[Method] = &[
    method!("cohens_d_hedges_g", "Cohen's d, Hedges' g and Glass's delta of two samples.", differences),
    method!("cohens_h", "Cohen's h of two shares from 0 to 1.", shares, named[("share", "control")]),
];

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Samples {
    control: Vec<Number>,
    treatment: Vec<Number>,
}

#[derive(Serialize)]
struct Effects {
    cohens_d_pooled_ddof1: f64,
    hedges_g_exact: f64,
    hedges_g_approx: f64,
    /// Absent where the control alone has no spread.
    glass_delta_control_sd: Option<f64>,
    cohens_d_avg_variance_ddof1: f64,
}

fn differences(input: &Samples) -> Defined<Effects> {
    let (control, treatment) = (Summary::of(&plain(&input.control))?, Summary::of(&plain(&input.treatment))?);
    Ok(Effects {
        cohens_d_pooled_ddof1: cohen_d(&control, &treatment)?,
        hedges_g_exact: hedges_g(&control, &treatment)?,
        hedges_g_approx: hedges_g_approximate(&control, &treatment)?,
        glass_delta_control_sd: glass_delta(&control, &treatment).ok(),
        cohens_d_avg_variance_ddof1: cohen_d_average(&control, &treatment)?,
    })
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Shares {
    control: Number,
    treatment: Number,
}

#[derive(Serialize)]
struct Angle {
    cohens_h: f64,
}

fn shares(input: &Shares) -> Defined<Angle> {
    Ok(Angle { cohens_h: cohen_h(input.control.0, input.treatment.0)? })
}
