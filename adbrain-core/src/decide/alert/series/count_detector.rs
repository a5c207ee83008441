//! The detector of one series of counts.

use std::collections::{BTreeMap, VecDeque};

use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{CountLimits, CountReading, Status};
use crate::error::{Error, Result};

/// Counts within their limits one after the other, after which a series is back.
const RECOVERY: u32 = 4;

/// How a series of counts is watched. The defaults are for reports of 15 minutes.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct CountSettings {
    /// Steps after which the rhythm repeats: 96 for quarters of an hour of a day, 24 for hours.
    pub season: u32,
    /// Seasons that are remembered.
    pub memory: u32,
    /// Seasons that a place of the rhythm must have been seen in before its usual count is known.
    pub least_seasons: u32,
    /// The probability that a calm count is told, 0 to 1, ends left out.
    pub level: f64,
    /// A level that has held for so many steps after its alarm is the usual one from then on.
    pub adopt: u32,
}

impl Default for CountSettings {
    /// Quarters of an hour, two weeks of memory, three days at each place; a calm count is told once in 20,000, which is one in seven months of
    /// quarters; three days until a new level is the usual one.
    fn default() -> Self {
        Self { season: 96, memory: 14, least_seasons: 3, level: 5e-5, adopt: 288 }
    }
}

impl CountSettings {
    fn check(&self) -> Result<()> {
        let rules = [
            ("season", self.season >= 1, "is 0"),
            ("memory", self.memory >= 1, "is 0"),
            ("least_seasons", (1..=self.memory).contains(&self.least_seasons), "is outside 1 to `memory`"),
            ("level", self.level > 0.0 && self.level < 1.0, "is not between 0 and 1"),
            ("adopt", self.adopt >= 1, "is 0"),
        ];
        let broken = rules.into_iter().find(|(_, is_good, _)| !is_good);
        broken.map_or(Ok(()), |(field, _, wrong)| {
            Err(Error::invalid(field, wrong).next("correct it, or leave it out for its default"))
        })
    }
}

/// What a detector says of one count.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CountSeen {
    /// The start of its step.
    pub at: Timestamp,
    /// What became of it.
    pub status: Status,
    /// The usual count of this step of the season.
    pub expected: Option<f64>,
    /// The count beside its limits.
    pub reading: Option<CountReading>,
    /// Whether it is told with this count.
    pub is_alarm: bool,
}

/// Watches one series of counts, such as impressions or reported conversions, one at a time: delivery that stops or runs away, tracking
/// that dies. Its state can be stored as JSON and taken up after a restart.
///
/// The usual count of a step is the mean of those remembered at its place of the season and at the two beside it. How much more than by chance
/// counts vary is learnt by moments, `sum((count - expected)^2 - expected) / sum(expected^2)`, older steps counting less (`McCullagh` and Nelder,
/// 1989, 6.2), and the limits are those of [`CountLimits`] with the error of the usual count in them. What lies outside is not learnt from.
///
/// It misleads where a holiday or a sale has another rhythm, and where few counts are expected: of one expected, none is no news.
///
/// ```
/// use adbrain_core::alert::series::{CountDetector, CountSettings};
/// use jiff::{SignedDuration, Timestamp};
/// let quarter = SignedDuration::from_mins(15);
/// let mut detector = CountDetector::new(CountSettings::default(), quarter)?;
/// let mut told = Vec::new();
/// for step in 0..96 * 5_i32 {
///     let count = if step < 450 { 200 + u64::from(step.unsigned_abs() * 7 % 13) } else { 0 };
///     let at = Timestamp::UNIX_EPOCH + quarter * step;
///     told.extend(detector.observe(at, count)?.is_alarm.then_some(step));
/// }
/// assert_eq!(told, [450]);
/// # Ok::<(), adbrain_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CountDetector {
    settings: CountSettings,
    step_seconds: i64,
    last: Option<i64>,
    /// The counts of each place of the season, the newest last.
    places: BTreeMap<i64, VecDeque<u64>>,
    /// Sums of what counts vary beyond chance, and of the squares of what was expected.
    spread: [f64; 2],
    open: Option<Open>,
}

