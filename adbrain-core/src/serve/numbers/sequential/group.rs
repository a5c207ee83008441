//! Group sequential designs.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::{Method, Number, plain, usual_level};
use super::usual_alpha;
use crate::stats::sequential::{Binding, Bounds, Design, Futility, Inference, Sides, Spending, Stop};
use crate::stats::{Defined, Undefined};

pub(super) const FLEMING: Method = method!(
    "lan_demets_obrien_fleming",
    "Bounds of a two-sided test with equally spaced looks and O'Brien-Fleming spending.",
    fleming,
    named[("alpha", "alpha_two_sided")]
);
pub(super) const POCOCK: Method = method!(
    "lan_demets_pocock",
    "Bounds of a two-sided test with equally spaced looks and Pocock spending.",
    pocock,
    named[("alpha", "alpha_two_sided")]
);
pub(super) const POWER_2: Method = method!(
    "power_family_phi_2",
    "Bounds of a two-sided test with equally spaced looks that spends alpha t^phi, phi 2 unless given.",
    power_family,
    named[("alpha", "alpha_two_sided")]
);
pub(super) const BOUNDS: Method = method!(
    "group_sequential_bounds",
    "Bounds of a group sequential test at the looks that really happen, with futility if wanted.", bounds, named [("phi", "parameter"), ("gamma", "parameter")]);
pub(super) const POWER: Method = method!(
    "group_sequential_power",
    "Where the runs of a group sequential test stop under a drift, or the drift and inflation for a power.", power, named [("phi", "parameter"), ("gamma", "parameter")]);
pub(super) const AFTER: Method = method!(
    "group_sequential_after_stopping",
    "p value, interval and corrected estimates after a group sequential test has stopped.", after, named [("phi", "parameter"), ("gamma", "parameter")]);

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Equal {
    #[serde(default = "usual_alpha")]
    alpha_two_sided: f64,
    looks_equally_spaced: u32,
    #[serde(default)]
    phi: Option<f64>,
    /// A remark; alpha / 2 is always spent on each side.
    #[serde(default)]
    #[expect(dead_code, reason = "a remark of the reference cases")]
    convention: Option<String>,
}

#[derive(Serialize)]
struct ZBounds {
    z_bounds: Vec<Option<f64>>,
}

fn fleming(input: &Equal) -> Defined<ZBounds> {
    equal(input, Spending::ObrienFleming)
}

fn pocock(input: &Equal) -> Defined<ZBounds> {
    equal(input, Spending::Pocock)
}

fn power_family(input: &Equal) -> Defined<ZBounds> {
    equal(input, Spending::Power { phi: input.phi.unwrap_or(2.0) })
}

fn equal(input: &Equal, spending: Spending) -> Defined<ZBounds> {
    const MOST: u32 = 1000;
    if input.looks_equally_spaced == 0 || input.looks_equally_spaced > MOST {
        return Err(Undefined::Input { field: "looks_equally_spaced", problem: "must lie between 1 and 1,000" });
    }
    let looks = f64::from(input.looks_equally_spaced);
    let information: Vec<f64> = (1..=input.looks_equally_spaced).map(|look| f64::from(look) / looks).collect();
    let design = Design { alpha: input.alpha_two_sided, spending, ..Design::default() };
    let bounds = design.bounds(&information)?;
    Ok(ZBounds { z_bounds: bounds.looks().iter().map(|look| look.upper).collect() })
}

#[derive(Deserialize, JsonSchema, Clone, Copy, Default)]
#[serde(rename_all = "snake_case")]
enum SpendingName {
    #[default]
    ObrienFleming,
    Pocock,
    Power,
    HwangShihDecani,
}

#[derive(Deserialize, JsonSchema, Clone, Copy, Default)]
#[serde(rename_all = "snake_case")]
enum SidesName {
    One,
    #[default]
    Two,
}

