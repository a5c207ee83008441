//! The records of the journal at hand, found by step and by object without a search.

use std::collections::BTreeMap;

use super::JournalState;
use super::journal::Record;
use super::step::Work;
use crate::model::{ContentHash, ObjectId, Platform, Tag};

/// All records in the order of the chain.
#[derive(Default)]
pub(super) struct Records {
    all: Vec<Record>,
    /// Where the records of each step stand, oldest first.
    places: BTreeMap<ContentHash, Vec<usize>>,
    /// The platform's ids of each object, the newest last, each with the place of the record that told it.
    ids: BTreeMap<Tag, Vec<(usize, ObjectId)>>,
    /// The other way round.
    tags: BTreeMap<(Platform, ObjectId), Tag>,
}

impl Records {
    pub(super) fn push(&mut self, record: Record) {
        let place = self.all.len();
        self.places.entry(record.entry.clone()).or_default().push(place);
        for made in &record.body.made {
            self.ids.entry(made.tag.clone()).or_default().push((place, made.id.clone()));
            if let Some(platform) = record.platform {
                self.tags.insert((platform, made.id.clone()), made.tag.clone());
            }
        }
        if let Some(released) = released(&record) {
            released.for_each(|key| drop(self.tags.remove(&key)));
        }
        self.all.push(record);
    }

    /// Forgets the newest record.
    pub(super) fn pop(&mut self) {
        let Some(record) = self.all.pop() else { return };
        if let Some(places) = self.places.get_mut(&record.entry) {
            places.pop();
        }
        let gone = self.all.len();
        for made in &record.body.made {
            if let Some(ids) = self.ids.get_mut(&made.tag) {
                ids.retain(|(place, _)| *place != gone);
            }
        }
        if let (Some(platform), Some(Work::Release { objects })) = (record.platform, &record.body.work) {
            self.tags.extend(objects.iter().map(|made| ((platform, made.id.clone()), made.tag.clone())));
        }
    }

    pub(super) fn all(&self) -> &[Record] {
        &self.all
    }

    /// The records of one step, oldest first.
    pub(super) fn of(&self, entry: &ContentHash) -> impl DoubleEndedIterator<Item = &Record> {
        let places = self.places.get(entry).map(Vec::as_slice).unwrap_or_default();
        places.iter().filter_map(|place| self.all.get(*place))
    }

    /// The newest id of an object.
    pub(super) fn object_id(&self, tag: &Tag) -> Option<&ObjectId> {
        self.ids.get(tag)?.last().map(|(_, id)| id)
    }

    /// The mark of an object that this journal knows.
    pub(super) fn tag_of(&self, platform: Platform, id: &ObjectId) -> Option<&Tag> {
        self.tags.get(&(platform, id.clone()))
    }
}

/// The objects that a record gives back; none for any other record, and for one of a dry run.
pub(super) fn released(record: &Record) -> Option<impl Iterator<Item = (Platform, ObjectId)>> {
    let platform = record.platform.filter(|_| record.state == JournalState::Confirmed)?;
    match &record.body.work {
        Some(Work::Release { objects }) => Some(objects.iter().map(move |made| (platform, made.id.clone()))),
        _ => None,
    }
}
