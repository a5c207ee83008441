//! The calls of one account: search, mutate, and the addresses that they go to.

use serde_json::{Value, json};

use super::config::GoogleConfig;
use super::wire::{MutateAnswer, Mutated, Page, Row};
use crate::error::Result;
use crate::http::{Effect, Request, Response};
use crate::platform::pages::Pages;
use crate::platform::remote::Remote;

/// One account's calls.
pub(super) struct Api {
    pub(super) remote: Remote,
    pub(super) config: GoogleConfig,
}

impl Api {
    /// A request to a path below the account, with the tokens.
    pub(super) fn post(&self, path: &str) -> Request {
        let url = self.remote.url(&format!("/{}/customers/{}/{path}", self.config.version, self.config.account));
        self.with_tokens(Request::post(url))
    }

    pub(super) fn with_tokens(&self, request: Request) -> Request {
        let request = request.authorized("authorization");
        match &self.config.login_customer {
            Some(manager) => request.header("login-customer-id", manager),
            None => request,
        }
    }

    /// Every row of a query, page by page.
    ///
    /// # Errors
    /// [`crate::ErrorKind::Unavailable`] where the platform gives the same page twice, and those of the judge.
    pub(super) async fn search(&self, query: &str) -> Result<Vec<Row>> {
        let (mut rows, mut token) = (Pages::of("google's search"), None::<String>);
        loop {
            let body = match &token {
                None => json!({"query": query}),
                Some(token) => json!({"query": query, "pageToken": token}),
            };
            let request = self.post("googleAds:search").json(&body)?.effect(Effect::Read);
            let page: Page = self.remote.read(&request).await?;
            token = rows.add(page.results, Some(page.next_page_token))?;
            if token.is_none() {
                return rows.finish();
            }
        }
    }

    /// Carries out operations together or not at all; gives what each did, and the request for errors about the answer.
    ///
    /// # Errors
    /// Those of the judge.
    pub(super) async fn mutate(&self, operations: &[Value]) -> Result<(Request, Vec<Mutated>)> {
        let body = json!({
            "mutateOperations": operations,
            "partialFailure": false,
            "responseContentType": "MUTABLE_RESOURCE",
        });
        let request = self.post("googleAds:mutate").json(&body)?;
        let answer: MutateAnswer = self.remote.read(&request).await?;
        Ok((request, answer.mutate_operation_responses))
    }

    /// Sends a request as it is.
    pub(super) async fn ask(&self, request: &Request) -> Result<Response> {
        self.remote.ask(request).await
    }

    /// The name of a resource of the account: `customers/123/assets/4` for `assets/4`.
    pub(super) fn resource(&self, id: &str) -> String {
        format!("customers/{}/{id}", self.config.account)
    }

    /// The opposite of [`Api::resource`]; the name as it is where it is of another account.
    pub(super) fn id<'a>(&self, resource: &'a str) -> &'a str {
        let rest = resource.strip_prefix("customers/").and_then(|rest| rest.strip_prefix(self.config.account.as_str()));
        rest.and_then(|rest| rest.strip_prefix('/')).unwrap_or(resource)
    }
}
