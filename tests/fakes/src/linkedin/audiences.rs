//! Matched audiences: segments are made empty, and take members some seconds later.

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{ACCOUNT, LinkedInApi, Outcome, ok, unknown, wrong};
use crate::{Answer, Received};

/// Seconds until a new segment takes members.
const READY_SECONDS: i64 = 5;
/// Members that one request may bring.
const MOST: usize = 5_000;
/// The name that `LinkedIn` gave the app.
pub const SOURCE_PLATFORM: &str = "EXAMPLE_APP";

fn account() -> String {
    format!("urn:li:sponsoredAccount:{ACCOUNT}")
}

impl LinkedInApi {
    /// What others keep in the account, and what was made here.
    pub(super) fn segments(&self, request: &Received) -> Result<Value, Answer> {
        if request.query.get("q").map(String::as_str) != Some("account")
            || request.query.get("account") != Some(&account())
        {
            return Err(unknown("dmpSegments"));
        }
        let segment = |id: &str, name: &str, status: &str, note: Option<&str>| {
            let urn = format!("urn:li:adSegment:{id}");
            let there = json!({"destination": "LINKEDIN", "destinationSegmentId": urn, "status": status});
            let id = id.parse::<u64>().unwrap_or_default();
            json!({"id": id, "name": name, "account": account(), "type": "USER", "description": note, "destinations": [there]})
        };
        let mut found = vec![segment("81", "Buyers", "READY", None), segment("82", "Old list", "EXPIRED", None)];
        let made = self.audiences.listed(self.clock.now(), self.lag_seconds);
        found.extend(made.iter().map(|made| segment(&made.id, &made.name, "READY", Some(&made.note))));
        Ok(json!({"elements": found, "paging": {"start": 0, "count": 100}}))
    }

    pub(super) fn make_segment(&mut self, body: &Value) -> Outcome {
        for (field, wanted) in [
            ("account", account().as_str()),
            ("sourcePlatform", SOURCE_PLATFORM),
            ("accessPolicy", "PRIVATE"),
            ("type", "USER"),
        ] {
            if body[field] != wanted {
                return Err(wrong(&format!("/{field}"), "INVALID_VALUE", "is not that of the app"));
            }
        }
        let name = body["name"].as_str().filter(|name| !name.is_empty());
        let name = name.ok_or_else(|| wrong("/name", "MISSING_FIELD", "is missing"))?;
        if body["destinations"] != json!([{"destination": "LINKEDIN"}]) {
            return Err(wrong("/destinations", "INVALID_VALUE", "are unknown"));
        }
        self.next += 1;
        let id = self.next.to_string();
        self.audiences.make([&id, name, body["description"].as_str().unwrap_or_default()], self.clock.now());
        Ok(Answer { status: 201, headers: Vec::new(), body: Vec::new() }.header("x-restli-id", &id))
    }

    pub(super) fn add_members(&mut self, segment: &str, request: &Received) -> Outcome {
        let made = self.audiences.get(segment).ok_or_else(|| unknown(segment))?.made;
        if made + SignedDuration::from_secs(READY_SECONDS) > self.clock.now() {
            return Err(wrong("/segment", "NOT_READY", "takes no members yet"));
        }
        if request.header("x-restli-method") != "BATCH_CREATE" {
            return Err(wrong("X-RestLi-Method", "MISSING_FIELD", "has to be BATCH_CREATE"));
        }
        let body = request.json();
        let members = body["elements"].as_array().filter(|members| (1..=MOST).contains(&members.len()));
        let members = members.ok_or_else(|| wrong("/elements", "INVALID_VALUE", "are none or too many"))?;
        let mut people = Vec::new();
        for member in members {
            let id = &member["userIds"][0];
            let hash = id["idValue"].as_str().filter(|hash| crate::is_hash(hash) && id["idType"] == "SHA256_EMAIL");
            let hash = hash.filter(|_| member["action"] == "ADD");
            people.push(hash.ok_or_else(|| wrong("/elements/userIds", "INVALID_VALUE", "hold no hash"))?.to_owned());
        }
        let taken: Vec<_> = people.iter().map(|_| json!({"status": 201})).collect();
        self.audiences.add(segment, people);
        Ok(ok(&json!({"elements": taken})))
    }
}
