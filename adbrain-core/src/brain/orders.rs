//! What a person orders about a run that was planned or started before: apply, approve, refuse, undo.

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use super::Brain;
use super::cycle::PLANNING_STEPS;
use super::door::{Door, is_activated, waits};
use crate::control::{JournalState, Mode, Outcome, find_entry};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{ContentHash, RunId};
use crate::store::Steps;

const SECONDS_PER_HOUR: f64 = 3_600.0;

/// A person's approval of a plan, or of a proposal that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApproveOrder {
    /// The hash of the plan or of the proposal, or its first digits: 8 or more.
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

/// A person's no to a plan, or to a proposal that waits. It is recorded at once: nothing is sent, so there is no dry run of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RefuseOrder {
    /// The hash of the plan or of the proposal, or its first digits: 8 or more.
    pub plan_hash: String,
    /// The person who refuses.
    pub by: String,
    /// Why, in a line.
    pub reason: String,
    /// The run, where several have the same plan.
    #[serde(default)]
    pub run: Option<RunId>,
}

/// An order to launch a plan that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApplyOrder {
    /// The hash of the plan, or its first digits: 8 or more.
    pub plan_hash: String,
    /// The hash of the steps that were looked at; where it is given, a later look at the same plan that showed other steps is refused.
    #[serde(default)]
    pub diff_hash: Option<ContentHash>,
    /// The run, where several have the same plan.
    #[serde(default)]
    pub run: Option<RunId>,
    /// How far control may go.
    #[serde(default)]
    pub mode: Mode,
}

impl ApplyOrder {
    /// Launches the one plan of this hash, as a dry run.
    pub fn new(plan_hash: impl Into<String>) -> Self {
        Self { plan_hash: plan_hash.into(), diff_hash: None, run: None, mode: Mode::DryRun }
    }
}

/// An order to take something back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UndoOrder {
    /// The journal entry, or its first digits: 8 or more.
    pub entry: String,
    /// Who orders it: it counts as that person's approval of each step, and stands in the journal. With no name the policy decides alone.
    #[serde(default)]
    pub by: Option<String>,
    /// How far control may go.
    #[serde(default)]
    pub mode: Mode,
}

/// What came of an order about a run that was started before.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ordered {
    /// The run.
    pub run: RunId,
    /// How far control went.
    pub mode: Mode,
    /// The hash of the plan or proposal that was approved, refused or applied, or of the journal entry that was taken back or that filled an audience.
    pub hash: ContentHash,
    /// What control did.
    pub outcomes: Vec<Outcome>,
    /// Whether the run had waited for this, and goes on from its launch when the same request is run again.
    pub goes_on: bool,
}

impl Door {
    /// The hash of the plan, where it is the one that was meant.
    pub(super) fn meant(&self, digits: &str) -> Result<ContentHash> {
        let own = self.plan.hash()?;
        ContentHash::find(digits, vec![(self.run.clone(), own.clone())], "plan").map_err(|error| {
            let other = format!("hash: is not that of the plan of run {}, which is {own}", self.run);
            Error::new(ErrorKind::InvalidInput, other).next("look at the plan before you decide on it").caused_by(error)
        })?;
        Ok(own)
    }

    /// Records the approval and lets go what was created; a plan that was only looked at so far is launched by an order of its own.
    async fn approve(&self, order: &ApproveOrder) -> Result<(ContentHash, Vec<Outcome>)> {
        let own = self.meant(&order.plan_hash)?;
        let is_created = self.is_created().await?;
        if !is_created && self.is_launched {
            return Err(self.not_created());
        }
        if order.mode == Mode::DryRun {
            return Ok((own, Vec::new()));
        }
        self.control.approve(&own, &order.by, order.valid_for).await?;
        let outcomes = if is_created { self.control.activate(&self.plan).await? } else { Vec::new() };
        Ok((own, outcomes))
    }

    async fn refuse(&self, order: &RefuseOrder) -> Result<(ContentHash, Vec<Outcome>)> {
        let own = self.meant(&order.plan_hash)?;
        if self.control.outcomes().await?.iter().any(is_activated) {
            let what = format!("the plan of run {} delivers already", self.run);
            return Err(Error::new(ErrorKind::Conflict, what).next("undo its activation, or stop with a pause"));
        }
        self.control.refuse(&own, &order.by, &order.reason).await?;
        Ok((own, Vec::new()))
    }

    async fn is_created(&self) -> Result<bool> {
        let outcomes = self.control.outcomes().await?;
        let is_sent = |state| !matches!(state, JournalState::Planned | JournalState::Refused);
        Ok(outcomes.iter().any(|outcome| outcome.action == "create" && is_sent(outcome.state)))
    }

    /// Where the run created nothing, as after a dry run: one no instead of one for each of its objects.
    fn not_created(&self) -> Error {
        let message = format!("nothing of the plan of run {} was created on a platform", self.run);
        Error::new(ErrorKind::Conflict, message).next(
            "after a dry run, run the same brief in the mode `sandbox` or `live`, then approve the plan of that run",
        )
    }
}

