//! Reports: one row per ad and day or hour of the account.
//!
//! Ads of the classic flow come from the integrated report, which knows a Smart+ ad by its parts alone; Smart+ ads come from the Smart+
//! report, ad by ad, the parts added up. Both count the same money in the same days, and no ad is in both.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};
use serde_json::json;

use super::place::{Flow, Place};
use super::read::{Life, has_smart_ad};
use super::wire::{Listed, ReportMetrics, ReportRow};
use super::{TikTok, list_text, map, tasks};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Attribution, Metrics, MetricsRow, ObjectPath, Platform};
use crate::platform::report::Days;
use crate::platform::tagged;
use crate::platform::{InsightsQuery, InsightsStep, Level};

/// The most days of one report by days.
const MOST_DAYS: i64 = 30;
/// A report by days of more days is made as tasks.
const LONG_DAYS: i32 = 92;
/// What is asked for; the last two are the value of purchases on the website and in the app.
pub(super) const METRICS: [&str; 6] =
    ["spend", "impressions", "clicks", "conversion", "total_complete_payment_rate", "total_purchase_value"];

/// An ad that may have rows.
struct Reported {
    path: ObjectPath,
    attribution: Attribution,
}

/// The rows by ad and time; what `TikTok` reports in parts is added up.
type Sums = BTreeMap<(String, Timestamp, Timestamp), Metrics>;

/// One report: the days, and how long a row is.
pub(super) struct Window<'a> {
    days: &'a Days,
    step: InsightsStep,
    pub(super) first: Date,
    pub(super) last: Date,
}

impl TikTok {
    /// The rows of a query.
    pub(super) async fn report(&self, query: &InsightsQuery) -> Result<Vec<MetricsRow>> {
        let days = Days::of(query, &self.zone)?;
        let classic = self.ads(Flow::Classic).await?;
        let smart = self.ads(Flow::SmartPlus).await?;
        let mut sums = Sums::new();
        for window in windows(&days, query.step)? {
            for row in self.classic(&window).await? {
                // What is on no list is a part of a Smart+ ad, or of a campaign that is kept elsewhere.
                if let Some(ad) = row.dimensions.ad_id.clone().filter(|ad| classic.contains_key(ad)) {
                    self.add(&mut sums, &window, ad, &row)?;
                }
            }
            for ad in smart.keys() {
                for row in self.smart_rows(&window, ad).await? {
                    self.add(&mut sums, &window, ad.clone(), &row)?;
                }
            }
        }
        let as_of = self.clock.now();
        let known = |ad: &String| smart.get(ad).or_else(|| classic.get(ad));
        let rows = sums.into_iter().filter_map(|((ad, start, end), metrics)| {
            let Reported { path, attribution } = known(&ad)?;
            let (path, attribution) = (path.clone(), *attribution);
            Some(MetricsRow { platform: Platform::TikTok, path, start, end, as_of, attribution, reach: None, metrics })
        });
        Ok(rows.collect())
    }

    /// Every ad that ever was, by its id.
    async fn ads(&self, flow: Flow) -> Result<BTreeMap<String, Reported>> {
        let listed = self.place(Place { flow, level: Level::Ad }, Life::Ever).await?;
        let own = listed.iter().filter(|listed| flow == Flow::SmartPlus || !has_smart_ad(listed));
        let by_id = own.filter_map(|listed| {
            let id = if flow == Flow::SmartPlus { &listed.smart_plus_ad_id } else { &listed.ad_id };
            Some((id.clone()?, reported(flow, listed)))
        });
        Ok(by_id.collect())
    }

    /// The rows of classic ads: in one answer, or as a task where the whole report is long or `TikTok` calls the answer too large.
    async fn classic(&self, window: &Window<'_>) -> Result<Vec<ReportRow>> {
        if window.step == InsightsStep::Day && window.days.count() > LONG_DAYS {
            return self.task_rows(window).await;
        }
        match self.classic_rows(window).await {
            Err(error) if tasks::is_too_much(&error) => self.task_rows(window).await,
            outcome => outcome,
        }
    }

