//! Backtests on made data of which the drift is known.
#![expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "made numbers are small")]

use super::*;
use crate::error::ErrorKind;
use crate::model::{Currency, Metrics, Money, Platform};
use crate::predict::features::{Features, PastResult};
use crate::predict::roas::Settings;
use crate::stats::random::Random;

/// Four ads a day; from `break_day` on the revenue is a fifth.
fn made(days: i64, break_day: i64) -> Vec<PastResult> {
    let money = |units: f64| Money::from_micros((units * 1e6) as i64, Currency::BRL);
    let row = |at: i64| {
        let mut luck = Random::at(21, &[at.unsigned_abs()]);
        let (day, platform) = (at / 4, [Platform::Meta, Platform::TikTok][(at % 2) as usize]);
        let base = if platform == Platform::Meta { 1.5 } else { 0.8 };
        let factor = if day >= break_day { 0.2 } else { 1.0 };
        let roas = factor * libm::expm1(base + 0.3 * luck.normal()).max(0.0);
        let date = jiff::civil::date(2026, 1, 1).saturating_add(jiff::ToSpan::days(day));
        let features = Features { platform: Some(platform), date: Some(date), ..Features::default() };
        PastResult {
            features,
            metrics: Metrics { spend: money(100.0), revenue: money(100.0 * roas), ..Metrics::none(Currency::BRL) },
        }
    };
    (0..days * 4).map(row).collect()
}

fn run(past: &[PastResult], retrain_days: usize) -> Backtest {
    let settings = Settings { trees: 40, ..Settings::default() };
    backtest(past, &Plan { settings, retrain_days, ..Plan::default() }).unwrap()
}

fn of<'a>(found: &'a Backtest, method: &str) -> &'a Score {
    found.scores.iter().find(|score| score.method == method).unwrap()
}

#[test]
fn on_steady_data_the_forecast_holds_its_level_and_beats_the_naive_ones() {
    let found = run(&made(45, 1000), 7);
    let methods: Vec<_> = found.scores.iter().map(|score| score.method.as_str()).collect();
    assert_eq!(methods, ["forecast", "adaptive", "mean", "last_value", "prior"]);
    let forecast = of(&found, "forecast");
    assert!((0.84..=0.97).contains(&forecast.coverage), "{forecast:?}");
    assert!(forecast.interval_score < of(&found, "mean").interval_score, "{:?}", found.scores);
    assert_eq!((forecast.results, found.points.len()), (120, 120));
    assert!(!found.rolling.iter().any(|day| day.is_alarm) && found.warnings.is_empty(), "{:?}", found.warnings);
}

#[test]
fn drift_sets_off_the_alarm_and_adaptive_intervals_come_back_sooner() {
    let found = run(&made(60, 40), 60);
    let alarms: Vec<_> = found.rolling.iter().filter(|day| day.is_alarm).collect();
    assert!(alarms[0].date > jiff::civil::date(2026, 2, 9) && alarms.len() > 5, "{alarms:?}");
    assert!(of(&found, "adaptive").coverage > of(&found, "forecast").coverage + 0.03, "{:?}", found.scores);
    assert!(found.warnings.iter().any(|warning| warning.key == "backtest-alarms"));
    assert!(found.next_level > found.level + 0.03, "{}", found.next_level);
    let daily = run(&made(60, 40), 1);
    assert!(of(&daily, "forecast").coverage > of(&found, "forecast").coverage, "{:?}", daily.scores);
}

#[test]
fn a_later_day_never_changes_an_earlier_forecast() {
    let past = made(40, 1000);
    let (whole, cut) = (run(&past, 7), run(&past[..120], 7));
    let shared = cut.points.len() - 40;
    assert!(shared > 20);
    let start = whole.points.iter().position(|point| point.date == cut.points[cut.points.len() - 1].date).unwrap();
    assert!(start > 0);
    let mut changed = past.clone();
    changed.iter_mut().skip(150).for_each(|row| row.metrics.revenue = Money::zero(Currency::BRL));
    let other = run(&changed, 7);
    let before = |found: &Backtest| {
        found
            .points
            .iter()
            .take_while(|point| point.date < changed[150].features.date.unwrap())
            .cloned()
            .collect::<Vec<_>>()
    };
    assert_eq!(before(&whole), before(&other));
}

#[test]
fn rows_without_days_or_with_too_few_are_refused() {
    let mut past = made(20, 1000);
    past[5].features.date = None;
    let error = backtest(&past, &Plan::default()).unwrap_err();
    assert!(error.to_string().starts_with("history[5].date: is missing"), "{error}");
    assert_eq!(backtest(&made(2, 1000), &Plan::default()).unwrap_err().kind(), ErrorKind::NotEnoughData);
    let zero = Plan { retrain_days: 0, ..Plan::default() };
    assert!(backtest(&made(20, 1000), &zero).unwrap_err().to_string().starts_with("retrain_days"));
}
