//! The detector: observations in, episodes out, each once.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::finding::{Finding, Side};
use super::{
    AlertSettings, Episode, Observation, Severity, Timing, cost_spike, opportunity, performance_drop, propose,
};
use crate::error::Result;
use crate::model::Message;

/// A built-in rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rule {
    CostSpike,
    PerformanceDrop,
    Opportunity,
}

impl Rule {
    const ALL: [Self; 3] = [Self::CostSpike, Self::PerformanceDrop, Self::Opportunity];

    fn name(self) -> &'static str {
        match self {
            Self::CostSpike => "cost_spike",
            Self::PerformanceDrop => "performance_drop",
            Self::Opportunity => "opportunity",
        }
    }

    fn severity(self) -> Severity {
        match self {
            Self::CostSpike => Severity::High,
            Self::PerformanceDrop => Severity::Critical,
            Self::Opportunity => Severity::Info,
        }
    }

    fn advice(self) -> Message {
        Message::new(match self {
            Self::CostSpike => "alert-cost-spike-advice",
            Self::PerformanceDrop => "alert-performance-drop-advice",
            Self::Opportunity => "alert-opportunity-advice",
        })
    }
}

/// Where one rule stands for one ad set.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Track {
    /// Since when the rule has held without an episode.
    #[serde(default)]
    pending_since: Option<Timestamp>,
    /// Since when the open episode has been calm.
    #[serde(default)]
    calm_since: Option<Timestamp>,
    /// The open episode by its place in the list.
    #[serde(default)]
    open: Option<usize>,
    /// When the last episode closed.
    #[serde(default)]
    closed_at: Option<Timestamp>,
}

/// What one observation does to a track.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Stay,
    Open,
    Close,
}

impl Track {
    fn step(&mut self, side: Side, at: Timestamp, timing: Timing) -> Step {
        match (side, self.open) {
            (Side::Unknown, _) => Step::Stay,
            (Side::Calm, Some(_)) => {
                let since = *self.calm_since.get_or_insert(at);
                if has_passed(since, at, minutes(timing.clear_minutes)) { Step::Close } else { Step::Stay }
            }
            (_, Some(_)) => {
                self.calm_since = None;
                Step::Stay
            }
            (Side::Fires, None) => self.fire(at, timing),
            (_, None) => {
                self.pending_since = None;
                Step::Stay
            }
        }
    }

    fn fire(&mut self, at: Timestamp, timing: Timing) -> Step {
        let cool_down = SignedDuration::from_hours(i64::from(timing.cool_down_hours));
        if self.closed_at.is_some_and(|closed| !has_passed(closed, at, cool_down)) {
            return Step::Stay;
        }
        let since = *self.pending_since.get_or_insert(at);
        if has_passed(since, at, minutes(timing.hold_minutes)) { Step::Open } else { Step::Stay }
    }
}

fn minutes(count: u32) -> SignedDuration {
    SignedDuration::from_mins(i64::from(count))
}

fn has_passed(since: Timestamp, at: Timestamp, span: SignedDuration) -> bool {
    at.duration_since(since) >= span
}

/// Watches ad sets and keeps their episodes. Its state can be stored as JSON and taken up after a restart; nothing is then told
/// twice.
///
/// An episode opens once a rule has held long enough, and carries its proposals from then on; later ticks add nothing. It closes once
/// the clear threshold has held long enough; then the rule is silent for that ad set until the cool-down is over. Missing or thin data
/// neither opens nor closes anything.
///
/// ```
/// use adbrain_core::alert::{AlertSettings, Detector, Observation};
/// use adbrain_core::model::{Currency, Money, Platform, Tag};
/// let mut detector = Detector::new(AlertSettings::default())?;
/// let (tag, now) = (Tag::new("set-1"), "2026-12-01T12:00:00Z".parse().unwrap());
/// let mut seen = Observation::new(Platform::Meta, &tag, now, Money::parse("50", Currency::BRL)?);
/// (seen.audience_now, seen.audience_available) = (Some(1_000), Some((2_500, 4_000)));
/// assert_eq!(detector.observe(&seen)[0].rule, "opportunity");
/// assert!(detector.observe(&seen).is_empty());
/// # Ok::<(), adbrain_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Detector {
    settings: AlertSettings,
    /// By rule, platform and ad set.
    tracks: BTreeMap<String, Track>,
    episodes: Vec<Episode>,
}

impl Detector {
    /// Makes a detector that has seen nothing.
    ///
    /// # Errors
    /// [`crate::ErrorKind::InvalidInput`] for settings that contradict each other.
    pub fn new(settings: AlertSettings) -> Result<Self> {
        settings.check()?;
        Ok(Self { settings, tracks: BTreeMap::new(), episodes: Vec::new() })
    }

    /// All episodes, in the order in which they opened.
    pub fn episodes(&self) -> &[Episode] {
        &self.episodes
    }

    /// The episodes that are open now.
    pub fn open_episodes(&self) -> impl Iterator<Item = &Episode> {
        self.episodes.iter().filter(|episode| episode.closed_at.is_none())
    }

    /// Takes in what is seen of one ad set; gives back the episodes that this opened or closed.
    pub fn observe(&mut self, seen: &Observation<'_>) -> Vec<Episode> {
        Rule::ALL.into_iter().filter_map(|rule| self.apply(rule, seen)).collect()
    }

    fn apply(&mut self, rule: Rule, seen: &Observation<'_>) -> Option<Episode> {
        let place = format!("{}/{}/{}", rule.name(), seen.platform, seen.object);
        let (finding, timing) = self.evaluate(rule, seen);
        let track = self.tracks.entry(place.clone()).or_default();
        match track.step(finding.side, seen.at, timing) {
            Step::Stay => None,
            Step::Open => {
                *track = Track { open: Some(self.episodes.len()), closed_at: track.closed_at, ..Track::default() };
                let episode = open(rule, seen, finding, &format!("{place}/{}", seen.at), &self.settings);
                self.episodes.push(episode.clone());
                Some(episode)
            }
            Step::Close => {
                let index = track.open?;
                *track = Track { closed_at: Some(seen.at), ..Track::default() };
                let episode = self.episodes.get_mut(index)?;
                episode.closed_at = Some(seen.at);
                Some(episode.clone())
            }
        }
    }

    fn evaluate(&self, rule: Rule, seen: &Observation<'_>) -> (Finding, Timing) {
        let AlertSettings { cost_spike: spike, performance_drop: drop, opportunity: chance } = &self.settings;
        match rule {
            Rule::CostSpike => (cost_spike::evaluate(spike, seen), spike.timing),
            Rule::PerformanceDrop => (performance_drop::evaluate(drop, seen), drop.timing),
            Rule::Opportunity => (opportunity::evaluate(chance, seen), chance.timing),
        }
    }
}

fn open(rule: Rule, seen: &Observation<'_>, finding: Finding, key: &str, settings: &AlertSettings) -> Episode {
    let proposals = match rule {
        Rule::CostSpike => propose::bid_cut(settings, seen, key),
        Rule::PerformanceDrop => propose::pauses(settings, seen, key),
        Rule::Opportunity => Vec::new(),
    };
    Episode {
        key: key.to_owned(),
        rule: rule.name().to_owned(),
        severity: rule.severity(),
        platform: seen.platform,
        object: seen.object.to_string(),
        opened_at: seen.at,
        closed_at: None,
        message: finding.message,
        advice: rule.advice(),
        evidence: finding.evidence,
        proposals,
    }
}

#[cfg(test)]
#[path = "detector_tests.rs"]
mod tests;
