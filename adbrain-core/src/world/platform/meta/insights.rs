//! Reports: one row per ad and day or hour, conversions within seven days of a click.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};
use serde_json::json;

use super::wire::{Action, Insight, Spender};
use super::{Meta, error, map};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Attribution, Metrics, MetricsRow, Money, ObjectPath, Platform};
use crate::platform::pages::Keyed as _;
use crate::platform::report::Days;
use crate::platform::tagged::split;
use crate::platform::{InsightsQuery, InsightsStep};

/// What every row is known by.
const KEYS: &str = "campaign_id,campaign_name,adset_id,adset_name,ad_id,ad_name";
/// What is counted, in two halves for answers that are too large even for one day of one ad set.
const COUNTED: [&str; 2] = ["impressions,inline_link_clicks,spend", "actions,action_values"];
/// Hours of the account's own clock.
pub(super) const HOURS: &str = "hourly_stats_aggregated_by_advertiser_time_zone";
/// Windows of more days are not asked for in one answer, but made by Meta and fetched then.
const LONG_DAYS: i32 = 92;
/// No report is cut into more parts.
const MOST_PARTS: usize = 20_000;

/// A part of a report: whose rows, of which days, and which of the counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part {
    /// The account, a campaign or an ad set.
    pub(super) owner: String,
    pub(super) scope: Scope,
    pub(super) days: [Date; 2],
    pub(super) fields: Fields,
    pub(super) step: InsightsStep,
}

/// Whose rows a part holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope {
    Account,
    Campaign,
    AdSet,
}

/// Which of the counts a part holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fields {
    All,
    First,
    Second,
}

impl Part {
    /// The parameters of the question, as they stand in a query.
    pub(super) fn parameters(&self) -> Vec<(&'static str, String)> {
        let [first, last] = self.days;
        let counted = match self.fields {
            Fields::All => COUNTED.join(","),
            Fields::First => COUNTED[0].to_owned(),
            Fields::Second => COUNTED[1].to_owned(),
        };
        let mut parameters = vec![
            ("level", "ad".to_owned()),
            ("fields", format!("{KEYS},{counted}")),
            ("time_increment", "1".to_owned()),
            ("time_range", json!({"since": first.to_string(), "until": last.to_string()}).to_string()),
            ("action_attribution_windows", "[\"7d_click\"]".to_owned()),
        ];
        if self.step == InsightsStep::Hour {
            parameters.push(("breakdowns", HOURS.to_owned()));
        }
        parameters
    }

    fn is_long(&self) -> bool {
        (self.days[1] - self.days[0]).get_days() >= LONG_DAYS
    }

    /// The smaller parts of one whose objects cannot be cut further: the days in halves, then the counts in halves. The earlier half is
    /// last, so that it is asked for first. Nothing where there is nothing left to cut.
    fn cut(&self) -> Vec<Self> {
        let [first, last] = self.days;
        if first < last {
            return halves(first, last).into_iter().map(|days| Self { days, ..self.clone() }).collect();
        }
        match self.fields {
            Fields::All => {
                [Fields::Second, Fields::First].map(|fields| Self { fields, ..self.clone() }).into_iter().collect()
            }
            Fields::First | Fields::Second => Vec::new(),
        }
    }
}

impl Meta {
    /// The rows of a report as Meta has them now. A long window, and an answer that Meta calls too large, is made by Meta as a job; what
    /// fails is cut into campaigns, ad sets, days and fields, and merged again.
    pub(super) async fn report(&self, query: &InsightsQuery) -> Result<Vec<MetricsRow>> {
        let days = Days::of(query, &self.zone)?;
        let as_of = self.clock.now();
        let (owner, step) = (self.account(), query.step);
        let whole = Part { owner, scope: Scope::Account, days: [days.first, days.last], fields: Fields::All, step };
        let (mut open, mut parts, mut found) = (vec![whole], 0, BTreeMap::new());
        while let Some(part) = open.pop() {
            parts += 1;
            match self.part(&part).await {
                Ok(rows) => rows.into_iter().for_each(|row| merge(&mut found, row)),
                Err(error) if is_splittable(&error) && parts < MOST_PARTS => {
                    let smaller = self.smaller(&part).await?;
                    if smaller.is_empty() {
                        return Err(error);
                    }
                    open.extend(smaller);
                }
                Err(error) => return Err(error),
            }
        }
        let rows = found.into_values().map(|insight| self.row(insight, &days, as_of));
        let mut rows = rows.collect::<Result<Vec<_>>>()?;
        rows.sort_by(|a, b| (a.start, &a.path).cmp(&(b.start, &b.path)));
        Ok(rows)
    }

