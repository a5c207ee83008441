//! Days to saturation of simulated campaigns; prints one JSON object.
//!
//! Usage: `saturation campaigns` for what is seen and true of each campaign, `saturation` for how near the predictions come on the
//! campaigns that judge, `saturation learnt` for the same on those that may be learnt from. The bound that calls a campaign quick is
//! chosen on the campaigns that may be learnt from.

mod campaigns;
mod judge;

use std::time::Duration;

use adbrain_benches::cpu_time;
use adbrain_core::stats::Undefined;
use campaigns::{Campaign, Generator, HORIZON, LEARNT_FROM};
use serde_json::{Map, Value, json};

fn main() -> Result<(), Undefined> {
    let what = std::env::args().nth(1).unwrap_or_default();
    let campaigns = campaigns::all();
    let report = match what.as_str() {
        "campaigns" => listed(&campaigns),
        "learnt" => figures(&campaigns, false)?,
        _ => figures(&campaigns, true)?,
    };
    println!("{report}");
    Ok(())
}

fn figures(campaigns: &[Campaign], judges: bool) -> Result<Value, Undefined> {
    let part = |judges| campaigns.iter().filter(move |one| (one.number >= LEARNT_FROM) == judges).collect::<Vec<_>>();
    let bound = judge::best_bound(&part(false))?;
    let chosen = part(judges);
    let began = cpu_time();
    let mut figures = judge::figures(&chosen, bound)?;
    let taken = cpu_time().saturating_sub(began);
    if let Some(figures) = figures.as_object_mut() {
        figures.insert("bound".to_owned(), json!(bound));
        figures.insert("cpu_ms".to_owned(), json!(per_campaign(taken, chosen.len())));
    }
    Ok(figures)
}

fn per_campaign(taken: Duration, campaigns: usize) -> f64 {
    taken.as_secs_f64() * 1e3 / campaigns as f64
}

fn listed(campaigns: &[Campaign]) -> Value {
    let days = Generator::ALL.map(|generator| (generator.name().to_owned(), quantiles(campaigns, generator)));
    let listed: Vec<Value> = campaigns.iter().map(written).collect();
    json!({"true_days": Map::from_iter(days), "horizon": HORIZON, "campaigns": listed})
}

/// The 10, 25, 50, 75 and 90 % quantiles of the true days, a censored one counting as the day after the last, and the share censored.
fn quantiles(campaigns: &[Campaign], generator: Generator) -> Value {
    let of = campaigns.iter().filter(|campaign| campaign.generator == generator);
    let mut days: Vec<usize> = of.map(|campaign| campaign.true_day.unwrap_or(HORIZON + 1)).collect();
    days.sort_unstable();
    let at = |percent: usize| days.get((days.len() - 1) * percent / 100);
    let censored = days.iter().filter(|day| **day > HORIZON).count() as f64 / days.len() as f64;
    let quantiles = [10, 25, 50, 75, 90].map(at);
    json!({"quantiles": quantiles, "censored": censored})
}

fn written(campaign: &Campaign) -> Value {
    let days: Vec<_> = campaign.days.iter().map(|day| [day.impressions, day.reach, day.clicks]).collect();
    json!({
        "generator": campaign.generator.name(),
        "judges": campaign.number >= LEARNT_FROM,
        "size": campaign.size,
        "overlap": campaign.overlap,
        "days": days,
        "true_day": campaign.true_day,
    })
}
