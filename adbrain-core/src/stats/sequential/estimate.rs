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
/// The futility bounds count where they are binding; elsewhere they are left out, as if the test could have gone on. A stop that crosses no
/// bound counts as the end of the test. In a two-sided test that gave up in the middle, such an end lies below every gain and above every
/// loss, and among its like by the estimate (the sample mean ordering of Emerson and Fleming).
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
    /// The estimate by which ends in the middle are ordered; infinite for a gain or a loss, which lie beyond them all.
    place: f64,
}

impl Inference {
    /// Prepares a plan: all its looks, with those that did not happen because the test had stopped.
    pub fn new(plan: &Bounds) -> Self {
        let design = plan.design();
        let counts = design.futility.is_some_and(|futility: Futility| futility.is_binding());
        let heed = |look: &Look| look.futility.filter(|_| counts);
        Self { course: Course::of(plan, heed), two_sided: design.is_two_sided() }
    }

    /// What can be said after a stop, with an interval at `level` (0..1), in the unit of the estimate.
    ///
    /// With P(above) the probability under a drift of an end at or beyond this one in the stagewise order, the interval's ends are the
    /// drifts at which P(above) and P(below) are (1 - level) / 2, and the median is where they are equal (Tsiatis, Rosner and Mehta,
    /// 1984). The bias-adjusted estimate is Whitehead's (1986), the unbiased one that of Emerson and Fleming (1990).
    ///
    /// Assumes a normal estimate with independent increments and looks that were not chosen by the results.
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
        let adjusted = seen.bias_adjusted()?;
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
        let place = if score >= stage.upper {
            f64::INFINITY
        } else if score <= stage.lower {
            f64::NEG_INFINITY
        } else {
            score / stage.time
        };
        let is_given_up = stage.inner.is_some_and(|[low, high]| (low..=high).contains(&score));
        let is_planned = place.is_infinite() || is_given_up;
        let plan = if is_planned { stages.as_slice() } else { stages.get(..=stop.look).ok_or(BEYOND)? };
        Ok(Seen { before, stage, plan, score, place })
    }
}

impl Seen<'_> {
    /// The probability of this outcome or one further up: an earlier stop upwards, an earlier end in the middle that lies higher, or a
    /// higher score here.
    fn above(&self, drift: f64) -> f64 {
        let given_up = |stage: &Stage| stage.within_range(drift, [self.place * stage.time, f64::INFINITY]);
        let earlier: f64 = self.before.iter().map(|stage| stage.up(drift) + given_up(stage)).sum();
        earlier + self.stage.before.probability(self.stage.time, drift, [self.score, f64::INFINITY])
    }

    /// The probability of this outcome or one further down.
    fn below(&self, drift: f64) -> f64 {
        let given_up = |stage: &Stage| stage.within_range(drift, [f64::NEG_INFINITY, self.place * stage.time]);
        let earlier: f64 = self.before.iter().map(|stage| stage.down(drift) + given_up(stage)).sum();
        earlier + self.stage.before.probability(self.stage.time, drift, [f64::NEG_INFINITY, self.score])
    }

    fn is_out_of_reach(&self, drift: f64) -> bool {
        (self.above(drift) + self.below(drift) - 1.0).abs() > MASS_ERROR
    }

    /// The drift under which the naive estimate is expected to be what it is.
    fn bias_adjusted(&self) -> Defined<f64> {
        let time = self.stage.time;
        let naive = self.score / time;
        root(naive, 0.5 / libm::sqrt(time), |drift| self.expected_estimate(drift) - naive)
    }

    /// The mean of the naive estimate S / t at the stop.
    fn expected_estimate(&self, drift: f64) -> f64 {
        const ALL: [f64; 2] = [f64::NEG_INFINITY, f64::INFINITY];
        let mean = |stage: &Stage, range| stage.before.mean(stage.time, drift, range) / stage.time;
        let Some((last, earlier)) = self.plan.split_last() else { return f64::NAN };
        let stops = |stage: &Stage| {
            let given_up = stage.inner.map_or(0.0, |range| mean(stage, range));
            mean(stage, [stage.upper, f64::INFINITY]) + mean(stage, [f64::NEG_INFINITY, stage.lower]) + given_up
        };
        earlier.iter().map(stops).sum::<f64>() + mean(last, ALL)
    }
}

