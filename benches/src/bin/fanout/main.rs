//! One live page and many who listen, over real sockets, beside a server as it is usually written with axum and a broadcast channel.
//!
//! Usage: `fanout` measures both in one run and says which bars are met; `fanout --quick` with a tenth of the listeners.
//! The servers are processes of their own (`fanout serve SIDE`), so that their memory is theirs alone; all listeners are in this one.

mod listeners;
mod servers;
mod sides;

use std::process::ExitCode;

use adbrain_benches::raise_open_files;
use listeners::{Crowd, Habit};
use sides::{Side, Work};

type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// Rounds of each measurement; the best one counts: other work on the machine can only add time.
const ROUNDS: usize = 2;
/// Sockets and files beside the listeners.
const SPARE: u64 = 200;

/// What is published, and to how many.
#[derive(Debug, Clone, Copy)]
struct Load {
    readers: usize,
    stuck: usize,
    work: Work,
}

/// What came of it.
#[derive(Debug, Clone, Copy)]
struct Seen {
    p50_ms: f64,
    p99_ms: f64,
    /// Memory of the server for each listener, with a history of 100 KB sent to each; where the system tells it.
    kilobytes: Option<f64>,
    /// What the server's memory grew by while it published.
    grown_mb: Option<f64>,
    /// Messages that readers did not get.
    lost: u64,
}

