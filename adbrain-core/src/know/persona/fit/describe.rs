//! What tells groups apart, without what would tell people apart.

use std::collections::{BTreeMap, BTreeSet};

use super::super::cells::{Shown, shown, values_of};
use super::super::crowd::Crowd;
use super::super::profile::{Profile, Source};
use super::super::summary::{OnlineHours, Trigger};
use super::traits::{Attribute, Tally, tally};
use crate::model::Estimate;
use crate::stats::proportions::{Proportion, relative_lift};

/// So many lifts and triggers are shown.
const MOST_SHOWN: usize = 5;
/// So many places are shown, those of most people.
const MOST_PLACES: usize = 10;
/// The level of the interval of a trigger.
const LEVEL: f64 = 0.95;
/// The name of everything that is too small to show.
const OTHER: &str = "other";

/// The counts of every attribute by group, which of them may be shown alone, and which are told side by side.
pub(in super::super) struct Described {
    tables: BTreeMap<Attribute, (Tally, Shown)>,
    /// By group; nothing before [`Described::tell`].
    told: Vec<BTreeSet<(Attribute, String)>>,
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
        Self { tables, told: vec![BTreeSet::new(); groups], watched: watched(profiles, labels, groups) }
    }

    /// Chooses what is told of a group beside what the crowd knows already: of all that may be shown, what most people have first, as long
    /// as no two or three statements are shared by few. What is left out has at least the floor of people, so that the rests of its
    /// attribute stay as large as [`shown`] has made them.
    pub(in super::super) fn tell(&mut self, group: usize, crowd: &mut Crowd<'_>) {
        let mut candidates: Vec<(u64, Attribute, String)> = Attribute::ALL
            .into_iter()
            .flat_map(|attribute| self.candidates(attribute, group).into_iter().map(move |value| (attribute, value)))
            .filter_map(|(attribute, value)| Some((self.people(attribute, &value, group)?, attribute, value)))
            .collect();
        candidates.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| (a.1, &a.2).cmp(&(b.1, &b.2))));
        candidates.retain(|(_, attribute, value)| crowd.admit(|profile| attribute.has(profile, value)));
        if let Some(told) = self.told.get_mut(group) {
            told.extend(candidates.into_iter().map(|(_, attribute, value)| (attribute, value)));
        }
    }

    /// What would be told of an attribute if nothing else were.
    fn candidates(&self, attribute: Attribute, group: usize) -> Vec<String> {
        match attribute {
            Attribute::Interest | Attribute::Content => {
                self.strongest(attribute, group).into_iter().map(|(value, _)| value).collect()
            }
            Attribute::Event => self.strongest_triggers(group).into_iter().map(|trigger| trigger.event).collect(),
            Attribute::Device => Vec::new(), // stands in names alone
            Attribute::Place => {
                let mut places = self.values(attribute, group);
                let people = |place: &&str| std::cmp::Reverse(self.people(attribute, place, group));
                places.sort_by_key(people);
                places.into_iter().take(MOST_PLACES).map(str::to_owned).collect()
            }
            _ => self.values(attribute, group).into_iter().map(str::to_owned).collect(),
        }
    }

    fn people(&self, attribute: Attribute, value: &str, group: usize) -> Option<u64> {
        self.counts(attribute, value, group).map(|[with, ..]| with)
    }

    /// The values of an attribute that are told of a group.
    fn told(&self, attribute: Attribute, group: usize) -> impl Iterator<Item = &str> {
        let told = self.told.get(group).into_iter().flatten();
        told.filter(move |(of, _)| *of == attribute).map(|(_, value)| value.as_str())
    }

    fn is_told(&self, attribute: Attribute, value: &str, group: usize) -> bool {
        self.told(attribute, group).any(|told| told == value)
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

    /// Shares of people by value; what is not told is added up as `other`.
    pub(in super::super) fn shares(&self, attribute: Attribute, group: usize) -> BTreeMap<String, f64> {
        let share = |value: &str| {
            let [with, known, ..] = self.counts(attribute, value, group)?;
            Some((value.to_owned(), with as f64 / known as f64))
        };
        let mut shares: BTreeMap<String, f64> = self.told(attribute, group).filter_map(share).collect();
        let rest = 1.0 - shares.values().sum::<f64>();
        if !shares.is_empty() && rest > 1e-9 {
            shares.insert(OTHER.to_owned(), rest);
        }
        shares
    }

    /// The lifts of what is told: the share of people with the value in the group over that in all.
    pub(in super::super) fn lifts(&self, attribute: Attribute, group: usize) -> BTreeMap<String, f64> {
        let strongest = self.strongest(attribute, group).into_iter();
        strongest.filter(|(value, _)| self.is_told(attribute, value, group)).collect()
    }

    fn strongest(&self, attribute: Attribute, group: usize) -> Vec<(String, f64)> {
        let lift = |value: &str| {
            let [with, known, all_with, all] = self.counts(attribute, value, group)?;
            Some((value.to_owned(), with as f64 / known as f64 / (all_with as f64 / all as f64)))
        };
        let mut lifts: Vec<_> = self.values(attribute, group).into_iter().filter_map(lift).collect();
        lifts.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        lifts.truncate(MOST_SHOWN);
        lifts
    }

    /// When the people of a group are active.
    pub(in super::super) fn online(&self, group: usize) -> OnlineHours {
        OnlineHours { week: self.activity(Attribute::WeekHour, group), day: self.activity(Attribute::DayHour, group) }
    }

    fn activity(&self, attribute: Attribute, group: usize) -> BTreeMap<u8, f64> {
        let Some((tally, _)) = self.tables.get(&attribute) else { return BTreeMap::new() };
        let seen = |value: &str| tally.seen.get(value).and_then(|row| row.get(group)).copied().unwrap_or(0) as f64;
        let all: f64 = tally.seen.keys().map(|value| seen(value)).sum();
        self.told(attribute, group).filter_map(|value| Some((value.parse().ok()?, seen(value) / all))).collect()
    }

    /// Events that are surely more frequent in the group than among all others, by the lower end of their lift, as far as they are told.
    pub(in super::super) fn triggers(&self, group: usize) -> Vec<Trigger> {
        let mut triggers = self.strongest_triggers(group);
        triggers.retain(|trigger| self.is_told(Attribute::Event, &trigger.event, group));
        triggers
    }

    fn strongest_triggers(&self, group: usize) -> Vec<Trigger> {
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
