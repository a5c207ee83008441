//! Reports by a fixed rule, so that sums are known, or of a simulated account.

use adbrain_core::model::MICROS_PER_UNIT;
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};
use serde_json::{Map, Value, json};

use super::{ACCOUNT, Outcome, ok, wrong};
use crate::world::{Figures, amount, window};
use crate::{Received, WorldAccount};

/// A row for each creative and day, with the fixed figures or those of a simulated account.
pub(super) fn rows(
    creatives: &[&str],
    request: &Received,
    (now, world): (Timestamp, Option<&WorldAccount>),
) -> Outcome {
    let asked = |name: &str| request.query.get(name).map_or("", String::as_str);
    for (name, wanted) in [("q", "analytics"), ("pivot", "CREATIVE"), ("timeGranularity", "DAILY")] {
        if asked(name) != wanted {
            return Err(wrong(name, "INVALID_VALUE", "is not what this fake reports"));
        }
    }
    if !request.raw_query.contains(&format!("&accounts=List(urn%3Ali%3AsponsoredAccount%3A{ACCOUNT})&")) {
        return Err(wrong("accounts", "QUERY_PARAM_NOT_ALLOWED", "is no list of URNs"));
    }
    let fields: Vec<_> = asked("fields").split(',').collect();
    if request.raw_query.contains("%2C") || fields.len() > 20 {
        return Err(wrong("fields", "INVALID_VALUE", "is too long or encoded"));
    }
    let range =
        range(asked("dateRange")).ok_or_else(|| wrong("dateRange", "QUERY_PARAM_NOT_ALLOWED", "is no range"))?;
    let mut found = Vec::new();
    let mut day = range[0];
    while day <= range[1] {
        found.extend(creatives.iter().zip(1..).filter_map(|(creative, number)| {
            let (figures, leads) = match world {
                Some(world) => (world.figures(creative, window(day, None), now)?, 0),
                None => (fixed(number), 1),
            };
            Some(row(creative, day, (&figures, leads), &fields))
        }));
        day = day.checked_add(1.day()).expect("a day of the test");
    }
    Ok(ok(&json!({"elements": found, "paging": {"start": 0, "count": 10, "links": []}})))
}

/// The n-th creative, from 1, has 1,000 n impressions a day, 10 n clicks, n conversions on the website, one lead, 20.00 n of costs and
/// 80.00 n of value.
fn fixed(n: u64) -> Figures {
    let money = |units: i64| units * MICROS_PER_UNIT * n.cast_signed();
    Figures { impressions: 1_000 * n, clicks: 10 * n, conversions: n, spend: money(20), revenue: money(80) }
}

fn row(creative: &str, day: Date, (figures, leads): (&Figures, u64), fields: &[&str]) -> Value {
    let date = json!({"year": day.year(), "month": day.month(), "day": day.day()});
    let all = json!({
        "dateRange": {"start": date, "end": date},
        "pivotValues": [creative],
        "impressions": figures.impressions,
        "clicks": figures.clicks,
        "externalWebsiteConversions": figures.conversions,
        "oneClickLeads": leads,
        "costInLocalCurrency": format!("{}.{:06}000000", figures.spend / MICROS_PER_UNIT, figures.spend % MICROS_PER_UNIT),
        "conversionValueInLocalCurrency": amount(figures.revenue),
    });
    let kept = all.as_object().into_iter().flatten().filter(|(name, _)| fields.contains(&name.as_str()));
    Value::Object(kept.map(|(name, value)| (name.clone(), value.clone())).collect::<Map<_, _>>())
}

/// `(start:(year:2026,month:11,day:1),end:(year:2026,month:11,day:30))`.
fn range(text: &str) -> Option<[Date; 2]> {
    let text = text.strip_prefix("(start:(")?.strip_suffix("))")?;
    let (start, end) = text.split_once("),end:(")?;
    Some([day(start)?, day(end)?])
}

fn day(text: &str) -> Option<Date> {
    let parts: Vec<_> = text.split(',').collect();
    let [year, month, day] = parts.as_slice() else { return None };
    let (year, month, day) = (year.strip_prefix("year:")?, month.strip_prefix("month:")?, day.strip_prefix("day:")?);
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}
