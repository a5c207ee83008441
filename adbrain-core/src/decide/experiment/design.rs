//! The design of the looks as bounds on a standard normal statistic.

use super::settings::{Looks, Settings, Spending, Unit};
use crate::stats::distribution::normal_quantile;
use crate::stats::sequential::{self, Inference};
use crate::stats::{Defined, Undefined};

/// Days for which a confidence sequence is narrowest where no end is planned: four weeks.
const USUAL_DAYS: u64 = 28;
/// The same for people, as a multiple of the minimum sample.
const USUAL_SAMPLES: u64 = 10;

/// A planned look.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Planned {
    pub(super) units: u64,
    /// What |z| has to reach; none where there is no error to spend yet.
    pub(super) bound: Option<f64>,
}

/// The bounds of a design at one error level.
#[derive(Debug, Clone)]
pub(super) struct Bounds {
    /// The two-sided error.
    pub(super) alpha: f64,
    /// The planned looks; empty unless group sequential.
    pub(super) planned: Vec<Planned>,
    /// Estimates after a stop of a group sequential test.
    pub(super) inference: Option<Inference>,
    /// rho^2 of the confidence sequence.
    rho_squared: f64,
    /// z of one look.
    pub(super) fixed: f64,
}

impl Bounds {
    /// The bounds of a test's design at a two-sided error.
    pub(super) fn of(settings: &Settings, alpha: f64) -> Defined<Self> {
        if !(alpha > 0.0 && alpha < 1.0) {
            return Err(Undefined::Input { field: "level", problem: "must lie inside 0..1" });
        }
        let usual = match settings.unit {
            Unit::User => settings.minimum_sample.max(1).saturating_mul(USUAL_SAMPLES),
            Unit::Day | Unit::Geo => USUAL_DAYS,
        };
        let best = settings.planned_units.unwrap_or(usual) as f64;
        let budget = -2.0 * libm::log(alpha);
        let rho_squared = (budget + libm::log1p(budget)) / best;
        let mut bounds =
            Self { alpha, planned: Vec::new(), inference: None, rho_squared, fixed: -normal_quantile(alpha / 2.0) };
        if let (Looks::GroupSequential { at, spending }, Some(end)) = (settings.design(), settings.planned_units) {
            let at = if at.is_empty() { (settings.least_units()..=end).collect() } else { at };
            bounds.plan(&at, spending, end)?;
        }
        Ok(bounds)
    }

    fn plan(&mut self, at: &[u64], spending: Spending, end: u64) -> Defined<()> {
        let spending = match spending {
            Spending::ObrienFleming => sequential::Spending::ObrienFleming,
            Spending::Pocock => sequential::Spending::Pocock,
            Spending::Power(phi) => sequential::Spending::Power { phi },
        };
        let design = sequential::Design { alpha: self.alpha, spending, ..sequential::Design::default() };
        let information: Vec<f64> = at.iter().map(|units| *units as f64 / end as f64).collect();
        let plan = design.bounds(&information)?;
        let looks = at.iter().zip(plan.looks());
        self.planned = looks.map(|(units, look)| Planned { units: *units, bound: look.upper }).collect();
        self.inference = Some(Inference::new(&plan));
        Ok(())
    }

    /// How far the confidence sequence reaches at n units, in standard errors: with A = n rho^2 + 1,
    /// sqrt(A / (A - 1) ln(A / alpha^2)).
    pub(super) fn anytime(&self, units: u64) -> f64 {
        let a = units as f64 * self.rho_squared + 1.0;
        libm::sqrt(a / (a - 1.0) * libm::log(a / (self.alpha * self.alpha)))
    }

    /// The p value of the confidence sequence at n units: the least error at which it leaves zero out, sqrt(A) e^(-z^2 (A - 1) / (2 A)).
    pub(super) fn anytime_p(&self, z: f64, units: u64) -> f64 {
        let a = units as f64 * self.rho_squared + 1.0;
        (libm::sqrt(a) * libm::exp(-z * z * (a - 1.0) / (2.0 * a))).min(1.0)
    }
}
