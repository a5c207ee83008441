//! Reports that are made on `TikTok`'s own time.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::{Failure, Outcome};
use crate::Received;

/// Seconds until a task is done.
const WORK_SECONDS: i64 = 15;

/// What becomes of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TaskFate {
    /// It is done after fifteen seconds.
    Done,
    /// It fails.
    Failed,
    /// It waits for ever.
    Stuck,
    /// It is done, and its table is gone when it is fetched.
    Expired,
}

/// Every task of the account.
#[derive(Default)]
pub(super) struct Tasks {
    pub(super) fates: Vec<TaskFate>,
    pub(super) are_answers_too_large: bool,
    begun: Vec<(TaskFate, String, Timestamp)>,
}

impl Tasks {
    pub(super) fn begin(&mut self, table: String, now: Timestamp) -> Value {
        let fate = self.fates.get(self.begun.len()).copied().unwrap_or(TaskFate::Done);
        self.begun.push((fate, table, now + SignedDuration::from_secs(WORK_SECONDS)));
        json!({"task_id": self.begun.len().to_string()})
    }

    fn find(&self, request: &Received) -> Result<&(TaskFate, String, Timestamp), Failure> {
        let number = request.query.get("task_id").and_then(|task| task.parse::<usize>().ok());
        let found = number.and_then(|number| self.begun.get(number.checked_sub(1)?));
        found.ok_or_else(|| (40_007, "The task does not exist.".to_owned()))
    }

    pub(super) fn state(&self, request: &Received, now: Timestamp) -> Outcome {
        let (fate, _, done) = self.find(request)?;
        let status = match fate {
            TaskFate::Stuck => "QUEUING",
            _ if now < *done => "PROCESSING",
            TaskFate::Failed => "FAILED",
            TaskFate::Done | TaskFate::Expired => "SUCCESS",
        };
        Ok(json!({"status": status, "message": ""}))
    }

    pub(super) fn table(&self, request: &Received) -> Result<String, Failure> {
        match self.find(request)? {
            (TaskFate::Done, table, _) => Ok(table.clone()),
            _ => Err((40_007, "The file has expired.".to_owned())),
        }
    }
}

/// The lists of a body as a query has them.
pub(super) fn as_query(request: &Received) -> Received {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let body = request.json();
    let query = body.as_object().into_iter().flatten().map(|(name, value)| (name.clone(), text(value)));
    Received { query: query.collect(), ..request.clone() }
}
