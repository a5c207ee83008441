//! What a person orders on the command line about a run that has ended: a plan approved, a launch or a change taken back.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use adbrain_core::brain::{ApproveOrder, Brain, RunRequest, RunResult};
use adbrain_core::control::{self, JournalState, Mode};
use adbrain_core::model::{Change, ChangeKind, Platform};
use adbrain_core::platform::Status;
use serde_json::Value;

use super::{count, local, request, run};

/// The exit codes of the command line.
const DONE: i32 = 0;
const FAILED: i32 = 1;
const WRONG_INPUT: i32 = 2;

#[tokio::test]
async fn a_run_that_waited_goes_on_once_its_plan_is_approved() {
    let folder = tempfile::tempdir().unwrap();
    let brain = local(folder.path()).await;
    let ask = RunRequest { mode: Mode::Live, days: Some(3), ..request(7) };
    let waiting = run(&brain, ask.clone()).await;
    assert_eq!(waiting.totals.impressions, 0);
    let order = ApproveOrder { mode: Mode::Live, ..ApproveOrder::new(waiting.plan_hash.as_str(), "Ana") };
    assert!(brain.approve(&order).await.unwrap().goes_on);
    let gone_on = run(&brain, ask).await;
    assert_eq!((&gone_on.plan_hash, gone_on.days.len()), (&waiting.plan_hash, 3));
    assert!(gone_on.days.iter().all(|day| day.metrics.impressions > 0), "{:?}", gone_on.days);
    assert!(gone_on.launch.iter().all(|outcome| outcome.state == JournalState::Confirmed));
    assert!(!brain.approve(&order).await.unwrap().goes_on, "what has run is not forgotten");
}

fn block_on<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Runtime::new().unwrap().block_on(work)
}

/// A folder whose database holds one run of two days.
struct Office {
    folder: tempfile::TempDir,
    result: RunResult,
}

impl Office {
    fn new(mode: Mode) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let result = block_on(async { run(&local(folder.path()).await, RunRequest { mode, ..request(7) }).await });
        Self { folder, result }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Runs a command; gives its exit code and the outcomes that it wrote.
    fn adbrain(&self, words: &[&str]) -> (i32, Vec<Value>) {
        let json = self.path("out.json");
        drop(std::fs::remove_file(&json));
        let files = [("--db", self.path("brain.db")), ("--json", json.clone())];
        let files = files.into_iter().flat_map(|(name, path)| [name.into(), path.into_os_string()]);
        let words = ["adbrain"].iter().chain(words).map(Into::into);
        let code = adbrain_core::cli::run(words.chain(files));
        let written = std::fs::read(json).ok().map(|bytes| serde_json::from_slice::<Value>(&bytes).unwrap());
        (code, written.map_or_else(Vec::new, |value| value["outcomes"].as_array().unwrap().clone()))
    }

    fn count(&self, sql: &str) -> i64 {
        block_on(async { count(&local(self.folder.path()).await, sql).await })
    }

    fn writes(&self) -> i64 {
        self.count("SELECT count(*) FROM sandbox_ledger")
    }

    /// Status by tag on one platform.
    fn shown(&self, platform: Platform) -> Vec<(String, Status)> {
        block_on(shown(self.folder.path(), &self.result, platform))
    }

    fn entry(&self, action: &str, platform: Platform) -> String {
        let tag = &self.campaign(platform);
        let is_it = |outcome: &&control::Outcome| outcome.action == action && outcome.target.as_str() == tag;
        self.result.launch.iter().find(is_it).unwrap().entry.to_string()
    }

    fn campaign(&self, platform: Platform) -> String {
        let campaigns = &self.result.plan.campaigns;
        campaigns.iter().find(|campaign| campaign.platform == platform).unwrap().tag.to_string()
    }

    fn is_intact(&self) -> bool {
        let verified = block_on(async { control::verify(local(self.folder.path()).await.database().as_ref()).await });
        verified.unwrap().is_intact
    }
}

async fn shown(folder: &Path, result: &RunResult, platform: Platform) -> Vec<(String, Status)> {
    use adbrain_core::Connector as _;
    use adbrain_core::platform::sandbox::{Sandbox, SandboxOptions};
    let brain = local(folder).await;
    let account = adbrain_core::model::AccountId::new(format!("sandbox-{platform}-{}", result.run));
    let options = SandboxOptions { account, ..SandboxOptions::new(platform, result.plan.currency, 7).unwrap() };
    let clock = std::sync::Arc::new(adbrain_core::clock::SystemClock);
    let sandbox = Sandbox::open(options, brain.database().clone(), clock).await.unwrap();
    let objects = sandbox.list().await.unwrap();
    objects.into_iter().map(|object| (object.tag.unwrap().to_string(), object.status)).collect()
}

fn states(outcomes: &[Value]) -> BTreeSet<&str> {
    outcomes.iter().map(|outcome| outcome["state"].as_str().unwrap()).collect()
}

