//! Estimates after a stop: what is left of a result when the way it was reached is taken into account.

use super::design::{Bounds, Look};
use super::exits::{Course, Stage};
use super::futility::Futility;
use crate::stats::quadrature::root;
use crate::stats::{Defined, Undefined};

/// The probabilities of all outcomes must add up to one within this, else the answer lies outside the integration's reach.
const MASS_ERROR: f64 = 1e-6;

/// A test at its stop.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stop {
    /// The look at which it stopped, 0 is the first.
    pub look: usize,
    /// The estimate of the effect at the stop, in any unit.
    pub estimate: f64,
    /// Its standard error, above zero. z is their ratio.
    pub standard_error: f64,
}

/// What can be said about the effect after a stop, in the unit of the estimate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AfterStopping {
    /// The p value by stagewise ordering: an earlier stop is the stronger result. Two-sided in a two-sided design.
    pub p_value: f64,
    /// The estimate as it was, too far from zero on average.
    pub naive: f64,
    /// As often too high as too low.
    pub median_unbiased: f64,
    /// The lower end of the interval by stagewise ordering.
    pub low: f64,
    /// The upper end.
    pub high: f64,
    /// The level of the interval.
    pub level: f64,
    /// The bias-adjusted mean (Whitehead): the effect under which the naive estimate is expected to be what it was.
    pub bias_adjusted: f64,
    /// The estimate without any bias and with the least variance among such: what the first look is expected to have shown. It varies
    /// more than the bias-adjusted one, most of all when the first look was early.
    pub mean_unbiased: f64,
}

/// The plan of a test, prepared for estimates after a stop.
///
/// The futility bounds count where they are binding in a one-sided test; elsewhere they are left out, as if the test could have gone on.
/// A stop that crosses no bound counts as the end of the test.
///
/// Sources: Tsiatis, Rosner and Mehta, "Exact confidence intervals following a group sequential test", 1984 (stagewise ordering);
/// Whitehead, "On the bias of maximum likelihood estimation following a sequential test", 1986; Emerson and Fleming, "Parameter
/// estimation following group sequential hypothesis testing", 1990 (the unbiased estimate).
///
/// ```
/// use adbrain_core::stats::sequential::{Design, Inference, Stop};
/// let plan = Design::default().bounds(&[0.25, 0.5, 0.75, 1.0])?;
/// let found = Inference::new(&plan).after(&Stop { look: 1, estimate: 0.16, standard_error: 0.05 }, 0.95)?;
/// assert!(found.p_value < 0.05 && found.low > 0.0);
/// assert!(found.bias_adjusted < 0.16);
/// # Ok::<(), adbrain_core::stats::Undefined>(())
/// ```
#[derive(Debug, Clone)]
pub struct Inference {
    course: Course,
    two_sided: bool,
}

/// One stop, in scores.
struct Seen<'a> {
    before: &'a [Stage],
    stage: &'a Stage,
    /// All looks that could have happened.
    plan: &'a [Stage],
    score: f64,
}

impl Inference {
    /// Prepares a plan: all its looks, with those that did not happen because the test had stopped.
    pub fn new(plan: &Bounds) -> Self {
        let design = plan.design();
        let counts = design.futility.is_some_and(|futility: Futility| futility.is_binding()) && !design.is_two_sided();
        let heed = |look: &Look| look.futility.filter(|_| counts);
        Self { course: Course::of(plan, heed), two_sided: design.is_two_sided() }
    }