/// An alarm that was told and is not over.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Open {
    since: i64,
    /// Counts within their limits since the last one outside.
    calm: u32,
}

impl CountDetector {
    /// A detector that has seen nothing, for counts that come once in each `step`.
    ///
    /// # Errors
    /// [`crate::ErrorKind::InvalidInput`] for settings that cannot be used, or a step that is not a positive number of whole seconds.
    pub fn new(settings: CountSettings, step: SignedDuration) -> Result<Self> {
        settings.check()?;
        if step.as_secs() <= 0 || step.subsec_nanos() != 0 {
            return Err(Error::invalid("step", "is not a positive number of whole seconds")
                .next("give 900 seconds for quarters"));
        }
        Ok(Self {
            settings,
            step_seconds: step.as_secs(),
            last: None,
            places: BTreeMap::new(),
            spread: [0.0; 2],
            open: None,
        })
    }

    /// Takes in the next count. One for a step that was over is late: nothing is told or learnt of it. Steps that were left out say nothing.
    ///
    /// # Errors
    /// [`crate::ErrorKind::InvalidInput`] for a count above 1e12; nothing is changed then.
    pub fn observe(&mut self, at: Timestamp, count: u64) -> Result<CountSeen> {
        let tick = at.as_second().div_euclid(self.step_seconds);
        let seen = CountSeen { at, status: Status::Learning, expected: None, reading: None, is_alarm: false };
        if self.last.is_some_and(|last| tick <= last) {
            return Ok(CountSeen { status: Status::Late, ..seen });
        }
        let usual = self.usual(tick);
        let Some((expected, doubt)) = usual else {
            self.last = Some(tick);
            self.learn(tick, count);
            return Ok(seen);
        };
        let dispersion = if self.spread[1] > 0.0 { (self.spread[0] / self.spread[1]).max(0.0) } else { 0.0 };
        let limits = CountLimits { level: self.settings.level, dispersion: dispersion * (1.0 + doubt) + doubt };
        let reading = limits.judge(count, expected)?;
        self.last = Some(tick);
        let is_out = reading.direction.is_some();
        let (status, is_alarm) = self.turn(tick, is_out);
        if status == Status::Watching && !is_out {
            self.vary(count, expected);
            self.learn(tick, count);
        }
        Ok(CountSeen { status, expected: Some(expected), reading: Some(reading), is_alarm, ..seen })
    }

    /// What becomes of an alarm with a count that is out of line or not.
    fn turn(&mut self, tick: i64, is_out: bool) -> (Status, bool) {
        let Some(open) = &mut self.open else {
            if is_out {
                self.open = Some(Open { since: tick, calm: 0 });
            }
            return (if is_out { Status::Open } else { Status::Watching }, is_out);
        };
        open.calm = if is_out { 0 } else { open.calm + 1 };
        if open.calm >= RECOVERY {
            self.open = None;
            return (Status::Recovered, false);
        }
        if tick - open.since >= i64::from(self.settings.adopt) {
            // What is usual is learnt anew; how much counts vary by themselves is as it was.
            self.open = None;
            self.places.clear();
            return (Status::Adopted, false);
        }
        (Status::Open, false)
    }

    /// The usual count of a step, and the square of its relative standard error.
    fn usual(&self, tick: i64) -> Option<(f64, f64)> {
        let season = i64::from(self.settings.season);
        let own = self.places.get(&tick.rem_euclid(season))?;
        if own.len() < self.settings.least_seasons as usize {
            return None;
        }
        let beside = [-1, 1].map(|step| self.places.get(&(tick + step).rem_euclid(season)));
        let all: Vec<u64> = beside.into_iter().flatten().chain([own]).flatten().copied().collect();
        let mean = all.iter().sum::<u64>() as f64 / all.len() as f64;
        let doubt = if mean > 0.0 { 1.0 / (mean * all.len() as f64) } else { 0.0 };
        Some((mean, doubt))
    }

