//! The smallest lift that a paired geo design can see, from its own past.

use super::pairs::is_heads;
use super::permutation::{PairedSeries, check_pairs, sub_seed, totals};
use super::placebo::window;
use super::region::{check_level, wrong};
use super::regression::Regression;
use crate::stats::distribution::t_quantile;
use crate::stats::random::Random;
use crate::stats::{Defined, Undefined};

/// What is planned.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PowerPlan {
    /// The length of the test.
    pub test_periods: usize,
    /// The level of the two-sided interval that shall lie above zero.
    pub level: f64,
    /// The chance of that to be reached, 0.8 for 80 %.
    pub power: f64,
    /// How many simulated tests; each has its own coins and its own dates.
    pub draws: u32,
    /// The seed of coins and dates.
    pub seed: u64,
}

impl PowerPlan {
    /// A test of some length at the usual level of 0.95 and power of 0.8, with 1000 simulated tests.
    pub fn usual(test_periods: usize) -> Self {
        Self { test_periods, level: 0.95, power: 0.8, draws: 1000, seed: 0 }
    }
}

/// What the design can see.
#[derive(Debug, Clone, PartialEq)]
pub struct DetectableLift {
    /// The smallest relative lift that is found with the power asked for: 0.04 for 4 %.
    pub lift: f64,
    /// The lift that is found with a power of 0.1, 0.2 and so on to 0.9, as pairs of power and lift.
    pub curve: Vec<[f64; 2]>,
    /// The share of simulated tests without any lift whose interval leaves out zero: near 1 - level if the model fits the past.
    pub false_positive_rate: f64,
    /// How many simulated tests could be computed.
    pub tests: u64,
}

/// Finds the smallest relative lift that a paired geo test can see, by tests simulated on the time before it. 0.04 means 4 %.
///
/// Each simulated test draws the coins of the pairs and a window of `test_periods` in the past, fits the line of the treated total y on
/// the control total x over the other periods (time-based regression; Kerman, Wang and Vaver, 2017), and asks which lift d, put on y in
/// the window, would bring the interval above zero: d = (t scale - effect) / sum y, with effect and scale the sum and its standard error
/// over the window and t the quantile of (1 + level) / 2. The lift with power p is the p quantile of these d, at least 0. So it needs no
/// grid of lifts, and counts the noise of the account's own regions.
///
/// It assumes that the past repeats itself. With few different windows the answer is coarse; give at least three times `test_periods`.
///
/// It misleads where the past holds a break or a trend that the test's time will not, and where a lift of one region spills into its
/// pair.
///
/// # Errors
/// [`Undefined::Input`] for a plan outside its ranges or regions with the same name or of different lengths; [`Undefined::TooFew`] below
/// two pairs or for a past shorter than the test plus three periods; [`Undefined::NoSpread`] where no simulated test had an answer.
pub fn geo_power(pairs: &[PairedSeries], plan: &PowerPlan) -> Defined<DetectableLift> {
    check(plan)?;
    check_pairs(pairs)?;
    let periods = pairs.first().map_or(0, |pair| pair.treatment.values.len());
    if periods < plan.test_periods + 3 {
        return Err(Undefined::TooFew { needed: plan.test_periods as u64 + 3 });
    }
    let places = (periods - plan.test_periods + 1) as u64;
    let tests = (0..u64::from(plan.draws)).filter_map(|draw| simulated(pairs, plan, sub_seed(plan.seed, draw), places));
    let (mut lifts, alarms): (Vec<f64>, Vec<bool>) = tests.unzip();
    lifts.sort_by(f64::total_cmp);
    let at = |power: f64| {
        let rank = (1..=lifts.len()).find(|rank| *rank as f64 >= power * lifts.len() as f64 - 1e-9)?;
        lifts.get(rank - 1).map(|lift| lift.max(0.0))
    };
    let lift = at(plan.power).ok_or(Undefined::NoSpread)?;
    let curve = (1..10).filter_map(|tenth| Some([f64::from(tenth) / 10.0, at(f64::from(tenth) / 10.0)?])).collect();
    let false_positive_rate = alarms.iter().filter(|alarm| **alarm).count() as f64 / alarms.len() as f64;
    Ok(DetectableLift { lift, curve, false_positive_rate, tests: lifts.len() as u64 })
}

fn check(plan: &PowerPlan) -> Defined<()> {
    check_level(plan.level)?;
    if !(plan.power > 0.0 && plan.power < 1.0) {
        return wrong("power", "must lie between 0 and 1");
    }
    if plan.test_periods == 0 {
        return wrong("test_periods", "must be above zero");
    }
    if plan.draws == 0 { wrong("draws", "must be above zero") } else { Ok(()) }
}

/// One test in the past: the lift that it would have seen, and whether it saw one where there was none.
fn simulated(pairs: &[PairedSeries], plan: &PowerPlan, seed: u64, places: u64) -> Option<(f64, bool)> {
    let [treatment, control] = totals(pairs, &|pair| is_heads(seed, pair));
    let start = usize::try_from(Random::at(seed, &[DATES, 0]).below(places)).ok()?;
    let window = window(&control, &treatment, start, plan.test_periods)?;
    let [x_rest, y_rest] = &window.rest;
    let line = Regression::fit(x_rest, y_rest).ok()?;
    let [x, y] = window.inside;
    let sum = line.cumulative(x, y);
    let half = t_quantile(f64::midpoint(1.0, plan.level), sum.degrees_of_freedom) * sum.scale;
    let observed: f64 = y.iter().sum();
    (half > 0.0 && observed > 0.0).then(|| ((half - sum.effect) / observed, libm::fabs(sum.effect) > half))
}

/// The place of the dates below a seed, apart from the coins.
const DATES: u64 = 7;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::geo::{EffectPlan, RegionSeries, geo_effect};

    fn pairs(seed: u64, periods: u32, lift: f64) -> Vec<PairedSeries> {
        let region = |pair: u64, side: u64| {
            let mut random = Random::at(seed, &[pair, side]);
            let lift = |t: u32| if side == 0 && t >= 80 { 1.0 + lift } else { 1.0 };
            let mut week = Random::at(seed, &[99]);
            let values = (0..periods).map(|t| 100.0 * (1.0 + 0.1 * week.normal() + 0.05 * random.normal()) * lift(t));
            RegionSeries { name: format!("{pair} {side}"), values: values.collect() }
        };
        (0..8).map(|pair| PairedSeries { treatment: region(pair, 0), control: region(pair, 1) }).collect()
    }

    #[test]
    fn the_lift_that_is_named_is_found_with_the_power_that_was_asked_for() {
        let planned = geo_power(&pairs(1, 80, 0.0), &PowerPlan { draws: 300, ..PowerPlan::usual(10) }).unwrap();
        assert!(planned.false_positive_rate < 0.12, "{planned:?}");
        let is_found = |seed: &u64| {
            let [treatment, control] = totals(&pairs(*seed, 90, planned.lift), &|_| true);
            let plan = EffectPlan { pre_periods: 80, level: 0.95, cost: None };
            geo_effect(&treatment, &control, &plan).unwrap().effect.low > 0.0
        };
        let found = (100..200).filter(is_found).count();
        assert!((65..=95).contains(&found), "{found} {planned:?}");
    }

    #[test]
    fn a_past_shorter_than_the_test_is_refused() {
        let short = geo_power(&pairs(1, 12, 0.0), &PowerPlan::usual(10));
        assert_eq!(short, Err(Undefined::TooFew { needed: 13 }));
        assert!(geo_power(&pairs(1, 40, 0.0), &PowerPlan::usual(0)).unwrap_err().is_input());
    }
}
