//! Ours to `TikTok`'s and back: money, names, ages, goals, objects.

use jiff::Timestamp;
use serde_json::{Number, Value};

use super::config::TikTokConfig;
use super::place::{Flow, Place};
use super::wire::Listed;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{
    AgeRange, BidStrategy, ContentHash, Currency, Declarations, Gender, Money, ObjectId, Objective, SpecialCategory,
    Tag,
};
use crate::platform::spec::is_emoji;
use crate::platform::tagged;
use crate::platform::{Level, RemoteObject, Status};

/// `TikTok` takes 512 characters and counts Chinese and Japanese ones twice: half of it always fits.
const LONGEST_NAME: usize = 256;
/// `TikTok`'s ages: the youngest and oldest of each group; 65 stands for everybody older.
const AGE_GROUPS: [(u8, u8, &str); 6] = [
    (13, 17, "AGE_13_17"),
    (18, 24, "AGE_18_24"),
    (25, 34, "AGE_25_34"),
    (35, 44, "AGE_35_44"),
    (45, 54, "AGE_45_54"),
    (55, 65, "AGE_55_100"),
];

/// How an objective is told to `TikTok`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Goal {
    pub(super) flow: Flow,
    pub(super) objective_type: &'static str,
    pub(super) optimization: &'static str,
    pub(super) billing_event: &'static str,
    pub(super) promotion_type: Option<&'static str>,
    pub(super) promotion_target_type: Option<&'static str>,
    /// The budget mode of the ad set. A dynamic daily budget is open to everybody for traffic and Smart+ alone.
    pub(super) budget_mode: &'static str,
}

impl Goal {
    /// The goal of an objective.
    pub(super) fn of(objective: Objective) -> Self {
        let smart = |objective_type, optimization, promotion_type| Self {
            flow: Flow::SmartPlus,
            objective_type,
            optimization,
            billing_event: "OCPM",
            promotion_type,
            promotion_target_type: None,
            budget_mode: "BUDGET_MODE_DYNAMIC_DAILY_BUDGET",
        };
        let classic = |objective_type, optimization, billing_event| Self {
            flow: Flow::Classic,
            objective_type,
            optimization,
            billing_event,
            promotion_type: None,
            promotion_target_type: None,
            budget_mode: "BUDGET_MODE_DAY",
        };
        match objective {
            Objective::Sales => smart("WEB_CONVERSIONS", "CONVERT", Some("WEBSITE")),
            Objective::Leads => Self {
                promotion_target_type: Some("EXTERNAL_WEBSITE"),
                ..smart("LEAD_GENERATION", "CONVERT", Some("LEAD_GENERATION"))
            },
            // Which app store it is, the account's settings say.
            Objective::AppPromotion => smart("APP_PROMOTION", "INSTALL", None),
            Objective::Awareness => classic("REACH", "REACH", "CPM"),
            Objective::Engagement => classic("VIDEO_VIEWS", "ENGAGED_VIEW", "CPV"),
            Objective::Traffic => Self {
                promotion_type: Some("WEBSITE"),
                budget_mode: "BUDGET_MODE_DYNAMIC_DAILY_BUDGET",
                ..classic("TRAFFIC", "CLICK", "CPC")
            },
        }
    }
}

/// An amount as `TikTok` takes it: a decimal number in whole units of the currency, written from its exact text.
///
/// # Errors
/// [`ErrorKind::InvalidInput`] where the number that would be sent is not the amount to the last micro.
pub(super) fn number(field: &str, amount: Money) -> Result<Number> {
    let text = amount.amount_text();
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    let written = text.parse::<Number>().ok();
    let exact = written.filter(|number| money(number, amount.currency()) == Some(amount));
    exact.ok_or_else(|| {
        Error::invalid(field, format!("{amount} cannot be written as a number without loss"))
            .next("use a smaller amount")
    })
}

