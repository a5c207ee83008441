//! Which periods were made, kept in the store.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::brain::Period;
use crate::error::{Error, ErrorKind, Result};
use crate::model::RunId;
use crate::store::{Database, Row, Statement};

const KNOWN: &str = "SELECT first FROM scheduled_reports WHERE run = ?1 AND schedule = ?2";
/// A second process that makes the same report fails here, and with it nothing of its letters is kept.
const KEEP: &str =
    "INSERT INTO scheduled_reports (run, schedule, first, last, is_made, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";

/// The first days of the periods that a schedule has made or passed over.
pub(super) async fn known(database: &dyn Database, run: &RunId, schedule: &str) -> Result<BTreeSet<Date>> {
    let rows = database.query(Statement::new(KNOWN, [run.as_str().into(), schedule.into()])).await?;
    let day = |row: &Row| {
        row.text(0)?.parse().map_err(|_| {
            Error::new(ErrorKind::Corrupt, "a kept period of a report begins on no day")
                .next("restore the database from a backup, or install the release that wrote it")
        })
    };
    rows.iter().map(day).collect()
}

/// What keeps that a period was made, or passed over.
pub(super) fn keep((run, schedule): (&RunId, &str), period: Period, (is_made, at): (bool, Timestamp)) -> Statement {
    let days = [period.first.to_string().into(), period.last.to_string().into()];
    let values = [run.as_str().into(), schedule.into()].into_iter().chain(days);
    Statement::new(KEEP, values.chain([i64::from(is_made).into(), at.into()]))
}
