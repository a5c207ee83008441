//! The command line as it stands in front of a person: what it says, what it refuses before it begins, what it leaves behind.

use std::path::{Path, PathBuf};

use adbrain_core::brain::{ApproveOrder, Brain, RunRequest};
use adbrain_core::control::{self, JournalState, Mode};
use adbrain_core::market::World;
use adbrain_core::{ErrorKind, cli};
use serde_json::{Value, json};

use super::{local, request, run};

const DONE: i32 = 0;
const FAILED: i32 = 1;
const WRONG_INPUT: i32 = 2;

fn examples() -> PathBuf {
    adbrain_tests::root().join("examples")
}

fn brief() -> Value {
    serde_json::from_slice(&std::fs::read(examples().join("brief.json")).unwrap()).unwrap()
}

fn adbrain(words: &[&str]) -> i32 {
    cli::run(std::iter::once("adbrain").chain(words.iter().copied()).map(Into::into))
}

/// Runs a brief, written into a folder, for two days over `new/brain.db` in that folder.
fn run_brief(folder: &Path, brief: &Value, more: &[&str]) -> i32 {
    let file = folder.join("brief.json");
    std::fs::write(&file, brief.to_string()).unwrap();
    let db = folder.join("new/brain.db").display().to_string();
    let words = ["run", "--brief", file.to_str().unwrap(), "--days", "2", "--db", &db];
    adbrain(&words.into_iter().chain(more.iter().copied()).collect::<Vec<_>>())
}

/// The example with the whole paths of its media, so that it runs from any folder.
fn plain_brief() -> Value {
    let mut brief = brief();
    for item in brief["media"].as_array_mut().unwrap() {
        item["path"] = examples().join(item["path"].as_str().unwrap()).display().to_string().into();
    }
    brief
}

#[test]
fn what_is_wrong_is_said_before_a_folder_or_a_file_is_made() {
    let mut no_market = brief();
    no_market["markets"] = json!([]);
    let mut no_rate = brief();
    no_rate["budget"] = json!({"amount": "100000", "currency": "SVC"});
    no_rate["targets"] = json!({});
    for (brief, code) in [(no_market, WRONG_INPUT), (no_rate, FAILED)] {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(run_brief(folder.path(), &brief, &[]), code, "{}", brief["budget"]);
        assert!(!folder.path().join("new").exists(), "{}", brief["budget"]);
    }
    let folder = tempfile::tempdir().unwrap();
    let json = folder.path().join("brief.json/result.json").display().to_string();
    assert_eq!(run_brief(folder.path(), &plain_brief(), &["--json", &json]), FAILED);
    assert!(!folder.path().join("new/brain.db").exists(), "the target is tried before the run");
}

#[test]
fn a_run_leaves_its_head_outside_the_database_and_an_export_of_its_cuts() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(run_brief(folder.path(), &plain_brief(), &["--run-id", "summer", "--mode", "live"]), DONE);
    let (db, out) = (folder.path().join("new/brain.db"), folder.path().join("cuts"));
    let (db, out) = (db.display().to_string(), out.display().to_string());
    let head: control::Head =
        serde_json::from_slice(&std::fs::read(folder.path().join("new/brain.report/journal.json")).unwrap()).unwrap();
    assert!(head.entries > 10);
    assert_eq!(adbrain(&["audit", "verify", "--db", &db, "--head", head.head.as_str()]), DONE);
    for (tool, ending) in [("edl", "edl"), ("fcpxml", "fcpxml")] {
        assert_eq!(adbrain(&["export", "--run", "summer", "--tool", tool, "--out", &out, "--db", &db]), DONE);
        let files = std::fs::read_dir(&out).unwrap().map(|entry| entry.unwrap().path());
        assert!(files.filter(|path| path.extension().is_some_and(|found| found == ending)).count() > 3, "{tool}");
    }
    assert_eq!(adbrain(&["export", "--run", "winter", "--tool", "edl", "--out", &out, "--db", &db]), FAILED);
    let typo = folder.path().join("typo.db").display().to_string();
    assert_eq!(adbrain(&["serve", "--db", &typo]), WRONG_INPUT);
    assert!(!Path::new(&typo).exists());
}

