//! The HTTP side of one ad account: where it is reached, and how its answers are read.

use serde::de::DeserializeOwned;

use crate::error::{Error, Result};
use crate::http::{Client, ClientOptions, Reach, Request, Response, Retry};

/// How a connector reaches its platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RemoteOptions {
    /// How often a failed read is tried again.
    pub retry: Retry,
}

/// One account's HTTP side. Clones share their connections.
#[derive(Clone)]
pub(crate) struct Remote {
    client: Client,
    base: String,
    is_own_machine: bool,
    judge: fn(&Request, &Response) -> Result<()>,
}

impl Remote {
    /// Prepares a client for addresses that begin with `base`; `judge` says what an answer of the platform means. A base on this machine
    /// is a fake platform: it is reached without TLS, and no real money can be spent there.
    ///
    /// # Errors
    /// [`crate::ErrorKind::InvalidInput`] for a base that is no https address, nor one on this machine.
    pub(crate) fn open(
        base: &str,
        options: RemoteOptions,
        judge: fn(&Request, &Response) -> Result<()>,
    ) -> Result<Self> {
        let is_own_machine = is_own_machine(base);
        if !is_own_machine && !base.starts_with("https://") {
            return Err(Error::invalid("base_url", format!("{base:?} is no https address")).next(
                "leave it out for the platform's own address, or give the address of a fake platform on this machine",
            ));
        }
        let reach = if is_own_machine { Reach::Loopback } else { Reach::Public };
        let client = Client::new(ClientOptions { retry: options.retry, reach, ..ClientOptions::default() })?;
        Ok(Self { client, base: base.trim_end_matches('/').to_owned(), is_own_machine, judge })
    }

    /// Whether the platform is a fake on this machine.
    pub(crate) fn is_own_machine(&self) -> bool {
        self.is_own_machine
    }

    /// The whole address of a path that begins with a slash.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// Sends a request and gives back an answer that the platform calls a success.
    ///
    /// # Errors
    /// What the judge makes of the answer, and those of [`Client::ask`].
    pub(crate) async fn ask(&self, request: &Request) -> Result<Response> {
        self.client.ask(request, self.judge).await
    }

    /// [`Remote::ask`], read as JSON.
    ///
    /// # Errors
    /// Also for an answer of another shape: a lost answer where the request must happen once.
    pub(crate) async fn read<T: DeserializeOwned>(&self, request: &Request) -> Result<T> {
        self.ask(request).await?.json(request)
    }
}

/// Whether an address lies on this machine.
fn is_own_machine(base: &str) -> bool {
    let Some(rest) = base.strip_prefix("http://") else { return false };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = host.rsplit_once(':').map_or(host, |(host, _)| host);
    ["127.0.0.1", "localhost", "[::1]"].contains(&host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_on_this_machine_go_without_tls_and_count_as_fakes() {
        let judge = |_: &Request, _: &Response| Ok(());
        for base in ["http://127.0.0.1:8080", "http://localhost/meta", "http://[::1]:9"] {
            assert!(Remote::open(base, RemoteOptions::default(), judge).unwrap().is_own_machine(), "{base}");
        }
        let real = Remote::open("https://graph.facebook.com/", RemoteOptions::default(), judge).unwrap();
        assert!(!real.is_own_machine());
        assert_eq!(real.url("/v26.0/me"), "https://graph.facebook.com/v26.0/me");
        for base in [
            "http://graph.facebook.com",
            "http://127.0.0.1.evil.example",
            "http://user@localhost:1@evil.example",
            "ftp://localhost",
        ] {
            let error = Remote::open(base, RemoteOptions::default(), judge).map(|_| ()).unwrap_err();
            assert!(error.to_string().contains("base_url"), "{base}");
        }
    }
}
