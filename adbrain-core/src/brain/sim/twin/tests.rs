//! Accounts that a known world made, and their twins; plans tried in them.

mod made;

use std::ops::RangeInclusive;

use super::days::Counts;
use super::learn::spread_of_ads;
use super::{FitOptions, PlanOptions, Twin, Verdict, fit, try_plan};
use crate::ErrorKind;
use crate::market::World;
use crate::measure::import_file;
use crate::model::{Currency, History, MediaPlan, Money};
use crate::sim::ground::{flight, members, plan as plan_of_trial};
use crate::sim::{Contender, run};
use made::{Made, USUAL, account, truth};

fn options(seeds: u64) -> FitOptions {
    FitOptions { seeds: 1..=seeds, ..FitOptions::default() }
}

fn value(twin: &Twin, field: &str) -> f64 {
    twin.fit.learnt.iter().find(|learnt| learnt.field == field).unwrap_or_else(|| panic!("{field}")).value
}

fn why_kept<'a>(twin: &'a Twin, field: &str) -> Option<&'a str> {
    twin.fit.kept.iter().find(|kept| kept.field == field).map(|kept| kept.reason.key.as_str())
}

/// Without luck in the qualities of campaigns, levels are those of the world itself.
#[test]
fn a_twin_finds_the_world_that_made_the_account() {
    let truth = truth().with(Vec::new(), 0.0);
    let wanted = [
        ("platform.meta.cpm_usd", 15.0, 0.12),
        ("platform.meta.ctr", 0.014, 0.06),
        ("platform.meta.cvr", 0.05, 0.22),
        ("platform.meta.order_value_usd", 60.0, 0.12),
        ("platform.google.cpm_usd", 150.0, 0.12),
        ("platform.google.ctr", 0.04, 0.06),
        ("platform.google.cvr", 0.09, 0.22),
        ("platform.google.order_value_usd", 90.0, 0.12),
        ("order.sd", 0.6, 0.2),
        ("rhythm.price_by_weekday.1", 0.9, 0.05),
        ("rhythm.price_by_weekday.6", 1.1, 0.05),
        ("auction.competition_sd", 0.05, 0.4),
        ("auction.competition_memory", 0.8, 0.25),
    ];
    for seed in 1..=4 {
        let twin = fit(&account(&truth, &USUAL, seed), &options(9)).unwrap();
        for (field, wanted, tolerance) in wanted {
            let found = value(&twin, field);
            assert!((found / wanted - 1.0).abs() < tolerance, "seed {seed}: {field} is {found}, not {wanted}");
        }
        assert_eq!(why_kept(&twin, "auction.spend_exponent"), Some("twin-kept-exponent-spend"));
        assert!(value(&twin, "creative.audience_sd") < 0.22 && value(&twin, "creative.asset_sd") < 0.3);
    }
}

#[test]
fn budgets_that_move_tell_what_more_spend_does_to_prices() {
    let made = Made { moves: 0.6, ..USUAL };
    let mut sum = 0.0;
    for seed in 1..=4 {
        let twin = fit(&account(&truth(), &made, seed), &options(9)).unwrap();
        let found = value(&twin, "auction.spend_exponent");
        assert!((0.25..0.42).contains(&found), "seed {seed}: {found}");
        sum += found;
    }
    assert!((0.28..0.37).contains(&(sum / 4.0)), "{sum}");
}

/// 12 accounts, two platforms each, five metrics on days that were not learnt from.
#[test]
fn intervals_of_80_percent_hold_70_to_90_percent_of_what_they_have_not_seen() {
    let (mut held, mut days_held, mut all, mut good) = (0.0, 0.0, 0.0, 0);
    for seed in 1..=12 {
        let twin = fit(&account(&truth(), &Made { days: 48, ..USUAL }, seed), &options(20)).unwrap();
        for platform in &twin.fit.platforms {
            good += u32::from(platform.verdict == Verdict::Good);
            assert_ne!(platform.verdict, Verdict::NotUsable, "{platform:?}");
            for name in ["cpm", "ctr", "cvr", "conversions", "roas"] {
                let metric = platform.held_out.metric(name).unwrap();
                held += f64::from(u8::from(metric.is_inside.unwrap()));
                days_held += metric.days_inside.unwrap();
                all += 1.0;
            }
        }
    }
    assert!((0.7..=0.9).contains(&(held / all)), "{} of the figures", held / all);
    assert!((0.7..=0.95).contains(&(days_held / all)), "{} of the days", days_held / all);
    // A good one has every figure inside or near, so that of sound intervals of 80 % many are called rough.
    assert!(good >= 10, "{good} of 24 are good");
}

