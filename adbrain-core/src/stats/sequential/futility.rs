//! When to give up a test: beta spending.

use super::design::{Bounds, Design};
use super::spending::Spending;
use super::walk::Walk;
use crate::stats::distribution::normal_quantile;
use crate::stats::quadrature::root;
use crate::stats::{Defined, Undefined};

/// Less error than this cannot buy a bound.
const LEAST_ERROR: f64 = 1e-14;

/// Whether the test may go on against the advice to give up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Binding {
    /// It may: alpha holds whether or not the advice is taken. The usual choice.
    #[default]
    NonBinding,
    /// It must stop: the upper bounds are a little lower, and alpha holds only if it does stop.
    Binding,
}

/// Stops without an effect: at look k the bound a spends P(no stop before, z below a | drift) = `beta(t_k) - beta(t_(k-1))` (Pampallona,
/// Tsiatis and Kim, "Interim monitoring of group sequential trials using spending functions for the type I and type II error
/// probabilities", 2001). With two sides the range |z| below a is meant.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Futility {
    /// When beta may be spent.
    pub spending: Spending,
    /// The permitted chance to miss the effect, 0..1.
    pub beta: f64,
    /// The effect not to miss: the mean of z at the end of the plan. See [`Design::drift_with_futility`].
    pub drift: f64,
    /// Whether the bound must be kept.
    pub binding: Binding,
}

impl Futility {
    pub(super) fn is_binding(&self) -> bool {
        self.binding == Binding::Binding
    }

    pub(super) fn check(&self) -> Defined<()> {
        if !(self.beta > 0.0 && self.beta < 1.0) {
            return Err(Undefined::Input { field: "beta", problem: "must lie between 0 and 1" });
        }
        if !(self.drift.is_finite() && self.drift > 0.0) {
            return Err(Undefined::Input { field: "drift", problem: "must be a number above zero" });
        }
        self.spending.check()
    }

    /// The z below which a share `tail` of the runs with the effect lies at a look.
    pub(super) fn bound(&self, walk: &Walk, design: &Design, [time, tail]: [f64; 2]) -> Defined<Option<f64>> {
        let spread = libm::sqrt(time);
        let below = |z: f64| {
            let low = if design.is_two_sided() { -z * spread } else { f64::NEG_INFINITY };
            walk.probability(time, self.drift, [low, z * spread]).max(f64::MIN_POSITIVE)
        };
        if tail < LEAST_ERROR || below(self.drift * spread + 40.0) < tail {
            return Ok(None);
        }
        let free = self.drift * spread + normal_quantile(tail);
        let start = if design.is_two_sided() { free.abs().max(0.1) } else { free };
        root(start, 0.2, |z| libm::log(below(z) / tail)).map(Some)
    }
}

impl Design {
    /// The drift (the mean of z at full information) that a test with futility bounds detects with a probability of 1 - beta, with the
    /// bounds that belong to it. `information` are the planned looks, the last at 1. The drift given in `futility` only starts the
    /// search.
    ///
    /// It solves P(stop for an effect, under the drift) = 1 - beta, the futility bounds moving along (Jennison and Turnbull, 2000). The
    /// sample size of the plan grows by (drift / (z of 1 - alpha on a side + z of 1 - beta))^2 against a single look. Assumes what
    /// [`Design::bounds`] does.
    ///
    /// # Errors
    /// [`Undefined::Input`] without futility, [`Undefined::NotConverged`] where no drift does.
    pub fn drift_with_futility(&self, information: &[f64]) -> Defined<(f64, Bounds)> {
        let futility = self.futility.ok_or(Undefined::Input { field: "futility", problem: "is missing" })?;
        let with = |drift: f64| Self { futility: Some(Futility { drift, ..futility }), ..*self };
        let start = self.fixed_drift(1.0 - futility.beta);
        with(start).bounds_to_the_end(information)?;
        let short = |drift: f64| match with(drift.max(1e-3)).bounds_to_the_end(information) {
            Ok(bounds) => bounds.power(drift) - (1.0 - futility.beta),
            Err(_) => f64::NAN,
        };
        let drift = root(1.1 * start, 0.1 * start, short)?;
        Ok((drift, with(drift).bounds_to_the_end(information)?))
    }
}
