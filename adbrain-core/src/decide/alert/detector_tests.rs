//! Tests of the detector over series with and without trouble.

use super::*;
use crate::model::{ChangeKind, Currency, Language, Metrics, Money, Platform, Tag};
use crate::stats::random::Random;

const HOUR: SignedDuration = SignedDuration::from_hours(1);

#[expect(clippy::cast_possible_truncation, reason = "small amounts of a test")]
fn money(units: f64) -> Money {
    Money::from_micros((units * 1e6).round() as i64, Currency::BRL)
}

fn start() -> Timestamp {
    "2026-12-01T00:00:00Z".parse().unwrap()
}

/// Hours with a daily rhythm of prices of 25 %, noise of 4 % and a factor for the price of each hour.
fn series(days: u32, impressions: f64, seed: u64, factor: impl Fn(u32) -> f64) -> Vec<(Timestamp, Metrics)> {
    let mut random = Random::at(seed, &[1]);
    (0..days * 24)
        .map(|hour| {
            let shown = random.poisson(impressions);
            let rhythm = 1.0 + 0.25 * libm::sin(f64::from(hour) / 24.0 * std::f64::consts::TAU);
            let cpm = 20.0 * rhythm * random.log_normal(0.04) * factor(hour);
            let spend = money(shown as f64 / 1000.0 * cpm);
            (start() + HOUR * hour.cast_signed(), Metrics { impressions: shown, spend, ..Metrics::none(Currency::BRL) })
        })
        .collect()
}

/// Runs a detector every ten minutes over a series.
fn watch(hourly: &[(Timestamp, Metrics)], bid: Option<Money>) -> Detector {
    let mut detector = Detector::new(AlertSettings::default()).unwrap();
    let tag = Tag::new("set");
    for (from, _) in hourly {
        for tick in 0..6 {
            let at = *from + HOUR + SignedDuration::from_mins(10 * tick);
            let seen = Observation { hourly, bid, ..Observation::new(Platform::Meta, &tag, at, money(50.0)) };
            detector.observe(&seen);
        }
    }
    detector
}

#[test]
fn a_calm_series_gives_no_episode() {
    for seed in 0..5 {
        assert_eq!(watch(&series(10, 3000.0, seed, |_| 1.0), None).episodes(), [], "seed {seed}");
    }
}

#[test]
fn noisy_prices_give_almost_no_episode() {
    let mut episodes = 0;
    for seed in 0..20 {
        let noise: Vec<f64> = (0..240).map(|hour| Random::at(seed, &[9, hour]).log_normal(0.10)).collect();
        let hourly = series(10, 3000.0, seed, |hour| noise[hour as usize]);
        let mut detector = Detector::new(AlertSettings::default()).unwrap();
        let tag = Tag::new("set");
        for (from, _) in &hourly {
            let seen =
                Observation { hourly: &hourly, ..Observation::new(Platform::Meta, &tag, *from + HOUR, money(50.0)) };
            detector.observe(&seen);
        }
        episodes += detector.episodes().len();
    }
    assert!(episodes <= 3, "{episodes} in 140 watched days without a change");
}

#[test]
fn a_spike_gives_exactly_one_episode_over_many_ticks() {
    let spike = |hour: u32| if (150..156).contains(&hour) { 1.6 } else { 1.0 };
    let detector = watch(&series(10, 3000.0, 3, spike), Some(money(2.0)));
    let [episode] = detector.episodes() else { panic!("{:?}", detector.episodes()) };
    assert_eq!((episode.rule.as_str(), episode.severity), ("cost_spike", Severity::High));
    assert_eq!(episode.opened_at, start() + HOUR * 151, "as soon as the first dear hour is over");
    assert_eq!(episode.closed_at, Some(start() + HOUR * 159), "two calm hours after the first calm one was seen");
    let change = ChangeKind::SetBid { before: money(2.0), after: money(1.8) };
    assert_eq!(episode.proposals.len(), 1);
    assert_eq!((&episode.proposals[0].kind, &episode.proposals[0].cause), (&change, &episode.key));
    let text = episode.message.text(Language::Portuguese);
    assert!(text.starts_with("CPM aumentou ") && text.ends_with("% na última hora"), "{text}");
}

#[test]
fn thin_hours_and_short_baselines_give_no_episode() {
    let spike = |hour: u32| if hour >= 150 { 3.0 } else { 1.0 };
    assert_eq!(watch(&series(8, 300.0, 1, spike), None).episodes(), [], "300 impressions an hour");
    assert_eq!(watch(&series(2, 3000.0, 1, |hour| f64::from(hour + 1)), None).episodes(), [], "two days");
}

