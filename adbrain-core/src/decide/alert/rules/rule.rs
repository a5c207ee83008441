//! A checked rule, and what it makes of a sample.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use super::super::{Decide, Severity};
use super::file::span;
use super::{ActionKind, Expression, Level, OnLack, Sample};
use crate::model::Message;
use crate::model::message::Argument;

/// One side of a value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Bound {
    Above(f64),
    Below(f64),
}

impl Bound {
    fn holds(self, value: f64) -> bool {
        match self {
            Self::Above(bound) => value > bound,
            Self::Below(bound) => value < bound,
        }
    }

    pub(super) fn number(self) -> f64 {
        match self {
            Self::Above(bound) | Self::Below(bound) => bound,
        }
    }
}

/// Lengths of time that govern an episode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Timing {
    pub(super) hold_for: SignedDuration,
    pub(super) keep_firing_for: SignedDuration,
    pub(super) reopen_after: SignedDuration,
    pub(super) repeat_every: Option<SignedDuration>,
    pub(super) group_interval: SignedDuration,
    pub(super) max_data_age: Option<SignedDuration>,
}

/// What an episode proposes, and how often it may.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Action {
    pub(super) kind: ActionKind,
    /// Percent of a bid or of a budget, or how many ads.
    pub(super) amount: u32,
    pub(super) decide: Decide,
    pub(super) cool_down: SignedDuration,
    pub(super) max_per_day: Option<u32>,
}

/// A rule whose names, thresholds and times were checked.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    pub(super) name: String,
    pub(super) value: Expression,
    pub(super) fire: Bound,
    pub(super) clear: f64,
    pub(super) require: Vec<(Expression, Bound)>,
    pub(super) min_volume: BTreeMap<String, f64>,
    pub(super) timing: Timing,
    pub(super) no_data: OnLack,
    pub(super) on_error: OnLack,
    pub(super) severity: Severity,
    pub(super) level: Level,
    pub(super) only: BTreeMap<String, String>,
    pub(super) labels: BTreeMap<String, String>,
    pub(super) group_by: Option<Vec<String>>,
    pub(super) actions: Vec<Action>,
    pub(super) dry_run: bool,
    pub(super) holds: bool,
    pub(super) message: Option<String>,
    pub(super) advice: Option<String>,
}

/// On which side of its thresholds a rule is for an object, or why nothing can be said.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Seen {
    /// Beyond the fire threshold, with all that is required.
    Fires(f64),
    /// Between the thresholds, or beyond the first without all that is required.
    Between(f64),
    /// At the clear threshold or beyond.
    Calm(f64),
    /// Too little, too old or no data.
    NoData(Message),
    /// The figures could not be read, or are no numbers.
    Error(Message),
}

impl Seen {
    /// The value, where it is known.
    pub(super) fn value(&self) -> Option<f64> {
        match self {
            Self::Fires(value) | Self::Between(value) | Self::Calm(value) => Some(*value),
            Self::NoData(_) | Self::Error(_) => None,
        }
    }

    /// Why there is no value.
    pub(super) fn why(&self) -> Option<&Message> {
        match self {
            Self::NoData(why) | Self::Error(why) => Some(why),
            Self::Fires(_) | Self::Between(_) | Self::Calm(_) => None,
        }
    }
}

impl Rule {
    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How pressing its alerts are.
    pub fn severity(&self) -> Severity {
        self.severity
    }

    /// Whether conversions are not to be trusted while an episode of it is open.
    pub fn holds(&self) -> bool {
        self.holds
    }

    /// The value that it watches.
    pub fn value(&self) -> &Expression {
        &self.value
    }

    /// Whether it watches the object of a sample.
    pub(super) fn watches(&self, sample: &Sample) -> bool {
        let has = |(label, wanted): (&String, &String)| label_of(sample, label) == Some(wanted.as_str());
        self.level == sample.level && self.only.iter().all(has)
    }

    /// The metrics that it reads.
    pub(super) fn metrics(&self) -> BTreeSet<&str> {
        let required = self.require.iter().flat_map(|(value, _)| value.metrics());
        let volumes = self.min_volume.keys().map(String::as_str);
        self.value.metrics().into_iter().chain(required).chain(volumes).collect()
    }

    /// What it makes of a sample; none says that nothing came of the object.
    pub(super) fn judge(&self, at: Timestamp, sample: Option<&Sample>) -> Seen {
        let Some(sample) = sample else { return Seen::NoData(Message::new("rule-lack-sample")) };
        if let Some(problem) = &sample.error {
            return Seen::Error(Message::new("rule-lack-source").with("problem", problem.as_str()));
        }
        let is_wrong = |name: &&str| sample.metrics.get(*name).is_some_and(|value| !value.is_finite());
        if let Some(name) = self.metrics().into_iter().find(is_wrong) {
            return Seen::Error(Message::new("rule-lack-number").with("metric", name));
        }
        self.lack(at, sample).map_or_else(|| self.side(sample), Seen::NoData)
    }

    /// Why the data are too old or too few.
    fn lack(&self, at: Timestamp, sample: &Sample) -> Option<Message> {
        let age = at.duration_since(sample.data_as_of);
        if self.timing.max_data_age.is_some_and(|most| age > most) {
            return Some(Message::new("rule-lack-fresh").with("age", span::written(age)));
        }
        self.min_volume.iter().find_map(|(name, least)| match sample.metrics.get(name) {
            None => Some(Message::new("rule-lack-metric").with("metric", name.as_str())),
            Some(value) if value < least => Some(
                Message::new("rule-lack-volume")
                    .with("metric", name.as_str())
                    .with("value", Argument::Number(*value))
                    .with("least", Argument::Number(*least)),
            ),
            Some(_) => None,
        })
    }

    fn side(&self, sample: &Sample) -> Seen {
        let value = match self.value.value(&sample.metrics) {
            Ok(value) => value,
            Err(lack) => return Seen::NoData(lack.message()),
        };
        if self.fire.holds(value) {
            return match self.required(sample) {
                Ok(true) => Seen::Fires(value),
                Ok(false) => Seen::Between(value),
                Err(why) => Seen::NoData(why),
            };
        }
        let is_calm = match self.fire {
            Bound::Above(_) => value <= self.clear,
            Bound::Below(_) => value >= self.clear,
        };
        if is_calm { Seen::Calm(value) } else { Seen::Between(value) }
    }

    /// Whether everything else that is required holds.
    fn required(&self, sample: &Sample) -> std::result::Result<bool, Message> {
        let held = |(value, bound): &(Expression, Bound)| {
            value.value(&sample.metrics).map(|value| bound.holds(value)).map_err(|lack| lack.message())
        };
        let held: Vec<bool> = self.require.iter().map(held).collect::<std::result::Result<_, _>>()?;
        Ok(held.into_iter().all(|holds| holds))
    }
}

/// The value of a label of a sample.
pub(super) fn label_of<'a>(sample: &'a Sample, label: &str) -> Option<&'a str> {
    match label {
        "platform" => Some(sample.platform.as_str()),
        "level" => Some(sample.level.as_str()),
        "object" => Some(&sample.object),
        _ => sample.labels.get(label).map(String::as_str),
    }
}
