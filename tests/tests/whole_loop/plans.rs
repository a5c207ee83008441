//! A plan looked at, refused, approved and applied by a person; where it stands; the kill switch of a store.

use std::path::Path;

use adbrain_core::ErrorKind;
use adbrain_core::agent::workflow::{Cancel, Events};
use adbrain_core::brain::{
    ApplyOrder, ApproveOrder, Brain, FillOrder, Pause, Plan, RefuseOrder, RunRequest, Stage, StopOrder, Watch,
};
use adbrain_core::control::{self, Decision, JournalState, Mode, Period};
use adbrain_core::http::Secret;
use adbrain_core::model::{ChangeKind, Language, Platform};
use adbrain_core::platform::{Customer, CustomerConsent, ObjectChange, hash_customers};
use adbrain_core::report::{plan_document, status_document};
use adbrain_core::store::{Place, Statement};

use super::{count, local, request, run};

const WRITES: &str = "SELECT count(*) FROM sandbox_ledger";

async fn planned(brain: &Brain, mode: Mode) -> Plan {
    brain.plan(RunRequest { mode, days: Some(2), ..request(7) }, Watch::default()).await.unwrap()
}

fn apply(plan: &Plan, mode: Mode) -> ApplyOrder {
    ApplyOrder { mode, diff_hash: Some(plan.diff_hash.clone()), ..ApplyOrder::new(plan.plan_hash.as_str()) }
}

#[tokio::test]
async fn a_plan_is_shown_and_nothing_is_written_to_a_platform() {
    let folder = tempfile::tempdir().unwrap();
    let brain = local(folder.path()).await;
    let plan = planned(&brain, Mode::Sandbox).await;
    assert!(plan.steps.iter().all(|step| step.action == "create" && step.refused.is_none()), "{:?}", plan.steps);
    assert_eq!((plan.needs.len(), plan.caps.len(), plan.caps[0].period), (0, 3, Period::Day));
    assert!(plan.caps.iter().all(|one| one.worst.is_positive() && one.worst.micros() <= one.cap.micros()));
    assert_eq!(count(&brain, WRITES).await + count(&brain, "SELECT count(*) FROM journal").await, 0);
    assert_eq!(planned(&brain, Mode::Sandbox).await, plan, "the same request is the same plan");
    let status = brain.status(None).await.unwrap();
    assert_eq!((status.stage, &status.run, status.control.steps.len()), (Stage::Planned, &plan.run, 0));
    let result = run(&brain, RunRequest { days: Some(2), ..request(7) }).await;
    assert_eq!((&result.run, &result.plan_hash), (&plan.run, &plan.plan_hash), "a run goes on from its plan");
}

#[tokio::test]
async fn an_audience_is_filled_between_the_plan_and_its_launch_and_only_once() {
    let folder = tempfile::tempdir().unwrap();
    let brain = local(folder.path()).await;
    let plan = planned(&brain, Mode::Sandbox).await;
    let people = [Customer::Email(Secret::new("canary@example.com"))];
    let customers = hash_customers(Platform::Meta, &people, CustomerConsent::Given).unwrap();
    let dry = brain.fill_audience(&FillOrder::new("Buyers", customers.clone())).await.unwrap();
    assert_eq!((&dry.run, dry.outcomes[0].state), (&plan.run, JournalState::Planned));
    assert_eq!(count(&brain, WRITES).await, 0);
    let order = FillOrder { mode: Mode::Sandbox, ..FillOrder::new("Buyers", customers) };
    let filled = brain.fill_audience(&order).await.unwrap();
    assert_eq!((filled.outcomes[0].state, &filled.hash), (JournalState::Confirmed, &filled.outcomes[0].entry));
    assert_eq!(brain.fill_audience(&order).await.unwrap(), filled);
    assert_eq!(count(&brain, WRITES).await, 1);
    let applied = brain.apply(&apply(&plan, Mode::Sandbox)).await.unwrap();
    assert!(applied.outcomes.iter().all(|outcome| outcome.state == JournalState::Confirmed), "{applied:?}");
    let elsewhere = brain.fill_audience(&FillOrder { run: Some("0123456789".into()), ..order }).await;
    assert_eq!(elsewhere.unwrap_err().kind(), ErrorKind::NotFound);
}

