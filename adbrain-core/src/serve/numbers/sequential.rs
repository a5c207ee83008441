//! Tests that may be watched while they run.

mod group;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::arms::{Arms, Scale};
use super::{Method, Number, plain};
use crate::stats::sequential::{ConfidenceSequence, Mixture, running_intervals, running_p_values};
use crate::stats::{Defined, Undefined};

pub(super) const METHODS: &[Method] = &[
    method!(
        "asymptotic_confidence_sequence_absolute",
        "The difference of two arms with an interval and p value that hold at every look.",
        absolute
    ),
    method!(
        "asymptotic_confidence_sequence_relative",
        "The lift of an arm with an interval and p value that hold at every look.",
        relative
    ),
    method!(
        "confidence_sequence_intervals",
        "The always-valid intervals at many looks, from the estimate, its variance and the units at each.",
        intervals
    ),
    method!("msprt_normal_mixture", "The mixture sequential probability ratio test at one look.", msprt),
    method!(
        "running_confidence_sequence",
        "What the always-valid intervals and p values of all looks so far say together.",
        running,
        named[("highs", "high")]
    ),
    group::FLEMING,
    group::POCOCK,
    group::POWER_2,
    group::BOUNDS,
    group::POWER,
    group::AFTER,
];

/// The usual rate of false alarms.
pub(super) fn usual_alpha() -> f64 {
    0.05
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Watched {
    kind: super::arms::Kind,
    control: super::arms::Sums,
    treatment: super::arms::Sums,
    tuning_parameter: f64,
    #[serde(default = "usual_alpha")]
    alpha: f64,
}

#[derive(Serialize)]
struct Sequence {
    effect: f64,
    ci: [f64; 2],
    p: f64,
}

fn absolute(input: &Watched) -> Defined<Sequence> {
    sequence(input, Scale::Absolute)
}

fn relative(input: &Watched) -> Defined<Sequence> {
    sequence(input, Scale::Relative)
}

fn sequence(input: &Watched, scale: Scale) -> Defined<Sequence> {
    let effect = Arms::new(input.kind, &input.control, &input.treatment)?.effect(scale)?;
    let found = ConfidenceSequence::new(input.alpha, input.tuning_parameter)?.at(&effect);
    Ok(Sequence { effect: effect.value, ci: [found.interval.low, found.interval.high], p: found.p_value })
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Looks {
    estimates: Vec<Number>,
    variances: Vec<Number>,
    units: Vec<Number>,
    tuning_parameter: f64,
    #[serde(default = "usual_alpha")]
    alpha: f64,
}

/// `null` stands where a look says nothing.
#[derive(Serialize)]
struct Intervals {
    low: Vec<Option<f64>>,
    high: Vec<Option<f64>>,
}

fn intervals(input: &Looks) -> Defined<Intervals> {
    let found = ConfidenceSequence::new(input.alpha, input.tuning_parameter)?.intervals(
        &plain(&input.estimates),
        &plain(&input.variances),
        &plain(&input.units),
    )?;
    let [low, high] =
        [found.low, found.high].map(|ends| ends.into_iter().map(|end| end.is_finite().then_some(end)).collect());
    Ok(Intervals { low, high })
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct MixtureInput {
    effect: Number,
    se: Number,
    tau: f64,
    #[serde(default = "usual_alpha")]
    alpha: f64,
}

#[derive(Serialize)]
struct MixtureOutput {
    lambda: f64,
    ln_lambda: f64,
    p_always_valid_this_look: f64,
    ci_halfwidth: f64,
    ci: [f64; 2],
}

fn msprt(input: &MixtureInput) -> Defined<MixtureOutput> {
    let look = Mixture::new(input.alpha, input.tau)?.at(input.effect.0, input.se.0)?;
    Ok(MixtureOutput {
        lambda: look.lambda,
        ln_lambda: look.ln_lambda,
        p_always_valid_this_look: look.p_value,
        ci_halfwidth: look.half_width,
        ci: [input.effect.0 - look.half_width, input.effect.0 + look.half_width],
    })
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Seen {
    low: Vec<Number>,
    high: Vec<Number>,
    p: Vec<Number>,
}

/// An interval is `null` from the look on at which the looks contradict each other, and where an end is not finite yet: later looks with
/// finite ends give it again.
#[derive(Serialize)]
struct RunningOutput {
    ci: Vec<Option<[f64; 2]>>,
    p: Vec<f64>,
}

fn running(input: &Seen) -> Defined<RunningOutput> {
    if input.p.len() != input.low.len() {
        return Err(Undefined::Input { field: "p", problem: "must be as many as the intervals" });
    }
    let intervals = running_intervals(&plain(&input.low), &plain(&input.high))?;
    let known = |[low, high]: &[f64; 2]| low.is_finite() && high.is_finite();
    let ci = intervals.into_iter().map(|interval| interval.filter(known)).collect();
    Ok(RunningOutput { ci, p: running_p_values(&plain(&input.p)) })
}
