//! Reports: one row per ad and day or hour, conversions within seven days of a click.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};
use serde_json::json;

use super::wire::{Action, Insight};
use super::{Meta, error, map};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Attribution, Metrics, MetricsRow, Money, ObjectPath, Platform};
use crate::platform::report::Days;
use crate::platform::tagged::split;
use crate::platform::{InsightsQuery, InsightsStep};

const FIELDS: &str = "campaign_id,campaign_name,adset_id,adset_name,ad_id,ad_name,impressions,inline_link_clicks,spend,\
                      actions,action_values";
/// Hours of the account's own clock.
const HOURS: &str = "hourly_stats_aggregated_by_advertiser_time_zone";
/// The same as a list of breakdowns.
const BY_HOUR: &str = "[\"hourly_stats_aggregated_by_advertiser_time_zone\"]";

impl Meta {
    /// The rows of a report as Meta has them now.
    pub(super) async fn report(&self, query: &InsightsQuery) -> Result<Vec<MetricsRow>> {
        let days = Days::of(query, &self.zone)?;
        // Where Meta says that an answer is too large, the days are halved.
        let mut open = vec![[days.first, days.last]];
        let (mut rows, as_of) = (Vec::new(), self.clock.now());
        while let Some([first, last]) = open.pop() {
            match self.insights_of([first, last], query.step).await {
                Ok(found) => {
                    for insight in found {
                        rows.push(self.row(insight, &days, as_of)?);
                    }
                }
                Err(error) if error::is_too_much(&error) && first < last => open.extend(halves(first, last)),
                Err(error) => return Err(error),
            }
        }
        rows.sort_by(|a, b| (a.start, &a.path).cmp(&(b.start, &b.path)));
        Ok(rows)
    }

    async fn insights_of(&self, [first, last]: [Date; 2], step: InsightsStep) -> Result<Vec<Insight>> {
        let range = json!({"since": first.to_string(), "until": last.to_string()}).to_string();
        let mut query = vec![
            ("level", "ad"),
            ("fields", FIELDS),
            ("time_increment", "1"),
            ("time_range", range.as_str()),
            ("action_attribution_windows", "[\"7d_click\"]"),
        ];
        if step == InsightsStep::Hour {
            query.push(("breakdowns", BY_HOUR));
        }
        self.pages(&format!("/{}/insights", self.account()), &query).await
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
    fn counts_are_read_strictly() {
        assert_eq!(count(Some("12"), "impressions").unwrap(), 12);
        assert_eq!(count(Some("2.75"), "actions").unwrap(), 2);
        assert_eq!(count(None, "impressions").unwrap(), 0);
        for wrong in ["", "-1", "1e3", "x"] {
            assert!(count(Some(wrong), "impressions").unwrap_err().to_string().contains("impressions"), "{wrong}");
        }
    }
}
