//! Tests of the replay of an account's past.

use super::*;
use crate::model::Currency;
use crate::stats::random::Random;

fn settings(target_roas: Option<f64>) -> ReplaySettings {
    // A tenth of the conversions on the first day, all after ten.
    let completeness = |_: Platform, age: f64| (age / 10.0 + 0.05).clamp(0.0, 1.0);
    ReplaySettings { target_roas, completeness, mature_share: 0.9, alerts: MetricSettings::default() }
}

fn money(units: i64) -> Money {
    Money::from_micros(units * 1_000_000, Currency::BRL)
}

/// Days of one campaign that is exactly on a target of 3, and then at a third of it.
fn rows(days: i64, bad_from: i64) -> Vec<HistoryRow> {
    let mut random = Random::at(5, &[1]);
    (0..days)
        .map(|day| {
            let conversions = random.poisson(if day >= bad_from { 10.0 } else { 30.0 });
            let revenue = money(i64::try_from(conversions).unwrap() * 100);
            let metrics = Metrics { impressions: 50_000, clicks: 900, conversions, spend: money(1000), revenue };
            HistoryRow {
                line: 0,
                platform: Platform::Meta,
                campaign: "one".to_owned(),
                ad: format!("ad-{}", day % 2),
                date: Some(jiff::civil::date(2026, 3, 1).checked_add(day.days()).unwrap()),
                ages: None,
                gender: None,
                interest: None,
                creative_type: None,
                copy_style: None,
                metrics,
            }
        })
        .collect()
}

fn drop_of(preset: &str, rows: &[HistoryRow], target: Option<f64>) -> RuleReplay {
    let replayed = replay(&RuleSet::preset(preset).unwrap(), rows, &settings(target)).unwrap();
    replayed.rules.into_iter().find(|rule| rule.rule == "performance_drop").unwrap()
}

#[test]
fn on_a_campaign_on_target_legacy_fires_daily_and_guarded_never() {
    let good = rows(60, 60);
    let (legacy, guarded) = (drop_of("legacy", &good, Some(3.0)), drop_of("guarded", &good, Some(3.0)));
    assert_eq!(
        (legacy.object_days, legacy.open_days, legacy.objects),
        (60, 60, 1),
        "most conversions are still to come"
    );
    assert_eq!((guarded.episodes, guarded.notifications, guarded.open_days), (0, 0, 0));
    assert!(guarded.days_without_value < 15, "{guarded:?}");
    assert_eq!(legacy.share_of_days().map(f64::to_bits), Some(1f64.to_bits()));
}

#[test]
fn a_true_fall_is_found_by_guarded_once() {
    let found = drop_of("guarded", &rows(60, 20), Some(3.0));
    assert_eq!((found.episodes, found.proposals, found.objects), (1, 2, 1));
    assert!(found.open_days > 10, "{found:?}");
}

#[test]
fn without_a_target_or_hours_a_rule_has_no_value() {
    let found = drop_of("guarded", &rows(10, 10), None);
    assert_eq!((found.days_without_value, found.object_days), (10, 10));
    let replayed = replay(&RuleSet::preset("guarded").unwrap(), &rows(10, 10), &settings(Some(3.0))).unwrap();
    assert_eq!((replayed.rules[0].rule.as_str(), replayed.rules[0].days_without_value), ("cost_spike", 10));
}

#[test]
fn each_level_has_its_own_objects() {
    for (level, days) in [("ad", 20), ("campaign", 20), ("platform", 20), ("ad_set", 20), ("account", 0)] {
        let text = format!(
            "version = 1\n[[rule]]\nname = \"dear\"\nvalue = \"cpm_day\"\nabove = 10\nseverity = \"info\"\nlevel = \"{level}\"\n"
        );
        let replayed = replay(&RuleSet::from_text(&text).unwrap(), &rows(20, 20), &settings(None)).unwrap();
        let expected = if level == "ad" { 38 } else { days };
        assert_eq!(replayed.rules[0].object_days, expected, "{level}: two ads, each from its first day to its last");
    }
}

#[test]
fn a_history_without_days_is_refused_and_single_rows_without_one_are_counted() {
    let mut some = rows(10, 10);
    some[3].date = None;
    assert_eq!(replay(&RuleSet::preset("legacy").unwrap(), &some, &settings(None)).unwrap().rows_without_day, 1);
    for row in &mut some {
        row.date = None;
    }
    let error = replay(&RuleSet::preset("legacy").unwrap(), &some, &settings(None)).unwrap_err();
    assert!(error.to_string().contains("no row has a day"), "{error}");
}
