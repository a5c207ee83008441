//! The policies by name.

mod adcomb;
mod brain;
mod candidate;
mod equal;
mod human;
mod oracle;
mod pooled;
mod proportional;
mod robyn;
mod steps;
mod thompson;

pub(super) use self::steps::scaled;
use super::policy::Policy;
use crate::error::{Error, ErrorKind, Result};

pub(super) const EQUAL: &str = "equal";
pub(super) const ORACLE: &str = "oracle_20";
pub(super) const FREE_ORACLE: &str = "oracle";

/// The name of each policy, and what it does.
pub const POLICIES: &[(&str, &str)] = &[
    (
        "brain",
        "the brain's own: curves estimated each day from clicks and conversions, breaks and outages found, the exact allocation",
    ),
    (EQUAL, "equal parts that never change"),
    ("proportional", "once a week, parts in proportion to last week's reported return"),
    (
        "human",
        "a weekly review: a fifth more above 1.2 times the mean return, a fifth less below 0.8 times, nearly paused below 0.4 times",
    ),
    (
        "robyn",
        "once a week, a curve fitted to 28 days of each campaign, and the exact allocation within 0.7 and 1.5 times the present budgets",
    ),
    ("thompson", "each day a draw of each campaign's return from 14 days as reported, in steps of a fifth"),
    (
        "candidate",
        "each day discounted, maturity-corrected and shrunk returns on a curve of fixed bend, in steps of a fifth",
    ),
    (
        "pooled",
        "as platforms do inside one campaign budget: the platforms' parts never change, inside each the better campaigns get more each day",
    ),
    (
        "adcomb",
        "each day a Gaussian process of each campaign over its budgets, a draw of each, and a knapsack (Nuara and others, 2018)",
    ),
    (ORACLE, "knows what each campaign will bring today; steps of a fifth"),
    (FREE_ORACLE, "knows what each campaign will bring today; steps as large as it likes"),
];

/// How a policy is made with the seed of its trial.
pub(super) type Make = fn(u64) -> Box<dyn Policy>;

/// A policy by its name; the seed is the luck of one that draws.
pub(super) fn policy(name: &str) -> Result<Make> {
    Ok(match name {
        EQUAL => |_| Box::new(equal::Equal),
        "brain" => |seed| Box::new(brain::BrainPolicy::of(seed)),
        "proportional" => |_| Box::new(proportional::Proportional),
        "human" => |_| Box::new(human::Human),
        "robyn" => |_| Box::new(robyn::Robyn),
        "thompson" => |seed| Box::new(thompson::Thompson { seed }),
        "candidate" => |_| Box::new(candidate::Candidate),
        "pooled" => |_| Box::new(pooled::Pooled),
        "adcomb" => |seed| Box::new(adcomb::AdComb { seed }),
        ORACLE => |_| Box::new(oracle::Oracle { step: steps::FIFTH }),
        FREE_ORACLE => |_| Box::new(oracle::Oracle { step: steps::FREE }),
        _ => {
            let names: Vec<_> = POLICIES.iter().map(|(name, _)| *name).collect();
            return Err(Error::new(ErrorKind::NotFound, format!("there is no policy {name:?}"))
                .with("field", "policy")
                .next(format!("use one of {}", names.join(", "))));
        }
    })
}
