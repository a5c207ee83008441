//! What the door promises, against a platform that fails in every way.

mod answers;
mod approvals;
mod autonomy;
mod beside;
mod chain;
mod drift;
mod emergency;
mod errors;
mod fill;
mod follow;
mod kill;
mod launch;
mod limits;
mod moves;
mod pace;
mod proposals;
mod recover;
mod settle;
mod waiting;
mod words;
mod writers;

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::AtomicI64;

use jiff::SignedDuration;

use super::fake::{Advance, Bench, Breaking, Fault, OneFile, assert_states, brl, plan};
use super::{Control, JournalState, Mode, NoFiles, Outcome, verify};
use crate::error::{Error, ErrorKind};
use crate::model::{Change, ChangeKind, Platform, RunId, Tag};
use crate::platform::Status;

fn change(target: &str, kind: ChangeKind, cause: &str) -> Change {
    let platform = if target.starts_with("meta") { Platform::Meta } else { Platform::Google };
    Change { platform, target: Tag::new(target), kind, cause: cause.into() }
}

fn budget(target: &str, before: i64, after: i64) -> Change {
    let kind = ChangeKind::SetDailyBudget { before: brl(before), after: brl(after) };
    change(target, kind, &format!("{before}to{after}"))
}

async fn one(control: &Control, change: Change) -> Outcome {
    control.submit(&[change]).await.unwrap().remove(0)
}

fn reason(outcome: &Outcome) -> &str {
    outcome.reason.as_ref().map_or("", |reason| reason.key.as_str())
}

#[tokio::test]
async fn a_plan_is_created_paused_and_delivers_after_activation() {
    let bench = Bench::new().await;
    let control = bench.open().await;
    let outcomes = control.launch(&plan(), &OneFile).await.unwrap();
    assert_states(&outcomes, JournalState::Confirmed);
    assert_eq!(bench.meta.get("meta-1a").status, Status::Paused);
    assert_states(&control.activate(&plan()).await.unwrap(), JournalState::Confirmed);
    assert_eq!(bench.meta.get("meta-1a").status, Status::Active);
    let sent = (bench.meta.requests().len(), bench.google.requests().len());
    assert_eq!(control.launch(&plan(), &OneFile).await.unwrap(), outcomes);
    assert_states(&control.activate(&plan()).await.unwrap(), JournalState::Confirmed);
    assert_eq!((bench.meta.requests().len(), bench.google.requests().len()), sent);
}

#[tokio::test]
async fn runs_of_one_brief_in_two_accounts_change_each_its_own_objects() {
    let (here, mut there) = (Bench::new().await, Bench::new().await);
    there.options.run = RunId::new("other");
    let (first, second) = (here.open().await, there.open_on(here.database.clone()).await.unwrap());
    let mut turned = plan();
    turned.campaigns.iter_mut().for_each(|campaign| campaign.ad_sets.reverse());
    assert_states(&first.launch(&plan(), &OneFile).await.unwrap(), JournalState::Confirmed);
    assert_states(&second.launch(&turned, &OneFile).await.unwrap(), JournalState::Confirmed);
    assert_ne!(here.meta.get("meta-1").id, there.meta.get("meta-1").id);
    assert_states(&first.activate(&plan()).await.unwrap(), JournalState::Confirmed);
    let daily = here.meta.get("meta-1").daily_budget.unwrap().micros() / 1_000_000;
    let lower = one(&first, budget("meta-1", daily, daily - 1)).await;
    assert_eq!((lower.state, lower.object), (JournalState::Confirmed, Some(here.meta.get("meta-1").id)));
    assert_eq!(here.meta.get("meta-1").daily_budget, Some(brl(daily - 1)));
    assert_eq!(there.meta.get("meta-1").status, Status::Paused);
}

#[tokio::test]
async fn a_dry_run_sends_nothing() {
    let mut bench = Bench::new().await;
    bench.options.mode = Mode::DryRun;
    bench.options.limits.approvals.none_up_to = Some(brl(80));
    let control = bench.open().await;
    assert_states(&control.launch(&plan(), &NoFiles).await.unwrap(), JournalState::Planned);
    assert_states(&control.activate(&plan()).await.unwrap(), JournalState::Planned);
    assert!(bench.meta.requests().is_empty() && bench.google.requests().is_empty());
}

