//! The forecaster on made data of which the truth is known, and on odd data.
#![expect(clippy::cast_possible_truncation, reason = "made numbers are small")]

use super::*;
use crate::error::ErrorKind;
use crate::model::{Currency, Metrics, Money, Platform};
use crate::predict::features::{Feature, Features, PastResult};
use crate::stats::random::Random;

fn money(units: f64) -> Money {
    Money::from_micros((units * 1e6) as i64, Currency::BRL)
}

/// An ad on a platform: video does better on `TikTok`, carousels on Meta; the noise grows with the mean.
pub(super) fn made(rows: usize, seed: u64) -> Vec<PastResult> {
    let row = |at: usize| {
        let mut luck = Random::at(seed, &[at as u64]);
        let platform = [Platform::Meta, Platform::TikTok][at % 2];
        let creative = ["video", "carousel"][at / 2 % 2];
        let middle = match (platform, creative) {
            (Platform::TikTok, "video") => 1.6,
            (Platform::Meta, "carousel") => 1.2,
            _ => 0.6,
        };
        let ratio = libm::expm1(middle + 0.25 * middle * luck.normal()).max(0.0);
        let spend = 50.0 + 100.0 * luck.uniform();
        let features = Features {
            platform: Some(platform),
            creative_type: Some(creative.into()),
            budget: Some(money(spend)),
            ..Features::default()
        };
        let counts = Metrics {
            impressions: 10_000,
            clicks: 150 + luck.below(100),
            conversions: luck.poisson(4.0),
            ..Metrics::none(Currency::BRL)
        };
        PastResult { features, metrics: Metrics { spend: money(spend), revenue: money(ratio * spend), ..counts } }
    };
    (0..rows).map(row).collect()
}

fn learn(past: &[PastResult], settings: &Settings) -> Forecaster {
    Forecaster::learn(past, settings).unwrap()
}

fn questions(past: &[PastResult]) -> Vec<Features> {
    past.iter().map(|row| row.features.clone()).collect()
}

#[test]
fn intervals_hold_their_level_on_rows_never_seen() {
    let (past, fresh) = (made(400, 1), made(800, 2));
    let model = learn(&past, &Settings { trees: 100, ..Settings::default() });
    let answers = model.forecast(&questions(&fresh)).unwrap();
    let (mut inside, mut answered) = (0_usize, 0_usize);
    for (row, answer) in fresh.iter().zip(&answers) {
        if let (Some(low), Some(high)) = (answer.low, answer.high) {
            let roas = row.metrics.roas().unwrap();
            inside += usize::from(low <= roas && roas <= high);
            answered += 1;
        }
    }
    let coverage = inside as f64 / answered as f64;
    assert!(answered > 780 && (0.87..=0.93).contains(&coverage), "{coverage} of {answered}");
    assert!(answers.iter().any(|answer| answer.method == "conformal_quantile_forest"));
}

#[test]
fn the_forest_tells_apart_what_the_mean_of_a_platform_cannot() {
    let model = learn(&made(400, 3), &Settings { trees: 100, target: Some(3.0), ..Settings::default() });
    let ask = |platform, creative: &str| {
        let creative_type = Some(creative.to_owned());
        let budget = Some(money(90.0));
        let row = Features { platform: Some(platform), creative_type, budget, ..Features::default() };
        model.forecast(&[row]).unwrap().remove(0)
    };
    let (good, weak) = (ask(Platform::TikTok, "video"), ask(Platform::TikTok, "carousel"));
    assert!((good.value.unwrap() - libm::expm1(1.6)).abs() < 0.6, "{good:?}");
    assert!((weak.value.unwrap() - libm::expm1(0.6)).abs() < 0.3, "{weak:?}");
    assert_eq!((good.recommendation.advice, weak.recommendation.advice), (Advice::Test, Advice::Avoid));
}

#[test]
fn outside_the_data_it_abstains_and_says_why() {
    let past = made(200, 4);
    let model = learn(&past, &Settings { trees: 50, ..Settings::default() });
    let known = past[0].features.clone();
    let ask = |row: Features| model.forecast(&[row]).unwrap().remove(0);
    let unseen = ask(Features { platform: Some(Platform::LinkedIn), ..known.clone() });
    assert_eq!((unseen.value, unseen.method.as_str()), (None, "abstained"));
    assert!(unseen.warnings.iter().any(|warning| warning.key == "forecast-unseen"));
    assert_eq!(unseen.recommendation.advice, Advice::Abstain);
    let huge = ask(Features { budget: Some(money(1e9)), ..known.clone() });
    assert!(huge.value.is_none() && huge.warnings.iter().any(|warning| warning.key == "forecast-outside"));
    let gap = ask(Features { creative_type: None, ..known });
    assert!(gap.value.is_some() && gap.warnings.iter().any(|warning| warning.key == "forecast-missing"));
}

