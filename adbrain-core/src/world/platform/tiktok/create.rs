//! Making objects: always switched off, at every level, and told so by the answer.

use serde::Serialize;
use serde_json::{Value, json};

use super::config::{AppSystem, IdentityKind};
use super::map::{self, Goal};
use super::media::Files;
use super::place::{Flow, Place};
use super::read::Found;
use super::wire::{
    AdBody, AdGroupBody, Answer, CampaignBody, ClassicCreative, Listed, MadeAds, SmartAdBody, Targeting,
};
use super::{PLACEMENT, TikTok};
use crate::error::{Error, Result};
use crate::http::Request;
use crate::model::{
    AdDraft, AdSetDraft, BidStrategy, CampaignDraft, CampaignSetting, CopySlot, CreativeDraft, Draft, DraftTree,
    Flight, Format, Money, ObjectId, Objective, Platform, Tag,
};
use crate::platform::check::Check;
use crate::platform::{Level, RemoteObject, spec};

/// What an object is made with: it does not deliver until it is switched on.
const OFF: &str = "DISABLE";

/// What is known of an object before `TikTok` gives it an id.
struct Sent<'a> {
    place: Place,
    tag: &'a Tag,
    name: String,
    parent: Option<&'a ObjectId>,
    daily_budget: Option<Money>,
    bid: Option<Money>,
}

impl TikTok {
    /// Makes the top of a tree; what hangs below comes in trees of its own.
    pub(super) async fn make(&self, tree: &DraftTree) -> Result<RemoteObject> {
        if tree.platform != Platform::TikTok {
            return Err(Error::invalid("platform", format!("the tree is for {}", tree.platform))
                .next("use an account of the tree's platform"));
        }
        match &tree.draft {
            Draft::Campaign { draft } => self.make_campaign(draft).await,
            Draft::AdSet { campaign, draft } => self.make_ad_set(&tree.setting, campaign, draft).await,
            Draft::Ad { ad_set, draft } => self.make_ad(&tree.setting, ad_set, draft).await,
        }
    }

    async fn make_campaign(&self, draft: &CampaignDraft) -> Result<RemoteObject> {
        Check { can: &self.capabilities }.campaign(draft)?;
        let goal = Goal::of(draft.objective);
        let is_app = draft.objective == Objective::AppPromotion;
        let body = CampaignBody {
            advertiser_id: &self.config.account,
            request_id: map::request_id(&draft.tag),
            campaign_name: map::name(&draft.name, &draft.tag),
            objective_type: goal.objective_type,
            operation_status: OFF,
            // Each ad set has a budget of its own, so the campaign has none.
            budget_optimize_on: false,
            budget_mode: (goal.flow == Flow::Classic).then_some("BUDGET_MODE_INFINITE"),
            sales_destination: (draft.objective == Objective::Sales).then_some("WEBSITE"),
            app_promotion_type: is_app.then_some("APP_INSTALL"),
            special_industries: map::special_industries(&draft.declarations)?,
        };
        self.settings_of(draft.objective)?;
        let place = Place { flow: goal.flow, level: Level::Campaign };
        let name = body.campaign_name.clone();
        let sent = Sent { place, tag: &draft.tag, name, parent: None, daily_budget: None, bid: None };
        let request = self.post(&place.path("create"), &body)?;
        let answer: Answer<Listed> = self.remote.read(&request).await?;
        self.made(&request, sent, &answer.data)
    }

    /// Refuses an objective whose settings the account lacks before its campaign is made.
    fn settings_of(&self, objective: Objective) -> Result<()> {
        map::event(&self.config, objective)?;
        if objective == Objective::AppPromotion {
            map::needed("app", objective, self.config.app.as_ref())?;
        }
        Ok(())
    }

    async fn make_ad_set(
        &self,
        setting: &CampaignSetting,
        campaign: &ObjectId,
        draft: &AdSetDraft,
    ) -> Result<RemoteObject> {
        Check { can: &self.capabilities }.ad_set(draft)?;
        map::special_industries(&setting.declarations)?;
        self.settings_of(setting.objective)?;
        let goal = Goal::of(setting.objective);
        let [start, end] = self.schedule(&setting.flight)?;
        let targeting = self.targeting(&goal, &draft.audience).await?;
        let body = self.ad_group(&AdGroup { goal, setting, campaign, draft, start, end }, targeting)?;
        let place = Place { flow: goal.flow, level: Level::AdSet };
        let sent = Sent {
            place,
            tag: &draft.tag,
            name: body.adgroup_name.clone(),
            parent: Some(campaign),
            daily_budget: Some(draft.daily_budget),
            bid: draft.bid,
        };
        let request = self.post(&place.path("create"), &body)?;
        let answer: Answer<Listed> = self.remote.read(&request).await?;
        self.made(&request, sent, &answer.data)
    }