#[tokio::test]
async fn a_plan_and_a_status_read_well_in_both_languages() {
    let folder = tempfile::tempdir().unwrap();
    let brain = local(folder.path()).await;
    let plan = planned(&brain, Mode::Live).await;
    let text = plan_document(&plan).text(Language::English);
    for part in ["Plan: ", plan.plan_hash.as_str(), "Worst case", "A person has to approve", "mode live", "allowed"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let text = plan_document(&plan).text(Language::Portuguese);
    assert!(text.contains("Pior caso") && text.contains("Uma pessoa tem de aprovar"), "{text}");
    let status = status_document(&brain.status(None).await.unwrap());
    assert!(status.text(Language::English).contains("The kill switch is off"));
    assert!(status.html(Language::Portuguese).unwrap().contains("A chave de emergência está desligada"));
}

#[tokio::test]
async fn a_plan_is_applied_once_it_is_approved_and_the_same_order_goes_on_where_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let brain = local(folder.path()).await;
    let plan = planned(&brain, Mode::Live).await;
    let dry = brain.apply(&apply(&plan, Mode::DryRun)).await.unwrap();
    assert!(dry.outcomes.iter().all(|outcome| outcome.state == JournalState::Planned));
    assert_eq!(count(&brain, WRITES).await, 0);
    let waiting = brain.apply(&apply(&plan, Mode::Live)).await.unwrap();
    let states = |ordered: &adbrain_core::brain::Ordered, action: &str| {
        let all = ordered.outcomes.iter().filter(|outcome| outcome.action == action);
        all.map(|outcome| outcome.state).collect::<std::collections::BTreeSet<_>>()
    };
    assert_eq!(states(&waiting, "create"), [JournalState::Confirmed].into());
    assert_eq!(states(&waiting, "activate"), [JournalState::Refused].into(), "a person has to approve");
    let shown = brain.status(Some(plan.run.as_str())).await.unwrap();
    assert!(!shown.waits.is_empty() && shown.control.objects.iter().all(|object| object.delivery == "planned"));
    let approval = ApproveOrder { mode: Mode::Live, ..ApproveOrder::new(plan.plan_hash.as_str(), "Ana") };
    brain.approve(&approval).await.unwrap();
    let writes = count(&brain, WRITES).await;
    let done = brain.apply(&apply(&plan, Mode::Live)).await.unwrap();
    assert_eq!(states(&done, "activate"), [JournalState::Confirmed].into());
    assert_eq!(count(&brain, WRITES).await, writes, "nothing is sent twice");
    let shown = brain.status(Some(plan.plan_hash.as_str())).await.unwrap();
    assert!(matches!(shown.control.decision, Some(Decision::Approved { .. })) && shown.waits.is_empty());
    assert!(control::verify(brain.database().as_ref()).await.unwrap().is_intact);
}

#[tokio::test]
async fn a_plan_may_be_approved_before_it_is_applied() {
    let folder = tempfile::tempdir().unwrap();
    let brain = local(folder.path()).await;
    let plan = planned(&brain, Mode::Live).await;
    let approval = ApproveOrder { mode: Mode::Live, ..ApproveOrder::new(plan.plan_hash.as_str(), "Ana") };
    assert!(brain.approve(&approval).await.unwrap().outcomes.is_empty(), "nothing is created yet");
    let done = brain.apply(&apply(&plan, Mode::Live)).await.unwrap();
    assert!(done.outcomes.iter().all(|outcome| outcome.state == JournalState::Confirmed), "{:?}", done.outcomes);
    let refuse =
        RefuseOrder { plan_hash: plan.plan_hash.to_string(), by: "Bia".into(), reason: "late".into(), run: None };
    assert_eq!(brain.refuse(&refuse).await.unwrap_err().kind(), ErrorKind::Conflict, "it delivers already");
}

