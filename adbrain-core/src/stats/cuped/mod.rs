//! CUPED: the part of a metric that the period before the test explains is taken out of it.

mod mean;
mod ratio;

pub use mean::cuped_mean;
pub use ratio::{CupedUnits, cuped_ratio};

use super::ratio::{Measured, RatioComparison, of_measured};
use super::{Defined, Undefined};

/// A comparison with the covariate taken out.
#[derive(Debug, Clone, PartialEq)]
pub struct Cuped {
    /// The arms after the adjustment, their difference and the relative difference.
    pub adjusted: RatioComparison,
    /// The factor on the covariate; zero where the covariate is constant, which leaves the comparison as it is.
    pub theta: f64,
    /// The share of the metric's variance that the covariate explains, 0..1; so much fewer units are needed.
    pub variance_reduction: f64,
    /// The two-sided p value without the adjustment, or why there is none.
    pub unadjusted_p: Defined<f64>,
}

/// Variances and covariance of a metric y and a covariate x, over one arm or both.
#[derive(Debug, Clone, Copy)]
struct Spread {
    y: f64,
    x: f64,
    xy: f64,
}

impl Spread {
    /// The factor that takes out most variance, and the share that it takes out; zero for a covariate without spread.
    fn best(&self, scale_of_x: f64) -> (f64, f64) {
        const CONSTANT: f64 = 1e-28;
        if self.x <= CONSTANT * scale_of_x * scale_of_x {
            return (0.0, 0.0);
        }
        let theta = self.xy / self.x;
        let share = if self.y > 0.0 { (theta * self.xy / self.y).clamp(0.0, 1.0) } else { 0.0 };
        (theta, share)
    }

    /// The variance of y - theta x.
    fn after(&self, theta: f64) -> f64 {
        super::ratio::without_rounding(self.y - 2.0 * theta * self.xy + theta * theta * self.x, self.y)
    }
}

/// An arm's number, its spread against the covariate, the covariate's number and the units.
struct Arm {
    value: f64,
    covariate: f64,
    spread: Spread,
    units: u64,
}

impl Arm {
    fn adjusted(&self, theta: f64, covariate_of_all: f64) -> Measured {
        Measured {
            value: self.value - theta * (self.covariate - covariate_of_all),
            variance: self.spread.after(theta) / self.units as f64,
            units: self.units,
        }
    }
}

/// Both arms adjusted with the factor of their union.
fn compare(control: &Arm, treatment: &Arm, all: &Arm, level: f64) -> Defined<Cuped> {
    let numbers = [control, treatment, all].map(|arm| arm.value + arm.covariate + arm.spread.y + arm.spread.x);
    if numbers.iter().any(|number| !number.is_finite()) {
        return Err(Undefined::NotFinite);
    }
    let (theta, variance_reduction) = all.spread.best(all.covariate);
    let by = |theta: f64| {
        of_measured(&control.adjusted(theta, all.covariate), &treatment.adjusted(theta, all.covariate), level)
    };
    Ok(Cuped { adjusted: by(theta)?, theta, variance_reduction, unadjusted_p: by(0.0).map(|plain| plain.test.p_value) })
}
