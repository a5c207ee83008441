//! Errors of a connector's own code: the caller's to see, and what it was doing is found out later.

use super::*;
use crate::control::fake::OwnError;

/// Whether an error is the one that the connector's own code failed with.
fn is_own(mut error: Error) -> bool {
    error.kind() == ErrorKind::UserCode && error.take_source().is_some_and(|source| source.is::<OwnError>())
}

#[tokio::test]
async fn an_error_of_a_connector_s_own_code_comes_back_and_what_it_was_doing_is_found_out_later() {
    for place in 0..3 {
        let bench = Bench::new().await;
        let control = bench.open().await;
        bench.google.fail_next(std::iter::repeat_n(Fault::None, place).chain([Fault::UserCode]));
        let launched = async {
            control.launch(&plan(), &OneFile).await?;
            control.activate(&plan()).await
        };
        assert!(is_own(launched.await.unwrap_err()), "write {place}");
        let open = control.outcomes().await.unwrap();
        assert!(open.iter().any(|one| one.state == JournalState::Unknown && reason(one) == "unknown-user-code"));
        let control = bench.open().await;
        assert_states(&control.launch(&plan(), &OneFile).await.unwrap(), JournalState::Confirmed);
        assert_states(&control.activate(&plan()).await.unwrap(), JournalState::Confirmed);
        assert_eq!(bench.google.count("google-c"), 1, "nothing is made twice");
    }
}

#[tokio::test]
async fn reading_that_fails_in_a_connector_s_own_code_is_no_account_that_is_down() {
    let bench = Bench::new().await;
    let control = bench.running().await;
    bench.google.state.lock().unwrap().is_broken = true;
    assert!(is_own(control.launch(&plan(), &OneFile).await.unwrap_err()));
    assert!(is_own(control.activate(&plan()).await.unwrap_err()));
    assert!(is_own(control.preview(&plan()).await.unwrap_err()));
    assert!(is_own(control.submit(&[budget("meta-1", 20, 22)]).await.unwrap_err()));
    assert!(is_own(control.undo(&Tag::new("meta-c")).await.unwrap_err()));
    assert!(is_own(control.pause_all().await.unwrap_err()));
    assert_eq!(bench.meta.get("meta-c").status, Status::Paused, "the others are paused all the same");
    assert_eq!(bench.google.get("google-c").status, Status::Paused);
}

#[tokio::test]
async fn taking_back_that_fails_in_a_connector_s_own_code_is_told() {
    let bench = Bench::new().await;
    let control = bench.open().await;
    bench.meta.fail_next([Fault::None, Fault::None, Fault::Rejected, Fault::UserCode]);
    assert!(is_own(control.launch(&plan(), &OneFile).await.unwrap_err()));
    let open = control.outcomes().await.unwrap();
    assert!(open.iter().any(|outcome| outcome.state == JournalState::Compensating), "{open:#?}");
    let control = bench.open().await;
    let outcomes = control.launch(&plan(), &OneFile).await.unwrap();
    assert!(outcomes.iter().all(|outcome| outcome.state != JournalState::Confirmed || outcome.action == "upload"));
}
