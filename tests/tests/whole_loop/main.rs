//! The whole loop through its public door.

mod budgets;
mod command;
mod feedback;
mod injections;
mod kill;
mod learned;
mod litellm;
mod orders;
mod parts;
mod plans;
mod tested;
mod worded;

use std::path::Path;

use adbrain_core::brain::{Brain, RunRequest, RunResult, Watch};
use adbrain_core::control::{self, JournalState, Mode};
use adbrain_core::model::{Brief, Flight, canonical_json};
use adbrain_core::store::Statement;

fn request(seed: u64) -> RunRequest {
    let examples = adbrain_tests::root().join("examples");
    let brief = Brief::from_json(&std::fs::read(examples.join("brief.json")).unwrap()).unwrap();
    RunRequest { folder: examples, seed, days: Some(2), mode: Mode::Sandbox, ..RunRequest::new(brief) }
}

async fn run(brain: &Brain, request: RunRequest) -> RunResult {
    brain.run(request, Watch::default()).await.unwrap()
}

async fn local(folder: &Path) -> Brain {
    Brain::local(&folder.join("brain.db")).await.unwrap()
}

async fn count(brain: &Brain, sql: &str) -> i64 {
    brain.database().query(Statement::new(sql, [])).await.unwrap()[0].integer(0).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn runs_at_the_same_time_on_one_store_keep_one_chain() {
    let folder = tempfile::tempdir().unwrap();
    let brain = local(folder.path()).await;
    let (a, b, c) = tokio::join!(run(&brain, request(1)), run(&brain, request(2)), run(&brain, request(3)));
    for result in [&a, &b, &c] {
        let told = result.launch.iter().filter(|outcome| outcome.state != JournalState::Confirmed).collect::<Vec<_>>();
        assert!(told.is_empty() && result.totals.impressions > 0, "{told:?}");
    }
    let verification = control::verify(brain.database().as_ref()).await.unwrap();
    assert!(verification.is_intact, "{verification:?}");
}

#[tokio::test]
async fn the_same_request_gives_back_the_finished_run_and_acts_no_second_time() {
    let folder = tempfile::tempdir().unwrap();
    let brain = local(folder.path()).await;
    let first = run(&brain, request(7)).await;
    let entries = count(&brain, "SELECT count(*) FROM journal").await;
    let writes = count(&brain, "SELECT count(*) FROM sandbox_ledger").await;
    let second = run(&brain, request(7)).await;
    assert_eq!(canonical_json(&first).unwrap(), canonical_json(&second).unwrap());
    assert_eq!(count(&brain, "SELECT count(*) FROM journal").await, entries);
    assert_eq!(count(&brain, "SELECT count(*) FROM sandbox_ledger").await, writes);
}

#[tokio::test]
async fn a_dry_run_plans_everything_and_sends_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let brain = local(folder.path()).await;
    let result = run(&brain, RunRequest { mode: Mode::DryRun, ..request(7) }).await;
    assert!(!result.plan.campaigns.is_empty());
    assert!(!result.launch.is_empty());
    assert!(result.launch.iter().all(|outcome| outcome.state == JournalState::Planned), "{:?}", result.launch);
    assert_eq!(count(&brain, "SELECT count(*) FROM sandbox_ledger").await, 0);
    assert_eq!(result.totals.impressions, 0);
}

#[tokio::test]
async fn every_object_is_made_once_and_confirmed_before_it_delivers() {
    let folder = tempfile::tempdir().unwrap();
    let result = run(&local(folder.path()).await, request(7)).await;
    assert!(result.launch.iter().all(|outcome| outcome.state == JournalState::Confirmed));
    let first_activation = result.launch.iter().position(|outcome| outcome.action == "activate").unwrap();
    assert!(result.launch.iter().skip(first_activation).all(|outcome| outcome.action == "activate"));
    let spend = result.totals.spend.micros();
    assert!(spend > 0 && spend <= 2 * result.plan.limits.daily_cap.micros(), "{spend}");
}

#[tokio::test]
async fn a_day_of_25_hours_is_one_day_and_no_day_after_it_is_moved() {
    let folder = tempfile::tempdir().unwrap();
    let mut asked = RunRequest { days: None, ..request(7) };
    let [start, end] = ["2027-10-29", "2027-11-03"].map(|date| date.parse().unwrap());
    asked.brief.flight = Flight { start, end, time_zone: "Europe/Berlin".to_owned() };
    let result = run(&local(folder.path()).await, asked).await;
    let seen: Vec<u64> = result.days.iter().map(|day| day.metrics.impressions).collect();
    assert_eq!(seen.len(), 6);
    let usual = result.totals.impressions / 6;
    assert!(seen.iter().all(|day| (usual * 3 / 5..usual * 7 / 5).contains(day)), "{seen:?}");
}

#[tokio::test]
async fn a_bad_brief_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let brain = local(folder.path()).await;
    let mut bad = request(7);
    bad.brief.markets.clear();
    let error = brain.run(bad, Watch::default()).await.unwrap_err();
    assert_eq!(error.context_of("field"), Some("markets"));
    assert_eq!(count(&brain, "SELECT count(*) FROM runs").await, 0);
    assert_eq!(count(&brain, "SELECT count(*) FROM journal").await, 0);
}

#[tokio::test]
async fn what_one_run_learns_the_next_one_reads() {
    let folder = tempfile::tempdir().unwrap();
    let brain = local(folder.path()).await;
    let first = run(&brain, RunRequest { days: Some(7), ..request(7) }).await;
    assert!(!first.learnings.is_empty(), "seven days teach something");
    let query = adbrain_core::memory::SimilarQuery::new(first.brief.industry.as_str(), first.brief.objective);
    let similar = brain.memory().similar(&query).await.unwrap();
    assert_eq!(similar.len(), first.learnings.len().min(10));
}

#[tokio::test]
async fn one_run_is_worked_on_by_one_caller_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let (first, second) = (local(folder.path()).await, local(folder.path()).await);
    let runs = tokio::join!(first.run(request(7), Watch::default()), second.run(request(7), Watch::default()));
    let ((Ok(result), Err(error)) | (Err(error), Ok(result))) = runs else { panic!("one of two is refused: {runs:?}") };
    assert_eq!(error.kind(), adbrain_core::ErrorKind::Conflict, "{error}");
    assert!(result.launch.iter().all(|outcome| outcome.state == JournalState::Confirmed));
    let left = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name());
    assert!(left.into_iter().all(|name| !name.to_string_lossy().contains("lease")), "no lease is left behind");
}
