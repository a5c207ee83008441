//! What every memory must do, as named cases that a store written outside can run too.
//!
//! Each case uses an industry and keys of its own, so one store may go through all of them, but only once: a case expects that
//! nothing was stored under its names before.

use std::collections::BTreeMap;

use super::{Forget, LearningQuery, Lessons, MemoryStore, Ranking, SimilarQuery};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{
    BestPractice, CampaignProfile, ContentHash, Estimate, Grounds, Learning, LearningType, Maturity, Message,
    Objective, Period, Platform, Taint, WinningCombination,
};

/// One promise of a memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Case {
    /// A learning comes back with every field as it was.
    ALearningComesBackWhole,
    /// Learnings of another industry or another objective are not similar.
    SimilarMeansSameIndustryAndObjective,
    /// The greatest impact comes first, equal ones by id, and ten at most.
    TheGreatestImpactComesFirst,
    /// With the ranking by lower bound, what is surely good comes first.
    TheLowerBoundRanksWhatIsSurelyGood,
    /// A learning that is stored twice is there once, as it was first.
    ALearningIsStoredOnce,
    /// A best practice replaces the one of the same industry and type; they come sorted by type.
    ABestPracticeReplacesTheOlderOne,
    /// Means are pooled by uses, counts add up.
    CombinationsArePooledByUses,
    /// A source that is added again changes nothing.
    ASourceIsAddedOnce,
    /// The highest success rate comes first, then the higher mean ROAS.
    TheHighestSuccessRateComesFirst,
    /// A value that is no number, or more successes than uses, is refused and nothing of its batch is kept.
    ImpossibleValuesAreRefused,
    /// An id is the hash of what is said: an empty one is filled in, another is refused.
    AnIdIsComputedAndNotTrusted,
    /// Words from outside, and what rests on nothing, are refused.
    OnlyMeasuredOutcomesAreStored,
    /// Asked as of a moment, a memory knows nothing of later, nothing that has expired, and nothing that was superseded by then.
    AsOfAMomentNothingLaterIsKnown,
    /// Ranked by relevance, what surely worked for a campaign like the one asked about comes first, and old effects fade.
    TheMostRelevantComesFirst,
    /// All that a run taught is taken together, once; where a part is impossible, nothing is.
    LessonsAreTakenWholeOrNotAtAll,
    /// What is forgotten is gone, and nothing else is.
    WhatIsForgottenIsGone,
}

/// Every case, in order.
pub const CASES: &[Case] = &[
    Case::ALearningComesBackWhole,
    Case::SimilarMeansSameIndustryAndObjective,
    Case::TheGreatestImpactComesFirst,
    Case::TheLowerBoundRanksWhatIsSurelyGood,
    Case::ALearningIsStoredOnce,
    Case::ABestPracticeReplacesTheOlderOne,
    Case::CombinationsArePooledByUses,
    Case::ASourceIsAddedOnce,
    Case::TheHighestSuccessRateComesFirst,
    Case::ImpossibleValuesAreRefused,
    Case::AnIdIsComputedAndNotTrusted,
    Case::OnlyMeasuredOutcomesAreStored,
    Case::AsOfAMomentNothingLaterIsKnown,
    Case::TheMostRelevantComesFirst,
    Case::LessonsAreTakenWholeOrNotAtAll,
    Case::WhatIsForgottenIsGone,
];

/// Runs every case over one new store.
///
/// # Errors
/// The first case that fails, by name.
pub async fn check(store: &dyn MemoryStore) -> Result<()> {
    for case in CASES {
        case.check(store).await?;
    }
    Ok(())
}

