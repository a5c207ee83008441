//! Error rates of a bandit's report by simulation, short; the program `error_rates` of the benches has the long one.

use super::cell::Cell;
use super::{
    AllocationPlan, Arm, BanditReport, BestBy, Goal, Prior, ReportPlan, Seen, Spread, bandit_allocate, bandit_report,
};
use crate::stats::distribution::normal_two_sided;
use crate::stats::random::Random;

/// What an arm collects in a batch.
#[derive(Debug, Clone, Copy)]
enum Outcome {
    /// Conversions at a rate.
    Conversion,
    /// Normal values around a mean, deviation 1.
    Value,
}

/// A Thompson bandit over `days` batches.
struct World<'a> {
    outcome: Outcome,
    /// Rate or mean of each arm.
    truth: &'a [f64],
    days: u64,
    units: u64,
    floor: f64,
    /// The standard deviation of a daily factor (of rates) or shift (of means) that all arms share.
    shock: f64,
}

impl World<'_> {
    fn run(&self, seed: u64) -> Vec<Vec<Seen>> {
        let mut luck = Random::at(seed, &[1]);
        let mut all: Vec<Seen> = self.truth.iter().map(|_| self.nothing()).collect();
        let mut batches = Vec::new();
        for day in 0..self.days {
            let named = all.iter().enumerate();
            let arms: Vec<Arm> = named.map(|(place, seen)| Arm { name: place.to_string(), seen: *seen }).collect();
            let (prior, by) = match self.outcome {
                Outcome::Conversion => (Prior::Beta { a: 1.0, b: 1.0 }, BestBy::Draws(200)),
                Outcome::Value => (Prior::Normal { mean: 0.0, sd: 10.0 }, BestBy::Draws(100)),
            };
            let plan = AllocationPlan {
                floor: self.floor,
                by,
                units: self.units,
                seed,
                batch: day,
                prior: Some(prior),
                ..AllocationPlan::default()
            };
            let next = bandit_allocate(&arms, &plan).unwrap();
            let shock = self.shock * luck.normal().clamp(-2.0, 2.0);
            let cells =
                next.arms.iter().zip(self.truth).map(|(arm, truth)| self.cell(arm.units, *truth, shock, &mut luck));
            let cells: Vec<Seen> = cells.collect();
            all = all.iter().zip(&cells).map(|(before, cell)| joined(*before, *cell)).collect();
            batches.push(cells);
        }
        batches
    }

    fn nothing(&self) -> Seen {
        match self.outcome {
            Outcome::Conversion => Seen::Shares { successes: 0, trials: 0 },
            Outcome::Value => Seen::Values { n: 0, mean: 0.0, sd: 1.0 },
        }
    }

    fn cell(&self, units: u64, truth: f64, shock: f64, luck: &mut Random) -> Seen {
        match self.outcome {
            Outcome::Conversion => {
                Seen::Shares { successes: luck.binomial(units, truth * (1.0 + shock)), trials: units }
            }
            Outcome::Value => {
                Seen::Values { n: units, mean: truth + shock + luck.normal() / (units.max(1) as f64).sqrt(), sd: 1.0 }
            }
        }
    }
}

fn joined(before: Seen, cell: Seen) -> Seen {
    match (before, cell) {
        (Seen::Shares { successes: a, trials: b }, Seen::Shares { successes, trials }) => {
            Seen::Shares { successes: a + successes, trials: b + trials }
        }
        (Seen::Values { n: a, mean: b, .. }, Seen::Values { n, mean, sd }) => {
            Seen::Values { n: a + n, mean: (a as f64 * b + n as f64 * mean) / ((a + n).max(1) as f64), sd }
        }
        (before, _) => before,
    }
}

/// The p value of the ordinary z test of the most-served arm against all others, as if units had been shared out evenly.
fn naive(batches: &[Vec<Seen>]) -> f64 {
    let mut arms = batches[0].clone();
    for batch in &batches[1..] {
        arms = arms.iter().zip(batch).map(|(before, cell)| joined(*before, *cell)).collect();
    }
    let sums: Vec<Cell> = arms.iter().map(Cell::of).collect();
    let most = sums.iter().copied().reduce(|most, next| if next.size > most.size { next } else { most }).unwrap();
    let size: f64 = sums.iter().map(|cell| cell.size).sum();
    let all = sums.iter().map(|cell| cell.size * cell.mean).sum::<f64>();
    let rest = (all - most.size * most.mean) / (size - most.size);
    let variance = if matches!(arms[0], Seen::Values { .. }) { 1.0 } else { all / size * (1.0 - all / size) };
    normal_two_sided((most.mean - rest) / (variance * (1.0 / most.size + 1.0 / (size - most.size))).sqrt())
}

