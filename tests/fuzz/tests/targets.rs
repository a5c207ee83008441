//! Nine targets; `src/lib.rs` says how each is run for long.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use adbrain_core::clock::ManualClock;
use adbrain_core::control::{Control, ControlOptions, Mode};
use adbrain_core::measure::import_file;
use adbrain_core::model::{Brief, Currency, MediaPlan, Platform, RunId};
use adbrain_core::platform::{AccountConfig, Connectors};
use adbrain_fuzz::Target;
use bolero::check;

/// Inputs of a usual run; more where a time is set.
const INPUTS: usize = 300;

/// Inputs of chance beside the corpus.
fn inputs() -> usize {
    if std::env::var_os("BOLERO_RANDOM_TEST_TIME_MS").is_some() { usize::MAX } else { INPUTS }
}

macro_rules! answers {
    ($name:ident, $platform:expr) => {
        #[test]
        fn $name() {
            let target = std::panic::AssertUnwindSafe(Target::of($platform));
            check!().with_iterations(inputs()).with_max_len(4_096).for_each(|input: &[u8]| target.read(input));
        }
    };
}

answers!(meta, Platform::Meta);
answers!(google, Platform::Google);
answers!(tiktok, Platform::TikTok);
answers!(linkedin, Platform::LinkedIn);

#[test]
fn brief() {
    check!().with_iterations(inputs()).for_each(|input: &[u8]| {
        if let Ok(brief) = Brief::from_json(input) {
            let again = Brief::from_json(&serde_json::to_vec(&brief).unwrap()).unwrap();
            assert_eq!(again, brief);
            let _ = brief.check();
        }
    });
}

#[test]
fn plan() {
    check!().with_iterations(inputs()).for_each(|input: &[u8]| {
        if let Ok(plan) = serde_json::from_slice::<MediaPlan>(input) {
            let again: MediaPlan = serde_json::from_slice(&serde_json::to_vec(&plan).unwrap()).unwrap();
            assert_eq!(again, plan);
        }
    });
}

#[test]
fn account() {
    check!().with_iterations(inputs()).for_each(|input: &[u8]| {
        let Ok(value) = serde_json::from_slice::<serde_json::Value>(input) else { return };
        if let Err(error) = AccountConfig::from_value(&value) {
            assert!(!error.to_string().contains("canary"), "{error:?}");
        }
    });
}

#[test]
fn history() {
    check!().with_iterations(inputs()).for_each(|input: &[u8]| {
        if let Ok(history) = import_file(input, None, Currency::BRL) {
            assert!(history.rows.len() + history.problems.len() <= input.len());
        }
    });
}

/// A store, and beside it what a process without a store left.
struct Journal {
    runtime: tokio::runtime::Runtime,
    folder: tempfile::TempDir,
}

impl Journal {
    fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        Self { runtime, folder: tempfile::tempdir().unwrap() }
    }

    /// Opens the door to money over a file of so many bytes.
    fn open(&self, file: &[u8]) -> adbrain_core::Result<()> {
        let path = self.folder.path().join("emergency.jsonl");
        std::fs::write(&path, file).unwrap();
        let clock = Arc::new(ManualClock::at("2026-11-30T12:00:00Z".parse().unwrap()));
        let limits = adbrain_fakes::fire::a_plan(Platform::Meta).limits;
        let mut options = ControlOptions::new(RunId::new("fuzz"), Mode::DryRun, limits);
        options.emergency_file = Some(path);
        self.runtime.block_on(async {
            let database = adbrain_core::store::open(&self.folder.path().join("brain.db")).await?;
            Control::open(database, Connectors::new(), clock, options).await.map(drop)
        })
    }
}

#[test]
fn emergency_file() {
    let journal = std::panic::AssertUnwindSafe(Journal::new());
    check!().with_iterations(inputs() / 3).for_each(|input: &[u8]| {
        if let Err(error) = journal.open(input) {
            assert!(!error.message().is_empty());
        }
    });
}

fn corpus(target: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/__fuzz__").join(target).join("corpus")
}

/// Each target starts from inputs that are read to their end. `ADBRAIN_WRITE=1` writes those of the platforms anew.
#[test]
fn the_corpus_holds_good_inputs_for_every_target() {
    for (target, platform) in [
        ("meta", Platform::Meta),
        ("google", Platform::Google),
        ("tiktok", Platform::TikTok),
        ("linkedin", Platform::LinkedIn),
    ] {
        if std::env::var_os("ADBRAIN_WRITE").is_some() {
            std::fs::create_dir_all(corpus(target)).unwrap();
            for (at, seed) in Target::of(platform).seeds().iter().enumerate() {
                std::fs::write(corpus(target).join(format!("answer-{at:02}")), seed).unwrap();
            }
        }
        let kept = std::fs::read_dir(corpus(target)).unwrap().count();
        assert!(kept >= 5, "{target}: {kept}");
    }
    if std::env::var_os("ADBRAIN_WRITE").is_some() {
        let plan = adbrain_fakes::fire::a_plan(Platform::Meta);
        std::fs::create_dir_all(corpus("plan")).unwrap();
        std::fs::write(corpus("plan").join("stage"), serde_json::to_vec(&plan).unwrap()).unwrap();
    }
    let read = |target: &str, name: &str| std::fs::read(corpus(target).join(name)).unwrap();
    assert!(Brief::from_json(&read("brief", "example")).is_ok());
    assert!(serde_json::from_slice::<MediaPlan>(&read("plan", "stage")).is_ok());
    assert!(AccountConfig::from_value(&serde_json::from_slice(&read("account", "meta")).unwrap()).is_ok());
    assert!(!import_file(&read("history", "example"), None, Currency::BRL).unwrap().rows.is_empty());
    assert!(std::fs::read_dir(corpus("emergency_file")).unwrap().count() >= 1);
}
