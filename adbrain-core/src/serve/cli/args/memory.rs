//! The arguments of `memory`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use jiff::Timestamp;

use super::{Answer, Store};
use crate::model::Objective;

#[derive(Debug, Subcommand)]
pub(in crate::serve::cli) enum Memory {
    /// Lists what campaigns have taught, the newest first.
    List(List),
    /// Shows what each insight does over campaigns, pooled.
    Practices(Practices),
    /// Deletes learnings for good; without `--yes` it says how many would go.
    Forget(Forget),
    /// Writes learnings as a CSV table.
    Export(Export),
    /// Copies the whole database as it is at one moment, while others may write.
    Backup(Backup),
    /// Puts a backup back as a new file; writes over nothing.
    Restore(Restore),
}

/// Which learnings are meant.
#[derive(Debug, Args)]
pub(in crate::serve::cli) struct Which {
    /// The trade.
    #[arg(long, value_name = "NAME")]
    pub(in crate::serve::cli) industry: Option<String>,
    /// What the campaigns were for: sales, leads, ...
    #[arg(long, value_name = "NAME")]
    pub(in crate::serve::cli) objective: Option<Objective>,
    /// The campaign or run.
    #[arg(long, value_name = "ID")]
    pub(in crate::serve::cli) campaign: Option<String>,
    /// The advertiser.
    #[arg(long, value_name = "NAME")]
    pub(in crate::serve::cli) brand: Option<String>,
    /// What was known at this moment, as `2026-11-30T00:00:00Z`: nothing later, nothing that had expired or was superseded.
    #[arg(long, value_name = "MOMENT")]
    pub(in crate::serve::cli) as_of: Option<Timestamp>,
    /// How many at most; all by default.
    #[arg(long, value_name = "N")]
    pub(in crate::serve::cli) most: Option<u32>,
    #[command(flatten)]
    pub(in crate::serve::cli) store: Store,
}

#[derive(Debug, Args)]
pub(in crate::serve::cli) struct List {
    #[command(flatten)]
    pub(in crate::serve::cli) which: Which,
    #[command(flatten)]
    pub(in crate::serve::cli) answer: Answer,
}

#[derive(Debug, Args)]
pub(in crate::serve::cli) struct Practices {
    #[command(flatten)]
    pub(in crate::serve::cli) which: Which,
    #[command(flatten)]
    pub(in crate::serve::cli) answer: Answer,
}

#[derive(Debug, Args)]
pub(in crate::serve::cli) struct Forget {
    /// The campaign or run.
    #[arg(long, value_name = "ID", required_unless_present_any = ["brand", "before", "older_than"])]
    pub(in crate::serve::cli) campaign: Option<String>,
    /// The advertiser; what its feedback left goes too.
    #[arg(long, value_name = "NAME")]
    pub(in crate::serve::cli) brand: Option<String>,
    /// What was learnt before this moment, as `2026-11-30T00:00:00Z`.
    #[arg(long, value_name = "MOMENT", conflicts_with = "older_than")]
    pub(in crate::serve::cli) before: Option<Timestamp>,
    /// What was learnt more than so many days ago: retention, by a timer of the machine.
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(1..=36_500))]
    pub(in crate::serve::cli) older_than: Option<u32>,
    /// Does it; nothing is deleted otherwise.
    #[arg(long)]
    pub(in crate::serve::cli) yes: bool,
    #[command(flatten)]
    pub(in crate::serve::cli) store: Store,
    #[command(flatten)]
    pub(in crate::serve::cli) answer: Answer,
}

#[derive(Debug, Args)]
pub(in crate::serve::cli) struct Export {
    #[command(flatten)]
    pub(in crate::serve::cli) which: Which,
    /// Where to write the table; the standard output by default.
    #[arg(long, value_name = "FILE.csv")]
    pub(in crate::serve::cli) out: Option<PathBuf>,
    /// Where to write the learnings as JSON; `-` prints them in place of the table.
    #[arg(long, value_name = "FILE.json|-")]
    pub(in crate::serve::cli) json: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(in crate::serve::cli) struct Backup {
    /// Where the copy goes; the file must not be there yet.
    #[arg(value_name = "FILE")]
    pub(in crate::serve::cli) to: PathBuf,
    /// The database, a file.
    #[arg(long, value_name = "FILE.db", default_value = "brain.db")]
    pub(in crate::serve::cli) db: PathBuf,
    #[command(flatten)]
    pub(in crate::serve::cli) answer: Answer,
}

#[derive(Debug, Args)]
pub(in crate::serve::cli) struct Restore {
    /// The backup; it stays as it is.
    #[arg(value_name = "FILE")]
    pub(in crate::serve::cli) backup: PathBuf,
    /// Where the database goes; the file must not be there yet.
    #[arg(long, value_name = "FILE.db", default_value = "brain.db")]
    pub(in crate::serve::cli) db: PathBuf,
    #[command(flatten)]
    pub(in crate::serve::cli) answer: Answer,
}
