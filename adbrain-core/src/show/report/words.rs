//! Names and lines that are kept for machines, in words of the catalogue. What no catalogue knows is shown as it is.

use super::cell::{Cell, figure};
use super::document::text;
use crate::model::message::Argument;
use crate::model::{AgeRange, Currency, Evidence, FeedbackKind, Gender, Language, Message, Platform};

/// Arguments of texts that hold a name of ours, or several parted by commas, with the group of the name.
const NAMED: [(&str, &str); 12] = [
    ("platform", "platform"),
    ("objective", "objective"),
    ("format", "format"),
    ("formats", "format"),
    ("role", "role"),
    ("slot", "slot"),
    ("kind", "media"),
    ("stated", "media"),
    ("found", "media"),
    ("metric", "metric"),
    ("factor", "factor"),
    ("verdict", "verdict"),
];

/// A text in a language, with the names that stand in it in the same language.
pub(super) fn said(message: &Message, language: Language) -> String {
    translated(message).text(language)
}

fn translated(message: &Message) -> Message {
    let args = message.args.iter().map(|(name, value)| (name.clone(), argument(name, value)));
    Message { key: message.key.clone(), args: args.collect() }
}

fn argument(name: &str, value: &Argument) -> Argument {
    match (name, value) {
        ("segment", Argument::Text(value)) => segment(value),
        ("audience", Argument::Text(value)) => audience(value),
        ("insight", Argument::Text(value)) => Argument::List(vec![learnt(value).unwrap_or_else(|| raw(value))]),
        (_, Argument::Text(value)) => {
            let group = NAMED.iter().find(|(known, _)| *known == name).map(|(_, group)| *group);
            group.map_or_else(|| Argument::Text(value.clone()), |group| names(group, value))
        }
        (_, Argument::List(texts)) => Argument::List(texts.iter().map(translated).collect()),
        (_, other) => other.clone(),
    }
}

fn names(group: &str, text: &str) -> Argument {
    Argument::List(text.split(", ").map(|name| word(group, name)).collect())
}

/// A name of ours as the catalogue has it: `report-GROUP-NAME`.
pub(super) fn word(group: &str, name: &str) -> Message {
    let known = text(&format!("{group}-{}", name.replace('_', "-")));
    if known.try_text(Language::English).is_ok() { known } else { raw(name) }
}

fn raw(name: &str) -> Message {
    text("words").with("words", name)
}

fn spoken(words: Argument) -> Cell {
    Cell::Message(text("words").with("words", words))
}

/// A segment by its name: `30-34 female interest corrida`.
pub(super) fn segment(name: &str) -> Argument {
    Argument::List(parts(name).unwrap_or_else(|| vec![raw(name)]))
}

/// An audience by its name: that of a segment, one of ours, or that of the brief.
fn audience(name: &str) -> Argument {
    Argument::List(parts(name).unwrap_or_else(|| vec![word("audience", name)]))
}

/// The same as a value.
pub(super) fn audience_cell(name: &str) -> Cell {
    spoken(audience(name))
}

fn parts(name: &str) -> Option<Vec<Message>> {
    let (head, interest) = name.split_once("interest ").map_or((name, None), |(head, rest)| (head, Some(rest)));
    let words = head.split([' ', '/']).filter(|word| !word.is_empty());
    let mut parts = words.map(trait_of).collect::<Option<Vec<_>>>()?;
    parts.extend(interest.map(|interest| Message::new("persona-interest").with("value", interest)));
    (!parts.is_empty()).then_some(parts)
}

fn trait_of(word: &str) -> Option<Message> {
    if word.parse::<AgeRange>().is_ok() {
        return Some(Message::new("persona-ages").with("value", word));
    }
    word.parse::<Gender>().ok().map(|gender| Message::new(format!("persona-{gender}")))
}

/// What a practice is about: `all`, `platform:meta`, `age:30-34`, `interest:16`, `audience:30-34 female`.
fn practice(kind: &str) -> Argument {
    let known = match kind.split_once(':') {
        None => Some(vec![word("practice", kind)]),
        Some(("age" | "gender" | "audience", name)) => parts(name),
        Some(("interest", name)) => Some(vec![Message::new("persona-interest").with("value", name)]),
        Some(("platform", name)) => Some(vec![word("platform", name)]),
        Some(("feedback", name)) => feedback_kind(name),
        Some(_) => None,
    };
    Argument::List(known.unwrap_or_else(|| vec![raw(kind)]))
}

/// `ctr_low:Ventania`.
fn feedback_kind(name: &str) -> Option<Vec<Message>> {
    let (kind, brand) = name.split_once(':')?;
    let kind = kind.parse::<FeedbackKind>().ok()?;
    Some(vec![word("kind", kind.as_str()), raw(brand)])
}

/// What a practice is about, as a value.
pub(super) fn practice_cell(kind: &str) -> Cell {
    spoken(practice(kind))
}