#[test]
fn three_days_leave_the_world_nearly_as_it_was_and_are_not_usable() {
    let history = account(&truth(), &Made { days: 3, ..USUAL }, 1);
    let twin = fit(&history, &options(9)).unwrap();
    let usual = World::builtin().unwrap().learnable();
    for (name, own) in &twin.world.learnable().platforms {
        let before = usual.platforms.get(name).unwrap();
        for (after, before) in [(own.cpm_usd, before.cpm_usd), (own.ctr, before.ctr), (own.cvr, before.cvr)] {
            assert!((0.8..1.25).contains(&(after / before)), "{name}: {before} became {after}");
        }
    }
    assert!(twin.fit.platforms.iter().all(|platform| platform.verdict == Verdict::NotUsable));
    for (field, key) in [
        ("rhythm.price_by_weekday", "twin-kept-weekdays"),
        ("auction.spend_exponent", "twin-kept-exponent-days"),
        ("auction.competition_memory", "twin-kept-memory"),
        ("creative.conversion_drift_sd", "twin-kept-drift"),
        ("platform.tiktok", "twin-kept-no-rows"),
    ] {
        assert_eq!(why_kept(&twin, field), Some(key), "{field}");
    }
    let short = fit(&account(&truth(), &Made { days: 2, ..USUAL }, 1), &options(9)).unwrap_err();
    assert_eq!((short.kind(), short.context_of("field")), (ErrorKind::NotEnoughData, Some("history.rows")));
    assert!(short.to_string().contains("2 days") && short.to_string().contains("at least 3"), "{short}");
}

#[test]
fn amounts_are_those_of_the_account_whatever_its_currency() {
    let brl = Made { currency: Currency::BRL, budget: 120.0 * 5.4, days: 28, ..USUAL };
    let (one, other) = (
        fit(&account(&truth(), &brl, 3), &options(9)).unwrap(),
        fit(&account(&truth(), &Made { days: 28, ..USUAL }, 3), &options(9)).unwrap(),
    );
    for field in ["platform.meta.cpm_usd", "platform.google.order_value_usd"] {
        let (one, other) = (value(&one, field), value(&other, field));
        assert!((one / other - 1.0).abs() < 0.02, "{field}: {one} {other}");
    }
}

#[tokio::test]
async fn a_twin_is_the_same_each_time_and_from_its_file() {
    let history = account(&truth(), &Made { days: 21, ..USUAL }, 5);
    let (one, again) = (fit(&history, &options(9)).unwrap(), fit(&history, &options(9)).unwrap());
    assert_eq!(one, again);
    let text = one.world.to_toml().unwrap();
    let mut read = World::from_toml(&text).unwrap();
    assert_eq!((read.to_toml().unwrap(), &read), (text, &one.world));
    let mut own = one.world;
    for world in [&mut own, &mut read] {
        let trial = world.trial.as_mut().unwrap();
        (trial.warm_up_days, trial.days) = (2, 3);
    }
    let policies = [Contender::named("equal").unwrap()];
    let scores = run(&own, &policies, 1).await.unwrap();
    assert_eq!(run(&read, &policies, 1).await.unwrap(), scores);
    assert!(scores.iter().all(|score| score.spend > 0.0));
}

type Change = fn(&mut History);

fn dateless(history: &mut History) {
    for row in &mut history.rows {
        row.date = None;
    }
}

#[test]
fn what_is_wrong_in_a_history_is_named() {
    let sound = account(&truth(), &Made { days: 7, campaigns: 1, ..USUAL }, 1);
    let with = |change: fn(&mut History)| {
        let mut history = sound.clone();
        change(&mut history);
        fit(&history, &options(9)).unwrap_err()
    };
    let cases: [(Change, &str); 5] = [
        (|history| history.rows.clear(), "history.rows"),
        (dateless, "history.rows"),
        (|history| history.rows[0].metrics.clicks = u64::MAX, "history.rows.clicks"),
        (|history| history.currency = Currency::BRL, "history.rows.spend"),
        (|history| history.rows[0].metrics.spend = Money::from_micros(-1, Currency::USD), "history.rows.spend"),
    ];
    for (change, field) in cases {
        let error = with(change);
        assert_eq!((error.kind(), error.context_of("field")), (ErrorKind::InvalidInput, Some(field)), "{error}");
    }
    for seeds in [1..=8, RangeInclusive::new(5, 4), 1..=u64::MAX] {
        let error = fit(&sound, &FitOptions { seeds, ..FitOptions::default() }).unwrap_err();
        assert_eq!(error.context_of("field"), Some("seeds"));
    }
    assert!(fit(&sound, &FitOptions { name: " ".into(), ..options(9) }).is_err());
}

