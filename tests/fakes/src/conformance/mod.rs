//! Recorded requests against the platforms' official definitions.
//!
//! In: a request as a fake recorded it, and the folder of definitions. Out: what is wrong with it, each with its place and with what it
//! contradicts. Tests and the program `check-requests` call it. It shares no code with a connector or a fake, so that a fault of theirs
//! cannot hide here; it proves the shape of a request, never that a platform would accept it.

mod finding;
mod form;
mod ga4;
mod gaql;
mod google;
mod google_rules;
mod instagram;
mod linkedin;
mod linkedin_values;
mod meta;
mod meta_rules;
mod meta_values;
mod tiktok;

use std::path::Path;

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::Recorded;

use finding::Findings;
pub use finding::{Basis, Finding};

/// The official definitions of all platforms.
#[derive(Debug)]
pub struct Specs {
    google: google::Definitions,
    meta: meta::Definitions,
    tiktok: tiktok::Definitions,
    linkedin: linkedin::Definitions,
    ga4: ga4::Definitions,
}

impl Specs {
    /// Reads the definitions from their folder. A failure names the file.
    pub fn load(folder: &Path) -> Result<Self, String> {
        Ok(Self {
            google: read(folder, "google/google_ads_v26.json")?,
            meta: read(folder, "meta/marketing_api_v26.json")?,
            tiktok: read(folder, "tiktok/marketing_api_v1.3.json")?,
            linkedin: read(folder, "linkedin/marketing_api_202602.json")?,
            ga4: read(folder, "ga4/analyticsdata_v1beta_discovery.json")?,
        })
    }

    /// Everything that is wrong with a request; empty where nothing is.
    pub fn check(&self, request: &Recorded) -> Vec<Finding> {
        let (request, mut findings) = (&with_named_parts(request), Findings::default());
        match request.platform.as_str() {
            "google" => self.google.check(request, &mut findings),
            "meta" => self.meta.check(request, &mut findings),
            "tiktok" => self.tiktok.check(request, &mut findings),
            "linkedin" => self.linkedin.check(request, &mut findings),
            "ga4" => self.ga4.check(request, &mut findings),
            "instagram" => instagram::check(request, &mut findings),
            other => findings.spec("platform", format!("no definition of {other}")),
        }
        findings.0
    }
}

/// A request whose form with files is an object of its fields; a file stands for itself by its name.
fn with_named_parts(request: &Recorded) -> Recorded {
    let mut request = request.clone();
    if let Some(parts) = request.body.get("multipart").and_then(Value::as_array) {
        let field = |part: &Value| {
            let value = part.get("text").or(part.get("file")).cloned().unwrap_or_default();
            Some((part.get("field")?.as_str()?.to_owned(), value))
        };
        request.body = Value::Object(parts.iter().filter_map(field).collect());
    }
    request
}

fn read<T: DeserializeOwned>(folder: &Path, file: &str) -> Result<T, String> {
    let path = folder.join(file);
    let text = std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    serde_json::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))
}

/// A host that is none of those of the platform. An empty host is unknown and passes.
fn check_host(request: &Recorded, hosts: &[&str], findings: &mut Findings) {
    if !request.host.is_empty() && !hosts.contains(&request.host.as_str()) {
        findings.spec("host", format!("{} is not one of {hosts:?}", request.host));
    }
}

/// A bearer token in the header.
fn check_bearer(request: &Recorded, findings: &mut Findings) {
    let token = request.headers.get("authorization").and_then(|value| value.strip_prefix("Bearer "));
    if token.is_none_or(str::is_empty) {
        findings.rule("headers.authorization", "wants a bearer token");
    }
}
