//! Level effects from measured rows, each factor shrunk by as much as its own levels agree.
#![expect(clippy::indexing_slicing, reason = "rows are checked against the levels first")]

use super::MOST_PARAMETERS;
use super::model::{Fit, Model};
use crate::stats::distribution::t_quantile;
use crate::stats::{Defined, Interval, Undefined};

/// One measured row.
#[derive(Debug, Clone, PartialEq)]
pub struct Observation {
    /// The level of each factor.
    pub row: Vec<u8>,
    /// What was measured: a mean or a share.
    pub value: f64,
    /// The sampling variance of that value: s^2 / n, or p (1 - p) / n.
    pub variance: f64,
    /// The units behind it.
    pub size: u64,
}

/// The effect of one level.
#[derive(Debug, Clone, PartialEq)]
pub struct LevelEffect {
    /// The position of the factor.
    pub factor: usize,
    /// The position of the level.
    pub level: usize,
    /// The level against the plain mean of its factor's levels that ran, in units of the measure: a shrunk value in an interval that is
    /// not shrunk.
    pub effect: Interval,
    /// In how many rows it was.
    pub rows: usize,
}

/// What measured rows say about every level.
#[derive(Debug, Clone, PartialEq)]
pub struct Effects {
    /// The value of a row whose factors are all at the mean of their levels that ran.
    pub average: Interval,
    /// One effect per factor and level, in order.
    pub levels: Vec<LevelEffect>,
    /// Per factor, the standard deviation that its level effects are estimated to have; near 0 where its levels do not differ.
    pub spread: Vec<f64>,
    /// The standard deviation between rows that neither main effects nor sampling explain: interactions and uneven delivery.
    pub unexplained: f64,
}

/// Fewer degrees of freedom than this are none.
const LEAST_LEFT: f64 = 0.99;
/// A share of estimated variance up to this is none.
const NOTHING: f64 = 0.05;

/// Estimates the effect of every level under a main-effects model with shrinkage.
///
/// y = m + u(1) + ... + u(k) + e + sampling error for each row, with u(f) the effect of its level of factor f. Effects of a factor are
/// N(0, s^2) with a spread s of its own, e is N(0, t^2), the sampling variance is as given. The spreads and t maximise the restricted
/// likelihood, by the fixed point s^2 <- sum of u^2 / (levels - trace of the posterior variance / s^2) (`MacKay`, "Bayesian
/// interpolation", 1992; Henderson's equations for variance components, 1975). Then u has mean A^-1 Z'Wy and variance A^-1 with
/// A = Z'WZ + diag(1 / s^2), Z the indicators of the levels and W the inverse variances of the rows.
///
/// The value is shrunk, so that the best of many levels is not praised for luck. Its interval is not, because an interval drawn toward
/// zero misses the one level that stands out, and has no width where s is estimated as nothing: it is that of the contrast c'u with every
/// s so wide that the factors are fixed, c'u -+ q sqrt(c'A^-1 c) (generalised least squares; Searle, Casella and `McCulloch`, "Variance
/// components", 1992, chapter 7), with t estimated anew from what the fixed factors leave. q is the normal quantile where t is nothing,
/// for the sampling variance is known, else the t quantile at the rows less the parameters (Satterthwaite, "An approximate distribution
/// of estimates of variance components", 1946). Where the value lies outside, the interval is widened to it.
///
/// Assumes that factors add up; what does not goes into t. Where no rows are left over, t and its degrees of freedom are those of the
/// shrunk model. A level that never ran, or that always ran beside the same level of another factor, has an interval many times as wide
/// as all rows differ.
///
/// ```
/// use adbrain_core::stats::factorial::{Observation, effects};
/// let at = |row: Vec<u8>, value: f64| Observation { row, value, variance: 0.0001, size: 1000 };
/// let measured = [at(vec![0, 0], 1.0), at(vec![0, 1], 1.1), at(vec![1, 0], 2.0), at(vec![1, 1], 2.1)];
/// let found = effects(&[2, 2], &measured, 0.95)?;
/// assert!((found.levels[1].effect.estimate - 0.5).abs() < 0.01);
/// # Ok::<(), adbrain_core::stats::Undefined>(())
/// ```
pub fn effects(levels: &[usize], observations: &[Observation], level: f64) -> Defined<Effects> {
    check(levels, observations, level)?;
    let mut model = Model::new(levels, observations)?;
    let shrunk = model.settle();
    let bounds = Bounds::of(&model, &shrunk, level);
    Ok(report(&model, &shrunk, &bounds))
}