impl Case {
    /// Runs the case.
    ///
    /// # Errors
    /// What was found instead of what was promised, or the store's own error.
    pub async fn check(self, store: &dyn MemoryStore) -> Result<()> {
        let outcome = match self {
            Self::ALearningComesBackWhole => comes_back_whole(store).await,
            Self::SimilarMeansSameIndustryAndObjective => same_industry_and_objective(store).await,
            Self::TheGreatestImpactComesFirst => greatest_impact_first(store).await,
            Self::TheLowerBoundRanksWhatIsSurelyGood => lower_bound(store).await,
            Self::ALearningIsStoredOnce => stored_once(store).await,
            Self::ABestPracticeReplacesTheOlderOne => practice_replaced(store).await,
            Self::CombinationsArePooledByUses => pooled_by_uses(store).await,
            Self::ASourceIsAddedOnce => source_once(store).await,
            Self::TheHighestSuccessRateComesFirst => success_first(store).await,
            Self::ImpossibleValuesAreRefused => impossible_refused(store).await,
            Self::AnIdIsComputedAndNotTrusted => id_computed(store).await,
            Self::OnlyMeasuredOutcomesAreStored => measured_alone(store).await,
            Self::AsOfAMomentNothingLaterIsKnown => as_of(store).await,
            Self::TheMostRelevantComesFirst => most_relevant_first(store).await,
            Self::LessonsAreTakenWholeOrNotAtAll => lessons_whole(store).await,
            Self::WhatIsForgottenIsGone => forgotten(store).await,
        };
        outcome.map_err(|error| error.with("case", format!("{self:?}")))
    }
}

/// A learning for tests of the campaign `<industry>-<name>`: impact `value`, its interval 0.2 wide on both sides. Its id is left to the memory.
pub fn learning(industry: &str, name: &str, value: f64) -> Learning {
    Learning {
        id: String::new(),
        campaign: format!("{industry}-{name}"),
        learning_type: LearningType::Audience,
        industry: industry.to_owned(),
        objective: Objective::Sales,
        insight: "audience=women 30-34".to_owned(),
        impact: Estimate {
            value,
            low: value - 0.2,
            high: value + 0.2,
            level: 0.9,
            method: "normal_normal_shrinkage".to_owned(),
            sample_size: 120,
            warnings: Vec::new(),
        },
        learnt_at: jiff::Timestamp::UNIX_EPOCH,
        grounds: Grounds::default(),
        metadata: BTreeMap::new(),
    }
}

/// A day of the tests, counted from 1970.
fn day(number: i64) -> jiff::Timestamp {
    jiff::Timestamp::UNIX_EPOCH + jiff::SignedDuration::from_hours(24 * number)
}

/// A combination for tests, with mean ROAS 2 and mean CTR 0.02.
pub fn combination(creative_type: &str, times_used: u64, times_succeeded: u64) -> WinningCombination {
    WinningCombination {
        creative_type: creative_type.to_owned(),
        copy_style: "benefit".to_owned(),
        audience_segment: "30-34 female".to_owned(),
        average_roas: 2.0,
        average_ctr: 0.02,
        times_used,
        times_succeeded,
    }
}

async fn comes_back_whole(store: &dyn MemoryStore) -> Result<()> {
    let mut stored = learning("whole", "a", 0.1 + 0.2);
    stored.impact.warnings.push(Message::new("too-few-days").with("days", 3));
    stored.metadata.insert("prénom".to_owned(), "it's \"quoted\"; -- ação".to_owned());
    stored.learnt_at += jiff::SignedDuration::from_nanos(1_700_000_000_123_456_789);
    stored.grounds = Grounds {
        taint: Taint::Imported,
        entry: Some(ContentHash::of(b"entry")),
        brand: Some("Ação".to_owned()),
        period: Some(Period { start: day(1), end: day(8) }),
        test: Some("a against b".to_owned()),
        maturity: Some(Maturity::Mature),
        expires_at: Some(stored.learnt_at),
        supersedes: Some("an earlier one".to_owned()),
        profile: Some(CampaignProfile {
            conversion_rate: Some(0.1 + 0.2),
            month: Some(12),
            ..CampaignProfile::default()
        }),
    };
    expect(&store.store_learnings(std::slice::from_ref(&stored)).await?, &1)?;
    let query = SimilarQuery::new("whole", Objective::Sales);
    expect(&store.similar(&query).await?, &vec![stored.identified()?])
}

async fn same_industry_and_objective(store: &dyn MemoryStore) -> Result<()> {
    let mut other_objective = learning("same", "b", 3.0);
    other_objective.objective = Objective::Leads;
    let mine = learning("same", "a", 1.0);
    store.store_learnings(&[other_objective, learning("Same", "c", 2.0), mine.clone()]).await?;
    expect(&store.similar(&SimilarQuery::new("same", Objective::Sales)).await?, &vec![mine.identified()?])
}

