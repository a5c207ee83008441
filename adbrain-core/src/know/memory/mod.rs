//! Memory: learnings, best practices, winning combinations.
//!
//! In: what was measured. Out: what resembles the question. Called by strategist, analyst and brain. Never invents a row.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::model::{BestPractice, Learning, Objective, WinningCombination};

/// How similar campaigns are ranked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ranking {
    /// By the estimated impact, greatest first.
    #[default]
    Impact,
    /// By the lower end of the impact's interval, greatest first: what is surely good.
    LowerBound,
}

/// Which learnings are wanted: same industry and objective, ranked, at most `limit`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
