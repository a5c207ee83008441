//! What is observed of one ad set at one moment.

use jiff::Timestamp;

use super::KnownDay;
use crate::model::{Metrics, Money, Platform, Tag};

/// One ad set at one moment. What is not known stays empty; the rule that needs it then says nothing.
#[derive(Debug, Clone, PartialEq)]
pub struct Observation<'a> {
    /// The platform.
    pub platform: Platform,
    /// The ad set.
    pub object: &'a Tag,
    /// The moment.
    pub at: Timestamp,
    /// The start of each hour and its figures, in order of time, ideally 14 days back.
    pub hourly: &'a [(Timestamp, Metrics)],
    /// Its days before today, the oldest first, ideally 50 of them.
    pub days: &'a [KnownDay],
    /// The sums of the days whose conversions are in.
    pub matured: Metrics,
    /// What a conversion usually brings, where known; without it the mean of `matured` is used.
    pub order_value: Option<Money>,
    /// The target ROAS.
    pub target_roas: Option<f64>,
    /// People in the audience now.
    pub audience_now: Option<u64>,
    /// People that could be reached, from low to high.
    pub audience_available: Option<(u64, u64)>,
    /// What the ad set may spend a day.
    pub daily_budget: Money,
    /// Its bid amount; none with lowest cost.
    pub bid: Option<Money>,
    /// The lowest bid that may be proposed.
    pub bid_floor: Option<Money>,
    /// Whether it is in its learning phase, in which actions have to pass a stricter test.
    pub is_learning: bool,
    /// All active ads of the ad set with the sums of their mature days.
    pub active_ads: &'a [(Tag, Metrics)],
}

impl<'a> Observation<'a> {
    /// An observation that knows nothing yet but where and when.
    pub fn new(platform: Platform, object: &'a Tag, at: Timestamp, daily_budget: Money) -> Self {
        Self {
            platform,
            object,
            at,
            hourly: &[],
            days: &[],
            matured: Metrics::none(daily_budget.currency()),
            order_value: None,
            target_roas: None,
            audience_now: None,
            audience_available: None,
            daily_budget,
            bid: None,
            bid_floor: None,
            is_learning: false,
            active_ads: &[],
        }
    }
}
