//! What the alert rules are shown of a running campaign at one moment.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use super::delivery::Available;
use super::known;
use super::monitor::{Hourly, Progress};
use super::session::Session;
use crate::alert::{Detector, KnownDay, Observation};
use crate::control::{JournalState, Outcome};
use crate::error::Result;
use crate::model::{AdDraft, AdSetDraft, CampaignDraft, Change, MediaPlan, Metrics, MetricsRow, Platform, Tag};

/// The ad sets of a plan, each with its campaign.
fn ad_sets(plan: &MediaPlan) -> impl Iterator<Item = (&CampaignDraft, &AdSetDraft)> {
    plan.campaigns.iter().flat_map(|campaign| campaign.ad_sets.iter().map(move |ad_set| (campaign, ad_set)))
}

/// The days before today, as they are known.
pub(super) struct Known {
    /// Of each ad set by its tag, the oldest first.
    days: BTreeMap<String, Vec<KnownDay>>,
    /// The mature figures of each ad of an ad set, in their order.
    ads: BTreeMap<String, Vec<(Tag, Metrics)>>,
}

impl Known {
    /// Puts the days of ads together; days on which conversions of a platform were not to be trusted are not among the mature ones.
    pub(super) fn of(
        session: &Session,
        (plan, rows): (&MediaPlan, &[MetricsRow]),
        (detector, actions, now): (&Detector, &[Outcome], Timestamp),
    ) -> Result<Self> {
        let trusted: Vec<MetricsRow> =
            rows.iter().filter(|row| !detector.is_held(row.platform, row.start)).cloned().collect();
        let matured = known::matured(&trusted, (now, session.brief.currency()))?;
        let ads =
            ad_sets(plan).map(|(_, ad_set)| (ad_set.tag.to_string(), ad_figures(session, ad_set, (&matured, actions))));
        Ok(Self { days: known::days_by_ad_set(rows, now)?, ads: ads.collect() })
    }
}

/// Which ad sets are in their learning phase.
pub(super) enum Learning {
    /// The run began a short time ago.
    All,
    /// Those whose amounts were changed a short time ago.
    Of(BTreeSet<Tag>),
}

/// What was let go or changed fewer hours ago than the plan's limits say learns.
pub(super) fn learning(
    session: &Session,
    (plan, progress): (&MediaPlan, &Progress),
    now: Timestamp,
) -> Result<Learning> {
    let span = SignedDuration::from_hours(i64::from(plan.limits.learning_hours));
    if now.duration_since(session.brief.flight.start_of_day(0)?) < span {
        return Ok(Learning::All);
    }
    let is_done = |change: &&Change| {
        let mut outcomes = progress.actions.iter();
        outcomes.any(|done| {
            done.cause == change.cause && done.target == change.target && done.state == JournalState::Confirmed
        })
    };
    let recent = progress.decisions.iter().filter(|decision| now.duration_since(decision.at) < span);
    let changed = recent.flat_map(|decision| &decision.changes).filter(is_done);
    Ok(Learning::Of(changed.map(|change| change.target.clone()).collect()))
}

/// All that is shown at the end of an hour.
pub(super) struct Seen<'a> {
    pub(super) hourly: &'a Hourly,
    pub(super) known: &'a Known,
    pub(super) available: &'a BTreeMap<String, Available>,
    pub(super) learning: &'a Learning,
    /// When the figures of platforms were read that are not of now.
    pub(super) as_of: &'a BTreeMap<Platform, Timestamp>,
    /// The end of the hour.
    pub(super) now: Timestamp,
}

impl<'a> Seen<'a> {
    /// An observation of each ad set of a plan.
    pub(super) fn ad_sets(&self, session: &Session, plan: &'a MediaPlan) -> Result<Vec<Observation<'a>>> {
        ad_sets(plan).map(|places| observation(session, places, self)).collect()
    }
}

fn observation<'a>(
    session: &Session,
    (campaign, ad_set): (&CampaignDraft, &'a AdSetDraft),
    seen: &Seen<'a>,
) -> Result<Observation<'a>> {
    let tag = ad_set.tag.as_str();
    let ads = seen.known.ads.get(tag).map_or(&[][..], Vec::as_slice);
    let audience = seen.available.get(tag);
    let at = seen.as_of.get(&campaign.platform).copied().unwrap_or(seen.now);
    Ok(Observation {
        hourly: seen.hourly.get(tag).map_or(&[], Vec::as_slice),
        days: seen.known.days.get(tag).map_or(&[], Vec::as_slice),
        matured: Metrics::total(ads.iter().map(|(_, metrics)| metrics), session.brief.currency())?,
        target_roas: Some(session.brief.targets.min_roas),
        audience_now: audience.map(|known| known.now.1),
        audience_available: audience.map(|known| known.wider),
        bid: ad_set.bid,
        active_ads: ads,
        is_learning: match seen.learning {
            Learning::All => true,
            Learning::Of(tags) => tags.contains(&ad_set.tag),
        },
        ..Observation::new(campaign.platform, &ad_set.tag, at, ad_set.daily_budget)
    })
}

/// The mature figures of each ad of an ad set that was not paused.
fn ad_figures(
    session: &Session,
    ad_set: &AdSetDraft,
    (matured, actions): (&BTreeMap<String, Metrics>, &[Outcome]),
) -> Vec<(Tag, Metrics)> {
    let none = Metrics::none(session.brief.currency());
    let is_running = |ad: &&AdDraft| {
        let mut done =
            actions.iter().rev().filter(|done| done.target == ad.tag && done.state == JournalState::Confirmed);
        done.find(|done| matches!(done.action.as_str(), "pause" | "activate")).is_none_or(|done| done.action != "pause")
    };
    let figures = |ad: &AdDraft| (ad.tag.clone(), matured.get(ad.tag.as_str()).unwrap_or(&none).clone());
    ad_set.ads.iter().filter(is_running).map(figures).collect()
}
