//! The arguments of what comes before the first run: a starting folder, a look at what is needed, completions.

use std::path::PathBuf;

use clap::Args;

use super::{Answer, Store};

#[derive(Debug, Args)]
pub(in crate::serve::cli) struct Schema {
    /// The name of the message; `--list` names all.
    #[arg(required_unless_present = "list")]
    pub(in crate::serve::cli) name: Option<String>,
    /// Lists the names.
    #[arg(long)]
    pub(in crate::serve::cli) list: bool,
    /// Where to write it as JSON; `-` prints it, the names too.
    #[arg(long, value_name = "FILE.json|-")]
    pub(in crate::serve::cli) json: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(in crate::serve::cli) struct Doctor {
    #[command(flatten)]
    pub(in crate::serve::cli) store: Store,
    /// The ad accounts, a JSON file with a list (`adbrain schema account`): each is opened and read.
    #[arg(long, value_name = "FILE.json")]
    pub(in crate::serve::cli) accounts: Option<PathBuf>,
    /// The channels, a TOML or JSON file (`adbrain schema channels`).
    #[arg(long, value_name = "FILE.toml")]
    pub(in crate::serve::cli) channels: Option<PathBuf>,
    #[command(flatten)]
    pub(in crate::serve::cli) answer: Answer,
}

#[derive(Debug, Args)]
pub(in crate::serve::cli) struct Init {
    /// The folder; it is made where it is missing.
    #[arg(value_name = "FOLDER", default_value = ".")]
    pub(in crate::serve::cli) folder: PathBuf,
    #[command(flatten)]
    pub(in crate::serve::cli) answer: Answer,
}

#[derive(Debug, Args)]
pub(in crate::serve::cli) struct Completions {
    /// The shell that the script is for.
    #[arg(value_enum)]
    pub(in crate::serve::cli) shell: clap_complete::Shell,
}
