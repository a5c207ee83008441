//! The servers: the live page of adbrain, and one as it is usually written. Both send each listener the same history first.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use adbrain_benches::raise_open_files;
use adbrain_core::agent::workflow::{Event, EventKind};
use adbrain_core::dashboard::{Board, ServeOptions, serve as serve_page};
use adbrain_core::model::{Language, RunId};
use axum::Router;
use axum::extract::ws::{Message, WebSocket};
use axum::extract::{State, WebSocketUpgrade};
use axum::response::Response;
use axum::routing::get;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::net::TcpListener;
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;

use super::Outcome;
use super::listeners::{MARK, stamp};
use super::sides::Work;

const TOKEN: &str = "0123456789abcdef0123456789abcdef";
/// Messages that everybody gets on connecting, and bytes of each: 100 KB.
const HISTORY: u64 = 50;
const HISTORY_BYTES: usize = 2_000;
/// Places of the page.
const LISTENERS: usize = 12_000;
/// Messages that the channel of the peer keeps for who is behind.
const CHANNEL: usize = 1_024;

/// Serves one side until nobody gives orders any more.
pub(crate) async fn serve(side: &str) -> Outcome<()> {
    raise_open_files(24_000);
    match side {
        "adbrain" => {
            let board = Board::new(Language::English);
            (0..HISTORY).for_each(|_| board.tell(&event(0, HISTORY_BYTES)));
            let server = serve_page(ServeOptions::local(0, TOKEN).listeners(LISTENERS), board.clone()).await?;
            println!("{} /live {TOKEN}", server.address());
            take_orders(|bytes| board.tell(&event(stamp(), bytes))).await
        }
        _ => peer().await,
    }
}

fn event(stamp: u64, bytes: usize) -> Event {
    let error = "x".repeat(bytes);
    let kind = EventKind::Retried { attempt: 1, wait_ms: 1, error };
    Event { run: RunId::new("bench"), sequence: 0, at: jiff::Timestamp::UNIX_EPOCH, step: Some(marked(stamp)), kind }
}

fn marked(stamp: u64) -> String {
    format!("{MARK}{stamp}")
}

/// Publishes what is asked for, one order a line.
async fn take_orders(publish: impl Fn(usize)) -> Outcome<()> {
    let mut orders = BufReader::new(tokio::io::stdin()).lines();
    while let Some(order) = orders.next_line().await? {
        let work = Work::parse(&order).ok_or_else(|| format!("{order:?} is no order"))?;
        let mut ticks = tokio::time::interval(Duration::from_millis(work.every_ms));
        for _ in 0..work.count {
            ticks.tick().await;
            publish(work.bytes);
        }
        println!("done");
    }
    Ok(())
}

#[derive(Clone)]
struct Room {
    history: Arc<str>,
    channel: broadcast::Sender<String>,
}

async fn peer() -> Outcome<()> {
    let mut history = String::new();
    for _ in 0..HISTORY {
        write!(history, "{}", text(0, HISTORY_BYTES))?;
    }
    let channel = broadcast::Sender::new(CHANNEL);
    let room = Room { history: history.into(), channel: channel.clone() };
    let app = Router::new().route("/live", get(enter)).with_state(room);
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("{} /live", listener.local_addr()?);
    tokio::spawn(async move { axum::serve(listener, app).await });
    take_orders(|bytes| drop(channel.send(text(stamp(), bytes)))).await
}

fn text(stamp: u64, bytes: usize) -> String {
    format!("{{\"step\":\"{}\",\"detail\":\"{}\"}}", marked(stamp), "x".repeat(bytes))
}

async fn enter(State(room): State<Room>, upgrade: WebSocketUpgrade) -> Response {
    upgrade.on_upgrade(move |socket| listen(socket, room))
}

async fn listen(mut socket: WebSocket, room: Room) {
    let mut channel = room.channel.subscribe();
    if socket.send(Message::Text(room.history.as_ref().into())).await.is_err() {
        return;
    }
    loop {
        tokio::select! {
            message = channel.recv() => {
                let sent = match message {
                    Ok(text) => socket.send(Message::Text(text.into())).await.is_ok(),
                    Err(behind) => matches!(behind, RecvError::Lagged(_)),
                };
                if !sent {
                    return;
                }
            }
            message = socket.recv() => if !matches!(message, Some(Ok(_))) { return },
        }
    }
}
