//! Personas: weighted groups of people behind past results.
//!
//! In: history rows. Out: groups of at least fifty people. Called by strategist and report. Never describes a smaller group.

mod group;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::model::{Estimate, Metrics};

pub use group::personas;

/// A group of people behind past results.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Persona {
    /// Stable for the same group: `30-34/female`.
    pub id: String,
    /// A label for people.
    pub label: String,
    /// Clicks of the group: the number of acting people that it rests on, at least 50.
    pub people: u64,
    /// Its share of all clicks, as a ratio.
    pub share: f64,
    /// The ages, as shares that add up to 1.
    pub ages: BTreeMap<String, f64>,
    /// The genders, as shares that add up to 1.
    pub genders: BTreeMap<String, f64>,
    /// Interests by lift: the share in this group over the share in all; the strongest five.
    pub interests: BTreeMap<String, f64>,
    /// The results of the group.
    pub metrics: Metrics,
    /// Its ROAS with interval, where there is enough data.
    pub roas: Option<Estimate>,
}
