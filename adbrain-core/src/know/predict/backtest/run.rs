//! The backtest.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::baseline::Baselines;
use super::rolling::{Rolling, rolling_coverage};
use super::score::{Score, score};
use super::split::{Days, Row, blocks, days};
use crate::error::{Error, Result};
use crate::model::Message;
use crate::predict::conformal::Adaptive;
use crate::predict::features::{Features, PastResult};
use crate::predict::roas::{Band, Forecaster, Settings};

/// How a backtest runs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Plan {
    /// What is forecast, and how.
    pub settings: Settings,
    /// The model learns again after so many days that have rows, 1 or more. 7 by default; 1 is best under drift and takes longest.
    pub retrain_days: usize,
    /// The fewest rows before the first day that is forecast. 10 by default.
    pub least_rows: usize,
}

impl Default for Plan {
    fn default() -> Self {
        Self { settings: Settings::default(), retrain_days: 7, least_rows: 10 }
    }
}

/// One result beside what was forecast for it, in the units of the rate; `adaptive` bounds follow drift.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Point {
    /// The day.
    pub date: Date,
    /// The group that intervals are calibrated by.
    pub group: Option<String>,
    /// What came; none for the CPA of no conversions.
    pub actual: Option<f64>,
    /// The median that was forecast.
    pub value: Option<f64>,
    /// The lower end of the interval.
    pub low: Option<f64>,
    /// The upper end of the interval; none where it has none.
    pub high: Option<f64>,
    /// The level that the adaptive interval asked for on that day.
    pub adaptive_level: f64,
    /// Whether the result lies in the interval.
    pub is_inside: bool,
    /// Whether the result lies in the adaptive interval.
    pub is_inside_adaptive: bool,
}

/// What a backtest found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Backtest {
    /// The level of the intervals.
    pub level: f64,
    /// The level to ask of the next forecasts, so that under the drift of these days the share inside comes to `level` (adaptive conformal
    /// inference).
    pub next_level: f64,
    /// Results in the order of their days.
    pub points: Vec<Point>,
    /// The methods on the same results, on the scale that the rate is learnt on: `forecast`, `adaptive`, `mean`, `last_value`, `prior`.
    pub scores: Vec<Score>,
    /// The coverage of the seven days up to each day.
    pub rolling: Vec<Rolling>,
    /// The same of the adaptive intervals.
    pub rolling_adaptive: Vec<Rolling>,
    /// What a reader should know: a baseline that did better, days with an alarm.
    pub warnings: Vec<Message>,
}

/// What each method said about one result.
struct Told<'a> {
    row: &'a Row<'a>,
    forecast: Band,
    adaptive: (f64, Band),
    mean: Option<Band>,
    last: Option<Band>,
    prior: Option<Band>,
}

/// Forecasts each day from the days before it and compares with what came and with naive baselines.
///
/// The first days, a third of them and at least `least_rows` rows, are learnt from alone. Every method answers about the same results.
/// The features have to be what was known before the day: leave the budget out where what was spent stands for it, as
/// [`past_results`](crate::predict::features::past_results) writes it.
/// A forecast is made for each of them, however far from the data: abstaining would make the score look better than the model is.
///
/// # Errors
/// [`InvalidInput`](crate::ErrorKind::InvalidInput) for a row without a date, two currencies, negative money or a wrong setting;
/// [`NotEnoughData`](crate::ErrorKind::NotEnoughData) where no day is left to forecast.
pub fn backtest(past: &[PastResult], plan: &Plan) -> Result<Backtest> {
    if plan.retrain_days == 0 {
        return Err(Error::invalid("retrain_days", "is 0").next("give a whole number from 1"));
    }
    plan.settings.check()?;
    let days = days(past, &plan.settings)?;
    let mut adaptive = Adaptive::new(plan.settings.level);
    let mut told = Vec::new();
    for block in blocks(&days, plan.retrain_days, plan.least_rows)? {
        told.extend(forecast_block(&days, &block, (&plan.settings, &mut adaptive))?);
    }
    Ok(Backtest { next_level: adaptive.level(), ..written(&told, &plan.settings) })
}

