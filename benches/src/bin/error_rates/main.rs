//! Error rates, power, bias and coverage of the tests of experiments, by simulation from fixed seeds; exits with 1 where a promise is
//! broken.
//!
//! The setting of the rates: 28 days, 500 people per arm and day, a base rate of 5 %, a look each day. Usage: `error_rates [TESTS]`,
//! 20,000 by default.

mod bias;
mod coverage;
mod course;
mod rates;

use std::process::ExitCode;

use adbrain_core::stats::Undefined;

/// One figure, its promise and whether it holds.
struct Line {
    what: String,
    figure: f64,
    /// The range that is promised; none for what is only reported.
    promised: Option<(f64, f64)>,
}

impl Line {
    fn is_kept(&self) -> bool {
        self.promised.is_none_or(|(low, high)| (low..=high).contains(&self.figure))
    }

    fn show(&self) {
        let promise = self.promised.map_or_else(String::new, |(low, high)| {
            let verdict = if self.is_kept() { "kept" } else { "BROKEN" };
            format!("  {:.2} to {:.2} %: {verdict}", low * 100.0, high * 100.0)
        });
        println!("{:<66}{:>8.2} %{promise}", self.what, self.figure * 100.0);
    }
}

fn main() -> Result<ExitCode, Undefined> {
    let tests = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(20_000);
    let mut is_kept = true;
    for (title, lines) in [
        ("Rates", rates::lines(tests)?),
        ("Bias at stopping, +10 %", bias::lines(tests)?),
        ("Coverage of 95 % intervals", coverage::lines(tests)?),
    ] {
        println!("\n{title}");
        for line in &lines {
            line.show();
            is_kept &= line.is_kept();
        }
    }
    Ok(if is_kept { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
