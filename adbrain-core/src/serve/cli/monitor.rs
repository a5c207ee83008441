//! `monitor`: looks at a launched campaign until its flight is over.

use std::sync::Arc;

use super::alerts::undelivered;
use super::args::Monitor;
use super::campaign::{builder, language, request};
use crate::agent::workflow::{Cancel, Event, EventKind, Events};
use crate::brain::{LiveLook, MonitorOptions, Watch};
use crate::error::Result;
use crate::model::{Language, Message, canonical_json};
use crate::report::Schedules;

/// Prints what each look finds, until the flight is over, the looks are used up, or Ctrl-C.
pub(super) async fn run(args: Monitor) -> Result<()> {
    let options = MonitorOptions::of(Some(args.every), args.looks)?;
    let request = request(&args.brief, &args.input)?;
    let mut builder = builder(&args.input)?;
    if let Some(path) = &args.schedules {
        builder = builder.duty(Arc::new(Schedules::read(path)?));
    }
    builder.check(&request)?;
    let (language, is_json) = (language(&request.brief, &args.input), args.json);
    let brain = builder.database(super::database::connect(&args.input.db).await?).build().await?;
    let events = Events::callback(Arc::new(move |event| drop(tell(event, is_json, language))));
    let watch = Watch { events: events.clone(), cancel: Cancel::new() };
    let cancel = watch.cancel.clone();
    let interrupted = tokio::spawn(async move {
        if super::interrupted().await.is_ok() {
            cancel.cancel();
        }
    });
    let done = brain.monitor(request, options, watch).await;
    interrupted.abort();
    events.flush().await;
    let done = done?;
    let count = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    let end = Message::new(if done.is_over { "cli-monitor-over" } else { "cli-monitor-stopped" })
        .with("looks", count(done.looks))
        .with("failed", count(done.failed))
        .with("told", count(done.notifications));
    if is_json {
        super::print(&String::from_utf8_lossy(&canonical_json(&done)?))
    } else {
        super::print(&end.text(language))
    }
}

fn tell(event: &Event, is_json: bool, language: Language) -> Result<()> {
    let EventKind::Looked { look } = &event.kind else { return Ok(()) };
    if is_json {
        return super::print(&String::from_utf8_lossy(&canonical_json(look)?));
    }
    let Ok(look) = serde_json::from_value::<LiveLook>(look.clone()) else { return Ok(()) };
    lines(&look, language).iter().try_for_each(|line| super::print(line))
}

/// What a person is told of a look; nothing where there is no news.
fn lines(look: &LiveLook, language: Language) -> Vec<String> {
    let told = look.notifications.iter().map(|told| told.message.text(language));
    let done = look.actions.iter().map(|done| {
        let why = done.reason.as_ref().map_or_else(String::new, |reason| format!(": {}", reason.text(language)));
        format!("{} {} {}{why}", done.action, done.target, done.state.as_str())
    });
    let unknown = look.unknown.iter().map(|(platform, why)| {
        Message::new("cli-monitor-unknown").with("platform", platform.as_str()).with("why", why.as_str()).text(language)
    });
    let failed = look
        .problem
        .iter()
        .map(|problem| Message::new("cli-monitor-failed").with("why", problem.message.as_str()).text(language));
    let undelivered = look.undelivered.iter().map(|(channel, why)| undelivered(channel, why).text(language));
    told.chain(done)
        .chain(unknown)
        .chain(undelivered)
        .chain(failed)
        .map(|line| format!("{}  {line}", look.at))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_look_without_news_says_nothing_and_a_failed_one_says_why() {
        let look = |problem: serde_json::Value, unknown: serde_json::Value| -> LiveLook {
            serde_json::from_value(
                json!({"at": "2026-12-01T10:00:00Z", "run": "r", "days": 0, "notifications": [], "actions": [],
                "unknown": unknown, "problem": problem, "is_over": false}),
            )
            .unwrap()
        };
        assert!(lines(&look(json!(null), json!({})), Language::English).is_empty());
        let problem = json!({"step": "look", "kind": "unavailable", "message": "no network", "next_step": null});
        let told = lines(&look(problem, json!({"meta": "takes no requests"})), Language::Portuguese);
        assert_eq!(told.len(), 2);
        assert!(told[0].contains("meta") && told[1].contains("no network"), "{told:?}");
    }
}
