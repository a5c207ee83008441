use super::daily::{DailyCampaign, DailyRequest, daily_budgets};
use super::probe::Probing;
use super::{CampaignDay, CampaignDays, EditPrice, GroupLimit};
use crate::error::ErrorKind;
use crate::model::{Currency, Money};
use crate::stats::random::Random;

fn brl(micros: i64) -> Money {
    Money::from_micros(micros, Currency::BRL)
}

/// A campaign with a budget of 100 a day and these conversions.
fn campaign(name: &str, group: &str, conversions: impl Fn(usize) -> f64) -> DailyCampaign {
    let day = |number| {
        let conversions = conversions(number);
        let revenue = 100.0 * conversions;
        CampaignDay { budget: 100.0, spend: 100.0, impressions: 1e4, clicks: 100.0, conversions, revenue, known: 1.0 }
    };
    let days = CampaignDays { name: name.to_owned(), group: group.to_owned(), days: (0..30).map(day).collect() };
    DailyCampaign::new(days, brl(100_000_000))
}

fn micros(request: &DailyRequest) -> Vec<i64> {
    daily_budgets(request).unwrap().parts.iter().map(|part| part.after.micros()).collect()
}

#[test]
fn the_better_campaign_gets_a_step_more_and_the_sum_stays() {
    let campaigns = vec![campaign("a", "meta", |_| 1.0), campaign("b", "meta", |_| 4.0)];
    let request = DailyRequest::new(brl(200_000_000), campaigns);
    let found = daily_budgets(&request).unwrap();
    assert_eq!(micros(&request), [80_000_000, 120_000_000]);
    assert_eq!(found.spend, request.total);
    assert!(found.gain.value > 0.0 && found.gain.chance > 0.9, "{:?}", found.gain);
    let after: f64 = found.parts.iter().map(|part| part.value).sum();
    let now: f64 = found.parts.iter().map(|part| part.estimate.value).sum();
    assert!((after - now - found.gain.value).abs() < 1e-9);
}

#[test]
fn a_step_in_odd_cents_is_never_passed_by_a_cent() {
    let mut campaigns = vec![campaign("a", "meta", |_| 0.2), campaign("b", "meta", |_| 6.0)];
    for campaign in &mut campaigns {
        campaign.current = brl(33_330_000);
    }
    let found = micros(&DailyRequest::new(brl(66_660_000), campaigns));
    assert_eq!(found, [26_670_000, 39_990_000]);
    assert!(found[0] * 100 >= 33_330_000 * 80 && found[1] * 100 <= 33_330_000 * 120);
}

#[test]
fn what_fell_lately_is_cut_further_and_never_below_the_least() {
    let fell = |day: usize| if day < 26 { 30.0 } else { 6.0 };
    let campaigns = |least| {
        let mut campaigns =
            vec![campaign("a", "meta", fell), campaign("b", "meta", |_| 30.0), campaign("c", "meta", |_| 30.0)];
        campaigns[0].least = least;
        for campaign in &mut campaigns {
            campaign.max_raise_percent = 50.0;
        }
        campaigns
    };
    let free = micros(&DailyRequest::new(brl(300_000_000), campaigns(None)));
    assert!(free[0] < 60_000_000 && free[0] >= 40_000_000, "{free:?}");
    let held = micros(&DailyRequest::new(brl(300_000_000), campaigns(Some(brl(90_000_000)))));
    assert_eq!(held[0], 90_000_000);
}

#[test]
fn groups_are_held_by_their_names_and_an_edit_has_its_price() {
    let campaigns = || vec![campaign("a", "meta", |_| 1.0), campaign("b", "google", |_| 4.0)];
    let cap = GroupLimit { name: "google".into(), parent: None, floor: None, cap: Some(brl(105_000_000)) };
    let request = DailyRequest { groups: vec![cap], ..DailyRequest::new(brl(200_000_000), campaigns()) };
    assert_eq!(micros(&request), [95_000_000, 105_000_000]);
    let mut dear = campaigns();
    for campaign in &mut dear {
        campaign.edit = Some(EditPrice { free_percent: 5.0, value: 1e6 });
    }
    assert_eq!(micros(&DailyRequest::new(brl(200_000_000), dear)), [95_000_000, 105_000_000]);
}

