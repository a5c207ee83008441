//! The page as browsers and strangers meet it.

use std::time::Duration;

use futures::{SinkExt as _, StreamExt as _};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::{self, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use super::board::KEPT;
use super::{Board, ServeOptions, Server, serve};
use crate::agent::workflow::{Event, EventKind};
use crate::error::ErrorKind;
use crate::model::{Language, RunId};

const TOKEN: &str = "0123456789abcdef0123456789abcdef";

pub(super) fn event(sequence: u64) -> Event {
    let at = "2027-01-01T00:00:00Z".parse().unwrap();
    let kind = EventKind::Started { attempt: 1 };
    Event { run: RunId::new("run-1"), sequence, at, step: Some("strategist".into()), kind }
}

async fn server() -> (Server, Board) {
    let board = Board::new(Language::English);
    let server = serve(ServeOptions::local(0, TOKEN), board.clone()).await.unwrap();
    (server, board)
}

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

async fn connect(server: &Server, origin: Option<&str>) -> Result<Socket, tungstenite::Error> {
    let mut request = format!("ws://{}/live", server.address()).into_client_request().unwrap();
    if let Some(origin) = origin {
        request.headers_mut().insert("Origin", origin.parse().unwrap());
    }
    Ok(connect_async(request).await?.0)
}

async fn ours(server: &Server, token: &str) -> Socket {
    let mut socket = connect(server, Some(&format!("http://{}", server.address()))).await.unwrap();
    socket.send(Message::text(token)).await.unwrap();
    socket
}

async fn next(socket: &mut Socket) -> Option<Message> {
    tokio::time::timeout(Duration::from_secs(10), socket.next()).await.unwrap().and_then(Result::ok)
}

async fn raw(server: &Server, path: &str, host: &str) -> String {
    let mut stream = TcpStream::connect(server.address()).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test]
async fn the_token_opens_the_history_and_then_the_live_events() {
    let (server, board) = server().await;
    board.tell(&event(0));
    let mut socket = ours(&server, TOKEN).await;
    assert!(next(&mut socket).await.unwrap().to_text().unwrap().contains("\"type\":\"texts\""));
    let replayed = next(&mut socket).await.unwrap();
    assert!(replayed.to_text().unwrap().contains("\"step\":\"strategist\""), "{replayed}");
    board.tell(&Event { step: Some("creative".into()), ..event(1) });
    let live = loop {
        let message = next(&mut socket).await.unwrap();
        if message.is_text() {
            break message;
        }
    };
    assert!(live.to_text().unwrap().contains("\"step\":\"creative\""), "{live}");
    server.stop().await;
}

#[tokio::test]
async fn a_listener_that_does_not_read_holds_up_neither_the_loop_nor_the_others() {
    let (server, board) = server().await;
    let (mut stuck, mut reader) = (ours(&server, TOKEN).await, ours(&server, TOKEN).await);
    next(&mut stuck).await.unwrap();
    next(&mut reader).await.unwrap();
    // Far more than the sockets of the machine hold, so that the stuck one is full.
    let long = "x".repeat(4_000);
    for number in 0..2 * KEPT as u64 {
        board.tell(&Event { step: Some(long.clone()), ..event(number) });
        tokio::task::yield_now().await;
    }
    board.tell(&Event { step: Some("the last one".into()), ..event(2 * KEPT as u64) });
    assert_eq!(board.missed(), KEPT as u64 + 1);
    while !next(&mut reader).await.unwrap().to_text().unwrap_or_default().contains("the last one") {}
    server.stop().await;
}

#[tokio::test]
async fn a_wrong_token_gets_nothing() {
    let (server, board) = server().await;
    board.tell(&event(0));
    for token in ["", "0123456789abcdef0123456789abcdee"] {
        let mut socket = ours(&server, token).await;
        assert!(matches!(next(&mut socket).await, Some(Message::Close(_))), "{token}");
    }
}

#[tokio::test]
async fn another_origin_or_none_is_refused() {
    let (server, _board) = server().await;
    for origin in [None, Some("http://evil.example"), Some("null")] {
        let error = connect(&server, origin).await.unwrap_err();
        assert!(matches!(error, tungstenite::Error::Http(ref answer) if answer.status() == 403), "{error}");
    }
}

#[tokio::test]
async fn another_host_is_refused_on_every_path() {
    let (server, _board) = server().await;
    for path in ["/", "/page.js", "/live"] {
        assert!(raw(&server, path, "evil.example").await.starts_with("HTTP/1.1 403"), "{path}");
    }
}

#[tokio::test]
async fn the_page_comes_with_a_strict_policy_and_holds_no_token() {
    let (server, _board) = server().await;
    let page = raw(&server, "/", &server.address().to_string()).await;
    assert!(page.starts_with("HTTP/1.1 200"), "{page}");
    assert!(page.to_lowercase().contains("content-security-policy: default-src 'none'; script-src 'self'"));
    assert!(!page.contains(TOKEN) && !page.contains("<script>"));
    assert!(server.url().ends_with(&format!("/#token={TOKEN}")));
}

#[tokio::test]
async fn the_page_never_sets_markup() {
    let source = include_str!("web/page.js");
    for sign in ["innerHTML", "outerHTML", "insertAdjacent", "document.write", "eval("] {
        assert!(!source.contains(sign), "{sign}");
    }
}

#[tokio::test]
async fn stopping_says_goodbye_and_frees_the_port() {
    let (server, _board) = server().await;
    let mut socket = ours(&server, TOKEN).await;
    next(&mut socket).await;
    let address = server.address();
    server.stop().await;
    let last = loop {
        match next(&mut socket).await {
            Some(Message::Close(frame)) => break frame,
            Some(_) => {}
            None => panic!("no goodbye"),
        }
    };
    assert_eq!(last.unwrap().reason.as_str(), "stopped");
    assert!(TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn only_this_machine_and_only_with_a_real_token() {
    let mut options = ServeOptions::local(0, TOKEN);
    options.address = "0.0.0.0:0".parse().unwrap();
    let board = Board::new(Language::English);
    assert_eq!(serve(options, board.clone()).await.unwrap_err().kind(), ErrorKind::Refused);
    let weak = serve(ServeOptions::local(0, "short"), board).await.unwrap_err();
    assert_eq!(weak.kind(), ErrorKind::InvalidInput);
    assert!(!format!("{:?}", ServeOptions::local(0, TOKEN)).contains(TOKEN));
}
