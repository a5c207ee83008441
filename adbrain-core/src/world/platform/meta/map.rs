//! Our drafts in Meta's words, and Meta's objects in ours.

use serde_json::{Map, Value, json};

use super::config::MetaConfig;
use super::wire;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{
    AdSetDraft, Audience, BidStrategy, CampaignDraft, CampaignSetting, Currency, Declarations, Gender, Money, ObjectId,
    Objective, SpecialCategory,
};
use crate::platform::tagged::{split, with_tag};
use crate::platform::{Level, RemoteObject, Status};

/// Characters of a name that Meta keeps.
pub(super) const NAME_LIMIT: usize = 400;
/// The European Union, where Meta shows who pays for an ad and who benefits (Digital Services Act, article 26).
const EUROPEAN_UNION: [&str; 27] = [
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU", "LV",
    "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
];

/// An amount as Meta takes it: whole minor units of the account's currency.
pub(super) fn minor_units(amount: Money) -> i64 {
    amount.micros() / amount.currency().minor_unit_micros()
}

/// Minor units as an amount.
pub(super) fn from_minor_units(units: i64, currency: Currency) -> Result<Money> {
    let micros = units.checked_mul(currency.minor_unit_micros());
    let absurd = || {
        Error::new(ErrorKind::Corrupt, format!("meta: {units} minor units are no amount")).next("look at the object")
    };
    Ok(Money::from_micros(micros.ok_or_else(absurd)?, currency))
}

/// The body that makes a campaign, paused.
pub(super) fn campaign(draft: &CampaignDraft, setting: &CampaignSetting) -> Result<Value> {
    let categories = categories(&setting.declarations)?;
    let mut body = json!({
        "name": with_tag(&draft.name, &draft.tag, NAME_LIMIT),
        "objective": objective(setting.objective),
        "status": "PAUSED",
        "buying_type": "AUCTION",
        "special_ad_categories": categories,
        // Each ad set keeps the budget of the plan.
        "is_adset_budget_sharing_enabled": false,
    });
    if !categories.is_empty() {
        if setting.countries.is_empty() {
            return Err(Error::invalid("audience.countries", "a special category needs the countries of the ads")
                .next("limit every audience to countries"));
        }
        set(&mut body, "special_ad_category_country", json!(setting.countries));
    }
    Ok(body)
}

/// What the advertiser declared, as Meta's categories. What is not answered is asked for.
fn categories(declared: &Declarations) -> Result<Vec<&'static str>> {
    let unanswered = |field: &str| {
        Error::invalid(field, "is not answered").next("say it in the brief: Meta asks for it and nobody may guess it")
    };
    let declared_categories =
        declared.special_categories.as_ref().ok_or_else(|| unanswered("declarations.special_categories"))?;
    let is_political = declared.is_political.ok_or_else(|| unanswered("declarations.is_political"))?;
    let mut found: Vec<_> = declared_categories.iter().map(|category| category_name(*category)).collect();
    if is_political {
        found.push("ISSUES_ELECTIONS_POLITICS");
    }
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

fn category_name(category: SpecialCategory) -> &'static str {
    match category {
        SpecialCategory::Housing => "HOUSING",
        SpecialCategory::Employment => "EMPLOYMENT",
        SpecialCategory::Financial => "FINANCIAL_PRODUCTS_SERVICES",
        SpecialCategory::Politics => "ISSUES_ELECTIONS_POLITICS",
    }
}

fn objective(objective: Objective) -> &'static str {
    match objective {
        Objective::Awareness => "OUTCOME_AWARENESS",
        Objective::Traffic => "OUTCOME_TRAFFIC",
        Objective::Engagement => "OUTCOME_ENGAGEMENT",
        Objective::Leads => "OUTCOME_LEADS",
        Objective::AppPromotion => "OUTCOME_APP_PROMOTION",
        Objective::Sales => "OUTCOME_SALES",
    }
}

/// The body that makes an ad set, paused. `segments` are those of the audience with Meta's ids.
pub(super) fn ad_set(config: &MetaConfig, draft: &AdSetDraft, place: &Place<'_>, segments: &Segments) -> Result<Value> {
    let [goal, promoted] = goal(config, place.setting.objective)?;
    let mut body = json!({
        "name": with_tag(&draft.name, &draft.tag, NAME_LIMIT),
        "campaign_id": place.campaign.as_str(),
        "status": "PAUSED",
        "daily_budget": minor_units(draft.daily_budget),
        "billing_event": "IMPRESSIONS",
        "optimization_goal": goal,
        "bid_strategy": bid_strategy(draft.bid_strategy),
        "targeting": targeting(&draft.audience, config, segments)?,
        "end_time": moment(place.setting.flight.start_of_day(place.setting.flight.days())?),
    });
    let start = place.setting.flight.start_of_day(0)?;
    if start > place.now {
        set(&mut body, "start_time", json!(moment(start)));
    }
    if let Some(bid) = draft.bid {
        set(&mut body, "bid_amount", json!(minor_units(bid)));
    }
    if !promoted.is_null() {
        set(&mut body, "promoted_object", promoted);
    }
    check_special(&draft.audience, &place.setting.declarations)?;
    if draft.audience.countries.iter().any(|country| EUROPEAN_UNION.contains(&country.as_str())) {
        for (field, ours, declared) in [
            ("dsa_payor", "declarations.payer", &place.setting.declarations.payer),
            ("dsa_beneficiary", "declarations.beneficiary", &place.setting.declarations.beneficiary),
        ] {
            let unanswered = || {
                Error::invalid(ours, "is not answered")
                    .next("name them in the brief: the European Union wants it shown")
            };
            set(&mut body, field, json!(declared.as_ref().ok_or_else(unanswered)?));
        }
    }
    Ok(body)
}

