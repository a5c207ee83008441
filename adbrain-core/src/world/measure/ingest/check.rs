//! What is wrong with a row from outside: money of another currency or below zero, another window, an amount that cannot be.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;

use super::shelf::Entry;
use super::{Fact, RefusedRow};
use crate::error::Result;
use crate::model::{Currency, MetricsRow, Money, Platform, canonical_json};

/// Money that is so many times what was known is a mix-up of units (micros for units are a factor of 1,000,000), not a result: the largest
/// row of a day stays above it even where the day is ten times smaller than the largest one before.
const JUMP: f64 = 1e5;
/// Counts above this are taken for errors of the source: more than all people see in a day.
const ABSURD_COUNT: u64 = 1_000_000_000_000;

/// A field and what is wrong with it.
type Problem = (&'static str, String);

/// What a row has to be like.
pub(super) struct Frame {
    pub(super) platform: Platform,
    pub(super) currency: Currency,
    /// The first moment of the day, and the first after it.
    pub(super) window: [Timestamp; 2],
}

impl Frame {
    /// The row as it goes in, or what is wrong with it.
    pub(super) fn entry(&self, day: Date, row: &MetricsRow) -> Result<Result<Entry, RefusedRow>> {
        if let Some((field, problem)) = self.problem(row) {
            let refused = RefusedRow { day, row: path(row), field: field.to_owned(), problem };
            return Ok(Err(refused));
        }
        let key = format!("{} {}", path(row), row.start);
        // The moment of the report is that of the line; it is no restatement.
        let body = text(&MetricsRow { as_of: row.start, ..row.clone() })?;
        let metrics = &row.metrics;
        let largest_amount = metrics.spend.to_units().max(metrics.revenue.to_units());
        Ok(Ok(Entry { key, body, largest_amount }))
    }

    fn problem(&self, row: &MetricsRow) -> Option<Problem> {
        let metrics = &row.metrics;
        if row.platform != self.platform {
            return Some(("platform", format!("is {} in a report of {}", row.platform, self.platform)));
        }
        let [start, end] = self.window;
        if row.start < start || row.end > end || row.end <= row.start {
            return Some(("start", format!("the window {} to {} does not lie within the day", row.start, row.end)));
        }
        let counts =
            [("impressions", metrics.impressions), ("clicks", metrics.clicks), ("conversions", metrics.conversions)];
        if let Some((field, count)) = counts.into_iter().find(|(_, count)| *count > ABSURD_COUNT) {
            return Some((field, format!("{count} is absurdly large")));
        }
        money_problem("spend", metrics.spend, self.currency)
            .or_else(|| money_problem("revenue", metrics.revenue, self.currency))
    }
}

/// The id of a row for people.
fn path(row: &MetricsRow) -> String {
    format!("{}/{}/{}", row.path.campaign, row.path.ad_set, row.path.ad)
}

fn money_problem(field: &'static str, money: Money, currency: Currency) -> Option<Problem> {
    if money.currency() != currency {
        return Some((field, format!("{money} is not in {currency}, the currency of the source")));
    }
    (money.micros() < 0).then(|| (field, format!("{money} is below zero")))
}

/// A fact as it goes in, or what is wrong with it.
pub(super) fn fact_entry(fact: &Fact) -> Result<Result<Entry, RefusedRow>> {
    let refused = |field: &str, problem: String| RefusedRow {
        day: fact.day,
        row: fact.id.clone(),
        field: field.to_owned(),
        problem,
    };
    for (name, money) in &fact.amounts {
        if money.micros() < 0 {
            return Ok(Err(refused(name, format!("{money} is below zero"))));
        }
    }
    for (name, number) in &fact.numbers {
        if !number.is_finite() || *number < 0.0 {
            return Ok(Err(refused(name, format!("{number} is no number from zero up"))));
        }
    }
    let largest_amount = fact.amounts.values().map(|money| money.to_units()).fold(0.0, f64::max);
    Ok(Ok(Entry { key: fact.id.clone(), body: text(fact)?, largest_amount }))
}

/// The first row whose money jumps: from what was known of it by a factor in either direction, or above all that the source ever had.
pub(super) fn jump(
    day: Date,
    entries: &[Entry],
    (before, largest): (&BTreeMap<String, String>, f64),
) -> Option<RefusedRow> {
    entries.iter().find_map(|entry| {
        let said = |what: &str, known: f64| RefusedRow {
            day,
            row: entry.key.clone(),
            field: "amount".to_owned(),
            problem: format!(
                "{:.2} jumps from {known:.2}, {what}: units and micros look mixed up",
                entry.largest_amount
            ),
        };
        let known = before.get(&entry.key).map(|body| largest_amount(body)).filter(|known| *known > 0.0);
        match known {
            Some(known) if is_jump(known, entry.largest_amount) || is_jump(entry.largest_amount, known) => {
                Some(said("what the same row had", known))
            }
            Some(_) => None,
            None => is_jump(largest, entry.largest_amount).then(|| said("the largest amount of the source", largest)),
        }
    })
}

/// Whether an amount is so many times another that is there.
fn is_jump(known: f64, amount: f64) -> bool {
    known > 0.0 && amount >= known * JUMP
}

/// The largest amount in a stored row: the values of all fields named `amount`.
fn largest_amount(body: &str) -> f64 {
    fn largest(value: &serde_json::Value) -> f64 {
        match value {
            serde_json::Value::Object(fields) => {
                let own = fields.get("amount").and_then(|amount| amount.as_str()?.parse().ok()).unwrap_or(0.0);
                fields.values().map(largest).fold(own, f64::max)
            }
            serde_json::Value::Array(values) => values.iter().map(largest).fold(0.0, f64::max),
            _ => 0.0,
        }
    }
    serde_json::from_str(body).map_or(0.0, |value| largest(&value))
}

fn text(value: &impl serde::Serialize) -> Result<String> {
    Ok(String::from_utf8_lossy(&canonical_json(value)?).into_owned())
}
