//! The arguments of `alerts`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use jiff::SignedDuration;

use super::{Answer, Desk, Store};

#[derive(Debug, Subcommand)]
pub(in crate::serve::cli) enum Alerts {
    /// Lists the newest letters, what became of them and who has taken note.
    List(List),
    /// Takes note of a letter, so that it is not escalated.
    Ack(Ack),
    /// Keeps alerts quiet for a time: they are neither told nor acted on nor escalated.
    Silence(Silence),
    /// Lists what people keep quiet, and until when.
    Silences(List),
    /// Ends a silence before its time.
    Unsilence(Unsilence),
    /// Sends what is due: new letters, tries after a failure, escalations. Monitors and runs do so themselves.
    Send(Send),
    /// Sends an example to every channel, and keeps nothing of it.
    Test(Test),
}

#[derive(Debug, Args)]
pub(in crate::serve::cli) struct List {
    #[command(flatten)]
    pub(in crate::serve::cli) store: Store,
    /// How many.
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub(in crate::serve::cli) most: u32,
    #[command(flatten)]
    pub(in crate::serve::cli) answer: Answer,
}

#[derive(Debug, Args)]
pub(in crate::serve::cli) struct Ack {
    /// The letter, as `alerts list` and the letter itself name it.
    #[arg(value_name = "ID")]
    pub(in crate::serve::cli) id: String,
    /// Who takes note of it.
    #[arg(long, value_name = "NAME")]
    pub(in crate::serve::cli) by: String,
    #[command(flatten)]
    pub(in crate::serve::cli) store: Store,
    #[command(flatten)]
    pub(in crate::serve::cli) answer: Answer,
}

#[derive(Debug, Args)]
pub(in crate::serve::cli) struct Send {
    /// The channels, a TOML or JSON file (`adbrain schema channels`).
    #[arg(long, value_name = "FILE.toml")]
    pub(in crate::serve::cli) channels: PathBuf,
    #[command(flatten)]
    pub(in crate::serve::cli) store: Store,
    #[command(flatten)]
    pub(in crate::serve::cli) answer: Answer,
}

#[derive(Debug, Args)]
pub(in crate::serve::cli) struct Test {
    /// The channels, a TOML or JSON file (`adbrain schema channels`).
    #[arg(long, value_name = "FILE.toml")]
    pub(in crate::serve::cli) channels: PathBuf,
    #[command(flatten)]
    pub(in crate::serve::cli) answer: Answer,
}

#[derive(Debug, Args)]
pub(in crate::serve::cli) struct Silence {
    /// What is quiet: alerts with all of these labels, such as `rule=cost_spike platform=meta object=TAG`.
    #[arg(value_name = "LABEL=VALUE", required = true)]
    pub(in crate::serve::cli) labels: Vec<String>,
    /// For how long, for example `90m`, `4h` or `2d`.
    #[arg(long = "for", value_name = "TIME")]
    pub(in crate::serve::cli) time: SignedDuration,
    /// Who orders it.
    #[arg(long, value_name = "NAME")]
    pub(in crate::serve::cli) by: String,
    /// Why, in a line.
    #[arg(long, value_name = "TEXT")]
    pub(in crate::serve::cli) reason: String,
    /// The run whose alerts they are; those of all runs by default.
    #[arg(long, value_name = "ID")]
    pub(in crate::serve::cli) run_id: Option<String>,
    #[command(flatten)]
    pub(in crate::serve::cli) desk: Desk,
}

#[derive(Debug, Args)]
pub(in crate::serve::cli) struct Unsilence {
    /// The silence, as `alerts silences` names it; 8 digits are enough.
    #[arg(value_name = "ID")]
    pub(in crate::serve::cli) id: String,
    /// Who ends it.
    #[arg(long, value_name = "NAME")]
    pub(in crate::serve::cli) by: String,
    #[command(flatten)]
    pub(in crate::serve::cli) desk: Desk,
}
