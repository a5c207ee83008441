//! Planning of a comparison of several means.

use super::{inside, positive, reachable};
use crate::stats::distribution::{beta_quantile, noncentral_f_sf};
use crate::stats::root::bracketed;
use crate::stats::{Defined, Undefined};

/// A planned one-way analysis of variance: k arms of equal size, compared by one F test.
///
/// f is the standard deviation of the arms' means over that of the values (Cohen, 1988: 0.1 small, 0.25 medium). The statistic is noncentral F
/// with `k - 1` and `n - k` degrees of freedom and `f^2 n`, n the units of all arms; the same numbers as statsmodels' `FTestAnovaPower`.
///
/// ```
/// use adbrain_core::stats::power::Anova;
/// let power = Anova { arms: 4, alpha: 0.05 }.power(0.25, 160.0)?;
/// assert!((power - 0.7494).abs() < 1e-4);
/// # Ok::<(), adbrain_core::stats::Undefined>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Anova {
    /// The number of arms, at least 2.
    pub arms: u32,
    /// The probability of a finding where there is nothing: 0.05.
    pub alpha: f64,
}

impl Anova {
    /// The probability that `n_total` units over all arms show differences of size `effect`: P(F' > f), f the critical value of F at
    /// alpha, F' noncentral F with k - 1 and n - k degrees of freedom and noncentrality effect^2 n, n the units of all arms, k the arms
    /// (Cohen, 1988).
    ///
    /// `effect` is Cohen's f, without unit. Assumes independent units, arms of equal size and variance, and nearly normal means.
    ///
    /// # Errors
    /// [`Undefined::Input`] naming what is out of range, [`Undefined::TooFew`] with no more units than arms.
    pub fn power(&self, effect: f64, n_total: f64) -> Defined<f64> {
        self.check(effect)?;
        if positive("n_total", n_total)? <= f64::from(self.arms) {
            return Err(Undefined::TooFew { needed: u64::from(self.arms) + 1 });
        }
        Ok(self.power_at(effect, n_total))
    }

    /// The units over all arms that show differences of size `effect` with probability `power`; not rounded. It solves [`Anova::power`]
    /// for n (Cohen, 1988), with the same assumptions.
    ///
    /// # Errors
    /// As [`Anova::power`]; an effect of zero, or a power that is not above alpha.
    pub fn sample_size(&self, effect: f64, power: f64) -> Defined<f64> {
        const MAX_DOUBLINGS: u32 = 60;
        self.check(effect)?;
        reachable(power, self.alpha)?;
        if effect.abs() <= 0.0 {
            return Err(Undefined::Input { field: "effect", problem: "must differ from zero" });
        }
        let least = f64::from(self.arms) + 1e-6;
        let missing = |n: f64| self.power_at(effect, n) - power;
        let (mut low, mut high) = (least, least + 1.0);
        for _ in 0..MAX_DOUBLINGS {
            if missing(high) >= 0.0 {
                break;
            }
            (low, high) = (high, high * 2.0);
        }
        if missing(low) >= 0.0 {
            return Ok(least);
        }
        bracketed(missing, [low, high], 1e-12)
    }

    fn check(&self, effect: f64) -> Defined<()> {
        inside("alpha", self.alpha)?;
        if self.arms < 2 {
            return Err(Undefined::Input { field: "arms", problem: "must be at least 2" });
        }
        if effect.is_finite() {
            return Ok(());
        }
        Err(Undefined::Input { field: "effect", problem: "must be finite" })
    }

    fn power_at(&self, effect: f64, n_total: f64) -> f64 {
        let (between, within) = (f64::from(self.arms) - 1.0, n_total - f64::from(self.arms));
        noncentral_f_sf(critical(self.alpha, between, within), between, within, effect * effect * n_total)
            .clamp(0.0, 1.0)
    }
}

/// The value that F exceeds with probability `alpha`: `d2 (1 - b) / (d1 b)`, b the alpha quantile of Beta(d2 / 2, d1 / 2).
fn critical(alpha: f64, between: f64, within: f64) -> f64 {
    let rest = beta_quantile(alpha, within / 2.0, between / 2.0);
    within / between * ((1.0 - rest) / rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn power_is_that_of_statsmodels() {
        let test = Anova { arms: 4, alpha: 0.05 };
        for (effect, n_total, theirs) in [(0.1, 300.0, 0.271_350_249_337_562_6), (0.25, 160.0, 0.749_404_537_700_966_4)]
        {
            let ours = test.power(effect, n_total).unwrap();
            assert!((ours / theirs - 1.0).abs() < 1e-8, "{ours} is not {theirs}");
        }
        let needed = test.sample_size(0.25, 0.8).unwrap();
        assert!((needed - 178.397).abs() < 0.01 && (test.power(0.25, needed).unwrap() - 0.8).abs() < 1e-9, "{needed}");
    }

    #[test]
    fn impossible_plans_are_named() {
        assert!(Anova { arms: 1, alpha: 0.05 }.power(0.1, 30.0).unwrap_err().is_input());
        assert_eq!(Anova { arms: 4, alpha: 0.05 }.power(0.1, 4.0), Err(Undefined::TooFew { needed: 5 }));
        assert!(Anova { arms: 4, alpha: 0.05 }.sample_size(0.0, 0.8).unwrap_err().is_input());
    }
}
