//! The ad exchanges of the Numenta Anomaly Benchmark, scored as it scores (standard profile), restricted to them.

use std::collections::BTreeMap;
use std::path::Path;

use adbrain_core::alert::series::{Point, SeriesSettings};
use adbrain_core::{Error, Result};
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::rivals::Rule;
use super::with;

const EXCHANGES: [&str; 3] = ["exchange-2", "exchange-3", "exchange-4"];
const PRICES: [&str; 2] = ["cpc", "cpm"];
/// What a false point costs at most; a window that was missed costs 1, one that was found at its left edge brings 1.
const FALSE: f64 = 0.11;
/// Thresholds among which one is chosen on two exchanges and scored on the third.
const GRID: [f64; 15] = [3.5, 3.75, 4.0, 4.25, 4.5, 4.75, 5.0, 5.25, 5.5, 5.75, 6.0, 6.25, 6.5, 6.75, 7.0];

/// The score of each series beside its exchange.
type Scores = Vec<(&'static str, Score)>;

struct Series {
    exchange: &'static str,
    points: Vec<Point>,
    /// The first and the last point of each window.
    windows: Vec<(usize, usize)>,
}

/// A score before it is normalised, which adds up over series.
#[derive(Debug, Clone, Copy, Default)]
struct Score {
    raw: f64,
    windows: f64,
    found: f64,
    false_points: f64,
    days: f64,
}

impl Score {
    fn sum(scores: impl Iterator<Item = Self>) -> Self {
        scores.fold(Self::default(), |sum, one| Self {
            raw: sum.raw + one.raw,
            windows: sum.windows + one.windows,
            found: sum.found + one.found,
            false_points: sum.false_points + one.false_points,
            days: sum.days + one.days,
        })
    }

    /// 0 for a detector that says nothing, 100 for one that finds every window at its left edge and nothing else.
    fn normalised(&self) -> f64 {
        100.0 * (self.raw + self.windows) / (2.0 * self.windows)
    }

    fn figures(&self) -> Value {
        json!({
            "score": self.normalised(),
            "found": self.found,
            "windows": self.windows,
            "false_points": self.false_points,
            "false_a_day": self.false_points / self.days,
        })
    }
}

pub(crate) fn figures(folder: &Path) -> Result<Value> {
    let all = read(folder)?;
    let silent = Score::sum(all.iter().map(|series| score(series, &[])));
    let perfect = Score::sum(all.iter().map(|series| {
        let told: Vec<usize> = series.windows.iter().map(|(first, _)| *first).collect();
        score(series, &told)
    }));
    let mut report = BTreeMap::from([("silent", silent.figures()), ("perfect", perfect.figures())]);
    for (name, rule) in Rule::all() {
        let scores = scores(&all, rule)?;
        let each = EXCHANGES.map(|exchange| json!({exchange: of(&scores, exchange).figures()}));
        let figures = Score::sum(scores.iter().map(|(_, score)| *score)).figures();
        report.insert(name, with(figures, [("each", json!(each))]));
    }
    report.insert("ours_left_out", left_out(&all)?);
    Ok(json!(report))
}

/// The threshold that scores best on the others, scored on each exchange; the one nearest to that of series with volumes where two are alike.
fn left_out(all: &[Series]) -> Result<Value> {
    let mut grid = GRID;
    let usual = SeriesSettings::default().threshold;
    grid.sort_by(|a, b| (a - usual).abs().total_cmp(&(b - usual).abs()));
    let tried: Vec<_> =
        grid.iter().map(|threshold| Ok((*threshold, scores(all, Rule::OursAt(*threshold))?))).collect::<Result<_>>()?;
    let (mut parts, mut chosen) = (Vec::new(), Vec::new());
    for exchange in EXCHANGES {
        let others = |scores: &[(&'static str, Score)]| {
            Score::sum(scores.iter().filter(|(name, _)| *name != exchange).map(|(_, score)| *score)).normalised()
        };
        let mut best: Option<(f64, f64, &Scores)> = None;
        for (threshold, scores) in &tried {
            let found = others(scores);
            if best.is_none_or(|(most, ..)| found > most) {
                best = Some((found, *threshold, scores));
            }
        }
        let Some((_, threshold, scores)) = best else { continue };
        parts.push(of(scores, exchange));
        chosen.push(json!({exchange: {"threshold": threshold, "figures": of(scores, exchange).figures()}}));
    }
    let sum = |scores: &[(&'static str, Score)]| Score::sum(scores.iter().map(|(_, one)| *one)).figures();
    let grid: Vec<Value> = tried.iter().map(|(threshold, scores)| json!([threshold, sum(scores)])).collect();
    let figures = Score::sum(parts.into_iter()).figures();
    Ok(with(figures, [("each", json!(chosen)), ("grid", json!(grid))]))
}

fn scores(all: &[Series], rule: Rule) -> Result<Scores> {
    all.iter().map(|series| Ok((series.exchange, score(series, &rule.told(&series.points)?)))).collect()
}

fn of(scores: &[(&'static str, Score)], exchange: &str) -> Score {
    Score::sum(scores.iter().filter(|(name, _)| *name == exchange).map(|(_, score)| *score))
}

/// After `nab/sweeper.py`: the best-placed point of each window counts, by a sigmoid of its place; a false point costs more the further
/// it is from the window before it. The first 15 % of a series, of 5,000 points at most, are not scored.
fn score(series: &Series, told: &[usize]) -> Score {
    let probation = (15 * series.points.len() / 100).min(750);
    let mut best = vec![-1.0; series.windows.len()];
    let mut total = Score {
        windows: series.windows.len() as f64,
        days: (series.points.len() - probation) as f64 / 24.0,
        ..Score::default()
    };
    for number in told.iter().copied().filter(|number| *number >= probation) {
        let hit = series.windows.iter().zip(&mut best).find(|((first, last), _)| (*first..=*last).contains(&number));
        if let Some(((first, last), best)) = hit {
            let place = -((last - number + 1) as f64) / (last - first + 1) as f64;
            *best = f64::max(*best, sigmoid(place) / sigmoid(-1.0));
            continue;
        }
        let before = series.windows.iter().rev().find(|(_, last)| *last < number);
        let past = before.map_or(f64::INFINITY, |(first, last)| (number - last) as f64 / (last - first) as f64);
        total.raw += FALSE * sigmoid(past);
        total.false_points += 1.0;
    }
    total.found = best.iter().filter(|score| **score > -1.0).count() as f64;
    total.raw += best.iter().sum::<f64>();
    total
}

fn sigmoid(place: f64) -> f64 {
    if place > 3.0 { -1.0 } else { 2.0 / (1.0 + libm::exp(5.0 * place)) - 1.0 }
}

fn read(folder: &Path) -> Result<Vec<Series>> {
    let windows = text(&folder.join("labels/combined_windows_realAdExchange.json"))?;
    let windows: BTreeMap<String, Vec<[String; 2]>> =
        serde_json::from_str(&windows).map_err(|error| Error::invalid("windows", error))?;
    let mut all = Vec::new();
    for exchange in EXCHANGES {
        for price in PRICES {
            let name = format!("{exchange}_{price}_results.csv");
            let points = points(&text(&folder.join(&name))?)?;
            let place = |text: &str| -> Result<usize> {
                let at = moment(text)?;
                let found = points.iter().position(|point| point.at == at);
                found.ok_or_else(|| Error::invalid("windows", format!("{text} is no moment of {name}")))
            };
            let listed = windows.get(&format!("realAdExchange/{name}")).into_iter().flatten();
            let windows = listed.map(|[first, last]| Ok((place(first)?, place(last)?))).collect::<Result<_>>()?;
            all.push(Series { exchange, points, windows });
        }
    }
    Ok(all)
}

fn points(text: &str) -> Result<Vec<Point>> {
    let row = |line: &str| {
        let (at, value) = line.split_once(',').ok_or_else(|| Error::invalid("row", "has no comma"))?;
        Ok(Point::new(moment(at)?, value.trim().parse().map_err(|error| Error::invalid("value", error))?))
    };
    text.lines().skip(1).map(row).collect()
}

fn moment(text: &str) -> Result<jiff::Timestamp> {
    let time: DateTime = text.parse().map_err(|error| Error::invalid("timestamp", error))?;
    Ok(time.to_zoned_datetime(TimeZone::UTC).map_err(|error| Error::invalid("timestamp", error))?.timestamp())
}

fn text(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).map_err(|error| Error::invalid(&path.display().to_string(), error))
}
