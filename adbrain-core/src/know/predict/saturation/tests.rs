//! Golden values, laws, and what bad input gets.

use super::*;
use crate::stats::Undefined;
use crate::stats::random::Random;

fn close(got: f64, wanted: f64, within: f64) {
    assert!((got - wanted).abs() < within, "got {got}, expected {wanted}");
}

fn curve(people: f64, shape: f64) -> Curve {
    Curve::new(people, shape, USUAL_HABITUATION).unwrap()
}

/// A campaign that follows a curve without noise, `daily` impressions a day.
fn delivery(curve: &Curve, daily: f64, days: u32) -> Delivery {
    let day = |day: u32| {
        let shown = f64::from(day) * daily;
        let clicks = 0.02 * daily * curve.response(shown - 0.5 * daily);
        DeliveryDay { impressions: daily, reach: curve.reach(shown), clicks: Some(clicks) }
    };
    Delivery { size: curve.people, overlap: 0.0, days: (1..=days).map(day).collect() }
}

fn median(found: &Saturation) -> u32 {
    found.days_to_saturation.median.unwrap_or(u32::MAX)
}

#[test]
fn responses_are_those_of_a_size_biased_negative_binomial() {
    // Summed with numpy from the definition.
    for (shown, shape, wanted) in
        [(1.0, 1.0, 0.707_614), (3.0, 1.0, 0.509_937), (5.0, 0.5, 0.380_557), (3.0, 2.0, 0.544_893)]
    {
        close(curve(1.0, shape).response(shown), wanted, 5e-7);
    }
    close(curve(1.0, 1.0).response(0.0), 1.0, 1e-12);
    close(Curve::new(10.0, 0.8, 0.0).unwrap().response(1e3), 1.0, 1e-9);
}

#[test]
fn the_limit_of_the_response_meets_the_sum() {
    for (shape, habituation, from) in [(0.3, 0.43, 1500.0), (0.8, 0.43, 300.0), (2.0, 0.7, 300.0), (0.8, 0.1, 300.0)] {
        let curve = Curve::new(1.0, shape, habituation).unwrap();
        let (sum, limit) = (curve.response(0.9999 * from * shape), curve.response(1.0001 * from * shape));
        close(limit / sum, 1.0, 3e-3);
    }
}

#[test]
fn reach_is_that_of_the_gamma_poisson_model() {
    for (shown, shape, wanted) in [(1.0, 1.0, 0.5), (3.0, 0.5, 0.622_036), (5.0, 2.0, 0.918_367)] {
        close(curve(1.0, shape).reach(shown), wanted, 5e-7);
    }
}

#[test]
fn one_point_gives_the_curve_of_goerg() {
    // World Federation of Advertisers, planning-evaluation-framework, goerg_model_test.py.
    let curve = Curve::through(200.0, 100.0).unwrap();
    close(curve.people, 200.0, 1e-9);
    close(curve.reach(100.0), 66.667, 1e-3);
    for (times, wanted) in [(0, 200.0), (1, 100.0), (2, 50.0), (3, 25.0)] {
        close(curve.reach_at_least(times, 200.0), wanted, 1e-9);
    }
    close(Curve::through(300.0, 100.0).unwrap().people, 150.0, 1e-9);
    assert_eq!(Curve::through(100.0, 100.0), Err(Undefined::DenominatorNearZero));
    assert!(Curve::through(100.0, 101.0).unwrap_err().is_input());
}

#[test]
fn the_first_time_ratio_is_the_slope_of_reach() {
    for shape in [0.3, 0.8, 1.0, 2.5] {
        for impressions in [10.0, 500.0, 3_000.0] {
            let curve = curve(1_000.0, shape);
            let slope = (curve.reach(impressions + 0.01) - curve.reach(impressions - 0.01)) / 0.02;
            close(curve.first_time_ratio(impressions), slope, 1e-6);
        }
    }
}

