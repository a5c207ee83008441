//! The door of a run that was started before: for a person who approves its plan or takes something back.

use super::Brain;
use super::cycle::{DAY_STEPS, LAUNCH_STEP, PLAN_STEP};
use super::session::{self, Account, RunClock};
use crate::clock::ManualClock;
use crate::control::{Control, JournalState, Mode, NEEDS_APPROVAL, Outcome};
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
    /// Whether the loop has come to the launch.
    pub(super) is_launched: bool,
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

/// What control over a run works with: its plan, its clock and its accounts.
pub(super) struct Ground {
    pub(super) plan: MediaPlan,
    pub(super) clock: RunClock,
    pub(super) connectors: Connectors,
}

impl Brain {
    /// Opens the door of a run that has made its plan. The caps are those of the plan.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] for a run that is not known or has made no plan yet; [`ErrorKind::Conflict`] while a process works
    /// on it; else as [`Control::open`].
    pub async fn door(&self, run: &RunId, mode: Mode) -> Result<Door> {
        let steps = Steps::new(self.database().clone());
        plan_or_no(&steps, run).await?;
        let lease = session::lease(&self.parts, run).await?;
        let Ground { plan, clock, connectors } = self.ground(run).await?;
        let control = session::control(&self.parts, (connectors, clock), (run, mode, &plan.limits)).await?;
        let is_launched = steps.load(run, LAUNCH_STEP).await?.is_some();
        Ok(Door { run: run.clone(), plan, control, is_launched, lease })
    }

    /// The plan, the clock and the accounts of a run that has made its plan.
    pub(super) async fn ground(&self, run: &RunId) -> Result<Ground> {
        let steps = Steps::new(self.database().clone());
        let plan = plan_or_no(&steps, run).await?;
        let clock = self.moment(&steps, run, &plan).await?;
        let connectors = self.connectors(run, &plan, &clock).await?;
        Ok(Ground { plan, clock, connectors })
    }

    /// A run by its name, or by the hash of its plan or the first digits of that; the newest one with a plan where nothing is said.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] where there is none; else as [`Brain::find_plan`].
    pub async fn find_run(&self, named: Option<&str>) -> Result<RunId> {
        let steps = Steps::new(self.database().clone());
        let Some(named) = named else {
            let plans = steps.having(PLAN_STEP).await?;
            let none = || Error::new(ErrorKind::NotFound, "no run has made a plan").next("plan or run a brief first");
            return plans.into_iter().next_back().ok_or_else(none);
        };
        let run = RunId::new(named);
        if steps.run(&run).await?.is_some() {
            return Ok(run);
        }
        self.find_plan(named).await.map(|(run, _)| run)
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

    /// A simulated run has come to the end of its last whole day, or still stands before the first where nothing has delivered for want of an
    /// approval; a real one to now.
    pub(super) async fn moment(&self, steps: &Steps, run: &RunId, plan: &MediaPlan) -> Result<RunClock> {
        if !session::is_simulated(&self.parts) {
            return Ok(RunClock::Real(self.parts.clock.clone()));
        }
        let days = if waits(steps, run).await? {
            0
        } else {
            steps.names(run).await?.iter().filter(|name| name.starts_with(DAY_STEPS)).count()
        };
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
        let platforms: Vec<_> = plan.campaigns.iter().map(|campaign| campaign.platform).collect();
        session::sandboxes(&self.parts, platforms, (account, clock)).await
    }
}

/// Whether a run has let something go.
pub(super) async fn is_launched(steps: &Steps, run: &RunId) -> Result<bool> {
    Ok(launch_of(steps, run).await?.iter().any(is_activated))
}

/// Whether a run's launch activated nothing, because a person has to approve its plan first.
pub(super) async fn waits(steps: &Steps, run: &RunId) -> Result<bool> {
    Ok(waits_for_a_person(&launch_of(steps, run).await?))
}

/// What the launch of a run did; nothing before it.
async fn launch_of(steps: &Steps, run: &RunId) -> Result<Vec<Outcome>> {
    let Some(text) = steps.load(run, LAUNCH_STEP).await? else { return Ok(Vec::new()) };
    let damaged = |error| {
        Error::new(ErrorKind::Corrupt, "the stored launch cannot be read").next("start a new run").caused_by(error)
    };
    serde_json::from_str(&text).map_err(|error| damaged(error).with("run", run))
}

/// Whether nothing was let go because a person has to approve the plan first.
pub(super) fn waits_for_a_person(launch: &[Outcome]) -> bool {
    let is_refused = |outcome: &Outcome| outcome.reason.as_ref().is_some_and(|reason| reason.key == NEEDS_APPROVAL);
    launch.iter().any(is_refused) && !launch.iter().any(is_activated)
}

pub(super) fn is_activated(outcome: &Outcome) -> bool {
    outcome.action == "activate" && outcome.state == JournalState::Confirmed
}

pub(super) async fn plan_of(steps: &Steps, run: &RunId) -> Result<Option<MediaPlan>> {
    let Some(text) = steps.load(run, PLAN_STEP).await? else { return Ok(None) };
    serde_json::from_str(&text).map(Some).map_err(|error| {
        Error::new(ErrorKind::Corrupt, "the stored plan cannot be read")
            .with("run", run)
            .next("start a new run; this one comes from another version or was changed outside")
            .caused_by(error)
    })
}

/// The plan of a run, or that there is none.
pub(super) async fn plan_or_no(steps: &Steps, run: &RunId) -> Result<MediaPlan> {
    plan_of(steps, run).await?.ok_or_else(|| no_plan(run))
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
