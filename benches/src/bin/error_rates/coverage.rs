//! How often intervals hold the truth, in the scenarios that the guide lists.

use adbrain_core::stats::checks::difference_skewness;
use adbrain_core::stats::paired::paired_log;
use adbrain_core::stats::proportions::{Proportion, miettinen_nurminen, newcombe};
use adbrain_core::stats::random::Random;
use adbrain_core::stats::ratio::{RatioUnits, compare};
use adbrain_core::stats::two_sample::{Summary, welch};
use adbrain_core::stats::{Defined, Interval};

use crate::Line;
use crate::course::share;

/// Within one point of 95 %.
const ASYMPTOTIC: (f64, f64) = (0.94, 0.96);
const EXACT: (f64, f64) = (0.95, 1.0);
const LEVEL: f64 = 0.95;

pub(crate) fn lines(tests: u64) -> Defined<Vec<Line>> {
    let mut lines = Vec::new();
    for (place, (rate, n)) in [(0.01, 1_000), (0.01, 20_000), (0.05, 1_000), (0.10, 1_000)].into_iter().enumerate() {
        for (name, promised, interval) in shares() {
            let covered = share(tests, |test| {
                let mut luck = Random::at(11, &[place as u64, test]);
                let arms = [rate, rate * 1.1].map(|rate| Proportion::new(luck.binomial(n, rate), n));
                let [Ok(control), Ok(treatment)] = arms else { return false };
                interval(control, treatment).is_ok_and(|(interval, kind)| interval.holds(kind.truth(rate)))
            })?;
            let what = format!("{name}, base rate {:.0} %, {n} per arm", rate * 100.0);
            lines.push(Line::share(what, covered, promised));
        }
    }
    lines.push(days(tests, "paired by day on the log, 28 days", paired)?);
    lines.push(days(tests, "ratio of sums, log scale, 28 days", ratio)?);
    for sizes in [[5_000, 5_000], [1_000, 9_000]] {
        let [covered, flagged] = revenue(tests, sizes)?;
        let what = format!("Welch on heavy-tailed revenue, {} against {}", sizes[0], sizes[1]);
        lines.push(Line::share(&what, covered, None));
        let is_uneven = sizes[0] != sizes[1];
        lines.push(Line::share(format!("{what}: warned of"), flagged, is_uneven.then_some((0.9, 1.0))));
    }
    let calm = warned(tests, [5_000, 45_000], waited)?;
    lines.push(Line::share("Welch on exponential values, 5000 against 45000: warned of", calm, Some((0.0, 0.05))));
    Ok(lines)
}

/// What an interval is about.
#[derive(Clone, Copy)]
enum Kind {
    Share,
    Difference,
}

impl Kind {
    fn truth(self, rate: f64) -> f64 {
        match self {
            Self::Share => rate,
            Self::Difference => rate * 0.1,
        }
    }
}

/// A name, the promised range and the interval.
type Scenario = (&'static str, Option<(f64, f64)>, OfShares);

type OfShares = fn(Proportion, Proportion) -> Defined<(Interval, Kind)>;

fn shares() -> [Scenario; 4] {
    [
        ("Miettinen-Nurminen", Some(ASYMPTOTIC), |control, treatment| {
            Ok((miettinen_nurminen(control, treatment, LEVEL)?, Kind::Difference))
        }),
        ("Newcombe", Some(ASYMPTOTIC), |control, treatment| {
            Ok((newcombe(control, treatment, LEVEL)?, Kind::Difference))
        }),
        ("Welch on shares", Some(ASYMPTOTIC), |control, treatment| {
            let arm = |share: Proportion| Summary::of_share(share.successes() as f64, share.trials());
            Ok((welch(&arm(control)?, &arm(treatment)?, LEVEL)?.difference, Kind::Difference))
        }),
        ("Clopper-Pearson", Some(EXACT), |control, _| Ok((control.clopper_pearson(LEVEL)?, Kind::Share))),
    ]
}

/// Successes and people of each day of an arm.
type Days = [[f64; 2]; 28];

/// 28 days with a weekly shape and shocks that both arms share; a lift of 10 %.
fn days(tests: u64, what: &str, holds: fn(&Days, &Days) -> bool) -> Defined<Line> {
    let figure = share(tests, |test| {
        let mut luck = Random::at(13, &[test]);
        let (mut control, mut treatment) = ([[0.0; 2]; 28], [[0.0; 2]; 28]);
        for (day, (control, treatment)) in control.iter_mut().zip(&mut treatment).enumerate() {
            let shock = luck.log_normal(0.25) * if day % 7 < 5 { 1.0 } else { 1.4 };
            for (arm, rate) in [(control, 0.05), (treatment, 0.055)] {
                let people = luck.poisson(2_000.0 * shock) as f64;
                let noise = luck.log_normal(0.1);
                *arm = [luck.poisson(people * rate * noise) as f64, people];
            }
        }
        holds(&control, &treatment)
    })?;
    Ok(Line::share(what, figure, Some(ASYMPTOTIC)))
}

fn paired(control: &Days, treatment: &Days) -> bool {
    let rates = |arm: &Days| arm.map(|[hits, people]| hits / people);
    paired_log(&rates(control), &rates(treatment), LEVEL).is_ok_and(|found| found.test.difference.holds(0.1))
}

fn ratio(control: &Days, treatment: &Days) -> bool {
    let units = |arm: &Days| RatioUnits::of(&arm.map(|[_, people]| people), &arm.map(|[hits, _]| hits));
    let (Ok(control), Ok(treatment)) = (units(control), units(treatment)) else { return false };
    compare(&control, &treatment, LEVEL).and_then(|found| found.relative).is_ok_and(|lift| lift.holds(0.1))
}

/// Values of both arms of a test.
fn values(test: u64, sizes: [usize; 2], draw: fn(&mut Random) -> f64) -> [Vec<f64>; 2] {
    let mut luck = Random::at(17, &[test]);
    sizes.map(|size| (0..size).map(|_| draw(&mut luck)).collect())
}

/// 3 % buy, and what they pay is log-normal with sigma 1.5.
fn bought(luck: &mut Random) -> f64 {
    if luck.uniform() < 0.03 { luck.log_normal(1.5) } else { 0.0 }
}

/// Exponential: half the squared length of two normals.
fn waited(luck: &mut Random) -> f64 {
    let [first, second] = [luck.normal(), luck.normal()];
    f64::midpoint(first * first, second * second)
}

/// Without a difference: how often the interval holds zero, and how often the tail is called heavy.
fn revenue(tests: u64, sizes: [usize; 2]) -> Defined<[f64; 2]> {
    let covered = share(tests.min(4_000), |test| {
        let [Ok(control), Ok(treatment)] = values(test, sizes, bought).map(|arm| Summary::of(&arm)) else {
            return false;
        };
        welch(&control, &treatment, LEVEL).is_ok_and(|found| found.difference.holds(0.0))
    })?;
    Ok([covered, warned(tests, sizes, bought)?])
}

fn warned(tests: u64, sizes: [usize; 2], draw: fn(&mut Random) -> f64) -> Defined<f64> {
    share(tests.min(1_000), |test| {
        let [control, treatment] = values(test, sizes, draw);
        difference_skewness(&control, &treatment).is_ok_and(|tail| tail.is_heavy())
    })
}
