//! The arguments of `audit`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::Store;

#[derive(Debug, Subcommand)]
pub(in crate::serve::cli) enum Audit {
    /// Walks the whole journal and checks that no entry was changed, moved or removed.
    Verify(Verify),
    /// Makes a signing key in a file, and prints the public key that belongs to it.
    Key(NewKey),
    /// Signs where the journal ends, so that it can be checked later that nothing was cut off or rewritten.
    Sign(Sign),
}

#[derive(Debug, Args)]
pub(in crate::serve::cli) struct NewKey {
    /// Where the key goes; the file must not be there yet.
    #[arg(long, value_name = "FILE")]
    pub(in crate::serve::cli) out: PathBuf,
    /// Where to write the public key as JSON; `-` prints it in place of the text.
    #[arg(long, value_name = "FILE.json|-")]
    pub(in crate::serve::cli) json: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(in crate::serve::cli) struct Sign {
    #[command(flatten)]
    pub(in crate::serve::cli) store: Store,
    /// The file with the signing key, as `adbrain audit key` makes it.
    #[arg(long, value_name = "FILE")]
    pub(in crate::serve::cli) key: PathBuf,
    /// Where the signed head goes; printed where it is left out.
    #[arg(long, value_name = "FILE.json")]
    pub(in crate::serve::cli) out: Option<PathBuf>,
    /// Where to write the signed head as JSON on one line; `-` prints it.
    #[arg(long, value_name = "FILE.json|-", conflicts_with = "out")]
    pub(in crate::serve::cli) json: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(in crate::serve::cli) struct Verify {
    #[command(flatten)]
    pub(in crate::serve::cli) store: Store,
    /// The hash of an entry that must be there: the head of an earlier audit. Shows whether the end was cut off.
    #[arg(long, value_name = "HASH")]
    pub(in crate::serve::cli) head: Option<String>,
    /// A signed head, as `adbrain audit sign` wrote it: its signature is checked, and that the journal still holds it.
    #[arg(long, value_name = "FILE.json", requires = "public_key", conflicts_with = "head")]
    pub(in crate::serve::cli) signed: Option<PathBuf>,
    /// The public key of who signed it.
    #[arg(long, value_name = "HEX", requires = "signed")]
    pub(in crate::serve::cli) public_key: Option<String>,
    /// Where to write what was found as JSON, damage too; `-` prints it in place of the text.
    #[arg(long, value_name = "FILE.json|-")]
    pub(in crate::serve::cli) json: Option<PathBuf>,
}
