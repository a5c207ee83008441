//! A plan tried in a world: launched through the door on simulated accounts, run for its flight, over many seeds.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::edits::breaks_a_cap;
use super::super::ground::Ground;
use super::super::reports::report;
use super::days::Counts;
use super::judge::interval;
use crate::error::{Error, Result};
use crate::market::World;
use crate::model::{Approvals, Currency, Flight, MediaPlan, Platform};
use crate::platform::{InsightsQuery, InsightsStep};

/// Days after the last one at which all conversions have arrived.
const MATURE: i64 = 60;

/// How a plan is tried.
#[derive(Debug, Clone, PartialEq)]
pub struct PlanOptions {
    /// The seeds: 9 to 1,000.
    pub seeds: RangeInclusive<u64>,
    /// Days from the start of the flight; all of it where nothing is said.
    pub days: Option<u32>,
    /// The return on the spend that the plan is to reach.
    pub target_roas: Option<f64>,
}

impl Default for PlanOptions {
    fn default() -> Self {
        Self { seeds: 1..=40, days: None, target_roas: None }
    }
}

/// A figure over all seeds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Outlook {
    /// The mean.
    pub mean: f64,
    /// The lower end of the interval that holds 80 % of the seeds.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

/// What a plan brought in the simulation: on one platform, or in all.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanFigures {
    /// The platform; none for all of them together.
    pub platform: Option<Platform>,
    /// What it cost, in units of the currency.
    pub spend: Outlook,
    /// Times that ads were shown.
    pub impressions: Outlook,
    /// Clicks on them.
    pub clicks: Outlook,
    /// Conversions, with those that come late.
    pub conversions: Outlook,
    /// What they are worth, in units of the currency.
    pub revenue: Outlook,
    /// Revenue over spend; none where a seed spent nothing.
    pub roas: Option<Outlook>,
}

/// A plan tried in a world. It is a simulation of that world and no promise.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanTrial {
    /// The name of the world.
    pub world: String,
    /// The name of the plan.
    pub plan: String,
    /// The currency of all amounts.
    pub currency: Currency,
    /// The days that were simulated.
    pub days: u32,
    /// Over how many seeds.
    pub seeds: u64,
    /// Each platform, in their order.
    pub platforms: Vec<PlanFigures>,
    /// All of them together.
    pub all: PlanFigures,
    /// The return that was asked for.
    pub target_roas: Option<f64>,
    /// The share of seeds that reached it.
    pub chance_of_target: Option<f64>,
    /// Days, over all seeds, on which the worst case of what may deliver was above the daily cap or a day cost more than it, and seeds that
    /// cost more than the cap of the whole flight.
    pub cap_breaches: u32,
    /// That this is a simulation and no promise.
    pub is_simulation: bool,
}

/// Tries a plan in a world: launches it through `control` on simulated accounts and runs it as it stands, without a single later edit.
///
/// Its files are not needed, and nobody has to approve: nothing is spent. Its limits hold.
///
/// # Errors
/// [`crate::ErrorKind::InvalidInput`] for a plan without campaigns, flights that are none, or wrong options;
/// [`crate::ErrorKind::Unsupported`] where the world lacks a platform or the currency; [`crate::ErrorKind::Refused`] where the plan's own
/// limits or the least budgets of platforms let it not be launched.
pub async fn try_plan(world: &World, plan: &MediaPlan, options: &PlanOptions) -> Result<PlanTrial> {
    let stage = Stage::of(world, plan, options)?;
    let mut runs = Vec::new();
    for seed in options.seeds.clone() {
        runs.push(stage.run(seed).await?);
    }
    let of = |platform: Option<Platform>| {
        let figures: Vec<Counts> = runs
            .iter()
            .map(|run| {
                Counts::sum(
                    run.platforms
                        .iter()
                        .filter(|(name, _)| platform.is_none_or(|own| own == **name))
                        .map(|(_, counts)| counts),
                )
            })
            .collect();
        figures_of(platform, &figures)
    };
    let reached = |target: f64| {
        let total = |run: &Run| Counts::sum(run.platforms.values());
        let count = runs.iter().map(total).filter(|sum| sum.spend > 0.0 && sum.revenue >= target * sum.spend).count();
        count as f64 / runs.len() as f64
    };
    Ok(PlanTrial {
        world: world.name.clone(),
        plan: plan.name.clone(),
        currency: plan.currency,
        days: stage.days,
        seeds: runs.len() as u64,
        platforms: stage.platforms.iter().map(|platform| of(Some(*platform))).collect(),
        all: of(None),
        target_roas: options.target_roas,
        chance_of_target: options.target_roas.map(reached),
        cap_breaches: runs.iter().map(|run| run.cap_breaches).sum(),
        is_simulation: true,
    })
}

