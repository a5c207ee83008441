//! What people change on our objects is told, and theirs until a person lets us set it; what they made can be adopted.

use super::*;
use crate::control::{AdoptOrder, Author, Drift, DriftField, FieldValue, ReleaseOrder};
use crate::model::{ContentHash, Flight, ObjectId};
use crate::platform::{Level, RemoteObject};

const HOUR: SignedDuration = SignedDuration::from_hours(1);

fn shown(drift: &Drift) -> (&str, DriftField, Author) {
    (drift.target.as_str(), drift.field, drift.by)
}

fn hash_of(change: &Change) -> ContentHash {
    ContentHash::of_value(change).unwrap()
}

#[tokio::test]
async fn nothing_differs_on_what_nobody_touched() {
    let bench = Bench::new().await;
    let control = bench.running().await;
    bench.clock.advance(HOUR);
    assert_eq!(control.drift().await.unwrap(), []);
    assert_eq!(one(&control, budget("meta-1", 10, 9)).await.state, JournalState::Confirmed);
    assert_eq!(control.drift().await.unwrap(), [], "our own change, also before it has settled");
    bench.clock.advance(HOUR);
    assert_eq!(control.drift().await.unwrap(), []);
}

#[tokio::test]
async fn each_field_that_a_person_changed_is_told_with_what_we_left_and_what_is_there() {
    let bench = Bench::new().await;
    let control = bench.running().await;
    bench.clock.advance(HOUR);
    bench.meta.edit("meta-1", |object| object.daily_budget = Some(brl(25)));
    bench.meta.edit("meta-1a", |object| object.status = Status::Paused);
    bench.meta.edit("meta-2a", |object| object.status = Status::Archived);
    bench.google.edit("google-2b", |object| object.tag = None);
    let drift = control.drift().await.unwrap();
    let person = Author::Person;
    let wanted = [
        ("google-2b", DriftField::Mark, person),
        ("meta-1", DriftField::DailyBudget, person),
        ("meta-1a", DriftField::Status, person),
        ("meta-2a", DriftField::Presence, person),
    ];
    assert_eq!(drift.iter().map(shown).collect::<Vec<_>>(), wanted);
    assert_eq!(drift[1].desired, Some(FieldValue::Amount(brl(10))));
    assert_eq!(drift[1].observed, Some(FieldValue::Amount(brl(25))));
    assert_eq!(drift[3].observed, None);
}

#[tokio::test]
async fn a_field_that_a_person_changed_is_set_only_with_a_person_s_approval_and_is_ours_again_then() {
    let bench = Bench::new().await;
    let control = bench.running().await;
    bench.clock.advance(HOUR);
    bench.meta.edit("meta-1", |object| object.daily_budget = Some(brl(8)));
    let refused = one(&control, budget("meta-1", 8, 7)).await;
    assert_eq!((refused.state, reason(&refused)), (JournalState::Refused, "refused-field-of-person"));
    control.approve(&hash_of(&budget("meta-1", 8, 7)), "Ana", HOUR).await.unwrap();
    assert_eq!(one(&control, budget("meta-1", 8, 7)).await.state, JournalState::Confirmed);
    bench.clock.advance(HOUR);
    assert_eq!(control.drift().await.unwrap(), []);
    assert_eq!(one(&control, budget("meta-1", 7, 6)).await.state, JournalState::Confirmed);
}

#[tokio::test]
async fn what_a_person_paused_stays_paused_and_what_a_person_let_go_can_be_paused() {
    let bench = Bench::new().await;
    let control = bench.running().await;
    bench.clock.advance(SignedDuration::from_hours(100));
    bench.meta.edit("meta-1a", |object| object.status = Status::Paused);
    let again = one(&control, change("meta-1a", ChangeKind::Activate, "again")).await;
    assert_eq!(reason(&again), "refused-field-of-person");
    assert_eq!(one(&control, change("meta-1b", ChangeKind::Pause, "loser")).await.state, JournalState::Confirmed);
    bench.clock.advance(HOUR);
    bench.meta.edit("meta-1b", |object| object.status = Status::Active);
    assert_eq!(one(&control, change("meta-1b", ChangeKind::Pause, "still")).await.state, JournalState::Confirmed);
    assert_eq!(bench.meta.get("meta-1b").status, Status::Paused);
}

#[tokio::test]
async fn an_object_that_lost_its_mark_is_still_known_by_its_id() {
    let bench = Bench::new().await;
    let control = bench.running().await;
    bench.clock.advance(HOUR);
    bench.meta.edit("meta-1", |object| object.tag = None);
    assert_eq!(one(&control, budget("meta-1", 10, 9)).await.state, JournalState::Confirmed);
    bench.meta.fail_next([Fault::LostAfter]);
    assert_eq!(one(&control, budget("meta-1", 9, 8)).await.state, JournalState::Confirmed);
}

