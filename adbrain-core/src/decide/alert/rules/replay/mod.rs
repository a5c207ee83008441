//! Replays an account's past day by day: what would rules have told, on what was known each morning?

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

use super::super::{MetricSettings, Observation, Severity};
use super::{Engine, Evaluated, Level, RuleSet, Sample};
use crate::error::{Error, Result};
use crate::model::{HistoryRow, Metrics, Money, Platform, Tag};

/// The hour of the next day at which a day is looked at.
const LOOK_HOUR: i8 = 9;
/// Days whose sum is the mature window, at most.
const MATURE_DAYS: usize = 28;
/// Days that a day is shown with, itself among them.
const DAYS_SHOWN: usize = 15;

/// What a replay takes for granted.
#[derive(Debug, Clone, Copy)]
pub struct ReplaySettings {
    /// The target ROAS; without it rules that name it have no data.
    pub target_roas: Option<f64>,
    /// Which share of conversions (0 to 1) is known so many days after the click, as `measure::completeness` says.
    pub completeness: fn(Platform, f64) -> f64,
    /// From which share on a day is mature.
    pub mature_share: f64,
    /// Settings of the metrics.
    pub alerts: MetricSettings,
}

/// What one rule would have done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleReplay {
    /// The rule.
    pub rule: String,
    /// How pressing it is.
    pub severity: Severity,
    /// Episodes that opened.
    pub episodes: u64,
    /// Notifications, of openings, repetitions and ends.
    pub notifications: u64,
    /// Actions that were proposed.
    pub proposals: u64,
    /// Objects with an episode.
    pub objects: u64,
    /// Days on which an object was looked at, over all objects.
    pub object_days: u64,
    /// Those with an open episode after the look.
    pub open_days: u64,
    /// Those on which the rule had no value: too little data, or figures that a history of days does not have.
    pub days_without_value: u64,
}

impl RuleReplay {
    /// The share of object-days with an open episode, 0 to 1; none where nothing was looked at.
    pub fn share_of_days(&self) -> Option<f64> {
        share(self.open_days, self.object_days)
    }

    /// The share of object-days without a value, 0 to 1.
    pub fn share_without_value(&self) -> Option<f64> {
        share(self.days_without_value, self.object_days)
    }
}

fn share(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

/// What rules would have done over an account's past.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Replay {
    /// The first day.
    pub first: Date,
    /// The last day.
    pub last: Date,
    /// Rows without a day, which were left out.
    pub rows_without_day: u64,
    /// Each rule, in the order of the file.
    pub rules: Vec<RuleReplay>,
}

/// One object's days.
struct Object {
    platform: Platform,
    level: Level,
    name: String,
    labels: BTreeMap<String, String>,
    /// A day without figures, in its currency.
    none: Metrics,
    days: BTreeMap<Date, Metrics>,
}

/// Replays rules over rows of days.
///
/// Each day is looked at on the next morning at nine, in the time zone of the rules. Of each day before, as many conversions and as much
/// revenue are known as usually have arrived by then (`completeness`); the export alone does not say what it once said. Campaigns stand for
/// ad sets too, which a history does not name, and are added up by platform; the daily budget is taken as the median of an object's
/// spend by then. Hours and audiences are not in a history: rules over them have no value.
///
/// # Errors
/// [`crate::ErrorKind::InvalidInput`] where no row has a day or the currencies differ.
pub fn replay(rules: &RuleSet, rows: &[HistoryRow], settings: &ReplaySettings) -> Result<Replay> {
    let objects = objects(rows)?;
    let days = || objects.iter().flat_map(|object| object.days.keys().copied());
    let (Some(first), Some(last)) = (days().min(), days().max()) else {
        return Err(Error::invalid("history", "no row has a day").next("give a history with a column of days"));
    };
    let (mut engine, mut counts) = (Engine::new(rules.clone()), counts(rules));
    let mut day = first;
    while day <= last {
        let known_at = look_at(day, &rules.zone)?;
        let is_running = |object: &&Object| {
            object.days.first_key_value().is_some_and(|(first, _)| *first <= day)
                && object.days.last_key_value().is_some_and(|(last, _)| *last >= day)
        };
        let running: Vec<&Object> = objects.iter().filter(is_running).collect();
        let samples =
            running.iter().map(|object| object.sample((day, known_at), settings)).collect::<Result<Vec<_>>>()?;
        let found = engine.evaluate(known_at.1, &samples)?;
        count(&mut counts, (&engine, &found), (rules, known_at.1, &samples));
        for object in running.iter().filter(|object| object.days.last_key_value().is_some_and(|(last, _)| *last == day))
        {
            engine.forget(object.platform, &object.name);
        }
        day = next(day)?;
    }
    let rows_without_day = rows.iter().filter(|row| row.date.is_none()).count() as u64;
    Ok(Replay { first, last, rows_without_day, rules: counts.into_iter().map(|(count, _)| count).collect() })
}

/// A rule's counts beside the objects that it had an episode for.
type Counts = Vec<(RuleReplay, BTreeSet<String>)>;

fn counts(rules: &RuleSet) -> Counts {
    let empty = |rule: &super::Rule| RuleReplay {
        rule: rule.name.clone(),
        severity: rule.severity,
        episodes: 0,
        notifications: 0,
        proposals: 0,
        objects: 0,
        object_days: 0,
        open_days: 0,
        days_without_value: 0,
    };
    rules.rules.iter().map(|rule| (empty(rule), BTreeSet::new())).collect()
}

