//! Why a number does not exist.

use serde::Serialize;

use crate::error::{Error, ErrorKind};

/// What a statistic says where it has no value: a state with a reason, never NaN and never a p value of 0 or 1 in its place.
///
/// ```
/// use adbrain_core::stats::Undefined;
/// assert_eq!(Undefined::OneValue.reason(), "one_value");
/// assert!(!Undefined::OneValue.is_input());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(tag = "reason", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Undefined {
    /// A sample has no values.
    #[error("a sample is empty")]
    Empty,
    /// A sample has a single value, so its spread is unknown.
    #[error("a sample has a single value, so its spread is unknown")]
    OneValue,
    /// There are fewer units than the method needs.
    #[error("there are too few units, the method needs {needed}")]
    TooFew {
        /// How many it needs.
        needed: u64,
    },
    /// No value differs from the others.
    #[error("the values have no spread")]
    NoSpread,
    /// A value is NaN or infinite.
    #[error("a value is not a finite number")]
    NotFinite,
    /// The effect is relative to zero.
    #[error("the baseline is zero, so nothing is relative to it")]
    ZeroBaseline,
    /// There are no trials.
    #[error("there are no trials")]
    NoTrials,
    /// Nothing was counted.
    #[error("nothing was observed")]
    NothingObserved,
    /// A ratio's denominator may be zero.
    #[error("the denominator cannot be told from zero")]
    DenominatorNearZero,
    /// A logarithm is asked for of values that are not all above zero.
    #[error("the logarithm needs values above zero")]
    NotPositive,
    /// No answer within the limit of steps.
    #[error("no answer within the limit of steps")]
    NotConverged,
    /// The caller's value makes no sense; this alone is an error of the caller.
    #[error("`{field}` {problem}")]
    Input {
        /// The field.
        field: &'static str,
        /// What is wrong with it, as a predicate: `must be above zero`.
        problem: &'static str,
    },
}

/// A value, or why there is none.
pub type Defined<T> = std::result::Result<T, Undefined>;

impl Undefined {
    /// The reason as a word, the same in every language: `no_spread`.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::OneValue => "one_value",
            Self::TooFew { .. } => "too_few",
            Self::NoSpread => "no_spread",
            Self::NotFinite => "not_finite",
            Self::ZeroBaseline => "zero_baseline",
            Self::NoTrials => "no_trials",
            Self::NothingObserved => "nothing_observed",
            Self::DenominatorNearZero => "denominator_near_zero",
            Self::NotPositive => "not_positive",
            Self::NotConverged => "not_converged",
            Self::Input { .. } => "input",
        }
    }

    /// What to do about it.
    fn next(&self) -> String {
        let step = match self {
            Self::Empty => "give at least one value",
            Self::OneValue => "give at least two values",
            Self::TooFew { needed } => return format!("give at least {needed} units"),
            Self::NoSpread => "give values that differ",
            Self::NotFinite => "leave out what is not a finite number",
            Self::ZeroBaseline => "look at the absolute difference instead",
            Self::NoTrials => "give at least one trial",
            Self::NothingObserved => "wait until something was counted",
            Self::DenominatorNearZero => "give more units, or a denominator further from zero",
            Self::NotPositive => "leave out what is not above zero",
            Self::NotConverged => "give more units, or ask for less at once",
            Self::Input { field, .. } => return format!("correct `{field}` and ask again"),
        };
        step.to_owned()
    }

    /// The same with the field by another name: the first of each pair is a name here, the second the caller's.
    pub(crate) fn renamed(self, names: &[(&str, &'static str)]) -> Self {
        match self {
            Self::Input { field, problem } => {
                let name = names.iter().find(|(ours, _)| *ours == field);
                Self::Input { field: name.map_or(field, |(_, theirs)| theirs), problem }
            }
            other => other,
        }
    }

    /// Whether the caller gave something wrong, as against data that hold no answer.
    pub fn is_input(&self) -> bool {
        matches!(self, Self::Input { .. })
    }
}

impl From<Undefined> for Error {
    fn from(undefined: Undefined) -> Self {
        let error = match undefined {
            Undefined::Input { field, problem } => Self::invalid(field, problem),
            other => Self::new(ErrorKind::NotEnoughData, other.to_string()).with("reason", other.reason()),
        };
        error.next(undefined.next())
    }
}
