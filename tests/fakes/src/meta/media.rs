//! Pictures and videos of the account.

use serde_json::{Value, json};

use super::{Outcome, unknown, wrong};
use crate::{Answer, Received};

/// Bytes that a chunk of a video holds.
const CHUNK: usize = 8;

/// What was uploaded.
#[derive(Default)]
pub(super) struct Media {
    images: Vec<(String, String)>,
    videos: Vec<Video>,
    sessions: Vec<Session>,
}

struct Video {
    id: String,
    title: String,
}

struct Session {
    id: String,
    video: String,
    size: usize,
    bytes: Vec<u8>,
    /// The first chunk is asked for twice: Meta may move the offsets.
    has_moved: bool,
}

impl Media {
    pub(super) fn images(&self, request: &Received) -> Vec<Value> {
        let name = request.query.get("name").map(String::as_str).unwrap_or_default();
        let found = self.images.iter().filter(|(known, _)| known == name);
        found.map(|(name, hash)| json!({"hash": hash, "name": name, "id": format!("1:{hash}")})).collect()
    }

    pub(super) fn videos(&self, request: &Received) -> Vec<Value> {
        let title = request.query.get("title").map(String::as_str).unwrap_or_default();
        let found = self.videos.iter().filter(|video| video.title == title);
        found.map(|video| json!({"id": video.id, "title": video.title, "status": {"video_status": "ready"}})).collect()
    }

    pub(super) fn thumbnails(&self, video: &str) -> Outcome {
        if !self.videos.iter().any(|known| known.id == video) {
            return Err(unknown(video));
        }
        let plain = json!({"uri": "https://scontent.example/0.jpg", "is_preferred": false, "id": "1"});
        Ok(json!({"data": [plain, {"uri": "https://scontent.example/1.jpg", "is_preferred": true, "id": "2"}]}))
    }

    pub(super) fn add_image(&mut self, request: &Received) -> Outcome {
        let part = request.part("filename").ok_or_else(|| wrong("filename", "is required"))?;
        let hash = format!("{:032x}", self.images.len() + 1);
        self.images.push((part.name.clone(), hash.clone()));
        Ok(json!({"images": {part.name: {"hash": hash, "url": "https://scontent.example/p.jpg"}}}))
    }

    pub(super) fn upload(&mut self, request: &Received) -> Outcome {
        let body = request.json();
        match body["upload_phase"].as_str() {
            Some("start") => self.start(&body),
            Some("finish") => self.finish(&body),
            _ => self.transfer(request),
        }
    }

    fn start(&mut self, body: &Value) -> Outcome {
        let size = body["file_size"].as_u64().and_then(|size| usize::try_from(size).ok());
        let size = size.filter(|size| *size > 0).ok_or_else(|| wrong("file_size", "is no size"))?;
        let (id, video) = (format!("7{:04}", self.sessions.len()), format!("8{:04}", self.sessions.len()));
        self.sessions.push(Session { id: id.clone(), video: video.clone(), size, bytes: Vec::new(), has_moved: false });
        Ok(
            json!({"upload_session_id": id, "video_id": video, "start_offset": "0", "end_offset": CHUNK.min(size).to_string()}),
        )
    }

    fn transfer(&mut self, request: &Received) -> Outcome {
        let field = |name: &str| request.part(name).map(|part| String::from_utf8_lossy(&part.bytes).into_owned());
        if field("upload_phase").as_deref() != Some("transfer") {
            return Err(wrong("upload_phase", "is not transfer"));
        }
        let session = self.session(&field("upload_session_id").unwrap_or_default())?;
        let start = field("start_offset").and_then(|start| start.parse::<usize>().ok());
        let chunk = request.part("video_file_chunk").ok_or_else(|| wrong("video_file_chunk", "is required"))?;
        if start == Some(session.bytes.len()) && (session.has_moved || session.size <= CHUNK) {
            session.bytes.extend_from_slice(&chunk.bytes);
        }
        session.has_moved = true;
        let next = session.bytes.len();
        Ok(json!({"start_offset": next.to_string(), "end_offset": (next + CHUNK).min(session.size).to_string()}))
    }

    fn finish(&mut self, body: &Value) -> Outcome {
        let title = body["title"].as_str().unwrap_or_default().to_owned();
        let session = self.session(body["upload_session_id"].as_str().unwrap_or_default())?;
        if session.bytes.len() != session.size {
            return Err(wrong("upload_session_id", "has not got all bytes"));
        }
        let id = session.video.clone();
        if !self.videos.iter().any(|video| video.id == id) {
            self.videos.push(Video { id, title });
        }
        Ok(json!({"success": true}))
    }

    fn session(&mut self, id: &str) -> Result<&mut Session, Answer> {
        self.sessions
            .iter_mut()
            .find(|session| session.id == id)
            .ok_or_else(|| wrong("upload_session_id", "is unknown"))
    }

    /// A story shows what the account has, and a video begins with a picture.
    pub(super) fn check(&self, story: &Value) -> Result<(), Answer> {
        let known = |hash: &Value| self.images.iter().any(|(_, known)| json!(known) == *hash);
        let video = &story["video_data"];
        if video.is_object() {
            let has_picture = video["image_url"].is_string() || known(&video["image_hash"]);
            let is_there = self.videos.iter().any(|known| json!(known.id) == video["video_id"]);
            return if is_there && has_picture {
                Ok(())
            } else {
                Err(wrong("video_data", "needs a video and its picture"))
            };
        }
        let link = &story["link_data"];
        let cards = link["child_attachments"].as_array().cloned().unwrap_or_default();
        let pictures: Vec<_> = if cards.is_empty() {
            vec![&link["image_hash"]]
        } else {
            cards.iter().map(|card| &card["image_hash"]).collect()
        };
        if link["link"].is_string() && pictures.into_iter().all(known) {
            Ok(())
        } else {
            Err(wrong("link_data", "needs a link and pictures"))
        }
    }
}
