//! What the next plan of the brand is told: the feedback that was agreed to, with the figures that it ended with.

use std::collections::BTreeMap;

use super::monitor::Progress;
use super::session::Session;
use super::summary::Measured;
use crate::agent::strategist::practice_type;
use crate::clock::Clock as _;
use crate::error::Result;
use crate::model::{Answer, BestPractice, FeedbackKind, MediaPlan, Metrics};

/// The kinds that a plan can be changed by, and the metric of each.
const KINDS: [(FeedbackKind, &str); 3] =
    [(FeedbackKind::CtrLow, "ctr"), (FeedbackKind::RoasLow, "roas"), (FeedbackKind::CpaHigh, "cpa")];

/// Puts into memory what was accepted in this run, and brings up to date what an earlier run left there.
pub(super) async fn remember(
    session: &Session,
    plan: &MediaPlan,
    (progress, known, measured): (&Progress, &[BestPractice], &Measured),
) -> Result<()> {
    let is_told = |kind: FeedbackKind| {
        let of = |response: &crate::model::Response| response.answer == Answer::Accepted;
        let pairs = progress.feedback.iter().zip(&progress.responses);
        let is_accepted = pairs.into_iter().any(|(feedback, response)| feedback.kind == kind && of(response));
        let name = practice_type(kind, &session.brief.brand);
        is_accepted || known.iter().any(|practice| practice.practice_type == name)
    };
    let mut practices = Vec::new();
    for (kind, metric) in KINDS.into_iter().filter(|(kind, _)| is_told(*kind)) {
        let figures = if metric == "ctr" { by_format(session, plan, measured)? } else { by_platform(metric, measured) };
        practices.extend(practice(session, (kind, metric), (figures, measured))?);
    }
    if practices.is_empty() {
        return Ok(());
    }
    session.parts.memory.store_best_practices(&practices).await
}

/// None where the run has no figure for the metric.
fn practice(
    session: &Session,
    (kind, metric): (FeedbackKind, &str),
    (mut figures, measured): (BTreeMap<String, f64>, &Measured),
) -> Result<Option<BestPractice>> {
    let total = Metrics::total(measured.days.iter().map(|day| &day.metrics), session.brief.currency())?;
    let targets = &session.brief.targets;
    // The mean over platforms of what is still to come, weighted by spend, as the sums are.
    let share = share(measured).max(0.1);
    let (value, target, sample_size) = match metric {
        "ctr" => (total.ctr(), targets.min_ctr, total.impressions),
        "roas" => (total.roas().map(|roas| roas / share), targets.min_roas, total.conversions),
        _ => (total.cpa().map(|cpa| cpa * share), session.brief.max_cpa().to_units(), total.conversions),
    };
    let Some(value) = value else { return Ok(None) };
    figures.extend([(metric.to_owned(), value), ("target".to_owned(), target)]);
    Ok(Some(BestPractice {
        industry: session.brief.industry.clone(),
        practice_type: practice_type(kind, &session.brief.brand),
        description: format!("{kind} in run {}: {metric} {value:.4}, target {target:.4}", session.run),
        average_performance: figures,
        roas_variance: 0.0,
        sample_size,
        last_updated: session.clock.now(),
    }))
}

fn share(measured: &Measured) -> f64 {
    let spend = |metrics: &Metrics| metrics.spend.to_units();
    let all: f64 = measured.platforms.values().map(|(metrics, _)| spend(metrics)).sum();
    let known: f64 = measured.platforms.values().map(|(metrics, share)| spend(metrics) * share).sum();
    if all > 0.0 { known / all } else { 1.0 }
}

fn by_format(session: &Session, plan: &MediaPlan, measured: &Measured) -> Result<BTreeMap<String, f64>> {
    let mut sums: BTreeMap<&str, Metrics> = BTreeMap::new();
    for ad in plan.ad_sets().flat_map(|set| &set.ads) {
        let Some(metrics) = measured.ads.get(ad.tag.as_str()) else { continue };
        let sum = sums.entry(ad.creative.format.as_str()).or_insert_with(|| Metrics::none(session.brief.currency()));
        *sum = sum.merge(metrics)?;
    }
    Ok(sums.iter().filter_map(|(format, sum)| Some((format!("ctr:{format}"), sum.ctr()?))).collect())
}

fn by_platform(metric: &str, measured: &Measured) -> BTreeMap<String, f64> {
    let figure = |metrics: &Metrics, share: f64| {
        let share = share.max(0.1);
        if metric == "roas" { metrics.roas().map(|roas| roas / share) } else { metrics.cpa().map(|cpa| cpa * share) }
    };
    let known = measured.platforms.iter();
    known
        .filter_map(|(platform, (metrics, share))| Some((format!("{metric}:{platform}"), figure(metrics, *share)?)))
        .collect()
}
