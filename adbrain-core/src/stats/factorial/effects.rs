//! Level effects from measured rows, each factor shrunk by as much as its own levels agree.
#![expect(clippy::indexing_slicing, reason = "rows are checked against the levels first")]

use std::ops::Range;

use ndarray::Array2;

use super::MOST_PARAMETERS;
use super::cholesky::{Cholesky, dot};
use crate::stats::distribution::normal_quantile;
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
    /// The level against the plain mean of its factor's levels, in units of the measure.
    pub effect: Interval,
    /// In how many rows it was.
    pub rows: usize,
}

/// What measured rows say about every level.
#[derive(Debug, Clone, PartialEq)]
pub struct Effects {
    /// The value of a row whose factors are all at the mean of their levels.
    pub average: Interval,
    /// One effect per factor and level, in order.
    pub levels: Vec<LevelEffect>,
    /// Per factor, the standard deviation that its level effects are estimated to have; near 0 where its levels do not differ.
    pub spread: Vec<f64>,
    /// The standard deviation between rows that neither main effects nor sampling explain: interactions and uneven delivery.
    pub unexplained: f64,
}

/// Steps of the estimation of the spreads.
const MOST_STEPS: usize = 150;
/// A change of the spreads below this share of all variance ends the estimation.
const SETTLED: f64 = 1e-5;

/// Estimates the effect of every level under a main-effects model with shrinkage.
///
/// y = m + u(1) + ... + u(k) + e + sampling error for each row, with u(f) the effect of its level of factor f. Effects of a factor are
/// N(0, s^2) with a spread s of its own, e is N(0, t^2), the sampling variance is as given. The spreads and t maximise the restricted
/// likelihood, by the fixed point s^2 <- sum of u^2 / (levels - trace of the posterior variance / s^2) (`MacKay`, "Bayesian
/// interpolation", 1992; Henderson's equations for variance components, 1975). Then u has mean A^-1 Z'Wy and variance A^-1 with
/// A = Z'WZ + diag(1 / s^2), Z the indicators of the levels and W the inverse variances of the rows.
///
/// Assumes that factors add up; what does not goes into t. Intervals take s and t as known, so they are somewhat short with few
/// levels or rows. Levels that never ran get an effect near 0 with the interval of the factor's spread.
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
    let mut fit = model.fit();
    for _ in 0..MOST_STEPS {
        let moved = model.update(&fit);
        fit = model.fit();
        if moved < SETTLED {
            break;
        }
    }
    Ok(model.report(&fit, level))
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

struct Model<'a> {
    levels: &'a [usize],
    observations: &'a [Observation],
    /// Which columns of Z belong to each factor; column 0 is the average.
    blocks: Vec<Range<usize>>,
    /// The variance of each factor's effects, then that between rows.
    spread: Vec<f64>,
    between: f64,
    /// Below this a variance counts as zero.
    floor: f64,
}

struct Fit {
    effects: Vec<f64>,
    covariance: Array2<f64>,
}

impl<'a> Model<'a> {
    fn new(levels: &'a [usize], observations: &'a [Observation]) -> Defined<Self> {
        let count = observations.len() as f64;
        let mean = observations.iter().map(|one| one.value).sum::<f64>() / count;
        let squares = observations.iter().map(|one| (one.value - mean) * (one.value - mean)).sum::<f64>();
        let sampling = observations.iter().map(|one| one.variance).sum::<f64>() / count;
        let scale = squares / (count - 1.0) + sampling;
        if scale <= 0.0 {
            return Err(Undefined::NoSpread);
        }
        let mut next = 1;
        let blocks = levels.iter().map(|count| {
            next += count;
            next - count..next
        });
        let part = scale / (levels.len() + 1) as f64;
        Ok(Self {
            levels,
            observations,
            blocks: blocks.collect(),
            spread: vec![part; levels.len()],
            between: part,
            floor: scale * 1e-10,
        })
    }

    fn columns<'b>(&'b self, row: &'b [u8]) -> impl Iterator<Item = usize> + Clone + 'b {
        let others = row.iter().zip(&self.blocks).map(|(level, block)| block.start + usize::from(*level));
        [0].into_iter().chain(others)
    }

    fn weight(&self, one: &Observation) -> f64 {
        1.0 / (one.variance + self.between).max(self.floor)
    }

