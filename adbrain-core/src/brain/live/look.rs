//! One look at a running campaign: closed days as any go watches them, then the hours of today.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use super::super::monitor::{self, BASELINE_DAYS, Hourly, Progress};
use super::super::observe::{self, Known, Learning};
use super::super::session::Session;
use super::super::{Brain, RunRequest, Watch, amounts, budgets, door};
use super::record::{Live, progress};
use super::{LiveLook, session_of};
use crate::alert::Detector;
use crate::control::{Control, Outcome};
use crate::error::{Error, ErrorKind, Result};
use crate::measure::zone_of;
use crate::model::{MediaPlan, MetricsRow, Platform, RunId};
use crate::platform::{Connector, InsightsQuery, InsightsStep};
use crate::store::Steps;

/// Closed days are asked for once in so much time.
const DAYS_EVERY: SignedDuration = SignedDuration::from_hours(1);
/// A platform that takes no more requests and does not say until when is left alone for so long.
const USUAL_REST: SignedDuration = SignedDuration::from_mins(5);

/// What a monitor carries from one look to the next in memory: a restart reads it anew.
#[derive(Default)]
pub(super) struct Seen {
    /// When closed days were last asked for.
    days_at: Option<Timestamp>,
    /// The hours of today by platform, as they were last read, and when.
    today: BTreeMap<Platform, (Timestamp, Vec<MetricsRow>)>,
    /// Until when a platform takes no requests.
    rests: BTreeMap<Platform, Timestamp>,
}

/// Looks once; what was seen is given back whatever comes.
pub(super) async fn look(
    brain: &Brain,
    (request, run): (RunRequest, RunId),
    (mut seen, watch): (Seen, Watch),
) -> (Result<LiveLook>, Seen) {
    let look = Box::pin(look_with(brain, (request, &run), (&mut seen, watch))).await;
    (look, seen)
}

async fn look_with(
    brain: &Brain,
    (request, run): (RunRequest, &RunId),
    (seen, watch): (&mut Seen, Watch),
) -> Result<LiveLook> {
    let now = brain.parts.clock.now();
    let mut is_over = false;
    if seen.days_at.is_none_or(|at| now.duration_since(at) >= DAYS_EVERY) {
        let result = Box::pin(brain.run(request.clone(), watch)).await?;
        seen.days_at = Some(now);
        is_over = result.watched.is_some_and(|watched| !watched.goes_on);
    }
    let work = Box::pin(async { hours(&session_of(brain, request).await?, seen, now).await });
    let look = brain.alone(run, work).await?;
    Ok(LiveLook { is_over, ..look })
}

/// Shows the rules the hours of today, and hands to control what they decide.
async fn hours(session: &Session, seen: &mut Seen, now: Timestamp) -> Result<LiveLook> {
    let (steps, run) = (Steps::new(session.parts.database.clone()), &session.run);
    let mut look = LiveLook::of(run, now);
    let Some(plan) = door::plan_of(&steps, run).await?.filter(|_| is_within(session, now)) else { return Ok(look) };
    if !door::is_launched(&steps, run).await? {
        return Ok(look);
    }
    let mut live = Live::load(&steps, run).await?;
    let mut known = progress(&steps, run).await?.unwrap_or_else(Progress::opening);
    live.forget(&known);
    if live.tell(&mut known) {
        // A person's word may have changed amounts since the last day.
        known.amounts = amounts::read(session, &plan).await?;
    }
    look.days = known.days;
    let plan = amounts::as_it_is(&plan, &known.amounts);
    let control = session.control(&plan.limits).await?;
    look.unknown = read_today(session, seen, now).await;
    let watched_until = session.brief.flight.start_of_day(known.days)?;
    let rules = session.silenced(known.rules.now(&session.parts.rules)?).await?;
    let mut detector = Detector::resume(rules, live.newest(known.alerts.clone(), watched_until));
    let shown = Shown::of(session, (&plan, &known, &detector), (seen, now)).await?;
    let Shown { hourly, figures, learning, as_of } = &shown;
    let available = BTreeMap::new();
    let seen = observe::Seen { hourly, known: figures, available: &available, learning, as_of, now };
    let found = detector.observe(now, &seen.ad_sets(session, &plan)?)?;
    live.saw(detector.state(), now);
    live.decisions.extend(found.decisions);
    // On disk before anything is asked for or told, with what is to be told.
    let telling = session.telling(now, &found.notifications).await?;
    live.keep_with(&steps, run, telling).await?;
    live.tell(&mut known);
    known.alerts = live.alerts().clone();
    let outcomes = act(session, &control, &known).await?;
    look.actions = live.note(outcomes);
    look.notifications = found.notifications;
    live.keep(&steps, run).await?;
    Ok(look)
}

