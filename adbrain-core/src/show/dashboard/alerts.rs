//! Alerts as the page shows them: what is open, who has taken note, what is kept quiet until when, and what people were told.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::alert::notify::{Delivery, KeptLetter};
use crate::alert::rules::{Episode, Subject};
use crate::brain::Overview;
use crate::control::KeptSilence;
use crate::model::{Language, Message};
use crate::report::{Cell, moment_text, silence_text};

/// Alerts that are over and still shown: the newest ones.
const OVER: usize = 50;

/// Everything about the alerts of a run.
pub(super) fn alerts(overview: &Overview, language: Language) -> Value {
    let of = |episode: &Episode| alert(episode, (overview, language));
    let (over, open): (Vec<_>, Vec<_>) = overview.alerts.iter().partition(|episode| episode.closed_at.is_some());
    json!({
        "open": open.into_iter().rev().map(of).collect::<Vec<_>>(),
        "over": over.into_iter().rev().take(OVER).map(of).collect::<Vec<_>>(),
        "silences": overview.silences.iter().map(|kept| silence(kept, (overview.read_at, language))).collect::<Vec<_>>(),
        "letters": overview.letters.iter().map(|kept| letter(kept, language)).collect::<Vec<_>>(),
    })
}

fn alert(episode: &Episode, (overview, language): (&Overview, Language)) -> Value {
    let Subject { platform, object, .. } = &episode.subject;
    let tells = |kept: &&KeptLetter| kept.letter.items.iter().any(|item| item.episodes.contains(&episode.key));
    let letters: Vec<_> = overview.letters.iter().filter(tells).collect();
    let open = letters.iter().find(|kept| kept.acknowledged.is_none());
    let title = [
        name("severity", episode.severity.as_str(), language),
        name("rule", &episode.rule, language),
        name("platform", platform.as_str(), language),
        object_name(overview, object),
    ];
    let quiet = overview.silences.iter().find(|kept| kept.holds(overview.read_at) && is_quiet(kept, episode));
    json!({
        "key": episode.key,
        "severity": episode.severity.as_str(),
        "title": title.join(" · "),
        "when": when(episode, language),
        "text": episode.message.text(language),
        "advice": episode.advice.as_ref().map(|advice| advice.text(language)),
        "noted": letters.iter().find_map(|kept| noted(kept, language)),
        "quiet": quiet.map(|kept| silence_text(kept, language)),
        "letter": open.map(|kept| &kept.letter.id),
        "match": {"rule": episode.rule, "platform": platform.as_str(), "object": object},
    })
}

/// Whether a silence is about an episode.
fn is_quiet(kept: &KeptSilence, episode: &Episode) -> bool {
    let subject = &episode.subject;
    kept.silence.only.iter().all(|(label, wanted)| match label.as_str() {
        "rule" => episode.rule == *wanted,
        "severity" => episode.severity.as_str() == wanted,
        "platform" => subject.platform.as_str() == wanted,
        "level" => subject.level.as_str() == wanted,
        "object" => subject.object == *wanted,
        other => subject.labels.get(other) == Some(wanted),
    })
}

fn name(group: &'static str, name: &str, language: Language) -> String {
    Cell::Name { group, name: name.to_owned() }.write(language)
}

/// The name of an object in the plan, else the object itself.
fn object_name(overview: &Overview, object: &str) -> String {
    let mut sets = overview.plan.ad_sets();
    sets.find(|set| set.tag.as_str() == object).map_or_else(|| object.to_owned(), |set| set.name.clone())
}

fn when(episode: &Episode, language: Language) -> String {
    let from = moment_text(episode.opened_at, language);
    match episode.closed_at {
        None => Message::new("dashboard-opened").with("at", from),
        Some(closed) => {
            Message::new("dashboard-closed").with("from", from).with("until", moment_text(closed, language))
        }
    }
    .text(language)
}

fn silence(kept: &KeptSilence, (now, language): (Timestamp, Language)) -> Value {
    json!({"id": kept.id.as_str(), "text": silence_text(kept, language), "holds": kept.holds(now)})
}

fn noted(kept: &KeptLetter, language: Language) -> Option<String> {
    let noted = kept.acknowledged.as_ref()?;
    let text = Message::new("dashboard-noted").with("by", noted.by.as_str());
    Some(text.with("at", moment_text(noted.at, language)).text(language))
}

fn letter(kept: &KeptLetter, language: Language) -> Value {
    let way = |delivery: &Delivery| {
        let state = Message::new(format!("cli-alerts-state-{}", delivery.state)).text(language);
        let way = Message::new("dashboard-told-way")
            .with("channel", delivery.channel.as_str())
            .with("state", state)
            .with("tries", i64::from(delivery.attempts));
        let problem = delivery.problem.as_ref().map_or_else(String::new, |problem| format!(": {problem}"));
        format!("{}{problem}", way.text(language))
    };
    let mut ways: Vec<_> = kept.deliveries.iter().map(way).collect();
    if ways.is_empty() {
        ways.push(Message::new("dashboard-told-here").text(language));
    }
    json!({
        "id": kept.letter.id,
        "title": format!("{} – {}", moment_text(kept.letter.at, language), kept.letter.headline(language)),
        "lines": kept.letter.lines(language),
        "ways": ways,
        "noted": noted(kept, language),
    })
}
