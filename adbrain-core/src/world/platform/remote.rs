//! The HTTP side of one ad account: where it is reached, how its answers are read, and how fast it may be asked.

use std::sync::Arc;
use std::time::Duration;

use serde::de::DeserializeOwned;

use super::tokens::Tokens;
use crate::clock::Clock;
use crate::error::{Error, Result};
use crate::http::{Client, ClientOptions, Lane, Reach, Request, Response, Retry, Traffic, class};
use crate::model::{ContentHash, Platform};

/// How a connector reaches its platform.
#[derive(Debug, Clone, Default)]
pub struct RemoteOptions {
    /// How often a failed read is tried again.
    pub retry: Retry,
    /// The lanes of the accounts; those of the process by default, so that everything that talks to an account keeps to one.
    pub traffic: Traffic,
}

/// What an answer of the platform means.
pub(super) type Judge = fn(&Request, &Response) -> Result<()>;
/// What an answer says about how far an account has used its limits.
pub(super) type Usage = fn(&Response, &str, &Lane);

/// Where one account is reached.
#[derive(Clone, Copy)]
pub(super) struct Line<'a> {
    pub(super) platform: Platform,
    /// The account, as the platform's usage headers name it.
    pub(super) account: &'a str,
    pub(super) base: &'a str,
    /// What stands for the app: its client id, else the token that belongs to it.
    pub(super) app: &'a str,
    pub(super) tokens: &'a Arc<Tokens>,
    pub(super) judge: Judge,
    pub(super) usage: Usage,
}

/// A platform whose answers say nothing about limits before they are met.
pub(super) fn says_no_usage(_: &Response, _: &str, _: &Lane) {}

/// One account's HTTP side. Clones share their connections.
#[derive(Clone)]
pub(super) struct Remote {
    client: Client,
    lane: Lane,
    tokens: Arc<Tokens>,
    account: String,
    base: String,
    is_own_machine: bool,
    judge: Judge,
    usage: Usage,
}

impl Remote {
    /// Prepares a client for addresses that begin with the line's base. A base on this machine is a fake platform: it is reached without
    /// TLS, and no real money can be spent there.
    ///
    /// # Errors
    /// [`crate::ErrorKind::InvalidInput`] for a base that is no https address, nor one on this machine.
    pub(super) fn open(at: Line<'_>, options: &RemoteOptions, clock: Arc<dyn Clock>) -> Result<Self> {
        let Line { platform, account, base, app, tokens, judge, usage } = at;
        let (client, is_own_machine) = client("base_url", base, options)?;
        let base = base.trim_end_matches('/').to_owned();
        let app = ContentHash::of(app.as_bytes());
        let lane = options.traffic.lane([&format!("{platform} {base}"), app.as_str(), account], clock);
        Ok(Self {
            client: client.on(lane.clone()),
            lane,
            tokens: tokens.clone(),
            account: account.to_owned(),
            base,
            is_own_machine,
            judge,
            usage,
        })
    }

    /// The same account with another judge of its answers.
    pub(super) fn judged_by(&self, judge: Judge) -> Self {
        Self { judge, ..self.clone() }
    }

    /// Whether the platform is a fake on this machine.
    pub(super) fn is_own_machine(&self) -> bool {
        self.is_own_machine
    }

    /// Waits through the port of the account's lane: connectors never sleep on their own.
    pub(super) async fn wait(&self, time: Duration) {
        self.lane.wait(time).await;
    }

    /// The whole address of a path that begins with a slash.
    pub(super) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// Sends a request and gives back an answer that the platform calls a success. A token that the platform calls expired is made anew
    /// once, where it can be; such an answer has changed nothing, so writes are sent again too.
    ///
    /// # Errors
    /// What the judge makes of the answer, those of [`Client::ask`], and what the making of a token fails with.
    pub(super) async fn ask(&self, request: &Request) -> Result<Response> {
        self.exchange(request).await.map(|(_, response)| response)
    }

    /// [`Remote::ask`], read as JSON.
    ///
    /// # Errors
    /// Also for an answer of another shape: a lost answer where the request must happen once.
    pub(super) async fn read<T: DeserializeOwned>(&self, request: &Request) -> Result<T> {
        let (sent, response) = self.exchange(request).await?;
        response.json(&sent)
    }

    /// The request as it was sent, with its token, and the answer.
    async fn exchange(&self, request: &Request) -> Result<(Request, Response)> {
        if !request.wants_token() {
            return self.send(request.clone()).await;
        }
        let held = self.tokens.held().await?;
        match self.send(request.carrying(&held.token)).await {
            Err(error) if class::is_auth_expired(&error) => match self.tokens.after(&held).await? {
                Some(newer) => self.send(request.carrying(&newer.token)).await,
                None => Err(error),
            },
            outcome => outcome,
        }
    }

    async fn send(&self, request: Request) -> Result<(Request, Response)> {
        let heard = |request: &Request, response: &Response| {
            (self.usage)(response, &self.account, &self.lane);
            (self.judge)(request, response)
        };
        let response = self.client.ask(&request, heard).await?;
        Ok((request, response))
    }
}

/// A client for addresses that begin with `base`, and whether that is this machine.
///
/// # Errors
/// [`crate::ErrorKind::InvalidInput`] for a base that is no https address, nor one on this machine.
pub(super) fn client(field: &str, base: &str, options: &RemoteOptions) -> Result<(Client, bool)> {
    let is_own_machine = is_own_machine(base);
    if !is_own_machine && !base.starts_with("https://") {
        return Err(Error::invalid(field, format!("{base:?} is no https address")).next(
            "leave it out for the platform's own address, or give the address of a fake platform on this machine",
        ));
    }
    let reach = if is_own_machine { Reach::Loopback } else { Reach::Public };
    let client = Client::new(ClientOptions { retry: options.retry, reach, ..ClientOptions::default() })?;
    Ok((client, is_own_machine))
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

    fn open(base: &str) -> Result<Remote> {
        let clock = Arc::new(crate::clock::SystemClock);
        let tokens = &Arc::new(Tokens::fixed(&crate::http::Secret::new("t"), clock.clone()));
        let (judge, usage): (Judge, _) = (|_, _| Ok(()), says_no_usage);
        let line = Line { platform: Platform::Meta, account: "1", base, app: "app", tokens, judge, usage };
        Remote::open(line, &RemoteOptions::default(), clock)
    }

    #[test]
    fn only_addresses_on_this_machine_go_without_tls_and_count_as_fakes() {
        for base in ["http://127.0.0.1:8080", "http://localhost/meta", "http://[::1]:9"] {
            assert!(open(base).unwrap().is_own_machine(), "{base}");
        }
        let real = open("https://graph.facebook.com/").unwrap();
        assert!(!real.is_own_machine());
        assert_eq!(real.url("/v26.0/me"), "https://graph.facebook.com/v26.0/me");
        for base in [
            "http://graph.facebook.com",
            "http://127.0.0.1.evil.example",
            "http://user@localhost:1@evil.example",
            "ftp://localhost",
        ] {
            let error = open(base).map(|_| ()).unwrap_err();
            assert!(error.to_string().contains("base_url"), "{base}");
        }
    }
}
