//! The optimizer: account structure, test matrix, bids, budgets and limits. It says what should be; it acts on nothing.

use std::collections::BTreeMap;

use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Agent;
use crate::budget::{self, ShareRequest};
use crate::error::{Error, ErrorKind, Result};
use crate::experiment;
use crate::model::{
    AdDraft, AdSetDraft, Answer, Asset, AssetSet, Audience, BidStrategy, CampaignDraft, Change, ChangeKind,
    ContentHash, CopySet, CopySlot, CopyVariant, CreativeDraft, Feedback, FeedbackKind, Limits, MediaPlan, Message,
    MissingFile, Money, Platform, PlatformChoice, Reason, Response, Strategy, Tag, TestCell, TestMatrix,
};
use crate::platform::Capabilities;

/// What the optimizer reads.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OptimizerInput {
    /// What the strategist decided.
    pub strategy: Strategy,
    /// What Creative made.
    pub assets: AssetSet,
    /// What the copywriter wrote.
    pub copy: CopySet,
    /// What each platform can do.
    pub capabilities: Vec<Capabilities>,
}

/// The most ads in one ad set.
const MAX_ADS: usize = 4;
/// The smallest relative difference in CTR that a test should find: one fifth.
const MINIMUM_RELATIVE_EFFECT: f64 = 0.2;
/// Letters of a tag: 16 hexadecimal digits are 64 bits, enough to be unique in an account.
const TAG_LENGTH: usize = 16;

/// The default optimizer.
#[derive(Debug, Clone, Copy, Default)]
pub struct Optimizer;

#[async_trait]
impl Agent for Optimizer {
    type Input = OptimizerInput;
    type Output = MediaPlan;

    async fn run(&self, input: OptimizerInput) -> Result<MediaPlan> {
        let mut campaigns = Vec::new();
        let mut reasons = Vec::new();
        for choice in &input.strategy.platforms {
            match campaign(&input, choice)? {
                Some(draft) => campaigns.push(draft),
                None => reasons.push(left_out(choice.platform)),
            }
        }
        reasons.extend(campaigns.iter().map(budget_reason));
        let currency = input.strategy.brief.currency();
        Ok(MediaPlan {
            name: input.strategy.brief.name.clone(),
            currency,
            tests: matrix(&input.strategy, &campaigns)?,
            limits: limits(&input, &campaigns)?,
            missing: missing(&input, &campaigns),
            campaigns,
            reasons,
        })
    }
}

/// Files that are asked for where a platform has no ad at all; single missing renditions stay with their assets.
fn missing(input: &OptimizerInput, campaigns: &[CampaignDraft]) -> Vec<MissingFile> {
    if !campaigns.is_empty() {
        return Vec::new();
    }
    input.assets.assets.iter().flat_map(|asset| asset.missing.clone()).collect()
}

fn left_out(platform: Platform) -> Reason {
    let message = Message::new("reason-platform-left-out").with("platform", platform.as_str());
    Reason { choice: "platform".into(), message, evidence: Vec::new() }
}

fn budget_reason(campaign: &CampaignDraft) -> Reason {
    let daily = campaign.ad_sets.iter().map(|set| set.daily_budget.micros()).sum();
    let currency = campaign.ad_sets.first().map_or(crate::model::Currency::USD, |set| set.daily_budget.currency());
    let message = Message::new("reason-budget")
        .with("platform", campaign.platform.as_str())
        .with("daily", Money::from_micros(daily, currency))
        .with("days", campaign.flight.days());
    Reason { choice: "budget".into(), message, evidence: Vec::new() }
}

fn capabilities(input: &OptimizerInput, platform: Platform) -> Result<&Capabilities> {
    input.capabilities.iter().find(|known| known.platform == platform).ok_or_else(|| {
        Error::new(ErrorKind::NotFound, "no connector for the platform")
            .with("platform", platform)
            .next("add a connector")
    })
}

/// One campaign with an ad set per audience, or none where no ad is ready or the budget is below the platform's least.
fn campaign(input: &OptimizerInput, choice: &PlatformChoice) -> Result<Option<CampaignDraft>> {
    let able = capabilities(input, choice.platform)?;
    let brief = &input.strategy.brief;
    let daily = choice.budget.scale(1, brief.days())?.floor_to_minor_unit();
    let audiences = affordable(&input.strategy.audiences, daily, able.least_daily_budget);
    let assets = ready(&input.assets, able);
    if audiences.is_empty() || assets.is_empty() {
        return Ok(None);
    }
    let equal = ShareRequest { weight: 1.0, floor: Money::zero(daily.currency()), cap: None };
    let requests = vec![equal; audiences.len()];
    let budgets = budget::split(daily, &requests)?;
    let tag = tag(brief, &[choice.platform.as_str()])?;
    let sets = audiences.iter().zip(budgets);
    let ad_sets = sets
        .map(|(audience, budget)| ad_set(input, choice.platform, audience, budget, &assets))
        .collect::<Result<Vec<_>>>()?;
    Ok(Some(CampaignDraft {
        tag,
        platform: choice.platform,
        name: format!("{} | {} | {}", brief.brand, brief.name, choice.platform),
        objective: input.strategy.objective,
        flight: brief.flight.clone(),
        declarations: brief.declarations.clone(),
        ad_sets,
    }))
}

