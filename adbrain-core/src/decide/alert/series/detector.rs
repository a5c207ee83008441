//! The detector of one series.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::evidence::{Best, Evidence};
use super::filter::Filter;
use super::history::{History, Kept};
use super::noise::Noise;
use super::{Alarm, Direction, Point, Reading, SeriesSettings, Status};
use crate::error::{Error, Result};
use crate::stats::distribution::normal_quantile;

/// Values whose median says whether a series is back.
const RECOVERY: usize = 6;
/// A series is back where less than this share of the change is left.
const RECOVERED: f64 = 0.5;

/// An alarm that was told and is not over.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Open {
    told: i64,
    since: i64,
    size: f64,
}

/// Watches one series of prices or rates, one value at a time. Its state can be stored as JSON and taken up after a restart; what it then
/// says is the same to the last bit.
///
/// On the log scale a value is its usual value at this place of the season (the median of those remembered, drawn towards its neighbours),
/// plus wandering with a memory, AR(1), plus what its events leave to chance, `event_spread^2 / volume`. A Kalman filter foresees the
/// wandering; of what surprises it, a change from each possible start, as a step or as a ramp, explains a part. The evidence is the
/// square root of twice the logarithm of the likelihood ratio of the best of them: the two-sided CUSUM with the size estimated
/// (A. S. Willsky and H. L. Jones, "A generalized likelihood ratio approach to the detection and estimation of jumps in linear systems",
/// 1976; T. L. Lai, "Information bounds and quick detection of parameter changes in stochastic systems", 1998).
///
/// It misleads where the rhythm is another one at weekends or moves with the clocks (steps are counted from 1970 in UTC), and it says nothing
/// of a change that grows so slowly that a day shows nothing of it.
///
/// ```
/// use adbrain_core::alert::series::{Point, SeriesDetector, SeriesSettings};
/// use jiff::{SignedDuration, Timestamp};
/// let hour = SignedDuration::from_hours(1);
/// let mut detector = SeriesDetector::new(SeriesSettings::default(), hour)?;
/// let points: Vec<Point> = (0..24 * 10)
///     .map(|number: i32| {
///         let wobble = f64::from(number * 7919 % 11) / 100.0;
///         Point::new(Timestamp::UNIX_EPOCH + hour * number, if number < 230 { 5.0 + wobble } else { 7.0 })
///     })
///     .collect();
/// let alarms: Vec<_> = detector.replay(&points)?.into_iter().filter_map(|reading| reading.alarm).collect();
/// assert_eq!(alarms.len(), 1);
/// assert_eq!(alarms[0].since, Timestamp::UNIX_EPOCH + hour * 230);
/// # Ok::<(), adbrain_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeriesDetector {
    settings: SeriesSettings,
    step_seconds: i64,
    /// The last step that was over.
    last: Option<i64>,
    history: History,
    noise: Option<Noise>,
    /// When the noise was estimated.
    noise_at: i64,
    filter: Option<Filter>,
    evidence: Evidence,
    open: Option<Open>,
}

/// A value on the log scale, at its step.
#[derive(Debug, Clone, Copy)]
struct Seen {
    at: Timestamp,
    tick: i64,
    log: f64,
    sampling: f64,
    has_volume: bool,
}

impl SeriesDetector {
    /// A detector that has seen nothing, for values that come once in each `step`.
    ///
    /// # Errors
    /// [`crate::ErrorKind::InvalidInput`] for settings that cannot be used, or a step that is not a positive number of whole seconds.
    pub fn new(settings: SeriesSettings, step: SignedDuration) -> Result<Self> {
        settings.check()?;
        if step.as_secs() <= 0 || step.subsec_nanos() != 0 {
            return Err(
                Error::invalid("step", "is not a positive number of whole seconds").next("give 3600 seconds for hours")
            );
        }
        Ok(Self {
            settings,
            step_seconds: step.as_secs(),
            last: None,
            history: History::default(),
            noise: None,
            noise_at: 0,
            filter: None,
            evidence: Evidence::default(),
            open: None,
        })
    }