#[test]
fn reach_rises_and_responses_fall_with_every_impression() {
    let mut luck = Random::at(3, &[]);
    for _ in 0..200 {
        let curve = Curve::new(1e5, 0.2 + 3.0 * luck.uniform(), 0.05 + 0.8 * luck.uniform()).unwrap();
        let (less, more) = (1e6 * luck.uniform(), 1e4 * (1.0 + luck.uniform()));
        assert!(curve.reach(less + more) > curve.reach(less), "{curve:?}");
        assert!(curve.response(less + more) < curve.response(less), "{curve:?}");
        assert!(curve.first_time_ratio(less + more) < curve.first_time_ratio(less), "{curve:?}");
        assert!(curve.reach(less) <= curve.people.min(less));
        assert!(curve.reach_at_least(2, less) <= curve.reach_at_least(1, less));
        close(curve.reach_at_least(1, less), curve.reach(less), 1e-6 * curve.people);
    }
}

#[test]
fn two_halves_of_the_impressions_reach_what_the_whole_reaches() {
    let curve = curve(50_000.0, 0.7);
    let slices = 20_000;
    let step = 80_000.0 / f64::from(slices);
    let parts: f64 = (0..slices).map(|part| step * curve.first_time_ratio(step * (f64::from(part) + 0.5))).sum();
    close(parts, curve.reach(80_000.0), 1e-2);
}

#[test]
fn a_campaign_that_follows_a_curve_is_read_as_that_curve() {
    for (shape, daily) in [(0.8, 20_000.0), (1.5, 10_000.0), (0.5, 30_000.0)] {
        let truth = curve(100_000.0, shape);
        let first = truth.response(daily);
        let day = (2..1_000).find(|day| truth.response(f64::from(*day) * daily) < SATURATED * first).unwrap();
        let found = days_to_saturation(&delivery(&truth, daily, 7), &Options::default()).unwrap();
        let days = found.day_of_saturation.unwrap();
        assert!(days.lower.unwrap() <= day && days.upper.is_none_or(|upper| day <= upper), "{day} {days:?}");
        close(f64::from(days.median.unwrap()) / f64::from(day), 1.0, 0.25);
        // The belief about the shape pulls the pool along.
        close(found.people.value / truth.people, 1.0, 0.25);
        assert!(found.people.low < truth.people && truth.people < found.people.high, "{:?}", found.people);
        assert!(found.shape.low < shape && shape < found.shape.high, "{:?}", found.shape);
    }
}

#[test]
fn more_overlap_never_lengthens() {
    let mut luck = Random::at(5, &[]);
    for _ in 0..40 {
        let (current, growth) = (1.0 + 2.0 * luck.uniform(), 0.01 + 0.3 * luck.uniform());
        let daily_impressions = 1e3 + 5e4 * luck.uniform();
        let both = |overlap| {
            let frequency = Frequency { size: 1e5, overlap, current, growth };
            let launch = Launch { size: 1e5, overlap, daily_impressions };
            let options = Options::default();
            [days_from_frequency(&frequency, &options), days_from_launch(&launch, &options)]
                .map(|found| median(&found.unwrap()))
        };
        for (less, more) in [(0.0, 0.1), (0.1, 0.5), (0.5, 0.95)] {
            let ([a, b], [c, d]) = (both(less), both(more));
            assert!(c <= a && d <= b, "{less} {more}: {a} {c}, {b} {d}");
        }
    }
}

#[test]
fn more_overlap_never_lengthens_after_days_that_say_little() {
    let truth = curve(100_000.0, 0.8);
    let asked = |overlap| {
        let known = Delivery { overlap, ..delivery(&truth, 4_000.0, 4) };
        median(&days_to_saturation(&known, &Options::default()).unwrap())
    };
    let days = [0.0, 0.1, 0.2, 0.4, 0.6].map(asked);
    assert!(days.windows(2).all(|pair| pair[1] <= pair[0]), "{days:?}");
}

