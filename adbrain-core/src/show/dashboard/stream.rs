//! The same messages as server-sent events, for programs: `curl -N -H 'Authorization: Bearer TOKEN' http://…/events`.

use std::convert::Infallible;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures::StreamExt as _;
use futures::stream::{self, BoxStream};
use tokio::sync::{OwnedSemaphorePermit, watch};

use super::board::Board;
use super::client::stopped;
use super::guard::{Role, bearer};
use super::live::unavailable;
use super::server::Shared;

/// A listener and how far it has read.
struct Listener {
    board: Board,
    role: Role,
    news: watch::Receiver<u64>,
    stop: watch::Receiver<bool>,
    /// Whether it has the texts.
    is_begun: bool,
    /// The number up to which it has read.
    after: Option<u64>,
    _seat: OwnedSemaphorePermit,
}

impl Listener {
    /// The next message, once there is one; none once the server stops.
    async fn next(mut self) -> Option<(Result<Event, Infallible>, Self)> {
        if !self.is_begun {
            self.is_begun = true;
            return Some((Ok(Event::default().data(self.board.texts(self.role).as_str())), self));
        }
        loop {
            self.news.mark_unchanged();
            if let Some((text, number)) = self.board.since(self.after) {
                self.after = Some(number);
                return Some((Ok(Event::default().id(number.to_string()).data(text.as_str())), self));
            }
            tokio::select! {
                changed = self.news.changed() => changed.ok()?,
                () = stopped(&mut self.stop) => return None,
            }
        }
    }
}

/// Opens the stream to who shows a token and finds a seat.
pub(super) async fn events(State(shared): State<Shared>, headers: HeaderMap) -> Response {
    let Some(role) = bearer(&headers).and_then(|token| shared.guard.role(token)) else {
        return StatusCode::UNAUTHORIZED.into_response();
    };
    match shared.seats.take() {
        Ok(seat) => Sse::new(messages(shared, role, seat)).keep_alive(KeepAlive::default()).into_response(),
        Err(full) => unavailable(&full),
    }
}

fn messages(shared: Shared, role: Role, seat: OwnedSemaphorePermit) -> BoxStream<'static, Result<Event, Infallible>> {
    let (news, stop) = (shared.board.news(), shared.stop);
    let listener = Listener { board: shared.board, role, news, stop, is_begun: false, after: None, _seat: seat };
    stream::unfold(listener, Listener::next).boxed()
}
