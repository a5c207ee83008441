//! The arguments of the commands that run the loop, or the first half of it.

use std::path::PathBuf;

use clap::Args;

use super::input::SEED;
use super::{Input, Tongue};

#[derive(Debug, Args)]
pub(in crate::serve::cli) struct Run {
    /// What is asked for, a JSON file (`adbrain schema brief`).
    #[arg(long, value_name = "FILE.json")]
    pub(in crate::serve::cli) brief: PathBuf,
    #[command(flatten)]
    pub(in crate::serve::cli) input: Input,
    /// Where to write the result as JSON; `-` prints it in place of the text.
    #[arg(long, value_name = "FILE.json|-")]
    pub(in crate::serve::cli) json: Option<PathBuf>,
    /// The folder for the report in both languages; beside the database by default.
    #[arg(long, value_name = "FOLDER")]
    pub(in crate::serve::cli) out: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(in crate::serve::cli) struct Monitor {
    /// What was asked for, the same JSON file as that of the run.
    #[arg(long, value_name = "FILE.json")]
    pub(in crate::serve::cli) brief: PathBuf,
    #[command(flatten)]
    pub(in crate::serve::cli) input: Input,
    /// Seconds from one look to the next, 10 or more.
    #[arg(long, value_name = "SECONDS", default_value_t = 60.0)]
    pub(in crate::serve::cli) every: f64,
    /// Reports that are made by themselves, each day, week or month: a TOML or JSON file (`adbrain schema schedules`).
    #[arg(long, value_name = "FILE.toml")]
    pub(in crate::serve::cli) schedules: Option<PathBuf>,
    /// Ends after so many looks; at the end of the flight by default.
    #[arg(long, value_name = "N")]
    pub(in crate::serve::cli) looks: Option<u64>,
    /// Prints each look as one line of JSON.
    #[arg(long)]
    pub(in crate::serve::cli) json: bool,
}

#[derive(Debug, Args)]
pub(in crate::serve::cli) struct Graph {
    /// How many days the loop runs.
    #[arg(long, default_value_t = 7, value_parser = clap::value_parser!(u32).range(1..=731))]
    pub(in crate::serve::cli) days: u32,
    /// Where to write the chart as JSON; `-` prints it in place of the text.
    #[arg(long, value_name = "FILE.json|-")]
    pub(in crate::serve::cli) json: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(in crate::serve::cli) struct Demo {
    /// The accounts of fake platforms: the file that the program `fakes` writes, or the address that it prints. The simulated market by default.
    #[arg(long, value_name = "ACCOUNTS.json|URL")]
    pub(in crate::serve::cli) wire: Option<PathBuf>,
    /// The folder for the example, the database and the report.
    #[arg(long, value_name = "FOLDER", default_value = "adbrain-demo")]
    pub(in crate::serve::cli) out: PathBuf,
    /// The seed of all luck.
    #[arg(long, default_value_t = SEED)]
    pub(in crate::serve::cli) seed: u64,
    /// How many days of the simulated market to run.
    #[arg(long, default_value_t = 14, value_parser = clap::value_parser!(u32).range(1..=731))]
    pub(in crate::serve::cli) days: u32,
    /// Where to write the result as JSON; `-` prints it in place of the text.
    #[arg(long, value_name = "FILE.json|-")]
    pub(in crate::serve::cli) json: Option<PathBuf>,
    /// Keeps the live page open beside the run and shows it in the browser. On a terminal the page is open, and its address printed, without it.
    #[arg(long, conflicts_with = "no_open")]
    pub(in crate::serve::cli) open: bool,
    /// Opens no page: the command ends with its run, also on a terminal.
    #[arg(long)]
    pub(in crate::serve::cli) no_open: bool,
    /// The language of what is printed; the brief's, Portuguese, by default.
    #[arg(long, value_enum)]
    pub(in crate::serve::cli) lang: Option<Tongue>,
}

#[derive(Debug, Args)]
pub(in crate::serve::cli) struct Plan {
    /// What is asked for, a JSON file (`adbrain schema brief`).
    #[arg(long, value_name = "FILE.json")]
    pub(in crate::serve::cli) brief: PathBuf,
    #[command(flatten)]
    pub(in crate::serve::cli) input: Input,
    /// Where to write the plan as JSON; `-` prints it in place of the text.
    #[arg(long, value_name = "FILE.json|-")]
    pub(in crate::serve::cli) json: Option<PathBuf>,
}

#[cfg(feature = "dashboard")]
#[derive(Debug, Args)]
pub(in crate::serve::cli) struct Serve {
    /// A brief to run while the page is open; without one the runs of the database are shown.
    #[arg(long, value_name = "FILE.json")]
    pub(in crate::serve::cli) brief: Option<PathBuf>,
    #[command(flatten)]
    pub(in crate::serve::cli) input: Input,
    /// Where to write the addresses as JSON; `-` prints it in place of the text.
    #[arg(long, value_name = "FILE.json|-")]
    pub(in crate::serve::cli) json: Option<PathBuf>,
    /// The port on this machine; 0 takes a free one.
    #[arg(long, default_value_t = 0)]
    pub(in crate::serve::cli) port: u16,
    /// How many may listen at once; 128 by default. Each takes an open file of the process.
    #[arg(long, value_name = "N")]
    pub(in crate::serve::cli) listeners: Option<usize>,
}
