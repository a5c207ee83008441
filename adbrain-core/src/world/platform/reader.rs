//! A service that is only read: analytics, insights of a page.

use serde::de::DeserializeOwned;

use super::RemoteOptions;
use super::remote::client;
use crate::error::Result;
use crate::http::{Client, Request, Response};

/// What an answer of the service means.
pub(crate) type Judge = fn(&Request, &Response) -> Result<()>;

/// The service's HTTP side.
pub(crate) struct Reader {
    client: Client,
    base: String,
    judge: Judge,
}

impl Reader {
    /// Prepares a client for addresses that begin with `base`. A base on this machine is a fake service.
    ///
    /// # Errors
    /// [`crate::ErrorKind::InvalidInput`] for a base that is no https address, nor one on this machine.
    pub(crate) fn open(base: &str, options: &RemoteOptions, judge: Judge) -> Result<Self> {
        let (client, _) = client("base_url", base, options)?;
        Ok(Self { client, base: base.trim_end_matches('/').to_owned(), judge })
    }

    /// The whole address of a path that begins with a slash.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// Sends a request and reads an answer that the service calls a success as JSON.
    ///
    /// # Errors
    /// What the judge makes of the answer, those of [`Client::ask`], and an answer of another shape.
    pub(crate) async fn read<T: DeserializeOwned>(&self, request: &Request) -> Result<T> {
        self.client.ask(request, self.judge).await?.json(request)
    }
}
