//! What a run is made from.

use std::path::PathBuf;

use clap::Args;
use jiff::SignedDuration;

use super::{Reach, Tongue, WinnerRule};
use crate::control::Autonomy;

/// The seed where none is given; any fixed number would do.
pub(super) const SEED: u64 = 7;

/// What a run is made from.
#[derive(Debug, Args)]
pub(in crate::serve::cli) struct Input {
    /// Past results, a CSV file.
    #[arg(long, value_name = "FILE.csv")]
    pub(in crate::serve::cli) history: Option<PathBuf>,
    /// How the columns of the history are to be read, a JSON file (`adbrain schema history_mapping`).
    #[arg(long, value_name = "FILE.json", requires = "history")]
    pub(in crate::serve::cli) mapping: Option<PathBuf>,
    /// The database: a file, which is made where it is missing, or a server at `libsql://…`, whose token is in `ADBRAIN_DB_TOKEN`.
    #[arg(long, value_name = "FILE.db|URL", default_value = "brain.db")]
    pub(in crate::serve::cli) db: PathBuf,
    /// The ad accounts that are used in place of the simulated market, a JSON file with a list (`adbrain schema account`).
    #[arg(long, value_name = "FILE.json", conflicts_with = "world")]
    pub(in crate::serve::cli) accounts: Option<PathBuf>,
    /// The brand's people, a JSON file: what `personas` gave back as people, or sources that they are read from at the start of the run
    /// (`adbrain schema people_source`).
    #[arg(long, value_name = "FILE.json")]
    pub(in crate::serve::cli) people: Option<PathBuf>,
    /// The program `ffmpeg`: crops the brief's own films where none has the shape that a platform takes.
    #[arg(long, value_name = "PROGRAM")]
    pub(in crate::serve::cli) ffmpeg: Option<PathBuf>,
    /// The simulated market, a TOML file as `adbrain-core/worlds/default.toml`; the built-in one by default.
    #[arg(long, value_name = "FILE.toml")]
    pub(in crate::serve::cli) world: Option<PathBuf>,
    /// The alert rules: a preset, or a TOML or JSON file as `adbrain rules show guarded` prints one, which is read anew each watched day.
    #[arg(long, value_name = "NAME|FILE.toml", default_value = "guarded")]
    pub(in crate::serve::cli) rules: PathBuf,
    /// How people are told what alert rules have to tell: a TOML or JSON file (`adbrain schema channels`). Secrets are read from the environment.
    #[arg(long, value_name = "FILE.toml")]
    pub(in crate::serve::cli) channels: Option<PathBuf>,
    /// A language model that finds words: a TOML or JSON file (`adbrain schema words`). Its key is read from the environment.
    #[arg(long, value_name = "FILE.toml")]
    pub(in crate::serve::cli) words: Option<PathBuf>,
    /// Moves money between ad sets each day from the second week on, by what their days show.
    #[arg(long)]
    pub(in crate::serve::cli) daily_budgets: bool,
    /// How far proposals of alerts, tests and feedback go by themselves: observe, shadow, approve or automatic, also by platform and action, as
    /// `shadow,meta.pause=automatic`.
    #[arg(long, value_name = "LEVELS")]
    pub(in crate::serve::cli) autonomy: Option<Autonomy>,
    /// The seed of all luck.
    #[arg(long, default_value_t = SEED)]
    pub(in crate::serve::cli) seed: u64,
    /// How many days of the flight to run; all by default.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=731))]
    pub(in crate::serve::cli) days: Option<u32>,
    /// How far control may go.
    #[arg(long, value_enum, default_value_t = Reach::Sandbox)]
    pub(in crate::serve::cli) mode: Reach,
    /// The name of the run; a run that was cut off goes on where it was.
    #[arg(long, value_name = "ID")]
    pub(in crate::serve::cli) run_id: Option<String>,
    /// How the winner of a test is found: by its interval, or by the literal rule p < 0.05 and d > 0.3.
    #[arg(long, value_enum, default_value_t = WinnerRule::Practical)]
    pub(in crate::serve::cli) winner_rule: WinnerRule,
    /// How long one attempt of a step may take, for example `90s` or `15m`; 15 minutes by default.
    #[arg(long, value_name = "TIME")]
    pub(in crate::serve::cli) step_timeout: Option<SignedDuration>,
    /// How often a step is tried again after an error that says it may be; twice by default.
    #[arg(long, value_name = "TIMES")]
    pub(in crate::serve::cli) retries: Option<u32>,
    /// The language of what is printed; the brief's by default.
    #[arg(long, value_enum)]
    pub(in crate::serve::cli) lang: Option<Tongue>,
}
