//! An answer that is heard while it comes: the same retries and the same address policy as [`Client::ask`].

use std::time::Duration;

use super::client::{build, connections_of, read};
use super::lane::Trip;
use super::{Client, Request, class, failure};
use crate::error::{Error, ErrorKind, Result};

/// No answer that is heard may be larger: 4 MiB.
const LARGEST_HEARD: usize = 4 << 20;

/// Puts an answer together from its pieces. What it says is broken is asked for again, as far as the request may be.
pub(crate) trait Listener: Send {
    /// What comes out.
    type Heard: Send;

    /// The next bytes, cut anywhere.
    ///
    /// # Errors
    /// [`ErrorKind::Unavailable`] where the other side says that it broke off.
    fn part(&mut self, bytes: &[u8]) -> Result<()>;

    /// No more bytes come.
    ///
    /// # Errors
    /// [`ErrorKind::Unavailable`] for half an answer.
    fn end(self) -> Result<Self::Heard>;
}

impl Client {
    /// Sends a request and hands each piece of a successful answer to a listener, a fresh one for each try; gives what it heard and how many
    /// answers broke off before that one. The first piece has to come within `first`, the whole within the time of the request.
    ///
    /// # Errors
    /// Those of [`Client::send`] and of the listener; `broken` of its context says how many answers had begun and broke off.
    pub(crate) async fn listen<L: Listener>(
        &self,
        request: &Request,
        first: Duration,
        fresh: impl Fn(&str) -> L + Send + Sync,
    ) -> Result<(L::Heard, u32)> {
        let mut trip = Trip::new(self.lane.now(), self.options.retry.patience(request));
        let mut broken = 0;
        loop {
            self.lane.enter(request, &mut trip).await.map_err(class::named)?;
            let mut has_begun = false;
            match self.hear(request, (first, &mut has_begun), &fresh).await {
                Ok(heard) => return Ok((heard, broken)),
                Err(error) => {
                    broken += u32::from(has_begun);
                    self.again(request, &mut trip, error).await.map_err(|error| error.with("broken", broken))?;
                }
            }
        }
    }

    async fn hear<L: Listener>(
        &self,
        request: &Request,
        (first, has_begun): (Duration, &mut bool),
        fresh: &(impl Fn(&str) -> L + Send + Sync),
    ) -> Result<L::Heard> {
        let (connections, url) = connections_of(self, request)?;
        let built = build(connections, request, url)?;
        let late = || {
            Error::new(ErrorKind::TimedOut, format!("{request:?} gave no word within {first:?}"))
                .next("try again later, or allow more time for the first word")
        };
        let started = tokio::time::timeout(first, connections.execute(built)).await.map_err(|_| late())?;
        let mut response = started.map_err(|error| failure::transport(request, error))?;
        if !response.status().is_success() {
            let told = read(request, response).await?;
            return Err(failure::status(request, &told));
        }
        *has_begun = true;
        let kind = response.headers().get(reqwest::header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let mut listener = fresh(kind.unwrap_or_default());
        let mut next = tokio::time::timeout(first, response.chunk()).await.map_err(|_| late())?;
        let mut size = 0;
        while let Some(bytes) = next.map_err(|error| failure::transport(request, error))? {
            size += bytes.len();
            if size > LARGEST_HEARD {
                return Err(Error::new(
                    ErrorKind::Unsupported,
                    format!("the answer to {request:?} is larger than 4 MiB"),
                )
                .next("ask for less"));
            }
            listener.part(&bytes)?;
            next = response.chunk().await;
        }
        listener.end()
    }
}
