//! Where things stand in the journal, so that no question walks through all of it.

use std::collections::BTreeMap;

use super::journal::{Made, Record};
use crate::model::{ContentHash, ObjectId, Platform, Tag};

#[derive(Default)]
pub(super) struct Index {
    places: BTreeMap<ContentHash, Vec<usize>>,
    ids: BTreeMap<Tag, ObjectId>,
    tags: BTreeMap<(Platform, ObjectId), Tag>,
}

impl Index {
    /// Takes in the record at a place behind all others.
    pub(super) fn add(&mut self, place: usize, record: &Record) {
        self.places.entry(record.entry.clone()).or_default().push(place);
        for Made { tag, id } in &record.body.made {
            self.ids.insert(tag.clone(), id.clone());
            self.tags.extend(record.platform.map(|platform| ((platform, id.clone()), tag.clone())));
        }
    }

    /// The places of a step's records, oldest first.
    pub(super) fn places(&self, entry: &ContentHash) -> &[usize] {
        self.places.get(entry).map(Vec::as_slice).unwrap_or_default()
    }

    /// The newest id of an object.
    pub(super) fn id(&self, tag: &Tag) -> Option<&ObjectId> {
        self.ids.get(tag)
    }

    /// What an id belongs to; each platform numbers its objects by itself.
    pub(super) fn tag(&self, platform: Platform, id: &ObjectId) -> Option<&Tag> {
        self.tags.get(&(platform, id.clone()))
    }
}
