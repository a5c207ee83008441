//! The server below every fake: a real socket, recordings, faults.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Method, Uri};
use axum::response::Response;
use serde_json::Value;

use crate::{Fault, Faults, Recorded};

/// A request as a fake sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct Received {
    /// `GET` or another method.
    pub method: String,
    /// The path, percent signs as they were sent.
    pub path: String,
    /// The query as it was sent.
    pub raw_query: String,
    /// The query, decoded.
    pub query: BTreeMap<String, String>,
    /// The headers in small letters.
    pub headers: BTreeMap<String, String>,
    /// The body.
    pub body: Vec<u8>,
}

impl Received {
    /// The body as JSON, a form as an object of its fields; null where it is neither.
    pub fn json(&self) -> Value {
        if self.header("content-type").starts_with("application/x-www-form-urlencoded") {
            return self.form().unwrap_or(Value::Null);
        }
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    /// The fields of a form; an object, a list or a switch in one of them as what it is.
    fn form(&self) -> Option<Value> {
        let uri: Uri = format!("/?{}", std::str::from_utf8(&self.body).ok()?).parse().ok()?;
        let fields = axum::extract::Query::<BTreeMap<String, String>>::try_from_uri(&uri).ok()?.0;
        let value = |text: String| match serde_json::from_str(&text) {
            Ok(value @ (Value::Object(_) | Value::Array(_) | Value::Bool(_))) => value,
            _ => Value::String(text),
        };
        Some(Value::Object(fields.into_iter().map(|(name, text)| (name, value(text))).collect()))
    }

    /// A part of a form with files.
    pub fn part(&self, field: &str) -> Option<Part> {
        self.parts().into_iter().find(|part| part.field == field)
    }

    /// All parts of a form with files; none where the body is no such form.
    pub fn parts(&self) -> Vec<Part> {
        let Some((_, boundary)) = self.header("content-type").split_once("boundary=") else { return Vec::new() };
        let boundary = format!("--{boundary}");
        split(&self.body, boundary.as_bytes()).into_iter().filter_map(Part::read).collect()
    }

    /// A header, or an empty text.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }
}

/// One part of a form with files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The field.
    pub field: String,
    /// The name of the file, where it is one.
    pub name: String,
    /// What it holds.
    pub bytes: Vec<u8>,
}

impl Part {
    fn read(part: &[u8]) -> Option<Self> {
        let end = part.windows(4).position(|four| four == b"\r\n\r\n")?;
        let head = String::from_utf8_lossy(&part[..end]).into_owned();
        let quoted = |name: &str| {
            let (_, rest) = head.split_once(&format!(" {name}=\""))?;
            rest.split_once('"').map(|(value, _)| value.to_owned())
        };
        let bytes = part.get(end + 4..part.len().checked_sub(2)?)?.to_vec();
        Some(Self { field: quoted("name")?, name: quoted("filename").unwrap_or_default(), bytes })
    }
}

/// What lies between the places of a text in some bytes.
fn split<'a>(bytes: &'a [u8], text: &[u8]) -> Vec<&'a [u8]> {
    let mut parts = Vec::new();
    let mut rest = bytes;
    while let Some(place) = rest.windows(text.len()).position(|window| window == text) {
        parts.push(&rest[..place]);
        rest = &rest[place + text.len()..];
    }
    parts
}

/// An answer of a fake.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// Headers beside the content type.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// JSON with a status.
    pub fn json(status: u16, body: &Value) -> Self {
        let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
        Self { status, headers, body: body.to_string().into_bytes() }
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }
}

/// One platform: a state machine over its requests.
pub trait Api: Send + 'static {
    /// The platform's name: `meta`.
    fn platform(&self) -> &'static str;

    /// The platform's own host.
    fn host(&self) -> &'static str;

    /// Whether a request writes.
    fn is_write(&self, request: &Received) -> bool;

    /// Answers a request.
    fn answer(&mut self, request: &Received) -> Answer;

    /// A failure in the platform's own shape; `CutAfter` and `FailsAfter` ask for that of a broken server.
    fn failure(&self, fault: Fault) -> Answer;
}

/// Changes answers on their way out.
type Alter = Box<dyn FnMut(&Received, &mut Value) + Send>;

/// What is answered instead of the platform's own answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instead {
    /// Whether what is asked for is done all the same.
    pub is_applied: bool,
    /// The status.
    pub status: u16,
    /// A header, where there is one: `("retry-after", "60")`.
    pub header: Option<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

/// Where a request stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Moment {
    /// It has come; nothing is done yet.
    Arrived,
    /// What it asks for is done; nothing is answered yet.
    Applied,
    /// The answer is on the line.
    Answered,
}

/// Looks on at every request of one or several fakes: a harness kills its client from here.
pub trait Watch: Send + Sync + 'static {
    /// Gives a number to a request that has arrived.
    fn number(&self, request: &Received) -> u64;

    /// Called at each moment of each request. Where it says no, nothing more is done for the request.
    fn goes_on(&self, number: u64, moment: Moment) -> bool;
}

