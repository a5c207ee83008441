//! A libSQL server (sqld or Turso), over HTTP.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;

use super::{Database, Row, Statement, hrana};
use crate::error::{Error, ErrorKind, Result};
use crate::http::{Client, ClientOptions, Effect, Reach, Request, Secrecy, Secret};

/// How long one exchange with the server may take: a large transaction travels in one request.
const TIMEOUT: Duration = Duration::from_secs(60);

/// A libSQL server. Each write is one request that begins, commits or rolls back on the server.
///
/// ```
/// use adbrain_core::{http::Secret, store::RemoteDatabase};
/// let database = RemoteDatabase::connect("libsql://brain.example.com", Secret::new("t0ken")).unwrap();
/// assert_eq!(format!("{database:?}"), "RemoteDatabase(https://brain.example.com)");
/// ```
pub struct RemoteDatabase {
    url: String,
    token: Secret,
    client: Client,
}

impl RemoteDatabase {
    /// Makes a client for a server at `libsql://`, `https://`, or, on this machine and private networks, `http://`. An empty
    /// token means none. Nothing is sent yet.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] for another address.
    pub fn connect(url: &str, token: Secret) -> Result<Self> {
        let url = match url.strip_prefix("libsql://") {
            Some(rest) => format!("https://{rest}"),
            None => url.to_owned(),
        };
        if !(url.starts_with("https://") || url.starts_with("http://")) || url.contains(['?', '#', '@']) {
            return Err(Error::invalid("url", "is not the address of a libSQL server")
                .next("use libsql://host, and give the token apart from the address"));
        }
        let client =
            Client::new(ClientOptions { timeout: TIMEOUT, reach: Reach::Private, ..ClientOptions::default() })?;
        Ok(Self { url: url.trim_end_matches('/').to_owned(), token, client })
    }

    async fn send(&self, pipeline: &serde_json::Value, effect: Effect) -> Result<hrana::Answer> {
        let mut request = Request::post(format!("{}/v2/pipeline", self.url)).effect(effect).json(pipeline)?;
        if !self.token.is_empty() {
            request = request.bearer(&self.token);
        }
        // The answer may hold stored rows: errors show the address alone.
        let request = request.secrecy(Secrecy::Sensitive);
        let response = self.client.send(&request).await.map_err(|error| explained(error, &self.url))?;
        response.json(&request)
    }
}

/// Adds what a missing token or a missing server means here.
fn explained(error: Error, url: &str) -> Error {
    match error.kind() {
        ErrorKind::Unauthorized => error.next("give a token that the database server accepts"),
        ErrorKind::Unavailable => error.next(format!("check that a libSQL server answers at {url}")),
        _ => error,
    }
}

impl fmt::Debug for RemoteDatabase {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "RemoteDatabase({})", self.url)
    }
}

#[async_trait]
impl Database for RemoteDatabase {
    async fn query(&self, statement: Statement) -> Result<Vec<Row>> {
        statement.check()?;
        self.send(&hrana::query(&statement), Effect::Read).await?.rows()
    }

    async fn write(&self, statements: Vec<Statement>) -> Result<Vec<u64>> {
        statements.iter().try_for_each(Statement::check)?;
        self.send(&hrana::transaction(&statements), Effect::Once).await?.changed(statements.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_with_a_token_in_it_is_refused() {
        for url in ["libsql://h?authToken=abc", "https://user:abc@h", "file:brain.db", "h"] {
            let error = RemoteDatabase::connect(url, Secret::new("")).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidInput, "{url}");
            assert!(!error.to_string().contains("abc"), "{error}");
        }
    }

    #[tokio::test]
    async fn a_server_that_does_not_answer_is_named_without_the_token() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        drop(listener);
        let database = RemoteDatabase::connect(&url, Secret::new("canary")).unwrap();
        let error = database.write(vec![Statement::new("SELECT 1", [])]).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unavailable);
        let shown = format!("{error} {error:?} {database:?}");
        assert!(shown.contains(&url) && !shown.contains("canary"), "{shown}");
    }
}