#[test]
fn a_lowest_cost_ad_set_gets_advice_alone_and_a_floor_holds() {
    let spike = |hour: u32| if hour >= 150 { 1.6 } else { 1.0 };
    let hourly = series(7, 3000.0, 3, spike);
    assert!(watch(&hourly, None).episodes()[0].proposals.is_empty());
    let tag = Tag::new("set");
    let mut seen = Observation::new(Platform::Meta, &tag, start(), money(50.0));
    for (bid, floor, after) in [(2.0, 1.9, Some(1.9)), (1.9, 1.9, None), (0.01, 0.01, None), (0.15, 0.01, Some(0.14))] {
        (seen.bid, seen.bid_floor) = (Some(money(bid)), Some(money(floor)));
        let change = propose::bid_cut(&AlertSettings::default(), &seen, "key").pop();
        let expected = after.map(|after| ChangeKind::SetBid { before: money(bid), after: money(after) });
        assert_eq!(change.map(|change| change.kind), expected, "{bid}");
    }
}

fn sales(conversions: u64, spend: f64) -> Metrics {
    let revenue = money(conversions as f64 * 100.0);
    Metrics { impressions: 5000, conversions, spend: money(spend), revenue, ..Metrics::none(Currency::BRL) }
}

#[test]
fn a_sure_drop_pauses_the_worst_ads_but_never_the_last() {
    let tag = Tag::new("set");
    let ads: Vec<_> = [(0, "a"), (2, "b"), (1, "c"), (120, "good"), (3, "d")]
        .map(|(conversions, name)| (Tag::new(name), sales(conversions, 2000.0)))
        .to_vec();
    let seen = |ads| Observation {
        matured: sales(126, 10_000.0),
        target_roas: Some(3.0),
        active_ads: ads,
        ..Observation::new(Platform::Meta, &tag, start(), money(500.0))
    };
    let paused = |ads| {
        let opened = Detector::new(AlertSettings::default()).unwrap().observe(&seen(ads));
        assert_eq!((opened.len(), opened[0].severity), (1, Severity::Critical));
        opened[0].proposals.iter().map(|change| change.target.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(paused(&ads), ["a", "c", "b"]);
    assert_eq!(paused(&ads[..2]), ["a"]);
    assert!(paused(&ads[..1]).is_empty());
}

#[test]
fn thin_or_uncertain_returns_open_nothing() {
    let tag = Tag::new("set");
    let cases = [(1, 200.0), (20, 1000.0), (0, 100.0), (0, 20_000.0)];
    for (conversions, spend) in cases {
        let seen = Observation {
            matured: sales(conversions, spend),
            target_roas: Some(3.0),
            ..Observation::new(Platform::Meta, &tag, start(), money(50.0))
        };
        assert!(Detector::new(AlertSettings::default()).unwrap().observe(&seen).is_empty(), "{conversions}");
    }
    let seen = Observation {
        matured: sales(0, 20_000.0),
        target_roas: Some(3.0),
        order_value: Some(money(100.0)),
        ..Observation::new(Platform::Meta, &tag, start(), money(50.0))
    };
    let opened = Detector::new(AlertSettings::default()).unwrap().observe(&seen);
    assert_eq!(opened.len(), 1, "nothing sold, and it is known what a sale brings");
}

#[test]
fn a_restart_tells_nothing_twice() {
    let spike = |hour: u32| if hour >= 150 { 1.6 } else { 1.0 };
    let hourly = series(7, 3000.0, 3, spike);
    let before = watch(&hourly, None);
    let mut after: Detector = serde_json::from_str(&serde_json::to_string(&before).unwrap()).unwrap();
    assert_eq!(before, after);
    let tag = Tag::new("set");
    let at = start() + HOUR * 168;
    let seen = Observation { hourly: &hourly, ..Observation::new(Platform::Meta, &tag, at, money(50.0)) };
    assert!(after.observe(&seen).is_empty());
    assert_eq!(after.open_episodes().count(), 1);
}

#[test]
fn settings_that_contradict_each_other_are_refused() {
    let mut settings = AlertSettings::default();
    settings.cost_spike.clear_rise = 0.5;
    assert!(Detector::new(settings).unwrap_err().to_string().contains("cost_spike.clear_rise"));
}
