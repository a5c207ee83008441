//! Every request that the connectors send, against the platforms' own definitions, and a table of what was seen.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use adbrain_core::stats::random::Random;
use adbrain_fakes::conformance::Specs;
use adbrain_fakes::{ACTIONS, NOT_ON, Recorded, actions};

use super::{audiences, google, linkedin, meta, people, tiktok};
use crate::faults_in_requests::faults;
use crate::of_google::Descriptors;

/// Requests that the definitions do not hold, which were seen in documents alone; digits stand for any number.
const NOT_DEFINED: [&str; 10] = [
    "GET /open_api/v1.3/file/image/ad/search/",
    "GET /open_api/v1.3/report/task/download/",
    "POST /open_api/v1.3/dmp/custom_audience/file/upload/",
    "POST /open_api/v1.3/dmp/custom_audience/update/",
    "GET /rest/dmpSegments",
    "POST /rest/dmpSegments",
    "POST /rest/dmpSegments/0/users",
    // These three are judged by Google's own definitions below.
    "POST /v26/customers/0/offlineUserDataJobs:create",
    "POST /v26/customers/0/offlineUserDataJobs/0:addOperations",
    "POST /v26/customers/0/offlineUserDataJobs/0:run",
];
/// What is done with such requests alone.
const NOT_JUDGED: [(&str, &str); 1] = [("linkedin", "custom audience")];

async fn recorded() -> Vec<Recorded> {
    let mut all = meta::all_actions().await;
    all.extend(google::all_actions().await);
    all.extend(tiktok::all_actions().await);
    all.extend(linkedin::all_actions().await);
    all.extend(audiences::all_actions().await);
    all
}

fn specs(test: &str) -> Option<Specs> {
    let folder = std::env::var_os("ADBRAIN_TEST_DATA").map(|folder| PathBuf::from(folder).join("specs"));
    let Some(folder) = folder.filter(|folder| folder.is_dir()) else {
        println!("skipped: {test}: the folder specs is not below ADBRAIN_TEST_DATA");
        return None;
    };
    Some(Specs::load(&folder).unwrap())
}

fn is_defined(request: &Recorded) -> bool {
    let is_number = |name: &str| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_digit());
    let part = |part: &str| match part.split_once(':') {
        Some((name, verb)) if is_number(name) => format!("0:{verb}"),
        None if is_number(part) => "0".to_owned(),
        _ => part.to_owned(),
    };
    let path: Vec<_> = request.path.split('/').map(part).collect();
    !NOT_DEFINED.contains(&format!("{} {}", request.method, path.join("/")).as_str())
}

/// Everything that is sent to Google.
async fn to_google() -> Vec<Recorded> {
    let mut all = google::all_actions().await;
    all.extend(audiences::all_actions().await.into_iter().filter(|request| request.platform == "google"));
    all
}

