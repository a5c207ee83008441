//! What was delivered to an audience, checked.

use serde::{Deserialize, Serialize};

use super::curve::positive;
use crate::stats::{Defined, Undefined};

/// So many days with impressions a fit needs: pool and shape are two unknowns.
const FEWEST_DAYS: u64 = 3;
/// Stated sizes are ranges of about 15 % to both sides, so more people may be reached than were stated, but not by more than this share.
const SIZE_MARGIN: f64 = 0.2;
/// Reach since the first day is estimated by the platforms, so it may fall by this share from one day to the next.
const WOBBLE: f64 = 0.05;

/// A day of an ad set, or of whatever addresses one audience.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeliveryDay {
    /// Impressions of the day.
    pub impressions: f64,
    /// People reached since the first day, not on this day alone.
    pub reach: f64,
    /// Clicks of the day, where they are known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clicks: Option<f64>,
}

/// What was delivered so far.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Delivery {
    /// The people of the audience as the platform states them.
    pub size: f64,
    /// The share of them, 0 to below 1, that other ad sets of the advertiser address too; they are taken as served there.
    #[serde(default)]
    pub overlap: f64,
    /// The days from the first on, without a gap; a day without delivery has 0 impressions.
    pub days: Vec<DeliveryDay>,
}

impl Delivery {
    /// Impressions up to the end of each day.
    pub(super) fn shown(&self) -> Vec<f64> {
        let add = |total: &mut f64, day: &DeliveryDay| {
            *total += day.impressions;
            Some(*total)
        };
        self.days.iter().scan(0.0, add).collect()
    }

    /// Checks every value, and that there are enough of them.
    pub(super) fn check(&self) -> Defined<()> {
        pool(self.size, self.overlap)?;
        if self.days.is_empty() {
            return Err(Undefined::Empty);
        }
        let (mut shown, mut reached) = (0.0, 0.0_f64);
        for day in &self.days {
            check_day(day)?;
            shown += day.impressions;
            self.check_reach(day.reach, shown, reached)?;
            reached = reached.max(day.reach);
        }
        if reached <= 0.0 {
            return Err(Undefined::NothingObserved);
        }
        let delivered = self.days.iter().filter(|day| day.impressions > 0.0).count() as u64;
        if delivered < FEWEST_DAYS { Err(Undefined::TooFew { needed: FEWEST_DAYS }) } else { Ok(()) }
    }

    fn check_reach(&self, reach: f64, shown: f64, before: f64) -> Defined<()> {
        let problem = if reach > shown {
            "must not be above the impressions so far"
        } else if reach > self.size * (1.0 + SIZE_MARGIN) {
            "must not be above the size of the audience by more than 20 %"
        } else if reach < before * (1.0 - WOBBLE) {
            "must not fall: give the people reached since the first day"
        } else if shown > 0.0 && reach <= 0.0 {
            "must be above zero once there are impressions"
        } else {
            return Ok(());
        };
        Err(Undefined::Input { field: "days.reach", problem })
    }
}

fn check_day(day: &DeliveryDay) -> Defined<()> {
    count("days.impressions", day.impressions)?;
    count("days.reach", day.reach)?;
    let clicks = day.clicks.unwrap_or_default();
    count("days.clicks", clicks)?;
    if clicks > day.impressions {
        return Err(Undefined::Input { field: "days.clicks", problem: "must not be above the day's impressions" });
    }
    Ok(())
}

fn count(field: &'static str, value: f64) -> Defined<()> {
    if value.is_finite() && value >= 0.0 {
        return Ok(());
    }
    Err(Undefined::Input { field, problem: "must be a number, zero or above" })
}

/// The people who are left to one ad set: size (1 - overlap).
///
/// # Errors
/// [`Undefined::Input`] naming `size` or `overlap`.
pub(super) fn pool(size: f64, overlap: f64) -> Defined<f64> {
    positive("size", size)?;
    if !(0.0..=1.0).contains(&overlap) {
        return Err(Undefined::Input { field: "overlap", problem: "must lie between 0 and 1" });
    }
    if overlap >= 1.0 {
        return Err(Undefined::Input { field: "overlap", problem: "must be below 1: at 1 nobody is left" });
    }
    Ok(size * (1.0 - overlap))
}
