//! Requests whose answer is lost, that never arrive, or that are put off: looked up before anything is sent again.

use super::*;

#[tokio::test]
async fn a_lost_answer_is_not_sent_again() {
    let bench = Bench::new().await;
    let control = bench.open().await;
    bench.google.fail_next([Fault::None, Fault::LostAfter]);
    assert_states(&control.launch(&plan(), &OneFile).await.unwrap(), JournalState::Confirmed);
    assert_eq!(bench.google.requests().iter().filter(|request| *request == "create google-c").count(), 1);
    assert_eq!(bench.google.count("google-c"), 1);
}

#[tokio::test]
async fn a_request_that_never_arrived_is_sent_once_more_and_then_a_person_is_asked() {
    let bench = Bench::new().await;
    let control = bench.open().await;
    bench.google.fail_next([Fault::None, Fault::LostBefore]);
    assert_states(&control.launch(&plan(), &OneFile).await.unwrap(), JournalState::Confirmed);
    let bench = Bench::new().await;
    let control = bench.open().await;
    bench.google.fail_next([Fault::None, Fault::LostBefore, Fault::LostBefore]);
    let outcomes = control.launch(&plan(), &OneFile).await.unwrap();
    assert_eq!(outcomes.last().unwrap().state, JournalState::NeedsPerson);
    assert_eq!(bench.google.count("google-c"), 0);
}

#[tokio::test]
async fn a_request_that_is_put_off_is_tried_again_for_a_day_before_a_person_is_asked() {
    let bench = Bench::new().await;
    let control = bench.open().await;
    bench.google.fail_next([Fault::None].into_iter().chain([Fault::NotNow; 40]));
    for hour in 0..24 {
        let outcomes = control.launch(&plan(), &OneFile).await.unwrap();
        let last = outcomes.last().unwrap();
        assert_eq!((last.state, reason(last)), (JournalState::Unknown, "unknown-nothing-sent"), "hour {hour}");
        bench.clock.advance(SignedDuration::from_hours(1));
    }
    let tried = bench.google.requests().len();
    assert!((24..40).contains(&tried), "each launch tries it once or twice: {tried}");
    bench.google.fail_next([]);
    assert_states(&control.launch(&plan(), &OneFile).await.unwrap(), JournalState::Confirmed);
    assert_eq!(bench.google.count("google-c"), 1);

    let bench = Bench::new().await;
    let control = bench.open().await;
    bench.google.fail_next([Fault::None].into_iter().chain([Fault::NotNow; 40]));
    control.launch(&plan(), &OneFile).await.unwrap();
    bench.clock.advance(SignedDuration::from_hours(25));
    let outcomes = control.launch(&plan(), &OneFile).await.unwrap();
    assert_eq!(outcomes.last().unwrap().state, JournalState::NeedsPerson);
}

#[tokio::test]
async fn requests_that_are_put_off_do_not_count_beside_one_that_was_lost() {
    let bench = Bench::new().await;
    let control = bench.open().await;
    bench.google.fail_next([Fault::None, Fault::NotNow, Fault::LostBefore, Fault::NotNow]);
    let outcomes = control.launch(&plan(), &OneFile).await.unwrap();
    assert_eq!(outcomes.last().unwrap().state, JournalState::Unknown);
    assert_states(&control.launch(&plan(), &OneFile).await.unwrap(), JournalState::Confirmed);
    assert_eq!(bench.google.count("google-c"), 1);
}

#[tokio::test]
async fn several_objects_with_one_tag_need_a_person() {
    let bench = Bench::new().await;
    let control = bench.open().await;
    bench.google.fail_next([Fault::None, Fault::Twice]);
    let outcomes = control.launch(&plan(), &OneFile).await.unwrap();
    assert_eq!(outcomes.last().unwrap().state, JournalState::NeedsPerson);
    let outcomes = control.activate(&plan()).await.unwrap();
    assert_states(&outcomes, JournalState::Refused);
    assert_eq!(reason(&outcomes[0]), "needs-person-census");
}

