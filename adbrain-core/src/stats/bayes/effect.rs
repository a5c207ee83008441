//! A normal belief about the effect of one arm against another.

use std::f64::consts::PI;

use super::shrinkage::{Belief, GroupMean};
use crate::stats::distribution::{normal_cdf, normal_quantile};
use crate::stats::two_sample::Effect;
use crate::stats::{Defined, Interval, Undefined};

/// What is believed about an effect. A decision rule, no error rate: see the head of this folder.
#[derive(Debug, Clone, PartialEq)]
pub struct EffectBelief {
    /// The mean of the belief with its central interval.
    pub interval: Interval,
    /// The standard deviation of the belief.
    pub sd: f64,
    /// The probability that the effect is above zero.
    pub chance_to_win: f64,
    /// What is lost on average by keeping the control, and by taking the treatment, in the unit of the effect.
    pub risk: [f64; 2],
}

/// The belief about an effect (absolute or relative, made by [`Effect`]) from a normal prior on the same scale, or from none.
///
/// Posterior precision = 1 / V + 1 / W with V the variance of the estimate and W that of the prior; the mean is weighted by the
/// precisions (Gelman and others, "Bayesian data analysis", 2013, chapter 2). chance to win = Phi(mean / sd); risk of the control = sd
/// phi(z) + mean Phi(z), of the treatment = sd phi(z) - mean Phi(-z) with z = mean / sd, phi and Phi the density and distribution
/// function of the normal (as gbstats' effect model, but relative to |control|). Mean, sd and risks are in the unit of the effect.
///
/// It takes the estimate as normal: it misleads with few conversions, and for a lift over a baseline near zero.
///
/// # Errors
/// [`Undefined::Input`] for a level outside 0..1 or a prior without a finite mean and a finite variance above zero;
/// [`Undefined::NotFinite`] where the belief has no finite mean; [`Undefined::NoSpread`] where it has no deviation above zero, as after an
/// effect without variance.
pub fn effect_belief(effect: &Effect, prior: Option<Belief>, level: f64) -> Defined<EffectBelief> {
    if !(level > 0.0 && level < 1.0) {
        return Err(Undefined::Input { field: "level", problem: "must lie between 0 and 1" });
    }
    let Belief { mean, variance } = match prior {
        None => Belief { mean: effect.value, variance: effect.variance },
        Some(prior) if !(prior.mean.is_finite() && prior.variance.is_finite() && prior.variance > 0.0) => {
            return Err(Undefined::Input { field: "prior", problem: "must have a mean and a spread above zero" });
        }
        Some(prior) => prior.updated(GroupMean { mean: effect.value, variance: effect.variance }),
    };
    let sd = libm::sqrt(variance);
    if !mean.is_finite() || sd.is_nan() {
        return Err(Undefined::NotFinite);
    }
    if sd <= 0.0 {
        return Err(Undefined::NoSpread);
    }
    let half = normal_quantile(f64::midpoint(1.0, level)) * sd;
    let z = mean / sd;
    let density = libm::exp(-0.5 * z * z) / libm::sqrt(2.0 * PI);
    let loss = |z: f64| (sd * (density - z * normal_cdf(-z))).max(0.0);
    Ok(EffectBelief {
        interval: Interval {
            estimate: mean,
            low: mean - half,
            high: mean + half,
            level,
            method: "normal_effect_posterior",
            sample_size: effect.sample_size,
        },
        sd,
        chance_to_win: normal_cdf(z),
        risk: [loss(-z), loss(z)],
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::two_sample::Summary;

    fn arms() -> [Summary; 2] {
        [45.0, 65.0].map(|successes| Summary::of_share(successes, 1000).unwrap())
    }

    #[test]
    fn a_prior_on_the_lift_pulls_as_in_gbstats() {
        let [control, treatment] = arms();
        let effect = Effect::relative(&control, &treatment).unwrap();
        let found = effect_belief(&effect, Some(Belief { mean: 0.0, variance: 0.09 }), 0.95).unwrap();
        assert!((found.interval.estimate - 0.243_470_710_039_409_6).abs() < 1e-12, "{found:?}");
        assert!((found.chance_to_win - 0.886_261_069_386_230_3).abs() < 1e-12, "{found:?}");
        assert!((found.risk[0] - 0.254_629_746_767_412_73).abs() < 1e-12, "{found:?}");
        assert!((found.risk[1] - 0.011_159_036_728_003_148).abs() < 1e-12, "{found:?}");
    }

    #[test]
    fn swapping_the_arms_swaps_the_risks() {
        let [control, treatment] = arms();
        let belief = |a, b| effect_belief(&Effect::absolute(a, b).unwrap(), None, 0.9).unwrap();
        let (there, back) = (belief(&control, &treatment), belief(&treatment, &control));
        assert!(
            (there.risk[0] - back.risk[1]).abs() < 1e-18 && (there.interval.low + back.interval.high).abs() < 1e-15
        );
        assert!((there.chance_to_win + back.chance_to_win - 1.0).abs() < 1e-15);
    }

    #[test]
    fn a_prior_without_spread_is_an_error() {
        let [control, treatment] = arms();
        let effect = Effect::absolute(&control, &treatment).unwrap();
        assert!(effect_belief(&effect, Some(Belief { mean: 0.0, variance: 0.0 }), 0.95).unwrap_err().is_input());
        assert!(effect_belief(&effect, None, 1.0).unwrap_err().is_input());
    }
}
