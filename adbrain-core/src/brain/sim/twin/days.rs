//! The days of an account: rows of a history as daily counts of campaigns.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use crate::error::{Error, ErrorKind, Result};
use crate::model::{History, HistoryRow, Metrics, Platform};

/// The fewest days on which something was delivered.
pub(super) const LEAST_DAYS: usize = 3;
/// The most days that are looked back on from the last one.
const MOST_DAYS: i64 = 366;
/// The most campaigns of a platform that are told apart; the others, which spent least, count as one.
const MOST_CAMPAIGNS: usize = 40;
/// The name of those others.
const OTHERS: &str = "(others)";
/// One part of the days in so many is held out.
const HELD_OUT: usize = 4;

/// What came of some days, in units of the account's currency.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Counts {
    pub(super) impressions: f64,
    pub(super) clicks: f64,
    pub(super) conversions: f64,
    pub(super) spend: f64,
    pub(super) revenue: f64,
}

impl Counts {
    pub(super) fn add(&mut self, other: &Self) {
        self.impressions += other.impressions;
        self.clicks += other.clicks;
        self.conversions += other.conversions;
        self.spend += other.spend;
        self.revenue += other.revenue;
    }

    pub(super) fn sum<'a>(all: impl IntoIterator<Item = &'a Self>) -> Self {
        all.into_iter().fold(Self::default(), |mut sum, one| {
            sum.add(one);
            sum
        })
    }

    fn of(row: &HistoryRow) -> Self {
        Self::of_metrics(&row.metrics)
    }

    pub(super) fn of_metrics(metrics: &Metrics) -> Self {
        Self {
            impressions: metrics.impressions as f64,
            clicks: metrics.clicks as f64,
            conversions: metrics.conversions as f64,
            spend: metrics.spend.to_units(),
            revenue: metrics.revenue.to_units(),
        }
    }

    pub(super) fn is_delivered(&self) -> bool {
        self.impressions > 0.0 && self.spend > 0.0
    }
}

/// One campaign of the history.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Known {
    pub(super) platform: Platform,
    pub(super) name: String,
    /// One entry for each day of the account, from its first.
    pub(super) days: Vec<Counts>,
    /// The sums of its ads over the days that are not held out.
    pub(super) ads: Vec<Counts>,
}

/// An account as its history shows it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Account {
    pub(super) first: Date,
    /// The place of the first day that is held out.
    pub(super) split: usize,
    /// Days of the calendar, from the first to the last.
    pub(super) length: usize,
    pub(super) campaigns: Vec<Known>,
    /// Rows that have no day.
    pub(super) undated: u64,
    /// Rows of days that are too long ago.
    pub(super) old: u64,
}

impl Account {
    pub(super) fn read(history: &History) -> Result<Self> {
        if history.rows.is_empty() {
            return Err(Error::invalid("history.rows", "is empty").next("give the rows of an export by day"));
        }
        history.rows.iter().try_for_each(|row| check(history, row))?;
        let known: Vec<(Date, &HistoryRow)> = history.rows.iter().filter_map(|row| Some((row.date?, row))).collect();
        let Some(last) = known.iter().map(|(date, _)| *date).max() else {
            return Err(Error::invalid("history.rows", "have no days").next("break the export down by day"));
        };
        let undated = (history.rows.len() - known.len()) as u64;
        let is_near = |date: Date| i64::from((last - date).get_days()) < MOST_DAYS;
        let near: Vec<(Date, &HistoryRow)> = known.iter().filter(|(date, _)| is_near(*date)).copied().collect();
        let old = (known.len() - near.len()) as u64;
        let delivered: BTreeSet<Date> =
            near.iter().filter(|(_, row)| Counts::of(row).is_delivered()).map(|(date, _)| *date).collect();
        let dates: Vec<Date> = delivered.into_iter().collect();
        let held_out = (dates.len() / HELD_OUT).max(1);
        let (Some(first), Some(boundary)) =
            (dates.first(), dates.len().checked_sub(held_out).and_then(|place| dates.get(place)))
        else {
            return Err(too_short(0));
        };
        if dates.len() < LEAST_DAYS {
            return Err(too_short(dates.len()));
        }
        let place = |date: Date| usize::try_from((date - *first).get_days()).unwrap_or(0);
        let (split, length) = (place(*boundary), place(last) + 1);
        let rows = near.iter().filter(|(date, _)| *date >= *first).map(|(date, row)| (place(*date), *row));
        let campaigns = campaigns(rows, (split, length));
        Ok(Self { first: *first, split, length, campaigns, undated, old })
    }