impl Seen {
    fn better(self, other: Self) -> Self {
        let least = |one: Option<f64>, two: Option<f64>| one.zip(two).map(|(one, two)| one.min(two));
        Self {
            p50_ms: self.p50_ms.min(other.p50_ms),
            p99_ms: self.p99_ms.min(other.p99_ms),
            kilobytes: least(self.kilobytes, other.kilobytes),
            grown_mb: least(self.grown_mb, other.grown_mb),
            lost: self.lost.max(other.lost),
        }
    }
}

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let done = runtime.map_err(Into::into).and_then(|runtime| match arguments.as_slice() {
        [command, side] if command == "serve" => runtime.block_on(servers::serve(side)).map(|()| true),
        [] => runtime.block_on(compare(1)),
        [quick] if quick == "--quick" => runtime.block_on(compare(10)),
        _ => Err("use: fanout [--quick]".into()),
    });
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("fanout: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Measures both sides and prints what came of it; whether every bar is met.
async fn compare(part: usize) -> Outcome<bool> {
    let files = raise_open_files(24_000);
    let most = usize::try_from(files.saturating_sub(SPARE)).unwrap_or(usize::MAX);
    let (thousand, many) = (1_000 / part, (10_000 / part).min(most));
    println!("open files: {files}; listeners at most: {many}");
    let small = |count, every_ms| Work { count, every_ms, bytes: 2_000 };
    let large = Work { count: 60, every_ms: 200, bytes: 16_000 };
    let loads = [
        Load { readers: thousand, stuck: 0, work: small(20, 250) },
        Load { readers: many, stuck: 0, work: small(10, 1_000) },
        Load { readers: thousand * 9 / 10, stuck: 0, work: large },
        Load { readers: thousand * 9 / 10, stuck: thousand / 10, work: large },
    ];
    let mut seen: [[Option<Seen>; 4]; 2] = Default::default();
    for _ in 0..ROUNDS {
        for (load, place) in loads.iter().zip(0..) {
            for (side, of_side) in Side::ALL.iter().zip(seen.iter_mut()) {
                let now = measure(*side, *load).await?;
                if let Some(kept) = of_side.get_mut(place) {
                    *kept = Some(kept.map_or(now, |before: Seen| before.better(now)));
                }
            }
        }
    }
    let [Some(ours), Some(peer)] = seen.map(all) else { return Err("a load was not measured".into()) };
    show(&loads, (&ours, &peer));
    Ok(judge((&ours, &peer), loads[3].stuck))
}

fn all(seen: [Option<Seen>; 4]) -> Option<[Seen; 4]> {
    let [one, two, three, four] = seen;
    Some([one?, two?, three?, four?])
}

/// One load against a server that is started for it.
async fn measure(side: Side, load: Load) -> Outcome<Seen> {
    let mut server = side.start().await?;
    let before = server.memory_kb();
    let crowd = Crowd::gather(&server.door, (load.readers, Habit::Reads)).await?;
    let stuck = Crowd::gather(&server.door, (load.stuck, Habit::Stuck)).await?;
    let full = server.memory_kb();
    server.publish(load.work).await?;
    let lost = crowd.heard(load.readers as u64 * load.work.count).await;
    let after = server.memory_kb();
    let per = |before: f64, after: f64| (after - before) / (load.readers + load.stuck) as f64;
    let seen = Seen {
        p50_ms: crowd.quantile_ms(0.5),
        p99_ms: crowd.quantile_ms(0.99),
        kilobytes: before.zip(after).map(|(before, after)| per(before, after)),
        grown_mb: full.zip(after).map(|(full, after)| (after - full) / 1e3),
        lost,
    };
    drop((crowd, stuck));
    server.stop().await?;
    Ok(seen)
}

fn show(loads: &[Load; 4], (ours, peer): (&[Seen; 4], &[Seen; 4])) {
    println!("{:<44} {:>24} {:>24} {:>7}", "", "adbrain", Side::Peer.name(), "ratio");
    for (load, (ours, peer)) in loads.iter().zip(ours.iter().zip(peer)) {
        let Load { readers, stuck, work } = load;
        let what = format!("{readers} read, {stuck} stuck, {} bytes each {} ms", work.bytes, work.every_ms);
        let text = |seen: &Seen| format!("{:.1} / {:.1} ms", seen.p50_ms, seen.p99_ms);
        println!("{what:<44} {:>24} {:>24} {:>7.2}", text(ours), text(peer), ours.p99_ms / peer.p99_ms);
        let memory = |seen: &Seen| match (seen.kilobytes, seen.grown_mb) {
            (Some(kilobytes), Some(grown)) => format!("{kilobytes:.1} KB, +{grown:.1} MB"),
            _ => "unknown".to_owned(),
        };
        let ratio = ours.kilobytes.zip(peer.kilobytes).map_or(f64::NAN, |(ours, peer)| ours / peer);
        println!(
            "{:<44} {:>24} {:>24} {ratio:>7.2}",
            "  a listener, growth while publishing",
            memory(ours),
            memory(peer)
        );
    }
}

/// Prints each bar with its figure; whether all are met.
fn judge((ours, peer): (&[Seen; 4], &[Seen; 4]), stuck: usize) -> bool {
    let [thousand, many, free, held] = ours;
    let grown = held.grown_mb.unwrap_or(f64::NAN);
    let bars = [
        ("p99 with the fewer listeners, ms", thousand.p99_ms, 50.0),
        ("p99 with the many listeners, ms", many.p99_ms, 500.0),
        ("memory of a listener with the many, KB", many.kilobytes.unwrap_or(f64::NAN), 15.0),
        ("p99 of the others beside stuck ones, times", held.p99_ms / free.p99_ms, 2.0),
        ("growth beside stuck ones, MB", grown, 0.064 * stuck.max(50) as f64),
        ("messages that readers did not get", ours.iter().map(|seen| seen.lost).max().unwrap_or(0) as f64, 0.5),
        ("p99 with the many, times the peer's", many.p99_ms / peer[1].p99_ms, 1.1),
    ];
    let mut is_met = true;
    for (what, figure, bar) in bars {
        let holds = figure < bar;
        is_met &= holds;
        println!("{} {what}: {figure:.2}, under {bar:.2}", if holds { "met   " } else { "FAILED" });
    }
    println!("{}", if is_met { "fanout: all bars met" } else { "fanout: a bar is not met" });
    is_met
}
