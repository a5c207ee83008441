//! A campaign over the fake of Meta.

use std::path::Path;
use std::sync::Arc;

use adbrain_core::brain::{AlertRules, Brain, BrainBuilder, RunRequest, RunResult, Watch};
use adbrain_core::control::Mode;
use adbrain_core::model::Brief;
use adbrain_core::platform::AccountConfig;
use adbrain_core::store::Database;
use adbrain_fakes::meta::{ACCOUNT, MetaApi, PAGE, PIXEL, TOKEN};
use adbrain_fakes::stage::Stage;
use adbrain_fakes::{Fake, Faults};
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Value, json};

pub(crate) struct Campaign {
    pub(crate) stage: Stage,
    pub(crate) fake: Fake,
    pub(crate) database: Arc<dyn Database>,
    folder: tempfile::TempDir,
}

pub(crate) fn date(text: &str) -> Date {
    text.parse().unwrap()
}

pub(crate) fn moment(text: &str) -> Timestamp {
    text.parse().unwrap()
}

impl Campaign {
    pub(crate) async fn new() -> Self {
        let stage = Stage::new().await;
        let fake = Fake::start(MetaApi::new(stage.clock()), Faults::default()).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let database = adbrain_core::store::open(&folder.path().join("brain.db")).await.unwrap();
        Self { stage, fake, database, folder }
    }

    /// One go at a moment, by a brain of its own as in a process of its own.
    pub(crate) async fn go(&self, now: &str) -> RunResult {
        self.stage.clock.set(moment(now));
        let brain = self.brain(None).await;
        brain.run(request(), Watch::default()).await.unwrap()
    }

    /// A brain as of a process of its own, with the usual rules or others.
    pub(crate) async fn brain(&self, rules: Option<&str>) -> Brain {
        self.builder(rules).build().await.unwrap()
    }

    pub(crate) fn builder(&self, rules: Option<&str>) -> BrainBuilder {
        let account = json!({"platform": "meta", "account": ACCOUNT, "token": TOKEN, "page_id": PAGE, "pixel_id": PIXEL,
                             "base_url": self.fake.url()});
        let builder = Brain::builder()
            .local(&self.folder.path().join("brain.db"))
            .database(self.database.clone())
            .account(AccountConfig::from_value(&account).unwrap())
            .clock(self.stage.clock())
            .settle(self.stage.settle());
        match rules {
            Some(rules) => {
                let path = self.folder.path().join("rules.toml");
                std::fs::write(&path, rules).unwrap();
                builder.rules(AlertRules::named(&path).unwrap())
            }
            None => builder,
        }
    }

    pub(crate) fn reports(&self) -> usize {
        self.fake.recorded().iter().filter(|request| request.path.ends_with("/insights")).count()
    }
}

/// What is asked for, the same in each process.
pub(crate) fn request() -> RunRequest {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    RunRequest { folder, mode: Mode::Sandbox, ..RunRequest::new(brief()) }
}

/// The brief of the examples, for Meta alone and four days.
fn brief() -> Brief {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/brief.json");
    let mut brief: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    brief["flight"] = json!({"start": "2026-12-01", "end": "2026-12-04", "time_zone": "UTC"});
    brief["platforms"] = json!(["meta"]);
    brief["budget"]["amount"] = json!("8000.00");
    brief["audiences"][0]["interests"] = json!([]);
    Brief::from_json(brief.to_string().as_bytes()).unwrap()
}
