//! A database that goes away, at any write and for longer.

use super::*;

#[tokio::test]
async fn a_crash_at_any_write_of_the_journal_doubles_nothing_and_loses_nothing() {
    for writes in 0..200 {
        let bench = Bench::new().await;
        let database = Arc::new(Breaking { inner: bench.database.clone(), left: AtomicI64::new(writes) });
        let control = bench.open_on(database).await.unwrap();
        let crashed = match control.launch(&plan(), &OneFile).await {
            Ok(_) => control.activate(&plan()).await.is_err(),
            Err(_) => true,
        };
        drop(control);
        let control = bench.open().await;
        assert_states(&control.launch(&plan(), &OneFile).await.unwrap(), JournalState::Confirmed);
        assert_states(&control.activate(&plan()).await.unwrap(), JournalState::Confirmed);
        let tags = ["google-c", "google-1", "google-2b", "meta-c", "meta-1", "meta-2", "meta-1a", "meta-2b"];
        for tag in tags {
            assert_eq!(bench.meta.count(tag) + bench.google.count(tag), 1, "{tag} after {writes} writes");
        }
        if !crashed {
            assert!(writes > 60, "the launch writes less than expected: {writes}");
            return;
        }
    }
    panic!("the launch never came through");
}

#[tokio::test]
async fn intents_go_to_the_emergency_file_while_the_database_is_gone_and_into_the_chain_afterwards() {
    let mut bench = Bench::new().await;
    bench.options.emergency_file = Some(bench.folder.path().join("emergency.jsonl"));
    let broken = Arc::new(Breaking { inner: bench.database.clone(), left: AtomicI64::new(5) });
    let control = bench.open_on(broken).await.unwrap();
    assert_states(&control.launch(&plan(), &OneFile).await.unwrap(), JournalState::Confirmed);
    let before = verify(bench.database.as_ref()).await.unwrap().entries;
    let sent = bench.google.requests().len();
    let control = {
        drop(control);
        bench.open().await
    };
    let after = verify(bench.database.as_ref()).await.unwrap();
    assert!((1..6).contains(&before) && after.entries > 20 && after.is_intact, "{after:?}");
    assert!(!bench.folder.path().join("emergency.jsonl").exists());
    assert_states(&control.launch(&plan(), &OneFile).await.unwrap(), JournalState::Confirmed);
    assert_eq!(bench.google.requests().len(), sent);
}

#[tokio::test]
async fn without_journal_and_emergency_file_nothing_is_sent() {
    let bench = Bench::new().await;
    let broken = Arc::new(Breaking { inner: bench.database.clone(), left: AtomicI64::new(0) });
    let control = bench.open_on(broken).await.unwrap();
    let error = control.launch(&plan(), &OneFile).await.unwrap_err();
    assert!(error.to_string().contains("nothing was sent"), "{error}");
    assert!(bench.meta.requests().is_empty());
}
