//! The reference launch: one campaign with two ad sets and two ads on each of the four platforms, let go after an approval.

use std::sync::Arc;
use std::time::Duration;

use adbrain_core::clock::Clock;
use adbrain_core::control::{Control, ControlOptions, JournalState, Mode, Outcome, Settle};
use adbrain_core::http::{Retry, Traffic, Wait};
use adbrain_core::model::{AgeRange, CampaignDraft, Currency, MediaPlan, Money, Platform, RunId, Tag};
use adbrain_core::platform::{AccountConfig, Connectors, RemoteOptions};
use adbrain_core::store::Database;
use adbrain_core::{Error, Result};
use async_trait::async_trait;
use jiff::SignedDuration;
use serde_json::Value;

use crate::stage::{self, Files};

/// The platforms, in the order of [`crate::accounts`].
pub const PLATFORMS: [Platform; 4] = [Platform::Meta, Platform::Google, Platform::TikTok, Platform::LinkedIn];
/// Campaigns, ad sets and ads.
pub const OBJECTS: usize = 20;
/// Where the clock stands when it begins.
pub const START: &str = "2026-11-30T12:00:00Z";
/// A day of each ad set; `TikTok` takes no less than 108.
const BUDGET: i64 = 120;
/// The worst day: two ad sets of 120 on each platform, at 175, 200, 125 and 150 percent.
const WORST_DAY: i64 = 1_560;
/// The budgets of ten days, at which a lifetime counts.
const LIFETIME: i64 = 9_600;
/// So often a launch goes on with what is not settled.
const ROUNDS: usize = 4;
/// Reads are tried again at once.
pub const AT_ONCE: Retry = Retry { attempts: 3, deadline: Duration::from_secs(120), ..Retry::NONE };

/// Takes no time to wait.
struct NoTime;

#[async_trait]
impl Wait for NoTime {
    async fn wait(&self, _time: Duration) {}
}

/// The plan. Its caps are its own worst case: whatever is made twice passes them.
pub fn plan() -> MediaPlan {
    let mut plan = stage::plan(Platform::Meta, Currency::BRL);
    plan.campaigns = PLATFORMS.map(campaign).into();
    plan.limits.daily_cap = money(WORST_DAY);
    plan.limits.weekly_cap = money(WORST_DAY * 7);
    plan.limits.lifetime_cap = money(LIFETIME);
    plan
}

fn money(units: i64) -> Money {
    Money::from_micros(units * 1_000_000, Currency::BRL)
}

fn campaign(platform: Platform) -> CampaignDraft {
    let mut campaign = stage::plan(platform, Currency::BRL).campaigns.remove(0);
    let tagged = |tag: &Tag| Tag::new(format!("{}{tag}", &platform.as_str()[..2]));
    campaign.tag = tagged(&campaign.tag);
    for ad_set in &mut campaign.ad_sets {
        ad_set.tag = tagged(&ad_set.tag);
        ad_set.daily_budget = money(BUDGET);
        // LinkedIn has brackets of its own.
        ad_set.audience.ages = Some(AgeRange { min: 25, max: 54 });
        ad_set.ads.iter_mut().for_each(|ad| ad.tag = tagged(&ad.tag));
    }
    campaign
}

/// The tags of everything that the plan makes.
pub fn tags(plan: &MediaPlan) -> Vec<Tag> {
    let below = |campaign: &CampaignDraft| {
        let sets = campaign.ad_sets.iter().flat_map(|set| set.ads.iter().map(|ad| &ad.tag).chain([&set.tag]));
        sets.chain([&campaign.tag]).cloned().collect::<Vec<_>>()
    };
    plan.campaigns.iter().flat_map(below).collect()
}

/// Opens the accounts.
pub async fn connectors(accounts: &Value, database: Arc<dyn Database>, clock: Arc<dyn Clock>) -> Result<Connectors> {
    let mut connectors = Connectors::new();
    let remote = RemoteOptions { retry: AT_ONCE, traffic: Traffic::new(Arc::new(NoTime)) };
    for account in accounts.as_array().into_iter().flatten() {
        let account = AccountConfig::from_value(account)?;
        let platform = account.platform();
        let opened = account.open(remote.clone(), database.clone(), clock.clone()).await?;
        connectors.insert(platform, opened);
    }
    Ok(connectors)
}

/// Live, so that a person has to approve.
pub fn options(settle: Arc<dyn Settle>) -> ControlOptions {
    let mut options = ControlOptions::new(RunId::new("reference"), Mode::Live, plan().limits);
    options.settle = settle;
    options
}

/// Launches, asks for the approval where it is needed, and lets go. Gives what became of every step that is not a file's.
pub async fn run(control: &Control, settle: &dyn Settle) -> Result<Vec<Outcome>> {
    let plan = plan();
    for _ in 0..ROUNDS {
        let outcomes = control.launch(&plan, &Files).await?;
        if outcomes.iter().all(is_confirmed) {
            break;
        }
        settle.wait(600).await;
    }
    let mut let_go = control.activate(&plan).await?;
    if let_go.iter().any(needs_approval) {
        control.approve(&plan.hash()?, "ana", SignedDuration::from_hours(24)).await?;
        let_go = control.activate(&plan).await?;
    }
    let made = control.outcomes().await?.into_iter().filter(|outcome| outcome.action == "create");
    Ok(made.chain(let_go).collect())
}

/// Whether a step is done.
pub fn is_confirmed(outcome: &Outcome) -> bool {
    outcome.state == JournalState::Confirmed
}

fn needs_approval(outcome: &Outcome) -> bool {
    outcome.reason.as_ref().is_some_and(|reason| reason.key == "refused-needs-approval")
}

/// An error of a file.
pub fn of_file(error: std::io::Error) -> Error {
    Error::invalid("folder", error.to_string()).next("give the folder that the harness prepared").caused_by(error)
}
