//! Pictures and videos: announced, sent in parts, finished, worked on.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::{ORGANIZATION, Outcome, TOKEN, ok, unknown, wrong};
use crate::{Answer, Received};

/// Bytes in one part of a video.
const PART: usize = 8;
#[derive(Default)]
pub(super) struct Media {
    /// Seconds that `LinkedIn` works on a video.
    pub(super) work_seconds: i64,
    assets: BTreeMap<String, Asset>,
}

struct Asset {
    /// The bytes that were announced; none for a picture.
    size: Option<usize>,
    parts: BTreeMap<usize, Vec<u8>>,
    /// When all bytes were there.
    whole: Option<Timestamp>,
}

impl Asset {
    fn status(&self, now: Timestamp, work_seconds: i64) -> &'static str {
        let work = SignedDuration::from_secs(if self.size.is_some() { work_seconds } else { 0 });
        match self.whole {
            None => "WAITING_UPLOAD",
            Some(whole) if whole + work > now => "PROCESSING",
            Some(_) => "AVAILABLE",
        }
    }
}

impl Media {
    pub(super) fn is_ready(&self, urn: &str, now: Timestamp) -> bool {
        self.assets.get(urn).is_some_and(|asset| asset.status(now, self.work_seconds) == "AVAILABLE")
    }

    pub(super) fn status(&self, urn: &str, now: Timestamp) -> Outcome {
        let asset = self.assets.get(urn).ok_or_else(|| unknown(urn))?;
        Ok(ok(
            &json!({"id": urn, "owner": format!("urn:li:organization:{ORGANIZATION}"), "status": asset.status(now, self.work_seconds)}),
        ))
    }

    pub(super) fn act(&mut self, folder: &str, request: &Received, now: Timestamp) -> Outcome {
        let body = request.json();
        match (folder, request.query.get("action").map(String::as_str)) {
            ("images", Some("initializeUpload")) => self.begin_image(&body, request.header("host")),
            ("videos", Some("initializeUpload")) => self.begin_video(&body, request.header("host")),
            ("videos", Some("finalizeUpload")) => self.finish_video(&body["finalizeUploadRequest"], now),
            _ => Err(wrong("action", "INVALID_VALUE", "is unknown")),
        }
    }

    fn begin(&mut self, body: &Value, kind: &str, size: Option<usize>) -> Result<String, Answer> {
        if body["initializeUploadRequest"]["owner"] != format!("urn:li:organization:{ORGANIZATION}") {
            return Err(wrong("/initializeUploadRequest/owner", "INVALID_VALUE", "is not a page of the member"));
        }
        let urn = format!("urn:li:{kind}:C4D10AQ{}", self.assets.len() + 1);
        self.assets.insert(urn.clone(), Asset { size, parts: BTreeMap::new(), whole: None });
        Ok(urn)
    }

    fn begin_image(&mut self, body: &Value, host: &str) -> Outcome {
        let image = self.begin(body, "image", None)?;
        let url = format!("http://{host}/dms-uploads/{image}/0?ca=vector_ads&sync=0");
        Ok(ok(&json!({"value": {"image": image, "uploadUrl": url, "uploadUrlExpiresAt": 1_900_000_000_000_u64}})))
    }

    fn begin_video(&mut self, body: &Value, host: &str) -> Outcome {
        let size =
            body["initializeUploadRequest"]["fileSizeBytes"].as_u64().and_then(|size| usize::try_from(size).ok());
        let size =
            size.ok_or_else(|| wrong("/initializeUploadRequest/fileSizeBytes", "MISSING_FIELD", "is required"))?;
        let video = self.begin(body, "video", Some(size))?;
        let parts = (0..size).step_by(PART).map(|first| {
            let url = format!("http://{host}/dms-uploads/{video}/{first}?ca=vector_ads");
            json!({"uploadUrl": url, "firstByte": first, "lastByte": (first + PART).min(size) - 1})
        });
        let parts: Vec<_> = parts.collect();
        Ok(ok(&json!({"value": {
            "video": video, "uploadToken": "token", "uploadInstructions": parts, "uploadUrlsExpireAt": 1_900_000_000_000_u64,
        }})))
    }

    /// One part; pictures are sent with the token, parts of videos without.
    pub(super) fn put(&mut self, upload: &str, request: &Received, now: Timestamp) -> Outcome {
        let found = upload.rsplit_once('/').and_then(|(urn, first)| Some((urn, first.parse::<usize>().ok()?)));
        let (urn, first) = found.ok_or_else(|| unknown(upload))?;
        let asset = self.assets.get_mut(urn).ok_or_else(|| unknown(urn))?;
        let token = request.header("authorization");
        match asset.size {
            None if token != format!("Bearer {TOKEN}") => return Err(super::expired()),
            Some(_) if !token.is_empty() => {
                return Err(wrong("authorization", "INVALID_VALUE", "does not belong here"));
            }
            None => asset.whole = Some(now),
            Some(_) => {}
        }
        asset.parts.insert(first, request.body.clone());
        let answer = Answer { status: 201, headers: Vec::new(), body: Vec::new() };
        Ok(answer.header("etag", format!("\"{}\"", mark(urn, first))))
    }

    fn finish_video(&mut self, body: &Value, now: Timestamp) -> Outcome {
        let urn = body["video"].as_str().unwrap_or_default();
        let asset = self.assets.get_mut(urn).ok_or_else(|| unknown(urn))?;
        let marks: Vec<_> =
            body["uploadedPartIds"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let wanted: Vec<_> = asset.parts.keys().map(|first| mark(urn, *first)).collect();
        let sent: usize = asset.parts.values().map(Vec::len).sum();
        if body["uploadToken"] != "token" || marks != wanted || Some(sent) != asset.size {
            return Err(wrong("/finalizeUploadRequest/uploadedPartIds", "INVALID_VALUE", "are not those of the video"));
        }
        asset.whole = Some(now);
        Ok(Answer { status: 200, headers: Vec::new(), body: Vec::new() })
    }
}

fn mark(urn: &str, first: usize) -> String {
    format!("/ambry-video/{}-{first}", urn.trim_start_matches("urn:li:video:"))
}
