//! Customers into a custom audience: once, under one name, and nowhere else.

use super::*;
use crate::http::Secret;
use crate::platform::{Customer, CustomerConsent, HashedCustomers, hash_customers};
use crate::store::Statement;

fn list(platform: Platform, people: &[&str]) -> HashedCustomers {
    let people: Vec<_> = people.iter().map(|email| Customer::Email(Secret::new(*email))).collect();
    hash_customers(platform, &people, CustomerConsent::Given).unwrap()
}

/// Everybody whose raw address is a canary.
fn canaries() -> HashedCustomers {
    list(Platform::Meta, &["canary1@example.com", "canary2@example.com"])
}

/// Every row of the journal as text.
async fn journal(bench: &Bench) -> String {
    let rows = bench.database.query(Statement::new("SELECT * FROM journal ORDER BY seq", [])).await.unwrap();
    format!("{rows:?}")
}

#[tokio::test]
async fn customers_go_into_an_audience_once_and_the_journal_holds_no_hash() {
    let bench = Bench::new().await;
    let control = bench.open().await;
    let outcome = control.fill_audience("VIP", &canaries()).await.unwrap();
    assert_eq!((outcome.state, outcome.action.as_str()), (JournalState::Confirmed, "fill_audience"));
    assert!(outcome.object.is_some());
    assert_eq!(bench.meta.audiences("VIP"), (1, 2));
    assert_eq!(control.fill_audience("VIP", &canaries()).await.unwrap(), outcome);
    assert_eq!(bench.meta.requests(), ["fill VIP"], "the same list is sent once");
    let more = list(Platform::Meta, &["canary2@example.com", "canary3@example.com"]);
    assert_states(&[control.fill_audience("VIP", &more).await.unwrap()], JournalState::Confirmed);
    assert_eq!(bench.meta.audiences("VIP"), (1, 3));
    let written = journal(&bench).await;
    assert!(written.contains("VIP") && written.contains(canaries().content_hash().unwrap().as_str()), "{written}");
    for hash in canaries().emails().iter().chain(more.emails()) {
        assert!(!written.contains(hash), "{written}");
    }
    assert!(!written.contains("canary"), "{written}");
    assert!(verify(bench.database.as_ref()).await.unwrap().is_intact);
    let error = control.undo_entry(&outcome.entry).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
}

#[tokio::test]
async fn a_dry_run_plans_it_and_the_kill_switch_refuses_it() {
    let mut bench = Bench::new().await;
    bench.options.mode = Mode::DryRun;
    let control = bench.open().await;
    let outcome = control.fill_audience("VIP", &canaries()).await.unwrap();
    assert_eq!((outcome.state, bench.meta.requests().len()), (JournalState::Planned, 0));
    bench.meta.state.lock().unwrap().fills_none = true;
    let refused = control.fill_audience("Others", &canaries()).await.unwrap();
    assert_eq!(reason(&refused), "refused-by-platform", "a dry run says so too");
    bench.meta.state.lock().unwrap().fills_none = false;
    drop(control);
    bench.options.mode = Mode::Sandbox;
    let control = bench.open().await;
    control.kill("Ana").await.unwrap();
    let refused = control.fill_audience("VIP", &canaries()).await.unwrap();
    assert_eq!((reason(&refused), bench.meta.requests().len()), ("refused-kill-switch", 0));
    control.resume("Ana").await.unwrap();
    assert_states(&[control.fill_audience("VIP", &canaries()).await.unwrap()], JournalState::Confirmed);
    assert_eq!(bench.meta.audiences("VIP"), (1, 2));
}

#[tokio::test]
async fn what_is_no_audience_and_a_platform_without_an_account_are_refused_before_anything() {
    let bench = Bench::new().await;
    let control = bench.open().await;
    for (name, people, field) in [(" VIP", vec!["a@example.com"], "name"), ("VIP", Vec::new(), "customers")] {
        let error = control.fill_audience(name, &list(Platform::Meta, &people)).await.unwrap_err();
        assert_eq!((error.kind(), error.context_of("field")), (ErrorKind::InvalidInput, Some(field)));
    }
    let outcome = control.fill_audience("VIP", &list(Platform::TikTok, &["a@example.com"])).await.unwrap();
    assert_eq!(reason(&outcome), "refused-no-connector");
    assert!(bench.meta.requests().is_empty());
}

