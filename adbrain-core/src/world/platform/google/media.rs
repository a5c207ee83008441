//! Pictures and films. They are named by their hash, so that a lost answer is found again.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine as _;
use serde_json::json;

use super::api::Api;
use super::map;
use super::query;
use super::wire::{AssetsAnswer, UploadAnswer, YouTubeVideoUpload};
use crate::error::{Error, ErrorKind, Result};
use crate::http::{Effect, Request};
use crate::model::{ContentHash, MediaKind, ObjectId, Platform};
use crate::platform::{Upload, spec};

/// How long the bytes of a film may take.
const FILM_TIMEOUT: std::time::Duration = std::time::Duration::from_secs(600);
/// Digits of the hash in the title of a film, which people can read.
const TITLE_DIGITS: usize = 16;

/// A file that the account has.
#[derive(Debug)]
pub(super) enum Media {
    /// A picture.
    Picture {
        /// Its asset.
        asset: String,
        /// The field of an ad that takes it.
        field: &'static str,
    },
    /// A film.
    Film {
        /// Its asset; none where the account has the upload alone.
        asset: Option<String>,
        /// The id of the video.
        video: String,
    },
}

/// The error of a file that is not there, or not shown yet; nothing was sent.
pub(super) fn absent(hash: &ContentHash) -> Error {
    Error::new(ErrorKind::Unavailable, format!("creative.files: the account does not show {hash}"))
        .with("field", "creative.files")
        .next("upload it first; where that was done, try again in a minute")
}

impl Api {
    /// The files of some hashes that the account has.
    ///
    /// # Errors
    /// [`ErrorKind::Unavailable`] for a film that is not ready yet, [`ErrorKind::InvalidInput`] for one that was refused and for a
    /// picture whose sides fit nowhere; those of the judge.
    pub(super) async fn media(&self, hashes: &BTreeSet<&ContentHash>) -> Result<BTreeMap<ContentHash, Media>> {
        if hashes.is_empty() {
            return Ok(BTreeMap::new());
        }
        let named = query::is_one_of("asset.name", hashes.iter().map(|hash| hash.as_str()));
        let assets = format!(
            "SELECT asset.resource_name, asset.name, asset.image_asset.full_size.width_pixels, \
             asset.image_asset.full_size.height_pixels FROM asset WHERE asset.type IN ('IMAGE', 'YOUTUBE_VIDEO') AND {named}"
        );
        let mut found = BTreeMap::new();
        for row in self.search(&assets).await? {
            let (asset, size) = (row.asset.resource_name, row.asset.image_asset.full_size);
            let hash = ContentHash::new(row.asset.name);
            let media = match size.width_pixels {
                None => Media::Film { asset: Some(asset), video: String::new() },
                Some(_) => Media::Picture { asset, field: map::picture_field(size).ok_or_else(|| misfit(&hash))? },
            };
            found.insert(hash, media);
        }
        let left: Vec<_> = hashes.iter().copied().filter(|hash| !found.contains_key(*hash)).collect();
        for hash in left {
            if let Some(upload) = self.film(hash).await? {
                found.insert(hash.clone(), Media::Film { asset: None, video: ready(&upload)? });
            }
        }
        Ok(found)
    }

    /// The upload of a film that the account has.
    async fn film(&self, hash: &ContentHash) -> Result<Option<YouTubeVideoUpload>> {
        let titled = query::is_one_of("you_tube_video_upload.video_title", [self.title(hash).as_str()]);
        let uploads = format!(
            "SELECT you_tube_video_upload.resource_name, you_tube_video_upload.video_title, \
             you_tube_video_upload.video_id, you_tube_video_upload.state FROM you_tube_video_upload WHERE {titled}"
        );
        let rows = self.search(&uploads).await?;
        let uploads = rows.into_iter().map(|row| row.you_tube_video_upload);
        // Where one failed and was sent again, the one that can be used counts.
        Ok(uploads
            .max_by_key(|upload| ["PENDING", "UPLOADED", "PROCESSED"].iter().position(|state| *state == upload.state)))
    }

    fn title(&self, hash: &ContentHash) -> String {
        format!("{} {}", self.config.business_name, hash.short(TITLE_DIGITS))
    }

    /// Uploads a file that the account does not have yet.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] for a file that the platform does not take, [`ErrorKind::Conflict`] for a picture that is there under
    /// another name; those of the judge.
    pub(super) async fn upload(&self, upload: &Upload) -> Result<ObjectId> {
        match upload.kind {
            MediaKind::Image => self.upload_picture(upload).await,
            MediaKind::Video => self.upload_film(upload).await,
        }
    }

