//! Their objects in our words, and money both ways.

use serde_json::Value;

use super::wire::{Amount, Campaign, Creative, Group};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Currency, Money, ObjectId};
use crate::platform::tagged;
use crate::platform::{Level, RemoteObject, Status};

/// The kinds of URN, from our campaign to our ad.
pub(super) const GROUP: &str = "urn:li:sponsoredCampaignGroup:";
/// What we call an ad set.
pub(super) const CAMPAIGN: &str = "urn:li:sponsoredCampaign:";
/// What we call an ad.
pub(super) const CREATIVE: &str = "urn:li:sponsoredCreative:";

/// The level of an object by its id, which is a URN at every level: their bare numbers may be equal between levels.
pub(super) fn level(id: &ObjectId) -> Result<Level> {
    let kinds = [(GROUP, Level::Campaign), (CAMPAIGN, Level::AdSet), (CREATIVE, Level::Ad)];
    let found = kinds.into_iter().find(|(kind, _)| id.as_str().starts_with(kind));
    found.map(|(_, level)| level).ok_or_else(|| {
        Error::new(ErrorKind::NotFound, format!("{id} is no object of a LinkedIn account"))
            .next("name an object that `list` gives")
    })
}

/// The URN of an id that may be one already.
pub(super) fn urn(kind: &str, id: &str) -> String {
    format!("{kind}{}", id.strip_prefix(kind).unwrap_or(id))
}

/// An amount as `LinkedIn` takes it: decimal text.
pub(super) fn amount(money: Money) -> Amount {
    Amount { amount: money.amount_text(), currency_code: money.currency().code().to_owned() }
}

/// An amount as `LinkedIn` gives it; text of any precision, rounded to whole micros, half away from zero.
pub(super) fn money(amount: &Amount) -> Result<Money> {
    let currency: Currency = amount.currency_code.parse()?;
    Ok(Money::from_micros(micros(&amount.amount)?, currency))
}

/// Micros out of a decimal number as text: `12.5`, and `0E-10` as Java writes it.
pub(super) fn micros(text: &str) -> Result<i64> {
    let bad =
        || Error::new(ErrorKind::Unavailable, format!("linkedin gave {text:?} for an amount")).next("try again later");
    parsed(text).ok_or_else(bad)
}

fn parsed(text: &str) -> Option<i64> {
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (is_negative, digits) = mantissa.strip_prefix('-').map_or((false, mantissa), |rest| (true, rest));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all = format!("{whole}{fraction}");
    if whole.is_empty() || !all.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number: i128 = all.parse().ok()?;
    let shift = 6_i32.checked_add(exponent.parse().ok()?)?.checked_sub(i32::try_from(fraction.len()).ok()?)?;
    let scaled = if shift >= 0 {
        if number == 0 { 0 } else { number.checked_mul(10_i128.checked_pow(shift.unsigned_abs())?)? }
    } else {
        // Beyond 38 places nothing is left to round.
        match 10_i128.checked_pow(shift.unsigned_abs()) {
            Some(unit) => number.checked_add(unit / 2)? / unit,
            None => 0,
        }
    };
    i64::try_from(if is_negative { -scaled } else { scaled }).ok()
}

/// A count of a report.
pub(super) fn count(value: Option<&Value>) -> Result<u64> {
    let bad = |value: &Value| {
        Error::new(ErrorKind::Unavailable, format!("linkedin gave {value} for a count")).next("try again later")
    };
    value.map_or(Ok(0), |value| value.as_u64().ok_or_else(|| bad(value)))
}

/// Whether an object may deliver. `COMPLETED` has run to its end and does not; drafts never did.
pub(super) fn status(text: &str) -> Result<Status> {
    match text {
        "ACTIVE" => Ok(Status::Active),
        "PAUSED" | "DRAFT" | "COMPLETED" => Ok(Status::Paused),
        "ARCHIVED" | "CANCELED" | "CANCELLED" | "PENDING_DELETION" | "REMOVED" => Ok(Status::Archived),
        other => Err(Error::new(
            ErrorKind::Unsupported,
            format!("status: linkedin gave {other:?}, which this release does not know"),
        )
        .next("install a newer release")),
    }
}

/// A campaign group as our campaign.
pub(super) fn group(found: &Group) -> Result<RemoteObject> {
    let (name, tag) = tagged::split(&found.name);
    Ok(RemoteObject {
        id: ObjectId::new(urn(GROUP, &found.id)),
        tag,
        parent: None,
        level: Level::Campaign,
        name: name.to_owned(),
        status: status(&found.status)?,
        daily_budget: None,
        bid: None,
    })
}

