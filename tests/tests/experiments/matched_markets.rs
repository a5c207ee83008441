//! The geo experiment that ships with `google/matched_markets` (Apache-2.0, commit 5e3cd957d9e3): 100 regions, 93 days, 50,000 spent in the
//! treated half. Expected values are those that its own tests give for the R package `GeoexperimentsResearch`.

use std::collections::BTreeMap;
use std::path::Path;

use adbrain_core::experiment::geo::{Cost, EffectPlan, GeoEffect, geo_effect};

/// Days before the test, from 2015-01-05; the test is 2015-02-16 to 2015-03-15.
const BEFORE: usize = 42;
const DAYS: usize = 28;

fn rows(path: &Path) -> Vec<Vec<String>> {
    let text = std::fs::read_to_string(path).unwrap();
    text.lines().skip(1).map(|line| line.split(',').map(|field| field.trim_matches('"').to_owned()).collect()).collect()
}

/// Daily sales and cost of a group of regions.
fn totals(sales: &[Vec<String>], groups: &BTreeMap<String, String>, group: &str) -> [Vec<f64>; 2] {
    let mut days: BTreeMap<&str, [f64; 2]> = BTreeMap::new();
    for row in sales.iter().filter(|row| groups.get(&row[1]).is_some_and(|of| of == group)) {
        let day = days.entry(&row[0]).or_default();
        day[0] += row[2].parse::<f64>().unwrap();
        day[1] += row[3].parse::<f64>().unwrap();
    }
    [0, 1].map(|column| days.values().take(BEFORE + DAYS).map(|day| day[column]).collect())
}

fn effect(test: &str) -> Option<GeoEffect> {
    let sales = adbrain_tests::data(test, "data/matched-markets/salesandcost.csv")?;
    let groups = adbrain_tests::data(test, "data/matched-markets/geoassignment.csv")?;
    let groups = rows(&groups).into_iter().map(|row| (row[0].clone(), row[1].clone())).collect();
    let sales = rows(&sales);
    let [control, control_cost] = totals(&sales, &groups, "1");
    let [treatment, treatment_cost] = totals(&sales, &groups, "2");
    let cost = Some(Cost::Series { treatment: treatment_cost, control: control_cost });
    Some(geo_effect(&treatment, &control, &EffectPlan { pre_periods: BEFORE, level: 0.8, cost }).unwrap())
}

#[test]
fn the_effect_and_its_return_are_those_of_the_r_package() {
    let Some(found) = effect("the_effect_and_its_return_are_those_of_the_r_package") else { return };
    assert!((found.line.slope - 0.999_700_1).abs() < 5e-8, "{}", found.line.slope);
    assert!((found.effect.estimate - 147_337.122).abs() < 5e-4, "{}", found.effect.estimate);
    assert!((found.extra_cost.unwrap() - 50_000.0).abs() < 0.5, "{:?}", found.extra_cost);
    // The package's one-sided 90 % bound is the lower end of a two-sided interval of 80 %.
    let back = found.return_on_cost.unwrap().unwrap();
    assert!((back.estimate - 2.946_742).abs() < 1e-5, "{}", back.estimate);
    assert!((back.low - 2.826_194).abs() < 1e-5, "{}", back.low);
    // The package simulates the lift, so it is known to some 1e-4.
    let lift = found.lift.unwrap();
    assert!((lift.estimate - 0.173_998).abs() < 1e-4 && (lift.low - 0.165_686).abs() < 1e-4, "{lift:?}");
    assert!(found.placebo.unwrap().p_value < 0.1);
}
