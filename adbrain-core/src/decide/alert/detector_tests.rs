//! Tests of the detector over series with and without trouble.

use jiff::SignedDuration;

use super::*;
use crate::alert::Severity;
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

fn guarded() -> Detector {
    Detector::new(RuleSet::preset("guarded").unwrap())
}

fn look(detector: &mut Detector, seen: &Observation<'_>) -> Look {
    detector.observe(seen.at, std::slice::from_ref(seen)).unwrap()
}

/// Runs a detector every ten minutes over a series; the ad set returns `roas` on its mature days, with a target of 3.
fn watch(hourly: &[(Timestamp, Metrics)], (bid, roas): (Option<Money>, f64)) -> Detector {
    let mut detector = guarded();
    let tag = Tag::new("set");
    let revenue = money(5_000.0 * roas);
    let matured = Metrics { conversions: 100, spend: money(5_000.0), revenue, ..Metrics::none(Currency::BRL) };
    let mut from = hourly.first().unwrap().0;
    while from <= hourly.last().unwrap().0 {
        for tick in 0..6 {
            let at = from + HOUR + SignedDuration::from_mins(10 * tick);
            let seen = Observation {
                hourly,
                bid,
                matured: matured.clone(),
                target_roas: Some(3.0),
                ..Observation::new(Platform::Meta, &tag, at, money(50.0))
            };
            look(&mut detector, &seen);
        }
        from += HOUR;
    }
    detector
}

/// The episodes of one rule.
fn of<'a>(detector: &'a Detector, rule: &str) -> Vec<&'a Episode> {
    detector.episodes().iter().filter(|episode| episode.rule == rule).collect()
}

/// On target.
const GOOD: (Option<Money>, f64) = (None, 3.0);

#[test]
fn a_calm_series_gives_no_episode() {
    for seed in 0..5 {
        assert_eq!(watch(&series(10, 3000.0, seed, |_| 1.0), GOOD).episodes(), [], "seed {seed}");
    }
}

#[test]
fn noisy_prices_give_almost_no_episode() {
    let mut episodes = 0;
    for seed in 0..20 {
        let noise: Vec<f64> = (0..240).map(|hour| Random::at(seed, &[9, hour]).log_normal(0.10)).collect();
        let hourly = series(10, 3000.0, seed, |hour| noise[hour as usize]);
        let mut detector = guarded();
        let tag = Tag::new("set");
        for (from, _) in &hourly {
            let seen =
                Observation { hourly: &hourly, ..Observation::new(Platform::Meta, &tag, *from + HOUR, money(50.0)) };
            look(&mut detector, &seen);
        }
        episodes += detector.episodes().len();
    }
    assert!(episodes <= 3, "{episodes} in 140 watched days without a change");
}

#[test]
fn a_spike_gives_exactly_one_episode_over_many_ticks() {
    let spike = |hour: u32| if (150..156).contains(&hour) { 1.6 } else { 1.0 };
    let detector = watch(&series(10, 3000.0, 3, spike), (Some(money(2.0)), 2.7));
    let spikes = of(&detector, "cost_spike");
    let [episode] = spikes.as_slice() else { panic!("{spikes:?}") };
    assert_eq!(episode.severity, Severity::High);
    assert_eq!(episode.opened_at, start() + HOUR * 151, "as soon as the first dear hour is over");
    assert_eq!(episode.closed_at, Some(start() + HOUR * 159), "two calm hours after the first calm one was seen");
    let change = ChangeKind::SetBid { before: money(2.0), after: money(1.8) };
    assert_eq!(episode.proposals.len(), 1);
    assert_eq!((&episode.proposals[0].kind, &episode.proposals[0].cause), (&change, &episode.key));
    let text = episode.message.text(Language::Portuguese);
    assert!(text.starts_with("CPM aumentou ") && text.ends_with("% na última hora"), "{text}");
}

#[test]
fn a_shift_of_prices_is_followed_while_it_grows() {
    let small = series(9, 3000.0, 3, |hour| if hour >= 150 { 1.12 } else { 1.0 });
    assert!(of(&watch(&small, GOOD), "price_rise").is_empty(), "12 % is no rise to tell");
    let grown = series(9, 3000.0, 3, |hour| [1.0, 1.12, 1.6][usize::from(hour >= 150) + usize::from(hour >= 170)]);
    let detector = watch(&grown, GOOD);
    let [episode, ..] = of(&detector, "price_rise")[..] else { panic!("not told") };
    assert!((start() + HOUR * 171..=start() + HOUR * 178).contains(&episode.opened_at), "{}", episode.opened_at);
}

#[test]
fn delivery_that_stops_and_spend_that_runs_away_are_told_once() {
    let mut hourly = series(12, 3000.0, 3, |_| 1.0);
    hourly.retain(|(hour, _)| !(start() + HOUR * 200..start() + HOUR * 230).contains(hour));
    let detector = watch(&hourly, GOOD);
    let [stop] = of(&detector, "delivery_stop")[..] else { panic!("{:?}", detector.episodes()) };
    // Reports may be two hours late, and one look is not enough.
    assert!((start() + HOUR * 203..=start() + HOUR * 205).contains(&stop.opened_at), "{}", stop.opened_at);
    assert!(stop.closed_at.is_some_and(|at| at >= start() + HOUR * 230), "{stop:?}");
    assert_eq!(of(&detector, "spend_runaway"), Vec::<&Episode>::new());

    let grown = series(10, 3000.0, 3, |hour| if (200..210).contains(&hour) { 2.5 } else { 1.0 });
    let detector = watch(&grown, GOOD);
    let [runaway] = of(&detector, "spend_runaway")[..] else { panic!("{:?}", detector.episodes()) };
    assert_eq!(runaway.opened_at, start() + HOUR * 201);
    assert!(runaway.proposals.is_empty(), "it is told, and nothing is changed");
}

