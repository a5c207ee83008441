//! How often the report of a bandit errs, beside the ordinary z test of its sums.

use adbrain_core::experiment::bandit::{
    AllocationPlan, Arm, BanditReport, BestBy, Prior, ReportPlan, Seen, Spread, bandit_allocate, bandit_report,
};
use adbrain_core::stats::distribution::normal_two_sided;
use adbrain_core::stats::random::Random;

use crate::course::{share, shares};
use crate::{Line, Lines};

const MOST_RUNS: u64 = 4_000;
const DAYS: u64 = 28;
const UNITS_PER_ARM: u64 = 500;
/// Batches in which an arm has a handful of conversions are far from normal.
const MOST_ERROR: f64 = 0.065;

/// A Thompson bandit over 28 batches.
struct World<'a> {
    name: &'a str,
    /// The rate of each arm, or its mean where values are normal with deviation 1.
    truth: &'a [f64],
    is_value: bool,
    floor: f64,
    /// The standard deviation of a daily factor that all arms share.
    shock: f64,
}

impl World<'_> {
    fn nothing(&self) -> Seen {
        if self.is_value { Seen::Values { n: 0, mean: 0.0, sd: 1.0 } } else { Seen::Shares { successes: 0, trials: 0 } }
    }

    /// What each arm collected in each batch; nothing where the bandit refuses, which fails the promises.
    fn run(&self, seed: u64) -> Vec<Vec<Seen>> {
        let mut luck = Random::at(seed, &[1]);
        let mut all: Vec<Seen> = self.truth.iter().map(|_| self.nothing()).collect();
        let mut batches = Vec::new();
        for batch in 0..DAYS {
            let arms: Vec<Arm> =
                all.iter().enumerate().map(|(place, seen)| Arm { name: place.to_string(), seen: *seen }).collect();
            let Ok(next) = bandit_allocate(&arms, &self.plan(seed, batch)) else { return Vec::new() };
            let shock = self.shock * luck.normal().clamp(-2.0, 2.0);
            let shared = next.arms.iter().zip(self.truth);
            let cells: Vec<Seen> = shared.map(|(arm, truth)| self.cell(arm.units, *truth, shock, &mut luck)).collect();
            all = all.iter().zip(&cells).map(|(before, cell)| joined(*before, *cell)).collect();
            batches.push(cells);
        }
        batches
    }

    fn plan(&self, seed: u64, batch: u64) -> AllocationPlan {
        let (prior, draws) = if self.is_value {
            (Prior::Normal { mean: 0.0, sd: 10.0 }, 100)
        } else {
            (Prior::Beta { a: 1.0, b: 1.0 }, 200)
        };
        let units = UNITS_PER_ARM * self.truth.len() as u64;
        let by = BestBy::Draws(draws);
        AllocationPlan { floor: self.floor, by, units, seed, batch, prior: Some(prior), ..AllocationPlan::default() }
    }

    fn cell(&self, units: u64, truth: f64, shock: f64, luck: &mut Random) -> Seen {
        if self.is_value {
            let mean = truth + shock + luck.normal() / (units.max(1) as f64).sqrt();
            return Seen::Values { n: units, mean, sd: 1.0 };
        }
        Seen::Shares { successes: luck.binomial(units, truth * (1.0 + shock)), trials: units }
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

/// Units and mean.
fn sums(seen: &Seen) -> [f64; 2] {
    match seen {
        Seen::Shares { successes, trials } => [*trials as f64, *successes as f64 / (*trials).max(1) as f64],
        Seen::Values { n, mean, .. } => [*n as f64, *mean],
        Seen::Counts { .. } => [0.0, 0.0],
    }
}

/// The p value of the ordinary z test of the most-served arm against all others, as if units had been shared out evenly.
fn naive(world: &World<'_>, batches: &[Vec<Seen>]) -> Option<f64> {
    let nothing: Vec<Seen> = world.truth.iter().map(|_| world.nothing()).collect();
    let join = |all: Vec<Seen>, batch: &Vec<Seen>| all.iter().zip(batch).map(|(a, b)| joined(*a, *b)).collect();
    let arms: Vec<[f64; 2]> = batches.iter().fold(nothing, join).iter().map(sums).collect();
    let most = arms.iter().copied().reduce(|most, next| if next[0] > most[0] { next } else { most })?;
    let size: f64 = arms.iter().map(|arm| arm[0]).sum();
    let all: f64 = arms.iter().map(|arm| arm[0] * arm[1]).sum();
    let rest = (all - most[0] * most[1]) / (size - most[0]);
    let variance = if world.is_value { 1.0 } else { all / size * (1.0 - all / size) };
    Some(normal_two_sided((most[1] - rest) / (variance * (1.0 / most[0] + 1.0 / (size - most[0]))).sqrt()))
}

fn report(world: &World<'_>, batches: &[Vec<Seen>], spread: Spread) -> Option<BanditReport> {
    let names: Vec<String> = (0..world.truth.len()).map(|place| place.to_string()).collect();
    bandit_report(&names, batches, &ReportPlan { spread, ..ReportPlan::default() }).ok()
}

/// Whether the last arm differs from the first; all arms but the first are alike in these worlds, or the last one is better.
fn against_first(found: &BanditReport) -> bool {
    let last = found.arms.last().and_then(|arm| arm.against_reference.as_ref()?.as_ref().ok());
    last.is_some_and(|contrast| contrast.p_value < 0.05)
}

fn leads(found: &BanditReport) -> bool {
    let leader = found.leader.and_then(|leader| found.arms.get(leader)).and_then(|arm| arm.against_rest.as_ref().ok());
    leader.is_some_and(|contrast| contrast.adjusted_p_value < 0.05)
}

/// The most that a report may err by: 6.5 % where 5 % is its name, and what chance adds to that in 98 of 100 cases.
fn most(runs: u64) -> (f64, f64) {
    (0.0, MOST_ERROR + 2.05 * (MOST_ERROR * (1.0 - MOST_ERROR) / runs as f64).sqrt())
}

pub(crate) fn lines(tests: u64) -> Lines {
    let runs = tests.min(MOST_RUNS);
    let alike = |name, truth, floor| World { name, truth, is_value: false, floor, shock: 0.0 };
    let (two, five) = ([0.05; 2], [0.05; 5]);
    let worlds = [
        alike("2 arms, floor 1 %", &two, 0.01),
        alike("2 arms, floor 5 %", &two, 0.05),
        alike("2 arms, floor 10 %", &two, 0.1),
        World { shock: 0.15, ..alike("2 arms, floor 5 %, shared daily factor of 15 %", &two, 0.05) },
        alike("5 arms, floor 1 %", &five, 0.01),
        alike("5 arms, floor 5 %", &five, 0.05),
        alike("5 arms, floor 10 %", &five, 0.1),
        World { is_value: true, ..alike("5 arms, floor 1 %, normal values", &[0.0; 5], 0.01) },
    ];
    let mut lines = Vec::new();
    for world in &worlds {
        lines.extend(errors(world, runs, most(runs))?);
    }
    let better = alike("one arm of five +20 %, floor 5 %", &[0.05, 0.05, 0.05, 0.05, 0.06], 0.05);
    let found = share(runs, |seed| report(&better, &better.run(seed), Spread::Batches).as_ref().is_some_and(leads))?;
    lines.push(Line::share(format!("{}: leader found", better.name), found, Some((0.8, 1.0))));
    Ok(lines)
}

fn errors(world: &World<'_>, runs: u64, promised: (f64, f64)) -> Lines {
    let [plain, days, units, leader] = shares(runs, |seed| {
        let batches = world.run(seed);
        let by_days = report(world, &batches, Spread::Batches);
        let by_units = report(world, &batches, Spread::Units);
        [
            naive(world, &batches).is_none_or(|p| p < 0.05),
            by_days.as_ref().is_none_or(against_first),
            by_units.as_ref().is_none_or(against_first),
            by_days.as_ref().is_none_or(leads),
        ]
    })?;
    let line = |what: &str, figure, promised| Line::share(format!("{}: {what}", world.name), figure, promised);
    Ok(vec![
        line("ordinary z test", plain, None),
        line("last arm against first, batches", days, Some(promised)),
        line("last arm against first, units", units, Some(promised)),
        line("leader, adjusted", leader, Some(promised)),
    ])
}