#[tokio::test]
async fn a_preview_writes_nothing() {
    let bench = Bench::new().await;
    let control = bench.open().await;
    let steps = control.preview(&plan()).await.unwrap();
    assert!(steps.iter().all(|step| step.refused.is_none()));
    assert_eq!(steps.len(), 8);
    assert!(control.outcomes().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_half_done_launch_is_taken_back() {
    let bench = Bench::new().await;
    let control = bench.open().await;
    bench.google.fail_next([Fault::None, Fault::Rejected]);
    let outcomes = control.launch(&plan(), &OneFile).await.unwrap();
    assert_eq!(outcomes.last().unwrap().state, JournalState::Refused);
    assert_eq!(bench.meta.count("meta-c") + bench.meta.count("meta-1a"), 0);
    let made = outcomes.iter().filter(|outcome| outcome.platform == Platform::Meta && outcome.action == "create");
    assert!(made.clone().count() == 7 && made.into_iter().all(|outcome| outcome.state == JournalState::Compensated));
    let sent = bench.meta.requests().len() + bench.google.requests().len();
    control.launch(&plan(), &OneFile).await.unwrap();
    assert_eq!(bench.meta.requests().len() + bench.google.requests().len(), sent, "it is not begun again in this run");
}

#[tokio::test]
async fn a_plan_of_which_a_part_cannot_be_had_makes_nothing() {
    let bench = Bench::new().await;
    let control = bench.open().await;
    let mut wanted = plan();
    wanted.campaigns[1].ad_sets[1].daily_budget =
        crate::model::Money::from_micros(500_000, crate::model::Currency::BRL);
    let outcomes = control.launch(&wanted, &OneFile).await.unwrap();
    assert_states(&outcomes, JournalState::Refused);
    assert_eq!(reason(&outcomes[0]), "refused-below-least-budget");
    assert_eq!(
        bench.meta.requests().len() + bench.google.requests().len(),
        0,
        "nothing was made, and nothing taken back"
    );
}

#[tokio::test]
async fn a_sandbox_run_writes_to_no_real_account() {
    let mut bench = Bench::new().await;
    Arc::get_mut(&mut bench.google).unwrap().capabilities.is_sandbox = false;
    let control = bench.open().await;
    let outcomes = control.launch(&plan(), &OneFile).await.unwrap();
    assert!(outcomes.iter().any(|outcome| reason(outcome) == "refused-not-a-sandbox"));
    assert!(bench.google.requests().is_empty());
}

#[tokio::test]
async fn an_approval_for_another_plan_or_an_old_one_is_refused() {
    let mut bench = Bench::new().await;
    bench.options.mode = Mode::Live;
    let mut wanted = plan();
    for campaign in &mut wanted.campaigns {
        campaign.declarations.special_categories = Some(Vec::new());
        campaign.declarations.is_political = Some(false);
    }
    let control = bench.open().await;
    assert_eq!(reason(&control.launch(&plan(), &OneFile).await.unwrap()[2]), "refused-declarations");
    let bench = Bench { options: bench.options, ..Bench::new().await };
    let control = bench.open().await;
    assert_states(&control.launch(&wanted, &OneFile).await.unwrap(), JournalState::Confirmed);
    control.approve(&plan().hash().unwrap(), "ana", SignedDuration::from_hours(1)).await.unwrap();
    assert_eq!(reason(&control.activate(&wanted).await.unwrap()[0]), "refused-needs-approval");
    control.approve(&wanted.hash().unwrap(), "ana", SignedDuration::from_hours(1)).await.unwrap();
    bench.clock.advance(SignedDuration::from_hours(1));
    assert_eq!(reason(&control.activate(&wanted).await.unwrap()[0]), "refused-needs-approval");
    control.approve(&wanted.hash().unwrap(), "ana", SignedDuration::from_hours(1)).await.unwrap();
    control.approve(&wanted.hash().unwrap(), "ana", SignedDuration::from_nanos(1)).await.unwrap();
    bench.clock.advance(SignedDuration::from_secs(1));
    assert_eq!(reason(&control.activate(&wanted).await.unwrap()[0]), "refused-needs-approval", "the newest one counts");
    control.approve(&wanted.hash().unwrap(), "ana", SignedDuration::from_hours(1)).await.unwrap();
    assert_states(&control.activate(&wanted).await.unwrap(), JournalState::Confirmed);
    assert_eq!(
        control.approve(&wanted.hash().unwrap(), "policy", SignedDuration::MAX).await.unwrap_err().kind(),
        ErrorKind::InvalidInput
    );
}

#[tokio::test]
async fn missing_files_are_named() {
    let mut bench = Bench::new().await;
    let mut wanted = plan();
    wanted.missing.push(crate::model::MissingFile {
        asset: "reel".into(),
        kind: crate::model::MediaKind::Video,
        width: 1080,
        height: 1920,
        length_ms: None,
        crop: None,
        message: crate::model::Message::new("x"),
    });
    let error = bench.open().await.launch(&wanted, &OneFile).await.unwrap_err();
    assert!(error.to_string().contains("reel"), "{error}");
    bench.options.mode = Mode::DryRun;
    let outcomes = bench.open().await.launch(&wanted, &OneFile).await.unwrap();
    assert_states(&outcomes, JournalState::Refused);
}
