//! How much of the permitted error may be spent by when.

use crate::stats::distribution::{normal_cdf, normal_quantile};
use crate::stats::{Defined, Undefined};

/// A spending function (Lan and `DeMets`, "Discrete sequential boundaries for clinical trials", 1983): the error that may have been
/// spent when a share t of the information is in. It needs neither the number of looks nor their times in advance.
///
/// ```
/// use adbrain_core::stats::sequential::Spending;
/// let by_half = Spending::ObrienFleming.spent(0.025, 0.5);
/// assert!((by_half - 0.001525).abs() < 1e-6);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum Spending {
    /// Little early, most at the end: 2 - 2 Phi(z / sqrt(t)) with z the upper quantile of total / 2. Close to the bounds of O'Brien
    /// and Fleming (1979), and close to the power of one final look. The usual choice.
    #[default]
    ObrienFleming,
    /// Nearly even: total ln(1 + (e - 1) t). Close to the bounds of Pocock (1977); stops earlier, has less power.
    Pocock,
    /// total t^phi (Kim and `DeMets`, "Design and analysis of group sequential tests based on the type I error spending rate function",
    /// 1987).
    Power {
        /// The exponent, above zero: 1 is even, 3 is near O'Brien-Fleming.
        phi: f64,
    },
    /// total (1 - exp(-gamma t)) / (1 - exp(-gamma)), or total t at 0 (Hwang, Shih and De Cani, "Group sequential designs using a family
    /// of type I error probability spending functions", 1990).
    HwangShihDeCani {
        /// Any number from -40 to 40: -4 is near O'Brien-Fleming, 1 near Pocock.
        gamma: f64,
    },
}

impl Spending {
    /// What may have been spent of `total` (0..1) when a share `fraction` of the information is in: 0 at 0, `total` from 1 on; the
    /// formula stands at each variant (Lan and `DeMets`, 1983). A probability, on the side or sides that `total` counts.
    pub fn spent(self, total: f64, fraction: f64) -> f64 {
        if fraction >= 1.0 {
            return total;
        }
        if fraction <= 0.0 {
            return 0.0;
        }
        match self {
            Self::ObrienFleming => 2.0 * normal_cdf(normal_quantile(total / 2.0) / libm::sqrt(fraction)),
            Self::Pocock => total * libm::log1p((std::f64::consts::E - 1.0) * fraction),
            Self::Power { phi } => total * libm::pow(fraction, phi),
            Self::HwangShihDeCani { gamma } if gamma.abs() < 1e-12 => total * fraction,
            Self::HwangShihDeCani { gamma } => total * libm::expm1(-gamma * fraction) / libm::expm1(-gamma),
        }
    }

    pub(super) fn check(self) -> Defined<()> {
        match self {
            Self::Power { phi } if !(phi.is_finite() && phi > 0.0) => {
                Err(Undefined::Input { field: "phi", problem: "must be a number above zero" })
            }
            Self::HwangShihDeCani { gamma } if !(-40.0..=40.0).contains(&gamma) => {
                Err(Undefined::Input { field: "gamma", problem: "must lie between -40 and 40" })
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spending_rises_from_nothing_to_the_total() {
        let family = |gamma| Spending::HwangShihDeCani { gamma };
        let power = Spending::Power { phi: 2.0 };
        for spending in [Spending::ObrienFleming, Spending::Pocock, power, family(-4.0), family(0.0), family(1.0)] {
            let spent: Vec<f64> = (0..=12).map(|tenth| spending.spent(0.05, f64::from(tenth) / 10.0)).collect();
            assert!(spent.windows(2).all(|pair| pair[0] <= pair[1]), "{spending:?} {spent:?}");
            assert!(spent[0].abs() < 1e-300 && (spent[10] - 0.05).abs() < 1e-16 && (spent[12] - 0.05).abs() < 1e-16);
        }
    }

    #[test]
    fn half_way_pocock_has_spent_twenty_times_as_much_as_obrien_fleming() {
        // 0.025 ln(1 + (e - 1) / 2) and 2 (1 - Phi(2.2414 sqrt(2))).
        assert!((Spending::Pocock.spent(0.025, 0.5) - 0.015_502_9).abs() < 1e-7);
        assert!((Spending::ObrienFleming.spent(0.025, 0.5) - 0.001_525_3).abs() < 1e-7);
    }
}
