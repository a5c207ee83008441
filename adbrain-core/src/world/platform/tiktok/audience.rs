//! Customers into a custom audience: files of hashes are uploaded, then an audience is made of them or takes them.

use std::time::Duration;

use md5::{Digest as _, Md5};
use serde_json::json;

use super::TikTok;
use super::media::{Part, multipart};
use super::target::AUDIENCES;
use super::wire::{Answer, AudienceFile, CustomAudience, MadeAudience};
use crate::error::{Error, ErrorKind, Result};
use crate::http::Effect;
use crate::model::{ObjectId, Platform};
use crate::platform::AudienceFill;
use crate::platform::audiences;

/// Hashes in one file of 65 bytes a line; `TikTok` takes 50 megabytes.
const BATCH: usize = 500_000;
/// Files in one request, as `TikTok` advises.
const FILES: usize = 49;
/// Letters of a name.
const LONGEST_NAME: usize = 128;
/// How long the upload of a file may take.
const UPLOAD_TIMEOUT: Duration = Duration::from_secs(300);
/// What a file holds.
const EMAILS: &str = "EMAIL_SHA256";
const PHONES: &str = "PHONE_SHA256";

/// The hashes of a list, and what `TikTok` calls their kind.
fn kind(fill: &AudienceFill) -> Result<(&'static str, &[String])> {
    match (fill.customers().emails(), fill.customers().phones()) {
        (emails, []) => Ok((EMAILS, emails)),
        ([], phones) => Ok((PHONES, phones)),
        _ => Err(Error::new(
            ErrorKind::Unsupported,
            "customers: an audience at TikTok holds e-mail addresses or phone numbers, not both",
        )
        .with("field", "customers")
        .next("give each kind an audience of its own, and name both in `custom_audiences`")),
    }
}

/// Refuses what no audience can be made of.
pub(super) fn check(fill: &AudienceFill) -> Result<()> {
    audiences::check_platform(Platform::TikTok, fill)?;
    kind(fill)?;
    if fill.name().chars().count() > LONGEST_NAME {
        return Err(Error::invalid("name", format!("is longer than {LONGEST_NAME} letters")).next("shorten it"));
    }
    Ok(())
}

impl TikTok {
    /// Adds customers to the audience of a name, which is made of them where there is none.
    pub(super) async fn fill(&self, fill: &AudienceFill) -> Result<ObjectId> {
        let (kind, hashes) = kind(fill)?;
        let known = self.audience_of(fill.name(), kind).await?;
        let mut files = Vec::new();
        for batch in hashes.chunks(BATCH) {
            files.push(self.put_hashes(kind, batch).await?);
        }
        let mut parts = files.chunks(FILES);
        let audience = match known {
            Some(audience) => audience,
            None => self.make_audience(fill.name(), kind, parts.next().unwrap_or_default()).await?,
        };
        for part in parts {
            self.append(&audience, part).await?;
        }
        Ok(ObjectId::new(audience))
    }

    /// The audience of a name, where there is one. `TikTok` keeps no mark of ours: a customer file of the kind is taken for one of ours.
    async fn audience_of(&self, name: &str, kind: &str) -> Result<Option<String>> {
        let parameters = [("advertiser_id", self.config.account.clone())];
        let listed: Vec<CustomAudience> = self.pages("/dmp/custom_audience/list/", &parameters, AUDIENCES).await?;
        let listed: Vec<_> = listed.into_iter().map(|audience| audience.vessel(kind)).collect();
        audiences::vessel(Platform::TikTok, name, &listed)
    }

    /// Uploads a file with one hash a line; `TikTok` names it by a path. A file that no audience takes is forgotten.
    async fn put_hashes(&self, kind: &str, hashes: &[String]) -> Result<String> {
        let bytes = hashes.join("\n").into_bytes();
        let md5 = hex::encode(Md5::digest(&bytes));
        let fields = [
            ("advertiser_id", self.config.account.as_str()),
            ("file_signature", md5.as_str()),
            ("calculate_type", kind),
        ];
        let (body, content_type) = multipart(&fields, &Part { field: "file", name: "customers.txt", bytes: &bytes });
        let request = self.request_post("/dmp/custom_audience/file/upload/").body(body, &content_type);
        let request = request.timeout(UPLOAD_TIMEOUT).effect(Effect::Idempotent);
        let answer: Answer<AudienceFile> = self.remote.read(&request).await?;
        Ok(answer.data.file_path)
    }

    async fn make_audience(&self, name: &str, kind: &str, files: &[String]) -> Result<String> {
        let body = json!({
            "advertiser_id": self.config.account,
            "custom_audience_name": name,
            "calculate_type": kind,
            "file_paths": files,
        });
        let request = self.post("/dmp/custom_audience/create/", &body)?;
        let answer: Answer<MadeAudience> = self.remote.read(&request).await?;
        Ok(answer.data.custom_audience_id)
    }

    /// Only who is not in the audience yet is added.
    async fn append(&self, audience: &str, files: &[String]) -> Result<()> {
        let body = json!({
            "advertiser_id": self.config.account,
            "custom_audience_id": audience,
            "action": "APPEND",
            "file_paths": files,
        });
        let request = self.post("/dmp/custom_audience/update/", &body)?.effect(Effect::Idempotent);
        self.remote.ask(&request).await.map(|_| ())
    }
}
