//! The arguments of `sim`.

use std::path::PathBuf;
use std::str::FromStr;

use clap::Args;
use jiff::civil::Date;

use super::{Answer, Tongue};
use crate::model::Currency;

#[derive(Debug, Args)]
pub(in crate::serve::cli) struct Sim {
    /// The worlds: names of `--list`, or TOML files as those in `adbrain-core/worlds/`; all families of the first market by default. With `--plan` one alone.
    #[arg(long, value_name = "NAME|FILE.toml", num_args = 1..)]
    pub(in crate::serve::cli) world: Vec<PathBuf>,
    /// The policies by their names; the brain's own by default.
    #[arg(long, value_name = "NAME", num_args = 1.., default_values = ["brain"])]
    pub(in crate::serve::cli) policy: Vec<String>,
    /// Tries alert rules in place of policies: presets, or files; prints what they tell of what happens, and how often for nothing.
    #[arg(long, value_name = "NAME|FILE.toml", num_args = 1.., conflicts_with_all = ["policy", "list", "fit", "plan"])]
    pub(in crate::serve::cli) rules: Vec<PathBuf>,
    /// Plays so many campaigns one after the other in each world, with a strategist that remembers nothing, what they taught, or that with a fifth
    /// of false rows; prints how soon it reaches its target.
    #[arg(long, value_name = "N", conflicts_with_all = ["policy", "list", "fit", "plan", "rules"], value_parser = clap::value_parser!(u32).range(1..=200))]
    pub(in crate::serve::cli) episodes: Option<u32>,
    /// The seeds, both ends included: 1..5 by default, 1..40 with `--fit` or `--plan`.
    #[arg(long, value_name = "A..B")]
    pub(in crate::serve::cli) seeds: Option<Seeds>,
    /// Fits a world to past results by day, a CSV or XLSX file, and prints how well it fits.
    #[arg(long, value_name = "FILE.csv", conflicts_with_all = ["world", "policy", "list"])]
    pub(in crate::serve::cli) fit: Option<PathBuf>,
    /// How the columns of the past results are to be read, a JSON file (`adbrain schema history_mapping`).
    #[arg(long, value_name = "FILE.json", requires = "fit")]
    pub(in crate::serve::cli) mapping: Option<PathBuf>,
    /// The currency of the past results; the mapping's by default, else US dollars.
    #[arg(long, value_name = "CODE", requires = "fit")]
    pub(in crate::serve::cli) currency: Option<Currency>,
    /// The day on which the past results were exported: conversions that came later are missing. All have arrived by default.
    #[arg(long, value_name = "DAY", requires = "fit")]
    pub(in crate::serve::cli) exported: Option<Date>,
    /// Where to write the fitted world.
    #[arg(long, value_name = "FILE.toml", requires = "fit")]
    pub(in crate::serve::cli) out: Option<PathBuf>,
    /// Tries a plan, a JSON file as `adbrain plan --json` writes it, in the world named or fitted, or in the built-in one.
    #[arg(long, value_name = "FILE.json", conflicts_with_all = ["policy", "list"])]
    pub(in crate::serve::cli) plan: Option<PathBuf>,
    /// How many days of the plan's flight to try; all by default.
    #[arg(long, requires = "plan", value_parser = clap::value_parser!(u32).range(1..=731))]
    pub(in crate::serve::cli) days: Option<u32>,
    /// The ROAS that the plan is to reach: prints the chance of it.
    #[arg(long, value_name = "ROAS", requires = "plan")]
    pub(in crate::serve::cli) target_roas: Option<f64>,
    /// Prints one JSON object for each world, policy and seed in place of a table; one for the fit and one for the plan.
    #[arg(long)]
    pub(in crate::serve::cli) json: bool,
    /// With `--json`, prints one object for each world and policy in place of one for each seed.
    #[arg(long, requires = "json", conflicts_with_all = ["fit", "plan"])]
    pub(in crate::serve::cli) summary: bool,
    /// The language of the table.
    #[arg(long, value_enum, default_value_t = Tongue::English)]
    pub(in crate::serve::cli) lang: Tongue,
    /// Prints the names of the worlds and the policies.
    #[arg(long)]
    pub(in crate::serve::cli) list: bool,
}

#[derive(Debug, Args)]
pub(in crate::serve::cli) struct Roi {
    /// The seeds, both ends included.
    #[arg(long, value_name = "A..B", default_value = "1001..1010")]
    pub(in crate::serve::cli) seeds: Seeds,
    #[command(flatten)]
    pub(in crate::serve::cli) answer: Answer,
}

/// Seeds from a first to a last one, both included: `1..50`, or one alone: `7`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::serve::cli) struct Seeds {
    pub(in crate::serve::cli) first: u64,
    pub(in crate::serve::cli) last: u64,
}

impl FromStr for Seeds {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bad = || format!("{text:?} is no range of seeds; write it as 1..50");
        let seed = |text: &str| text.trim().parse::<u64>().map_err(|_| bad());
        let (first, last) = match text.split_once("..") {
            Some((first, last)) => (seed(first)?, seed(last)?),
            None => (seed(text)?, seed(text)?),
        };
        if first > last { Err(bad()) } else { Ok(Self { first, last }) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seeds_are_a_range_with_both_ends_or_one_alone() {
        assert_eq!("1..50".parse(), Ok(Seeds { first: 1, last: 50 }));
        assert_eq!("7".parse(), Ok(Seeds { first: 7, last: 7 }));
        for text in ["", "..", "5..1", "a..b", "-1..3"] {
            assert!(text.parse::<Seeds>().is_err(), "{text}");
        }
    }
}