#[tokio::test]
async fn what_the_listing_does_not_show_yet_stays_unknown() {
    let mut bench = Bench::new().await;
    let google = Arc::get_mut(&mut bench.google).unwrap();
    google.capabilities.settle_seconds = 30;
    google.lag = SignedDuration::from_secs(30);
    let control = bench.open().await;
    bench.google.fail_next([Fault::None, Fault::LostAfter]);
    let outcomes = control.launch(&plan(), &OneFile).await.unwrap();
    assert_eq!(outcomes.last().unwrap().state, JournalState::Unknown);
    bench.clock.advance(SignedDuration::from_secs(30));
    assert_states(&control.reconcile().await.unwrap(), JournalState::Confirmed);
    assert_eq!(bench.google.count("google-c"), 1);
}

#[tokio::test]
async fn a_wait_for_the_listing_settles_it_at_once() {
    let mut bench = Bench::new().await;
    for fake in [&mut bench.google, &mut bench.meta] {
        let fake = Arc::get_mut(fake).unwrap();
        fake.capabilities.settle_seconds = 30;
        fake.lag = SignedDuration::from_secs(30);
    }
    bench.options.settle = Arc::new(Advance(bench.clock.clone()));
    let control = bench.open().await;
    bench.meta.fail_next([Fault::None, Fault::LostAfter, Fault::LostAfter, Fault::LostBefore]);
    assert_states(&control.launch(&plan(), &OneFile).await.unwrap(), JournalState::Confirmed);
    assert_states(&control.activate(&plan()).await.unwrap(), JournalState::Confirmed);
    assert!(["meta-c", "meta-1", "meta-1a", "meta-2b"].iter().all(|tag| bench.meta.count(tag) == 1));
}

#[tokio::test]
async fn an_activation_whose_answer_was_lost_is_not_sent_again_where_somebody_passed_the_cap_meanwhile() {
    let mut bench = Bench::new().await;
    Arc::get_mut(&mut bench.meta).unwrap().capabilities.settle_seconds = 30;
    let control = bench.open().await;
    assert_states(&control.launch(&plan(), &OneFile).await.unwrap(), JournalState::Confirmed);
    bench.clock.advance(SignedDuration::from_mins(1));
    bench.meta.fail_next([Fault::None; 6].into_iter().chain([Fault::LostBefore]));
    control.activate(&plan()).await.unwrap();
    assert_eq!(bench.meta.get("meta-c").status, Status::Paused);
    bench.clock.advance(SignedDuration::from_hours(1));
    bench.meta.edit("meta-2", |object| object.daily_budget = Some(brl(20)));
    let outcomes = control.reconcile().await.unwrap();
    assert_eq!((outcomes.len(), reason(&outcomes[0])), (1, "refused-daily-cap"));
    assert_eq!(bench.meta.get("meta-c").status, Status::Paused);
    let refused = control.activate(&plan()).await.unwrap();
    let top = refused.iter().find(|outcome| outcome.target.as_str() == "meta-c").unwrap();
    assert_eq!(reason(top), "refused-daily-cap");
    bench.meta.edit("meta-2", |object| object.daily_budget = Some(brl(10)));
    assert_states(&control.activate(&plan()).await.unwrap(), JournalState::Confirmed);
    assert_eq!(bench.meta.get("meta-c").status, Status::Active);
}

#[tokio::test]
async fn an_activation_whose_answer_was_lost_is_not_sent_again_days_later() {
    let mut bench = Bench::new().await;
    Arc::get_mut(&mut bench.meta).unwrap().capabilities.settle_seconds = 30;
    let control = bench.open().await;
    control.launch(&plan(), &OneFile).await.unwrap();
    bench.clock.advance(SignedDuration::from_mins(1));
    bench.meta.fail_next([Fault::None; 6].into_iter().chain([Fault::LostBefore]));
    control.activate(&plan()).await.unwrap();
    bench.clock.advance(SignedDuration::from_hours(25));
    assert_eq!(reason(&control.reconcile().await.unwrap()[0]), "refused-interrupted");
    assert_eq!(bench.meta.get("meta-c").status, Status::Paused);
    assert_states(&control.activate(&plan()).await.unwrap(), JournalState::Confirmed);
}
