//! What a run may cost at most, and the hard caps on it.
//!
//! With `b` the daily budget that may be in force on an ad set, `h` the highest one that was in force on a day, and `p` the
//! platform's worst day in percent:
//!
//! - today costs at most `sum(h * p / 100)` over the ad sets: an ad set that was cut or stopped today may have spent its day
//!   before, so money that is moved within a day counts on both sides until the day ends. The platforms bound a day by the
//!   highest budget that it had (Google: help page "About average daily budgets"). Where the account shows a higher budget than we ever set,
//!   somebody set it, and it counts as in force on a day on which the ad set ran,
//! - a week costs at most today and `sum(b * p / 100) * (min(7, days of the flight) - 1)`,
//! - the lifetime at most `sum(h)` over the days so far and `b` for each day to come: platforms may pass the budget of one day,
//!   but hold its average (Meta over a week: help page "About daily budgets"; Google over a month of 30.4 days), so days count
//!   here at their budget and not at their worst.
//!
//! Days are those of the flight's time zone.

use jiff::Timestamp;

use super::ledger::{Delivery, Ledger, Object};
use super::policy::Account;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Flight, Limits, Message, Money, Platform, Tag};
use crate::platform::worst_day_percent;

const DAYS_IN_WEEK: i64 = 7;

/// Costs in micros.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Worst {
    pub(super) day: i128,
    pub(super) week: i128,
    pub(super) lifetime: i128,
}

/// The accounts by platform, as they were read.
pub(super) type Accounts = std::collections::BTreeMap<Platform, Account>;

/// What a ledger costs at most.
pub(super) fn worst(ledger: &Ledger, accounts: &Accounts, now: Timestamp) -> Result<Worst> {
    let mut total = Worst::default();
    for (tag, object) in ledger.ad_sets() {
        let (percent, course) = (percent(object.platform, accounts), Course::of(ledger, (tag, object), now)?);
        let days = ledger.flight(tag).map_or(DAYS_IN_WEEK, Flight::days).clamp(1, DAYS_IN_WEEK);
        total.day += course.today * percent / 100;
        total.week += (course.today + course.rate * i128::from(days - 1)) * percent / 100;
        total.lifetime += course.lifetime;
    }
    Ok(total)
}

/// What one ad set costs today on the worst day.
pub(super) fn object_day(ledger: &Ledger, accounts: &Accounts, at: (&Tag, Timestamp)) -> Result<i128> {
    let (tag, now) = at;
    let Some(object) = ledger.objects.get(tag) else { return Ok(0) };
    Ok(Course::of(ledger, (tag, object), now)?.today * percent(object.platform, accounts) / 100)
}

/// The worst day of one account: the run's own ad sets there, and all others that deliver.
pub(super) fn account_day(ledger: &Ledger, accounts: &Accounts, at: (Platform, Timestamp)) -> Result<i128> {
    let (platform, now) = at;
    let own = ledger.ad_sets().filter(|(_, object)| object.platform == platform);
    let own = own.map(|(tag, _)| object_day(ledger, accounts, (tag, now))).sum::<Result<i128>>()?;
    let others = accounts.get(&platform).map_or(0, |account| {
        let budgets = account.others(ledger).filter_map(|object| object.daily_budget);
        budgets.map(|budget| i128::from(budget.micros())).sum()
    });
    Ok(own + others * percent(platform, accounts) / 100)
}

/// A platform's worst day in percent of the budget. An account that is not known counts by the worst rule of all platforms.
fn percent(platform: Platform, accounts: &Accounts) -> i128 {
    let known = accounts.get(&platform).map(|account| account.capabilities.worst_case_day_percent.max(100));
    known.unwrap_or_else(worst_day_percent).into()
}

/// The budget of one ad set over time, in micros a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Course {
    /// In force from now on, or meant to be; zero while it is stopped.
    rate: i128,
    /// The highest of today.
    today: i128,
    /// The highest of each day so far, and the present one for each day to come.
    lifetime: i128,
}