    fn learn(&mut self, tick: i64, count: u64) {
        let place = self.places.entry(tick.rem_euclid(i64::from(self.settings.season))).or_default();
        place.push_back(count);
        if place.len() > self.settings.memory as usize {
            place.pop_front();
        }
    }

    fn vary(&mut self, count: u64, expected: f64) {
        let kept = 1.0 - 1.0 / (f64::from(self.settings.season) * f64::from(self.settings.memory));
        let off = count as f64 - expected;
        let [beyond, square] = self.spread;
        self.spread = [kept * beyond + off * off - expected, kept * square + expected * expected];
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alert::series::Direction;
    use crate::stats::random::Random;

    const QUARTER: SignedDuration = SignedDuration::from_mins(15);

    /// Steps at which something is told, over counts with a daily rhythm that vary by `sd` beyond chance.
    fn told(days: i32, start: u64, (mean, sd): (f64, f64), factor: impl Fn(i32) -> f64) -> Vec<(i32, CountSeen)> {
        let mut detector = CountDetector::new(CountSettings::default(), QUARTER).unwrap();
        let mut random = Random::at(start, &[7]);
        let mut told = Vec::new();
        for step in 0..days * 96 {
            let rhythm = 1.0 + 0.6 * libm::sin(f64::from(step) / 96.0 * std::f64::consts::TAU);
            let varies = random.log_normal(sd);
            let count = random.poisson(mean * rhythm * varies * factor(step));
            let seen = detector.observe(Timestamp::UNIX_EPOCH + QUARTER * step, count).unwrap();
            if seen.is_alarm {
                told.push((step, seen));
            }
            if step % 500 == 0 {
                let text = serde_json::to_string(&detector).unwrap();
                assert_eq!(serde_json::from_str::<CountDetector>(&text).unwrap(), detector);
            }
        }
        told
    }

    #[test]
    fn calm_counts_are_seldom_told() {
        let days = 60;
        let count: usize = (0..10).map(|seed| told(days, seed, (300.0, 0.1), |_| 1.0).len()).sum();
        assert!(count <= 10, "{count} in 600 days");
    }

    #[test]
    fn a_stop_and_a_runaway_are_told_at_once_and_once() {
        for (factor, direction) in [(0.0, Direction::Down), (3.0, Direction::Up)] {
            let found = told(12, 3, (300.0, 0.1), |step| if (1_000..1_040).contains(&step) { factor } else { 1.0 });
            let [(step, seen)] = found.as_slice() else { panic!("{found:?}") };
            assert_eq!((*step, seen.status, seen.reading.unwrap().direction), (1_000, Status::Open, Some(direction)));
        }
    }

    #[test]
    fn a_new_level_becomes_the_usual_one() {
        let found = told(30, 4, (300.0, 0.1), |step| if step >= 1_000 { 0.2 } else { 1.0 });
        assert_eq!(found.iter().map(|(step, _)| *step).collect::<Vec<_>>(), [1_000]);
    }

    #[test]
    fn late_counts_and_wrong_settings_are_named() {
        let mut detector = CountDetector::new(CountSettings::default(), QUARTER).unwrap();
        let at = Timestamp::UNIX_EPOCH;
        assert_eq!(detector.observe(at, 5).unwrap().status, Status::Learning);
        assert_eq!(detector.observe(at, 9).unwrap().status, Status::Late);
        for (settings, field) in [
            (CountSettings { season: 0, ..CountSettings::default() }, "season"),
            (CountSettings { least_seasons: 20, ..CountSettings::default() }, "least_seasons"),
            (CountSettings { level: 1.0, ..CountSettings::default() }, "level"),
        ] {
            let error = CountDetector::new(settings, QUARTER).unwrap_err();
            assert_eq!(error.context_of("field"), Some(field));
        }
        assert!(CountDetector::new(CountSettings::default(), SignedDuration::ZERO).is_err());
    }
}
