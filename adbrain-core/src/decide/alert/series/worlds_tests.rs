//! Tests over simulated accounts: false alarms in calm times and changes that are found, in the same runs.

use super::*;
use crate::stats::random::Random;
use jiff::{SignedDuration, Timestamp};

const HOUR: SignedDuration = SignedDuration::from_hours(1);
const TAU: f64 = std::f64::consts::TAU;

/// A world of prices: impressions an hour, and the deviation and correlation of the wandering of the logarithm.
#[derive(Debug, Clone, Copy)]
struct World {
    volume: f64,
    deviation: f64,
    correlation: f64,
}

/// What happens for two days from an hour on.
#[derive(Debug, Clone, Copy)]
struct Shock {
    from: i32,
    /// The logarithm of the change, by hours since its start.
    change: fn(i32) -> f64,
}

fn step(_: i32) -> f64 {
    libm::log(1.35)
}

fn ramp(hours: i32) -> f64 {
    libm::log(1.05) * f64::from((hours + 1).min(6))
}

const LENGTH: i32 = 48;

/// CPM by the hour: rhythms of price and volume, wandering, and exponential prices of impressions.
fn series(world: World, seed: u64, days: i32, shocks: &[Shock]) -> Vec<Point> {
    let place = [world.volume, world.deviation, world.correlation].map(f64::to_bits);
    let mut random = Random::at(seed, &place);
    let [first, second] = [random.uniform(), random.uniform()];
    let mut wandering = world.deviation * random.normal();
    let innovation = world.deviation * libm::sqrt(1.0 - world.correlation * world.correlation);
    (0..days * 24)
        .map(|hour| {
            wandering = world.correlation * wandering + innovation * random.normal();
            let turn = f64::from(hour) / 24.0;
            let shown = random.poisson(world.volume * (1.0 + 0.5 * libm::sin(TAU * (turn + first)))).max(1) as f64;
            let rhythm = 0.25 * libm::sin(TAU * (turn + second)) + 0.08 * libm::sin(2.0 * TAU * (turn + first));
            let shock: f64 = shocks
                .iter()
                .filter(|shock| (0..LENGTH).contains(&(hour - shock.from)))
                .map(|shock| (shock.change)(hour - shock.from))
                .sum();
            let chance = random.normal() / libm::sqrt(shown);
            let value = 8.0 * libm::exp(rhythm + wandering + shock + chance);
            Point::new(Timestamp::UNIX_EPOCH + HOUR * hour, value).of(shown)
        })
        .collect()
}

/// Counts over some runs.
#[derive(Debug, Default)]
struct Tally {
    false_alarms: f64,
    calm_days: f64,
    found: f64,
    shocks: f64,
}

impl Tally {
    fn run(&mut self, settings: SeriesSettings, points: &[Point], shocks: &[Shock]) {
        let readings = SeriesDetector::new(settings, HOUR).unwrap().replay(points).unwrap();
        let hour = |reading: &Reading| i32::try_from(reading.at.as_second() / 3600).unwrap();
        // The two days after a shock, in which the series comes back, are neither.
        let is_calm = |hour: i32| shocks.iter().all(|shock| !(0..2 * LENGTH).contains(&(hour - shock.from)));
        for reading in readings.iter().filter(|reading| reading.status != Status::Learning && is_calm(hour(reading))) {
            self.calm_days += 1.0 / 24.0;
            self.false_alarms += f64::from(u8::from(reading.alarm.is_some()));
        }
        for shock in shocks {
            let within = |reading: &&Reading| (0..24).contains(&(hour(reading) - shock.from));
            self.shocks += 1.0;
            self.found += f64::from(u8::from(readings.iter().filter(within).any(|reading| reading.alarm.is_some())));
        }
    }
}

const CORRELATIONS: [f64; 4] = [0.0, 0.5, 0.8, 0.95];

#[test]
fn calm_prices_are_quiet_and_a_third_more_is_found_within_a_day() {
    let (mut all, mut usual) = (Tally::default(), Tally::default());
    for volume in [300.0, 3_000.0, 30_000.0] {
        for deviation in [0.04, 0.10] {
            for correlation in CORRELATIONS {
                let world = World { volume, deviation, correlation };
                let mut tally = Tally::default();
                for seed in 0..6 {
                    let at = |day: i32| day * 24 + i32::try_from(seed * 5).unwrap();
                    let shocks = [30, 42, 54].map(|day| Shock { from: at(day), change: step });
                    tally.run(SeriesSettings::default(), &series(world, seed, 64, &shocks), &shocks);
                }
                all.false_alarms += tally.false_alarms;
                all.calm_days += tally.calm_days;
                if (2_000.0..4_000.0).contains(&volume) {
                    usual.found += tally.found;
                    usual.shocks += tally.shocks;
                }
            }
        }
    }
    assert!(all.false_alarms / all.calm_days <= 0.015, "{all:?}");
    assert!(usual.found / usual.shocks >= 0.95, "{usual:?}");
}

#[test]
fn ramps_are_found_within_a_day() {
    let mut tally = Tally::default();
    for correlation in CORRELATIONS {
        let world = World { volume: 3_000.0, deviation: 0.06, correlation };
        for seed in 0..8 {
            let shocks = [30, 42].map(|day| Shock { from: day * 24 + 7, change: ramp });
            tally.run(SeriesSettings::default(), &series(world, seed, 50, &shocks), &shocks);
        }
    }
    assert!(tally.found / tally.shocks >= 0.9, "{tally:?}");
}

#[test]
fn an_account_stays_within_its_budget_of_false_alarms() {
    for budget in [0.2, 1.0] {
        let mut tally = Tally::default();
        let worlds: Vec<World> = [300.0, 3_000.0, 30_000.0]
            .into_iter()
            .flat_map(|volume| CORRELATIONS.map(|correlation| World { volume, deviation: 0.07, correlation }))
            .collect();
        let weights: Vec<f64> = (0..worlds.len()).map(|number| f64::from(u8::from(number % 2 == 0)) + 1.0).collect();
        let thresholds = AlarmBudget { alarms_per_day: budget }.thresholds(&weights, 24.0).unwrap();
        for (world, threshold) in worlds.iter().zip(thresholds) {
            let settings = SeriesSettings { threshold, ..SeriesSettings::default() };
            for seed in 100..104 {
                tally.run(settings, &series(*world, seed, 60, &[]), &[]);
            }
        }
        // All series of one account in the same days.
        let account = tally.false_alarms / tally.calm_days * worlds.len() as f64;
        assert!(account <= budget, "{account} of {budget}: {tally:?}");
    }
}