    async fn upload_picture(&self, upload: &Upload) -> Result<ObjectId> {
        if !spec::of(Platform::Google)?.takes_bytes(MediaKind::Image, upload.bytes.len() as u64) {
            return Err(
                Error::invalid("upload.bytes", "the picture is larger than Google takes").next("make it smaller")
            );
        }
        let named = query::is_one_of("asset.name", [upload.hash.as_str()]);
        let there = format!("SELECT asset.resource_name, asset.name FROM asset WHERE asset.type = 'IMAGE' AND {named}");
        if let Some(row) = self.search(&there).await?.first() {
            return Ok(ObjectId::new(self.id(&row.asset.resource_name)));
        }
        let data = base64::engine::general_purpose::STANDARD.encode(&upload.bytes);
        let create = json!({"name": upload.hash.as_str(), "type": "IMAGE", "imageAsset": {"data": data}});
        let body = json!({"operations": [{"create": create}], "responseContentType": "MUTABLE_RESOURCE"});
        // The platform keeps the same bytes once, so a second request does no harm.
        let request = self.post("assets:mutate").json(&body)?.effect(Effect::Idempotent);
        let answer: AssetsAnswer = self.remote.read(&request).await?;
        let made = answer.results.first().ok_or_else(|| request.lost("the answer names no asset"))?;
        if made.asset.name != upload.hash.as_str() {
            let what =
                format!("the picture is in the account as {:?}, and the platform keeps that name", made.asset.name);
            return Err(Error::new(ErrorKind::Conflict, what)
                .with("object", &made.resource_name)
                .next("save the picture anew, so that its bytes differ, and plan again"));
        }
        Ok(ObjectId::new(self.id(&made.resource_name)))
    }

    async fn upload_film(&self, upload: &Upload) -> Result<ObjectId> {
        let there = self.film(&upload.hash).await?;
        if let Some(there) = there.filter(|there| ["PENDING", "UPLOADED", "PROCESSED"].contains(&there.state.as_str()))
        {
            return Ok(ObjectId::new(self.id(&there.resource_name)));
        }
        let address = self.start_film(upload).await?;
        let request = self
            .with_tokens(Request::post(address))
            .header("x-goog-upload-command", "upload, finalize")
            .header("x-goog-upload-offset", "0")
            .body(upload.bytes.clone(), "application/octet-stream")
            .timeout(FILM_TIMEOUT);
        let answer: UploadAnswer = self.remote.read(&request).await?;
        if answer.resource_name.is_empty() {
            return Err(request.lost("the answer names no upload"));
        }
        Ok(ObjectId::new(self.id(&answer.resource_name)))
    }

    /// Opens the upload of a film and gives the address that takes its bytes, which has to be the platform's own.
    async fn start_film(&self, upload: &Upload) -> Result<String> {
        let path = format!(
            "/resumable/upload/{}/customers/{}/youTubeVideoUploads:create",
            self.config.version, self.config.account
        );
        let film = json!({"videoTitle": self.title(&upload.hash), "videoPrivacy": "UNLISTED"});
        let body = json!({"customerId": self.config.account, "youTubeVideoUpload": film});
        let request = self
            .with_tokens(Request::post(self.remote.url(&path)))
            .header("x-goog-upload-protocol", "resumable")
            .header("x-goog-upload-command", "start")
            .header("x-goog-upload-header-content-length", &upload.bytes.len().to_string())
            .json(&body)?
            .effect(Effect::Idempotent);
        let answer = self.ask(&request).await?;
        let address = answer.header("x-goog-upload-url").unwrap_or_default();
        if !address.starts_with(&self.remote.url("/")) {
            return Err(Error::new(ErrorKind::Refused, "the platform names an address of somebody else for the film")
                .next("check `base_url`"));
        }
        Ok(address.to_owned())
    }
}

/// The video of an upload, where it can be used.
fn ready(upload: &YouTubeVideoUpload) -> Result<String> {
    match upload.state.as_str() {
        "PROCESSED" if !upload.video_id.is_empty() => Ok(upload.video_id.clone()),
        "PENDING" | "UPLOADED" | "PROCESSED" => {
            let what = format!("the film {:?} is not ready yet: {}", upload.video_title, upload.state);
            Err(Error::new(ErrorKind::Unavailable, what).next("try again in some minutes: films are processed first"))
        }
        state => Err(Error::invalid("creative.files", format!("the film {:?} is {state}", upload.video_title))
            .next("look in the platform's pages why, and upload another film")),
    }
}

fn misfit(hash: &ContentHash) -> Error {
    Error::invalid("creative.files", format!("the sides of the picture {hash} fit nowhere"))
        .next("use pictures of 1.91:1, 1:1, 4:5 or 9:16, within one percent")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_film_counts_only_when_it_is_processed() {
        let upload = |state: &str| YouTubeVideoUpload {
            state: state.to_owned(),
            video_id: "v1".to_owned(),
            ..YouTubeVideoUpload::default()
        };
        assert_eq!(ready(&upload("PROCESSED")).unwrap(), "v1");
        assert_eq!(ready(&upload("UPLOADED")).unwrap_err().kind(), ErrorKind::Unavailable);
        assert_eq!(ready(&upload("REJECTED")).unwrap_err().kind(), ErrorKind::InvalidInput);
    }
}
