//! The answer: days as quantiles, what to do, why, and the curve behind it.

use serde::{Deserialize, Serialize};

use super::belief::{Belief, Told};
use super::days::Days;
use super::options::{Bound, EXPAND_BELOW, Options};
use crate::model::{Estimate, Message};

/// Days as quantiles; none where a quantile lies after the horizon.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DayQuantiles {
    /// The lower quantile, (1 - level) / 2.
    pub lower: Option<u32>,
    /// The median.
    pub median: Option<u32>,
    /// The upper quantile, (1 + level) / 2.
    pub upper: Option<u32>,
}

impl DayQuantiles {
    /// The quantile that a bound names.
    pub fn at(&self, bound: Bound) -> Option<u32> {
        match bound {
            Bound::Lower => self.lower,
            Bound::Median => self.median,
            Bound::Upper => self.upper,
        }
    }

    fn less(self, days: u32) -> Self {
        let less = |day: Option<u32>| day.map(|day| day.saturating_sub(days));
        Self { lower: less(self.lower), median: less(self.median), upper: less(self.upper) }
    }
}

/// What to do about an audience.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Recommendation {
    /// Fewer than seven days are left by the bound chosen.
    ExpandAudience,
    /// Seven days or more are left.
    Maintain,
}

impl Recommendation {
    /// Expand below seven days; exactly seven is enough, and so is a day after the horizon.
    pub fn of(days: Option<u32>) -> Self {
        if days.is_some_and(|days| days < EXPAND_BELOW) { Self::ExpandAudience } else { Self::Maintain }
    }
}

/// When an audience is saturated, and what to do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Saturation {
    /// Days from the last day given (from launch, where there is none); 0 where it is saturated already.
    pub days_to_saturation: DayQuantiles,
    /// The same day counted from day 1; none without days.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub day_of_saturation: Option<DayQuantiles>,
    /// The share of the belief between the lower and the upper quantile.
    pub level: f64,
    /// The last day that is told, counted as `days_to_saturation` is.
    pub horizon: u32,
    /// The probability that fewer than seven days are left.
    pub probability_below_seven: f64,
    /// The quantile that decided.
    pub bound: Bound,
    /// What to do.
    pub recommendation: Recommendation,
    /// Why, for people.
    pub reason: Message,
    /// N, the people of the pool.
    pub people: Estimate,
    /// a, the shape of exposure.
    pub shape: Estimate,
    /// d, the exponent of habituation.
    pub habituation: Estimate,
    /// What a reader should know before trusting it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<Message>,
}

/// What an answer is made of besides the days.
pub(super) struct Basis {
    pub(super) belief: Belief,
    pub(super) method: &'static str,
    /// Days seen.
    pub(super) seen: u32,
    pub(super) warnings: Vec<Message>,
}

impl Saturation {
    /// Reads the answer off the distribution of the day, counted from day 1 where days were seen, else from today.
    pub(super) fn of(days: &Days, basis: Basis, options: &Options) -> Self {
        let outside = 0.5 * (1.0 - options.level);
        let day = DayQuantiles {
            lower: days.quantile(outside),
            median: days.quantile(0.5),
            upper: days.quantile(1.0 - outside),
        };
        let left = day.less(basis.seen);
        let recommendation = Recommendation::of(left.at(options.bound));
        let told = Told { level: options.level, method: basis.method, days: u64::from(basis.seen) };
        Self {
            days_to_saturation: left,
            day_of_saturation: (basis.seen > 0).then_some(day),
            level: options.level,
            horizon: options.horizon,
            probability_below_seven: days.before((basis.seen + EXPAND_BELOW) as usize),
            bound: options.bound,
            recommendation,
            reason: reason(recommendation, &left, options.horizon),
            people: basis.belief.people(&told),
            shape: basis.belief.shape(&told),
            habituation: basis.belief.habituation(&told),
            warnings: basis.warnings,
        }
    }
}

fn reason(recommendation: Recommendation, left: &DayQuantiles, horizon: u32) -> Message {
    let day = |day: Option<u32>| day.map_or_else(|| format!("{horizon}+"), |day| day.to_string());
    let key = match (recommendation, left.median) {
        (Recommendation::ExpandAudience, Some(0)) => "saturation-reached",
        (Recommendation::ExpandAudience, _) => "saturation-expand",
        (Recommendation::Maintain, _) => "saturation-maintain",
    };
    Message::new(key).with("days", day(left.median)).with("lower", day(left.lower)).with("upper", day(left.upper))
}