#[tokio::test]
async fn a_refused_plan_is_not_applied_and_status_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let brain = local(folder.path()).await;
    let plan = planned(&brain, Mode::Sandbox).await;
    let refuse = RefuseOrder {
        plan_hash: plan.plan_hash.short(12).to_owned(),
        by: "Ana".into(),
        reason: "too dear".into(),
        run: None,
    };
    assert_eq!(brain.refuse(&refuse).await.unwrap().hash, plan.plan_hash);
    let refused = brain.apply(&apply(&plan, Mode::Sandbox)).await.unwrap();
    assert!(refused.outcomes.iter().all(|outcome| outcome.state == JournalState::Refused), "{:?}", refused.outcomes);
    assert_eq!(count(&brain, WRITES).await, 0);
    let again = planned(&brain, Mode::Sandbox).await;
    assert_eq!((again.needs.len(), again.needs[0].key.as_str()), (1, "refused-by-person"));
    let Some(Decision::Refused { by, reason, .. }) = brain.status(None).await.unwrap().control.decision else {
        panic!()
    };
    assert_eq!((by.as_str(), reason.as_str()), ("Ana", "too dear"));
    let approval = ApproveOrder { mode: Mode::Sandbox, ..ApproveOrder::new(plan.plan_hash.as_str(), "Bia") };
    brain.approve(&approval).await.unwrap();
    let done = brain.apply(&apply(&plan, Mode::Sandbox)).await.unwrap();
    assert!(done.outcomes.iter().all(|outcome| outcome.state == JournalState::Confirmed));
}

#[tokio::test]
async fn what_was_not_looked_at_or_has_changed_since_is_not_applied() {
    let folder = tempfile::tempdir().unwrap();
    let brain = local(folder.path()).await;
    let result = run(&brain, RunRequest { days: Some(1), ..request(8) }).await;
    let unseen = brain.apply(&ApplyOrder::new(result.plan_hash.as_str())).await.unwrap_err();
    assert_eq!(unseen.kind(), ErrorKind::Conflict);
    assert!(unseen.to_string().contains("nobody has looked"), "{unseen}");
    let ask = RunRequest { days: Some(1), ..request(7) };
    run(&brain, ask.clone()).await;
    let plan = brain.plan(ask, Watch::default()).await.unwrap();
    brain.apply(&apply(&plan, Mode::Sandbox)).await.unwrap();
    let error = {
        raise_by_hand(&brain, &plan).await;
        brain.apply(&apply(&plan, Mode::Sandbox)).await.unwrap_err()
    };
    let tag = plan.plan.campaigns[0].ad_sets[0].tag.as_str();
    let drift = brain.drift(None).await.unwrap();
    let is_it = |one: &control::Drift| one.target.as_str() == tag && one.field == control::DriftField::DailyBudget;
    assert!(drift.fields.iter().any(is_it), "{drift:?}");
    let text = adbrain_core::report::drift_document(&drift).text(Language::Portuguese);
    assert!(text.contains("orçamento diário") && text.contains("uma pessoa"), "{text}");
    assert_eq!(error.kind(), ErrorKind::Conflict);
    assert!(error.to_string().contains("set_daily_budget") && error.to_string().contains(tag), "{error}");
    let other =
        ApplyOrder { diff_hash: Some(adbrain_core::model::ContentHash::of(b"other")), ..apply(&plan, Mode::Sandbox) };
    assert_eq!(brain.apply(&other).await.unwrap_err().kind(), ErrorKind::Conflict);
    assert_eq!(brain.apply(&ApplyOrder::new("0000000000000000")).await.unwrap_err().kind(), ErrorKind::NotFound);
}

