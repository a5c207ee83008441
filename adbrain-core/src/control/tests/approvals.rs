//! Nobody, one person or two, by what a plan may cost on its worst day.

use super::*;
use crate::model::{Approvals, MediaPlan};

const DAY: SignedDuration = SignedDuration::from_hours(24);

/// A plan whose worst day is 80.00, declared in full.
fn declared() -> MediaPlan {
    let mut wanted = plan();
    for campaign in &mut wanted.campaigns {
        campaign.declarations.special_categories = Some(Vec::new());
        campaign.declarations.is_political = Some(false);
    }
    wanted
}

async fn launched(approvals: Approvals) -> (Bench, Control) {
    let mut bench = Bench::new().await;
    bench.options.mode = Mode::Live;
    bench.options.limits.approvals = approvals;
    let control = bench.open().await;
    assert_states(&control.launch(&declared(), &OneFile).await.unwrap(), JournalState::Confirmed);
    (bench, control)
}

fn people(outcomes: &[Outcome]) -> String {
    let reason = outcomes[0].reason.as_ref().unwrap();
    assert_eq!(reason.key, "refused-needs-approval");
    format!("{:?}", reason.args["people"])
}

#[tokio::test]
async fn an_amount_above_that_of_one_person_needs_two_different_ones() {
    let (_bench, control) = launched(Approvals { none_up_to: None, one_up_to: Some(brl(79)) }).await;
    let hash = declared().hash().unwrap();
    assert!(people(&control.activate(&declared()).await.unwrap()).contains('2'));
    control.approve(&hash, "Ana", DAY).await.unwrap();
    control.approve(&hash, " ana ", DAY).await.unwrap();
    assert!(people(&control.activate(&declared()).await.unwrap()).contains('1'), "one person twice is one person");
    control.approve(&hash, "Bia", DAY).await.unwrap();
    assert_states(&control.activate(&declared()).await.unwrap(), JournalState::Confirmed);
}

#[tokio::test]
async fn a_refusal_ends_the_approvals_before_it_and_an_old_one_does_not_count() {
    let (bench, control) = launched(Approvals { none_up_to: None, one_up_to: Some(brl(79)) }).await;
    let hash = declared().hash().unwrap();
    control.approve(&hash, "Ana", DAY).await.unwrap();
    control.refuse(&hash, "Caio", "not this week").await.unwrap();
    control.approve(&hash, "Bia", SignedDuration::from_hours(1)).await.unwrap();
    assert!(people(&control.activate(&declared()).await.unwrap()).contains('1'));
    bench.clock.advance(SignedDuration::from_hours(2));
    control.approve(&hash, "Ana", DAY).await.unwrap();
    assert!(people(&control.activate(&declared()).await.unwrap()).contains('1'));
    control.approve(&hash, "Bia", DAY).await.unwrap();
    assert_states(&control.activate(&declared()).await.unwrap(), JournalState::Confirmed);
}

#[tokio::test]
async fn one_person_is_enough_up_to_the_amount_and_nobody_is_asked_below_the_lower_one() {
    let (_bench, control) = launched(Approvals { none_up_to: Some(brl(79)), one_up_to: Some(brl(80)) }).await;
    assert!(people(&control.activate(&declared()).await.unwrap()).contains('1'));
    control.approve(&declared().hash().unwrap(), "Ana", DAY).await.unwrap();
    assert_states(&control.activate(&declared()).await.unwrap(), JournalState::Confirmed);
    let (_bench, control) = launched(Approvals { none_up_to: Some(brl(80)), one_up_to: None }).await;
    assert_states(&control.activate(&declared()).await.unwrap(), JournalState::Confirmed);
}
