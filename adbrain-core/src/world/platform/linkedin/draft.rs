//! Our drafts in `LinkedIn`'s words: what is made is paused, and what nobody declared is refused.

use jiff::Timestamp;

use super::config::LinkedInConfig;
use super::map::{GROUP, amount};
use super::wire::{
    AdContext, Card, Carousel, Content, CreateInline, Distribution, InlineContent, LeadgenCallToAction, Media,
    NewCampaign, NewCreative, NewGroup, Post, RunSchedule, TargetingCriteria,
};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{
    AdDraft, AdSetDraft, BidStrategy, CampaignDraft, CampaignSetting, CopySlot, CreativeDraft, Declarations, Flight,
    Format, Money, ObjectId, Objective, Platform, SpecialCategory,
};
use crate::platform::spec;
use crate::platform::tagged::with_tag;

/// The longest name, in characters. `LinkedIn` says so for groups and nothing for the others.
const NAME: usize = 100;
/// Signs that `LinkedIn`'s text format reads as markup; a text with one of them unescaped is cut there without a word.
const MARKUP: &str = "\\|{}@[]()<>#*_~";

/// What an objective means for a campaign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Goal {
    objective: &'static str,
    /// What automatic bidding looks for; it is paid by impressions.
    target: &'static str,
    /// What a bid by hand is paid for.
    cost: &'static str,
}

fn goal(objective: Objective) -> Result<Goal> {
    let (objective, target, cost) = match objective {
        Objective::Awareness => ("BRAND_AWARENESS", "MAX_IMPRESSION", "CPM"),
        Objective::Traffic => ("WEBSITE_VISIT", "MAX_CLICK", "CPC"),
        Objective::Engagement => ("ENGAGEMENT", "MAX_CLICK", "CPC"),
        Objective::Leads => ("LEAD_GENERATION", "MAX_LEAD", "CPC"),
        Objective::Sales => ("WEBSITE_CONVERSION", "MAX_CONVERSION", "CPC"),
        other => return Err(unsupported("objective", &format!("LinkedIn has none for {other}"))),
    };
    Ok(Goal { objective, target, cost })
}

/// Refuses what no part of a campaign can be made with: an objective, a declaration that is open, a flight that is over.
pub(super) fn check(config: &LinkedInConfig, setting: &CampaignSetting, now: Timestamp) -> Result<()> {
    goal(setting.objective)?;
    political_intent(&setting.declarations)?;
    schedule(&setting.flight, now)?;
    if setting.objective == Objective::Leads && config.lead_form.is_none() {
        return Err(Error::invalid("lead_form", "is not in the LinkedIn config, and lead ads need one")
            .next("make a form in Campaign Manager and name it in the config"));
    }
    Ok(())
}

/// A campaign group. It is paused, not a draft: a draft group lets none of its campaigns become paused or active.
pub(super) fn group(config: &LinkedInConfig, draft: &CampaignDraft, now: Timestamp) -> Result<NewGroup> {
    Ok(NewGroup {
        account: config.account_urn(),
        name: with_tag(&draft.name, &draft.tag, NAME),
        run_schedule: schedule(&draft.flight, now)?,
        status: "PAUSED",
    })
}

/// What a campaign is made from beside its draft.
pub(super) struct Around<'a> {
    pub(super) config: &'a LinkedInConfig,
    pub(super) setting: &'a CampaignSetting,
    pub(super) group: &'a ObjectId,
    pub(super) now: Timestamp,
}

