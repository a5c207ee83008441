//! Two arms given by their sums.

use schemars::JsonSchema;
use serde::Deserialize;

use super::Number;
use crate::stats::arm_mean::{ArmMean, Effect};
use crate::stats::two_sample::Summary;
use crate::stats::{Defined, Undefined};

/// What the sums count.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Kind {
    /// Each unit counts 0 or 1.
    Proportion,
    /// Each unit has a value.
    Mean,
}

/// The sums of one arm.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Sums {
    n: u64,
    sum: Number,
    /// The sum of the squared values, for means.
    #[serde(default)]
    sum_squares: Option<Number>,
}

/// Whether an effect is a difference or a lift.
#[derive(Debug, Clone, Copy)]
pub(super) enum Scale {
    Absolute,
    Relative,
}

/// Two arms.
pub(super) struct Arms {
    control: ArmMean,
    treatment: ArmMean,
}

impl Arms {
    pub(super) fn new(kind: Kind, control: &Sums, treatment: &Sums) -> Defined<Self> {
        Ok(Self { control: control.arm(kind)?, treatment: treatment.arm(kind)? })
    }

    pub(super) fn effect(&self, scale: Scale) -> Defined<Effect> {
        match scale {
            Scale::Absolute => Effect::absolute(&self.control, &self.treatment),
            Scale::Relative => Effect::relative(&self.control, &self.treatment),
        }
    }
}

impl Sums {
    fn arm(&self, kind: Kind) -> Defined<ArmMean> {
        if !self.sum.0.is_finite() || self.sum_squares.is_some_and(|squares| !squares.0.is_finite()) {
            return Err(Undefined::NotFinite);
        }
        match kind {
            Kind::Proportion => self.share(),
            Kind::Mean => self.mean(),
        }
    }

    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a whole number within 0..=2^53")]
    fn share(&self) -> Defined<ArmMean> {
        let sum = self.sum.0;
        if !(0.0..=9_007_199_254_740_992.0).contains(&sum) || libm::trunc(sum) < sum {
            return Err(Undefined::Input { field: "sum", problem: "must be a whole number of at least zero" });
        }
        ArmMean::of_share(sum as u64, self.n)
    }

    /// The sums of squares lose digits where the mean is large against the spread; what they lose cannot be had back.
    fn mean(&self) -> Defined<ArmMean> {
        let Some(squares) = self.sum_squares else {
            return Err(Undefined::Input { field: "sum_squares", problem: "is missing for a mean" });
        };
        ArmMean::of(&Summary::from_sums(self.n, self.sum.0, squares.0)?)
    }
}
