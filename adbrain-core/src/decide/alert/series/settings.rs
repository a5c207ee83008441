//! The settings of a detector.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// The most seasons that are kept, and the longest season, window, ramp and waiting time in steps.
const MOST: u32 = 10_000;

/// How a series is watched. The defaults are for hourly prices.
///
/// ```
/// use adbrain_core::alert::series::SeriesSettings;
/// let daily: SeriesSettings = serde_json::from_str(r#"{"season": 7, "smoothing": 0.0}"#).unwrap();
/// assert_eq!(daily.window, 24);
/// assert!(daily.check().is_ok());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SeriesSettings {
    /// Steps after which the rhythm repeats: 24 for hours of a day, 7 for days of a week, 1 for none.
    pub season: u32,
    /// Seasons that are remembered.
    pub memory: u32,
    /// Seasons that a place of the rhythm must have been seen in before its usual value counts.
    pub least_seasons: u32,
    /// The share of a place's usual value that comes from the two places beside it, 0 to 1; 0 where neighbours say nothing of each other, such
    /// as days of a week.
    pub smoothing: f64,
    /// The standard errors from which a change is told.
    pub threshold: f64,
    /// The standard errors from which a change is told on a value without a volume, where that is more: what chance leaves to each value is not
    /// known then, quiet hours vary more than busy ones, and surprises have heavier tails.
    pub threshold_without_volume: f64,
    /// A change may have begun so many steps ago, at most.
    pub window: u32,
    /// Steps that a ramp takes to its full size.
    pub ramp: u32,
    /// The coefficient of variation of one event's price: 1 for impressions of an auction (exponential prices).
    pub event_spread: f64,
    /// An alarm lasts so many steps at least; nothing else is told of the series meanwhile.
    pub quiet: u32,
    /// A level that has held for so many steps after its alarm is the usual one from then on.
    pub adopt: u32,
    /// The level of intervals.
    pub level: f64,
}

impl Default for SeriesSettings {
    /// Hours of a day, four weeks of memory, three days at each hour; half of each hour's usual value from its neighbours; changes since a day at most,
    /// ramps of six hours; a day of silence after an alarm, three days until a new level is the usual one.
    ///
    /// 4.25 standard errors, chosen on simulated series alone: at 300 to 30,000 impressions an hour and 4 to 10 % noise of prices from none to
    /// long memory (a correlation of 0 to 0.95 from hour to hour). 5.5 without a volume: the least in steps of a quarter at which calm simulated prices
    /// whose volumes are not known, with heavy tails, wild days, drifts and weekends, have at most 0.02 false alarms a day in the mean of all worlds
    /// and 0.1 in the worst (0.016 and 0.042 there). No labelled series has a part in that rule. All figures, and in which order they were read, are in
    /// the guide of series.
    fn default() -> Self {
        Self {
            season: 24,
            memory: 28,
            least_seasons: 3,
            smoothing: 0.5,
            threshold: 4.25,
            threshold_without_volume: 5.5,
            window: 24,
            ramp: 6,
            event_spread: 1.0,
            quiet: 24,
            adopt: 72,
            level: 0.95,
        }
    }
}

impl SeriesSettings {
    /// Checks that every number can be used.
    ///
    /// # Errors
    /// [`crate::ErrorKind::InvalidInput`] naming the field.
    pub fn check(&self) -> Result<()> {
        let whole = 1..=MOST;
        let rules = [
            ("season", whole.contains(&self.season), "is outside 1 to 10,000 steps"),
            ("memory", whole.contains(&self.memory), "is outside 1 to 10,000 seasons"),
            ("least_seasons", (1..=self.memory).contains(&self.least_seasons), "is outside 1 to `memory`"),
            ("smoothing", (0.0..=1.0).contains(&self.smoothing), "is outside 0 to 1"),
            ("threshold", self.threshold > 0.0 && self.threshold.is_finite(), "is no positive number"),
            (
                "threshold_without_volume",
                self.threshold_without_volume > 0.0 && self.threshold_without_volume.is_finite(),
                "is no positive number",
            ),
            ("window", whole.contains(&self.window), "is outside 1 to 10,000 steps"),
            ("ramp", whole.contains(&self.ramp), "is outside 1 to 10,000 steps"),
            ("event_spread", self.event_spread >= 0.0 && self.event_spread.is_finite(), "is negative or no number"),
            ("quiet", whole.contains(&self.quiet), "is outside 1 to 10,000 steps"),
            ("adopt", (self.quiet..=MOST).contains(&self.adopt), "is below `quiet` or above 10,000 steps"),
            ("level", self.level > 0.0 && self.level < 1.0, "is not between 0 and 1"),
        ];
        let broken = rules.into_iter().find(|(_, is_good, _)| !is_good);
        broken.map_or(Ok(()), |(field, _, wrong)| {
            Err(Error::invalid(field, wrong).next("correct it, or leave it out for its default"))
        })
    }
}
