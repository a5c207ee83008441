//! A tree of drafts as operations of one request: everything is made, or nothing.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::api::Api;
use super::map::{self, Texts};
use super::media::Media;
use super::wire::Mutated;
use crate::error::{Error, Result};
use crate::http::Request;
use crate::model::{
    AdDraft, AdSetDraft, CampaignDraft, CampaignSetting, ContentHash, Draft, DraftTree, Format, Money, ObjectId,
    Platform, Tag,
};
use crate::platform::{Level, RemoteObject, Status, spec};

/// What a tree refers to and the account has already.
pub(super) struct Material {
    /// Countries by their codes.
    pub(super) countries: BTreeMap<String, String>,
    /// Audiences by their names.
    pub(super) audiences: BTreeMap<String, String>,
    /// User lists by their names.
    pub(super) user_lists: BTreeMap<String, String>,
    /// Pictures and films by their hashes.
    pub(super) media: BTreeMap<ContentHash, Media>,
}

/// What operations make, in their order.
pub(super) struct Tree<'a> {
    api: &'a Api,
    material: &'a Material,
    setting: &'a CampaignSetting,
    /// The operations of the request.
    pub(super) operations: Vec<Value>,
    films: BTreeMap<&'a ContentHash, String>,
    wanted: Vec<Wanted>,
    last: u32,
}

/// An object of ours that one of the operations makes.
struct Wanted {
    operation: usize,
    level: Level,
    tag: Tag,
    name: String,
    parent: Option<Above>,
    daily_budget: Option<Money>,
    bid: Option<Money>,
}

/// What an object hangs below: one that is there, or the one that another operation makes.
#[derive(Clone)]
enum Above {
    There(ObjectId),
    Made(usize),
}

impl<'a> Tree<'a> {
    /// The operations that make a tree.
    ///
    /// # Errors
    /// [`crate::ErrorKind::Unsupported`] and [`crate::ErrorKind::InvalidInput`] with the name of the field.
    pub(super) fn of(api: &'a Api, tree: &'a DraftTree, material: &'a Material) -> Result<Self> {
        let (operations, films, wanted) = (Vec::new(), BTreeMap::new(), Vec::new());
        let mut made = Self { api, material, setting: &tree.setting, operations, films, wanted, last: 0 };
        match &tree.draft {
            Draft::Campaign { draft } => made.campaign(draft)?,
            Draft::AdSet { campaign, draft } => {
                made.ad_set(&api.resource(campaign.as_str()), Above::There(campaign.clone()), draft)?;
            }
            Draft::Ad { ad_set, draft } => {
                made.ad(&api.resource(ad_set.as_str()), Above::There(ad_set.clone()), draft)?;
            }
        }
        Ok(made)
    }

    /// A name that stands for a resource until the platform has given it its own.
    fn new_resource(&mut self, collection: &str) -> String {
        self.last += 1;
        self.api.resource(&format!("{collection}/-{}", self.last))
    }

    fn push(&mut self, operation: &str, create: &Value) -> usize {
        self.operations.push(json!({operation: {"create": create}}));
        self.operations.len() - 1
    }

    fn campaign(&mut self, draft: &'a CampaignDraft) -> Result<()> {
        let group = self.new_resource("campaignGroups");
        let name = map::name(&draft.name, &draft.tag);
        let operation = self.push("campaignGroupOperation", &json!({"resourceName": group, "name": name}));
        self.want(operation, Level::Campaign, (&draft.tag, &draft.name), None);
        draft.ad_sets.iter().try_for_each(|ad_set| self.ad_set(&group, Above::Made(operation), ad_set))
    }

    fn want(&mut self, operation: usize, level: Level, (tag, name): (&Tag, &str), parent: Option<Above>) {
        let (tag, name) = (tag.clone(), name.to_owned());
        self.wanted.push(Wanted { operation, level, tag, name, parent, daily_budget: None, bid: None });
    }