async fn greatest_impact_first(store: &dyn MemoryStore) -> Result<()> {
    let stored: Vec<_> = (0..12_u8).map(|at| learning("order", &format!("{at:02}"), f64::from(at / 2))).collect();
    store.store_learnings(&stored).await?;
    let mut wanted: Vec<Learning> = stored.into_iter().map(Learning::identified).collect::<Result<_>>()?;
    wanted.sort_by(|a, b| b.impact.value.total_cmp(&a.impact.value).then_with(|| a.id.cmp(&b.id)));
    wanted.truncate(10);
    let query = SimilarQuery::new("order", Objective::Sales);
    expect(&store.similar(&query).await?, &wanted)?;
    let three = SimilarQuery { limit: 3, ..query };
    expect(&store.similar(&three).await?.len(), &3)
}

async fn lower_bound(store: &dyn MemoryStore) -> Result<()> {
    let mut vague = learning("bound", "vague", 0.9);
    vague.impact.low = -1.0;
    store.store_learnings(&[vague, learning("bound", "sure", 0.5)]).await?;
    let query = SimilarQuery { ranking: Ranking::LowerBound, ..SimilarQuery::new("bound", Objective::Sales) };
    expect(&ids(store, &query).await?, &vec!["bound-sure".to_owned(), "bound-vague".to_owned()])
}

/// The campaigns of what is found.
async fn ids(store: &dyn MemoryStore, query: &SimilarQuery) -> Result<Vec<String>> {
    Ok(store.similar(query).await?.into_iter().map(|learning| learning.campaign).collect())
}

async fn stored_once(store: &dyn MemoryStore) -> Result<()> {
    let first = learning("once", "a", 0.5);
    let measured_again = learning("once", "a", 0.7);
    expect(&store.store_learnings(&[first.clone(), first.clone()]).await?, &1)?;
    expect(&store.store_learnings(&[measured_again]).await?, &0)?;
    expect(&store.similar(&SimilarQuery::new("once", Objective::Sales)).await?, &vec![first.identified()?])
}

async fn practice_replaced(store: &dyn MemoryStore) -> Result<()> {
    let practice = |practice_type: &str, roas: f64| BestPractice {
        industry: "practice".to_owned(),
        practice_type: practice_type.to_owned(),
        description: "what works".to_owned(),
        average_performance: BTreeMap::from([("roas".to_owned(), roas)]),
        roas_variance: 0.25,
        sample_size: 12,
        last_updated: jiff::Timestamp::UNIX_EPOCH,
    };
    store.store_best_practices(&[practice("platform:meta", 1.5), practice("audience:30-34", 2.5)]).await?;
    store.store_best_practices(&[practice("platform:meta", 1.75)]).await?;
    let wanted = vec![practice("audience:30-34", 2.5), practice("platform:meta", 1.75)];
    expect(&store.best_practices("practice").await?, &wanted)?;
    expect(&store.best_practices("another").await?, &Vec::new())
}

async fn pooled_by_uses(store: &dyn MemoryStore) -> Result<()> {
    let second = WinningCombination { average_roas: 4.0, average_ctr: 0.04, ..combination("pooled", 3, 1) };
    store.record_combinations("pooled-1", &[combination("pooled", 1, 1)]).await?;
    store.record_combinations("pooled-2", &[second]).await?;
    let found = named(store, "pooled").await?;
    expect(&(found.times_used, found.times_succeeded), &(4, 2))?;
    // (1 · 2 + 3 · 4) / 4 = 3.5 and (1 · 0.02 + 3 · 0.04) / 4 = 0.035, exact to the last digits of a float.
    let near = |a: f64, b: f64| (a - b).abs() < 1e-12;
    expect(&(near(found.average_roas, 3.5), near(found.average_ctr, 0.035)), &(true, true))
}

async fn source_once(store: &dyn MemoryStore) -> Result<()> {
    for _ in 0..3 {
        store.record_combinations("once-1", &[combination("once", 5, 2), combination("once", 5, 2)]).await?;
    }
    expect(&named(store, "once").await?.times_used, &10)
}

async fn success_first(store: &dyn MemoryStore) -> Result<()> {
    let richer = WinningCombination { average_roas: 9.0, ..combination("richer", 1_000, 990) };
    store
        .record_combinations("order-1", &[combination("plain", 1_000, 990), richer, combination("best", 2_000, 1_999)])
        .await?;
    let first: Vec<_> = store.winning_combinations(3).await?.into_iter().map(|found| found.creative_type).collect();
    expect(&first, &["best", "richer", "plain"].map(str::to_owned).to_vec())
}

