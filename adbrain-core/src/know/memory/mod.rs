//! Memory: learnings, best practices, winning combinations.
//!
//! In: what was measured. Out: what resembles the question. Called by strategist, analyst and brain. Never invents a row.

#[cfg(any(test, feature = "contract"))]
pub mod contract;
mod in_memory;
mod sql;

use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::model::{BestPractice, Learning, Objective, WinningCombination};

pub use in_memory::InMemory;
pub use sql::SqlMemory;

/// How similar campaigns are ranked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Ranking {
    /// By the estimated impact, greatest first.
    #[default]
    Impact,
    /// By the lower end of the impact's interval, greatest first: what is surely good.
    LowerBound,
}

/// Which learnings are wanted: same industry and objective, ranked, at most `limit`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SimilarQuery {
    /// The trade.
    pub industry: String,
    /// What the campaign is for.
    pub objective: Objective,
    /// The order.
    #[serde(default)]
    pub ranking: Ranking,
    /// At most so many; 10 by default.
    #[serde(default = "ten")]
    pub limit: u32,
}

fn ten() -> u32 {
    10
}

impl SimilarQuery {
    /// The ten learnings of the greatest impact in an industry for an objective.
    pub fn new(industry: impl Into<String>, objective: Objective) -> Self {
        Self { industry: industry.into(), objective, ranking: Ranking::default(), limit: ten() }
    }
}

/// Keeps what was learnt. Storing the same learning, practice or combination twice changes nothing.
///
/// A memory of one's own is this trait over any store; [`InMemory`] shows how little it takes.
///
/// ```
/// use adbrain_core::MemoryStore;
/// use adbrain_core::memory::InMemory;
/// use adbrain_core::model::WinningCombination;
///
/// # futures::executor::block_on(async {
/// let memory = InMemory::default();
/// let used = WinningCombination {
///     creative_type: "video".into(), copy_style: "benefit".into(), audience_segment: "30-34 female".into(),
///     average_roas: 4.2, average_ctr: 0.02, times_used: 10, times_succeeded: 8,
/// };
/// memory.record_combinations("spring.csv", &[used.clone()]).await?;
/// memory.record_combinations("spring.csv", &[used]).await?; // the same source counts once
/// assert_eq!(memory.winning_combinations(5).await?[0].times_used, 10);
/// # Ok::<(), adbrain_core::Error>(())
/// # }).unwrap();
/// ```
#[async_trait]
pub trait MemoryStore: Send + Sync {
    /// Stores learnings; those whose id is known already are left as they are. Says how many were new.
    async fn store_learnings(&self, learnings: &[Learning]) -> Result<u64>;

    /// Learnings of the same industry and objective.
    async fn similar(&self, query: &SimilarQuery) -> Result<Vec<Learning>>;

    /// Sets best practices; one with the same industry and type is replaced.
    async fn store_best_practices(&self, practices: &[BestPractice]) -> Result<()>;

    /// The best practices of an industry, sorted by type.
    async fn best_practices(&self, industry: &str) -> Result<Vec<BestPractice>>;

    /// Adds uses to winning combinations: means are pooled by uses, counts add up. `source` names the run or file that the uses
    /// come from; the same source is added once.
    async fn record_combinations(&self, source: &str, combinations: &[WinningCombination]) -> Result<()>;

    /// The combinations with the highest success rate, then mean ROAS; at most `limit`.
    async fn winning_combinations(&self, limit: u32) -> Result<Vec<WinningCombination>>;
}

/// Adds the uses of `added` to `known`: means are weighted by uses, counts add up.
///
/// With `n` and `m` uses and means `x` and `y` the pooled mean is `x + (y − x) · m / (n + m)`: Welford's update for groups
/// (Chan, Golub and `LeVeque` 1979), stable where `n` is large.
fn pooled(known: &WinningCombination, added: &WinningCombination) -> WinningCombination {
    let times_used = known.times_used.saturating_add(added.times_used);
    let share = if times_used == 0 { 0.0 } else { added.times_used as f64 / times_used as f64 };
    WinningCombination {
        average_roas: known.average_roas + (added.average_roas - known.average_roas) * share,
        average_ctr: known.average_ctr + (added.average_ctr - known.average_ctr) * share,
        times_used,
        times_succeeded: known.times_succeeded.saturating_add(added.times_succeeded),
        ..known.clone()
    }
}

/// What the combinations of one source must satisfy before they are added.
fn check_combinations(combinations: &[WinningCombination]) -> Result<()> {
    for (at, combination) in combinations.iter().enumerate() {
        let field = format!("combinations[{at}]");
        if combination.times_used == 0 || combination.times_succeeded > combination.times_used {
            return Err(Error::invalid(&field, "has no uses, or more successes than uses")
                .next("correct times_used or times_succeeded"));
        }
        if !combination.average_roas.is_finite() || !combination.average_ctr.is_finite() {
            return Err(Error::invalid(&field, "has a mean that is no number")
                .next("give a finite average_roas and average_ctr"));
        }
    }
    Ok(())
}

/// What a learning must satisfy before it is stored.
fn check_learnings(learnings: &[Learning]) -> Result<()> {
    for (at, learning) in learnings.iter().enumerate() {
        let impact = &learning.impact;
        let field = format!("learnings[{at}].impact");
        if ![impact.value, impact.low, impact.high].iter().all(|number| number.is_finite()) {
            return Err(
                Error::invalid(&field, "holds something that is no number").next("give a finite value, low and high")
            );
        }
        if !(0.0..=1.0).contains(&impact.level) {
            return Err(
                Error::invalid(&field, format!("has the level {}", impact.level)).next("give a level from 0 to 1")
            );
        }
    }
    Ok(())
}
