//! The audit: walks the chain of the journal and names the first entry that was changed, deleted or moved.

use serde::{Deserialize, Serialize};

use super::journal::{GENESIS, seal};
use crate::error::Result;
use crate::model::ContentHash;
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

/// Walks the whole chain. A chain alone cannot show that its end was cut off: [`verify_to`] can.
///
/// # Errors
/// Any error of the database.
pub async fn verify(database: &dyn Database) -> Result<Verification> {
    let mut walk = Walk { entries: 0, seq: 0, hash: GENESIS.to_owned(), problem: None };
    while walk.problem.is_none() {
        let sql = "SELECT seq, run, entry, platform, target, action, cause, state, body, at, previous, hash FROM journal \
                   WHERE seq > ?1 ORDER BY seq LIMIT ?2";
        let rows = database.query(Statement::new(sql, [walk.seq.into(), PAGE.into()])).await?;
        for row in &rows {
            walk.step(row)?;
        }
        if rows.is_empty() {
            break;
        }
    }
    let head = ContentHash::new(walk.hash);
    Ok(Verification { entries: walk.entries, is_intact: walk.problem.is_none(), first_problem: walk.problem, head })
}

/// Walks the whole chain and checks that it still holds an entry known from outside, such as the head printed in a report.
///
/// # Errors
/// Any error of the database.
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

struct Walk {
    entries: u64,
    seq: i64,
    hash: String,
    problem: Option<Problem>,
}

impl Walk {
    fn step(&mut self, row: &Row) -> Result<()> {
        if self.problem.is_some() {
            return Ok(());
        }
        self.entries += 1;
        let seq = row.integer(0)?;
        let kind = if seq != self.seq + 1 || row.text(10).ok() != Some(self.hash.as_str()) {
            Some(ProblemKind::OutOfOrder)
        } else if seal(row).ok().as_ref().map(ContentHash::as_str) != row.text(11).ok() {
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
    use crate::error::ErrorKind;

    /// What an audit finds after somebody has run some SQL on a journal.
    async fn after(sql: &str) -> Option<Problem> {
        let bench = Bench::new().await;
        let control = bench.running().await;
        let head = control.head().await.unwrap();
        assert!(verify_to(bench.database.as_ref(), &head).await.unwrap().is_intact);
        let statements = sql.split(';').map(|sql| Statement::new(sql, []));
        bench.database.write(statements.collect()).await.unwrap();
        let found = verify_to(bench.database.as_ref(), &head).await.unwrap();
        assert_eq!(found.is_intact, found.first_problem.is_none());
        if found.first_problem.as_ref().is_some_and(|problem| problem.kind != ProblemKind::CutShort) {
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
        let found = after("DELETE FROM journal WHERE seq > 20").await;
        assert_eq!(found, Some(Problem { seq: 21, kind: ProblemKind::CutShort }));
    }
}
