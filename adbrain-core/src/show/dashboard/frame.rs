//! A message as it goes over a WebSocket: made once, and the same bytes for every listener.

use axum::body::Bytes;

/// The first byte of a text in one piece, and the signs of a length in two and in eight bytes (RFC 6455, section 5.2).
const TEXT: u8 = 0x81;
const TWO_BYTES: u8 = 126;
const EIGHT_BYTES: u8 = 127;

/// A text with its head before it. Clones share the bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Frame {
    bytes: Bytes,
    start: usize,
}

impl Frame {
    /// A message of a server, which is not masked.
    pub(super) fn new(text: &str) -> Self {
        let mut bytes = head(text.len());
        let start = bytes.len();
        bytes.extend_from_slice(text.as_bytes());
        Self { bytes: bytes.into(), start }
    }

    /// What is written to the socket.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The text alone.
    pub(super) fn as_str(&self) -> &str {
        self.bytes.get(self.start..).and_then(|text| std::str::from_utf8(text).ok()).unwrap_or_default()
    }
}

fn head(length: usize) -> Vec<u8> {
    let mut head = Vec::with_capacity(10 + length);
    head.push(TEXT);
    match (u8::try_from(length), u16::try_from(length)) {
        (Ok(short), _) if short < TWO_BYTES => head.push(short),
        (_, Ok(middle)) => {
            head.push(TWO_BYTES);
            head.extend_from_slice(&middle.to_be_bytes());
        }
        _ => {
            head.push(EIGHT_BYTES);
            head.extend_from_slice(&(length as u64).to_be_bytes());
        }
    }
    head
}

#[cfg(test)]
mod tests {
    use futures::{SinkExt as _, StreamExt as _};
    use tokio::io::AsyncWriteExt as _;
    use tokio_tungstenite::WebSocketStream;
    use tokio_tungstenite::tungstenite::Message;
    use tokio_tungstenite::tungstenite::protocol::Role;

    use super::*;

    #[tokio::test]
    async fn another_reader_takes_frames_of_every_length_also_between_its_own_pings() {
        let (ours, theirs) = tokio::io::duplex(1 << 20);
        let mut server = WebSocketStream::from_raw_socket(ours, Role::Server, None).await;
        let mut client = WebSocketStream::from_raw_socket(theirs, Role::Client, None).await;
        for length in [0, 1, 125, 126, 127, 65_535, 65_536, 200_000] {
            let text = "é".repeat(length / 2) + &"x".repeat(length % 2);
            let frame = Frame::new(&text);
            assert_eq!(frame.as_str(), text);
            server.send(Message::Ping(Bytes::new())).await.unwrap();
            server.get_mut().write_all(frame.bytes()).await.unwrap();
            assert!(client.next().await.unwrap().unwrap().is_ping());
            assert_eq!(client.next().await.unwrap().unwrap(), Message::text(text));
        }
    }
}
