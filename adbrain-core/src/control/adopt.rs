//! Adopting: taking a campaign that people made under management, as it stands.
//!
//! Nothing is written to the platform: the journal keeps which objects they are, by their ids, and how they stood. Until adbrain has set a
//! field with a person's approval, the field stays the person's.

use serde::{Deserialize, Serialize};

use super::apply::Session;
use super::journal::{Body, Made};
use super::step::{Step, Trust, Work};
use super::{Control, JournalState, Mode, Outcome};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{ContentHash, Flight, ObjectId, Platform, Tag, line};
use crate::platform::{Level, RemoteObject};

/// Digits of the tag of an object that was adopted, as many as those of objects that we made: 52 bits.
const TAG_LENGTH: usize = 13;

/// Which campaign is taken under management, and for how long.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdoptOrder {
    /// The platform.
    pub platform: Platform,
    /// The campaign's id on the platform.
    pub campaign: ObjectId,
    /// The days for which it is managed: what it may cost in all counts them.
    pub flight: Flight,
    /// The person who orders it.
    pub by: String,
}

/// An object as it stood when it was adopted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Adopted {
    pub(super) tag: Tag,
    pub(super) parent: Option<Tag>,
    pub(super) object: RemoteObject,
}

impl Control {
    /// Takes a campaign that people made, with all below it, under the management of this run: it counts against the run's caps, its drift
    /// is told, and changes to it can be proposed, each of which a person has to approve until the field is ours. Writes nothing to the
    /// platform; every other object of the account stays as it is.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] where the account has no such campaign, [`ErrorKind::Conflict`] where a run manages it already,
    /// [`ErrorKind::InvalidInput`] for a name that is none or a flight that is none, [`ErrorKind::Unavailable`] where the account cannot be read.
    pub async fn adopt(&self, order: &AdoptOrder) -> Result<Outcome> {
        if order.by.trim().is_empty() {
            return Err(Error::invalid("by", "is empty").next("name the person who orders it"));
        }
        line("by", &order.by)?;
        order.flight.check()?;
        let mut session = self.session().await?;
        let done = session.adopt(order).await;
        session.end(done).await
    }
}

impl Session<'_> {
    async fn adopt(&mut self, order: &AdoptOrder) -> Result<Outcome> {
        self.observe().await?;
        let objects = self.family(order)?;
        let made = objects.iter().map(|own| Made { tag: own.tag.clone(), id: own.object.id.clone() }).collect();
        let target = self.adopted_tag(order.platform, &order.campaign)?;
        let (flight, cause) = (order.flight.clone(), format!("adopted by {}", order.by.trim()));
        let work = Work::Adopt { flight, objects };
        let step = Step { platform: order.platform, target, work, cause, trust: Trust::Undo };
        if let Err(reason) = self.verdict(&step) {
            self.refuse(&step, reason).await?;
            return self.outcome(&step);
        }
        let is_dry = self.control.options.mode == Mode::DryRun;
        let state = if is_dry { JournalState::Planned } else { JournalState::Confirmed };
        let body = Body { work: Some(step.work.clone()), trust: Some(step.trust), made, ..Body::default() };
        self.note(&step, state, body).await?;
        self.recognise();
        self.outcome(&step)
    }

    /// The campaign and everything below it, parents first.
    fn family(&self, order: &AdoptOrder) -> Result<Vec<Adopted>> {
        let objects = self.accounts.get(&order.platform).and_then(|account| account.objects.as_ref());
        let unread = || {
            Error::new(ErrorKind::Unavailable, format!("the account on {} cannot be read", order.platform))
                .next("add a connector for it, or try again later")
        };
        let objects = objects.ok_or_else(unread)?;
        let mut family: Vec<Adopted> = Vec::new();
        for level in [Level::Campaign, Level::AdSet, Level::Ad] {
            for object in objects.iter().filter(|object| object.level == level) {
                let parent = family.iter().find(|above| Some(&above.object.id) == object.parent.as_ref());
                let parent = parent.map(|above| above.tag.clone());
                let is_top = level == Level::Campaign && object.id == order.campaign;
                if is_top || parent.is_some() {
                    check_free(object)?;
                    let tag = self.adopted_tag(order.platform, &object.id)?;
                    family.push(Adopted { tag, parent, object: object.clone() });
                }
            }
        }
        if family.is_empty() {
            let what = format!("the account on {} has no campaign {}", order.platform, order.campaign);
            return Err(
                Error::new(ErrorKind::NotFound, what).next("take the id of a campaign that `connect --json -` shows")
            );
        }
        Ok(family)
    }

    /// The tag that an object gets; what was given back and is taken again has another one, so that its two times are kept apart.
    fn adopted_tag(&self, platform: Platform, id: &ObjectId) -> Result<Tag> {
        let run = &self.control.options.run;
        let hash = match self.journal.releases(platform, id) {
            0 => ContentHash::of_value(&("adopted", run, platform, id))?,
            times => ContentHash::of_value(&("adopted", run, platform, id, times))?,
        };
        Ok(Tag::new(hash.short(TAG_LENGTH)))
    }
}

/// An object with a mark is a run's already, by its name or by an earlier adoption.
fn check_free(object: &RemoteObject) -> Result<()> {
    match &object.tag {
        None => Ok(()),
        Some(tag) => {
            let what = format!("object {} is managed already, as {tag}", object.id);
            Err(Error::new(ErrorKind::Conflict, what).next("look it up with `status`, in the run that made it"))
        }
    }
}
