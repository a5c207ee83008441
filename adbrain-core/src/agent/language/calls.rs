//! The calls of language models: budgeted before, kept after, each row chained to the one before by its hash.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::WordAgent;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{ContentHash, Currency, Money, RunId, canonical_json};
use crate::store::{Database, Row, Statement, Value};

/// What the first row names as the one before it.
const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";
/// How often a row is chained anew when others were faster.
const MOST_TRIES: u32 = 100;
const COLUMNS: &str =
    "seq, run, agent, call, state, model, request, answer, tokens, micros, currency, day, at, note, previous, hash";
/// The place of the column `previous`; the hash stands behind it.
const PREVIOUS: usize = 14;

crate::model::named! {
    /// What a row about a call says.
    CallState {
        /// The most that the call can cost is set aside; the call comes next.
        Reserved = "reserved",
        /// The model answered.
        Answered = "answered",
        /// The model would not answer.
        Declined = "declined",
        /// There was no answer.
        Failed = "failed",
        /// The budget has no room for the call: it was not made.
        OverBudget = "over_budget",
    }
}

/// One row about a call.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Call {
    /// Its place in the chain.
    pub seq: i64,
    /// The run.
    pub run: RunId,
    /// The agent that asked.
    pub agent: String,
    /// The place of the call's first row.
    pub call: i64,
    /// What it says.
    pub state: CallState,
    /// The model.
    pub model: String,
    /// The SHA-256 of what was asked.
    pub request: ContentHash,
    /// The SHA-256 of the answer's text; none where there is none.
    pub answer: Option<ContentHash>,
    /// What it adds to the tokens that count as used.
    pub tokens: i64,
    /// What it adds to the money that counts as spent.
    pub cost: Money,
    /// When.
    pub at: Timestamp,
    /// What went wrong, where something did.
    pub note: String,
}

/// What a walk along the chain found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Chain {
    /// The rows that hold together.
    pub rows: u64,
    /// The hash of the last of them.
    pub head: ContentHash,
    /// The first row that was changed, added or taken out afterwards; none where all hold.
    pub first_problem: Option<i64>,
}

/// The most that may count as used and spent.
#[derive(Debug, Clone, Copy)]
pub(super) struct Room {
    pub(super) run_tokens: i64,
    pub(super) run_micros: i64,
    pub(super) day_tokens: i64,
    pub(super) day_micros: i64,
}

/// A row that is to be written.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) run: RunId,
    pub(super) agent: WordAgent,
    /// The first row of the call; none where this is it.
    pub(super) call: Option<i64>,
    pub(super) state: CallState,
    pub(super) model: String,
    pub(super) request: ContentHash,
    pub(super) answer: Option<ContentHash>,
    pub(super) tokens: i64,
    pub(super) micros: i64,
    pub(super) currency: Currency,
    pub(super) at: Timestamp,
    pub(super) note: String,
}

/// The calls of a database.
///
/// ```
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// # let folder = tempfile::tempdir().unwrap();
/// # let database = adbrain_core::store::open(&folder.path().join("brain.db")).await?;
/// use adbrain_core::agent::language::Calls;
/// let chain = Calls::new(database).verify().await?;
/// assert_eq!((chain.rows, chain.first_problem), (0, None));
/// # Ok::<(), adbrain_core::Error>(())
/// # }).unwrap();
/// ```
#[derive(Clone)]
pub struct Calls {
    database: Arc<dyn Database>,
    /// One row at a time: the callers of this process do not chain against each other.
    turn: Arc<tokio::sync::Mutex<()>>,
}

impl Calls {
    /// Opens the calls of a migrated database.
    pub fn new(database: Arc<dyn Database>) -> Self {
        Self { database, turn: Arc::default() }
    }

    /// The rows of a run, oldest first.
    ///
    /// # Errors
    /// Those of the database; [`ErrorKind::Corrupt`] for a row that cannot be read.
    pub async fn of_run(&self, run: &RunId) -> Result<Vec<Call>> {
        let sql = format!("SELECT {COLUMNS} FROM language_calls WHERE run = ?1 ORDER BY seq");
        let rows = self.database.query(Statement::new(sql, [run.as_str().into()])).await?;
        rows.iter().map(read).collect()
    }