    /// Takes up a detector from its stored state.
    ///
    /// # Errors
    /// [`crate::ErrorKind::InvalidInput`] for what is no state of a detector.
    pub fn resume(state: serde_json::Value) -> Result<Self> {
        let wrong = || Error::invalid("state", "is no state of a detector").next("give it as it was stored");
        let detector: Self = serde_json::from_value(state).map_err(|error| wrong().caused_by(error))?;
        detector.settings.check().map_err(|error| wrong().caused_by(error))?;
        if detector.step_seconds > 0 { Ok(detector) } else { Err(wrong()) }
    }

    /// The settings.
    pub fn settings(&self) -> &SeriesSettings {
        &self.settings
    }

    /// Tells changes from another threshold on: what a budget over several series leaves to this one.
    ///
    /// # Errors
    /// [`crate::ErrorKind::InvalidInput`] for a threshold that is no positive number; nothing is changed then.
    pub fn set_threshold(&mut self, threshold: f64) -> Result<()> {
        let settings = SeriesSettings { threshold, ..self.settings };
        settings.check()?;
        self.settings = settings;
        Ok(())
    }

    /// Takes in values in their order and gives back a reading for each.
    ///
    /// # Errors
    /// As [`SeriesDetector::observe`]; the field has the number of the value.
    pub fn replay(&mut self, points: &[Point]) -> Result<Vec<Reading>> {
        points.iter().enumerate().map(|(number, point)| self.read(point, &format!("points[{number}]."))).collect()
    }

    /// Takes in the next value.
    ///
    /// Steps that were left out, values that are missing and values without events pass by: they tell nothing and end nothing. A value for a
    /// step that was over replaces the one that was known for it, so that what is usual is learnt from the last word; nothing is told of it.
    ///
    /// # Errors
    /// [`crate::ErrorKind::InvalidInput`] for a value or volume that is negative or not finite; nothing is changed then.
    pub fn observe(&mut self, point: &Point) -> Result<Reading> {
        self.read(point, "")
    }

    fn read(&mut self, point: &Point, field: &str) -> Result<Reading> {
        for (name, number) in [("value", point.value), ("volume", point.volume)] {
            if number.is_some_and(|number| !(number >= 0.0 && number.is_finite())) {
                return Err(Error::invalid(&format!("{field}{name}"), "is negative or not a number")
                    .next("leave out what is not known"));
            }
        }
        let (at, tick) = (point.at, point.at.as_second().div_euclid(self.step_seconds));
        let seen = self.seen(point, tick);
        if self.last.is_some_and(|last| tick <= last) {
            if let Some(seen) = seen {
                self.history.replace(seen.kept(None, self.open.is_some_and(|open| tick >= open.since)));
            }
            return Ok(Reading::of(at, Status::Late));
        }
        self.elapse(tick);
        Ok(seen.map_or(Reading::of(at, Status::Empty), |seen| self.take(seen)))
    }

    /// The value on the log scale, where there is one.
    fn seen(&self, point: &Point, tick: i64) -> Option<Seen> {
        let value = point.value.filter(|value| *value > 0.0)?;
        let sampling = match point.volume {
            None => 0.0,
            Some(volume) if volume > 0.0 => self.settings.event_spread * self.settings.event_spread / volume,
            Some(_) => return None,
        };
        Some(Seen { at: point.at, tick, log: libm::log(value), sampling, has_volume: point.volume.is_some() })
    }

    /// Lets the steps up to `tick` pass.
    fn elapse(&mut self, tick: i64) {
        let steps = self.last.map_or(1, |last| tick.saturating_sub(last));
        self.last = Some(tick);
        self.history.forget(tick, &self.settings);
        if self.history.is_empty() {
            (self.noise, self.filter, self.open) = (None, None, None);
            self.evidence.clear();
        }
        let Some(noise) = &self.noise else { return };
        self.evidence.elapse(steps, noise);
        if let Some(filter) = &mut self.filter {
            filter.elapse(steps, noise);
        }
    }

