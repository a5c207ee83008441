//! The kill switch: what it stops, what it lets through, and who turns it.

use super::*;
use crate::control::turn_on;

#[tokio::test]
async fn the_kill_switch_refuses_every_write_but_a_pause_and_survives_a_restart() {
    let mut bench = Bench::new().await;
    bench.options.kill_file = Some(bench.folder.path().join("KILL"));
    let control = bench.running().await;
    control.kill("ana").await.unwrap();
    let control = {
        drop(control);
        bench.open().await
    };
    assert!(control.is_killed());
    assert_eq!(reason(&one(&control, budget("meta-1", 10, 9)).await), "refused-kill-switch");
    assert_eq!(one(&control, change("meta-1a", ChangeKind::Pause, "x")).await.state, JournalState::Confirmed);
    assert_states(&control.pause_all().await.unwrap(), JournalState::Confirmed);
    control.resume("ana").await.unwrap();
    assert_eq!(one(&control, budget("meta-1", 10, 9)).await.state, JournalState::Confirmed);
    std::fs::write(bench.folder.path().join("KILL"), "").unwrap();
    assert!(control.is_killed());
}

#[tokio::test]
async fn the_kill_switch_ends_a_request_on_its_way_and_what_became_of_it_is_looked_up_later() {
    let bench = Bench::new().await;
    let control = bench.running().await;
    let lowered = budget("meta-1", 10, 9);
    let mut sending = pin!(one(&control, lowered.clone()));
    until_it_hangs(&bench, &mut sending).await;
    let (hung, killed) = tokio::join!(sending, control.kill("ana"));
    killed.unwrap();
    assert_eq!(hung.state, JournalState::Unknown);
    assert_eq!(reason(&hung), "unknown-lost");
    assert_states(&control.pause_all().await.unwrap(), JournalState::Confirmed);
    control.resume("ana").await.unwrap();
    let sent = bench.meta.requests().len();
    assert_eq!(one(&control, lowered).await.state, JournalState::Confirmed);
    assert_eq!(bench.meta.requests().len(), sent, "it had been done, and is not sent again");
}

/// Goes on with a change on Meta up to where its request is on its way and nothing comes back.
async fn until_it_hangs(bench: &Bench, sending: &mut (impl Future<Output = Outcome> + Unpin)) {
    bench.meta.fail_next([Fault::Hangs]);
    tokio::select! {
        ended = sending => panic!("nothing was on its way: {ended:?}"),
        () = bench.meta.hanging.notified() => {}
    }
}

#[tokio::test(start_paused = true)]
async fn a_request_on_its_way_ends_too_where_the_switch_is_turned_by_its_file() {
    let mut bench = Bench::new().await;
    let file = bench.folder.path().join("KILL");
    bench.options.kill_file = Some(file.clone());
    let control = bench.running().await;
    let mut sending = pin!(one(&control, budget("meta-1", 10, 9)));
    until_it_hangs(&bench, &mut sending).await;
    turn_on(&file, "too dear").unwrap();
    assert_eq!(sending.await.state, JournalState::Unknown);
}

#[tokio::test]
async fn a_switch_that_another_process_turns_is_followed_without_opening_again() {
    let bench = Bench::new().await;
    let control = bench.running().await;
    let other = bench.open().await;
    other.kill("ana").await.unwrap();
    assert_eq!(reason(&one(&control, budget("meta-1", 10, 9)).await), "refused-kill-switch");
    assert!(control.is_killed());
    other.resume("ana").await.unwrap();
    assert_eq!(one(&control, budget("meta-1", 10, 9)).await.state, JournalState::Confirmed);
    control.kill("ana").await.unwrap();
    assert!(control.is_killed() && !other.is_killed());
    assert_eq!(reason(&one(&other, budget("meta-1", 9, 8)).await), "refused-kill-switch");
}