/// An amount as `TikTok` writes it; none for what is no amount.
pub(super) fn money(number: &Number, currency: Currency) -> Option<Money> {
    decimal(&number.to_string(), currency)
}

/// An amount in a report: text, or a number; a dash stands for nothing.
pub(super) fn reported(value: &Value, currency: Currency) -> Option<Money> {
    match value {
        Value::String(text) if text == "-" || text.is_empty() => Some(Money::zero(currency)),
        Value::String(text) => decimal(text, currency),
        Value::Number(number) => money(number, currency),
        Value::Null => Some(Money::zero(currency)),
        _ => None,
    }
}

/// Decimal text with as many decimal places as it likes; what is below a micro is cut off.
fn decimal(text: &str, currency: Currency) -> Option<Money> {
    let cut = match text.split_once('.') {
        Some((whole, fraction)) => {
            let kept: String = fraction.chars().take(6).collect();
            format!("{whole}.{kept}")
        }
        None => text.to_owned(),
    };
    Money::parse(&cut, currency).ok()
}

/// A count in a report.
pub(super) fn count(value: &Value) -> Option<u64> {
    match value {
        Value::String(text) if text == "-" || text.is_empty() => Some(0),
        Value::String(text) => text.split('.').next()?.parse().ok(),
        Value::Number(number) => number.as_u64(),
        Value::Null => Some(0),
        _ => None,
    }
}

/// A name with our mark. `TikTok` refuses names with emoji, so they are left out.
pub(super) fn name(name: &str, tag: &Tag) -> String {
    let plain: String = name.chars().filter(|letter| !is_emoji(*letter)).collect();
    tagged::with_tag(&plain, tag, LONGEST_NAME)
}

/// `TikTok`'s key against a request that is sent twice within seconds: a whole number of 63 bits that follows from the tag.
pub(super) fn request_id(tag: &Tag) -> String {
    let hash = ContentHash::of(tag.as_str().as_bytes());
    let bits = u64::from_str_radix(hash.short(16), 16).unwrap_or(0);
    (bits >> 1).max(1).to_string()
}

/// The age groups of a range.
///
/// # Errors
/// [`ErrorKind::InvalidInput`] for a range that does not begin and end with groups of `TikTok`.
pub(super) fn age_groups(ages: Option<AgeRange>) -> Result<Vec<&'static str>> {
    let Some(ages) = ages else { return Ok(Vec::new()) };
    let begins = AGE_GROUPS.iter().any(|(min, _, _)| *min == ages.min);
    let ends = AGE_GROUPS.iter().any(|(_, max, _)| *max == ages.max);
    if !begins || !ends {
        let what = format!("{} to {} is no union of TikTok's age groups", ages.min, ages.max);
        return Err(Error::invalid("audience.ages", what)
            .next("begin with 13, 18, 25, 35, 45 or 55 and end with 17, 24, 34, 44, 54 or 65"));
    }
    let within = AGE_GROUPS.iter().filter(|(min, max, _)| ages.min <= *min && *max <= ages.max);
    Ok(within.map(|(_, _, name)| *name).collect())
}

/// The gender that is targeted.
pub(super) fn gender(genders: &[Gender]) -> &'static str {
    match (genders.contains(&Gender::Female), genders.contains(&Gender::Male)) {
        (true, false) => "GENDER_FEMALE",
        (false, true) => "GENDER_MALE",
        _ => "GENDER_UNLIMITED",
    }
}