/// Shares of p values below 0.05: the naive test; every arm against the first by batches, and by units; the leader against the rest by
/// batches, adjusted.
fn errors(world: &World<'_>, runs: u64) -> [f64; 4] {
    let names: Vec<String> = world.truth.iter().enumerate().map(|(place, _)| place.to_string()).collect();
    let small = |p: f64| f64::from(u8::from(p < 0.05));
    let mut shares = [0.0; 4];
    for seed in 0..runs {
        let batches = world.run(seed);
        let report = |spread| bandit_report(&names, &batches, &ReportPlan { spread, ..ReportPlan::default() }).unwrap();
        let against = |report: &BanditReport| {
            let found = report.arms.iter().filter_map(|arm| arm.against_reference.clone());
            found.map(|found| small(found.unwrap().p_value)).sum::<f64>() / (names.len() - 1) as f64
        };
        let (days, units) = (report(Spread::Batches), report(Spread::Units));
        let leader = days.arms[days.leader.unwrap()].against_rest.clone().unwrap();
        let found = [small(naive(&batches)), against(&days), against(&units), small(leader.adjusted_p_value)];
        shares.iter_mut().zip(found).for_each(|(share, found)| *share += found / runs as f64);
    }
    shares
}

#[test]
fn without_a_difference_the_report_errs_in_one_of_twenty_where_the_naive_test_errs_in_one_of_nine() {
    let world = World { outcome: Outcome::Value, truth: &[0.0; 5], days: 20, units: 2000, floor: 0.01, shock: 0.0 };
    let [naive, days, units, leader] = errors(&world, 300);
    assert!(naive > 0.1, "{naive}");
    assert!((0.03..=0.08).contains(&days) && (0.03..=0.08).contains(&units), "{days} {units}");
    assert!(leader <= 0.08, "{leader}");
}

#[test]
fn a_day_that_moves_all_arms_alike_does_no_harm() {
    let world = World { outcome: Outcome::Value, truth: &[0.0; 3], days: 14, units: 3000, floor: 0.01, shock: 0.2 };
    let [_, days, units, leader] = errors(&world, 200);
    assert!([days, units].iter().all(|share| (0.015..=0.095).contains(share)) && leader <= 0.095, "{days} {units}");
}

#[test]
fn the_worlds_of_the_guide_keep_their_bound_in_a_few_runs() {
    let runs: u64 = 20;
    let close = |[_, days, units, leader]: [f64; 4]| {
        let most = 0.065 + 3.0 * (0.065 * 0.935 / runs as f64).sqrt();
        assert!(days.max(units).max(leader) <= most, "{days} {units} {leader}");
    };
    for arms in [2_u32, 5] {
        for (floor, shock) in [(0.01, 0.0), (0.05, 0.15), (0.1, 0.0)] {
            let (truth, units) = (vec![0.05; arms as usize], u64::from(500 * arms));
            let world = World { outcome: Outcome::Conversion, truth: &truth, days: 28, units, floor, shock };
            close(errors(&world, runs));
        }
    }
    let world = World { outcome: Outcome::Value, truth: &[0.0; 5], days: 28, units: 2500, floor: 0.01, shock: 0.0 };
    close(errors(&world, runs));
    let truth = [0.05, 0.05, 0.05, 0.05, 0.06];
    let world = World { outcome: Outcome::Conversion, truth: &truth, days: 28, units: 2500, floor: 0.05, shock: 0.0 };
    let found = errors(&world, runs);
    assert!(found[3] > 0.8, "{found:?}");
}

#[test]
fn the_batch_weighted_mean_is_less_biased_than_the_pooled_one() {
    let world = World { outcome: Outcome::Value, truth: &[0.0; 2], days: 14, units: 1000, floor: 0.01, shock: 0.0 };
    let names = ["a".to_owned(), "b".to_owned()];
    let (mut pooled, mut weighted) = (0.0, 0.0);
    for seed in 0..300 {
        let report = bandit_report(&names, &world.run(seed), &ReportPlan::default()).unwrap();
        for arm in &report.arms {
            pooled += arm.pooled_mean.unwrap() / 600.0;
            weighted += arm.mean.as_ref().unwrap().estimate / 600.0;
        }
    }
    assert!(pooled < -0.003 && weighted.abs() < 0.7 * pooled.abs(), "{pooled} {weighted}");
}

#[test]
fn a_report_for_minimising_mirrors_one_for_maximising() {
    let names = ["a".to_owned(), "b".to_owned(), "c".to_owned()];
    let cell = |mean: f64, n| Seen::Values { n, mean, sd: 1.5 };
    let days = |sign: f64| -> Vec<Vec<Seen>> {
        let day = |d: u32| {
            let d = f64::from(d);
            vec![
                cell(sign * (3.0 + 0.1 * d), 40),
                cell(sign * (2.8 - 0.2 * d), 90),
                cell(sign * (3.3 + 0.05 * d * d), 70),
            ]
        };
        (0..6).map(day).collect()
    };
    let high = bandit_report(&names, &days(-1.0), &ReportPlan::default()).unwrap();
    let low = bandit_report(&names, &days(1.0), &ReportPlan { goal: Goal::Minimise, ..ReportPlan::default() }).unwrap();
    assert_eq!(high.leader, low.leader);
    for (a, b) in high.arms.iter().zip(&low.arms) {
        let (a, b) = (a.against_rest.as_ref().unwrap(), b.against_rest.as_ref().unwrap());
        assert!((a.difference.estimate + b.difference.estimate).abs() < 1e-12 && (a.p_value - b.p_value).abs() < 1e-12);
    }
}