#[test]
fn a_world_and_times_of_one_s_own_are_arguments() {
    let folder = tempfile::tempdir().unwrap();
    let world = folder.path().join("world.toml");
    let text = std::fs::read_to_string(adbrain_tests::root().join("adbrain-core/worlds/default.toml")).unwrap();
    std::fs::write(&world, text.replace("USD = 1.0", "USD = 1.0\nSVC = 8.75")).unwrap();
    let mut brief = plain_brief();
    brief["budget"] = json!({"amount": "400000.00", "currency": "SVC"});
    brief["targets"] = json!({});
    let world = world.display().to_string();
    let more = ["--world", &world, "--step-timeout", "5m", "--retries", "0"];
    assert_eq!(run_brief(folder.path(), &brief, &more), DONE);
    for wrong in [["--step-timeout", "0s"], ["--step-timeout", "soon"], ["--retries", "many"]] {
        assert_eq!(run_brief(folder.path(), &brief, &wrong), WRONG_INPUT, "{wrong:?}");
    }
}

#[tokio::test]
async fn a_plan_of_a_dry_run_cannot_be_approved_and_the_answer_is_one_line() {
    let folder = tempfile::tempdir().unwrap();
    let brain = local(folder.path()).await;
    let result = run(&brain, RunRequest { mode: Mode::DryRun, ..request(7) }).await;
    for mode in [Mode::DryRun, Mode::Sandbox] {
        let order = ApproveOrder { mode, ..ApproveOrder::new(result.plan_hash.as_str(), "Ana") };
        let error = brain.approve(&order).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Conflict);
        assert!(error.next_step().is_some_and(|step| step.contains("sandbox")), "{error}");
    }
}

#[tokio::test]
async fn a_plan_that_waits_is_approved_and_a_create_taken_back_through_the_brain() {
    let folder = tempfile::tempdir().unwrap();
    let brain = local(folder.path()).await;
    let result = run(&brain, RunRequest { mode: Mode::Live, ..request(7) }).await;
    let digits = result.plan_hash.short(12);
    let order = ApproveOrder { mode: Mode::Live, ..ApproveOrder::new(digits, "Ana") }.for_hours(1.5).unwrap();
    let approved = brain.approve(&order).await.unwrap();
    assert_eq!((&approved.run, &approved.hash), (&result.run, &result.plan_hash));
    assert!(approved.outcomes.iter().all(|outcome| outcome.state == JournalState::Confirmed), "{approved:?}");
    let entry = &result.launch.iter().find(|outcome| outcome.action == "create").unwrap().entry;
    let undone = brain.undo(entry.short(16), Mode::Live).await.unwrap();
    assert!(undone.outcomes.iter().any(|outcome| outcome.state == JournalState::Compensated), "{undone:?}");
    assert_eq!(ApproveOrder::new(digits, "Ana").for_hours(f64::NAN).unwrap_err().kind(), ErrorKind::InvalidInput);
}

#[tokio::test]
async fn another_picture_another_world_or_another_part_is_another_run() {
    let folder = tempfile::tempdir().unwrap();
    let media = folder.path().join("media");
    std::fs::create_dir(&media).unwrap();
    for entry in std::fs::read_dir(examples().join("media")).unwrap().map(Result::unwrap) {
        std::fs::copy(entry.path(), media.join(entry.file_name())).unwrap();
    }
    let asked = || RunRequest { folder: folder.path().to_owned(), mode: Mode::DryRun, ..request(7) };
    let brain = local(folder.path()).await;
    let first = run(&brain, asked()).await;
    assert_eq!(run(&brain, asked()).await.run, first.run);
    std::fs::copy(media.join("tenis-quadrado.png"), media.join("tenis-vertical.png")).unwrap();
    let second = run(&brain, asked()).await;
    assert_ne!(second.run, first.run, "the file under the path is another one");
    let path = folder.path().join("brain.db");
    let named = Brain::builder().local(&path).named("copywriter v2").build().await.unwrap();
    assert_ne!(run(&named, asked()).await.run, second.run);
    let text = std::fs::read_to_string(adbrain_tests::root().join("adbrain-core/worlds/default.toml")).unwrap();
    let world = std::sync::Arc::new(World::from_toml(&format!("{text}\n")).unwrap());
    let other = Brain::builder().local(&path).world(world).build().await.unwrap();
    assert_ne!(run(&other, asked()).await.run, second.run);
}
