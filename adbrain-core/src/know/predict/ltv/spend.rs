//! Gamma-Gamma: how much a customer spends per purchase.

use serde::Serialize;

use crate::error::{Error, Result};
use crate::stats::distribution::{digamma, ln_gamma, trigamma};
use crate::stats::newton::Curve;

/// What a customer spends per purchase: each amount is gamma-distributed with shape p and a rate of the customer's own, and those
/// rates are gamma-distributed with shape q and rate v (Fader, Hardie and Lee, "RFM and CLV", Journal of Marketing Research 42, 2005;
/// Fader and Hardie, "The gamma-gamma model of monetary value", note 025, 2013).
///
/// It assumes that how much a customer spends has nothing to do with how often, and that a customer's level does not drift.
///
/// ```
/// use adbrain_core::predict::ltv::SpendProcess;
/// let spend = SpendProcess::new([6.2488, 3.7446, 15.4477])?;
/// assert!((spend.expected_spend(2.0, 22.35).unwrap() - 24.66).abs() < 0.005);
/// assert!((spend.expected_spend(0.0, 0.0).unwrap() - 35.17).abs() < 0.005);
/// # Ok::<(), adbrain_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct SpendProcess {
    p: f64,
    q: f64,
    v: f64,
}

impl SpendProcess {
    /// The names of the parameters, in their order.
    pub const PARAMETER_NAMES: [&'static str; 3] = ["p", "q", "v"];

    /// Takes p, q and v; v is an amount in the unit of the spends.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) for a parameter outside 1e-9..1e12.
    pub fn new(parameters: [f64; 3]) -> Result<Self> {
        for (name, value) in Self::PARAMETER_NAMES.into_iter().zip(parameters) {
            if !(1e-9..=1e12).contains(&value) {
                return Err(Error::invalid(&format!("spend.{name}"), "is not a number from 1e-9 to 1e12")
                    .next("give what a fit found"));
            }
        }
        let [p, q, v] = parameters;
        Ok(Self { p, q, v })
    }

    /// The same for a search, whose steps may leave the range.
    pub(super) fn unchecked([p, q, v]: [f64; 3]) -> Self {
        Self { p, q, v }
    }

    /// The parameters in their order.
    pub fn parameters(&self) -> [f64; 3] {
        [self.p, self.q, self.v]
    }

    /// The expected spend per purchase of a customer with x repeat purchases of mean m: `p (v + x m) / (p x + q - 1)`, between the
    /// mean of all customers and the customer's own. None where that mean is infinite (p x + q <= 1).
    pub fn expected_spend(&self, frequency: f64, mean_spend: f64) -> Option<f64> {
        let seen = self.shape_and_total(frequency, mean_spend);
        (seen[0] > 1.0).then(|| self.p * seen[1] / (seen[0] - 1.0))
    }

    /// What is believed about the customer's rate: Gamma(p x + q, v + x m).
    pub(super) fn shape_and_total(&self, frequency: f64, mean_spend: f64) -> [f64; 2] {
        let total = if frequency > 0.0 { frequency * mean_spend } else { 0.0 };
        [self.p * frequency + self.q, self.v + total]
    }

    /// The log-likelihood of customers with one frequency x > 0 and these mean spends m, with its derivatives in p, q and v:
    /// `ln Gamma(p x + q) - ln Gamma(p x) - ln Gamma(q) + q ln v + (p x - 1) ln m + p x ln x - (p x + q) ln(v + x m)`.
    pub(super) fn log_likelihood(&self, x: f64, spends: &[f64]) -> Curve<3> {
        let Self { p, q, v } = *self;
        let (all, own, count) = (p * x + q, p * x, spends.len() as f64);
        let (mut log_share, mut log_rest, mut inverse, mut squares, mut logs) = (0.0, 0.0, 0.0, 0.0, 0.0);
        for spend in spends {
            let total = v + x * spend;
            let log = libm::log(total);
            log_share += libm::log(spend * x) - log;
            log_rest += log;
            logs += libm::log(*spend);
            inverse += 1.0 / total;
            squares += 1.0 / (total * total);
        }
        let gammas = ln_gamma(all) - ln_gamma(own) - ln_gamma(q) + q * libm::log(v);
        let cross = count * x * trigamma(all);
        Curve {
            value: count * gammas + own * log_share - q * log_rest - logs,
            gradient: [
                x * (count * (digamma(all) - digamma(own)) + log_share),
                count * (digamma(all) - digamma(q) + libm::log(v)) - log_rest,
                count * q / v - all * inverse,
            ],
            hessian: [
                [x * x * count * (trigamma(all) - trigamma(own)), cross, -x * inverse],
                [cross, count * (trigamma(all) - trigamma(q)), count / v - inverse],
                [-x * inverse, count / v - inverse, all * squares - count * q / (v * v)],
            ],
        }
    }
}
