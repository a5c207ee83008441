//! A result cut to some of its days: what happened in them, and no more.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::result::{DecidedTest, PlatformForecast, PlatformResult, RunResult, ShadowReport};
use super::{shadow, summary};
use crate::alert::decision::scoreboard;
use crate::control::Outcome;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{ContentHash, Metrics};

/// Days that follow each other, both ends included, in the time zone of the account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Period {
    /// The first day.
    #[schemars(with = "String", extend("format" = "date"))]
    pub first: Date,
    /// The last day, included.
    #[schemars(with = "String", extend("format" = "date"))]
    pub last: Date,
}

impl Period {
    /// Days from one to another.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] where the last day is before the first.
    pub fn new(first: Date, last: Date) -> Result<Self> {
        if last < first {
            return Err(Error::invalid("period", format!("ends on {last}, before it begins on {first}"))
                .next("give a last day on or after the first"));
        }
        Ok(Self { first, last })
    }

    /// How many days.
    pub fn days(self) -> i64 {
        i64::from((self.last - self.first).get_days()) + 1
    }

    /// Whether a day is one of them.
    pub fn has(self, day: Date) -> bool {
        self.first <= day && day <= self.last
    }

    /// As many days, right before; none at the end of the calendar.
    pub fn before(self) -> Option<Self> {
        let last = self.first.yesterday().ok()?;
        let first = self.first.checked_sub(self.days().days()).ok()?;
        Some(Self { first, last })
    }
}

/// The moments between which a period lies: its first one, and the first one after it.
struct Span {
    from: Timestamp,
    until: Timestamp,
}

impl Span {
    fn has(&self, at: Timestamp) -> bool {
        self.from <= at && at < self.until
    }
}

impl RunResult {
    /// The same result with the days of a period and what happened in them alone: sums are those of its days, to the micro; targets are
    /// checked against them, the target of spend for so many days. Steps are placed by `times`, as [`crate::control::entry_times`] gives them;
    /// one whose time is not known stays. What is one for the whole run stays as it is: brief, plan, comparisons of experiments, learnings.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] for a time zone that is not known; [`ErrorKind::Internal`] where sums overflow.
    pub fn of_period(&self, period: Period, times: &BTreeMap<ContentHash, Timestamp>) -> Result<Self> {
        let span = self.span(period)?;
        let is_in = |outcome: &&Outcome| times.get(&outcome.entry).is_none_or(|at| span.has(*at));
        let days: Vec<_> = self.days.iter().filter(|day| period.has(day.date)).cloned().collect();
        let totals = Metrics::total(days.iter().map(|day| &day.metrics), self.brief.currency())?;
        let decisions: Vec<_> = self.decisions.iter().filter(|decision| span.has(decision.at)).cloned().collect();
        let budgets: Vec<_> = self.budgets.iter().filter(|decision| period.has(decision.day)).cloned().collect();
        let open = self.alerts.iter().filter(|episode| {
            episode.opened_at < span.until && episode.closed_at.is_none_or(|closed| closed >= span.from)
        });
        let mut cut = Self {
            targets: summary::targets(&self.brief, &totals, i64::try_from(days.len()).unwrap_or(i64::MAX))?,
            launch: self.launch.iter().filter(is_in).cloned().collect(),
            actions: self.actions.iter().filter(is_in).cloned().collect(),
            alerts: open.cloned().collect(),
            forecasts: self.forecasts.iter().map(|forecast| forecast_of(forecast, period)).collect(),
            tests: self
                .tests
                .iter()
                .filter(|test| self.day_of(test).is_some_and(|day| period.has(day)))
                .cloned()
                .collect(),
            scoreboard: scoreboard(&decisions),
            budget_board: shadow::board(&budgets),
            shadow: ShadowReport::default(),
            decisions,
            budgets,
            totals,
            days,
            ..self.clone()
        };
        cut.platforms = self.platforms.iter().map(|platform| cut.platform_of(platform)).collect::<Result<_>>()?;
        Ok(cut)
    }

    fn span(&self, period: Period) -> Result<Span> {
        let flight = &self.brief.flight;
        let start = |day: Date| flight.start_of_day(i64::from((day - flight.start).get_days()));
        let after = period.last.tomorrow().map_err(|_| {
            Error::new(ErrorKind::InvalidInput, "the period ends with the calendar")
                .next("check the years of the flight")
        })?;
        Ok(Span { from: start(period.first)?, until: start(after)? })
    }

    /// The day at whose end a test was decided.
    fn day_of(&self, test: &DecidedTest) -> Option<Date> {
        self.brief.flight.start.checked_add((test.days - 1).days()).ok()
    }

    fn platform_of(&self, whole: &PlatformResult) -> Result<PlatformResult> {
        let own = self.days.iter().filter_map(|day| day.platforms.get(&whole.platform));
        Ok(PlatformResult { metrics: Metrics::total(own, self.brief.currency())?, ..whole.clone() })
    }
}

fn forecast_of(whole: &PlatformForecast, period: Period) -> PlatformForecast {
    PlatformForecast {
        platform: whole.platform,
        days: whole.days.iter().filter(|day| period.has(day.date)).cloned().collect(),
        calibration: whole.calibration.iter().filter(|day| period.has(day.date)).copied().collect(),
    }
}
