//! Watches a running campaign: one day at a time, one look an hour.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::amounts::{self, Amounts};
use super::delivery::{self, Available, Delivered, Today};
use super::forecast::{self, SettledDay};
use super::result::DecidedTest;
use super::session::Session;
use super::trial;
use crate::alert::{AlertSettings, Detector, Episode, Observation};
use crate::control::{Control, Outcome};
use crate::error::Result;
use crate::measure;
use crate::model::{AdDraft, AdSetDraft, CampaignDraft, Feedback, MediaPlan, Metrics, MetricsRow, Response, Tag};
use crate::platform::{InsightsQuery, InsightsStep};

/// Everything that the loop carries from one day to the next.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Progress {
    /// Whole days that have been watched.
    pub(super) days: i64,
    /// The alert rules with all that they have seen.
    pub(super) detector: Detector,
    /// What control did about alerts, feedback and tests.
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
    pub(super) fn opening() -> Result<Self> {
        Ok(Self {
            days: 0,
            detector: Detector::new(AlertSettings::default())?,
            actions: Vec::new(),
            tests: Vec::new(),
            settled: Vec::new(),
            delivered: Delivered::new(),
            feedback: Vec::new(),
            responses: Vec::new(),
            amounts: Amounts::new(),
        })
    }
}

/// Days of hourly figures that an hour is compared with.
const BASELINE_DAYS: i64 = 7;
const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// Hourly figures of each ad set by its tag.
type Hourly = BTreeMap<String, Vec<(Timestamp, Metrics)>>;

/// Watches one day, hour by hour, and hands what the rules and the tests propose to control. In simulated time control acts within the hour.
/// With real accounts the day has passed: what it opened and has not closed is acted on at its end, where the day is the newest one.
pub(super) async fn watch_day(session: &Session, plan: &MediaPlan, mut progress: Progress) -> Result<Progress> {
    let flight = &session.brief.flight;
    let (start, end) = (flight.start_of_day(progress.days)?, flight.start_of_day(progress.days + 1)?);
    session.clock.set(start);
    let control = session.control(&plan.limits).await?;
    let (plan, before) = (&amounts::as_it_is(plan, &progress.amounts), progress.actions.len());
    let day = Day::begin(session, plan, progress.days).await?;
    let mut hourly = day.baseline(session).await?;
    let rows = session.ad_rows(plan, (progress.days, day.known_at)).await?;
    forecast::settle(&mut progress.settled, &rows, (day.known_at, &flight.zone()?))?;
    let matured = matured(session, &rows, day.known_at)?;
    let available = delivery::available(session, plan).await?;
    let mut today = Today::default();
    let mut hour = start;
    while hour < end {
        let next = hour.checked_add(HOUR).unwrap_or(end).min(end);
        session.clock.set(next);
        let rows = day.hour(session, [hour, next]).await?;
        append(&mut hourly, &rows)?;
        today.add(&rows);
        for campaign in &plan.campaigns {
            for ad_set in &campaign.ad_sets {
                let seen = Seen { hourly: &hourly, available: &available, now: next };
                let ads = ad_figures(session, ad_set, &matured);
                let observation = observation(session, (campaign, ad_set), (&seen, &ads))?;
                let episodes = progress.detector.observe(&observation);
                if session.clock.is_simulated() {
                    act(&control, &mut progress, episodes).await?;
                }
            }
        }
        hour = next;
    }
    progress.days += 1;
    today.close(&mut progress.delivered);
    if session.is_fresh(progress.days)? {
        act_on_open(session, &control, &mut progress).await?;
        trial::decide(session, plan, (&control, &mut progress)).await?;
    }
    if progress.actions.len() > before {
        progress.amounts = amounts::read(session, plan).await?;
    }
    Ok(progress)
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

struct Seen<'a> {
    hourly: &'a Hourly,
    available: &'a BTreeMap<String, Available>,
    /// The end of the hour.
    now: Timestamp,
}

/// The mature figures of each ad of an ad set.
fn ad_figures(session: &Session, ad_set: &AdSetDraft, matured: &BTreeMap<String, Metrics>) -> Vec<(Tag, Metrics)> {
    let none = Metrics::none(session.brief.currency());
    let figures = |ad: &AdDraft| matured.get(ad.tag.as_str()).unwrap_or(&none).clone();
    ad_set.ads.iter().map(|ad| (ad.tag.clone(), figures(ad))).collect()
}

fn observation<'a>(
    session: &Session,
    (campaign, ad_set): (&CampaignDraft, &'a AdSetDraft),
    (seen, ads): (&Seen<'a>, &'a [(Tag, Metrics)]),
) -> Result<Observation<'a>> {
    let tag = ad_set.tag.as_str();
    let audience = seen.available.get(tag);
    Ok(Observation {
        hourly: seen.hourly.get(tag).map_or(&[], Vec::as_slice),
        matured: Metrics::total(ads.iter().map(|(_, metrics)| metrics), session.brief.currency())?,
        target_roas: Some(session.brief.targets.min_roas),
        audience_now: audience.map(|known| known.now.1),
        audience_available: audience.map(|known| known.wider),
        bid: ad_set.bid,
        active_ads: ads,
        ..Observation::new(campaign.platform, &ad_set.tag, seen.now, ad_set.daily_budget)
    })
}

async fn act(control: &Control, progress: &mut Progress, episodes: Vec<Episode>) -> Result<()> {
    for episode in episodes.iter().filter(|episode| episode.closed_at.is_none() && !episode.proposals.is_empty()) {
        progress.actions.extend(control.submit(&episode.proposals).await?);
    }
    Ok(())
}

/// With real accounts: hands to control what open episodes propose and control has not been asked for yet.
async fn act_on_open(session: &Session, control: &Control, progress: &mut Progress) -> Result<()> {
    if session.clock.is_simulated() {
        return Ok(());
    }
    let is_asked = |episode: &Episode| {
        let mut causes = episode.proposals.iter().map(|proposal| &proposal.cause);
        causes.all(|cause| progress.actions.iter().any(|outcome| outcome.cause == *cause))
    };
    let open: Vec<Episode> = progress.detector.open_episodes().filter(|episode| !is_asked(episode)).cloned().collect();
    act(control, progress, open).await
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
fn append(hourly: &mut Hourly, rows: &[MetricsRow]) -> Result<()> {
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

/// The figures of each ad over the days that are mature by now.
fn matured(session: &Session, rows: &[MetricsRow], now: Timestamp) -> Result<BTreeMap<String, Metrics>> {
    let is_mature = |row: &&MetricsRow| {
        let age = now.duration_since(row.end).as_secs_f64() / 86_400.0;
        measure::maturity(row.platform, age) == crate::model::Maturity::Mature
    };
    let mut ads = BTreeMap::new();
    for row in rows.iter().filter(is_mature) {
        let sum = ads.entry(row.path.ad.clone()).or_insert_with(|| Metrics::none(session.brief.currency()));
        *sum = sum.merge(&row.metrics)?;
    }
    Ok(ads)
}
