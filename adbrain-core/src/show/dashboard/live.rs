//! A listener's way in over WebSocket: Host, Origin, a seat, the handshake.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use hyper_util::rt::TokioIo;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::server::create_response_with_body;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};

use super::client::{self, Source};
use super::orders::refusal;
use super::server::Shared;
use crate::error::Error;

/// Bytes of a WebSocket's read buffer; a listener sends its token and single words. The default takes 136 KB a listener.
const READ_BUFFER: usize = 512;
/// The longest message that a listener may send, in bytes; it sends a token.
const LONGEST_MESSAGE: usize = 4096;
/// Seconds after which it may be tried again where all seats are taken.
const AGAIN: &str = "5";

/// Host and Origin are checked here too: an upgrade must not depend on a layer above it alone.
pub(super) async fn live(State(shared): State<Shared>, request: Request) -> Response {
    if !shared.guard.is_our_host(request.headers()) || !shared.guard.is_our_origin(request.headers()) {
        return StatusCode::FORBIDDEN.into_response();
    }
    let Ok(answer) = create_response_with_body(&request, Body::empty) else {
        return (StatusCode::BAD_REQUEST, "open this address as a WebSocket").into_response();
    };
    let place = match shared.seats.take_or_wait() {
        Ok(place) => place,
        Err(full) => return unavailable(&full),
    };
    let upgraded = hyper::upgrade::on(request);
    let source = Source { guard: shared.guard, board: shared.board, stop: shared.stop };
    tokio::spawn(async move {
        if let Ok(upgraded) = upgraded.await {
            let io = TokioIo::new(upgraded);
            let socket = WebSocketStream::from_raw_socket(io, Role::Server, Some(config())).await;
            client::serve(socket, source, place).await;
        }
    });
    answer
}

fn config() -> WebSocketConfig {
    WebSocketConfig::default()
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(0)
        .max_message_size(Some(LONGEST_MESSAGE))
        .max_frame_size(Some(LONGEST_MESSAGE))
}

/// What is said where all seats are taken.
pub(super) fn unavailable(full: &Error) -> Response {
    let headers = [(header::CONTENT_TYPE, "application/json"), (header::RETRY_AFTER, AGAIN)];
    (StatusCode::SERVICE_UNAVAILABLE, headers, refusal(full).to_string()).into_response()
}