/// Tells of an answer when it is on the line: hyper lets go of a body once it is written.
struct Told(Arc<dyn Watch>, u64);

impl Drop for Told {
    fn drop(&mut self) {
        let (watch, number) = (self.0.clone(), self.1);
        // The connection's own task flushes first.
        tokio::spawn(async move { watch.goes_on(number, Moment::Answered) });
    }
}

struct Inner {
    api: Box<dyn Api>,
    alter: Option<Alter>,
    watch: Option<Arc<dyn Watch>>,
    faults: Faults,
    writes: u64,
    reads: u64,
    /// By whether it is a write, and its number.
    canned: BTreeMap<(bool, u64), Instead>,
    recorded: Vec<Recorded>,
    /// How the paths end of which no request is taken, and what is answered.
    refused: Option<(String, Answer)>,
}

/// A fake that runs until it is dropped.
pub struct Fake {
    address: SocketAddr,
    inner: Arc<Mutex<Inner>>,
    task: tokio::task::JoinHandle<()>,
}

impl Fake {
    /// Starts a platform on a free port of this machine.
    pub async fn start(api: impl Api, faults: Faults) -> std::io::Result<Self> {
        let inner = Inner {
            api: Box::new(api),
            alter: None,
            watch: None,
            faults,
            writes: 0,
            reads: 0,
            canned: BTreeMap::new(),
            recorded: Vec::new(),
            refused: None,
        };
        let inner = Arc::new(Mutex::new(inner));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let limit = axum::extract::DefaultBodyLimit::max(64 << 20);
        let router = Router::new().fallback(handle).with_state(inner.clone()).layer(limit);
        let task = tokio::spawn(async move {
            let _ = axum::serve(listener, router).await;
        });
        Ok(Self { address, inner, task })
    }

    /// Its address, to be given as a connector's base: `http://127.0.0.1:40000`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Answers the n-th write with something else, counted as for faults.
    pub fn answer_write(&self, number: u64, canned: Instead) {
        self.inner.lock().expect("no fake panics").canned.insert((true, number), canned);
    }

    /// Answers the n-th request from now on that only reads with something else.
    pub fn answer_read(&self, number: u64, canned: Instead) {
        let mut inner = self.inner.lock().expect("no fake panics");
        let number = inner.reads + number;
        inner.canned.insert((false, number), canned);
    }

    /// Answers every request whose path ends so with something else from now on; none takes that back.
    pub fn refuse(&self, refused: Option<(&str, Answer)>) {
        let refused = refused.map(|(end, answer)| (end.to_owned(), answer));
        self.inner.lock().expect("no fake panics").refused = refused;
    }

    /// Lets somebody look on from here on.
    pub fn watch(&self, watch: Arc<dyn Watch>) {
        self.inner.lock().expect("no fake panics").watch = Some(watch);
    }

    /// Every request up to now.
    pub fn recorded(&self) -> Vec<Recorded> {
        self.inner.lock().expect("no fake panics").recorded.clone()
    }

    /// Writes up to now.
    pub fn writes(&self) -> u64 {
        self.inner.lock().expect("no fake panics").writes
    }

    /// Changes every JSON answer on its way out: for states that a platform falls into and no object of ours has, such as a page that comes
    /// twice.
    pub fn alter(&self, alter: impl FnMut(&Received, &mut Value) + Send + 'static) {
        self.inner.lock().expect("no fake panics").alter = Some(Box::new(alter));
    }

    /// Sets new faults; writes are counted from here on.
    pub fn fail(&self, faults: Faults) {
        let mut inner = self.inner.lock().expect("no fake panics");
        inner.faults = faults;
        inner.writes = 0;
    }
}

