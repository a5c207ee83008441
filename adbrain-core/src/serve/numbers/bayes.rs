//! Beliefs and choices between arms: decision rules, not error rates.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::arms::{Arms, GoalName, Kind, Scale, Sums};
use super::{Method, Number, usual_level};
use crate::stats::bayes::{self, Belief, DECISION_RULE, Goal, Posterior, choose, effect_belief};
use crate::stats::{Defined, Undefined};

pub(super) const METHODS: &[Method] = &[
    method!(
        "beta_binomial",
        "Shares of several arms: posteriors, probability to be best and expected loss. A decision rule, no error rate.",
        beta_binomial,
        named[("successes", "x")]
    ),
    method!(
        "gamma_poisson",
        "Rates of several arms: posteriors, probability to be best and expected loss. A decision rule, no error rate.",
        gamma_poisson,
        named[("prior", "prior_shape_rate")]
    ),
    method!(
        "normal_best",
        "Means of several arms: posteriors, probability to be best and expected loss. A decision rule, no error rate.",
        normal_best
    ),
    method!(
        "gaussian_effect_flat_absolute",
        "The belief about a difference of two arms without a prior. A decision rule, no error rate.",
        flat_absolute
    ),
    method!(
        "gaussian_effect_flat_relative",
        "The belief about a lift without a prior. A decision rule, no error rate.",
        flat_relative
    ),
    method!(
        "gaussian_effect_prior_absolute",
        "The belief about a difference of two arms with a normal prior on the difference. A decision rule, no error rate.",
        prior_absolute
    ),
    method!(
        "gaussian_effect_prior_relative",
        "The belief about a lift with a normal prior on the lift. A decision rule, no error rate.",
        prior_relative
    ),
];

