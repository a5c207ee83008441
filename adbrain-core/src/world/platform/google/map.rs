//! Ours to theirs and back: money, names, bids, people, texts, pictures.

use serde_json::{Map, Value, json};

use super::wire::{Campaign, FullSize};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{
    AdSetDraft, Audience, BidStrategy, CampaignSetting, CopySlot, CreativeDraft, Currency, Gender, Money, Objective,
    Platform, SpecialCategory, Tag,
};
use crate::platform::{Status, spec, tagged};

/// The longest name that is sent, in characters. The platform takes 255 in an ad group and states no limit for the others that can be
/// read by a program, so this stays well below.
const LONGEST_NAME: usize = 120;
/// The youngest ages at which one of the platform's ranges begins.
const FIRST_AGES: [u8; 6] = [18, 25, 35, 45, 55, 65];
/// The age from which on everybody is meant.
const OLDEST: u8 = 65;
/// The most headlines and the most descriptions of an ad.
const MOST_TEXTS: usize = 5;

/// An amount on the wire: whole micros, as text.
pub(super) fn micros(money: Money) -> Value {
    Value::String(money.micros().to_string())
}

/// The opposite of [`micros`].
pub(super) fn money(micros: Option<i64>, currency: Currency) -> Option<Money> {
    micros.filter(|micros| *micros > 0).map(|micros| Money::from_micros(micros, currency))
}

/// The name of an object of ours: with its mark.
pub(super) fn name(name: &str, tag: &Tag) -> String {
    tagged::with_tag(&one_line(name), tag, LONGEST_NAME)
}

/// The name of a Google campaign and of its budget. It ends with the tag of the ad set, in brackets of another kind: a Google campaign
/// is no object of ours, yet its name has to be there once only.
pub(super) fn inner_name(name: &str, tag: &Tag) -> String {
    let end = format!(" ({tag})");
    let room = LONGEST_NAME.saturating_sub(end.chars().count());
    let name: String = one_line(name).chars().take(room).collect();
    format!("{}{end}", name.trim_end())
}

/// Names hold no line breaks.
fn one_line(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A status of the platform. One that is not known fails: nobody may take it for paused.
pub(super) fn status(word: &str, resource: &str) -> Result<Status> {
    match word {
        "ENABLED" => Ok(Status::Active),
        "PAUSED" => Ok(Status::Paused),
        "REMOVED" => Ok(Status::Archived),
        _ => Err(Error::new(ErrorKind::Unsupported, format!("status: {word:?} of {resource} is not known"))
            .with("field", "status")
            .next("look at the object in the platform's own pages")),
    }
}

/// How a campaign bids: its field, what is in it, and where the amount is.
pub(super) fn bidding(objective: Objective, draft: &AdSetDraft) -> Result<(&'static str, Value)> {
    let is_visit = match objective {
        Objective::Traffic => true,
        Objective::Leads | Objective::Sales => false,
        other => return Err(unsupported("objective", other.as_str(), "use traffic, leads or sales here")),
    };
    match (draft.bid_strategy, draft.bid, is_visit) {
        (BidStrategy::LowestCost, _, true) => Ok(("targetSpend", json!({}))),
        (BidStrategy::LowestCost, _, false) => Ok(("maximizeConversions", json!({}))),
        (BidStrategy::BidCap, Some(bid), true) => Ok(("targetSpend", json!({"cpcBidCeilingMicros": micros(bid)}))),
        (BidStrategy::CostCap, Some(bid), true) => Ok(("targetCpc", json!({"targetCpcMicros": micros(bid)}))),
        (BidStrategy::CostCap, Some(bid), false) => Ok(("targetCpa", json!({"targetCpaMicros": micros(bid)}))),
        (BidStrategy::BidCap, Some(_), false) => {
            Err(unsupported("bid_strategy", "bid_cap", "use cost_cap or lowest_cost where conversions are bought"))
        }
        (_, None, _) => Err(Error::invalid("bid", "the bid strategy needs an amount").next("give a bid")),
    }
}

/// The bid amount of a campaign, and the field that sets it; none where the strategy takes no amount.
pub(super) fn bid_field(campaign: &Campaign) -> Option<(&'static str, &'static str, i64)> {
    let (outer, inner, amount) = match campaign.bidding_strategy_type.as_str() {
        "TARGET_SPEND" => ("targetSpend", "cpcBidCeilingMicros", campaign.target_spend.cpc_bid_ceiling_micros),
        "TARGET_CPC" => ("targetCpc", "targetCpcMicros", campaign.target_cpc.target_cpc_micros),
        "TARGET_CPA" => ("targetCpa", "targetCpaMicros", campaign.target_cpa.target_cpa_micros),
        _ => return None,
    };
    amount.filter(|amount| *amount > 0).map(|amount| (outer, inner, amount))
}

/// What the advertiser declares about political ads.
pub(super) fn political(setting: &CampaignSetting) -> Result<&'static str> {
    let categories = setting.declarations.special_categories.as_ref();
    let asked = |field: &str| {
        Error::invalid(field, "is not answered, and the platform asks for it").next("let the advertiser declare it")
    };
    let categories = categories.ok_or_else(|| asked("declarations.special_categories"))?;
    let is_political = setting.declarations.is_political.ok_or_else(|| asked("declarations.is_political"))?;
    if is_political || categories.contains(&SpecialCategory::Politics) {
        Ok("CONTAINS_EU_POLITICAL_ADVERTISING")
    } else {
        Ok("DOES_NOT_CONTAIN_EU_POLITICAL_ADVERTISING")
    }
}

