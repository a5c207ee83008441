//! Files: named by our hash in the account's library, and found there by it.

use std::collections::BTreeMap;
use std::time::Duration;

use md5::{Digest as _, Md5};

use super::wire::{Answer, File, Page};
use super::{TikTok, error, list_text};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{ContentHash, MediaKind, ObjectId};
use crate::platform::Upload;

/// How long the upload of a file may take.
const UPLOAD_TIMEOUT: Duration = Duration::from_secs(300);
/// Files on one page of the library.
const FILES_PER_PAGE: u32 = 100;

/// The files of an ad as `TikTok` names them, in the order of the draft.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Files {
    pub(super) videos: Vec<String>,
    pub(super) images: Vec<String>,
}

impl TikTok {
    /// Puts a file into the library, unless it is there.
    pub(super) async fn put(&self, upload: &Upload) -> Result<ObjectId> {
        let hashes = [upload.hash.clone()];
        if let Some(id) = self.library(upload.kind, &hashes).await?.remove(&upload.hash) {
            return Ok(ObjectId::new(id));
        }
        let (path, field, signature) = match upload.kind {
            MediaKind::Video => ("/file/video/ad/upload/", "video_file", "video_signature"),
            MediaKind::Image => ("/file/image/ad/upload/", "image_file", "image_signature"),
        };
        let md5 = hex::encode(Md5::digest(&upload.bytes));
        let fields = [
            ("advertiser_id", self.config.account.as_str()),
            ("upload_type", "UPLOAD_BY_FILE"),
            ("file_name", upload.hash.as_str()),
            (signature, md5.as_str()),
        ];
        let part = Part { field, name: upload.hash.as_str(), bytes: &upload.bytes };
        let (body, content_type) = multipart(&fields, &part);
        let request = self.request_post(path).body(body, &content_type).timeout(UPLOAD_TIMEOUT);
        let id = match upload.kind {
            MediaKind::Video => {
                let answer: Answer<Vec<File>> = self.remote.read(&request).await.map_err(taken)?;
                answer.data.into_iter().next().and_then(|file| file.video_id)
            }
            MediaKind::Image => {
                let answer: Answer<File> = self.remote.read(&request).await.map_err(taken)?;
                answer.data.image_id
            }
        };
        id.map(ObjectId::new).ok_or_else(|| request.lost("the answer does not show the id of the file"))
    }

    /// The files with some hashes.
    ///
    /// # Errors
    /// [`ErrorKind::Unavailable`] for a file that the library does not show, or a video that is still being processed.
    pub(super) async fn files(&self, hashes: &[ContentHash]) -> Result<Files> {
        let videos = self.library(MediaKind::Video, hashes).await?;
        let others: Vec<_> = hashes.iter().filter(|hash| !videos.contains_key(hash)).cloned().collect();
        let images = if others.is_empty() { BTreeMap::new() } else { self.library(MediaKind::Image, &others).await? };
        let mut files = Files::default();
        for hash in hashes {
            match (videos.get(hash), images.get(hash)) {
                (Some(video), _) => files.videos.push(video.clone()),
                (None, Some(image)) => files.images.push(image.clone()),
                (None, None) => return Err(not_there(hash)),
            }
        }
        self.check_processed(&files.videos).await?;
        Ok(files)
    }

    /// The ids of files by their hashes, newest pages first, until all are found. `TikTok`'s search takes no name, so the names are
    /// compared here.
    async fn library(&self, kind: MediaKind, hashes: &[ContentHash]) -> Result<BTreeMap<ContentHash, String>> {
        let path = match kind {
            MediaKind::Video => "/file/video/ad/search/",
            MediaKind::Image => "/file/image/ad/search/",
        };
        let mut found = BTreeMap::new();
        let mut page = 1;
        loop {
            let parameters = [
                ("advertiser_id", self.config.account.clone()),
                ("page", page.to_string()),
                ("page_size", FILES_PER_PAGE.to_string()),
            ];
            let answer: Answer<Page<File>> = self.remote.read(&self.get(path, &parameters)).await?;
            for file in answer.data.list {
                let (Some(id), Some(name)) = (file.video_id.or(file.image_id), file.name) else { continue };
                if let Some(hash) = hashes.iter().find(|hash| name.starts_with(hash.as_str())) {
                    found.entry(hash.clone()).or_insert(id);
                }
            }
            if found.len() == hashes.len() || page >= answer.data.page_info.total_page {
                return Ok(found);
            }
            page += 1;
        }
    }

