//! The records of the journal at hand, found by step and by object without a search.

use std::collections::BTreeMap;

use super::JournalState;
use super::journal::Record;
use super::step::Work;
use crate::model::{ContentHash, ObjectId, Platform, RunId, Tag};

/// All records in the order of the chain.
#[derive(Default)]
pub(super) struct Records {
    all: Vec<Record>,
    /// Where the records of each step stand, oldest first.
    places: BTreeMap<ContentHash, Vec<usize>>,
    /// The platform's ids of each object of a run, the newest last, each with the place of the record that told it. Runs of one brief
    /// mark their objects alike, each in its own account.
    ids: BTreeMap<(RunId, Tag), Vec<(usize, ObjectId)>>,
    /// The other way round: the runs that know an object, the newest last.
    tags: BTreeMap<(Platform, ObjectId), Vec<(RunId, Tag)>>,
}

impl Records {
    pub(super) fn push(&mut self, record: Record) {
        let place = self.all.len();
        self.places.entry(record.entry.clone()).or_default().push(place);
        for made in &record.body.made {
            let key = (record.run.clone(), made.tag.clone());
            self.ids.entry(key).or_default().push((place, made.id.clone()));
            if let Some(platform) = record.platform {
                self.mark((platform, made.id.clone()), &record.run, &made.tag);
            }
        }
        for key in released(&record).into_iter().flatten() {
            if let Some(marks) = self.tags.get_mut(&key) {
                marks.retain(|(run, _)| *run != record.run);
            }
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
            if let Some(ids) = self.ids.get_mut(&(record.run.clone(), made.tag.clone())) {
                ids.retain(|(place, _)| *place != gone);
            }
        }
        if let (Some(platform), Some(Work::Release { objects })) = (record.platform, &record.body.work) {
            for made in objects {
                self.mark((platform, made.id.clone()), &record.run, &made.tag);
            }
        }
    }

    fn mark(&mut self, key: (Platform, ObjectId), run: &RunId, tag: &Tag) {
        let marks = self.tags.entry(key).or_default();
        marks.retain(|(known, _)| known != run);
        marks.push((run.clone(), tag.clone()));
    }

    pub(super) fn all(&self) -> &[Record] {
        &self.all
    }

    /// The records of one step, oldest first.
    pub(super) fn of(&self, entry: &ContentHash) -> impl DoubleEndedIterator<Item = &Record> {
        let places = self.places.get(entry).map(Vec::as_slice).unwrap_or_default();
        places.iter().filter_map(|place| self.all.get(*place))
    }

    /// The newest id of an object of a run.
    pub(super) fn object_id(&self, run: &RunId, tag: &Tag) -> Option<&ObjectId> {
        self.ids.get(&(run.clone(), tag.clone()))?.last().map(|(_, id)| id)
    }

    /// The mark of an object that this journal knows: the run's own, else that of the newest run that has the object.
    pub(super) fn tag_of(&self, run: &RunId, platform: Platform, id: &ObjectId) -> Option<&Tag> {
        let marks = self.tags.get(&(platform, id.clone()))?;
        marks.iter().find(|(known, _)| known == run).or(marks.last()).map(|(_, tag)| tag)
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
