//! A person's no, and looks that change nothing.

use jiff::SignedDuration;

use super::super::fake::{Bench, OneFile, assert_states, brl, plan};
use super::super::{CapUse, Decision, JournalState, Period};
use super::{budget, one, reason};
use crate::error::ErrorKind;
use crate::model::Platform;
use crate::platform::Status;

#[tokio::test]
async fn a_refused_plan_is_neither_made_nor_let_go_until_a_person_approves_it() {
    let bench = Bench::new().await;
    let control = bench.open().await;
    let hash = plan().hash().unwrap();
    control.refuse(&hash, "Ana", "too dear").await.unwrap();
    assert_eq!(control.preview(&plan()).await.unwrap()[0].refused.as_ref().unwrap().key, "refused-by-person");
    let outcomes = control.launch(&plan(), &OneFile).await.unwrap();
    assert_states(&outcomes, JournalState::Refused);
    assert_eq!((reason(&outcomes[0]), bench.meta.requests().len()), ("refused-by-person", 0));
    control.approve(&hash, "Bia", SignedDuration::from_hours(1)).await.unwrap();
    assert_states(&control.launch(&plan(), &OneFile).await.unwrap(), JournalState::Confirmed);
    control.refuse(&hash, "Ana", "still too dear").await.unwrap();
    let outcomes = control.activate(&plan()).await.unwrap();
    assert_states(&outcomes, JournalState::Refused);
    assert_eq!(reason(&outcomes[0]), "refused-by-person");
    assert_eq!(bench.meta.get("meta-1a").status, Status::Paused, "what was made stays as it is");
    let Some(Decision::Refused { by, reason, .. }) = control.status(&hash).await.unwrap().decision else { panic!() };
    assert_eq!((by.as_str(), reason.as_str()), ("Ana", "still too dear"));
    for (by, reason) in [("", "x"), ("policy", "x"), ("Ana", ""), ("Ana", "two\nlines")] {
        assert_eq!(
            control.refuse(&hash, by, reason).await.unwrap_err().kind(),
            ErrorKind::InvalidInput,
            "{by} {reason}"
        );
    }
}

#[tokio::test]
async fn a_refused_change_is_not_sent_in_any_mode() {
    let bench = Bench::new().await;
    let control = bench.running().await;
    bench.clock.advance(SignedDuration::from_hours(100));
    let raise = budget("meta-1", 10, 11);
    let hash = crate::model::ContentHash::of_value(&raise).unwrap();
    control.refuse(&hash, "Ana", "not this week").await.unwrap();
    let outcome = one(&control, raise).await;
    assert_eq!((outcome.state, reason(&outcome)), (JournalState::Refused, "refused-by-person"));
}

#[tokio::test]
async fn a_look_says_what_is_there_and_what_it_may_cost_and_sends_nothing() {
    let bench = Bench::new().await;
    let control = bench.open().await;
    let foreseen = control.foresee(&plan()).await.unwrap();
    assert!(foreseen.steps.iter().all(|step| step.refused.is_none()));
    assert_eq!(foreseen.caps[0], CapUse { period: Period::Day, worst: brl(80), cap: brl(80) });
    assert_eq!(control.status(&plan().hash().unwrap()).await.unwrap().caps[0].worst, brl(0));
    drop(control);
    let control = bench.running().await;
    let sent = (bench.meta.requests().len(), control.head().await.unwrap());
    let status = control.status(&plan().hash().unwrap()).await.unwrap();
    assert_eq!((status.caps[0].worst, status.objects.len()), (brl(80), 14));
    assert!(status.objects.iter().all(|object| object.delivery == "running" && object.object.is_some()));
    assert!(!status.switch.is_on && status.unread.is_empty());
    control.kill("Ana").await.unwrap();
    let status = control.status(&plan().hash().unwrap()).await.unwrap();
    assert_eq!((status.switch.is_on, status.switch.by.as_deref()), (true, Some("Ana")));
    bench.meta.state.lock().unwrap().is_down = true;
    assert_eq!(control.status(&plan().hash().unwrap()).await.unwrap().unread, [Platform::Meta]);
    assert_eq!(bench.meta.requests().len(), sent.0);
}
