//! The door of a run that was started before: for a person who approves its plan or takes something back.

use jiff::SignedDuration;
use serde::Serialize;

use super::Brain;
use super::cycle::{DAY_STEPS, LAUNCH_STEP, PLAN_STEP, PLANNING_STEPS};
use super::session::{self, Account, RunClock};
use crate::clock::ManualClock;
use crate::control::{Control, JournalState, Mode, NEEDS_APPROVAL, Outcome, find_entry};
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
    async fn approve(&self, order: &ApproveOrder) -> Result<(ContentHash, Vec<Outcome>)> {
        let own = self.plan.hash()?;
        ContentHash::find(&order.plan_hash, vec![(self.run.clone(), own.clone())], "plan").map_err(|error| {
            let other = format!("hash: is not that of the plan of run {}, which is {own}", self.run);
            Error::new(ErrorKind::InvalidInput, other).next("look at the plan before you approve it").caused_by(error)
        })?;
        self.check_created().await?;
        if order.mode == Mode::DryRun {
            return Ok((own, Vec::new()));
        }
        self.control.approve(&own, &order.by, order.valid_for).await?;
        let outcomes = self.control.activate(&self.plan).await?;
        Ok((own, outcomes))
    }

    /// Says no where the run created nothing, as after a dry run, instead of one refusal for each of its objects.
    async fn check_created(&self) -> Result<()> {
        let outcomes = self.control.outcomes().await?;
        let is_sent = |state| !matches!(state, JournalState::Planned | JournalState::Refused);
        if outcomes.iter().any(|outcome| outcome.action == "create" && is_sent(outcome.state)) {
            return Ok(());
        }
        let message = format!("nothing of the plan of run {} was created on a platform", self.run);
        Err(Error::new(ErrorKind::Conflict, message).next(
            "after a dry run, run the same brief in the mode `sandbox` or `live`, then approve the plan of that run",
        ))
    }

    /// Closes the door, so that other processes may work on the run.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn close(self) -> Result<()> {
        self.lease.release().await
    }
}

const SECONDS_PER_HOUR: f64 = 3_600.0;

/// A person's approval of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApproveOrder {
    /// The hash of the plan, or its first digits: 8 or more.
    pub plan_hash: String,
    /// The person who approves.
    pub by: String,
    /// How long the approval holds.
    pub valid_for: SignedDuration,
    /// The run, where several have the same plan.
    pub run: Option<RunId>,
    /// How far control may go; a dry run records and sends nothing.
    pub mode: Mode,
}

impl ApproveOrder {
    /// An approval for a day, as a dry run, of the one run that has this plan.
    pub fn new(plan_hash: impl Into<String>, by: impl Into<String>) -> Self {
        let valid_for = SignedDuration::from_hours(24);
        Self { plan_hash: plan_hash.into(), by: by.into(), valid_for, run: None, mode: Mode::DryRun }
    }

    /// Sets how long the approval holds, in hours.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] for a number that is no length of time above zero.
    pub fn for_hours(mut self, hours: f64) -> Result<Self> {
        let time = SignedDuration::try_from_secs_f64(hours * SECONDS_PER_HOUR).ok().filter(SignedDuration::is_positive);
        self.valid_for = time.ok_or_else(|| {
            Error::invalid("hours", format!("is {hours}")).next("give a number of hours above zero, such as 24")
        })?;
        Ok(self)
    }
}

/// What came of an order about a run that was started before.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Ordered {
    /// The run.
    pub run: RunId,
    /// How far control went.
    pub mode: Mode,
    /// The hash of the plan that was approved, or of the journal entry that was taken back.
    pub hash: ContentHash,
    /// What control did.
    pub outcomes: Vec<Outcome>,
    /// Whether the run had waited for this, and goes on from its launch when the same request is run again.
    pub goes_on: bool,
}

impl Brain {
    /// Records a person's approval of a plan and lets the plan deliver. A dry run records and sends nothing. A run that had waited for this
    /// goes on from its launch when it is asked for again, by the same request.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] for a hash that is not that of the plan, a name that is none, or no time;
    /// [`ErrorKind::Conflict`] where nothing of the plan was created; else as [`Brain::door`].
    pub async fn approve(&self, order: &ApproveOrder) -> Result<Ordered> {
        let run = match &order.run {
            Some(run) => run.clone(),
            None => self.find_plan(&order.plan_hash).await?.0,
        };
        let steps = Steps::new(self.database().clone());
        let had_waited = waits(&steps, &run).await?;
        let door = self.door(&run, order.mode).await?;
        let approved = door.approve(order).await;
        let goes_on = had_waited && approved.as_ref().is_ok_and(|(_, outcomes)| outcomes.iter().any(is_activated));
        if goes_on {
            steps.reopen(&run, &PLANNING_STEPS).await?;
        }
        door.close().await?;
        let (hash, outcomes) = approved?;
        Ok(Ordered { run, mode: order.mode, hash, outcomes, goes_on })
    }

    /// Takes back a launch or a change by its journal entry, or the first digits of it: 8 or more. In a dry run the steps are
    /// checked and recorded as planned.
    ///
    /// # Errors
    /// As [`crate::control::find_entry`], [`Brain::door`] and [`Control::undo_entry`].
    pub async fn undo(&self, entry: &str, mode: Mode) -> Result<Ordered> {
        let (run, hash) = find_entry(self.database().as_ref(), entry).await?;
        let door = self.door(&run, mode).await?;
        let outcomes = door.control.undo_entry(&hash).await;
        door.close().await?;
        Ok(Ordered { run, mode, hash, outcomes: outcomes?, goes_on: false })
    }

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

    /// A simulated run has come to the end of its last whole day, or still stands before the first where nothing has delivered for want of an
    /// approval; a real one to now.
    async fn moment(&self, steps: &Steps, run: &RunId, plan: &MediaPlan) -> Result<RunClock> {
        if !session::is_simulated(&self.parts) {
            return Ok(RunClock::Real(self.parts.clock.clone()));
        }
        let days = if waits(steps, run).await? {
            0
        } else {
            steps.load_all(run).await?.keys().filter(|name| name.starts_with(DAY_STEPS)).count()
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
async fn waits(steps: &Steps, run: &RunId) -> Result<bool> {
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

async fn plan_of(steps: &Steps, run: &RunId) -> Result<Option<MediaPlan>> {
    let Some(text) = steps.load(run, PLAN_STEP).await? else { return Ok(None) };
    serde_json::from_str(&text).map(Some).map_err(|error| {
        Error::new(ErrorKind::Corrupt, "the stored plan cannot be read")
            .with("run", run)
            .next("start a new run; this one comes from another version or was changed outside")
            .caused_by(error)
    })
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
