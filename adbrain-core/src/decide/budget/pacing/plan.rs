//! What a day's spend is to be.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::model::Money;

/// A day with its planned spend, and how its budget may move.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PacingPlan {
    /// What may be spent on the day at the very most; the worst case of no proposed budget passes it.
    pub cap: Money,
    /// What the day is to spend, up to the cap.
    pub planned: Money,
    /// The daily budget that is in force as the day begins; `planned` where it is not given.
    #[serde(default)]
    pub budget: Option<Money>,
    /// The traffic of each hour of the day as it is lived, in any unit: 24 numbers, 23 or 25 where the clocks change. The planned curve of
    /// spend follows it.
    pub traffic: Vec<f64>,
    /// What a platform may spend in a day at worst, in percent of its daily budget: 100 to 1000, 200 unless given.
    #[serde(default = "usual_worst")]
    pub worst_case_day_percent: u32,
    /// How far the day may end from `planned` before the budget moves, as a part of it: above 0, up to 1.
    #[serde(default = "usual_corridor")]
    pub corridor: f64,
    /// How much of the expected error a move takes away, above 0 up to 1: the step of the dual descent.
    #[serde(default = "usual_step")]
    pub step: f64,
    /// The least and the highest multiplier of the day's first budget, around 1.
    #[serde(default = "usual_bounds")]
    pub bounds: [f64; 2],
    /// The most by which one move raises the budget, in percent of it.
    #[serde(default = "usual_raise")]
    pub max_raise_percent: u32,
    /// The most by which one move cuts the budget, in percent of it, up to 100.
    #[serde(default = "usual_cut")]
    pub max_cut_percent: u32,
    /// The platform's least daily budget.
    #[serde(default)]
    pub least: Option<Money>,
    /// Moves in the day at most.
    #[serde(default = "usual_moves")]
    pub max_moves: u32,
    /// Minutes between two moves at least.
    #[serde(default = "usual_gap")]
    pub gap_minutes: u32,
    /// Nothing moves on figures older than so many minutes.
    #[serde(default = "usual_age")]
    pub max_age_minutes: u32,
    /// Minutes of reports without any new spend after which delivery has stopped, where spend was to be expected.
    #[serde(default = "usual_silence")]
    pub silent_minutes: u32,
    /// The level of the interval around the projected spend, 0.8 for 80 %.
    #[serde(default = "usual_level")]
    pub level: f64,
}

fn usual_worst() -> u32 {
    200
}
fn usual_corridor() -> f64 {
    0.08
}
fn usual_step() -> f64 {
    0.8
}
fn usual_bounds() -> [f64; 2] {
    [0.5, 2.0]
}
fn usual_raise() -> u32 {
    20
}
fn usual_cut() -> u32 {
    30
}
fn usual_moves() -> u32 {
    4
}
fn usual_gap() -> u32 {
    120
}
fn usual_age() -> u32 {
    90
}
fn usual_silence() -> u32 {
    60
}
fn usual_level() -> f64 {
    0.8
}

impl PacingPlan {
    /// A plan with the usual limits.
    pub fn new(cap: Money, planned: Money, traffic: Vec<f64>) -> Self {
        Self {
            cap,
            planned,
            budget: None,
            traffic,
            worst_case_day_percent: usual_worst(),
            corridor: usual_corridor(),
            step: usual_step(),
            bounds: usual_bounds(),
            max_raise_percent: usual_raise(),
            max_cut_percent: usual_cut(),
            least: None,
            max_moves: usual_moves(),
            gap_minutes: usual_gap(),
            max_age_minutes: usual_age(),
            silent_minutes: usual_silence(),
            level: usual_level(),
        }
    }

    /// The length of the day: 1380, 1440 or 1500 minutes.
    pub fn minutes(&self) -> u32 {
        u32::try_from(self.traffic.len()).unwrap_or(0).saturating_mul(60)
    }

    /// The budget in force as the day begins.
    pub fn first_budget(&self) -> Money {
        self.budget.unwrap_or(self.planned)
    }

    /// The highest daily budget whose worst case keeps the cap, in whole minor units.
    ///
    /// # Errors
    /// [`crate::ErrorKind::InvalidInput`] where the amount is too large.
    pub fn highest_budget(&self) -> Result<Money> {
        // Rounded down, so the worst case of it is at most the cap: b <= 100 cap / w gives w b / 100 <= cap.
        Ok(self.cap.scale(100, i64::from(self.worst_case_day_percent))?.floor_to_minor_unit())
    }

    /// The share of the day's spend that is planned up to a minute, from 0 to 1: by traffic, even within an hour.
    pub fn share_by(&self, minute: u32) -> f64 {
        let total: f64 = self.traffic.iter().sum();
        let hours = f64::from(minute) / 60.0;
        let parts = self.traffic.iter().zip(0_u32..);
        let passed = parts.map(|(traffic, hour)| traffic * (hours - f64::from(hour)).clamp(0.0, 1.0));
        (passed.sum::<f64>() / total).min(1.0)
    }

