//! What a detector remembers: the values of some seasons and how far each was from what was usual then.

use serde::{Deserialize, Serialize};

use super::SeriesSettings;
use crate::stats::robust::median;

/// One step that is remembered.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Kept {
    /// The number of the step.
    pub(super) tick: i64,
    /// The logarithm of the value.
    pub(super) log: f64,
    /// The variance that its events alone explain.
    pub(super) sampling: f64,
    /// The logarithm less the usual one as it was known then.
    pub(super) residual: Option<f64>,
    /// Whether it belongs to an alarm, so that it says nothing of calm times.
    pub(super) is_apart: bool,
}

/// The steps that are remembered, in order of time.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub(super) struct History {
    steps: Vec<Kept>,
}

impl History {
    pub(super) fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// The steps with a residual.
    pub(super) fn judged(&self) -> impl DoubleEndedIterator<Item = (&Kept, f64)> {
        self.steps.iter().filter_map(|kept| kept.residual.map(|residual| (kept, residual)))
    }

    /// The median of the last so many residuals, `now` among them.
    pub(super) fn recent(&self, now: f64, count: usize) -> f64 {
        let mut last: Vec<f64> =
            self.judged().rev().take(count.saturating_sub(1)).map(|(_, residual)| residual).collect();
        last.push(now);
        median(&last).unwrap_or(now)
    }

    /// Forgets what is older than the memory reaches at `tick`.
    pub(super) fn forget(&mut self, tick: i64, settings: &SeriesSettings) {
        let reach = i64::from(settings.season) * i64::from(settings.memory);
        self.steps.retain(|kept| kept.tick >= tick.saturating_sub(reach));
    }

    pub(super) fn push(&mut self, kept: Kept) {
        self.steps.push(kept);
    }

    /// The usual logarithm at a step: the median of its place in the season, drawn towards those of the places beside it.
    pub(super) fn usual(&self, tick: i64, settings: &SeriesSettings) -> Option<f64> {
        let own = self.place(tick, settings)?;
        let (before, after) =
            (self.place(tick.saturating_sub(1), settings), self.place(tick.saturating_add(1), settings));
        let (Some(before), Some(after)) = (before, after) else { return Some(own) };
        Some((1.0 - settings.smoothing) * own + settings.smoothing * f64::midpoint(before, after))
    }

    fn place(&self, tick: i64, settings: &SeriesSettings) -> Option<f64> {
        let season = i64::from(settings.season);
        let place = tick.rem_euclid(season);
        let same = self.steps.iter().filter(|kept| kept.tick.rem_euclid(season) == place);
        let logs: Vec<f64> = same.map(|kept| kept.log).collect();
        if logs.len() < settings.least_seasons as usize { None } else { median(&logs) }
    }

    /// Sets apart what belongs to an alarm.
    pub(super) fn set_apart(&mut self, since: i64) {
        self.steps.iter_mut().filter(|kept| kept.tick >= since).for_each(|kept| kept.is_apart = true);
    }

    /// Moves what was before a change to the level after it.
    pub(super) fn lift(&mut self, before: i64, by: f64) {
        self.steps.iter_mut().filter(|kept| kept.tick < before).for_each(|kept| kept.log += by);
    }

    /// Puts a late value in the place of the one that was known, or between those that were.
    pub(super) fn replace(&mut self, late: Kept) {
        match self.steps.binary_search_by_key(&late.tick, |kept| kept.tick) {
            Ok(place) => {
                let Some(kept) = self.steps.get_mut(place) else { return };
                kept.residual = kept.residual.map(|residual| residual + late.log - kept.log);
                (kept.log, kept.sampling) = (late.log, late.sampling);
            }
            // What is older than all that is remembered would be the first to go.
            Err(0) => {}
            Err(place) => self.steps.insert(place, late),
        }
    }
}