    fn take(&mut self, seen: Seen) -> Reading {
        let Some(usual) = self.history.usual(seen.tick, &self.settings) else {
            self.history.push(seen.kept(None, self.open.is_some()));
            return Reading::of(seen.at, Status::Learning);
        };
        let residual = seen.log - usual;
        self.estimate(seen.tick);
        let reading = self.judge(&seen, usual, residual);
        self.history.push(seen.kept(Some(residual), matches!(reading.status, Status::Open | Status::Adopted)));
        if reading.alarm.is_some()
            && let Some(open) = self.open
        {
            self.history.set_apart(open.since);
        }
        reading
    }

    /// Estimates the noise anew once a season.
    fn estimate(&mut self, tick: i64) {
        let is_due = tick.saturating_sub(self.noise_at) >= i64::from(self.settings.season);
        if self.noise.is_some() && !is_due {
            return;
        }
        if let Some(noise) = Noise::of(&self.history) {
            self.filter.get_or_insert_with(|| Filter::new(&noise));
            (self.noise, self.noise_at) = (Some(noise), tick);
        }
    }

    fn judge(&mut self, seen: &Seen, usual: f64, residual: f64) -> Reading {
        let expected = Some(libm::exp(usual));
        let (Some(noise), Some(filter)) = (self.noise, self.filter) else {
            return Reading { expected, ..Reading::of(seen.at, Status::Learning) };
        };
        let reach = self.reach() * noise.scale * libm::sqrt(noise.variance + seen.sampling);
        let interval = Some([libm::exp(usual - reach), libm::exp(usual + reach)]);
        let surprise = filter.surprise(residual, seen.sampling, &noise);
        let reading = Reading { expected, interval, ..Reading::of(seen.at, Status::Watching) };
        let reading = if let Some(open) = self.open {
            Reading { status: self.follow(open, seen.tick, residual), ..reading }
        } else {
            let best = self.evidence.weigh(seen.tick, &surprise, &self.settings);
            let alarm = self.tell(seen, &best);
            let status = if alarm.is_some() { Status::Open } else { Status::Watching };
            Reading { status, score: Some(best.score), alarm, ..reading }
        };
        if let Some(filter) = &mut self.filter {
            filter.learn(&surprise);
        }
        reading
    }

    /// Opens an alarm where the evidence is strong enough.
    fn tell(&mut self, seen: &Seen, best: &Best) -> Option<Alarm> {
        let SeriesSettings { threshold, threshold_without_volume: without, .. } = self.settings;
        let limit = if seen.has_volume { threshold } else { threshold.max(without) };
        if best.score.abs() <= limit {
            return None;
        }
        self.evidence.clear();
        self.open = Some(Open { told: seen.tick, since: best.tick, size: best.size });
        let (back, reach) = (seen.tick.saturating_sub(best.tick), self.reach() * best.error);
        let since = SignedDuration::from_secs(back.saturating_mul(self.step_seconds));
        Some(Alarm {
            kind: best.kind,
            direction: if best.size > 0.0 { Direction::Up } else { Direction::Down },
            since: seen.at.checked_sub(since).unwrap_or(seen.at),
            size: libm::expm1(best.size),
            low: libm::expm1(best.size - reach),
            high: libm::expm1(best.size + reach),
        })
    }

    /// Whether an alarm is over.
    fn follow(&mut self, open: Open, tick: i64, residual: f64) -> Status {
        let age = tick.saturating_sub(open.told);
        if age < i64::from(self.settings.quiet) {
            return Status::Open;
        }
        let left = self.history.recent(residual, RECOVERY);
        if left * open.size.signum() < RECOVERED * open.size.abs() {
            self.open = None;
            return Status::Recovered;
        }
        if age < i64::from(self.settings.adopt) {
            return Status::Open;
        }
        let moved = self.history.recent(residual, self.settings.quiet as usize);
        self.history.lift(open.since, moved);
        if let Some(filter) = &mut self.filter {
            filter.mean -= moved;
        }
        self.open = None;
        Status::Adopted
    }

    /// The standard errors to each side of an interval.
    fn reach(&self) -> f64 {
        normal_quantile(f64::midpoint(1.0, self.settings.level))
    }
}

impl Seen {
    fn kept(&self, residual: Option<f64>, is_apart: bool) -> Kept {
        Kept { tick: self.tick, log: self.log, sampling: self.sampling, residual, is_apart }
    }
}