/// A campaign.
pub(super) fn campaign(around: &Around<'_>, draft: &AdSetDraft, criteria: TargetingCriteria) -> Result<NewCampaign> {
    let (config, goal) = (around.config, goal(around.setting.objective)?);
    let zero = Money::zero(draft.daily_budget.currency());
    let (target, cost, bid) = match draft.bid_strategy {
        BidStrategy::LowestCost => (goal.target, "CPM", zero),
        BidStrategy::BidCap => ("NONE", goal.cost, draft.bid.unwrap_or(zero)),
        other => return Err(unsupported("bid_strategy", &format!("LinkedIn does not take {other}"))),
    };
    Ok(NewCampaign {
        account: config.account_urn(),
        associated_entity: config.organization_urn(),
        audience_expansion_enabled: false,
        campaign_group: format!("{GROUP}{}", around.group.as_str().trim_start_matches(GROUP)),
        cost_type: cost,
        daily_budget: amount(draft.daily_budget),
        format: format(config.format)?,
        locale: config.locale.clone(),
        name: with_tag(&draft.name, &draft.tag, NAME),
        objective_type: goal.objective,
        offsite_delivery_enabled: config.offsite_delivery,
        optimization_target_type: target,
        political_intent: political_intent(&around.setting.declarations)?,
        run_schedule: schedule(&around.setting.flight, around.now)?,
        status: "PAUSED",
        targeting_criteria: criteria,
        kind: "SPONSORED_UPDATES",
        unit_cost: amount(bid),
    })
}

/// The name of a format in a campaign.
pub(super) fn format(format: Format) -> Result<&'static str> {
    match format {
        Format::Video => Ok("SINGLE_VIDEO"),
        Format::Carousel => Ok("CAROUSEL"),
        other => Err(unsupported("creative.format", &format!("LinkedIn does not take {other}"))),
    }
}

/// Refuses texts that are absent or too long, before anything is asked.
pub(super) fn check_texts(config: &LinkedInConfig, objective: Objective, draft: &CreativeDraft) -> Result<()> {
    text(draft, CopySlot::PrimaryText, primary_text(config.format))?;
    let kind = match (config.format, objective) {
        (Format::Carousel, Objective::Leads) => "lead_card",
        (Format::Carousel, _) => "card",
        _ => "headline",
    };
    text(draft, CopySlot::Headline, kind).map(|_| ())
}

/// The name in `spec.json` of the text above an ad.
fn primary_text(format: Format) -> &'static str {
    if format == Format::Carousel { "carousel_primary_text" } else { "primary_text" }
}

/// A creative with its post. It is a draft: of a creative that was not reviewed yet `LinkedIn` may refuse to say paused.
pub(super) fn creative(
    config: &LinkedInConfig,
    objective: Objective,
    campaign: &ObjectId,
    (draft, media): (&AdDraft, &[String]),
) -> Result<CreateInline> {
    let lead_form = config.lead_form_urn().filter(|_| objective == Objective::Leads);
    let label = config.call_to_action.clone();
    Ok(CreateInline {
        creative: NewCreative {
            campaign: campaign.as_str().to_owned(),
            inline_content: InlineContent { post: post(config, lead_form.is_none(), &draft.creative, media)? },
            intended_status: "DRAFT",
            leadgen_call_to_action: lead_form.map(|destination| LeadgenCallToAction { destination, label }),
            name: with_tag(&draft.name, &draft.tag, NAME),
        },
    })
}

/// A post that is shown as an ad alone, never on the page.
fn post(config: &LinkedInConfig, has_button: bool, draft: &CreativeDraft, media: &[String]) -> Result<Post> {
    let commentary = text(draft, CopySlot::PrimaryText, primary_text(config.format))?;
    Ok(Post {
        ad_context: AdContext { dsc_ad_account: config.account_urn(), dsc_status: "ACTIVE" },
        author: config.organization_urn(),
        commentary: escaped(commentary),
        content: content(config.format, draft, media)?,
        content_call_to_action_label: has_button.then(|| config.call_to_action.clone()),
        content_landing_page: has_button.then(|| draft.url.clone()),
        distribution: Distribution {
            feed_distribution: "NONE",
            target_entities: Vec::new(),
            third_party_distribution_channels: Vec::new(),
        },
        is_reshare_disabled_by_author: false,
        lifecycle_state: "PUBLISHED",
        visibility: "PUBLIC",
    })
}

