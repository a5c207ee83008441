//! How an effect that was measured once fades.

use jiff::Timestamp;

use crate::model::{Learning, LearningType};
use crate::stats::distribution::normal_quantile;

const SECONDS_PER_DAY: f64 = 86_400.0;
/// The deviation of effects between campaigns, relative to a campaign's mean: what is left of a forgotten effect is a draw from it. Assumed;
/// pictures, texts and audiences of one campaign usually lie within two fifths of its mean.
const EFFECT_SD: f64 = 0.2;

/// The days after which half of an effect is left, by what it is about: pictures and texts wear out within a quarter, audiences within half a
/// year, the hours and seasons of a trade within a year. Assumptions of the project; [`crate::memory::pooled_practices`] and the
/// rankings by likeness use them.
pub fn half_life_days(about: LearningType) -> f64 {
    match about {
        LearningType::Creative | LearningType::Copy => 90.0,
        LearningType::Audience => 180.0,
        LearningType::Timing => 365.0,
    }
}

/// What is left of an effect.
///
/// With age t and half-life h, w = 2^(-t / h), the measured effect m and its standard error s, and the deviation d of effects between
/// campaigns: mean w m, variance w^2 s^2 + (1 - w^2) d^2. That is an effect that wanders around zero as a stationary process of the first
/// order (Uhlenbeck and Ornstein, "On the theory of the Brownian motion", 1930). An age below zero counts as zero.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Faded {
    /// Its mean.
    pub mean: f64,
    /// Its variance.
    pub variance: f64,
    /// The lower end of its interval, at the level that the effect was measured at.
    pub low: f64,
}

impl Faded {
    /// What is left of a learning's effect at a moment.
    pub fn at(learning: &Learning, now: Timestamp) -> Self {
        let impact = &learning.impact;
        let measured = (impact.value, impact.low, impact.high, impact.level);
        Self::of(measured, (learning.learning_type, learning.learnt_at, now))
    }

    pub(super) fn of(
        (value, low, high, level): (f64, f64, f64, f64),
        (about, learnt_at, now): (LearningType, Timestamp, Timestamp),
    ) -> Self {
        let days = now.duration_since(learnt_at).as_secs_f64() / SECONDS_PER_DAY;
        let weight = libm::exp2(-days.max(0.0) / half_life_days(about));
        let z = quantile(level);
        let error = (high - low) / (2.0 * z);
        let variance = weight * weight * error * error + (1.0 - weight * weight) * EFFECT_SD * EFFECT_SD;
        // The lower end keeps the distance that it was measured with: intervals of ratios lie unevenly around their value.
        let below = weight * (value - low);
        let drift = (1.0 - weight * weight) * EFFECT_SD * EFFECT_SD * z * z;
        let mean = weight * value;
        Self { mean, variance, low: mean - libm::sqrt(below * below + drift) }
    }
}

/// The normal quantile of a central level; that of 90 % for a level that is none.
fn quantile(level: f64) -> f64 {
    let level = if level > 0.0 && level < 1.0 { level } else { 0.9 };
    normal_quantile(f64::midpoint(1.0, level))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::contract;
    use jiff::ToSpan as _;

    fn near(a: f64, b: f64) -> bool {
        (a - b).abs() < 1e-9
    }

    #[test]
    fn half_of_an_effect_is_left_after_its_half_life_and_its_interval_widens() {
        let learning = contract::learning("fashion", "a", 0.5);
        let now = learning.learnt_at;
        let fresh = Faded::at(&learning, now);
        assert!(near(fresh.mean, 0.5) && near(fresh.low, 0.3), "{fresh:?}");
        let later = Faded::at(&learning, now + (180 * 24).hours());
        assert!(near(later.mean, 0.25), "{later:?}");
        assert!(later.low < 0.15 && later.variance > fresh.variance / 4.0, "{later:?}");
        let forgotten = Faded::at(&learning, now + (50 * 365 * 24).hours());
        assert!(forgotten.mean.abs() < 1e-9 && near(forgotten.variance, 0.04), "{forgotten:?}");
        assert_eq!(Faded::at(&learning, now - 5.hours()), fresh, "an age below zero is none");
    }
}