/// As many audiences, best first, as the daily budget can feed with the platform's least.
fn affordable(audiences: &[Audience], daily: Money, least: Money) -> Vec<&Audience> {
    let least = if least.currency() == daily.currency() { least.micros().max(1) } else { 1 };
    let count = usize::try_from(daily.micros() / least).unwrap_or(0);
    audiences.iter().take(count).collect()
}

/// Assets for the platform that have all their files, at most four, one of each format before a second of any.
fn ready<'a>(assets: &'a AssetSet, able: &Capabilities) -> Vec<&'a Asset> {
    let usable = |asset: &&Asset| {
        asset.platform == able.platform && asset.missing.is_empty() && able.formats.contains(&asset.format)
    };
    let mut seen = std::collections::BTreeMap::new();
    let mut ranked: Vec<_> = assets
        .assets
        .iter()
        .filter(usable)
        .map(|asset| {
            let turn = seen.entry(asset.format).and_modify(|count| *count += 1).or_insert(0_usize);
            (*turn, asset)
        })
        .collect();
    ranked.sort_by_key(|(turn, asset)| (*turn, asset.format));
    ranked.into_iter().take(MAX_ADS).map(|(_, asset)| asset).collect()
}

fn ad_set(
    input: &OptimizerInput,
    platform: Platform,
    audience: &Audience,
    daily_budget: Money,
    assets: &[&Asset],
) -> Result<AdSetDraft> {
    let brief = &input.strategy.brief;
    let styles = styles(&input.strategy, &input.copy, platform);
    let ads = assets.iter().enumerate().map(|(index, asset)| {
        let style = styles.get(index % styles.len().max(1)).map_or("", String::as_str);
        let tag = tag(brief, &[platform.as_str(), &audience.name, &asset.key, style])?;
        let creative = CreativeDraft {
            asset: asset.key.clone(),
            format: asset.format,
            files: asset.files.clone(),
            copy: texts(&input.copy, platform, style),
            url: brief.product.url.clone(),
        };
        Ok(AdDraft { tag, name: format!("{} | {style}", asset.key), creative })
    });
    Ok(AdSetDraft {
        tag: tag(brief, &[platform.as_str(), &audience.name])?,
        name: audience.name.clone(),
        audience: audience.clone(),
        daily_budget,
        bid_strategy: BidStrategy::LowestCost,
        bid: None,
        ads: ads.collect::<Result<Vec<_>>>()?,
    })
}

/// The styles that the copy has on a platform, proven ones first.
fn styles(strategy: &Strategy, copy: &CopySet, platform: Platform) -> Vec<String> {
    let mut styles: Vec<String> = Vec::new();
    for variant in copy.variants.iter().filter(|variant| variant.platform == platform) {
        if !styles.contains(&variant.style) {
            styles.push(variant.style.clone());
        }
    }
    let place = |style: &String| strategy.proven_styles.iter().position(|known| known == style).unwrap_or(usize::MAX);
    styles.sort_by_key(place);
    styles
}

/// One text per slot: of the style where there is one, else the first.
fn texts(copy: &CopySet, platform: Platform, style: &str) -> Vec<CopyVariant> {
    let of_slot = |slot: &CopySlot| {
        let mut variants = copy.variants.iter().filter(|variant| variant.platform == platform && variant.slot == *slot);
        let first = variants.clone().next();
        variants.find(|variant| variant.style == style).or(first).cloned()
    };
    CopySlot::ALL.iter().filter_map(of_slot).collect()
}

/// The mark on an object: the same brief and place give the same mark, so a lost answer can be looked up.
fn tag(brief: &crate::model::Brief, place: &[&str]) -> Result<Tag> {
    let hash = ContentHash::of_value(&(brief, place))?;
    Ok(Tag::new(format!("ab{}", hash.short(TAG_LENGTH))))
}

