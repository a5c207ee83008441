//! The effect of a geo test by time-based regression.

use super::cost::{Cost, return_on};
use super::placebo::{Placebo, placebo_in_time};
use super::region::{check_finite, check_level, split, wrong};
use super::regression::{Cumulative, Regression};
use crate::stats::distribution::{p_of_tail, t_quantile, t_two_sided};
use crate::stats::{Defined, Interval, Undefined};

/// How the effect is read.
#[derive(Debug, Clone, PartialEq)]
pub struct EffectPlan {
    /// How many of the first periods lie before the test. All later ones count for it; a cool-down is part of them where effects lag.
    pub pre_periods: usize,
    /// The level of the two-sided intervals.
    pub level: f64,
    /// What was spent, for the return on it.
    pub cost: Option<Cost>,
}

/// The effect up to one period of the test.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PeriodEffect {
    /// What the treated regions would have had, predicted from the control regions.
    pub expected: f64,
    /// Observed minus expected in this period.
    pub effect: f64,
    /// The sum of effects up to here.
    pub cumulative: f64,
    /// The lower end of that sum's interval.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

/// What a geo test has shown.
#[derive(Debug, Clone, PartialEq)]
pub struct GeoEffect {
    /// The effect summed over the test.
    pub effect: Interval,
    /// Two-sided p value against no effect, from the t distribution.
    pub p_value: f64,
    /// The effect relative to what was expected without it; undefined where an end of the interval would divide by zero or less.
    pub lift: Defined<Interval>,
    /// The return on the extra spend, where a cost was given.
    pub return_on_cost: Option<Defined<Interval>>,
    /// The extra spend, where a cost was given.
    pub extra_cost: Option<f64>,
    /// The effect period by period.
    pub periods: Vec<PeriodEffect>,
    /// The line before the test.
    pub line: Regression,
    /// The p value among placebo windows before the test.
    pub placebo: Defined<Placebo>,
}

/// Reads the effect of a geo test by time-based regression.
///
/// `treatment` and `control` are the summed series of both groups of regions, one value per period, in order of time. Before the test
/// y(t) = a + b x(t) + e(t) is fitted by least squares. The effect is sum over the test of y(t) - (a + b x(t)); with flat priors its
/// posterior is a t distribution with n - 2 degrees of freedom and scale^2 = s^2 (T + T^2 (1 / n + (mean x in the test - mean x before)^2
/// / Sxx)), n periods before, T in the test (Kerman, Wang and Vaver, "Estimating ad effectiveness using geo experiments in a time-based
/// regression framework", 2017). The interval of the lift is that of the effect put through d / (sum y - d). The return on cost has
/// Fieller's interval.
///
/// It assumes that the line holds on in the test, that control regions feel nothing of the ads, and errors that are independent over
/// time: with weekly patterns or slow drifts the interval is too narrow (see `durbin_watson` and the placebo p value). It is causal only
/// where the treated regions were chosen by chance; see [`super::geo_pairs`].
///
/// ```
/// use adbrain_core::experiment::geo::{EffectPlan, geo_effect};
/// let control = [100.0, 110.0, 95.0, 105.0, 120.0, 98.0, 104.0, 111.0];
/// let treatment = [51.0, 54.0, 48.0, 52.0, 61.0, 49.0, 62.0, 66.0];
/// let plan = EffectPlan { pre_periods: 6, level: 0.9, cost: None };
/// let found = geo_effect(&treatment, &control, &plan)?;
/// assert!(found.effect.low > 0.0 && found.effect.holds(20.0));
/// # Ok::<(), adbrain_core::stats::Undefined>(())
/// ```
///
/// # Errors
/// [`Undefined::Input`] for series of different lengths, a split without periods on a side, or a level outside (0, 1);
/// [`Undefined::TooFew`] below three periods before the test; [`Undefined::NoSpread`] for a control series that does not move or a line
/// without any error; [`Undefined::NotFinite`].
pub fn geo_effect(treatment: &[f64], control: &[f64], plan: &EffectPlan) -> Defined<GeoEffect> {
    if treatment.len() != control.len() {
        return wrong("control", "must have as many periods as `treatment`");
    }
    check_finite(treatment)?;
    check_finite(control)?;
    check_level(plan.level)?;
    let (x, x_test) = split(control, plan.pre_periods)?;
    let (y, y_test) = split(treatment, plan.pre_periods)?;
    let line = Regression::fit(x, y)?;
    let sum = line.cumulative(x_test, y_test);
    let t = sum.t()?;
    let cost = plan.cost.as_ref().map(|cost| cost.incremental(plan.pre_periods, control.len())).transpose()?;
    let sample_size = x.len() as u64;
    let sized = |interval: Interval| Interval { sample_size, ..interval };
    let effect = sized(interval(&sum, plan.level));
    Ok(GeoEffect {
        lift: lift(&effect, y_test.iter().sum()),
        effect,
        p_value: p_of_tail(t_two_sided(t, sum.degrees_of_freedom)),
        return_on_cost: cost.map(|cost| return_on(&sum, &cost, plan.level).map(sized)),
        extra_cost: cost.map(|cost| cost.effect),
        periods: periods(&line, x_test, y_test, plan.level),
        line,
        placebo: placebo_in_time(x, y, x_test.len(), t),
    })
}

fn interval(sum: &Cumulative, level: f64) -> Interval {
    let half = t_quantile(f64::midpoint(1.0, level), sum.degrees_of_freedom) * sum.scale;
    let (low, high) = (sum.effect - half, sum.effect + half);
    Interval { estimate: sum.effect, low, high, level, method: "time_based_regression", sample_size: 0 }
}

