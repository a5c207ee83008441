//! The detector of one series of counts.

use std::collections::{BTreeMap, VecDeque};

use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::count_sums::{Spread, Step, Sum};
use super::counts::check_count;
use super::{CountReading, Status};
use crate::error::{Error, Result};

/// Counts within their limits one after the other, after which a series may be back.
const RECOVERY: u32 = 4;
/// It is where, over these counts, at most this share of the change is left.
const RECOVERED: f64 = 0.5;
/// Seasons, nearly, that have to show how counts vary; they fade a little as they are seen.
const KNOWN: f64 = 0.9;
/// Of less expected a change has no size.
const LEAST_EXPECTED: f64 = 1e-9;

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
    /// A change may have begun so many steps ago, at most; 1 where each count is judged by itself. Sums of up to 12 steps are judged.
    pub window: u32,
    /// A level that has held for so many steps after its alarm is the usual one from then on.
    pub adopt: u32,
}

impl Default for CountSettings {
    /// Quarters of an hour, two weeks of memory, three days at each place; a calm count is told once in 20,000, which is one in seven months of
    /// quarters; changes since three hours at most; three days until a new level is the usual one.
    fn default() -> Self {
        Self { season: 96, memory: 14, least_seasons: 3, level: 5e-5, window: 12, adopt: 288 }
    }
}