    /// Henderson's equations.
    fn fit(&self) -> Fit {
        let side = 1 + self.levels.iter().sum::<usize>();
        let mut matrix = Array2::zeros((side, side));
        let mut right = vec![0.0; side];
        for one in self.observations {
            let weight = self.weight(one);
            for first in self.columns(&one.row) {
                right[first] += weight * one.value;
                for second in self.columns(&one.row) {
                    matrix[[first, second]] += weight;
                }
            }
        }
        for (block, spread) in self.blocks.iter().zip(&self.spread) {
            for at in block.clone() {
                matrix[[at, at]] += 1.0 / spread.max(self.floor);
            }
        }
        // Scaled to a unit diagonal, so that the decomposition sees no column as small.
        let root: Vec<f64> = matrix.diag().iter().map(|own| libm::sqrt(*own)).collect();
        let scaled =
            Array2::from_shape_fn((side, side), |(row, column)| matrix[[row, column]] / root[row] / root[column]);
        let inverse = Cholesky::new(&scaled).inverse();
        let covariance =
            Array2::from_shape_fn((side, side), |(row, column)| inverse[[row, column]] / root[row] / root[column]);
        let effects = covariance.outer_iter().map(|row| dot(&row.to_vec(), &right)).collect();
        Fit { effects, covariance }
    }

    /// One step of the fixed point; returns the largest change relative to all variance.
    fn update(&mut self, fit: &Fit) -> f64 {
        let total: f64 = self.spread.iter().sum::<f64>() + self.between;
        let mut moved = 0.0_f64;
        for (factor, block) in self.blocks.iter().enumerate() {
            let spread = self.spread[factor];
            let squares: f64 = block.clone().map(|at| fit.effects[at] * fit.effects[at]).sum();
            let posterior: f64 = block.clone().map(|at| fit.covariance[[at, at]]).sum();
            let free = (self.levels[factor] as f64 - posterior / spread.max(self.floor)).max(1e-9);
            let next = if self.levels[factor] < 2 { 0.0 } else { (squares / free).max(self.floor) };
            moved = moved.max((next - spread).abs());
            self.spread[factor] = next;
        }
        let next = self.next_between(fit);
        moved = moved.max((next - self.between).abs());
        self.between = next;
        moved / total
    }

    fn next_between(&self, fit: &Fit) -> f64 {
        let (mut squares, mut free) = (0.0, 0.0);
        for one in self.observations {
            let weight = self.weight(one);
            let columns = self.columns(&one.row);
            let value: f64 = columns.clone().map(|at| fit.effects[at]).sum();
            let leverage: f64 =
                columns.clone().map(|a| columns.clone().map(|b| fit.covariance[[a, b]]).sum::<f64>()).sum();
            let left = self.between * weight * (one.value - value);
            squares += left * left;
            free += self.between * (weight - weight * weight * leverage).max(0.0);
        }
        (squares / free.max(1e-9)).max(self.floor)
    }

    fn report(&self, fit: &Fit, level: f64) -> Effects {
        let all = self.observations.iter().map(|one| one.size).sum();
        let reach = normal_quantile(f64::midpoint(1.0, level));
        let interval = |(estimate, variance): (f64, f64), sample_size: u64| {
            let half = reach * libm::sqrt(variance.max(0.0));
            let (low, high) = (estimate - half, estimate + half);
            Interval { estimate, low, high, level, method: "main_effects_shrunk", sample_size }
        };
        let side = fit.effects.len();
        let mut middle = vec![0.0; side];
        middle[0] = 1.0;
        for (block, count) in self.blocks.iter().zip(self.levels) {
            block.clone().for_each(|at| middle[at] = 1.0 / *count as f64);
        }
        let average = interval(along(fit, &middle), all);
        let mut levels = Vec::new();
        for (factor, block) in self.blocks.iter().enumerate() {
            for own in 0..self.levels[factor] {
                let mut contrast = vec![0.0; side];
                block.clone().for_each(|at| contrast[at] = -1.0 / self.levels[factor] as f64);
                contrast[block.start + own] += 1.0;
                let with = self.observations.iter().filter(|one| usize::from(one.row[factor]) == own);
                let (rows, units) = with.fold((0, 0), |(rows, units), one| (rows + 1, units + one.size));
                levels.push(LevelEffect { factor, level: own, effect: interval(along(fit, &contrast), units), rows });
            }
        }
        let root = |variance: &f64| if *variance <= self.floor { 0.0 } else { libm::sqrt(*variance) };
        Effects { average, levels, spread: self.spread.iter().map(root).collect(), unexplained: root(&self.between) }
    }
}

/// The value and variance of a contrast.
fn along(fit: &Fit, contrast: &[f64]) -> (f64, f64) {
    let used: Vec<usize> = (0..contrast.len()).filter(|at| contrast[*at].abs() > 0.0).collect();
    let value = used.iter().map(|at| contrast[*at] * fit.effects[*at]).sum();
    let inner = |a: &usize| used.iter().map(|b| contrast[*b] * fit.covariance[[*a, *b]]).sum::<f64>();
    (value, used.iter().map(|at| contrast[*at] * inner(at)).sum())
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
