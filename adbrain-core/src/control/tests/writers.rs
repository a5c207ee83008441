//! One writer per account, also where a process stops for a while and comes back.

use async_trait::async_trait;

use super::*;
use crate::clock::ManualClock;
use crate::control::Settle;
use crate::store::Leases;

const META: &str = "account meta 1";

fn leases(bench: &Bench, machine: &str) -> Leases {
    let beside = bench.folder.path().join(machine);
    Leases::new(bench.database.clone(), Arc::new(bench.clock.clone()), &beside)
}

#[tokio::test]
async fn an_account_that_another_process_writes_to_is_left_alone_until_it_is_free() {
    let mut bench = Bench::new().await;
    bench.options.leases = Some(leases(&bench, "here"));
    let control = bench.open().await;
    let other = leases(&bench, "here").take(META).await.unwrap();
    let error = control.launch(&plan(), &OneFile).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict);
    assert!(error.to_string().contains(META), "{error}");
    assert!(bench.meta.requests().is_empty());
    other.release().await.unwrap();
    assert_states(&control.launch(&plan(), &OneFile).await.unwrap(), JournalState::Confirmed);
    leases(&bench, "there").take(META).await.unwrap().release().await.unwrap();
}

/// Takes the account over from another machine while this one waits for longer than its lease holds.
struct Overtake {
    clock: ManualClock,
    leases: Leases,
}

#[async_trait]
impl Settle for Overtake {
    async fn wait(&self, _seconds: u32) {
        self.clock.advance(SignedDuration::from_secs(61));
        drop(self.leases.take(META).await.unwrap());
    }
}

#[tokio::test]
async fn a_writer_that_was_overtaken_writes_nothing_more_and_the_next_one_finds_what_it_made() {
    let mut bench = Bench::new().await;
    Arc::get_mut(&mut bench.meta).unwrap().capabilities.settle_seconds = 30;
    bench.options.leases = Some(leases(&bench, "here"));
    bench.options.settle = Arc::new(Overtake { clock: bench.clock.clone(), leases: leases(&bench, "there") });
    let control = bench.open().await;
    bench.meta.fail_next([Fault::None, Fault::LostAfter]);
    let error = control.launch(&plan(), &OneFile).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict);
    assert!(error.to_string().contains(META), "{error}");
    let sent = bench.meta.requests().len();
    bench.clock.advance(SignedDuration::from_secs(61));
    bench.options.settle = Arc::new(Advance(bench.clock.clone()));
    let control = bench.open().await;
    assert_states(&control.launch(&plan(), &OneFile).await.unwrap(), JournalState::Confirmed);
    assert_eq!(bench.meta.count("meta-c"), 1);
    assert!(bench.meta.requests().len() > sent);
    assert!(verify(bench.database.as_ref()).await.unwrap().first_problem.is_none());
}
