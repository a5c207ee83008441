//! Where a run stands, for a person who looks: also while a process works on it.

use serde::{Deserialize, Serialize};

use super::Brain;
use super::cycle::{DAY_STEPS, LAUNCH_STEP};
use super::door::Ground;
use super::{Ordered, session};
use crate::control::{
    AdoptOrder, Control, ControlStatus, Drift, JournalState, Mode, NEEDS_APPROVAL, Outcome, ReleaseOrder, Waiting,
};
use crate::error::Result;
use crate::model::{ContentHash, MediaPlan, RunId};
use crate::store::Steps;

/// How far a run has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// It has a plan.
    Planned,
    /// The loop has launched it, or tried.
    Launched,
    /// The loop has come to its end.
    Finished,
}

/// Where a run stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunStatus {
    /// The run.
    pub run: RunId,
    /// How far the loop has come.
    pub stage: Stage,
    /// Whole days that the loop has watched.
    pub days: u64,
    /// Whether its accounts are simulated.
    pub is_simulated: bool,
    /// The name of its plan.
    pub plan_name: String,
    /// The hash of its plan.
    pub plan_hash: ContentHash,
    /// The steps that wait for a person, each with its reason.
    pub waits: Vec<Outcome>,
    /// Proposals of alerts, tests, feedback and budgets that wait, each with the hash by which a person approves or refuses it.
    #[serde(default)]
    pub proposals: Vec<Waiting>,
    /// Steps, objects, caps, the word on the plan, the kill switch, the head of the journal.
    #[serde(flatten)]
    pub control: ControlStatus,
}

/// What on a run's objects is not as the run left it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunDrift {
    /// The run.
    pub run: RunId,
    /// The name of its plan.
    pub plan_name: String,
    /// Whether its accounts are simulated.
    pub is_simulated: bool,
    /// Every field that differs, by object.
    pub fields: Vec<Drift>,
}

impl Brain {
    /// Where a run stands: every step and object, what it may cost at most beside each cap, what waits for a person, the kill switch and the
    /// head of the journal. Reads the accounts and changes nothing. The run by its name or the hash of its plan; the newest one where
    /// nothing is said.
    ///
    /// # Errors
    /// As [`Brain::find_run`]; those of the database.
    pub async fn status(&self, run: Option<&str>) -> Result<RunStatus> {
        let run = self.find_run(run).await?;
        let Ground { plan, clock, connectors } = self.ground(&run).await?;
        let is_simulated = clock.is_simulated();
        // In the mode `live` what a dry run has planned does not count as made.
        let about = (&run, Mode::Live, &plan.limits);
        let control = session::control_to_read(&self.parts, (connectors, clock), about).await?;
        self.status_by(&control, (run, is_simulated), plan).await
    }

    /// The same by a control that is open.
    pub(super) async fn status_by(
        &self,
        control: &Control,
        (run, is_simulated): (RunId, bool),
        plan: MediaPlan,
    ) -> Result<RunStatus> {
        let plan_hash = plan.hash()?;
        let proposals = control.waiting().await?;
        let control = control.status(&plan_hash).await?;
        let (stage, days) = self.stage(&run).await?;
        let waits = control.steps.iter().filter(|step| is_waiting(step)).cloned().collect();
        Ok(RunStatus { run, stage, days, is_simulated, plan_name: plan.name, plan_hash, waits, proposals, control })
    }

    /// What on a run's objects is not as the run left it, field by field, and who made the difference. Reads the accounts and changes nothing.
    /// The run as in [`Brain::status`].
    ///
    /// # Errors
    /// As [`Brain::status`]; an account that cannot be read shows no drift.
    pub async fn drift(&self, run: Option<&str>) -> Result<RunDrift> {
        let run = self.find_run(run).await?;
        let Ground { plan, clock, connectors } = self.ground(&run).await?;
        let is_simulated = clock.is_simulated();
        let about = (&run, Mode::Live, &plan.limits);
        let control = session::control_to_read(&self.parts, (connectors, clock), about).await?;
        Ok(RunDrift { plan_name: plan.name, is_simulated, fields: control.drift().await?, run })
    }

    /// Takes a campaign that people made under a run's management, as it stands; writes nothing to the platform.
    ///
    /// # Errors
    /// As [`Brain::find_run`], [`Brain::door`] and [`Control::adopt`](crate::control::Control::adopt).
    pub async fn adopt(&self, run: Option<&str>, order: &AdoptOrder) -> Result<Ordered> {
        let run = self.find_run(run).await?;
        let door = self.door(&run, Mode::Live).await?;
        let (hash, adopted) = (door.plan.hash(), door.control.adopt(order).await);
        door.close().await?;
        Ok(Ordered { run, mode: Mode::Live, hash: hash?, outcomes: vec![adopted?], goes_on: false })
    }

    /// Gives a campaign back that a run adopted, as it stands; writes nothing to the platform.
    ///
    /// # Errors
    /// As [`Brain::find_run`], [`Brain::door`] and [`Control::release`](crate::control::Control::release).
    pub async fn release(&self, run: Option<&str>, order: &ReleaseOrder) -> Result<Ordered> {
        let run = self.find_run(run).await?;
        let door = self.door(&run, Mode::Live).await?;
        let (hash, released) = (door.plan.hash(), door.control.release(order).await);
        door.close().await?;
        Ok(Ordered { run, mode: Mode::Live, hash: hash?, outcomes: vec![released?], goes_on: false })
    }

    async fn stage(&self, run: &RunId) -> Result<(Stage, u64)> {
        let steps = Steps::new(self.database().clone());
        let is_finished = steps.run(run).await?.is_some_and(|known| known.finished_at.is_some());
        let done = steps.names(run).await?;
        let days = done.iter().filter(|name| name.starts_with(DAY_STEPS)).count() as u64;
        let stage = match () {
            () if is_finished => Stage::Finished,
            () if done.contains(LAUNCH_STEP) => Stage::Launched,
            () => Stage::Planned,
        };
        Ok((stage, days))
    }
}

pub(super) fn is_waiting(step: &Outcome) -> bool {
    let needs_word = step.reason.as_ref().is_some_and(|reason| reason.key == NEEDS_APPROVAL);
    step.state == JournalState::NeedsPerson || step.state == JournalState::Refused && needs_word
}
