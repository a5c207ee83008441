//! Forests on one thread: accuracy of points and intervals on the tables that `peers/forest_peers.py` wrote, and processor time; prints
//! one JSON object under the same names as the peers' program.
//!
//! Usage: `forest FOLDER`.

use std::hint::black_box;
use std::path::{Path, PathBuf};

use adbrain_benches::cpu_time;
use adbrain_core::predict::conformal::{interval_score, outside};
use adbrain_core::predict::forest::{
    Column, Data, Examples, Forest, Goal, IntervalForest, IntervalSettings, Model, Settings, Table,
};
use adbrain_core::stats::random::Random;
use adbrain_core::{Error, ErrorKind, Result};
use serde_json::{Value, json};

const LEVEL: f64 = 0.9;
/// So many rows are predicted at once.
const ROWS_ASKED: usize = 1_000_000;
/// The best round of so many counts for the single row: other work can only add time.
const ROUNDS: u32 = 20;

fn main() -> Result<()> {
    let folder = std::env::args().nth(1).map(PathBuf::from).unwrap_or_default();
    let read = |name: &str| Problem::read(&folder, name);
    let report = json!({
        "kag_roas": intervals(&read("kag_roas")?)?,
        "kag_roas_far": intervals(&read("kag_roas_far")?)?,
        "diabetes": intervals(&read("diabetes")?)?,
        "diabetes_far": intervals(&read("diabetes_far")?)?,
        "kag_roas_point": points(&read("kag_roas")?)?,
        "kag_roas_far_point": points(&read("kag_roas_far")?)?,
        "kag_conversions_point": points(&read("kag_conversions")?)?,
        "friedman_point": plain(&read("friedman")?)?,
        "speed": speed(&read("speed")?)?,
    });
    println!("{report}");
    Ok(())
}

/// A table with its splits.
struct Problem {
    table: Table,
    targets: Vec<f64>,
    groups: Vec<String>,
    splits: Vec<[Vec<usize>; 2]>,
}

/// Rows of a problem, to learn from or to be asked about.
struct Part {
    table: Table,
    targets: Vec<f64>,
    groups: Vec<String>,
}

impl Problem {
    fn read(folder: &Path, name: &str) -> Result<Self> {
        let path = folder.join(format!("{name}.json"));
        let failed = |what: String| Error::new(ErrorKind::Unavailable, what).next("write it by forest_peers.py");
        let text = std::fs::read_to_string(&path).map_err(|error| failed(format!("{}: {error}", path.display())))?;
        let mut written: Value = serde_json::from_str(&text).map_err(|error| failed(error.to_string()))?;
        let mut take = |field: &str| written.get_mut(field).map(Value::take).unwrap_or_default();
        let unread = |error: serde_json::Error| failed(format!("{name}: {error}"));
        let columns: Vec<Vec<f64>> = serde_json::from_value(take("columns")).map_err(unread)?;
        let groups: Option<Vec<u32>> = serde_json::from_value(take("groups")).map_err(unread)?;
        let targets = serde_json::from_value(take("targets")).map_err(unread)?;
        let splits = serde_json::from_value(take("splits")).map_err(unread)?;
        let column = |(at, values)| Column::numbers(format!("x{at}"), values);
        let table = Table::new(columns.into_iter().enumerate().map(column).collect())?;
        let groups = groups.unwrap_or_else(|| vec![0; table.rows()]);
        let groups = groups.into_iter().map(|group| format!("g{group}")).collect();
        Ok(Self { table, targets, groups, splits })
    }

    fn part(&self, rows: &[usize]) -> Part {
        Part {
            table: self.table.select(rows),
            targets: rows.iter().filter_map(|row| self.targets.get(*row).copied()).collect(),
            groups: rows.iter().filter_map(|row| self.groups.get(*row).cloned()).collect(),
        }
    }

    /// The parts to learn from and to be asked about, with the seed of each split.
    fn parts(&self) -> impl Iterator<Item = (u64, Part, Part)> {
        let splits = (0..).zip(&self.splits);
        splits.map(|(seed, [train, test])| (seed, self.part(train), self.part(test)))
    }
}

fn fit(train: &Part, seed: u64, goal: Goal) -> Result<IntervalForest> {
    let examples =
        Examples { table: &train.table, targets: &train.targets, weights: None, groups: Some(&train.groups) };
    let forest = Settings { seed, ..Settings::default() };
    IntervalForest::fit(&examples, &IntervalSettings { forest, goal: Some(goal) })
}

