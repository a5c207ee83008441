//! Where the wandering stands: a Kalman filter of one number.

use serde::{Deserialize, Serialize};

use super::noise::Noise;

/// Standard errors from which a surprise counts no further: one wild hour is no new level.
const CLIP: f64 = 4.0;

/// What is known of the wandering now.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Filter {
    /// Its mean.
    pub(super) mean: f64,
    variance: f64,
}

/// How far a residual is from what was foreseen.
#[derive(Debug, Clone, Copy)]
pub(super) struct Surprise {
    /// On the log scale.
    pub(super) raw: f64,
    /// Its standard error.
    pub(super) error: f64,
    /// In standard errors.
    pub(super) standard: f64,
    /// The share of it that is taken for wandering.
    pub(super) gain: f64,
}

impl Surprise {
    /// In standard errors, as far as it counts.
    pub(super) fn clipped(&self) -> f64 {
        self.standard.clamp(-CLIP, CLIP)
    }
}

impl Filter {
    pub(super) fn new(noise: &Noise) -> Self {
        Self { mean: 0.0, variance: noise.variance }
    }

    /// Lets steps pass: the wandering is forgotten by its correlation.
    pub(super) fn elapse(&mut self, steps: i64, noise: &Noise) {
        let kept = forgotten(steps, noise);
        self.mean *= kept;
        self.variance = kept * kept * self.variance + noise.variance * (1.0 - kept * kept);
    }

    pub(super) fn surprise(&self, residual: f64, sampling: f64, noise: &Noise) -> Surprise {
        let variance = self.variance + sampling;
        let (raw, error) = (residual - self.mean, noise.scale * libm::sqrt(variance));
        Surprise { raw, error, standard: raw / error, gain: self.variance / variance }
    }

    pub(super) fn learn(&mut self, surprise: &Surprise) {
        self.mean += surprise.gain * surprise.clipped() * surprise.error;
        self.variance *= 1.0 - surprise.gain;
    }
}

/// What so many steps leave of the wandering.
pub(super) fn forgotten(steps: i64, noise: &Noise) -> f64 {
    libm::pow(noise.correlation, steps as f64)
}