/// The special industries that the advertiser declared.
///
/// # Errors
/// [`ErrorKind::InvalidInput`] for a question that was not answered, [`ErrorKind::Unsupported`] for political ads, which `TikTok` does
/// not take.
pub(super) fn special_industries(declared: &Declarations) -> Result<Vec<&'static str>> {
    let open =
        |field: &str| Error::invalid(field, "is not answered").next("declare it in the brief; it is never guessed");
    let categories = declared.special_categories.as_ref().ok_or_else(|| open("declarations.special_categories"))?;
    let is_political = declared.is_political.ok_or_else(|| open("declarations.is_political"))?;
    let refused = || {
        Error::new(ErrorKind::Unsupported, "declarations.is_political: TikTok takes no political ads")
            .with("field", "declarations.is_political")
            .next("leave TikTok out of the plan")
    };
    if is_political || categories.contains(&SpecialCategory::Politics) {
        return Err(refused());
    }
    let name = |category: &SpecialCategory| match category {
        SpecialCategory::Housing => Some("HOUSING"),
        SpecialCategory::Employment => Some("EMPLOYMENT"),
        SpecialCategory::Financial => Some("CREDIT"),
        SpecialCategory::Politics => None,
    };
    Ok(categories.iter().filter_map(name).collect())
}

/// `TikTok`'s bid type: a cap is an average cost that `TikTok` tries to keep.
pub(super) fn bid_type(strategy: BidStrategy) -> &'static str {
    if strategy == BidStrategy::LowestCost { "BID_TYPE_NO_BID" } else { "BID_TYPE_CUSTOM" }
}

/// A moment as `TikTok` takes it: in UTC, to the second.
pub(super) fn moment(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%S").to_string()
}

/// An object of `TikTok`'s in our words; none for one without an id or a status that `TikTok` does not have.
pub(super) fn object(place: Place, listed: &Listed, currency: Currency) -> Option<RemoteObject> {
    let (id, name, parent) = match (place.level, place.flow) {
        (Level::Campaign, _) => (&listed.campaign_id, &listed.campaign_name, &None),
        (Level::AdSet, _) => (&listed.adgroup_id, &listed.adgroup_name, &listed.campaign_id),
        (Level::Ad, Flow::SmartPlus) => (&listed.smart_plus_ad_id, &listed.ad_name, &listed.adgroup_id),
        (Level::Ad, Flow::Classic) => (&listed.ad_id, &listed.ad_name, &listed.adgroup_id),
    };
    let name = name.clone().unwrap_or_default();
    let is_ad_set = place.level == Level::AdSet;
    Some(RemoteObject {
        id: ObjectId::new(id.clone()?),
        tag: tagged::split(&name).1,
        parent: parent.clone().map(ObjectId::new),
        level: place.level,
        name,
        status: status(listed)?,
        daily_budget: daily_budget(listed, currency).filter(|_| is_ad_set),
        bid: bid(listed, currency).filter(|_| is_ad_set),
    })
}

fn status(listed: &Listed) -> Option<Status> {
    let is_gone = listed.secondary_status.as_deref().is_some_and(|status| status.ends_with("_DELETE"));
    match listed.operation_status.as_deref() {
        _ if is_gone => Some(Status::Archived),
        Some("ENABLE") => Some(Status::Active),
        // A frozen object does not deliver and cannot be switched on again.
        Some("DISABLE" | "FROZEN") => Some(Status::Paused),
        Some("DELETE") => Some(Status::Archived),
        _ => None,
    }
}

fn daily_budget(listed: &Listed, currency: Currency) -> Option<Money> {
    let is_daily =
        matches!(listed.budget_mode.as_deref(), Some("BUDGET_MODE_DAY" | "BUDGET_MODE_DYNAMIC_DAILY_BUDGET"));
    listed.budget.as_ref().filter(|_| is_daily).and_then(|budget| money(budget, currency))
}

fn bid(listed: &Listed, currency: Currency) -> Option<Money> {
    let has_bid = listed.bid_type.as_deref() == Some("BID_TYPE_CUSTOM");
    let bids = [&listed.conversion_bid_price, &listed.bid_price];
    let mut amounts = bids.into_iter().flatten().filter_map(|bid| money(bid, currency));
    amounts.find(|bid| has_bid && bid.is_positive())
}

