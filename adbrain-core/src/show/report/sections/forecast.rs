//! What was forecast for each day, what came, and how well the intervals held.

use crate::brain::{PlatformForecast, RunResult, Training};
use crate::predict::backtest::{DayForecast, Rolling};
use crate::report::cell::{Cell, Scale, yes_no};
use crate::report::document::{Block, Section, table, text, titled};

/// The days beside their forecasts, the calibration over time, what the predictor had learnt from, and whether it is to learn again.
pub(super) fn forecasts(result: &RunResult) -> Section {
    let of = |platform: &PlatformForecast| {
        let name = Cell::named("platform", &platform.platform);
        platform.days.iter().map(move |day| day_row(name.clone(), day)).collect::<Vec<_>>()
    };
    let held = |platform: &PlatformForecast| {
        let name = Cell::named("platform", &platform.platform);
        platform.calibration.iter().map(move |day| calibration_row(name.clone(), day)).collect::<Vec<_>>()
    };
    let days = result.forecasts.iter().flat_map(of).collect();
    let calibration: Vec<_> = result.forecasts.iter().flat_map(held).collect();
    let mut blocks = vec![
        Block::Note(text("forecasts-note")),
        table(&["platform", "day", "forecast-roas", "reached-roas", "inside"], days),
    ];
    if !calibration.is_empty() {
        blocks.push(titled(
            "calibration",
            &["platform", "day", "settled-days", "inside", "coverage", "alarm"],
            calibration,
        ));
    }
    if let Some(training) = &result.training {
        blocks.push(titled("training", &TRAINING, vec![training_row(training)]));
    }
    if let Some(retraining) = &result.retraining {
        let reasons = Cell::List(retraining.reasons.iter().cloned().map(Cell::Message).collect());
        let row = vec![yes_no(retraining.is_due), Cell::Date(retraining.due), reasons];
        blocks.push(titled("retraining", &["retraining-due", "retraining-date", "reason"], vec![row]));
    }
    Section::new("forecasts", blocks)
}

const TRAINING: [&str; 5] = ["training-at", "training-rows", "training-new", "training-unseen", "reason"];

fn training_row(training: &Training) -> Vec<Cell> {
    vec![
        Cell::Moment(training.at),
        Cell::Count(training.rows),
        yes_no(training.is_new),
        Cell::Count(training.unseen),
        Cell::List(training.reasons.iter().cloned().map(Cell::Message).collect()),
    ]
}

fn day_row(platform: Cell, day: &DayForecast) -> Vec<Cell> {
    vec![
        platform,
        Cell::Date(day.date),
        Cell::Estimate(day.forecast.clone(), Scale::Plain),
        Cell::number(day.actual),
        day.is_inside.map_or_else(|| Cell::name("maturity", "immature"), yes_no),
    ]
}

fn calibration_row(platform: Cell, day: &Rolling) -> Vec<Cell> {
    vec![
        platform,
        Cell::Date(day.date),
        Cell::Count(day.results),
        Cell::Count(day.inside),
        Cell::ratio(Some(day.coverage)),
        yes_no(day.is_alarm),
    ]
}