    /// The rows of one part, in one answer where that is enough.
    async fn part(&self, part: &Part) -> Result<Vec<Insight>> {
        if !part.is_long() {
            match self.insights_of(part).await {
                Err(error) if error::is_too_much(&error) => {}
                outcome => return outcome,
            }
        }
        self.job(part).await
    }

    async fn insights_of(&self, part: &Part) -> Result<Vec<Insight>> {
        let parameters = part.parameters();
        let query: Vec<_> = parameters.iter().map(|(name, value)| (*name, value.as_str())).collect();
        self.pages(&format!("/{}/insights", part.owner), &query).await
    }

    /// The parts below a part.
    async fn smaller(&self, part: &Part) -> Result<Vec<Part>> {
        let (scope, level, field) = match part.scope {
            Scope::Account => (Scope::Campaign, "campaign", "campaign_id"),
            Scope::Campaign => (Scope::AdSet, "adset", "adset_id"),
            Scope::AdSet => return Ok(part.cut()),
        };
        let [since, until] = part.days.map(|day| day.to_string());
        let range = json!({"since": since, "until": until}).to_string();
        let query = [("level", level), ("fields", field), ("time_range", range.as_str())];
        // Whoever has rows in these days, also where it is deleted by now.
        let spenders: Vec<Spender> = self.pages(&format!("/{}/insights", part.owner), &query).await?;
        let owners = spenders.iter().filter_map(Spender::id).cloned();
        Ok(owners.map(|owner| Part { owner, scope, ..part.clone() }).collect())
    }

    fn row(&self, theirs: Insight, days: &Days, as_of: Timestamp) -> Result<MetricsRow> {
        let day: Date = theirs.date_start.parse().map_err(|_| strange("date_start", &theirs.date_start))?;
        let [start, end] = match &theirs.hour {
            None => days.day(day)?,
            Some(hour) => {
                days.hour(day, hour.get(..2).and_then(|hour| hour.parse().ok()).ok_or_else(|| strange(HOURS, hour))?)?
            }
        };
        let counted = |actions: &[Action]| {
            let found = actions.iter().find(|action| action.action_type == self.config.conversion_action);
            found.and_then(|action| action.seven_day_click.clone())
        };
        let (conversions, revenue) = (counted(&theirs.actions), counted(&theirs.action_values));
        let metrics = Metrics {
            impressions: count(theirs.impressions.as_deref(), "impressions")?,
            clicks: count(theirs.inline_link_clicks.as_deref(), "inline_link_clicks")?,
            conversions: count(conversions.as_deref(), "actions")?,
            spend: self.amount(theirs.spend.as_deref())?,
            revenue: self.amount(revenue.as_deref())?,
        };
        let named = |name: &str, id: String| split(name).1.map_or(id, |tag| tag.as_str().to_owned());
        let path = ObjectPath {
            campaign: named(&theirs.campaign_name, theirs.campaign_id),
            ad_set: named(&theirs.adset_name, theirs.adset_id),
            ad: named(&theirs.ad_name, theirs.ad_id),
        };
        let attribution = Attribution::SevenDayClick;
        Ok(MetricsRow { platform: Platform::Meta, path, start, end, as_of, attribution, reach: None, metrics })
    }

    fn amount(&self, text: Option<&str>) -> Result<Money> {
        Money::parse(text.unwrap_or("0"), self.currency).map_err(|error| strange("spend", &error.to_string()))
    }
}

/// Whether smaller questions may have an answer where this one has none.
fn is_splittable(error: &Error) -> bool {
    error::is_too_much(error) || error.context_of("job").is_some()
}

