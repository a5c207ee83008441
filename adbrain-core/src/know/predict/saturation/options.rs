//! What a question about saturation may be told.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::stats::{Defined, Undefined};

/// Saturated is a response below this share of day 1's.
pub const SATURATED: f64 = 0.7;
/// Below so many days the audience should be expanded; exactly so many is enough.
pub const EXPAND_BELOW: u32 = 7;

/// Which bound of the days decides about expanding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Bound {
    /// The lower quantile: expand early, rather once too often.
    Lower,
    /// The median.
    #[default]
    Median,
    /// The upper quantile: expand only when it is nearly sure.
    Upper,
}

/// Options of a question.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Options {
    /// The share of the belief between the lower and the upper quantile, 0.8 by default: the 10 % and the 90 % quantile.
    pub level: f64,
    /// Which of them decides; the median by default.
    pub bound: Bound,
    /// Days after which a day is not told any more, counted from the last day given (from launch where there is none); 120 by default,
    /// at most 365.
    pub horizon: u32,
}

impl Default for Options {
    fn default() -> Self {
        Self { level: 0.8, bound: Bound::Median, horizon: 120 }
    }
}

/// The longest horizon.
const LONGEST: u32 = 365;

impl Options {
    pub(super) fn check(&self) -> Defined<()> {
        if !(self.level > 0.0 && self.level < 1.0) {
            return Err(Undefined::Input { field: "level", problem: "must lie between 0 and 1" });
        }
        if !(1..=LONGEST).contains(&self.horizon) {
            return Err(Undefined::Input { field: "horizon", problem: "must be 1 to 365 days" });
        }
        Ok(())
    }
}
