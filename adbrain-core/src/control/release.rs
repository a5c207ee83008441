//! Releasing: the way back from an adoption.
//!
//! Nothing is written to the platform: the journal keeps that the objects are other people's again. They are neither changed nor paused from
//! then on, and their drift is not told; what they cost while they were managed still counts.

use super::apply::Session;
use super::journal::{Body, Made};
use super::ledger::Ledger;
use super::step::{Step, Trust, Work};
use super::{Control, JournalState, Mode, Outcome};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{ObjectId, Platform, Tag, line};

/// Which adopted campaign is given back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReleaseOrder {
    /// The platform.
    pub platform: Platform,
    /// The campaign's id on the platform.
    pub campaign: ObjectId,
    /// The person who orders it.
    pub by: String,
}

impl Control {
    /// Gives a campaign back that this run adopted, with all below it, as it stands now: from then on it is neither changed nor paused, not
    /// by [`Control::pause_all`] either. Writes nothing to the platform and needs no account that can be read. What it cost while it was
    /// managed still counts against the caps. It can be adopted again.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] where this run manages no such campaign, [`ErrorKind::Unsupported`] for one that adbrain made,
    /// [`ErrorKind::Conflict`] while a change to it is not settled, [`ErrorKind::InvalidInput`] for a name that is none.
    pub async fn release(&self, order: &ReleaseOrder) -> Result<Outcome> {
        if order.by.trim().is_empty() {
            return Err(Error::invalid("by", "is empty").next("name the person who orders it"));
        }
        line("by", &order.by)?;
        let mut session = self.session().await?;
        let done = session.release(order).await;
        session.end(done).await
    }
}

impl Session<'_> {
    async fn release(&mut self, order: &ReleaseOrder) -> Result<Outcome> {
        let ledger = self.own_ledger();
        let top = self.managed(&ledger, order)?;
        let objects: Vec<_> = family(&ledger, &top).into_iter().filter_map(|tag| self.made(tag)).collect();
        self.check_settled(&objects)?;
        let (made, cause) = (objects.first().cloned(), format!("released by {}", order.by.trim()));
        let work = Work::Release { objects };
        let step = Step { platform: order.platform, target: top, work, cause, trust: Trust::Undo };
        let is_dry = self.control.options.mode == Mode::DryRun;
        let state = if is_dry { JournalState::Planned } else { JournalState::Confirmed };
        let made = made.into_iter().collect();
        let body = Body { work: Some(step.work.clone()), trust: Some(step.trust), made, ..Body::default() };
        self.note(&step, state, body).await?;
        self.outcome(&step)
    }

    /// The tag of a campaign that this run adopted and still manages.
    fn managed(&self, ledger: &Ledger, order: &ReleaseOrder) -> Result<Tag> {
        let unknown = || {
            let what = format!("this run manages no campaign {} on {}", order.campaign, order.platform);
            Error::new(ErrorKind::NotFound, what)
                .next("take the id of a campaign that was adopted: `status` shows them")
        };
        let tag =
            self.journal.tag_of(&self.control.options.run, order.platform, &order.campaign).ok_or_else(unknown)?;
        let object = ledger.objects.get(tag).filter(|object| object.parent.is_none()).ok_or_else(unknown)?;
        if !object.is_adopted {
            let what = format!("campaign {} was made by adbrain, as {tag}", order.campaign);
            return Err(
                Error::new(ErrorKind::Unsupported, what).next("pause it, or take its creation back with `undo`")
            );
        }
        Ok(tag.clone())
    }

    fn made(&self, tag: Tag) -> Option<Made> {
        self.own_id(&tag).map(|id| Made { tag, id })
    }

    /// What is under way has to come to its end first: it might be sent again.
    fn check_settled(&self, objects: &[Made]) -> Result<()> {
        let is_ours = |step: &Step| objects.iter().any(|made| made.tag == step.target);
        let Some((entry, step)) = self.open_steps().into_iter().find(|(_, step)| is_ours(step)) else { return Ok(()) };
        let what = format!("{} of {} is not settled", step.action(), step.target);
        Err(Error::new(ErrorKind::Conflict, what).with("entry", &entry).next("wait for its end, then release it again"))
    }
}

/// An object and everything below it, the top first.
fn family(ledger: &Ledger, top: &Tag) -> Vec<Tag> {
    let below = ledger.objects.keys().filter(|tag| *tag != top && ledger.is_within(tag, top));
    std::iter::once(top).chain(below).cloned().collect()
}
