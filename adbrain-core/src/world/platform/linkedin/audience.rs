//! Customers into a matched audience: a segment is made, and once `LinkedIn` takes members it is filled in batches.

use serde::Serialize;

use super::LinkedIn;
use super::restli;
use super::targeting;
use super::wire::{Added, DmpSegment, Page};
use crate::error::{Error, ErrorKind, Result};
use crate::http::Effect;
use crate::model::{ObjectId, Platform};
use crate::platform::AudienceFill;
use crate::platform::audiences::{self, MARK};

/// Members in one request: `LinkedIn` takes up to 5,000.
const BATCH: usize = 5_000;
/// What stands before the number of a segment.
const SEGMENT: &str = "urn:li:dmpSegment:";

/// A segment to be made.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct NewSegment<'a> {
    name: &'a str,
    description: &'a str,
    account: String,
    source_platform: &'a str,
    access_policy: &'static str,
    r#type: &'static str,
    destinations: [Destination; 1],
}

#[derive(Serialize)]
struct Destination {
    destination: &'static str,
}

#[derive(Serialize)]
struct Members<'a> {
    elements: Vec<Member<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Member<'a> {
    action: &'static str,
    user_ids: [UserId<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct UserId<'a> {
    id_type: &'static str,
    id_value: &'a str,
}

impl<'a> Members<'a> {
    fn of(hashes: &'a [String]) -> Self {
        let one =
            |hash: &'a String| Member { action: "ADD", user_ids: [UserId { id_type: "SHA256_EMAIL", id_value: hash }] };
        Self { elements: hashes.iter().map(one).collect() }
    }
}

impl LinkedIn {
    /// The name under which `LinkedIn` lets the app make audiences.
    pub(super) fn source_platform(&self) -> Result<&str> {
        let missing = || {
            Error::new(
                ErrorKind::Unsupported,
                "source_platform: LinkedIn takes customers under the name alone that it gave the app",
            )
            .with("field", "source_platform")
            .next("ask LinkedIn for the audiences programme, then set `source_platform` in the account")
        };
        self.config.source_platform.as_deref().ok_or_else(missing)
    }

    /// Adds customers to the segment of a name. One that has to be made first takes them some seconds later, with the next try.
    pub(super) async fn fill(&self, fill: &AudienceFill) -> Result<ObjectId> {
        let listed = targeting::listed(&self.api, &self.config).await?;
        let listed: Vec<_> = listed.into_iter().map(DmpSegment::vessel).collect();
        let Some(segment) = audiences::vessel(Platform::LinkedIn, fill.name(), &listed)? else {
            self.make_segment(fill.name()).await?;
            return Err(too_early(fill.name()));
        };
        for batch in fill.customers().emails().chunks(BATCH) {
            self.add(&segment, batch).await?;
        }
        Ok(ObjectId::new(format!("{SEGMENT}{segment}")))
    }

    async fn make_segment(&self, name: &str) -> Result<()> {
        let segment = NewSegment {
            name,
            description: MARK,
            account: self.config.account_urn(),
            source_platform: self.source_platform()?,
            access_policy: "PRIVATE",
            r#type: "USER",
            destinations: [Destination { destination: "LINKEDIN" }],
        };
        self.api.create("/dmpSegments", &segment).await.map(|_| ())
    }

    /// Somebody who is in the segment is not added again.
    async fn add(&self, segment: &str, hashes: &[String]) -> Result<()> {
        let path = format!("/dmpSegments/{}/users", restli::encode(segment));
        let request = self.api.batch(&path, &Members::of(hashes))?.effect(Effect::Idempotent);
        let answer: Page<Added> = self.api.remote.read(&request).await?;
        match answer.elements.iter().filter(|added| !(200..300).contains(&added.status)).count() {
            0 if answer.elements.len() == hashes.len() => Ok(()),
            0 => Err(request.lost("linkedin answered for fewer members than were sent")),
            refused => Err(Error::invalid("customers", format!("linkedin refused {refused} of {}", hashes.len()))
                .next("hash the addresses by LinkedIn's rule")),
        }
    }
}

/// `LinkedIn` fills a segment five seconds after it was made, and no connector waits: control comes back once the segment is listed.
fn too_early(name: &str) -> Error {
    let what = format!("the segment {name:?} was made, and takes members some seconds later");
    Error::new(ErrorKind::Unavailable, what).next("give the same list again")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_written_as_linkedin_reads_them() {
        let hashes = ["ab".to_owned()];
        let written = serde_json::to_value(Members::of(&hashes)).unwrap();
        let wanted = serde_json::json!({"elements": [
            {"action": "ADD", "userIds": [{"idType": "SHA256_EMAIL", "idValue": "ab"}]}]});
        assert_eq!(written, wanted);
    }
}
