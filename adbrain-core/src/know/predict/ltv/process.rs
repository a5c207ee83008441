//! A purchase model with its parameters, and what it says about one customer.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::beta_geometric::BetaGeometric;
use super::count::{Counts, Tail};
use super::customers::Customer;
use super::pareto::Pareto;
use crate::error::{Error, Result};
use crate::stats::newton::Curve;

/// Parameters beyond these lie outside any shop and would overflow.
const PARAMETERS: std::ops::RangeInclusive<f64> = 1e-9..=1e9;

/// How customers buy and leave. In all three a customer buys at a constant rate of their own while alive, and the rates are
/// gamma-distributed between customers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PurchaseModel {
    /// A customer may leave after each repeat purchase, with a beta-distributed chance; whoever never bought again is still alive
    /// (Fader, Hardie and Lee, "Counting your customers the easy way", Marketing Science 24, 2005). Parameters r, alpha, a, b.
    BgNbd,
    /// The same, but a customer may leave after the first purchase too (Batislam, Denizel and Filiztekin, International Journal of
    /// Research in Marketing 24, 2007). Parameters r, alpha, a, b.
    MbgNbd,
    /// A customer may leave at any time, with a gamma-distributed rate (Schmittlein, Morrison and Colombo, "Counting your customers: who
    /// are they and what will they do next?", Management Science 33, 1987). Parameters r, alpha, s, beta.
    ParetoNbd,
}

impl PurchaseModel {
    /// All three, from the simplest on.
    pub const ALL: [Self; 3] = [Self::BgNbd, Self::MbgNbd, Self::ParetoNbd];

    /// Its name: `bg_nbd`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::BgNbd => "bg_nbd",
            Self::MbgNbd => "mbg_nbd",
            Self::ParetoNbd => "pareto_nbd",
        }
    }

    /// The names of its parameters, in their order.
    pub fn parameter_names(self) -> [&'static str; 4] {
        match self {
            Self::BgNbd | Self::MbgNbd => ["r", "alpha", "a", "b"],
            Self::ParetoNbd => ["r", "alpha", "s", "beta"],
        }
    }
}

/// A purchase model with its parameters.
///
/// ```
/// use adbrain_core::predict::ltv::{Customer, PurchaseModel, PurchaseProcess};
/// let process = PurchaseProcess::new(PurchaseModel::BgNbd, [0.242593, 4.413532, 0.792886, 2.425752])?;
/// let customer = Customer { frequency: 2.0, recency: 30.43, age: 38.86 };
/// assert!((process.probability_alive(&customer) - 0.726609).abs() < 1e-6);
/// assert!((process.expected_purchases(&customer, 39.0) - 1.22591).abs() < 1e-5);
/// # Ok::<(), adbrain_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct PurchaseProcess {
    model: PurchaseModel,
    parameters: [f64; 4],
}

/// The model with the right names.
#[derive(Debug, Clone, Copy)]
pub(super) enum Named {
    BetaGeometric(BetaGeometric),
    Pareto(Pareto),
}

impl PurchaseProcess {
    /// Takes the parameters in the order of [`PurchaseModel::parameter_names`]; alpha and beta are times in the unit of the customers.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) for a parameter outside 1e-9..1e9.
    pub fn new(model: PurchaseModel, parameters: [f64; 4]) -> Result<Self> {
        for (name, value) in model.parameter_names().into_iter().zip(parameters) {
            if !PARAMETERS.contains(&value) {
                return Err(Error::invalid(&format!("parameters.{name}"), "is not a number from 1e-9 to 1e9")
                    .next("give what a fit found"));
            }
        }
        Ok(Self { model, parameters })
    }

    /// The same for a search, whose steps may leave the range.
    pub(super) fn unchecked(model: PurchaseModel, parameters: [f64; 4]) -> Self {
        Self { model, parameters }
    }

    /// The model.
    pub fn model(&self) -> PurchaseModel {
        self.model
    }

    /// The parameters in their order.
    pub fn parameters(&self) -> [f64; 4] {
        self.parameters
    }

    pub(super) fn named(&self) -> Named {
        let [r, alpha, a, b] = self.parameters;
        match self.model {
            PurchaseModel::BgNbd => Named::BetaGeometric(BetaGeometric { r, alpha, a, b, at_start: 0.0 }),
            PurchaseModel::MbgNbd => Named::BetaGeometric(BetaGeometric { r, alpha, a, b, at_start: 1.0 }),
            PurchaseModel::ParetoNbd => Named::Pareto(Pareto { r, alpha, s: a, beta: b }),
        }
    }

    /// The probability (0..1) that a customer has not left by the end of the observation.
    ///
    /// BG/NBD: `1 / (1 + a / (b + x - 1) ((alpha + T) / (alpha + t_x))^(r + x))`, 1 for x = 0; MBG/NBD the same with b + x. Pareto/NBD:
    /// one over 1 plus `s (alpha + T)^(r + x) (beta + T)^s` times the integral over y from `t_x` to T of
    /// `(alpha + y)^-(r + x) (beta + y)^-(s + 1)`.
    pub fn probability_alive(&self, customer: &Customer) -> f64 {
        match self.named() {
            Named::BetaGeometric(model) => model.probability_alive(customer),
            Named::Pareto(model) => model.probability_alive(customer),
        }
    }

    /// The expected purchases of a customer within a horizon after the observation, in the unit of the customer's times: the
    /// probability to be alive times what a living customer is expected to buy before leaving. Zero for a horizon of zero or less.
    ///
    /// For [`Customer::NEW`] it is what a new customer is expected to buy after the first purchase.
    pub fn expected_purchases(&self, customer: &Customer, horizon: f64) -> f64 {
        if horizon.is_nan() || horizon <= 0.0 {
            return 0.0;
        }
        match self.named() {
            Named::BetaGeometric(model) => model.probability_alive(customer) * model.alive(customer).expected(horizon),
            Named::Pareto(model) => model.probability_alive(customer) * model.alive(customer).expected(horizon),
        }
    }

    /// The probabilities of 0, 1, 2, ... purchases of a customer within a horizon above zero.
    pub(super) fn counts(&self, customer: &Customer, horizon: f64, tail: Tail) -> Counts {
        let (alive, counts) = match self.named() {
            Named::BetaGeometric(model) => {
                (model.probability_alive(customer), model.alive(customer).counts(horizon, tail))
            }
            Named::Pareto(model) => (model.probability_alive(customer), model.alive(customer).counts(horizon, tail)),
        };
        counts.if_alive(alive)
    }

    /// The log-likelihood of weighted histories in order of their frequency, with its derivatives.
    pub(super) fn log_likelihood(&self, patterns: &[(Customer, f64)]) -> Curve<4> {
        let mut sum = Curve::ZERO;
        for same in patterns.chunk_by(|(a, _), (b, _)| a.frequency.total_cmp(&b.frequency).is_eq()) {
            let weight: f64 = same.iter().map(|(_, weight)| weight).sum();
            let frequency = same.first().map_or(0.0, |(customer, _)| customer.frequency);
            match self.named() {
                Named::BetaGeometric(model) => {
                    sum.add(&model.of_frequency(frequency), weight);
                    for (customer, weight) in same {
                        sum.add(&model.of_times(customer), *weight);
                    }
                }
                Named::Pareto(model) => {
                    sum.add(&model.of_frequency(frequency), weight);
                    for (customer, weight) in same {
                        sum.add(&model.of_times(customer), *weight);
                    }
                }
            }
        }
        sum
    }
}
