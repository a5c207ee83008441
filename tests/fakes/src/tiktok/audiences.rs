//! Custom audiences of customer files: files are uploaded, audiences are made of them or take them.

use std::collections::BTreeMap;

use md5::{Digest as _, Md5};
use serde_json::{Value, json};

use super::{ACCOUNT, Outcome, TikTokApi, wrong};
use crate::Received;

/// Files of hashes by their paths, each with its kind.
pub(super) type Files = BTreeMap<String, (String, Vec<String>)>;

impl TikTokApi {
    /// What others keep in the account, and what was made here.
    pub(super) fn audiences_listed(&self) -> Vec<Value> {
        let mut found = vec![
            json!({"audience_id": "7600", "name": "Buyers", "is_valid": true, "audience_type": "Engagement"}),
            json!({"audience_id": "7601", "name": "Old list", "is_valid": false, "error_msg": "The audience has expired.",
                   "audience_type": "Customer File", "calculate_type": "GAID_SHA256"}),
        ];
        found.extend(self.audiences.listed(self.clock.now(), self.lag_seconds).into_iter().map(|audience| {
            json!({"audience_id": audience.id, "name": audience.name, "is_valid": true, "audience_type": "Customer File",
                   "calculate_type": audience.note})
        }));
        found
    }

    pub(super) fn put_hashes(&mut self, request: &Received) -> Outcome {
        let text = |field: &str| {
            let part = request.part(field).map(|part| String::from_utf8_lossy(&part.bytes).into_owned());
            part.ok_or_else(|| wrong(field, "Missing data for required field."))
        };
        if text("advertiser_id")? != ACCOUNT {
            return Err((40_001, "No permission to operate the advertiser.".to_owned()));
        }
        let file = request.part("file").ok_or_else(|| wrong("file", "Missing data for required field."))?;
        if ![".txt", ".csv"].iter().any(|end| file.name.ends_with(end)) {
            return Err(wrong("file", "Only supports CSV and TXT files."));
        }
        if text("file_signature")? != hex::encode(Md5::digest(&file.bytes)) {
            return Err(wrong("file_signature", "The signature does not match the file."));
        }
        let kind = text("calculate_type")?;
        let hashes: Vec<_> = String::from_utf8_lossy(&file.bytes).lines().map(str::to_owned).collect();
        let is_known = ["EMAIL_SHA256", "PHONE_SHA256"].contains(&kind.as_str());
        if !is_known || hashes.is_empty() || hashes.iter().any(|hash| !crate::is_hash(hash)) {
            return Err(wrong("calculate_type", "The file does not hold it."));
        }
        let path = format!("f{:015}", self.files.len());
        self.files.insert(path.clone(), (kind, hashes));
        Ok(json!({"file_path": path}))
    }

    pub(super) fn make_audience(&mut self, body: &Value) -> Outcome {
        let (kind, people) = self.people(body)?;
        let name = body["custom_audience_name"].as_str().filter(|name| (1..=128).contains(&name.chars().count()));
        let name = name.ok_or_else(|| wrong("custom_audience_name", "Length must be between 1 and 128."))?;
        if body["calculate_type"] != json!(kind) {
            return Err(wrong("calculate_type", "The files hold another."));
        }
        self.next += 1;
        let id = self.next.to_string();
        self.audiences.make([&id, name, &kind], self.clock.now());
        self.audiences.add(&id, people);
        Ok(json!({"custom_audience_id": id}))
    }

    pub(super) fn append(&mut self, body: &Value) -> Outcome {
        let (kind, people) = self.people(body)?;
        let id = body["custom_audience_id"].as_str().unwrap_or_default();
        if body["action"] != "APPEND" {
            return Err(wrong("action", "This fake appends alone."));
        }
        if self.audiences.get(id).is_none_or(|audience| audience.note != kind) {
            return Err(wrong("custom_audience_id", "The audience does not exist, or holds another encryption type."));
        }
        self.audiences.add(id, people);
        Ok(json!({}))
    }

    /// The one kind of some files, and who is in them.
    fn people(&self, body: &Value) -> Result<(String, Vec<String>), super::Failure> {
        let paths = body["file_paths"].as_array().cloned().unwrap_or_default();
        let files: Vec<_> = paths.iter().filter_map(|path| self.files.get(path.as_str()?)).collect();
        let first = files.first().filter(|_| files.len() == paths.len() && paths.len() < 50);
        let (kind, _) = first.ok_or_else(|| wrong("file_paths", "The file does not exist."))?;
        if files.iter().any(|(other, _)| other != kind) {
            return Err(wrong("file_paths", "The files have different encryption types."));
        }
        Ok((kind.clone(), files.iter().flat_map(|(_, people)| people.clone()).collect()))
    }
}
