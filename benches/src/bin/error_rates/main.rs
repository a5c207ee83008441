//! Error rates, power, bias and coverage of the tests of experiments, by simulation from fixed seeds, and the sizes of test matrices; exits
//! with 1 where a promise is broken.
//!
//! Usage: `error_rates [TESTS [SECTION...]]`; 20,000 tests by default, and the sections `rates`, `bias`, `coverage`, `engine`, `designs`,
//! `legacy`, `bandits` and `matrices`, all of them by default. What the whole loop does is simulated by `run_rates`.

mod bandits;
mod bias;
mod coverage;
mod course;
mod designs;
mod engine;
mod literal;
mod matrices;
mod rates;

use std::error::Error;
use std::process::ExitCode;

/// One figure, its promise and whether it holds.
struct Line {
    what: String,
    figure: f64,
    /// The range that is promised; none for what is only reported.
    promised: Option<(f64, f64)>,
    /// What one unit of the figure is shown as: 100 for a share in percent.
    shown: f64,
}

impl Line {
    fn share(what: impl Into<String>, figure: f64, promised: Option<(f64, f64)>) -> Self {
        Self { what: what.into(), figure, promised, shown: 100.0 }
    }

    fn number(what: impl Into<String>, figure: f64, promised: Option<(f64, f64)>) -> Self {
        Self { shown: 1.0, ..Self::share(what, figure, promised) }
    }

    fn is_kept(&self) -> bool {
        self.promised.is_none_or(|(low, high)| (low..=high).contains(&self.figure))
    }

    fn show(&self) {
        let unit = if self.shown > 1.0 { " %" } else { "" };
        let promise = self.promised.map_or_else(String::new, |(low, high)| {
            let verdict = if self.is_kept() { "kept" } else { "BROKEN" };
            format!("  {:.2} to {:.2}{unit}: {verdict}", low * self.shown, high * self.shown)
        });
        println!("{:<76}{:>9.3}{unit:<2}{promise}", self.what, self.figure * self.shown);
    }
}

type Lines = Result<Vec<Line>, Box<dyn Error>>;
type Section = (&'static str, &'static str, fn(u64) -> Lines);

const SECTIONS: [Section; 8] = [
    ("rates", "Rates", |tests| Ok(rates::lines(tests)?)),
    ("bias", "Bias at stopping, +10 %", |tests| Ok(bias::lines(tests)?)),
    ("coverage", "Coverage of 95 % intervals", |tests| Ok(coverage::lines(tests)?)),
    ("engine", "The engine: tests of 28 days, read and decided", engine::lines),
    ("designs", "The engine: every design on days, people and regions", designs::lines),
    ("legacy", "The engine: the literal rule on days", literal::lines),
    ("bandits", "The report of a bandit, p below 0.05", bandits::lines),
    ("matrices", "Test matrices", |_| matrices::lines()),
];

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let tests = arguments.first().map_or(Ok(20_000), |text| text.parse())?;
    let wanted = arguments.get(1..).unwrap_or_default();
    if let Some(unknown) = wanted.iter().find(|name| SECTIONS.iter().all(|(known, ..)| known != name)) {
        return Err(format!("there is no section {unknown:?}").into());
    }
    let mut is_kept = true;
    for (name, title, lines) in SECTIONS {
        if !wanted.is_empty() && wanted.iter().all(|wanted| wanted != name) {
            continue;
        }
        println!("\n{title}");
        for line in lines(tests)? {
            line.show();
            is_kept &= line.is_kept();
        }
    }
    Ok(if is_kept { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