/// A plan made ready for its trial.
struct Stage {
    world: Arc<World>,
    plan: MediaPlan,
    flight: Flight,
    platforms: Vec<Platform>,
    days: u32,
}

/// What came of one seed.
struct Run {
    platforms: BTreeMap<Platform, Counts>,
    cap_breaches: u32,
}

impl Stage {
    fn of(world: &World, plan: &MediaPlan, options: &PlanOptions) -> Result<Self> {
        super::check_seeds(&options.seeds)?;
        if options.target_roas.is_some_and(|target| !(target.is_finite() && target > 0.0)) {
            return Err(Error::invalid("target_roas", "is not above zero").next("give a return such as 3.5"));
        }
        let flights = plan.campaigns.iter().map(|campaign| &campaign.flight);
        flights.clone().try_for_each(Flight::check)?;
        let (Some(first), Some(last)) =
            (flights.clone().min_by_key(|flight| flight.start), flights.map(|flight| flight.end).max())
        else {
            return Err(Error::invalid("plan.campaigns", "is empty").next("give a plan with campaigns"));
        };
        let flight = Flight { end: last, ..first.clone() };
        let length = u32::try_from(flight.days()).unwrap_or(u32::MAX);
        let days = options.days.unwrap_or(length);
        if days == 0 || days > length {
            let what = format!("{days} is not within 1 and the {length} days of the flight");
            return Err(Error::invalid("days", what).next("give fewer days, or leave it out"));
        }
        let mut platforms: Vec<Platform> = plan.campaigns.iter().map(|campaign| campaign.platform).collect();
        platforms.sort_unstable();
        platforms.dedup();
        Ok(Self { world: Arc::new(world.clone()), plan: ready(plan), flight, platforms, days })
    }

    async fn run(&self, seed: u64) -> Result<Run> {
        let about = (seed, self.flight.clone(), self.platforms.as_slice());
        let ground = Ground::launched(&self.world, &self.plan, about).await?;
        let total = self.plan.daily_budget()?;
        let mut cap_breaches = 0;
        for day in 0..self.days {
            ground.go_to(day)?;
            cap_breaches += u32::from(breaks_a_cap(&ground, total).await?);
        }
        let (start, end) = (self.flight.start_of_day(0)?, self.flight.start_of_day(i64::from(self.days))?);
        ground.clock.set(self.flight.start_of_day(i64::from(self.days) + MATURE)?);
        let mut platforms = BTreeMap::new();
        let mut days: BTreeMap<jiff::Timestamp, f64> = BTreeMap::new();
        for (platform, account) in self.platforms.iter().zip(&ground.accounts) {
            let query = InsightsQuery { start, end, step: InsightsStep::Day };
            let sum: &mut Counts = platforms.entry(*platform).or_default();
            for row in report(account, &query).await?.unwrap_or_default() {
                let counts = Counts::of_metrics(&row.metrics);
                *days.entry(row.start).or_default() += counts.spend;
                sum.add(&counts);
            }
        }
        let cap = ground.limits.daily_cap.to_units();
        let dear = days.values().filter(|spend| **spend > cap).count();
        let spend: f64 = days.values().sum();
        cap_breaches += u32::try_from(dear).unwrap_or(u32::MAX);
        cap_breaches += u32::from(spend > ground.limits.lifetime_cap.to_units());
        Ok(Run { platforms, cap_breaches })
    }
}

/// The plan as it is tried: no file is shown to anybody, and nobody has to approve what costs nothing.
fn ready(plan: &MediaPlan) -> MediaPlan {
    let mut plan = plan.clone();
    plan.missing.clear();
    plan.limits.approvals = Approvals { none_up_to: Some(plan.limits.daily_cap), one_up_to: None };
    let ad_sets = plan.campaigns.iter_mut().flat_map(|campaign| &mut campaign.ad_sets);
    ad_sets.flat_map(|ad_set| &mut ad_set.ads).for_each(|ad| ad.creative.files.clear());
    plan
}

fn figures_of(platform: Option<Platform>, runs: &[Counts]) -> PlanFigures {
    let outlook = |of: fn(&Counts) -> f64| {
        let figures: Vec<f64> = runs.iter().map(of).collect();
        let mean = figures.iter().sum::<f64>() / figures.len() as f64;
        let [low, high] = interval(&figures).unwrap_or([mean; 2]);
        Outlook { mean, low, high }
    };
    let has_spent = runs.iter().all(|run| run.spend > 0.0);
    PlanFigures {
        platform,
        spend: outlook(|run| run.spend),
        impressions: outlook(|run| run.impressions),
        clicks: outlook(|run| run.clicks),
        conversions: outlook(|run| run.conversions),
        revenue: outlook(|run| run.revenue),
        roas: has_spent.then(|| outlook(|run| run.revenue / run.spend)),
    }
}
