//! How a design behaves: where its runs stop, its power, and what it costs against a single look.

use super::design::{Bounds, Design, Look};
use super::walk::Walk;
use crate::stats::distribution::normal_quantile;
use crate::stats::quadrature::root;
use crate::stats::{Defined, Undefined};

/// Where runs with a given drift stop. What is left of 1 reaches the end without a verdict.
#[derive(Debug, Clone, PartialEq)]
pub struct Exits {
    /// At each look: the probability to stop for a gain.
    pub upper: Vec<f64>,
    /// At each look: the probability to stop for a loss (zeros in a one-sided test).
    pub lower: Vec<f64>,
    /// At each look: the probability to give up (zeros without futility).
    pub futility: Vec<f64>,
    /// The probability to stop for an effect of either sign: alpha without a drift, else the power.
    pub rejects: f64,
    /// The mean share of the information at the stop.
    pub expected_information: f64,
}

/// The runs that come to each look, and the ranges of the score in which they stop there.
#[derive(Debug, Clone)]
pub(super) struct Course {
    pub(super) stages: Vec<Stage>,
}

/// One look of a [`Course`].
#[derive(Debug, Clone)]
pub(super) struct Stage {
    /// The runs after the look before.
    pub(super) before: Walk,
    pub(super) time: f64,
    /// The score at or above which a run stops for a gain.
    pub(super) upper: f64,
    /// The score at or below which it stops for a loss, or for futility in a one-sided test.
    pub(super) lower: f64,
    /// The range in which a two-sided test gives up.
    pub(super) inner: Option<[f64; 2]>,
}

impl Stage {
    /// The probability to stop upwards here.
    pub(super) fn up(&self, drift: f64) -> f64 {
        self.before.probability(self.time, drift, [self.upper, f64::INFINITY])
    }

    /// The probability to stop downwards here.
    pub(super) fn down(&self, drift: f64) -> f64 {
        self.before.probability(self.time, drift, [f64::NEG_INFINITY, self.lower])
    }

    fn within(&self, drift: f64) -> f64 {
        self.inner.map_or(0.0, |range| self.before.probability(self.time, drift, range))
    }

    /// The probability to give up here with a score in a range.
    pub(super) fn within_range(&self, drift: f64, [low, high]: [f64; 2]) -> f64 {
        let Some([from, to]) = self.inner else { return 0.0 };
        let (from, to) = (from.max(low), to.min(high));
        if from < to { self.before.probability(self.time, drift, [from, to]) } else { 0.0 }
    }
}

impl Course {
    /// Follows the runs through all looks, with the futility bounds that `heed` lets stand.
    pub(super) fn of(bounds: &Bounds, heed: impl Fn(&Look) -> Option<f64>) -> Self {
        let design = bounds.design();
        let nexts = bounds.looks().iter().skip(1).map(Some).chain([None]);
        let (mut walk, mut stages) = (Walk::start(), Vec::new());
        for (look, next) in bounds.looks().iter().zip(nexts) {
            let futility = heed(look);
            let after = next.map(|next| {
                let wait = next.information - look.information;
                walk.advance(look.information, wait, &design.going_on(look, futility))
            });
            stages.push(stage(design, look, futility, walk));
            walk = after.unwrap_or_else(Walk::start);
        }
        Self { stages }
    }
}

fn stage(design: &Design, look: &Look, futility: Option<f64>, before: Walk) -> Stage {
    let root = libm::sqrt(look.information);
    let upper = look.upper.map_or(f64::INFINITY, |z| z * root);
    let give_up = futility.map(|z| z * root);
    let (lower, inner) = if design.is_two_sided() {
        (-upper, give_up.map(|score| [-score, score]))
    } else {
        (give_up.unwrap_or(f64::NEG_INFINITY), None)
    };
    Stage { before, time: look.information, upper, lower, inner }
}

