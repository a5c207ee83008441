//! The tables of what came in: one transaction for each day, a new line for each restatement.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::de::DeserializeOwned;

use super::{Known, KnownQuery};
use crate::error::{Error, ErrorKind, Result};
use crate::platform::InsightsStep;
use crate::store::{Database, Row, Statement, Value};

/// A line goes in where the newest one says something else: the same rows twice change nothing, whoever else writes.
const ADD_LINE: &str = "INSERT INTO source_rows (source, step, day, key, as_of, body, largest_amount) \
     SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7 WHERE ?6 IS NOT (SELECT body FROM source_rows \
     WHERE source = ?1 AND step = ?2 AND day = ?3 AND key = ?4 ORDER BY as_of DESC LIMIT 1) \
     ON CONFLICT (source, step, day, key, as_of) DO UPDATE SET body = excluded.body, largest_amount = excluded.largest_amount";
const CHECK_DAY: &str = "INSERT INTO source_days (source, step, day, known_at, checked_at) VALUES (?1, ?2, ?3, ?4, ?5) \
     ON CONFLICT (source, step, day) DO UPDATE SET known_at = coalesce(known_at, excluded.known_at), \
     checked_at = max(checked_at, excluded.checked_at)";
const KNOWN: &str = "SELECT line.day, line.as_of, line.body, (SELECT days.known_at FROM source_days AS days \
     WHERE days.source = line.source AND days.step = line.step AND days.day = line.day) \
     FROM source_rows AS line WHERE line.source = ?1 AND line.step = ?2 AND line.day BETWEEN ?3 AND ?4 AND line.body IS NOT NULL \
     AND line.as_of = (SELECT max(newer.as_of) FROM source_rows AS newer WHERE newer.source = line.source \
     AND newer.step = line.step AND newer.day = line.day AND newer.key = line.key AND newer.as_of <= ?5) \
     ORDER BY line.day, line.key";
const NEWEST: &str = "SELECT line.key, line.body FROM source_rows AS line WHERE line.source = ?1 AND line.step = ?2 AND line.day = ?3 \
     AND line.body IS NOT NULL AND line.as_of = (SELECT max(newer.as_of) FROM source_rows AS newer \
     WHERE newer.source = line.source AND newer.step = line.step AND newer.day = line.day AND newer.key = line.key)";
const LARGEST: &str = "SELECT max(largest_amount) FROM source_rows WHERE source = ?1 AND step = ?2";
const DAYS: &str =
    "SELECT day, known_at, checked_at FROM source_days WHERE source = ?1 AND step = ?2 AND day BETWEEN ?3 AND ?4";

/// What is known of one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct DayState {
    /// Since when it is known whole; none while it has not closed.
    pub(super) known_at: Option<Timestamp>,
    /// When it was last asked for.
    pub(super) checked_at: Timestamp,
}

/// A source and the length of its rows.
pub(super) type Place<'a> = (&'a str, InsightsStep);

/// A row on its way in.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Entry {
    /// What it is within its day.
    pub(super) key: String,
    /// What it says, as JSON.
    pub(super) body: String,
    /// Its largest amount of money, in units.
    pub(super) largest_amount: f64,
}

/// A checked day on its way in.
pub(super) struct Day {
    pub(super) date: Date,
    pub(super) entries: Vec<Entry>,
    /// Whether it had closed when the source answered.
    pub(super) is_closed: bool,
    /// Whether a row that is not among the entries is gone; a file holds only what it holds.
    pub(super) is_whole: bool,
}

/// Lines that went in: first seen, restated, gone.
#[derive(Default)]
pub(super) struct Written {
    pub(super) new: u64,
    pub(super) restated: u64,
    pub(super) gone: u64,
}

#[derive(Clone)]
pub(super) struct Shelf {
    database: Arc<dyn Database>,
}

impl Shelf {
    pub(super) fn new(database: Arc<dyn Database>) -> Self {
        Self { database }
    }

    /// The days of a source that were asked for.
    pub(super) async fn days(
        &self,
        (source, step): Place<'_>,
        [first, last]: [Date; 2],
    ) -> Result<BTreeMap<Date, DayState>> {
        let values = [source.into(), name(step).into(), text(first), text(last)];
        let rows = self.database.query(Statement::new(DAYS, values)).await?;
        let state = |row: &Row| {
            let known_at = if row.is_null(1) { None } else { Some(row.time(1)?) };
            Ok((day_of(row)?, DayState { known_at, checked_at: row.time(2)? }))
        };
        rows.iter().map(state).collect()
    }

