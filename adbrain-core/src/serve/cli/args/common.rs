//! What many commands share: where the database is, how the answer is told, how far control may go.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::control::Mode;
use crate::experiment::{self, Rule};
use crate::model::Language;

/// Where the database is.
#[derive(Debug, Args)]
pub(in crate::serve::cli) struct Store {
    /// The database: a file, or a server at `libsql://…`, whose token is in `ADBRAIN_DB_TOKEN`.
    #[arg(long, value_name = "FILE.db|URL", default_value = "brain.db")]
    pub(in crate::serve::cli) db: PathBuf,
}

/// How the answer is told.
#[derive(Debug, Args)]
pub(in crate::serve::cli) struct Answer {
    /// Where to write the answer as JSON; `-` prints it in place of the text.
    #[arg(long, value_name = "FILE.json|-")]
    pub(in crate::serve::cli) json: Option<PathBuf>,
    /// The language of what is printed.
    #[arg(long, value_enum, default_value_t = Tongue::English)]
    pub(in crate::serve::cli) lang: Tongue,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(in crate::serve::cli) enum Reach {
    /// Nothing is sent; every change is checked and recorded as planned.
    DryRun,
    /// Changes are sent to the simulated platforms.
    Sandbox,
    /// As with real money: a plan waits, paused, until a person approves it. The platforms are simulated here too.
    Live,
}

impl From<Reach> for Mode {
    fn from(reach: Reach) -> Self {
        match reach {
            Reach::DryRun => Self::DryRun,
            Reach::Sandbox => Self::Sandbox,
            Reach::Live => Self::Live,
        }
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(in crate::serve::cli) enum WinnerRule {
    /// The whole interval of the lift above the margin, with clicks no dearer.
    Practical,
    /// The literal rule, which errs in both directions: see the documentation.
    Legacy,
}

impl WinnerRule {
    /// What a run is told; nothing where its own default holds.
    pub(in crate::serve::cli) fn apply(self) -> Option<experiment::Apply> {
        match self {
            Self::Practical => None,
            Self::Legacy => Some(experiment::Apply { rule: Rule::Legacy, ..experiment::Apply::default() }),
        }
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(in crate::serve::cli) enum Tongue {
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