#[test]
fn a_launch_is_taken_back_by_its_entry_and_nothing_else_is() {
    let office = Office::new(Mode::Sandbox);
    let (meta, google) = (office.shown(Platform::Meta), office.shown(Platform::Google));
    assert!(meta.len() > 3 && google.iter().any(|(_, status)| *status == Status::Active));
    let (entry, before) = (office.entry("create", Platform::Meta), office.writes());
    let (code, outcomes) = office.adbrain(&["undo", &entry]);
    assert_eq!((code, office.writes()), (DONE, before), "a dry run sends nothing");
    assert_eq!(states(&outcomes), ["confirmed", "planned"].into());
    let (code, outcomes) = office.adbrain(&["undo", entry.get(..12).unwrap(), "--mode", "sandbox", "--lang", "pt-BR"]);
    assert_eq!((code, states(&outcomes)), (DONE, ["confirmed", "compensated"].into()));
    let first = &outcomes[0];
    assert_eq!(
        (&first["action"], first["target"].as_str()),
        (&"pause".into(), Some(&*office.campaign(Platform::Meta)))
    );
    assert_eq!(office.shown(Platform::Meta), []);
    assert_eq!(office.shown(Platform::Google), google);
    let sent = office.writes();
    assert_eq!(office.adbrain(&["undo", &entry, "--mode", "sandbox"]).0, FAILED, "it is undone already");
    assert_eq!(office.writes(), sent);
    assert!(office.is_intact());
}

#[test]
fn an_activation_and_a_change_are_taken_back_by_their_entries() {
    let office = Office::new(Mode::Sandbox);
    let plan = &office.result.plan;
    let set = plan.campaigns.iter().find(|campaign| campaign.platform == Platform::Meta).unwrap().ad_sets[0].clone();
    let after = set.daily_budget.scale(80, 100).unwrap().floor_to_minor_unit();
    let kind = ChangeKind::SetDailyBudget { before: set.daily_budget, after };
    let change = Change { platform: Platform::Meta, target: set.tag, kind, cause: "by hand".into() };
    let cut = block_on(async {
        let brain: Brain = local(office.folder.path()).await;
        let door = brain.door(&office.result.run, Mode::Sandbox).await.unwrap();
        door.control.submit(&[change]).await.unwrap().remove(0)
    });
    assert_eq!(cut.state, JournalState::Confirmed, "{cut:?}");
    for entry in [cut.entry.to_string(), office.entry("activate", Platform::Meta)] {
        let (code, outcomes) = office.adbrain(&["undo", &entry, "--mode", "sandbox"]);
        assert_eq!((code, states(&outcomes)), (DONE, ["confirmed", "compensated"].into()));
    }
    let campaign = office.campaign(Platform::Meta);
    let meta = office.shown(Platform::Meta);
    assert!(meta.iter().all(|(tag, status)| (*status == Status::Paused) == (*tag == campaign)), "{meta:?}");
}

#[test]
fn a_plan_that_waits_is_approved_by_its_hash_and_delivers() {
    // With real money at stake a person has to approve: the launch stays paused.
    let office = Office::new(Mode::Live);
    let hash = office.result.plan_hash.to_string();
    let is_paused = || office.shown(Platform::Meta).iter().all(|(_, status)| *status == Status::Paused);
    assert!(is_paused() && office.result.launch.iter().any(|outcome| outcome.state == JournalState::Refused));
    let entries = office.count("SELECT count(*) FROM journal");
    assert_eq!(office.adbrain(&["approve", &hash, "--by", "Ana"]).0, DONE);
    assert_eq!(office.count("SELECT count(*) FROM journal"), entries, "a dry run records no approval");
    let wrong = [
        (WRONG_INPUT, vec!["approve", &hash, "--by", " "]),
        (WRONG_INPUT, vec!["approve", &hash, "--by", "policy"]),
        (WRONG_INPUT, vec!["approve", &hash, "--by", "Ana", "--for=-1h"]),
        (WRONG_INPUT, vec!["approve", "abc", "--by", "Ana"]),
        (FAILED, vec!["approve", "0000000000000000", "--by", "Ana"]),
        (WRONG_INPUT, vec!["approve", "0000000000000000", "--by", "Ana", "--run-id", office.result.run.as_str()]),
        (FAILED, vec!["approve", &hash, "--by", "Ana", "--run-id", "nobody"]),
    ];
    for (code, words) in wrong {
        let words: Vec<_> = words.into_iter().chain(["--mode", "sandbox"]).collect();
        assert_eq!(office.adbrain(&words).0, code, "{words:?}");
    }
    assert!(is_paused());
    let (code, outcomes) = office.adbrain(&["approve", &hash, "--by", "Ana", "--for", "90m", "--mode", "sandbox"]);
    assert_eq!((code, states(&outcomes)), (DONE, ["confirmed"].into()));
    assert!(office.shown(Platform::Meta).iter().all(|(_, status)| *status == Status::Active));
    assert_eq!(office.count("SELECT count(*) FROM journal WHERE action = 'approve' AND cause LIKE 'Ana@%'"), 1);
    assert!(office.is_intact());
}

#[test]
fn an_order_about_nothing_is_an_error_and_makes_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let db = folder.path().join("brain.db").display().to_string();
    for words in [["undo", "0000000000000000"].as_slice(), &["approve", "0000000000000000", "--by", "Ana"]] {
        let words = ["adbrain"].into_iter().chain(words.iter().copied()).chain(["--db", &db]);
        assert_eq!(adbrain_core::cli::run(words.map(Into::into)), WRONG_INPUT);
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    let office = Office::new(Mode::DryRun);
    assert_eq!(office.adbrain(&["undo", "0000000000000000"]).0, FAILED);
    let planned = office.entry("create", Platform::Meta);
    assert_eq!(office.adbrain(&["undo", &planned, "--mode", "sandbox"]).0, FAILED, "what was planned is not confirmed");
    assert_eq!(office.writes(), 0);
}
