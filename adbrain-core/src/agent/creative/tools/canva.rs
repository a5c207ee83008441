//! A client for Canva Connect: upload an asset, make a design of it, export the design.
//!
//! Shapes as documented at <https://www.canva.dev/docs/connect/api-reference/> (read 2026-11-23).

use std::time::Duration;

use base64::Engine as _;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::json;

use crate::error::{Error, ErrorKind, Result};
use crate::http::{Client, Request, Secrecy, Secret};

/// Where the API is.
const API: &str = "https://api.canva.com/rest/v1";
/// Looks at a job before it counts as too slow.
const MOST_LOOKS: u32 = 60;
/// The pause between two looks; the tightest limit for looks is 120 a minute.
const PAUSE: Duration = Duration::from_secs(2);
/// The least and greatest side of a design, in pixels.
const SIDES: std::ops::RangeInclusive<u32> = 40..=8000;

/// What a design is exported as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum CanvaExport {
    /// A PNG picture per page.
    Png,
    /// A vertical video of 1080 x 1920 pixels.
    VerticalVideo,
}

impl CanvaExport {
    fn format(self) -> serde_json::Value {
        match self {
            Self::Png => json!({ "type": "png" }),
            Self::VerticalVideo => json!({ "type": "mp4", "quality": "vertical_1080p" }),
        }
    }
}

/// One user's account at Canva. It makes designs of pictures and videos; cut plans it does not take, so it is no
/// [`super::CreativeTool`]. The token needs the scopes `asset:read`, `asset:write`, `design:content:read` and
/// `design:content:write`.
pub struct Canva {
    client: Client,
    token: Secret,
    api: String,
    pause: Duration,
}

#[derive(Deserialize)]
struct Answer {
    job: Job,
}

#[derive(Deserialize)]
struct Job {
    id: String,
    status: String,
    #[serde(default)]
    urls: Vec<String>,
    asset: Option<Named>,
    error: Option<JobError>,
}

#[derive(Deserialize)]
struct Named {
    id: String,
}

#[derive(Deserialize)]
struct JobError {
    code: String,
    message: String,
}

#[derive(Deserialize)]
struct DesignAnswer {
    design: Named,
}

impl Canva {
    /// Makes the client with an access token of the user.
    pub fn new(client: Client, token: Secret) -> Self {
        Self { client, token, api: API.to_owned(), pause: PAUSE }
    }

    /// Speaks to another address, for tests; the pause is the one between two looks at a job.
    #[must_use]
    pub fn at(mut self, api: &str, pause: Duration) -> Self {
        api.trim_end_matches('/').clone_into(&mut self.api);
        self.pause = pause;
        self
    }

    /// Uploads a picture or video under a name and gives its id once Canva has taken it in.
    ///
    /// # Errors
    /// [`ErrorKind::OutcomeUnknown`] where the answer was lost, [`ErrorKind::TimedOut`] where Canva takes too long,
    /// [`ErrorKind::Unavailable`] where it refuses the file, and those of the transport.
    pub async fn upload(&self, name: &str, bytes: Vec<u8>) -> Result<String> {
        let name = base64::engine::general_purpose::STANDARD.encode(name);
        let request = self
            .post("asset-uploads")
            .header("Asset-Upload-Metadata", &json!({ "name_base64": name }).to_string())
            .body(bytes, "application/octet-stream");
        let started: Answer = self.ask(&request).await?;
        let job = self.wait("asset-uploads", started.job).await?;
        job.asset.map(|asset| asset.id).ok_or_else(|| unexpected("an upload without an asset"))
    }

    /// Makes a design of a size in pixels with an uploaded picture in it, and gives its id.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] for sides outside 40 to 8000 pixels, and those of the transport.
    pub async fn create_design(&self, title: &str, size: (u32, u32), asset: &str) -> Result<String> {
        let (width, height) = size;
        if !SIDES.contains(&width) || !SIDES.contains(&height) {
            return Err(Error::invalid("size", format!("{width} x {height} is not within 40 to 8000 pixels"))
                .next("give sides of 40 to 8000 pixels"));
        }
        let request = self.post("designs").json(&json!({
            "design_type": { "type": "custom", "width": width, "height": height },
            "title": title,
            "asset_id": asset,
        }))?;
        let answer: DesignAnswer = self.ask(&request).await?;
        Ok(answer.design.id)
    }

    /// Exports a design and gives the addresses of the files, one per page; they hold for 24 hours.
    ///
    /// # Errors
    /// As [`Canva::upload`].
    pub async fn export(&self, design: &str, format: CanvaExport) -> Result<Vec<String>> {
        let request = self.post("exports").json(&json!({ "design_id": design, "format": format.format() }))?;
        let started: Answer = self.ask(&request).await?;
        Ok(self.wait("exports", started.job).await?.urls)
    }

    fn post(&self, path: &str) -> Request {
        Request::post(format!("{}/{path}", self.api)).bearer(&self.token).secrecy(Secrecy::Plain)
    }

    async fn ask<T: DeserializeOwned>(&self, request: &Request) -> Result<T> {
        self.client.send(request).await?.json(request)
    }

    /// Looks at a job until it has ended, a bounded number of times.
    async fn wait(&self, path: &str, mut job: Job) -> Result<Job> {
        if job.id.is_empty() || !job.id.chars().all(|letter| letter.is_ascii_alphanumeric() || "-_".contains(letter)) {
            return Err(unexpected("a job with an id that is no plain text"));
        }
        let request = Request::get(format!("{}/{path}/{}", self.api, job.id)).bearer(&self.token);
        for _ in 0..MOST_LOOKS {
            match job.status.as_str() {
                "success" => return Ok(job),
                "in_progress" => tokio::time::sleep(self.pause).await,
                "failed" => return Err(failed(&job)),
                _ => return Err(unexpected("a job with an unknown status").with("status", &job.status)),
            }
            job = self.ask::<Answer>(&request).await?.job;
        }
        Err(Error::new(ErrorKind::TimedOut, "a job at Canva did not end").with("job", &job.id).next("look at it later"))
    }
}

