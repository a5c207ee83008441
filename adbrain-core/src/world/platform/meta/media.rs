//! Pictures and videos. Both carry our hash as their name, so that an upload whose answer was lost is found again.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::json;

use super::Meta;
use super::creative::{Film, Media};
use super::wire::{Image, Thumbnail, UploadRange, UploadStarted, Video};
use crate::error::{Error, ErrorKind, Result};
use crate::http::{Effect, Request};
use crate::model::{ContentHash, MediaKind, ObjectId};
use crate::platform::Upload;

/// Chunks of one video; Meta chooses their size.
const CHUNKS: usize = 10_000;

/// What an upload of a picture answers, by the name of the file.
#[derive(Debug, Deserialize)]
struct Uploaded {
    images: BTreeMap<String, Image>,
}

impl Meta {
    /// Uploads a file, or finds it in the account.
    pub(super) async fn store(&self, upload: &Upload) -> Result<ObjectId> {
        match upload.kind {
            MediaKind::Image => match self.image(&upload.hash).await? {
                Some(found) => Ok(ObjectId::new(found)),
                None => self.upload_image(upload).await,
            },
            MediaKind::Video => match self.video(&upload.hash).await? {
                Some(found) => Ok(ObjectId::new(found.id)),
                None => self.upload_video(upload).await,
            },
        }
    }

    /// The files of an ad, all of them ready to be shown.
    pub(super) async fn media(&self, files: &[ContentHash]) -> Result<Media> {
        let mut media = Media::default();
        for hash in files {
            if let Some(image) = self.image(hash).await? {
                media.images.push(image);
            } else {
                media.videos.push(self.film(hash).await?);
            }
        }
        Ok(media)
    }

    async fn image(&self, hash: &ContentHash) -> Result<Option<String>> {
        let query = [("name", hash.as_str()), ("fields", "hash,name")];
        let found: Vec<Image> = self.pages(&format!("/{}/adimages", self.account()), &query).await?;
        Ok(found.into_iter().find(|image| image.name.as_deref() == Some(hash.as_str())).map(|image| image.hash))
    }

    async fn video(&self, hash: &ContentHash) -> Result<Option<Video>> {
        let query = [("title", hash.as_str()), ("fields", "id,title,status")];
        let found: Vec<Video> = self.pages(&format!("/{}/advideos", self.account()), &query).await?;
        Ok(found.into_iter().find(|video| video.title.as_deref() == Some(hash.as_str())))
    }

    /// A video that Meta has finished, with a picture out of it.
    async fn film(&self, hash: &ContentHash) -> Result<Film> {
        let absent = || {
            Error::new(ErrorKind::NotFound, format!("creative.files: {hash} is not in the account"))
                .next("upload it first")
        };
        let video = self.video(hash).await?.ok_or_else(absent)?;
        match video.status.as_ref().map(|status| status.video_status.as_str()) {
            Some("ready") => {}
            Some("error") => {
                return Err(Error::invalid("creative.files", format!("Meta could not read the video {hash}"))
                    .next("give it as MP4 with H.264"));
            }
            _ => {
                return Err(Error::new(
                    ErrorKind::Unavailable,
                    format!("Meta still works on the video {hash}; nothing was sent"),
                )
                .next("try again in a minute"));
            }
        }
        let query = [("fields", "uri,is_preferred")];
        let mut pictures: Vec<Thumbnail> = self.pages(&format!("/{}/thumbnails", video.id), &query).await?;
        pictures.sort_by_key(|picture| !picture.is_preferred);
        Ok(Film { id: video.id, thumbnail: pictures.into_iter().next().map(|picture| picture.uri) })
    }

    async fn upload_image(&self, upload: &Upload) -> Result<ObjectId> {
        let name = upload.hash.as_str();
        let request = self.form(
            &format!("/{}/adimages", self.account()),
            &[],
            &Part { field: "filename", name, bytes: &upload.bytes },
        );
        let answer: Uploaded = self.remote.read(&request).await?;
        let absent =
            || Error::new(ErrorKind::OutcomeUnknown, "meta did not name the picture").next("look it up by its name");
        answer.images.into_values().next().map(|image| ObjectId::new(image.hash)).ok_or_else(absent)
    }

    /// In the chunks that Meta asks for; it may ask for other bytes than the next ones.
    async fn upload_video(&self, upload: &Upload) -> Result<ObjectId> {
        let path = format!("/{}/advideos", self.account());
        let start = self.post(&path, &json!({"upload_phase": "start", "file_size": upload.bytes.len()}))?;
        // A session that was begun and forgotten holds no video.
        let UploadStarted { upload_session_id: session, video_id, mut range } =
            self.remote.read(&start.effect(Effect::Idempotent)).await?;
        let mut chunks = 0;
        while range.start_offset != range.end_offset {
            chunks += 1;
            let bytes = chunk(&upload.bytes, &range).filter(|_| chunks <= CHUNKS).ok_or_else(|| astray(&range))?;
            let fields =
                [("upload_phase", "transfer"), ("upload_session_id", &session), ("start_offset", &range.start_offset)];
            let part = Part { field: "video_file_chunk", name: "chunk", bytes };
            range = self.remote.read(&self.form(&path, &fields, &part).effect(Effect::Idempotent)).await?;
        }
        let finish = json!({"upload_phase": "finish", "upload_session_id": session, "title": upload.hash.as_str()});
        let done: super::wire::Changed = self.remote.read(&self.post(&path, &finish)?).await?;
        if !done.success {
            return Err(
                Error::new(ErrorKind::OutcomeUnknown, "meta did not finish the video").next("look it up by its title")
            );
        }
        Ok(ObjectId::new(video_id))
    }

    /// A form with one file in it.
    fn form(&self, path: &str, fields: &[(&str, &str)], part: &Part<'_>) -> Request {
        // No hash of a file's bytes stands in the file by chance.
        let boundary = format!("adbrain-{}", ContentHash::of(part.bytes));
        let mut body = Vec::new();
        for (name, value) in fields {
            body.extend(
                format!("--{boundary}\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").bytes(),
            );
        }
        let Part { field, name, bytes } = *part;
        let head = format!(
            "--{boundary}\r\ncontent-disposition: form-data; name=\"{field}\"; filename=\"{name}\"\r\ncontent-type: application/octet-stream\r\n\r\n"
        );
        body.extend(head.bytes());
        body.extend_from_slice(bytes);
        body.extend(format!("\r\n--{boundary}--\r\n").bytes());
        Request::post(self.url(path))
            .authorized("authorization")
            .body(body, &format!("multipart/form-data; boundary={boundary}"))
    }
}

struct Part<'a> {
    field: &'a str,
    name: &'a str,
    bytes: &'a [u8],
}

/// The bytes that are asked for; none where they are not in the file.
fn chunk<'a>(file: &'a [u8], range: &UploadRange) -> Option<&'a [u8]> {
    let [start, end] = [range.start_offset.parse().ok()?, range.end_offset.parse().ok()?];
    file.get(start..end).filter(|bytes| !bytes.is_empty())
}

fn astray(range: &UploadRange) -> Error {
    let what = format!("meta asks for the bytes {} to {} of a video", range.start_offset, range.end_offset);
    Error::new(ErrorKind::Unavailable, what).next("upload it again")
}
