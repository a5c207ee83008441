//! Custom audiences: listed, made empty, filled in batches.

use serde_json::{Value, json};

use super::{MetaApi, Outcome, need, unknown, wrong};

/// Hashes that one request may bring.
const MOST: usize = 10_000;

impl MetaApi {
    /// What others keep in the account, and what was made here.
    pub(super) fn audiences_listed(&self) -> Vec<Value> {
        let fit = json!({"code": 200, "description": "This audience is ready for use."});
        let small = json!({"code": 300, "description": "This audience is too small."});
        let normal = json!({"code": 200, "description": "Normal"});
        let mut found = vec![
            json!({"id": "23850", "name": "Buyers", "delivery_status": fit, "operation_status": normal, "subtype": "WEBSITE"}),
            json!({"id": "23851", "name": "Old list", "delivery_status": small, "subtype": "CUSTOM"}),
        ];
        found.extend(self.audiences.listed(self.clock.now(), self.lag_seconds).into_iter().map(|audience| {
            json!({"id": audience.id, "name": audience.name, "description": audience.note, "subtype": "CUSTOM",
                   "delivery_status": fit, "operation_status": normal})
        }));
        found
    }

    pub(super) fn make_audience(&mut self, body: &Value) -> Outcome {
        need(body, &["name", "subtype", "customer_file_source"])?;
        if body["subtype"] != "CUSTOM" || body["customer_file_source"] != "USER_PROVIDED_ONLY" {
            return Err(wrong("subtype", "is made of no list of customers"));
        }
        self.next += 1;
        let id = self.next.to_string();
        let text = |field: &str| body[field].as_str().unwrap_or_default();
        self.audiences.make([&id, text("name"), text("description")], self.clock.now());
        Ok(json!({"id": id}))
    }

    pub(super) fn fill_audience(&mut self, id: &str, body: &Value) -> Outcome {
        need(body, &["payload", "session"])?;
        let (session, payload) = (&body["session"], &body["payload"]);
        if session["session_id"].as_u64().is_none_or(|id| id == 0)
            || session["batch_seq"].as_u64().is_none_or(|at| at == 0)
        {
            return Err(wrong("session", "is no session"));
        }
        if !["EMAIL_SHA256", "PHONE_SHA256"].contains(&payload["schema"].as_str().unwrap_or_default()) {
            return Err(wrong("payload", "has no schema"));
        }
        let data = payload["data"].as_array().filter(|data| (1..=MOST).contains(&data.len()));
        let data: Vec<_> = data.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect();
        if data.is_empty() || data.iter().any(|hash| !crate::is_hash(hash)) {
            return Err(wrong("payload", "holds what is no SHA-256"));
        }
        let received = data.len();
        if !self.audiences.add(id, data) {
            return Err(unknown(id));
        }
        Ok(json!({"audience_id": id, "session_id": session["session_id"].to_string(), "num_received": received,
                  "num_invalid_entries": 0, "invalid_entry_samples": {}}))
    }
}