#[test]
fn higher_growth_and_higher_frequency_never_lengthen() {
    let mut luck = Random::at(6, &[]);
    for _ in 0..40 {
        let (overlap, current, growth) = (0.5 * luck.uniform(), 1.0 + 2.0 * luck.uniform(), 0.2 * luck.uniform());
        let days = |current, growth| {
            let known = Frequency { size: 1e5, overlap, current, growth };
            median(&days_from_frequency(&known, &Options::default()).unwrap())
        };
        let extra = 0.01 + 0.2 * luck.uniform();
        assert!(days(current, growth + extra) <= days(current, growth), "{current} {growth} {extra}");
        assert!(days(current + extra, growth) <= days(current, growth), "{current} {growth} {extra}");
    }
}

#[test]
fn without_growth_no_day_is_told() {
    let known = Frequency { size: 1e5, overlap: 0.0, current: 1.2, growth: 0.0 };
    let found = days_from_frequency(&known, &Options::default()).unwrap();
    assert_eq!((found.days_to_saturation.median, found.recommendation), (None, Recommendation::Maintain));
    assert!(
        found.reason.text(crate::model::Language::English).contains("120+"),
        "{}",
        found.reason.text(crate::model::Language::English)
    );
}

#[test]
fn exactly_seven_days_are_enough() {
    assert_eq!(Recommendation::of(Some(6)), Recommendation::ExpandAudience);
    assert_eq!(Recommendation::of(Some(7)), Recommendation::Maintain);
    assert_eq!(Recommendation::of(None), Recommendation::Maintain);
}

#[test]
fn the_bound_decides() {
    let plan = Launch { size: 1e5, overlap: 0.0, daily_impressions: 22_000.0 };
    let asked = |bound| days_from_launch(&plan, &Options { bound, ..Options::default() }).unwrap();
    let [lower, median, upper] = [Bound::Lower, Bound::Median, Bound::Upper].map(asked);
    let days = median.days_to_saturation;
    assert!(days.lower.unwrap() < 7 && days.upper.is_none_or(|upper| upper >= 7), "{days:?}");
    assert!(days.lower <= days.median);
    assert_eq!(lower.recommendation, Recommendation::ExpandAudience);
    assert_eq!(upper.recommendation, Recommendation::Maintain);
    assert_eq!([lower.bound, upper.bound], [Bound::Lower, Bound::Upper]);
}

#[test]
fn a_day_after_the_horizon_is_not_told() {
    let plan = Launch { size: 1e6, overlap: 0.0, daily_impressions: 5_000.0 };
    let found = days_from_launch(&plan, &Options { horizon: 30, ..Options::default() }).unwrap();
    assert_eq!(found.days_to_saturation, DayQuantiles { lower: None, median: None, upper: None });
    close(found.probability_below_seven, 0.0, 1e-12);
}

#[test]
fn the_same_days_give_the_same_bits() {
    let known = delivery(&curve(80_000.0, 0.6), 15_000.0, 7);
    let [one, other] = [(); 2].map(|()| days_to_saturation(&known, &Options::default()).unwrap());
    assert_eq!(one, other);
    assert_eq!(one.people.value.to_bits(), other.people.value.to_bits());
}

#[test]
fn a_pause_before_and_between_the_days_is_not_a_failure() {
    let mut known = delivery(&curve(100_000.0, 0.8), 20_000.0, 5);
    let reach = known.days[2].reach;
    known.days.insert(3, DeliveryDay { impressions: 0.0, reach, clicks: Some(0.0) });
    known.days.insert(0, DeliveryDay { impressions: 0.0, reach: 0.0, clicks: None });
    let found = days_to_saturation(&known, &Options::default()).unwrap();
    assert!(found.days_to_saturation.median.is_some_and(|days| days < 30), "{found:?}");
}

#[test]
fn without_clicks_the_usual_habituation_is_said_to_be_assumed() {
    let mut known = delivery(&curve(100_000.0, 0.8), 20_000.0, 7);
    for day in &mut known.days {
        day.clicks = None;
    }
    let found = days_to_saturation(&known, &Options::default()).unwrap();
    assert_eq!(found.warnings[0].key, "saturation-few-clicks");
    close(found.habituation.value, USUAL_HABITUATION, 1e-9);
}

