//! Evaluates rules over samples, moment by moment.

mod act;
mod tell;
mod track;
mod values;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::rule::{Rule, Seen};
use super::{ActionKind, RuleSet, Sample};
use crate::error::{Error, Result};
use crate::model::{Message, Platform};
use track::{Step, Track};

pub use track::{Cause, Status};
pub use values::{
    Episode, Evaluated, Held, Notification, NotificationKind, Proposal, Standing, Subject, Told, Transition, Why,
};

/// Everything that an engine carries from one evaluation to the next. Stored as JSON and taken up again, it tells nobody twice.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EngineState {
    /// The moment of the last evaluation.
    at: Option<Timestamp>,
    /// Where each rule stands for each object, by rule and path.
    tracks: BTreeMap<String, BTreeMap<String, Track>>,
    /// The episodes that are open, or whose end is still to be told.
    episodes: Vec<Episode>,
    /// When each group was last told, by rule and labels.
    groups: BTreeMap<String, Timestamp>,
    /// When each rule last brought up each action on each object.
    acted: BTreeMap<String, BTreeMap<ActionKind, BTreeMap<String, Timestamp>>>,
    /// How often each rule brought up each action on the day on which it last did.
    acted_on: BTreeMap<String, BTreeMap<ActionKind, (Date, u32)>>,
}

/// Evaluates rules and keeps their episodes.
///
/// An episode is told when it opens and when it closes, each once; it proposes its action once. What is silenced, inhibited or falls into
/// quiet hours is held, and told afterwards where it is still open.
#[derive(Debug, Clone, PartialEq)]
pub struct Engine {
    rules: Arc<RuleSet>,
    state: EngineState,
}

impl Engine {
    /// An engine that has seen nothing.
    pub fn new(rules: RuleSet) -> Self {
        Self { rules: Arc::new(rules), state: EngineState::default() }
    }

    /// An engine that goes on where another stopped, or with other rules: what a rule that is gone had open is dropped without a word.
    pub fn resume(rules: RuleSet, mut state: EngineState) -> Self {
        let names: BTreeSet<&str> = rules.rules.iter().map(Rule::name).collect();
        state.tracks.retain(|rule, _| names.contains(rule.as_str()));
        state.acted.retain(|rule, _| names.contains(rule.as_str()));
        state.acted_on.retain(|rule, _| names.contains(rule.as_str()));
        state.episodes.retain(|episode| names.contains(episode.rule.as_str()));
        Self { rules: Arc::new(rules), state }
    }

    /// The rules.
    pub fn rules(&self) -> &[Rule] {
        &self.rules.rules
    }

    /// What must be kept to go on later.
    pub fn state(&self) -> &EngineState {
        &self.state
    }

    /// The episodes that are open, in the order in which they opened.
    pub fn open_episodes(&self) -> impl Iterator<Item = &Episode> {
        self.state.episodes.iter().filter(|episode| episode.closed_at.is_none())
    }

    /// Where each rule stands for each object that it has seen, by rule and object.
    pub fn standings(&self) -> Vec<Standing> {
        let of_rule = |(rule, tracks): (&String, &BTreeMap<String, Track>)| {
            let standing = |track: &Track| Standing {
                rule: rule.clone(),
                subject: track.subject.clone(),
                status: track.status,
                since: track.since,
            };
            tracks.values().map(standing).collect::<Vec<_>>()
        };
        self.state.tracks.iter().flat_map(of_rule).collect()
    }

    /// Forgets an object that is there no more, with what it had open; nothing is told.
    pub fn forget(&mut self, platform: Platform, object: &str) {
        let is_gone = |subject: &Subject| subject.platform == platform && subject.object == object;
        self.state.tracks.values_mut().for_each(|tracks| tracks.retain(|_, track| !is_gone(&track.subject)));
        self.state.episodes.retain(|episode| !is_gone(&episode.subject));
    }

