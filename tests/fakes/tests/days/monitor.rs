//! The monitor looks at the hours of today.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use adbrain_core::agent::workflow::{Cancel, EventKind, Events};
use adbrain_core::alert::notify::Channels;
use adbrain_core::brain::{Brain, LiveLook, MonitorOptions, Monitored, Watch};
use adbrain_core::control::Mode;
use adbrain_core::report::Schedules;
use adbrain_core::{Error, ErrorKind};
use adbrain_fakes::Answer;
use adbrain_fakes::meta::ACCOUNT;
use serde_json::json;

use super::campaign::{Campaign, moment, request};

/// A rule that holds in each hour in which something was shown.
const BUSY: &str =
    "version = 1\n[[rule]]\nname = \"busy\"\nvalue = \"impressions_hour\"\nabove = 1\nseverity = \"high\"\n";

/// A monitor's looks, as they were told.
async fn looks(brain: &Brain, looks: u64) -> (Monitored, Vec<LiveLook>) {
    let heard: Arc<Mutex<Vec<LiveLook>>> = Arc::default();
    let told = heard.clone();
    let events = Events::callback(Arc::new(move |event| {
        if let EventKind::Looked { look } = &event.kind {
            told.lock().unwrap().push(serde_json::from_value(look.clone()).unwrap());
        }
    }));
    let watch = Watch { events: events.clone(), cancel: Cancel::new() };
    let done = brain.monitor(request(), MonitorOptions::of(None, Some(looks)).unwrap(), watch).await.unwrap();
    events.flush().await;
    let heard = std::mem::take(&mut *heard.lock().unwrap());
    (done, heard)
}

#[tokio::test]
async fn what_a_look_tells_reaches_a_channel_once_also_over_a_restart() {
    let (campaign, brain) = launched(Some(BUSY)).await;
    drop(brain);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("alerts.jsonl");
    let channels = json!({"version": 1, "channel": [{"name": "log", "kind": "log", "file": file}]});
    let channels = Channels::from_value(channels).unwrap();
    let lines = || std::fs::read_to_string(&file).unwrap_or_default().lines().count();
    campaign.stage.clock.set(moment("2026-12-01T10:30:00Z"));
    for expected in [1, 1] {
        let brain = campaign.builder(Some(BUSY)).channels(channels.clone()).build().await.unwrap();
        let (_, heard) = looks(&brain, 2).await;
        assert!(heard.iter().all(|look| look.undelivered.is_empty()), "{heard:?}");
        assert_eq!(lines(), expected);
    }
    let brain = campaign.builder(Some(BUSY)).channels(channels.clone()).build().await.unwrap();
    campaign.stage.clock.set(moment("2026-12-02T01:00:00Z"));
    brain.run(request(), Watch::default()).await.unwrap();
    let told: Vec<String> = brain.letters(20).await.unwrap().into_iter().map(|kept| kept.letter.id).collect();
    assert_eq!(lines(), told.len(), "each letter once: {told:?}");
    let noted = brain.acknowledge(&told[0], "Ana").await.unwrap();
    assert_eq!(noted.acknowledged.unwrap().by, "Ana");
}

#[tokio::test]
async fn a_monitor_makes_the_report_of_a_day_once_also_over_a_restart() {
    let (campaign, brain) = launched(None).await;
    drop(brain);
    let folder = tempfile::tempdir().unwrap();
    let (log, reports) = (folder.path().join("told.jsonl"), folder.path().join("reports"));
    let channels = json!({"version": 1, "channel": [{"name": "log", "kind": "log", "file": log}]});
    let schedule = json!({"name": "daily", "every": "day", "at": "09:00", "time_zone": "UTC", "folder": reports, "formats": ["json"],
                          "channels": ["log"]});
    let schedules = Schedules::from_value(json!({"version": 1, "schedule": [schedule]})).unwrap();
    let told = || std::fs::read_to_string(&log).unwrap_or_default().lines().count();
    for (now, expected) in [("2026-12-02T08:59:00Z", 0), ("2026-12-02T09:01:00Z", 1), ("2026-12-02T09:10:00Z", 1)] {
        campaign.stage.clock.set(moment(now));
        let channels = Channels::from_value(channels.clone()).unwrap();
        let builder = campaign.builder(None).channels(channels).duty(Arc::new(schedules.clone()));
        let (_, heard) = looks(&builder.build().await.unwrap(), 1).await;
        assert!(heard.iter().all(|look| look.undelivered.is_empty()), "{heard:?}");
        assert_eq!(told(), expected, "{now}");
    }
    let line: serde_json::Value = serde_json::from_str(std::fs::read_to_string(&log).unwrap().trim()).unwrap();
    let file = line["report"]["path"].as_str().unwrap();
    assert!(file.ends_with("daily-2026-12-01_2026-12-01.json"), "{file}");
    let report: serde_json::Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    assert_eq!(report["days"].as_array().map(Vec::len), Some(1));
}

async fn launched(rules: Option<&str>) -> (Campaign, Brain) {
    let campaign = Campaign::new().await;
    campaign.stage.clock.set(moment("2026-11-30T12:00:00Z"));
    let brain = campaign.brain(rules).await;
    brain.run(request(), Watch::default()).await.unwrap();
    (campaign, brain)
}