#[test]
fn extreme_but_possible_campaigns_have_an_answer() {
    for (people, shape, daily) in
        [(1e9, 0.8, 1e3), (1e3, 0.8, 1e6), (1e9, 0.2, 1e9), (100.0, 4.0, 30.0), (1e5, 0.3, 2e5)]
    {
        let truth = curve(people, shape);
        let found = days_to_saturation(&delivery(&truth, daily, 7), &Options::default()).unwrap();
        assert!(found.people.value.is_finite() && found.people.low <= found.people.high, "{found:?}");
        assert!((0.0..=1.0).contains(&found.probability_below_seven));
    }
}

/// What is spoilt, and the field that the error names.
type Spoilt = (fn(&mut Delivery), &'static str);

#[test]
fn bad_input_is_named_and_thin_data_is_an_answer() {
    let good = delivery(&curve(100_000.0, 0.8), 20_000.0, 7);
    let spoilt = |change: fn(&mut Delivery)| {
        let mut known = good.clone();
        change(&mut known);
        days_to_saturation(&known, &Options::default()).unwrap_err()
    };
    let cases: [Spoilt; 13] = [
        (|known| known.size = 0.0, "size"),
        (|known| known.size = f64::NAN, "size"),
        (|known| known.size = f64::INFINITY, "size"),
        (|known| known.overlap = 1.2, "overlap"),
        (|known| known.overlap = 1.0, "overlap"),
        (|known| known.overlap = -0.1, "overlap"),
        (|known| known.days[2].impressions = -1.0, "days.impressions"),
        (|known| known.days[2].impressions = f64::INFINITY, "days.impressions"),
        (|known| known.days[2].reach = f64::NAN, "days.reach"),
        (|known| known.days[0].reach = 20_001.0, "days.reach"),
        (|known| known.days[6].reach = 125_000.0, "days.reach"),
        (|known| known.days[6].reach = 10.0, "days.reach"),
        (|known| known.days[1].clicks = Some(30_000.0), "days.clicks"),
    ];
    for (place, (change, wanted)) in cases.into_iter().enumerate() {
        let error = spoilt(change);
        assert!(matches!(error, Undefined::Input { field, .. } if field == wanted), "{place}: {error:?}");
    }
    assert_eq!(spoilt(|known| known.days.clear()), Undefined::Empty);
    assert_eq!(spoilt(|known| known.days.truncate(2)), Undefined::TooFew { needed: 3 });
    let nothing = DeliveryDay { impressions: 0.0, reach: 0.0, clicks: None };
    let idle = Delivery { size: 1e5, overlap: 0.0, days: vec![nothing; 5] };
    assert_eq!(days_to_saturation(&idle, &Options::default()), Err(Undefined::NothingObserved));
}

#[test]
fn a_union_is_symmetric_and_an_empty_platform_adds_nobody() {
    let platforms = [[1e5, 3e4], [2e5, 5e4], [5e4, 2e4]].map(|[people, reach]| Platform { people, reach });
    let shared = [([0, 1], 0.5), ([1, 2], 0.3)].map(|(between, share)| SharedPeople { between, share });
    let union = reach_union(&platforms, &shared).unwrap();
    assert!(union < 1e5 && union > 5e4, "{union}");
    let turned = [platforms[2], platforms[1], platforms[0]];
    let turned_pairs = [([2, 1], 0.5), ([1, 0], 0.3)].map(|(between, share)| SharedPeople { between, share });
    close(reach_union(&turned, &turned_pairs).unwrap(), union, 1e-9);
    let more = [platforms[0], platforms[1], platforms[2], Platform { people: 1e4, reach: 0.0 }];
    close(reach_union(&more, &shared).unwrap(), union, 1e-9);
    close(reach_union(&platforms[..1], &[]).unwrap(), 3e4, 1e-9);
    assert_eq!(reach_union(&[], &[]), Err(Undefined::Empty));
    assert!(reach_union(&platforms, &[SharedPeople { between: [0, 3], share: 0.1 }]).unwrap_err().is_input());
    assert!(reach_union(&[Platform { people: 10.0, reach: 11.0 }], &[]).unwrap_err().is_input());
}
