//! Detectors of series: simulated prices with shocks, and the ad exchanges of the Numenta Anomaly Benchmark; prints one JSON object of figures.
//!
//! Usage: `series FOLDER` (the folder with the six files of `realAdExchange` and their `labels`).

mod exchanges;
mod quarters;
mod rivals;
mod unknown;
mod worlds;

use std::path::PathBuf;

use adbrain_core::{Error, ErrorKind, Result};
use serde_json::{Value, json};

fn main() -> Result<()> {
    let folder = std::env::args().nth(1).map(PathBuf::from);
    let folder = folder.ok_or_else(|| Error::new(ErrorKind::InvalidInput, "name the folder of the exchanges"))?;
    let figures = json!({
        "exchanges": exchanges::figures(&folder)?,
        "quarters": quarters::figures()?,
        "unknown": unknown::figures()?,
        "worlds": worlds::figures()?,
    });
    println!("{figures}");
    Ok(())
}

/// Figures with more of them.
fn with<const N: usize>(figures: Value, more: [(&str, Value); N]) -> Value {
    match figures {
        Value::Object(mut fields) => {
            fields.extend(more.map(|(name, value)| (name.to_owned(), value)));
            Value::Object(fields)
        }
        other => other,
    }
}
