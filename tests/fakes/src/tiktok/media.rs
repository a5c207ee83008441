//! The library of the account.

use std::sync::Arc;

use adbrain_core::clock::Clock;
use jiff::{SignedDuration, Timestamp};
use md5::{Digest as _, Md5};
use serde_json::{Value, json};

use super::{ACCOUNT, Outcome, wrong};
use crate::Received;

pub(super) struct Media {
    clock: Arc<dyn Clock>,
    files: Vec<File>,
    /// Seconds until a video has a length and a cover.
    pub(super) processing_seconds: i64,
}

struct File {
    is_video: bool,
    id: String,
    name: String,
    signature: String,
    made: Timestamp,
}

impl Media {
    pub(super) fn new(clock: Arc<dyn Clock>) -> Self {
        let old = |number: u32, is_video| File {
            is_video,
            id: format!("old{number}"),
            name: format!("Summer {number}.mp4"),
            signature: "0".repeat(32),
            made: Timestamp::UNIX_EPOCH,
        };
        let files = (1..=4).flat_map(|number| [old(number, true), old(number, false)]).collect();
        Self { clock, files, processing_seconds: 0 }
    }

    pub(super) fn upload(&mut self, path: &str, request: &Received) -> Outcome {
        let is_video = path.contains("/video/");
        let kind = if is_video { "video" } else { "image" };
        let text = |field: &str| {
            let part = request.part(field).map(|part| String::from_utf8_lossy(&part.bytes).into_owned());
            part.ok_or_else(|| wrong(field, "Missing data for required field."))
        };
        if text("advertiser_id")? != ACCOUNT {
            return Err((40_001, "No permission to operate the advertiser.".to_owned()));
        }
        if text("upload_type")? != "UPLOAD_BY_FILE" {
            return Err(wrong("upload_type", "This fake takes files alone."));
        }
        let file = request.part(&format!("{kind}_file")).ok_or_else(|| wrong("file", "Missing data."))?;
        let signature = text(&format!("{kind}_signature"))?;
        if signature != hex::encode(Md5::digest(&file.bytes)) {
            return Err(wrong(&format!("{kind}_signature"), "The signature does not match the file."));
        }
        let name = text("file_name")?;
        if !(1..=100).contains(&name.chars().count()) {
            return Err(wrong("file_name", "Length must be between 1 and 100."));
        }
        if self.files.iter().any(|file| file.is_video == is_video && file.name == name) {
            return Err((40_911, "Duplicated material name.".to_owned()));
        }
        let id = format!("{}{:04}", if is_video { "v10033g" } else { "ad-site-i18n/" }, self.files.len());
        self.files.push(File { is_video, id: id.clone(), name, signature, made: self.clock.now() });
        Ok(if is_video { json!([{"video_id": id}]) } else { json!({"image_id": id}) })
    }

    /// The newest first.
    pub(super) fn search(&self, path: &str) -> Vec<Value> {
        let is_video = path.contains("/video/");
        self.files.iter().rev().filter(|file| file.is_video == is_video).map(|file| self.shown(file)).collect()
    }

    pub(super) fn info(&self, request: &Received) -> Outcome {
        let ids = request.query.get("video_ids").map_or("", String::as_str);
        let ids: Vec<String> = serde_json::from_str(ids).map_err(|_| wrong("video_ids", "Not a valid list."))?;
        let found: Vec<_> = self.files.iter().filter(|file| file.is_video && ids.contains(&file.id)).collect();
        if found.iter().any(|file| !self.is_ready(file)) {
            return Err((40_901, "The video is being transcoded.".to_owned()));
        }
        Ok(json!({"list": found.into_iter().map(|file| self.shown(file)).collect::<Vec<_>>()}))
    }

    fn shown(&self, file: &File) -> Value {
        let mut shown = json!({"file_name": file.name, "signature": file.signature, "displayable": true});
        match (file.is_video, self.is_ready(file)) {
            (false, _) => shown["image_id"] = json!(file.id),
            (true, is_ready) => {
                shown["video_id"] = json!(file.id);
                if is_ready {
                    shown["duration"] = json!(15.0);
                    shown["video_cover_url"] = json!("https://example.com/cover.jpg");
                }
            }
        }
        shown
    }

    fn is_ready(&self, file: &File) -> bool {
        file.made + SignedDuration::from_secs(self.processing_seconds) <= self.clock.now()
    }

    pub(super) fn has_image(&self, id: &str) -> bool {
        self.files.iter().any(|file| !file.is_video && file.id == id)
    }

    pub(super) fn has_video(&self, id: &str) -> bool {
        self.files.iter().any(|file| file.is_video && file.id == id && self.is_ready(file))
    }
}