async fn impossible_refused(store: &dyn MemoryStore) -> Result<()> {
    let batch = [learning("impossible", "a", 1.0), learning("impossible", "b", f64::NAN)];
    expect(&kind(store.store_learnings(&batch).await), &Some(ErrorKind::InvalidInput))?;
    expect(&store.similar(&SimilarQuery::new("impossible", Objective::Sales)).await?, &Vec::new())?;
    let more_successes = store.record_combinations("impossible", &[combination("impossible", 1, 2)]).await;
    expect(&kind(more_successes), &Some(ErrorKind::InvalidInput))
}

async fn id_computed(store: &dyn MemoryStore) -> Result<()> {
    let own = learning("id", "a", 0.5).identified()?;
    let chosen = Learning { id: "my-own".to_owned(), ..learning("id", "b", 9.0) };
    let of_another = Learning { id: own.id.clone(), ..learning("id", "c", 9.0) };
    for wrong in [chosen, of_another] {
        expect(&kind(store.store_learnings(&[wrong]).await), &Some(ErrorKind::InvalidInput))?;
    }
    expect(&store.store_learnings(&[own.clone(), learning("id", "a", 0.5)]).await?, &1)?;
    expect(&store.similar(&SimilarQuery::new("id", Objective::Sales)).await?, &vec![own])
}

async fn measured_alone(store: &dyn MemoryStore) -> Result<()> {
    let mut words = learning("outside", "words", 9.0);
    words.grounds.taint = Taint::Outside;
    let mut nothing = learning("outside", "nothing", 9.0);
    nothing.impact.sample_size = 0;
    for wrong in [words, nothing] {
        let batch = [learning("outside", "good", 0.5), wrong];
        expect(&kind(store.store_learnings(&batch).await), &Some(ErrorKind::InvalidInput))?;
    }
    expect(&store.similar(&SimilarQuery::new("outside", Objective::Sales)).await?, &Vec::new())
}

async fn as_of(store: &dyn MemoryStore) -> Result<()> {
    let at = |name: &str, number: i64| Learning { learnt_at: day(number), ..learning("as-of", name, 0.5) };
    let (first, mut brief) = (at("first", 1).identified()?, at("brief", 1));
    brief.grounds.expires_at = Some(day(3));
    let mut second = at("first", 4);
    second.grounds.supersedes = Some(first.id.clone());
    store.store_learnings(&[first.clone(), brief.clone(), second.clone()]).await?;
    let (brief, second) = (brief.identified()?, second.identified()?);
    let cases: [(Option<i64>, &[&Learning]); 5] = [
        (Some(0), &[]),
        (Some(1), &[&first, &brief]),
        (Some(3), &[&first]),
        (Some(4), &[&second]),
        (None, &[&brief, &second]),
    ];
    for (moment, wanted) in cases {
        let query = SimilarQuery { as_of: moment.map(day), ..SimilarQuery::new("as-of", Objective::Sales) };
        let mut wanted: Vec<Learning> = wanted.iter().map(|learning| (*learning).clone()).collect();
        wanted.sort_by(|a, b| a.id.cmp(&b.id));
        expect(&store.similar(&query).await?, &wanted)?;
    }
    Ok(())
}

async fn most_relevant_first(store: &dyn MemoryStore) -> Result<()> {
    let of = |name: &str, value: f64, (platform, number): (Platform, i64)| {
        let mut learning = Learning { learnt_at: day(number), ..learning("like", name, value) };
        learning.grounds.profile = Some(CampaignProfile { platforms: vec![platform], ..CampaignProfile::default() });
        learning
    };
    let (recent, old) = (1_000, 0);
    let stored = [
        of("like", 0.5, (Platform::Meta, recent)),
        of("other", 0.9, (Platform::LinkedIn, recent)),
        of("old", 0.5, (Platform::Meta, old)),
    ];
    store.store_learnings(&stored).await?;
    let campaign = CampaignProfile { platforms: vec![Platform::Meta], ..CampaignProfile::default() };
    let query = SimilarQuery::about(campaign, ("like", Objective::Sales), day(recent));
    expect(&ids(store, &query).await?, &["like", "other", "old"].map(|name| format!("like-{name}")).to_vec())?;
    let alike = SimilarQuery { ranking: Ranking::Likeness, limit: 2, ..query.clone() };
    let mut found = ids(store, &alike).await?;
    found.sort();
    expect(&found, &["like", "old"].map(|name| format!("like-{name}")).to_vec())?;
    let about_nothing = SimilarQuery { campaign: None, ..query };
    expect(&kind(store.similar(&about_nothing).await), &Some(ErrorKind::InvalidInput))
}

