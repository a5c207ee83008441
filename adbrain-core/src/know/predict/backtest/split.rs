//! Splits by time: rows by day, and the days on which the model learns again.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::error::{Error, ErrorKind, Result};
use crate::predict::features::PastResult;
use crate::predict::roas::Settings;

/// A past result with its value on the scale that the rate is learnt on.
#[derive(Debug, Clone)]
pub(super) struct Row<'a> {
    pub(super) past: &'a PastResult,
    pub(super) date: Date,
    pub(super) group: Option<String>,
    pub(super) value: f64,
}

/// Rows by day, in the order in which they came within a day.
pub(super) type Days<'a> = BTreeMap<Date, Vec<Row<'a>>>;

/// The rows by day.
///
/// # Errors
/// [`ErrorKind::InvalidInput`] naming the first row without a date.
pub(super) fn days<'a>(past: &'a [PastResult], settings: &Settings) -> Result<Days<'a>> {
    let mut days = Days::new();
    for (at, past) in past.iter().enumerate() {
        let date = past.features.date.ok_or_else(|| {
            Error::invalid(&format!("history[{at}].date"), "is missing")
                .next("a backtest splits by time: give each row its day")
        })?;
        if let Some(value) = settings.rate.learnt(&past.metrics) {
            let group = settings.calibrate_by.of(&past.features);
            days.entry(date).or_default().push(Row { past, date, group, value });
        }
    }
    Ok(days)
}

/// Blocks of days that are forecast from all days before them, `every` days each. The first block starts after a third of the days and
/// after at least `least` rows.
///
/// # Errors
/// [`ErrorKind::NotEnoughData`] where no day is left to forecast.
pub(super) fn blocks(days: &Days<'_>, every: usize, least: usize) -> Result<Vec<Vec<Date>>> {
    let (mut before, mut asked) = (0, Vec::new());
    for (place, (date, rows)) in days.iter().enumerate() {
        if before >= least && place * 3 >= days.len() {
            asked.push(*date);
        }
        before += rows.len();
    }
    if asked.is_empty() {
        let what = format!("{before} rows on {} days leave no day to forecast", days.len());
        return Err(
            Error::new(ErrorKind::NotEnoughData, what).next(format!("give at least {least} rows and a later day"))
        );
    }
    Ok(asked.chunks(every.max(1)).map(<[Date]>::to_vec).collect())
}
