//! Learnings made by the number, and questions for them.

use adbrain_core::Result;
use adbrain_core::memory::{MemoryStore, SimilarQuery};
use adbrain_core::model::{Estimate, Learning, LearningType, Objective};
use adbrain_core::stats::random::Random;

/// Learnings of one transaction, as after one run.
const BATCH: usize = 100;
/// Trades among which the learnings are spread evenly.
pub const INDUSTRIES: u64 = 20;
/// The seed of impacts; any fixed number would do.
const SEED: u64 = 7;

/// Stores the learnings of these numbers, so many in each transaction as one run has.
///
/// # Errors
/// Those of the memory.
pub async fn fill(memory: &dyn MemoryStore, numbers: std::ops::Range<u64>) -> Result<()> {
    let learnings: Vec<_> = numbers.map(learning).collect();
    for batch in learnings.chunks(BATCH) {
        memory.store_learnings(batch).await?;
    }
    Ok(())
}

fn learning(number: u64) -> Learning {
    let value = Random::at(SEED, &[number]).normal() / 4.0;
    Learning {
        id: format!("{number:064x}"),
        campaign: format!("run-{}", number / 10),
        learning_type: LearningType::Audience,
        industry: format!("industry-{}", number % INDUSTRIES),
        objective: objective(number),
        insight: format!("audience=women 30-34 interest {}", number % 97),
        impact: Estimate {
            value,
            low: value - 0.1,
            high: value + 0.1,
            level: 0.9,
            method: "normal_normal_shrinkage".to_owned(),
            sample_size: 1_000,
            warnings: Vec::new(),
        },
        learnt_at: jiff::Timestamp::UNIX_EPOCH,
        metadata: [("platform".to_owned(), "meta".to_owned())].into(),
    }
}

/// What campaigns are for, in turn with the trades.
fn objective(number: u64) -> Objective {
    if (number / INDUSTRIES).is_multiple_of(2) { Objective::Sales } else { Objective::Leads }
}

/// A question for ten learnings of one trade and objective; places from 0 to twice the trades ask for different ones.
#[must_use]
pub fn query(place: u64) -> SimilarQuery {
    SimilarQuery::new(format!("industry-{}", place % INDUSTRIES), objective(place))
}
