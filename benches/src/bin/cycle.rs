//! One cycle of watching and deciding for 10,000 campaigns on one thread; prints one JSON object.
//!
//! A cycle takes the newest hour of every campaign in, asks the alert rules about each, estimates all response curves from 42 days and divides the
//! day's money. How the figures come off the network is not part of it.

use std::collections::BTreeMap;

use adbrain_benches::{measure, peak_memory_mb};
use adbrain_core::Result;
use adbrain_core::alert::{AlertSettings, Detector, Observation};
use adbrain_core::budget::{AllocationRequest, CampaignDay, CampaignDays, CurveBeliefs, Receiver};
use adbrain_core::budget::{allocate, estimate_curves};
use adbrain_core::model::{Currency, Metrics, Money, Platform, Tag};
use adbrain_core::stats::random::Random;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

const CAMPAIGNS: u32 = 10_000;
const DAYS: u64 = 42;
/// Hours that the alert rules look back.
const HOURS: i64 = 24 * 14;
const CYCLES: u32 = 40;
const BUDGET: f64 = 100.0;

/// One campaign with what is known of it.
struct Watched {
    platform: Platform,
    tag: Tag,
    hourly: Vec<(Timestamp, Metrics)>,
    days: CampaignDays,
}

fn main() -> std::result::Result<(), Box<dyn std::error::Error>> {
    let start: Timestamp = "2026-11-01T00:00:00Z".parse()?;
    let mut watched = (0..CAMPAIGNS).map(|number| watched(number, start)).collect::<Result<Vec<_>>>()?;
    let mut detector = Detector::new(AlertSettings::default())?;
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let (mut seconds, mut alerts, mut divided) = (Vec::new(), 0, BTreeMap::new());
    for cycle in 0..CYCLES {
        let at = start + SignedDuration::from_hours(HOURS + i64::from(cycle));
        let (found, taken) = runtime.block_on(measure(async { turn(&mut watched, &mut detector, (cycle, at)) }));
        let (opened, spend) = found?;
        alerts += opened;
        *divided.entry(spend.to_string()).or_insert(0) += 1;
        seconds.push(taken.wall.as_secs_f64());
    }
    seconds.sort_by(f64::total_cmp);
    let (median, most) = (seconds.get(seconds.len() / 2), seconds.last());
    // With fewer than 100 cycles the 99th percentile is the longest.
    let report = json!({
        "campaigns": CAMPAIGNS, "cycles": CYCLES, "median_s": median, "p99_s": most, "memory_mb": peak_memory_mb(),
        "alerts": alerts, "divided": divided,
    });
    println!("{report}");
    Ok(())
}

/// One cycle; says how many episodes opened and what was divided.
fn turn(watched: &mut [Watched], detector: &mut Detector, (cycle, at): (u32, Timestamp)) -> Result<(usize, Money)> {
    let mut opened = 0;
    for (place, one) in (0..).zip(watched.iter_mut()) {
        one.hourly.remove(0);
        one.hourly.push((at - SignedDuration::from_hours(1), hour(&mut Random::at(u64::from(cycle), &[place, 3]))?));
        let budget = Money::parse("100", Currency::USD)?;
        let seen = Observation { hourly: &one.hourly, ..Observation::new(one.platform, &one.tag, at, budget) };
        opened += detector.observe(&seen).len();
    }
    let days: Vec<CampaignDays> = watched.iter().map(|one| one.days.clone()).collect();
    let curves = estimate_curves(&days, &CurveBeliefs::default())?;
    let receivers = curves.into_iter().map(|one| Receiver {
        floor: Money::parse("80", Currency::USD).ok(),
        cap: Money::parse("120", Currency::USD).ok(),
        ..Receiver::new(one.name, one.curve)
    });
    let total = Money::parse(&(f64::from(CAMPAIGNS) * BUDGET).to_string(), Currency::USD)?;
    let answer = allocate(&AllocationRequest::new(total, receivers.collect()))?;
    Ok((opened, answer.spend))
}

fn watched(number: u32, start: Timestamp) -> Result<Watched> {
    let mut random = Random::at(u64::from(number), &[1]);
    let platforms = Platform::ALL;
    let place = usize::try_from(number).unwrap_or(0) % platforms.len();
    let platform = platforms.get(place).copied().unwrap_or(Platform::Meta);
    let rate = 0.03 * random.log_normal(0.4);
    let day = |number: u64| {
        let mut random = Random::at(number, &[place as u64, 2]);
        let budget = BUDGET * random.log_normal(0.1);
        let clicks = random.poisson(90.0) as f64;
        let conversions = random.poisson(clicks * rate) as f64;
        let revenue = 120.0 * conversions;
        CampaignDay { budget, spend: budget, impressions: 10_000.0, clicks, conversions, revenue, known: 1.0 }
    };
    let name = format!("c{number}");
    let days = CampaignDays { name: name.clone(), group: platform.to_string(), days: (0..DAYS).map(day).collect() };
    let hourly = (0..HOURS).map(|hours| Ok((start + SignedDuration::from_hours(hours), hour(&mut random)?)));
    Ok(Watched { platform, tag: Tag::new(name), hourly: hourly.collect::<Result<_>>()?, days })
}

/// An hour with some noise in its prices.
fn hour(random: &mut Random) -> Result<Metrics> {
    let spend = 12.0 * random.log_normal(0.1);
    Ok(Metrics {
        impressions: 1_200,
        clicks: random.poisson(11.0),
        spend: Money::parse(&format!("{spend:.2}"), Currency::USD)?,
        ..Metrics::none(Currency::USD)
    })
}
