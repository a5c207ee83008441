//! The word of a person on a proposal that waits: one change, or a move of money as a whole. It goes through control alone, which checks every
//! rule and every cap at that moment.

use super::door::Door;
use super::live::Live;
use super::{ApproveOrder, Brain, Ordered, RefuseOrder};
use crate::control::{Mode, Outcome, find_waiting};
use crate::error::{ErrorKind, Result};
use crate::model::{ContentHash, RunId};
use crate::store::Steps;

impl Brain {
    /// The proposal whose hash was given, where it is none of a plan.
    pub(super) async fn proposal_meant(
        &self,
        digits: &str,
        run: Option<&RunId>,
    ) -> Result<Option<(RunId, ContentHash)>> {
        match find_waiting(&**self.database(), digits, run).await {
            Ok(found) if self.is_plan(&found).await? => Ok(None),
            Ok(found) => Ok(Some(found)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            // Several that wait, or too few digits: where it is no plan either, that is what is to be said.
            Err(error) if error.kind() == ErrorKind::InvalidInput => match self.find_plan(digits).await {
                Err(none) if none.kind() == ErrorKind::NotFound => Err(error),
                _ => Ok(None),
            },
            Err(error) => Err(error),
        }
    }

    async fn is_plan(&self, (run, hash): &(RunId, ContentHash)) -> Result<bool> {
        let steps = Steps::new(self.database().clone());
        Ok(match super::door::plan_of(&steps, run).await? {
            Some(plan) => plan.hash()? == *hash,
            None => false,
        })
    }

    pub(super) async fn approve_proposal(
        &self,
        (run, hash): (RunId, ContentHash),
        order: &ApproveOrder,
    ) -> Result<Ordered> {
        let door = self.door(&run, order.mode).await?;
        let done = async {
            if order.mode == Mode::DryRun {
                return door.control.check_waits(&hash).await.map(|()| Vec::new());
            }
            let outcomes = door.control.approve_waiting(&hash, &order.by, order.valid_for).await?;
            self.keep_outcomes(&run, outcomes).await
        };
        ended(done.await, (door, order.mode, hash)).await
    }

    pub(super) async fn refuse_proposal(
        &self,
        (run, hash): (RunId, ContentHash),
        order: &RefuseOrder,
    ) -> Result<Ordered> {
        let door = self.door(&run, Mode::DryRun).await?;
        let done = async {
            let outcomes = door.control.refuse_waiting(&hash, &order.by, &order.reason).await?;
            self.keep_outcomes(&run, outcomes).await
        };
        ended(done.await, (door, Mode::DryRun, hash)).await
    }

    /// Keeps for the loop what was done between its looks.
    pub(super) async fn keep_outcomes(&self, run: &RunId, outcomes: Vec<Outcome>) -> Result<Vec<Outcome>> {
        let steps = Steps::new(self.database().clone());
        let mut live = Live::load(&steps, run).await?;
        live.note(outcomes.clone());
        live.keep(&steps, run).await?;
        Ok(outcomes)
    }
}

async fn ended(done: Result<Vec<Outcome>>, (door, mode, hash): (Door, Mode, ContentHash)) -> Result<Ordered> {
    let run = door.run.clone();
    door.close().await?;
    Ok(Ordered { run, mode, hash, outcomes: done?, goes_on: false })
}