#[tokio::test]
async fn what_happens_today_is_told_once_also_over_a_restart_and_the_day_does_not_tell_it_again() {
    let (campaign, brain) = launched(Some(BUSY)).await;
    campaign.stage.clock.set(moment("2026-12-01T10:30:00Z"));
    let (done, first) = looks(&brain, 3).await;
    assert_eq!((done.looks, done.failed, done.is_over), (3, 0, false), "{first:?}");
    let told: Vec<usize> = first.iter().map(|look| look.notifications.len()).collect();
    assert!(told[0] > 0 && told[1..] == [0, 0], "{told:?}");
    assert!(first.iter().all(|look| look.unknown.is_empty()));
    let minutes: Vec<_> = first.iter().map(|look| look.at.to_string()).collect();
    assert_eq!(minutes, ["2026-12-01T10:30:00Z", "2026-12-01T10:31:00Z", "2026-12-01T10:32:00Z"]);
    drop(brain);
    let brain = campaign.brain(Some(BUSY)).await;
    let (done, _) = looks(&brain, 2).await;
    assert_eq!((done.failed, done.notifications), (0, 0));
    campaign.stage.clock.set(moment("2026-12-02T01:00:00Z"));
    let result = brain.run(request(), Watch::default()).await.unwrap();
    let sets = result.plan.ad_sets().count();
    assert_eq!((result.days.len(), result.alerts.len()), (1, sets), "{:?}", result.alerts);
    assert!(result.alerts.iter().all(|episode| episode.opened_at <= moment("2026-12-01T10:30:00Z")));
}

#[tokio::test]
async fn days_that_close_meanwhile_are_watched_and_the_end_of_the_flight_ends_it() {
    let (campaign, brain) = launched(None).await;
    campaign.stage.clock.set(moment("2026-12-02T01:00:00Z"));
    let (_, told) = looks(&brain, 1).await;
    assert_eq!((told[0].days, told[0].is_over), (1, false), "{told:?}");
    campaign.stage.clock.set(moment("2026-12-20T12:00:00Z"));
    let (done, told) = looks(&brain, 5).await;
    assert_eq!((done.looks, done.is_over, told.len()), (1, true, 1), "{told:?}");
}

/// Meta's answer to an account that asked too often: longer than any read waits by itself.
fn blocked_for_an_hour() -> Answer {
    let used = json!({ACCOUNT: [{"type": "ads_insights", "call_count": 100, "total_cputime": 20, "total_time": 20,
                                 "estimated_time_to_regain_access": 60}]});
    let error = json!({"error": {"code": 80_000, "error_subcode": 2_446_079, "type": "OAuthException",
                                 "message": "There have been too many calls to this ad-account. Wait a bit and try again."}});
    Answer::json(400, &error).header("x-business-use-case-usage", used.to_string())
}

#[tokio::test]
async fn a_platform_that_takes_no_requests_is_unknown_and_left_alone_and_the_others_go_on() {
    let (campaign, brain) = launched(Some(BUSY)).await;
    campaign.stage.clock.set(moment("2026-12-01T10:30:00Z"));
    campaign.fake.refuse(Some(("/insights", blocked_for_an_hour())));
    let (done, told) = looks(&brain, 2).await;
    assert_eq!((done.looks, done.failed), (2, 0), "{told:?}");
    assert!(told.iter().all(|look| look.unknown.len() == 1 && look.notifications.is_empty()), "{told:?}");
    let asked = campaign.reports();
    let (_, told) = looks(&brain, 1).await;
    assert_eq!((campaign.reports(), told[0].unknown.len()), (asked, 1), "no request is sent before it may be");
}

#[tokio::test]
async fn a_look_that_fails_is_a_problem_and_the_next_one_comes_later() {
    let (campaign, brain) = launched(None).await;
    campaign.stage.clock.set(moment("2026-12-01T10:30:00Z"));
    let run = looks(&brain, 1).await.0.run;
    let door = brain.door(&run, Mode::Sandbox).await.unwrap();
    let (done, told) = looks(&brain, 3).await;
    assert_eq!((done.looks, done.failed), (3, 3));
    assert!(
        told.iter().all(|look| look.problem.as_ref().is_some_and(|problem| problem.kind == "conflict")),
        "{told:?}"
    );
    let waits: Vec<_> = told.windows(2).map(|pair| pair[1].at.duration_since(pair[0].at).as_secs()).collect();
    assert_eq!(waits, [120, 240], "the pause doubles");
    drop(door);
    assert_eq!(looks(&brain, 1).await.0.failed, 0);
}

#[tokio::test]
async fn a_cancelled_monitor_ends_and_a_simulated_run_has_none() {
    let (campaign, brain) = launched(None).await;
    campaign.stage.clock.set(moment("2026-12-01T10:30:00Z"));
    let watch = Watch::default();
    watch.cancel.cancel();
    let done = brain.monitor(request(), MonitorOptions::default(), watch).await.unwrap();
    assert_eq!((done.looks, done.is_over), (0, false));
    let folder = tempfile::tempdir().unwrap();
    let simulated = Brain::local(&folder.path().join("brain.db")).await.unwrap();
    let error: Error = simulated.monitor(request(), MonitorOptions::default(), Watch::default()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    let error = MonitorOptions::of(Some(Duration::from_secs(1).as_secs_f64()), None).unwrap_err();
    assert_eq!(error.context_of("field"), Some("every"));
}
