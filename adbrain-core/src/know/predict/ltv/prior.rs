//! What is believed about the parameters before any data: the fits of one well-known shop, held loosely.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::process::PurchaseModel;
use crate::stats::newton::Curve;

/// Below so many repeat buyers the data are joined with the prior; an assumption.
pub const FEW_REPEAT_BUYERS: u64 = 50;
/// The standard deviation of the logarithm of each parameter: an assumption; 95 % of shops between a seventh and seven times the centre.
const SPREAD: f64 = 1.0;
/// The same where the data stand alone: it moves no digit of a parameter that they determine, and holds one that they leave free.
const LEASH: f64 = 100.0;
/// The centre for BG/NBD: CDNOW's customers in weeks (Fader, Hardie and Lee, Marketing Science 24, 2005, table 2).
const BG_NBD: [f64; 4] = [0.243, 4.414, 0.793, 2.426];
/// The same customers by MBG/NBD and Pareto/NBD, fitted with Lifetimes 0.11.3; Fader, Hardie and Lee give the latter as 0.553, 10.578,
/// 0.606, 11.669.
const MBG_NBD: [f64; 4] = [0.525, 6.183, 0.891, 1.614];
const PARETO_NBD: [f64; 4] = [0.553, 10.578, 0.606, 11.667];
/// The shapes p and q of the same customers' spends (Fader, Hardie and Lee, Journal of Marketing Research 42, 2005: 6.25, 3.74).
const SPEND: [f64; 2] = [6.25, 3.74];

/// Whether a fit is drawn to what is usual elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Shrinkage {
    /// Below 50 repeat buyers.
    #[default]
    WhereFew,
    /// Always.
    Always,
    /// Never: the data stand alone, but for a normal prior on the logarithms with a standard deviation of 100, which moves no digit of a
    /// parameter that the data determine and holds one that they leave free.
    Never,
}

impl Shrinkage {
    /// Whether it applies with so many repeat buyers.
    pub(super) fn applies(self, repeat_buyers: u64) -> bool {
        match self {
            Self::WhereFew => repeat_buyers < FEW_REPEAT_BUYERS,
            Self::Always => true,
            Self::Never => false,
        }
    }
}

/// The unit of a customer's times.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TimeUnit {
    /// Days.
    Day,
    /// Seven days.
    #[default]
    Week,
    /// A twelfth of 365.25 days.
    Month,
}

impl TimeUnit {
    /// Its days.
    pub fn days(self) -> f64 {
        match self {
            Self::Day => 1.0,
            Self::Week => 7.0,
            Self::Month => 365.25 / 12.0,
        }
    }
}

/// Normal beliefs about the logarithms of N parameters.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Prior<const N: usize> {
    pub(super) centre: [f64; N],
    spread: f64,
}

impl Prior<4> {
    pub(super) fn of_purchases(model: PurchaseModel, unit: TimeUnit, is_shrunk: bool) -> Self {
        let weeks = TimeUnit::Week.days() / unit.days();
        let [r, alpha, a, b] = match model {
            PurchaseModel::BgNbd => BG_NBD,
            PurchaseModel::MbgNbd => MBG_NBD,
            PurchaseModel::ParetoNbd => PARETO_NBD,
        };
        let b = if model == PurchaseModel::ParetoNbd { b * weeks } else { b };
        Self::new([r, alpha * weeks, a, b], is_shrunk)
    }
}

impl Prior<3> {
    /// The scale v is set so that the mean of the centre is the mean of the data, whose currency it has.
    pub(super) fn of_spend(mean: f64, is_shrunk: bool) -> Self {
        let [p, q] = SPEND;
        Self::new([p, q, mean * (q - 1.0) / p], is_shrunk)
    }
}

impl<const N: usize> Prior<N> {
    fn new(centre: [f64; N], is_shrunk: bool) -> Self {
        Self { centre: centre.map(libm::log), spread: if is_shrunk { SPREAD } else { LEASH } }
    }

    /// Adds the logarithm of its density (without its constant) to a log-likelihood in terms of logarithms.
    pub(super) fn added_to(&self, mut curve: Curve<N>, logs: &[f64; N]) -> Curve<N> {
        let weight = 1.0 / (self.spread * self.spread);
        let parts = logs.iter().zip(self.centre).zip(curve.gradient.iter_mut().zip(&mut curve.hessian));
        for (i, ((at, centre), (slope, row))) in parts.enumerate() {
            let away = at - centre;
            curve.value -= 0.5 * weight * away * away;
            *slope -= weight * away;
            if let Some(entry) = row.get_mut(i) {
                *entry -= weight;
            }
        }
        curve
    }
}