    fn ad_set(&mut self, group: &str, above: Above, draft: &'a AdSetDraft) -> Result<()> {
        let campaign = self.google_campaign(group, draft)?;
        let ad_group = self.new_resource("adGroups");
        let operation = self.push(
            "adGroupOperation",
            &json!({
                "resourceName": ad_group,
                "name": map::name(&draft.name, &draft.tag),
                "status": "PAUSED",
                "campaign": campaign,
                "audienceSetting": {"useAudienceGrouped": true},
                "optimizedTargetingEnabled": false,
            }),
        );
        self.want(operation, Level::AdSet, (&draft.tag, &draft.name), Some(above));
        if let Some(wanted) = self.wanted.last_mut() {
            (wanted.daily_budget, wanted.bid) = (Some(draft.daily_budget), draft.bid);
        }
        self.places(&ad_group, draft)?;
        self.people(&ad_group, draft)?;
        draft.ads.iter().try_for_each(|ad| self.ad(&ad_group, Above::Made(operation), ad))
    }

    /// The Google campaign of an ad set, with a budget of its own: the platform keeps budgets there.
    fn google_campaign(&mut self, group: &str, draft: &AdSetDraft) -> Result<String> {
        let (budget, campaign) = (self.new_resource("campaignBudgets"), self.new_resource("campaigns"));
        let name = map::inner_name(&draft.name, &draft.tag);
        self.push(
            "campaignBudgetOperation",
            &json!({
                "resourceName": budget,
                "amountMicros": map::micros(draft.daily_budget),
                "deliveryMethod": "STANDARD",
                "explicitlyShared": false,
            }),
        );
        let (bidding, amounts) = map::bidding(self.setting.objective, draft)?;
        let flight = &self.setting.flight;
        self.push(
            "campaignOperation",
            &json!({
                "resourceName": campaign,
                "name": name,
                "status": "PAUSED",
                "advertisingChannelType": "DEMAND_GEN",
                "campaignBudget": budget,
                "campaignGroup": group,
                "containsEuPoliticalAdvertising": map::political(self.setting)?,
                "startDateTime": format!("{} 00:00:00", flight.start),
                "endDateTime": format!("{} 23:59:59", flight.end),
                bidding: amounts,
            }),
        );
        Ok(campaign)
    }

    fn places(&mut self, ad_group: &str, draft: &AdSetDraft) -> Result<()> {
        for country in &draft.audience.countries {
            let place = self.material.countries.get(country).ok_or_else(|| {
                Error::invalid("audience.countries", format!("the platform knows no country {country:?}"))
                    .next("write countries as ISO 3166-1 alpha-2 codes such as BR")
            })?;
            let location = json!({"adGroup": ad_group, "location": {"geoTargetConstant": place}});
            self.push("adGroupCriterionOperation", &location);
        }
        Ok(())
    }

    /// Ages and genders: an audience of the account, which is made where it is not there.
    fn people(&mut self, ad_group: &str, draft: &AdSetDraft) -> Result<()> {
        let Some((name, dimensions)) = audience(draft, self.setting, &self.material.user_lists)? else { return Ok(()) };
        let audience = if let Some(there) = self.material.audiences.get(&name) {
            there.clone()
        } else {
            let audience = self.new_resource("audiences");
            let create = json!({"resourceName": audience, "name": name, "dimensions": dimensions});
            self.push("audienceOperation", &create);
            audience
        };
        self.push("adGroupCriterionOperation", &json!({"adGroup": ad_group, "audience": {"audience": audience}}));
        Ok(())
    }

    fn ad(&mut self, ad_group: &str, above: Above, draft: &'a AdDraft) -> Result<()> {
        let (kind, content) = self.content(draft)?;
        let ad = json!({
            "name": map::name(&draft.name, &draft.tag),
            "finalUrls": [draft.creative.url],
            kind: content,
        });
        let operation = self.push("adGroupAdOperation", &json!({"adGroup": ad_group, "status": "PAUSED", "ad": ad}));
        self.want(operation, Level::Ad, (&draft.tag, &draft.name), Some(above));
        Ok(())
    }

