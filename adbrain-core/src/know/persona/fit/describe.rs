//! What tells groups apart, without what would tell people apart.

use std::collections::BTreeMap;

use super::super::cells::{Shown, shown, values_of};
use super::super::profile::{Profile, Source};
use super::super::summary::{OnlineHours, Trigger};
use super::traits::{Attribute, Tally, tally};
use crate::model::Estimate;
use crate::stats::proportions::{Proportion, relative_lift};

/// So many lifts and triggers are shown.
const MOST_SHOWN: usize = 5;
/// The level of the interval of a trigger.
const LEVEL: f64 = 0.95;
/// The name of everything that is too small to show.
const OTHER: &str = "other";

/// The counts of every attribute by group, and which of them may be shown.
pub(in super::super) struct Described {
    tables: BTreeMap<Attribute, (Tally, Shown)>,
    /// People of sources that report events, by group.
    watched: Vec<u64>,
}

impl Described {
    pub(in super::super) fn of(profiles: &[&Profile], labels: &[u32], groups: usize, floor: u64) -> Self {
        let table = |attribute| {
            let tally = tally(attribute, profiles, labels, groups);
            let shown = shown(&tally.people, groups, floor);
            (attribute, (tally, shown))
        };
        let tables = Attribute::ALL.into_iter().map(table).collect();
        Self { tables, watched: watched(profiles, labels, groups) }
    }

    /// The values of an attribute that may be shown for a group.
    pub(in super::super) fn values(&self, attribute: Attribute, group: usize) -> Vec<&str> {
        self.tables.get(&attribute).map(|(_, shown)| values_of(shown, group).into_iter().collect()).unwrap_or_default()
    }

    /// People of a group with a value, people of the group of whom the attribute is known, and the same over all groups.
    pub(in super::super) fn counts(&self, attribute: Attribute, value: &str, group: usize) -> Option<[u64; 4]> {
        let (tally, _) = self.tables.get(&attribute)?;
        let row = tally.people.get(value)?;
        Some([*row.get(group)?, *tally.known.get(group)?, row.iter().sum(), tally.known.iter().sum()])
    }

    /// Shares of people by value; what may not be shown is added up as `other`.
    pub(in super::super) fn shares(&self, attribute: Attribute, group: usize) -> BTreeMap<String, f64> {
        let values = self.values(attribute, group);
        let share = |value: &str| {
            let [with, known, ..] = self.counts(attribute, value, group)?;
            Some((value.to_owned(), with as f64 / known as f64))
        };
        let mut shares: BTreeMap<String, f64> = values.into_iter().filter_map(share).collect();
        let rest = 1.0 - shares.values().sum::<f64>();
        if !shares.is_empty() && rest > 1e-9 {
            shares.insert(OTHER.to_owned(), rest);
        }
        shares
    }

    /// The strongest lifts: the share of people with the value in the group over that in all.
    pub(in super::super) fn lifts(&self, attribute: Attribute, group: usize) -> BTreeMap<String, f64> {
        let lift = |value: &str| {
            let [with, known, all_with, all] = self.counts(attribute, value, group)?;
            Some((value.to_owned(), with as f64 / known as f64 / (all_with as f64 / all as f64)))
        };
        let mut lifts: Vec<_> = self.values(attribute, group).into_iter().filter_map(lift).collect();
        lifts.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        lifts.into_iter().take(MOST_SHOWN).collect()
    }

    /// When the people of a group are active.
    pub(in super::super) fn online(&self, group: usize) -> OnlineHours {
        OnlineHours { week: self.activity(Attribute::WeekHour, group), day: self.activity(Attribute::DayHour, group) }
    }

    fn activity(&self, attribute: Attribute, group: usize) -> BTreeMap<u8, f64> {
        let Some((tally, _)) = self.tables.get(&attribute) else { return BTreeMap::new() };
        let seen = |value: &str| tally.seen.get(value).and_then(|row| row.get(group)).copied().unwrap_or(0) as f64;
        let all: f64 = tally.seen.keys().map(|value| seen(value)).sum();
        let values = self.values(attribute, group).into_iter();
        values.filter_map(|value| Some((value.parse().ok()?, seen(value) / all))).collect()
    }

    /// Events that are surely more frequent in the group than among all others, by the lower end of their lift.
    pub(in super::super) fn triggers(&self, group: usize) -> Vec<Trigger> {
        let mut found: Vec<Trigger> =
            self.values(Attribute::Event, group).into_iter().filter_map(|event| self.trigger(event, group)).collect();
        found.sort_by(|a, b| b.lift.low.total_cmp(&a.lift.low).then_with(|| a.event.cmp(&b.event)));
        found.truncate(MOST_SHOWN);
        found
    }

    fn trigger(&self, event: &str, group: usize) -> Option<Trigger> {
        let [with, _, all_with, _] = self.counts(Attribute::Event, event, group)?;
        let (own, all) = (*self.watched.get(group)?, self.watched.iter().sum::<u64>());
        let inside = Proportion::new(with, own).ok()?;
        let outside = Proportion::new(all_with - with, all - own).ok()?;
        let lift: Estimate = relative_lift(outside, inside, LEVEL).ok()?.into();
        (lift.low > 0.0).then(|| Trigger { event: event.to_owned(), lift })
    }
}

/// People by group whose source reports events at all: of them one without an event is known to have none.
fn watched(profiles: &[&Profile], labels: &[u32], groups: usize) -> Vec<u64> {
    let reports =
        |source: Source| profiles.iter().any(|profile| profile.source == source && !profile.events.is_empty());
    let sources: Vec<Source> = Source::ALL.into_iter().filter(|source| reports(*source)).collect();
    let mut watched = vec![0; groups];
    for (profile, group) in profiles.iter().zip(labels).filter(|(profile, _)| sources.contains(&profile.source)) {
        watched.iter_mut().skip(*group as usize).take(1).for_each(|people| *people += profile.people);
    }
    watched
}
