//! Who is told what, and when not.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;

use super::super::rule::Rule;
use super::track::{Cause, has_passed};
use super::{Engine, Episode, Evaluated, Held, Notification, NotificationKind, Subject, Why};
use crate::alert::Severity;
use crate::model::Message;
use crate::model::message::Argument;

/// Episodes to be told together, by the values of the labels that they share.
type Groups = BTreeMap<(BTreeMap<String, String>, NotificationKind), Vec<usize>>;

impl Engine {
    /// Tells what is due and not held.
    pub(super) fn tell(&mut self, at: Timestamp, found: &mut Evaluated) {
        let rules = Arc::clone(&self.rules);
        for rule in &rules.rules {
            let groups = self.due(rule, at, found);
            let mut told = Vec::new();
            for ((labels, kind), episodes) in groups {
                let group = group_key(rule, &labels);
                let is_early = |last: &Timestamp| !has_passed(*last, at, rule.timing.group_interval);
                if self.state.groups.get(&group).is_some_and(is_early) {
                    found.held.extend(episodes.iter().filter_map(|place| self.held(*place, Why::GroupInterval)));
                    continue;
                }
                told.push(group);
                let notification = self.notification(rule, (kind, labels), &episodes, at);
                let out = if rule.dry_run { &mut found.rehearsed } else { &mut found.told };
                out.notifications.push(notification);
            }
            self.state.groups.extend(told.into_iter().map(|group| (group, at)));
        }
        let intervals: BTreeMap<&str, _> =
            rules.rules.iter().map(|rule| (rule.name(), rule.timing.group_interval)).collect();
        self.state.groups.retain(|group, last| {
            let interval = group.split_once('|').and_then(|(rule, _)| intervals.get(rule));
            interval.is_some_and(|interval| !has_passed(*last, at, *interval))
        });
    }

    /// What a rule has to tell now, in groups; what is held is said so.
    fn due(&self, rule: &Rule, at: Timestamp, found: &mut Evaluated) -> Groups {
        let mut groups = Groups::new();
        for (place, episode) in self.state.episodes.iter().enumerate().filter(|(_, episode)| episode.rule == rule.name)
        {
            let Some(kind) = kind_due(rule, episode, at) else { continue };
            match self.silent(rule, episode, at).or_else(|| self.is_quiet(rule, at).then_some(Why::QuietHours)) {
                Some(why) => found.held.extend(self.held(place, why)),
                None => groups.entry((group_labels(rule, episode), kind)).or_default().push(place),
            }
        }
        groups
    }

    fn held(&self, place: usize, why: Why) -> Option<Held> {
        self.state.episodes.get(place).map(|episode| Held { episode: episode.key.clone(), why })
    }

    /// Why an episode is neither told nor acted on: a person silenced it, or another rule explains it.
    pub(super) fn silent(&self, rule: &Rule, episode: &Episode, at: Timestamp) -> Option<Why> {
        let label = |name: &str| label_of(rule, &episode.subject, name);
        let is_silenced = self.rules.file.silences.iter().any(|silence| {
            silence.from <= at
                && at < silence.until
                && silence.only.iter().all(|(name, wanted)| label(name) == Some(wanted.as_str()))
        });
        if is_silenced {
            return Some(Why::Silenced);
        }
        let is_inhibited = self.rules.file.inhibitions.iter().any(|inhibition| {
            inhibition.target.contains(&rule.name) && self.is_source_open(&inhibition.source, &inhibition.equal, label)
        });
        is_inhibited.then_some(Why::Inhibited)
    }

    /// Whether a rule has an open episode with the same labels, even one that recovers. A rule in dry run keeps nobody silent.
    fn is_source_open<'a>(&self, source: &str, equal: &[String], label: impl Fn(&str) -> Option<&'a str>) -> bool {
        let Some(rule) = self.rules.rules.iter().find(|rule| rule.name == source && !rule.dry_run) else {
            return false;
        };
        let same = |subject: &Subject| {
            equal.iter().all(|name| label(name).is_some_and(|value| label_of(rule, subject, name) == Some(value)))
        };
        self.open_episodes().any(|open| open.rule == source && open.cause == Cause::Threshold && same(&open.subject))
    }

    fn is_quiet(&self, rule: &Rule, at: Timestamp) -> bool {
        let now = at.to_zoned_datetime(self.rules.zone.clone());
        rule.severity != Severity::Critical && self.rules.quiet.iter().any(|quiet| quiet.covers(&now))
    }

    /// Marks the episodes as told and writes the notification.
    fn notification(
        &mut self,
        rule: &Rule,
        (kind, mut labels): (NotificationKind, BTreeMap<String, String>),
        places: &[usize],
        at: Timestamp,
    ) -> Notification {
        let mut episodes = Vec::new();
        for place in places {
            let Some(episode) = self.state.episodes.get_mut(*place) else { continue };
            episode.told_at = Some(at);
            episodes.push(episode.clone());
            // Once its end is told nothing of it is left to tell.
            episode.told_at = episode.told_at.filter(|_| kind != NotificationKind::Closed);
        }
        let key = format!("{}/{kind}/{at}", group_key(rule, &labels));
        labels.extend(rule.labels.clone());
        Notification {
            key,
            rule: rule.name.clone(),
            kind,
            severity: rule.severity,
            labels,
            message: message(rule, kind, &episodes),
            episodes,
            advice: rule.advice.as_deref().filter(|_| kind != NotificationKind::Closed).map(Message::new),
        }
    }
}

