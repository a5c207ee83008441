//! The public Facebook data: ads of three campaigns, most of them without a sale.

use std::collections::BTreeMap;

use adbrain_core::measure::import_file;
use adbrain_core::model::{Currency, Objective};
use adbrain_core::predict::features::{Feature, PastResult, past_results};
use adbrain_core::predict::roas::{Forecaster, Grouping, Settings};
use adbrain_core::stats::random::Random;
use adbrain_tests::data;

/// Splits of 70 % and 30 %; the figures in the guide are of ten.
const SPLITS: u64 = if cfg!(debug_assertions) { 2 } else { 10 };
/// The interval score that ten splits must reach. The two of a build for development came to 2.682, so this bound only keeps them there.
const HIGHEST_SCORE: f64 = if cfg!(debug_assertions) { 2.73 } else { 2.65 };
const LEVEL: f64 = 0.9;

/// What is known before launch.
const FEATURES: [Feature; 5] = [Feature::Campaign, Feature::Age, Feature::Gender, Feature::Interest, Feature::Budget];

#[derive(Default)]
struct Tally {
    rows: f64,
    inside: f64,
    score: f64,
}

/// The rows in an order of the split's own, the first seven of ten to learn from.
fn split(rows: &[PastResult], seed: u64) -> (Vec<PastResult>, Vec<PastResult>) {
    let mut luck = Random::at(seed, &[99]);
    let mut keyed: Vec<(f64, usize)> = (0..rows.len()).map(|row| (luck.uniform(), row)).collect();
    keyed.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut learnt: Vec<PastResult> = keyed.into_iter().map(|(_, row)| rows[row].clone()).collect();
    let asked = learnt.split_off(rows.len() * 7 / 10);
    (learnt, asked)
}

fn tally(rows: &[PastResult], tallies: &mut BTreeMap<String, Tally>, seed: u64) {
    let (learnt, asked) = split(rows, seed);
    let settings = Settings { calibrate_by: Grouping::Campaign, features: FEATURES.to_vec(), ..Settings::default() };
    let model = Forecaster::learn(&learnt, &settings).unwrap();
    let features: Vec<_> = asked.iter().map(|row| row.features.clone()).collect();
    for (row, band) in asked.iter().zip(model.bands(&features, LEVEL).unwrap()) {
        let (band, actual) = (band.unwrap(), row.metrics.roas().unwrap().ln_1p());
        let tally = tallies.entry(row.features.campaign.clone().unwrap()).or_default();
        tally.rows += 1.0;
        tally.inside += f64::from(u8::from(band.holds(actual)));
        tally.score += band.score(actual, LEVEL);
    }
}

#[test]
fn intervals_of_real_ads_hold_their_level_in_every_campaign() {
    let name = "intervals_of_real_ads_hold_their_level_in_every_campaign";
    let Some(file) = data(name, "data/kag-facebook-ads/KAG_conversion_data.csv") else { return };
    let history = import_file(&std::fs::read(file).unwrap(), None, Currency::USD).unwrap();
    let mut rows = past_results(&history, "retail", Objective::Sales).unwrap();
    rows.retain(|row| row.metrics.spend.is_positive());
    assert_eq!(rows.len(), 936);
    let mut tallies = BTreeMap::new();
    (0..SPLITS).for_each(|seed| tally(&rows, &mut tallies, seed));
    let all = tallies.values().fold(Tally::default(), |sum, tally| Tally {
        rows: sum.rows + tally.rows,
        inside: sum.inside + tally.inside,
        score: sum.score + tally.score,
    });
    let (coverage, score) = (all.inside / all.rows, all.score / all.rows);
    let worst = tallies.values().map(|tally| tally.inside / tally.rows).fold(1.0, f64::min);
    println!("{SPLITS} splits: coverage {coverage:.3}, worst campaign {worst:.3}, interval score {score:.3}");
    assert!((0.88..=0.93).contains(&coverage) && worst >= 0.87 && score <= HIGHEST_SCORE, "{coverage} {worst} {score}");
}
