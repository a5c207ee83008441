//! The objects of an account: read, paged, found.

use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::wire::{Object, Page};
use super::{Meta, map};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{ObjectId, Tag};
use crate::platform::pages::{Keyed, Pages};
use crate::platform::{Level, RemoteObject, Status};

/// Objects on one page.
const PAGE: usize = 200;

/// The edge of a level, and the fields that it has.
fn edge(level: Level) -> [&'static str; 2] {
    match level {
        Level::Campaign => ["campaigns", "id,name,status"],
        Level::AdSet => ["adsets", "id,name,status,campaign_id,daily_budget,bid_amount"],
        Level::Ad => ["ads", "id,name,status,adset_id"],
    }
}

const LEVELS: [Level; 3] = [Level::Campaign, Level::AdSet, Level::Ad];

impl Meta {
    /// Every object of the account, parents first.
    pub(super) async fn objects(&self) -> Result<Vec<RemoteObject>> {
        let mut found = Vec::new();
        for level in LEVELS {
            found.extend(self.level(level, &[]).await?);
        }
        Ok(found)
    }

    /// Every object that carries a tag.
    pub(super) async fn tagged(&self, tag: &Tag) -> Result<Vec<RemoteObject>> {
        let filter = json!([{"field": "name", "operator": "CONTAIN", "value": format!("[adb:{tag}]")}]).to_string();
        let mut found = Vec::new();
        for level in LEVELS {
            found.extend(self.level(level, &[("filtering", filter.as_str())]).await?);
        }
        found.retain(|object| object.tag.as_ref() == Some(tag));
        Ok(found)
    }

    /// The objects of a level that are in use.
    async fn level(&self, level: Level, filter: &[(&str, &str)]) -> Result<Vec<RemoteObject>> {
        let [edge, fields] = edge(level);
        let query = [&[("fields", fields)], filter].concat();
        let theirs: Vec<Object> = self.pages(&format!("/{}/{edge}", self.account()), &query).await?;
        let ours: Vec<_> =
            theirs.into_iter().map(|object| map::object(object, level, self.currency)).collect::<Result<_>>()?;
        Ok(ours.into_iter().filter(|object| object.status != Status::Archived).collect())
    }

    /// One object as Meta has it.
    pub(super) async fn object(&self, id: &ObjectId, level: Level) -> Result<RemoteObject> {
        let [_, fields] = edge(level);
        let request = self.get(&format!("/{id}"), &[("fields", fields)]);
        map::object(self.remote.read(&request).await?, level, self.currency)
    }

    /// The mark in an object's name, whatever its level.
    pub(super) async fn tag_of(&self, id: &ObjectId) -> Result<Option<Tag>> {
        let theirs: Object = self.remote.read(&self.get(&format!("/{id}"), &[("fields", "id,name,status")])).await?;
        Ok(crate::platform::tagged::split(&theirs.name).1)
    }

    /// All pages of a list.
    pub(super) async fn pages<T: DeserializeOwned + Keyed>(
        &self,
        path: &str,
        query: &[(&str, &str)],
    ) -> Result<Vec<T>> {
        let size = PAGE.to_string();
        let (mut found, mut after) = (Pages::of(format!("meta {path}")), None::<String>);
        loop {
            let mut query = [query, &[("limit", size.as_str())]].concat();
            query.extend(after.as_deref().map(|after| ("after", after)));
            let page: Page<T> = self.remote.read(&self.get(path, &query)).await?;
            let next = page.paging.filter(|paging| paging.next.is_some()).and_then(|paging| paging.cursors?.after);
            after = found.add(page.data, next)?;
            if after.is_none() {
                return found.finish();
            }
        }
    }

    /// Makes an object and reads back what became of it.
    pub(super) async fn make(&self, edge: &str, body: &Value, level: Level) -> Result<RemoteObject> {
        let request = self.post(&format!("/{}/{edge}", self.account()), body)?;
        let made: super::wire::Created = self.remote.read(&request).await?;
        // It is made: whatever goes wrong from here on leaves it to be looked up.
        let seen = self.object(&ObjectId::new(made.id), level).await;
        seen.map_err(|error| {
            let what = format!("meta made an object that cannot be read back: {error}");
            Error::new(ErrorKind::OutcomeUnknown, what).next("look the object up by its tag")
        })
    }
}
