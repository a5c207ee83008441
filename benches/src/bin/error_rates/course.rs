//! One simulated test: the counts of both arms after each day.

use adbrain_core::stats::random::Random;
use adbrain_core::stats::two_sample::Summary;
use adbrain_core::stats::{Defined, Undefined};

pub(crate) const DAYS: u32 = 28;
pub(crate) const PEOPLE_PER_DAY: u64 = 500;
pub(crate) const BASE_RATE: f64 = 0.05;

/// The counts after one day.
#[derive(Clone, Copy)]
pub(crate) struct Look {
    pub(crate) people: u64,
    /// Successes of control and treatment.
    pub(crate) successes: [u64; 2],
}

impl Look {
    pub(crate) fn arms(&self) -> Defined<[Summary; 2]> {
        let arm = |successes: u64| Summary::of_share(successes as f64, self.people);
        Ok([arm(self.successes[0])?, arm(self.successes[1])?])
    }

    /// The effect and its standard error; none before both arms vary.
    pub(crate) fn effect(&self) -> Option<(f64, f64)> {
        let [control, treatment] = self.arms().ok()?;
        let variance = control.variance_of_mean().ok()? + treatment.variance_of_mean().ok()?;
        (variance > 0.0).then(|| (treatment.mean - control.mean, variance.sqrt()))
    }

    pub(crate) fn z(&self) -> f64 {
        self.effect().map_or(0.0, |(effect, error)| effect / error)
    }
}

/// The test of a number: the same counts whatever is computed from them.
pub(crate) fn simulate(number: u64, lift: f64) -> Vec<Look> {
    let mut luck = Random::at(2026, &[number]);
    let mut look = Look { people: 0, successes: [0, 0] };
    let day = |_| {
        look.people += PEOPLE_PER_DAY;
        look.successes[0] += luck.binomial(PEOPLE_PER_DAY, BASE_RATE);
        look.successes[1] += luck.binomial(PEOPLE_PER_DAY, BASE_RATE * (1.0 + lift));
        look
    };
    (0..DAYS).map(day).collect()
}

/// A test of several variants that are all like the one control: the looks of each variant.
pub(crate) fn simulate_many(number: u64, variants: u64) -> Vec<Vec<Look>> {
    let course = |arm: u64| -> Vec<u64> {
        let mut luck = Random::at(2027, &[number, arm]);
        let mut sum = 0;
        let day = |_| {
            sum += luck.binomial(PEOPLE_PER_DAY, BASE_RATE);
            sum
        };
        (0..DAYS).map(day).collect()
    };
    let control = course(0);
    let look = |(day, (control, variant)): (usize, (&u64, u64))| Look {
        people: (day as u64 + 1) * PEOPLE_PER_DAY,
        successes: [*control, variant],
    };
    (1..=variants).map(|arm| control.iter().zip(course(arm)).enumerate().map(look).collect()).collect()
}

/// The share of tests for which `holds`, over both processors; the order of work does not reach the answer.
pub(crate) fn share(tests: u64, holds: impl Fn(u64) -> bool + Sync) -> Defined<f64> {
    shares(tests, |number| [holds(number)]).map(|[share]| share)
}

/// The same for several questions about each test.
pub(crate) fn shares<const N: usize>(tests: u64, holds: impl Fn(u64) -> [bool; N] + Sync) -> Defined<[f64; N]> {
    let add = |mut sums: [u64; N], found: [bool; N]| {
        sums.iter_mut().zip(found).for_each(|(sum, found)| *sum += u64::from(found));
        sums
    };
    let count = |from: u64, to: u64| (from..to).map(&holds).fold([0; N], add);
    let total = std::thread::scope(|scope| {
        let first = scope.spawn(|| count(0, tests / 2));
        let second = count(tests / 2, tests);
        first.join().map(|mut first| {
            first.iter_mut().zip(second).for_each(|(sum, more)| *sum += more);
            first
        })
    });
    total.map(|total| total.map(|sum| sum as f64 / tests as f64)).map_err(|_| Undefined::NotConverged)
}
