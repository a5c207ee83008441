//! What can be counted of a profile: attributes and their values, without the sensitive ones.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::super::profile::{DAY_HOURS, Profile};
use super::super::sensitive::sensitive;

/// An attribute whose values are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in super::super) enum Attribute {
    Age,
    Gender,
    Place,
    Device,
    Interest,
    Content,
    Event,
    DayHour,
    WeekHour,
}

impl Attribute {
    pub(in super::super) const ALL: [Self; 9] = [
        Self::Age,
        Self::Gender,
        Self::Place,
        Self::Device,
        Self::Interest,
        Self::Content,
        Self::Event,
        Self::DayHour,
        Self::WeekHour,
    ];

    /// The values of a profile with how often each was seen; empty where it is not known.
    pub(in super::super) fn values(self, profile: &Profile) -> BTreeMap<String, u64> {
        let one = |value: Option<String>| value.map(|value| (value, 1)).into_iter().collect();
        let all: BTreeMap<String, u64> = match self {
            Self::Age => one(profile.ages.map(|ages| ages.to_string())),
            Self::Gender => one(profile.gender.map(|gender| gender.as_str().to_owned())),
            Self::Place => one(profile.place.clone()),
            Self::Device => one(profile.device.clone()),
            Self::Interest => profile.interests.clone(),
            Self::Content => profile.content.clone(),
            Self::Event => profile.events.clone(),
            Self::DayHour => {
                day_hours(profile).into_iter().map(|(hour, count)| (format!("{hour:02}"), count)).collect()
            }
            Self::WeekHour => profile.hours.iter().map(|(hour, count)| (format!("{hour:03}"), *count)).collect(),
        };
        let is_free_text = matches!(self, Self::Interest | Self::Content | Self::Event | Self::Place | Self::Device);
        all.into_iter().filter(|(value, _)| !is_free_text || sensitive(value).is_none()).collect()
    }

    /// Whether a profile has one of the [`values`](Self::values).
    pub(in super::super) fn has(self, profile: &Profile, value: &str) -> bool {
        let hour = || value.parse::<u8>().ok();
        match self {
            Self::Age => profile.ages.is_some_and(|ages| ages.to_string() == value),
            Self::Gender => profile.gender.is_some_and(|gender| gender.as_str() == value),
            Self::Place => profile.place.as_deref() == Some(value),
            Self::Device => profile.device.as_deref() == Some(value),
            Self::Interest => profile.interests.contains_key(value),
            Self::Content => profile.content.contains_key(value),
            Self::Event => profile.events.contains_key(value),
            Self::DayHour => hour().is_some_and(|hour| day_hours(profile).contains_key(&hour)),
            Self::WeekHour => hour().is_some_and(|hour| profile.hours.contains_key(&hour)),
        }
    }
}

/// Activity by hour of the day, from both kinds of hours.
pub(in super::super) fn day_hours(profile: &Profile) -> BTreeMap<u8, u64> {
    let mut hours = profile.day_hours.clone();
    for (hour, count) in &profile.hours {
        *hours.entry(hour % DAY_HOURS).or_insert(0) += count;
    }
    hours
}

/// Counts of people and of activity by value, for each group.
#[derive(Debug, Clone, Default)]
pub(in super::super) struct Tally {
    /// People with the value, by value and group.
    pub(in super::super) people: BTreeMap<String, Vec<u64>>,
    /// How often the value was seen, by value and group.
    pub(in super::super) seen: BTreeMap<String, Vec<u64>>,
    /// People of whom the attribute is known, by group.
    pub(in super::super) known: Vec<u64>,
}

/// Counts an attribute over profiles of which each belongs to one of `groups` groups.
pub(in super::super) fn tally(attribute: Attribute, profiles: &[&Profile], labels: &[u32], groups: usize) -> Tally {
    let mut tally = Tally { known: vec![0; groups], ..Tally::default() };
    for (profile, group) in profiles.iter().zip(labels) {
        let values = attribute.values(profile);
        if values.is_empty() {
            continue;
        }
        let at = *group as usize;
        add(&mut tally.known, at, profile.people);
        for (value, count) in values {
            add(tally.people.entry(value.clone()).or_insert_with(|| vec![0; groups]), at, profile.people);
            // The count of a segment is its people already.
            add(tally.seen.entry(value).or_insert_with(|| vec![0; groups]), at, count);
        }
    }
    tally
}

fn add(counts: &mut [u64], at: usize, more: u64) {
    if let Some(count) = counts.get_mut(at) {
        *count = count.saturating_add(more);
    }
}