#[test]
fn a_mix_of_features_that_was_never_tried_is_outside() {
    let of = |platform, creative: &str, at: u64| {
        let mut past = made(1, at).remove(0);
        past.features =
            Features { platform: Some(platform), creative_type: Some(creative.into()), ..Features::default() };
        past.metrics.revenue = money(if platform == Platform::Meta { 400.0 } else { 100.0 });
        past.metrics.revenue = past.metrics.revenue.add(money(at as f64 % 7.0)).unwrap();
        past.metrics.spend = money(if creative == "video" { 100.0 } else { 40.0 });
        past
    };
    let mut past: Vec<_> = (0..60)
        .map(|at| if at % 2 == 0 { of(Platform::Meta, "video", at) } else { of(Platform::TikTok, "story", at) })
        .collect();
    let model = learn(&past, &Settings { trees: 60, ..Settings::default() });
    let asked = Features { platform: Some(Platform::Meta), creative_type: Some("story".into()), ..Features::default() };
    let found = model.forecast(&[asked.clone(), past[0].features.clone()]).unwrap();
    assert!(found[0].warnings.iter().any(|warning| warning.key == "forecast-unlike"), "{:?}", found[0]);
    assert!(found[1].value.is_some());
    // What a question lacks does not open the door.
    past.iter_mut().enumerate().for_each(|(at, row)| row.features.budget = Some(money(50.0 + at as f64)));
    let known = Features { budget: None, ..past[0].features.clone() };
    let found = learn(&past, &Settings { trees: 60, ..Settings::default() }).forecast(&[asked, known]).unwrap();
    assert!(found[0].warnings.iter().any(|warning| warning.key == "forecast-unlike"), "{:?}", found[0]);
    assert!(found[1].value.is_some(), "{:?}", found[1]);
}

#[test]
fn evidence_moves_the_method_from_prior_to_forest() {
    let method = |rows| {
        let past = made(rows, 6);
        let found = learn(&past, &Settings { trees: 50, ..Settings::default() });
        let answer = found.forecast(&[made(2, 6)[1].features.clone()]).unwrap().remove(0);
        assert!(answer.low.unwrap() <= answer.value.unwrap() && answer.value.unwrap() <= answer.high.unwrap());
        assert_eq!(answer.sample_size, rows as u64);
        answer.method
    };
    assert_eq!(method(0), "empirical_bayes");
    assert_eq!(method(9), "empirical_bayes");
    assert_eq!(method(30), "empirical_bayes_and_forest");
    assert_eq!(method(120), "conformal_quantile_forest");
}

#[test]
fn noise_without_features_that_matter_is_answered_by_the_mean() {
    let mut past = made(120, 7);
    for (at, row) in past.iter_mut().enumerate() {
        let mut luck = Random::at(8, &[at as u64]);
        let roas = libm::expm1(1.0 + 0.3 * luck.normal()).max(0.0);
        row.metrics.revenue = row.metrics.spend.scale((1e6 * roas) as i64, 1_000_000).unwrap();
        row.features.budget = Some(money(luck.uniform() * 100.0));
    }
    let model = learn(&past, &Settings { trees: 60, tune: false, ..Settings::default() });
    let answer = model.forecast(&[past[0].features.clone()]).unwrap().remove(0);
    assert!(answer.value.is_some_and(|value| (value - libm::expm1(1.0)).abs() < 0.2), "{answer:?}");
    assert_eq!((answer.method.as_str(), answer.warnings[0].key.as_str()), ("empirical_bayes", "forecast-prior-better"));
}

