use super::*;
use crate::model::{AgeRange, CopyVariant, Declarations, Flight, Format};

fn setting() -> CampaignSetting {
    CampaignSetting {
        objective: Objective::Traffic,
        flight: Flight {
            start: "2026-12-01".parse().unwrap(),
            end: "2026-12-10".parse().unwrap(),
            time_zone: "UTC".to_owned(),
        },
        declarations: Declarations {
            special_categories: Some(Vec::new()),
            is_political: Some(false),
            payer: None,
            beneficiary: None,
        },
        countries: vec!["BR".to_owned()],
    }
}

fn audience(ages: Option<[u8; 2]>, genders: Vec<Gender>) -> Audience {
    let ages = ages.map(|[min, max]| AgeRange { min, max });
    Audience { ages, genders, ..Audience::new("a", Vec::new()) }
}

fn ad_set(bid_strategy: BidStrategy, bid: Option<i64>) -> AdSetDraft {
    let money = |micros| Money::from_micros(micros, Currency::BRL);
    AdSetDraft {
        tag: Tag::new("abs1"),
        name: "set".to_owned(),
        audience: audience(None, Vec::new()),
        daily_budget: money(60_000_000),
        bid_strategy,
        bid: bid.map(money),
        ads: Vec::new(),
    }
}

#[test]
fn money_goes_both_ways_as_whole_micros_in_text() {
    for amount in [1, 10_000, 9_007_199_254_740_993] {
        let there = micros(Money::from_micros(amount, Currency::BRL));
        let back = there.as_str().unwrap().parse().ok();
        assert_eq!(money(back, Currency::BRL), Some(Money::from_micros(amount, Currency::BRL)));
    }
    assert_eq!(money(Some(0), Currency::BRL), None);
}

#[test]
fn names_carry_the_mark_and_fit() {
    let tag = Tag::new("abs0000000001");
    assert_eq!(name("Stage\n| set  1", &tag), "Stage | set 1 [adb:abs0000000001]");
    let inner = inner_name(&"ã".repeat(300), &tag);
    assert!(inner.chars().count() == 120 && inner.ends_with(" (abs0000000001)"), "{inner}");
    assert_eq!(tagged::split(&inner).1, None, "a Google campaign is no object of ours");
}

#[test]
fn a_status_that_is_not_known_is_no_status() {
    assert_eq!(status("PAUSED", "x").unwrap(), Status::Paused);
    assert_eq!(status("UNKNOWN", "campaigns/1").unwrap_err().kind(), ErrorKind::Unsupported);
}

#[test]
fn each_bid_strategy_has_its_field_and_is_read_back_from_it() {
    let bid = |objective, strategy, amount| bidding(objective, &ad_set(strategy, amount)).unwrap().0;
    assert_eq!(bid(Objective::Traffic, BidStrategy::LowestCost, None), "targetSpend");
    assert_eq!(bid(Objective::Traffic, BidStrategy::BidCap, Some(2_000_000)), "targetSpend");
    assert_eq!(bid(Objective::Traffic, BidStrategy::CostCap, Some(2_000_000)), "targetCpc");
    assert_eq!(bid(Objective::Sales, BidStrategy::LowestCost, None), "maximizeConversions");
    assert_eq!(bid(Objective::Leads, BidStrategy::CostCap, Some(2_000_000)), "targetCpa");
    let refused = bidding(Objective::Sales, &ad_set(BidStrategy::BidCap, Some(1))).unwrap_err();
    assert_eq!(refused.context_of("field"), Some("bid_strategy"));
    let refused = bidding(Objective::Awareness, &ad_set(BidStrategy::LowestCost, None)).unwrap_err();
    assert_eq!((refused.kind(), refused.context_of("field")), (ErrorKind::Unsupported, Some("objective")));
    let campaign: Campaign = serde_json::from_value(
        json!({"biddingStrategyType": "TARGET_CPC", "targetCpc": {"targetCpcMicros": "2000000"}}),
    )
    .unwrap();
    assert_eq!(bid_field(&campaign), Some(("targetCpc", "targetCpcMicros", 2_000_000)));
    assert_eq!(bid_field(&Campaign::default()), None);
}