/// The people of an audience as dimensions: none where there is no limit.
pub(super) fn people(audience: &Audience, setting: &CampaignSetting) -> Result<Vec<Value>> {
    if !audience.interests.is_empty() {
        return Err(unsupported("audience.interests", "interests by name", "leave them out"));
    }
    let mut dimensions = Vec::new();
    if let Some(ages) = audience.ages {
        let is_first = FIRST_AGES.contains(&ages.min);
        let is_last = ages.max == OLDEST || FIRST_AGES.contains(&(ages.max + 1));
        if !is_first || !is_last {
            let next = "begin with 18, 25, 35, 45, 55 or 65, and end with 24, 34, 44, 54, 64 or 65";
            return Err(unsupported("audience.ages", &ages.to_string(), next));
        }
        let mut range = Map::from_iter([("minAge".to_owned(), json!(ages.min))]);
        if ages.max < OLDEST {
            range.insert("maxAge".to_owned(), json!(ages.max));
        }
        dimensions.push(json!({"age": {"ageRanges": [range], "includeUndetermined": false}}));
    }
    let genders: Vec<_> =
        audience.genders.iter().map(|gender| if *gender == Gender::Male { "MALE" } else { "FEMALE" }).collect();
    if !genders.is_empty() {
        dimensions.push(json!({"gender": {"genders": genders, "includeUndetermined": false}}));
    }
    let is_special =
        setting.declarations.special_categories.iter().flatten().any(|kind| *kind != SpecialCategory::Politics);
    if is_special && !dimensions.is_empty() {
        let next = "leave ages and genders out: housing, employment and credit ads may not be targeted by them";
        return Err(unsupported("audience", "people in a special category", next));
    }
    Ok(dimensions)
}

/// The texts of an ad, each list within its limits.
pub(super) struct Texts {
    pub(super) headlines: Vec<Value>,
    pub(super) long_headlines: Vec<Value>,
    pub(super) descriptions: Vec<Value>,
}

impl Texts {
    pub(super) fn of(creative: &CreativeDraft) -> Result<Self> {
        let headlines = texts(creative, CopySlot::Headline)?;
        let long_headlines = texts(creative, CopySlot::PrimaryText)?;
        let descriptions = texts(creative, CopySlot::Description)?;
        for (found, slot) in [(&headlines, CopySlot::Headline), (&descriptions, CopySlot::Description)] {
            if found.is_empty() {
                return Err(Error::invalid("creative.copy", format!("there is no {slot}"))
                    .next("write at least one headline and one description"));
            }
        }
        Ok(Self { headlines, long_headlines, descriptions })
    }
}

fn texts(creative: &CreativeDraft, slot: CopySlot) -> Result<Vec<Value>> {
    let spec = spec::of(Platform::Google)?;
    let widest = spec.slot(slot).map_or(0, |text| text.limit);
    let found = creative.copy.iter().filter(|text| text.slot == slot).take(MOST_TEXTS);
    found
        .map(|text| {
            let width = spec.length(&text.text);
            if width > widest {
                return Err(Error::invalid("creative.copy", format!("{} is {width} wide, {widest} at most", text.key))
                    .next("shorten the text"));
            }
            Ok(json!({"text": text.text}))
        })
        .collect()
}

/// The field of an ad that takes a picture, by its sides; the platform tolerates one percent.
pub(super) fn picture_field(size: FullSize) -> Option<&'static str> {
    let (width, height) = size.width_pixels.zip(size.height_pixels)?;
    let is_near = |(across, down): (i64, i64)| {
        let (is, wanted) = (i128::from(width) * i128::from(down), i128::from(height) * i128::from(across));
        (is - wanted).abs() * 100 <= wanted
    };
    let fields = [
        ((191, 100), "marketingImages"),
        ((1, 1), "squareMarketingImages"),
        ((4, 5), "portraitMarketingImages"),
        ((9, 16), "tallPortraitMarketingImages"),
    ];
    fields.into_iter().find(|(ratio, _)| is_near(*ratio)).map(|(_, field)| field)
}

/// A refusal with the name of the field.
pub(super) fn unsupported(field: &'static str, value: &str, next: &str) -> Error {
    Error::new(ErrorKind::Unsupported, format!("{field}: {} does not take {value} here", Platform::Google))
        .with("field", field)
        .next(next)
}

#[cfg(test)]
#[path = "map_tests.rs"]
mod tests;
