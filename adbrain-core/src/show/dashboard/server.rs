//! The server, on this machine alone: three files, the messages over WebSocket and as server-sent events, orders, metrics.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::header;
use axum::middleware::from_fn_with_state;
use axum::response::IntoResponse;
use axum::routing::{get, post};
use axum::serve::ListenerExt as _;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::board::Board;
use super::client;
use super::desk::Desk;
use super::guard::{Guard, protect};
use super::live::live;
use super::seats::{self, Seats};
use super::{brief, metrics, orders, stream};
use crate::error::{Error, ErrorKind, Result, Source};

/// What the system may hold of what a listener has not read, in bytes. Its own choice grows to megabytes for one that reads slowly.
const UNREAD: u32 = 64 * 1024;
/// Connections that may wait to be taken: a page that comes back with all its listeners.
const BACKLOG: u32 = 4096;
/// The shortest token, in characters.
const SHORTEST_TOKEN: usize = 16;
/// The time that open connections have to end when the server stops.
const FAREWELL: Duration = Duration::from_secs(2);

/// Where to listen, and the secret that opens the page.
#[derive(Clone)]
pub struct ServeOptions {
    /// The address; only this machine's own.
    pub address: SocketAddr,
    /// A random token of at least 16 characters; who has it may decide.
    pub token: String,
    /// Another one; who has it may only look.
    pub viewer: Option<String>,
    /// Takes the orders of the page; without one it only shows.
    pub desk: Option<Desk>,
    /// The origins whose pages may show this one in a frame, such as `http://localhost:8888`; none by default.
    pub frames: Vec<String>,
    /// How many may listen at once over WebSocket and server-sent events; each takes an open file.
    pub listeners: usize,
}

impl ServeOptions {
    /// Listens on a port of this machine; port 0 takes a free one.
    pub fn local(port: u16, token: impl Into<String>) -> Self {
        let address = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port);
        let (frames, listeners) = (Vec::new(), seats::LISTENERS);
        Self { address, token: token.into(), viewer: None, desk: None, frames, listeners }
    }

    /// Adds a token with which the page can only be looked at.
    #[must_use]
    pub fn viewer(mut self, token: impl Into<String>) -> Self {
        self.viewer = Some(token.into());
        self
    }

    /// Adds a desk that takes the orders of the page.
    #[must_use]
    pub fn desk(mut self, desk: Desk) -> Self {
        self.desk = Some(desk);
        self
    }

    /// Lets pages of these origins show this one in a frame, as a notebook does.
    #[must_use]
    pub fn framed_by(mut self, origins: impl IntoIterator<Item = String>) -> Self {
        self.frames = origins.into_iter().collect();
        self
    }

    /// Lets so many listen at once; 128 where nothing is said.
    #[must_use]
    pub fn listeners(mut self, listeners: usize) -> Self {
        self.listeners = listeners;
        self
    }

    fn check(&self) -> Result<()> {
        if !self.address.ip().is_loopback() {
            return Err(Error::new(ErrorKind::Refused, format!("the page does not listen on {}", self.address.ip()))
                .next("listen on 127.0.0.1 and reach it through a tunnel"));
        }
        seats::check(self.listeners)?;
        check_token("token", &self.token)?;
        let Some(viewer) = &self.viewer else { return Ok(()) };
        check_token("viewer", viewer)?;
        if *viewer == self.token {
            return Err(Error::invalid("viewer", "is the token of who decides").next("make another one at random"));
        }
        Ok(())
    }
}

fn check_token(field: &str, token: &str) -> Result<()> {
    if token.chars().count() < SHORTEST_TOKEN || !token.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Err(Error::invalid(field, "is not at least 16 letters and digits").next("make one at random"));
    }
    Ok(())
}

impl std::fmt::Debug for ServeOptions {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("ServeOptions").field("address", &self.address).finish_non_exhaustive()
    }
}

