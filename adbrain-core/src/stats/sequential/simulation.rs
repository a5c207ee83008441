//! Whole tests without an effect, simulated: how often they see one. A longer version is a program in `benches`.

use super::{Bounds, ConfidenceSequence, Design, Mixture, Spending};
use crate::stats::random::Random;
use crate::stats::two_sample::Effect;

/// Users per arm and day.
const USERS: f64 = 500.0;
const DAYS: u32 = 28;
const BASE: f64 = 0.05;

fn daily() -> Vec<f64> {
    (1..=DAYS).map(|day| f64::from(day) / f64::from(DAYS)).collect()
}

fn plan(spending: Spending) -> Bounds {
    Design { spending, ..Design::default() }.bounds(&daily()).unwrap()
}

/// The distribution of a binomial count of 500, summed up, for exact draws.
fn counts(share: f64) -> Vec<f64> {
    let mut mass = libm::pow(1.0 - share, USERS);
    let mut sum = 0.0;
    (0..100)
        .map(|count| {
            sum += mass;
            mass *= (USERS - f64::from(count)) / f64::from(count + 1) * share / (1.0 - share);
            sum
        })
        .collect()
}

/// The conversions of both arms up to each day.
fn run(number: u64, shares: &[Vec<f64>; 2]) -> Vec<[f64; 2]> {
    let mut random = Random::at(7, &[number]);
    let mut total = [0.0, 0.0];
    (0..DAYS)
        .map(|_| {
            for (total, table) in total.iter_mut().zip(shares) {
                let draw = random.uniform();
                *total += table.partition_point(|sum| *sum < draw) as f64;
            }
            total
        })
        .collect()
}

/// The effect and its standard error after each day.
fn looks(conversions: &[[f64; 2]]) -> Vec<Effect> {
    let look = |(day, total): (usize, &[f64; 2])| {
        let n = USERS * (day + 1) as f64;
        let [control, treatment] = total.map(|x| x / n);
        let variance = (control * (1.0 - control) + treatment * (1.0 - treatment)) / n;
        Effect { value: treatment - control, variance, sample_size: 1000 * (day as u64 + 1) }
    };
    conversions.iter().enumerate().map(look).collect()
}

fn z(effect: &Effect) -> f64 {
    effect.value / effect.standard_error()
}

/// The share of runs in which a rule sees an effect at any look.
fn rate(runs: u64, seen: impl Fn(&[Effect]) -> bool) -> f64 {
    let shares = [counts(BASE), counts(BASE)];
    let alarms = (0..runs).filter(|number| seen(&looks(&run(*number, &shares)))).count();
    alarms as f64 / runs as f64
}

#[test]
fn tests_without_an_effect_alarm_as_rarely_as_they_say() {
    const RUNS: u64 = 2000;
    for spending in [Spending::ObrienFleming, Spending::Pocock] {
        let bounds = plan(spending);
        let crossed = |effects: &[Effect]| {
            effects.iter().zip(bounds.looks()).any(|(effect, look)| z(effect).abs() >= look.upper.unwrap())
        };
        let found = rate(RUNS, crossed);
        assert!((0.04..=0.062).contains(&found), "{spending:?} {found}");
    }
    for tuning in [5000.0, 28_000.0] {
        let sequence = ConfidenceSequence::new(0.05, tuning).unwrap();
        let found = rate(RUNS, |effects| effects.iter().any(|effect| sequence.p_value(effect) <= 0.05));
        assert!(found <= 0.05, "{tuning} {found}");
    }
    let mixture = Mixture::new(0.05, 0.01).unwrap();
    let sees = |effect: &Effect| mixture.at(effect.value, effect.standard_error()).unwrap().p_value <= 0.05;
    let found = rate(RUNS, |effects| effects.iter().any(sees));
    assert!(found <= 0.05, "{found}");
}