#[test]
fn the_other_rates_are_learnt_by_the_same_model() {
    let past = made(200, 9);
    for (rate, truth) in [(Rate::Cpa, 25.0), (Rate::Ctr, 0.02), (Rate::Cvr, 0.02)] {
        let model = learn(&past, &Settings { rate, trees: 50, target: Some(truth), ..Settings::default() });
        let answer = model.forecast(&[past[10].features.clone()]).unwrap().remove(0);
        let (value, low) = (answer.value.unwrap(), answer.low.unwrap());
        assert!(low <= value && (value / truth - 1.0).abs() < 0.6, "{rate} {answer:?}");
        assert!(answer.high.is_none_or(|high| high >= value), "{answer:?}");
    }
    let few = learn(&past[..2], &Settings { rate: Rate::Ctr, ..Settings::default() });
    let answer = few.forecast(&[past[0].features.clone()]).unwrap().remove(0);
    assert_eq!((answer.value, answer.warnings[0].key.as_str()), (None, "forecast-too-few"));
}

#[test]
fn odd_data_has_an_error_or_an_honest_answer() {
    let past = made(60, 10);
    let refused = |change: &dyn Fn(&mut PastResult)| {
        let mut rows = past.clone();
        change(&mut rows[3]);
        Forecaster::learn(&rows, &Settings::default()).unwrap_err()
    };
    let negative = refused(&|row| row.metrics.revenue = money(-1.0));
    assert!(negative.to_string().starts_with("history[3].revenue: is negative"), "{negative}");
    let mixed = refused(&|row| row.features.budget = Some(Money::from_micros(1, Currency::USD)));
    assert!(mixed.to_string().contains("BRL") && mixed.to_string().contains("USD"), "{mixed}");
    assert_eq!((negative.kind(), mixed.kind()), (ErrorKind::InvalidInput, ErrorKind::InvalidInput));

    let constant: Vec<_> = past
        .iter()
        .cloned()
        .map(|mut row| {
            row.metrics.spend = money(10.0);
            row.metrics.revenue = money(30.0);
            row
        })
        .collect();
    let answer = learn(&constant, &Settings { target: Some(2.0), ..Settings::default() })
        .forecast(&[past[0].features.clone()])
        .unwrap()
        .remove(0);
    assert!(answer.warnings.iter().any(|warning| warning.key == "forecast-no-spread"), "{answer:?}");
    assert_eq!(answer.recommendation.advice, Advice::Abstain);

    let missing: Vec<_> = past.iter().cloned().map(|row| PastResult { features: Features::default(), ..row }).collect();
    let answer = learn(&missing, &Settings::default()).forecast(&[Features::default()]).unwrap().remove(0);
    assert!(answer.value.is_some() && answer.method == "empirical_bayes", "{answer:?}");

    let idle: Vec<_> =
        past.iter().cloned().map(|row| PastResult { metrics: Metrics::none(Currency::BRL), ..row }).collect();
    let answer = learn(&idle, &Settings::default()).forecast(&[past[0].features.clone()]).unwrap().remove(0);
    assert_eq!(answer.sample_size, 0);
    assert!(answer.warnings.iter().any(|warning| warning.key == "forecast-skipped"), "{answer:?}");
}

#[test]
fn one_row_is_shrunk_to_the_prior_and_a_budget_of_a_billion_is_learnt() {
    let mut past = made(1, 11);
    past[0].metrics.revenue = past[0].metrics.spend.scale(30, 1).unwrap();
    let answer = learn(&past, &Settings::default()).forecast(&[past[0].features.clone()]).unwrap().remove(0);
    assert!(answer.value.unwrap() > 2.0 && answer.value.unwrap() < 15.0, "{answer:?}");
    let mut many = made(100, 12);
    many[50].features.budget = Some(money(1e9));
    many[50].metrics.spend = money(1e9);
    many[50].metrics.revenue = money(2e9);
    let asked = Features { budget: Some(money(1e9)), ..many[50].features.clone() };
    assert!(
        learn(&many, &Settings { trees: 40, ..Settings::default() }).forecast(&[asked]).unwrap()[0]
            .value
            .is_some_and(f64::is_finite)
    );
}

#[test]
fn the_order_of_past_results_changes_no_bit() {
    let past = made(120, 13);
    let mut turned = past.clone();
    turned.reverse();
    turned.swap(3, 77);
    let of = |past: &[PastResult]| {
        let model = learn(past, &Settings { trees: 20, ..Settings::default() });
        model.forecast(&questions(&made(30, 14))).unwrap()
    };
    assert_eq!(of(&past), of(&turned));
}