impl Course {
    fn of(ledger: &Ledger, (tag, object): (&Tag, &Object), now: Timestamp) -> Result<Self> {
        let is_counted = matches!(ledger.delivery(tag), Delivery::Planned | Delivery::Running);
        let rate = if is_counted { i128::from(object.budget.map_or(0, Money::micros)) } else { 0 };
        let Some(flight) = ledger.flight(tag) else {
            let highest = object.in_force.iter().map(|(_, rate)| i128::from(*rate)).max().unwrap_or(0);
            return Ok(Self { rate, today: highest.max(rate), lifetime: 0 });
        };
        let mut days = Days { length: flight.days(), number: BEFORE, ..Days::default() };
        let today = Moment::of(flight, now)?.day;
        // What was in force when today began, or since.
        let mut known = rate;
        for (at, rate) in &object.in_force {
            let (moment, rate) = (Moment::of(flight, *at)?, i128::from(*rate));
            known = if moment.day < today { rate } else { known.max(rate) };
            days.change(moment, rate);
        }
        days.pass_until(today);
        let shown = Some(i128::from(object.shown)).filter(|shown| *shown > known && known > 0);
        let highest = days.highest.max(rate).max(shown.unwrap_or(0));
        let now_and_later = days.in_flight(today, today + 1) * highest + days.in_flight(today + 1, days.length) * rate;
        Ok(Self { rate, today: highest, lifetime: days.past + now_and_later })
    }
}

/// The days before a flight, as one.
const BEFORE: i64 = -1;

/// A moment as a flight counts it.
#[derive(Debug, Clone, Copy)]
struct Moment {
    /// The day, from zero; `BEFORE` before the flight.
    day: i64,
    /// Whether it is the first moment of its day: nothing has been spent yet.
    is_first: bool,
}

impl Moment {
    fn of(flight: &Flight, at: Timestamp) -> Result<Self> {
        let beyond = |_| Error::new(ErrorKind::Internal, "a moment is beyond the calendar");
        let local = at.to_zoned_datetime(flight.zone()?);
        let day = i64::from((local.date() - flight.start).get_days()).max(BEFORE);
        Ok(Self { day, is_first: local.start_of_day().map_err(beyond)? == local })
    }
}

/// The budgets of an ad set, day by day up to one of them.
#[derive(Default)]
struct Days {
    /// The days of the flight.
    length: i64,
    /// The day that is being counted.
    number: i64,
    /// The budget in force.
    rate: i128,
    /// The highest of the day that is being counted.
    highest: i128,
    /// The sum of the highest of all days before it.
    past: i128,
}

impl Days {
    fn change(&mut self, moment: Moment, rate: i128) {
        self.pass_until(moment.day);
        self.highest = if moment.is_first { rate } else { self.highest.max(rate) };
        self.rate = rate;
    }

    fn pass_until(&mut self, day: i64) {
        if day > self.number {
            self.past += self.in_flight(self.number, self.number + 1) * self.highest;
            self.past += self.in_flight(self.number + 1, day) * self.rate;
            (self.number, self.highest) = (day, self.rate);
        }
    }

    /// How many days from `start` to before `end` are of the flight.
    fn in_flight(&self, start: i64, end: i64) -> i128 {
        i128::from((end.min(self.length) - start.max(0)).max(0))
    }
}

/// Says no where a figure is above its cap and the step makes it larger.
pub(super) fn check(limits: &Limits, before: Worst, after: Worst) -> Result<(), Message> {
    let caps = [
        ("refused-daily-cap", limits.daily_cap, before.day, after.day),
        ("refused-weekly-cap", limits.weekly_cap, before.week, after.week),
        ("refused-lifetime-cap", limits.lifetime_cap, before.lifetime, after.lifetime),
    ];
    caps.into_iter().try_for_each(|(key, cap, before, after)| hold(key, cap, (before, after)))
}

/// Holds one figure, given before and after the step, to one cap.
pub(super) fn hold(key: &str, cap: Money, figures: (i128, i128)) -> Result<(), Message> {
    let (before, after) = figures;
    if after <= i128::from(cap.micros()) || after <= before {
        return Ok(());
    }
    let worst = Money::from_micros(i64::try_from(after).unwrap_or(i64::MAX), cap.currency());
    Err(Message::new(key).with("worst", worst).with("cap", cap))
}
