//! `check-requests FILE.jsonl [VERDICTS.jsonl]`: a recording against the official definitions.
//!
//! Prints one line per finding, then how many requests of each platform are accepted and rejected, and writes the actions and the
//! findings of each request to a second file. The definitions are those of the folder `specs` below `ADBRAIN_TEST_DATA`. Ends with
//! status 1 where a request is rejected, with 2 where nothing could be checked.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;

use adbrain_fakes::conformance::Specs;
use adbrain_fakes::{Recorded, actions};

/// Accepted and rejected requests of one platform.
type Counts = (usize, usize);

fn main() -> ExitCode {
    match run() {
        Ok(rejected) => ExitCode::from(u8::from(rejected > 0)),
        Err(error) => {
            eprintln!("check-requests: {error}");
            ExitCode::from(2)
        }
    }
}

fn run() -> Result<usize, String> {
    let file = std::env::args().nth(1).ok_or("usage: check-requests FILE.jsonl [VERDICTS.jsonl]")?;
    let folder = std::env::var_os("ADBRAIN_TEST_DATA").ok_or("ADBRAIN_TEST_DATA names no folder with specs")?;
    let specs = Specs::load(&PathBuf::from(folder).join("specs"))?;
    let text = std::fs::read_to_string(&file).map_err(|error| format!("{file}: {error}"))?;
    let requests = Recorded::lines(&text).map_err(|error| format!("{file}: {error}"))?;
    let (mut table, mut verdicts) = (BTreeMap::<&str, Counts>::new(), String::new());
    for (at, request) in requests.iter().enumerate() {
        let findings = specs.check(request);
        for finding in &findings {
            println!("{}: {} {} {}: {finding}", at + 1, request.platform, request.method, request.path);
        }
        let shown: Vec<_> = findings.iter().map(ToString::to_string).collect();
        verdicts += &(serde_json::json!({"actions": actions(request), "wrong": shown}).to_string() + "\n");
        let counts = table.entry(&request.platform).or_default();
        if findings.is_empty() { counts.0 += 1 } else { counts.1 += 1 }
    }
    if let Some(file) = std::env::args().nth(2) {
        std::fs::write(&file, verdicts).map_err(|error| format!("{file}: {error}"))?;
    }
    println!("{:<10}{:>10}{:>10}", "platform", "accepted", "rejected");
    for (platform, (accepted, rejected)) in &table {
        println!("{platform:<10}{accepted:>10}{rejected:>10}");
    }
    Ok(table.values().map(|counts| counts.1).sum())
}
