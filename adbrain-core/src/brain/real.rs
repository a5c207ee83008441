//! The days of real accounts: a day that has closed and is known whole is a step; the others wait for the next go.
//!
//! The clock of a run over accounts passes by itself, so nothing here waits for it: each go brings the store up to date, watches every day
//! that has closed since the last one, and ends. What a day looks at is what was known when it was first known whole.

use std::collections::BTreeSet;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan as _};

use super::builder::Parts;
use super::door;
use super::result::Watched;
use super::session::Session;
use crate::clock::Clock as _;
use crate::control::Outcome;
use crate::error::{Error, ErrorKind, Result};
use crate::measure::{Ingestion, KnownQuery, PullOrder, Pulled, source_of, zone_of};
use crate::model::{Flight, MediaPlan, MetricsRow};
use crate::platform::{Capabilities, Connector, InsightsStep};
use crate::store::Steps;

/// Control acts on the figures of a day up to this long after its end. A run that is started once a day finds its newest day at most so old,
/// wherever the accounts are; older days are looked at, and nothing is changed for their sake.
const FRESH: SignedDuration = SignedDuration::from_hours(48);

/// How far a go may watch.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Reach {
    /// Days from the first on that are known whole in every account.
    pub(super) days: i64,
    /// What the result tells of it; nothing in simulated time.
    pub(super) watched: Option<Watched>,
}

/// Brings the store up to date and says how many days may be watched. A plan that has not been let go has none: nothing of it is live.
pub(super) async fn reach(session: &Session) -> Result<Reach> {
    if session.clock.is_simulated() || session.days == 0 {
        return Ok(Reach { days: session.days, watched: None });
    }
    let steps = Steps::new(session.parts.database.clone());
    if steps.run(&session.run).await?.is_some_and(|known| known.finished_at.is_some()) {
        let watched = Watched { until: Some(day_of(&session.brief.flight, session.days - 1)?), ..Watched::default() };
        return Ok(Reach { days: session.days, watched: Some(watched) });
    }
    if !door::is_launched(&steps, &session.run).await? {
        let watched = Watched { until: None, goes_on: true, refused: Vec::new() };
        return Ok(Reach { days: 0, watched: Some(watched) });
    }
    let (mut days, mut refused) = (session.days, Vec::new());
    for platform in session.brief.platforms() {
        let connector = session.connector(platform)?.clone();
        for step in [InsightsStep::Day, InsightsStep::Hour] {
            let Some(pulled) = pull(session, connector.as_ref(), step).await? else { continue };
            days = days.min(whole_days(session, &pulled));
            refused.extend(pulled.refused);
        }
    }
    let until = (days > 0).then(|| day_of(&session.brief.flight, days - 1)).transpose()?;
    Ok(Reach { days, watched: Some(Watched { until, goes_on: days < session.days, refused }) })
}

/// None for an account that reports no hours.
async fn pull(session: &Session, connector: &dyn Connector, step: InsightsStep) -> Result<Option<Pulled>> {
    let (first, last) = (day_of(&session.brief.flight, 0)?, day_of(&session.brief.flight, session.days - 1)?);
    let order = PullOrder { step, ..PullOrder::days(first, last, session.brief.flight.zone()?) };
    match ingestion(session).pull(connector, &order).await {
        Ok(pulled) => Ok(Some(pulled)),
        Err(error) if step == InsightsStep::Hour && error.kind() == ErrorKind::Unsupported => Ok(None),
        Err(error) => Err(error),
    }
}

fn ingestion(session: &Session) -> Ingestion {
    ingestion_of(&session.parts)
}

fn ingestion_of(parts: &Parts) -> Ingestion {
    Ingestion::new(parts.database.clone(), parts.clock.clone())
}

/// Days of the flight up to the last one that an account knows whole.
fn whole_days(session: &Session, pulled: &Pulled) -> i64 {
    let until = |day: Date| i64::from((day - session.brief.flight.start).get_days()) + 1;
    pulled.known_until.map_or(0, until)
}

fn day_of(flight: &Flight, day: i64) -> Result<Date> {
    let beyond =
        |_| Error::invalid("flight", format!("day {day} is beyond the calendar")).next("check the years of the flight");
    let span = jiff::Span::new().try_days(day).map_err(beyond)?;
    flight.start.checked_add(span).map_err(beyond)
}

