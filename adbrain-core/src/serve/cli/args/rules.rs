//! The arguments of `rules`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::Answer;
use crate::model::Currency;

#[derive(Debug, Subcommand)]
pub(in crate::serve::cli) enum Rules {
    /// Checks a file of alert rules and lists what it watches.
    Check(Check),
    /// Runs tests of alert rules and prints what is other than expected.
    Test(Test),
    /// Replays an account's past and counts what rules would have told, each morning on what was known by then.
    Backtest(Backtest),
    /// Prints rules that adbrain brings along, to begin a file of your own with.
    Show {
        /// The name: `guarded` or `legacy`.
        name: String,
        /// Where to write the rules as JSON; `-` prints it in place of the text.
        #[arg(long, value_name = "FILE.json|-")]
        json: Option<PathBuf>,
    },
    /// Prints the metrics that rules may name, as a Markdown table.
    Metrics {
        /// Where to write the metrics as JSON; `-` prints it in place of the table.
        #[arg(long, value_name = "FILE.json|-")]
        json: Option<PathBuf>,
    },
}

#[derive(Debug, Args)]
pub(in crate::serve::cli) struct Check {
    /// The rules, a TOML or JSON file (`adbrain schema rules_file`).
    #[arg(value_name = "FILE.toml|FILE.json")]
    pub(in crate::serve::cli) file: PathBuf,
    #[command(flatten)]
    pub(in crate::serve::cli) answer: Answer,
}

#[derive(Debug, Args)]
pub(in crate::serve::cli) struct Test {
    /// The tests, a TOML or JSON file that names its rules.
    #[arg(value_name = "FILE.toml|FILE.json")]
    pub(in crate::serve::cli) file: PathBuf,
    #[command(flatten)]
    pub(in crate::serve::cli) answer: Answer,
}

#[derive(Debug, Args)]
pub(in crate::serve::cli) struct Backtest {
    /// The rules: names of presets or files; several are compared.
    #[arg(long, value_name = "NAME|FILE", num_args = 1.., default_values = ["guarded"])]
    pub(in crate::serve::cli) rules: Vec<PathBuf>,
    /// Past results with a column of days, a CSV file.
    #[arg(long, value_name = "FILE.csv")]
    pub(in crate::serve::cli) history: PathBuf,
    /// How the columns of the history are to be read, a JSON file (`adbrain schema history_mapping`).
    #[arg(long, value_name = "FILE.json")]
    pub(in crate::serve::cli) mapping: Option<PathBuf>,
    /// The currency of a history that names none.
    #[arg(long, value_name = "CODE", default_value = "USD")]
    pub(in crate::serve::cli) currency: Currency,
    /// The target ROAS; rules that name it say nothing without one.
    #[arg(long, value_name = "RATIO")]
    pub(in crate::serve::cli) target_roas: Option<f64>,
    #[command(flatten)]
    pub(in crate::serve::cli) answer: Answer,
}