#[tokio::test]
async fn a_lost_answer_is_sent_again_and_makes_no_second_audience() {
    for fault in [Fault::LostBefore, Fault::LostAfter, Fault::NotNow] {
        let mut bench = Bench::new().await;
        let meta = Arc::get_mut(&mut bench.meta).unwrap();
        (meta.capabilities.settle_seconds, meta.lag) = (60, SignedDuration::from_secs(60));
        bench.options.settle = Arc::new(Advance(bench.clock.clone()));
        let control = bench.open().await;
        bench.meta.fail_next([fault]);
        let outcome = control.fill_audience("VIP", &canaries()).await.unwrap();
        assert_eq!(outcome.state, JournalState::Confirmed, "{fault:?}");
        assert_eq!(bench.meta.audiences("VIP"), (1, 2), "{fault:?}");
    }
}

#[tokio::test]
async fn a_crash_at_any_write_of_the_journal_goes_on_with_the_same_list() {
    for writes in 0..40 {
        let bench = Bench::new().await;
        let database = Arc::new(Breaking { inner: bench.database.clone(), left: AtomicI64::new(writes) });
        let control = bench.open_on(database).await.unwrap();
        let crashed = control.fill_audience("VIP", &canaries()).await.is_err();
        drop(control);
        let control = bench.open().await;
        assert_states(&[control.fill_audience("VIP", &canaries()).await.unwrap()], JournalState::Confirmed);
        assert_eq!(bench.meta.audiences("VIP"), (1, 2), "after {writes} writes");
        if !crashed {
            assert!(writes > 3, "it writes less than expected: {writes}");
            return;
        }
    }
    panic!("it never came through");
}

#[tokio::test]
async fn what_is_open_waits_for_its_list() {
    let bench = Bench::new().await;
    let control = bench.open().await;
    bench.meta.fail_next([Fault::NotNow, Fault::NotNow]);
    let open = control.fill_audience("VIP", &canaries()).await.unwrap();
    assert_eq!((open.state, reason(&open)), (JournalState::Unknown, "unknown-nothing-sent"));
    drop(control);
    let control = bench.open().await;
    let open = control.reconcile().await.unwrap().remove(0);
    assert_eq!((open.state, reason(&open)), (JournalState::Unknown, "unknown-no-customers"));
    let sent = bench.meta.requests().len();
    let outcome = control.fill_audience("VIP", &canaries()).await.unwrap();
    assert_eq!((outcome.state, outcome.entry == open.entry), (JournalState::Confirmed, true));
    assert_eq!((bench.meta.requests().len(), bench.meta.audiences("VIP")), (sent + 1, (1, 2)));
}

#[tokio::test]
async fn another_list_of_the_name_waits_until_the_account_shows_the_audience() {
    let mut bench = Bench::new().await;
    let meta = Arc::get_mut(&mut bench.meta).unwrap();
    (meta.capabilities.settle_seconds, meta.lag) = (60, SignedDuration::from_secs(60));
    let control = bench.open().await;
    assert_states(&[control.fill_audience("VIP", &canaries()).await.unwrap()], JournalState::Confirmed);
    let more = list(Platform::Meta, &["canary3@example.com"]);
    let early = control.fill_audience("VIP", &more).await.unwrap();
    assert_eq!(reason(&early), "refused-not-settled");
    assert_eq!(bench.meta.audiences("VIP"), (1, 2));
    bench.clock.advance(SignedDuration::from_secs(61));
    assert_states(&[control.fill_audience("VIP", &more).await.unwrap()], JournalState::Confirmed);
    assert_eq!(bench.meta.audiences("VIP"), (1, 3));
}