#[tokio::test]
async fn every_action_of_every_platform_is_recorded_and_satisfies_the_definitions() {
    let Some(specs) = specs("every_action_of_every_platform_is_recorded_and_satisfies_the_definitions") else { return };
    let all = recorded().await;
    let mut table = BTreeMap::<(&str, &str), usize>::new();
    let mut wrong = BTreeSet::new();
    for request in all.iter().filter(|request| is_defined(request)) {
        let done = actions(request);
        if done.is_empty() {
            wrong.insert(format!(
                "no action: {} {} {} {}",
                request.platform, request.method, request.path, request.body
            ));
        }
        for action in done {
            *table.entry((request.platform.as_str(), action)).or_default() += 1;
        }
        let findings = specs.check(request);
        wrong.extend(
            findings
                .iter()
                .map(|finding| format!("{} {} {}: {finding}", request.platform, request.method, request.path)),
        );
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    for platform in ["meta", "google", "tiktok", "linkedin"] {
        for action in ACTIONS {
            let seen = table.get(&(platform, action)).copied().unwrap_or_default();
            println!("{platform:<10}{action:<18}{seen:>6} accepted");
            let is_none = NOT_ON.contains(&(platform, action)) || NOT_JUDGED.contains(&(platform, action));
            assert_eq!(seen == 0, is_none, "{platform}: {action}: {seen} requests");
        }
    }
}

/// What `LinkedIn`'s published tables and Meta's package leave open: whatever stands below these fields passes.
const OPEN: [&str; 5] = ["post.distribution", "post.content", "post.adContext", "body.payload.", "body.session."];

/// Each single fault in one JSON request of each kind: a check that lets our own requests pass has to see what is wrong in them.
#[tokio::test]
async fn single_faults_in_our_own_requests_are_caught() {
    let Some(specs) = specs("single_faults_in_our_own_requests_are_caught") else { return };
    let mut kinds = BTreeMap::new();
    let is_json = |request: &Recorded| request.body.is_object() && request.body.get("multipart").is_none();
    for request in recorded().await.into_iter().filter(|request| is_json(request) && is_defined(request)) {
        let shape = |letter: char| if letter.is_ascii_digit() { '0' } else { letter };
        let path: String = request.path.chars().map(shape).collect();
        kinds.entry((request.platform.clone(), path, actions(&request))).or_insert(request);
    }
    let mut luck = Random::at(7, &[]);
    let (mut caught, mut all, mut missed) = (0, 0, Vec::new());
    for request in kinds.values() {
        for (what, place, broken) in faults(request, &mut luck) {
            if OPEN.iter().any(|open| place.contains(open)) {
                continue;
            }
            all += 1;
            if specs.check(&broken).is_empty() {
                missed.push(format!("{} {}: {place}: {what}", request.platform, request.path));
            } else {
                caught += 1;
            }
        }
    }
    println!("{caught} of {all} single faults caught; missed: {missed:#?}");
    assert!(all > 800 && caught * 100 >= all * 98, "{caught} of {all}: {missed:#?}");
}

/// The second way for Google; the second way for the others is that of their own packages, in `tests/python/test_requests.py`.
#[tokio::test]
async fn every_request_to_google_satisfies_googles_own_definitions_and_both_ways_agree() {
    let test = "every_request_to_google_satisfies_googles_own_definitions_and_both_ways_agree";
    let Some(descriptors) = Descriptors::of(test) else { return };
    let specs = specs(test);
    let mut table = BTreeMap::<&str, [usize; 3]>::new();
    let mut wrong = BTreeSet::new();
    for request in to_google().await {
        let second = descriptors.check(&request);
        let first = specs.as_ref().filter(|_| is_defined(&request)).map(|specs| specs.check(&request));
        for action in actions(&request) {
            let row = table.entry(action).or_default();
            row[0] += usize::from(first.as_ref().is_some_and(Vec::is_empty));
            row[1] += usize::from(second.as_ref().is_some_and(Vec::is_empty));
            row[2] += usize::from(second.is_none());
        }
        if second.as_ref().is_some_and(|second| !second.is_empty()) || first.is_some_and(|first| !first.is_empty()) {
            wrong.insert(format!("{} {}: {second:?}", request.path, request.body));
        }
    }
    println!("{:<18}{:>12}{:>14}{:>12}", "google", "by the data", "by protobuf", "not defined");
    for action in ACTIONS {
        let [first, second, unseen] = table.get(action).copied().unwrap_or_default();
        println!("{action:<18}{first:>12}{second:>14}{unseen:>12}");
        assert_eq!(second == 0, NOT_ON.contains(&("google", action)), "{action}: no request that the definitions hold");
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// The definitions of fields see names, types, lists, choices and annotations, in the query language too.
#[tokio::test]
async fn single_faults_in_our_requests_to_google_are_caught_by_googles_own_definitions() {
    let test = "single_faults_in_our_requests_to_google_are_caught_by_googles_own_definitions";
    let Some(descriptors) = Descriptors::of(test) else { return };
    let mut kinds = BTreeMap::new();
    for request in to_google().await.into_iter().filter(|request| request.body.is_object()) {
        kinds.entry((request.path.clone(), actions(&request))).or_insert(request);
    }
    let mut luck = Random::at(8, &[]);
    let (mut caught, mut missed) = (0, Vec::new());
    for request in kinds.values() {
        for (what, place, broken) in faults(request, &mut luck) {
            match descriptors.check(&broken) {
                Some(wrong) if wrong.is_empty() => missed.push(format!("{}: {place}: {what}", request.path)),
                Some(_) => caught += 1,
                None => {}
            }
        }
    }
    let all = caught + missed.len();
    println!("google by protobuf: {caught} of {all} single faults caught; missed: {missed:#?}");
    assert!(all > 300 && caught * 100 >= all * 98, "{caught} of {all}: {missed:#?}");
}

/// What each request asks, by what Google and Meta say of it; and the same with one thing wrong.
#[tokio::test]
async fn every_question_about_people_satisfies_the_definitions_and_a_broken_one_does_not() {
    let test = "every_question_about_people_satisfies_the_definitions_and_a_broken_one_does_not";
    let Some(specs) = specs(test) else { return };
    let all = people::all_actions().await;
    assert_eq!(all.iter().filter(|request| request.platform == "ga4").count(), 9);
    assert_eq!(all.iter().filter(|request| request.platform == "instagram").count(), 9);
    for request in &all {
        let findings = specs.check(request);
        assert!(findings.is_empty(), "{} {}: {findings:?}", request.path, request.body);
        for broken in broken_questions(request) {
            assert!(!specs.check(&broken).is_empty(), "{} {:?} {}", broken.path, broken.query, broken.body);
        }
    }
}

/// The request on another path, with another verb, without its token, and with each parameter or field renamed or of another kind.
fn broken_questions(request: &Recorded) -> Vec<Recorded> {
    let mut broken = vec![
        Recorded {
            path: request.path.replace(":runReport", ":runReports").replace("/insights", "/insight"),
            ..request.clone()
        },
        Recorded { method: "DELETE".to_owned(), ..request.clone() },
        Recorded { headers: std::collections::BTreeMap::new(), ..request.clone() },
    ];
    for name in request.query.keys() {
        let mut renamed = request.clone();
        let value = renamed.query.remove(name).unwrap();
        renamed.query.insert(format!("{name}s"), value);
        broken.push(renamed);
    }
    for name in request.body.as_object().into_iter().flat_map(|fields| fields.keys()) {
        let mut renamed = request.clone();
        let fields = renamed.body.as_object_mut().unwrap();
        let value = fields.remove(name).unwrap();
        fields.insert(format!("{name}x"), value);
        broken.push(renamed);
        let mut other = request.clone();
        other.body[name] = serde_json::json!({"other": true});
        broken.push(other);
    }
    broken
}