fn usual_beta() -> [f64; 2] {
    [1.0, 1.0]
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Shares {
    #[serde(default = "usual_beta")]
    prior: [f64; 2],
    arms: Vec<Trials>,
    #[serde(default)]
    goal: GoalName,
    #[serde(default = "usual_level")]
    level: f64,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Trials {
    x: u64,
    n: u64,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Rates {
    prior_shape_rate: [f64; 2],
    arms: Vec<Events>,
    #[serde(default)]
    goal: GoalName,
    #[serde(default = "usual_level")]
    level: f64,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Events {
    count: u64,
    exposure: Number,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Means {
    /// The mean and the standard deviation of what is believed about each arm.
    arms: Vec<Mean>,
    #[serde(default)]
    goal: GoalName,
    #[serde(default = "usual_level")]
    level: f64,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Mean {
    mean: Number,
    sd: Number,
}

#[derive(Serialize)]
struct Chosen {
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    posterior: Option<Vec<[f64; 2]>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    posterior_shape_rate: Option<Vec<[f64; 2]>>,
    mean: Vec<f64>,
    ci: Vec<[f64; 2]>,
    prob_best: Vec<f64>,
    expected_loss: Vec<f64>,
    /// With two arms: that the second has more.
    #[serde(skip_serializing_if = "Option::is_none")]
    prob_treatment_greater: Option<f64>,
}

fn beta_binomial(input: &Shares) -> Defined<Chosen> {
    let arms: Vec<Posterior> =
        input.arms.iter().map(|arm| Posterior::of_share(input.prior, arm.x, arm.n)).collect::<Defined<_>>()?;
    let sizes: Vec<u64> = input.arms.iter().map(|arm| arm.n).collect();
    let posterior = Some(pairs(&arms));
    Ok(Chosen { posterior, ..chosen(&arms, &sizes, input.goal.into(), input.level)? })
}

fn gamma_poisson(input: &Rates) -> Defined<Chosen> {
    let arms: Vec<Posterior> = input
        .arms
        .iter()
        .map(|arm| Posterior::of_rate(input.prior_shape_rate, arm.count, arm.exposure.0))
        .collect::<Defined<_>>()?;
    let sizes: Vec<u64> = input.arms.iter().map(|arm| arm.count).collect();
    let posterior_shape_rate = Some(pairs(&arms));
    Ok(Chosen { posterior_shape_rate, ..chosen(&arms, &sizes, input.goal.into(), input.level)? })
}

fn normal_best(input: &Means) -> Defined<Chosen> {
    if input.arms.iter().any(|arm| arm.sd.0 < 0.0) {
        return Err(Undefined::Input { field: "sd", problem: "must not be below zero" });
    }
    let arms: Vec<Posterior> =
        input.arms.iter().map(|arm| Posterior::Normal { mean: arm.mean.0, sd: arm.sd.0 }).collect();
    chosen(&arms, &vec![0; arms.len()], input.goal.into(), input.level)
}

fn pairs(arms: &[Posterior]) -> Vec<[f64; 2]> {
    arms.iter().map(|arm| <[f64; 2]>::from(arm.parameters())).collect()
}

fn chosen(arms: &[Posterior], sizes: &[u64], goal: Goal, level: f64) -> Defined<Chosen> {
    let choice = choose(arms, goal)?;
    let intervals = arms.iter().zip(sizes).map(|(arm, size)| arm.interval(level, *size));
    let greater = match (choice.prob_best.as_slice(), goal) {
        ([_, second], Goal::Maximise) => Some(*second),
        ([first, _], Goal::Minimise) => Some(*first),
        _ => None,
    };
    Ok(Chosen {
        kind: DECISION_RULE,
        posterior: None,
        posterior_shape_rate: None,
        mean: arms.iter().map(Posterior::mean).collect(),
        ci: intervals.map(|found| found.map(|found| [found.low, found.high])).collect::<Defined<_>>()?,
        prob_best: choice.prob_best,
        expected_loss: choice.expected_loss,
        prob_treatment_greater: greater,
    })
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Flat {
    kind: Kind,
    control: Sums,
    treatment: Sums,
    #[serde(default = "usual_level")]
    level: f64,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Informed {
    kind: Kind,
    control: Sums,
    treatment: Sums,
    prior: Prior,
    #[serde(default = "usual_level")]
    level: f64,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Prior {
    mean: f64,
    sd: f64,
}

#[derive(Serialize)]
struct Believed {
    kind: &'static str,
    expected: f64,
    ci: [f64; 2],
    chance_to_win: f64,
    /// What is lost on average by keeping the control, by taking the treatment.
    risk: [f64; 2],
}

fn flat_absolute(input: &Flat) -> Defined<Believed> {
    believed(&Arms::new(input.kind, &input.control, &input.treatment)?, Scale::Absolute, None, input.level)
}

fn flat_relative(input: &Flat) -> Defined<Believed> {
    believed(&Arms::new(input.kind, &input.control, &input.treatment)?, Scale::Relative, None, input.level)
}

fn prior_absolute(input: &Informed) -> Defined<Believed> {
    informed(input, Scale::Absolute)
}

fn prior_relative(input: &Informed) -> Defined<Believed> {
    informed(input, Scale::Relative)
}

fn informed(input: &Informed, scale: Scale) -> Defined<Believed> {
    if input.prior.sd.is_nan() || input.prior.sd <= 0.0 {
        return Err(Undefined::Input { field: "prior", problem: "must have an sd above zero" });
    }
    let prior = Belief { mean: input.prior.mean, variance: input.prior.sd * input.prior.sd };
    believed(&Arms::new(input.kind, &input.control, &input.treatment)?, scale, Some(prior), input.level)
}

fn believed(arms: &Arms, scale: Scale, prior: Option<Belief>, level: f64) -> Defined<Believed> {
    let bayes::EffectBelief { interval, chance_to_win, risk, .. } = effect_belief(&arms.effect(scale)?, prior, level)?;
    Ok(Believed {
        kind: DECISION_RULE,
        expected: interval.estimate,
        ci: [interval.low, interval.high],
        chance_to_win,
        risk,
    })
}