async fn lessons_whole(store: &dyn MemoryStore) -> Result<()> {
    let lessons = Lessons {
        source: "lessons-1".to_owned(),
        learnings: vec![learning("lessons", "a", 0.5)],
        practices: vec![practice("lessons", "platform:meta")],
        combinations: vec![combination("lessons", 3, 1)],
    };
    let mut impossible = lessons.clone();
    impossible.combinations.push(combination("lessons", 1, 2));
    expect(&kind(store.remember(&impossible).await), &Some(ErrorKind::InvalidInput))?;
    expect(&store.best_practices("lessons").await?, &Vec::new())?;
    expect(&store.similar(&SimilarQuery::new("lessons", Objective::Sales)).await?, &Vec::new())?;
    expect(&store.remember(&lessons).await?, &1)?;
    expect(&store.remember(&lessons).await?, &0)?;
    expect(&named(store, "lessons").await?.times_used, &3)?;
    expect(&store.best_practices("lessons").await?, &lessons.practices)
}

fn practice(industry: &str, practice_type: &str) -> BestPractice {
    BestPractice {
        industry: industry.to_owned(),
        practice_type: practice_type.to_owned(),
        description: "what works".to_owned(),
        average_performance: BTreeMap::new(),
        roas_variance: 0.0,
        sample_size: 12,
        last_updated: day(0),
    }
}

async fn forgotten(store: &dyn MemoryStore) -> Result<()> {
    let of = |name: &str, brand: &str, number: i64| {
        let mut learning = Learning { learnt_at: day(number), ..learning("forget", name, 0.5) };
        learning.grounds.brand = Some(brand.to_owned());
        learning
    };
    store.store_learnings(&[of("a", "forget one", 1), of("b", "forget one", 9), of("c", "forget two", 1)]).await?;
    let practices = ["feedback:ctr_low:forget one", "feedback:ctr_low:not forget one", "audience:30-34"];
    store.store_best_practices(&practices.map(|of| practice("forget", of))).await?;
    expect(&kind(store.forget(&Forget::default()).await), &Some(ErrorKind::InvalidInput))?;
    let left = |store| left(store, "forget");
    let early = Forget { brand: Some("forget one".to_owned()), before: Some(day(5)), ..Forget::default() };
    expect(&store.forget(&early).await?, &1)?;
    expect(&left(store).await?, &vec!["forget-b".to_owned(), "forget-c".to_owned()])?;
    expect(&store.best_practices("forget").await?.len(), &2)?;
    let campaign = Forget { campaign: Some("forget-c".to_owned()), ..Forget::default() };
    expect(&(store.forget(&campaign).await?, store.forget(&campaign).await?), &(1, 0))?;
    expect(&left(store).await?, &vec!["forget-b".to_owned()])
}

/// The campaigns of all that is kept of a trade, the newest first.
async fn left(store: &dyn MemoryStore, industry: &str) -> Result<Vec<String>> {
    let query = LearningQuery { industry: Some(industry.to_owned()), ..LearningQuery::default() };
    Ok(store.learnings(&query).await?.into_iter().map(|learning| learning.campaign).collect())
}

fn kind<T>(outcome: Result<T>) -> Option<ErrorKind> {
    outcome.err().map(|error| error.kind())
}

async fn named(store: &dyn MemoryStore, creative_type: &str) -> Result<WinningCombination> {
    let found = store.winning_combinations(1_000).await?;
    let found = found.into_iter().find(|found| found.creative_type == creative_type);
    found.ok_or_else(|| {
        Error::new(ErrorKind::NotFound, format!("the combination {creative_type} was not kept"))
            .next("keep what `record_combinations` is given")
    })
}

fn expect<T: PartialEq + std::fmt::Debug>(found: &T, wanted: &T) -> Result<()> {
    if found == wanted {
        return Ok(());
    }
    Err(Error::new(ErrorKind::UserCode, format!("the store gave {found:?} where {wanted:?} was promised"))
        .next("make the store do as `MemoryStore` says"))
}
