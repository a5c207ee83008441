//! Policies in worlds: how much of what could be had a policy of budgets gets, over the same luck as its rivals.
//!
//! In: a world with a trial, the name of a policy, a seed; the history of an account; a plan. Out: the policy's score beside an equal split
//! and beside clairvoyants; a world like the account; what the plan may bring. Called by the command line, the bindings and the benches. A
//! policy sees what the connectors report, and changes budgets through `control`, as the loop does; the scores alone look at the market itself.

mod edits;
mod episodes;
mod events;
mod ground;
mod load;
mod people;
mod play;
mod policies;
mod policy;
mod reports;
mod score;
mod twin;
mod watch;

pub use episodes::{EpisodeScore, EpisodeSummary, Recall, episode_summaries, episodes};
pub use load::Load;
pub use policies::POLICIES;
pub use policy::{CampaignView, Decision, Expected, Goal, Policy, View};
pub use score::{Contender, Range, Score, Summary, run, summary};
pub use twin::{
    Fit, FitOptions, Kept, Learnt, MetricFit, Outlook, PartFit, PlanFigures, PlanOptions, PlanTrial, PlatformFit,
    Shape, Twin, Verdict, fit, try_plan,
};

pub use watch::{WatchScore, WatchSummary, watch, watch_summary};

#[cfg(test)]
mod tests;

/// The examples of the guide, kept running.
#[cfg(doctest)]
#[doc = include_str!("../../../../docs/guides/trials.md")]
pub struct Guide;