/// Learns from the days before a block and forecasts the days in it. The adaptive level moves from day to day.
fn forecast_block<'a>(
    days: &'a Days<'a>,
    block: &[Date],
    (settings, adaptive): (&Settings, &mut Adaptive),
) -> Result<Vec<Told<'a>>> {
    let Some(first) = block.first() else { return Ok(Vec::new()) };
    let before: Vec<&Row<'_>> = days.range(..*first).flat_map(|(_, rows)| rows).collect();
    let past: Vec<PastResult> = before.iter().map(|row| row.past.clone()).collect();
    let model = Forecaster::learn(&past, settings)?;
    let mut told = Vec::new();
    for (date, rows) in block.iter().filter_map(|date| days.get_key_value(date)) {
        let before: Vec<&Row<'_>> = days.range(..*date).flat_map(|(_, rows)| rows).collect();
        let baselines = Baselines::learn(&before, settings.rate, settings.level);
        let asked: Vec<Features> = rows.iter().map(|row| row.past.features.clone()).collect();
        let level = adaptive.level();
        let bands = model.bands(&asked, settings.level)?.into_iter().zip(model.bands(&asked, level)?);
        let day: Vec<Told<'_>> = rows
            .iter()
            .zip(bands)
            .filter_map(|(row, (forecast, wide))| {
                let (forecast, adaptive) = (forecast?, (level, wide?));
                let last = baselines.last_value(row.group.as_ref());
                Some(Told { row, forecast, adaptive, mean: baselines.mean(), last, prior: baselines.prior() })
            })
            .collect();
        let missed = day.iter().filter(|told| !told.adaptive.1.holds(told.row.value)).count();
        adaptive.see(missed as f64 / day.len() as f64);
        told.extend(day);
    }
    Ok(told)
}

fn written(told: &[Told<'_>], settings: &Settings) -> Backtest {
    let level = settings.level;
    let scores = scores(told, level);
    let inside = |of: fn(&Told<'_>) -> Band| -> Vec<(Date, bool)> {
        told.iter().map(|told| (told.row.date, of(told).holds(told.row.value))).collect()
    };
    let rolling = rolling_coverage(&inside(|told| told.forecast));
    let mut warnings = Vec::new();
    warnings.extend(beaten(&scores));
    let alarms = rolling.iter().filter(|day| day.is_alarm).count();
    if alarms > 0 {
        warnings.push(Message::new("backtest-alarms").with("days", i64::try_from(alarms).unwrap_or(i64::MAX)));
    }
    Backtest {
        level,
        next_level: level,
        points: told.iter().map(|told| point(told, settings)).collect(),
        scores,
        rolling,
        rolling_adaptive: rolling_coverage(&inside(|told| told.adaptive.1)),
        warnings,
    }
}

/// The scores of each method that answered about every result.
fn scores(told: &[Told<'_>], level: f64) -> Vec<Score> {
    type Method = (&'static str, fn(&Told<'_>) -> Option<Band>);
    let methods: [Method; 5] = [
        ("forecast", |told| Some(told.forecast)),
        ("adaptive", |told| Some(told.adaptive.1)),
        ("mean", |told| told.mean),
        ("last_value", |told| told.last),
        ("prior", |told| told.prior),
    ];
    let answers = |of: fn(&Told<'_>) -> Option<Band>| -> Option<Vec<(f64, Band)>> {
        told.iter().map(|told| Some((told.row.value, of(told)?))).collect()
    };
    methods.into_iter().filter_map(|(name, of)| score(name, &answers(of)?, level)).collect()
}

/// The best baseline, where it has the better interval score.
fn beaten(scores: &[Score]) -> Option<Message> {
    let own = scores.iter().find(|score| score.method == "forecast")?;
    let naive = scores.iter().filter(|score| !matches!(score.method.as_str(), "forecast" | "adaptive"));
    let best = naive.min_by(|a, b| a.interval_score.total_cmp(&b.interval_score))?;
    (best.interval_score < own.interval_score)
        .then(|| Message::new("backtest-beaten").with("method", best.method.as_str()))
}

fn point(told: &Told<'_>, settings: &Settings) -> Point {
    let Band { low, value, high } = told.forecast;
    let (low, high) = if settings.rate.is_inverted() { (high, low) } else { (low, high) };
    let [actual, value, low, high] = [told.row.value, value, low, high].map(|number| settings.rate.shown(number));
    Point {
        date: told.row.date,
        group: told.row.group.clone(),
        actual,
        value,
        low,
        high,
        adaptive_level: told.adaptive.0,
        is_inside: told.forecast.holds(told.row.value),
        is_inside_adaptive: told.adaptive.1.holds(told.row.value),
    }
}
