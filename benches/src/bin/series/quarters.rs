//! Dense signals: reports of 15 minutes of an ad set with 3,000 impressions and 20 conversions an hour, in which delivery runs away or
//! stops, prices double or rise by 35 %, and tracking dies. False alarms come from the same runs and settings.

use std::collections::BTreeMap;

use adbrain_core::Result;
use adbrain_core::alert::series::{AlarmBudget, CountDetector, CountSettings, Point, SeriesDetector, SeriesSettings};
use adbrain_core::stats::random::Random;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::with;

const STEP: SignedDuration = SignedDuration::from_mins(15);
const STEPS_A_DAY: i32 = 96;
const DAYS: i32 = 60;
const SERIES: u64 = 100;
/// The first thing that happens, and days from one to the next.
const FIRST: i32 = 20;
const EVERY: i32 = 8;
/// Steps that it lasts: a day.
const LENGTH: i32 = 96;
/// The signals of an ad set, and the false alarms that it may have a day over all of them.
const SIGNALS: usize = 3;
const FALSE_A_DAY: f64 = 0.02;
/// Half of the budget is kept for what real series have and simulated ones have not.
const SPENT: f64 = 0.5;
/// By how much impressions, and conversions by impression, vary by themselves, and its correlation from quarter to quarter where it lasts.
const VARIES: f64 = 0.1;
const LASTING: f64 = 0.9;
/// Prices wander with this deviation and this correlation from quarter to quarter: 0.8 from hour to hour.
const WANDERING: (f64, f64) = (0.07, 0.945_741_609_003_176);
const TAU: f64 = std::f64::consts::TAU;

