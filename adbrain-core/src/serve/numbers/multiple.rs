//! P values adjusted for their number.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Method, Number, plain};
use crate::stats::Defined;
use crate::stats::multiple::{self, Adjustment};

pub(super) const METHODS: &[Method] = &[
    method!("adjust_p", "P values adjusted for their number by each method; a NaN is an error.", adjust_p),
    method!(
        "adjust_p_known",
        "P values adjusted by one method; a NaN has no answer and does not count among the others.",
        adjust_p_known
    ),
];

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Values {
    p: Vec<Number>,
}

#[derive(Serialize)]
struct Adjusted {
    bonferroni: Vec<f64>,
    holm: Vec<f64>,
    hochberg: Vec<f64>,
    /// Left out above 20,000 values.
    #[serde(skip_serializing_if = "Option::is_none")]
    hommel: Option<Vec<f64>>,
    sidak: Vec<f64>,
    bh: Vec<f64>,
    by: Vec<f64>,
}

fn adjust_p(input: &Values) -> Defined<Adjusted> {
    let p = plain(&input.p);
    let by = |method| multiple::adjust(&p, method);
    Ok(Adjusted {
        bonferroni: by(Adjustment::Bonferroni)?,
        holm: by(Adjustment::Holm)?,
        hochberg: by(Adjustment::Hochberg)?,
        hommel: by(Adjustment::Hommel).ok(),
        sidak: by(Adjustment::Sidak)?,
        bh: by(Adjustment::BenjaminiHochberg)?,
        by: by(Adjustment::BenjaminiYekutieli)?,
    })
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ByMethod {
    p: Vec<Number>,
    #[serde(default)]
    by: Way,
}

/// The method alone, where the values come as an array.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct By {
    #[serde(default)]
    pub(super) by: Way,
}

#[derive(Deserialize, JsonSchema, Default, Clone, Copy)]
#[serde(rename_all = "snake_case")]
pub(super) enum Way {
    Bonferroni,
    #[default]
    Holm,
    Hochberg,
    Hommel,
    Sidak,
    Bh,
    By,
}

#[derive(Serialize)]
struct Known {
    adjusted: Vec<Option<f64>>,
}

impl From<Way> for Adjustment {
    fn from(way: Way) -> Self {
        match way {
            Way::Bonferroni => Self::Bonferroni,
            Way::Holm => Self::Holm,
            Way::Hochberg => Self::Hochberg,
            Way::Hommel => Self::Hommel,
            Way::Sidak => Self::Sidak,
            Way::Bh => Self::BenjaminiHochberg,
            Way::By => Self::BenjaminiYekutieli,
        }
    }
}

fn adjust_p_known(input: &ByMethod) -> Defined<Known> {
    Ok(Known { adjusted: multiple::adjust_known(&plain(&input.p), input.by.into())? })
}
