//! The calls of one account: headers, paging, ids out of headers.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::restli;
use super::wire::{Acted, Page};
use crate::error::Result;
use crate::http::{Effect, Request, Response};
use crate::platform::pages::{Keyed, Pages};
use crate::platform::remote::Remote;

/// One account's calls.
pub(super) struct Api {
    pub(super) remote: Remote,
    /// The same for the state of media.
    pub(super) media: Remote,
    pub(super) version: String,
}

impl Api {
    /// A request with the headers that every call carries.
    fn with_headers(&self, request: Request) -> Request {
        request
            .authorized("authorization")
            .header("LinkedIn-Version", &self.version)
            .header("X-Restli-Protocol-Version", "2.0.0")
    }

    fn get(&self, path: &str, query: &str) -> Request {
        let mark = if query.is_empty() { "" } else { "?" };
        self.with_headers(Request::get(self.remote.url(&format!("/rest{path}{mark}{query}"))))
    }

    fn post(&self, path: &str) -> Request {
        self.with_headers(Request::post(self.remote.url(&format!("/rest{path}"))))
    }

    /// Reads one thing.
    pub(super) async fn read<T: DeserializeOwned>(&self, path: &str, query: &str) -> Result<T> {
        self.remote.read(&self.get(path, query)).await
    }

    /// Reads the state of a picture or video that should be ready by now.
    pub(super) async fn waiting<T: DeserializeOwned>(&self, path: &str) -> Result<T> {
        self.media.read(&self.get(path, "")).await
    }

    /// Reads every page of a finder.
    pub(super) async fn list<T: DeserializeOwned + Keyed>(&self, path: &str, query: &str) -> Result<Vec<T>> {
        let (mut elements, mut token) = (Pages::of(format!("linkedin {path}")), None::<String>);
        loop {
            let at = token.as_deref().map(|token| format!("&pageToken={}", restli::encode(token)));
            let request = self.get(path, &format!("{query}{}", at.unwrap_or_default()));
            let page: Page<T> = self.remote.read(&request.header("X-RestLi-Method", "FINDER")).await?;
            token = elements.add(page.elements, page.metadata.and_then(|metadata| metadata.next_page_token))?;
            if token.is_none() {
                return elements.finish();
            }
        }
    }

    /// Makes an object; its id comes in a header.
    pub(super) async fn create(&self, path: &str, body: &impl Serialize) -> Result<String> {
        let request = self.post(path).json(body)?;
        let response = self.remote.ask(&request).await?;
        let id = response.header("x-restli-id").or(response.header("x-linkedin-id"));
        let lost = || request.lost(format!("{request:?} was answered without an id"));
        id.filter(|id| !id.is_empty()).map(str::to_owned).ok_or_else(lost)
    }

    /// A request that adds many things to a list at once.
    pub(super) fn batch(&self, path: &str, body: &impl Serialize) -> Result<Request> {
        self.post(path).header("X-RestLi-Method", "BATCH_CREATE").json(body)
    }

    /// Sets fields of an object.
    pub(super) async fn set(&self, path: &str, fields: &Value) -> Result<()> {
        let request = self.post(path).header("X-RestLi-Method", "PARTIAL_UPDATE");
        let request = request.json(&json!({"patch": {"$set": fields}}))?;
        self.remote.ask(&request).await.map(|_| ())
    }

    /// Calls an action that can be repeated without harm.
    pub(super) async fn act(&self, path: &str, action: &str, body: &Value) -> Result<Response> {
        let request = self.post(&format!("{path}?action={action}")).effect(Effect::Idempotent).json(body)?;
        self.remote.ask(&request).await
    }

    /// [`Api::act`], with what it answers.
    pub(super) async fn ask<T: DeserializeOwned>(&self, path: &str, action: &str, body: &Value) -> Result<T> {
        let request = self.post(&format!("{path}?action={action}")).effect(Effect::Idempotent).json(body)?;
        self.remote.read::<Acted<T>>(&request).await.map(|acted| acted.value)
    }
}
