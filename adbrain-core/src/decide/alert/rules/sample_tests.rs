//! Tests of what a sample knows.

use super::super::METRICS;
use super::*;
use crate::alert::platforms::{Prices, samples};
use crate::model::{Currency, Tag};

fn money(units: i64) -> Money {
    Money::from_micros(units * 1_000_000, Currency::BRL)
}

#[test]
fn a_full_observation_has_every_metric_of_the_table_and_no_other() {
    let tag = Tag::new("set");
    let start: Timestamp = "2026-12-01T00:00:00Z".parse().unwrap();
    let (impressions, clicks, conversions) = (2000, 40, 2);
    let hour = Metrics { impressions, clicks, conversions, spend: money(30), revenue: money(120) };
    let hourly: Vec<_> = (0..24 * 5).map(|hours| (start + HOUR * hours, hour.clone())).collect();
    let ads = [(Tag::new("ad"), hour.clone())];
    let sold = |day: i32| Metrics { conversions: if day < 18 { conversions } else { 0 }, ..hour.clone() };
    let day = |day: i32| KnownDay { start: start - DAY * (20 - day), metrics: sold(day), known: 1.0 };
    let days: Vec<_> = (0..20).map(day).collect();
    let seen = Observation {
        hourly: &hourly,
        days: &days,
        matured: hour.clone(),
        target_roas: Some(3.0),
        audience_now: Some(1_000),
        audience_available: Some((2_000, 3_000)),
        bid: Some(money(2)),
        active_ads: &ads,
        ..Observation::new(Platform::Meta, &tag, start + DAY * 5, money(50))
    };
    let sample = Sample::of(&seen, &MetricSettings::default());
    let other = Tag::new("other");
    let both = [seen.clone(), Observation { object: &other, ..seen.clone() }];
    let platform = samples(&mut Prices::default(), &both).unwrap().remove(0);
    let all: BTreeMap<_, _> = sample.metrics.iter().chain(&platform.metrics).collect();
    // The detector of prices has to learn for longer than these days.
    let mut known: Vec<_> = METRICS.iter().map(|metric| metric.name).filter(|name| *name != "cpm_shift").collect();
    known.sort_unstable();
    assert_eq!(all.keys().map(|name| name.as_str()).collect::<Vec<_>>(), known);
    let is = |name: &str, value: f64| {
        assert!((sample.metrics[name] - value).abs() < 1e-9, "{name}: {:?}", sample.metrics[name]);
    };
    is("cpm_hour", 15.0);
    is("cpm_same_hour_median", 15.0);
    is("cpm_same_hour_days", 4.0);
    is("cpm_same_hour_standard_errors", 0.0);
    is("spend_day", 720.0);
    is("roas_day", 4.0);
    is("cpm_days", 4.0);
    is("expected_conversions_mature", 1.5);
    is("spend_mature_in_daily_budgets", 0.6);
    assert_eq!(sample.data_as_of, start + DAY * 5);
}

#[test]
fn what_is_not_known_is_left_out() {
    let tag = Tag::new("set");
    let start: Timestamp = "2026-12-01T00:00:00Z".parse().unwrap();
    let hourly = [(start, Metrics::none(Currency::BRL))];
    let seen = Observation { hourly: &hourly, ..Observation::new(Platform::Meta, &tag, start + HOUR * 3, money(50)) };
    let sample = Sample::of(&seen, &MetricSettings::default());
    let known: Vec<_> = sample.metrics.keys().map(String::as_str).collect();
    assert_eq!(known, ["clicks_hour", "daily_budget", "impressions_hour", "spend_hour"]);
    assert_eq!(sample.data_as_of, start + HOUR, "the end of its last hour");
}