    fn ad_group<'a>(&'a self, of: &AdGroup<'a>, targeting: Targeting) -> Result<AdGroupBody<'a>> {
        let (goal, draft, objective) = (of.goal, of.draft, of.setting.objective);
        let is_smart = goal.flow == Flow::SmartPlus;
        let is_app = objective == Objective::AppPromotion;
        let event = map::event(&self.config, objective)?;
        let has_window = is_smart && !is_app;
        let app = self.config.app.as_ref().filter(|_| is_app);
        let store = app.map(|app| if app.system == AppSystem::Android { "APP_ANDROID" } else { "APP_IOS" });
        let bid = draft.bid.filter(|_| draft.bid_strategy != BidStrategy::LowestCost);
        let bid = bid.map(|bid| map::number("bid", bid)).transpose()?;
        let is_per_conversion = goal.billing_event == "OCPM";
        Ok(AdGroupBody {
            advertiser_id: &self.config.account,
            campaign_id: of.campaign.as_str(),
            request_id: map::request_id(&draft.tag),
            adgroup_name: map::name(&draft.name, &draft.tag),
            operation_status: OFF,
            promotion_type: store.or(goal.promotion_type),
            promotion_target_type: goal.promotion_target_type,
            placement_type: "PLACEMENT_TYPE_NORMAL",
            placements: [PLACEMENT],
            optimization_goal: goal.optimization,
            optimization_event: event.map(|(_, event)| event).or(is_app.then_some("ACTIVE")),
            pixel_id: event.map(|(pixel, _)| pixel),
            app_id: app.map(|app| app.id.as_str()),
            billing_event: goal.billing_event,
            bid_type: map::bid_type(draft.bid_strategy),
            bid_price: bid.clone().filter(|_| !is_per_conversion),
            conversion_bid_price: bid.filter(|_| is_per_conversion),
            budget_mode: goal.budget_mode,
            budget: Some(map::number("daily_budget", draft.daily_budget)?),
            pacing: (!is_smart).then_some("PACING_MODE_SMOOTH"),
            schedule_type: "SCHEDULE_START_END",
            schedule_start_time: of.start.clone(),
            schedule_end_time: of.end.clone(),
            // Pinned, so that a later change of TikTok's defaults does not change what a conversion is.
            click_attribution_window: has_window.then_some("SEVEN_DAYS"),
            view_attribution_window: has_window.then_some("ONE_DAY"),
            attribution_event_count: has_window.then_some("EVERY"),
            // An automatic audience would take ages and genders as hints alone.
            targeting_optimization_mode: is_smart.then_some("MANUAL"),
            targeting_spec: is_smart.then(|| targeting.clone()),
            targeting: (!is_smart).then_some(targeting),
        })
    }

    /// When an ad set starts and ends, in UTC; a flight that has begun starts now.
    fn schedule(&self, flight: &Flight) -> Result<[String; 2]> {
        let now = self.clock.now();
        let (start, end) = (flight.start_of_day(0)?, flight.start_of_day(flight.days())?);
        if end <= now {
            return Err(Error::invalid("flight.end", format!("{} is over", flight.end)).next("give a later flight"));
        }
        Ok([start.max(now), end].map(map::moment))
    }

    async fn make_ad(&self, setting: &CampaignSetting, ad_set: &ObjectId, draft: &AdDraft) -> Result<RemoteObject> {
        Check { can: &self.capabilities }.ad(draft)?;
        map::special_industries(&setting.declarations)?;
        let goal = Goal::of(setting.objective);
        let text = text(&draft.creative)?;
        if draft.creative.format == Format::Carousel {
            self.music()?;
        }
        let files = self.files(&draft.creative.files).await?;
        check_files(&draft.creative, &files, goal.flow)?;
        let place = Place { flow: goal.flow, level: Level::Ad };
        let name = map::name(&draft.name, &draft.tag);
        let sent =
            Sent { place, tag: &draft.tag, name: name.clone(), parent: Some(ad_set), daily_budget: None, bid: None };
        let parts = Parts { ad_set, creative: &draft.creative, name, text, files };
        match goal.flow {
            Flow::SmartPlus => {
                let body = self.smart_ad(parts, setting.objective)?;
                let request = self.post(&place.path("create"), &body)?;
                let answer: Answer<Listed> = self.remote.read(&request).await?;
                self.made(&request, sent, &answer.data)
            }
            Flow::Classic => {
                let body = self.classic_ad(parts)?;
                let request = self.post(&place.path("create"), &body)?;
                let answer: Answer<MadeAds> = self.remote.read(&request).await?;
                self.made(&request, sent, answer.data.creatives.first().unwrap_or(&Listed::default()))
            }
        }
    }

