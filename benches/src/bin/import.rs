//! The import of past results, by the row; prints one JSON object.
//!
//! Everything that an import does: each cell checked, amounts exact to the millionth, rows that fail listed. Usage:
//! `import FILE.csv`; the file is read before the clock starts.

use adbrain_benches::measure;
use adbrain_core::measure::import_file;
use serde_json::json;

/// Rounds of which the best counts: other work on the machine can only add time.
const ROUNDS: u32 = 5;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).ok_or("usage: import FILE.csv")?;
    let bytes = std::fs::read(path)?;
    let currency = "BRL".parse()?;
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let (mut wall, mut rows, mut impressions) = (f64::INFINITY, 0, 0);
    for _ in 0..ROUNDS {
        let (history, taken) = runtime.block_on(measure(async { import_file(&bytes, None, currency) }));
        let history = history?;
        if !history.problems.is_empty() {
            return Err(format!("{} rows were not taken", history.problems.len()).into());
        }
        wall = wall.min(taken.wall.as_secs_f64());
        rows = history.rows.len();
        impressions = history.rows.iter().map(|row| row.metrics.impressions).sum::<u64>();
    }
    let rate = rows as f64 / wall;
    println!("{}", json!({"rows": rows, "rounds": ROUNDS, "rows_per_second": rate, "impressions": impressions}));
    Ok(())
}