/// A campaign with one ad set and one ad that people made.
fn theirs() -> Vec<RemoteObject> {
    let object = |id: &str, parent: Option<&str>, level| RemoteObject {
        id: ObjectId::new(id),
        tag: None,
        parent: parent.map(ObjectId::new),
        level,
        name: "Old campaign".to_owned(),
        status: Status::Active,
        daily_budget: (level == Level::AdSet).then(|| brl(10)),
        bid: None,
    };
    let set = object("77.1", Some("77"), Level::AdSet);
    vec![object("77", None, Level::Campaign), set, object("77.2", Some("77.1"), Level::Ad)]
}

fn order(campaign: &str) -> AdoptOrder {
    let (start, end) = ("2026-12-01".parse().unwrap(), "2026-12-10".parse().unwrap());
    let flight = Flight { start, end, time_zone: "America/Sao_Paulo".to_owned() };
    AdoptOrder { platform: Platform::Meta, campaign: ObjectId::new(campaign), flight, by: "Ana".to_owned() }
}

async fn with_theirs() -> Bench {
    let bench = Bench::new().await;
    let at = "2026-11-01T00:00:00Z".parse().unwrap();
    bench.meta.state.lock().unwrap().objects.extend(theirs().into_iter().map(|object| (object, at)));
    bench
}

#[tokio::test]
async fn a_campaign_that_people_made_is_adopted_without_a_write_and_changed_with_their_approval_alone() {
    let bench = with_theirs().await;
    let control = bench.open().await;
    let adopted = control.adopt(&order("77")).await.unwrap();
    assert_eq!(adopted.state, JournalState::Confirmed);
    assert!(bench.meta.requests().is_empty());
    assert_eq!(control.drift().await.unwrap(), []);
    assert_eq!(control.adopt(&order("77")).await.unwrap_err().kind(), ErrorKind::Conflict);
    let set = bench.database.query(crate::store::Statement::new("SELECT body FROM journal", [])).await.unwrap();
    let body: serde_json::Value = serde_json::from_str(set[0].text(0).unwrap()).unwrap();
    let tag = body["work"]["adopt"]["objects"][1]["tag"].as_str().unwrap().to_owned();
    let raise = |before, after| {
        let kind = ChangeKind::SetDailyBudget { before: brl(before), after: brl(after) };
        Change { platform: Platform::Meta, target: Tag::new(tag.clone()), kind, cause: format!("{before}to{after}") }
    };
    let refused = one(&control, raise(10, 9)).await;
    assert_eq!(reason(&refused), "refused-field-of-person");
    control.approve(&hash_of(&raise(10, 9)), "Ana", HOUR).await.unwrap();
    assert_eq!(one(&control, raise(10, 9)).await.state, JournalState::Confirmed);
    assert_eq!(one(&control, raise(9, 8)).await.state, JournalState::Confirmed, "the field is ours now");
    assert_states(&control.pause_all().await.unwrap(), JournalState::Confirmed);
    let state = bench.meta.state.lock().unwrap();
    assert!(state.objects.iter().all(|(object, _)| object.name == "Old campaign"), "no name is touched");
}

#[tokio::test]
async fn an_adoption_counts_against_the_caps_and_a_wrong_one_is_named() {
    let mut bench = with_theirs().await;
    bench.options.limits.daily_cap = brl(19);
    let control = bench.open().await;
    assert_eq!(reason(&control.adopt(&order("77")).await.unwrap()), "refused-daily-cap");
    assert_eq!(control.adopt(&order("78")).await.unwrap_err().kind(), ErrorKind::NotFound);
    let nobody = AdoptOrder { by: " ".to_owned(), ..order("77") };
    assert!(control.adopt(&nobody).await.unwrap_err().to_string().contains("by"));
    bench.meta.state.lock().unwrap().is_down = true;
    assert_eq!(control.adopt(&order("77")).await.unwrap_err().kind(), ErrorKind::Unavailable);
}

fn back(campaign: &str) -> ReleaseOrder {
    ReleaseOrder { platform: Platform::Meta, campaign: ObjectId::new(campaign), by: "Bia".to_owned() }
}

/// The tag of the ad set that the newest adoption has taken.
async fn set_tag(bench: &Bench) -> Tag {
    let sql = "SELECT body FROM journal WHERE action = 'adopt' ORDER BY seq DESC LIMIT 1";
    let rows = bench.database.query(crate::store::Statement::new(sql, [])).await.unwrap();
    let body: serde_json::Value = serde_json::from_str(rows[0].text(0).unwrap()).unwrap();
    Tag::new(body["work"]["adopt"]["objects"][1]["tag"].as_str().unwrap())
}

fn cut(target: &Tag) -> Change {
    let kind = ChangeKind::SetDailyBudget { before: brl(10), after: brl(9) };
    Change { platform: Platform::Meta, target: target.clone(), kind, cause: "cut".into() }
}

