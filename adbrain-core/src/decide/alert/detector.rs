//! The detector: observations in; episodes, notifications and decisions out, each once.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::decision::{Place, decide};
use super::platforms::{self, Prices};
use super::rules::{Engine, EngineState, Episode, Level, Notification, Proposal, RuleSet, Sample};
use super::{DecisionRecord, MetricSettings, Observation, propose};
use crate::error::Result;
use crate::model::{Change, Platform};

/// Watches ad sets by rules and decides on the actions that their episodes bring up.
///
/// An episode opens once a rule has held long enough, and brings its actions up once; later looks add nothing. It closes once the clear
/// threshold has held long enough; then the rule is silent for that ad set until its rest is over.
///
/// ```
/// use adbrain_core::alert::rules::RuleSet;
/// use adbrain_core::alert::{Detector, Observation};
/// use adbrain_core::model::{Currency, Money, Platform, Tag};
/// let mut detector = Detector::new(RuleSet::preset("guarded")?);
/// let (tag, now) = (Tag::new("set-1"), "2026-12-01T12:00:00Z".parse().unwrap());
/// let mut seen = Observation::new(Platform::Meta, &tag, now, Money::parse("50", Currency::BRL)?);
/// (seen.audience_now, seen.audience_available) = (Some(1_000), Some((2_500, 4_000)));
/// assert_eq!(detector.observe(now, &[seen.clone()])?.episodes[0].rule, "opportunity");
/// assert!(detector.observe(now, &[seen])?.episodes.is_empty());
/// # Ok::<(), adbrain_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Detector {
    engine: Engine,
    settings: MetricSettings,
    /// Every episode, in the order in which they opened.
    episodes: Vec<Episode>,
    prices: Prices,
    held: Held,
}

/// Stretches of time in which conversions of a platform were missing.
type Held = BTreeMap<Platform, Vec<[Timestamp; 2]>>;

/// What a detector has seen. Stored as JSON and taken up again, nothing is told or decided twice.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DetectorState {
    engine: EngineState,
    episodes: Vec<Episode>,
    #[serde(default)]
    prices: Prices,
    #[serde(default)]
    held: Held,
}

impl DetectorState {
    /// All episodes, in the order in which they opened.
    pub fn episodes(&self) -> &[Episode] {
        &self.episodes
    }
}

/// What one look gives.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Look {
    /// Episodes that opened or closed.
    pub episodes: Vec<Episode>,
    /// What people are to be told.
    pub notifications: Vec<Notification>,
    /// Actions that were decided on.
    pub decisions: Vec<DecisionRecord>,
}

impl Look {
    /// The changes that are proposed to control, in the order of the decisions.
    pub fn proposals(&self) -> Vec<Change> {
        let proposed = self.decisions.iter().filter(|decision| decision.is_proposed);
        proposed.flat_map(|decision| decision.changes.iter().cloned()).collect()
    }
}

impl Detector {
    /// A detector that has seen nothing, with the usual settings of metrics.
    pub fn new(rules: RuleSet) -> Self {
        Self::resume(rules, DetectorState::default())
    }

    /// A detector that goes on where another stopped, also with other rules; what a rule that is gone had open stays in the list of episodes.
    pub fn resume(rules: RuleSet, state: DetectorState) -> Self {
        let engine = Engine::resume(rules, state.engine);
        Self {
            engine,
            settings: MetricSettings::default(),
            episodes: state.episodes,
            prices: state.prices,
            held: state.held,
        }
    }

    /// The same with other settings of metrics.
    ///
    /// # Errors
    /// [`crate::ErrorKind::InvalidInput`] for settings that cannot be used.
    pub fn with_settings(self, settings: MetricSettings) -> Result<Self> {
        settings.check()?;
        Ok(Self { settings, ..self })
    }

    /// What must be kept to go on later.
    pub fn state(&self) -> DetectorState {
        DetectorState {
            engine: self.engine.state().clone(),
            episodes: self.episodes.clone(),
            prices: self.prices.clone(),
            held: self.held.clone(),
        }
    }

