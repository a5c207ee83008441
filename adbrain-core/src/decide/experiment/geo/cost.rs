//! What the test cost, and the return on it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::region::{check_finite, split, wrong};
use super::regression::{Cumulative, Regression};
use crate::stats::distribution::t_quantile;
use crate::stats::{Defined, Interval, Undefined};

/// What was spent for the effect.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Cost {
    /// The extra spend over the test, known: a holdback, or new ads in the treated regions alone. Not zero; negative where spend was cut.
    Total(f64),
    /// The spend of both groups in every period, before and during the test; what would have been spent is predicted as the effect is.
    Series {
        /// Of the treated regions.
        treatment: Vec<f64>,
        /// Of the control regions.
        control: Vec<f64>,
    },
}

impl Cost {
    /// The extra spend and its scale; zero where it is known.
    pub(super) fn incremental(&self, pre_periods: usize, periods: usize) -> Defined<Cumulative> {
        match self {
            Self::Total(total) if !total.is_finite() => Err(Undefined::NotFinite),
            Self::Total(total) => Ok(Cumulative { effect: *total, scale: 0.0, degrees_of_freedom: f64::INFINITY }),
            Self::Series { treatment, control } => {
                if treatment.len() != periods || control.len() != periods {
                    return wrong("cost", "must have a value for each period of the series");
                }
                check_finite(treatment)?;
                check_finite(control)?;
                let (x, x_test) = split(control, pre_periods)?;
                let (y, y_test) = split(treatment, pre_periods)?;
                let line = match Regression::fit(x, y) {
                    Err(Undefined::NoSpread) => Regression::flat(x, y),
                    line => line?,
                };
                Ok(line.cumulative(x_test, y_test))
            }
        }
    }
}

/// The return on the extra spend, effect / cost, with Fieller's interval: all r with (effect - r cost)^2 <= t^2 (se^2 + r^2 sc^2), se and
/// sc the scales of effect and cost, which are taken as independent (Fieller, "Some problems in interval estimation", 1954). With a known
/// cost it is the interval of the effect over the cost.
pub(super) fn return_on(effect: &Cumulative, cost: &Cumulative, level: f64) -> Defined<Interval> {
    let freedom = effect.degrees_of_freedom.min(cost.degrees_of_freedom);
    let quantile = t_quantile(f64::midpoint(1.0, level), freedom);
    let (reach, cost_reach) = (quantile * effect.scale, quantile * cost.scale);
    let square = cost.effect * cost.effect - cost_reach * cost_reach;
    if square <= 0.0 {
        return Err(Undefined::DenominatorNearZero);
    }
    if reach <= 0.0 {
        return Err(Undefined::NoSpread);
    }
    let middle = effect.effect * cost.effect;
    // middle^2 - square (effect^2 - reach^2), with the large terms cancelled by hand.
    let apart = effect.effect * cost_reach;
    let root = libm::sqrt(apart * apart + square * reach * reach);
    Ok(Interval {
        estimate: effect.effect / cost.effect,
        low: (middle - root) / square,
        high: (middle + root) / square,
        level,
        method: "time_based_regression_fieller",
        sample_size: 0,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ends_of_the_return_solve_fiellers_equation() {
        let effect = Cumulative { effect: 300.0, scale: 20.0, degrees_of_freedom: 30.0 };
        let cost = Cumulative { effect: 100.0, scale: 5.0, degrees_of_freedom: 40.0 };
        let found = return_on(&effect, &cost, 0.9).unwrap();
        let t = t_quantile(0.95, 30.0);
        for r in [found.low, found.high] {
            let left = (300.0 - r * 100.0) * (300.0 - r * 100.0);
            assert!((left - t * t * (400.0 + r * r * 25.0)).abs() < 1e-8, "{r}");
        }
        let unsure = Cumulative { scale: 90.0, ..cost };
        assert_eq!(return_on(&effect, &unsure, 0.9), Err(Undefined::DenominatorNearZero));
    }
}