fn check(levels: &[usize], observations: &[Observation], level: f64) -> Defined<()> {
    let wrong = |field, problem| Err(Undefined::Input { field, problem });
    if !(level > 0.0 && level < 1.0) {
        return wrong("level", "must be between 0 and 1");
    }
    let fits =
        |row: &[u8]| row.len() == levels.len() && row.iter().zip(levels).all(|(own, count)| usize::from(*own) < *count);
    if !observations.iter().all(|one| fits(&one.row)) {
        return wrong("rows", "must have a known level of each factor");
    }
    if !observations.iter().all(|one| one.value.is_finite() && one.variance.is_finite() && one.variance >= 0.0) {
        return wrong("rows", "must have finite values, and variances from zero on");
    }
    if levels.iter().sum::<usize>() > MOST_PARAMETERS {
        return wrong("factors", "have more than 800 levels together");
    }
    match observations.len() {
        0 => Err(Undefined::Empty),
        1 => Err(Undefined::OneValue),
        _ => Ok(()),
    }
}

/// The model without shrinkage, and how far its intervals reach.
struct Bounds {
    fit: Fit,
    level: f64,
    /// The quantile of t.
    reach: f64,
}

impl Bounds {
    fn of(model: &Model<'_>, shrunk: &Fit, level: f64) -> Self {
        let (mut wide, mut fit) = model.unshrunk();
        let mut left = wide.degrees_left(&fit);
        if left < LEAST_LEFT {
            wide.between = model.between;
            fit = wide.fit();
            left = model.degrees_left(shrunk).max(LEAST_LEFT);
        }
        let degrees = if wide.share_estimated() > NOTHING { left } else { f64::INFINITY };
        Self { fit, level, reach: t_quantile(f64::midpoint(1.0, level), degrees) }
    }

    /// The interval of a contrast around its value, which is held.
    fn around(&self, estimate: f64, contrast: &[f64], sample_size: u64) -> Interval {
        let (middle, variance) = self.fit.along(contrast);
        let half = self.reach * libm::sqrt(variance.max(0.0));
        let (low, high) = (estimate.min(middle - half), estimate.max(middle + half));
        Interval { estimate, low, high, level: self.level, method: "main_effects_shrunk", sample_size }
    }
}

fn report(model: &Model<'_>, shrunk: &Fit, bounds: &Bounds) -> Effects {
    let mut average = vec![0.0; shrunk.effects.len()];
    average[0] = 1.0;
    let mut levels = Vec::new();
    for (factor, block) in model.blocks.iter().enumerate() {
        let ran = Ran::of(model, factor);
        let mean = ran.mean();
        block.clone().zip(&mean).for_each(|(at, weight)| average[at] = *weight);
        for own in 0..model.levels[factor] {
            let mut contrast = vec![0.0; shrunk.effects.len()];
            block.clone().zip(&mean).for_each(|(at, weight)| contrast[at] = -weight);
            contrast[block.start + own] += 1.0;
            let effect = bounds.around(shrunk.along(&contrast).0, &contrast, ran.units[own]);
            levels.push(LevelEffect { factor, level: own, effect, rows: ran.rows[own] });
        }
    }
    let all = model.observations.iter().map(|one| one.size).sum();
    let average = bounds.around(shrunk.along(&average).0, &average, all);
    let root = |variance: &f64| if *variance <= model.floor { 0.0 } else { libm::sqrt(*variance) };
    Effects { average, levels, spread: model.spread.iter().map(root).collect(), unexplained: root(&model.between) }
}

/// The rows and units of each level of a factor.
struct Ran {
    rows: Vec<usize>,
    units: Vec<u64>,
}

impl Ran {
    fn of(model: &Model<'_>, factor: usize) -> Self {
        let mut ran = Self { rows: vec![0; model.levels[factor]], units: vec![0; model.levels[factor]] };
        for one in model.observations {
            let own = usize::from(one.row[factor]);
            ran.rows[own] += 1;
            ran.units[own] += one.size;
        }
        ran
    }