    /// The platforms, in their order.
    pub(super) fn platforms(&self) -> Vec<Platform> {
        let all: BTreeSet<Platform> = self.campaigns.iter().map(|campaign| campaign.platform).collect();
        all.into_iter().collect()
    }

    /// Days of the part from which is learnt on which a platform delivered.
    pub(super) fn days_of(&self, platform: Platform) -> usize {
        let own = || self.campaigns.iter().filter(|campaign| campaign.platform == platform);
        (0..self.split).filter(|day| own().any(|own| own.days.get(*day).is_some_and(Counts::is_delivered))).count()
    }

    /// What a campaign brought in the part from which is learnt.
    pub(super) fn learnt_from(&self, days: &[Counts]) -> Counts {
        Counts::sum(days.iter().take(self.split))
    }
}

fn too_short(days: usize) -> Error {
    let what = format!("has {days} days with delivery; a twin needs at least {LEAST_DAYS}, and is useful from 28 on");
    Error::new(ErrorKind::NotEnoughData, format!("history.rows: {what}"))
        .with("field", "history.rows")
        .next("export more days, broken down by day")
}

fn check(history: &History, row: &HistoryRow) -> Result<()> {
    let metrics = &row.metrics;
    let bad = |field: &str, what: String| {
        Err(Error::invalid(&format!("history.rows.{field}"), format!("line {}: {what}", row.line))
            .next("correct the row, or leave it out"))
    };
    for (field, amount) in [("spend", metrics.spend), ("revenue", metrics.revenue)] {
        if amount.currency() != history.currency {
            return bad(field, format!("{amount} is not in {}", history.currency));
        }
    }
    if metrics.spend.micros() < 0 {
        return bad("spend", format!("{} is below zero", metrics.spend));
    }
    if metrics.clicks > metrics.impressions {
        return bad("clicks", format!("{} clicks on {} impressions", metrics.clicks, metrics.impressions));
    }
    Ok(())
}

/// The days and ads of each campaign; the smallest campaigns of a platform with very many count as one.
fn campaigns<'a>(rows: impl Iterator<Item = (usize, &'a HistoryRow)>, (split, length): (usize, usize)) -> Vec<Known> {
    type Ads<'a> = BTreeMap<&'a str, Counts>;
    let mut found: BTreeMap<(Platform, &str), (Vec<Counts>, Ads<'_>)> = BTreeMap::new();
    for (day, row) in rows {
        let (days, ads) = found
            .entry((row.platform, row.campaign.as_str()))
            .or_insert_with(|| (vec![Counts::default(); length], Ads::new()));
        let counts = Counts::of(row);
        days.iter_mut().skip(day).take(1).for_each(|sum| sum.add(&counts));
        if day < split {
            ads.entry(row.ad.as_str()).or_default().add(&counts);
        }
    }
    let all: Vec<Known> = found
        .into_iter()
        .map(|((platform, name), (days, ads))| Known {
            platform,
            name: name.to_owned(),
            days,
            ads: ads.into_values().collect(),
        })
        .filter(|known| known.days.iter().any(Counts::is_delivered))
        .collect();
    let platforms: BTreeSet<Platform> = all.iter().map(|known| known.platform).collect();
    platforms
        .into_iter()
        .flat_map(|platform| largest(all.iter().filter(|known| known.platform == platform).cloned().collect()))
        .collect()
}

/// The largest campaigns of one platform, and the others as one.
fn largest(mut own: Vec<Known>) -> Vec<Known> {
    if own.len() <= MOST_CAMPAIGNS {
        return own;
    }
    let spend = |known: &Known| Counts::sum(&known.days).spend;
    own.sort_by(|a, b| spend(b).total_cmp(&spend(a)).then_with(|| a.name.cmp(&b.name)));
    let small = own.split_off(MOST_CAMPAIGNS);
    let pooled = small.into_iter().reduce(|mut sum, one| {
        sum.days.iter_mut().zip(&one.days).for_each(|(sum, day)| sum.add(day));
        sum.ads.extend(one.ads);
        sum
    });
    own.sort_by(|a, b| a.name.cmp(&b.name));
    own.extend(pooled.map(|known| Known { name: OTHERS.to_owned(), ..known }));
    own
}
