//! The arguments of `sim`.

use std::path::PathBuf;
use std::str::FromStr;

use clap::Args;

use super::Tongue;

#[derive(Debug, Args)]
pub(in crate::serve::cli) struct Sim {
    /// The worlds: names of `--list`, or TOML files as those in `adbrain-core/worlds/`; all families by default.
    #[arg(long, value_name = "NAME|FILE.toml", num_args = 1..)]
    pub(in crate::serve::cli) world: Vec<PathBuf>,
    /// The policies by their names.
    #[arg(long, value_name = "NAME", num_args = 1.., default_values = ["candidate"])]
    pub(in crate::serve::cli) policy: Vec<String>,
    /// The seeds, both ends included.
    #[arg(long, value_name = "A..B", default_value = "1..5")]
    pub(in crate::serve::cli) seeds: Seeds,
    /// Prints one JSON object for each world, policy and seed in place of a table.
    #[arg(long)]
    pub(in crate::serve::cli) json: bool,
    /// With `--json`, prints one object for each world and policy in place of one for each seed.
    #[arg(long, requires = "json")]
    pub(in crate::serve::cli) summary: bool,
    /// The language of the table.
    #[arg(long, value_enum, default_value_t = Tongue::English)]
    pub(in crate::serve::cli) lang: Tongue,
    /// Prints the names of the worlds and the policies.
    #[arg(long)]
    pub(in crate::serve::cli) list: bool,
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