/// What a result says of its days: a launch that let nothing go, and waits for nobody, has nothing to go on with.
pub(super) fn told(watched: Watched, launch: &[Outcome]) -> Watched {
    let is_live = launch.iter().any(door::is_activated) || door::waits_for_a_person(launch);
    Watched { goes_on: watched.goes_on && is_live, ..watched }
}

impl Session {
    /// The moment at which the first `count` days of the flight were known: their end in simulated time, with real accounts the moment when
    /// the last of them was first known whole.
    pub(super) async fn known_at(&self, count: i64) -> Result<Timestamp> {
        let end = self.brief.flight.start_of_day(count)?;
        if self.clock.is_simulated() || count <= 0 {
            return Ok(end);
        }
        let (ingestion, days) =
            (ingestion(self), [day_of(&self.brief.flight, 0)?, day_of(&self.brief.flight, count - 1)?]);
        let mut newest = end;
        for platform in self.brief.platforms() {
            let source = source_of(&self.connector(platform)?.capabilities());
            for step in [InsightsStep::Day, InsightsStep::Hour] {
                let known = ingestion.known_days(&source, step, days).await?;
                newest = known.into_iter().map(|(_, at)| at).fold(newest, Timestamp::max);
            }
        }
        Ok(newest)
    }

    /// Whether control may act on the figures of the first `count` days: always in simulated time; with real accounts while the last of them
    /// is the newest that there can be.
    pub(super) fn is_fresh(&self, count: i64) -> Result<bool> {
        let end = self.brief.flight.start_of_day(count)?;
        Ok(self.clock.is_simulated() || self.clock.now().duration_since(end) <= FRESH)
    }

    /// The rows of the plan's ads in the store, as known at a moment.
    pub(super) async fn stored(
        &self,
        plan: &MediaPlan,
        window: (InsightsStep, [i64; 2]),
        as_of: Timestamp,
    ) -> Result<Vec<MetricsRow>> {
        let accounts = self.capabilities()?;
        let books = Books { parts: &self.parts, accounts: &accounts, flight: &self.brief.flight };
        books.rows(plan, window, as_of).await
    }
}

/// What the store knows of accounts over a flight.
pub(super) struct Books<'a> {
    pub(super) parts: &'a Parts,
    pub(super) accounts: &'a [Capabilities],
    pub(super) flight: &'a Flight,
}

impl Books<'_> {
    /// The rows of a plan's ads, as known at a moment. Each day of an account counts as the flight's day of the same date, also where the
    /// account's days begin at another hour.
    pub(super) async fn rows(
        &self,
        plan: &MediaPlan,
        (step, [first, end]): (InsightsStep, [i64; 2]),
        as_of: Timestamp,
    ) -> Result<Vec<MetricsRow>> {
        if end <= first {
            return Ok(Vec::new());
        }
        let own: BTreeSet<&str> = plan.ad_sets().flat_map(|set| &set.ads).map(|ad| ad.tag.as_str()).collect();
        let (ingestion, flight) = (ingestion_of(self.parts), self.flight);
        let mut rows = Vec::new();
        for account in self.accounts {
            let zone = zone_of(account, &flight.zone()?)?;
            let source = source_of(account);
            let question =
                KnownQuery { source, step, first: day_of(flight, first)?, last: day_of(flight, end - 1)?, as_of };
            let known = ingestion.rows(&question).await?;
            for known in known.into_iter().filter(|known| known.is_closed && own.contains(known.row.path.ad.as_str())) {
                let theirs = midnight(known.day, &zone)?;
                let shift = midnight(known.day, &flight.zone()?)?.duration_since(theirs);
                let row = known.row;
                rows.push(MetricsRow { start: row.start + shift, end: row.end + shift, ..row });
            }
        }
        Ok(rows)
    }
}

fn midnight(day: Date, zone: &jiff::tz::TimeZone) -> Result<Timestamp> {
    let beyond = |_| Error::invalid("day", format!("{day} is beyond the calendar")).next("check the flight");
    Ok(day.to_zoned_datetime(zone.clone()).map_err(beyond)?.timestamp())
}

/// The first day at whose start something known at `moment` was known.
pub(super) fn first_day_after(moment: Timestamp, zone: &jiff::tz::TimeZone) -> Date {
    let local = moment.to_zoned_datetime(zone.clone());
    let is_start = local.start_of_day().is_ok_and(|start| start == local);
    if is_start { local.date() } else { local.date().saturating_add(1.day()) }
}