/// Hands to control what is decided and not done: actions of open episodes, and a move of today's budgets that waits.
async fn act(session: &Session, control: &Control, known: &Progress) -> Result<Vec<Outcome>> {
    let mut outcomes = monitor::act_on_open(session, control, known).await?;
    outcomes.extend(budgets::once_more(session, control, known).await?);
    Ok(outcomes)
}

fn is_within(session: &Session, now: Timestamp) -> bool {
    let flight = &session.brief.flight;
    let start = |day| flight.start_of_day(day);
    matches!((start(0), start(flight.days())), (Ok(first), Ok(end)) if first <= now && now < end)
}

/// Reads the hours of today of each platform that takes requests; says which ones are not of now, and why.
async fn read_today(session: &Session, seen: &mut Seen, now: Timestamp) -> BTreeMap<Platform, String> {
    let mut unknown = BTreeMap::new();
    for (platform, connector) in &session.connectors {
        if let Some(until) = seen.rests.get(platform).filter(|until| now < **until) {
            unknown.insert(*platform, format!("takes no requests until {until}"));
            continue;
        }
        match today(session, connector.as_ref(), now).await {
            Ok(rows) => drop(seen.today.insert(*platform, (now, rows))),
            Err(error) => {
                if error.kind() == ErrorKind::RateLimited {
                    let rest = error.context_of("retry_after_seconds").and_then(|seconds| seconds.parse().ok());
                    let rest = rest.map_or(USUAL_REST, SignedDuration::from_secs);
                    seen.rests.insert(*platform, now.checked_add(rest).unwrap_or(Timestamp::MAX));
                }
                unknown.insert(*platform, error.to_string());
            }
        }
    }
    unknown
}

/// The hours of the account's own day.
async fn today(session: &Session, connector: &dyn Connector, now: Timestamp) -> Result<Vec<MetricsRow>> {
    let zone = zone_of(&connector.capabilities(), &session.brief.flight.zone()?)?;
    let beyond = |_| Error::invalid("clock", "is beyond the calendar").next("set the machine's clock");
    let midnight = |day: Date| Ok::<_, Error>(day.to_zoned_datetime(zone.clone()).map_err(beyond)?.timestamp());
    let day = now.to_zoned_datetime(zone.clone()).date();
    let window = [midnight(day)?, midnight(day.tomorrow().map_err(beyond)?)?];
    let query = InsightsQuery { start: window[0], end: window[1], step: InsightsStep::Hour };
    let rows = connector.insights(&query).await?;
    Ok(rows.into_iter().filter(|row| row.start < now).collect())
}

/// What the rules are shown: the hours of the days before from the store, those of today as they were last read.
struct Shown {
    hourly: Hourly,
    figures: Known,
    learning: Learning,
    as_of: BTreeMap<Platform, Timestamp>,
}

impl Shown {
    async fn of(
        session: &Session,
        (plan, known, detector): (&MediaPlan, &Progress, &Detector),
        (seen, now): (&Seen, Timestamp),
    ) -> Result<Self> {
        let days = [(known.days - BASELINE_DAYS).max(0), known.days];
        let mut hourly = Hourly::new();
        monitor::append(&mut hourly, &session.stored(plan, (InsightsStep::Hour, days), now).await?)?;
        for (_, rows) in seen.today.values() {
            monitor::append(&mut hourly, rows)?;
        }
        let rows = session.ad_rows(plan, (known.days, now)).await?;
        Ok(Self {
            hourly,
            figures: Known::of(session, (plan, &rows), (detector, &known.actions, now))?,
            learning: observe::learning(session, (plan, known), now)?,
            as_of: seen.today.iter().map(|(platform, (at, _))| (*platform, *at)).collect(),
        })
    }
}
