//! The write half of the connector contract: what every sandbox connector has to do when it is driven through the door.
//!
//! Whoever writes a connector runs [`check_writes`] in a test of their own, with the feature `contract`.

use std::sync::Arc;

use super::{Control, ControlOptions, FileSource, JournalState, Mode, Outcome, Settle};
use crate::clock::Clock;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Change, ChangeKind, Draft, MediaPlan, Money, RunId, Tag};
use crate::platform::{Connector, Connectors, Status};
use crate::store::Database;

/// What the contract is checked with.
pub struct ContractTarget<'a> {
    /// The connector; it has to declare itself a sandbox.
    pub connector: Arc<dyn Connector>,
    /// An empty database.
    pub database: Arc<dyn Database>,
    /// The clock that the connector goes by.
    pub clock: Arc<dyn Clock>,
    /// A plan for the connector's platform alone.
    pub plan: &'a MediaPlan,
    /// The files of the plan.
    pub files: &'a dyn FileSource,
    /// How to wait until the platform shows a write.
    pub settle: Arc<dyn Settle>,
}

/// One promise of the contract, and how it was broken where it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseResult {
    /// The promise, as a sentence.
    pub name: &'static str,
    /// What was found instead; none where it holds.
    pub broken: Option<String>,
}

/// Drives a plan through create, activate, change, undo and pause, and looks at the account after each.
///
/// # Errors
/// [`ErrorKind::Refused`] for a connector that is no sandbox; any error of database or connector.
pub async fn check_writes(target: ContractTarget<'_>) -> Result<Vec<CaseResult>> {
    let capabilities = target.connector.capabilities();
    if !capabilities.is_sandbox {
        return Err(Error::new(ErrorKind::Refused, "the contract runs against sandboxes alone")
            .with("platform", capabilities.platform)
            .next("give a connector whose account is a sandbox"));
    }
    let mut options = ControlOptions::new(RunId::new("contract"), Mode::Sandbox, target.plan.limits.clone());
    options.settle = target.settle.clone();
    let connectors = Connectors::from([(capabilities.platform, target.connector.clone())]);
    let control = Control::open(target.database.clone(), connectors, target.clock.clone(), options).await?;
    let suite = Suite { control, target };
    Ok(vec![
        case("what is created is paused", suite.created_paused().await?),
        case("each tag is found once, also after a second launch", suite.created_once().await?),
        case("what is activated is active", suite.activated().await?),
        case("a cut of a budget shows", suite.budget_cut().await?),
        case("an undo restores the budget", suite.budget_restored().await?),
        case("pausing everything stops every campaign", suite.paused().await?),
    ])
}

fn case(name: &'static str, broken: Option<String>) -> CaseResult {
    CaseResult { name, broken }
}

struct Suite<'a> {
    control: Control,
    target: ContractTarget<'a>,
}

/// What is wrong with a case; none where all is well.
type Finding = Result<Option<String>>;

impl Suite<'_> {
    fn tags(&self) -> Vec<Tag> {
        let drafts = self.target.plan.campaigns.iter();
        drafts.flat_map(|draft| super::send::tags(&Draft::Campaign { draft: draft.clone() })).collect()
    }

    async fn wait(&self) {
        self.target.settle.wait(self.target.connector.capabilities().settle_seconds).await;
    }

    /// Every object of the plan has a status.
    async fn has_status(&self, tags: &[Tag], wanted: Status) -> Finding {
        self.wait().await;
        for tag in tags {
            let found = self.target.connector.find(tag).await?;
            match found.first() {
                Some(object) if found.len() == 1 && object.status == wanted => {}
                _ => return Ok(Some(format!("{tag}: wanted one object that is {wanted:?}, found {found:?}"))),
            }
        }
        Ok(None)
    }

    async fn created_paused(&self) -> Finding {
        let outcomes = self.control.launch(self.target.plan, self.target.files).await?;
        match unconfirmed(&outcomes) {
            None => self.has_status(&self.tags(), Status::Paused).await,
            found => Ok(found),
        }
    }

    async fn created_once(&self) -> Finding {
        self.control.launch(self.target.plan, self.target.files).await?;
        self.has_status(&self.tags(), Status::Paused).await
    }

    async fn activated(&self) -> Finding {
        let outcomes = self.control.activate(self.target.plan).await?;
        match unconfirmed(&outcomes) {
            None => self.has_status(&self.tags(), Status::Active).await,
            found => Ok(found),
        }
    }

    fn first_ad_set(&self) -> Option<(&Tag, Money)> {
        let ad_set = self.target.plan.ad_sets().next()?;
        Some((&ad_set.tag, ad_set.daily_budget))
    }

    async fn budget_is(&self, wanted: Money) -> Finding {
        self.wait().await;
        let Some((tag, _)) = self.first_ad_set() else { return Ok(Some("the plan has no ad set".to_owned())) };
        let found = self.target.connector.find(tag).await?;
        let is_right = found.first().is_some_and(|object| object.daily_budget == Some(wanted));
        Ok((!is_right).then(|| format!("{tag}: wanted {wanted} a day, found {found:?}")))
    }

    async fn budget_cut(&self) -> Finding {
        let Some((tag, before)) = self.first_ad_set() else { return Ok(Some("the plan has no ad set".to_owned())) };
        let after = before.scale(9, 10)?.floor_to_minor_unit();
        let kind = ChangeKind::SetDailyBudget { before, after };
        let platform = self.target.connector.capabilities().platform;
        let change = Change { platform, target: tag.clone(), kind, cause: "contract".to_owned() };
        match unconfirmed(&self.control.submit(&[change]).await?) {
            None => self.budget_is(after).await,
            found => Ok(found),
        }
    }

    async fn budget_restored(&self) -> Finding {
        let Some((tag, before)) = self.first_ad_set() else { return Ok(Some("the plan has no ad set".to_owned())) };
        self.control.undo(tag).await?;
        self.budget_is(before).await
    }

    async fn paused(&self) -> Finding {
        self.control.pause_all().await?;
        let campaigns: Vec<_> = self.target.plan.campaigns.iter().map(|campaign| campaign.tag.clone()).collect();
        self.has_status(&campaigns, Status::Paused).await
    }
}

