//! Pictures and videos: sent in one piece or in parts, and used only when `LinkedIn` has them ready.

use std::time::Duration;

use serde_json::{Value, json};

use super::api::Api;
use super::error;
use super::restli;
use super::shelf::Shelf;
use super::wire::{Asset, ImageUpload, UploadPart, VideoUpload};
use crate::error::{Error, ErrorKind, Result};
use crate::http::{Effect, Method, Request, Response};
use crate::model::{ContentHash, MediaKind, ObjectId, Platform};
use crate::platform::{Upload, spec};

/// How long one part may take on its way.
const PART_TIME: Duration = Duration::from_secs(120);

/// So many seconds pass between two looks at a file that `LinkedIn` works on. It does not say how long that takes; integrators tell of 10 to
/// 30 seconds for short videos.
const WORK_SECONDS: u64 = 20;

/// Sends media of one page.
pub(super) struct Courier<'a> {
    pub(super) api: &'a Api,
    pub(super) shelf: &'a Shelf,
    /// The page.
    pub(super) owner: String,
}

impl Courier<'_> {
    /// Sends a file; one that `LinkedIn` has already is not sent again.
    pub(super) async fn send(&self, upload: &Upload) -> Result<ObjectId> {
        check(upload)?;
        if let Some(urn) = self.shelf.find(&upload.hash).await?
            && matches!(self.status(&urn).await?.as_deref(), Some("AVAILABLE" | "PROCESSING"))
        {
            return Ok(ObjectId::new(urn));
        }
        let urn = match upload.kind {
            MediaKind::Video => self.video(upload).await?,
            MediaKind::Image => self.image(upload).await?,
        };
        Ok(ObjectId::new(urn))
    }

    /// The URN of a file that an ad shows. While `LinkedIn` works on it, the usual pauses of reads are waited.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] where it was not sent, [`ErrorKind::Unavailable`] where `LinkedIn` still works on it.
    pub(super) async fn ready(&self, hash: &ContentHash) -> Result<String> {
        let absent = || {
            Error::new(ErrorKind::NotFound, format!("creative.files: {hash} is not at LinkedIn"))
                .next("upload it first")
        };
        let urn = self.shelf.find(hash).await?.ok_or_else(absent)?;
        match found(self.api.waiting(&path(&urn)).await)?.as_deref() {
            Some("AVAILABLE") => Ok(urn),
            Some("PROCESSING_FAILED") => {
                Err(Error::invalid("creative.files", format!("linkedin could not read {urn}"))
                    .next("give a file as LinkedIn's specifications want it"))
            }
            _ => Err(absent()),
        }
    }

    /// How far a picture or video is; none where `LinkedIn` does not have it.
    async fn status(&self, urn: &str) -> Result<Option<String>> {
        found(self.api.read(&path(urn), "").await)
    }

    async fn image(&self, upload: &Upload) -> Result<String> {
        let body = json!({"initializeUploadRequest": {"owner": self.owner}});
        let place: ImageUpload = self.api.ask("/images", "initializeUpload", &body).await?;
        self.shelf.keep(&upload.hash, &place.image).await?;
        // The documents of images ask for the token here, those of videos do not.
        let request = self.part(&place.upload_url, upload.bytes.clone())?.authorized("authorization");
        self.api.remote.ask(&request).await?;
        Ok(place.image)
    }

    async fn video(&self, upload: &Upload) -> Result<String> {
        let start: VideoUpload = self.api.ask("/videos", "initializeUpload", &self.announced(upload)).await?;
        self.shelf.keep(&upload.hash, &start.video).await?;
        let mut parts = Vec::new();
        for (part, bytes) in cut(&start.upload_instructions, &upload.bytes)? {
            parts.push(self.send_part(part, bytes).await?);
        }
        let end = json!({"finalizeUploadRequest": {
            "video": start.video, "uploadToken": start.upload_token, "uploadedPartIds": parts,
        }});
        self.api.act("/videos", "finalizeUpload", &end).await?;
        Ok(start.video)
    }

    fn announced(&self, upload: &Upload) -> Value {
        json!({"initializeUploadRequest": {
            "owner": self.owner, "fileSizeBytes": upload.bytes.len(), "uploadCaptions": false, "uploadThumbnail": false,
        }})
    }

    /// Sends one part; its mark is wanted at the end.
    async fn send_part(&self, part: &UploadPart, bytes: &[u8]) -> Result<String> {
        let request = self.part(&part.upload_url, bytes.to_vec())?;
        let response = self.api.remote.ask(&request).await?;
        let mark = response.header("etag").map(|mark| mark.trim_matches('"')).filter(|mark| !mark.is_empty());
        mark.map(str::to_owned).ok_or_else(|| request.lost("linkedin took a part of a video without an ETag"))
    }

    fn part(&self, address: &str, bytes: Vec<u8>) -> Result<Request> {
        let is_own = self.api.remote.is_own_machine() && address.starts_with(&self.api.remote.url("/"));
        if !is_own && !is_linkedins(address) {
            return Err(Error::new(
                ErrorKind::Refused,
                "linkedin named an upload address outside of linkedin.com and licdn.com",
            )
            .next("check `base_url` of the LinkedIn config"));
        }
        // The address itself gives the right to send: no error shows it.
        let request =
            Request::new(Method::Put, address).effect(Effect::Idempotent).secrecy(crate::http::Secrecy::Sensitive);
        Ok(request.timeout(PART_TIME).body(bytes, "application/octet-stream"))
    }
}

fn path(urn: &str) -> String {
    let folder = if urn.starts_with("urn:li:video:") { "videos" } else { "images" };
    format!("/{folder}/{}", restli::encode(urn))
}

