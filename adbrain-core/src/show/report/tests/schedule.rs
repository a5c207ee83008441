//! Reports by schedule, over a real store.

use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::date;

use super::first::of_days;
use crate::alert::notify::Channels;
use crate::brain::{Brain, Duty as _, Period, RunResult};
use crate::clock::ManualClock;
use crate::error::ErrorKind;
use crate::model::{ContentHash, Language, Money, RunId, canonical_json};
use crate::report::{MadeReports, Report, Schedules};
use crate::store::Statement;

/// A store with the result of a run, opened as often as a process starts.
struct Desk {
    folder: tempfile::TempDir,
}

impl Desk {
    async fn new(result: &RunResult) -> Self {
        let desk = Self { folder: tempfile::tempdir().unwrap() };
        let brain = desk.brain("2027-01-01T00:00:00Z").await;
        let run = result.run.as_str();
        let known = "INSERT INTO runs (run, flow_hash, request, created_at) VALUES (?1, 'f', '{}', ?2)";
        brain
            .database()
            .write(vec![Statement::new(known, [run.into(), at("2027-01-01T00:00:00Z").into()])])
            .await
            .unwrap();
        desk.keep(result).await;
        desk
    }

    async fn keep(&self, result: &RunResult) {
        let body = String::from_utf8(canonical_json(result).unwrap()).unwrap();
        let keep = "INSERT INTO kept_results (run, body) VALUES (?1, ?2) \
                    ON CONFLICT (run) DO UPDATE SET body = excluded.body";
        let statement = Statement::new(keep, [result.run.as_str().into(), body.into()]);
        self.brain("2027-01-01T00:00:00Z").await.database().write(vec![statement]).await.unwrap();
    }

    async fn brain(&self, now: &str) -> Brain {
        let log = self.folder.path().join("log.jsonl");
        let channels = format!("version = 1\n[[channel]]\nname = \"log\"\nkind = \"log\"\nfile = {log:?}\n");
        Brain::builder()
            .local(&self.folder.path().join("brain.db"))
            .channels(Channels::from_text(&channels).unwrap())
            .clock(Arc::new(ManualClock::at(now.parse().unwrap())))
            .build()
            .await
            .unwrap()
    }

    fn schedules(&self, more: &str) -> Schedules {
        let folder = self.folder.path().join("reports");
        let text = format!("version = 1\n[[schedule]]\nname = \"daily\"\nevery = \"day\"\nfolder = {folder:?}\n{more}");
        Schedules::from_text(&text).unwrap()
    }

