//! Customers into a custom audience: made empty, then filled in batches.

use serde_json::{Value, json};

use super::Meta;
use super::wire::{AudienceFilled, Created, CustomAudience};
use crate::error::Result;
use crate::http::Effect;
use crate::model::{ContentHash, ObjectId, Platform};
use crate::platform::AudienceFill;
use crate::platform::audiences::{self, MARK};

/// Hashes in one request; Meta takes up to 10,000 (customer file custom audiences, April 2026).
const BATCH: usize = 10_000;

/// Hashes of one kind on their way into an audience.
struct Batches<'a> {
    audience: &'a str,
    schema: &'a str,
    hashes: &'a [String],
    /// What tells one upload from another in the account: a number above zero.
    session: u64,
}

impl Batches<'_> {
    /// The body of a batch, counted from 1.
    fn body(&self, number: usize, batch: &[String]) -> Value {
        let is_last = number == self.hashes.len().div_ceil(BATCH);
        json!({
            "session": {
                "session_id": self.session,
                "batch_seq": number,
                "last_batch_flag": is_last,
                "estimated_num_total": self.hashes.len(),
            },
            "payload": {"schema": self.schema, "data": batch},
        })
    }
}

impl Meta {
    /// Adds customers to the audience of a name, which is made where there is none.
    pub(super) async fn fill(&self, fill: &AudienceFill) -> Result<ObjectId> {
        let query = [("fields", "id,name,subtype,description")];
        let listed: Vec<CustomAudience> = self.pages(&format!("/{}/customaudiences", self.account()), &query).await?;
        let listed: Vec<_> = listed.into_iter().map(CustomAudience::vessel).collect();
        let audience = match audiences::vessel(Platform::Meta, fill.name(), &listed)? {
            Some(audience) => audience,
            None => self.make_audience(fill.name()).await?,
        };
        let customers = fill.customers();
        for (schema, hashes) in [("EMAIL_SHA256", customers.emails()), ("PHONE_SHA256", customers.phones())] {
            let session = self.session(&audience, schema);
            self.send(&Batches { audience: &audience, schema, hashes, session }).await?;
        }
        Ok(ObjectId::new(audience))
    }

    async fn make_audience(&self, name: &str) -> Result<String> {
        let body = json!({
            "name": name,
            "subtype": "CUSTOM",
            "customer_file_source": "USER_PROVIDED_ONLY",
            "description": MARK,
        });
        let request = self.post(&format!("/{}/customaudiences", self.account()), &body)?;
        self.remote.read::<Created>(&request).await.map(|made| made.id)
    }

    async fn send(&self, batches: &Batches<'_>) -> Result<()> {
        for (index, batch) in batches.hashes.chunks(BATCH).enumerate() {
            let request = self.post(&format!("/{}/users", batches.audience), &batches.body(index + 1, batch))?;
            // Somebody who is in the audience is not added again.
            let request = request.effect(Effect::Idempotent);
            let taken: AudienceFilled = self.remote.read(&request).await?;
            if taken.num_received.is_some_and(|received| received < batch.len() as u64) {
                return Err(request.lost(format!("of {} hashes meta received fewer", batch.len())));
            }
        }
        Ok(())
    }

    /// A number for one upload: Meta wants one that the account has not seen, so it goes by the time too.
    fn session(&self, audience: &str, schema: &str) -> u64 {
        let place = format!("{audience} {schema} {}", self.clock.now().as_nanosecond());
        let digits = ContentHash::of(place.as_bytes());
        u64::from_str_radix(digits.short(15), 16).unwrap_or_default().max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_batch_of_a_session_says_so() {
        let hashes = vec!["ab".to_owned(); BATCH + 1];
        let batches = Batches { audience: "1", schema: "EMAIL_SHA256", hashes: &hashes, session: 7 };
        let of = |number: usize, batch: &[String]| batches.body(number, batch)["session"].clone();
        assert_eq!(of(1, &hashes[..BATCH])["last_batch_flag"], false);
        let last = of(2, &hashes[BATCH..]);
        assert_eq!((&last["last_batch_flag"], &last["batch_seq"]), (&json!(true), &json!(2)));
        assert_eq!(last["estimated_num_total"], json!(BATCH + 1));
    }
}
