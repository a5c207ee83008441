//! What goes out to a platform: an upload, a tree, a change; and whether the answer shows all of it.

use tracing::Instrument as _;

use super::apply::Session;
use super::journal::Made;
use super::step::{Step, Work};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{ChangeKind, ContentHash, Draft, DraftTree, Tag};
use crate::platform::{Connector, ObjectChange, Permit, RemoteObject, Status, Upload};

impl Session<'_> {
    /// Sends the work of a step, which makes objects or none. Leaves a span with what was asked of which account.
    pub(super) async fn send(&self, step: &Step, connector: &dyn Connector, permit: &Permit) -> Result<Vec<Made>> {
        let span = tracing::info_span!(
            "platform",
            otel.name = format!("{} {}", step.platform, step.action()),
            run = %self.control.options.run,
            platform = step.platform.as_str(),
            account = %connector.capabilities().account,
            action = step.action(),
            target = %step.target,
            otel.status_code = tracing::field::Empty,
            error.type = tracing::field::Empty,
        );
        let sent = self.hand_over(step, connector, permit).instrument(span.clone()).await;
        sent.inspect_err(|error| error.mark(&span))
    }

    async fn hand_over(&self, step: &Step, connector: &dyn Connector, permit: &Permit) -> Result<Vec<Made>> {
        match &step.work {
            Work::Upload { hash, .. } => self.upload(connector, permit, hash).await,
            Work::Fill { hash, .. } => self.fill_with(connector, permit, hash).await,
            Work::Change(ChangeKind::Create { tree }) => create(connector, permit, tree).await,
            Work::Change(kind) => self.change(connector, permit, kind).await,
            Work::Adopt { .. }
            | Work::Release { .. }
            | Work::Note { .. }
            | Work::Approval { .. }
            | Work::Refusal { .. }
            | Work::Silence { .. }
            | Work::EndSilence { .. } => Ok(Vec::new()),
        }
    }

    async fn upload(&self, connector: &dyn Connector, permit: &Permit, hash: &ContentHash) -> Result<Vec<Made>> {
        let (kind, bytes) = self.files.read(hash)?;
        if ContentHash::of(&bytes) != *hash {
            return Err(Error::new(ErrorKind::InvalidInput, "a media file was changed since the plan was made")
                .with("hash", hash.as_str())
                .next("plan again with the file as it is now"));
        }
        let id = connector.upload(permit, &Upload { hash: hash.clone(), kind, bytes }).await?;
        Ok(vec![Made { tag: permit.target().clone(), id }])
    }

    async fn change(&self, connector: &dyn Connector, permit: &Permit, kind: &ChangeKind) -> Result<Vec<Made>> {
        let tag = permit.target();
        let unknown = || {
            Error::new(ErrorKind::NotFound, "the object has no id on the platform")
                .with("tag", tag.as_str())
                .next("look in the account whether it was removed")
        };
        let id = self.object_id(tag).ok_or_else(unknown)?;
        connector.change(permit, &ObjectChange { id: id.clone(), kind: kind.clone() }).await?;
        Ok(vec![Made { tag: tag.clone(), id }])
    }
}

/// Makes a tree and looks whether the answer is whole: each tag once, and paused.
async fn create(connector: &dyn Connector, permit: &Permit, tree: &DraftTree) -> Result<Vec<Made>> {
    let objects = connector.create(permit, tree).await?;
    let unclear = || {
        Error::new(ErrorKind::OutcomeUnknown, "the answer does not show each object once and paused")
            .next("look the objects up by their tags")
    };
    made(&objects, &tags(&tree.draft)).filter(|_| objects.iter().all(is_paused)).ok_or_else(unclear)
}

fn is_paused(object: &RemoteObject) -> bool {
    object.status == Status::Paused
}

/// The ids of the tags, where each is there exactly once.
pub(super) fn made(objects: &[RemoteObject], tags: &[Tag]) -> Option<Vec<Made>> {
    let one = |tag: &Tag| {
        let mut found = objects.iter().filter(|object| object.tag.as_ref() == Some(tag));
        let id = found.next()?.id.clone();
        found.next().is_none().then(|| Made { tag: tag.clone(), id })
    };
    tags.iter().map(one).collect()
}

/// The tags of a draft, the top first.
pub(super) fn tags(draft: &Draft) -> Vec<Tag> {
    let below = |ad_set: &crate::model::AdSetDraft| {
        let ads = ad_set.ads.iter().map(|ad| ad.tag.clone());
        std::iter::once(ad_set.tag.clone()).chain(ads).collect::<Vec<_>>()
    };
    match draft {
        Draft::Campaign { draft } => {
            std::iter::once(draft.tag.clone()).chain(draft.ad_sets.iter().flat_map(below)).collect()
        }
        Draft::AdSet { draft, .. } => below(draft),
        Draft::Ad { draft, .. } => vec![draft.tag.clone()],
    }
}
