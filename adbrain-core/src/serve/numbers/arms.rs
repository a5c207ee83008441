//! Two arms given by their sums.

use schemars::JsonSchema;
use serde::Deserialize;

use super::Number;
use crate::stats::bayes::Goal;
use crate::stats::two_sample::{Effect, Summary};
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

/// Whether more or less is better, by its word.
#[derive(Debug, Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum GoalName {
    #[default]
    Maximise,
    Minimise,
}

impl From<GoalName> for Goal {
    fn from(name: GoalName) -> Self {
        match name {
            GoalName::Maximise => Self::Maximise,
            GoalName::Minimise => Self::Minimise,
        }
    }
}

/// Whether an effect is a difference or a lift.
#[derive(Debug, Clone, Copy)]
pub(super) enum Scale {
    Absolute,
    Relative,
}

/// Two arms.
pub(super) struct Arms {
    pub(super) control: Summary,
    pub(super) treatment: Summary,
}

impl Arms {
    pub(super) fn new(kind: Kind, control: &Sums, treatment: &Sums) -> Defined<Self> {
        Ok(Self { control: control.summary(kind)?, treatment: treatment.summary(kind)? })
    }

    pub(super) fn effect(&self, scale: Scale) -> Defined<Effect> {
        match scale {
            Scale::Absolute => Effect::absolute(&self.control, &self.treatment),
            Scale::Relative => Effect::relative(&self.control, &self.treatment),
        }
    }
}

impl Sums {
    /// The sums of squares lose digits where the mean is large against the spread; what they lose cannot be had back.
    fn summary(&self, kind: Kind) -> Defined<Summary> {
        match (kind, self.sum_squares) {
            (Kind::Proportion, _) => Summary::of_share(self.sum.0, self.n),
            (Kind::Mean, Some(squares)) => Summary::from_sums(self.n, self.sum.0, squares.0),
            (Kind::Mean, None) => Err(Undefined::Input { field: "sum_squares", problem: "is needed for a mean" }),
        }
    }
}