    fn classic_ad<'a>(&'a self, parts: Parts<'a>) -> Result<impl Serialize + 'a> {
        let Parts { ad_set, creative, name, text, files } = parts;
        let identity = &self.config.identity;
        let is_carousel = creative.format == Format::Carousel;
        let video = files.videos.into_iter().next();
        let creative = ClassicCreative {
            ad_name: name,
            operation_status: OFF,
            ad_format: if is_carousel { "CAROUSEL_ADS" } else { "SINGLE_VIDEO" },
            ad_text: text,
            video_id: video,
            image_ids: files.images,
            music_id: if is_carousel { Some(self.music()?) } else { None },
            identity_type: identity.kind.wire(),
            identity_id: &identity.id,
            identity_authorized_bc_id: identity.business_center.as_deref(),
            dark_post_status: self.is_account().then_some("ON"),
            display_name: self.config.display_name.as_deref(),
            call_to_action: &self.config.call_to_action,
            landing_page_url: &creative.url,
        };
        Ok(AdBody { advertiser_id: &self.config.account, adgroup_id: ad_set.as_str(), creatives: [creative] })
    }

    fn smart_ad<'a>(&'a self, parts: Parts<'a>, objective: Objective) -> Result<impl Serialize + 'a> {
        let info = self.creative_info(&parts)?;
        let Parts { ad_set, creative, name, text, .. } = parts;
        let identity = &self.config.identity;
        let configuration = if self.is_account() {
            json!({"dark_post_status": "ON"})
        } else {
            json!({"identity_type": identity.kind.wire(), "identity_id": identity.id})
        };
        let page = (objective != Objective::AppPromotion).then(|| json!([{"landing_page_url": creative.url}]));
        Ok(SmartAdBody {
            advertiser_id: &self.config.account,
            adgroup_id: ad_set.as_str(),
            ad_name: name,
            operation_status: OFF,
            creative_list: json!([{"creative_info": info}]),
            ad_text_list: json!([{"ad_text": text}]),
            call_to_action_list: json!([{"call_to_action": self.config.call_to_action}]),
            landing_page_url_list: page,
            ad_configuration: Some(configuration),
        })
    }

    /// What a Smart+ ad shows, and under which of the advertiser's accounts.
    fn creative_info(&self, parts: &Parts<'_>) -> Result<Value> {
        let is_carousel = parts.creative.format == Format::Carousel;
        let images: Vec<_> = parts.files.images.iter().map(|id| json!({"web_uri": id})).collect();
        let mut info = json!({"ad_format": if is_carousel { "CAROUSEL_ADS" } else { "SINGLE_VIDEO" }});
        let Some(fields) = info.as_object_mut() else { return Ok(info) };
        let mut add = |name: &str, value: Value| fields.insert(name.to_owned(), value);
        if !images.is_empty() {
            add("image_info", Value::Array(images));
        }
        if is_carousel {
            add("music_info", json!({"music_id": self.music()?}));
        } else if let Some(video) = parts.files.videos.first() {
            add("video_info", json!({"video_id": video}));
        }
        if self.is_account() {
            add("identity_type", self.config.identity.kind.wire().into());
            add("identity_id", self.config.identity.id.as_str().into());
            if let Some(center) = &self.config.identity.business_center {
                add("identity_authorized_bc_id", center.as_str().into());
            }
        }
        Ok(info)
    }

    /// Whether the ads speak as an account, whose page must not show them.
    fn is_account(&self) -> bool {
        self.config.identity.kind != IdentityKind::Custom
    }

    fn music(&self) -> Result<&str> {
        self.config.carousel_music_id.as_deref().ok_or_else(|| {
            Error::invalid("tiktok.carousel_music_id", "a carousel needs a piece of music")
                .next("give one that may be used in ads in the settings of the TikTok account")
        })
    }

    /// The object that an answer shows. An answer without id or status is a lost one: whether it is switched off has to be looked up.
    fn made(&self, request: &Request, sent: Sent<'_>, answer: &Listed) -> Result<RemoteObject> {
        let shown = map::object(sent.place, answer, self.capabilities.currency);
        let shown =
            shown.ok_or_else(|| request.lost("the answer does not show the id and the status of what was made"))?;
        let (tag, parent) = (Some(sent.tag.clone()), sent.parent.cloned());
        let (daily_budget, bid) = (sent.daily_budget, sent.bid);
        let object = RemoteObject { tag, parent, name: sent.name, daily_budget, bid, ..shown };
        self.remember(Found { place: sent.place, listed: answer.clone(), object: object.clone() });
        Ok(object)
    }
}