/// Adds one morning to the counts.
fn count(
    counts: &mut [(RuleReplay, BTreeSet<String>)],
    (engine, found): (&Engine, &Evaluated),
    (rules, at, samples): (&RuleSet, Timestamp, &[Sample]),
) {
    for ((count, objects), rule) in counts.iter_mut().zip(&rules.rules) {
        let opened = found.episodes.iter().filter(|episode| episode.rule == rule.name && episode.closed_at.is_none());
        for episode in opened {
            count.episodes += 1;
            objects.insert(episode.subject.path());
        }
        count.objects = objects.len() as u64;
        for told in [&found.told, &found.rehearsed] {
            count.notifications += told.notifications.iter().filter(|told| told.rule == rule.name).count() as u64;
            count.proposals += told.proposals.iter().filter(|told| told.rule == rule.name).count() as u64;
        }
        count.open_days += engine.open_episodes().filter(|episode| episode.rule == rule.name).count() as u64;
        for sample in samples.iter().filter(|sample| rule.watches(sample)) {
            count.object_days += 1;
            count.days_without_value += u64::from(rule.judge(at, Some(sample)).value().is_none());
        }
    }
}

/// The end of a day and the moment at which it is looked at.
fn look_at(day: Date, zone: &TimeZone) -> Result<(Timestamp, Timestamp)> {
    let next = next(day)?;
    let moment = |hour: i8| {
        next.at(hour, 0, 0, 0)
            .to_zoned_datetime(zone.clone())
            .map(|moment| moment.timestamp())
            .map_err(|error| Error::invalid("history", format!("{day}: {error}")).next("leave that day out"))
    };
    Ok((moment(0)?, moment(LOOK_HOUR)?))
}

fn next(day: Date) -> Result<Date> {
    day.checked_add(1.day())
        .map_err(|error| Error::invalid("history", format!("{day}: {error}")).next("leave that day out"))
}

/// The days of each ad, campaign and platform; campaigns once more in the place of ad sets.
fn objects(rows: &[HistoryRow]) -> Result<Vec<Object>> {
    let mut objects: BTreeMap<(Level, Platform, &str), Object> = BTreeMap::new();
    for row in rows {
        let Some(day) = row.date else { continue };
        let platform = row.platform.as_str();
        let levels = [
            (Level::Platform, platform),
            (Level::Campaign, row.campaign.as_str()),
            (Level::AdSet, row.campaign.as_str()),
            (Level::Ad, row.ad.as_str()),
        ];
        for (level, name) in levels {
            let object = objects.entry((level, row.platform, name)).or_insert_with(|| {
                let is_below = level != Level::Platform;
                let labels = is_below.then(|| ("campaign".to_owned(), row.campaign.clone())).into_iter().collect();
                let none = Metrics::none(row.metrics.spend.currency());
                Object { platform: row.platform, level, name: name.to_owned(), labels, none, days: BTreeMap::new() }
            });
            let sum = object.days.entry(day).or_insert_with(|| object.none.clone());
            *sum = sum.merge(&row.metrics)?;
        }
    }
    Ok(objects.into_values().collect())
}

impl Object {
    /// What was known of the object on the morning after a day.
    fn sample(&self, (day, (end, at)): (Date, (Timestamp, Timestamp)), settings: &ReplaySettings) -> Result<Sample> {
        let (mut days, mut mature, mut back) = (Vec::new(), self.none.clone(), Some(day));
        for age in 0..MATURE_DAYS {
            let Some(date) = back.filter(|date| self.days.first_key_value().is_some_and(|(first, _)| first <= date))
            else {
                break;
            };
            let of_day = self.days.get(&date).unwrap_or(&self.none);
            let age = age as f64 + f64::from(LOOK_HOUR) / 24.0;
            // The clicks of a day are half a day older than its end, on average.
            let known = known(of_day, (settings.completeness)(self.platform, age + 0.5));
            if (settings.completeness)(self.platform, age) >= settings.mature_share {
                mature = mature.merge(&known)?;
            }
            if days.len() < DAYS_SHOWN {
                days.push(known);
            }
            back = date.yesterday().ok();
        }
        let tag = Tag::new(self.name.as_str());
        let seen = Observation {
            matured: mature,
            target_roas: settings.target_roas,
            ..Observation::new(self.platform, &tag, at, self.usual_spend(day))
        };
        let mut sample = Sample::of(&seen, &settings.alerts);
        sample.set_days(&days);
        (sample.level, sample.labels, sample.data_as_of) = (self.level, self.labels.clone(), end);
        Ok(sample)
    }

    /// The median spend of its days up to one.
    fn usual_spend(&self, day: Date) -> Money {
        let mut spends: Vec<i64> = self.days.range(..=day).map(|(_, metrics)| metrics.spend.micros()).collect();
        spends.sort_unstable();
        Money::from_micros(spends.get(spends.len() / 2).copied().unwrap_or_default(), self.none.spend.currency())
    }
}

/// The figures of a day of which a share of the conversions has arrived.
fn known(metrics: &Metrics, share: f64) -> Metrics {
    let revenue = metrics.revenue;
    Metrics {
        conversions: u64::try_from(part(i64::try_from(metrics.conversions).unwrap_or(i64::MAX), share)).unwrap_or(0),
        revenue: Money::from_micros(part(revenue.micros(), share), revenue.currency()),
        ..metrics.clone()
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a share of a whole number is no larger than it")]
fn part(whole: i64, share: f64) -> i64 {
    libm::round(whole as f64 * share.clamp(0.0, 1.0)) as i64
}

#[cfg(test)]
mod tests;
