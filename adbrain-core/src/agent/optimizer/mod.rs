//! The optimizer: account structure, test matrix, bids, budgets and limits. It says what should be.
//!
//! In: strategy, assets, copy, what each platform can do. Out: a media plan whose ads are the rows of a test matrix. Called by the
//! brain's cycle. Never acts.

mod bids;
mod correct;
mod matrix;
mod lasting;
mod past;
mod respond;
mod texts;

use std::collections::BTreeMap;

use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Agent;
use crate::budget::{self, ShareRequest};
use crate::error::{Error, ErrorKind, Result};
use crate::model::message::Argument;
use crate::model::{
    AdDraft, AdSetDraft, Asset, AssetContent, AssetSet, Audience, CampaignDraft, ContentHash, CopySet, CreativeDraft,
    Flight, Format, Limits, MediaPlan, Message, MissingFile, Money, Platform, PlatformChoice, Reason, Strategy, Tag,
    TestMatrix,
};
use crate::platform::Capabilities;

use matrix::{Chosen, MAX_ADS, Place};

pub use bids::PlatformCost;
pub use correct::corrections;
pub use past::{AccountPast, prices};
pub use respond::respond;

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
    /// The account's days before, where there are some: tests are sized by them and not by chance alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub past: Option<AccountPast>,
    /// What a conversion cost on each platform before, where conversions are known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub costs: Vec<PlatformCost>,
    /// What a thousand impressions cost the account before, by platform: how many a budget buys.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub prices: BTreeMap<Platform, Money>,
    /// How many people the strategy's audiences hold, as far as the platforms say so.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sizes: Vec<AudienceSize>,
}

/// How many people an audience holds on a platform.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AudienceSize {
    /// The platform.
    pub platform: Platform,
    /// The audience's name in the strategy.
    pub audience: String,
    /// Its people, the middle of the range that the platform states.
    pub people: u64,
}

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
        let mut places = Vec::new();
        let mut reasons = Vec::new();
        for choice in &input.strategy.platforms {
            match place(&input, choice)? {
                Some(place) => places.push(place),
                None => reasons.push(left_out(choice.platform)),
            }
        }
        let rows = matrix::rows(&input, &places)?;
        let campaigns = places.iter().map(|place| campaign(&input, place, &rows)).collect::<Result<Vec<_>>>()?;
        reasons.extend(campaigns.iter().map(budget_reason));
        reasons.extend(room_reason(&places, &campaigns)?);
        reasons.extend(
            campaigns.iter().map(|campaign| bids::reason(&input, campaign.platform)).collect::<Result<Vec<_>>>()?,
        );
        let tests = matrix::tests(&input.strategy, &rows, &campaigns)?;
        reasons.extend(too_short(&tests));
        let refused = input.assets.assets.iter().filter_map(|asset| no_right(asset, &input.strategy.brief.flight));
        reasons.extend(refused.map(|message| Reason { choice: "format".into(), message, evidence: Vec::new() }));
        reasons.extend(lasting::reasons(&campaigns, &input));
        let currency = input.strategy.brief.currency();
        Ok(MediaPlan {
            name: input.strategy.brief.name.clone(),
            currency,
            tests,
            limits: limits(&input, &places)?,
            launch: input.strategy.brief.launch,
            missing: missing(&input)?,
            campaigns,
            reasons,
        })
    }
}

/// Why content of users gives no ad, whoever made the asset; none where it may be used, or is the advertiser's own.
fn no_right(asset: &Asset, flight: &Flight) -> Option<Message> {
    let AssetContent::Ugc { rights, .. } = &asset.content else { return None };
    rights.refusal(flight).map(|reason| reason.with("file", asset.key.as_str()))
}

