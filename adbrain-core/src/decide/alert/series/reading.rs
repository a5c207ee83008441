//! What goes into a detector and what comes out.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// One value of a series.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Point {
    /// The start of its step.
    pub at: Timestamp,
    /// The price or rate, in any unit; none where it is missing. Zero says nothing of a price and counts as missing.
    pub value: Option<f64>,
    /// The events that it is a mean of: impressions for a CPM, clicks for a CPC. None where they are not known.
    #[serde(default)]
    pub volume: Option<f64>,
}

impl Point {
    /// A value whose events are not known.
    pub fn new(at: Timestamp, value: f64) -> Self {
        Self { at, value: Some(value), volume: None }
    }

    /// The same value, a mean of so many events.
    #[must_use]
    pub fn of(self, volume: f64) -> Self {
        Self { volume: Some(volume), ..self }
    }
}

/// What a detector makes of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Too little has been seen to judge it.
    Learning,
    /// It was judged.
    Watching,
    /// It belongs to an alarm: the first of such readings tells it.
    Open,
    /// With it the series is back at its usual level; the alarm is over.
    Recovered,
    /// The new level has lasted and is the usual one from here on; the alarm is over.
    Adopted,
    /// There is no value, or it rests on no events.
    Empty,
    /// Its step was over before: the value replaces the one that was known, nothing is told of it.
    Late,
}

/// The shape of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlarmKind {
    /// This one value is out of line; what comes after it may still show a step.
    Spike,
    /// A level that holds since some steps.
    Step,
    /// A level that grew over some steps.
    Ramp,
}

/// Where a series went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// Above what is usual.
    Up,
    /// Below what is usual.
    Down,
}

/// A series is out of line. Told once; the readings after it are [`Status::Open`] until it is over.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Alarm {
    /// The shape that explains the values best.
    pub kind: AlarmKind,
    /// Up or down.
    pub direction: Direction,
    /// The likeliest start of the change.
    pub since: Timestamp,
    /// The change against what was expected, 0.35 for 35 % more; of a ramp, where it ends.
    pub size: f64,
    /// The lower end of the interval of the size, at the level of the settings.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

/// What a detector says of one value.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reading {
    /// The start of its step.
    pub at: Timestamp,
    /// What became of it.
    pub status: Status,
    /// The usual value of this step of the season.
    pub expected: Option<f64>,
    /// The ends between which the usual value, its own wandering and its events leave it, at the level of the settings.
    pub interval: Option<[f64; 2]>,
    /// The strongest evidence of a change that is going on, in standard errors, with its sign; none while nothing is judged.
    pub score: Option<f64>,
    /// Told on this value.
    pub alarm: Option<Alarm>,
}

impl Reading {
    pub(super) fn of(at: Timestamp, status: Status) -> Self {
        Self { at, status, expected: None, interval: None, score: None, alarm: None }
    }
}
