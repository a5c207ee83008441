//! Tests of what a detector takes, keeps and tells.

use super::*;
use crate::stats::random::Random;
use jiff::{SignedDuration, Timestamp};

const HOUR: SignedDuration = SignedDuration::from_hours(1);

fn start() -> Timestamp {
    "2026-12-01T00:00:01Z".parse().unwrap()
}

fn detector() -> SeriesDetector {
    SeriesDetector::new(SeriesSettings::default(), HOUR).unwrap()
}

/// Hours with a rhythm of 25 %, noise of 5 % and a factor for each hour.
pub(super) fn points(hours: i32, seed: u64, factor: impl Fn(i32) -> f64) -> Vec<Point> {
    let mut random = Random::at(seed, &[3]);
    (0..hours)
        .map(|hour| {
            let rhythm = 0.25 * libm::sin(f64::from(hour) / 24.0 * std::f64::consts::TAU);
            let value = 8.0 * libm::exp(rhythm) * random.log_normal(0.05) * factor(hour);
            Point::new(start() + HOUR * hour, value).of(3_000.0)
        })
        .collect()
}

fn alarms(readings: &[Reading]) -> Vec<Alarm> {
    readings.iter().filter_map(|reading| reading.alarm).collect()
}

#[test]
fn a_step_is_told_once_with_its_start_and_size() {
    let readings = detector().replay(&points(700, 1, |hour| if hour < 500 { 1.0 } else { 1.35 })).unwrap();
    let [alarm] = alarms(&readings)[..] else { panic!("{:?}", alarms(&readings)) };
    assert_eq!((alarm.direction, alarm.since), (Direction::Up, start() + HOUR * 500));
    assert!(alarm.low < 0.35 && 0.35 < alarm.high && alarm.low > 0.1, "{alarm:?}");
    let status = |hour: usize| readings[hour].status;
    assert_eq!(
        [status(10), status(499), status(520), status(690)],
        [Status::Learning, Status::Watching, Status::Open, Status::Watching]
    );
    assert_eq!(readings.iter().filter(|reading| reading.status == Status::Adopted).count(), 1);
    let (before, after) = (readings[475].expected.unwrap(), readings[475 + 8 * 24].expected.unwrap());
    assert!((after / before - 1.35).abs() < 0.15, "{before} {after}");
}

#[test]
fn a_spike_a_ramp_and_a_fall_are_told_by_their_shape() {
    let told = |factor: fn(i32) -> f64| {
        let readings = detector().replay(&points(640, 2, factor)).unwrap();
        let [alarm] = alarms(&readings)[..] else { panic!("{:?}", alarms(&readings)) };
        let recovered = readings.iter().any(|reading| reading.status == Status::Recovered);
        (alarm.kind, alarm.direction, recovered)
    };
    assert_eq!(told(|hour| if hour == 600 { 2.0 } else { 1.0 }), (AlarmKind::Spike, Direction::Up, true));
    let ramp = |hour: i32| libm::pow(1.05, f64::from((hour - 599).clamp(0, 6)));
    assert_eq!(told(ramp), (AlarmKind::Ramp, Direction::Up, false));
    assert_eq!(told(|hour| if hour >= 600 { 0.84 } else { 1.0 }), (AlarmKind::Step, Direction::Down, false));
}

#[test]
fn a_stored_state_goes_on_with_the_same_bits() {
    let points = points(700, 4, |hour| if (500..560).contains(&hour) { 1.5 } else { 1.0 });
    let whole = detector().replay(&points).unwrap();
    let mut parts = Vec::new();
    let mut stored = serde_json::to_string(&detector()).unwrap();
    for part in points.chunks(37) {
        let mut detector = SeriesDetector::resume(serde_json::from_str(&stored).unwrap()).unwrap();
        parts.extend(detector.replay(part).unwrap());
        stored = serde_json::to_string(&detector).unwrap();
    }
    assert_eq!(serde_json::to_string(&whole).unwrap(), serde_json::to_string(&parts).unwrap());
    assert_eq!(alarms(&whole).len(), 1);
    let broken = stored.replace("\"step_seconds\":3600", "\"step_seconds\":0");
    assert!(SeriesDetector::resume(serde_json::from_str(&broken).unwrap()).is_err());
}

#[test]
fn what_comes_later_changes_no_reading() {
    let (calm, other) = (points(700, 5, |_| 1.0), points(700, 5, |hour| if hour < 600 { 1.0 } else { 3.0 }));
    let (one, two) = (detector().replay(&calm).unwrap(), detector().replay(&other).unwrap());
    assert_eq!(one[..600], two[..600]);
    assert_ne!(one[600..], two[600..]);
}