    /// Checks the plan.
    ///
    /// # Errors
    /// [`crate::ErrorKind::InvalidInput`] naming the field: two currencies, an amount below zero, a plan above the cap, a budget whose worst case
    /// passes it, a day that has not 23 to 25 hours, a share or a bound out of its range.
    pub fn check(&self) -> Result<()> {
        self.check_money()?;
        if !(23..=25).contains(&self.traffic.len()) {
            let what = format!("has {} hours", self.traffic.len());
            return bad("traffic", &what, "give 24 numbers, 23 or 25 on a day on which the clocks change");
        }
        let total: f64 = self.traffic.iter().sum();
        if !(self.traffic.iter().all(|hour| *hour >= 0.0) && total.is_finite() && total > 0.0) {
            return bad("traffic", "has a number below zero, no number, or nothing", "give the traffic of each hour");
        }
        let shares = [("corridor", self.corridor), ("step", self.step)];
        if let Some((field, _)) = shares.into_iter().find(|(_, share)| !(*share > 0.0 && *share <= 1.0)) {
            return bad(field, "is out of its range", "give a number above 0, up to 1");
        }
        if !(self.level > 0.0 && self.level < 1.0) {
            return bad("level", &format!("is {}", self.level), "give a number above 0 and below 1");
        }
        let [low, high] = self.bounds;
        if !(low > 0.0 && low <= 1.0 && (1.0..=100.0).contains(&high)) {
            return bad("bounds", "are no multipliers around 1", "give one above 0 up to 1, and one from 1 to 100");
        }
        if self.max_raise_percent > 1_000 {
            return bad("max_raise_percent", "is more than 1000", "give a whole number from 0 to 1000");
        }
        if self.max_cut_percent > 100 {
            return bad("max_cut_percent", "is more than 100", "give a whole number from 0 to 100");
        }
        if self.silent_minutes == 0 {
            return bad("silent_minutes", "is zero", "give the minutes without spend that mean a stop, as 60");
        }
        Ok(())
    }

    fn check_money(&self) -> Result<()> {
        let amounts =
            [("cap", Some(self.cap)), ("planned", Some(self.planned)), ("budget", self.budget), ("least", self.least)];
        for (field, amount) in amounts.into_iter().filter_map(|(field, amount)| Some((field, amount?))) {
            if amount.currency() != self.cap.currency() {
                let what = format!("is in {}, the cap in {}", amount.currency(), self.cap.currency());
                return bad(field, &what, "give all amounts in the currency of the account");
            }
            if !amount.is_positive() {
                return bad(field, "is not above zero", "give an amount above zero");
            }
        }
        if self.planned.micros() > self.cap.micros() {
            return bad("planned", "is more than the cap", "plan up to the cap");
        }
        if !(100..=1_000).contains(&self.worst_case_day_percent) {
            let next = "give what the platform may spend at worst, from 100 to 1000 percent of a daily budget";
            return bad("worst_case_day_percent", "is out of its range", next);
        }
        let highest = self.highest_budget()?;
        let field = if self.budget.is_some() { "budget" } else { "planned" };
        if self.first_budget().micros() > highest.micros() {
            let what = format!("has a worst case above the cap; {highest} is the highest budget that keeps it");
            return bad(field, &what, "lower it, raise the cap, or give a lower `budget` beside `planned`");
        }
        match self.least {
            Some(least) if least.micros() > highest.micros() => {
                bad("least", &format!("is above {highest}, whose worst case is the cap"), "raise the cap")
            }
            _ => Ok(()),
        }
    }
}

fn bad<T>(field: &str, what: &str, next: &str) -> Result<T> {
    Err(Error::invalid(field, what).next(next))
}

/// The traffic of each hour of a day as it is lived, from traffic by the hour of the clock: an hour that is left out or lived twice as the clocks
/// change is left out or stands twice.
///
/// ```
/// use adbrain_core::budget::traffic_of_day;
/// let zone = jiff::tz::TimeZone::get("Europe/Lisbon").unwrap();
/// let by_clock = [1.0; 24];
/// assert_eq!(traffic_of_day(&by_clock, jiff::civil::date(2026, 3, 29), &zone)?.len(), 23);
/// assert_eq!(traffic_of_day(&by_clock, jiff::civil::date(2026, 10, 25), &zone)?.len(), 25);
/// # Ok::<(), adbrain_core::Error>(())
/// ```
///
/// # Errors
/// [`crate::ErrorKind::InvalidInput`] for a day that the calendar or the zone does not have, or whose hours are not whole.
pub fn traffic_of_day(by_clock: &[f64; 24], date: Date, zone: &TimeZone) -> Result<Vec<f64>> {
    let no_day = |error: jiff::Error| Error::invalid("date", error).next("give a day that the time zone has");
    let start = date.to_zoned_datetime(zone.clone()).and_then(|day| day.start_of_day()).map_err(no_day)?;
    let end = start.tomorrow().and_then(|day| day.start_of_day()).map_err(no_day)?;
    let seconds = end.timestamp().as_second() - start.timestamp().as_second();
    if seconds % 3_600 != 0 {
        return Err(Error::invalid("date", "has no whole number of hours").next("pace this day by hand"));
    }
    let mut hours = Vec::new();
    for hour in 0..seconds / 3_600 {
        let moment = start.checked_add(jiff::SignedDuration::from_hours(hour)).map_err(no_day)?;
        let clock = usize::try_from(moment.hour()).unwrap_or_default();
        hours.push(by_clock.get(clock).copied().unwrap_or_default());
    }
    Ok(hours)
}
