//! Measures a finished flight and puts the result of a run together.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::ad_days;
use super::cycle::Taken;
use super::forecast::{self, SettledDay};
use super::monitor::Progress;
use super::result::{DaySummary, PlatformResult, RunResult, TargetCheck};
use super::session::Session;
use super::shadow;
use super::trial;
use super::words;
use crate::alert::decision::scoreboard;
use crate::clock::Clock as _;
use crate::error::Result;
use crate::experiment::{self, Arm, Block, Data, Metric, Readout};
use crate::measure;
use crate::model::{CheckedBrief, Estimate, HistoryRow, Maturity, MediaPlan, Metrics, MetricsRow, Money, Platform};

/// What was measured over the whole flight, as known at its end.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Measured {
    pub(super) days: Vec<DaySummary>,
    pub(super) platforms: BTreeMap<Platform, (Metrics, f64)>,
    pub(super) ads: BTreeMap<String, Metrics>,
    pub(super) experiments: Vec<Readout>,
    /// When each day of a platform settled.
    #[serde(default)]
    pub(super) settled: Vec<SettledDay>,
    /// The settled days of the ads, for later runs.
    #[serde(default)]
    pub(super) rows: Vec<HistoryRow>,
    /// The share of each ad's conversions that is expected to have arrived.
    #[serde(default)]
    pub(super) shares: BTreeMap<String, f64>,
}

/// Reads the whole flight once more, because late conversions have restated earlier days.
pub(super) async fn measure(session: &Session, plan: &MediaPlan, progress: &Progress) -> Result<Measured> {
    let flight = &session.brief.flight;
    session.clock.set(flight.start_of_day(progress.days)?);
    let rows = session.ad_rows(plan, (progress.days, session.clock.now())).await?;
    let (now, zone) = (session.clock.now(), flight.zone()?);
    let (ads, days) = (ads(&rows)?, days(session.connectors.keys(), &rows, (now, &zone))?);
    let mut settled = progress.settled.clone();
    forecast::settle(&mut settled, &rows, (now, &zone))?;
    let ad_days = ad_days::of(session, plan, (&rows, &settled))?;
    let mut experiments = trial::readouts(session, plan, &rows)?;
    experiments.extend(compare_platforms(&days)?);
    let (platforms, shares) = (platforms(&rows, now)?, shares(&rows, now));
    Ok(Measured { days, platforms, experiments, ads, settled, rows: ad_days, shares })
}

/// The figures of each ad by its tag.
pub(super) fn ads(rows: &[MetricsRow]) -> Result<BTreeMap<String, Metrics>> {
    Ok(measure::by_ad(rows)?.into_iter().map(|((_, path), metrics)| (path.ad, metrics)).collect())
}

/// The share of the conversions of each ad, by its tag, that is expected to have arrived at a moment.
pub(super) fn shares(rows: &[MetricsRow], now: Timestamp) -> BTreeMap<String, f64> {
    let mut own: BTreeMap<&str, Vec<MetricsRow>> = BTreeMap::new();
    for row in rows {
        own.entry(row.path.ad.as_str()).or_default().push(row.clone());
    }
    let share = |rows: &[MetricsRow]| measure::overall_completeness(rows, now).unwrap_or(1.0);
    own.into_iter().map(|(ad, rows)| (ad.to_owned(), share(&rows))).collect()
}

/// The days of some platforms, as known at a moment.
pub(super) fn days<'a>(
    of: impl IntoIterator<Item = &'a Platform>,
    rows: &[MetricsRow],
    (now, zone): (Timestamp, &TimeZone),
) -> Result<Vec<DaySummary>> {
    let mut platforms: BTreeMap<_, BTreeMap<Platform, Metrics>> = BTreeMap::new();
    for platform in of {
        let own: Vec<_> = rows.iter().filter(|row| row.platform == *platform).cloned().collect();
        for (date, metrics) in measure::by_day(&own, zone)? {
            platforms.entry(date).or_default().insert(*platform, metrics);
        }
    }
    let summary = |(date, metrics)| {
        let own: Vec<_> =
            rows.iter().filter(|row| row.start.to_zoned_datetime(zone.clone()).date() == date).cloned().collect();
        DaySummary {
            date,
            metrics,
            platforms: platforms.remove(&date).unwrap_or_default(),
            maturity: measure::maturity_of(measure::overall_completeness(&own, now).unwrap_or(1.0)),
        }
    };
    Ok(measure::by_day(rows, zone)?.into_iter().map(summary).collect())
}

/// The figures of each platform, and the share of its conversions expected to have arrived at a moment.
pub(super) fn platforms(rows: &[MetricsRow], now: Timestamp) -> Result<BTreeMap<Platform, (Metrics, f64)>> {
    let completeness = |platform: Platform| {
        let own: Vec<_> = rows.iter().filter(|row| row.platform == platform).cloned().collect();
        measure::overall_completeness(&own, now).unwrap_or(1.0)
    };
    let sums = measure::by_platform(rows)?;
    Ok(sums.into_iter().map(|(platform, metrics)| (platform, (metrics, completeness(platform)))).collect())
}

