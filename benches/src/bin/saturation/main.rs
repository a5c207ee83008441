//! Simulated campaigns with true days of saturation; prints them as one JSON object.
//!
//! Usage: `saturation`.

mod campaigns;

use campaigns::{Campaign, Generator, HORIZON, LEARNT_FROM};
use serde_json::{Map, Value, json};

fn main() {
    let campaigns = campaigns::all();
    let days = Generator::ALL.map(|generator| (generator.name().to_owned(), quantiles(&campaigns, generator)));
    let listed: Vec<Value> = campaigns.iter().map(written).collect();
    println!("{}", json!({"true_days": Map::from_iter(days), "horizon": HORIZON, "campaigns": listed}));
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