/// Files that are asked for where a platform has no ad at all for want of them; single missing renditions stay with their assets.
fn missing(input: &OptimizerInput) -> Result<Vec<MissingFile>> {
    let mut files = Vec::new();
    for choice in &input.strategy.platforms {
        let able = capabilities(input, choice.platform)?;
        if ready(input, able).is_empty() {
            let own = input.assets.assets.iter().filter(|asset| asset.platform == choice.platform);
            files.extend(own.flat_map(|asset| asset.missing.clone()));
        }
    }
    Ok(files)
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

/// What a platform can be given, or none where no ad is ready or the budget is below the platform's least.
fn place<'a>(input: &'a OptimizerInput, choice: &'a PlatformChoice) -> Result<Option<Place<'a>>> {
    let able = capabilities(input, choice.platform)?;
    let daily = choice.budget.scale(1, input.strategy.brief.days())?.floor_to_minor_unit();
    let audiences = affordable(&input.strategy.audiences, daily, able.least_daily_budget);
    let assets = ready(input, able);
    let is_usable = !audiences.is_empty() && !assets.is_empty();
    let styles = styles(&input.strategy, &input.copy, choice.platform);
    let least = Some(able.least_daily_budget).filter(|least| least.currency() == daily.currency());
    Ok(is_usable.then_some(Place { choice, daily, least, audiences, assets, styles }))
}

/// One campaign with an ad set per audience.
fn campaign(input: &OptimizerInput, place: &Place<'_>, rows: &Chosen) -> Result<CampaignDraft> {
    let brief = &input.strategy.brief;
    let platform = place.choice.platform;
    let equal = ShareRequest { weight: 1.0, floor: Money::zero(place.daily.currency()), cap: None };
    let requests = vec![equal; place.audiences.len()];
    let budgets = budget::split(place.daily, &requests)?;
    let sets = place.audiences.iter().zip(budgets);
    let ad_sets = sets.map(|(audience, share)| {
        let ads = rows.ads(place, audience);
        let budget = if is_tested(ads.len(), brief.days()) { with_room(share, place.least)? } else { share };
        ad_set(input, (platform, audience), budget, &ads)
    });
    Ok(CampaignDraft {
        tag: tag(brief, &[platform.as_str()])?,
        platform,
        name: format!("{} | {} | {platform}", brief.brand, brief.name),
        objective: input.strategy.objective,
        flight: brief.flight.clone(),
        declarations: brief.declarations.clone(),
        ad_sets: ad_sets.collect::<Result<Vec<_>>>()?,
    })
}

/// The raise of a winner's ad set that there is room for, in percent: the largest step that a test proposes.
const ROOM_PERCENT: i64 = 20;

/// Whether a test in an ad set can find a winner while there are days left to raise it.
fn is_tested(ads: usize, days: i64) -> bool {
    let least = i64::try_from(matrix::least_days()).unwrap_or(i64::MAX);
    ads > 1 && days > least
}

/// What an ad set starts with of its even share of the budget: so much less that one raise of its winner fits into the share, and never
/// less than the platform takes.
fn with_room(share: Money, least: Option<Money>) -> Result<Money> {
    let start = share.scale(100, 100 + ROOM_PERCENT)?.floor_to_minor_unit();
    Ok(match least.filter(|least| least.micros() > start.micros()) {
        Some(least) if least.micros() < share.micros() => least,
        Some(_) => share,
        None => start,
    })
}

/// How much of the daily budget waits for winners; none where all of it starts.
fn room_reason(places: &[Place<'_>], campaigns: &[CampaignDraft]) -> Result<Option<Reason>> {
    let (Some(whole), Some(start)) = (
        Money::sum(places.iter().map(|place| place.daily))?,
        Money::sum(campaigns.iter().flat_map(|campaign| &campaign.ad_sets).map(|set| set.daily_budget))?,
    ) else {
        return Ok(None);
    };
    let held = Money::from_micros(whole.micros() - start.micros(), whole.currency());
    Ok(held.is_positive().then(|| {
        let raise = Argument::Ratio(ROOM_PERCENT as f64 / 100.0);
        let message = Message::new("reason-room").with("held", held).with("whole", whole).with("raise", raise);
        Reason { choice: "budget".into(), message, evidence: Vec::new() }
    }))
}

/// Said where the account's own days show that the tests will not find the smallest effect that matters before the flight ends.
fn too_short(tests: &TestMatrix) -> Option<Reason> {
    let (needed, planned) = tests.design.as_ref().and_then(|design| design.days_needed).zip(tests.planned_days)?;
    let count = |days: u64| i64::try_from(days).unwrap_or(i64::MAX);
    (needed > planned).then(|| {
        let message = Message::new("reason-test-too-short")
            .with("effect", Argument::Ratio(tests.minimum_relative_effect))
            .with("needed", count(needed))
            .with("planned", count(planned));
        Reason { choice: "test".into(), message, evidence: Vec::new() }
    })
}

/// As many audiences, best first, as the daily budget can feed with the platform's least.
fn affordable(audiences: &[Audience], daily: Money, least: Money) -> Vec<&Audience> {
    let least = if least.currency() == daily.currency() { least.micros().max(1) } else { 1 };
    let count = usize::try_from(daily.micros() / least).unwrap_or(0);
    audiences.iter().take(count).collect()
}

/// Assets for the platform that have all their files, at most four, one of each format before a second of any, in the strategy's order.
fn ready<'a>(input: &'a OptimizerInput, able: &Capabilities) -> Vec<&'a Asset> {
    let (assets, formats) = (&input.assets, &input.strategy.formats);
    let usable = |asset: &&Asset| {
        asset.platform == able.platform
            && asset.missing.is_empty()
            && able.formats.contains(&asset.format)
            && no_right(asset, &input.strategy.brief.flight).is_none()
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
    let place = |format: Format| formats.iter().position(|known| *known == format).unwrap_or(usize::MAX);
    ranked.sort_by_key(|(turn, asset)| (*turn, place(asset.format), asset.format));
    ranked.into_iter().take(MAX_ADS).map(|(_, asset)| asset).collect()
}

fn ad_set(
    input: &OptimizerInput,
    (platform, audience): (Platform, &Audience),
    daily_budget: Money,
    ads: &[(&Asset, &str)],
) -> Result<AdSetDraft> {
    let brief = &input.strategy.brief;
    let ads = ads.iter().map(|(asset, style)| {
        let tag = tag(brief, &[platform.as_str(), &audience.name, &asset.key, style])?;
        let creative = CreativeDraft {
            asset: asset.key.clone(),
            format: asset.format,
            files: asset.files.clone(),
            copy: texts::of(&input.copy, (platform, asset.format), style)?,
            url: brief.product.url.clone(),
        };
        Ok(AdDraft { tag, name: format!("{} | {style}", asset.key), creative })
    });
    let (bid_strategy, bid) = bids::bid(input, platform)?;
    Ok(AdSetDraft {
        tag: tag(brief, &[platform.as_str(), &audience.name])?,
        name: audience.name.clone(),
        audience: audience.clone(),
        daily_budget,
        bid_strategy,
        bid,
        ads: ads.collect::<Result<Vec<_>>>()?,
    })
}

/// The styles that the copy has on a platform, proven ones first; one without a name where it has none.
fn styles(strategy: &Strategy, copy: &CopySet, platform: Platform) -> Vec<String> {
    let mut styles: Vec<String> = Vec::new();
    for variant in copy.variants.iter().filter(|variant| variant.platform == platform) {
        if !styles.contains(&variant.style) {
            styles.push(variant.style.clone());
        }
    }
    let place = |style: &String| strategy.proven_styles.iter().position(|known| known == style).unwrap_or(usize::MAX);
    styles.sort_by_key(place);
    if styles.is_empty() {
        styles.push(String::new());
    }
    styles
}

/// The mark on an object: the same brief and place give the same mark, so a lost answer can be looked up.
fn tag(brief: &crate::model::Brief, place: &[&str]) -> Result<Tag> {
    let hash = ContentHash::of_value(&(brief, place))?;
    Ok(Tag::new(format!("ab{}", hash.short(TAG_LENGTH))))
}

/// The caps: the worst case, by each platform's own rule, of a day on which the brief's budget is spent evenly over the flight; seven of
/// them; and the brief's budget. Ad sets under test start below their even share, so a winner can be raised without a higher cap.
fn limits(input: &OptimizerInput, places: &[Place<'_>]) -> Result<Limits> {
    let currency = input.strategy.brief.currency();
    let mut daily_cap = Money::zero(currency);
    for place in places {
        let percent = i64::from(capabilities(input, place.choice.platform)?.worst_case_day_percent);
        daily_cap = daily_cap.add(place.daily.scale(percent, 100)?)?;
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
        approvals: input.strategy.brief.approvals,
    })
}
