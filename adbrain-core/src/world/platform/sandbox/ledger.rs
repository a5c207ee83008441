//! The ledger of a sandbox account: every write, in order, on disk before it is answered.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, Result};
use crate::model::{AccountId, ContentHash, DraftTree, MediaKind};
use crate::platform::ObjectChange;
use crate::store::{Database, Row, Statement, Value};

const TABLE: &str = "CREATE TABLE IF NOT EXISTS sandbox_ledger (account TEXT NOT NULL, seq INTEGER NOT NULL, \
                     at TEXT NOT NULL, operation TEXT NOT NULL CHECK (json_valid(operation)), PRIMARY KEY (account, seq))";
const READ: &str = "SELECT at, operation FROM sandbox_ledger WHERE account = ?1 ORDER BY seq";
const APPEND: &str = "INSERT INTO sandbox_ledger (account, seq, at, operation) VALUES (?1, ?2, ?3, ?4)";

/// What was written to the account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Operation {
    Create(Box<DraftTree>),
    Upload {
        hash: ContentHash,
        kind: MediaKind,
    },
    Change(ObjectChange),
    /// How many people went into an audience, and what stands for their list; never their hashes.
    Fill {
        audience: String,
        emails: usize,
        phones: usize,
        hash: ContentHash,
    },
}

/// One line of the ledger.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Entry {
    pub(super) at: Timestamp,
    pub(super) operation: Operation,
}

/// Reads the ledger of an account; makes the table where there is none.
pub(super) async fn load(database: &dyn Database, account: &AccountId) -> Result<Vec<Entry>> {
    database.write(vec![Statement::new(TABLE, [])]).await?;
    let rows = database.query(Statement::new(READ, [Value::from(account.as_str())])).await?;
    rows.iter().map(|row| entry(row).map_err(|error| error.with("account", account))).collect()
}

/// Appends a line under its number, from 1. A number that is taken fails: somebody else writes to the same account.
pub(super) async fn append(database: &dyn Database, account: &AccountId, number: i64, entry: &Entry) -> Result<()> {
    let operation = serde_json::to_string(&entry.operation)
        .map_err(|error| Error::new(ErrorKind::Internal, "an operation cannot be written as JSON").caused_by(error))?;
    let params = [account.as_str().into(), number.into(), entry.at.to_string().into(), operation.into()];
    database.write(vec![Statement::new(APPEND, params)]).await.map(|_| ())
}

fn entry(row: &Row) -> Result<Entry> {
    let damaged = |source| {
        Error::new(ErrorKind::Corrupt, "the ledger of a sandbox account is damaged")
            .next("restore the database from a backup, or start with a new one")
            .caused_by(source)
    };
    let at = row.text(0)?.parse().map_err(|error: jiff::Error| damaged(Box::new(error) as crate::error::Source))?;
    let operation = serde_json::from_str(row.text(1)?).map_err(|error| damaged(Box::new(error)))?;
    Ok(Entry { at, operation })
}