/// Every ad is a cell; CTR decides, because it is the densest signal.
fn matrix(strategy: &Strategy, campaigns: &[CampaignDraft]) -> Result<TestMatrix> {
    let cells = campaigns.iter().flat_map(|campaign| {
        campaign.ad_sets.iter().flat_map(move |set| set.ads.iter().map(move |ad| cell(campaign.platform, set, ad)))
    });
    let ctr = strategy.brief.targets.min_ctr;
    let impressions_per_cell = experiment::impressions_per_cell(ctr, MINIMUM_RELATIVE_EFFECT).ok_or_else(|| {
        Error::invalid(
            "targets.min_ctr",
            format!("{ctr} leaves no room for a relative difference of {MINIMUM_RELATIVE_EFFECT}"),
        )
        .next("lower the target")
    })?;
    Ok(TestMatrix {
        metric: "ctr".into(),
        minimum_relative_effect: MINIMUM_RELATIVE_EFFECT,
        impressions_per_cell,
        cells: cells.collect(),
    })
}

fn cell(platform: Platform, set: &AdSetDraft, ad: &AdDraft) -> TestCell {
    TestCell {
        ad: ad.tag.clone(),
        creative: ad.creative.asset.clone(),
        copy_style: ad.creative.copy.first().map_or_else(String::new, |variant| variant.style.clone()),
        audience: set.name.clone(),
        platform,
    }
}

/// The caps: the worst case of a day by each platform's own rule, seven of them, and the brief's budget for the flight.
fn limits(input: &OptimizerInput, campaigns: &[CampaignDraft]) -> Result<Limits> {
    let currency = input.strategy.brief.currency();
    let mut daily_cap = Money::zero(currency);
    for campaign in campaigns {
        let percent = i64::from(capabilities(input, campaign.platform)?.worst_case_day_percent);
        for set in &campaign.ad_sets {
            daily_cap = daily_cap.add(set.daily_budget.scale(percent, 100)?)?;
        }
    }
    Ok(Limits {
        daily_cap,
        weekly_cap: daily_cap.scale(7, 1)?,
        lifetime_cap: input.strategy.brief.budget,
        max_raise_percent: 20,
        max_cut_percent: 30,
        max_changes_per_object_and_day: 2,
        max_pauses_per_hour: 3,
        learning_hours: 72,
    })
}

/// Answers a feedback about cost per conversion: thin or immature data waits, else bids and budgets are cut by a step.
pub fn respond(feedback: &Feedback) -> Response {
    let cut = || Response::new(feedback, Answer::Accepted, Message::new("response-cut-costly"));
    Response::waiting(feedback).unwrap_or_else(cut)
}

/// The greatest part of a daily budget that one correction moves, in percent.
const STEP_PERCENT: i64 = 20;

/// What an accepted feedback changes at once: the worst platform's daily budgets are cut by a step, and where ROAS is low the
/// best platform's are raised by at most the same amount. Feedback about CTR changes the next plan alone.
pub fn corrections(
    feedback: &Feedback,
    plan: &MediaPlan,
    results: &BTreeMap<Platform, (Money, Option<f64>)>,
) -> Result<Vec<Change>> {
    let known = || results.iter().filter_map(|(platform, (_, roas))| roas.map(|roas| (*platform, roas)));
    let worst = known().min_by(|a, b| a.1.total_cmp(&b.1)).map(|(platform, _)| platform);
    let best = known().max_by(|a, b| a.1.total_cmp(&b.1)).map(|(platform, _)| platform);
    let (Some(worst), Some(best)) = (worst, best) else { return Ok(Vec::new()) };
    if feedback.kind == FeedbackKind::CtrLow || worst == best {
        return Ok(Vec::new());
    }
    let mut changes = steps(plan, worst, &feedback.id, -STEP_PERCENT)?;
    if feedback.kind == FeedbackKind::RoasLow {
        let freed: i64 = changes.iter().map(change_in_micros).sum();
        let raises = steps(plan, best, &feedback.id, STEP_PERCENT)?;
        let mut left = -freed;
        for raise in raises {
            left -= change_in_micros(&raise);
            if left >= 0 {
                changes.push(raise);
            }
        }
    }
    Ok(changes)
}

fn change_in_micros(change: &Change) -> i64 {
    match &change.kind {
        ChangeKind::SetDailyBudget { before, after } => after.micros() - before.micros(),
        _ => 0,
    }
}

fn steps(plan: &MediaPlan, platform: Platform, cause: &str, percent: i64) -> Result<Vec<Change>> {
    let sets =
        plan.campaigns.iter().filter(|campaign| campaign.platform == platform).flat_map(|campaign| &campaign.ad_sets);
    let step = |set: &AdSetDraft| {
        let after = set.daily_budget.scale(100 + percent, 100)?.floor_to_minor_unit();
        Ok(Change {
            platform,
            target: set.tag.clone(),
            kind: ChangeKind::SetDailyBudget { before: set.daily_budget, after },
            cause: cause.to_owned(),
        })
    };
    sets.map(step).collect()
}