    /// Makes what is due in a process that has just started.
    async fn make(&self, schedules: &Schedules, now: &str) -> MadeReports {
        let now: Timestamp = now.parse().unwrap();
        schedules.make(&self.brain(&now.to_string()).await, Some("run-1"), now).await.unwrap()
    }
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn days(made: &MadeReports) -> Vec<String> {
    made.made.iter().map(|made| made.first.to_string()).collect()
}

#[tokio::test]
async fn a_period_is_made_once_over_restarts_and_clocks_that_are_set_back() {
    let desk = Desk::new(&of_days(9)).await;
    let schedules = desk.schedules("");
    assert!(days(&desk.make(&schedules, "2027-01-02T10:59:00Z").await).is_empty(), "08:00 in São Paulo is 11:00Z");
    let first = desk.make(&schedules, "2027-01-02T11:00:00Z").await;
    assert_eq!(days(&first), ["2027-01-01"]);
    for now in ["2027-01-02T11:00:00Z", "2027-01-02T15:00:00Z", "2027-01-02T09:00:00Z", "2026-12-31T00:00:00Z"] {
        assert!(days(&desk.make(&schedules, now).await).is_empty(), "{now}");
    }
    assert_eq!(days(&desk.make(&schedules, "2027-01-03T11:00:00Z").await), ["2027-01-02"]);
    let text = std::fs::read_to_string(&first.made[0].files[0]).unwrap();
    assert!(first.made[0].files[0].ends_with(Path::new("run-1/daily-2027-01-01_2027-01-01.html")));
    assert!(text.contains("Relatório de 2027-01-01"), "in the language of the brief");
}

#[tokio::test]
async fn what_was_missed_is_made_once_the_newest_seven_and_a_new_schedule_begins_with_the_last() {
    let desk = Desk::new(&of_days(14)).await;
    let schedules = desk.schedules("");
    assert_eq!(days(&desk.make(&schedules, "2027-01-04T12:00:00Z").await), ["2027-01-03"], "the last that has ended");
    let missed = desk.make(&schedules, "2027-01-07T12:00:00Z").await;
    assert_eq!(days(&missed), ["2027-01-04", "2027-01-05", "2027-01-06"]);
    let many = desk.make(&schedules, "2027-01-15T12:00:00Z").await;
    assert_eq!(many.made.len(), 7);
    assert_eq!(days(&many)[0], "2027-01-08", "the 7th is passed over");
    assert!(days(&desk.make(&schedules, "2027-02-15T12:00:00Z").await).is_empty());
}

#[tokio::test]
async fn two_processes_at_once_make_one_report() {
    let desk = Desk::new(&of_days(3)).await;
    let schedules = desk.schedules("channels = [\"log\"]\n");
    let now: Timestamp = "2027-01-02T12:00:00Z".parse().unwrap();
    let (one, two) = (desk.brain("2027-01-02T12:00:00Z").await, desk.brain("2027-01-02T12:00:00Z").await);
    let both = tokio::join!(schedules.make(&one, Some("run-1"), now), schedules.make(&two, Some("run-1"), now));
    let made = both.0.unwrap().made.len() + both.1.unwrap().made.len();
    assert_eq!(made, 1);
    assert_eq!(one.deliver().await.unwrap().sent["log"], 1);
    assert!(two.deliver().await.unwrap().sent.is_empty());
    let line = std::fs::read_to_string(desk.folder.path().join("log.jsonl")).unwrap();
    let told: serde_json::Value = serde_json::from_str(&line).unwrap();
    assert_eq!(told["report"]["first"], "2027-01-01");
    let lines = told["report"]["lines"].as_array().unwrap();
    assert!(lines.iter().any(|line| line.as_str().unwrap().starts_with("ROAS: 2,02")), "{lines:?}");
    assert!(told["report"]["path"].as_str().unwrap().ends_with("daily-2027-01-01_2027-01-01.html"));
}

#[tokio::test]
async fn a_report_waits_a_day_for_days_that_are_not_known_yet() {
    let desk = Desk::new(&of_days(3)).await;
    let text =
        "version = 1\n[[schedule]]\nname = \"weekly\"\nevery = \"week\"\nweekday = \"friday\"\nchannels = [\"log\"]\n";
    let weekly = Schedules::from_text(text).unwrap();
    // The week is 1 to 7 January; the first three days are known.
    assert!(days(&desk.make(&weekly, "2027-01-08T12:00:00Z").await).is_empty());
    assert_eq!(days(&desk.make(&weekly, "2027-01-09T11:00:00Z").await), ["2027-01-01"], "as it stands");
    let known = Desk::new(&of_days(8)).await;
    assert_eq!(days(&known.make(&weekly, "2027-01-08T11:00:00Z").await), ["2027-01-01"]);
    let none = Desk::new(&of_days(0)).await;
    assert!(days(&none.make(&weekly, "2027-01-20T11:00:00Z").await).is_empty(), "there is nothing to tell");
}

#[tokio::test]
async fn one_schedule_that_fails_does_not_hold_up_the_others_and_says_why() {
    let desk = Desk::new(&of_days(3)).await;
    let schedules = desk.schedules("[[schedule]]\nname = \"lost\"\nevery = \"day\"\nchannels = [\"nobody\"]\n");
    let made = desk.make(&schedules, "2027-01-02T12:00:00Z").await;
    assert_eq!(made.made.len(), 1);
    assert!(made.problems["lost"].contains("schedule.lost.channels") && made.problems["lost"].contains("nobody"));
    let problems = schedules.attend(&desk.brain("2027-01-02T12:00:00Z").await, &RunId::new("run-1")).await;
    assert_eq!(problems.keys().collect::<Vec<_>>(), ["report lost"]);
    let brain = desk.brain("2027-01-02T12:00:00Z").await;
    let known = "INSERT INTO runs (run, flow_hash, request, created_at) VALUES ('begun', 'f', '{}', ?1)";
    brain.database().write(vec![Statement::new(known, [at("2027-01-02T00:00:00Z").into()])]).await.unwrap();
    assert!(schedules.attend(&brain, &RunId::new("begun")).await.is_empty(), "a run without a result");
}

#[test]
fn a_report_of_a_period_holds_its_days_and_compares_them_to_the_micro() {
    let mut whole = of_days(14);
    for (number, day) in (1_i64..).zip(&mut whole.days) {
        day.metrics.spend = Money::from_micros(1_000_000 * number + 1, day.metrics.spend.currency());
        for metrics in day.platforms.values_mut() {
            metrics.spend = day.metrics.spend;
        }
    }
    let week = Period::new(date(2027, 1, 8), date(2027, 1, 14)).unwrap();
    let times = [(ContentHash::of(b"entry"), "2027-01-03T12:00:00Z".parse().unwrap())].into();
    let cut = whole.of_period(week, &times).unwrap();
    assert_eq!((cut.days.len(), cut.totals.spend.micros()), (7, 77_000_007));
    assert_eq!(cut.platforms[0].metrics.spend.micros(), 77_000_007);
    assert!(cut.actions.is_empty() && cut.launch.is_empty(), "steps of another week");
    assert_eq!(whole.of_period(week, &[].into()).unwrap().actions, whole.actions, "a step of unknown time stays");
    let spend = cut.targets.iter().find(|check| check.metric == "spend").unwrap();
    assert!((spend.target - 500.0).abs() < 1e-9, "half of the budget for half of the days");
    let text = Report::of_period(&whole, week, &times).unwrap().markdown(Language::English).unwrap();
    for line in [
        "Report of 2027-01-08 to 2027-01-14",
        "### Against as many days before",
        "| Spend | R$ 77.00 | R$ 28.00 | 175.00 % |",
        "(-85.09 % to -6.26 %; interval 90 %; n = 14; cosine",
        "| Period | 2027-01-08; 2027-01-14 |",
        "### What needs a person",
        "| Decide on a step |",
        "Late conversions can still change 7 of these days",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
    let first = Period::new(date(2027, 1, 1), date(2027, 1, 7)).unwrap();
    let text = Report::of_period(&whole, first, &times).unwrap().markdown(Language::Portuguese).unwrap();
    assert!(text.contains("Não há o mesmo número de dias antes"), "{text}");
}

#[test]
fn the_same_period_gives_the_same_bytes_and_its_page_for_mails_is_small_and_plain() {
    let period = Period::new(date(2027, 1, 1), date(2027, 1, 9)).unwrap();
    let report = || Report::of_period(&of_days(14), period, &[].into()).unwrap();
    for language in Language::ALL {
        let page = report().mail_page(*language).unwrap();
        assert!(page == report().mail_page(*language).unwrap() && page.len() < 100 << 10, "{}", page.len());
        assert!(!page.contains("<svg") && !page.contains("var(--") && page.contains("<h2"), "{page}");
        assert_eq!(report().html(*language).unwrap().matches("<svg").count(), 1);
    }
    assert!(Period::new(date(2027, 1, 2), date(2027, 1, 1)).is_err());
}

#[test]
fn schedules_that_cannot_be_used_name_the_field() {
    let head = "version = 1\n[[schedule]]\nname = \"x\"\n";
    for (text, field) in [
        ("version = 2\n".to_owned(), "version"),
        (format!("{head}every = \"year\"\nfolder = \"f\"\n"), "schedule.x.every"),
        (format!("{head}every = \"day\"\n"), "schedule.x.folder"),
        (format!("{head}every = \"day\"\nfolder = \"f\"\nat = \"8:00\"\n"), "schedule.x.at"),
        (format!("{head}every = \"day\"\nfolder = \"f\"\nat = \"25:00\"\n"), "schedule.x.at"),
        (format!("{head}every = \"day\"\nfolder = \"f\"\nweekday = \"monday\"\n"), "schedule.x.weekday"),
        (format!("{head}every = \"month\"\nfolder = \"f\"\nday = 32\n"), "schedule.x.day"),
        (format!("{head}every = \"day\"\nfolder = \"f\"\ntime_zone = \"Mars\"\n"), "schedule.x.time_zone"),
        (format!("{head}every = \"day\"\nfolder = \"f\"\nattach = [\"xlsx\"]\n"), "schedule.x.attach"),
        (format!("{head}every = \"day\"\nchannels = [\"c\"]\nformats = [\"xlsx\"]\n"), "schedule.x.formats"),
        (format!("{head}every = \"day\"\nfolder = \"f\"\nname2 = 1\n"), "schedule.x.name2"),
        ("version = 1\n[[schedule]]\nname = \"../x\"\nevery = \"day\"\nfolder = \"f\"\n".to_owned(), "schedule.name"),
    ] {
        let error = Schedules::from_text(&text).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput, "{text}");
        assert!(
            error.context_of("field").is_some_and(|named| named.starts_with(field.split(".name2").next().unwrap())),
            "{text}: {error}"
        );
        assert!(error.next_step().is_some());
    }
}
