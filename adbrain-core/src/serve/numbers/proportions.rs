//! Shares: clicks among impressions.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Method, ends, usual_level};
use crate::stats::proportions::{self, Proportion};
use crate::stats::{Defined, Interval};

pub(super) const METHODS: &[Method] = &[
    method!("proportion_ci", "Four intervals for one share.", proportion_ci, named[("successes", "x")]),
    method!(
        "two_proportion_z",
        "The z tests of equal shares, with intervals for their difference.",
        two_proportion_z,
        named[("successes", "x")]
    ),
    method!("fisher_exact", "Fisher's exact test of equal shares.", fisher_exact, named [("successes", "x"), ("trials", "n")]),
    method!(
        "newcombe_ci_diff",
        "Newcombe's interval for the difference of two shares.",
        newcombe,
        named[("successes", "x")]
    ),
    method!(
        "agresti_caffo_ci_diff",
        "Agresti's and Caffo's interval for the difference of two shares.",
        agresti_caffo,
        named[("successes", "x")]
    ),
    method!(
        "miettinen_nurminen_ci_diff",
        "Miettinen's and Nurminen's score interval for the difference of two shares.",
        miettinen_nurminen,
        named[("successes", "x")]
    ),
    method!(
        "relative_lift_shares",
        "The relative lift of one share over another, on the log scale.",
        relative_lift,
        named[("successes", "x")]
    ),
];

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct One {
    x: u64,
    n: u64,
    #[serde(default = "usual_level")]
    level: f64,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Two {
    control: Counts,
    treatment: Counts,
    #[serde(default = "usual_level")]
    level: f64,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Counts {
    x: u64,
    n: u64,
}

impl Two {
    fn arms(&self) -> Defined<[Proportion; 2]> {
        Ok([Proportion::new(self.control.x, self.control.n)?, Proportion::new(self.treatment.x, self.treatment.n)?])
    }
}

#[derive(Serialize)]
struct Intervals {
    share: f64,
    wilson: [f64; 2],
    clopper_pearson: [f64; 2],
    jeffreys: [f64; 2],
    agresti_coull: [f64; 2],
}

fn proportion_ci(input: &One) -> Defined<Intervals> {
    let share = Proportion::new(input.x, input.n)?;
    Ok(Intervals {
        share: share.share(),
        wilson: ends(&share.wilson(input.level)?),
        clopper_pearson: ends(&share.clopper_pearson(input.level)?),
        jeffreys: ends(&share.jeffreys(input.level)?),
        agresti_coull: ends(&share.agresti_coull(input.level)?),
    })
}

#[derive(Serialize)]
struct Tested {
    diff: f64,
    z_pooled: f64,
    z_unpooled: Option<f64>,
    p_two_sided: f64,
    p_greater: f64,
    p_less: f64,
    ci_newcombe: [f64; 2],
    ci_agresti_caffo: [f64; 2],
    cohens_h: f64,
}

fn two_proportion_z(input: &Two) -> Defined<Tested> {
    let [control, treatment] = input.arms()?;
    let newcombe = proportions::newcombe(control, treatment, input.level)?;
    let test = proportions::z_test(control, treatment)?;
    Ok(Tested {
        diff: newcombe.estimate,
        z_pooled: test.z_pooled,
        z_unpooled: test.z_unpooled,
        p_two_sided: test.p_two_sided,
        p_greater: test.p_greater,
        p_less: test.p_less,
        ci_newcombe: ends(&newcombe),
        ci_agresti_caffo: ends(&proportions::agresti_caffo(control, treatment, input.level)?),
        cohens_h: proportions::cohens_h(control, treatment),
    })
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Tables {
    control: Counts,
    treatment: Counts,
}

fn fisher_exact(input: &Tables) -> Defined<Value> {
    let control = Proportion::new(input.control.x, input.control.n)?;
    let found = proportions::fisher_exact(control, Proportion::new(input.treatment.x, input.treatment.n)?)?;
    // JSON has no infinity; the text is what the arguments use for it.
    let odds_ratio = if found.odds_ratio.is_finite() { json!(found.odds_ratio) } else { json!("inf") };
    Ok(json!({
        "odds_ratio": odds_ratio,
        "p_two_sided": found.p_two_sided,
        "p_greater": found.p_greater,
        "p_less": found.p_less,
    }))
}

#[derive(Serialize)]
struct Difference {
    diff: f64,
    ci: [f64; 2],
}

impl From<Interval> for Difference {
    fn from(interval: Interval) -> Self {
        Self { diff: interval.estimate, ci: ends(&interval) }
    }
}

fn newcombe(input: &Two) -> Defined<Difference> {
    let [control, treatment] = input.arms()?;
    proportions::newcombe(control, treatment, input.level).map(Into::into)
}

fn agresti_caffo(input: &Two) -> Defined<Difference> {
    let [control, treatment] = input.arms()?;
    proportions::agresti_caffo(control, treatment, input.level).map(Into::into)
}

fn miettinen_nurminen(input: &Two) -> Defined<Difference> {
    let [control, treatment] = input.arms()?;
    proportions::miettinen_nurminen(control, treatment, input.level).map(Into::into)
}

#[derive(Serialize)]
struct Lift {
    rel_effect: f64,
    rel_ci: [f64; 2],
}

fn relative_lift(input: &Two) -> Defined<Lift> {
    let [control, treatment] = input.arms()?;
    let found = proportions::relative_lift(control, treatment, input.level)?;
    Ok(Lift { rel_effect: found.estimate, rel_ci: ends(&found) })
}
