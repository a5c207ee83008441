//! A letter: what one look tells of one severity.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::super::Severity;
use super::super::rules::{Notification, NotificationKind, written};
use super::{Attempt, Enclosure, ReportNews};
use crate::error::Result;
use crate::model::{ContentHash, Language, Message, Platform, RunId};

/// Digits of a letter's name: 32 hexadecimal digits are 128 bits.
const ID_LENGTH: usize = 32;
/// The most items that a text tells; it says how many more there are.
const MOST_ITEMS: usize = 20;

/// What one look tells of one severity.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Letter {
    /// Its name, the same after a restart; a receiver can drop a second one by it.
    pub id: String,
    /// The run that it is about.
    pub run: RunId,
    /// How pressing it is.
    pub severity: Severity,
    /// The moment that was looked at.
    pub at: Timestamp,
    /// Whether the figures come from the simulated market.
    pub is_simulated: bool,
    /// The language of channels that name none.
    pub language: Language,
    /// What it tells.
    pub items: Vec<Item>,
    /// The report that it brings, where it is the letter of a report; it has no items then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub report: Option<ReportNews>,
    /// Its files, kept beside it: loaded before it is sent, and nowhere else.
    #[serde(skip)]
    pub enclosures: Vec<Enclosure>,
}

/// One thing that a letter tells.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// The notification by its key.
    pub key: String,
    /// The rule.
    pub rule: String,
    /// Whether an episode opened, is open still, or is over.
    pub kind: NotificationKind,
    /// The episodes by their keys.
    pub episodes: Vec<String>,
    /// Their platforms.
    pub platforms: BTreeSet<Platform>,
    /// Their objects.
    pub objects: Vec<String>,
    /// What happened, as a text for people.
    pub message: Message,
    /// What to do, where the rule says so.
    pub advice: Option<Message>,
}

impl Item {
    fn of(notification: &Notification) -> Self {
        let episodes = &notification.episodes;
        Self {
            key: notification.key.clone(),
            rule: notification.rule.clone(),
            kind: notification.kind,
            episodes: episodes.iter().map(|episode| episode.key.clone()).collect(),
            platforms: episodes.iter().map(|episode| episode.subject.platform).collect(),
            objects: episodes.iter().map(|episode| episode.subject.object.clone()).collect(),
            message: notification.message.clone(),
            advice: notification.advice.clone(),
        }
    }
}

/// What letters are about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct About {
    pub(crate) run: RunId,
    pub(crate) at: Timestamp,
    pub(crate) is_simulated: bool,
    pub(crate) language: Language,
}

impl Letter {
    /// One letter for each severity, the most pressing first.
    pub(crate) fn all(about: &About, notifications: &[Notification]) -> Result<Vec<Self>> {
        let mut groups: BTreeMap<Reverse<Severity>, Vec<Item>> = BTreeMap::new();
        for notification in notifications {
            groups.entry(Reverse(notification.severity)).or_default().push(Item::of(notification));
        }
        groups.into_iter().map(|(Reverse(severity), items)| Self::new(about, severity, items)).collect()
    }

    fn new(about: &About, severity: Severity, items: Vec<Item>) -> Result<Self> {
        let keys: Vec<_> = items.iter().map(|item| &item.key).collect();
        let hash = ContentHash::of_value(&(&about.run, severity, keys))?;
        Ok(Self {
            id: format!("msg_{}", hash.short(ID_LENGTH)),
            run: about.run.clone(),
            severity,
            at: about.at,
            is_simulated: about.is_simulated,
            language: about.language,
            items,
            report: None,
            enclosures: Vec::new(),
        })
    }

    /// A letter to try a channel with.
    pub fn example(at: Timestamp, language: Language) -> Self {
        let item = Item {
            key: "example".into(),
            rule: "example".into(),
            kind: NotificationKind::Opened,
            episodes: Vec::new(),
            platforms: BTreeSet::new(),
            objects: Vec::new(),
            message: Message::new("notify-example"),
            advice: None,
        };
        let id = format!("msg_{}", ContentHash::of(at.to_string().as_bytes()).short(ID_LENGTH));
        let (run, severity) = (RunId::new("example"), Severity::Info);
        let (report, enclosures) = (None, Vec::new());
        Self { id, run, severity, at, is_simulated: true, language, items: vec![item], report, enclosures }
    }

    /// Whether it tells of something that is not over.
    pub(super) fn tells_of_open(&self) -> bool {
        self.items.iter().any(|item| item.kind != NotificationKind::Closed)
    }

    /// The headline: how pressing it is, how much there is, of which run.
    pub fn headline(&self, language: Language) -> String {
        if let Some(report) = &self.report {
            return one_line(&report.headline);
        }
        let severity = Message::new(format!("report-severity-{}", self.severity.as_str()));
        let head = Message::new(if self.is_simulated { "notify-head-simulated" } else { "notify-head" })
            .with("severity", severity.text(language))
            .with("count", i64::try_from(self.items.len()).unwrap_or(i64::MAX))
            .with("run", self.run.as_str());
        head.text(language)
    }

    /// What it tells, a line for each item with its advice.
    pub fn lines(&self, language: Language) -> Vec<String> {
        if let Some(report) = &self.report {
            return report.lines.iter().map(|line| one_line(line)).collect();
        }
        let line = |item: &Item| {
            let text = item.message.text(language);
            let advice = item.advice.as_ref().map(|advice| format!(" → {}", advice.text(language)));
            one_line(&format!("{text}{}", advice.unwrap_or_default()))
        };
        let more = self.items.len().saturating_sub(MOST_ITEMS);
        let rest = Message::new("notify-more").with("count", i64::try_from(more).unwrap_or(i64::MAX));
        let lines = self.items.iter().take(MOST_ITEMS).map(line);
        lines.chain((more > 0).then(|| rest.text(language))).collect()
    }

    /// What is to be known of this try besides, and how the letter is acknowledged.
    pub(super) fn notes(&self, attempt: Attempt, language: Language) -> Vec<String> {
        if let Some(report) = &self.report {
            return report.notes(attempt).iter().map(|note| one_line(&note.text(language))).collect();
        }
        let mut notes = Vec::new();
        if let Some(time) = attempt.escalates_after {
            notes.push(Message::new("notify-escalated").with("time", written(time)));
        }
        if attempt.may_be_second {
            notes.push(Message::new("notify-again"));
        }
        if self.tells_of_open() {
            notes.push(Message::new("notify-acknowledge").with("id", self.id.as_str()));
        }
        notes.iter().map(|note| note.text(language)).collect()
    }
}

/// Text from outside begins no line of its own.
pub(super) fn one_line(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect()
}
