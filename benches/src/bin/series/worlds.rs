//! Simulated prices: rhythm, wandering, chance of the impressions, and shocks. False alarms and what is found come from the same runs.

use std::collections::BTreeMap;
use std::time::Duration;

use adbrain_benches::cpu_time;
use adbrain_core::Result;
use adbrain_core::alert::series::Point;
use adbrain_core::stats::random::Random;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::rivals::Rule;
use super::with;

const VOLUMES: [u32; 3] = [300, 3_000, 30_000];
/// Standard deviations of the wandering, in thousandths.
const DEVIATIONS: [u32; 3] = [40, 70, 100];
/// Its correlations from hour to hour, in hundredths.
const CORRELATIONS: [u32; 4] = [0, 50, 80, 95];
pub(super) const SERIES: u64 = 20;
pub(super) const DAYS: i32 = 90;
/// The first shock, and days from one to the next.
const FIRST: i32 = 30;
const EVERY: i32 = 12;
/// Hours that a shock lasts. As many hours after it are neither calm nor shock: the series comes back.
const LENGTH: i32 = 48;
/// Hours within which a shock has to be found.
const WITHIN: i32 = 24;
/// Days after which all detectors judge; false alarms count from then on.
const LEARNT: i32 = 10;
pub(super) const TAU: f64 = std::f64::consts::TAU;

/// A shock of the logarithm of prices by hours since its start.
type Change = fn(i32) -> f64;

const CHANGES: [(&str, Change); 5] = [
    ("up_20", |_| libm::log(1.2)),
    ("up_35", |_| libm::log(1.35)),
    ("up_60", |_| libm::log(1.6)),
    ("ramp_5_a_hour", |hours| libm::log(1.05) * f64::from((hours + 1).min(6))),
    ("down_26", |_| -libm::log(1.35)),
];