#[test]
fn thin_hours_and_short_baselines_give_no_episode() {
    let spike = |hour: u32| if hour >= 150 { 3.0 } else { 1.0 };
    let thin = watch(&series(8, 300.0, 1, spike), GOOD);
    assert!(of(&thin, "cost_spike").is_empty(), "300 impressions an hour");
    assert!(!of(&thin, "price_rise").is_empty(), "the price of the platform is three times the usual one all the same");
    assert_eq!(watch(&series(2, 3000.0, 1, |hour| f64::from(hour + 1)), GOOD).episodes(), [], "two days");
}

#[test]
fn a_lowest_cost_ad_set_gets_advice_alone_and_one_that_still_earns_keeps_its_bid() {
    let spike = |hour: u32| if hour >= 150 { 1.6 } else { 1.0 };
    let hourly = series(7, 3000.0, 3, spike);
    let proposed = |ad_set| of(&watch(&hourly, ad_set), "cost_spike")[0].proposals.len();
    assert_eq!(proposed(GOOD), 0);
    assert_eq!(proposed((Some(money(2.0)), 2.7)), 1);
    assert_eq!(proposed((Some(money(2.0)), 9.0)), 0, "9 / 1.6 is above 3");
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
        let found = look(&mut guarded(), &seen(ads));
        assert_eq!((found.episodes.len(), found.episodes[0].severity), (1, Severity::Critical));
        let proposals = found.proposals();
        assert_eq!(found.episodes[0].proposals, proposals);
        proposals.iter().map(|change| change.target.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(paused(&ads), ["a", "c", "b"]);
    let two = [ads[0].clone(), ads[3].clone()];
    assert_eq!(paused(&two), ["a"]);
    assert!(paused(&ads[..2]).is_empty(), "two bad ones: neither is surely the worse");
    assert!(paused(&ads[..1]).is_empty());
}

#[test]
fn money_moves_to_the_better_ad_set_and_the_sum_stays() {
    let [bad, good, best] = ["bad", "good", "best"].map(Tag::new);
    let seen = |tag, (conversions, budget)| Observation {
        matured: sales(conversions, 10_000.0),
        target_roas: Some(3.0),
        ..Observation::new(Platform::Meta, tag, start(), money(budget))
    };
    let all = [seen(&bad, (100, 500.0)), seen(&good, (400, 300.0)), seen(&best, (500, 300.0))];
    let found = guarded().observe(start(), &all).unwrap();
    let kinds: Vec<_> = found.proposals().into_iter().map(|change| (change.target.to_string(), change.kind)).collect();
    let set = |before: f64, after: f64| ChangeKind::SetDailyBudget { before: money(before), after: money(after) };
    assert_eq!(
        kinds,
        [("bad".to_owned(), set(500.0, 440.0)), ("best".to_owned(), set(300.0, 360.0))],
        "a raise of a fifth"
    );
    let alone = guarded().observe(start(), &all[..1]).unwrap();
    assert!(alone.proposals().is_empty() && alone.episodes.len() == 1);
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
        assert!(look(&mut guarded(), &seen).episodes.is_empty(), "{conversions}");
    }
    let seen = Observation {
        matured: sales(0, 20_000.0),
        target_roas: Some(3.0),
        order_value: Some(money(100.0)),
        ..Observation::new(Platform::Meta, &tag, start(), money(50.0))
    };
    let opened = look(&mut guarded(), &seen).episodes;
    assert_eq!(opened.len(), 1, "nothing sold, and it is known what a sale brings");
}

#[test]
fn a_restart_tells_and_decides_nothing_twice() {
    let spike = |hour: u32| if hour >= 150 { 1.6 } else { 1.0 };
    let hourly = series(7, 3000.0, 3, spike);
    let before = watch(&hourly, (Some(money(2.0)), 2.7));
    let kept = serde_json::to_string(&before.state()).unwrap();
    let mut after = Detector::resume(RuleSet::preset("guarded").unwrap(), serde_json::from_str(&kept).unwrap());
    assert_eq!(before, after);
    let tag = Tag::new("set");
    let at = start() + HOUR * 169;
    let seen = Observation { hourly: &hourly, ..Observation::new(Platform::Meta, &tag, at, money(50.0)) };
    let found = look(&mut after, &seen);
    assert!(found.episodes.is_empty() && found.notifications.is_empty() && found.decisions.is_empty());
    assert_eq!(after.open_episodes().count(), before.open_episodes().count());
}

#[test]
fn settings_that_cannot_be_used_are_refused() {
    let wrong = MetricSettings { order_value_dispersion: 0.5, ..MetricSettings::default() };
    assert!(guarded().with_settings(wrong).unwrap_err().to_string().contains("alerts.order_value_dispersion"));
}