#[test]
fn practices_of_the_trade_move_the_answer_until_rows_outweigh_them() {
    let practice = crate::model::BestPractice {
        industry: "fashion".into(),
        practice_type: "all".into(),
        description: String::new(),
        average_performance: [("roas".to_owned(), 6.0)].into(),
        roas_variance: 4.0,
        sample_size: 500,
        last_updated: jiff::Timestamp::UNIX_EPOCH,
    };
    let value = |rows: usize, practices: &[crate::model::BestPractice]| {
        let mut past = made(rows, 16);
        for row in &mut past {
            row.metrics.revenue = row.metrics.spend.scale(2, 1).unwrap();
        }
        let settings = Settings { practices: practices.to_vec(), ..Settings::default() };
        learn(&past, &settings).forecast(&[made(1, 6)[0].features.clone()]).unwrap()[0].value.unwrap()
    };
    let practices = [practice];
    assert!((value(0, &[]) - 2.0).abs() < 1e-9 && (value(0, &practices) - 6.0).abs() < 0.2);
    let with_nine = value(9, &practices);
    assert!(with_nine > 2.0 && with_nine < 4.0, "{with_nine}");
}

#[test]
fn beyond_the_data_nothing_is_recommended_whatever_the_stage() {
    for rows in [30, 120] {
        let mut past = made(rows, 7);
        for (at, row) in past.iter_mut().enumerate() {
            row.metrics.revenue = row.metrics.spend.scale(30 + i64::try_from(at).unwrap() % 7, 10).unwrap();
        }
        let model = learn(&past, &Settings { trees: 30, tune: false, target: Some(2.0), ..Settings::default() });
        let asked = Features { platform: Some(Platform::LinkedIn), ..past[0].features.clone() };
        let answer = model.forecast(&[asked]).unwrap().remove(0);
        assert_eq!((answer.recommendation.advice, answer.value.is_some()), (Advice::Abstain, rows == 30), "{answer:?}");
        assert!(answer.warnings.iter().any(|warning| warning.key == "forecast-unseen"), "{answer:?}");
    }
}

#[test]
fn threads_change_no_bit() {
    let past = made(150, 13);
    let of = |threads| {
        let model = learn(&past, &Settings { trees: 40, threads, ..Settings::default() });
        model.forecast(&questions(&made(50, 14))).unwrap()
    };
    assert_eq!(of(1), of(2));
}

#[test]
fn a_half_life_follows_what_changed() {
    let mut past = made(300, 15);
    for (at, row) in past.iter_mut().enumerate() {
        row.features.date =
            Some(jiff::civil::date(2026, 1, 1).saturating_add(jiff::ToSpan::days(i64::try_from(at / 3).unwrap())));
        if at >= 240 {
            row.metrics.revenue = row.metrics.revenue.scale(6, 1).unwrap();
        }
    }
    let value = |half_life_days| {
        let features = vec![Feature::Platform, Feature::CreativeType];
        let settings = Settings { trees: 60, half_life_days, features, ..Settings::default() };
        let asked = Features { date: past[299].features.date, ..past[0].features.clone() };
        learn(&past, &settings).forecast(&[asked]).unwrap()[0].value.unwrap()
    };
    assert!(value(Some(7.0)) > 1.3 * value(None), "{} {}", value(Some(7.0)), value(None));
    assert!(value(Some(0.05)).is_finite());
}

#[test]
fn a_wrong_setting_is_refused_by_its_name() {
    let refused = |settings: Settings| Forecaster::learn(&[], &settings).unwrap_err().to_string();
    assert!(refused(Settings { level: 1.0, ..Settings::default() }).starts_with("level"));
    assert!(refused(Settings { target: Some(-1.0), ..Settings::default() }).starts_with("target"));
    assert!(refused(Settings { half_life_days: Some(0.0), ..Settings::default() }).starts_with("half_life_days"));
    assert!(refused(Settings { features: vec![], ..Settings::default() }).starts_with("features"));
}

#[test]
fn practices_of_absurdly_many_ads_make_no_panic() {
    let practice = |name: &str| crate::model::BestPractice {
        industry: "fashion".into(),
        practice_type: name.into(),
        description: name.into(),
        average_performance: [("roas".to_owned(), 3.0)].into(),
        sample_size: u64::MAX / 2,
        roas_variance: 1.0,
        last_updated: jiff::Timestamp::UNIX_EPOCH,
    };
    let practices = ["platform:meta", "platform:google", "platform:tiktok"].map(practice).to_vec();
    let model = Forecaster::learn(&made(6, 3), &Settings { practices, ..Settings::default() }).unwrap();
    let found = model.forecast(&[made(1, 3)[0].features.clone()]).unwrap();
    assert!(found[0].value.is_some_and(f64::is_finite), "{found:?}");
}