/// The line that describes a practice.
pub(super) fn description(line: &str, currency: Currency) -> Cell {
    pooled(line).map(Cell::Message).or_else(|| told(line, currency)).unwrap_or_else(|| Cell::text(line))
}

/// `age:18-24: ROAS 3.61, 39 ads`.
fn pooled(line: &str) -> Option<Message> {
    let (kind, rest) = line.split_once(": ROAS ")?;
    let (roas, ads) = rest.strip_suffix(" ads")?.split_once(", ")?;
    let (roas, ads) = (roas.parse::<f64>().ok()?, ads.parse::<i64>().ok()?);
    let message = Message::new("reason-audience").with("segment", practice(kind));
    Some(message.with("roas", Argument::Number(roas)).with("ads", ads))
}

/// `ctr_low in run 0123: ctr 0.0101, target 0.0200`.
fn told(line: &str, currency: Currency) -> Option<Cell> {
    let (kind, rest) = line.split_once(" in run ")?;
    let kind = kind.parse::<FeedbackKind>().ok()?;
    let (run, rest) = rest.split_once(": ")?;
    let (reached, target) = rest.split_once(", target ")?;
    let (metric, value) = reached.split_once(' ')?;
    let (value, target) = (value.parse::<f64>().ok()?, target.parse::<f64>().ok()?);
    let pair = |name: &str, value| Cell::Pair(name.to_owned(), Box::new(figure(metric, value, currency)));
    let run = Cell::Message(text("told-run").with("run", run));
    Some(Cell::List(vec![Cell::name("kind", kind.as_str()), run, pair(metric, value), pair("target", target)]))
}

/// A learning: `creative=video`, `copy_style=proof`, `audience=women`, `test=A against=B verdict=winner`.
pub(super) fn learnt(line: &str) -> Option<Message> {
    if let Some(test) = line.strip_prefix("test=") {
        let (arms, verdict) = test.rsplit_once(" verdict=")?;
        let (arm, control) = arms.split_once(" against=")?;
        let arms = text("learnt-test").with("arm", arm_name(arm)).with("control", arm_name(control));
        return Some(arms.with("verdict", verdict));
    }
    let (what, name) = line.split_once('=')?;
    let name = match what {
        "creative" => names("format", name),
        "copy_style" => names("style", name),
        "audience" => audience(name),
        _ => return None,
    };
    Some(text(&format!("learnt-{}", what.replace('_', "-"))).with("value", name))
}

/// The arm of a test: an ad by its name, or a platform.
fn arm_name(arm: &str) -> Argument {
    Argument::List(vec![word("platform", arm)])
}

/// What a piece of evidence is about.
pub(super) fn subject(evidence: &Evidence, currency: Currency) -> Cell {
    let line = evidence.subject.as_str();
    match evidence.source.as_str() {
        "brief" => Cell::name("subject", line),
        "persona" => spoken(segment(line)),
        _ => learnt(line).or_else(|| asked(line)).map_or_else(|| description(line, currency), Cell::Message),
    }
}

/// `roas on meta`, `roas of 30-34 female on meta`, `days until women on meta is saturated`.
fn asked(line: &str) -> Option<Message> {
    let days = line.strip_prefix("days until ").and_then(|rest| rest.strip_suffix(" is saturated"));
    let (what, platform) = days.unwrap_or(line).rsplit_once(" on ")?;
    platform.parse::<Platform>().ok()?;
    let message = match (days, what.split_once(" of ")) {
        (Some(_), _) => text("asked-days").with("audience", what),
        (None, Some(("roas", segment))) => text("asked-segment").with("metric", "roas").with("segment", segment),
        (None, None) if ["roas", "cpa", "ctr"].contains(&what) => text("asked-metric").with("metric", what),
        (None, _) => return None,
    };
    Some(message.with("platform", platform))
}

/// What a change was made for: the plan, a test, or an alert or a feedback by its key.
pub(super) fn cause(cause: &str) -> Cell {
    of_test(cause).map_or_else(|| Cell::name("cause", cause), Cell::Message)
}

/// `experiment:NAME:loser`, `experiment:NAME:winner:2`.
fn of_test(cause: &str) -> Option<Message> {
    let test = cause.strip_prefix("experiment:")?;
    let (test, verdict) = match test.strip_suffix(":loser") {
        Some(test) => (test, "loser"),
        None => (test.rsplit_once(":winner:")?.0, "winner"),
    };
    Some(text("cause-test").with("test", test).with("verdict", verdict))
}

/// One field of a learning.
pub(super) fn detail(name: &str, value: &str) -> Cell {
    let shown = match (name, value) {
        ("metric" | "verdict", _) => Cell::Message(word(name, value)),
        ("causal", "no: platforms deliver ads unevenly") => Cell::Message(text("causal-no")),
        ("causal", "yes: the arms were randomised") => Cell::Message(text("causal-yes")),
        _ => value.parse::<u64>().map_or_else(|_| Cell::text(value), Cell::Count),
    };
    Cell::Pair(name.to_owned(), Box::new(shown))
}
