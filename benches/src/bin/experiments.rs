//! The jobs of experiments on one thread; prints one JSON object of milliseconds, of the processor and on the wall, under the same names
//! as the peers' programs.
//!
//! Usage: `experiments`.

use adbrain_benches::Best;
use adbrain_core::stats::bayes::{Goal, Posterior, choose};
use adbrain_core::stats::multiple::{Adjustment, adjust};
use adbrain_core::stats::power::TTest;
use adbrain_core::stats::random::Random;
use adbrain_core::stats::ranks::{RankMethod, mann_whitney};
use adbrain_core::stats::resample::{Resampling, bootstrap_mean};
use adbrain_core::stats::sequential::{ConfidenceSequence, Design, Spending};
use adbrain_core::stats::srm::sample_ratio;
use adbrain_core::stats::two_sample::{Columns, Summary, welch, welch_table};
use adbrain_core::stats::{Defined, Undefined};
use serde_json::{Value, json};

/// The best round counts.
const ROUNDS: u32 = 5;
/// What a bootstrap of 10,000 resamples takes is measured on so many of them.
const RESAMPLES_TIMED: u32 = 200;
const RESAMPLES: u32 = 10_000;

fn main() -> Result<(), Undefined> {
    let report = json!({
        "welch_raw_1e3": raw(1_000)?,
        "welch_raw_1e6": raw(1_000_000)?,
        "welch_sums_1e5": from_sums()?,
        "mann_whitney_1e6": ranks()?,
        "bootstrap_1e4_x_1e5": bootstrap()?,
        "confidence_sequence_1e5": confidence_sequence()?,
        "best_arm_10": best_arm()?,
        "benjamini_hochberg_1e6": corrected()?,
        "sample_ratio_1e3": mismatch()?,
        "sample_size_100": sizes()?,
        "bounds_28": bounds()?,
    });
    println!("{report}");
    Ok(())
}

fn best<T>(work: impl FnMut() -> Defined<T>) -> Defined<Value> {
    adbrain_benches::best(ROUNDS, work).map(report)
}

fn report(best: Best) -> Value {
    json!({"cpu_ms": best.cpu_ms, "wall_ms": best.wall_ms})
}

fn normals(place: u64, size: usize, mean: f64) -> Vec<f64> {
    let mut luck = Random::at(7, &[place]);
    (0..size).map(|_| mean + 3.0 * luck.normal()).collect()
}

fn raw(size: usize) -> Defined<Value> {
    let (control, treatment) = (normals(1, size, 10.0), normals(2, size, 10.1));
    best(|| welch(&Summary::of(&control)?, &Summary::of(&treatment)?, 0.95))
}

fn from_sums() -> Defined<Value> {
    let mut luck = Random::at(7, &[3]);
    let mut column =
        |low: f64, high: f64| (0..100_000).map(|_| low + (high - low) * luck.uniform()).collect::<Vec<_>>();
    let whole = |values: Vec<f64>| values.into_iter().map(f64::floor).collect::<Vec<_>>();
    let (n1, n2) = (whole(column(100.0, 50_000.0)), whole(column(100.0, 50_000.0)));
    let (m1, m2) = (column(9.9, 10.1), column(9.9, 10.1));
    let (s1, s2) = (column(1.0, 3.0), column(1.0, 3.0));
    let squares = |n: &[f64], s: &[f64]| n.iter().zip(s).map(|(n, s)| s * s * (n - 1.0)).collect::<Vec<_>>();
    let (q1, q2) = (squares(&n1, &s1), squares(&n2, &s2));
    best(|| welch_table(Columns { n: &n1, mean: &m1, m2: &q1 }, Columns { n: &n2, mean: &m2, m2: &q2 }))
}

fn ranks() -> Defined<Value> {
    let (control, treatment) = (normals(4, 1_000_000, 10.0), normals(5, 1_000_000, 10.01));
    best(|| mann_whitney(&control, &treatment, RankMethod::Asymptotic))
}

fn bootstrap() -> Defined<Value> {
    let mut luck = Random::at(7, &[6]);
    let values: Vec<f64> = (0..100_000).map(|_| luck.log_normal(1.0)).collect();
    let settings = Resampling { resamples: RESAMPLES_TIMED, seed: 7, ..Resampling::default() };
    let time = adbrain_benches::best(ROUNDS, || bootstrap_mean(&values, &settings))?;
    Ok(report(time.times(f64::from(RESAMPLES / RESAMPLES_TIMED))))
}

/// 100,000 looks of one sequence from running means and variances.
fn confidence_sequence() -> Defined<Value> {
    let mut luck = Random::at(7, &[8]);
    let units: Vec<f64> = (1..=100_000_u32).map(|n| f64::from(n) * 2.0).collect();
    let variances: Vec<f64> = units.iter().map(|n| 4.0 / n).collect();
    let effects: Vec<f64> = units.iter().map(|_| 0.1 + 0.01 * luck.normal()).collect();
    let sequence = ConfidenceSequence::new(0.05, 50_000.0)?;
    best(|| sequence.intervals(&effects, &variances, &units))
}

fn best_arm() -> Defined<Value> {
    let arms: Vec<Posterior> =
        (0..10).map(|arm| Posterior::of_share([1.0, 1.0], 40 + 3 * arm, 1000 + 3 * arm)).collect::<Defined<_>>()?;
    best(|| choose(&arms, Goal::Maximise))
}

fn corrected() -> Defined<Value> {
    let mut luck = Random::at(7, &[9]);
    let p_values: Vec<f64> = (0..1_000_000).map(|_| luck.uniform()).collect();
    best(|| adjust(&p_values, Adjustment::BenjaminiHochberg))
}

fn mismatch() -> Defined<Value> {
    let mut luck = Random::at(7, &[10]);
    let counts: Vec<u64> = (0..1000).map(|_| luck.binomial(100_000, 0.5)).collect();
    best(|| {
        counts.iter().map(|count| sample_ratio(&[*count, 100_000 - count], &[1.0, 1.0])).collect::<Defined<Vec<_>>>()
    })
}

fn sizes() -> Defined<Value> {
    let plan = TTest::usual();
    let effects: Vec<f64> = (0..100).map(|step| 0.05 + 0.45 * f64::from(step) / 99.0).collect();
    best(|| effects.iter().map(|effect| plan.sample_size(*effect, 0.8)).collect::<Defined<Vec<_>>>())
}

fn bounds() -> Defined<Value> {
    let looks: Vec<f64> = (1..=28).map(|look| f64::from(look) / 28.0).collect();
    let design = Design { spending: Spending::Power { phi: 2.0 }, ..Design::default() };
    best(|| design.bounds(&looks))
}