fn unconfirmed(outcomes: &[Outcome]) -> Option<String> {
    let open = outcomes.iter().find(|outcome| outcome.state != JournalState::Confirmed);
    open.map(|outcome| format!("{} of {} is {:?}: {:?}", outcome.action, outcome.target, outcome.state, outcome.reason))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::control::NoWait;
    use crate::control::fake::{Advance, Bench, OneFile, brl, plan};
    use crate::model::{Currency, Platform};
    use crate::platform::sandbox::{Sandbox, SandboxOptions};

    #[tokio::test]
    async fn the_contract_holds_for_whole_and_for_partial_trees_and_refuses_real_accounts() {
        let mut bench = Bench::new().await;
        for fake in [bench.meta.clone(), bench.google.clone()] {
            let mut plan = plan();
            plan.campaigns.retain(|campaign| campaign.platform == fake.capabilities.platform);
            let folder = tempfile::tempdir().unwrap();
            let target = ContractTarget {
                connector: fake,
                database: crate::store::open(&folder.path().join("test.db")).await.unwrap(),
                clock: Arc::new(bench.clock.clone()),
                plan: &plan,
                files: &OneFile,
                settle: Arc::new(NoWait),
            };
            let cases = check_writes(target).await.unwrap();
            assert!(cases.iter().all(|case| case.broken.is_none()), "{cases:#?}");
        }
        Arc::get_mut(&mut bench.meta).unwrap().capabilities.is_sandbox = false;
        let target = ContractTarget {
            connector: bench.meta.clone(),
            database: bench.database.clone(),
            clock: Arc::new(bench.clock.clone()),
            plan: &plan(),
            files: &OneFile,
            settle: Arc::new(NoWait),
        };
        assert_eq!(check_writes(target).await.unwrap_err().kind(), ErrorKind::Refused);
    }
    #[tokio::test]
    async fn the_sandbox_platforms_keep_the_contract() {
        for platform in [Platform::Meta, Platform::Google] {
            let bench = Bench::new().await;
            let clock: Arc<dyn Clock> = Arc::new(bench.clock.clone());
            let options = SandboxOptions::new(platform, Currency::BRL, 7).unwrap();
            let sandbox = Sandbox::open(options, bench.database.clone(), clock.clone()).await.unwrap();
            let mut plan = plan();
            plan.campaigns.retain(|campaign| campaign.platform == platform);
            for ad_set in &mut plan.campaigns[0].ad_sets {
                ad_set.daily_budget = brl(50);
            }
            plan.limits.daily_cap = brl(200);
            plan.limits.weekly_cap = brl(1_400);
            plan.limits.lifetime_cap = brl(1_000);
            let target = ContractTarget {
                connector: Arc::new(sandbox),
                database: bench.database.clone(),
                clock,
                plan: &plan,
                files: &OneFile,
                settle: Arc::new(Advance(bench.clock.clone())),
            };
            let cases = check_writes(target).await.unwrap();
            assert!(cases.iter().all(|case| case.broken.is_none()), "{platform}: {cases:#?}");
        }
    }
}
