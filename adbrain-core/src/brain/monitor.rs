//! Watches a running campaign: one day at a time, one look an hour.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::amounts::{self, Amounts};
use super::budgets::{self, Begun};
use super::decisions;
use super::delivery::{self, Delivered, Today};
use super::forecast::{self, SettledDay};
use super::live::Live;
use super::observe;
use super::result::{BudgetDecision, DecidedTest};
use super::rules::RulesInForce;
use super::session::Session;
use super::trial;
use crate::alert::rules::ActionKind;
use crate::alert::{DecisionRecord, Detector, DetectorState};
use crate::control::{Control, JournalState, Outcome};
use crate::error::Result;
use crate::model::{Feedback, MediaPlan, Metrics, MetricsRow, Response};
use crate::platform::{InsightsQuery, InsightsStep};

/// Everything that the loop carries from one day to the next.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Progress {
    /// Whole days that have been watched.
    pub(super) days: i64,
    /// What the alert rules have seen.
    pub(super) alerts: DetectorState,
    /// The rules that hold, and what was wrong with later ones.
    pub(super) rules: RulesInForce,
    /// Actions of alerts that were decided on.
    pub(super) decisions: Vec<DecisionRecord>,
    /// The budgets with which each watched day began.
    #[serde(default)]
    pub(super) begun: Vec<Begun>,
    /// Decisions on the budgets of days.
    #[serde(default)]
    pub(super) budgets: Vec<BudgetDecision>,
    /// What control did about alerts, feedback, tests and budgets.
    pub(super) actions: Vec<Outcome>,
    /// Tests that were decided.
    #[serde(default)]
    pub(super) tests: Vec<DecidedTest>,
    /// Days that have settled, each with what was known then.
    #[serde(default)]
    pub(super) settled: Vec<SettledDay>,
    /// What each audience was shown, day by day.
    #[serde(default)]
    pub(super) delivered: Delivered,
    /// What the analyst said.
    pub(super) feedback: Vec<Feedback>,
    /// What the agents answered.
    pub(super) responses: Vec<Response>,
    /// Budgets and bids that are not as planned any more.
    #[serde(default)]
    pub(super) amounts: Amounts,
}

impl Progress {
    /// Nothing has been watched yet.
    pub(super) fn opening() -> Self {
        Self {
            days: 0,
            alerts: DetectorState::default(),
            rules: RulesInForce::default(),
            decisions: Vec::new(),
            begun: Vec::new(),
            budgets: Vec::new(),
            actions: Vec::new(),
            tests: Vec::new(),
            settled: Vec::new(),
            delivered: Delivered::new(),
            feedback: Vec::new(),
            responses: Vec::new(),
            amounts: Amounts::new(),
        }
    }
}

/// Days of hourly figures that an hour is compared with.
pub(super) const BASELINE_DAYS: i64 = 7;
const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// Hourly figures of each ad set by its tag.
pub(super) type Hourly = BTreeMap<String, Vec<(Timestamp, Metrics)>>;

/// Watches one day, hour by hour, and hands what the rules and the tests propose to control. In simulated time control acts within the hour.
/// With real accounts the day has passed: what it opened and has not closed is acted on at its end, where the day is the newest one.
pub(super) async fn watch_day(session: &Session, plan: &MediaPlan, mut progress: Progress) -> Result<Progress> {
    let flight = &session.brief.flight;
    let (start, end) = (flight.start_of_day(progress.days)?, flight.start_of_day(progress.days + 1)?);
    session.clock.set(start);
    let control = session.control(&plan.limits).await?;
    let (plan, before) = (&amounts::as_it_is(plan, &progress.amounts), done(&progress));
    let day = Day::begin(session, plan, progress.days).await?;
    let mut hourly = day.baseline(session).await?;
    let rows = session.ad_rows(plan, (progress.days, day.known_at)).await?;
    forecast::settle(&mut progress.settled, &rows, (day.known_at, &flight.zone()?))?;
    decisions::grade(session, &mut progress, (&rows, day.known_at))?;
    budgets::grade(session, &mut progress, (&rows, day.known_at))?;
    progress.begun.push(budgets::now(plan));
    let available = delivery::available(session, plan).await?;
    let mut today = Today::default();
    let rules = session.silenced(progress.rules.now(&session.parts.rules)?).await?;
    let live = Live::of(session, &mut progress).await?;
    let mut detector = Detector::resume(rules, live.newest(std::mem::take(&mut progress.alerts), start));
    let known = observe::Known::of(session, (plan, &rows), (&detector, &progress.actions, day.known_at))?;
    let mut hour = start;
    while hour < end {
        let next = hour.checked_add(HOUR).unwrap_or(end).min(end);
        session.clock.set(next);
        let rows = day.hour(session, [hour, next]).await?;
        append(&mut hourly, &rows)?;
        today.add(&rows);
        let seen = observe::Seen {
            hourly: &hourly,
            known: &known,
            available: &available,
            learning: &observe::learning(session, (plan, &progress), next)?,
            as_of: &BTreeMap::new(),
            now: next,
        };
        // What looks in the middle of the day have shown the rules is not shown again.
        if !live.covers(next) {
            let found = detector.observe(next, &seen.ad_sets(session, plan)?)?;
            session.tell(next, &found.notifications).await?;
            if session.clock.is_simulated() {
                progress.actions.extend(submit(&control, found.decisions.iter()).await?);
            }
            progress.decisions.extend(found.decisions);
        }
        hour = next;
    }
    progress.alerts = detector.state();
    progress.days += 1;
    today.close(&mut progress.delivered);
    if session.is_fresh(progress.days)? {
        let outcomes = act_on_open(session, &control, &progress).await?;
        progress.actions.extend(outcomes);
        trial::decide(session, plan, (&control, &mut progress)).await?;
        let plan = &in_force(session, plan, (before, &mut progress)).await?;
        let before = done(&progress);
        budgets::decide(session, plan, (&control, &detector, &mut progress)).await?;
        in_force(session, plan, (before, &mut progress)).await?;
    }
    Ok(progress)
}

