//! Runs a file of reference cases against the statistics and prints one line per failing case, then the counts.
//!
//! Usage: `golden FILE`. Tolerance: |got - expected| <= atol + rtol |expected|.

use std::process::ExitCode;

use adbrain_tests::golden;

fn main() -> ExitCode {
    let Some(path) = std::env::args().nth(1) else {
        eprintln!("usage: golden FILE");
        return ExitCode::from(2);
    };
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) => {
            eprintln!("{path} cannot be read: {error}");
            return ExitCode::from(2);
        }
    };
    let report = match golden::run(&text) {
        Ok(report) => report,
        Err(error) => {
            eprintln!("{path} is not a file of reference cases: {error}");
            return ExitCode::from(2);
        }
    };
    for failure in &report.failures {
        println!("{failure}");
    }
    println!(
        "{} cases: {} passed, {} failed",
        report.cases,
        report.cases - report.failures.len(),
        report.failures.len()
    );
    if report.failures.is_empty() && report.cases > 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