/// A campaign as our ad set. Its amount is a bid only where the advertiser bids; automatic bidding has none.
pub(super) fn campaign(found: &Campaign) -> Result<RemoteObject> {
    let (name, tag) = tagged::split(&found.name);
    let is_manual = found.optimization_target_type.as_deref().is_none_or(|target| target == "NONE");
    let bid = found.unit_cost.as_ref().map(money).transpose()?.filter(|bid| is_manual && bid.is_positive());
    Ok(RemoteObject {
        id: ObjectId::new(urn(CAMPAIGN, &found.id)),
        tag,
        parent: Some(ObjectId::new(urn(GROUP, &found.campaign_group))),
        level: Level::AdSet,
        name: name.to_owned(),
        status: status(&found.status)?,
        daily_budget: found.daily_budget.as_ref().map(money).transpose()?,
        bid,
    })
}

/// A creative as our ad.
pub(super) fn creative(found: &Creative) -> Result<RemoteObject> {
    let (name, tag) = tagged::split(&found.name);
    Ok(RemoteObject {
        id: ObjectId::new(urn(CREATIVE, &found.id)),
        tag,
        parent: Some(ObjectId::new(urn(CAMPAIGN, &found.campaign))),
        level: Level::Ad,
        name: name.to_owned(),
        status: status(&found.intended_status)?,
        daily_budget: None,
        bid: None,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn money_goes_both_ways_and_stays_whole() {
        for (code, text, micros) in
            [("BRL", "60.00", 60_000_000), ("JPY", "500", 500_000_000), ("KWD", "1.250", 1_250_000)]
        {
            let money = Money::from_micros(micros, code.parse().unwrap());
            let sent = amount(money);
            assert_eq!((sent.amount.as_str(), sent.currency_code.as_str()), (text, code));
            assert_eq!(super::money(&sent).unwrap(), money);
        }
    }

    #[test]
    fn amounts_of_any_precision_are_rounded_to_micros() {
        for (text, expected) in [
            ("50", 50_000_000),
            ("0", 0),
            ("0E-10", 0),
            ("1.5E+1", 15_000_000),
            ("12.3456789012345678", 12_345_679),
            ("0.0000005", 1),
            ("0.00000049", 0),
            ("-2.5", -2_500_000),
        ] {
            assert_eq!(micros(text).unwrap(), expected, "{text}");
        }
        for text in [
            "",
            ".",
            "-",
            "1,5",
            "NaN",
            "1.2.3",
            "99999999999999999",
            "1E99999999999",
            "170000000000000000000000000000000000000E-44",
        ] {
            assert!(micros(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn their_objects_are_read_in_our_words() {
        let found = json!({
            "id": 77, "name": "Set [adb:abs1]", "status": "PAUSED", "campaignGroup": "urn:li:sponsoredCampaignGroup:6",
            "dailyBudget": {"amount": "60", "currencyCode": "BRL"}, "unitCost": {"amount": "8.5", "currencyCode": "BRL"},
            "optimizationTargetType": "NONE", "versionTag": "3",
        });
        let read = campaign(&serde_json::from_value(found.clone()).unwrap()).unwrap();
        assert_eq!(read.id.as_str(), "urn:li:sponsoredCampaign:77");
        assert_eq!(read.parent.unwrap().as_str(), "urn:li:sponsoredCampaignGroup:6");
        assert_eq!((read.tag.unwrap().as_str(), read.name.as_str()), ("abs1", "Set"));
        assert_eq!((read.daily_budget.unwrap().micros(), read.bid.unwrap().micros()), (60_000_000, 8_500_000));
        let mut automatic = found;
        automatic["optimizationTargetType"] = json!("MAX_CLICK");
        assert_eq!(campaign(&serde_json::from_value(automatic).unwrap()).unwrap().bid, None);
    }

    #[test]
    fn an_unknown_status_fails_loudly() {
        assert_eq!(status("DRAFT").unwrap(), Status::Paused);
        assert_eq!(status("PENDING_DELETION").unwrap(), Status::Archived);
        assert!(status("DREAMING").unwrap_err().to_string().contains("DREAMING"));
        assert!(level(&ObjectId::new("77")).is_err());
    }
}
