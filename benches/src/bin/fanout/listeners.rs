//! Those who listen: sockets that read nothing but what they have to, and write down how old each message is.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpSocket, TcpStream};
use tokio::sync::{Semaphore, oneshot};
use tokio::task::JoinSet;

use super::Outcome;
use super::sides::Door;

/// What stands before the moment of a message, in nanoseconds since 1970.
pub(crate) const MARK: &str = "at-";
/// Steps of the table of ages, and how many there are: 50 µs up to 30 s.
const STEP_NS: u64 = 50_000;
const STEPS: usize = 600_000;
/// Listeners that connect at once.
const AT_ONCE: usize = 256;
/// What a stuck listener's system holds for it, in bytes.
const STUCK_BUFFER: u32 = 64 * 1024;
/// How long the last messages may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// Now, in nanoseconds since 1970: the same clock for all processes of a machine.
#[expect(clippy::disallowed_methods, reason = "a bench measures real time")]
pub(crate) fn stamp() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(now.as_nanos()).unwrap_or(u64::MAX)
}

/// What a listener does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Habit {
    Reads,
    /// It comes in and reads nothing more.
    Stuck,
}

/// The ages of messages, counted by steps.
struct Ages {
    steps: Vec<AtomicU64>,
    count: AtomicU64,
}

impl Ages {
    fn new() -> Self {
        Self { steps: (0..STEPS).map(|_| AtomicU64::new(0)).collect(), count: AtomicU64::new(0) }
    }

    fn add(&self, age_ns: u64) {
        let place = usize::try_from(age_ns / STEP_NS).unwrap_or(STEPS).min(STEPS - 1);
        if let Some(step) = self.steps.get(place) {
            step.fetch_add(1, Ordering::Relaxed);
        }
        self.count.fetch_add(1, Ordering::Relaxed);
    }
}

/// Listeners that are all in; they leave when this is dropped.
pub(crate) struct Crowd {
    ages: Arc<Ages>,
    _all: JoinSet<()>,
}

impl Crowd {
    pub(crate) async fn gather(door: &Door, (count, habit): (usize, Habit)) -> Outcome<Self> {
        let (ages, gate, mut all) = (Arc::new(Ages::new()), Arc::new(Semaphore::new(AT_ONCE)), JoinSet::new());
        let mut inside = Vec::with_capacity(count);
        for _ in 0..count {
            let (door, ages, gate) = (door.clone(), Arc::clone(&ages), Arc::clone(&gate));
            let (is_in, waits) = oneshot::channel();
            all.spawn(async move {
                let Ok(turn) = gate.acquire_owned().await else { return };
                let come = come(&door, habit).await;
                drop(turn);
                match come {
                    Ok(stream) => listen(stream, habit, (&ages, is_in)).await,
                    Err(error) => drop(is_in.send(Err(error))),
                }
            });
            inside.push(waits);
        }
        for waits in inside {
            waits.await??;
        }
        Ok(Self { ages, _all: all })
    }

    /// Waits until so many messages were heard; how many were not.
    pub(crate) async fn heard(&self, messages: u64) -> u64 {
        let missing = || messages.saturating_sub(self.ages.count.load(Ordering::Relaxed));
        let end = tokio::time::Instant::now() + PATIENCE;
        while missing() > 0 && tokio::time::Instant::now() < end {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        missing()
    }

    /// The age that a share of the messages does not exceed.
    pub(crate) fn quantile_ms(&self, share: f64) -> f64 {
        let wanted = share * self.ages.count.load(Ordering::Relaxed) as f64;
        let mut seen = 0;
        let place = self.ages.steps.iter().position(|step| {
            seen += step.load(Ordering::Relaxed);
            seen as f64 >= wanted
        });
        place.map_or(f64::NAN, |place| (place + 1) as f64 * STEP_NS as f64 / 1e6)
    }
}

/// Opens a WebSocket by hand and shows the token.
async fn come(door: &Door, habit: Habit) -> Outcome<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    if habit == Habit::Stuck {
        socket.set_recv_buffer_size(STUCK_BUFFER)?;
    }
    let mut stream = socket.connect(door.address.parse()?).await?;
    let request = format!(
        "GET {} HTTP/1.1\r\nHost: {}\r\nOrigin: http://{}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
        door.path, door.address, door.address
    );
    stream.write_all(request.as_bytes()).await?;
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await?);
    }
    if !head.starts_with(b"HTTP/1.1 101") {
        return Err(format!("refused: {}", String::from_utf8_lossy(&head)).into());
    }
    if let Some(token) = &door.token {
        // A text, masked with zeros, which leave it as it is.
        let length = u8::try_from(token.len())? | 0x80;
        let frame = [&[0x81, length, 0, 0, 0, 0], token.as_bytes()].concat();
        stream.write_all(&frame).await?;
    }
    Ok(stream)
}

/// Listens until the other side ends. It is in once it has the history.
async fn listen(stream: TcpStream, habit: Habit, (ages, is_in): (&Ages, oneshot::Sender<Outcome<()>>)) {
    if habit == Habit::Stuck {
        drop(is_in.send(Ok(())));
        return std::future::pending().await;
    }
    let (mut reader, mut payload, mut is_in) = (BufReader::with_capacity(8192, stream), Vec::new(), Some(is_in));
    while let Some(()) = frame(&mut reader, &mut payload).await {
        let now = stamp();
        let mut has_history = false;
        for at in moments(&payload) {
            has_history |= at == 0;
            if at > 0 {
                ages.add(now.saturating_sub(at));
            }
        }
        if has_history && let Some(is_in) = is_in.take() {
            payload = Vec::new();
            drop(is_in.send(Ok(())));
        }
    }
}

/// Reads one frame's payload.
async fn frame(reader: &mut BufReader<TcpStream>, payload: &mut Vec<u8>) -> Option<()> {
    reader.read_u8().await.ok()?;
    let length = match reader.read_u8().await.ok()? {
        126 => u64::from(reader.read_u16().await.ok()?),
        127 => reader.read_u64().await.ok()?,
        short => u64::from(short),
    };
    payload.resize(usize::try_from(length).ok()?, 0);
    reader.read_exact(payload).await.ok().map(drop)
}

/// The moments in a message.
fn moments(payload: &[u8]) -> impl Iterator<Item = u64> {
    let mark = b"\"at-";
    let digits = |rest: &[u8]| {
        rest.iter().take_while(|byte| byte.is_ascii_digit()).fold(0, |sum: u64, byte| sum * 10 + u64::from(byte - b'0'))
    };
    payload
        .windows(mark.len())
        .enumerate()
        .filter(move |(_, window)| window == mark)
        .map(move |(place, _)| digits(payload.get(place + mark.len()..).unwrap_or_default()))
}
