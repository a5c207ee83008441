//! A process is killed in the middle of its work; what it was told to be stored is there.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::time::Duration;

use adbrain_core::store::{self, Database, FileDatabase, FileOptions, Statement, Synchronous};

use crate::processes;

type Outcome<T = ()> = Result<T, Box<dyn std::error::Error>>;

/// How often each kind of commit is killed.
const ROUNDS: u32 = 6;
/// The kill comes this much later each round, so that it meets another place in the transaction.
const LATER: Duration = Duration::from_micros(170);
/// The rows of one transaction: half a transaction would show as a count that these do not divide.
const ROWS: i64 = 3;

#[tokio::test]
async fn a_killed_process_loses_nothing_that_was_acknowledged() -> Outcome {
    for kind in ["full", "normal"] {
        let folder = tempfile::tempdir()?;
        let file = folder.path().join("brain.db");
        store::open(&file).await?;
        let mut acknowledged = 0;
        for round in 1..=ROUNDS {
            acknowledged += killed_after(kind, &file, round)?;
            check(&file, acknowledged).await?;
        }
        println!("{kind}: {ROUNDS} kills, {acknowledged} transactions acknowledged, none lost");
    }
    Ok(())
}

/// Kills the writer after some acknowledged transactions; says how many it had acknowledged when it died.
fn killed_after(kind: &str, file: &Path, round: u32) -> Outcome<i64> {
    let transactions = 20 * i64::from(round);
    let mut child = processes::start("crash::the_writer_that_is_killed", kind, file)?;
    let output = child.stdout.take().ok_or("no output")?;
    let mut count = 0;
    for line in BufReader::new(output).lines() {
        if line?.ends_with("stored") {
            count += 1;
        }
        if count == transactions {
            std::thread::sleep(LATER * round);
            child.kill()?;
        }
    }
    child.wait()?;
    assert!(count >= transactions, "the writer ended by itself after {count} transactions");
    Ok(count)
}

async fn check(file: &Path, acknowledged: i64) -> Outcome {
    let database = store::open(file).await?;
    store::check_integrity(&*database).await?;
    let rows = database.query(Statement::new("SELECT count(*) FROM combination_sources", [])).await?;
    let stored = rows.first().ok_or("no count")?.integer(0)?;
    assert_eq!(stored % ROWS, 0, "half a transaction is there");
    assert!(
        stored / ROWS >= acknowledged,
        "{acknowledged} transactions were acknowledged, {} are there",
        stored / ROWS
    );
    Ok(())
}

#[tokio::test]
async fn the_writer_that_is_killed() -> Outcome {
    let Some((kind, file)) = processes::task() else { return Ok(()) };
    let synchronous = if kind == "full" { Synchronous::Full } else { Synchronous::Normal };
    let options = FileOptions { synchronous, busy_timeout: Duration::from_secs(10) };
    let database = FileDatabase::open_with(&file, options).await?;
    for round in 0.. {
        let sources = (0..ROWS).map(|row| format!("{}-{round}-{row}", std::process::id()).into());
        let insert = |source| Statement::new("INSERT INTO combination_sources (source) VALUES (?1)", [source]);
        database.write(sources.map(insert).collect()).await?;
        let mut output = std::io::stdout().lock();
        output.write_all(b"stored\n")?;
        output.flush()?;
    }
    Ok(())
}
