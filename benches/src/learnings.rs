//! Learnings made by the number, and questions for them.

use adbrain_core::Result;
use adbrain_core::memory::{MemoryStore, Ranking, SimilarQuery};
use adbrain_core::model::{
    CampaignProfile, Currency, Estimate, Format, Grounds, Learning, LearningType, Money, Objective, Platform,
};
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
        id: String::new(),
        campaign: format!("run-{}", number / 10),
        learning_type: LearningType::Audience,
        industry: format!("industry-{}", number % INDUSTRIES),
        objective: objective(number),
        insight: format!("audience=women 30-34 interest {number}"),
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
        grounds: Grounds { profile: Some(profile(number)), ..Grounds::default() },
        metadata: [("platform".to_owned(), "meta".to_owned())].into(),
    }
}

/// A campaign drawn by its number.
#[must_use]
pub fn profile(number: u64) -> CampaignProfile {
    let mut random = Random::at(SEED, &[number, 1]);
    let mut money = |median: f64| {
        #[expect(clippy::cast_possible_truncation, reason = "an amount of some units")]
        let micros = (median * random.log_normal(0.7) * 1e6) as i64;
        Some(Money::from_micros(micros.max(1), Currency::USD))
    };
    CampaignProfile {
        daily_budget: money(200.0),
        price: money(8.0),
        order_value: money(90.0),
        platforms: Platform::ALL.get(usize::try_from(number % 4).unwrap_or_default()).copied().into_iter().collect(),
        formats: vec![Format::Video],
        click_rate: Some(0.015),
        conversion_rate: Some(0.02),
        month: u8::try_from(number % 12 + 1).ok(),
        audience: Some("women 30-34".to_owned()),
        text: format!("linen dress number {}", number % 50),
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

/// The same question, ranked by how like the campaigns are to one of a number that no learning has.
#[must_use]
pub fn query_alike(place: u64) -> SimilarQuery {
    let campaign = Some(profile(u64::MAX - place));
    SimilarQuery { ranking: Ranking::Relevance, campaign, ..query(place) }
}
