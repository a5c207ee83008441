//! A request as a value, and its answer.

use std::fmt;
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Secret, failure};
use crate::error::{Error, ErrorKind, Result};

/// What the other side does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Reads.
    Get,
    /// Adds or asks.
    Post,
    /// Sets.
    Put,
    /// Changes a part.
    Patch,
    /// Removes.
    Delete,
}

/// What sending a request twice would do; decides what a lost answer means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Nothing is changed: sent again after a failure that passes.
    Read,
    /// A write that can be repeated without harm: a lost answer is [`ErrorKind::Unavailable`]; the caller repeats it.
    Idempotent,
    /// A write that must happen once: a lost answer is [`ErrorKind::OutcomeUnknown`].
    Once,
}

/// What an error may show of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Secrecy {
    /// The address without its query, and the start of the answer.
    Plain,
    /// The host alone.
    Sensitive,
}

/// A request. `GET` is a [`Effect::Read`], everything else is [`Effect::Once`] until it is said otherwise.
///
/// ```
/// use adbrain_core::http::{Effect, Request, Secret};
/// let request = Request::post("https://api.example.com/search?key=k1")
///     .bearer(&Secret::new("t0ken"))
///     .effect(Effect::Read);
/// assert_eq!(format!("{request:?}"), "POST https://api.example.com/search");
/// ```
#[derive(Clone)]
pub struct Request {
    pub(super) method: Method,
    pub(super) url: String,
    pub(super) headers: Vec<(String, Secret)>,
    pub(super) body: Vec<u8>,
    pub(super) effect: Effect,
    pub(super) secrecy: Secrecy,
    pub(super) timeout: Option<Duration>,
    secrets: Vec<Secret>,
    token_header: Option<&'static str>,
}

impl Request {
    /// Makes a request.
    pub fn new(method: Method, url: impl Into<String>) -> Self {
        let effect = if method == Method::Get { Effect::Read } else { Effect::Once };
        let (headers, body, secrets) = (Vec::new(), Vec::new(), Vec::new());
        let (url, secrecy, timeout, token_header) = (url.into(), Secrecy::Plain, None, None);
        Self { method, url, headers, body, effect, secrecy, timeout, secrets, token_header }
    }

    /// Makes a `GET`.
    pub fn get(url: impl Into<String>) -> Self {
        Self::new(Method::Get, url)
    }

    /// Makes a `POST`.
    pub fn post(url: impl Into<String>) -> Self {
        Self::new(Method::Post, url)
    }

    /// Says what sending it twice would do.
    #[must_use]
    pub fn effect(mut self, effect: Effect) -> Self {
        self.effect = effect;
        self
    }

    /// Says what an error may show.
    #[must_use]
    pub fn secrecy(mut self, secrecy: Secrecy) -> Self {
        self.secrecy = secrecy;
        self
    }