    /// Refuses videos that cannot be shown yet.
    async fn check_processed(&self, videos: &[String]) -> Result<()> {
        if videos.is_empty() {
            return Ok(());
        }
        let parameters = [
            ("advertiser_id", self.config.account.clone()),
            ("video_ids", list_text(videos.iter().map(String::as_str))),
        ];
        let answer = self.remote.read::<Answer<Page<File>>>(&self.get("/file/video/ad/info/", &parameters)).await;
        let known = match answer {
            Ok(answer) => answer.data.list,
            Err(error) if error.context_of("code") == Some(error::TRANSCODING) => Vec::new(),
            Err(error) => return Err(error),
        };
        let is_processed = |id: &String| known.iter().any(|file| file.video_id.as_ref() == Some(id) && is_ready(file));
        match videos.iter().find(|id| !is_processed(id)) {
            Some(id) => Err(Error::new(ErrorKind::Unavailable, "creative.files: a video is not ready")
                .with("video", id)
                .next("wait until TikTok has processed it, up to five minutes, then try again")),
            None => Ok(()),
        }
    }
}

/// A video can be shown once it has a length and a cover.
fn is_ready(file: &File) -> bool {
    let has_length = file.duration.as_ref().and_then(serde_json::Number::as_f64).is_some_and(|length| length > 0.0);
    let has_cover = file.video_cover_url.as_ref().is_some_and(|url| !url.is_empty());
    has_length && has_cover && file.displayable != Some(false)
}

fn not_there(hash: &ContentHash) -> Error {
    Error::new(ErrorKind::Unavailable, format!("creative.files: {hash} is not in the account's library"))
        .with("field", "creative.files")
        .next("upload it first; TikTok may take minutes to show a file that was just uploaded")
}

/// A file of the same name is there, and the library does not show it yet.
fn taken(error: Error) -> Error {
    if error.kind() == ErrorKind::InvalidInput && error.message().to_ascii_lowercase().contains("duplicat") {
        return Error::new(ErrorKind::Unavailable, "the file is in the library, which does not show it yet")
            .caused_by(error)
            .next("try again in some minutes");
    }
    error
}

/// A file in a form.
pub(super) struct Part<'a> {
    pub(super) field: &'a str,
    pub(super) name: &'a str,
    pub(super) bytes: &'a [u8],
}

/// A form with one file, and its content type.
pub(super) fn multipart(fields: &[(&str, &str)], part: &Part<'_>) -> (Vec<u8>, String) {
    // A hash of the bytes does not stand in the bytes.
    let boundary = format!("adbrain-{}", ContentHash::of(part.bytes).short(40));
    let mut body = Vec::with_capacity(part.bytes.len() + 1_024);
    for (name, value) in fields {
        let part = format!("--{boundary}\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        body.extend_from_slice(part.as_bytes());
    }
    let Part { field, name, bytes } = *part;
    let head = format!(
        "--{boundary}\r\ncontent-disposition: form-data; name=\"{field}\"; filename=\"{name}\"\r\ncontent-type: application/octet-stream\r\n\r\n"
    );
    body.extend_from_slice(head.as_bytes());
    body.extend_from_slice(bytes);
    body.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
    (body, format!("multipart/form-data; boundary={boundary}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_holds_its_fields_and_the_bytes_as_they_are() {
        let bytes = b"\x00\xffbytes".to_vec();
        let part = Part { field: "image_file", name: "picture", bytes: &bytes };
        let (body, content_type) = multipart(&[("advertiser_id", "7000")], &part);
        let boundary = content_type.strip_prefix("multipart/form-data; boundary=").unwrap();
        assert!(boundary.len() <= 70, "RFC 2046 allows no more");
        let text = String::from_utf8_lossy(&body);
        assert!(text.starts_with(&format!(
            "--{boundary}\r\ncontent-disposition: form-data; name=\"advertiser_id\"\r\n\r\n7000\r\n"
        )));
        assert!(text.ends_with(&format!("\r\n--{boundary}--\r\n")));
        assert!(body.windows(bytes.len()).any(|part| part == bytes));
    }

    #[test]
    fn a_video_is_ready_with_a_length_and_a_cover() {
        let of = |text: &str| is_ready(&serde_json::from_str(text).unwrap());
        assert!(of(r#"{"duration": 15.2, "video_cover_url": "https://x.y/c.jpg", "displayable": true}"#));
        assert!(!of(r#"{"duration": 0, "video_cover_url": "https://x.y/c.jpg"}"#));
        assert!(!of(r#"{"duration": 15}"#));
        assert!(!of(r#"{"duration": 15, "video_cover_url": "https://x.y/c.jpg", "displayable": false}"#));
    }
}