pub(super) struct Shock {
    name: &'static str,
    from: i32,
    change: Change,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct World {
    pub(super) volume: u32,
    pub(super) deviation: u32,
    pub(super) correlation: u32,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Tally {
    false_alarms: u32,
    calm_hours: u32,
    /// By shock: how many there were, and after how many hours they were found.
    shocks: BTreeMap<&'static str, (u32, Vec<i32>)>,
}

impl Tally {
    pub(super) fn add(&mut self, other: &Self) {
        self.false_alarms += other.false_alarms;
        self.calm_hours += other.calm_hours;
        for (name, (tried, delays)) in &other.shocks {
            let sum = self.shocks.entry(name).or_default();
            sum.0 += tried;
            sum.1.extend(delays);
        }
    }

    pub(super) fn watch(&mut self, told: &[usize], shocks: &[Shock]) {
        let is_calm = |hour: i32| {
            hour >= LEARNT * 24 && shocks.iter().all(|shock| !(0..2 * LENGTH).contains(&(hour - shock.from)))
        };
        let told: Vec<i32> = told.iter().filter_map(|hour| i32::try_from(*hour).ok()).collect();
        let count = |hours: &mut dyn Iterator<Item = i32>| hours.filter(|hour| is_calm(*hour)).map(|_| 1).sum::<u32>();
        self.calm_hours += count(&mut (0..DAYS * 24));
        self.false_alarms += count(&mut told.iter().copied());
        for shock in shocks {
            let delay = told.iter().map(|hour| hour - shock.from).find(|delay| (0..WITHIN).contains(delay));
            let sum = self.shocks.entry(shock.name).or_default();
            sum.0 += 1;
            sum.1.extend(delay.map(|delay| delay + 1));
        }
    }

    pub(super) fn false_a_day(&self) -> f64 {
        f64::from(self.false_alarms) / f64::from(self.calm_hours) * 24.0
    }

    pub(super) fn figures(&self) -> Value {
        let found: BTreeMap<_, _> =
            self.shocks.iter().map(|(name, (tried, delays))| (*name, found(*tried, delays))).collect();
        json!({"false_a_day": self.false_a_day(), "found": found})
    }
}

fn found(tried: u32, delays: &[i32]) -> Value {
    let mut delays = delays.to_vec();
    delays.sort_unstable();
    json!({"share": delays.len() as f64 / f64::from(tried), "median_hours": delays.get(delays.len() / 2), "shocks": tried})
}

pub(crate) fn figures() -> Result<Value> {
    let mut tallies: BTreeMap<&str, Vec<(World, Tally)>> = BTreeMap::new();
    let mut spent = Duration::ZERO;
    for world in all_worlds() {
        let mut sums: BTreeMap<&str, Tally> = BTreeMap::new();
        for seed in 0..SERIES {
            let shocks = shocks(seed);
            let points = series(world, seed, &shocks);
            for (name, rule) in Rule::all() {
                let began = cpu_time();
                let told = rule.told(&points)?;
                if name == "ours" {
                    spent += cpu_time().saturating_sub(began);
                }
                sums.entry(name).or_default().watch(&told, &shocks);
            }
        }
        for (name, tally) in sums {
            tallies.entry(name).or_default().push((world, tally));
        }
    }
    let hours = all_worlds().count() as f64 * SERIES as f64 * f64::from(DAYS * 24);
    let mut report: BTreeMap<&str, Value> = tallies.into_iter().map(|(name, worlds)| (name, summed(&worlds))).collect();
    report.insert("us_a_value", json!(spent.as_secs_f64() * 1e6 / hours));
    Ok(json!(report))
}

/// Every volume with every wandering.
pub(super) fn all_worlds() -> impl Iterator<Item = World> {
    VOLUMES.into_iter().flat_map(|volume| {
        DEVIATIONS.into_iter().flat_map(move |deviation| {
            CORRELATIONS.into_iter().map(move |correlation| World { volume, deviation, correlation })
        })
    })
}

/// The shock of the logarithm of prices that an hour has.
pub(super) fn active(hour: i32, shocks: &[Shock]) -> f64 {
    let active = shocks.iter().filter(|shock| (0..LENGTH).contains(&(hour - shock.from)));
    active.map(|shock| (shock.change)(hour - shock.from)).sum()
}

/// The figures in all, in the worst world, at 3,000 impressions an hour, and by volume and deviation.
fn summed(worlds: &[(World, Tally)]) -> Value {
    let sum = |is_in: &dyn Fn(&World) -> bool| {
        let mut sum = Tally::default();
        worlds.iter().filter(|(world, _)| is_in(world)).for_each(|(_, tally)| sum.add(tally));
        sum
    };
    let worst = worlds.iter().map(|(_, tally)| tally.false_a_day()).fold(0.0, f64::max);
    let mut cells = Vec::new();
    for volume in VOLUMES {
        for deviation in DEVIATIONS {
            let figures = sum(&|world| (world.volume, world.deviation) == (volume, deviation)).figures();
            let place = [("volume", json!(volume)), ("deviation", json!(f64::from(deviation) / 1e3))];
            cells.push(with(figures, place));
        }
    }
    let at_3000 = sum(&|world| world.volume == 3_000).figures();
    let more = [("worst_false_a_day", json!(worst)), ("at_3000", at_3000), ("cells", json!(cells))];
    with(sum(&|_| true).figures(), more)
}

pub(super) fn shocks(seed: u64) -> Vec<Shock> {
    let mut random = Random::at(seed, &[9]);
    let turn = usize::try_from(seed).unwrap_or_default() % CHANGES.len();
    let changes = CHANGES.into_iter().cycle().skip(turn);
    (FIRST..=DAYS - EVERY)
        .step_by(EVERY.unsigned_abs() as usize)
        .zip(changes)
        .map(|(day, (name, change))| {
            let hour = i32::try_from(random.below(24)).unwrap_or_default();
            Shock { name, from: day * 24 + hour, change }
        })
        .collect()
}

/// CPM by the hour.
fn series(world: World, seed: u64, shocks: &[Shock]) -> Vec<Point> {
    let place = [world.volume, world.deviation, world.correlation].map(u64::from);
    let mut random = Random::at(seed, &place);
    let (deviation, correlation) = (f64::from(world.deviation) / 1e3, f64::from(world.correlation) / 1e2);
    let [first, second] = [random.uniform(), random.uniform()];
    let mut wandering = deviation * random.normal();
    let innovation = deviation * libm::sqrt(1.0 - correlation * correlation);
    let mut points = Vec::new();
    for hour in 0..DAYS * 24 {
        wandering = correlation * wandering + innovation * random.normal();
        let turn = f64::from(hour) / 24.0;
        let mean = f64::from(world.volume) * (1.0 + 0.5 * libm::sin(TAU * (turn + first)));
        let shown = random.poisson(mean).max(1) as f64;
        let rhythm = 0.25 * libm::sin(TAU * (turn + second)) + 0.08 * libm::sin(2.0 * TAU * (turn + first));
        let shock = active(hour, shocks);
        // The mean of exponential prices of so many impressions.
        let chance = random.normal() / libm::sqrt(shown);
        let value = 8.0 * libm::exp(rhythm + wandering + shock + chance);
        points.push(Point::new(Timestamp::UNIX_EPOCH + SignedDuration::from_hours(i64::from(hour)), value).of(shown));
    }
    points
}
