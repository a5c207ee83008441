//! Answers that a fake gave once, kept, spoiled, and given again by a server that is nothing but those answers.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

use crate::{Answer, Api, Fault, Received};

/// A request in one text, and what was answered.
#[derive(Debug, Clone, PartialEq)]
pub struct Exchange {
    /// Method, path with query, and body.
    pub asked: String,
    /// The answer.
    pub answer: Answer,
}

/// The exchanges of a fake, in their order.
#[derive(Debug, Clone, Default)]
pub struct Kept(Arc<Mutex<Vec<Exchange>>>);

impl Kept {
    /// Every exchange since the last call.
    pub fn take(&self) -> Vec<Exchange> {
        std::mem::take(&mut *self.0.lock().expect("no fake panics"))
    }
}

/// A fake whose exchanges are kept, and one of whose answers is cut where that is asked for.
pub struct Keeping<A> {
    api: A,
    kept: Kept,
    /// The answer of which number, counted from 0, and after how many bytes; the cut answer is whole as far as HTTP knows.
    cut: Option<(usize, usize)>,
}

impl<A: Api> Keeping<A> {
    /// A fake, and where its exchanges are kept.
    pub fn new(api: A) -> (Self, Kept) {
        let kept = Kept::default();
        (Self { api, kept: kept.clone(), cut: None }, kept)
    }

    /// The same with one answer cut after so many bytes.
    #[must_use]
    pub fn cutting(mut self, answer: usize, bytes: usize) -> Self {
        self.cut = Some((answer, bytes));
        self
    }
}

impl<A: Api> Api for Keeping<A> {
    fn platform(&self) -> &'static str {
        self.api.platform()
    }

    fn host(&self) -> &'static str {
        self.api.host()
    }

    fn is_write(&self, request: &Received) -> bool {
        self.api.is_write(request)
    }

    fn answer(&mut self, request: &Received) -> Answer {
        let mut answer = self.api.answer(request);
        let mut kept = self.kept.0.lock().expect("no fake panics");
        if let Some((_, bytes)) = self.cut.filter(|(number, _)| *number == kept.len()) {
            answer.body.truncate(bytes);
        }
        let query = if request.raw_query.is_empty() { String::new() } else { format!("?{}", request.raw_query) };
        let asked = asked(&format!("{} {}{query}", request.method, request.path), &request.body);
        kept.push(Exchange { asked, answer: answer.clone() });
        answer
    }

    fn failure(&self, fault: Fault) -> Answer {
        self.api.failure(fault)
    }
}

fn asked(target: &str, body: &[u8]) -> String {
    format!("{target} {}", String::from_utf8_lossy(body))
}

#[derive(Default)]
struct Answers {
    kept: BTreeMap<String, Answer>,
    spoiled: Option<(String, Answer)>,
    asked: u64,
}

impl Answers {
    fn of(&mut self, asked: &str) -> Answer {
        self.asked += 1;
        match &self.spoiled {
            Some((spoiled, answer)) if spoiled == asked => answer.clone(),
            _ => self.kept.get(asked).cloned().unwrap_or(Answer { status: 404, headers: Vec::new(), body: Vec::new() }),
        }
    }
}

/// A server of kept answers on a free port of this machine: a request that is not known is answered with 404 and nothing.
///
/// It is smaller and faster than a fake, keeps nothing of what it is asked, and answers any bytes: some thousand answers a second.
pub struct Canned {
    address: SocketAddr,
    answers: Arc<Mutex<Answers>>,
    task: tokio::task::JoinHandle<()>,
}

impl Canned {
    /// Starts a server with the last answer to each request.
    pub async fn start(exchanges: Vec<Exchange>) -> std::io::Result<Self> {
        let kept = exchanges.into_iter().map(|exchange| (exchange.asked, exchange.answer)).collect();
        let answers = Arc::new(Mutex::new(Answers { kept, ..Answers::default() }));
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let (address, shared) = (listener.local_addr()?, answers.clone());
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let answers = shared.clone();
                tokio::spawn(async move { serve(stream, &answers).await });
            }
        });
        Ok(Self { address, answers, task })
    }

    /// Its address, to be given as a connector's base.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Answers one request with something else from here on, every other one as it was kept.
    pub fn spoil(&self, asked: &str, answer: Answer) {
        self.answers.lock().expect("no server panics").spoiled = Some((asked.to_owned(), answer));
    }

    /// How many requests have come.
    pub fn asked(&self) -> u64 {
        self.answers.lock().expect("no server panics").asked
    }
}

impl Drop for Canned {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Answers the requests of one connection until it ends.
async fn serve(stream: TcpStream, answers: &Mutex<Answers>) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut stream = BufReader::new(stream);
    while let Some(asked) = next(&mut stream).await? {
        let answer = answers.lock().expect("no server panics").of(&asked);
        let mut bytes = format!("HTTP/1.1 {} -\r\ncontent-length: {}\r\n", answer.status, answer.body.len());
        let own = |name: &str| ["content-length", "transfer-encoding", "connection"].contains(&name);
        for (name, value) in answer.headers.iter().filter(|(name, _)| !own(name)) {
            write!(bytes, "{name}: {value}\r\n").expect("a text takes everything");
        }
        let mut bytes = (bytes + "\r\n").into_bytes();
        bytes.extend(answer.body);
        stream.write_all(&bytes).await?;
    }
    Ok(())
}

/// The next request of a connection; none where it has ended.
async fn next(stream: &mut BufReader<TcpStream>) -> std::io::Result<Option<String>> {
    let mut line = String::new();
    if stream.read_line(&mut line).await? == 0 {
        return Ok(None);
    }
    let target = line.trim_end().trim_end_matches(" HTTP/1.1").to_owned();
    let mut length = 0;
    loop {
        line.clear();
        stream.read_line(&mut line).await?;
        match line.trim_end().split_once(':') {
            Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                length = value.trim().parse().unwrap_or(0);
            }
            Some(_) => {}
            None => break,
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await?;
    Ok(Some(asked(&target, &body)))
}
