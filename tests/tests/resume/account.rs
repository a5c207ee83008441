//! What a folder holds after a run: kept steps, the simulated accounts, the journal.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use adbrain_core::control;
use adbrain_core::store::{self, Database, Statement, Steps};

use crate::Outcome;
use crate::child::{DATABASE, RESULT};

/// One write to a simulated account: account, number, moment, operation.
type Line = (String, i64, String, String);

/// Everything that has to be the same after a kill.
#[derive(Debug, PartialEq)]
pub(crate) struct End {
    result: Vec<u8>,
    ledger: Vec<Line>,
}

/// The names of the steps that are kept.
pub(crate) async fn kept(folder: &Path) -> Outcome<BTreeSet<String>> {
    let steps = Steps::new(store::open(&folder.join(DATABASE)).await?);
    match &steps.runs().await?[..] {
        [] => Ok(BTreeSet::new()),
        [run] => Ok(steps.load_all(&run.run).await?.into_keys().collect()),
        runs => Err(format!("one run was started, {} are there", runs.len()).into()),
    }
}

/// The end of a run, with the database and the journal found whole.
pub(crate) async fn end(folder: &Path) -> Outcome<End> {
    let database = store::open(&folder.join(DATABASE)).await?;
    store::check_integrity(&*database).await?;
    assert!(control::verify(&*database).await?.is_intact, "the journal's chain is broken");
    let ledger = ledger(&*database).await?;
    check_once(&ledger)?;
    Ok(End { result: std::fs::read(folder.join(RESULT))?, ledger })
}

impl End {
    /// Fails with the place where two ends differ.
    pub(crate) fn check_same(&self, other: &Self, what: &str) {
        for (mine, theirs) in self.ledger.iter().zip(&other.ledger) {
            assert_eq!(mine, theirs, "{what}: the accounts differ");
        }
        assert_eq!(self.ledger.len(), other.ledger.len(), "{what}: the accounts differ in length");
        let at = self.result.iter().zip(&other.result).position(|(mine, theirs)| mine != theirs);
        let near = |bytes: &[u8]| {
            let from = at.unwrap_or(bytes.len()).saturating_sub(200);
            String::from_utf8_lossy(bytes.get(from..(from + 300).min(bytes.len())).unwrap_or_default()).into_owned()
        };
        let is_same = self.result == other.result;
        assert!(is_same, "{what}: the results differ:\n{}\nand\n{}", near(&self.result), near(&other.result));
    }

    /// How many trees, objects and files were sent to the accounts.
    pub(crate) fn sent(&self) -> Outcome<usize> {
        Ok(created(&self.ledger)?.len())
    }
}

pub(crate) async fn ledger(database: &dyn Database) -> Outcome<Vec<Line>> {
    let sql = "SELECT account, seq, at, operation FROM sandbox_ledger ORDER BY account, seq";
    let rows = database.query(Statement::new(sql, [])).await?;
    let line = |row: &store::Row| -> Outcome<Line> {
        Ok((row.text(0)?.to_owned(), row.integer(1)?, row.text(2)?.to_owned(), row.text(3)?.to_owned()))
    };
    rows.iter().map(line).collect()
}

/// Fails where an object was created or a file was sent twice.
pub(crate) fn check_once(ledger: &[Line]) -> Outcome {
    for ((account, what), times) in created(ledger)? {
        assert_eq!(times, 1, "{what} was made {times} times in {account}");
    }
    Ok(())
}

/// How often each tag was created and each file sent, by account. A write makes a whole tree or one object; its target is
/// the top.
fn created(ledger: &[Line]) -> Outcome<BTreeMap<(String, String), u32>> {
    let mut times = BTreeMap::new();
    for (account, _, _, operation) in ledger {
        let operation: serde_json::Value = serde_json::from_str(operation)?;
        let target = match (operation.pointer("/create/draft"), operation.pointer("/upload/hash")) {
            (Some(draft), _) => draft.pointer("/draft/tag").or(draft.get("tag")),
            (None, Some(hash)) => Some(hash),
            (None, None) => continue,
        };
        let target = target.and_then(serde_json::Value::as_str);
        let target = target.ok_or_else(|| format!("a write without a target: {operation}"))?;
        *times.entry((account.clone(), target.to_owned())).or_default() += 1;
    }
    Ok(times)
}