#[test]
fn what_is_not_declared_is_asked_for_and_politics_are_said() {
    assert_eq!(political(&setting()).unwrap(), "DOES_NOT_CONTAIN_EU_POLITICAL_ADVERTISING");
    let mut open = setting();
    open.declarations.is_political = None;
    assert_eq!(political(&open).unwrap_err().context_of("field"), Some("declarations.is_political"));
    open.declarations.special_categories = None;
    assert_eq!(political(&open).unwrap_err().context_of("field"), Some("declarations.special_categories"));
    let mut yes = setting();
    yes.declarations.special_categories = Some(vec![SpecialCategory::Politics]);
    assert_eq!(political(&yes).unwrap(), "CONTAINS_EU_POLITICAL_ADVERTISING");
}

#[test]
fn people_are_taken_only_where_the_ranges_of_the_platform_hold_exactly_them() {
    let made = people(&audience(Some([25, 44]), vec![Gender::Female]), &setting()).unwrap();
    assert_eq!(made[0], json!({"age": {"ageRanges": [{"minAge": 25, "maxAge": 44}], "includeUndetermined": false}}));
    assert_eq!(made[1], json!({"gender": {"genders": ["FEMALE"], "includeUndetermined": false}}));
    let made = people(&audience(Some([55, 65]), Vec::new()), &setting()).unwrap();
    assert_eq!(made[0]["age"]["ageRanges"], json!([{"minAge": 55}]));
    assert!(people(&audience(None, Vec::new()), &setting()).unwrap().is_empty());
    for ages in [[13, 24], [20, 24], [25, 40]] {
        let refused = people(&audience(Some(ages), Vec::new()), &setting()).unwrap_err();
        assert_eq!(refused.context_of("field"), Some("audience.ages"), "{ages:?}");
    }
    let mut credit = setting();
    credit.declarations.special_categories = Some(vec![SpecialCategory::Financial]);
    assert!(people(&audience(Some([25, 44]), Vec::new()), &credit).is_err());
    assert!(people(&audience(None, Vec::new()), &credit).is_ok());
}

fn creative(texts: &[(CopySlot, &str)]) -> CreativeDraft {
    let copy = texts.iter().map(|(slot, text)| CopyVariant {
        key: format!("google/{slot}/1"),
        platform: Platform::Google,
        slot: *slot,
        style: "benefit".to_owned(),
        text: (*text).to_owned(),
        length: text.len(),
        limit: 90,
    });
    let (asset, url) = ("a".to_owned(), "https://example.com".to_owned());
    CreativeDraft { asset, format: Format::Carousel, files: Vec::new(), copy: copy.collect(), url }
}

#[test]
fn texts_that_are_too_wide_or_missing_are_refused() {
    let good = [(CopySlot::Headline, "Air"), (CopySlot::Description, "Two days"), (CopySlot::PrimaryText, "A spring")];
    let made = Texts::of(&creative(&good)).unwrap();
    assert_eq!((made.headlines.len(), made.long_headlines.len(), made.descriptions.len()), (1, 1, 1));
    assert!(Texts::of(&creative(&good[..1])).is_err_and(|error| error.to_string().contains("description")));
    let wide = "広".repeat(16);
    let wide = [(CopySlot::Headline, wide.as_str()), (CopySlot::Description, "Two days")];
    assert!(Texts::of(&creative(&wide)).is_err_and(|error| error.to_string().contains("32 wide")));
}

#[test]
fn a_picture_goes_where_its_sides_fit() {
    let field = |width, height| picture_field(FullSize { width_pixels: Some(width), height_pixels: Some(height) });
    assert_eq!(field(1200, 628), Some("marketingImages"));
    assert_eq!(field(1080, 1080), Some("squareMarketingImages"));
    assert_eq!(field(1080, 1350), Some("portraitMarketingImages"));
    assert_eq!(field(1080, 1920), Some("tallPortraitMarketingImages"));
    assert_eq!(field(1000, 900), None);
    assert_eq!(picture_field(FullSize::default()), None);
}
