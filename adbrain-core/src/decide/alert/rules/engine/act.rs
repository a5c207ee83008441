//! What episodes bring up to be decided on: once each, not too often.

use std::sync::Arc;

use jiff::Timestamp;

use super::super::rule::{Action, Rule};
use super::track::{Cause, has_passed};
use super::{Engine, Evaluated, Proposal, Status};

impl Engine {
    /// Proposes the action of each episode that fires and has not had its own. One that may not be proposed yet, for the cool-down or the
    /// limit of the day, waits as long as its episode fires. Night does not hold it: nobody is woken.
    pub(super) fn act(&mut self, at: Timestamp, found: &mut Evaluated) {
        let rules = Arc::clone(&self.rules);
        for rule in &rules.rules {
            let mut proposals = Vec::new();
            for action in &rule.actions {
                for place in 0..self.state.episodes.len() {
                    proposals.extend(self.propose((rule, action), place, at));
                }
            }
            let out = if rule.dry_run { &mut found.rehearsed } else { &mut found.told };
            out.proposals.extend(proposals);
        }
    }

    fn propose(&mut self, (rule, action): (&Rule, &Action), place: usize, at: Timestamp) -> Option<Proposal> {
        let episode = self.state.episodes.get(place)?;
        let path = episode.subject.path();
        let is_due = episode.rule == rule.name
            && episode.cause == Cause::Threshold
            && !episode.proposed.contains(&action.kind)
            && episode.closed_at.is_none()
            && self.state.tracks.get(&rule.name)?.get(&path)?.status == Status::Firing
            && self.silent(rule, episode, at).is_none();
        if !is_due || !self.may_act((rule, action), &path, at) {
            return None;
        }
        let proposal = Proposal {
            rule: rule.name.clone(),
            episode: episode.key.clone(),
            subject: episode.subject.clone(),
            kind: action.kind,
            amount: action.amount,
            decide: action.decide,
        };
        self.state.episodes.get_mut(place)?.proposed.insert(action.kind);
        self.state.acted.entry(rule.name.clone()).or_default().entry(action.kind).or_default().insert(path, at);
        let today = at.to_zoned_datetime(self.rules.zone.clone()).date();
        let of_day = self.state.acted_on.entry(rule.name.clone()).or_default().entry(action.kind).or_insert((today, 0));
        *of_day = if of_day.0 == today { (today, of_day.1 + 1) } else { (today, 1) };
        Some(proposal)
    }

    fn may_act(&self, (rule, action): (&Rule, &Action), path: &str, at: Timestamp) -> bool {
        let last = self.state.acted.get(&rule.name).and_then(|acted| acted.get(&action.kind)?.get(path));
        let has_cooled = last.is_none_or(|last| has_passed(*last, at, action.cool_down));
        let today = at.to_zoned_datetime(self.rules.zone.clone()).date();
        let of_action = self.state.acted_on.get(&rule.name).and_then(|acted| acted.get(&action.kind));
        let of_day = of_action.filter(|(day, _)| *day == today).map_or(0, |(_, count)| *count);
        has_cooled && action.max_per_day.is_none_or(|most| of_day < most)
    }
}
