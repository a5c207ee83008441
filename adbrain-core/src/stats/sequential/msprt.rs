//! The mixture sequential probability ratio test.

use crate::stats::{Defined, Undefined};

/// The test that averages the likelihood ratio over normal effects N(0, tau^2) (Robbins, "Statistical methods related to the law of the
/// iterated logarithm", 1970; Johari, Koomen, Pekelis and Walsh, "Always valid inference", 2022).
///
/// With V the squared standard error: lambda = sqrt(V / (V + tau^2)) exp(tau^2 effect^2 / (2 V (V + tau^2))); p = 1 / lambda, at most 1;
/// half width = sqrt(V (V + tau^2) / tau^2 (ln((V + tau^2) / V) - 2 ln alpha)).
///
/// The chance of a false alarm at any look is at most alpha for normal estimates with known variance. tau should be near the effects
/// that are hoped for, in their unit, and must be fixed before the test. The interval holds after a stop too, but the estimate in its centre lies
/// too far from zero on average then, because the test stops where luck is high; nothing here corrects it.
///
/// ```
/// use adbrain_core::stats::sequential::Mixture;
/// let look = Mixture::new(0.05, 0.01)?.at(0.01, 0.004)?;
/// assert!((look.lambda - 5.492946325124934).abs() < 1e-9);
/// # Ok::<(), adbrain_core::stats::Undefined>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Mixture {
    alpha: f64,
    tau: f64,
}

/// What a [`Mixture`] says at one look.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MixtureLook {
    /// The likelihood ratio for an effect, at most the largest number.
    pub lambda: f64,
    /// Its natural logarithm, which has no limit.
    pub ln_lambda: f64,
    /// The p value that is valid at this look, 1 / lambda, at most 1.
    pub p_value: f64,
    /// Half the width of the interval around the estimate.
    pub half_width: f64,
}

impl Mixture {
    /// A test with a false-alarm rate `alpha` (0..1) and effects of about `tau` (above zero, in the unit of the effect) in mind.
    ///
    /// # Errors
    /// [`Undefined::Input`] for values outside these ranges.
    pub fn new(alpha: f64, tau: f64) -> Defined<Self> {
        if !(alpha > 0.0 && alpha < 1.0) {
            return Err(Undefined::Input { field: "alpha", problem: "must lie between 0 and 1" });
        }
        if !(tau.is_finite() && tau > 0.0) {
            return Err(Undefined::Input { field: "tau", problem: "must be a number above zero" });
        }
        Ok(Self { alpha, tau })
    }

    /// What holds at a look with this estimate and standard error, both in the unit of the effect: lambda, p = 1 / lambda and the half
    /// width of [`Mixture`]'s formulas (Robbins, 1970; Johari and others, 2022). Undefined where the estimate has no spread or is not
    /// finite.
    pub fn at(&self, effect: f64, standard_error: f64) -> Defined<MixtureLook> {
        if !(effect.is_finite() && standard_error.is_finite()) {
            return Err(Undefined::NotFinite);
        }
        if standard_error < 0.0 {
            return Err(Undefined::Input { field: "se", problem: "must not be below zero" });
        }
        let (z, ratio) = (effect / standard_error, self.tau / standard_error);
        let (z2, ratio2) = (z * z, ratio * ratio);
        if !(z2.is_finite() && ratio2.is_finite()) {
            return Err(Undefined::NoSpread);
        }
        let grown = libm::log1p(ratio2);
        let ln_lambda = 0.5 * (ratio2 / (1.0 + ratio2) * z2 - grown);
        let width = (1.0 + 1.0 / ratio2) * (grown - 2.0 * libm::log(self.alpha));
        Ok(MixtureLook {
            lambda: libm::exp(ln_lambda).min(f64::MAX),
            ln_lambda,
            p_value: libm::exp(-ln_lambda).clamp(f64::MIN_POSITIVE, 1.0),
            half_width: standard_error * libm::sqrt(width).min(f64::MAX),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_look_is_that_of_the_closed_form_in_mpmath() {
        let look = Mixture::new(0.05, 0.02).unwrap().at(0.05, 0.004).unwrap();
        assert!((look.lambda / 8.256_544_477_433_252e31 - 1.0).abs() < 1e-12, "{look:?}");
        assert!((look.p_value / 1.211_160_434_892_823_6e-32 - 1.0).abs() < 1e-12, "{look:?}");
        assert!((look.half_width - 0.012_406_155_587_310_449).abs() < 1e-15, "{look:?}");
    }

    #[test]
    fn the_p_value_reaches_alpha_at_the_end_of_the_interval() {
        let test = Mixture::new(0.05, 0.01).unwrap();
        let half = test.at(0.0, 0.003).unwrap().half_width;
        assert!((test.at(half, 0.003).unwrap().p_value - 0.05).abs() < 1e-12);
    }

    #[test]
    fn no_spread_has_no_answer_and_a_huge_effect_no_zero() {
        let test = Mixture::new(0.05, 0.01).unwrap();
        assert_eq!(test.at(0.01, 0.0), Err(Undefined::NoSpread));
        assert_eq!(test.at(f64::NAN, 0.1), Err(Undefined::NotFinite));
        assert!(test.at(1.0, 1e-4).unwrap().p_value > 0.0);
        assert!(Mixture::new(0.05, -1.0).unwrap_err().is_input());
    }
}