/// The interval at a look that holds at all looks together: estimate -/+ bound x standard error (Jennison and Turnbull, "Interim analyses:
/// the repeated confidence interval approach", 1989). It may be read while the test runs. `None` where the look has no bound.
///
/// In the unit of the estimate; the bound is the z of this look. Assumes a normal estimate with independent increments and looks that
/// were not chosen by the results. After a stop it is wider than need be, and its centre lies too far from zero: see [`Inference`].
pub fn repeated_interval(look: &Look, estimate: f64, standard_error: f64) -> Option<[f64; 2]> {
    let half = look.upper? * standard_error;
    Some([estimate - half, estimate + half])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::sequential::{Binding, Design, Sides, Spending};

    fn plan(spending: Spending, looks: u32) -> Bounds {
        let information: Vec<f64> = (1..=looks).map(|look| f64::from(look) / f64::from(looks)).collect();
        Design { spending, ..Design::default() }.bounds(&information).unwrap()
    }

    fn close(found: f64, wanted: f64, within: f64) {
        assert!((found - wanted).abs() < within, "{found} {wanted}");
    }

    #[test]
    fn a_single_look_needs_no_correction() {
        let found = Inference::new(&plan(Spending::Pocock, 1))
            .after(&Stop { look: 0, estimate: 0.3, standard_error: 0.1 }, 0.95)
            .unwrap();
        close(found.p_value, 0.002_699_796_063_260_19, 1e-12);
        close(found.low, 0.3 - 0.195_996_398_454_005_4, 1e-10);
        close(found.high, 0.3 + 0.195_996_398_454_005_4, 1e-10);
        for estimate in [found.median_unbiased, found.bias_adjusted, found.mean_unbiased] {
            close(estimate, 0.3, 1e-10);
        }
    }

    #[test]
    fn a_stop_at_the_bound_of_the_last_look_has_the_p_value_alpha() {
        let bounds = plan(Spending::ObrienFleming, 5);
        let z = bounds.looks()[4].upper.unwrap();
        let inference = Inference::new(&bounds);
        let found = inference.after(&Stop { look: 4, estimate: z, standard_error: 1.0 }, 0.95).unwrap();
        close(found.p_value, 0.05, 1e-9);
        close(found.low, 0.0, 1e-8);
        let mirrored = inference.after(&Stop { look: 4, estimate: -z, standard_error: 1.0 }, 0.95).unwrap();
        close(mirrored.high, 0.0, 1e-8);
        close(mirrored.bias_adjusted, -found.bias_adjusted, 1e-9);
    }

    #[test]
    fn earlier_stops_are_stronger_and_corrections_pull_towards_zero() {
        let bounds = plan(Spending::Pocock, 4);
        let inference = Inference::new(&bounds);
        let at = |look: usize| {
            let estimate = bounds.looks()[look].upper.unwrap() + 0.1;
            inference.after(&Stop { look, estimate, standard_error: 1.0 }, 0.9).unwrap()
        };
        let found: Vec<AfterStopping> = (0..4).map(at).collect();
        assert!(found.windows(2).all(|pair| pair[0].p_value < pair[1].p_value), "{found:?}");
        for found in &found {
            assert!(found.low < found.median_unbiased && found.median_unbiased < found.high);
            assert!(found.bias_adjusted < found.naive && found.median_unbiased <= found.naive + 1e-9);
        }
        // After the first look nothing was selected by the first look.
        close(found[0].mean_unbiased, found[0].naive, 1e-9);
    }

    /// The bias of the naive and the corrected estimate over all runs, whatever the verdict: stops within half a z are taken together.
    fn bias(bounds: &Bounds, drift: f64) -> [f64; 2] {
        let inference = Inference::new(bounds);
        let last = bounds.looks().len() - 1;
        let mut sums = [0.0, 0.0];
        for (look, stage) in inference.course.stages.iter().enumerate() {
            let step = 0.5 * libm::sqrt(stage.time);
            let ends = (-24..24).map(|half| f64::from(half) * step).map(|low| [low, low + step]);
            let (low, high) = (stage.lower, stage.upper);
            let stops = move |[from, to]: [f64; 2]| {
                if look == last { vec![[from, to]] } else { vec![[from, to.min(low)], [from.max(high), to]] }
            };
            for range in ends.flat_map(stops).filter(|range| range[0] < range[1]) {
                let probability = stage.before.probability(stage.time, drift, range);
                if probability > 1e-6 {
                    let score = stage.before.mean(stage.time, drift, range) / probability;
                    let seen = inference
                        .seen(&Stop { look, estimate: score / libm::sqrt(stage.time), standard_error: 1.0 })
                        .unwrap();
                    let naive = score / stage.time;
                    sums[0] += probability * (naive - drift);
                    sums[1] += probability * (seen.bias_adjusted().unwrap() - drift);
                }
            }
        }
        sums
    }

    #[test]
    fn the_correction_takes_at_least_half_of_the_bias_of_daily_looks() {
        // A lift of 10 % on a base rate of 5 % with 14,000 users per arm over 28 days.
        let drift = 0.005 / libm::sqrt((0.05 * 0.95 + 0.055 * 0.945) / 14_000.0);
        for spending in [Spending::ObrienFleming, Spending::Pocock] {
            let [naive, adjusted] = bias(&plan(spending, 28), drift);
            assert!(naive > 0.1 * drift, "{spending:?} {naive} {drift}");
            assert!(adjusted.abs() < 0.3 * naive, "{spending:?} {naive} {adjusted}");
        }
    }

    #[test]
    fn the_unbiased_estimate_has_no_bias() {
        let bounds = plan(Spending::Pocock, 3);
        let course = Inference::new(&bounds).course;
        let mut mean = 0.0;
        for (look, stage) in course.stages.iter().enumerate() {
            let rule = crate::stats::quadrature::GaussLegendre::new(60);
            let parts = if look == 2 { vec![[-8.0, 8.0]] } else { vec![[-8.0, stage.lower], [stage.upper, 8.0]] };
            for [from, to] in parts {
                for (score, weight) in rule.on(from, to) {
                    let density = stage.before.probability(stage.time, 1.0, [score - 1e-4, score + 1e-4]) / 2e-4;
                    mean += weight * density * stage.before.first_estimate(stage.time, score).unwrap();
                }
            }
        }
        close(mean, 1.0, 1e-6);
    }

    #[test]
    fn futility_counts_where_it_binds() {
        let futility = |binding| {
            let spending = Spending::HwangShihDeCani { gamma: -2.0 };
            Some(Futility { spending, beta: 0.1, drift: 3.3, binding })
        };
        let p = |binding| {
            let design = Design { alpha: 0.025, sides: Sides::One, futility: futility(binding), ..Design::default() };
            let bounds = design.bounds(&[0.3, 0.6, 1.0]).unwrap();
            Inference::new(&bounds).after(&Stop { look: 2, estimate: 2.0, standard_error: 1.0 }, 0.95).unwrap().p_value
        };
        assert!(p(Binding::Binding) < p(Binding::NonBinding));
    }

    #[test]
    fn a_two_sided_test_that_must_give_up_agrees_with_its_lowered_bounds() {
        let spending = Spending::HwangShihDeCani { gamma: -2.0 };
        let futility = Futility { spending, beta: 0.2, drift: 2.8, binding: Binding::Binding };
        let times: Vec<f64> = (14..=28).map(|day| f64::from(day) / 28.0).collect();
        let bounds = Design { futility: Some(futility), ..Design::default() }.bounds(&times).unwrap();
        let inference = Inference::new(&bounds);
        let at = |look, estimate| inference.after(&Stop { look, estimate, standard_error: 1.0 }, 0.95).unwrap();
        let (last, z) = (times.len() - 1, bounds.looks().last().unwrap().upper.unwrap());
        let found = at(last, z);
        close(found.p_value, 0.05, 1e-6);
        close(found.low, 0.0, 1e-5);
        assert!(found.bias_adjusted < z && found.bias_adjusted > 0.0);
        let mirrored = at(last, -z);
        close(mirrored.high, -found.low, 1e-8);
        close(mirrored.bias_adjusted, -found.bias_adjusted, 1e-8);
        // Given up in the middle: nothing is shown, and what lies higher is told as higher.
        let look = bounds.looks().iter().position(|look| look.futility.is_some_and(|z| z > 0.2)).unwrap();
        let (low, high) = (at(look, -0.1), at(look, 0.1));
        assert!(low.p_value > 0.5 && low.low < 0.0 && low.high > 0.0, "{low:?}");
        assert!(low.median_unbiased < high.median_unbiased, "{low:?} {high:?}");
    }

    #[test]
    fn what_cannot_be_is_said() {
        let inference = Inference::new(&plan(Spending::Pocock, 2));
        let stop = Stop { look: 1, estimate: 0.1, standard_error: 0.1 };
        for bad in [Stop { look: 2, ..stop }, Stop { standard_error: 0.0, ..stop }] {
            assert!(inference.after(&bad, 0.95).unwrap_err().is_input());
        }
        assert!(inference.after(&stop, 95.0).unwrap_err().is_input());
        assert_eq!(inference.after(&Stop { estimate: f64::NAN, ..stop }, 0.95), Err(Undefined::NotFinite));
        let far = inference.after(&Stop { look: 1, estimate: 1e6, standard_error: 0.1 }, 0.95);
        assert_eq!(far, Err(Undefined::NotConverged));
    }

    #[test]
    fn the_interval_of_a_running_test_is_as_wide_as_its_bound() {
        let look = plan(Spending::Pocock, 2).looks()[0];
        let [low, high] = repeated_interval(&look, 1.0, 0.5).unwrap();
        close(high - low, look.upper.unwrap(), 1e-12);
        assert_eq!(repeated_interval(&Look { upper: None, ..look }, 1.0, 0.5), None);
    }
}