/// The parts of an audience that Meta knows by ids.
#[derive(Debug, Default)]
pub(super) struct Segments {
    pub(super) interests: Vec<wire::Interest>,
    /// The ids of custom audiences.
    pub(super) custom: Vec<String>,
}

/// Where and when an ad set is made.
pub(super) struct Place<'a> {
    pub(super) campaign: &'a ObjectId,
    pub(super) setting: &'a CampaignSetting,
    pub(super) now: jiff::Timestamp,
}

fn moment(moment: jiff::Timestamp) -> String {
    moment.strftime("%Y-%m-%dT%H:%M:%S+0000").to_string()
}

/// What is optimised, and for which object.
fn goal(config: &MetaConfig, objective: Objective) -> Result<[Value; 2]> {
    let pixel = |event: &str| {
        let absent = || {
            Error::invalid("pixel_id", format!("{objective} needs the pixel whose events count"))
                .next("give the pixel in the account's config")
        };
        let pixel = config.pixel_id.as_ref().ok_or_else(absent)?;
        Ok::<_, Error>(json!({"pixel_id": pixel, "custom_event_type": event}))
    };
    Ok(match objective {
        Objective::Awareness => [json!("REACH"), json!({"page_id": config.page_id})],
        Objective::Traffic => [json!("LINK_CLICKS"), Value::Null],
        Objective::Engagement => [json!("POST_ENGAGEMENT"), Value::Null],
        Objective::Leads => [json!("OFFSITE_CONVERSIONS"), pixel("LEAD")?],
        Objective::Sales => [json!("OFFSITE_CONVERSIONS"), pixel("PURCHASE")?],
        Objective::AppPromotion => {
            let absent = || {
                Error::invalid("app", "app promotion needs an app")
                    .next("give its id and store page in the account's config")
            };
            let app = config.app.as_ref().ok_or_else(absent)?;
            [json!("APP_INSTALLS"), json!({"application_id": app.id, "object_store_url": app.store_url})]
        }
    })
}

fn bid_strategy(strategy: BidStrategy) -> &'static str {
    match strategy {
        BidStrategy::LowestCost => "LOWEST_COST_WITHOUT_CAP",
        BidStrategy::CostCap => "COST_CAP",
        BidStrategy::BidCap => "LOWEST_COST_WITH_BID_CAP",
    }
}

/// Housing, work and credit may not be aimed at ages or genders.
fn check_special(audience: &Audience, declared: &Declarations) -> Result<()> {
    let restricted = |category: &SpecialCategory| *category != SpecialCategory::Politics;
    let is_restricted = declared.special_categories.iter().flatten().any(restricted);
    let field = match () {
        () if audience.ages.is_some() => "audience.ages",
        () if !audience.genders.is_empty() => "audience.genders",
        () => return Ok(()),
    };
    if is_restricted {
        return Err(Error::invalid(field, "Meta does not let ads of a special category choose it")
            .next("leave it out for housing, work and financial products"));
    }
    Ok(())
}

/// Who sees the ads.
pub(super) fn targeting(audience: &Audience, config: &MetaConfig, segments: &Segments) -> Result<Value> {
    if audience.countries.is_empty() {
        return Err(Error::invalid(
            "audience.countries",
            format!("{:?} has none, and Meta needs a place", audience.name),
        )
        .next("name at least one country"));
    }
    let mut found = json!({
        "geo_locations": {"countries": audience.countries},
        "targeting_automation": {"advantage_audience": u8::from(config.advantage_audience)},
    });
    if let Some(ages) = audience.ages {
        if ages.min < 18 {
            return Err(Error::invalid("audience.ages", format!("{ages}: adbrain aims no ads at people below 18"))
                .next("begin at 18"));
        }
        set(&mut found, "age_min", json!(ages.min));
        set(&mut found, "age_max", json!(ages.max));
    }
    if audience.genders.len() == 1 {
        let genders = audience.genders.iter().map(|gender| if *gender == Gender::Female { 2 } else { 1 });
        set(&mut found, "genders", json!(genders.collect::<Vec<_>>()));
    }
    if !segments.custom.is_empty() {
        let custom: Vec<_> = segments.custom.iter().map(|id| json!({"id": id})).collect();
        set(&mut found, "custom_audiences", json!(custom));
    }
    if !segments.interests.is_empty() {
        let interests: Vec<_> =
            segments.interests.iter().map(|found| json!({"id": found.id, "name": found.name})).collect();
        set(&mut found, "flexible_spec", json!([{"interests": interests}]));
    }
    Ok(found)
}

