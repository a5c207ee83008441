//! Reports that are made on Meta's own time.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::{Outcome, failed, unknown};
use crate::{Answer, Received};

/// Seconds until a job is done.
const WORK_SECONDS: i64 = 20;

/// What becomes of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobFate {
    /// It is done after twenty seconds.
    Done,
    /// It fails.
    Failed,
    /// It stands at 0 % for ever.
    Stuck,
    /// It is done, and its result is gone when it is fetched.
    Expired,
}

/// A question of a report, as far as it matters for its size.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question<'a> {
    /// The account, a campaign or an ad set.
    pub owner: &'a str,
    /// The level of its rows.
    pub level: &'a str,
    /// How many days.
    pub days: i32,
    /// How many fields.
    pub fields: usize,
}

impl<'a> Question<'a> {
    pub(super) fn of(owner: &'a str, request: &'a Received) -> Self {
        let query = |name: &str| request.query.get(name).map_or("", String::as_str);
        let range: Value = serde_json::from_str(query("time_range")).unwrap_or_default();
        let day = |name: &str| range[name].as_str().and_then(|day| day.parse::<Date>().ok()).unwrap_or_default();
        let days = (day("until") - day("since")).get_days() + 1;
        Self { owner, level: query("level"), days, fields: query("fields").split(',').count() }
    }
}

/// Every job of the account.
pub(super) struct Jobs {
    pub(super) fates: Vec<JobFate>,
    pub(super) is_too_large: fn(&Question<'_>) -> bool,
    begun: usize,
    runs: BTreeMap<String, Run>,
}

struct Run {
    fate: JobFate,
    rows: Vec<Value>,
    done: Timestamp,
}

impl Default for Jobs {
    fn default() -> Self {
        let is_too_large = |_: &Question<'_>| false;
        Self { fates: Vec::new(), is_too_large, begun: 0, runs: BTreeMap::new() }
    }
}

impl Jobs {
    pub(super) fn has(&self, run: &str) -> bool {
        self.runs.contains_key(run)
    }

    /// Begins a job; without rows it fails.
    pub(super) fn begin(&mut self, run: &str, rows: Option<Vec<Value>>, now: Timestamp) {
        let told = self.fates.get(self.begun).copied();
        self.begun += 1;
        let fate = told.unwrap_or(if rows.is_none() { JobFate::Failed } else { JobFate::Done });
        let done = now + SignedDuration::from_secs(WORK_SECONDS);
        self.runs.insert(run.to_owned(), Run { fate, rows: rows.unwrap_or_default(), done });
    }

    pub(super) fn state(&self, run: &str, now: Timestamp) -> Outcome {
        let found = self.runs.get(run).ok_or_else(|| unknown(run))?;
        let (status, percent) = match found.fate {
            JobFate::Stuck => ("Job Started", 0),
            _ if now < found.done => ("Job Running", 40),
            JobFate::Failed => ("Job Failed", 70),
            JobFate::Done | JobFate::Expired => ("Job Completed", 100),
        };
        Ok(json!({"id": run, "async_status": status, "async_percent_completion": percent}))
    }

    pub(super) fn rows(&self, run: &str) -> Result<Vec<Value>, Answer> {
        match self.runs.get(run) {
            Some(Run { fate: JobFate::Done, rows, .. }) => Ok(rows.clone()),
            Some(Run { fate: JobFate::Expired, .. }) => Err(unknown(run)),
            _ => Err(failed(400, 100, None, "The report is not ready")),
        }
    }
}

/// The parameters of a body as a query has them.
pub(super) fn as_query(request: &Received) -> Received {
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        Value::Array(values) if values.iter().all(Value::is_string) => {
            values.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(",")
        }
        other => other.to_string(),
    };
    let body = request.json();
    let query = body.as_object().into_iter().flatten().map(|(name, value)| (name.clone(), text(value)));
    Received { query: query.collect(), ..request.clone() }
}