/// Compares the ROAS of each platform with that of the first, day by day; days that late conversions can still change are left out.
fn compare_platforms(days: &[DaySummary]) -> Result<Vec<Readout>> {
    let mut blocks: BTreeMap<Platform, Vec<Block>> = BTreeMap::new();
    for day in days.iter().filter(|day| day.maturity == Maturity::Mature) {
        for (platform, metrics) in &day.platforms {
            blocks.entry(*platform).or_default().push(Block::of(day.date.to_string(), metrics));
        }
    }
    if blocks.len() < 2 {
        return Ok(Vec::new());
    }
    let shared = shared_days(&blocks);
    let arms = blocks.into_iter().map(|(platform, blocks)| Arm::of_blocks(platform.as_str(), blocks)).collect();
    let data = Data { maturity: Some(Maturity::Mature), ..Data::of(arms) };
    Ok(vec![experiment::readout(&trial::at_the_end(Metric::Roas, shared), &data)?])
}

/// The days on which each platform spent or earned, as far as the first one did too; the fewest of any platform.
fn shared_days(blocks: &BTreeMap<Platform, Vec<Block>>) -> u64 {
    let is_some = |money: Option<Money>| money.is_some_and(Money::is_positive);
    let days = |blocks: &Vec<Block>| -> BTreeSet<String> {
        let ran = blocks.iter().filter(|block| is_some(block.spend) || is_some(block.revenue));
        ran.map(|block| block.unit.clone()).collect()
    };
    let mut all = blocks.values().map(days);
    let first = all.next().unwrap_or_default();
    all.map(|other| first.intersection(&other).count() as u64).min().unwrap_or(0)
}

/// Puts the values of all steps together.
pub(super) async fn result(session: &Session, taken: Taken) -> Result<RunResult> {
    let measured = (*taken.measured).clone();
    let totals = Metrics::total(measured.days.iter().map(|day| &day.metrics), session.brief.currency())?;
    let progress = (*taken.progress).clone();
    let forecasts = forecast::forecasts(&taken.strategy.platforms, (&measured.days, &measured.settled));
    let shadow = shadow::report(&progress);
    Ok(RunResult {
        words: words::used(session, &taken).await?,
        retraining: forecast::retraining(session, (&*taken.known, &measured, &forecasts))?,
        training: taken.known.training.clone(),
        forecasts,
        run: session.run.clone(),
        seed: session.seed,
        mode: session.mode,
        is_simulated: session.clock.is_simulated(),
        watched: taken.watched.clone(),
        brief: session.brief.clone(),
        history: taken.known.history.clone(),
        people: taken.known.people.clone(),
        targets: targets(&session.brief, &totals, progress.days)?,
        platforms: platform_results(&taken, measured.platforms),
        strategy: (*taken.strategy).clone(),
        assets: taken.assets,
        copy: taken.copy,
        plan_hash: taken.plan.hash()?,
        plan: (*taken.plan).clone(),
        launch: (*taken.launch).clone(),
        days: measured.days,
        totals,
        alerts: progress.alerts.episodes().to_vec(),
        rule_problems: progress.rules.problems,
        scoreboard: scoreboard(&progress.decisions),
        shadow,
        budget_board: shadow::board(&progress.budgets),
        budgets: progress.budgets,
        decisions: progress.decisions,
        actions: progress.actions,
        experiments: measured.experiments,
        tests: progress.tests,
        learnings: taken.analysis.as_ref().map(|found| found.analysis.learnings.clone()).unwrap_or_default(),
        feedback: progress.feedback,
        responses: progress.responses,
        failures: taken.failures,
    })
}

fn platform_results(taken: &Taken, measured: BTreeMap<Platform, (Metrics, f64)>) -> Vec<PlatformResult> {
    let expected = |platform: Platform| -> Option<Estimate> {
        let choice = taken.strategy.platforms.iter().find(|choice| choice.platform == platform)?;
        Some(choice.expected_roas.clone())
    };
    let result = |(platform, (metrics, completeness))| {
        Some(PlatformResult { platform, metrics, expected_roas: expected(platform)?, completeness })
    };
    measured.into_iter().filter_map(result).collect()
}

/// The four targets: CTR, ROAS, CPA, and the part of the budget that belongs to the watched days.
pub(super) fn targets(brief: &CheckedBrief, totals: &Metrics, days: i64) -> Result<Vec<TargetCheck>> {
    let planned = brief.budget.scale(days, brief.days())?;
    let spend = (days > 0).then(|| totals.spend.to_units());
    let check = |metric: &str, target: f64, reached: Option<f64>, is_met: fn(f64, f64) -> bool| TargetCheck {
        metric: metric.into(),
        target,
        reached,
        is_met: reached.map(|reached| is_met(reached, target)),
    };
    let at_least = |reached, target| reached >= target;
    let at_most = |reached, target| reached <= target;
    Ok(vec![
        check("ctr", brief.targets.min_ctr, totals.ctr(), at_least),
        check("roas", brief.targets.min_roas, totals.roas(), at_least),
        check("cpa", brief.max_cpa().to_units(), totals.cpa(), at_most),
        check("spend", planned.to_units(), spend, at_most),
    ])
}