impl Drop for Fake {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn handle(
    State(inner): State<Arc<Mutex<Inner>>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let received = received(&method, &uri, &headers, &body);
    let mut inner = inner.lock().expect("no fake panics");
    let Some(watch) = inner.watch.clone() else { return inner.handle(&received) };
    let number = watch.number(&received);
    if !watch.goes_on(number, Moment::Arrived) {
        return gone();
    }
    let response = inner.handle(&received);
    if watch.goes_on(number, Moment::Applied) { response.map(|body| told(body, Told(watch, number))) } else { gone() }
}

impl Inner {
    fn handle(&mut self, received: &Received) -> Response {
        let record = record(self.api.as_ref(), received);
        self.recorded.push(record);
        if let Some((_, answer)) = self.refused.as_ref().filter(|(end, _)| received.path.ends_with(end)) {
            return send(answer.clone());
        }
        let is_write = self.api.is_write(received);
        let counted = if is_write { &mut self.writes } else { &mut self.reads };
        *counted += 1;
        let number = *counted;
        if let Some(canned) = self.canned.get(&(is_write, number)).cloned() {
            if canned.is_applied {
                self.api.answer(received);
            }
            let headers: Vec<_> = canned.header.into_iter().collect();
            return built(canned.status, &headers, Body::from(canned.body));
        }
        let fault = self.faults.0.get(&number).copied().filter(|_| is_write);
        response(self, received, fault)
    }
}

/// Nobody is there to read it.
fn gone() -> Response {
    built(503, &[], Body::empty())
}

fn told(body: Body, told: Told) -> Body {
    let parts = futures::stream::unfold((body.into_data_stream(), told), |(mut parts, told)| async move {
        let part = futures::StreamExt::next(&mut parts).await?;
        Some((part, (parts, told)))
    });
    Body::from_stream(parts)
}

fn response(inner: &mut Inner, received: &Received, fault: Option<Fault>) -> Response {
    match fault {
        None => {
            let mut answer = inner.api.answer(received);
            if let (Some(alter), Ok(mut body)) = (&mut inner.alter, serde_json::from_slice(&answer.body)) {
                alter(received, &mut body);
                answer.body = body.to_string().into_bytes();
            }
            send(answer)
        }
        Some(fault @ (Fault::Throttled | Fault::FailsBefore | Fault::TokenExpired)) => send(inner.api.failure(fault)),
        Some(fault @ Fault::FailsAfter) => {
            inner.api.answer(received);
            send(inner.api.failure(fault))
        }
        Some(Fault::CutAfter(bytes)) => cut(inner.api.answer(received), bytes),
    }
}

fn send(answer: Answer) -> Response {
    built(answer.status, &answer.headers, Body::from(answer.body))
}

/// The length of the whole answer is announced, and only its start is sent.
fn cut(answer: Answer, bytes: usize) -> Response {
    let Answer { status, mut headers, mut body } = answer;
    headers.push(("content-length".to_owned(), body.len().to_string()));
    body.truncate(bytes.min(body.len().saturating_sub(1)));
    let broken = std::io::Error::new(std::io::ErrorKind::ConnectionReset, "the line breaks");
    let parts = vec![Ok(Bytes::from(body)), Err(broken)];
    let stream = futures::stream::iter(parts);
    built(status, &headers, Body::from_stream(stream))
}

fn built(status: u16, headers: &[(String, String)], body: Body) -> Response {
    let mut response = Response::builder().status(status);
    for (name, value) in headers {
        response = response.header(name, value);
    }
    response.body(body).expect("a fake's headers are valid")
}

fn received(method: &Method, uri: &Uri, headers: &HeaderMap, body: &Bytes) -> Received {
    let text = |value: &axum::http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let raw_query = uri.query().unwrap_or_default().to_owned();
    let query = axum::extract::Query::<BTreeMap<String, String>>::try_from_uri(uri);
    Received {
        method: method.as_str().to_owned(),
        path: uri.path().to_owned(),
        query: query.map(|query| query.0).unwrap_or_default(),
        raw_query,
        headers: headers.iter().map(|(name, value)| (name.as_str().to_owned(), text(value))).collect(),
        body: body.to_vec(),
    }
}

/// Headers that the client sets by itself say nothing about the platform.
const OF_THE_CLIENT: &[&str] = &["accept", "content-length", "host", "user-agent", "accept-encoding"];
/// Headers whose value is a secret.
const SECRET: &[&str] = &["authorization", "access-token", "developer-token"];

fn record(api: &dyn Api, received: &Received) -> Recorded {
    let kept = received.headers.iter().filter(|(name, _)| !OF_THE_CLIENT.contains(&name.as_str()));
    let headers = kept.map(|(name, value)| {
        let is_bearer = value.starts_with("Bearer ");
        let secret = if is_bearer { "Bearer x" } else { "x" };
        let value = if SECRET.contains(&name.as_str()) { secret } else { value };
        (name.clone(), value.to_owned())
    });
    Recorded {
        platform: api.platform().to_owned(),
        method: received.method.clone(),
        host: api.host().to_owned(),
        path: received.path.clone(),
        query: received.query.clone(),
        raw_query: received.raw_query.clone(),
        headers: headers.collect(),
        body: body(received),
    }
}

/// JSON as it is, a form with files as the texts and sizes of its parts, anything else as text or as its size.
fn body(received: &Received) -> Value {
    let bytes = &received.body;
    if bytes.is_empty() {
        return Value::Null;
    }
    let parts = received.parts();
    if !parts.is_empty() {
        let part = |part: &Part| match part.name.as_str() {
            "" => serde_json::json!({"field": part.field, "text": String::from_utf8_lossy(&part.bytes)}),
            name => serde_json::json!({"field": part.field, "file": name, "bytes": part.bytes.len()}),
        };
        return serde_json::json!({"multipart": parts.iter().map(part).collect::<Vec<_>>()});
    }
    match (serde_json::from_slice(bytes), std::str::from_utf8(bytes)) {
        (Ok(value), _) => value,
        (Err(_), Ok(text)) => Value::String(text.to_owned()),
        (Err(_), Err(_)) => serde_json::json!({"bytes": bytes.len()}),
    }
}
