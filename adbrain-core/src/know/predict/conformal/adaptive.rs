//! Calibration that follows a drift.

use serde::{Deserialize, Serialize};

use super::split::check_level;
use crate::stats::{Defined, Undefined};

/// The level to calibrate at so that intervals hold at `wanted` in the long run, whatever drifts: after each result the aim moves by
/// `step` times (missed - (1 - wanted)) (Gibbs and Candes, "Adaptive conformal inference under distribution shift", 2021).
///
/// Over T results the share of misses is within (1 + step) / (step T) of 1 - wanted. At an aim of one or more the interval must be
/// unbounded, and at zero or less it may be empty.
///
/// ```
/// use adbrain_core::predict::conformal::Adaptive;
/// let missed = Adaptive::new(0.9, 0.05)?.after_miss();
/// assert!((missed.level() - 0.945).abs() < 1e-12);
/// # Ok::<(), adbrain_core::stats::Undefined>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Adaptive {
    wanted: f64,
    step: f64,
    level: f64,
}

impl Adaptive {
    /// Starts at the wanted level. The paper takes a step of 0.005; 0.05 follows within days where there are ten results a day.
    ///
    /// # Errors
    /// [`Undefined::Input`] for a level outside 0 to 1 or a step that is not above zero.
    pub fn new(wanted: f64, step: f64) -> Defined<Self> {
        check_level(wanted)?;
        if !step.is_finite() || step <= 0.0 {
            return Err(Undefined::Input { field: "step", problem: "must be above zero" });
        }
        Ok(Self { wanted, step, level: wanted })
    }

    /// The aim after a result inside its interval.
    #[must_use]
    pub fn after_hit(self) -> Self {
        Self { level: self.level - self.step * (1.0 - self.wanted), ..self }
    }

    /// The aim after a result outside its interval.
    #[must_use]
    pub fn after_miss(self) -> Self {
        Self { level: self.level + self.step * self.wanted, ..self }
    }

    /// The level to calibrate the next interval at; from one on it must be unbounded.
    pub fn level(&self) -> f64 {
        self.level
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Reach, reach};
    use super::*;
    use crate::stats::random::Random;

    #[test]
    fn misses_come_to_the_wanted_share_when_the_noise_grows() {
        let mut luck = Random::at(3, &[]);
        let (mut aim, mut missed, mut fixed) = (Adaptive::new(0.9, 0.05).unwrap(), 0, 0);
        let calibration: Vec<f64> = (0..200).map(|_| libm::fabs(luck.normal())).collect();
        let holds = |level: f64, score: f64| match reach(&calibration, level.clamp(0.001, 0.999)) {
            Ok(Reach::Score(reach)) => score <= reach && level > 0.0,
            _ => true,
        };
        for day in 0..2_000 {
            let score = libm::fabs(luck.normal()) * (1.0 + f64::from(day) / 1_000.0);
            let has_held = holds(aim.level(), score);
            missed += u32::from(!has_held);
            fixed += u32::from(!holds(0.9, score));
            aim = if has_held { aim.after_hit() } else { aim.after_miss() };
        }
        assert!(missed.abs_diff(200) <= 21 && fixed > 500, "{missed} {fixed}");
        assert!(Adaptive::new(0.9, 0.0).unwrap_err().is_input());
    }
}
