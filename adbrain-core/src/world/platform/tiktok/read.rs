//! Reading objects: six lists, parents first, each object once.

use std::collections::BTreeSet;

use serde::de::DeserializeOwned;
use serde_json::json;

use super::place::{Flow, Place};
use super::wire::{Answer, Listed, Page, PageInfo};
use super::{TikTok, map};
use crate::error::{Error, ErrorKind, Result};
use crate::model::ObjectId;
use crate::platform::pages::{Keyed, Pages};
use crate::platform::{Level, RemoteObject, Status};

/// No account has more pages than this; a platform that says so is wrong.
const MOST_PAGES: u64 = 10_000;

/// Which objects are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Life {
    /// Those that are not deleted.
    Alive,
    /// Deleted ones too: their reports stay.
    Ever,
}

/// An object as `TikTok` lists it and as we see it.
#[derive(Debug, Clone)]
pub(super) struct Found {
    pub(super) place: Place,
    pub(super) listed: Listed,
    pub(super) object: RemoteObject,
}

impl TikTok {
    /// Every object that is not archived, parents first. What hangs below a deleted object is left out with it.
    pub(super) async fn all(&self) -> Result<Vec<Found>> {
        let mut found: Vec<Found> = Vec::new();
        let mut seen = BTreeSet::new();
        for place in Place::ALL {
            for listed in self.place(place, Life::Alive).await? {
                let Some(object) = self.seen(place, &listed)? else { continue };
                let is_below = object.parent.as_ref().is_none_or(|parent| seen.contains(parent));
                if object.status != Status::Archived && is_below && seen.insert(object.id.clone()) {
                    found.push(Found { place, listed, object });
                }
            }
        }
        Ok(found)
    }

    /// What one list holds.
    pub(super) async fn place(&self, place: Place, life: Life) -> Result<Vec<Listed>> {
        let status = match life {
            Life::Alive => "STATUS_NOT_DELETE",
            Life::Ever => "STATUS_ALL",
        };
        let parameters = [
            ("advertiser_id", self.config.account.clone()),
            ("filtering", json!({"primary_status": status}).to_string()),
        ];
        self.pages(&place.path("get"), &parameters, place.page_size()).await
    }

    /// Every row of a list that comes in pages. Pages have numbers: where the list changes meanwhile, a row may be skipped, so it is read
    /// once more.
    pub(super) async fn pages<T: DeserializeOwned + Keyed>(
        &self,
        path: &str,
        parameters: &[(&str, String)],
        page_size: u32,
    ) -> Result<Vec<T>> {
        let first = self.pages_once(path, parameters, page_size).await?;
        if first.has_changed() {
            return self.pages_once(path, parameters, page_size).await?.finish();
        }
        first.finish()
    }

    async fn pages_once<T: DeserializeOwned + Keyed>(
        &self,
        path: &str,
        parameters: &[(&str, String)],
        page_size: u32,
    ) -> Result<Pages<T>> {
        let mut rows = Pages::of(format!("tiktok {path}"));
        for page in 1..=MOST_PAGES {
            let mut asked = parameters.to_vec();
            asked.extend([("page", page.to_string()), ("page_size", page_size.to_string())]);
            let answer: Answer<Page<T>> = self.remote.read(&self.get(path, &asked)).await?;
            let PageInfo { total_page, total_number } = answer.data.page_info;
            if let Some(total) = total_number {
                rows.announce(total);
            }
            rows.add(answer.data.list, (page < total_page).then(|| (page + 1).to_string()))?;
            if page >= total_page {
                return Ok(rows);
            }
        }
        Err(Error::new(ErrorKind::Unavailable, format!("{path} has more than {MOST_PAGES} pages"))
            .next("try again later"))
    }

    /// One object by its id, wherever it is kept; one that this connector made also before it is listed.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] where it is on no list, or deleted.
    pub(super) async fn one(&self, id: &ObjectId) -> Result<Found> {
        let is_id = !id.as_str().is_empty() && id.as_str().bytes().all(|byte| byte.is_ascii_digit());
        for place in Place::ALL.into_iter().filter(|_| is_id) {
            let mut filter = serde_json::Map::new();
            filter.insert(place.ids().to_owned(), json!([id.as_str()]));
            let parameters = [
                ("advertiser_id", self.config.account.clone()),
                ("filtering", serde_json::Value::Object(filter).to_string()),
                ("page", "1".to_owned()),
                ("page_size", "10".to_owned()),
            ];
            let answer = self.remote.read::<Answer<Page<Listed>>>(&self.get(&place.path("get"), &parameters)).await;
            let listed = match answer {
                Ok(answer) => answer.data.list,
                // An id of another list may be called a wrong parameter here.
                Err(error) if matches!(error.kind(), ErrorKind::InvalidInput | ErrorKind::NotFound) => continue,
                Err(error) => return Err(error),
            };
            for listed in listed {
                let object = self.seen(place, &listed)?;
                if let Some(object) = object.filter(|object| object.id == *id && object.status != Status::Archived) {
                    return Ok(Found { place, listed, object });
                }
            }
        }
        // What was just made may not be listed yet, and has to be taken back all the same.
        self.remembered(id).ok_or_else(|| {
            Error::new(ErrorKind::NotFound, "there is no such object in the account")
                .next("name an object that `list` gives")
        })
    }

    /// An object in our words; none for a part of a Smart+ ad, which the classic list may show as an ad of its own.
    ///
    /// # Errors
    /// [`ErrorKind::Unavailable`] for a status that nobody knows: it might deliver.
    fn seen(&self, place: Place, listed: &Listed) -> Result<Option<RemoteObject>> {
        let is_part = place.level == Level::Ad && place.flow == Flow::Classic && has_smart_ad(listed);
        if is_part {
            return Ok(None);
        }
        let unknown = || {
            let status = listed.operation_status.as_deref().unwrap_or("none");
            Error::new(
                ErrorKind::Unavailable,
                format!("an object of {} has the unknown status {status:?}", place.path("get")),
            )
            .next("look at it in the Ads Manager")
        };
        map::object(place, listed, self.capabilities.currency).map(Some).ok_or_else(unknown)
    }
}

/// Whether a row of the classic list is a part of a Smart+ ad.
pub(super) fn has_smart_ad(listed: &Listed) -> bool {
    listed.smart_plus_ad_id.as_deref().is_some_and(|id| !id.is_empty() && id != "0")
}