impl CountSettings {
    fn check(&self) -> Result<()> {
        let rules = [
            ("season", self.season >= 1, "is 0"),
            ("memory", self.memory >= 1, "is 0"),
            ("least_seasons", (1..=self.memory).contains(&self.least_seasons), "is outside 1 to `memory`"),
            ("level", self.level > 0.0 && self.level < 1.0, "is not between 0 and 1"),
            ("window", self.window >= 1, "is 0"),
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
    /// The last counts together that are the most out of line, beside their limits; the count alone while an alarm lasts.
    pub reading: Option<CountReading>,
    /// How many counts `reading` is of.
    pub steps: u32,
    /// Whether it is told with this count.
    pub is_alarm: bool,
}

/// Watches one series of counts, such as impressions or reported conversions, one at a time: delivery that stops or runs away, tracking
/// that dies. Its state can be stored as JSON and taken up after a restart.
///
/// The usual count of a step is the mean of those remembered at its place of the season and at the two beside it. Judged are the last count and the
/// sums of the last 2, 3, 4, 6, 8 and 12, as far as the window reaches, each at its part of the level (Bonferroni): what dense counts show at once, sparse
/// ones show together. How much more than by chance the sums of each length vary, and so how lasting that is, is learnt by moments,
/// `sum((count - expected)^2 - expected) / sum(expected^2)`, older steps counting less (`McCullagh` and Nelder, 1989, 6.2); one standard error
/// is added, and no less is taken than independent steps would show. The limits are those of [`super::CountLimits`] with the error of the usual count in them.
/// Nothing is told until a season has shown how counts vary. Counts are learnt when they have left the window; those of an alarm never.
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
    /// The steps within the window that are not learnt yet, the newest last.
    recent: VecDeque<Step>,
    spread: Spread,
    open: Option<Open>,
}

/// An alarm that was told and is not over.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Open {
    since: i64,
    /// The counts that told it over those expected, less 1.
    change: f64,
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
            recent: VecDeque::new(),
            spread: Spread::default(),
            open: None,
        })
    }

    /// Takes in the next count. One for a step that was over is late: nothing is told or learnt of it. Steps that were left out say nothing.
    ///
    /// # Errors
    /// [`crate::ErrorKind::InvalidInput`] for a count above 1e12; nothing is changed then.
    pub fn observe(&mut self, at: Timestamp, count: u64) -> Result<CountSeen> {
        check_count(count)?;
        let tick = at.as_second().div_euclid(self.step_seconds);
        let seen = CountSeen { at, status: Status::Learning, expected: None, reading: None, steps: 1, is_alarm: false };
        if self.last.is_some_and(|last| tick <= last) {
            return Ok(CountSeen { status: Status::Late, ..seen });
        }
        self.last = Some(tick);
        self.settle(tick);
        let Some((expected, variance)) = self.usual(tick) else {
            self.learn(tick, count);
            return Ok(seen);
        };
        self.recent.push_back(Step { tick, count, expected, variance });
        self.judge(CountSeen { expected: Some(expected), ..seen }, tick)
    }

    fn judge(&mut self, seen: CountSeen, tick: i64) -> Result<CountSeen> {
        let window = if self.open.is_some() { 1 } else { self.settings.window };
        let Some((sum, reading)) = self.spread.strongest(&self.recent, window, self.settings.level)? else {
            return Ok(seen);
        };
        let seen = CountSeen { reading: Some(reading), steps: sum.steps, ..seen };
        let is_out = reading.direction.is_some();
        if let Some(open) = self.open {
            return Ok(CountSeen { status: self.follow(open, tick, is_out), ..seen });
        }
        if self.spread.steps() < f64::from(self.settings.season) * KNOWN {
            self.vary();
            return Ok(seen);
        }
        if !is_out {
            self.vary();
            return Ok(CountSeen { status: Status::Watching, ..seen });
        }
        let change = sum.count as f64 / sum.expected.max(LEAST_EXPECTED) - 1.0;
        self.open = Some(Open { since: tick, change, calm: 0 });
        self.recent.clear();
        Ok(CountSeen { status: Status::Open, is_alarm: true, ..seen })
    }

    /// What becomes of an alarm with a count that is out of line or not.
    fn follow(&mut self, open: Open, tick: i64, is_out: bool) -> Status {
        let calm = if is_out { 0 } else { open.calm + 1 };
        self.open = Some(Open { calm, ..open });
        if calm >= RECOVERY && self.is_back(open.change) {
            (self.open, self.recent) = (None, VecDeque::new());
            return Status::Recovered;
        }
        if tick - open.since >= i64::from(self.settings.adopt) {
            // What is usual is learnt anew; how much counts vary by themselves is as it was.
            (self.open, self.recent) = (None, VecDeque::new());
            self.places.clear();
            return Status::Adopted;
        }
        Status::Open
    }

    /// Whether the last counts together are nearer to the usual ones than to those of the alarm.
    fn is_back(&self, change: f64) -> bool {
        Sum::of(&self.recent, RECOVERY).is_some_and(|sum| {
            let off = (sum.count as f64 - sum.expected) * change.signum();
            off <= RECOVERED * change.abs() * sum.expected
        })
    }

    /// Learns the steps that have left the window.
    fn settle(&mut self, tick: i64) {
        let longest = i64::from(self.settings.window.max(RECOVERY));
        while self.recent.front().is_some_and(|step| tick - step.tick >= longest) {
            let Some(step) = self.recent.pop_front() else { return };
            if self.open.is_none() {
                self.learn(step.tick, step.count);
            }
        }
    }

    /// The usual count of a step, and its variance by chance alone.
    fn usual(&self, tick: i64) -> Option<(f64, f64)> {
        let season = i64::from(self.settings.season);
        let own = self.places.get(&tick.rem_euclid(season))?;
        if own.len() < self.settings.least_seasons as usize {
            return None;
        }
        let beside = [-1, 1].map(|step| self.places.get(&(tick + step).rem_euclid(season)));
        let all: Vec<u64> = beside.into_iter().flatten().chain([own]).flatten().copied().collect();
        let mean = all.iter().sum::<u64>() as f64 / all.len() as f64;
        Some((mean, mean / all.len() as f64))
    }

    fn learn(&mut self, tick: i64, count: u64) {
        let place = self.places.entry(tick.rem_euclid(i64::from(self.settings.season))).or_default();
        place.push_back(count);
        if place.len() > self.settings.memory as usize {
            place.pop_front();
        }
    }

    fn vary(&mut self) {
        let reach = f64::from(self.settings.season) * f64::from(self.settings.memory);
        self.spread.learn(&self.recent, self.settings.window, reach);
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
    fn variation_that_lasts_is_learnt_as_such() {
        let mut count = 0;
        for seed in 0..5 {
            let mut random = Random::at(seed, &[8]);
            let mut lasting = 0.0;
            let varies: Vec<f64> = (0..60 * 96)
                .map(|_| {
                    lasting = 0.95 * lasting + 0.1 * libm::sqrt(1.0 - 0.95 * 0.95) * random.normal();
                    libm::exp(lasting)
                })
                .collect();
            count += told(60, seed, (300.0, 0.05), |step| varies[usize::try_from(step).unwrap()]).len();
        }
        assert!(count <= 5, "{count} in 300 days");
    }

    #[test]
    fn sparse_counts_that_stop_are_told_once_by_some_of_them() {
        for seed in 0..10 {
            let found = told(12, seed, (5.0, 0.1), |step| if (1_000..1_090).contains(&step) { 0.0 } else { 1.0 });
            let [(step, seen)] = found.as_slice() else { panic!("{found:?}") };
            assert!((1_001..1_008).contains(step) && seen.steps > 1, "{found:?}");
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
            (CountSettings { window: 0, ..CountSettings::default() }, "window"),
            (CountSettings { level: 1.0, ..CountSettings::default() }, "level"),
        ] {
            let error = CountDetector::new(settings, QUARTER).unwrap_err();
            assert_eq!(error.context_of("field"), Some(field));
        }
        assert!(CountDetector::new(CountSettings::default(), SignedDuration::ZERO).is_err());
    }
}