    /// The kind of an ad by its files, and what is in it.
    fn content(&mut self, draft: &'a AdDraft) -> Result<(&'static str, Value)> {
        let texts = Texts::of(&draft.creative)?;
        let mut videos = Vec::new();
        let mut pictures = Vec::new();
        for hash in &draft.creative.files {
            match self.media(hash)? {
                Media::Film { asset: Some(asset), .. } => videos.push(asset.clone()),
                Media::Film { asset: None, video } => videos.push(self.film(hash, video)),
                Media::Picture { asset, field } => pictures.push((*field, asset.as_str())),
            }
        }
        match draft.creative.format {
            _ if !videos.is_empty() => Ok(("demandGenVideoResponsiveAd", self.video(&texts, &videos))),
            Format::Carousel => Ok(("demandGenCarouselAd", self.carousel(&texts, &pictures)?)),
            _ => Ok(("demandGenMultiAssetAd", self.multi_asset(&texts, &pictures)?)),
        }
    }

    fn media(&self, hash: &ContentHash) -> Result<&'a Media> {
        self.material.media.get(hash).ok_or_else(|| super::media::absent(hash))
    }

    /// The asset of a film of which the account has the upload alone.
    fn film(&mut self, hash: &'a ContentHash, video: &str) -> String {
        if let Some(asset) = self.films.get(hash) {
            return asset.clone();
        }
        let asset = self.new_resource("assets");
        let youtube = json!({"youtubeVideoId": video});
        self.push(
            "assetOperation",
            &json!({"resourceName": asset, "name": hash.as_str(), "youtubeVideoAsset": youtube}),
        );
        self.films.insert(hash, asset.clone());
        asset
    }

    fn logo(&self) -> Value {
        json!({"asset": self.api.resource(&format!("assets/{}", self.api.config.logo_asset))})
    }

    fn video(&self, texts: &Texts, videos: &[String]) -> Value {
        let videos: Vec<_> = videos.iter().map(|asset| json!({"asset": asset})).collect();
        json!({
            "headlines": texts.headlines,
            "longHeadlines": texts.long_headlines,
            "descriptions": texts.descriptions,
            "videos": videos,
            "logoImages": [self.logo()],
            "businessName": {"text": self.api.config.business_name},
        })
    }

    fn multi_asset(&self, texts: &Texts, pictures: &[(&'static str, &str)]) -> Result<Value> {
        let mut ad = Map::new();
        for (field, asset) in pictures {
            let list = ad.entry(*field).or_insert_with(|| json!([]));
            if let Some(list) = list.as_array_mut() {
                list.push(json!({"asset": asset}));
            }
        }
        if !ad.contains_key("marketingImages") && !ad.contains_key("squareMarketingImages") {
            return Err(Error::invalid("creative.files", "there is no picture of 1.91:1 or 1:1")
                .next("bring a landscape or square picture along: the platform asks for one"));
        }
        ad.insert("headlines".to_owned(), json!(texts.headlines));
        ad.insert("descriptions".to_owned(), json!(texts.descriptions));
        ad.insert("logoImages".to_owned(), json!([self.logo()]));
        ad.insert("businessName".to_owned(), json!(self.api.config.business_name));
        Ok(Value::Object(ad))
    }

    /// A carousel: one card per picture, headlines in turn.
    fn carousel(&mut self, texts: &Texts, pictures: &[(&'static str, &str)]) -> Result<Value> {
        if !spec::of(Platform::Google)?.takes_cards(pictures.len()) {
            let what = format!("a carousel has 2 to 10 pictures, not {}", pictures.len());
            return Err(Error::invalid("creative.files", what).next("give as many pictures as cards"));
        }
        let mut cards = Vec::new();
        for ((field, picture), headline) in pictures.iter().zip(texts.headlines.iter().cycle()) {
            let field = match *field {
                "marketingImages" => "marketingImageAsset",
                "squareMarketingImages" => "squareMarketingImageAsset",
                "portraitMarketingImages" => "portraitMarketingImageAsset",
                _ => {
                    return Err(Error::invalid("creative.files", "a card takes no picture of 9:16")
                        .next("use pictures of 1:1, 1.91:1 or 4:5"));
                }
            };
            let asset = self.new_resource("assets");
            let card = json!({"headline": headline["text"], field: picture});
            self.push("assetOperation", &json!({"resourceName": asset, "demandGenCarouselCardAsset": card}));
            cards.push(json!({"asset": asset}));
        }
        Ok(json!({
            "businessName": self.api.config.business_name,
            "logoImage": self.logo(),
            "headline": texts.headlines.first(),
            "description": texts.descriptions.first(),
            "carouselCards": cards,
        }))
    }

    /// The objects that the platform has made.
    ///
    /// # Errors
    /// A lost answer where the platform does not show each object, and each as paused.
    pub(super) fn made(&self, request: &Request, answers: &[Mutated]) -> Result<Vec<RemoteObject>> {
        let unclear = || request.lost("the answer does not show each object once and paused");
        let statuses = answers.iter().filter_map(status);
        if answers.len() != self.operations.len() || statuses.clone().any(|status| status != "PAUSED") {
            return Err(unclear());
        }
        let id = |operation: usize| {
            let resource = answers.get(operation).and_then(resource).filter(|resource| !resource.is_empty());
            resource.map(|resource| ObjectId::new(self.api.id(resource))).ok_or_else(unclear)
        };
        let object = |wanted: &Wanted| {
            let parent = match &wanted.parent {
                None => None,
                Some(Above::There(id)) => Some(id.clone()),
                Some(Above::Made(operation)) => Some(id(*operation)?),
            };
            Ok(RemoteObject {
                id: id(wanted.operation)?,
                tag: Some(wanted.tag.clone()),
                parent,
                level: wanted.level,
                name: wanted.name.clone(),
                status: Status::Paused,
                daily_budget: wanted.daily_budget,
                bid: wanted.bid,
            })
        };
        self.wanted.iter().map(object).collect()
    }
}

/// The name of the audience of an ad set and its dimensions; none where everybody is meant. The name tells the dimensions apart, so that
/// one that is there can be used again.
pub(super) fn audience(
    draft: &AdSetDraft,
    setting: &CampaignSetting,
    user_lists: &BTreeMap<String, String>,
) -> Result<Option<(String, Vec<Value>)>> {
    let mut dimensions = map::people(&draft.audience, setting)?;
    let wanted = draft.audience.custom_on(Platform::Google);
    let lists: Vec<_> = wanted.iter().filter_map(|name| user_lists.get(name)).collect();
    if !lists.is_empty() {
        let segments: Vec<_> = lists.iter().map(|list| json!({"userList": {"userList": list}})).collect();
        dimensions.push(json!({"audienceSegments": {"segments": segments}}));
    }
    if dimensions.is_empty() {
        return Ok(None);
    }
    let hash = ContentHash::of_value(&dimensions)?;
    Ok(Some((map::inner_name(&format!("{} {}", draft.name, hash.short(8)), &draft.tag), dimensions)))
}

/// The resource of an object of ours.
fn resource(answer: &Mutated) -> Option<&str> {
    let group = answer.campaign_group_result.as_ref().map(|made| made.resource_name.as_str());
    let ad_group = answer.ad_group_result.as_ref().map(|made| made.resource_name.as_str());
    let ad = answer.ad_group_ad_result.as_ref().map(|made| made.resource_name.as_str());
    group.or(ad_group).or(ad)
}

/// The status of what was made, where it has one that decides about delivery.
fn status(answer: &Mutated) -> Option<&str> {
    let campaign = answer.campaign_result.as_ref().map(|made| made.campaign.status.as_str());
    let ad_group = answer.ad_group_result.as_ref().map(|made| made.ad_group.status.as_str());
    let ad = answer.ad_group_ad_result.as_ref().map(|made| made.ad_group_ad.status.as_str());
    campaign.or(ad_group).or(ad)
}