/// Which of the two bid fields an ad set uses.
pub(super) fn bid_field(listed: &Listed, currency: Currency) -> &'static str {
    let of_conversions = listed.conversion_bid_price.as_ref().and_then(|bid| money(bid, currency));
    if of_conversions.is_some_and(Money::is_positive) { "conversion_bid_price" } else { "bid_price" }
}

/// A setting that an objective needs.
///
/// # Errors
/// [`ErrorKind::InvalidInput`] naming it where it is missing.
pub(super) fn needed<'a, T: ?Sized>(field: &str, objective: Objective, value: Option<&'a T>) -> Result<&'a T> {
    value.ok_or_else(|| {
        Error::invalid(&format!("tiktok.{field}"), format!("{objective} needs it"))
            .next("give it in the settings of the TikTok account")
    })
}

/// The event that an objective counts, with its pixel.
pub(super) fn event(config: &TikTokConfig, objective: Objective) -> Result<Option<(&str, &str)>> {
    let (field, event) = match objective {
        Objective::Sales => ("sales_event", &config.sales_event),
        Objective::Leads => ("lead_event", &config.lead_event),
        _ => return Ok(None),
    };
    let pixel = needed("pixel_id", objective, config.pixel_id.as_deref())?;
    Ok(Some((pixel, needed(field, objective, event.as_deref())?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn money_of(text: &str, currency: &str) -> Money {
        Money::parse(text, currency.parse().unwrap()).unwrap()
    }

    #[test]
    fn amounts_of_whole_minor_units_go_to_tiktok_and_back_without_the_loss_of_a_micro() {
        for currency in ["BRL", "JPY", "KWD"] {
            let currency: Currency = currency.parse().unwrap();
            let unit = currency.minor_unit_micros();
            let mut minor = 1_i64;
            while minor < 1_000_000_000_000 {
                for minor in [minor, minor + 1, minor * 3 + 7] {
                    let amount = Money::from_micros(minor * unit, currency);
                    let sent = serde_json::to_string(&number("budget", amount).unwrap()).unwrap();
                    let back: Number = serde_json::from_str(&sent).unwrap();
                    assert_eq!(money(&back, currency), Some(amount), "{sent}");
                }
                minor = minor * 7 + 3;
            }
        }
        assert_eq!(number("budget", money_of("60.00", "BRL")).unwrap().to_string(), "60");
        assert_eq!(number("budget", money_of("0.10", "BRL")).unwrap().to_string(), "0.1");
        let huge = Money::from_micros(i64::MAX, Currency::BRL);
        assert_eq!(number("budget", huge).unwrap_err().context_of("field"), Some("budget"));
    }

    #[test]
    fn numbers_of_reports_are_read_from_text_and_dashes() {
        let brl = Currency::BRL;
        assert_eq!(reported(&Value::from("12.34"), brl), Some(money_of("12.34", "BRL")));
        assert_eq!(reported(&Value::from("0.12345678"), brl), Some(money_of("0.123456", "BRL")));
        assert_eq!(reported(&Value::from("-"), brl), Some(Money::zero(brl)));
        assert_eq!(reported(&Value::from("many"), brl), None);
        assert_eq!(
            (count(&Value::from("1000")), count(&Value::from("-")), count(&Value::Null)),
            (Some(1000), Some(0), Some(0))
        );
        assert_eq!(count(&Value::from("x")), None);
    }

    #[test]
    fn names_carry_the_tag_and_no_emoji() {
        let tag = Tag::new("ab0123456789");
        assert_eq!(name("Verão ☀️ | 🎉 Vídeo", &tag), "Verão  |  Vídeo [adb:ab0123456789]");
        let long = name(&"夏".repeat(600), &tag);
        assert_eq!((long.chars().count(), tagged::split(&long).1), (256, Some(tag)));
    }

    #[test]
    fn a_request_id_is_a_whole_number_of_63_bits_that_follows_from_the_tag() {
        let ids: Vec<_> = ["a", "b", "abc0000000001"].map(|tag| request_id(&Tag::new(tag))).to_vec();
        assert!(ids.iter().all(|id| id.parse::<i64>().is_ok_and(|id| id > 0)), "{ids:?}");
        assert_eq!(ids[0], request_id(&Tag::new("a")));
        assert_ne!(ids[0], ids[1]);
    }

    #[test]
    fn ages_are_unions_of_groups_or_refused_with_the_field() {
        let of = |min, max| age_groups(Some(AgeRange { min, max }));
        assert_eq!(of(25, 44).unwrap(), ["AGE_25_34", "AGE_35_44"]);
        assert_eq!(of(13, 65).unwrap().len(), 6);
        assert_eq!(of(55, 65).unwrap(), ["AGE_55_100"]);
        assert!(age_groups(None).unwrap().is_empty());
        for (min, max) in [(20, 44), (25, 40), (65, 65), (18, 60)] {
            assert_eq!(of(min, max).unwrap_err().context_of("field"), Some("audience.ages"), "{min} {max}");
        }
    }

    #[test]
    fn what_was_not_declared_is_asked_for_and_politics_refused() {
        let mut declared =
            Declarations { special_categories: None, is_political: Some(false), ..Declarations::default() };
        let field =
            |declared: &Declarations| special_industries(declared).unwrap_err().context_of("field").map(str::to_owned);
        assert_eq!(field(&declared).as_deref(), Some("declarations.special_categories"));
        declared.special_categories = Some(vec![SpecialCategory::Financial, SpecialCategory::Housing]);
        assert_eq!(special_industries(&declared).unwrap(), ["CREDIT", "HOUSING"]);
        declared.is_political = None;
        assert_eq!(field(&declared).as_deref(), Some("declarations.is_political"));
        declared.is_political = Some(true);
        assert_eq!(special_industries(&declared).unwrap_err().kind(), ErrorKind::Unsupported);
    }

    #[test]
    fn sales_leads_and_apps_go_through_smart_plus_and_the_rest_through_the_classic_flow() {
        let flow = |objective| Goal::of(objective).flow;
        for objective in [Objective::Sales, Objective::Leads, Objective::AppPromotion] {
            assert_eq!(flow(objective), Flow::SmartPlus, "{objective}");
        }
        for objective in [Objective::Awareness, Objective::Traffic, Objective::Engagement] {
            assert_eq!(flow(objective), Flow::Classic, "{objective}");
        }
    }

    #[test]
    fn objects_are_read_with_status_budget_and_bid() {
        let text = r#"{"adgroup_id": "2", "campaign_id": "1", "adgroup_name": "x [adb:ab12]", "operation_status": "DISABLE",
            "budget_mode": "BUDGET_MODE_DAY", "budget": 60.5, "bid_type": "BID_TYPE_CUSTOM", "bid_price": 0, "conversion_bid_price": 1.25}"#;
        let mut listed: Listed = serde_json::from_str(text).unwrap();
        let place = Place { flow: Flow::Classic, level: Level::AdSet };
        let found = object(place, &listed, Currency::BRL).unwrap();
        assert_eq!((found.status, found.tag.clone()), (Status::Paused, Some(Tag::new("ab12"))));
        assert_eq!((found.daily_budget, found.bid), (Some(money_of("60.50", "BRL")), Some(money_of("1.25", "BRL"))));
        assert_eq!(bid_field(&listed, Currency::BRL), "conversion_bid_price");
        listed.secondary_status = Some("ADGROUP_STATUS_CAMPAIGN_DELETE".to_owned());
        assert_eq!(object(place, &listed, Currency::BRL).unwrap().status, Status::Archived);
        listed.operation_status = Some("SOMETHING".to_owned());
        listed.secondary_status = None;
        assert!(object(place, &listed, Currency::BRL).is_none());
    }
}
