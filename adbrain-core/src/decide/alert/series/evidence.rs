//! The evidence of changes: for each start within the window, how well a step or a ramp from there explains the surprises.

use serde::{Deserialize, Serialize};

use super::filter::{Surprise, forgotten};
use super::noise::Noise;
use super::{AlarmKind, SeriesSettings};

/// A change of one shape that may have begun at one step.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Start {
    tick: i64,
    kind: AlarmKind,
    /// What the filter has taken of a change of size one for wandering.
    absorbed: f64,
    /// The sum of surprises times what a change of size one does to them, each in standard errors.
    sum: f64,
    /// The sum of the squares of the latter: the information on the size.
    information: f64,
}

/// The best explanation of the surprises.
#[derive(Debug, Clone, Copy)]
pub(super) struct Best {
    pub(super) kind: AlarmKind,
    pub(super) tick: i64,
    /// In standard errors.
    pub(super) score: f64,
    /// The size on the log scale.
    pub(super) size: f64,
    /// Its standard error.
    pub(super) error: f64,
}

/// Changes that may be going on.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub(super) struct Evidence {
    starts: Vec<Start>,
}

impl Evidence {
    pub(super) fn clear(&mut self) {
        self.starts.clear();
    }

    /// Lets steps pass in which nothing is seen.
    pub(super) fn elapse(&mut self, steps: i64, noise: &Noise) {
        let kept = forgotten(steps, noise);
        self.starts.iter_mut().for_each(|start| start.absorbed *= kept);
    }

    /// Takes in a surprise and gives back what explains the surprises best.
    pub(super) fn weigh(&mut self, tick: i64, surprise: &Surprise, settings: &SeriesSettings) -> Best {
        let begin = |kind| Start { tick, kind, absorbed: 0.0, sum: 0.0, information: 0.0 };
        self.starts.retain(|start| tick.saturating_sub(start.tick) < i64::from(settings.window));
        self.starts.extend([begin(AlarmKind::Step), begin(AlarmKind::Ramp)]);
        let spike =
            Best { kind: AlarmKind::Spike, tick, score: surprise.standard, size: surprise.raw, error: surprise.error };
        let ramp = f64::from(settings.ramp);
        self.starts.iter_mut().fold(spike, |best, start| {
            let one = start.weigh(tick, surprise, ramp);
            if one.score.abs() > best.score.abs() { one } else { best }
        })
    }
}

impl Start {
    fn weigh(&mut self, tick: i64, surprise: &Surprise, ramp: f64) -> Best {
        let steps = tick.saturating_sub(self.tick).saturating_add(1) as f64;
        let shape = if self.kind == AlarmKind::Ramp { (steps / ramp).min(1.0) } else { 1.0 };
        let effect = shape - self.absorbed;
        self.absorbed += surprise.gain * effect;
        self.sum += effect / surprise.error * surprise.clipped();
        self.information += effect * effect / (surprise.error * surprise.error);
        let error = 1.0 / libm::sqrt(self.information.max(f64::MIN_POSITIVE));
        let (score, size) = (self.sum * error, self.sum * error * error);
        Best { kind: self.kind, tick: self.tick, score, size, error }
    }
}
