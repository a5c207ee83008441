//! What is made of steps that a crash left open, once the journal is opened again.

use std::sync::Mutex;

use async_trait::async_trait;

use super::*;
use crate::control::Settle;
use crate::control::fake::Fake;
use crate::model::{Currency, Money, ObjectId};
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

#[tokio::test]
async fn the_kill_switch_ends_a_request_that_is_sent_again_and_nothing_is_looked_up_before_it_is_off() {
    let bench = Bench::new().await;
    let control = bench.running().await;
    let lowered = budget("meta-1", 10, 9);
    let mut sending = pin!(one(&control, lowered.clone()));
    bench.meta.fail_next([Fault::LostBefore, Fault::Hangs]);
    tokio::select! {
        ended = &mut sending => panic!("nothing was on its way: {ended:?}"),
        () = bench.meta.hanging.notified() => {}
    }
    let (hung, killed) = tokio::join!(sending, control.kill("ana"));
    killed.unwrap();
    assert_eq!((hung.state, reason(&hung)), (JournalState::Unknown, "unknown-lost"));
    control.resume("ana").await.unwrap();
    assert_eq!(one(&control, lowered).await.state, JournalState::Confirmed);
}

#[tokio::test]
async fn an_order_is_carried_out_for_a_day_and_not_a_second_longer() {
    for (seconds, ends) in [(0, Status::Active), (1, Status::Paused)] {
        let mut bench = Bench::new().await;
        Arc::get_mut(&mut bench.meta).unwrap().capabilities.settle_seconds = 30;
        let control = bench.open().await;
        control.launch(&plan(), &OneFile).await.unwrap();
        bench.clock.advance(SignedDuration::from_mins(1));
        bench.meta.fail_next([Fault::None; 6].into_iter().chain([Fault::LostBefore]));
        control.activate(&plan()).await.unwrap();
        bench.clock.advance(SignedDuration::from_hours(24) + SignedDuration::from_secs(seconds));
        control.reconcile().await.unwrap();
        assert_eq!(bench.meta.get("meta-c").status, ends, "a day and {seconds} s");
    }
}

/// Notes how long it was to wait.
#[derive(Default)]
struct Noted(Mutex<Vec<u32>>);

#[async_trait]
impl Settle for Noted {
    async fn wait(&self, seconds: u32) {
        self.0.lock().unwrap().push(seconds);
    }
}

#[tokio::test]
async fn nobody_waits_where_a_platform_shows_a_write_at_once() {
    for settle_seconds in [0, 30] {
        let mut bench = Bench::new().await;
        Arc::get_mut(&mut bench.google).unwrap().capabilities.settle_seconds = settle_seconds;
        let noted = Arc::new(Noted::default());
        bench.options.settle = noted.clone();
        let control = bench.open().await;
        bench.google.fail_next([Fault::None, Fault::LostAfter]);
        control.launch(&plan(), &OneFile).await.unwrap();
        let waits = noted.0.lock().unwrap().clone();
        assert_eq!(waits.is_empty(), settle_seconds == 0);
        assert!(waits.iter().all(|seconds| *seconds == settle_seconds), "{waits:?}");
    }
}

/// A launch of which Google refused its part, so that Meta's is taken back, and which lost its database after so many writes.
async fn crashed_while_taken_back(writes: i64) -> Bench {
    let bench = Bench::new().await;
    bench.google.fail_next([Fault::None, Fault::Rejected]);
    let database = Arc::new(Breaking { inner: bench.database.clone(), left: AtomicI64::new(writes) });
    let control = bench.open_on(database).await.unwrap();
    let _ = control.launch(&plan(), &OneFile).await;
    bench
}

#[tokio::test]
async fn what_was_being_taken_back_is_taken_back_to_the_end_and_not_twice() {
    let mut found = 0;
    for writes in 0..120 {
        let bench = crashed_while_taken_back(writes).await;
        let last = states(&bench, "create", "meta-c").await.pop();
        if last.is_some_and(|(state, _)| state == "compensating") {
            assert_eq!(bench.meta.count("meta-c"), 0, "the request went out: {writes}");
            assert_eq!(reopened(&bench, "create", "meta-c").await, ended("compensated", ""), "{writes}");
            found += 1;
        }
    }
    assert!(found > 0);

    let bench = crashed_while_taken_back(1_000).await;
    let archived = bench.meta.requests().iter().position(|request| request == "archive meta-c").unwrap();
    let bench = Bench::new().await;
    bench.google.fail_next([Fault::None, Fault::Rejected]);
    bench.meta.fail_next(std::iter::repeat_n(Fault::None, archived).chain([Fault::LostBefore]));
    bench.open().await.launch(&plan(), &OneFile).await.unwrap();
    assert_eq!(states(&bench, "create", "meta-c").await.pop().unwrap().0, "compensating");
    assert_eq!(bench.meta.count("meta-c"), 1);
    let (state, _, sent) = reopened(&bench, "create", "meta-c").await;
    assert_eq!((state.as_str(), bench.meta.count("meta-c"), sent), ("compensated", 0, 1));
}

