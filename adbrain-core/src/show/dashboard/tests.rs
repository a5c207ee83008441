//! The page as browsers and strangers meet it.

use std::collections::BTreeMap;
use std::time::Duration;

use futures::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
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

pub(super) const TOKEN: &str = "0123456789abcdef0123456789abcdef";
pub(super) const VIEWER: &str = "fedcba9876543210fedcba9876543210";

pub(super) fn event(sequence: u64) -> Event {
    let at = "2027-01-01T00:00:00Z".parse().unwrap();
    let kind = EventKind::Started { attempt: 1 };
    Event { run: RunId::new("run-1"), sequence, at, step: Some("strategist".into()), kind }
}

async fn server() -> (Server, Board) {
    let board = Board::new(Language::English);
    let server = serve(ServeOptions::local(0, TOKEN).viewer(VIEWER), board.clone()).await.unwrap();
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

/// The next message that is text, as JSON.
async fn json(socket: &mut Socket) -> Value {
    loop {
        let message = next(socket).await.unwrap();
        if let Message::Text(text) = message {
            return serde_json::from_str(text.as_str()).unwrap();
        }
    }
}

/// Sends a request as it stands and gives the whole answer.
pub(super) async fn exchange(server: &Server, head: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(server.address()).await.unwrap();
    let request = format!("{head}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len());
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

async fn raw(server: &Server, path: &str, host: &str) -> String {
    exchange(server, &format!("GET {path} HTTP/1.1\r\nHost: {host}"), "").await
}

#[tokio::test]
async fn the_token_opens_the_history_and_then_the_live_events() {
    let (server, board) = server().await;
    board.tell(&event(0));
    let mut socket = ours(&server, TOKEN).await;
    let texts = json(&mut socket).await;
    assert_eq!((&texts["type"], &texts["role"]), (&json!("texts"), &json!("operator")));
    let snapshot = json(&mut socket).await;
    assert_eq!((&snapshot["type"], &snapshot["events"][0]["step"]), (&json!("snapshot"), &json!("strategist")));
    board.tell(&Event { step: Some("creative".into()), ..event(1) });
    let delta = json(&mut socket).await;
    assert_eq!((&delta["type"], &delta["after"]), (&json!("delta"), &snapshot["number"]));
    assert_eq!(delta["events"][0]["step"], "creative");
    server.stop().await;
}

#[tokio::test]
async fn who_asks_after_a_gap_gets_everything_anew() {
    let (server, board) = server().await;
    board.tell(&event(0));
    let mut socket = ours(&server, VIEWER).await;
    assert_eq!(json(&mut socket).await["role"], "viewer");
    assert_eq!(json(&mut socket).await["type"], "snapshot");
    board.tell(&event(1));
    assert_eq!(json(&mut socket).await["type"], "delta");
    socket.send(Message::text("resync")).await.unwrap();
    let anew = json(&mut socket).await;
    assert_eq!((&anew["type"], anew["events"].as_array().unwrap().len()), (&json!("snapshot"), 2));
    server.stop().await;
}

#[tokio::test]
async fn the_same_messages_come_as_server_sent_events() {
    let (server, board) = server().await;
    board.tell(&event(0));
    let mut stream = TcpStream::connect(server.address()).await.unwrap();
    let request =
        format!("GET /events HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {VIEWER}\r\n\r\n", server.address());
    stream.write_all(request.as_bytes()).await.unwrap();
    let (mut seen, mut buffer) = (String::new(), [0; 4096]);
    while !seen.contains("\"type\":\"snapshot\"") {
        let count = stream.read(&mut buffer).await.unwrap();
        seen.push_str(std::str::from_utf8(&buffer[..count]).unwrap());
    }
    assert!(seen.to_lowercase().contains("content-type: text/event-stream") && seen.contains("\"type\":\"texts\""));
    board.tell(&event(1));
    while !seen.contains("\"type\":\"delta\"") {
        let count = stream.read(&mut buffer).await.unwrap();
        seen.push_str(std::str::from_utf8(&buffer[..count]).unwrap());
    }
    let bad = exchange(&server, &format!("GET /events HTTP/1.1\r\nHost: {}", server.address()), "").await;
    assert!(bad.starts_with("HTTP/1.1 401"), "{bad}");
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
        board.put(None, "counter", json!(number));
        tokio::task::yield_now().await;
    }
    board.tell(&Event { step: Some("the last one".into()), ..event(2 * KEPT as u64) });
    assert_eq!(board.missed(), KEPT as u64 + 1);
    let (mut values, mut messages) = (0, 0);
    loop {
        let message = json(&mut reader).await;
        messages += 1;
        let counters = message["parts"].as_array().unwrap().iter().filter(|part| part["part"] == "counter").count();
        assert!(counters <= 1, "a part stands once in a message");
        values += counters;
        if message["events"].as_array().unwrap().iter().any(|event| event["step"] == "the last one") {
            break;
        }
    }
    assert!(values <= messages, "{values} values in {messages} messages");
    server.stop().await;
}

#[tokio::test]
async fn who_finds_no_place_is_told_so_and_comes_in_once_there_is_one() {
    let options = ServeOptions::local(0, TOKEN).viewer(VIEWER).listeners(1);
    let server = serve(options, Board::new(Language::English)).await.unwrap();
    let mut first = ours(&server, TOKEN).await;
    next(&mut first).await.unwrap();
    let head = format!("GET /events HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {VIEWER}", server.address());
    let full = exchange(&server, &head, "").await;
    assert!(full.starts_with("HTTP/1.1 503") && full.to_lowercase().contains("retry-after: 5"), "{full}");
    assert!(full.contains("all 1 places are taken") && full.contains("--listeners"), "{full}");
    let mut late = ours(&server, TOKEN).await;
    let Some(Message::Close(Some(frame))) = next(&mut late).await else { panic!("no goodbye") };
    assert_eq!(u16::from(frame.code), 1013);
    assert!(frame.reason.as_str().starts_with("All places"), "{frame:?}");
    drop(first);
    let freed = async { while server_is_full(&server).await {} };
    tokio::time::timeout(Duration::from_secs(10), freed).await.unwrap();
    server.stop().await;
}

/// Whether somebody with a token is told that all places are taken.
async fn server_is_full(server: &Server) -> bool {
    matches!(next(&mut ours(server, TOKEN).await).await, Some(Message::Close(_)))
}

#[tokio::test]
async fn what_is_no_websocket_is_told_what_to_do() {
    let (server, _board) = server().await;
    let host = server.address();
    let answer = exchange(&server, &format!("GET /live HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}"), "").await;
    assert!(answer.starts_with("HTTP/1.1 400") && answer.contains("as a WebSocket"), "{answer}");
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
    for path in ["/", "/page.js", "/live", "/events", "/metrics"] {
        assert!(raw(&server, path, "evil.example").await.starts_with("HTTP/1.1 403"), "{path}");
    }
}

#[tokio::test]
async fn the_page_comes_with_a_strict_policy_and_holds_no_token() {
    let (server, _board) = server().await;
    let page = raw(&server, "/", &server.address().to_string()).await;
    assert!(page.starts_with("HTTP/1.1 200"), "{page}");
    assert!(page.to_lowercase().contains("content-security-policy: default-src 'none'; script-src 'self'"));
    assert!(page.contains("require-trusted-types-for 'script'"), "text becomes no markup");
    assert!(!page.contains(TOKEN) && !page.contains("<script>"));
    let licences = raw(&server, "/licenses.txt", &server.address().to_string()).await;
    assert!(licences.contains("Jason Miller") && licences.contains("Leon Sorokin"), "what is shipped is named");
    assert!(server.url().ends_with(&format!("/#token={TOKEN}")));
}

#[tokio::test]
async fn metrics_are_read_with_a_token_and_hold_every_name_once() {
    let (server, board) = server().await;
    board.tell(&event(0));
    let host = server.address();
    let without = exchange(&server, &format!("GET /metrics HTTP/1.1\r\nHost: {host}"), "").await;
    assert!(without.starts_with("HTTP/1.1 401"), "{without}");
    let head = format!("GET /metrics HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {VIEWER}");
    let answer = exchange(&server, &head, "").await;
    let samples = samples(answer.split_once("\r\n\r\n").unwrap().1);
    assert_eq!(samples.get("adbrain_changes_total{}"), Some(&1.0));
    assert_eq!(samples.get("adbrain_waiting_plans{}"), Some(&0.0));
}

/// Reads the text format of Prometheus: each metric is described before its samples, names and labels are well formed, no sample stands twice.
pub(super) fn samples(text: &str) -> BTreeMap<String, f64> {
    let is_name = |name: &str| {
        name.starts_with("adbrain_") && name.chars().all(|letter| letter.is_ascii_lowercase() || letter == '_')
    };
    let (mut described, mut samples) = (BTreeMap::new(), BTreeMap::new());
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("# TYPE ") {
            let (name, kind) = rest.split_once(' ').unwrap();
            assert!(["gauge", "counter"].contains(&kind) && is_name(name), "{line}");
            assert!(described.insert(name.to_owned(), kind).is_none(), "{line}");
            continue;
        }
        if line.starts_with("# HELP ") {
            continue;
        }
        let (sample, value) = line.rsplit_once(' ').unwrap();
        let (name, labels) = sample.split_once('{').unwrap_or((sample, "}"));
        assert!(described.contains_key(name), "{line} is not described");
        let labels = labels.strip_suffix('}').unwrap();
        let pairs: Vec<_> = labels.split("\",").filter(|pair| !pair.is_empty()).collect();
        assert!(pairs.iter().all(|pair| pair.contains("=\"")), "{line}");
        assert!(samples.insert(format!("{name}{{{labels}}}"), value.parse().unwrap()).is_none(), "{line}");
    }
    samples
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
    for viewer in ["short", TOKEN] {
        let error =
            serve(ServeOptions::local(0, TOKEN).viewer(viewer), Board::new(Language::English)).await.unwrap_err();
        assert_eq!(error.context_of("field"), Some("viewer"));
    }
    let told = format!("{:?}", ServeOptions::local(0, TOKEN).viewer(VIEWER));
    assert!(!told.contains(TOKEN) && !told.contains(VIEWER));
}