fn content(format: Format, draft: &CreativeDraft, media: &[String]) -> Result<Content> {
    let title = text(draft, CopySlot::Headline, "headline")?.to_owned();
    let of = |kind: &str| media.iter().filter(|urn| urn.starts_with(kind)).cloned().collect::<Vec<_>>();
    let (mut videos, images) = (of("urn:li:video:"), of("urn:li:image:"));
    if format == Format::Carousel {
        if !spec::of(Platform::LinkedIn)?.takes_cards(images.len()) || !videos.is_empty() {
            return Err(files("a carousel has 2 to 10 pictures and no video"));
        }
        let card = |id: String| Card { landing_page: draft.url.clone(), media: Media { id, title: title.clone() } };
        return Ok(Content::Carousel(Carousel { cards: images.into_iter().map(card).collect() }));
    }
    match (videos.pop(), videos.is_empty()) {
        (Some(id), true) => Ok(Content::Media(Media { id, title })),
        _ => Err(files("a video ad has exactly one video")),
    }
}

fn files(what: &str) -> Error {
    Error::invalid("creative.files", what).next("change the files of the ad")
}

/// The first text of a slot, within the limit of a kind of text of `spec.json`.
fn text<'a>(draft: &'a CreativeDraft, slot: CopySlot, kind: &str) -> Result<&'a str> {
    let field = format!("creative.copy.{slot}");
    let found =
        draft.copy.iter().find(|copy| copy.slot == slot).map(|copy| copy.text.trim()).filter(|text| !text.is_empty());
    let found = found.ok_or_else(|| Error::invalid(&field, "the ad has none").next("write one"))?;
    let spec = spec::of(Platform::LinkedIn)?;
    let (length, limit) = (spec.length(found), spec.text(kind).map_or(0, |text| text.limit));
    if length > limit {
        return Err(
            Error::invalid(&field, format!("has {length} characters, LinkedIn shows {limit}")).next("shorten it")
        );
    }
    Ok(found)
}

/// A text of which `LinkedIn` reads no sign as markup.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for sign in text.chars() {
        if MARKUP.contains(sign) {
            out.push('\\');
        }
        out.push(sign);
    }
    out
}

/// The run of a flight. A flight that has begun starts now: a start that has passed may be refused.
fn schedule(flight: &Flight, now: Timestamp) -> Result<RunSchedule> {
    let start = flight.start_of_day(0)?.max(now);
    let end = flight.start_of_day(flight.days())?;
    if end <= start {
        return Err(Error::invalid("flight.end", format!("{} is over", flight.end)).next("give a later end"));
    }
    Ok(RunSchedule { start: start.as_millisecond(), end: end.as_millisecond() })
}

/// Whether the ads are political. `LinkedIn` wants it said; its `NOT_DECLARED` is never sent.
fn political_intent(declared: &Declarations) -> Result<&'static str> {
    let open = |field: &str| {
        Error::invalid(field, "is not declared, and LinkedIn asks for it").next("declare it in the brief")
    };
    let categories = declared.special_categories.as_ref().ok_or_else(|| open("declarations.special_categories"))?;
    let is_political = declared.is_political.ok_or_else(|| open("declarations.is_political"))?;
    if let Some(category) = categories.iter().find(|category| **category != SpecialCategory::Politics) {
        let what = format!("LinkedIn's API takes no declaration of {category}");
        return Err(unsupported("declarations.special_categories", &what));
    }
    if !categories.is_empty() && !is_political {
        return Err(Error::invalid("declarations.is_political", "is no, yet politics is among the special categories")
            .next("correct one of the two"));
    }
    Ok(if is_political { "POLITICAL" } else { "NOT_POLITICAL" })
}

/// What `LinkedIn` cannot do, with the name of the field.
pub(super) fn unsupported(field: &'static str, what: &str) -> Error {
    Error::new(ErrorKind::Unsupported, format!("{field}: {what}"))
        .with("field", field)
        .next("change the field, or leave LinkedIn out")
}

#[cfg(test)]
#[path = "draft_tests.rs"]
mod tests;
