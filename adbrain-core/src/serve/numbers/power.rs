//! Planning: sizes, power, smallest effects, days.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Method, Number, plain};
use crate::stats::power::{self, Alternative, Anova, CellDay, DailyHistory, Goal, TTest};
use crate::stats::proportions::Proportion;
use crate::stats::{Defined, Undefined};

pub(super) const METHODS: &[Method] = &[
    method!("n_per_arm_t", "Units of control that a t test needs.", n_per_arm_t, named[("effect", "effect_size_d")]),
    method!("power_t", "The power of a t test on two means.", power_t, named [("ratio", "ratio_treatment_to_control"), ("effect", "effect_size_d")]),
    method!(
        "mde_mean",
        "The smallest difference of two means that a t test shows.",
        mde_mean,
        named[("n_control", "n_per_arm")]
    ),
    method!("power_paired_t", "The power of a paired t test.", power_paired_t, named [("effect", "effect_size_d"), ("pairs", "n_pairs")]),
    method!("n_pairs_t", "Pairs that a paired t test needs.", n_pairs_t, named[("effect", "effect_size_d")]),
    method!("n_per_arm_proportions", "Units per arm that a comparison of two shares needs.", n_per_arm_proportions, named [("base", "base_rate"), ("relative_effect", "relative_lift")]),
    method!("power_proportions", "The power of a comparison of two shares.", power_proportions, named [("base", "base_rate"), ("relative_effect", "relative_lift")]),
    method!("mde_proportions", "The smallest relative lift of a share that a comparison shows.", mde_proportions, named [("base", "base_rate"), ("relative_effect", "relative_lift")]),
    method!("anova_power", "The power of a comparison of several means.", anova_power, named [("arms", "k"), ("effect", "effect_size_f")]),
    method!("anova_n_total", "Units over all arms that a comparison of several means needs.", anova_n_total, named [("arms", "k"), ("effect", "effect_size_f")]),
    method!("srm_power_chi2", "The power of the test for a sample-ratio mismatch.", srm_power_chi2, named [("arms", "bins"), ("units", "n"), ("w", "effect_size_w"), ("effect", "effect_size_w")]),
    method!(
        "daily_noise",
        "How much rates of cells move from day to day, beyond chance and shared shocks.",
        daily_noise
    ),
    method!(
        "days_needed",
        "Days that a test needs, from the account's own days.",
        days_needed,
        named[("history", "control")]
    ),
];

/// The differences that a test looks for, by any of the usual names.
#[derive(Deserialize, JsonSchema, Default, Clone, Copy)]
enum Sides {
    #[default]
    #[serde(rename = "two-sided", alias = "two_sided")]
    TwoSided,
    #[serde(rename = "greater", alias = "larger")]
    Greater,
    #[serde(rename = "less", alias = "smaller")]
    Less,
}

impl From<Sides> for Alternative {
    fn from(sides: Sides) -> Self {
        match sides {
            Sides::TwoSided => Self::TwoSided,
            Sides::Greater => Self::Greater,
            Sides::Less => Self::Less,
        }
    }
}

fn usual_alpha() -> f64 {
    0.05
}

fn usual_power() -> f64 {
    0.8
}

fn one() -> f64 {
    1.0
}

