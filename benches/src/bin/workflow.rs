//! The workflow engine on the loop's own shape with trivial steps; prints one JSON object.
//!
//! Full engine in each run: a time limit on every step, a listener on the event channel, a token to cancel, a yield between
//! nodes. Usage: `workflow [runs without saving] [runs with saving]`.

use std::sync::Arc;

use adbrain_benches::graph::diamond;
use adbrain_benches::{Taken, measure};
use adbrain_core::Result;
use adbrain_core::agent::workflow::{Events, Graph, Node, RunOptions, Saver, StoreSaver};
use adbrain_core::model::RunId;
use adbrain_core::store::{FileOptions, Synchronous, open_with};
use serde_json::{Value, json};

/// Rounds of which the best counts: other work on the machine can only add time.
const ROUNDS: u32 = 5;

fn main() -> std::result::Result<(), Box<dyn std::error::Error>> {
    let mut counts = std::env::args().skip(1).filter_map(|text| text.parse::<u32>().ok());
    let (plain, saved) = (counts.next().unwrap_or(20_000), counts.next().unwrap_or(200));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let report = runtime.block_on(async {
        let none = best(plain, || async { Ok(None) }).await?;
        let normal = best(saved, || saver(Synchronous::Normal)).await?;
        let full = best(saved, || saver(Synchronous::Full)).await?;
        Ok::<_, adbrain_core::Error>(json!({"none": none, "normal": normal, "full": full}))
    })?;
    println!("{report}");
    Ok(())
}

/// A saver and the folder that it lives in.
type Kept = (tempfile::TempDir, Arc<dyn Saver>);

async fn saver(synchronous: Synchronous) -> Result<Option<Kept>> {
    let folder = tempfile::tempdir().map_err(|error| {
        adbrain_core::Error::new(adbrain_core::ErrorKind::Unavailable, "no folder").caused_by(error)
    })?;
    let options = FileOptions { synchronous, ..FileOptions::default() };
    let database = open_with(&folder.path().join("bench.db"), options).await?;
    Ok(Some((folder, Arc::new(StoreSaver::new(database, "{}")))))
}

/// The best of some rounds, each with a new saver.
async fn best<F, Fut>(runs: u32, make: F) -> Result<Value>
where
    F: Fn() -> Fut,
    Fut: Future<Output = Result<Option<Kept>>>,
{
    let (graph, last) = diamond();
    let (mut wall, mut cpu) = (f64::INFINITY, f64::INFINITY);
    for _ in 0..ROUNDS {
        let kept = make().await?;
        let saver = kept.as_ref().map(|(_, saver)| Arc::clone(saver));
        let taken = round(&graph, last, runs, saver).await?;
        (wall, cpu) = (wall.min(taken.wall_us(runs)), cpu.min(taken.cpu_us(runs)));
    }
    Ok(json!({"runs": runs, "rounds": ROUNDS, "wall_us": wall, "cpu_us": cpu}))
}

async fn round(graph: &Graph, last: Node<u64>, runs: u32, saver: Option<Arc<dyn Saver>>) -> Result<Taken> {
    let events = Events::channel();
    let mut listener = events.subscribe();
    let (result, taken) = measure(async {
        for run in 0..runs {
            let (saver, events) = (saver.clone(), events.clone());
            let options = RunOptions { saver, events, ..RunOptions::new(RunId::new(format!("run-{run}")), 7) };
            let outputs = graph.run(options).await?;
            assert_eq!(*outputs.get(last)?, 6);
            let mut heard = 0;
            while listener.try_next().is_some() {
                heard += 1;
            }
            assert_eq!(heard, 12);
        }
        Result::Ok(())
    })
    .await;
    result.map(|()| taken)
}
