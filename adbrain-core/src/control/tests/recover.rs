//! What is made of steps that a crash left open, once the journal is opened again.

use super::*;
use crate::model::ObjectId;
use crate::store::Statement;

/// A launch that lost its database after so many writes.
async fn crashed(writes: i64) -> Bench {
    let bench = Bench::new().await;
    let database = Arc::new(Breaking { inner: bench.database.clone(), left: AtomicI64::new(writes) });
    let control = bench.open_on(database).await.unwrap();
    let _ = (control.launch(&plan(), &OneFile).await, control.activate(&plan()).await);
    bench
}

fn sent(bench: &Bench) -> usize {
    bench.meta.requests().len() + bench.google.requests().len()
}

/// The states of a step, oldest first, with their reasons.
async fn states(bench: &Bench, action: &str, target: &str) -> Vec<(String, String)> {
    let sql = "SELECT state, coalesce(json_extract(body, '$.reason.key'), '') FROM journal \
               WHERE action = ?1 AND target = ?2 ORDER BY seq";
    let rows = bench.database.query(Statement::new(sql, [action.into(), target.into()])).await.unwrap();
    rows.iter().map(|row| (row.text(0).unwrap().to_owned(), row.text(1).unwrap().to_owned())).collect()
}

/// After how many writes a step has its intent in the journal and nothing more.
async fn intent_of(action: &str, target: &str) -> i64 {
    for writes in 0..150 {
        let found = states(&crashed(writes).await, action, target).await;
        if found == [("intent".to_owned(), String::new())] {
            return writes;
        }
    }
    panic!("{action} of {target} was never left with its intent alone");
}

/// The last state of a step and its reason once the journal was opened again, and how many requests that took.
async fn reopened(bench: &Bench, action: &str, target: &str) -> (String, String, usize) {
    let before = sent(bench);
    drop(bench.open().await);
    let (state, reason) = states(bench, action, target).await.pop().unwrap();
    (state, reason, sent(bench) - before)
}

fn ended(state: &str, reason: &str) -> (String, String, usize) {
    (state.to_owned(), reason.to_owned(), 0)
}

#[tokio::test]
async fn a_creation_that_got_no_further_than_its_intent_is_not_sent_and_what_is_there_is_found() {
    let writes = intent_of("create", "google-c").await;
    let refused = reopened(&crashed(writes).await, "create", "google-c").await;
    assert_eq!(refused, ended("refused", "refused-interrupted"));

    let twin = Bench::new().await;
    drop(twin.running().await);
    let objects = twin.google.state.lock().unwrap().objects.clone();
    let bench = crashed(writes).await;
    bench.google.state.lock().unwrap().objects.clone_from(&objects);
    assert_eq!(reopened(&bench, "create", "google-c").await, ended("confirmed", ""));

    let bench = crashed(writes).await;
    let again = objects.iter().map(|(object, at)| {
        let mut object = object.clone();
        object.id = ObjectId::new(format!("{}-again", object.id));
        (object, *at)
    });
    bench.google.state.lock().unwrap().objects.extend(objects.iter().cloned().chain(again));
    assert_eq!(reopened(&bench, "create", "google-c").await, ended("needs_person", "needs-person-census"));
}

#[tokio::test]
async fn a_change_that_got_no_further_than_its_intent_is_refused_even_where_somebody_made_it_meanwhile() {
    let writes = intent_of("activate", "google-c").await;
    let bench = crashed(writes).await;
    bench.google.edit("google-c", |object| object.status = Status::Active);
    assert_eq!(reopened(&bench, "activate", "google-c").await, ended("refused", "refused-interrupted"));
}

#[tokio::test]
async fn wherever_a_crash_came_nothing_but_uploads_stays_open_and_nothing_is_there_twice() {
    for writes in (0..90).step_by(3) {
        let bench = crashed(writes).await;
        for outcome in bench.open().await.reconcile().await.unwrap() {
            assert_eq!((outcome.action.as_str(), reason(&outcome)), ("upload", "unknown-no-file"), "{outcome:?}");
        }
        for tag in ["google-c", "google-1", "google-2b", "meta-c", "meta-1", "meta-2b"] {
            assert!(bench.meta.count(tag) + bench.google.count(tag) <= 1, "{tag} after {writes} writes");
        }
    }
}