#[test]
fn rows_without_a_day_and_days_too_long_ago_are_told() {
    let mut history = account(&truth(), &Made { days: 7, campaigns: 1, ..USUAL }, 1);
    history.rows[0].date = None;
    history.rows[1].date = Some("2024-01-01".parse().unwrap());
    let twin = fit(&history, &options(9)).unwrap();
    let keys: Vec<&str> = twin.fit.notes.iter().map(|note| note.key.as_str()).collect();
    assert_eq!(keys, ["twin-undated", "twin-old"]);
}

/// The published Facebook file has no days, but it shows how far ads of one campaign lie apart.
#[test]
fn ads_of_the_real_facebook_file_lie_apart_as_those_of_the_world() {
    let Ok(folder) = std::env::var("ADBRAIN_TEST_DATA") else {
        println!("skipped: ads_of_the_real_facebook_file_lie_apart_as_those_of_the_world needs ADBRAIN_TEST_DATA");
        return;
    };
    let path = format!("{folder}/data/kag-facebook-ads/KAG_conversion_data.csv");
    let history = import_file(&std::fs::read(path).unwrap(), None, Currency::USD).unwrap();
    let mut groups: std::collections::BTreeMap<&str, Vec<Counts>> = std::collections::BTreeMap::new();
    for row in &history.rows {
        groups.entry(&row.campaign).or_default().push(Counts::of_metrics(&row.metrics));
    }
    let groups: Vec<&[Counts]> = groups.values().map(Vec::as_slice).collect();
    let (variance, ads) = spread_of_ads(&groups, 0.11);
    assert!(ads > 300, "{ads}");
    assert!((0.02..0.3).contains(&variance), "{variance}");
    assert_eq!(fit(&history, &options(9)).unwrap_err().context_of("field"), Some("history.rows"));
}

/// The plan of a family's account.
fn plan(world: &World) -> MediaPlan {
    let mut trial = world.trial.clone().unwrap();
    (trial.warm_up_days, trial.days) = (1, 5);
    let (members, flight) = (members(&trial), flight(&trial).unwrap());
    let budgets = vec![Money::from_micros(50_000_000, trial.currency); members.len()];
    plan_of_trial(&trial, (&members, &flight), (1, &budgets))
}

#[tokio::test]
async fn a_plan_is_tried_within_its_caps_and_the_same_each_time() {
    let world = World::family("stationary").unwrap();
    let plan = plan(&world);
    let options = PlanOptions { seeds: 1..=9, days: Some(4), target_roas: Some(0.1) };
    let trial = try_plan(&world, &plan, &options).await.unwrap();
    let wanted = plan.daily_budget().unwrap().to_units() * 4.0;
    assert!((trial.all.spend.mean / wanted - 1.0).abs() < 0.1, "{trial:?}");
    let sum: f64 = trial.platforms.iter().map(|platform| platform.spend.mean).sum();
    assert!((sum / trial.all.spend.mean - 1.0).abs() < 1e-9 && trial.platforms.len() == 4);
    let roas = trial.all.roas.unwrap();
    assert!(roas.low < roas.mean && roas.mean < roas.high && trial.all.conversions.mean > 1.0, "{trial:?}");
    assert_eq!((trial.cap_breaches, trial.days, trial.seeds, trial.is_simulation), (0, 4, 9, true));
    assert!(trial.chance_of_target.is_some_and(|chance| chance > 0.9), "{trial:?}");
    assert_eq!(try_plan(&world, &plan, &options).await.unwrap(), trial);
}

#[tokio::test]
async fn a_plan_that_cannot_be_tried_says_why() {
    let world = World::family("stationary").unwrap();
    let (sound, options) = (plan(&world), PlanOptions { seeds: 1..=9, ..PlanOptions::default() });
    let with = async |plan: &MediaPlan, options: PlanOptions| try_plan(&world, plan, &options).await.unwrap_err();
    let empty = MediaPlan { campaigns: Vec::new(), ..sound.clone() };
    assert_eq!(with(&empty, options.clone()).await.context_of("field"), Some("plan.campaigns"));
    for (wrong, field) in [
        (PlanOptions { days: Some(900), ..options.clone() }, "days"),
        (PlanOptions { seeds: 1..=2, ..options.clone() }, "seeds"),
        (PlanOptions { target_roas: Some(f64::NAN), ..options.clone() }, "target_roas"),
    ] {
        assert_eq!(with(&sound, wrong).await.context_of("field"), Some(field));
    }
    let mut tight = sound.clone();
    tight.limits.daily_cap = Money::from_micros(1_000_000, sound.currency);
    assert_eq!(with(&tight, options).await.kind(), ErrorKind::Refused);
}