    /// Evaluates every rule at a moment over the samples of all objects. An object that a rule has seen before and that has no sample now
    /// has no data.
    ///
    /// # Errors
    /// [`crate::ErrorKind::InvalidInput`] for a moment before the last one and for two samples of one object; nothing has changed then.
    pub fn evaluate(&mut self, at: Timestamp, samples: &[Sample]) -> Result<Evaluated> {
        if let Some(last) = self.state.at.filter(|last| *last > at) {
            return Err(Error::invalid("at", format!("{at} is before the last evaluation at {last}"))
                .next("evaluate in the order of time, or begin with a new engine"));
        }
        let mut subjects = BTreeSet::new();
        for sample in samples {
            if !subjects.insert((sample.platform, sample.level, &sample.object)) {
                return Err(Error::invalid("samples", format!("there are two of {}", Subject::of(sample).path()))
                    .next("give one sample of each object"));
            }
        }
        let (rules, mut found) = (Arc::clone(&self.rules), Evaluated::default());
        for rule in &rules.rules {
            self.observe(rule, (at, samples), &mut found);
        }
        self.tell(at, &mut found);
        self.act(at, &mut found);
        self.state.episodes.retain(|episode| episode.closed_at.is_none() || episode.told_at.is_some());
        self.state.at = Some(at);
        Ok(found)
    }

    /// Moves the tracks of one rule.
    fn observe(&mut self, rule: &Rule, (at, samples): (Timestamp, &[Sample]), found: &mut Evaluated) {
        let tracks = self.state.tracks.entry(rule.name.clone()).or_default();
        let mut seen: BTreeMap<String, Option<&Sample>> = tracks.keys().map(|path| (path.clone(), None)).collect();
        for sample in samples.iter().filter(|sample| rule.watches(sample)) {
            let subject = Subject::of(sample);
            let path = subject.path();
            match tracks.get_mut(&path) {
                Some(track) => track.subject = subject,
                None => {
                    tracks.insert(path.clone(), Track::new(subject, at));
                }
            }
            seen.insert(path, Some(sample));
        }
        for (path, sample) in seen {
            let Some(track) = tracks.get_mut(&path) else { continue };
            let look = rule.judge(at, sample);
            let from = track.status;
            let steps = track.step(rule, &look, at);
            if track.status != from {
                found.transitions.push(transition(rule, track, from, &look));
            }
            for step in steps {
                let episode = match step {
                    Step::Open(cause) => Some(open(rule, track, cause, (&look, sample), at)),
                    Step::Close(cause) => close(&mut self.state.episodes, (&rule.name, &track.subject), cause, at),
                };
                if let (Step::Open(_), Some(episode)) = (step, &episode) {
                    self.state.episodes.push(episode.clone());
                }
                found.episodes.extend(episode);
            }
        }
    }
}

fn transition(rule: &Rule, track: &Track, from: Status, look: &Seen) -> Transition {
    Transition {
        rule: rule.name.clone(),
        subject: track.subject.clone(),
        from,
        to: track.status,
        value: look.value(),
        why: look.why().cloned(),
    }
}

fn open(rule: &Rule, track: &Track, cause: Cause, (look, sample): (&Seen, Option<&Sample>), at: Timestamp) -> Episode {
    let names = rule.metrics();
    let known = sample.into_iter().flat_map(|sample| &sample.metrics);
    let evidence = known.filter(|(name, value)| names.contains(name.as_str()) && value.is_finite());
    let episode = Episode {
        key: format!("{}/{}/{at}", rule.name, track.subject.path()),
        rule: rule.name.clone(),
        severity: rule.severity,
        subject: track.subject.clone(),
        cause,
        opened_at: at,
        closed_at: None,
        value: look.value(),
        why: look.why().cloned(),
        message: Message::new(""),
        advice: rule.advice.as_deref().map(Message::new),
        evidence: evidence.map(|(name, value)| (name.clone(), *value)).collect(),
        told_at: None,
        proposed: BTreeSet::new(),
        proposals: Vec::new(),
    };
    Episode { message: tell::message(rule, NotificationKind::Opened, std::slice::from_ref(&episode)), ..episode }
}

fn close(episodes: &mut [Episode], (rule, subject): (&str, &Subject), cause: Cause, at: Timestamp) -> Option<Episode> {
    let is_it = |episode: &&mut Episode| {
        episode.rule == rule
            && episode.cause == cause
            && episode.closed_at.is_none()
            && episode.subject.path() == subject.path()
    };
    let episode = episodes.iter_mut().find(is_it)?;
    episode.closed_at = Some(at);
    Some(episode.clone())
}

#[cfg(test)]
mod tests;