impl Brain {
    /// Records a person's approval of a plan and lets what was created of it deliver. A dry run records and sends nothing. A run that had
    /// waited for this goes on from its launch when it is asked for again, by the same request; a plan that was only looked at so far waits
    /// for [`Brain::apply`].
    ///
    /// The hash may be that of a proposal that waits as well, as [`RunStatus::proposals`](super::RunStatus::proposals) names it: one change of an
    /// alert, a test or feedback, or a move of money as a whole. It is done at once, under the rules and caps of now.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] for a hash that is not that of the plan, a name that is none, or no time;
    /// [`ErrorKind::Conflict`] where the loop's launch created nothing of the plan, and for a proposal that waits no more; else as
    /// [`Brain::door`].
    pub async fn approve(&self, order: &ApproveOrder) -> Result<Ordered> {
        if let Some(meant) = self.proposal_meant(&order.plan_hash, order.run.as_ref()).await? {
            return self.approve_proposal(meant, order).await;
        }
        let begun = self.begin(&order.plan_hash, (order.run.as_ref(), order.mode)).await?;
        let done = begun.door.approve(order).await;
        begun.end(done).await
    }

    /// Records a person's no to a plan: it cannot be applied, nor let go where it was created, until a person approves it after all or
    /// it is planned anew and comes out another. A proposal that waits is refused by its hash in the same way.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] for a hash that is not that of the plan, a name that is none, or no reason; [`ErrorKind::Conflict`]
    /// where the plan delivers already; else as [`Brain::door`].
    pub async fn refuse(&self, order: &RefuseOrder) -> Result<Ordered> {
        if let Some(meant) = self.proposal_meant(&order.plan_hash, order.run.as_ref()).await? {
            return self.refuse_proposal(meant, order).await;
        }
        let begun = self.begin(&order.plan_hash, (order.run.as_ref(), Mode::DryRun)).await?;
        let done = begun.door.refuse(order).await;
        begun.end(done).await
    }

    /// Launches exactly the plan that [`Brain::plan`] showed: creates it, paused, and lets it deliver where it is approved or the policy may
    /// approve it. The same order after a crash goes on where it was.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] for another hash; [`ErrorKind::Conflict`] where the plan was not looked at, or where the accounts have
    /// changed since so that it would do something else; else as [`Brain::door`].
    pub async fn apply(&self, order: &ApplyOrder) -> Result<Ordered> {
        let begun = self.begin(&order.plan_hash, (order.run.as_ref(), order.mode)).await?;
        let done = self.apply_through(&begun.door, order).await;
        begun.end(done).await
    }

    /// Takes back a launch or a change by its journal entry, or the first digits of it: 8 or more. In a dry run the steps are
    /// checked and recorded as planned.
    ///
    /// # Errors
    /// As [`crate::control::find_entry`], [`Brain::door`] and [`Control::undo_entry`](crate::control::Control::undo_entry).
    pub async fn undo(&self, entry: &str, mode: Mode) -> Result<Ordered> {
        self.undo_by(&UndoOrder { entry: entry.to_owned(), by: None, mode }).await
    }

    /// The same by the order of a person: the name counts as that person's approval of each step, and stands in the journal.
    ///
    /// # Errors
    /// As [`Brain::undo`]; [`ErrorKind::InvalidInput`] for a name that is none.
    pub async fn undo_by(&self, order: &UndoOrder) -> Result<Ordered> {
        let (run, hash) = find_entry(self.database().as_ref(), &order.entry).await?;
        let door = self.door(&run, order.mode).await?;
        let done = match &order.by {
            Some(by) => door.control.undo_entry_by(&hash, by).await,
            None => door.control.undo_entry(&hash).await,
        };
        door.close().await?;
        Ok(Ordered { run, mode: order.mode, hash, outcomes: done?, goes_on: false })
    }

    /// Opens the door of the run of a plan.
    async fn begin(&self, plan_hash: &str, (run, mode): (Option<&RunId>, Mode)) -> Result<Begun> {
        let run = match run {
            Some(run) => run.clone(),
            None => self.find_plan(plan_hash).await?.0,
        };
        let steps = Steps::new(self.database().clone());
        let had_waited = waits(&steps, &run).await?;
        Ok(Begun { door: self.door(&run, mode).await?, mode, steps, had_waited })
    }
}

/// An order under way.
struct Begun {
    door: Door,
    mode: Mode,
    steps: Steps,
    /// Whether the loop had stopped at its launch for want of an approval.
    had_waited: bool,
}

impl Begun {
    /// Closes the door. A run that had waited for an activation is opened again once it has it.
    async fn end(self, done: Result<(ContentHash, Vec<Outcome>)>) -> Result<Ordered> {
        let run = self.door.run.clone();
        let goes_on = self.had_waited && done.as_ref().is_ok_and(|(_, outcomes)| outcomes.iter().any(is_activated));
        if goes_on {
            self.steps.reopen(&run, &PLANNING_STEPS).await?;
        }
        self.door.close().await?;
        let (hash, outcomes) = done?;
        Ok(Ordered { run, mode: self.mode, hash, outcomes, goes_on })
    }
}
