//! The audit: walks the chain of the journal and names the first entry that was changed, deleted or moved.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::journal::{GENESIS, seal};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{ContentHash, RunId};
use crate::store::{Database, Row, Statement};

/// How many rows are read at once.
const PAGE: i64 = 1_000;

/// What is wrong with an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProblemKind {
    /// Its bytes are not those that were written.
    Changed,
    /// An entry before it is gone, or it stands at another place.
    OutOfOrder,
    /// The journal ends before the entry that was expected.
    CutShort,
}

impl ProblemKind {
    /// The name as text: `changed`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Changed => "changed",
            Self::OutOfOrder => "out_of_order",
            Self::CutShort => "cut_short",
        }
    }
}

/// The first thing that is wrong with a journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// The number of the entry, from 1.
    pub seq: i64,
    /// What is wrong with it.
    pub kind: ProblemKind,
}

/// What the audit found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verification {
    /// How many entries were walked.
    pub entries: u64,
    /// Whether every entry is as it was written.
    pub is_intact: bool,
    /// The first problem, where there is one.
    pub first_problem: Option<Problem>,
    /// The hash of the last entry that was walked: the anchor for [`verify_to`].
    pub head: ContentHash,
}

/// Where a journal ends: kept outside the database, it shows with [`verify_to`] whether the journal was cut off or rewritten.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// How many entries there are.
    pub entries: u64,
    /// The hash of the newest one.
    pub head: ContentHash,
}

/// Where the journal of a database ends; nothing is checked.
///
/// # Errors
/// Any error of the database.
pub async fn head(database: &dyn Database) -> Result<Head> {
    let rows = database.query(Statement::new("SELECT seq, hash FROM journal ORDER BY seq DESC LIMIT 1", [])).await?;
    let Some(row) = rows.first() else { return Ok(Head { entries: 0, head: ContentHash::new(GENESIS) }) };
    Ok(Head { entries: row.integer(0)?.unsigned_abs(), head: ContentHash::new(row.text(1)?) })
}

/// When each entry of a run was first written to the journal.
///
/// # Errors
/// Any error of the database.
pub async fn entry_times(database: &dyn Database, run: &RunId) -> Result<BTreeMap<ContentHash, Timestamp>> {
    let sql = "SELECT entry, min(at) FROM journal WHERE run = ?1 GROUP BY entry";
    let rows = database.query(Statement::new(sql, [run.as_str().into()])).await?;
    rows.iter().map(|row| Ok((ContentHash::new(row.text(0)?), row.time(1)?))).collect()
}

/// Walks the whole chain and compares it with the newest entry of each run, which the database keeps beside the journal: an end
/// that was cut off is found. Somebody who rewrites both is found by a head that was kept outside alone: [`verify_to`].
///
/// # Errors
/// [`ErrorKind::Corrupt`] where the journal's table is gone; any error of the database.
pub async fn verify(database: &dyn Database) -> Result<Verification> {
    check_table(database).await?;
    // The heads come first: what another process appends during the walk is no problem.
    let heads = heads(database).await?;
    let mut walk = Walk { entries: 0, seq: 0, hash: GENESIS.to_owned(), heads, problem: None };
    while walk.problem.is_none() {
        let sql = "SELECT seq, run, entry, platform, target, action, cause, state, body, at, previous, hash FROM journal \
                   WHERE seq > ?1 ORDER BY seq LIMIT ?2";
        // A row before the first one is none of ours.
        let after = if walk.entries == 0 { i64::MIN } else { walk.seq };
        let rows = database.query(Statement::new(sql, [after.into(), PAGE.into()])).await?;
        for row in &rows {
            walk.step(row)?;
        }
        if rows.is_empty() {
            break;
        }
    }
    if walk.problem.is_none() && (!walk.heads.is_empty() || is_launch_unknown(database).await?) {
        walk.problem = Some(Problem { seq: walk.seq.saturating_add(1), kind: ProblemKind::CutShort });
    }
    let head = ContentHash::new(walk.hash);
    Ok(Verification { entries: walk.entries, is_intact: walk.problem.is_none(), first_problem: walk.problem, head })
}

/// Walks the whole chain and checks that it still holds an entry known from outside, such as the head that a run prints.
///
/// # Errors
/// As [`verify`].
pub async fn verify_to(database: &dyn Database, head: &ContentHash) -> Result<Verification> {
    let mut found = verify(database).await?;
    let sql = "SELECT seq FROM journal WHERE hash = ?1";
    let rows = database.query(Statement::new(sql, [head.as_str().into()])).await?;
    if found.is_intact && rows.is_empty() && head.as_str() != GENESIS {
        let seq = i64::try_from(found.entries).unwrap_or(i64::MAX).saturating_add(1);
        found.first_problem = Some(Problem { seq, kind: ProblemKind::CutShort });
        found.is_intact = false;
    }
    Ok(found)
}

async fn check_table(database: &dyn Database) -> Result<()> {
    let sql = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name IN ('journal', 'journal_heads')";
    let rows = database.query(Statement::new(sql, [])).await?;
    if rows.first().map(|row| row.integer(0)).transpose()? == Some(2) {
        return Ok(());
    }
    Err(Error::new(ErrorKind::Corrupt, "the journal's table is gone").next("restore the database from a backup"))
}

/// The newest entry of each run by its number.
async fn heads(database: &dyn Database) -> Result<BTreeMap<i64, String>> {
    let rows = database.query(Statement::new("SELECT seq, hash FROM journal_heads", [])).await?;
    rows.iter().map(|row| Ok((row.integer(0)?, row.text(1)?.to_owned()))).collect()
}