/// Sets a field of an object.
pub(super) fn set(object: &mut Value, field: &str, value: Value) {
    if let Some(fields) = object.as_object_mut() {
        fields.insert(field.to_owned(), value);
    } else {
        *object = Value::Object(Map::from_iter([(field.to_owned(), value)]));
    }
}

/// Meta's object in our words.
pub(super) fn object(theirs: wire::Object, level: Level, currency: Currency) -> Result<RemoteObject> {
    let (name, tag) = split(&theirs.name);
    let (name, status) = (name.to_owned(), status(&theirs.status)?);
    let parent = match level {
        Level::Campaign => None,
        Level::AdSet => theirs.campaign_id,
        Level::Ad => theirs.adset_id,
    };
    let is_ad_set = level == Level::AdSet;
    let budget = theirs.daily_budget.filter(|budget| is_ad_set && budget != "0");
    let budget = budget.map(|budget| from_minor_units(whole(&budget, "daily_budget")?, currency));
    let bid = theirs.bid_amount.filter(|_| is_ad_set).map(|bid| from_minor_units(bid, currency));
    Ok(RemoteObject {
        id: ObjectId::new(theirs.id),
        tag,
        parent: parent.map(ObjectId::new),
        level,
        name,
        status,
        daily_budget: budget.transpose()?,
        bid: bid.transpose()?,
    })
}

/// A whole number that Meta writes as text.
pub(super) fn whole(text: &str, field: &str) -> Result<i64> {
    text.parse().map_err(|_| {
        Error::new(ErrorKind::Corrupt, format!("meta: {field} is {text:?}, no whole number")).next("report this answer")
    })
}

/// A status that we do not know may mean that money is spent, so it is an error.
fn status(theirs: &str) -> Result<Status> {
    match theirs {
        "ACTIVE" => Ok(Status::Active),
        "PAUSED" => Ok(Status::Paused),
        "ARCHIVED" | "DELETED" => Ok(Status::Archived),
        _ => Err(Error::new(ErrorKind::Corrupt, format!("meta: unknown status {theirs:?}"))
            .next("update adbrain, or look at the object in the Ads Manager")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Tag;

    #[test]
    fn amounts_survive_the_way_there_and_back_in_every_kind_of_currency() {
        for (code, micros, units) in
            [("BRL", 12_340_000, 1234), ("USD", 10_000, 1), ("JPY", 5_000_000, 5), ("KWD", 1_234_000, 1234)]
        {
            let amount = Money::from_micros(micros, code.parse().unwrap());
            assert_eq!(minor_units(amount), units, "{code}");
            assert_eq!(from_minor_units(units, amount.currency()).unwrap(), amount, "{code}");
        }
        assert!(from_minor_units(i64::MAX, Currency::BRL).is_err());
    }

    #[test]
    fn what_is_not_declared_is_asked_for_and_what_is_goes_with_its_countries() {
        let none = Declarations::default();
        assert!(categories(&none).unwrap_err().to_string().contains("declarations.special_categories"));
        let declared = Declarations {
            special_categories: Some(vec![SpecialCategory::Housing]),
            is_political: Some(true),
            ..Declarations::default()
        };
        assert_eq!(categories(&declared).unwrap(), ["HOUSING", "ISSUES_ELECTIONS_POLITICS"]);
    }

    #[test]
    fn a_status_that_nobody_knows_fails() {
        let theirs = wire::Object {
            id: "1".into(),
            name: with_tag("Set", &Tag::new("ab1"), NAME_LIMIT),
            status: "PAUSED".into(),
            daily_budget: Some("6000".into()),
            bid_amount: None,
            campaign_id: Some("9".into()),
            adset_id: None,
        };
        let ours = object(theirs.clone(), Level::AdSet, Currency::BRL).unwrap();
        assert_eq!((ours.tag, ours.name.as_str()), (Some(Tag::new("ab1")), "Set"));
        assert_eq!(ours.daily_budget, Some(Money::from_micros(60_000_000, Currency::BRL)));
        let strange = wire::Object { status: "WITH_ISSUES".into(), ..theirs };
        assert_eq!(object(strange, Level::AdSet, Currency::BRL).unwrap_err().kind(), ErrorKind::Corrupt);
    }
}