/// How much control has done: with the word of a person a step that had waited is done later, in its old place.
fn done(progress: &Progress) -> usize {
    let is_done = |outcome: &&Outcome| outcome.state == JournalState::Confirmed;
    progress.actions.len() + progress.actions.iter().filter(is_done).count()
}

/// A plan with the amounts that are in force; they are read anew where control has done something since `before`.
async fn in_force(
    session: &Session,
    plan: &MediaPlan,
    (before, progress): (usize, &mut Progress),
) -> Result<MediaPlan> {
    if done(progress) > before {
        progress.amounts = amounts::read(session, plan).await?;
    }
    Ok(amounts::as_it_is(plan, &progress.amounts))
}

/// Hands to control what was decided: money that moves as a whole, anything else change by change.
async fn submit<'a>(control: &Control, decisions: impl Iterator<Item = &'a DecisionRecord>) -> Result<Vec<Outcome>> {
    let (mut single, mut outcomes) = (Vec::new(), Vec::new());
    for decision in decisions.filter(|decision| decision.is_proposed) {
        match decision.action {
            ActionKind::MoveBudget => outcomes.extend(control.submit_move(&decision.changes).await?),
            _ => single.extend(decision.changes.iter().cloned()),
        }
    }
    outcomes.extend(control.submit(&single).await?);
    Ok(outcomes)
}

/// Where the rows of a day come from: the platforms at the session's hour, or the store.
struct Day {
    number: i64,
    /// Up to when the days before it are known: its start in simulated time, else when it was first known whole itself.
    known_at: Timestamp,
    /// The hours of the day and of the days that it is compared with, in the store; none in simulated time.
    stored: Option<Vec<MetricsRow>>,
}

impl Day {
    async fn begin(session: &Session, plan: &MediaPlan, number: i64) -> Result<Self> {
        if session.clock.is_simulated() {
            let known_at = session.brief.flight.start_of_day(number)?;
            return Ok(Self { number, known_at, stored: None });
        }
        let known_at = session.known_at(number + 1).await?;
        let days = [(number - BASELINE_DAYS).max(0), number + 1];
        let stored = session.stored(plan, (InsightsStep::Hour, days), known_at).await?;
        Ok(Self { number, known_at, stored: Some(stored) })
    }

    async fn baseline(&self, session: &Session) -> Result<Hourly> {
        let Some(rows) = &self.stored else { return baseline(session, self.known_at).await };
        let (mut hourly, start) = (Hourly::new(), session.brief.flight.start_of_day(self.number)?);
        let before: Vec<_> = rows.iter().filter(|row| row.start < start).cloned().collect();
        append(&mut hourly, &before)?;
        Ok(hourly)
    }

    async fn hour(&self, session: &Session, [start, end]: [Timestamp; 2]) -> Result<Vec<MetricsRow>> {
        let Some(rows) = &self.stored else {
            return session.insights(&InsightsQuery { start, end, step: InsightsStep::Hour }).await;
        };
        Ok(rows.iter().filter(|row| row.start >= start && row.start < end).cloned().collect())
    }
}

/// With real accounts: hands to control what was decided in episodes that are still open and control has not been asked for yet.
pub(super) async fn act_on_open(session: &Session, control: &Control, progress: &Progress) -> Result<Vec<Outcome>> {
    if session.clock.is_simulated() {
        return Ok(Vec::new());
    }
    let open: BTreeSet<&str> = progress
        .alerts
        .episodes()
        .iter()
        .filter(|episode| episode.closed_at.is_none())
        .flat_map(|episode| episode.proposals.iter().map(|change| change.cause.as_str()))
        .collect();
    let is_asked = |decision: &DecisionRecord| progress.actions.iter().any(|outcome| outcome.cause == decision.cause);
    let waiting = |decision: &&DecisionRecord| open.contains(decision.cause.as_str()) && !is_asked(decision);
    submit(control, progress.decisions.iter().filter(waiting)).await
}

async fn baseline(session: &Session, start: Timestamp) -> Result<Hourly> {
    let first = session.brief.flight.start_of_day(0)?;
    let from = start.checked_sub(SignedDuration::from_hours(24 * BASELINE_DAYS)).unwrap_or(first).max(first);
    let mut hourly = Hourly::new();
    if from < start {
        append(
            &mut hourly,
            &session.insights(&InsightsQuery { start: from, end: start, step: InsightsStep::Hour }).await?,
        )?;
    }
    Ok(hourly)
}

/// Adds rows of single ads to the hours of their ad sets.
pub(super) fn append(hourly: &mut Hourly, rows: &[MetricsRow]) -> Result<()> {
    for row in rows {
        let hours = hourly.entry(row.path.ad_set.clone()).or_default();
        match hours.iter_mut().rev().find(|(start, _)| *start == row.start) {
            Some((_, metrics)) => *metrics = metrics.merge(&row.metrics)?,
            None => hours.push((row.start, row.metrics.clone())),
        }
    }
    for hours in hourly.values_mut() {
        hours.sort_by_key(|(start, _)| *start);
    }
    Ok(())
}