    /// Sets how long the whole exchange may take, instead of the client's own time.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), Secret::new(value)));
        self
    }

    /// Adds a header whose value is taken out of every error.
    #[must_use]
    pub fn secret_header(mut self, name: &str, value: &Secret) -> Self {
        self.secrets.push(value.clone());
        self.header(name, value.expose())
    }

    /// Adds `Authorization: Bearer`.
    #[must_use]
    pub fn bearer(mut self, token: &Secret) -> Self {
        self.secrets.push(token.clone());
        self.header("authorization", &format!("Bearer {}", token.expose()))
    }

    /// Says that the account's token goes into a header when the request is sent: `authorization` takes it as a bearer.
    #[must_use]
    pub(crate) fn authorized(mut self, header: &'static str) -> Self {
        self.token_header = Some(header);
        self
    }

    /// Whether the account's token belongs into the request.
    pub(crate) fn wants_token(&self) -> bool {
        self.token_header.is_some()
    }

    /// The request with the account's token where it wants one.
    pub(crate) fn carrying(&self, token: &Secret) -> Self {
        let request = Self { token_header: None, ..self.clone() };
        match self.token_header {
            None => request,
            Some("authorization") => request.bearer(token),
            Some(header) => request.secret_header(header, token),
        }
    }

    /// Takes secrets of the body out of every error.
    #[must_use]
    pub(crate) fn hiding<'a>(mut self, secrets: impl IntoIterator<Item = &'a Secret>) -> Self {
        self.secrets.extend(secrets.into_iter().cloned());
        self
    }

    /// Sets a JSON body.
    ///
    /// # Errors
    /// [`ErrorKind::Internal`] where the value cannot be written as JSON.
    pub fn json(self, value: &impl Serialize) -> Result<Self> {
        let body = serde_json::to_vec(value)
            .map_err(|error| Error::new(ErrorKind::Internal, "a request cannot be written as JSON").caused_by(error))?;
        Ok(self.body(body, "application/json"))
    }

    /// Sets a body and its content type.
    #[must_use]
    pub fn body(mut self, bytes: impl Into<Vec<u8>>, content_type: &str) -> Self {
        self.body = bytes.into();
        self.header("content-type", content_type)
    }

    /// The address as an error may show it: no user, no query, no fragment; the host alone where the request is sensitive.
    pub fn shown(&self) -> String {
        let Ok(url) = self.url.parse::<reqwest::Url>() else { return "an address that cannot be read".to_owned() };
        let host = format!("{}://{}", url.scheme(), url.host_str().unwrap_or_default());
        let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
        let path = if self.secrecy == Secrecy::Sensitive { "" } else { url.path() };
        self.redact(&format!("{host}{port}{path}"))
    }

    /// The span of an exchange: what is asked of which account. No query, no id, no header; the host alone where the request is sensitive.
    pub(super) fn span(&self, account: Option<&str>) -> tracing::Span {
        let is_sensitive = self.secrecy == Secrecy::Sensitive;
        let endpoint = if is_sensitive { format!("{:?}", self.method) } else { self.redact(&self.endpoint()) };
        let url = self.url.parse::<reqwest::Url>().ok();
        tracing::info_span!(
            "http",
            otel.kind = "client",
            otel.name = endpoint,
            http.request.method = format!("{:?}", self.method).to_uppercase(),
            server.address = url.as_ref().and_then(reqwest::Url::host_str),
            account,
            http.response.status_code = tracing::field::Empty,
            otel.status_code = tracing::field::Empty,
            error.type = tracing::field::Empty,
        )
    }

    /// The method and the path without ids: `GET /rest/adAccounts/adCampaigns`.
    pub(super) fn endpoint(&self) -> String {
        let url = self.url.parse::<reqwest::Url>();
        let path = url.as_ref().map_or("", reqwest::Url::path);
        let is_word = |part: &&str| !part.bytes().any(|byte| byte.is_ascii_digit() || byte == b'%');
        let words: Vec<_> = path.split('/').filter(is_word).collect();
        format!("{:?} {}", self.method, words.join("/"))
    }

    /// By the status alone: an error for everything but success.
    pub(super) fn judge(&self, response: &Response) -> Result<()> {
        if (200..300).contains(&response.status) { Ok(()) } else { Err(failure::status(self, response)) }
    }

    /// The error of an answer that the service itself calls temporary: a lost answer where the request must happen once.
    pub(crate) fn lost(&self, message: impl Into<String>) -> Error {
        failure::passing(self, message)
    }

    /// Takes the request's secrets out of a text.
    pub(super) fn redact(&self, text: &str) -> String {
        self.secrets.iter().fold(text.to_owned(), |text, secret| secret.redact(&text))
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} {}", format!("{:?}", self.method).to_uppercase(), self.shown())
    }
}

/// Parameters as the query of an address, in their order, percent signs where they are needed.
///
/// ```
/// use adbrain_core::http::query;
/// assert_eq!(query(&[("fields", "id,name"), ("q", "a b&c")]), "fields=id%2Cname&q=a+b%26c");
/// ```
pub fn query(parameters: &[(&str, &str)]) -> String {
    let url = reqwest::Url::parse_with_params("http://localhost", parameters);
    url.ok().and_then(|url| url.query().map(str::to_owned)).unwrap_or_default()
}

/// An answer, whatever its status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// The headers, names in small letters, in the order of arrival.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Response {
    /// The first header of a name, given in small letters.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    /// How long to wait before the next request, where the other side says so: seconds, or a date, which is compared with the other
    /// side's own (`date`). Anything else says nothing. At most [`Response::LONGEST_WAIT`].
    pub fn retry_after(&self) -> Option<Duration> {
        let asked = self.header("retry-after")?.trim();
        let wait = asked.parse().ok().map(Duration::from_secs).or_else(|| {
            let moment = |text: &str| jiff::fmt::rfc2822::parse(text).ok().map(|moment| moment.timestamp());
            let wait = moment(asked)?.duration_since(moment(self.header("date")?)?);
            Some(Duration::try_from(wait).unwrap_or_default())
        });
        wait.map(|wait| wait.min(Self::LONGEST_WAIT))
    }

    /// Nobody is waited for longer than an hour on the word of a header: whoever still has enough then says so again.
    pub const LONGEST_WAIT: Duration = Duration::from_secs(3_600);

    /// Reads the body as JSON. An unreadable answer to a write that must happen once is a lost answer.
    ///
    /// # Errors
    /// [`ErrorKind::OutcomeUnknown`] for such a write, else [`ErrorKind::Unavailable`].
    pub fn json<T: DeserializeOwned>(&self, request: &Request) -> Result<T> {
        serde_json::from_slice(&self.body).map_err(|error| failure::unreadable(request, &error))
    }

    /// The answer itself where its status says success, else the error that the status stands for.
    ///
    /// # Errors
    /// By the status, as [`super::Client::send`].
    pub fn success(self, request: &Request) -> Result<Self> {
        request.judge(&self).map(|()| self)
    }
}