/// The arguments of a method that plans for a power: its own, the error rate and the power, and what else it takes.
macro_rules! planned {
    ($name:ident { $($field:ident: $kind:ty),* } $({ $($(#[$usual:meta])* $further:ident: $of:ty),* })?) => {
        #[derive(Deserialize, JsonSchema)]
        #[serde(deny_unknown_fields)]
        struct $name {
            $($field: $kind,)*
            #[serde(default = "usual_alpha")]
            alpha: f64,
            #[serde(default = "usual_power")]
            power: f64,
            $($($(#[$usual])* $further: $of,)*)?
        }
    };
}

planned!(SizeForT { effect_size_d: f64 } { #[serde(default = "one")] ratio: f64, #[serde(default)] alternative: Sides });
planned!(MeanEffect { n_per_arm: f64, sd: f64 } { #[serde(default = "one")] ratio: f64, #[serde(default)] alternative: Sides });
planned!(SizeForPairs { effect_size_d: f64 });
planned!(SizeForShares { base_rate: f64, relative_lift: f64 });
planned!(ShareEffect { base_rate: f64, n_per_arm: f64 });
planned!(SizeForAnova { effect_size_f: f64, k: u32 });

#[derive(Serialize)]
struct Size {
    n_per_arm: f64,
    n_per_arm_ceil: f64,
}

fn n_per_arm_t(input: &SizeForT) -> Defined<Size> {
    let test = TTest { alpha: input.alpha, ratio: input.ratio, alternative: input.alternative.into() };
    let n_per_arm = test.sample_size(input.effect_size_d, input.power)?;
    Ok(Size { n_per_arm, n_per_arm_ceil: libm::ceil(n_per_arm) })
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct PowerOfT {
    effect_size_d: f64,
    n_control: f64,
    #[serde(default = "one")]
    ratio_treatment_to_control: f64,
    #[serde(default = "usual_alpha")]
    alpha: f64,
    #[serde(default)]
    alternative: Sides,
}

#[derive(Serialize)]
struct Power {
    power: f64,
}

fn power_t(input: &PowerOfT) -> Defined<Power> {
    let ratio = input.ratio_treatment_to_control;
    let test = TTest { alpha: input.alpha, ratio, alternative: input.alternative.into() };
    Ok(Power { power: test.power(input.effect_size_d, input.n_control)? })
}

#[derive(Serialize)]
struct Smallest {
    mde_absolute: f64,
}

fn mde_mean(input: &MeanEffect) -> Defined<Smallest> {
    if !(input.sd > 0.0 && input.sd.is_finite()) {
        return Err(Undefined::Input { field: "sd", problem: "must be above zero and finite" });
    }
    let test = TTest { alpha: input.alpha, ratio: input.ratio, alternative: input.alternative.into() };
    Ok(Smallest { mde_absolute: test.smallest_effect(input.n_per_arm, input.power)? * input.sd })
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct PowerOfPairs {
    effect_size_d: f64,
    n_pairs: f64,
    #[serde(default = "usual_alpha")]
    alpha: f64,
}

fn power_paired_t(input: &PowerOfPairs) -> Defined<Power> {
    Ok(Power { power: power::paired_power(input.effect_size_d, input.n_pairs, input.alpha)? })
}

#[derive(Serialize)]
struct Pairs {
    n_pairs: f64,
}

fn n_pairs_t(input: &SizeForPairs) -> Defined<Pairs> {
    Ok(Pairs { n_pairs: power::paired_sample_size(input.effect_size_d, input.power, input.alpha)? })
}

#[derive(Serialize)]
struct SharesSizes {
    #[serde(rename = "n_arcsine")]
    arcsine: f64,
    #[serde(rename = "n_unpooled")]
    unpooled: f64,
    #[serde(rename = "n_pooled_null")]
    pooled_null: f64,
}

fn n_per_arm_proportions(input: &SizeForShares) -> Defined<SharesSizes> {
    let SizeForShares { base_rate: base, relative_lift: relative_effect, alpha, power } = *input;
    let found = power::sizes_for_shares(Goal { base, relative_effect, power, alpha })?;
    Ok(SharesSizes { arcsine: found.arcsine, unpooled: found.unpooled, pooled_null: found.pooled_null })
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct PowerOfShares {
    base_rate: f64,
    relative_lift: f64,
    n_per_arm: f64,
    #[serde(default = "usual_alpha")]
    alpha: f64,
}

fn power_proportions(input: &PowerOfShares) -> Defined<Power> {
    let goal = Goal { alpha: input.alpha, ..Goal::usual(input.base_rate, input.relative_lift) };
    Ok(Power { power: power::power_of_shares(goal, input.n_per_arm)? })
}

#[derive(Serialize)]
struct SmallestLift {
    mde_relative: f64,
    mde_absolute: f64,
}

fn mde_proportions(input: &ShareEffect) -> Defined<SmallestLift> {
    let goal = Goal { alpha: input.alpha, power: input.power, ..Goal::usual(input.base_rate, 0.0) };
    let mde_relative = power::smallest_lift(goal, input.n_per_arm)?;
    Ok(SmallestLift { mde_relative, mde_absolute: mde_relative * input.base_rate })
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct PowerOfAnova {
    effect_size_f: f64,
    n_total: f64,
    #[serde(default = "usual_alpha")]
    alpha: f64,
    k: u32,
}

fn anova_power(input: &PowerOfAnova) -> Defined<Power> {
    let test = Anova { arms: input.k, alpha: input.alpha };
    Ok(Power { power: test.power(input.effect_size_f, input.n_total)? })
}

#[derive(Serialize)]
struct Total {
    n_total: f64,
}

fn anova_n_total(input: &SizeForAnova) -> Defined<Total> {
    let test = Anova { arms: input.k, alpha: input.alpha };
    Ok(Total { n_total: test.sample_size(input.effect_size_f, input.power)? })
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct PowerOfSplit {
    effect_size_w: f64,
    n: f64,
    #[serde(default = "split_alpha")]
    alpha: f64,
    #[serde(default = "two")]
    bins: u32,
}

fn split_alpha() -> f64 {
    crate::stats::srm::LIMIT
}

fn two() -> u32 {
    2
}

fn srm_power_chi2(input: &PowerOfSplit) -> Defined<Power> {
    Ok(Power { power: power::sample_ratio_power(input.effect_size_w, input.n, input.bins, input.alpha)? })
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct History {
    /// One value per day.
    control: Vec<Number>,
    /// The values of a second cell on the same days; with them the test pairs days on the log.
    #[serde(default)]
    treatment: Option<Vec<Number>>,
    relative_effect: f64,
    #[serde(default = "usual_alpha")]
    alpha: f64,
    #[serde(default = "usual_power")]
    power: f64,
}

/// Rows of cells and days, column by column.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Cells {
    cell: Vec<u32>,
    day: Vec<u32>,
    x: Vec<u64>,
    n: Vec<u64>,
}

#[derive(Serialize)]
struct Noise {
    deviation: f64,
    cells: u64,
    days: u64,
    df: u64,
}

fn daily_noise(input: &Cells) -> Defined<Noise> {
    if [input.day.len(), input.x.len(), input.n.len()].iter().any(|length| *length != input.cell.len()) {
        return Err(Undefined::Input { field: "cell", problem: "must have as many values as day, x and n" });
    }
    let counts = input.x.iter().zip(&input.n).map(|(x, n)| Proportion::new(*x, *n));
    let places = input.cell.iter().zip(&input.day);
    let rows = places.zip(counts).map(|((cell, day), share)| Ok(CellDay { cell: *cell, day: *day, share: share? }));
    let found = power::daily_noise(&rows.collect::<Defined<Vec<_>>>()?)?;
    let power::DailyNoise { deviation, cells, days, degrees_of_freedom: df } = found;
    Ok(Noise { deviation, cells, days, df })
}

#[derive(Serialize)]
struct Needed {
    days: u64,
    days_exact: f64,
    effect_size_d: f64,
}

fn days_needed(input: &History) -> Defined<Needed> {
    let control = plain(&input.control);
    let treatment = input.treatment.as_deref().map(plain);
    let history = match &treatment {
        Some(treatment) => DailyHistory::Paired([&control, treatment]),
        None => DailyHistory::Unpaired(&control),
    };
    let found = power::days_needed(history, input.relative_effect, input.power, input.alpha)?;
    Ok(Needed { days: found.days, days_exact: found.exact, effect_size_d: found.effect_in_deviations })
}