/// Somebody raises the budget of the first ad set in the account itself.
async fn raise_by_hand(brain: &Brain, plan: &Plan) {
    let campaign = &plan.plan.campaigns[0];
    let set = &campaign.ad_sets[0];
    let objects = brain.status(Some(plan.run.as_str())).await.unwrap().control.objects;
    let id = objects.iter().find(|object| object.tag == set.tag).unwrap().object.clone().unwrap();
    let kind = ChangeKind::SetDailyBudget { before: set.daily_budget, after: set.daily_budget.scale(2, 1).unwrap() };
    let operation = serde_json::json!({"change": ObjectChange { id, kind }}).to_string();
    let account = format!("sandbox-{}-{}", campaign.platform, plan.run);
    let sql =
        "INSERT INTO sandbox_ledger SELECT account, max(seq) + 1, max(at), ?2 FROM sandbox_ledger WHERE account = ?1";
    brain.database().write(vec![Statement::new(sql, [account.into(), operation.into()])]).await.unwrap();
}

async fn stop(folder: &Path, pause: Pause) -> adbrain_core::brain::Switched {
    let order = StopOrder { reason: "the shop is down".into(), by: "Ana".into(), pause };
    let path = folder.join("brain.db");
    Brain::builder().local(&path).stop(&Place::File(path), &order).await.unwrap()
}

#[tokio::test]
async fn a_stop_refuses_everything_but_pauses_until_it_is_resumed() {
    let folder = tempfile::tempdir().unwrap();
    let brain = local(folder.path()).await;
    let plan = planned(&brain, Mode::Sandbox).await;
    let switched = stop(folder.path(), Pause::None).await;
    assert!(switched.is_on && switched.is_noted, "{switched:?}");
    assert!(folder.path().join("brain.kill").exists());
    let status = brain.status(None).await.unwrap().control.switch;
    assert_eq!((status.is_on, status.by.as_deref()), (true, Some("Ana")));
    assert_eq!(status.reason.unwrap().text(Language::English), "the shop is down");
    let refused = brain.apply(&apply(&plan, Mode::Sandbox)).await.unwrap();
    assert!(refused.outcomes.iter().any(|outcome| outcome.state == JournalState::Refused));
    assert_eq!(count(&brain, WRITES).await, 0);
    let path = folder.path().join("brain.db");
    let resumed = Brain::builder().local(&path).resume(&Place::File(path.clone()), "Ana").await.unwrap();
    assert!(!resumed.is_on);
    brain.apply(&apply(&plan, Mode::Sandbox)).await.unwrap();
    let paused = stop(folder.path(), Pause::All).await;
    assert!(!paused.outcomes.is_empty() && paused.problems.is_empty(), "{paused:?}");
    let objects = brain.status(None).await.unwrap().control.objects;
    assert!(objects.iter().all(|object| object.delivery == "stopped"), "{objects:?}");
    assert!(control::verify(brain.database().as_ref()).await.unwrap().is_intact);
}

#[tokio::test]
async fn a_stop_of_a_database_that_cannot_be_used_is_on_by_its_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("brain.db");
    std::fs::write(&path, "no database at all, but long enough to be looked at".repeat(100)).unwrap();
    let switched = stop(folder.path(), Pause::None).await;
    assert!(switched.is_on && !switched.is_noted && switched.problems.len() == 1, "{switched:?}");
    assert_eq!(std::fs::read_to_string(folder.path().join("brain.kill")).unwrap(), "Ana: the shop is down\n");
    let order = StopOrder { reason: "x".into(), by: "Ana".into(), pause: Pause::None };
    let typo = folder.path().join("typo.db");
    let error = Brain::builder().local(&typo).stop(&Place::File(typo.clone()), &order).await.unwrap_err();
    assert_eq!((error.kind(), folder.path().join("typo.kill").exists()), (ErrorKind::NotFound, false));
}

#[tokio::test]
async fn a_plan_that_is_cancelled_half_way_goes_on_from_there() {
    let folder = tempfile::tempdir().unwrap();
    let brain = local(folder.path()).await;
    let cancel = Cancel::new();
    cancel.cancel();
    let watch = Watch { events: Events::none(), cancel };
    let error = brain.plan(request(7), watch).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Cancelled);
    assert!(!brain.plan(request(7), Watch::default()).await.unwrap().steps.is_empty());
}
