//! The arguments.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::model::Language;

/// Plan, launch, watch and improve paid-media campaigns. Spends nothing: campaigns run in a simulated market.
#[derive(Debug, Parser)]
#[command(name = "adbrain", version, propagate_version = true)]
pub(super) struct Cli {
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Prints the JSON Schema of a message, for example of a brief.
    Schema(Schema),
    /// Checks the journal of what was done.
    #[command(subcommand)]
    Audit(Audit),
    /// Shows the loop's events on a local page.
    #[cfg(feature = "dashboard")]
    Serve(Serve),
}

#[derive(Debug, Args)]
pub(super) struct Schema {
    /// The name of the message; `--list` names all.
    #[arg(required_unless_present = "list")]
    pub(super) name: Option<String>,
    /// Lists the names.
    #[arg(long)]
    pub(super) list: bool,
}

#[derive(Debug, Subcommand)]
pub(super) enum Audit {
    /// Walks the whole journal and checks that no entry was changed, moved or removed.
    Verify(Verify),
}

#[derive(Debug, Args)]
pub(super) struct Verify {
    /// The database.
    #[arg(long, value_name = "FILE.db", default_value = "brain.db")]
    pub(super) db: PathBuf,
    /// The hash of an entry that must be there: the head of an earlier audit. Shows whether the end was cut off.
    #[arg(long, value_name = "HASH")]
    pub(super) head: Option<String>,
}

#[cfg(feature = "dashboard")]
#[derive(Debug, Args)]
pub(super) struct Serve {
    /// The database; it is made where it is missing.
    #[arg(long, value_name = "FILE.db", default_value = "brain.db")]
    pub(super) db: PathBuf,
    /// The language of the page.
    #[arg(long, value_enum, default_value = "en")]
    pub(super) lang: Tongue,
    /// The port on this machine; 0 takes a free one.
    #[arg(long, default_value_t = 0)]
    pub(super) port: u16,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum Tongue {
    /// Brazilian Portuguese.
    #[value(name = "pt-BR")]
    Portuguese,
    /// English.
    #[value(name = "en")]
    English,
}

impl From<Tongue> for Language {
    fn from(tongue: Tongue) -> Self {
        match tongue {
            Tongue::Portuguese => Self::Portuguese,
            Tongue::English => Self::English,
        }
    }
}
