//! One cycle of watching and deciding for 10,000 campaigns on one thread; prints one JSON object.

use std::collections::BTreeMap;

use adbrain_benches::{measure, peak_memory_mb};
use adbrain_core::sim::Load;
use serde_json::json;

const CAMPAIGNS: u32 = 10_000;
const CYCLES: u32 = 40;

fn main() -> std::result::Result<(), Box<dyn std::error::Error>> {
    let mut load = Load::new(CAMPAIGNS)?;
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let (mut seconds, mut alerts, mut divided) = (Vec::new(), 0, BTreeMap::new());
    for _ in 0..CYCLES {
        let (found, taken) = runtime.block_on(measure(async { load.turn() }));
        let (opened, spend) = found?;
        alerts += opened;
        *divided.entry(spend.to_string()).or_insert(0) += 1;
        seconds.push(taken.wall.as_secs_f64());
    }
    seconds.sort_by(f64::total_cmp);
    let (median, most) = (seconds.get(seconds.len() / 2), seconds.last());
    // With fewer than 100 cycles the 99th percentile is the longest.
    let report = json!({
        "campaigns": CAMPAIGNS, "cycles": CYCLES, "median_s": median, "p99_s": most, "memory_mb": peak_memory_mb(),
        "alerts": alerts, "spent": divided,
    });
    println!("{report}");
    Ok(())
}