    async fn classic_rows(&self, window: &Window<'_>) -> Result<Vec<ReportRow>> {
        let deleted_too = json!([{"field_name": "ad_status", "filter_type": "IN", "filter_value": "[\"STATUS_ALL\"]"}]);
        let parameters = [
            ("advertiser_id", self.config.account.clone()),
            ("report_type", "BASIC".to_owned()),
            ("data_level", "AUCTION_AD".to_owned()),
            ("dimensions", list_text(["ad_id", window.dimension()])),
            ("metrics", list_text(METRICS)),
            ("start_date", window.first.to_string()),
            ("end_date", window.last.to_string()),
            ("filtering", deleted_too.to_string()),
        ];
        self.pages("/report/integrated/get/", &parameters, 1_000).await
    }

    async fn smart_rows(&self, window: &Window<'_>, ad: &str) -> Result<Vec<ReportRow>> {
        let parameters = [
            ("advertiser_id", self.config.account.clone()),
            ("dimensions", list_text(["main_material_id", window.dimension()])),
            ("metrics", list_text(METRICS)),
            ("filtering", json!({"smart_plus_ad_ids": [ad]}).to_string()),
            ("start_date", window.first.to_string()),
            ("end_date", window.last.to_string()),
        ];
        self.pages("/smart_plus/material_report/breakdown/", &parameters, 100).await
    }

    fn add(&self, sums: &mut Sums, window: &Window<'_>, ad: String, row: &ReportRow) -> Result<()> {
        let Some([start, end]) = window.times(row)? else { return Err(unreadable("its time")) };
        let metrics = self.metrics(&row.metrics)?;
        let none = Metrics::none(self.capabilities.currency);
        let sum = sums.entry((ad, start, end)).or_insert(none);
        *sum = sum.merge(&metrics)?;
        Ok(())
    }

    fn metrics(&self, found: &ReportMetrics) -> Result<Metrics> {
        let currency = self.capabilities.currency;
        let count = |name, value| map::count(value).ok_or_else(|| unreadable(name));
        let money = |name, value| map::reported(value, currency).ok_or_else(|| unreadable(name));
        let website = money("total_complete_payment_rate", &found.total_complete_payment_rate)?;
        Ok(Metrics {
            impressions: count("impressions", &found.impressions)?,
            clicks: count("clicks", &found.clicks)?,
            conversions: count("conversion", &found.conversion)?,
            spend: money("spend", &found.spend)?,
            revenue: website.add(money("total_purchase_value", &found.total_purchase_value)?)?,
        })
    }
}

impl Window<'_> {
    pub(super) fn dimension(&self) -> &'static str {
        match self.step {
            InsightsStep::Day => "stat_time_day",
            InsightsStep::Hour => "stat_time_hour",
        }
    }

    /// When a row starts and ends; none where it does not say so. `TikTok` writes `2026-12-01 05:00:00`, in the time of the account.
    fn times(&self, row: &ReportRow) -> Result<Option<[Timestamp; 2]>> {
        let text = match self.step {
            InsightsStep::Day => row.dimensions.stat_time_day.as_deref(),
            InsightsStep::Hour => row.dimensions.stat_time_hour.as_deref(),
        };
        let day = text.and_then(|text| text.get(..10)).and_then(|day| day.parse::<Date>().ok());
        let hour = text.and_then(|text| text.get(11..13)).and_then(|hour| hour.parse::<i8>().ok());
        match (day, hour, self.step) {
            (Some(day), _, InsightsStep::Day) => self.days.day(day).map(Some),
            (Some(day), Some(hour), InsightsStep::Hour) => self.days.hour(day, hour).map(Some),
            _ => Ok(None),
        }
    }
}

