use serde_json::json;

use super::*;
use crate::http::Secret;
use crate::model::{ContentHash, CopyVariant, Currency, Platform, Tag};
use crate::platform::linkedin::Locale;
use crate::platform::linkedin::wire::{AnyOf, Include};

fn config() -> LinkedInConfig {
    let locale = Locale { country: "US".into(), language: "en".into() };
    LinkedInConfig::new("5012345", Secret::new("canary"), "2414183", locale)
}

fn now() -> Timestamp {
    "2026-11-30T12:00:00Z".parse().unwrap()
}

fn setting() -> CampaignSetting {
    CampaignSetting {
        objective: Objective::Traffic,
        flight: Flight {
            start: "2026-12-01".parse().unwrap(),
            end: "2026-12-10".parse().unwrap(),
            time_zone: "UTC".into(),
        },
        declarations: Declarations {
            special_categories: Some(Vec::new()),
            is_political: Some(false),
            payer: None,
            beneficiary: None,
        },
        countries: vec!["US".into()],
    }
}

fn ad_set() -> AdSetDraft {
    let usd = |micros| Money::from_micros(micros, Currency::USD);
    AdSetDraft {
        tag: Tag::new("abs1"),
        name: "Set".into(),
        audience: serde_json::from_str(r#"{"name": "all", "countries": ["US"]}"#).unwrap(),
        daily_budget: usd(50_000_000),
        bid_strategy: BidStrategy::BidCap,
        bid: Some(usd(8_000_000)),
        ads: Vec::new(),
    }
}

fn ad() -> AdDraft {
    let copy = |slot, text: &str| CopyVariant {
        key: format!("linkedin/{slot}/1"),
        platform: Platform::LinkedIn,
        slot,
        style: "benefit".into(),
        text: text.into(),
        length: text.len(),
        limit: 100,
    };
    AdDraft {
        tag: Tag::new("aba1"),
        name: "Ad".into(),
        creative: CreativeDraft {
            asset: "film".into(),
            format: Format::Video,
            files: vec![ContentHash::of(b"film")],
            copy: vec![copy(CopySlot::PrimaryText, "Cool (really) #1"), copy(CopySlot::Headline, "Air")],
            url: "https://example.com/x".into(),
        },
    }
}

fn criteria() -> TargetingCriteria {
    let or = [("urn:li:adTargetingFacet:locations".to_owned(), vec!["urn:li:geo:103644278".to_owned()])].into();
    TargetingCriteria { include: Include { and: vec![AnyOf { or }] } }
}

#[test]
fn a_campaign_is_written_with_everything_that_linkedin_requires_and_paused() {
    let (config, setting, group) = (config(), setting(), ObjectId::new("urn:li:sponsoredCampaignGroup:6"));
    let around = Around { config: &config, setting: &setting, group: &group, now: now() };
    let made = campaign(&around, &ad_set(), criteria()).unwrap();
    assert_eq!(
        serde_json::to_value(&made).unwrap(),
        json!({
            "account": "urn:li:sponsoredAccount:5012345",
            "associatedEntity": "urn:li:organization:2414183",
            "audienceExpansionEnabled": false,
            "campaignGroup": "urn:li:sponsoredCampaignGroup:6",
            "costType": "CPC",
            "dailyBudget": {"amount": "50.00", "currencyCode": "USD"},
            "format": "SINGLE_VIDEO",
            "locale": {"country": "US", "language": "en"},
            "name": "Set [adb:abs1]",
            "objectiveType": "WEBSITE_VISIT",
            "offsiteDeliveryEnabled": false,
            "optimizationTargetType": "NONE",
            "politicalIntent": "NOT_POLITICAL",
            "runSchedule": {"start": 1_796_083_200_000_i64, "end": 1_796_947_200_000_i64},
            "status": "PAUSED",
            "targetingCriteria": {"include": {"and": [
                {"or": {"urn:li:adTargetingFacet:locations": ["urn:li:geo:103644278"]}},
            ]}},
            "type": "SPONSORED_UPDATES",
            "unitCost": {"amount": "8.00", "currencyCode": "USD"},
        })
    );
    let automatic = AdSetDraft { bid_strategy: BidStrategy::LowestCost, bid: None, ..ad_set() };
    let made = campaign(&around, &automatic, criteria()).unwrap();
    assert_eq!(
        (made.optimization_target_type, made.cost_type, made.unit_cost.amount.as_str()),
        ("MAX_CLICK", "CPM", "0.00")
    );
}

#[test]
fn a_creative_is_a_draft_with_a_post_that_no_page_shows() {
    let campaign = ObjectId::new("urn:li:sponsoredCampaign:77");
    let media = ["urn:li:image:P".to_owned(), "urn:li:video:V".to_owned()];
    let made = creative(&config(), Objective::Traffic, &campaign, (&ad(), &media)).unwrap();
    assert_eq!(
        serde_json::to_value(&made).unwrap(),
        json!({"creative": {
            "campaign": "urn:li:sponsoredCampaign:77",
            "inlineContent": {"post": {
                "adContext": {"dscAdAccount": "urn:li:sponsoredAccount:5012345", "dscStatus": "ACTIVE"},
                "author": "urn:li:organization:2414183",
                "commentary": "Cool \\(really\\) \\#1",
                "content": {"media": {"id": "urn:li:video:V", "title": "Air"}},
                "contentCallToActionLabel": "LEARN_MORE",
                "contentLandingPage": "https://example.com/x",
                "distribution": {"feedDistribution": "NONE", "targetEntities": [], "thirdPartyDistributionChannels": []},
                "isReshareDisabledByAuthor": false,
                "lifecycleState": "PUBLISHED",
                "visibility": "PUBLIC",
            }},
            "intendedStatus": "DRAFT",
            "name": "Ad [adb:aba1]",
        }})
    );
}

#[test]
fn lead_ads_carry_their_form_and_carousels_their_cards() {
    let campaign = ObjectId::new("urn:li:sponsoredCampaign:77");
    let with_form = LinkedInConfig { lead_form: Some("9".into()), format: Format::Carousel, ..config() };
    let media = ["urn:li:image:1".to_owned(), "urn:li:image:2".to_owned()];
    let made = creative(&with_form, Objective::Leads, &campaign, (&ad(), &media)).unwrap();
    let made = serde_json::to_value(&made).unwrap();
    let leads = json!({"destination": "urn:li:adForm:9", "label": "LEARN_MORE"});
    assert_eq!(made.pointer("/creative/leadgenCallToAction"), Some(&leads));
    assert_eq!(made.pointer("/creative/inlineContent/post/contentLandingPage"), None);
    let cards = made.pointer("/creative/inlineContent/post/content/carousel/cards").unwrap();
    assert_eq!(
        cards[1],
        json!({"media": {"id": "urn:li:image:2", "title": "Air"}, "landingPage": "https://example.com/x"})
    );
    let error = creative(&with_form, Objective::Leads, &campaign, (&ad(), &media[..1])).unwrap_err();
    assert!(error.to_string().contains("creative.files"));
}

#[test]
fn what_is_not_declared_or_not_possible_is_refused_by_its_field() {
    let right = setting();
    check(&config(), &right, now()).unwrap();
    let with = |change: &dyn Fn(&mut CampaignSetting)| {
        let mut wrong = right.clone();
        change(&mut wrong);
        check(&config(), &wrong, now()).unwrap_err()
    };
    let none: &dyn Fn(&mut CampaignSetting) = &|setting| setting.declarations.special_categories = None;
    for (error, field) in [
        (with(none), "declarations.special_categories"),
        (with(&|setting| setting.declarations.is_political = None), "declarations.is_political"),
        (with(&|setting| setting.objective = Objective::AppPromotion), "objective"),
        (with(&|setting| setting.objective = Objective::Leads), "lead_form"),
        (with(&|setting| setting.flight.end = "2026-11-30".parse().unwrap()), "flight.end"),
        (
            with(&|setting| setting.declarations.special_categories = Some(vec![SpecialCategory::Housing])),
            "declarations.special_categories",
        ),
    ] {
        assert_eq!(error.context_of("field"), Some(field), "{error}");
    }
    let mut political = right.clone();
    political.declarations.is_political = Some(true);
    assert_eq!(political_intent(&political.declarations).unwrap(), "POLITICAL");
}

#[test]
fn names_and_texts_keep_linkedins_limits() {
    let draft = CampaignDraft {
        tag: Tag::new("abc1"),
        platform: Platform::LinkedIn,
        name: "ã".repeat(200),
        objective: Objective::Traffic,
        flight: setting().flight,
        declarations: setting().declarations,
        ad_sets: Vec::new(),
    };
    let made = group(&config(), &draft, now()).unwrap();
    assert_eq!((made.name.chars().count(), made.status), (100, "PAUSED"));
    assert!(made.name.ends_with(" [adb:abc1]"));
    let mut ad = ad();
    check_texts(&config(), Objective::Traffic, &ad.creative).unwrap();
    ad.creative.copy[0].text = "x".repeat(601);
    let error = check_texts(&config(), Objective::Traffic, &ad.creative).unwrap_err();
    assert_eq!(error.context_of("field"), Some("creative.copy.primary_text"));
    ad.creative.copy.clear();
    assert!(check_texts(&config(), Objective::Traffic, &ad.creative).is_err());
}

#[test]
fn the_text_above_a_carousel_has_the_limit_of_carousels() {
    let mut ad = ad();
    let carousel = LinkedInConfig { format: Format::Carousel, ..config() };
    let data = spec::of(Platform::LinkedIn).unwrap();
    assert_eq!(data.placements["carousel"].slots[&CopySlot::PrimaryText], primary_text(Format::Carousel));
    let limit = data.text(primary_text(Format::Carousel)).unwrap().limit;
    assert_eq!(limit, 255);
    ad.creative.copy[0].text = "x".repeat(limit);
    check_texts(&carousel, Objective::Traffic, &ad.creative).unwrap();
    ad.creative.copy[0].text.push('x');
    let error = check_texts(&carousel, Objective::Traffic, &ad.creative).unwrap_err();
    assert_eq!(error.context_of("field"), Some("creative.copy.primary_text"));
    check_texts(&config(), Objective::Traffic, &ad.creative).unwrap();
}