    /// The weights of the plain mean of the levels that ran.
    fn mean(&self) -> Vec<f64> {
        let count = self.rows.iter().filter(|rows| **rows > 0).count() as f64;
        self.rows.iter().map(|rows| if *rows > 0 { 1.0 / count } else { 0.0 }).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::random::Random;

    fn measured(levels: &[usize], rows: usize, truth: impl Fn(&[u8]) -> f64, seed: u64) -> Vec<Observation> {
        let mut random = Random::at(seed, &[]);
        (0..rows)
            .map(|_| {
                let row: Vec<u8> =
                    levels.iter().map(|count| u8::try_from(random.below(*count as u64)).unwrap()).collect();
                let value = truth(&row) + 0.1 * random.normal();
                Observation { row, value, variance: 0.01, size: 100 }
            })
            .collect()
    }

    #[test]
    fn a_factor_that_matters_keeps_its_effects_and_one_that_does_not_is_shrunk() {
        let truth = |row: &[u8]| 5.0 + f64::from(row[0]);
        let found = effects(&[3, 8], &measured(&[3, 8], 60, truth, 1), 0.95).unwrap();
        assert!((found.average.estimate - 6.0).abs() < 0.1);
        assert!((found.levels[2].effect.estimate - 1.0).abs() < 0.1 && found.spread[0] > 0.5);
        assert!(found.levels[3..].iter().all(|one| one.effect.estimate.abs() < 0.05), "{found:?}");
        assert!(found.spread[1] < 0.05 && found.unexplained < 0.1);
    }

    #[test]
    fn intervals_hold_the_truth_about_as_often_as_they_say() {
        let (mut held, mut all) = (0_u32, 0_u32);
        for seed in 0..40 {
            let mut random = Random::at(seed, &[9]);
            let own: Vec<f64> = (0..10).map(|_| 0.1 * random.normal()).collect();
            let mean = own.iter().sum::<f64>() / 10.0;
            let data = measured(&[10, 4], 60, |row| own[usize::from(row[0])], seed + 100);
            let found = effects(&[10, 4], &data, 0.9).unwrap();
            for (one, truth) in found.levels.iter().zip(&own) {
                held += u32::from(one.effect.holds(truth - mean));
                all += 1;
            }
        }
        let share = f64::from(held) / f64::from(all);
        assert!((0.86..0.94).contains(&share), "{share}");
    }

    /// How often the interval of each level holds its truth: 4 placements by 3 creatives at a base of 5 %, 5,000 trials a row.
    fn coverage(placements: [f64; 4], creatives: [f64; 3], between: f64, sampled: f64) -> Vec<f64> {
        let variance = 0.05 * 0.95 / 5000.0;
        let mut held = [0_u32; 7];
        for seed in 0..RUNS {
            let mut random = Random::at(seed, &[4]);
            let mut row = |place: u8| {
                let (placement, creative) = (place % 4, place / 4);
                let effect = placements[usize::from(placement)] + creatives[usize::from(creative)];
                let noise = libm::sqrt(variance * (1.0 + between)) * random.normal();
                let value = 0.05 * (1.0 + effect) + noise;
                Observation { row: vec![placement, creative], value, variance: variance * sampled, size: 5000 }
            };
            let rows: Vec<Observation> = (0..12).map(&mut row).collect();
            let found = effects(&[4, 3], &rows, 0.95).unwrap();
            for ((one, truth), held) in found.levels.iter().zip(placements.iter().chain(&creatives)).zip(&mut held) {
                *held += u32::from(one.effect.holds(0.05 * truth));
            }
        }
        held.iter().map(|held| f64::from(*held) / RUNS as f64).collect()
    }

    const RUNS: u64 = 500;

    #[test]
    fn every_level_is_held_whether_its_factor_is_weak_or_strong() {
        let (strong, weak, none) = ([0.2, 0.0, -0.2], [0.02, 0.0, -0.02, 0.0], [0.0; 4]);
        let one_alone = [0.15, -0.05, -0.05, -0.05];
        for (placements, creatives, between, sampled) in [
            (weak, strong, 0.0, 1.0),
            (one_alone, [0.0; 3], 0.0, 1.0),
            (weak, strong, 0.5, 1.0),
            (none, strong, 0.0, 0.0),
        ] {
            let held = coverage(placements, creatives, between, sampled);
            assert!(held.iter().all(|share| *share >= 0.93), "{placements:?} {creatives:?} {between}: {held:?}");
        }
    }

    #[test]
    fn a_level_that_never_ran_says_nothing_and_leaves_the_others_alone() {
        let truth = |row: &[u8]| 5.0 + f64::from(row[0]);
        let found = effects(&[3, 2], &measured(&[2, 2], 40, truth, 3), 0.95).unwrap();
        let [first, second, never, ..] = found.levels.as_slice() else { panic!("{found:?}") };
        assert!((first.effect.estimate + 0.5).abs() < 0.1 && first.effect.high < 0.0 && second.effect.low > 0.0);
        assert!(never.rows == 0 && never.effect.low < -2.0 && never.effect.high > 2.0, "{never:?}");
    }

    #[test]
    fn levels_that_always_ran_together_are_not_told_apart() {
        let mixed: Vec<Observation> = measured(&[3, 2], 40, |row| f64::from(row[0]), 5)
            .into_iter()
            .map(|one| Observation { row: vec![one.row[0], one.row[0], one.row[1]], ..one })
            .collect();
        let found = effects(&[3, 3, 2], &mixed, 0.95).unwrap();
        for one in &found.levels[..6] {
            assert!(one.effect.low < -2.0 && one.effect.high > 2.0, "{one:?}");
        }
        assert!(found.levels[6].effect.high - found.levels[6].effect.low < 0.2, "{found:?}");
    }

    #[test]
    fn too_little_and_broken_rows_are_refused() {
        let one = Observation { row: vec![0], value: 1.0, variance: 0.0, size: 1 };
        assert_eq!(effects(&[2], &[], 0.95), Err(Undefined::Empty));
        assert_eq!(effects(&[2], std::slice::from_ref(&one), 0.95), Err(Undefined::OneValue));
        assert_eq!(effects(&[2], &[one.clone(), one.clone()], 0.95), Err(Undefined::NoSpread));
        let wrong = Observation { value: f64::NAN, ..one.clone() };
        assert!(effects(&[2], &[one, wrong], 0.95).unwrap_err().is_input());
    }
}