#[tokio::test]
async fn what_was_released_is_neither_changed_nor_paused_nor_told_and_can_be_adopted_again() {
    let bench = with_theirs().await;
    let control = bench.open().await;
    let adopted = control.adopt(&order("77")).await.unwrap();
    let set = set_tag(&bench).await;
    control.approve(&hash_of(&cut(&set)), "Ana", HOUR).await.unwrap();
    bench.meta.state.lock().unwrap().is_down = true;
    let released = control.release(&back("77")).await.unwrap();
    assert_eq!((released.state, released.action.as_str()), (JournalState::Confirmed, "release"));
    assert_eq!((released.target, released.object), (adopted.target.clone(), Some(ObjectId::new("77"))));
    bench.meta.state.lock().unwrap().is_down = false;
    let control = {
        drop(control);
        bench.open().await
    };
    assert_eq!(reason(&one(&control, cut(&set)).await), "refused-unknown-object");
    assert_eq!(control.pause_all().await.unwrap(), []);
    bench.clock.advance(HOUR);
    bench.meta.state.lock().unwrap().objects[1].0.daily_budget = Some(brl(12));
    assert_eq!(control.drift().await.unwrap(), []);
    assert!(control.status(&plan().hash().unwrap()).await.unwrap().objects.is_empty());
    assert_eq!(control.release(&back("77")).await.unwrap_err().kind(), ErrorKind::NotFound);
    assert!(bench.meta.requests().is_empty(), "nothing was written to the platform");
    assert!(verify(bench.database.as_ref()).await.unwrap().is_intact);

    let again = control.adopt(&order("77")).await.unwrap();
    assert_eq!(again.state, JournalState::Confirmed);
    assert_ne!(again.target, adopted.target, "the two times are kept apart");
    assert_eq!(reason(&one(&control, cut(&set)).await), "refused-unknown-object");
    assert_states(&control.pause_all().await.unwrap(), JournalState::Confirmed);
    assert_eq!(bench.meta.requests().len(), 1);
}

#[tokio::test]
async fn another_run_can_adopt_what_was_released_and_what_it_cost_still_counts() {
    let mut bench = with_theirs().await;
    let control = bench.open().await;
    control.adopt(&order("77")).await.unwrap();
    bench.clock.advance(SignedDuration::from_hours(60));
    let caps = |status: crate::control::ControlStatus| status.caps.iter().map(|cap| cap.worst).collect::<Vec<_>>();
    let hash = plan().hash().unwrap();
    assert_eq!(caps(control.status(&hash).await.unwrap()), [brl(20), brl(140), brl(100)]);
    control.release(&back("77")).await.unwrap();
    let left = caps(control.status(&hash).await.unwrap());
    assert_eq!(left, [brl(20), brl(20), brl(30)], "today at its worst, and the days so far");
    drop(control);
    bench.options.run = crate::model::RunId::new("other");
    let other = bench.open().await;
    assert_eq!(other.adopt(&order("77")).await.unwrap().state, JournalState::Confirmed);
    assert_eq!(other.release(&back("78")).await.unwrap_err().kind(), ErrorKind::NotFound);
}

#[tokio::test]
async fn what_adbrain_made_and_what_is_under_way_is_not_released() {
    let bench = with_theirs().await;
    let mut options = bench.options.clone();
    options.limits.daily_cap = brl(200);
    options.limits.weekly_cap = brl(2_000);
    options.limits.lifetime_cap = brl(2_000);
    let bench = Bench { options, ..bench };
    let control = bench.running().await;
    let made = bench.meta.get("meta-c").id;
    assert_eq!(control.release(&back(made.as_str())).await.unwrap_err().kind(), ErrorKind::Unsupported);
    let nobody = ReleaseOrder { by: " ".to_owned(), ..back("77") };
    assert_eq!(control.release(&nobody).await.unwrap_err().context_of("field"), Some("by"));
    control.adopt(&order("77")).await.unwrap();
    let set = set_tag(&bench).await;
    control.approve(&hash_of(&cut(&set)), "Ana", HOUR).await.unwrap();
    bench.meta.fail_next([Fault::NotNow, Fault::NotNow]);
    assert_eq!(one(&control, cut(&set)).await.state, JournalState::Unknown);
    let error = control.release(&back("77")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict, "{error}");
    bench.meta.fail_next([]);
    assert_eq!(one(&control, cut(&set)).await.state, JournalState::Confirmed);
    assert_eq!(control.release(&back("77")).await.unwrap().state, JournalState::Confirmed);
    assert_states(&control.pause_all().await.unwrap(), JournalState::Confirmed);
    let status = |id: &str| {
        let state = bench.meta.state.lock().unwrap();
        state.objects.iter().find(|(object, _)| object.id.as_str() == id).unwrap().0.status
    };
    assert_eq!((status("77"), status(made.as_str())), (Status::Active, Status::Paused));
}
