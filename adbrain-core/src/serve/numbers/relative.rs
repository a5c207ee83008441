//! Relative lifts, and tests from sums as ad accounts and warehouses give them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::arms::{Arms, Kind, Sums};
use super::two_sample::{Samples, Tested};
use super::{Method, plain, usual_level};
use crate::stats::Defined;
use crate::stats::two_sample::{MeanTest, RelativeMethod, Summary, relative_lift, welch};

pub(super) const METHODS: &[Method] = &[
    method!("welch_from_sums_absolute", "Welch's t test from sums of values or of successes.", absolute),
    method!("welch_from_sums_relative", "The relative lift with its interval, from sums.", relative),
    method!("relative_lift_delta", "The relative lift of two samples by the delta method.", delta),
    method!("relative_lift_fieller", "The relative lift of two samples by Fieller's theorem.", fieller),
    method!("relative_lift_log", "The relative lift of two samples on the log scale.", log),
];

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct FromSums {
    kind: Kind,
    control: Sums,
    treatment: Sums,
    #[serde(default = "usual_level")]
    level: f64,
    #[serde(default)]
    scale: Scale,
}

/// How a relative interval is built.
#[derive(Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Scale {
    #[default]
    Delta,
    Fieller,
    Log,
}

#[derive(Serialize)]
struct Lift {
    effect: f64,
    ci: [f64; 2],
    t: f64,
    df: f64,
    p: f64,
}

impl From<MeanTest> for Lift {
    fn from(test: MeanTest) -> Self {
        Self {
            effect: test.difference.estimate,
            ci: [test.difference.low, test.difference.high],
            t: test.t,
            df: test.degrees_of_freedom,
            p: test.p_value,
        }
    }
}

fn absolute(input: &FromSums) -> Defined<Lift> {
    let Arms { control, treatment } = Arms::new(input.kind, &input.control, &input.treatment)?;
    welch(&control, &treatment, input.level).map(Lift::from)
}

fn relative(input: &FromSums) -> Defined<Lift> {
    let Arms { control, treatment } = Arms::new(input.kind, &input.control, &input.treatment)?;
    let method = match input.scale {
        Scale::Delta => RelativeMethod::Delta,
        Scale::Fieller => RelativeMethod::Fieller,
        Scale::Log => RelativeMethod::Log,
    };
    relative_lift(&control, &treatment, input.level, method).map(Lift::from)
}

fn delta(input: &Samples) -> Defined<Tested> {
    lift(input, RelativeMethod::Delta)
}

fn fieller(input: &Samples) -> Defined<Tested> {
    lift(input, RelativeMethod::Fieller)
}

fn log(input: &Samples) -> Defined<Tested> {
    lift(input, RelativeMethod::Log)
}

fn lift(input: &Samples, method: RelativeMethod) -> Defined<Tested> {
    let (control, treatment) = (Summary::of(&plain(&input.control))?, Summary::of(&plain(&input.treatment))?);
    relative_lift(&control, &treatment, input.level, method).map(Tested::from)
}
