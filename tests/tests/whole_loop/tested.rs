//! A test from its matrix to an applied winner, in the simulated market.

use std::sync::Arc;

use adbrain_core::brain::{Brain, RunRequest, RunResult, Watch};
use adbrain_core::control::{self, JournalState};
use adbrain_core::experiment::{Apply, Rule, VerdictKind};
use adbrain_core::market::World;
use adbrain_core::model::{Change, ChangeKind, Platform, canonical_json};

use super::{count, request};

/// The built-in world, in which assets differ by so much and nothing else about ads does.
fn world(asset_sd: f64) -> World {
    let text = std::fs::read_to_string(adbrain_tests::root().join("adbrain-core/worlds/default.toml")).unwrap();
    let spreads = [("asset_sd", asset_sd), ("style_sd", 0.0), ("ad_sd", 0.0), ("conversion_sd", 0.0)];
    let line = |line: &str| match spreads.iter().find(|(name, _)| line.starts_with(&format!("{name} ="))) {
        Some((name, spread)) => format!("{name} = {spread:?}"),
        None => line.to_owned(),
    };
    World::from_toml(&text.lines().map(line).collect::<Vec<_>>().join("\n")).unwrap()
}

async fn run(asset_sd: f64, seed: u64) -> (RunResult, Brain, tempfile::TempDir) {
    run_with(asset_sd, RunRequest { days: Some(28), ..request(seed) }).await
}

async fn run_with(asset_sd: f64, mut request: RunRequest) -> (RunResult, Brain, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let builder = Brain::builder().local(&folder.path().join("brain.db")).world(Arc::new(world(asset_sd)));
    let brain = builder.build().await.unwrap();
    request.brief.platforms = vec![Platform::Meta, Platform::TikTok];
    let result = brain.run(request, Watch::default()).await.unwrap();
    (result, brain, folder)
}

/// Decided tests, and all tests that were read.
fn decided(result: &RunResult) -> (usize, usize) {
    let names: std::collections::BTreeSet<_> = result.tests.iter().map(|test| &test.test).collect();
    let read = result.experiments.iter().filter(|readout| readout.metric.as_str() == "ctr").count();
    (names.len(), read)
}

#[tokio::test]
async fn a_better_creative_goes_from_the_matrix_to_an_applied_winner() {
    let (result, brain, _folder) = run(0.5, 2).await;
    let design = result.plan.tests.design.as_ref().unwrap();
    assert_eq!(design.rows, result.plan.tests.cells.len() as u64);
    assert_eq!((result.plan.tests.looks.first(), result.plan.tests.looks.last()), (Some(&14), Some(&30)));
    let won: Vec<_> = result.tests.iter().filter(|test| test.decision.winner.is_some()).collect();
    let test = won.first().unwrap_or_else(|| panic!("no winner: {:#?}", result.experiments));
    assert!(test.days >= 14 && test.readout.winner().unwrap().lift.as_ref().unwrap().low > 0.0);
    let pauses: Vec<_> = test.outcomes.iter().filter(|outcome| outcome.action == "pause").collect();
    assert!(!pauses.is_empty() && pauses.iter().all(|outcome| outcome.state == JournalState::Confirmed), "{test:#?}");
    assert!(pauses.iter().all(|outcome| outcome.cause == format!("experiment:{}:loser", test.test)));
    // The plan starts below its caps, so the raise of the winner's ad set fits.
    let raise = test.outcomes.iter().find(|outcome| outcome.action == "set_daily_budget").unwrap();
    assert_eq!(raise.cause, format!("experiment:{}:winner:1", test.test));
    assert_eq!(raise.state, JournalState::Confirmed, "{:?}", raise.reason);
    let is_small = |change: &Change| match change.kind {
        ChangeKind::SetDailyBudget { before, after } => after.micros() * 100 <= before.micros() * 120,
        _ => true,
    };
    assert!(test.decision.proposals.iter().all(is_small));
    let written = count(
        &brain,
        "SELECT count(DISTINCT entry) FROM journal WHERE cause LIKE 'experiment:%' AND state = 'confirmed'",
    );
    assert!(written.await >= i64::try_from(pauses.len()).unwrap());
    assert!(result.learnings.iter().any(|learning| learning.metadata.get("verdict").is_some_and(|v| v == "winner")));
    assert!(control::verify(brain.database().as_ref()).await.unwrap().is_intact);
    let (again, ..) = run(0.5, 2).await;
    assert_eq!(canonical_json(&result).unwrap(), canonical_json(&again).unwrap());
}

/// Winners found, and raises of their ad sets that control confirmed.
fn scaled(result: &RunResult) -> (usize, usize) {
    let won: Vec<_> = result.tests.iter().filter(|test| test.decision.winner.is_some()).collect();
    let raises = won.iter().flat_map(|test| &test.outcomes).filter(|outcome| outcome.action == "set_daily_budget");
    (won.len(), raises.filter(|outcome| outcome.state == JournalState::Confirmed).count())
}

#[tokio::test]
async fn winners_are_raised_and_confirmed_whatever_the_seed() {
    let (mut won, mut raised) = (0, 0);
    // Seen: 11 winners in 16 tests, 2 1 0 2 1 2 1 2 seed by seed, and all 11 raised.
    for seed in 1..=8 {
        let (result, ..) = run(0.5, seed).await;
        let (own, confirmed) = scaled(&result);
        (won, raised) = (won + own, raised + confirmed);
        println!("seed {seed}: {own} winners, {confirmed} raised");
        let limits = &result.plan.limits;
        assert_eq!(limits.lifetime_cap, result.brief.budget);
        assert!(result.totals.spend.micros() <= limits.lifetime_cap.micros());
        let whole = result.brief.budget.scale(1, 30).unwrap();
        assert!(result.plan.daily_budget().unwrap().micros() * 120 <= whole.micros() * 100, "seed {seed}");
    }
    assert!(won >= 8 && raised == won, "{won} winners, {raised} raised");
}

#[tokio::test]
async fn equal_creatives_are_rarely_told_apart() {
    let (mut acted, mut read) = (0, 0);
    // `run_rates` of the benches counts this over more seeds.
    for seed in 1..=3 {
        let (result, ..) = run(0.0, seed).await;
        let (own, all) = decided(&result);
        acted += own;
        read += all;
        let is_wrong = |readout: &adbrain_core::experiment::Readout| {
            readout.comparisons.iter().any(|one| one.verdict.kind == VerdictKind::Invalid)
        };
        assert!(!result.experiments.iter().any(is_wrong), "{:#?}", result.experiments);
    }
    assert!(read >= 6, "{read}");
    assert!(acted <= 1, "{acted} of {read} tests of equal ads were acted on");
}

#[tokio::test]
async fn who_asks_for_randomised_evidence_gets_no_action_on_delivered_ads() {
    let apply = Some(Apply::default());
    let (result, ..) = run_with(0.5, RunRequest { days: Some(15), apply, ..request(2) }).await;
    assert!(result.experiments.iter().any(|readout| readout.winner().is_some()));
    assert!(result.tests.is_empty() && result.actions.iter().all(|outcome| !outcome.cause.starts_with("experiment:")));
}

#[tokio::test]
async fn the_literal_rule_acts_as_soon_as_it_fires() {
    let apply = Some(Apply { rule: Rule::Legacy, ..Apply::default() });
    let (result, ..) = run_with(0.5, RunRequest { days: Some(6), apply, ..request(2) }).await;
    assert!(result.tests.iter().any(|test| test.days < 14 && !test.outcomes.is_empty()), "{:?}", result.tests);
}