/// Whether a run has launched something of which the journal knows nothing.
async fn is_launch_unknown(database: &dyn Database) -> Result<bool> {
    let sql = "SELECT count(*) FROM steps WHERE name = 'launch' AND output <> '[]' \
               AND NOT EXISTS (SELECT 1 FROM journal WHERE journal.run = steps.run)";
    let rows = database.query(Statement::new(sql, [])).await?;
    Ok(rows.first().map(|row| row.integer(0)).transpose()?.unwrap_or_default() > 0)
}

struct Walk {
    entries: u64,
    seq: i64,
    hash: String,
    /// The heads that have not been met yet.
    heads: BTreeMap<i64, String>,
    problem: Option<Problem>,
}

impl Walk {
    fn step(&mut self, row: &Row) -> Result<()> {
        if self.problem.is_some() {
            return Ok(());
        }
        self.entries += 1;
        let seq = row.integer(0)?;
        let head = self.heads.remove(&seq);
        let kind = if seq != self.seq + 1 || row.text(10).ok() != Some(self.hash.as_str()) {
            Some(ProblemKind::OutOfOrder)
        } else if seal(row).ok().as_ref().map(ContentHash::as_str) != row.text(11).ok()
            || head.is_some_and(|head| row.text(11).ok() != Some(head.as_str()))
        {
            Some(ProblemKind::Changed)
        } else {
            None
        };
        match kind {
            Some(kind) => self.problem = Some(Problem { seq, kind }),
            None => row.text(11)?.clone_into(&mut self.hash),
        }
        self.seq = seq;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::control::fake::Bench;

    /// What an audit finds after somebody has run some SQL on a journal.
    async fn after(sql: &str) -> Option<Problem> {
        let bench = Bench::new().await;
        let control = bench.running().await;
        let head = control.head().await.unwrap();
        assert_eq!(super::head(bench.database.as_ref()).await.unwrap().head, head);
        assert!(verify_to(bench.database.as_ref(), &head).await.unwrap().is_intact);
        let statements = sql.split(';').map(|sql| Statement::new(sql, []));
        bench.database.write(statements.collect()).await.unwrap();
        let found = verify_to(bench.database.as_ref(), &head).await.unwrap();
        assert_eq!(found.is_intact, found.first_problem.is_none());
        assert_eq!(verify(bench.database.as_ref()).await.unwrap(), found, "no head from outside is needed");
        if !found.is_intact {
            drop(control);
            let refused = bench.open_on(bench.database.clone()).await;
            assert_eq!(refused.err().unwrap().kind(), ErrorKind::Corrupt);
        }
        found.first_problem
    }

    #[tokio::test]
    async fn a_flipped_byte_in_any_column_is_found_and_named() {
        for column in ["run", "entry", "platform", "target", "action", "cause", "at", "hash"] {
            let found = after(&format!("UPDATE journal SET {column} = {column} || 'x' WHERE seq = 7")).await;
            assert_eq!(found.unwrap().seq, 7, "{column}");
        }
        let found = after("UPDATE journal SET state = 'refused' WHERE seq = 9").await;
        assert_eq!(found, Some(Problem { seq: 9, kind: ProblemKind::Changed }));
        let found = after("UPDATE journal SET body = ' ' || body WHERE seq = 9").await;
        assert_eq!(found, Some(Problem { seq: 9, kind: ProblemKind::Changed }));
    }

    #[tokio::test]
    async fn a_deleted_or_moved_entry_is_found_and_named() {
        let found = after("DELETE FROM journal WHERE seq = 5").await;
        assert_eq!(found, Some(Problem { seq: 6, kind: ProblemKind::OutOfOrder }));
        let swap = "UPDATE journal SET seq = -1 WHERE seq = 5;UPDATE journal SET seq = 5 WHERE seq = 6;\
                    UPDATE journal SET seq = 6 WHERE seq = -1";
        assert_eq!(after(swap).await, Some(Problem { seq: 5, kind: ProblemKind::OutOfOrder }));
        let before = after("UPDATE journal SET seq = 0 WHERE seq = 1").await;
        assert_eq!(before, Some(Problem { seq: 0, kind: ProblemKind::OutOfOrder }));
        let found = after("DELETE FROM journal WHERE seq > 20").await;
        assert_eq!(found, Some(Problem { seq: 21, kind: ProblemKind::CutShort }));
    }

    #[tokio::test]
    async fn a_journal_whose_end_was_cut_off_is_found_without_a_head_from_outside() {
        let last = "DELETE FROM journal WHERE seq = (SELECT max(seq) FROM journal)";
        assert_eq!(after(last).await.unwrap().kind, ProblemKind::CutShort);
        assert_eq!(after("DELETE FROM journal").await, Some(Problem { seq: 1, kind: ProblemKind::CutShort }));
        let launched = "INSERT INTO steps (run, name, output) VALUES ('run', 'launch', '[{}]')";
        let emptied = format!("DELETE FROM journal;DELETE FROM journal_heads;{launched}");
        assert_eq!(
            without_head(&emptied).await.unwrap(),
            Some(Problem { seq: 1, kind: ProblemKind::CutShort }),
            "a launch is known, the journal is not"
        );
        assert_eq!(without_head("DROP TABLE journal").await.unwrap_err().kind(), ErrorKind::Corrupt);
    }

    async fn without_head(sql: &str) -> Result<Option<Problem>> {
        let bench = Bench::new().await;
        drop(bench.running().await);
        let statements = sql.split(';').map(|sql| Statement::new(sql, []));
        bench.database.write(statements.collect()).await.unwrap();
        Ok(verify(bench.database.as_ref()).await?.first_problem)
    }
}
