//! Calm prices whose volumes are not known, with heavy tails, drifts and weekends: from which threshold on false alarms are as few as they are
//! to be. No labelled series has a part in it.

use adbrain_core::Result;
use adbrain_core::alert::series::{Point, SeriesSettings};
use adbrain_core::stats::random::Random;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::rivals::Rule;
use super::with;
use super::worlds::{DAYS, SERIES, Shock, TAU, Tally, World, active, all_worlds, shocks};

/// The rule for the threshold: the least in steps of a quarter at which false alarms a day are no more than this in the mean of all worlds, and
/// than that in the worst.
const MEAN: f64 = 0.02;
const WORST: f64 = 0.1;
const FIRST: f64 = 4.25;
const STEP: f64 = 0.25;
const STEPS: u32 = 24;
/// How levels drift in a day: a random walk, a tenth in a month.
const DRIFT: f64 = 0.02;
/// Weekends cost as much more or less, at most.
const WEEKEND: f64 = 0.1;

/// How surprises are spread. Returns of prices have tails like a power between the second and the fifth, and wild days come together; what is left
/// of them beside that has tails too, though lighter ones (R. Cont, "Empirical properties of asset returns: stylized facts and statistical
/// issues", 2001).
#[derive(Debug, Clone, Copy)]
struct Tails {
    /// Degrees of freedom of Student's t, an even number.
    degrees: u32,
    /// The standard deviation of the logarithm of how wild a day is.
    wild: f64,
}

/// Tails of the fourth power, and days of a third more or less (E. Jacquier, N. G. Polson and P. E. Rossi, "Bayesian analysis of stochastic
/// volatility models", 1994) with lighter ones.
const TAILS: [Tails; 2] = [Tails { degrees: 4, wild: 0.0 }, Tails { degrees: 8, wild: 0.35 }];
/// What is left of a wild day after another: half in two weeks.
const WILD_LASTS: f64 = 0.95;

pub(crate) fn figures() -> Result<Value> {
    let mut grid = Vec::new();
    let mut chosen = None;
    for number in 0..STEPS {
        let threshold = FIRST + STEP * f64::from(number);
        let (mean, worst) = tried(Rule::OursAt(threshold))?;
        grid.push(json!([threshold, mean.false_a_day(), worst]));
        if mean.false_a_day() <= MEAN && worst <= WORST {
            chosen = Some(threshold);
            break;
        }
    }
    let (ours, worst) = tried(Rule::Ours)?;
    let is_set = SeriesSettings::default().threshold_without_volume;
    let more = [("worst_false_a_day", json!(worst)), ("grid", json!(grid)), ("chosen", json!(chosen))];
    Ok(with(with(ours.figures(), more), [("is_set", json!(is_set))]))
}

/// Over all worlds, and the false alarms a day of the worst.
fn tried(rule: Rule) -> Result<(Tally, f64)> {
    let (mut sum, mut worst) = (Tally::default(), 0.0);
    for world in all_worlds() {
        for tails in TAILS {
            let mut tally = Tally::default();
            for seed in 0..SERIES {
                let shocks = shocks(seed);
                tally.watch(&rule.told(&series(world, tails, seed, &shocks))?, &shocks);
            }
            worst = f64::max(worst, tally.false_a_day());
            sum.add(&tally);
        }
    }
    Ok((sum, worst))
}

/// Prices by the hour without volumes: those of the worlds with volumes, but for tails, drifts and weekends.
fn series(world: World, tails: Tails, seed: u64, shocks: &[Shock]) -> Vec<Point> {
    let place = [world.volume, world.deviation, world.correlation, tails.degrees].map(u64::from);
    let mut random = Random::at(seed, &place);
    let (deviation, correlation) = (f64::from(world.deviation) / 1e3, f64::from(world.correlation) / 1e2);
    let [first, second] = [random.uniform(), random.uniform()];
    let weekend = WEEKEND * (2.0 * random.uniform() - 1.0);
    let innovation = deviation * libm::sqrt(1.0 - correlation * correlation);
    let mut wandering = deviation * random.normal();
    let mut wild = tails.wild * random.normal();
    let mut level = 0.0;
    let mut points = Vec::new();
    for hour in 0..DAYS * 24 {
        if hour % 24 == 0 {
            wild = WILD_LASTS * wild + tails.wild * libm::sqrt(1.0 - WILD_LASTS * WILD_LASTS) * random.normal();
        }
        // The mean square of how wild days are is one.
        let wildness = libm::exp(wild - tails.wild * tails.wild);
        wandering = correlation * wandering + innovation * wildness * student(&mut random, tails.degrees);
        level += DRIFT / libm::sqrt(24.0) * random.normal();
        let turn = f64::from(hour) / 24.0;
        let mean = f64::from(world.volume) * (1.0 + 0.5 * libm::sin(TAU * (turn + first)));
        let shown = random.poisson(mean).max(1) as f64;
        let rhythm = 0.25 * libm::sin(TAU * (turn + second)) + 0.08 * libm::sin(2.0 * TAU * (turn + first));
        let rest = if (hour / 24) % 7 >= 5 { weekend } else { 0.0 };
        let chance = random.normal() / libm::sqrt(shown);
        let value = 8.0 * libm::exp(rhythm + rest + level + wandering + active(hour, shocks) + chance);
        points.push(Point::new(Timestamp::UNIX_EPOCH + SignedDuration::from_hours(i64::from(hour)), value));
    }
    points
}

/// Student's t with an even number of degrees of freedom, scaled to a variance of one.
fn student(random: &mut Random, degrees: u32) -> f64 {
    let square: f64 = (0..degrees / 2).map(|_| -2.0 * libm::log(1.0 - random.uniform())).sum();
    random.normal() / libm::sqrt(square / f64::from(degrees - 2))
}
