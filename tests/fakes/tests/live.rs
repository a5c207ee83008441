//! Checks against accounts of the user's own, only where a variable names one: `make live`. Each opens its account and reads it; Meta and Google are
//! then asked to create a campaign in the modes in which they validate and make nothing.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use adbrain_core::clock::SystemClock;
use adbrain_core::http::{Client, ClientOptions, Effect, Method, Reach, Request, Response, Secret};
use adbrain_core::platform::{AccountConfig, Connector, RemoteOptions};
use adbrain_fakes::{Recorded, google, meta};
use serde_json::{Value, json};

/// The account that a variable names; none, with a line that says so, where it is not set.
fn account(variable: &str) -> Option<Value> {
    let Some(path) = std::env::var_os(variable) else {
        println!("not asked for: {variable} names no account");
        return None;
    };
    let value: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    Some(if let Value::Array(accounts) = value { accounts.into_iter().next().unwrap() } else { value })
}

async fn opened(account: &Value) -> Arc<dyn Connector> {
    let folder = tempfile::tempdir().unwrap();
    let database = adbrain_core::store::open(&folder.path().join("live.db")).await.unwrap();
    let config = AccountConfig::from_value(account).unwrap();
    let connector = config.open(RemoteOptions::default(), database, Arc::new(SystemClock)).await.unwrap();
    let (can, objects) = (connector.capabilities(), connector.list().await.unwrap());
    println!("{} {}: {} objects, {}", can.platform, can.account, objects.len(), can.currency.code());
    connector
}

/// Every request that the connectors send, as they sent it to the fakes.
fn recorded() -> Vec<Recorded> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("requests.jsonl");
    let done = Command::new(env!("CARGO_BIN_EXE_record-requests")).arg(&path).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    Recorded::lines(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// The connector's own request for a campaign on Meta, for another account, in the mode that only validates.
fn meta_campaign(requests: &[Recorded], account: &str) -> (String, Value) {
    let is_it = |one: &&Recorded| one.platform == "meta" && one.method == "POST" && one.path.ends_with("/campaigns");
    let found = requests.iter().find(is_it).unwrap();
    let mut body = found.body.clone();
    body["execution_options"] = json!(["validate_only"]);
    (found.path.replace(meta::ACCOUNT, account.trim_start_matches("act_")), body)
}

/// The same for Google: the budget and the campaign of the tree alone, for the parts below need assets of the account's own.
fn google_campaign(requests: &[Recorded], customer: &str) -> (String, Value) {
    let is_it = |one: &&Recorded| {
        let operations = one.body["mutateOperations"].as_array();
        one.platform == "google"
            && operations.is_some_and(|all| all.iter().any(|one| one["campaignOperation"]["create"].is_object()))
    };
    let found = requests.iter().find(is_it).unwrap();
    let text = found.body.to_string().replace(google::CUSTOMER, customer);
    let mut body: Value = serde_json::from_str(&text).unwrap();
    let is_top =
        |one: &Value| one["campaignBudgetOperation"].is_object() || one["campaignOperation"]["create"].is_object();
    body["mutateOperations"].as_array_mut().unwrap().retain(is_top);
    body["validateOnly"] = Value::Bool(true);
    (found.path.replace(google::CUSTOMER, customer), body)
}

async fn validated(account: &Value, (host, path, body): (&str, String, Value)) -> Response {
    let base = account["base_url"].as_str().unwrap_or(host);
    let token = Secret::new(account["token"].as_str().unwrap());
    let request = Request::new(Method::Post, format!("{base}{path}")).effect(Effect::Read).bearer(&token);
    let request = match account["login_customer"].as_str() {
        Some(manager) => request.header("login-customer-id", manager),
        None => request,
    };
    let options = ClientOptions { reach: Reach::Loopback, ..ClientOptions::default() };
    Client::new(options).unwrap().send(&request.json(&body).unwrap()).await.unwrap()
}

#[tokio::test]
async fn meta_reads_the_account_and_validates_a_campaign() {
    let Some(account) = account("ADBRAIN_LIVE_META") else { return };
    let connector = opened(&account).await;
    let before = connector.list().await.unwrap();
    let (path, body) = meta_campaign(&recorded(), account["account"].as_str().unwrap());
    let answer = validated(&account, ("https://graph.facebook.com", path, body)).await;
    println!("meta validated a campaign: {}", String::from_utf8_lossy(&answer.body));
    assert_eq!(connector.list().await.unwrap(), before, "nothing was made");
}

#[tokio::test]
async fn google_reads_the_account_and_validates_a_campaign() {
    let Some(account) = account("ADBRAIN_LIVE_GOOGLE") else { return };
    let connector = opened(&account).await;
    let before = connector.list().await.unwrap();
    let (path, body) = google_campaign(&recorded(), &account["account"].as_str().unwrap().replace('-', ""));
    let answer = validated(&account, ("https://googleads.googleapis.com", path, body)).await;
    println!("google validated a campaign: {}", String::from_utf8_lossy(&answer.body));
    assert_eq!(connector.list().await.unwrap(), before, "nothing was made");
}

#[tokio::test]
async fn tiktok_reads_an_account_on_its_sandbox_host() {
    let Some(account) = account("ADBRAIN_LIVE_TIKTOK") else { return };
    let base = account["base_url"].as_str().unwrap_or_default();
    assert!(
        base.starts_with("https://sandbox-ads.tiktok.com"),
        "use an account on TikTok's sandbox host, not {base:?}"
    );
    assert!(opened(&account).await.capabilities().is_sandbox);
}

#[tokio::test]
async fn linkedin_reads_the_account() {
    let Some(account) = account("ADBRAIN_LIVE_LINKEDIN") else { return };
    opened(&account).await;
}

/// Runs always: what would be sent is for the account that was named, and in the mode that makes nothing.
#[test]
fn what_is_sent_to_a_real_account_only_validates() {
    let requests = recorded();
    let (path, body) = meta_campaign(&requests, "act_42");
    assert!(path.ends_with("/act_42/campaigns"), "{path}");
    assert_eq!((&body["execution_options"], &body["status"]), (&json!(["validate_only"]), &json!("PAUSED")));
    let (path, body) = google_campaign(&requests, "42");
    assert!(path.contains("/customers/42/") && !body.to_string().contains(google::CUSTOMER), "{path} {body}");
    assert_eq!(
        (&body["validateOnly"], body["mutateOperations"].as_array().unwrap().len()),
        (&json!(true), 4),
        "{body}"
    );
    assert!(Path::new(&path).is_absolute());
}