/// What is still to be told of an episode. One that closed before anybody was told is not spoken of.
fn kind_due(rule: &Rule, episode: &Episode, at: Timestamp) -> Option<NotificationKind> {
    match (episode.told_at, episode.closed_at) {
        (None, None) => Some(NotificationKind::Opened),
        (None, Some(_)) => None,
        (Some(_), Some(_)) => Some(NotificationKind::Closed),
        (Some(told), None) => {
            let is_due = rule.timing.repeat_every.is_some_and(|every| has_passed(told, at, every));
            is_due.then_some(NotificationKind::Repeated)
        }
    }
}

/// The labels that an episode is grouped by; with no word on it, what makes the object one of its own.
fn group_labels(rule: &Rule, episode: &Episode) -> BTreeMap<String, String> {
    let own = ["platform", "level", "object"].map(str::to_owned);
    let names = rule.group_by.as_deref().unwrap_or(&own);
    let label = |name: &String| Some((name.clone(), label_of(rule, &episode.subject, name)?.to_owned()));
    names.iter().filter_map(label).collect()
}

fn group_key(rule: &Rule, labels: &BTreeMap<String, String>) -> String {
    let labels: Vec<_> = labels.iter().map(|(name, value)| format!("{name}={value}")).collect();
    format!("{}|{}", rule.name, labels.join(","))
}

/// The value of a label of an alert: its own, that of its object, that of its rule.
fn label_of<'a>(rule: &'a Rule, subject: &'a Subject, name: &str) -> Option<&'a str> {
    match name {
        "rule" => Some(&rule.name),
        "severity" => Some(rule.severity.as_str()),
        "platform" => Some(subject.platform.as_str()),
        "level" => Some(subject.level.as_str()),
        "object" => Some(&subject.object),
        _ => subject.labels.get(name).or_else(|| rule.labels.get(name)).map(String::as_str),
    }
}

/// What is said of episodes. A rule's own text knows everything that the rules' usual text does, the value in percent and every metric that
/// the rule reads.
pub(super) fn message(rule: &Rule, kind: NotificationKind, episodes: &[Episode]) -> Message {
    let objects: Vec<_> = episodes.iter().map(|episode| episode.subject.object.as_str()).collect();
    let first = episodes.first();
    let cause = first.map_or(Cause::Threshold, |episode| episode.cause);
    let key = match (kind, cause) {
        (NotificationKind::Closed, _) => "rule-closed",
        (_, Cause::NoData) => "rule-no-data",
        (_, Cause::Error) => "rule-error",
        (NotificationKind::Opened, Cause::Threshold) => "rule-opened",
        (NotificationKind::Repeated, Cause::Threshold) => "rule-repeated",
    };
    let own = rule.message.as_deref().filter(|_| key == "rule-opened");
    let message = Message::new(own.unwrap_or(key)).with("rule", rule.name.as_str()).with("objects", objects.join(", "));
    match (kind, cause, first) {
        (NotificationKind::Closed, ..) | (_, _, None) => message,
        (_, Cause::Threshold, Some(episode)) => {
            let message = message
                .with("value", Argument::Number(episode.value.unwrap_or_default()))
                .with("threshold", Argument::Number(rule.fire.number()));
            if own.is_some() { with_figures(message, episode) } else { message }
        }
        (_, _, Some(episode)) => message.with("why", Argument::List(episode.why.iter().cloned().collect())),
    }
}

fn with_figures(message: Message, episode: &Episode) -> Message {
    let message = message.with("percent", percent(episode.value.unwrap_or_default()));
    episode.evidence.iter().fold(message, |message, (name, value)| message.with(name, Argument::Number(*value)))
}

#[expect(clippy::cast_possible_truncation, reason = "clamped to what fits first")]
fn percent(ratio: f64) -> i64 {
    libm::round(ratio * 100.0).clamp(-1e9, 1e9) as i64
}
