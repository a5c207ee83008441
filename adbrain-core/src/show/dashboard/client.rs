//! One listener: shows its token, gets the history, then what is new. A listener that does not read is dropped.

use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket, close_code};
use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval, timeout};

use super::board::Board;
use super::guard::{Guard, Role};

/// The time a listener has to show its token, and to take one message.
const PATIENCE: Duration = Duration::from_secs(5);
/// What a listener sends that has found a gap: it gets everything anew.
const RESYNC: &str = "resync";
/// The time between two signs of life.
const PING: Duration = Duration::from_secs(20);

/// Serves one listener until it leaves, is too slow, or the server stops.
pub(super) async fn serve(mut socket: WebSocket, guard: Guard, board: Board, mut stop: watch::Receiver<bool>) {
    let Some(role) = shows_token(&mut socket, &guard).await else {
        close(&mut socket, close_code::POLICY, "token").await;
        return;
    };
    let (mut news, mut after) = (board.news(), None);
    let mut ping = interval(PING);
    ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
    if !send(&mut socket, Message::Text(board.texts(role))).await {
        return;
    }
    loop {
        news.mark_unchanged();
        while let Some((text, number)) = board.since(after) {
            after = Some(number);
            if !send(&mut socket, Message::Text(text)).await {
                return;
            }
        }
        let goes_on = tokio::select! {
            changed = news.changed() => changed.is_ok(),
            () = stopped(&mut stop) => break,
            message = socket.recv() => match message {
                Some(Ok(Message::Text(text))) => {
                    after = after.filter(|_| text.as_str() != RESYNC);
                    true
                }
                other => matches!(other, Some(Ok(Message::Ping(_) | Message::Pong(_)))),
            },
            _ = ping.tick() => send(&mut socket, Message::Ping(axum::body::Bytes::new())).await,
        };
        if !goes_on {
            return;
        }
    }
    close(&mut socket, close_code::AWAY, "stopped").await;
}

/// Waits until the server stops, or is gone.
pub(super) async fn stopped(stop: &mut watch::Receiver<bool>) {
    drop(stop.wait_for(|is_stopped| *is_stopped).await);
}

async fn shows_token(socket: &mut WebSocket, guard: &Guard) -> Option<Role> {
    match timeout(PATIENCE, socket.recv()).await {
        Ok(Some(Ok(Message::Text(token)))) => guard.role(token.as_str()),
        _ => None,
    }
}

async fn send(socket: &mut WebSocket, message: Message) -> bool {
    matches!(timeout(PATIENCE, socket.send(message)).await, Ok(Ok(())))
}

async fn close(socket: &mut WebSocket, code: u16, reason: &'static str) {
    send(socket, Message::Close(Some(CloseFrame { code, reason: Utf8Bytes::from_static(reason) }))).await;
}