    /// All episodes, in the order in which they opened.
    pub fn episodes(&self) -> &[Episode] {
        &self.episodes
    }

    /// The episodes that are open now.
    pub fn open_episodes(&self) -> impl Iterator<Item = &Episode> {
        self.episodes.iter().filter(|episode| episode.closed_at.is_none())
    }

    /// Whether conversions of a platform at a moment are not to be trusted: they were missing while a rule that `holds` had an episode. Such days
    /// are left out of mature figures.
    pub fn is_held(&self, platform: Platform, at: Timestamp) -> bool {
        let spans = self.held.get(&platform).into_iter().flatten();
        spans.into_iter().any(|[from, until]| *from <= at && at < *until)
    }

    /// Keeps the days on which conversions are missing, of platforms with an open episode of a rule that holds.
    fn hold(&mut self, samples: &[Sample], at: Timestamp) {
        let holds = |name: &str| self.engine.rules().iter().any(|rule| rule.name() == name && rule.holds());
        let open: BTreeSet<Platform> = self
            .engine
            .open_episodes()
            .filter(|episode| holds(&episode.rule))
            .map(|episode| episode.subject.platform)
            .collect();
        for sample in samples.iter().filter(|sample| sample.level == Level::Platform && open.contains(&sample.platform))
        {
            let Some(span) = platforms::missing(sample, at) else { continue };
            let spans = self.held.entry(sample.platform).or_default();
            match spans.last_mut().filter(|last| span[0] <= last[1]) {
                Some(last) => *last = [last[0].min(span[0]), last[1].max(span[1])],
                None => spans.push(span),
            }
        }
    }

    /// Takes in what is seen of all ad sets at a moment, and of their platforms.
    ///
    /// # Errors
    /// As [`Engine::evaluate`].
    pub fn observe(&mut self, at: Timestamp, seen: &[Observation<'_>]) -> Result<Look> {
        let mut samples: Vec<Sample> = seen.iter().map(|seen| Sample::of(seen, &self.settings)).collect();
        samples.extend(platforms::samples(&mut self.prices, seen)?);
        let found = self.engine.evaluate(at, &samples)?;
        self.hold(&samples, at);
        let decided = |proposal: &Proposal| self.decide(proposal, at, seen);
        let decisions: Vec<DecisionRecord> = found.told.proposals.iter().flat_map(decided).collect();
        let mut episodes = found.episodes;
        for episode in &mut episodes {
            self.keep(episode);
        }
        for decision in decisions.iter().filter(|decision| decision.is_proposed) {
            let of_it = |episode: &&mut Episode| episode.key == decision.cause;
            for episode in self.episodes.iter_mut().chain(&mut episodes).filter(of_it) {
                episode.proposals.extend(decision.changes.iter().cloned());
            }
        }
        Ok(Look { episodes, notifications: found.told.notifications, decisions })
    }

    /// Keeps an episode that opened or closed; one that closed gets what it had proposed.
    fn keep(&mut self, episode: &mut Episode) {
        match self.episodes.iter_mut().rev().find(|known| known.key == episode.key) {
            Some(known) => {
                episode.proposals.clone_from(&known.proposals);
                known.clone_from(episode);
            }
            None => self.episodes.push(episode.clone()),
        }
    }

    fn decide(&self, proposal: &Proposal, at: Timestamp, all: &[Observation<'_>]) -> Vec<DecisionRecord> {
        let subject = &proposal.subject;
        let is_it =
            |seen: &&Observation<'_>| seen.platform == subject.platform && seen.object.as_str() == subject.object;
        let Some(seen) = all.iter().find(is_it) else { return Vec::new() };
        let place = Place {
            rule: &proposal.rule,
            cause: &proposal.episode,
            at,
            platform: subject.platform,
            object: &subject.object,
            is_learning: seen.is_learning,
        };
        let candidates = propose::candidates(&self.settings, (proposal, seen), all);
        candidates.into_iter().map(|candidate| decide(proposal.decide, &place, candidate)).collect()
    }
}

#[cfg(test)]
#[path = "detector_tests.rs"]
mod tests;