fn found(asset: Result<Asset>) -> Result<Option<String>> {
    match asset {
        Ok(asset) => Ok(Some(asset.status)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// [`error::judge`] for the state of media: one that is still worked on is not there yet, and is asked for again like a read that failed.
pub(super) fn judge(request: &Request, response: &Response) -> Result<()> {
    error::judge(request, response)?;
    let state = serde_json::from_slice::<Asset>(&response.body).map(|asset| asset.status);
    if state.is_ok_and(|state| state == "PROCESSING") {
        let what = format!("creative.files: linkedin still works on a file of the ad ({request:?})");
        let error = Error::new(ErrorKind::Unavailable, what).next("nothing was sent: make the ad later");
        return Err(error.with("retry_after_seconds", WORK_SECONDS));
    }
    Ok(())
}

fn check(upload: &Upload) -> Result<()> {
    if ContentHash::of(&upload.bytes) != upload.hash {
        return Err(
            Error::invalid("upload.hash", "the bytes have another hash").next("give the `ContentHash` of these bytes")
        );
    }
    let (most, length) = (spec::of(Platform::LinkedIn)?.most_bytes(upload.kind), upload.bytes.len() as u64);
    if length == 0 || length > most {
        return Err(Error::invalid(
            "upload.bytes",
            format!("a {} of {length} bytes; LinkedIn takes 1 to {most}", upload.kind),
        )
        .next("give another file"));
    }
    Ok(())
}

/// The bytes of each part. The parts have to cover the file without a gap.
fn cut<'a>(parts: &'a [UploadPart], bytes: &'a [u8]) -> Result<Vec<(&'a UploadPart, &'a [u8])>> {
    let gap = || {
        Error::new(ErrorKind::Unavailable, "the parts that linkedin asks for do not cover the video")
            .next("try again later")
    };
    let mut next = 0;
    let mut found = Vec::new();
    for part in parts {
        let bytes = bytes.get(part.first_byte..=part.last_byte).filter(|_| part.first_byte == next).ok_or_else(gap)?;
        next = part.last_byte + 1;
        found.push((part, bytes));
    }
    if next == bytes.len() { Ok(found) } else { Err(gap()) }
}

/// Whether an address lies at `LinkedIn`, over TLS.
fn is_linkedins(address: &str) -> bool {
    let Some(rest) = address.strip_prefix("https://") else { return false };
    let authority = rest.split(['/', '?', '#', '\\']).next().unwrap_or_default();
    if authority.contains('@') {
        return false;
    }
    let host = authority.split(':').next().unwrap_or_default();
    ["linkedin.com", "licdn.com"].into_iter().any(|name| host == name || host.ends_with(&format!(".{name}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(first_byte: usize, last_byte: usize) -> UploadPart {
        UploadPart { upload_url: String::new(), first_byte, last_byte }
    }

    #[test]
    fn parts_cover_a_video_without_a_gap_or_are_refused() {
        let parts = [part(0, 3), part(4, 4)];
        let found = cut(&parts, b"video").unwrap();
        assert_eq!(found.iter().map(|(_, bytes)| *bytes).collect::<Vec<_>>(), [&b"vide"[..], b"o"]);
        for parts in [
            vec![],
            vec![part(0, 3)],
            vec![part(1, 4)],
            vec![part(0, 5)],
            vec![part(0, 2), part(2, 4)],
            vec![part(3, 1)],
        ] {
            assert!(cut(&parts, b"video").is_err(), "{parts:?}");
        }
    }

    #[test]
    fn files_are_sent_to_linkedin_alone() {
        for right in ["https://www.linkedin.com/dms-uploads/x?a=1", "https://dms.licdn.com/x", "https://linkedin.com"] {
            assert!(is_linkedins(right), "{right}");
        }
        for wrong in [
            "http://www.linkedin.com/x",
            "https://evil.example/linkedin.com",
            "https://evillinkedin.com",
            "https://www.linkedin.com@evil.example/",
            "https://www.linkedin.com:x@evil.example/",
            "https://www.linkedin.com.evil.example",
        ] {
            assert!(!is_linkedins(wrong), "{wrong}");
        }
    }

    #[test]
    fn a_file_that_is_too_large_or_another_is_not_sent() {
        let right = Upload { hash: ContentHash::of(b"x"), kind: MediaKind::Image, bytes: b"x".to_vec() };
        check(&right).unwrap();
        assert!(check(&Upload { bytes: b"y".to_vec(), ..right }).unwrap_err().to_string().contains("upload.hash"));
        let most = spec::of(Platform::LinkedIn).unwrap().most_bytes(MediaKind::Image);
        let bytes = vec![0; usize::try_from(most).unwrap() + 1];
        let large = Upload { hash: ContentHash::of(&bytes), kind: MediaKind::Image, bytes };
        assert!(check(&large).unwrap_err().to_string().contains("upload.bytes"));
    }

    #[test]
    fn a_file_that_is_worked_on_is_asked_for_again_and_others_are_not() {
        let request = Request::get("https://api.linkedin.com/rest/videos/urn%3Ali%3Avideo%3AV");
        let state = |state: &str| {
            let body = json!({"id": "urn:li:video:V", "status": state}).to_string().into_bytes();
            judge(&request, &Response { status: 200, headers: Vec::new(), body })
        };
        let error = state("PROCESSING").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unavailable);
        assert!(error.is_retryable() && error.context_of("retry_after_seconds") == Some("20"));
        for settled in ["AVAILABLE", "PROCESSING_FAILED", "WAITING_UPLOAD"] {
            assert!(state(settled).is_ok(), "{settled}");
        }
    }
}
