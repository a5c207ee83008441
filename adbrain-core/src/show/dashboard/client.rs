//! One listener: shows its token, gets the history, then what is new. A listener that does not read is dropped.
//!
//! What is sent is written as it stands, past the WebSocket's own buffer, which would keep a copy as large as the longest message for each
//! listener.

use std::time::Duration;

use axum::body::Bytes;
use futures::{FutureExt as _, SinkExt as _, StreamExt as _};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _};
use tokio::sync::watch;
use tokio::time::{Instant, MissedTickBehavior, interval_at, timeout};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes, protocol::CloseFrame};

use super::board::Board;
use super::frame::Frame;
use super::guard::{Guard, Role};
use super::seats::Place;

/// The time a listener has to show its token, and to take one message.
const PATIENCE: Duration = Duration::from_secs(5);
/// What a listener sends that has found a gap: it gets everything anew.
const RESYNC: &str = "resync";
/// The time between two signs of life.
const PING: Duration = Duration::from_secs(20);
/// The most bytes of a reason for closing (RFC 6455, section 5.5).
const LONGEST_REASON: usize = 123;

/// What a listener is served from.
pub(super) struct Source {
    pub(super) guard: Guard,
    pub(super) board: Board,
    pub(super) stop: watch::Receiver<bool>,
}

/// Serves one listener until it leaves, is too slow, or the server stops.
pub(super) async fn serve<S>(mut socket: WebSocketStream<S>, source: Source, place: Place)
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let Some(role) = shows_token(&mut socket, &source.guard).await else {
        return close(&mut socket, CloseCode::Policy, "token").await;
    };
    let Source { board, stop, .. } = source;
    if !place.is_seat() {
        return close(&mut socket, CloseCode::Again, &board.say("full")).await;
    }
    if listen(&mut socket, (&board, role), stop).await.is_some() {
        close(&mut socket, CloseCode::Away, "stopped").await;
    }
    drop(place);
}

/// Tells what is new until the server stops; none where the listener has left or is too slow.
async fn listen<S>(
    socket: &mut WebSocketStream<S>,
    (board, role): (&Board, Role),
    mut stop: watch::Receiver<bool>,
) -> Option<()>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let (mut news, mut after) = (board.news(), None);
    let mut ping = interval_at(Instant::now() + PING, PING);
    ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
    send(socket, &board.texts(role)).await?;
    loop {
        news.mark_unchanged();
        while let Some((frame, number)) = board.since(after) {
            after = Some(number);
            send(socket, &frame).await?;
        }
        tokio::select! {
            changed = news.changed() => changed.ok()?,
            () = stopped(&mut stop) => return Some(()),
            message = socket.next() => match message?.ok()? {
                Message::Text(text) => after = after.filter(|_| text.as_str() != RESYNC),
                Message::Ping(_) | Message::Pong(_) => {}
                _ => return None,
            },
            _ = ping.tick() => in_time(socket.send(Message::Ping(Bytes::new()))).await?,
        }
    }
}

/// Waits until the server stops, or is gone.
pub(super) async fn stopped(stop: &mut watch::Receiver<bool>) {
    drop(stop.wait_for(|is_stopped| *is_stopped).await);
}

async fn shows_token<S>(socket: &mut WebSocketStream<S>, guard: &Guard) -> Option<Role>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    match timeout(PATIENCE, socket.next()).await {
        Ok(Some(Ok(Message::Text(token)))) => guard.role(token.as_str()),
        _ => None,
    }
}

/// Writes a message as it is; an answer of the WebSocket itself that is still to be written goes first.
async fn send<S>(socket: &mut WebSocketStream<S>, frame: &Frame) -> Option<()>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let written = async {
        socket.flush().await.ok()?;
        socket.get_mut().write_all(frame.bytes()).await.ok()
    };
    in_time(written.map(|written| written.ok_or(()))).await
}

/// What is done within the patience; a listener that does not read has its turn taken away.
async fn in_time<E>(work: impl Future<Output = Result<(), E>>) -> Option<()> {
    timeout(PATIENCE, work).await.ok()?.ok()
}

async fn close<S>(socket: &mut WebSocketStream<S>, code: CloseCode, reason: &str)
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let mut end = reason.len().min(LONGEST_REASON);
    while !reason.is_char_boundary(end) {
        end -= 1;
    }
    let reason = Utf8Bytes::from(reason.get(..end).unwrap_or_default());
    in_time(socket.send(Message::Close(Some(CloseFrame { code, reason })))).await;
}

#[cfg(test)]
mod tests {
    use tokio_tungstenite::tungstenite::protocol::Role as End;

    use super::*;
    use crate::agent::workflow::Event;
    use crate::dashboard::seats::Seats;
    use crate::dashboard::tests::{TOKEN, event};
    use crate::model::Language;

    /// A listener at the other end of a pipe that holds little, and the task that serves it.
    async fn pair(
        board: &Board,
        seats: &Seats,
    ) -> (WebSocketStream<tokio::io::DuplexStream>, tokio::task::JoinHandle<()>) {
        let (ours, theirs) = tokio::io::duplex(1024);
        let server = WebSocketStream::from_raw_socket(ours, End::Server, None).await;
        let mut client = WebSocketStream::from_raw_socket(theirs, End::Client, None).await;
        let (running, stop) = watch::channel(false);
        let source = Source { guard: Guard::new(80, TOKEN, None), board: board.clone(), stop };
        let place = seats.take_or_wait().unwrap();
        let task = tokio::spawn(async move {
            serve(server, source, place).await;
            drop(running);
        });
        client.send(Message::text(TOKEN)).await.unwrap();
        (client, task)
    }

    #[tokio::test(start_paused = true)]
    async fn a_listener_that_does_not_read_is_dropped_in_time_and_its_place_is_free() {
        let (board, seats) = (Board::new(Language::English), Seats::new(1));
        (0..20).for_each(|number| board.tell(&event(number)));
        let (stuck, served) = pair(&board, &seats).await;
        let begun = Instant::now();
        served.await.unwrap();
        assert!((PATIENCE..2 * PATIENCE).contains(&begun.elapsed()), "{:?}", begun.elapsed());
        assert_eq!(seats.count(), (1, 0));
        drop(stuck);
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_listener_gets_the_latest_value_alone() {
        let (board, seats) = (Board::new(Language::English), Seats::new(1));
        let (mut slow, served) = pair(&board, &seats).await;
        let long = "x".repeat(4000);
        for number in 0..500 {
            board.put(None, "counter", serde_json::json!(number));
            board.put(None, "long", serde_json::json!(format!("{number}{long}")));
            tokio::task::yield_now().await;
        }
        board.tell(&Event { step: Some("the last one".into()), ..event(0) });
        let mut values = Vec::new();
        loop {
            let Message::Text(text) = slow.next().await.unwrap().unwrap() else { continue };
            let message: serde_json::Value = serde_json::from_str(text.as_str()).unwrap();
            let parts = message["parts"].as_array().cloned().unwrap_or_default();
            values.extend(parts.iter().filter(|part| part["part"] == "counter").map(|part| part["value"].clone()));
            if text.contains("the last one") {
                break;
            }
        }
        assert!(values.len() < 10 && values.last() == Some(&serde_json::json!(499)), "{values:?}");
        served.abort();
    }
}
