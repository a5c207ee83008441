//! The wire of a libSQL server: Hrana over HTTP, version 2, as JSON.
//!
//! Source: `docs/HRANA_3_SPEC.md` and `docs/HTTP_V2_SPEC.md` of tursodatabase/libsql.

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::general_purpose::{GeneralPurpose, NO_PAD};
use base64::engine::{DecodePaddingMode, GeneralPurposeConfig};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use super::{Row, Statement, Value};
use crate::error::{Error, ErrorKind, Result};

/// The blobs of the wire carry no padding; what comes may carry some.
const BASE64: GeneralPurpose = GeneralPurpose::new(&STANDARD, READ_BOTH);
const READ_BOTH: GeneralPurposeConfig = NO_PAD.with_decode_padding_mode(DecodePaddingMode::Indifferent);

/// A value on the wire; whole numbers are text, since JSON's numbers lose digits.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum WireValue {
    Null,
    Integer { value: String },
    Float { value: f64 },
    Text { value: String },
    Blob { base64: String },
}

impl From<&Value> for WireValue {
    fn from(value: &Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Integer(number) => Self::Integer { value: number.to_string() },
            Value::Real(number) => Self::Float { value: *number },
            Value::Text(text) => Self::Text { value: text.clone() },
            Value::Blob(bytes) => Self::Blob { base64: BASE64.encode(bytes) },
        }
    }
}

impl WireValue {
    fn read(self) -> Result<Value> {
        match self {
            Self::Null => Ok(Value::Null),
            Self::Integer { value } => value.parse().map(Value::Integer).map_err(|_| strange("a whole number")),
            Self::Float { value } => Ok(Value::Real(value)),
            Self::Text { value } => Ok(Value::Text(value)),
            Self::Blob { base64 } => BASE64.decode(base64).map(Value::Blob).map_err(|_| strange("bytes")),
        }
    }
}