impl Bounds {
    /// Where runs stop whose z has the mean `drift sqrt(t)` at share t of the information, futility bounds kept: a probability for each
    /// look and way to stop, by numerical integration (Armitage, `McPherson` and Rowe, 1969; Jennison and Turnbull, "Group sequential
    /// methods with applications to clinical trials", 2000).
    ///
    /// The drift is (effect / standard error at full information), without unit: for two shares of n units each, (p2 - p1) / sqrt((p1 (1 -
    /// p1) + p2 (1 - p2)) / n). Assumes a normal z with independent increments.
    pub fn exits(&self, drift: f64) -> Exits {
        let stages = Course::of(self, |look| look.futility).stages;
        let upper: Vec<f64> = stages.iter().map(|stage| stage.up(drift)).collect();
        let down: Vec<f64> = stages.iter().map(|stage| stage.down(drift)).collect();
        let none = || vec![0.0; stages.len()];
        let (lower, futility) = if self.design().is_two_sided() {
            (down, stages.iter().map(|stage| stage.within(drift)).collect())
        } else {
            (none(), down)
        };
        let rejects = upper.iter().chain(&lower).sum();
        let (mut left, mut before, mut expected_information) = (1.0, 0.0, 0.0);
        for (stage, ((up, low), none)) in stages.iter().zip(upper.iter().zip(&lower).zip(&futility)) {
            expected_information += left * (stage.time - before);
            left -= up + low + none;
            before = stage.time;
        }
        Exits { upper, lower, futility, rejects, expected_information }
    }

    /// The probability to stop for an effect (of either sign in a two-sided test) under a drift: the sum over the looks of the exits
    /// beyond the bounds (Jennison and Turnbull, 2000). [`Bounds::exits`] has drift and assumptions.
    pub fn power(&self, drift: f64) -> f64 {
        self.exits(drift).rejects
    }

    /// The drift that is detected with a probability of `power`: the design needs the sample size at which (effect / standard error) at
    /// full information equals it (Jennison and Turnbull, 2000). For bounds with futility see [`Design::drift_with_futility`], which
    /// moves the bounds too.
    ///
    /// # Errors
    /// [`Undefined::Input`] for a power outside alpha..1.
    pub fn drift_for_power(&self, power: f64) -> Defined<f64> {
        if !(power > self.design().alpha && power < 1.0) {
            return Err(Undefined::Input { field: "power", problem: "must lie between alpha and 1" });
        }
        let course = Course::of(self, |look| look.futility);
        let start = self.design().fixed_drift(power).max(0.1);
        let reached = |drift: f64| -> f64 {
            let two_sided = self.design().is_two_sided();
            let stops = |stage: &Stage| stage.up(drift) + if two_sided { stage.down(drift) } else { 0.0 };
            course.stages.iter().map(stops).sum()
        };
        root(1.1 * start, 0.1 * start, |drift| reached(drift) - power)
    }

    /// How many times the sample size of a single look this design needs at most for the same power: (drift / fixed drift)^2, 1.0 for no
    /// more (Jennison and Turnbull, 2000). The mean need is smaller where the test may stop early.
    ///
    /// # Errors
    /// As [`Bounds::drift_for_power`].
    pub fn inflation(&self, power: f64) -> Defined<f64> {
        self.growth(self.drift_for_power(power)?, power)
    }

    /// The same for a drift that is known to have this power.
    ///
    /// # Errors
    /// [`Undefined::NothingObserved`] for a power not above the error on a side: a single look has it without any effect.
    pub fn growth(&self, drift: f64, power: f64) -> Defined<f64> {
        let fixed = self.design().fixed_drift(power.min(1.0 - f64::EPSILON));
        if fixed > 1e-9 { Ok((drift / fixed) * (drift / fixed)) } else { Err(Undefined::NothingObserved) }
    }
}