/// The mean interval score over splits, the share inside over all rows, and that of the worst group.
fn intervals(problem: &Problem) -> Result<Value> {
    let (mut scores, mut inside) = (Vec::new(), Vec::new());
    for (seed, train, test) in problem.parts() {
        let forest = fit(&train, seed, Goal::Intervals { level: LEVEL })?;
        let answers = forest.predict(&test.table, Some(&test.groups), LEVEL)?;
        let mut sum = 0.0;
        for ((answer, target), group) in answers.iter().zip(&test.targets).zip(&test.groups) {
            let ends = answer.interval.unwrap_or([f64::NEG_INFINITY, f64::INFINITY]);
            sum += interval_score(ends, *target, LEVEL);
            inside.push((group.clone(), outside(*target, ends) <= 0.0));
        }
        scores.push(sum / test.targets.len() as f64);
    }
    let share = |rows: Vec<bool>| rows.iter().filter(|held| **held).count() as f64 / rows.len() as f64;
    let of = |name: &str| inside.iter().filter(|(group, _)| group == name).map(|(_, held)| *held).collect::<Vec<_>>();
    let mut groups: Vec<&String> = problem.groups.iter().collect();
    groups.sort();
    groups.dedup();
    Ok(json!({
        "interval_score": mean(&scores),
        "coverage": share(inside.iter().map(|(_, held)| *held).collect()),
        "worst_group": groups.into_iter().map(|group| share(of(group))).fold(1.0, f64::min),
    }))
}

/// The root mean squared error of tuned forests, the mean over splits.
fn points(problem: &Problem) -> Result<Value> {
    let mut errors = Vec::new();
    for (seed, train, test) in problem.parts() {
        let answers = fit(&train, seed, Goal::Points)?.predict(&test.table, None, LEVEL)?;
        errors.push(root_error(&test.targets, &answers.iter().map(|answer| answer.mean).collect::<Vec<_>>()));
    }
    Ok(json!({ "rmse": mean(&errors) }))
}

/// A forest of fully grown trees without tuning, as scikit-learn's by default, and its processor time.
fn plain(problem: &Problem) -> Result<Value> {
    let (mut errors, mut cpu) = (Vec::new(), 0.0);
    for (seed, train, test) in problem.parts() {
        let settings = Settings { min_leaf: 1, seed, ..Settings::default() };
        let (forest, spent) = taken(|| Forest::fit(&train.table, &train.targets, None, &settings));
        errors.push(root_error(&test.targets, &forest?.predict(&test.table)?));
        cpu += spent;
    }
    Ok(json!({ "rmse": mean(&errors), "cpu_ms": cpu }))
}

fn speed(problem: &Problem) -> Result<Value> {
    let settings = Settings::default();
    let (forest, fit) = taken(|| Forest::fit(&problem.table, &problem.targets, None, &settings));
    let forest = forest?;
    let mut luck = Random::at(1, &[]);
    let mut column = |at: usize| Column::numbers(format!("x{at}"), (0..ROWS_ASKED).map(|_| luck.uniform()).collect());
    let asked = Table::new((0..problem.table.columns().len()).map(&mut column).collect())?;
    let (answers, predict) = taken(|| forest.predict(&asked));
    black_box(answers?);
    let data = Data { table: &problem.table, targets: &problem.targets, weights: None, target: "y", window: None };
    let file = Model::fit(&data, &settings.into())?.to_bytes().len();
    let rows: Vec<Table> = (0..200).map(|row| asked.select(&[row])).collect();
    let mut one = f64::INFINITY;
    for _ in 0..ROUNDS {
        let (answers, spent) = taken(|| rows.iter().map(|row| forest.predict(row)).collect::<Result<Vec<_>>>());
        black_box(answers?);
        one = one.min(spent / rows.len() as f64 * 1e3);
    }
    Ok(json!({ "fit_ms": fit, "predict_ms": predict, "one_row_us": one, "bytes": file }))
}

/// What some work gives and its processor time in milliseconds.
fn taken<T>(work: impl FnOnce() -> T) -> (T, f64) {
    let began = cpu_time();
    let result = work();
    (result, cpu_time().saturating_sub(began).as_secs_f64() * 1e3)
}

fn root_error(targets: &[f64], guesses: &[f64]) -> f64 {
    let squares: Vec<f64> =
        targets.iter().zip(guesses).map(|(target, guess)| (target - guess) * (target - guess)).collect();
    mean(&squares).sqrt()
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}
