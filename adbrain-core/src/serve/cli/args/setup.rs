//! The arguments of what comes before the first run: a starting folder, a look at what is needed, completions.

use std::path::PathBuf;

use clap::Args;

use super::Tongue;

#[derive(Debug, Args)]
pub(in crate::serve::cli) struct Doctor {
    /// The database.
    #[arg(long, value_name = "FILE.db|URL", default_value = "brain.db")]
    pub(in crate::serve::cli) db: PathBuf,
    /// The ad accounts, a JSON file with a list (`adbrain schema account`): each is opened and read.
    #[arg(long, value_name = "FILE.json")]
    pub(in crate::serve::cli) accounts: Option<PathBuf>,
    /// The channels, a TOML or JSON file (`adbrain schema channels`).
    #[arg(long, value_name = "FILE.toml")]
    pub(in crate::serve::cli) channels: Option<PathBuf>,
    /// Where to write the checks as JSON; `-` prints it in place of the text.
    #[arg(long, value_name = "FILE.json|-")]
    pub(in crate::serve::cli) json: Option<PathBuf>,
    /// The language of what is printed.
    #[arg(long, value_enum, default_value_t = Tongue::English)]
    pub(in crate::serve::cli) lang: Tongue,
}

#[derive(Debug, Args)]
pub(in crate::serve::cli) struct Init {
    /// The folder; it is made where it is missing.
    #[arg(value_name = "FOLDER", default_value = ".")]
    pub(in crate::serve::cli) folder: PathBuf,
    /// The language of the texts.
    #[arg(long, value_enum, default_value_t = Tongue::English)]
    pub(in crate::serve::cli) lang: Tongue,
}

#[derive(Debug, Args)]
pub(in crate::serve::cli) struct Completions {
    /// The shell that the script is for.
    #[arg(value_enum)]
    pub(in crate::serve::cli) shell: clap_complete::Shell,
}
