//! Customers into a user list: the list is made, then a job takes them in batches and is let go.

use serde_json::{Value, json};

use super::api::Api;
use super::query;
use super::wire::{JobAnswer, UserListsAnswer};
use crate::error::Result;
use crate::http::Effect;
use crate::model::{ObjectId, Platform};
use crate::platform::AudienceFill;
use crate::platform::audiences::{self, MARK};

/// People in one request. Google takes 100,000 identifiers at most; this keeps a request near one megabyte.
const BATCH: usize = 10_000;
/// Days for which somebody stays in the list: the most that Google allows since April 2025.
const LIFE_SPAN_DAYS: u32 = 540;

impl Api {
    /// Adds customers to the list of a name, which is made where there is none.
    pub(super) async fn fill(&self, fill: &AudienceFill) -> Result<ObjectId> {
        let is_it = query::is_one_of("user_list.name", [fill.name()]);
        let lists = format!(
            "SELECT user_list.resource_name, user_list.name, user_list.description, user_list.type \
             FROM user_list WHERE {is_it}"
        );
        let listed: Vec<_> = self.search(&lists).await?.into_iter().map(|row| row.user_list.vessel()).collect();
        let list = match audiences::vessel(Platform::Google, fill.name(), &listed)? {
            Some(list) => list,
            None => self.make_user_list(fill.name()).await?,
        };
        self.run_job(&list, fill).await?;
        Ok(ObjectId::new(self.id(&list)))
    }

    async fn make_user_list(&self, name: &str) -> Result<String> {
        let create = json!({
            "name": name,
            "description": MARK,
            "membershipStatus": "OPEN",
            "membershipLifeSpan": LIFE_SPAN_DAYS.to_string(),
            "crmBasedUserList": {"uploadKeyType": "CONTACT_INFO", "dataSourceType": "FIRST_PARTY"},
        });
        let request = self.post("userLists:mutate").json(&json!({"operations": [{"create": create}]}))?;
        let answer: UserListsAnswer = self.remote.read(&request).await?;
        let made = answer.results.into_iter().next().map(|made| made.resource_name);
        made.filter(|name| !name.is_empty()).ok_or_else(|| request.lost("the answer names no user list"))
    }

    /// A job that was made and never let go does nothing, and one with people who are in the list adds nobody: all of it can be repeated.
    async fn run_job(&self, list: &str, fill: &AudienceFill) -> Result<()> {
        let request = self.post("offlineUserDataJobs:create").json(&job(list))?.effect(Effect::Idempotent);
        let JobAnswer { resource_name: job } = self.remote.read(&request).await?;
        if !job.starts_with(&self.resource("offlineUserDataJobs/")) {
            return Err(request.lost("the answer names no job"));
        }
        let path = self.id(&job);
        for batch in people(fill).chunks(BATCH) {
            let body = json!({"operations": batch, "enablePartialFailure": false});
            let request = self.post(&format!("{path}:addOperations")).json(&body)?.effect(Effect::Idempotent);
            self.ask(&request).await?;
        }
        let request = self.post(&format!("{path}:run")).json(&json!({}))?.effect(Effect::Idempotent);
        self.ask(&request).await.map(|_| ())
    }
}

/// A job for one list, with the consent that every list of customers has been given.
fn job(list: &str) -> Value {
    let consent = json!({"adUserData": "GRANTED", "adPersonalization": "GRANTED"});
    json!({"job": {
        "type": "CUSTOMER_MATCH_USER_LIST",
        "customerMatchUserListMetadata": {"userList": list, "consent": consent},
    }})
}

/// One operation for each hash: nobody says which address and number are of the same person.
fn people(fill: &AudienceFill) -> Vec<Value> {
    let one = |field: &'static str| move |hash: &String| json!({"create": {"userIdentifiers": [{field: hash}]}});
    let emails = fill.customers().emails().iter().map(one("hashedEmail"));
    emails.chain(fill.customers().phones().iter().map(one("hashedPhoneNumber"))).collect()
}
