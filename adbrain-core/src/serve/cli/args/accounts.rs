//! The arguments of what reads ad accounts.

use std::path::PathBuf;

use clap::Args;
use jiff::civil::Date;

use super::{Answer, Store};

#[derive(Debug, Args)]
pub(in crate::serve::cli) struct Connect {
    /// The ad accounts, a JSON file with a list (`adbrain schema account`); or the name of a platform, to be told how an account is connected.
    #[arg(value_name = "FILE.json|PLATFORM")]
    pub(in crate::serve::cli) accounts: PathBuf,
    #[command(flatten)]
    pub(in crate::serve::cli) store: Store,
    #[command(flatten)]
    pub(in crate::serve::cli) answer: Answer,
}

#[derive(Debug, Args)]
pub(in crate::serve::cli) struct Pull {
    /// The ad accounts, a JSON file with a list (`adbrain schema account`). Nothing is written to them.
    #[arg(value_name = "FILE.json", required_unless_present_any = ["facts", "analytics"])]
    pub(in crate::serve::cli) accounts: Option<PathBuf>,
    /// Properties of Google Analytics, a JSON file with one or a list of them (`adbrain schema analytics_source`).
    #[arg(long, value_name = "FILE.json")]
    pub(in crate::serve::cli) analytics: Option<PathBuf>,
    /// The first day that is read of accounts and analytics.
    #[arg(long, value_name = "DAY")]
    pub(in crate::serve::cli) first: Option<Date>,
    /// The last day, included; days that have not closed are left for later.
    #[arg(long, value_name = "DAY")]
    pub(in crate::serve::cli) last: Option<Date>,
    /// The time zone of accounts that do not tell theirs.
    #[arg(long, value_name = "ZONE", default_value = "UTC")]
    pub(in crate::serve::cli) time_zone: String,
    /// Analytics rows or orders, a CSV file.
    #[arg(long, value_name = "FILE.csv", requires = "mapping")]
    pub(in crate::serve::cli) facts: Option<PathBuf>,
    /// What the columns of the file are, a JSON file (`adbrain schema fact_mapping`).
    #[arg(long, value_name = "FILE.json", requires = "facts")]
    pub(in crate::serve::cli) mapping: Option<PathBuf>,
    /// Takes money that jumps by 100,000 times or more: somebody has looked at it.
    #[arg(long)]
    pub(in crate::serve::cli) accept_jumps: bool,
    #[command(flatten)]
    pub(in crate::serve::cli) store: Store,
    #[command(flatten)]
    pub(in crate::serve::cli) answer: Answer,
}
