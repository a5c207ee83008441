//! The door of a run that was started before: for a person who approves its plan or takes something back.

use super::Brain;
use super::cycle::{DAY_STEPS, PLAN_STEP};
use super::session::{self, Account, RunClock};
use crate::clock::{ManualClock, SystemClock};
use crate::control::{Control, Mode};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{ContentHash, MediaPlan, RunId};
use crate::platform::Connectors;
use crate::store::{Lease, Steps};

/// A run's plan, and the control over what it made, at the moment to which the run has come.
pub struct Door {
    /// The run.
    pub run: RunId,
    /// Its plan.
    pub plan: MediaPlan,
    /// What changes its objects.
    pub control: Control,
    lease: Lease,
}

impl Door {
    /// Closes the door, so that other processes may work on the run.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn close(self) -> Result<()> {
        self.lease.release().await
    }
}

impl Brain {
    /// Opens the door of a run that has made its plan. The caps are those of the plan.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] for a run that is not known or has made no plan yet; [`ErrorKind::Conflict`] while a process works
    /// on it; else as [`Control::open`].
    pub async fn door(&self, run: &RunId, mode: Mode) -> Result<Door> {
        let steps = Steps::new(self.database().clone());
        let plan = plan_of(&steps, run).await?.ok_or_else(|| no_plan(run))?;
        let lease = session::lease(&self.parts, run).await?;
        let clock = self.moment(&steps, run, &plan).await?;
        let connectors = self.connectors(run, &plan, &clock).await?;
        let control = session::control(&self.parts, (connectors, clock), (run, mode, &plan.limits)).await?;
        Ok(Door { run: run.clone(), plan, control, lease })
    }

    /// The run whose plan has this hash, and the whole hash; its first digits, as the report shows them, are enough.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] where no run has it, [`ErrorKind::InvalidInput`] where several runs do, or for too few digits.
    pub async fn find_plan(&self, digits: &str) -> Result<(RunId, ContentHash)> {
        let steps = Steps::new(self.database().clone());
        let mut found = Vec::new();
        for record in steps.runs().await? {
            if let Some(plan) = plan_of(&steps, &record.run).await? {
                found.push((record.run, plan.hash()?));
            }
        }
        ContentHash::find(digits, found, "plan")
    }

    /// A simulated run has come to the end of its last whole day; a real one to now.
    async fn moment(&self, steps: &Steps, run: &RunId, plan: &MediaPlan) -> Result<RunClock> {
        if !session::is_simulated(&self.parts.connectors) {
            return Ok(RunClock::Real(SystemClock));
        }
        let kept = steps.load_all(run).await?;
        let days = kept.keys().filter(|name| name.starts_with(DAY_STEPS)).count();
        let first = plan.campaigns.first().ok_or_else(|| no_plan(run))?;
        let moment = first.flight.start_of_day(i64::try_from(days).unwrap_or(i64::MAX))?;
        Ok(RunClock::Simulated(ManualClock::at(moment)))
    }

    async fn connectors(&self, run: &RunId, plan: &MediaPlan, clock: &RunClock) -> Result<Connectors> {
        if !self.parts.connectors.is_empty() {
            return Ok(self.parts.connectors.clone());
        }
        // The seed is the luck of the market; control looks at objects alone, which come from the account's ledger.
        let account = Account { run, currency: plan.currency, seed: 0 };
        let platforms = plan.campaigns.iter().map(|campaign| campaign.platform);
        session::sandboxes(&self.parts, platforms, (account, clock)).await
    }
}

async fn plan_of(steps: &Steps, run: &RunId) -> Result<Option<MediaPlan>> {
    let Some(text) = steps.load(run, PLAN_STEP).await? else { return Ok(None) };
    let damaged = |error| Error::new(ErrorKind::Corrupt, "the stored plan cannot be read").caused_by(error);
    serde_json::from_str(&text).map(Some).map_err(|error| damaged(error).with("run", run))
}

fn no_plan(run: &RunId) -> Error {
    Error::new(ErrorKind::NotFound, format!("there is no plan of a run {run}"))
        .next("check the name of the run and the database")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_unknown_run_and_an_unknown_plan_are_named() {
        let folder = tempfile::tempdir().unwrap();
        let brain = Brain::local(&folder.path().join("brain.db")).await.unwrap();
        let error = brain.door(&RunId::new("summer"), Mode::DryRun).await.err().unwrap();
        assert_eq!(error.kind(), ErrorKind::NotFound);
        assert!(error.to_string().contains("summer"), "{error}");
        let error = brain.find_plan(ContentHash::of(b"plan").as_str()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound);
    }
}