/// Observed y, effect d: d / (y - d), which rises with d as long as the expected value is above zero.
fn lift(effect: &Interval, observed: f64) -> Defined<Interval> {
    if observed - effect.high <= 0.0 {
        return Err(Undefined::DenominatorNearZero);
    }
    let over = |effect: f64| effect / (observed - effect);
    Ok(Interval { estimate: over(effect.estimate), low: over(effect.low), high: over(effect.high), ..effect.clone() })
}

fn periods(line: &Regression, x: &[f64], y: &[f64], level: f64) -> Vec<PeriodEffect> {
    let upto = |count: usize| {
        let (x, y) = (x.get(..count)?, y.get(..count)?);
        let whole = interval(&line.cumulative(x, y), level);
        let expected = line.predict(*x.last()?);
        let effect = *y.last()? - expected;
        Some(PeriodEffect { expected, effect, cumulative: whole.estimate, low: whole.low, high: whole.high })
    };
    (1..=x.len()).filter_map(upto).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::random::Random;

    fn series(seed: u64, lift: f64) -> [Vec<f64>; 2] {
        let mut random = Random::at(seed, &[]);
        let control: Vec<f64> = (0..60).map(|_| 1000.0 + 100.0 * random.normal()).collect();
        let treated = |(t, x): (usize, &f64)| {
            let y = 50.0 + 0.8 * x + 20.0 * random.normal();
            if t >= 45 { y * (1.0 + lift) } else { y }
        };
        [control.iter().enumerate().map(treated).collect(), control]
    }

    fn read(seed: u64, lift: f64, cost: Option<Cost>) -> GeoEffect {
        let [treatment, control] = series(seed, lift);
        geo_effect(&treatment, &control, &EffectPlan { pre_periods: 45, level: 0.9, cost }).unwrap()
    }

    #[test]
    fn nine_in_ten_intervals_hold_the_truth_and_one_in_ten_p_values_is_below_a_tenth() {
        let all: Vec<GeoEffect> = (0..1000).map(|seed| read(seed, 0.0, None)).collect();
        let held = all.iter().filter(|found| found.effect.holds(0.0)).count();
        let small = all.iter().filter(|found| found.p_value < 0.1).count();
        assert!((875..=925).contains(&held) && held + small == 1000, "{held} {small}");
        let placebo = all.iter().filter(|found| found.placebo.unwrap().p_value <= 0.1).count();
        assert!((40..=200).contains(&placebo), "{placebo}");
    }

    #[test]
    fn a_known_cost_divides_the_effect_and_a_series_of_costs_comes_to_the_same() {
        let known = read(1, 0.1, Some(Cost::Total(500.0)));
        let back = known.return_on_cost.clone().unwrap().unwrap();
        assert!((back.estimate - known.effect.estimate / 500.0).abs() < 1e-12);
        assert!(
            (back.low - known.effect.low / 500.0).abs() < 1e-9 && (back.high - known.effect.high / 500.0).abs() < 1e-9
        );
        let spend = |t: usize| if t >= 45 { 500.0 / 15.0 } else { 0.0 };
        let cost = Cost::Series { treatment: (0..60).map(spend).collect(), control: vec![0.0; 60] };
        let read = read(1, 0.1, Some(cost)).return_on_cost.unwrap().unwrap();
        assert!((read.low - back.low).abs() < 1e-9 && (read.high - back.high).abs() < 1e-9);
    }

    #[test]
    fn the_last_period_holds_the_whole_effect() {
        let found = read(2, 0.05, None);
        let last = found.periods.last().unwrap();
        assert_eq!(found.periods.len(), 15);
        assert!((last.cumulative - found.effect.estimate).abs() < 1e-9 && (last.low - found.effect.low).abs() < 1e-9);
        let sum: f64 = found.periods.iter().map(|period| period.effect).sum();
        assert!((sum - last.cumulative).abs() < 1e-8);
        assert!(found.lift.unwrap().holds(0.05));
    }

    #[test]
    fn what_has_no_answer_says_so() {
        let plan = |pre_periods| EffectPlan { pre_periods, level: 0.9, cost: None };
        let [treatment, control] = series(1, 0.0);
        let read = |plan: &EffectPlan| geo_effect(&treatment, &control, plan).map(|_| ());
        assert_eq!(read(&plan(2)), Err(Undefined::TooFew { needed: 3 }));
        assert!(read(&plan(0)).unwrap_err().is_input() && read(&plan(60)).unwrap_err().is_input());
        assert!(geo_effect(&treatment[1..], &control, &plan(45)).unwrap_err().is_input());
        assert_eq!(geo_effect(&treatment, &[7.0; 60], &plan(45)).err(), Some(Undefined::NoSpread));
        assert_eq!(geo_effect(&control, &control, &plan(45)).err(), Some(Undefined::NoSpread));
        let cost = Some(Cost::Total(0.0));
        let found = geo_effect(&treatment, &control, &EffectPlan { cost, ..plan(45) }).unwrap();
        assert_eq!(found.return_on_cost, Some(Err(Undefined::DenominatorNearZero)));
        let broken: Vec<f64> = control.iter().map(|x| if *x > 1100.0 { f64::NAN } else { *x }).collect();
        assert_eq!(geo_effect(&treatment, &broken, &plan(45)).err(), Some(Undefined::NotFinite));
    }
}
