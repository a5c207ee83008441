//! Eight writers in four processes on one file.

use std::path::Path;

use adbrain_core::store::{self, Database, FileDatabase, Statement};

use crate::processes;

type Outcome<T = ()> = Result<T, Box<dyn std::error::Error>>;

const PROCESSES: usize = 4;
const WRITERS_EACH: usize = 2;
const TRANSACTIONS_EACH: usize = 250;

#[tokio::test]
async fn eight_writers_in_four_processes_lose_no_transaction() -> Outcome {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("brain.db");
    let database = store::open(&file).await?;
    let counter = Statement::new("INSERT INTO leases (name, holder, fence, until) VALUES ('counter', '', 0, '')", []);
    database.write(vec![counter]).await?;
    let start = |_| processes::start("writers::two_writers", "write", &file);
    let mut children = (0..PROCESSES).map(start).collect::<Result<Vec<_>, _>>()?;
    let mut reads = 0;
    while children.iter_mut().any(|child| matches!(child.try_wait(), Ok(None))) {
        database.query(count()).await?;
        reads += 1;
        tokio::time::sleep(std::time::Duration::from_millis(2)).await;
    }
    for child in &mut children {
        assert!(child.wait()?.success());
    }
    let rows = database.query(count()).await?;
    let total = PROCESSES * WRITERS_EACH * TRANSACTIONS_EACH;
    assert_eq!(usize::try_from(rows.first().ok_or("no row")?.integer(0)?)?, total);
    store::check_integrity(&*database).await?;
    println!("{total} transactions by {} writers, none failed; {reads} reads meanwhile", PROCESSES * WRITERS_EACH);
    Ok(())
}

fn count() -> Statement {
    Statement::new("SELECT fence FROM leases WHERE name = 'counter'", [])
}

#[tokio::test]
async fn two_writers() -> Outcome {
    let Some((_, file)) = processes::task() else { return Ok(()) };
    let (first, second) = tokio::join!(write(&file, "a"), write(&file, "b"));
    first.and(second)
}

/// Each writer has a connection of its own. The counter shows a lost update, the row a lost insert.
async fn write(file: &Path, writer: &str) -> Outcome {
    let database = FileDatabase::open(file).await?;
    for round in 0..TRANSACTIONS_EACH {
        let source = format!("{}-{writer}-{round}", std::process::id());
        let insert = Statement::new("INSERT INTO combination_sources (source) VALUES (?1)", [source.into()]);
        let add = Statement::new("UPDATE leases SET fence = fence + 1 WHERE name = 'counter'", []);
        assert_eq!(database.write(vec![insert, add]).await?, [1, 1]);
    }
    Ok(())
}