/// The answer to a pipeline: one result per request.
#[derive(Deserialize)]
pub(super) struct Answer {
    results: Vec<Outcome>,
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Outcome {
    Ok { response: Reply },
    Error { error: Failure },
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Reply {
    Execute { result: StatementResult },
    Batch { result: BatchResult },
    Close,
}

#[derive(Deserialize)]
struct StatementResult {
    rows: Vec<Vec<WireValue>>,
    affected_row_count: u64,
}

#[derive(Deserialize)]
struct BatchResult {
    step_results: Vec<Option<StatementResult>>,
    step_errors: Vec<Option<Failure>>,
}

/// What the server says went wrong.
#[derive(Deserialize)]
pub(super) struct Failure {
    message: String,
    #[serde(default)]
    code: Option<String>,
}

/// Reads with one statement.
pub(super) fn query(statement: &Statement) -> Json {
    json!({ "requests": [{ "type": "execute", "stmt": wire(statement) }, { "type": "close" }] })
}

/// Writes all statements in one transaction: each step runs only where the one before it succeeded, and what began without
/// a commit is rolled back. The server does it in one request, so no transaction waits for the network.
pub(super) fn transaction(statements: &[Statement]) -> Json {
    let plain = |sql: &str| json!({ "sql": sql, "want_rows": false });
    let ok = |step: usize| json!({ "type": "ok", "step": step });
    let commit = statements.len() + 1;
    let mut steps = vec![json!({ "stmt": plain("BEGIN IMMEDIATE") })];
    steps.extend(
        statements.iter().enumerate().map(|(at, statement)| json!({ "condition": ok(at), "stmt": wire(statement) })),
    );
    steps.push(json!({ "condition": ok(commit - 1), "stmt": plain("COMMIT") }));
    let undone = json!({ "type": "and", "conds": [ok(0), { "type": "not", "cond": ok(commit) }] });
    steps.push(json!({ "condition": undone, "stmt": plain("ROLLBACK") }));
    json!({ "requests": [{ "type": "batch", "batch": { "steps": steps } }, { "type": "close" }] })
}

fn wire(statement: &Statement) -> Json {
    let args: Vec<_> = statement.params.iter().map(WireValue::from).collect();
    json!({ "sql": statement.sql, "args": args, "want_rows": true })
}

impl Answer {
    /// The rows that a query found.
    pub(super) fn rows(self) -> Result<Vec<Row>> {
        match self.first("read")? {
            Reply::Execute { result } => result.rows.into_iter().map(row).collect(),
            _ => Err(strange("rows")),
        }
    }

    /// How many rows each of `count` statements changed; the transaction was committed.
    pub(super) fn changed(self, count: usize) -> Result<Vec<u64>> {
        let Reply::Batch { result } = self.first("write")? else { return Err(unknown("another kind of answer came")) };
        if let Some(failure) = result.step_errors.into_iter().flatten().next() {
            return Err(failure.into_error("write"));
        }
        let mut steps = result.step_results.into_iter().skip(1);
        let changed = steps.by_ref().take(count).map(|step| step.map(|step| step.affected_row_count));
        let changed = changed.collect::<Option<Vec<_>>>().filter(|changed| changed.len() == count);
        match (changed, steps.next().flatten()) {
            (Some(changed), Some(_committed)) => Ok(changed),
            _ => Err(unknown("the answer does not say whether it was committed")),
        }
    }

    fn first(self, doing: &str) -> Result<Reply> {
        match self.results.into_iter().next() {
            Some(Outcome::Ok { response }) => Ok(response),
            Some(Outcome::Error { error }) => Err(error.into_error(doing)),
            None => Err(strange("an answer")),
        }
    }
}

fn row(values: Vec<WireValue>) -> Result<Row> {
    values.into_iter().map(WireValue::read).collect::<Result<_>>().map(Row)
}

impl Failure {
    fn into_error(self, doing: &str) -> Error {
        let code = self.code.unwrap_or_default();
        let has = |part: &str| code.contains(part) || self.message.contains(part);
        let (kind, next) = if has("CONSTRAINT") {
            (ErrorKind::Conflict, "a row with this key exists already, or a value breaks a rule of its table")
        } else if has("BUSY") || has("LOCKED") || has("BLOCKED") || has("TIMEOUT") || has("SQLITE_FULL") {
            (ErrorKind::Unavailable, "the server is busy or takes no writes: try again later")
        } else if has("READONLY") || has("SQLITE_AUTH") {
            (ErrorKind::Unauthorized, "use a token that may do this")
        } else if has("CORRUPT") || has("NOTADB") {
            (ErrorKind::Corrupt, "restore the server's database from a backup")
        } else {
            (ErrorKind::Internal, "check the statement and its parameters")
        };
        Error::new(kind, format!("the database server cannot {doing}: {}", self.message)).with("code", code).next(next)
    }
}

fn strange(wanted: &str) -> Error {
    Error::new(ErrorKind::Unavailable, format!("the database server's answer holds no {wanted}"))
        .next("check that the address is that of a libSQL server")
}

fn unknown(why: &str) -> Error {
    Error::new(ErrorKind::OutcomeUnknown, format!("a write to the database server may or may not have happened: {why}"))
        .next("read the rows before anything is written again")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(json: Json) -> Answer {
        serde_json::from_value(json).unwrap()
    }

    fn step(count: u64) -> Json {
        json!({ "cols": [], "rows": [], "affected_row_count": count, "last_insert_rowid": null })
    }

    fn batch(results: &Json, errors: &Json) -> Answer {
        let result = json!({ "step_results": results, "step_errors": errors });
        answer(json!({ "baton": null, "base_url": null,
            "results": [{ "type": "ok", "response": { "type": "batch", "result": result } }] }))
    }

    #[test]
    fn every_value_crosses_the_wire_whole() {
        for value in
            [Value::Null, Value::Integer(i64::MIN), Value::Real(0.1), "ação".into(), Value::Blob(vec![0, 255, 7, 1])]
        {
            let text = serde_json::to_string(&WireValue::from(&value)).unwrap();
            assert_eq!(serde_json::from_str::<WireValue>(&text).unwrap().read().unwrap(), value, "{text}");
        }
    }

    #[test]
    fn a_transaction_begins_commits_on_success_and_else_rolls_back() {
        let sent = transaction(&[Statement::new("A", []), Statement::new("B", [1_i64.into()])]);
        let steps = sent["requests"][0]["batch"]["steps"].as_array().unwrap();
        let sql: Vec<_> = steps.iter().map(|step| step["stmt"]["sql"].as_str().unwrap()).collect();
        assert_eq!(sql, ["BEGIN IMMEDIATE", "A", "B", "COMMIT", "ROLLBACK"]);
        assert_eq!(steps[2]["condition"], json!({ "type": "ok", "step": 1 }));
        assert_eq!(steps[3]["condition"], json!({ "type": "ok", "step": 2 }));
        assert_eq!(steps[4]["condition"]["conds"][1]["cond"]["step"], 3);
    }

    #[test]
    fn a_commit_that_is_not_confirmed_is_an_unknown_outcome() {
        let done = batch(&json!([step(0), step(2), step(0), null]), &json!([null, null, null, null]));
        assert_eq!(done.changed(1).unwrap(), [2]);
        let open = batch(&json!([step(0), step(2), null, null]), &json!([null, null, null, null]));
        assert_eq!(open.changed(1).unwrap_err().kind(), ErrorKind::OutcomeUnknown);
    }

    #[test]
    fn a_refused_step_is_an_error_of_its_own_kind() {
        let failure = json!({ "message": "UNIQUE constraint failed: t.id", "code": "SQLITE_CONSTRAINT_PRIMARYKEY" });
        let refused = batch(&json!([step(0), null, null, step(0)]), &json!([null, failure, null, null]));
        assert_eq!(refused.changed(1).unwrap_err().kind(), ErrorKind::Conflict);
    }
}