#[test]
fn probes_keep_the_sum_of_each_pair_and_fall_either_way_as_often() {
    let many = |_| 4.0;
    let campaigns: Vec<_> =
        (0..5).map(|place| campaign(&place.to_string(), if place < 4 { "meta" } else { "google" }, many)).collect();
    let calm = micros(&DailyRequest::new(brl(500_000_000), campaigns.clone()));
    let mut more = [0; 5];
    for seed in 0..200 {
        let probing = Some(Probing { percent: 6.0, seed });
        let request = DailyRequest { probing, ..DailyRequest::new(brl(500_000_000), campaigns.clone()) };
        let found = daily_budgets(&request).unwrap();
        assert_eq!(found.spend.micros(), 500_000_000);
        assert_eq!(found, daily_budgets(&request).unwrap());
        for (place, part) in found.parts.iter().enumerate() {
            let Some(probe) = &part.probe else {
                assert_eq!(place, 4, "it alone has no partner");
                continue;
            };
            assert!(probe.with < 4 && (probe.propensity - 0.5).abs() < 1e-12);
            let by = part.after.micros() - calm[place];
            assert_eq!(by.abs(), 6_000_000);
            assert_eq!(by > 0, probe.is_more);
            more[place] += i32::from(probe.is_more);
        }
    }
    assert!(more[..4].iter().all(|count| (70..=130).contains(count)), "{more:?}");
}

#[test]
fn probes_teach_the_curve_what_budgets_that_stay_cannot() {
    let beliefs = |probed: bool| {
        let campaign = |place: u64| {
            let mut random = Random::at(5, &[place, u64::from(probed)]);
            let day = |_| {
                let budget =
                    if probed { 100.0 * (1.0 + if random.uniform() < 0.5 { 0.06 } else { -0.06 }) } else { 100.0 };
                // Prices rise with the budget: p is 0.4.
                let price = 0.01 * libm::pow(budget / 100.0, 0.6) * random.log_normal(0.01);
                let impressions = budget / price;
                CampaignDay {
                    budget,
                    spend: budget,
                    impressions,
                    clicks: impressions / 100.0,
                    conversions: 3.0,
                    revenue: 300.0,
                    known: 1.0,
                }
            };
            CampaignDays { name: place.to_string(), group: "meta".into(), days: (0..60).map(day).collect() }
        };
        let campaigns: Vec<_> = (0..6).map(campaign).collect();
        let found =
            super::estimate_curves(&campaigns, &super::CurveBeliefs { tiring: 0.0, ..Default::default() }).unwrap();
        match found[0].curve {
            super::ResponseCurve::Power { exponent, .. } => exponent,
            _ => f64::NAN,
        }
    };
    assert!((beliefs(false) - 0.75).abs() < 0.02, "the belief: {}", beliefs(false));
    assert!((beliefs(true) - 0.4).abs() < 0.05, "{}", beliefs(true));
}

#[test]
fn what_is_out_of_range_is_named() {
    let request =
        || DailyRequest::new(brl(200_000_000), vec![campaign("a", "meta", |_| 1.0), campaign("b", "meta", |_| 4.0)]);
    let field = |request: &DailyRequest| {
        let error = daily_budgets(request).unwrap_err();
        assert!(error.kind() == ErrorKind::InvalidInput && error.next_step().is_some(), "{error}");
        error.context_of("field").unwrap_or_default().to_owned()
    };
    let mut wrong = request();
    wrong.campaigns[1].max_cut_percent = 100.0;
    assert_eq!(field(&wrong), "campaigns[1].max_cut_percent");
    let mut wrong = request();
    wrong.campaigns[0].current = Money::from_micros(1, Currency::USD);
    assert_eq!(field(&wrong), "campaigns[0].current");
    let wrong = DailyRequest { probing: Some(Probing { percent: 9.0, seed: 1 }), ..request() };
    assert_eq!(field(&wrong), "probing.percent");
    let mut wrong = request();
    wrong.campaigns[0].days.pop();
    assert_eq!(field(&wrong), "campaigns[1].days");
}
