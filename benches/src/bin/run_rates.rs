//! What the whole loop does about its tests in the simulated market, over fixed seeds: ads that are alike, and ads of which some are better.
//! Exits with 1 where a promise is broken.
//!
//! Usage: `run_rates [SEEDS]`; 40 by default for alike ads, and a third of that for better ones.

use std::error::Error;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use adbrain_core::brain::{Brain, RunRequest, RunResult, Watch};
use adbrain_core::control::{JournalState, Mode};
use adbrain_core::market::World;
use adbrain_core::model::{Brief, Platform};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// Runs with a wrong change among this many are no more than 5 % allow, in 98 of 100 cases.
fn most_wrong(runs: u64) -> u64 {
    let mean = 0.05 * runs as f64;
    let most = mean + 2.05 * (mean * 0.95).sqrt() + 0.5;
    (0..runs).take_while(|count| (*count as f64) < most).last().unwrap_or(0)
}

/// The built-in world, in which assets differ by so much and nothing else about ads does.
fn world(asset_sd: f64) -> Result<World> {
    let text = std::fs::read_to_string(root().join("adbrain-core/worlds/default.toml"))?;
    let spreads = [("asset_sd", asset_sd), ("style_sd", 0.0), ("ad_sd", 0.0), ("conversion_sd", 0.0)];
    let line = |line: &str| match spreads.iter().find(|(name, _)| line.starts_with(&format!("{name} ="))) {
        Some((name, spread)) => format!("{name} = {spread:?}"),
        None => line.to_owned(),
    };
    Ok(World::from_toml(&text.lines().map(line).collect::<Vec<_>>().join("\n"))?)
}

fn root() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// 28 days of the example brief on two platforms.
async fn run(asset_sd: f64, seed: u64) -> Result<RunResult> {
    let folder = tempfile::tempdir()?;
    let builder = Brain::builder().local(&folder.path().join("brain.db")).world(Arc::new(world(asset_sd)?));
    let examples = root().join("examples");
    let mut brief = Brief::from_json(&std::fs::read(examples.join("brief.json"))?)?;
    brief.platforms = vec![Platform::Meta, Platform::TikTok];
    let request = RunRequest { folder: examples, seed, days: Some(28), mode: Mode::Sandbox, ..RunRequest::new(brief) };
    Ok(builder.build().await?.run(request, Watch::default()).await?)
}

#[derive(Default)]
struct Seen {
    runs: u64,
    /// Tests that were read at the end.
    read: usize,
    /// Runs in which a test led to any change.
    acted: u64,
    /// Tests that led to any change.
    changed: usize,
    winners: usize,
    raised: usize,
}

impl Seen {
    fn add(&mut self, result: &RunResult) {
        let names: std::collections::BTreeSet<_> = result.tests.iter().map(|test| &test.test).collect();
        let won = result.tests.iter().filter(|test| test.decision.winner.is_some());
        let raises = result
            .tests
            .iter()
            .flat_map(|test| &test.outcomes)
            .filter(|outcome| outcome.action == "set_daily_budget" && outcome.state == JournalState::Confirmed);
        self.runs += 1;
        self.read += result.experiments.iter().filter(|readout| readout.metric.as_str() == "ctr").count();
        self.acted += u64::from(!names.is_empty());
        self.changed += names.len();
        self.winners += won.count();
        self.raised += raises.count();
    }

    fn show(&self, what: &str) {
        let Self { runs, read, acted, changed, winners, raised } = self;
        println!(
            "{what}: {runs} runs, {read} tests; acted on in {acted} runs, {changed} tests; {winners} winners, {raised} raised and confirmed"
        );
    }
}

#[tokio::main]
async fn main() -> Result<ExitCode> {
    let seeds: u64 = std::env::args().nth(1).map_or(Ok(40), |text| text.parse())?;
    let (mut alike, mut better) = (Seen::default(), Seen::default());
    for seed in 1..=seeds {
        alike.add(&run(0.0, seed).await?);
    }
    alike.show("ads that are alike");
    for seed in 1..=seeds.div_ceil(3) {
        better.add(&run(0.5, seed).await?);
    }
    better.show("creatives that differ by 50 % (standard deviation of the logarithm)");
    let is_kept = alike.acted <= most_wrong(alike.runs) && better.raised == better.winners && better.winners > 0;
    println!("{}", if is_kept { "kept" } else { "BROKEN" });
    Ok(if is_kept { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