#[test]
fn missing_hours_and_hours_without_volume_tell_nothing() {
    let calm = points(900, 6, |_| 1.0);
    let mut random = Random::at(6, &[4]);
    let mut holes = Vec::new();
    for point in &calm {
        match random.below(10) {
            0 => {}
            1 => holes.push(Point { value: None, ..*point }),
            2 => holes.push(Point { value: Some(0.0), ..*point }),
            3 => holes.push(Point { value: Some(900.0), ..*point }.of(0.0)),
            _ => holes.push(*point),
        }
    }
    holes.retain(|point| !(start() + HOUR * 500..start() + HOUR * 560).contains(&point.at));
    let readings = detector().replay(&holes).unwrap();
    assert_eq!(alarms(&readings), []);
    let empty = readings.iter().filter(|reading| reading.status == Status::Empty).count();
    assert!((200..320).contains(&empty), "{empty}");
    let watched = readings.iter().filter(|reading| reading.status == Status::Watching).count();
    assert!(watched > 250, "{watched}");
}

#[test]
fn a_late_value_replaces_the_one_that_was_known_and_tells_nothing() {
    let right = points(700, 7, |_| 1.0);
    let mut detector = detector();
    for point in &right {
        let wrong = Point { value: point.value.map(|value| 1.01 * value), ..*point };
        detector.observe(&wrong).unwrap();
        let late = detector.observe(point).unwrap();
        assert_eq!((late.status, late.alarm, late.score), (Status::Late, None, None));
    }
    let next = points(701, 7, |_| 1.0)[700];
    let expected = detector.observe(&next).unwrap().expected.unwrap();
    let direct = self::detector().replay(&points(701, 7, |_| 1.0)).unwrap()[700].expected.unwrap();
    assert!((expected / direct - 1.0).abs() < 1e-9, "{expected} {direct}");
    let ancient = Point::new(start() - HOUR * 5000, 3.0);
    let before = detector.clone();
    detector.observe(&ancient).unwrap();
    assert_eq!(before, detector);
}

#[test]
fn a_long_silence_begins_anew() {
    let mut detector = detector();
    detector.replay(&points(600, 8, |_| 1.0)).unwrap();
    let after: Vec<Point> =
        points(600, 9, |_| 4.0).into_iter().map(|point| Point { at: point.at + HOUR * 24 * 100, ..point }).collect();
    let readings = detector.replay(&after).unwrap();
    assert_eq!((readings[0].status, alarms(&readings)), (Status::Learning, vec![]));
}

#[test]
fn a_series_without_noise_is_judged_within_half_a_percent() {
    let mut flat: Vec<Point> = (0..400).map(|hour| Point::new(start() + HOUR * hour, 2.0)).collect();
    assert_eq!(alarms(&detector().replay(&flat).unwrap()), []);
    flat.push(Point::new(start() + HOUR * 400, 2.2));
    assert_eq!(alarms(&detector().replay(&flat).unwrap()).len(), 1);
}

#[test]
fn wrong_input_is_named() {
    let mut detector = detector();
    let (before, bad) = (detector.clone(), Point::new(start(), -1.0));
    let error = detector.replay(&[Point::new(start(), f64::NAN)]).unwrap_err();
    assert_eq!(error.context_of("field"), Some("points[0].value"));
    assert_eq!(detector.observe(&bad).unwrap_err().context_of("field"), Some("value"));
    assert_eq!(
        detector.observe(&Point::new(start(), 1.0).of(f64::INFINITY)).unwrap_err().context_of("field"),
        Some("volume")
    );
    assert_eq!(detector.set_threshold(0.0).unwrap_err().context_of("field"), Some("threshold"));
    assert_eq!(before, detector);
    assert_eq!(
        SeriesDetector::new(SeriesSettings::default(), SignedDuration::ZERO).unwrap_err().context_of("field"),
        Some("step")
    );
    let settings = [
        (SeriesSettings { season: 0, ..SeriesSettings::default() }, "season"),
        (SeriesSettings { threshold: f64::NAN, ..SeriesSettings::default() }, "threshold"),
        (SeriesSettings { smoothing: 1.5, ..SeriesSettings::default() }, "smoothing"),
        (SeriesSettings { adopt: 3, ..SeriesSettings::default() }, "adopt"),
        (SeriesSettings { least_seasons: 29, ..SeriesSettings::default() }, "least_seasons"),
    ];
    for (settings, field) in settings {
        assert_eq!(settings.check().unwrap_err().context_of("field"), Some(field));
    }
}

