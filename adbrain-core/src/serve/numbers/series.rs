//! Series of prices and rates: what is out of line.

use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Method;
use crate::alert::series::{Point, Reading, SeriesDetector, SeriesSettings};
use crate::error::{Error, Result};

pub(super) const METHODS: &[Method] = &[checked_method!(
    "detect",
    "Reads a series of prices or rates value by value and tells spikes, steps and ramps once, with their start and size.",
    detect
)];

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Series {
    /// The values in the order in which they come.
    points: Vec<Given>,
    /// Seconds from one value to the next.
    #[serde(default = "hour")]
    step_seconds: i64,
    /// How it is watched; not beside a `state`, which has its own.
    settings: Option<SeriesSettings>,
    /// The state of an earlier call, which is taken up.
    state: Option<Value>,
    /// Whether to give the state back.
    #[serde(default)]
    with_state: bool,
}

/// One value of a series.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Given {
    /// The start of its step: `2026-12-01T10:00:00Z`.
    at: String,
    /// The price or rate; none where it is missing.
    value: Option<f64>,
    /// The events that it is a mean of, where they are known.
    volume: Option<f64>,
}

#[derive(Debug, Serialize)]
struct Found {
    /// One for each value, in their order.
    readings: Vec<Reading>,
    /// To be given to the next call, which goes on after the last value.
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<SeriesDetector>,
}

fn hour() -> i64 {
    3600
}

fn detect(input: &Series) -> Result<Found> {
    let mut detector = begun(input)?;
    let points: Vec<Point> =
        input.points.iter().enumerate().map(|(number, given)| point(number, given)).collect::<Result<_>>()?;
    let readings = detector.replay(&points)?;
    Ok(Found { readings, state: input.with_state.then_some(detector) })
}

fn begun(input: &Series) -> Result<SeriesDetector> {
    if input.step_seconds <= 0 {
        return Err(Error::invalid("step_seconds", "is not positive").next("give 3600 for hours, 86400 for days"));
    }
    match (&input.state, input.settings) {
        (Some(_), Some(_)) => Err(Error::invalid("settings", "stand beside a state, which has its own")
            .next("leave out either `settings` or `state`")),
        (Some(state), None) => SeriesDetector::resume(state.clone()),
        (None, settings) => {
            SeriesDetector::new(settings.unwrap_or_default(), SignedDuration::from_secs(input.step_seconds))
        }
    }
}

fn point(number: usize, given: &Given) -> Result<Point> {
    let at: Timestamp = given.at.parse().map_err(|error| {
        Error::invalid(&format!("points[{number}].at"), "is no moment")
            .next("write it as 2026-12-01T10:00:00Z")
            .caused_by(error)
    })?;
    Ok(Point { at, value: given.value, volume: given.volume })
}