/// Adds a row to the others; parts of one row that came apart are put together.
fn merge(found: &mut BTreeMap<String, Insight>, row: Insight) {
    let key = row.key().unwrap_or_default();
    match found.entry(key) {
        Entry::Vacant(place) => {
            place.insert(row);
        }
        Entry::Occupied(mut place) => place.get_mut().complete(row),
    }
}

/// The later half is on top, so that the earlier one is asked for first.
fn halves(first: Date, last: Date) -> [[Date; 2]; 2] {
    let middle = first.saturating_add(((last - first).get_days() / 2).days());
    [[middle.saturating_add(1.day()), last], [first, middle]]
}

/// Counts come as text; a part of an action, which some attribution models give, is rounded down.
fn count(text: Option<&str>, field: &str) -> Result<u64> {
    let Some(text) = text else { return Ok(0) };
    let whole = text.split_once('.').map_or(text, |(whole, _)| whole);
    u64::try_from(map::whole(whole, field)?).map_err(|_| strange(field, text))
}

fn strange(field: &str, found: &str) -> Error {
    Error::new(ErrorKind::Corrupt, format!("meta: {field} is {found:?} in a report")).next("report this answer")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_hold_every_day_once() {
        let day = |text: &str| text.parse::<Date>().unwrap();
        let [late, early] = halves(day("2026-12-01"), day("2026-12-05"));
        assert_eq!(early, [day("2026-12-01"), day("2026-12-03")]);
        assert_eq!(late, [day("2026-12-04"), day("2026-12-05")]);
        let [late, early] = halves(day("2026-12-01"), day("2026-12-02"));
        assert_eq!([early, late], [[day("2026-12-01"); 2], [day("2026-12-02"); 2]]);
    }

    #[test]
    fn a_part_is_cut_into_days_and_then_into_fields() {
        let day = |text: &str| text.parse::<Date>().unwrap();
        let days = [day("2026-12-01"), day("2026-12-02")];
        let (owner, scope, step) = ("7".to_owned(), Scope::AdSet, InsightsStep::Day);
        let part = Part { owner, scope, days, fields: Fields::All, step };
        let [late, early] = <[Part; 2]>::try_from(part.cut()).unwrap();
        assert_eq!((early.days, late.days), ([day("2026-12-01"); 2], [day("2026-12-02"); 2]));
        let [second, first] = <[Part; 2]>::try_from(early.cut()).unwrap();
        assert_eq!((first.fields, second.fields), (Fields::First, Fields::Second));
        assert!(first.cut().is_empty());
        assert!(!part.is_long() && Part { days: [days[0], day("2027-03-31")], ..part }.is_long());
    }

    #[test]
    fn halves_of_a_row_are_put_together() {
        let row = |counts: &serde_json::Value| {
            let mut row = json!({"campaign_id": "1", "campaign_name": "c", "adset_id": "2", "adset_name": "s", "ad_id": "3",
                                 "ad_name": "a", "date_start": "2026-12-01"});
            row.as_object_mut().unwrap().extend(counts.as_object().unwrap().clone());
            serde_json::from_value::<Insight>(row).unwrap()
        };
        let mut found = BTreeMap::new();
        merge(&mut found, row(&json!({"actions": [{"action_type": "x", "7d_click": "2"}]})));
        merge(&mut found, row(&json!({"impressions": "100", "spend": "1.00"})));
        assert_eq!(found.len(), 1);
        let whole = found.into_values().next().unwrap();
        assert_eq!((whole.impressions.as_deref(), whole.actions.len()), (Some("100"), 1));
    }

    #[test]
    fn counts_are_read_strictly() {
        assert_eq!(count(Some("12"), "impressions").unwrap(), 12);
        assert_eq!(count(Some("2.75"), "actions").unwrap(), 2);
        assert_eq!(count(None, "impressions").unwrap(), 0);
        for wrong in ["", "-1", "1e3", "x"] {
            assert!(count(Some(wrong), "impressions").unwrap_err().to_string().contains("impressions"), "{wrong}");
        }
    }
}