/// What somebody does to Meta's account while we wait.
struct Meanwhile(Arc<Fake>, fn(&Fake));

#[async_trait]
impl Settle for Meanwhile {
    async fn wait(&self, seconds: u32) {
        self.0.clock.advance(SignedDuration::from_secs(i64::from(seconds)));
        (self.1)(&self.0);
    }
}

/// A run whose bids stand at 4, in an account in which somebody does something while it waits for a write to be shown.
async fn meanwhile(what: fn(&Fake)) -> (Bench, Control) {
    let mut bench = Bench::new().await;
    drop(bench.running().await);
    Arc::get_mut(&mut bench.meta).unwrap().capabilities.settle_seconds = 30;
    bench.options.settle = Arc::new(Meanwhile(bench.meta.clone(), what));
    bench.meta.edit("meta-1", |object| object.bid = Some(brl(4)));
    bench.clock.advance(SignedDuration::from_hours(73));
    let control = bench.open().await;
    (bench, control)
}

fn kinds() -> [ChangeKind; 3] {
    let (cents, micros) = (|cents: i64| Money::from_micros(cents * 10_000, Currency::BRL), brl);
    let budget = ChangeKind::SetDailyBudget { before: micros(10), after: micros(9) };
    [budget, ChangeKind::SetBid { before: micros(4), after: cents(350) }, ChangeKind::Archive]
}

#[tokio::test]
async fn a_change_whose_answer_was_lost_is_sent_again_where_it_was_not_done_and_only_there() {
    for (fault, requests) in [(Fault::LostBefore, 2), (Fault::LostAfter, 1)] {
        for kind in kinds() {
            let (bench, control) = meanwhile(|_| {}).await;
            bench.meta.fail_next([fault]);
            let sent = bench.meta.requests().len();
            let outcome = one(&control, change("meta-1", kind.clone(), "lost")).await;
            assert_eq!(outcome.state, JournalState::Confirmed, "{fault:?} {outcome:?}");
            assert_eq!(bench.meta.requests().len() - sent, requests, "{fault:?} {kind:?}");
        }
    }
}

#[tokio::test]
async fn a_change_whose_request_was_lost_is_not_sent_over_what_somebody_set_meanwhile() {
    let set = |fake: &Fake| {
        fake.edit("meta-1", |object| (object.daily_budget, object.bid) = (Some(brl(7)), Some(brl(3))));
    };
    for kind in kinds().into_iter().take(2) {
        let (bench, control) = meanwhile(set).await;
        bench.meta.fail_next([Fault::LostBefore]);
        let outcome = one(&control, change("meta-1", kind, "lost")).await;
        assert_eq!((outcome.state, reason(&outcome)), (JournalState::NeedsPerson, "needs-person-drift"));
        let object = bench.meta.get("meta-1");
        assert_eq!((object.daily_budget, object.bid), (Some(brl(7)), Some(brl(3))));
    }
}

#[tokio::test]
async fn a_change_is_not_sent_again_where_its_object_is_there_twice() {
    let copy = |fake: &Fake| {
        let mut copy = fake.get("meta-1");
        copy.id = ObjectId::new("copy");
        let now = crate::clock::Clock::now(&fake.clock);
        fake.state.lock().unwrap().objects.push((copy, now));
    };
    let (bench, control) = meanwhile(copy).await;
    bench.meta.fail_next([Fault::LostBefore]);
    let sent = bench.meta.requests().len();
    let outcome = one(&control, budget("meta-1", 10, 9)).await;
    assert_eq!((outcome.state, reason(&outcome)), (JournalState::NeedsPerson, "needs-person-census"));
    assert_eq!(bench.meta.requests().len(), sent + 1);
}