    /// The newest rows of a day by key.
    pub(super) async fn newest(&self, (source, step): Place<'_>, day: Date) -> Result<BTreeMap<String, String>> {
        let rows = self.database.query(Statement::new(NEWEST, [source.into(), name(step).into(), text(day)])).await?;
        rows.iter().map(|row| Ok((row.text(0)?.to_owned(), row.text(1)?.to_owned()))).collect()
    }

    /// The largest amount of money that a source ever had in a row, in units.
    pub(super) async fn largest_amount(&self, (source, step): Place<'_>) -> Result<f64> {
        let rows = self.database.query(Statement::new(LARGEST, [source.into(), name(step).into()])).await?;
        rows.first().filter(|row| !row.is_null(0)).map_or(Ok(0.0), |row| row.real(0))
    }

    /// Puts a day in, whole and in one transaction: lines for what is new, restated or gone, and that it is known.
    pub(super) async fn put(
        &self,
        (source, step): Place<'_>,
        (day, before, as_of): (&Day, &BTreeMap<String, String>, Timestamp),
    ) -> Result<Written> {
        let line = |key: &str, body: Option<&str>, largest: f64| {
            let place = [source.into(), name(step).into(), text(day.date), key.into(), as_of.into()];
            Statement::new(ADD_LINE, place.into_iter().chain([body.into(), largest.into()]))
        };
        let kept: BTreeSet<&str> = day.entries.iter().map(|entry| entry.key.as_str()).collect();
        let gone: Vec<&String> = before.keys().filter(|key| day.is_whole && !kept.contains(key.as_str())).collect();
        let mut statements: Vec<Statement> =
            day.entries.iter().map(|entry| line(&entry.key, Some(&entry.body), entry.largest_amount)).collect();
        statements.extend(gone.iter().map(|key| line(key, None, 0.0)));
        let known_at = day.is_closed.then_some(as_of);
        let values = [source.into(), name(step).into(), text(day.date), known_at.into(), as_of.into()];
        statements.push(Statement::new(CHECK_DAY, values));
        let changed = self.database.write(statements).await?;
        let mut written = Written::default();
        for (entry, changed) in day.entries.iter().zip(&changed) {
            let place = if before.contains_key(&entry.key) { &mut written.restated } else { &mut written.new };
            *place += changed;
        }
        written.gone = changed.iter().skip(day.entries.len()).take(gone.len()).sum();
        Ok(written)
    }

    /// The rows of a source as they were known at a moment.
    pub(super) async fn known<T: DeserializeOwned>(&self, question: &KnownQuery) -> Result<Vec<Known<T>>> {
        let values = [
            question.source.as_str().into(),
            name(question.step).into(),
            text(question.first),
            text(question.last),
            question.as_of.into(),
        ];
        let rows = self.database.query(Statement::new(KNOWN, values)).await?;
        let known = |row: &Row| {
            let since = if row.is_null(3) { None } else { Some(row.time(3)?) };
            let is_closed = since.is_some_and(|since| since <= question.as_of);
            let read = serde_json::from_str(row.text(2)?).map_err(|error| unreadable(&question.source, &error))?;
            Ok(Known { day: day_of(row)?, is_closed, as_of: row.time(1)?, row: read })
        };
        rows.iter().map(known).collect()
    }
}

/// The name of a step in the tables.
fn name(step: InsightsStep) -> &'static str {
    match step {
        InsightsStep::Hour => "hour",
        InsightsStep::Day => "day",
    }
}

fn text(day: Date) -> Value {
    Value::Text(day.to_string())
}

fn day_of(row: &Row) -> Result<Date> {
    let text = row.text(0)?;
    text.parse().map_err(|_| {
        Error::new(ErrorKind::Corrupt, format!("a row from outside has the day {text:?}"))
            .next("restore the database from a backup")
    })
}

fn unreadable(source: &str, error: &serde_json::Error) -> Error {
    Error::new(ErrorKind::Corrupt, format!("a row of {source} cannot be read: {error}"))
        .next("restore the database from a backup, or install the release that wrote it")
}
