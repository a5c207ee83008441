//! The arguments of what a person orders or asks about a run that was planned or started before.

use std::path::PathBuf;

use clap::Args;
use jiff::SignedDuration;
use jiff::civil::Date;

use super::{Answer, Reach, Store};
use crate::model::Platform;

/// Where the runs are that were started before, and how the answer is told.
#[derive(Debug, Args)]
pub(in crate::serve::cli) struct Desk {
    #[command(flatten)]
    pub(in crate::serve::cli) store: Store,
    /// The ad accounts of the run, a JSON file with a list; none where it was simulated.
    #[arg(long, value_name = "FILE.json")]
    pub(in crate::serve::cli) accounts: Option<PathBuf>,
    #[command(flatten)]
    pub(in crate::serve::cli) answer: Answer,
}

/// What a person orders about a run that was started before.
#[derive(Debug, Args)]
pub(in crate::serve::cli) struct Order {
    #[command(flatten)]
    pub(in crate::serve::cli) desk: Desk,
    /// How far control may go; a dry run sends nothing.
    #[arg(long, value_enum, default_value_t = Reach::DryRun)]
    pub(in crate::serve::cli) mode: Reach,
}

#[derive(Debug, Args)]
pub(in crate::serve::cli) struct Refuse {
    /// The hash of the plan, or of a proposal that waits (`adbrain status`).
    pub(in crate::serve::cli) hash: String,
    /// The person who refuses.
    #[arg(long, value_name = "NAME")]
    pub(in crate::serve::cli) by: String,
    /// Why, in a line.
    #[arg(long, value_name = "TEXT")]
    pub(in crate::serve::cli) reason: String,
    /// The run, where several runs have the same plan.
    #[arg(long, value_name = "ID")]
    pub(in crate::serve::cli) run_id: Option<String>,
    #[command(flatten)]
    pub(in crate::serve::cli) desk: Desk,
}

#[derive(Debug, Args)]
pub(in crate::serve::cli) struct Apply {
    /// The hash of the plan, as `adbrain plan` prints it.
    pub(in crate::serve::cli) hash: String,
    /// The run, where several runs have the same plan.
    #[arg(long, value_name = "ID")]
    pub(in crate::serve::cli) run_id: Option<String>,
    #[command(flatten)]
    pub(in crate::serve::cli) order: Order,
}

#[derive(Debug, Args)]
pub(in crate::serve::cli) struct Status {
    /// The run, or the hash of its plan; the newest run by default.
    #[arg(value_name = "RUN|HASH")]
    pub(in crate::serve::cli) run: Option<String>,
    #[command(flatten)]
    pub(in crate::serve::cli) desk: Desk,
}

#[derive(Debug, Args)]
pub(in crate::serve::cli) struct Stop {
    /// Why, in a line.
    pub(in crate::serve::cli) reason: String,
    /// Who stops it.
    #[arg(long, value_name = "NAME")]
    pub(in crate::serve::cli) by: String,
    /// Also pauses what delivers.
    #[arg(long)]
    pub(in crate::serve::cli) pause: bool,
    /// Pauses this run alone; the switch itself is for all.
    #[arg(long, value_name = "ID", requires = "pause")]
    pub(in crate::serve::cli) run_id: Option<String>,
    #[command(flatten)]
    pub(in crate::serve::cli) desk: Desk,
}

#[derive(Debug, Args)]
pub(in crate::serve::cli) struct Resume {
    /// Who turns the switch off.
    #[arg(long, value_name = "NAME")]
    pub(in crate::serve::cli) by: String,
    #[command(flatten)]
    pub(in crate::serve::cli) desk: Desk,
}

#[derive(Debug, Args)]
pub(in crate::serve::cli) struct Approve {
    /// The hash of the plan (`plan_hash` in the result), or of a proposal that waits (`adbrain status`).
    pub(in crate::serve::cli) hash: String,
    /// The person who approves.
    #[arg(long, value_name = "NAME")]
    pub(in crate::serve::cli) by: String,
    /// How long the approval holds, for example `90m` or `24h`.
    #[arg(long = "for", value_name = "TIME", default_value = "24h")]
    pub(in crate::serve::cli) valid_for: SignedDuration,
    /// The run, where several runs have the same plan.
    #[arg(long, value_name = "ID")]
    pub(in crate::serve::cli) run_id: Option<String>,
    #[command(flatten)]
    pub(in crate::serve::cli) order: Order,
}

#[derive(Debug, Args)]
pub(in crate::serve::cli) struct Undo {
    /// The journal entry: `entry` of an outcome under `launch` or `actions` in the result.
    pub(in crate::serve::cli) entry: String,
    /// Who orders it: counts as that person's approval, and stands in the journal.
    #[arg(long, value_name = "NAME")]
    pub(in crate::serve::cli) by: Option<String>,
    #[command(flatten)]
    pub(in crate::serve::cli) order: Order,
}

#[derive(Debug, Args)]
pub(in crate::serve::cli) struct Release {
    /// The platform: `meta`, `google`, `tiktok` or `linkedin`.
    pub(in crate::serve::cli) platform: Platform,
    /// The campaign's id on the platform.
    pub(in crate::serve::cli) campaign: String,
    /// The person who orders it.
    #[arg(long, value_name = "NAME")]
    pub(in crate::serve::cli) by: String,
    /// The run that adopted it; the newest one by default.
    #[arg(long, value_name = "RUN|HASH")]
    pub(in crate::serve::cli) run_id: Option<String>,
    #[command(flatten)]
    pub(in crate::serve::cli) desk: Desk,
}

#[derive(Debug, Args)]
pub(in crate::serve::cli) struct Adopt {
    /// The platform: `meta`, `google`, `tiktok` or `linkedin`.
    pub(in crate::serve::cli) platform: Platform,
    /// The campaign's id on the platform.
    pub(in crate::serve::cli) campaign: String,
    /// The person who orders it.
    #[arg(long, value_name = "NAME")]
    pub(in crate::serve::cli) by: String,
    /// The first day for which it is managed.
    #[arg(long, value_name = "DATE")]
    pub(in crate::serve::cli) start: Date,
    /// The last day for which it is managed.
    #[arg(long, value_name = "DATE")]
    pub(in crate::serve::cli) end: Date,
    /// The account's time zone, such as `America/Sao_Paulo`.
    #[arg(long, value_name = "ZONE")]
    pub(in crate::serve::cli) time_zone: String,
    /// The run that manages it; the newest one by default.
    #[arg(long, value_name = "RUN|HASH")]
    pub(in crate::serve::cli) run_id: Option<String>,
    #[command(flatten)]
    pub(in crate::serve::cli) desk: Desk,
}