/// What every request is answered with.
#[derive(Clone)]
pub(super) struct Shared {
    pub(super) guard: Guard,
    pub(super) board: Board,
    pub(super) desk: Option<Arc<Desk>>,
    pub(super) stop: watch::Receiver<bool>,
    pub(super) seats: Seats,
}

/// A running server; it stops when this value is dropped.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    token: String,
    viewer: Option<String>,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Server {
    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address of the page; the token stands in the fragment, which browsers never send.
    pub fn url(&self) -> String {
        format!("http://{}/#token={}", self.address, self.token)
    }

    /// The same for who may only look, where there is a token for it.
    pub fn viewer_url(&self) -> Option<String> {
        self.viewer.as_ref().map(|token| format!("http://{}/#token={token}", self.address))
    }

    /// Stops listening, says goodbye to the listeners and waits for them, at most two seconds.
    pub async fn stop(mut self) {
        self.stop.send_replace(true);
        if tokio::time::timeout(FAREWELL, &mut self.task).await.is_err() {
            self.task.abort();
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.send_replace(true);
    }
}

/// Starts the live page of a board.
///
/// # Errors
/// [`ErrorKind::Refused`] for an address beyond this machine, [`ErrorKind::InvalidInput`] for a weak token,
/// [`ErrorKind::Unavailable`] where the port is taken.
pub async fn serve(options: ServeOptions, board: Board) -> Result<Server> {
    options.check()?;
    let listener = bound(options.address).map_err(|error| taken(options.address, error))?;
    let address = listener.local_addr().map_err(|error| taken(options.address, error))?;
    let (stop, stopped) = watch::channel(false);
    let guard = Guard::new(address.port(), &options.token, options.viewer.as_deref()).framed_by(&options.frames)?;
    let (seats, desk) = (Seats::new(options.listeners), options.desk.map(Arc::new));
    let app = router(Shared { guard, board, desk, stop: stopped.clone(), seats });
    // Each message is written at once, whether the one before it has been acknowledged or not.
    let listener = listener.tap_io(|stream: &mut TcpStream| drop(stream.set_nodelay(true)));
    let task = tokio::spawn(async move {
        let mut stopped = stopped;
        let end = async move { client::stopped(&mut stopped).await };
        if let Err(error) = axum::serve(listener, app).with_graceful_shutdown(end).await {
            tracing::warn!(%error, "the live page ended");
        }
    });
    Ok(Server { address, token: options.token, viewer: options.viewer, stop, task })
}

/// Listens on the address; what is not read waits with us, where the latest value takes the place of those before it.
fn bound(address: SocketAddr) -> std::io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    if cfg!(unix) {
        socket.set_reuseaddr(true)?;
    }
    socket.set_send_buffer_size(UNREAD)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

fn taken(address: SocketAddr, error: std::io::Error) -> Error {
    Error::new(ErrorKind::Unavailable, "the live page cannot listen")
        .with("address", address)
        .next("choose another port, or 0 for a free one")
        .caused_by(Box::new(error) as Source)
}

fn router(shared: Shared) -> Router {
    let guard = shared.guard.clone();
    Router::new()
        .route("/", get(async || file("text/html; charset=utf-8", include_str!("dist/index.html"))))
        .route("/page.js", get(async || file("text/javascript; charset=utf-8", include_str!("dist/page.js"))))
        .route("/page.css", get(async || file("text/css; charset=utf-8", include_str!("dist/page.css"))))
        .route("/licenses.txt", get(async || file("text/plain; charset=utf-8", include_str!("dist/licenses.txt"))))
        .route("/live", get(live))
        .route("/events", get(stream::events))
        .route("/metrics", get(metrics::metrics))
        .route("/orders/{name}", post(orders::take))
        .route("/brief/form", get(brief::form))
        .route("/brief/{act}", post(brief::take))
        .layer(from_fn_with_state(guard, protect))
        .with_state(shared)
}

fn file(kind: &'static str, text: &'static str) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, kind)], text)
}
