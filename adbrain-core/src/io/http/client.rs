//! The client: one exchange, and what is sent again.

use std::time::Duration;

use tracing::Instrument as _;

use super::address::CheckedResolver;
use super::lane::{Lane, Trip};
use super::{Effect, Method, Reach, Request, Response, class, failure};
use crate::error::{Error, ErrorKind, Result};
use crate::model::ContentHash;

/// How long one exchange may take by default.
const TIMEOUT: Duration = Duration::from_secs(30);
/// How long a connection may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// No answer may be larger: 64 MiB.
const LARGEST_BODY: usize = 64 << 20;
/// So much is read of an answer that is no success: what went wrong is told at its start.
const LARGEST_FAILURE: usize = 256 << 10;

/// A write is given up when it has waited for so long: the kill switch is asked before each write and works within a second.
const WRITE_PATIENCE: Duration = Duration::from_secs(1);

/// How often a failed read is tried again, and how long after. A write is sent again only where no byte of it has left, and within a second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retry {
    /// Tries in all; 1 for none after the first. 4 by default.
    pub attempts: u32,
    /// The greatest pause after the first try, doubled each time; 500 ms by default.
    pub first_pause: Duration,
    /// The longest pause of our own; 30 s by default. Where the other side asks for more, it gets it within `deadline`.
    pub longest_pause: Duration,
    /// How long all tries may take together with their waits; 120 s by default. A read that would wait for longer fails at once.
    pub deadline: Duration,
}

impl Default for Retry {
    fn default() -> Self {
        Self {
            attempts: 4,
            first_pause: Duration::from_millis(500),
            longest_pause: Duration::from_secs(30),
            deadline: Duration::from_secs(120),
        }
    }
}

impl Retry {
    /// No second try.
    pub const NONE: Self =
        Self { attempts: 1, first_pause: Duration::ZERO, longest_pause: Duration::ZERO, deadline: Duration::ZERO };

    /// The pause after try number `attempt`, counted from 0: anything up to the doubled pause ("full jitter"), spread by the request, the
    /// process and the time so that many clients do not come back at once.
    fn pause(self, attempt: u32, request: &Request, now: jiff::Timestamp) -> Duration {
        let whole = self.longest_pause.min(self.first_pause.saturating_mul(2_u32.saturating_pow(attempt)));
        let place = format!("{} {attempt} {} {}", std::process::id(), now.as_nanosecond(), request.url);
        let part = u32::from_str_radix(ContentHash::of(place.as_bytes()).short(4), 16).unwrap_or(0);
        whole.saturating_mul(part) / u32::from(u16::MAX)
    }

    /// How long a request may wait for its turn and for its pauses.
    pub(super) fn patience(self, request: &Request) -> Duration {
        if request.effect == Effect::Read { self.deadline } else { self.deadline.min(WRITE_PATIENCE) }
    }
}

/// How a client behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientOptions {
    /// How long one exchange may take; 30 s by default.
    pub timeout: Duration,
    /// The retries of reads.
    pub retry: Retry,
    /// Which addresses it may connect to; public ones over TLS by default.
    pub reach: Reach,
}

impl Default for ClientOptions {
    fn default() -> Self {
        Self { timeout: TIMEOUT, retry: Retry::default(), reach: Reach::default() }
    }
}

/// Sends requests. Clones share their connections. Redirects are not followed and proxies of the environment are not used,
/// so that every address is checked.
#[derive(Clone)]
pub struct Client {
    secure: reqwest::Client,
    plain: Option<reqwest::Client>,
    pub(super) options: ClientOptions,
    pub(super) lane: Lane,
}

impl Client {
    /// Makes a client.
    ///
    /// # Errors
    /// [`ErrorKind::Unavailable`] where TLS cannot be set up.
    pub fn new(options: ClientOptions) -> Result<Self> {
        let secure = connections(options, CheckedResolver::Secure(options.reach))?;
        let plain = match options.reach {
            Reach::Public => None,
            reach => Some(connections(options, CheckedResolver::Plain(reach))?),
        };
        Ok(Self { secure, plain, options, lane: Lane::free() })
    }

    /// The same connections for the requests of one account, which keep to its lane.
    #[must_use]
    pub(crate) fn on(&self, lane: Lane) -> Self {
        Self { lane, ..self.clone() }
    }

    /// Sends a request and takes only success for an answer.
    ///
    /// # Errors
    /// [`ErrorKind::Unauthorized`] for 401 and 403, [`ErrorKind::NotFound`] for 404, [`ErrorKind::Conflict`] for 409 and 412,
    /// [`ErrorKind::RateLimited`] for 429, [`ErrorKind::InvalidInput`] for other 4xx and for redirects, which are not followed; for 5xx
    /// [`ErrorKind::OutcomeUnknown`] where the request must happen once, else [`ErrorKind::Unavailable`]; and those of [`Client::ask`].
    pub async fn send(&self, request: &Request) -> Result<Response> {
        self.ask(request, Request::judge).await
    }

    /// Sends a request and lets a judge say what its answer means, for services whose status says too little: some throttle with 200
    /// or 400 and explain themselves in the body. A judge gives the error that the answer stands for; a read whose error passes is tried
    /// again, after `retry_after_seconds` of its context where the other side asks for a wait. Each error names its class (`class`).
    ///
    /// # Errors
    /// Those of the judge; [`ErrorKind::Refused`] for an address that may not be reached, [`ErrorKind::Unavailable`] where nothing was sent,
    /// [`ErrorKind::RateLimited`] where the account has to be silent, [`ErrorKind::OutcomeUnknown`] where the answer to a write was lost,
    /// [`ErrorKind::TimedOut`] for a read that took too long.
    pub async fn ask(&self, request: &Request, judge: impl Fn(&Request, &Response) -> Result<()>) -> Result<Response> {
        let span = request.span(self.lane.account());
        let answer = self.tried(request, judge).instrument(span.clone()).await;
        match &answer {
            Ok(response) => drop(span.record("http.response.status_code", response.status)),
            Err(error) => error.mark(&span),
        }
        answer
    }