    /// Walks along the chain from its beginning.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn verify(&self) -> Result<Chain> {
        let sql = format!("SELECT {COLUMNS} FROM language_calls ORDER BY seq");
        let mut chain = Chain { rows: 0, head: ContentHash::new(GENESIS), first_problem: None };
        for row in self.database.query(Statement::new(sql, [])).await? {
            let (seq, previous, hash) = (row.integer(0)?, row.text(PREVIOUS)?, row.text(PREVIOUS + 1)?);
            let holds = seq == i64::try_from(chain.rows).unwrap_or(i64::MAX) + 1
                && previous == chain.head.as_str()
                && seal(&row.0)?.as_str() == hash;
            if !holds {
                return Ok(Chain { first_problem: Some(seq), ..chain });
            }
            chain = Chain { rows: chain.rows + 1, head: ContentHash::new(hash), first_problem: None };
        }
        Ok(chain)
    }

    /// Writes a row where there is room for what it adds; gives its place, none where there is no room.
    pub(super) async fn add(&self, entry: &Entry, room: Room) -> Result<Option<i64>> {
        let _turn = self.turn.lock().await;
        for _ in 0..MOST_TRIES {
            let (seq, previous) = self.end().await?;
            let values = columns(entry, seq, &previous)?;
            let limits = [room.run_tokens, room.run_micros, room.day_tokens, room.day_micros].map(Value::Integer);
            let statement = Statement::new(ADD, values.into_iter().chain(limits));
            match self.database.write(vec![statement]).await {
                // Somebody else wrote the row of this place.
                Err(error) if error.kind() == ErrorKind::Conflict => {}
                Err(error) => return Err(error),
                Ok(changed) => return Ok(changed.first().is_some_and(|rows| *rows > 0).then_some(seq)),
            }
        }
        Err(Error::new(ErrorKind::Conflict, "the calls of language models are written by too many at once")
            .next("try again"))
    }

    /// The place of the next row, and the hash of the last one.
    async fn end(&self) -> Result<(i64, String)> {
        let sql = "SELECT seq, hash FROM language_calls ORDER BY seq DESC LIMIT 1";
        let rows = self.database.query(Statement::new(sql, [])).await?;
        let Some(last) = rows.first() else { return Ok((1, GENESIS.to_owned())) };
        Ok((last.integer(0)? + 1, last.text(1)?.to_owned()))
    }
}

/// Room for anything.
pub(super) const NO_LIMIT: Room =
    Room { run_tokens: i64::MAX, run_micros: i64::MAX, day_tokens: i64::MAX, day_micros: i64::MAX };

/// The sum and the new row are one statement, so that two who ask at once cannot both take the last room. What takes off is always written.
const ADD: &str = "INSERT INTO language_calls \
    (seq, run, agent, call, state, model, request, answer, tokens, micros, currency, day, at, note, previous, hash) \
    SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16 WHERE (?9 <= 0 AND ?10 <= 0) OR (\
    (SELECT coalesce(sum(tokens), 0) FROM language_calls WHERE run = ?2) + ?9 <= ?17 AND \
    (SELECT coalesce(sum(micros), 0) FROM language_calls WHERE run = ?2 AND currency = ?11) + ?10 <= ?18 AND \
    (SELECT coalesce(sum(tokens), 0) FROM language_calls WHERE day = ?12) + ?9 <= ?19 AND \
    (SELECT coalesce(sum(micros), 0) FROM language_calls WHERE day = ?12 AND currency = ?11) + ?10 <= ?20)";

/// The columns of a row, sealed.
fn columns(entry: &Entry, seq: i64, previous: &str) -> Result<Vec<Value>> {
    let day = entry.at.to_zoned_datetime(TimeZone::UTC).date();
    let mut row: Vec<Value> = vec![
        seq.into(),
        entry.run.as_str().into(),
        entry.agent.as_str().into(),
        entry.call.unwrap_or(seq).into(),
        entry.state.as_str().into(),
        entry.model.as_str().into(),
        entry.request.as_str().into(),
        entry.answer.as_ref().map_or("", ContentHash::as_str).into(),
        entry.tokens.into(),
        entry.micros.into(),
        entry.currency.code().into(),
        day.to_string().into(),
        entry.at.into(),
        entry.note.as_str().into(),
        previous.into(),
    ];
    let hash = seal(&row)?;
    row.push(hash.as_str().into());
    Ok(row)
}

/// The hash of a row: SHA-256 over the hash before it and the row's own columns as canonical JSON.
fn seal(row: &[Value]) -> Result<ContentHash> {
    let plain = |value: &Value| match value {
        Value::Integer(number) => serde_json::Value::from(*number),
        Value::Text(text) => serde_json::Value::from(text.as_str()),
        other => serde_json::Value::from(format!("{other:?}")),
    };
    let own: Vec<_> = row.iter().take(PREVIOUS).map(plain).collect();
    let previous = row.get(PREVIOUS).map(plain).unwrap_or_default();
    let mut bytes = previous.as_str().unwrap_or_default().as_bytes().to_vec();
    bytes.extend(canonical_json(&own)?);
    Ok(ContentHash::of(&bytes))
}

fn read(row: &Row) -> Result<Call> {
    let answer = row.text(7)?;
    let currency = row.text(10)?.parse()?;
    Ok(Call {
        seq: row.integer(0)?,
        run: RunId::new(row.text(1)?),
        agent: row.text(2)?.to_owned(),
        call: row.integer(3)?,
        state: row.text(4)?.parse()?,
        model: row.text(5)?.to_owned(),
        request: ContentHash::new(row.text(6)?),
        answer: (!answer.is_empty()).then(|| ContentHash::new(answer)),
        tokens: row.integer(8)?,
        cost: Money::from_micros(row.integer(9)?, currency),
        at: row.time(12)?,
        note: row.text(13)?.to_owned(),
    })
}
