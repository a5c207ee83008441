//! Answers to writes are lost on the way: every object is there all the same, and once.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use adbrain_core::brain::{Brain, RunResult, Watch};
use adbrain_core::clock::ManualClock;
use adbrain_core::model::{DraftTree, MetricsRow, ObjectId, Platform, Tag};
use adbrain_core::platform::sandbox::{Faults, Sandbox, SandboxOptions};
use adbrain_core::platform::{
    Capabilities, Connector, InsightsQuery, LookUp, LookUpAnswer, ObjectChange, Permit, RemoteObject, Upload,
};
use adbrain_core::store::{self, Database};
use adbrain_core::{Result, report::Report};
use async_trait::async_trait;

use crate::child::{self, DATABASE};
use crate::{Outcome, account};

/// Whether the answer to a write is lost, by the number of the write in its account, from 1.
type IsLost = fn(u64) -> bool;

/// Days of the flight; answers are lost at the launch and in the first days.
const DAYS: u32 = 3;
/// Writes to one account: more than the loop makes.
const WRITES: u64 = 200;

#[tokio::test]
async fn objects_whose_answers_are_lost_exist_once_each() -> Outcome {
    let (folder, other) = (tempfile::tempdir()?, tempfile::tempdir()?);
    let (whole, _) = run(folder.path(), |_| false).await?;
    let cases: [(&str, IsLost); 3] = [
        ("the first answer", |write| write == 1),
        ("every second answer", |write| write % 2 == 0),
        ("two answers of three", |write| write % 3 != 0),
    ];
    for (case, is_lost) in cases {
        let folder = other.path().join(case.replace(' ', "-"));
        std::fs::create_dir(&folder)?;
        let (result, objects) = run(&folder, is_lost).await?;
        let tags: BTreeSet<_> = objects.iter().collect();
        assert_eq!(tags.len(), objects.len(), "{case}: a tag is there twice");
        assert_eq!(planned(&result), objects.iter().cloned().collect(), "{case}: other objects than planned");
        assert_eq!(result.plan_hash, whole.plan_hash, "{case}");
        assert_eq!(result.totals, whole.totals, "{case}: other figures");
        println!("{case} lost: {} objects, each there once, and the same figures", objects.len());
    }
    Ok(())
}

/// The tags that the plan names.
fn planned(result: &RunResult) -> BTreeSet<Tag> {
    let mut tags = BTreeSet::new();
    for campaign in &result.plan.campaigns {
        tags.insert(campaign.tag.clone());
        for ad_set in &campaign.ad_sets {
            tags.insert(ad_set.tag.clone());
            tags.extend(ad_set.ads.iter().map(|ad| ad.tag.clone()));
        }
    }
    tags
}

/// Runs the loop on accounts that lose some answers; gives the tags of all that is there at the end.
async fn run(folder: &Path, is_lost: IsLost) -> Outcome<(RunResult, Vec<Tag>)> {
    let path = folder.join(DATABASE);
    let database = store::open(&path).await?;
    let request = child::request(DAYS)?;
    let mut builder = Brain::builder().local(&path).database(Arc::clone(&database));
    let mut accounts = Vec::new();
    for platform in [Platform::Meta, Platform::Google, Platform::TikTok, Platform::LinkedIn] {
        let account: Arc<dyn Connector> = Arc::new(Timed::open(platform, &database, is_lost).await?);
        accounts.push(Arc::clone(&account));
        builder = builder.connector(account);
    }
    let brain = builder.build().await?;
    let result = Box::pin(brain.run(request, Watch::default())).await?;
    assert!(!Report::of(&result).json()?.is_empty());
    account::check_once(&account::ledger(&*database).await?)?;
    let mut tags = Vec::new();
    for account in accounts {
        tags.extend(account.list().await?.into_iter().filter_map(|object| object.tag));
    }
    Ok((result, tags))
}

/// A simulated account of the caller's own, whose clock follows the questions: the loop asks at the end of each hour.
struct Timed {
    sandbox: Sandbox,
    clock: ManualClock,
}

impl Timed {
    async fn open(platform: Platform, database: &Arc<dyn Database>, is_lost: IsLost) -> Outcome<Self> {
        let start = child::request(DAYS)?.brief.check()?.flight.start_of_day(0)?;
        let clock = ManualClock::at(start);
        let lose_answer_of = (1..=WRITES).filter(|write| is_lost(*write)).collect();
        let faults = Faults { lose_answer_of, ..Faults::default() };
        let options = SandboxOptions { faults, ..SandboxOptions::new(platform, "BRL".parse()?, 7)? };
        let sandbox = Sandbox::open(options, Arc::clone(database), Arc::new(clock.clone())).await?;
        Ok(Self { sandbox, clock })
    }
}

#[async_trait]
impl Connector for Timed {
    fn capabilities(&self) -> Capabilities {
        self.sandbox.capabilities()
    }

    async fn create(&self, permit: &Permit, tree: &DraftTree) -> Result<Vec<RemoteObject>> {
        self.sandbox.create(permit, tree).await
    }

    async fn upload(&self, permit: &Permit, upload: &Upload) -> Result<ObjectId> {
        self.sandbox.upload(permit, upload).await
    }

    async fn change(&self, permit: &Permit, change: &ObjectChange) -> Result<()> {
        self.sandbox.change(permit, change).await
    }

    async fn find(&self, tag: &Tag) -> Result<Vec<RemoteObject>> {
        self.sandbox.find(tag).await
    }

    async fn list(&self) -> Result<Vec<RemoteObject>> {
        self.sandbox.list().await
    }

    async fn insights(&self, query: &InsightsQuery) -> Result<Vec<MetricsRow>> {
        self.clock.set(query.end);
        self.sandbox.insights(query).await
    }

    async fn look_up(&self, question: &LookUp) -> Result<LookUpAnswer> {
        self.sandbox.look_up(question).await
    }
}