    async fn tried(&self, request: &Request, judge: impl Fn(&Request, &Response) -> Result<()>) -> Result<Response> {
        let mut trip = Trip::new(self.lane.now(), self.options.retry.patience(request));
        loop {
            self.lane.enter(request, &mut trip).await.map_err(class::named)?;
            let outcome = match self.once(request).await {
                Ok(response) => judge(request, &response).map(|()| response),
                Err(error) => Err(error),
            };
            match outcome {
                Ok(response) => return Ok(response),
                Err(error) => self.again(request, &mut trip, error).await?,
            }
        }
    }

    /// Learns from a failed try and waits for the next one; gives the error back where there is none.
    pub(super) async fn again(&self, request: &Request, trip: &mut Trip, error: Error) -> Result<()> {
        let error = class::named(error);
        self.lane.hear(request, &error);
        let Some(pause) = self.pause(trip, request, &error) else { return Err(error) };
        trip.wait(&self.lane, pause).await;
        trip.attempt += 1;
        Ok(())
    }

    /// How long to wait before a request is sent again, at least as long as the other side asked for; none where it is not.
    fn pause(&self, trip: &Trip, request: &Request, error: &Error) -> Option<Duration> {
        let (retry, now) = (self.options.retry, self.lane.now());
        let cost = class::cost(request, error).filter(|_| trip.attempt + 1 < retry.attempts)?;
        let pause = retry.pause(trip.attempt, request, now).max(class::asked_wait(error, now));
        (pause <= trip.left(now) && self.lane.pay(cost)).then_some(pause)
    }

    async fn once(&self, request: &Request) -> Result<Response> {
        let (connections, url) = connections_of(self, request)?;
        let built = build(connections, request, url)?;
        let response = connections.execute(built).await.map_err(|error| failure::transport(request, error))?;
        read(request, response).await
    }
}

/// The address of a request, checked, and the connections that reach it.
pub(super) fn connections_of<'a>(client: &'a Client, request: &Request) -> Result<(&'a reqwest::Client, reqwest::Url)> {
    let url = request
        .url
        .parse::<reqwest::Url>()
        .map_err(|error| Error::invalid("url", error).next("give a whole address such as https://example.com/path"))?;
    client.options.reach.check(&url).map_err(|error| error.with("address", request.shown()))?;
    let secure = &client.secure;
    let connections = if url.scheme() == "http" { client.plain.as_ref().unwrap_or(secure) } else { secure };
    Ok((connections, url))
}

fn connections(options: ClientOptions, resolver: CheckedResolver) -> Result<reqwest::Client> {
    let builder = reqwest::Client::builder()
        .user_agent(concat!("adbrain/", env!("CARGO_PKG_VERSION")))
        .timeout(options.timeout)
        .connect_timeout(CONNECT_TIMEOUT.min(options.timeout))
        .redirect(reqwest::redirect::Policy::none())
        .dns_resolver(resolver)
        .no_proxy();
    builder.build().map_err(|error| {
        Error::new(ErrorKind::Unavailable, "TLS cannot be set up")
            .next("install the system's certificates")
            .caused_by(error)
    })
}

pub(super) fn build(connections: &reqwest::Client, request: &Request, url: reqwest::Url) -> Result<reqwest::Request> {
    let mut builder = connections.request(method(request.method), url).body(request.body.clone());
    for (name, value) in &request.headers {
        let mut value = reqwest::header::HeaderValue::from_str(value.expose()).map_err(|_| {
            Error::invalid(&format!("header {name}"), "holds signs that a header cannot carry")
                .next("use visible ASCII signs without line breaks")
        })?;
        value.set_sensitive(true);
        builder = builder.header(name, value);
    }
    if let Some(timeout) = request.timeout {
        builder = builder.timeout(timeout);
    }
    builder.build().map_err(|error| failure::transport(request, error))
}

pub(super) async fn read(request: &Request, mut response: reqwest::Response) -> Result<Response> {
    let (status, is_success) = (response.status().as_u16(), response.status().is_success());
    let headers = response.headers().iter();
    let text = |value: &reqwest::header::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let headers = headers.map(|(name, value)| (name.as_str().to_owned(), text(value))).collect();
    let mut body = Vec::new();
    while let Some(part) = response.chunk().await.map_err(|error| failure::transport(request, error))? {
        if body.len() + part.len() > LARGEST_BODY {
            return Err(failure::unreadable(request, &"it is larger than 64 MiB"));
        }
        body.extend_from_slice(&part);
        if !is_success && body.len() > LARGEST_FAILURE {
            break;
        }
    }
    Ok(Response { status, headers, body })
}

fn method(method: Method) -> reqwest::Method {
    match method {
        Method::Get => reqwest::Method::GET,
        Method::Post => reqwest::Method::POST,
        Method::Put => reqwest::Method::PUT,
        Method::Patch => reqwest::Method::PATCH,
        Method::Delete => reqwest::Method::DELETE,
    }
}

#[cfg(test)]
#[path = "client_tests.rs"]
mod tests;
