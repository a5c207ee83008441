//! User lists of customers: made, then filled by jobs that are let go.

use serde_json::{Value, json};

use super::mutate::Wrong;
use super::{CUSTOMER, GoogleApi, failed, one};
use crate::{Answer, Filled};

/// Operations that one request may bring.
const MOST: usize = 100_000;

/// A job, and the people that it holds.
pub(super) struct Job {
    list: String,
    people: Vec<String>,
}

impl GoogleApi {
    /// What others keep in the account, and what was made here.
    pub(super) fn user_lists(&self) -> Vec<Value> {
        let list = |(id, name, membership, is_eligible): (u32, &str, &str, bool)| {
            json!({"userList": {"resourceName": format!("customers/{CUSTOMER}/userLists/{id}"), "name": name,
                "membershipStatus": membership, "eligibleForDisplay": is_eligible, "type": "RULE_BASED"}})
        };
        let mut found = [(1, "Buyers", "OPEN", true), (2, "Old list", "CLOSED", false)].map(list).to_vec();
        found.extend(self.audiences.listed(self.clock.now(), self.lag_seconds).iter().map(shown));
        found
    }

    pub(super) fn make_user_lists(&mut self, request: &Value) -> Answer {
        let mut results = Vec::new();
        for (index, operation) in request["operations"].as_array().into_iter().flatten().enumerate() {
            let create = &operation["create"];
            let is_whole = create["name"].as_str().is_some_and(|name| !name.is_empty())
                && create["crmBasedUserList"]["uploadKeyType"] == "CONTACT_INFO";
            if !is_whole {
                return failed(&[("operations", index)], &one("userListError", "NAME_IS_EMPTY", "create.name"));
            }
            self.store.next += 1;
            let name = format!("customers/{CUSTOMER}/userLists/{}", self.store.next);
            let text = |field: &str| create[field].as_str().unwrap_or_default();
            self.audiences.make([&name, text("name"), text("description")], self.clock.now());
            results.push(json!({"resourceName": name}));
        }
        Answer::json(200, &json!({"results": results}))
    }

    pub(super) fn make_job(&mut self, request: &Value) -> Answer {
        let data = &request["job"]["customerMatchUserListMetadata"];
        let list = data["userList"].as_str().unwrap_or_default();
        if self.audiences.get(list).is_none() || request["job"]["type"] != "CUSTOMER_MATCH_USER_LIST" {
            return failed(&[], &one("offlineUserDataJobError", "INVALID_USER_LIST_TYPE", "job"));
        }
        if ["adUserData", "adPersonalization"].iter().any(|consent| data["consent"][consent] != "GRANTED") {
            return failed(&[], &one("offlineUserDataJobError", "CUSTOMER_NOT_ACCEPTED_CUSTOMER_DATA_TERMS", "job"));
        }
        self.jobs.push(Job { list: list.to_owned(), people: Vec::new() });
        Answer::json(
            200,
            &json!({"resourceName": format!("customers/{CUSTOMER}/offlineUserDataJobs/{}", self.jobs.len())}),
        )
    }

    /// `7:addOperations` or `7:run`.
    pub(super) fn job(&mut self, call: &str, request: &Value) -> Answer {
        let (number, verb) = call.split_once(':').unwrap_or_default();
        let place = number.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
        let Some(job) = place.and_then(|place| self.jobs.get_mut(place)) else {
            return failed(&[], &one("offlineUserDataJobError", "INVALID_OFFLINE_USER_DATA_JOB", "resource_name"));
        };
        match verb {
            "addOperations" => match people(request) {
                Ok(people) => {
                    job.people.extend(people);
                    Answer::json(200, &json!({}))
                }
                Err(wrong) => failed(&[], &wrong),
            },
            "run" => {
                self.audiences.add(&job.list, std::mem::take(&mut job.people));
                Answer::json(200, &json!({"name": format!("customers/{CUSTOMER}/operations/{number}"), "metadata": {}}))
            }
            _ => failed(&[], &one("requestError", "BAD_RESOURCE_ID", "resource_name")),
        }
    }
}

fn people(request: &Value) -> Result<Vec<String>, Wrong> {
    let operations = request["operations"].as_array().filter(|operations| (1..=MOST).contains(&operations.len()));
    let operations = operations.ok_or_else(|| one("offlineUserDataJobError", "TOO_MANY_IDENTIFIERS", "operations"))?;
    let mut people = Vec::new();
    for operation in operations {
        for identifier in operation["create"]["userIdentifiers"].as_array().into_iter().flatten() {
            let hash = ["hashedEmail", "hashedPhoneNumber"].iter().find_map(|field| identifier[*field].as_str());
            let hash = hash.filter(|hash| crate::is_hash(hash));
            let wrong = || one("offlineUserDataJobError", "INVALID_SHA256_FORMAT", "operations");
            people.push(hash.ok_or_else(wrong)?.to_owned());
        }
    }
    Ok(people)
}

fn shown(list: &Filled) -> Value {
    json!({"userList": {"resourceName": list.id, "name": list.name, "description": list.note, "type": "CRM_BASED",
        "membershipStatus": "OPEN", "eligibleForDisplay": true}})
}
