//! The design of the looks as bounds on a standard normal statistic.

use super::settings::{Futility, Looks, Settings, Spending, Unit};
use crate::stats::distribution::normal_quantile;
use crate::stats::sequential::{self, Inference};
use crate::stats::{Defined, Undefined};

/// Days for which a confidence sequence is narrowest where no end is planned: four weeks.
const USUAL_DAYS: u64 = 28;
/// The same for people, as a multiple of the minimum sample.
const USUAL_SAMPLES: u64 = 10;
/// The part of the error that looks at days may spend. The bounds are those of a normal walk; t statistics of few days have the same tails at
/// each look but are less alike from look to look, so that all looks together err 5.2 % where 5 % was asked for, and 4.7 % with this part
/// of it (400,000 simulated tests of normal days, O'Brien-Fleming, 15 looks from 14 to 28 days; 4.5 % from 14 to 60 days).
const SPENT_ON_DAYS: f64 = 0.9;
/// How the error of giving up is spent: slowly at first, as `gsDesign` does by default.
const GIVING_UP: sequential::Spending = sequential::Spending::HwangShihDeCani { gamma: -2.0 };

/// A planned look.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Planned {
    pub(super) units: u64,
    /// What |z| has to reach; none where there is no error to spend yet.
    pub(super) bound: Option<f64>,
    /// At or below this |z| it is advised to give up.
    pub(super) futility: Option<f64>,
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
    /// Whether the advice to give up ends the test.
    pub(super) is_binding: bool,
    /// The mean of z at the planned end under the effect that is given up, where one is.
    pub(super) given_up: Option<f64>,
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
        let mut bounds = Self {
            alpha,
            planned: Vec::new(),
            inference: None,
            is_binding: settings.futility == Futility::Binding,
            given_up: None,
            rho_squared,
            fixed: -normal_quantile(alpha / 2.0),
        };
        if let (Looks::GroupSequential { at, spending }, Some(end)) = (settings.design(), settings.planned_units) {
            let at = if at.is_empty() { (settings.least_units()..=end).collect() } else { at };
            bounds.plan(&at, spending, settings)?;
        }
        Ok(bounds)
    }

    fn plan(&mut self, at: &[u64], spending: Spending, settings: &Settings) -> Defined<()> {
        let spending = match spending {
            Spending::ObrienFleming => sequential::Spending::ObrienFleming,
            Spending::Pocock => sequential::Spending::Pocock,
            Spending::Power(phi) => sequential::Spending::Power { phi },
        };
        let alpha = if settings.unit == Unit::Day { SPENT_ON_DAYS * self.alpha } else { self.alpha };
        let design = sequential::Design { alpha, spending, ..sequential::Design::default() };
        let design = sequential::Design { futility: futility(settings, &design), ..design };
        self.given_up = design.futility.map(|futility| futility.drift);
        let end = at.last().copied().unwrap_or(1) as f64;
        let information: Vec<f64> = at.iter().map(|units| *units as f64 / end).collect();
        let plan = design.bounds(&information)?;
        let looks = at.iter().zip(plan.looks());
        let planned = |(units, look): (&u64, &sequential::Look)| Planned {
            units: *units,
            bound: look.upper,
            futility: look.futility.filter(|_| look.information < 1.0),
        };
        self.planned = looks.map(planned).collect();
        self.inference = Some(Inference::new(&plan));
        Ok(())
    }

    /// Whether so many units are none of the planned looks, where looks are planned.
    pub(super) fn is_between_looks(&self, units: u64) -> bool {
        !self.planned.is_empty() && self.planned.iter().all(|look| look.units != units)
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
        (libm::sqrt(a) * libm::exp(-z * z * (a - 1.0) / (2.0 * a))).clamp(f64::MIN_POSITIVE, 1.0)
    }
}

/// When to give up: for the effect that one look at the end would show with the planned power.
fn futility(settings: &Settings, design: &sequential::Design) -> Option<sequential::Futility> {
    let binding = match settings.futility {
        Futility::None => return None,
        Futility::NonBinding => sequential::Binding::NonBinding,
        Futility::Binding => sequential::Binding::Binding,
    };
    let (beta, drift) = (1.0 - settings.power, design.fixed_drift(settings.power));
    (drift > 0.0).then_some(sequential::Futility { spending: GIVING_UP, beta, drift, binding })
}
