//! A small real server: answers each connection with the next reply, the last one again and again.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// What the server does with a request.
#[derive(Clone)]
pub(super) enum Reply {
    /// Sends bytes in pieces and closes.
    Send(Vec<String>),
    /// Sends bytes and keeps the line open.
    Stall(String),
}

pub(super) struct Server {
    pub(super) url: String,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Server {
    pub(super) async fn new(replies: Vec<Reply>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let seen = requests.clone();
        tokio::spawn(async move {
            while let Ok((mut socket, _)) = listener.accept().await {
                let request = request(&mut socket).await;
                let place = {
                    let mut seen = seen.lock().unwrap();
                    seen.push(request);
                    seen.len() - 1
                };
                let reply = replies[place.min(replies.len() - 1)].clone();
                tokio::spawn(async move { answer(socket, reply).await });
            }
        });
        Self { url, requests }
    }

    /// The requests as they came, head and body.
    pub(super) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }

    /// The body of a request.
    pub(super) fn body(&self, place: usize) -> serde_json::Value {
        let request = self.requests()[place].clone();
        serde_json::from_str(request.split_once("\r\n\r\n").unwrap().1).unwrap()
    }
}

async fn request(socket: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let mut part = [0; 4096];
    loop {
        let count = socket.read(&mut part).await.unwrap_or(0);
        bytes.extend_from_slice(&part[..count]);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if count == 0 {
            return text;
        }
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = head.to_lowercase().lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
        if body.len() >= length.unwrap_or(0) {
            return text;
        }
    }
}

async fn answer(mut socket: TcpStream, reply: Reply) {
    match reply {
        Reply::Send(parts) => {
            for part in parts {
                let _ = socket.write_all(part.as_bytes()).await;
                let _ = socket.flush().await;
                tokio::task::yield_now().await;
            }
            let _ = socket.shutdown().await;
        }
        Reply::Stall(start) => {
            let _ = socket.write_all(start.as_bytes()).await;
            let _ = socket.flush().await;
            std::future::pending::<()>().await;
        }
    }
}

/// A status with a JSON body.
pub(super) fn status(line: &str, headers: &str, body: &str) -> Reply {
    let length = body.len();
    Reply::Send(vec![format!(
        "HTTP/1.1 {line}\r\ncontent-type: application/json\r\n{headers}content-length: {length}\r\nconnection: close\r\n\r\n{body}"
    )])
}

/// The head of a stream.
pub(super) const STREAM: &str = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n";

/// A stream of events, an event for each piece of data, sent in small pieces.
pub(super) fn stream(events: &[&str]) -> Reply {
    let body = events.iter().flat_map(|data| ["data: ", data, "\n\n"]).collect::<String>();
    let pieces = body.as_bytes().chunks(40).map(|piece| String::from_utf8_lossy(piece).into_owned());
    Reply::Send(std::iter::once(STREAM.to_owned()).chain(pieces).collect())
}
