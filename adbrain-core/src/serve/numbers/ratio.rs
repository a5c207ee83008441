//! Ratios of sums over units, and CUPED.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Method, Number, ends, plain, usual_level};
use crate::stats::Defined;
use crate::stats::cuped::{self, Cuped, CupedUnits};
use crate::stats::ratio::{self, RatioComparison, RatioUnits};
use crate::stats::two_sample::{CrossSummary, MeanTest};

pub(super) const METHODS: &[Method] = &[
    method!("delta_method_ratio", "Two arms' ratios by the delta method.", delta_method_ratio, named[("y", "num")]),
    method!(
        "delta_method_ratio_gb_absolute",
        "The difference of two ratios, as in gbstats.",
        gb_absolute,
        named[("y", "num")]
    ),
    method!(
        "delta_method_ratio_gb_relative",
        "The relative difference of two ratios, as in gbstats.",
        gb_relative,
        named[("y", "num")]
    ),
    method!("fieller_ratio", "One ratio with Fieller's interval.", fieller_ratio, named[("y", "num")]),
    method!(
        "fieller_ratio_relative",
        "The relative difference of two ratios by Fieller.",
        fieller_relative,
        named[("y", "num")]
    ),
    method!("cuped_mean", "Two means after a covariate from before the test is taken out.", cuped_mean),
    method!("cuped_ratio", "Two ratios after the ratio before the test is taken out.", cuped_ratio),
];

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Ratios {
    control: Units,
    treatment: Units,
    #[serde(default = "usual_level")]
    level: f64,
}

/// A numerator and a denominator per unit.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Units {
    num: Vec<Number>,
    den: Vec<Number>,
}

impl Units {
    fn summary(&self) -> Defined<RatioUnits> {
        CrossSummary::of(&plain(&self.den), &plain(&self.num))
    }
}

#[derive(Serialize)]
struct Compared {
    control: f64,
    treatment: f64,
    effect_size: f64,
    ci: [f64; 2],
    rel_effect: Option<f64>,
    rel_ci: Option<[f64; 2]>,
    rel_method: Option<&'static str>,
    p_two_sided: f64,
    p_greater: f64,
    p_less: f64,
    statistic: f64,
    df: f64,
    se_control: f64,
    se_treatment: f64,
    z: f64,
    p_normal: f64,
}

impl From<RatioComparison> for Compared {
    fn from(found: RatioComparison) -> Self {
        let relative = found.relative.ok();
        Self {
            control: found.control,
            treatment: found.treatment,
            effect_size: found.test.difference.estimate,
            ci: ends(&found.test.difference),
            rel_effect: relative.as_ref().map(|interval| interval.estimate),
            rel_ci: relative.as_ref().map(ends),
            rel_method: relative.map(|interval| interval.method),
            p_two_sided: found.test.p_value,
            p_greater: found.test.greater,
            p_less: found.test.less,
            statistic: found.test.t,
            df: found.test.degrees_of_freedom,
            se_control: found.errors[0],
            se_treatment: found.errors[1],
            z: found.test.t,
            p_normal: found.p_normal,
        }
    }
}

fn delta_method_ratio(input: &Ratios) -> Defined<Compared> {
    ratio::compare(&input.control.summary()?, &input.treatment.summary()?, input.level).map(Into::into)
}

#[derive(Serialize)]
struct Change {
    effect: f64,
    ci: [f64; 2],
    p: f64,
    df: f64,
}

impl From<MeanTest> for Change {
    fn from(test: MeanTest) -> Self {
        let df = test.degrees_of_freedom;
        Self { effect: test.difference.estimate, ci: ends(&test.difference), p: test.p_value, df }
    }
}

fn gb_absolute(input: &Ratios) -> Defined<Change> {
    ratio::compare_absolute(&input.control.summary()?, &input.treatment.summary()?, input.level).map(Into::into)
}

fn gb_relative(input: &Ratios) -> Defined<Change> {
    ratio::compare_relative(&input.control.summary()?, &input.treatment.summary()?, input.level).map(Into::into)
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct OneRatio {
    num: Vec<Number>,
    den: Vec<Number>,
    #[serde(default = "usual_level")]
    level: f64,
}

#[derive(Serialize)]
struct Ratio {
    ratio: f64,
    ci: [f64; 2],
}

fn fieller_ratio(input: &OneRatio) -> Defined<Ratio> {
    let units = CrossSummary::of(&plain(&input.den), &plain(&input.num))?;
    let found = ratio::fieller(&units, input.level)?;
    Ok(Ratio { ratio: found.estimate, ci: ends(&found) })
}

#[derive(Serialize)]
struct Relative {
    rel_effect: f64,
    rel_ci: [f64; 2],
}

fn fieller_relative(input: &Ratios) -> Defined<Relative> {
    let found = ratio::fieller_relative(&input.control.summary()?, &input.treatment.summary()?, input.level)?;
    Ok(Relative { rel_effect: found.estimate, rel_ci: ends(&found) })
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Adjusted {
    control: Pairs,
    treatment: Pairs,
    #[serde(default = "usual_level")]
    level: f64,
}

/// A metric and a covariate per unit.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Pairs {
    y: Vec<Number>,
    x: Vec<Number>,
}

impl Pairs {
    fn summary(&self) -> Defined<CrossSummary> {
        CrossSummary::of(&plain(&self.x), &plain(&self.y))
    }
}

#[derive(Serialize)]
struct WithoutCovariate {
    #[serde(flatten)]
    compared: Compared,
    theta: f64,
    theta_pooled_total_variance: f64,
    unadjusted_p: Option<f64>,
    variance_reduction_r2: f64,
}

impl From<Cuped> for WithoutCovariate {
    fn from(found: Cuped) -> Self {
        Self {
            compared: found.adjusted.into(),
            theta: found.theta,
            theta_pooled_total_variance: found.theta,
            unadjusted_p: found.unadjusted_p.ok(),
            variance_reduction_r2: found.variance_reduction,
        }
    }
}

fn cuped_mean(input: &Adjusted) -> Defined<WithoutCovariate> {
    cuped::cuped_mean(&input.control.summary()?, &input.treatment.summary()?, input.level).map(Into::into)
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct AdjustedRatios {
    control: UnitsBefore,
    treatment: UnitsBefore,
    #[serde(default = "usual_level")]
    level: f64,
}

/// A numerator and a denominator per unit, during and before the test.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct UnitsBefore {
    num: Vec<Number>,
    den: Vec<Number>,
    num_before: Vec<Number>,
    den_before: Vec<Number>,
}

impl UnitsBefore {
    fn units(&self) -> Defined<CupedUnits> {
        let (num, den) = (plain(&self.num), plain(&self.den));
        CupedUnits::of([&num, &den], [&plain(&self.num_before), &plain(&self.den_before)])
    }
}

fn cuped_ratio(input: &AdjustedRatios) -> Defined<WithoutCovariate> {
    cuped::cuped_ratio(&input.control.units()?, &input.treatment.units()?, input.level).map(Into::into)
}