/// A spending function with the parameter of its family.
fn spending(name: SpendingName, parameter: Option<f64>) -> Defined<Spending> {
    const MISSING: Undefined = Undefined::Input { field: "parameter", problem: "is missing for this family" };
    Ok(match name {
        SpendingName::ObrienFleming => Spending::ObrienFleming,
        SpendingName::Pocock => Spending::Pocock,
        SpendingName::Power => Spending::Power { phi: parameter.ok_or(MISSING)? },
        SpendingName::HwangShihDecani => Spending::HwangShihDeCani { gamma: parameter.ok_or(MISSING)? },
    })
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct FutilityInput {
    /// The permitted chance to miss the effect.
    beta: f64,
    #[serde(default)]
    spending: SpendingName,
    #[serde(default)]
    parameter: Option<f64>,
    /// The mean of z at the end of the plan that must not be missed; found for the plan if left out.
    #[serde(default)]
    drift: Option<f64>,
    #[serde(default)]
    binding: bool,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Plan {
    /// The share of the planned information at each look.
    information: Vec<Number>,
    #[serde(default = "usual_alpha")]
    alpha: f64,
    #[serde(default)]
    sides: SidesName,
    #[serde(default)]
    spending: SpendingName,
    /// phi of the power family, gamma of the family of Hwang, Shih and De Cani.
    #[serde(default)]
    parameter: Option<f64>,
    #[serde(default)]
    futility: Option<FutilityInput>,
    /// Whether the last look ends the test and spends what is left of alpha.
    #[serde(default)]
    last_look_ends: bool,
}

impl Plan {
    fn bounds(&self) -> Defined<Bounds> {
        let information = plain(&self.information);
        let sides = match self.sides {
            SidesName::One => Sides::One,
            SidesName::Two => Sides::Two,
        };
        let spending_of_alpha = spending(self.spending, self.parameter)?;
        let mut design = Design { alpha: self.alpha, sides, spending: spending_of_alpha, futility: None };
        if let Some(input) = &self.futility {
            let binding = if input.binding { Binding::Binding } else { Binding::NonBinding };
            let of_beta = spending(input.spending, input.parameter)?;
            let futility = Futility { spending: of_beta, beta: input.beta, drift: input.drift.unwrap_or(1.0), binding };
            design.futility = Some(futility);
            if input.drift.is_none() {
                if !self.last_look_ends && information.last().is_some_and(|last| *last < 1.0) {
                    let problem = "is needed with futility where the last look given is not the last of the plan";
                    return Err(Undefined::Input { field: "drift", problem });
                }
                return design.drift_with_futility(&information).map(|(_, bounds)| bounds);
            }
        }
        if self.last_look_ends { design.bounds_to_the_end(&information) } else { design.bounds(&information) }
    }
}

/// `null` stands where a look cannot stop the test.
#[derive(Serialize)]
struct BoundsOutput {
    z_bounds: Vec<Option<f64>>,
    futility_z_bounds: Vec<Option<f64>>,
    alpha_spent: Vec<f64>,
    drift: Option<f64>,
}

fn bounds(input: &Plan) -> Defined<BoundsOutput> {
    let bounds = input.bounds()?;
    Ok(BoundsOutput {
        z_bounds: bounds.looks().iter().map(|look| look.upper).collect(),
        futility_z_bounds: bounds.looks().iter().map(|look| look.futility).collect(),
        alpha_spent: bounds.looks().iter().map(|look| look.alpha_spent).collect(),
        drift: bounds.design().futility.map(|futility| futility.drift),
    })
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct PowerInput {
    plan: Plan,
    /// The mean of z at full information.
    #[serde(default)]
    drift: Option<f64>,
    /// The power to find the drift for.
    #[serde(default)]
    power: Option<f64>,
}

#[derive(Serialize)]
struct PowerOutput {
    drift: f64,
    power: f64,
    /// The sample size against that of a single look with the same power; none where a single look has this power without any effect.
    inflation: Option<f64>,
    upper: Vec<f64>,
    lower: Vec<f64>,
    futility: Vec<f64>,
    expected_information: f64,
}

fn power(input: &PowerInput) -> Defined<PowerOutput> {
    let bounds = input.plan.bounds()?;
    let drift = match (input.drift, input.power) {
        (Some(drift), None) if drift.is_finite() => drift,
        (None, Some(power)) => bounds.drift_for_power(power)?,
        _ => return Err(Undefined::Input { field: "drift", problem: "or `power` must be given, one of them" }),
    };
    let exits = bounds.exits(drift);
    Ok(PowerOutput {
        drift,
        power: exits.rejects,
        inflation: bounds.growth(drift, exits.rejects).ok(),
        upper: exits.upper,
        lower: exits.lower,
        futility: exits.futility,
        expected_information: exits.expected_information,
    })
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct StopInput {
    plan: Plan,
    /// The number of the look at which the test stopped, 1 is the first.
    look: usize,
    estimate: Number,
    standard_error: Number,
    #[serde(default = "usual_level")]
    level: f64,
}

#[derive(Serialize)]
struct StopOutput {
    p: f64,
    ci: [f64; 2],
    naive: f64,
    median_unbiased: f64,
    bias_adjusted: f64,
    mean_unbiased: f64,
}

fn after(input: &StopInput) -> Defined<StopOutput> {
    const LOOK: Undefined = Undefined::Input { field: "look", problem: "must be 1 or more" };
    let look = input.look.checked_sub(1).ok_or(LOOK)?;
    let stop = Stop { look, estimate: input.estimate.0, standard_error: input.standard_error.0 };
    let found = Inference::new(&input.plan.bounds()?).after(&stop, input.level)?;
    Ok(StopOutput {
        p: found.p_value,
        ci: [found.low, found.high],
        naive: found.naive,
        median_unbiased: found.median_unbiased,
        bias_adjusted: found.bias_adjusted,
        mean_unbiased: found.mean_unbiased,
    })
}
