//! What a run may cost at most, and the hard caps on it.
//!
//! With `b` the daily budget that may be in force on an ad set and `p` the platform's worst day in percent of it:
//!
//! - a day costs at most `sum(b * p / 100)` over the ad sets that deliver or are meant to,
//! - a week at most that times `min(7, days of the flight)`,
//! - the lifetime at most `sum(integral of b over the flight)`, in days: platforms may pass the budget of one day, but hold
//!   its average (Meta over a week: help page "About daily budgets"; Google over a month of 30.4 days: help page "About
//!   average daily budgets"), so days count here at their budget and not at their worst.
//!
//! The figures are of one moment: money moved from one ad set to another within a day can add what the first had already
//! spent that day to the second's worst day.

use jiff::Timestamp;

use super::ledger::{Delivery, Ledger, Object};
use super::policy::Account;
use crate::error::Result;
use crate::model::{Flight, Limits, Message, Money, Platform, Tag};

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

/// What a ledger costs at most from now on.
pub(super) fn worst(ledger: &Ledger, accounts: &Accounts, now: Timestamp) -> Result<Worst> {
    let mut total = Worst::default();
    for (tag, object) in ledger.ad_sets() {
        let flight = ledger.flight(tag);
        let day = worst_day(object, accounts) * i128::from(is_counted(ledger, tag));
        total.day += day;
        total.week += day * i128::from(flight.map_or(DAYS_IN_WEEK, Flight::days).clamp(1, DAYS_IN_WEEK));
        if let Some(flight) = flight {
            total.lifetime += lifetime(ledger, (tag, object), flight, now)?;
        }
    }
    Ok(total)
}

/// What one ad set costs on its worst day.
pub(super) fn worst_day(object: &Object, accounts: &Accounts) -> i128 {
    // An account that is not known counts twice its budget, the worst of all platforms (Google's rule).
    let percent = accounts.get(&object.platform).map_or(200, |account| account.capabilities.worst_case_day_percent);
    i128::from(object.budget.map_or(0, Money::micros)) * i128::from(percent.max(100)) / 100
}

pub(super) fn is_counted(ledger: &Ledger, tag: &Tag) -> bool {
    matches!(ledger.delivery(tag), Delivery::Planned | Delivery::Running)
}

/// The worst day of one account: the run's own ad sets there, and all others that deliver.
pub(super) fn account_day(ledger: &Ledger, accounts: &Accounts, platform: Platform) -> i128 {
    let own = ledger.ad_sets().filter(|(tag, object)| object.platform == platform && is_counted(ledger, tag));
    let own: i128 = own.map(|(_, object)| worst_day(object, accounts)).sum();
    let others = accounts.get(&platform).map_or(0, |account| {
        let micros: i128 =
            account.others(ledger).filter_map(|object| object.daily_budget).map(|b| i128::from(b.micros())).sum();
        micros * i128::from(account.capabilities.worst_case_day_percent.max(100)) / 100
    });
    own + others
}

/// The budget of an ad set over its flight: what was in force so far, and what is from now on.
fn lifetime(ledger: &Ledger, ad_set: (&Tag, &Object), flight: &Flight, now: Timestamp) -> Result<i128> {
    let (tag, object) = ad_set;
    let start = flight.start_of_day(0)?.as_second();
    let end = flight.start_of_day(flight.days())?.as_second();
    let seconds = i128::from((end - start).max(1));
    let clip = |moment: Timestamp| moment.as_second().clamp(start, end);
    let mut total = 0_i128;
    let mut points: Vec<_> = object.in_force.iter().map(|(at, rate)| (clip(*at), *rate)).collect();
    points.sort_by_key(|(at, _)| *at);
    let ends = points.iter().skip(1).map(|(at, _)| *at).chain([clip(now)]);
    for ((from, rate), to) in points.iter().zip(ends) {
        total += i128::from(*rate) * i128::from((to - from).max(0));
    }
    if is_counted(ledger, tag) {
        total += i128::from(object.budget.map_or(0, Money::micros)) * i128::from(end - clip(now));
    }
    Ok(total * i128::from(flight.days()) / seconds)
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