impl Design {
    /// The drift that a single look detects with a probability of `power`: `z_(1 - alpha on a side) + z_power`, z the normal quantiles,
    /// without the far tail (Jennison and Turnbull, 2000).
    pub fn fixed_drift(&self, power: f64) -> f64 {
        normal_quantile(power) - normal_quantile(self.side_alpha())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::sequential::{Binding, Futility, Sides, Spending};

    fn equal(looks: u32) -> Vec<f64> {
        (1..=looks).map(|look| f64::from(look) / f64::from(looks)).collect()
    }

    /// The default of `gsDesign` 3: one-sided 0.025, beta 0.1, Hwang-Shih-DeCani -4 and -2.
    fn gs_design(binding: Binding) -> Design {
        let spending = Spending::HwangShihDeCani { gamma: -2.0 };
        let futility = Some(Futility { spending, beta: 0.1, drift: 1.0, binding });
        Design { alpha: 0.025, sides: Sides::One, spending: Spending::HwangShihDeCani { gamma: -4.0 }, futility }
    }

    fn bounds_of(design: &Design) -> (f64, Bounds) {
        design.drift_with_futility(&equal(3)).unwrap()
    }

    fn close(found: f64, wanted: f64, within: f64) {
        assert!((found - wanted).abs() < within, "{found} {wanted}");
    }

    #[test]
    fn futility_bounds_and_the_inflation_are_those_of_gs_design() {
        // gsDesign() of gsDesign 3: bounds 3.01 2.55 2.00 and -0.24 0.94 2.00, n 1.070, 0.0233 with futility kept.
        let design = gs_design(Binding::NonBinding);
        let (drift, bounds) = bounds_of(&design);
        let wanted = [(3.0107, -0.2387), (2.5465, 0.9411), (1.9992, 1.9992)];
        for (look, (upper, futility)) in bounds.looks().iter().zip(wanted) {
            close(look.upper.unwrap(), upper, 1e-4);
            close(look.futility.unwrap(), futility, 1e-4);
        }
        close((drift / design.fixed_drift(0.9)) * (drift / design.fixed_drift(0.9)), 1.0699, 1e-4);
        close(bounds.power(0.0), 0.0233, 5e-5);
        close(bounds.power(drift), 0.9, 1e-9);
    }

    #[test]
    fn alpha_holds_only_with_binding_futility_kept_and_without_in_any_case() {
        let (_, binding) = bounds_of(&gs_design(Binding::Binding));
        close(binding.power(0.0), 0.025, 1e-9);
        let (_, free) = bounds_of(&gs_design(Binding::NonBinding));
        assert!(free.looks()[2].upper > binding.looks()[2].upper);
    }

    #[test]
    fn a_two_sided_test_gives_up_in_the_middle() {
        let design = Design { sides: Sides::Two, alpha: 0.05, ..gs_design(Binding::NonBinding) };
        let (drift, bounds) = bounds_of(&design);
        let exits = bounds.exits(drift);
        close(exits.futility.iter().sum(), 0.1, 1e-9);
        close(bounds.exits(0.0).upper.iter().sum(), bounds.exits(0.0).lower.iter().sum(), 1e-12);
        assert!(bounds.looks()[0].futility.unwrap() > 0.0);
    }

    #[test]
    fn no_more_and_no_less_than_alpha_is_spent_however_the_looks_fall() {
        for information in [vec![0.1, 0.11, 0.5, 0.93], vec![0.02, 0.021, 0.7, 1.3, 1.31], vec![1e-4, 0.999_8, 1.0]] {
            for spending in [Spending::ObrienFleming, Spending::Pocock, Spending::Power { phi: 3.0 }] {
                let design = Design { spending, ..Design::default() };
                let last = *information.last().unwrap();
                close(design.bounds(&information).unwrap().power(0.0), spending.spent(0.025, last) * 2.0, 1e-9);
                close(design.bounds_to_the_end(&information).unwrap().power(0.0), 0.05, 1e-9);
            }
        }
    }

    #[test]
    fn obrien_fleming_costs_two_percent_and_pocock_nineteen() {
        let of = |spending| Design { spending, ..Design::default() }.bounds(&equal(5)).unwrap();
        close(of(Spending::ObrienFleming).inflation(0.9).unwrap(), 1.0231, 1e-4);
        close(of(Spending::Pocock).inflation(0.9).unwrap(), 1.1922, 1e-4);
        assert!(of(Spending::Pocock).drift_for_power(0.01).unwrap_err().is_input());
        let single = Design::default().bounds(&[1.0]).unwrap();
        close(single.inflation(0.8).unwrap(), 1.0, 1e-4);
    }
}