/// What an ad group is made of.
struct AdGroup<'a> {
    goal: Goal,
    setting: &'a CampaignSetting,
    campaign: &'a ObjectId,
    draft: &'a AdSetDraft,
    start: String,
    end: String,
}

/// What an ad is made of.
struct Parts<'a> {
    ad_set: &'a ObjectId,
    creative: &'a CreativeDraft,
    name: String,
    text: &'a str,
    files: Files,
}

/// The text of an ad, within what `TikTok` takes.
fn text(creative: &CreativeDraft) -> Result<&str> {
    let field = "creative.copy";
    let found = creative.copy.iter().find(|text| text.slot == CopySlot::PrimaryText);
    let text = found.map(|found| found.text.trim()).filter(|text| !text.is_empty());
    let missing = || Error::invalid(field, "has no primary_text").next("write one of 1 to 100 characters");
    let text = text.ok_or_else(missing)?;
    let spec = spec::of(Platform::TikTok)?;
    let (length, limit) = (spec.length(text), spec.slot(CopySlot::PrimaryText).map_or(0, |text| text.limit));
    if length > limit {
        let what = format!("{length} characters are more than {limit}");
        return Err(Error::invalid(field, what).next("shorten the primary_text"));
    }
    match spec.refused_letter(text) {
        Some(letter) => Err(Error::invalid(field, format!("TikTok takes no {letter:?} in a text"))
            .next("write the primary_text without emoji, #, { and }")),
        None => Ok(text),
    }
}

/// One video with a cover, or the pictures of a carousel.
fn check_files(creative: &CreativeDraft, files: &Files, flow: Flow) -> Result<()> {
    let (videos, images) = (files.videos.len(), files.images.len());
    let takes_cards = spec::of(Platform::TikTok)?.takes_cards(images);
    let wanted = match creative.format {
        Format::Carousel if videos == 0 && takes_cards => return Ok(()),
        Format::Carousel => "2 to 35 pictures and no video",
        _ if videos == 1 && (images == 1 || images == 0 && flow == Flow::SmartPlus) => return Ok(()),
        _ => "one video and one picture of its shape as cover",
    };
    let what = format!("{} on TikTok wants {wanted}, not {videos} videos and {images} pictures", creative.format);
    Err(Error::invalid("creative.files", what).next("give the ad these files"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::CopyVariant;

    fn creative(text: &str, format: Format) -> CreativeDraft {
        let copy = CopyVariant {
            key: "tiktok/primary_text/1".to_owned(),
            platform: Platform::TikTok,
            slot: CopySlot::PrimaryText,
            style: "benefit".to_owned(),
            text: text.to_owned(),
            length: text.len(),
            limit: 100,
        };
        CreativeDraft {
            asset: "a".to_owned(),
            format,
            files: Vec::new(),
            copy: vec![copy],
            url: "https://x.y".to_owned(),
        }
    }

    #[test]
    fn texts_are_within_what_tiktok_takes() {
        assert_eq!(text(&creative(" Brisa fresca ", Format::Video)).unwrap(), "Brisa fresca");
        assert!(text(&creative(&"夏".repeat(50), Format::Video)).is_ok());
        for bad in [
            String::new(),
            "a".repeat(101),
            "夏".repeat(51),
            "Sale #1".to_owned(),
            "Hi 🎉".to_owned(),
            "{city}".to_owned(),
        ] {
            let draft = creative(&bad, Format::Video);
            assert_eq!(text(&draft).unwrap_err().context_of("field"), Some("creative.copy"), "{bad}");
        }
    }

    #[test]
    fn a_video_wants_a_cover_and_a_carousel_several_pictures() {
        let of = |videos: usize, images: usize| Files {
            videos: vec!["v".to_owned(); videos],
            images: vec!["i".to_owned(); images],
        };
        let check = |format, files, flow| check_files(&creative("x", format), &files, flow);
        assert!(check(Format::Video, of(1, 1), Flow::Classic).is_ok());
        assert!(check(Format::Ugc, of(1, 0), Flow::SmartPlus).is_ok());
        assert!(check(Format::Carousel, of(0, 3), Flow::Classic).is_ok());
        for (format, files) in [(Format::Video, of(1, 0)), (Format::Video, of(2, 1)), (Format::Carousel, of(0, 1))] {
            let error = check(format, files, Flow::Classic).unwrap_err();
            assert_eq!(error.context_of("field"), Some("creative.files"));
        }
    }
}