#[test]
fn limits_of_counts_are_the_exact_ones() {
    let limits = CountLimits { level: 0.01, dispersion: 0.0 };
    let found = limits.judge(3, 10.0).unwrap();
    assert!(poisson(found.low - 1, 10.0) <= 0.005 && poisson(found.low, 10.0) > 0.005);
    assert!(1.0 - poisson(found.high, 10.0) <= 0.005 && 1.0 - poisson(found.high - 1, 10.0) > 0.005);
    assert!((found.p - 2.0 * poisson(3, 10.0)).abs() < 1e-12);
    assert_eq!(limits.judge(0, 0.0).unwrap(), CountReading { low: 0, high: 0, p: 1.0, direction: None });
    assert_eq!(limits.judge(1, 0.0).unwrap().direction, Some(Direction::Up));
    let wide = CountLimits { level: 0.01, dispersion: 0.25 }.judge(3, 10.0).unwrap();
    assert!(wide.low < found.low && wide.high > found.high && wide.p > found.p);
}

/// The Poisson probability of `k` or fewer, by its sum.
fn poisson(k: u64, mean: f64) -> f64 {
    let (mut term, mut sum) = (libm::exp(-mean), 0.0);
    for count in 0..=k {
        sum += term;
        term *= mean / (count + 1) as f64;
    }
    sum
}

#[test]
fn calm_counts_are_told_as_seldom_as_the_level_says() {
    let mut random = Random::at(11, &[1]);
    for (dispersion, mean) in [(0.0, 4.0), (0.0, 300.0), (0.04, 50.0)] {
        let mut draw = || {
            let gamma = crate::stats::distribution::gamma_quantile(random.uniform().max(1e-12), 25.0) / 25.0;
            random.poisson(if dispersion > 0.0 { mean * gamma } else { mean })
        };
        let limits = CountLimits { level: 0.02, dispersion };
        let told = (0..20_000).filter(|_| limits.judge(draw(), mean).unwrap().direction.is_some()).count();
        assert!((100..=460).contains(&told), "{dispersion} {mean}: {told} of 20,000");
        let past: Vec<(u64, f64)> = (0..5_000).map(|_| (draw(), mean)).collect();
        let learnt = CountLimits::learnt(&past, 0.02).unwrap();
        assert!((learnt.dispersion - dispersion).abs() < 0.012, "{learnt:?}");
    }
}

#[test]
fn wrong_counts_are_named() {
    let field =
        |limits: CountLimits, expected| limits.judge(1, expected).unwrap_err().context_of("field").map(str::to_owned);
    assert_eq!(field(CountLimits::default(), f64::NAN).as_deref(), Some("expected"));
    assert_eq!(field(CountLimits { level: 0.0, dispersion: 0.0 }, 1.0).as_deref(), Some("level"));
    assert_eq!(field(CountLimits { level: 0.1, dispersion: -1.0 }, 1.0).as_deref(), Some("dispersion"));
    assert_eq!(CountLimits::learnt(&[(1, 0.0)], 0.1).unwrap_err().context_of("field"), Some("past"));
    assert_eq!(CountLimits::default().judge(u64::MAX, 1.0).unwrap_err().context_of("field"), Some("count"));
}

#[test]
fn shares_of_a_budget_add_up_and_follow_the_weights() {
    let budget = AlarmBudget { alarms_per_day: 2.0 };
    let shares = budget.shares(&[1.0, 3.0]).unwrap();
    assert!((shares[0] - 0.5).abs() < 1e-12 && (shares[1] - 1.5).abs() < 1e-12);
    let thresholds = budget.thresholds(&[1.0, 3.0], 24.0).unwrap();
    assert!(thresholds[0] > thresholds[1]);
    assert!(budget.levels(&[1.0], 1.0).unwrap()[0] <= 1.0);
    for (budget, weights) in [(0.0, vec![1.0]), (1.0, vec![]), (1.0, vec![0.0]), (1.0, vec![f64::NAN])] {
        assert!(AlarmBudget { alarms_per_day: budget }.shares(&weights).is_err());
    }
    assert_eq!(budget.levels(&[1.0], 0.0).unwrap_err().context_of("field"), Some("checks_per_day"));
}