/// What happens: factors on impressions, on the price and on what tracking reports.
type Event = (&'static str, [f64; 3]);

const EVENTS: [Event; 5] = [
    ("runaway", [3.0, 1.0, 1.0]),
    ("stop", [0.0, 1.0, 1.0]),
    ("cpm_x2", [1.0, 2.0, 1.0]),
    ("dead_tracking", [1.0, 1.0, 0.0]),
    ("cpm_35", [1.0, 1.35, 1.0]),
];

/// The detectors of one ad set.
struct Watcher {
    impressions: CountDetector,
    conversions: CountDetector,
    price: SeriesDetector,
}

impl Watcher {
    fn new() -> Result<Self> {
        let budget = AlarmBudget { alarms_per_day: FALSE_A_DAY * SPENT };
        let checks = f64::from(STEPS_A_DAY);
        let level = budget.levels(&[1.0; SIGNALS], checks)?.into_iter().fold(1.0, f64::min);
        let threshold = budget.thresholds(&[1.0; SIGNALS], checks)?.into_iter().fold(0.0, f64::max);
        let counts = CountSettings { level, ..CountSettings::default() };
        let prices = SeriesSettings {
            season: STEPS_A_DAY.unsigned_abs(),
            memory: 14,
            threshold,
            window: STEPS_A_DAY.unsigned_abs(),
            ramp: 24,
            quiet: STEPS_A_DAY.unsigned_abs(),
            adopt: 288,
            ..SeriesSettings::default()
        };
        Ok(Self {
            impressions: CountDetector::new(counts, STEP)?,
            conversions: CountDetector::new(counts, STEP)?,
            price: SeriesDetector::new(prices, STEP)?,
        })
    }

    /// Whether something is told with a report.
    fn is_told(&mut self, report: &Report) -> Result<bool> {
        let volume = report.impressions as f64;
        let point = Point { at: report.at, value: report.cpm, volume: Some(volume) };
        let price = self.price.observe(&point)?.alarm.is_some();
        let delivery = self.impressions.observe(report.at, report.impressions)?.is_alarm;
        Ok(self.conversions.observe(report.at, report.conversions)?.is_alarm || delivery || price)
    }
}

/// What is reported of 15 minutes.
struct Report {
    at: Timestamp,
    impressions: u64,
    conversions: u64,
    cpm: Option<f64>,
}

/// Delays in minutes of each event, and false alarms, where reports vary independently and where their variation lasts.
pub(crate) fn figures() -> Result<Value> {
    Ok(with(world(0.0)?, [("lasting", world(LASTING)?)]))
}

fn world(lasts: f64) -> Result<Value> {
    let (mut delays, mut tried): (BTreeMap<&str, Vec<f64>>, BTreeMap<&str, u32>) = (BTreeMap::new(), BTreeMap::new());
    let (mut wrong, mut calm_steps) = (0, 0);
    for seed in 0..SERIES {
        let events = events(seed);
        let mut watcher = Watcher::new()?;
        let mut told = Vec::new();
        for (step, report) in (0..).zip(reports(seed, &events, lasts)) {
            if watcher.is_told(&report)? {
                told.push(step);
            }
        }
        let is_calm = |step: i32| {
            step >= 10 * STEPS_A_DAY && events.iter().all(|(from, ..)| !(-1..3 * LENGTH).contains(&(step - *from)))
        };
        calm_steps += (0..DAYS * STEPS_A_DAY).filter(|step| is_calm(*step)).count();
        wrong += told.iter().filter(|step| is_calm(**step)).count();
        for (from, minute, (name, _)) in &events {
            *tried.entry(name).or_default() += 1;
            let found = told.iter().find(|step| (0..LENGTH).contains(&(**step - *from)));
            // A report comes at the end of its 15 minutes; the event began `minute` minutes into the first of them.
            let delay = found.map(|step| f64::from((step - from + 1) * 15) - minute);
            delays.entry(name).or_default().extend(delay);
        }
    }
    let of = |name: &str| {
        let mut all = delays.get(name).cloned().unwrap_or_default();
        all.sort_by(f64::total_cmp);
        let tried = tried.get(name).copied().unwrap_or(1);
        let at = |share: f64| all.get(rank(tried, share)).copied();
        json!({"events": tried, "share": all.len() as f64 / f64::from(tried), "median_minutes": at(0.5), "p95_minutes": at(0.95)})
    };
    let dense: Vec<f64> =
        EVENTS.iter().take(4).flat_map(|(name, _)| delays.get(name).cloned().unwrap_or_default()).collect();
    let dense_tried: u32 = EVENTS.iter().take(4).filter_map(|(name, _)| tried.get(name)).sum();
    let mut sorted = dense;
    sorted.sort_by(f64::total_cmp);
    let days = calm_steps as f64 / f64::from(STEPS_A_DAY);
    Ok(json!({
        "by_event": EVENTS.map(|(name, _)| (name, of(name))).into_iter().collect::<BTreeMap<_, _>>(),
        "dense": {
            "events": dense_tried,
            "median_minutes": sorted.get(rank(dense_tried, 0.5)),
            "p95_minutes": sorted.get(rank(dense_tried, 0.95)),
        },
        "false_a_day": wrong as f64 / days,
        "calm_days": days,
    }))
}

/// The place of a quantile among sorted delays, those that were never found being the last.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of a small count")]
fn rank(tried: u32, share: f64) -> usize {
    (libm::ceil(f64::from(tried) * share) as usize).saturating_sub(1)
}

/// The step of each event, how many minutes into it it begins, and what it is.
fn events(seed: u64) -> Vec<(i32, f64, Event)> {
    let mut random = Random::at(seed, &[9]);
    let turn = usize::try_from(seed).unwrap_or_default() % EVENTS.len();
    let kinds = EVENTS.into_iter().cycle().skip(turn);
    (FIRST..=DAYS - EVERY)
        .step_by(EVERY.unsigned_abs() as usize)
        .zip(kinds)
        .map(|(day, event)| {
            let step = i32::try_from(random.below(STEPS_A_DAY.unsigned_abs().into())).unwrap_or_default();
            (day * STEPS_A_DAY + step, 15.0 * random.uniform(), event)
        })
        .collect()
}

/// The reports of all days, whose variation has a correlation from quarter to quarter. In the quarter in which something begins it holds for
/// the rest of it.
fn reports(seed: u64, events: &[(i32, f64, Event)], lasts: f64) -> Vec<Report> {
    let mut random = Random::at(seed, &[5]);
    let [first, second] = [random.uniform(), random.uniform()];
    let (deviation, correlation) = WANDERING;
    let innovation = deviation * libm::sqrt(1.0 - correlation * correlation);
    let mut wandering = deviation * random.normal();
    let mut varying = [0.0; 2];
    (0..DAYS * STEPS_A_DAY)
        .map(|step| {
            wandering = correlation * wandering + innovation * random.normal();
            let turn = f64::from(step) / f64::from(STEPS_A_DAY);
            let mut factors = [1.0; 3];
            for (from, minute, (_, change)) in events {
                let part = match step - from {
                    0 => 1.0 - minute / 15.0,
                    1..LENGTH => 1.0,
                    _ => continue,
                };
                for (factor, change) in factors.iter_mut().zip(change) {
                    *factor *= 1.0 + part * (change - 1.0);
                }
            }
            let [delivery, price, tracked] = factors;
            let usual = 750.0 * (1.0 + 0.5 * libm::sin(TAU * (turn + first)));
            for vary in &mut varying {
                *vary = lasts * *vary + VARIES * libm::sqrt(1.0 - lasts * lasts) * random.normal();
            }
            let varies = varying.map(libm::exp);
            let impressions = random.poisson(usual * delivery * varies[0]);
            let rate = 5.0 / 750.0 * tracked * varies[1];
            let conversions = random.poisson(impressions as f64 * rate);
            let rhythm = 0.25 * libm::sin(TAU * (turn + second));
            let chance = random.normal() / libm::sqrt((impressions as f64).max(1.0));
            let cpm = 8.0 * price * libm::exp(rhythm + wandering + chance);
            Report {
                at: Timestamp::UNIX_EPOCH + STEP * step,
                impressions,
                conversions,
                cpm: (impressions > 0).then_some(cpm),
            }
        })
        .collect()
}
