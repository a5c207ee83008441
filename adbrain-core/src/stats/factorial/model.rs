//! The main-effects model with one spread per factor, and its equations.
#![expect(clippy::indexing_slicing, reason = "rows are checked against the levels first")]

use std::ops::Range;

use ndarray::Array2;

use super::cholesky::{Cholesky, dot};
use super::effects::Observation;
use crate::stats::{Defined, Undefined};

/// Steps of the estimation of the spreads.
const MOST_STEPS: usize = 150;
/// A change of the spreads below this share of all variance ends the estimation.
const SETTLED: f64 = 1e-5;
/// A wide spread is so many times the variance between rows, which leaves estimable contrasts at least 99 % of their size.
const WIDE: f64 = 100.0;
/// And at most so many times the variance of the average, so that the decomposition sees it beside the information of the rows.
const WIDEST: f64 = 1e7;

/// The model with the variances that it is at.
#[derive(Clone)]
pub(super) struct Model<'a> {
    pub(super) levels: &'a [usize],
    pub(super) observations: &'a [Observation],
    /// Which columns of Z belong to each factor; column 0 is the average.
    pub(super) blocks: Vec<Range<usize>>,
    /// The variance of each factor's effects, then that between rows.
    pub(super) spread: Vec<f64>,
    pub(super) between: f64,
    /// Below this a variance counts as zero.
    pub(super) floor: f64,
    /// The variance between rows as they are.
    scale: f64,
}

/// The average and the effects of all levels at some variances, with their posterior covariance.
pub(super) struct Fit {
    pub(super) effects: Vec<f64>,
    pub(super) covariance: Array2<f64>,
}

impl<'a> Model<'a> {
    pub(super) fn new(levels: &'a [usize], observations: &'a [Observation]) -> Defined<Self> {
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
            scale,
        })
    }

    /// Moves all variances to where the restricted likelihood is largest.
    pub(super) fn settle(&mut self) -> Fit {
        let mut fit = self.fit();
        for _ in 0..MOST_STEPS {
            let moved = self.update(&fit);
            fit = self.fit();
            if moved < SETTLED {
                break;
            }
        }
        fit
    }

    /// The same rows with spreads so wide that nothing is shrunk, and the variance between rows that is left then.
    pub(super) fn unshrunk(&self) -> (Self, Fit) {
        let weights: f64 = self.observations.iter().map(|one| self.weight(one)).sum();
        let spread = vec![(WIDE * self.scale).min(WIDEST / weights); self.levels.len()];
        let mut wide = Self { spread, between: self.scale / (self.levels.len() + 1) as f64, ..self.clone() };
        let mut fit = wide.fit();
        for _ in 0..MOST_STEPS {
            let next = wide.next_between(&fit);
            let moved = (next - wide.between).abs();
            wide.between = next;
            fit = wide.fit();
            if moved < SETTLED * self.scale {
                break;
            }
        }
        (wide, fit)
    }

    /// Rows less the parameters that they were spent on: n - sum of w z'Cz.
    pub(super) fn degrees_left(&self, fit: &Fit) -> f64 {
        self.observations.iter().map(|one| 1.0 - self.weight(one) * self.leverage(one, fit)).sum()
    }

    /// The share of the variance of a row that is estimated, not given; the mean over rows.
    pub(super) fn share_estimated(&self) -> f64 {
        let shares: f64 = self.observations.iter().map(|one| self.between * self.weight(one)).sum();
        (shares / self.observations.len() as f64).min(1.0)
    }

    /// z'Cz of a row.
    fn leverage(&self, one: &Observation, fit: &Fit) -> f64 {
        let columns = self.columns(&one.row);
        columns.clone().map(|a| columns.clone().map(|b| fit.covariance[[a, b]]).sum::<f64>()).sum()
    }

    fn columns<'b>(&'b self, row: &'b [u8]) -> impl Iterator<Item = usize> + Clone + 'b {
        let others = row.iter().zip(&self.blocks).map(|(level, block)| block.start + usize::from(*level));
        [0].into_iter().chain(others)
    }

    fn weight(&self, one: &Observation) -> f64 {
        1.0 / (one.variance + self.between).max(self.floor)
    }

    /// Henderson's equations.
    pub(super) fn fit(&self) -> Fit {
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
            let value: f64 = columns.map(|at| fit.effects[at]).sum();
            let leverage = self.leverage(one, fit);
            let left = self.between * weight * (one.value - value);
            squares += left * left;
            free += self.between * (weight - weight * weight * leverage).max(0.0);
        }
        (squares / free.max(1e-9)).max(self.floor)
    }
}

impl Fit {
    /// The value and variance of a contrast.
    pub(super) fn along(&self, contrast: &[f64]) -> (f64, f64) {
        let used: Vec<usize> = (0..contrast.len()).filter(|at| contrast[*at].abs() > 0.0).collect();
        let value = used.iter().map(|at| contrast[*at] * self.effects[*at]).sum();
        let inner = |a: &usize| used.iter().map(|b| contrast[*b] * self.covariance[[*a, *b]]).sum::<f64>();
        (value, used.iter().map(|at| contrast[*at] * inner(at)).sum())
    }
}