fn failed(job: &Job) -> Error {
    let (code, message) =
        job.error.as_ref().map_or(("unknown", "no reason given"), |error| (&error.code, &error.message));
    Error::new(ErrorKind::Unavailable, format!("a job at Canva failed: {message}"))
        .with("code", code)
        .with("job", &job.id)
        .next("look at the file at Canva, then try again")
}

fn unexpected(what: &str) -> Error {
    Error::new(ErrorKind::Unavailable, format!("Canva answered with {what}")).next("check the version of the API")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::{ClientOptions, Reach};
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    /// Answers one connection after another with the documented bodies, and gives back what was asked.
    async fn server(answers: Vec<&'static str>) -> (Canva, tokio::task::JoinHandle<Vec<String>>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let api = format!("http://{}/rest/v1", listener.local_addr().unwrap());
        let asked = tokio::spawn(async move {
            let mut asked = Vec::new();
            for answer in answers {
                let (mut socket, _) = listener.accept().await.unwrap();
                asked.push(read(&mut socket).await);
                let length = answer.len();
                let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n");
                socket.write_all(head.as_bytes()).await.unwrap();
                socket.write_all(answer.as_bytes()).await.unwrap();
            }
            asked
        });
        let client = Client::new(ClientOptions { reach: Reach::Loopback, ..ClientOptions::default() }).unwrap();
        (Canva::new(client, Secret::new("t0ken")).at(&api, Duration::from_millis(1)), asked)
    }

    async fn read(socket: &mut tokio::net::TcpStream) -> String {
        let mut text = String::new();
        loop {
            let mut bytes = [0; 4096];
            let length = socket.read(&mut bytes).await.unwrap();
            text.push_str(&String::from_utf8_lossy(&bytes[..length]));
            let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
            let lines = head.to_lowercase();
            let wanted = lines.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse::<usize>().ok());
            if body.len() >= wanted.unwrap_or(0) {
                return text;
            }
        }
    }

    const STARTED: &str = r#"{"job":{"id":"e08861ae-3b29-45db-8dc1-1fe0bf7f1cc8","status":"in_progress"}}"#;
    const UPLOADED: &str = r#"{"job":{"id":"e08861ae-3b29-45db-8dc1-1fe0bf7f1cc8","status":"success","asset":{"id":"Msd59349ff","type":"image","name":"My Awesome Upload","tags":["image"],"created_at":1377396000,"updated_at":1692928800}}}"#;
    const DESIGN: &str = r#"{"design":{"id":"DAFVztcvd9z","title":"My summer holiday","urls":{"edit_url":"https://www.canva.com/api/design/edit","view_url":"https://www.canva.com/api/design/view"},"created_at":1377396000,"updated_at":1692928800,"page_count":1}}"#;
    const EXPORTED: &str = r#"{"job":{"id":"e08861ae-3b29-45db-8dc1-1fe0bf7f1cc8","status":"success","urls":["https://export-download.canva.com/1/0001.png"]}}"#;
    const FAILED: &str = r#"{"job":{"id":"e08861ae-3b29-45db-8dc1-1fe0bf7f1cc8","status":"failed","error":{"code":"license_required","message":"User doesn't have the required license"}}}"#;

    #[tokio::test]
    async fn an_asset_becomes_a_design_and_an_exported_file() {
        let (canva, asked) = server(vec![STARTED, STARTED, UPLOADED, DESIGN, STARTED, EXPORTED]).await;
        let asset = canva.upload("tênis.png", vec![1, 2, 3]).await.unwrap();
        let design = canva.create_design("Brisa", (1080, 1920), &asset).await.unwrap();
        let urls = canva.export(&design, CanvaExport::Png).await.unwrap();
        assert_eq!((asset.as_str(), design.as_str()), ("Msd59349ff", "DAFVztcvd9z"));
        assert_eq!(urls, ["https://export-download.canva.com/1/0001.png"]);
        let asked = asked.await.unwrap();
        assert!(asked[0].starts_with("POST /rest/v1/asset-uploads HTTP/1.1"), "{}", asked[0]);
        assert!(asked[0].contains("{\"name_base64\":\"dMOqbmlzLnBuZw==\"}"));
        assert!(asked[0].to_lowercase().contains("authorization: bearer t0ken"));
        assert!(asked[2].starts_with("GET /rest/v1/asset-uploads/e08861ae-3b29-45db-8dc1-1fe0bf7f1cc8 "));
        assert!(asked[3].contains(r#""design_type":{"height":1920,"type":"custom","width":1080}"#), "{}", asked[3]);
        assert!(asked[4].contains(r#""design_id":"DAFVztcvd9z""#));
    }

    #[tokio::test]
    async fn a_failed_job_says_why() {
        let (canva, _asked) = server(vec![STARTED, FAILED]).await;
        let error = canva.export("DAFVztcvd9z", CanvaExport::VerticalVideo).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unavailable);
        assert_eq!(error.context_of("code"), Some("license_required"));
    }

    #[tokio::test]
    async fn a_job_that_never_ends_is_given_up() {
        let (canva, _asked) = server(vec![STARTED; MOST_LOOKS as usize + 1]).await;
        let error = canva.export("DAFVztcvd9z", CanvaExport::Png).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TimedOut);
    }
}