/// The windows that `TikTok` answers in one report: 30 days by days, one day by hours.
fn windows(days: &Days, step: InsightsStep) -> Result<Vec<Window<'_>>> {
    let length = if step == InsightsStep::Day { MOST_DAYS } else { 1 };
    let beyond = |_| Error::invalid("query.end", "is beyond the calendar").next("ask for other days");
    let mut windows = Vec::new();
    let mut first = days.first;
    while first <= days.last {
        let next = first.checked_add(length.days()).map_err(beyond)?;
        let last = next.checked_sub(1.day()).map_err(beyond)?.min(days.last);
        windows.push(Window { days, step, first, last });
        first = next;
    }
    Ok(windows)
}

fn reported(flow: Flow, listed: &Listed) -> Reported {
    let of = |name: &Option<String>, id: &Option<String>| {
        let tag = name.as_deref().and_then(|name| tagged::split(name).1);
        tag.map(|tag| tag.as_str().to_owned()).or_else(|| id.clone()).unwrap_or_default()
    };
    let id = if flow == Flow::SmartPlus { &listed.smart_plus_ad_id } else { &listed.ad_id };
    let path = ObjectPath {
        campaign: of(&listed.campaign_name, &listed.campaign_id),
        ad_set: of(&listed.adgroup_name, &listed.adgroup_id),
        ad: of(&listed.ad_name, id),
    };
    let is_ours = listed.ad_name.as_deref().is_some_and(|name| tagged::split(name).1.is_some());
    // Our own Smart+ ad sets are made with a window of seven days; what others chose, the report does not say.
    let attribution =
        if is_ours && flow == Flow::SmartPlus { Attribution::SevenDayClick } else { Attribution::Unknown };
    Reported { path, attribution }
}

fn unreadable(what: &str) -> Error {
    Error::new(ErrorKind::Unavailable, format!("a row of TikTok's report cannot be read: {what}"))
        .next("try again later")
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::*;

    fn days(start: &str, end: &str) -> Days {
        let query = InsightsQuery { start: start.parse().unwrap(), end: end.parse().unwrap(), step: InsightsStep::Day };
        Days::of(&query, &TimeZone::get("America/New_York").unwrap()).unwrap()
    }

    #[test]
    fn a_report_is_cut_into_what_tiktok_answers_at_once() {
        let days = days("2026-10-01T04:00:00Z", "2026-12-01T05:00:00Z");
        let cut = |step| -> Vec<_> {
            windows(&days, step).unwrap().iter().map(|window| format!("{} {}", window.first, window.last)).collect()
        };
        assert_eq!(cut(InsightsStep::Day), ["2026-10-01 2026-10-30", "2026-10-31 2026-11-29", "2026-11-30 2026-11-30"]);
        assert_eq!(cut(InsightsStep::Hour).len(), 61);
    }

    #[test]
    fn times_are_those_of_the_account() {
        let days = days("2026-11-01T04:00:00Z", "2026-11-02T05:00:00Z");
        let row = |text: &str| serde_json::from_str::<ReportRow>(text).unwrap();
        let hours = windows(&days, InsightsStep::Hour).unwrap();
        let hour = row(r#"{"dimensions": {"ad_id": "1", "stat_time_hour": "2026-11-01 05:00:00"}, "metrics": {}}"#);
        let [start, _] = hours[0].times(&hour).unwrap().unwrap();
        assert_eq!(start.to_string(), "2026-11-01T10:00:00Z");
        let whole = windows(&days, InsightsStep::Day).unwrap();
        let day = row(r#"{"dimensions": {"ad_id": "1", "stat_time_day": "2026-11-01 00:00:00"}, "metrics": {}}"#);
        let [start, end] = whole[0].times(&day).unwrap().unwrap();
        assert_eq!(end.duration_since(start).as_hours(), 25);
        assert!(whole[0].times(&hour).unwrap().is_none());
    }
}