    /// What can be said after a stop, with an interval at `level` (0..1).
    ///
    /// # Errors
    /// [`Undefined::Input`] for a look beyond the plan, a standard error that is not above zero or a level outside 0..1;
    /// [`Undefined::NotConverged`] for estimates of more than about 14 standard errors after the first look.
    pub fn after(&self, stop: &Stop, level: f64) -> Defined<AfterStopping> {
        let seen = self.seen(stop)?;
        if !(level > 0.0 && level < 1.0) {
            return Err(Undefined::Input { field: "level", problem: "must lie between 0 and 1" });
        }
        let tail = 0.5 * (1.0 - level);
        let time = seen.stage.time;
        let (start, width) = (seen.score / time, 1.0 / libm::sqrt(time));
        let low = root(start - width, width, |drift| seen.above(drift) - tail)?;
        let high = root(start + width, width, |drift| tail - seen.below(drift))?;
        let median = root(start, 0.5 * width, |drift| seen.above(drift) - seen.below(drift))?;
        let adjusted = root(start, 0.5 * width, |drift| seen.expected_estimate(drift) - start)?;
        let first = seen.stage.before.first_estimate(time, seen.score).ok_or(Undefined::NotConverged)?;
        if [low, high, median].into_iter().any(|drift| seen.is_out_of_reach(drift)) {
            return Err(Undefined::NotConverged);
        }
        let unit = stop.standard_error * libm::sqrt(time);
        Ok(AfterStopping {
            p_value: self.p_value(&seen),
            naive: stop.estimate,
            median_unbiased: median * unit,
            low: low * unit,
            high: high * unit,
            level,
            bias_adjusted: adjusted * unit,
            mean_unbiased: first * unit,
        })
    }

    fn p_value(&self, seen: &Seen<'_>) -> f64 {
        let (above, below) = (seen.above(0.0), seen.below(0.0));
        let p = if self.two_sided { 2.0 * above.min(below) } else { above };
        p.clamp(f64::MIN_POSITIVE, 1.0)
    }

    fn seen(&self, stop: &Stop) -> Defined<Seen<'_>> {
        const BEYOND: Undefined = Undefined::Input { field: "look", problem: "is beyond the plan" };
        let stages = &self.course.stages;
        let stage = stages.get(stop.look).ok_or(BEYOND)?;
        let before = stages.get(..stop.look).ok_or(BEYOND)?;
        if !(stop.standard_error.is_finite() && stop.standard_error > 0.0) {
            return Err(Undefined::Input { field: "standard_error", problem: "must be a number above zero" });
        }
        if !stop.estimate.is_finite() {
            return Err(Undefined::NotFinite);
        }
        let score = stop.estimate / stop.standard_error * libm::sqrt(stage.time);
        let crossed = score >= stage.upper || score <= stage.lower;
        let plan = if crossed { stages.as_slice() } else { stages.get(..=stop.look).ok_or(BEYOND)? };
        Ok(Seen { before, stage, plan, score })
    }
}

impl Seen<'_> {
    /// The probability of this outcome or one further up: an earlier stop upwards, or a higher score here.
    fn above(&self, drift: f64) -> f64 {
        let earlier: f64 = self.before.iter().map(|stage| stage.up(drift)).sum();
        earlier + self.stage.before.probability(self.stage.time, drift, [self.score, f64::INFINITY])
    }

    /// The probability of this outcome or one further down.
    fn below(&self, drift: f64) -> f64 {
        let earlier: f64 = self.before.iter().map(|stage| stage.down(drift)).sum();
        earlier + self.stage.before.probability(self.stage.time, drift, [f64::NEG_INFINITY, self.score])
    }

    fn is_out_of_reach(&self, drift: f64) -> bool {
        (self.above(drift) + self.below(drift) - 1.0).abs() > MASS_ERROR
    }

    /// The mean of the naive estimate S / t at the stop.
    fn expected_estimate(&self, drift: f64) -> f64 {
        const ALL: [f64; 2] = [f64::NEG_INFINITY, f64::INFINITY];
        let mean = |stage: &Stage, range| stage.before.mean(stage.time, drift, range) / stage.time;
        let Some((last, earlier)) = self.plan.split_last() else { return f64::NAN };
        let stops =
            |stage: &Stage| mean(stage, [stage.upper, f64::INFINITY]) + mean(stage, [f64::NEG_INFINITY, stage.lower]);
        earlier.iter().map(stops).sum::<f64>() + mean(last, ALL)
    }
}

/// The interval at a look that holds at all looks together: estimate -/+ bound x standard error (Jennison and Turnbull, "Interim analyses:
/// the repeated confidence interval approach", 1989). It may be read while the test runs. `None` where the look has no bound.
pub fn repeated_interval(look: &Look, estimate: f64, standard_error: f64) -> Option<[f64; 2]> {
    let half = look.upper? * standard_error;
    Some([estimate - half, estimate + half])
}
