//! What rows tell about main effects.
#![expect(clippy::indexing_slicing, reason = "rows are checked against the levels in `Information::of`")]

use std::ops::Range;

use ndarray::Array2;

use super::cholesky::{Cholesky, dot};
use super::contrast::{onto_contrasts, onto_levels};
use crate::stats::{Defined, Undefined};

/// Most parameters of a main-effects model that is looked at.
pub const MOST_PARAMETERS: usize = 800;

/// The information per row of a main-effects model, M = X'X / N, in orthonormal contrasts.
///
/// X has a column of ones and, for a factor of v levels, v - 1 contrasts with mean zero and mean square one over equally frequent
/// levels. The full factorial therefore has M = I, and everything here is relative to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Information {
    pub(super) levels: Vec<usize>,
    pub(super) rows: usize,
    pub(super) matrix: Array2<f64>,
    pub(super) cholesky: Cholesky,
}

/// How well rows estimate all main effects, per row and relative to the full factorial.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Quality {
    /// Parameters of the main-effects model: 1 + sum of (levels - 1).
    pub parameters: usize,
    /// How many of them the rows can tell apart.
    pub rank: usize,
    /// det(M)^(1/p), 1 for the full factorial, 0 where some effect cannot be estimated.
    pub d_efficiency: f64,
    /// trace(M^-1) / p: the mean variance of a prediction over the full factorial; `None` where some effect cannot be estimated.
    pub variance_ratio: Option<f64>,
    /// The root of the ratio of the largest to the smallest eigenvalue of M, the condition number of X; `None` as above.
    pub condition_number: Option<f64>,
}

impl Information {
    /// Counts pairs of levels in the rows, and turns the counts into contrasts: M = X'X / N, N the rows (Atkinson, Donev and Tobias,
    /// "Optimum experimental designs, with SAS", 2007). `levels` says how many levels each factor has, a row holds one level for each,
    /// counted from 0. Assumes rows of equal weight and at most 800 parameters together.
    ///
    /// ```
    /// use adbrain_core::stats::factorial::Information;
    /// let full: Vec<Vec<u8>> = (0..6).map(|at| vec![at % 2, at / 2]).collect();
    /// let quality = Information::of(&[2, 3], &full)?.quality();
    /// assert_eq!((quality.parameters, quality.rank), (4, 4));
    /// assert!((quality.d_efficiency - 1.0).abs() < 1e-12);
    /// # Ok::<(), adbrain_core::stats::Undefined>(())
    /// ```
    pub fn of(levels: &[usize], rows: &[Vec<u8>]) -> Defined<Self> {
        let fits = |row: &Vec<u8>| {
            row.len() == levels.len() && row.iter().zip(levels).all(|(level, count)| usize::from(*level) < *count)
        };
        if !rows.iter().all(fits) {
            return Err(Undefined::Input { field: "rows", problem: "must have a known level of each factor" });
        }
        if rows.is_empty() {
            return Err(Undefined::Empty);
        }
        let blocks = blocks(levels);
        let side = blocks.last().map_or(1, |last| last.end);
        if side > MOST_PARAMETERS {
            return Err(Undefined::Input { field: "factors", problem: "have more than 800 parameters together" });
        }
        let mut matrix = Array2::eye(side);
        for first in 0..levels.len() {
            for second in first..levels.len() {
                let counts = pair_shares(levels, rows, (first, second));
                let block = both_contrasts(&counts);
                fill(&mut matrix, (&blocks[first], &blocks[second]), &block);
            }
            let shares: Vec<Vec<f64>> = vec![level_shares(levels[first], rows, first)];
            let block: Vec<Vec<f64>> = shares.iter().map(|shares| onto_contrasts(shares)).collect();
            fill(&mut matrix, (&(0..1), &blocks[first]), &block);
        }
        let cholesky = Cholesky::new(&matrix);
        Ok(Self { levels: levels.to_vec(), rows: rows.len(), matrix, cholesky })
    }

    /// Efficiency det(M)^(1/p), variance ratio trace(M^-1) / p and condition number of X, the root of the ratio of the eigenvalues of M
    /// at its ends; p the parameters (Atkinson, Donev and Tobias, "Optimum experimental designs, with SAS", 2007). Without unit, 1 for
    /// the full factorial. They judge main effects only: interactions are assumed to be absent. Eigenvalues by power iteration, at most
    /// 300 steps.
    pub fn quality(&self) -> Quality {
        let (parameters, rank) = (self.matrix.nrows(), self.cholesky.rank);
        if rank < parameters {
            return Quality { parameters, rank, d_efficiency: 0.0, variance_ratio: None, condition_number: None };
        }
        let d_efficiency = libm::exp(self.cholesky.log_determinant() / parameters as f64);
        let trace: f64 = self.cholesky.inverse().diag().iter().sum();
        let rows: Vec<Vec<f64>> = self.matrix.outer_iter().map(|row| row.to_vec()).collect();
        let largest = growth(parameters, |vector| rows.iter().map(|row| dot(row, vector)).collect());
        let smallest = growth(parameters, |vector| self.cholesky.solve(vector));
        Quality {
            parameters,
            rank,
            d_efficiency,
            variance_ratio: Some(trace / parameters as f64),
            condition_number: Some(libm::sqrt(largest * smallest)),
        }
    }

    /// For each factor, the largest variance of a difference of two of its levels, in units of the variance of one row; `None` where
    /// `estimable` says that some level of the factor cannot be estimated, or where there is one level only.
    ///
    /// With C the covariance `M^-1 / N` carried over to the levels, it is the largest `C_aa + C_bb - 2 C_ab` over pairs a, b of levels
    /// (Searle, "Linear models", 1971). Assumes independent rows of equal variance and no interactions.
    pub fn worst_differences(&self, estimable: &[Vec<bool>]) -> Vec<Option<f64>> {
        let inverse = self.cholesky.inverse();
        let of = |(factor, block): (usize, &Range<usize>)| {
            if block.is_empty() || !estimable.get(factor)?.iter().all(|own| *own) {
                return None;
            }
            let half: Vec<Vec<f64>> = block
                .clone()
                .map(|row| onto_levels(&block.clone().map(|column| inverse[[row, column]]).collect::<Vec<_>>()))
                .collect();
            let count = self.levels[factor];
            let whole: Vec<Vec<f64>> =
                (0..count).map(|level| onto_levels(&half.iter().map(|row| row[level]).collect::<Vec<_>>())).collect();
            let difference = |a: usize, b: usize| whole[a][a] + whole[b][b] - whole[a][b] - whole[b][a];
            let pairs = (0..count).flat_map(|a| (0..a).map(move |b| (a, b)));
            Some(pairs.map(|(a, b)| difference(a, b)).fold(0.0, f64::max) / self.rows as f64)
        };
        blocks(&self.levels).iter().enumerate().map(of).collect()
    }
}

/// Which parameters belong to each factor; parameter 0 is the average.
pub(super) fn blocks(levels: &[usize]) -> Vec<Range<usize>> {
    let mut start = 1;
    levels
        .iter()
        .map(|count| {
            let block = start..start + count.saturating_sub(1);
            start = block.end;
            block
        })
        .collect()
}

fn level_shares(count: usize, rows: &[Vec<u8>], factor: usize) -> Vec<f64> {
    let mut shares = vec![0.0; count];
    for row in rows {
        shares[usize::from(row[factor])] += 1.0;
    }
    for share in &mut shares {
        *share /= rows.len() as f64;
    }
    shares
}

fn pair_shares(levels: &[usize], rows: &[Vec<u8>], (first, second): (usize, usize)) -> Vec<Vec<f64>> {
    let mut counts = vec![vec![0.0; levels[second]]; levels[first]];
    for row in rows {
        counts[usize::from(row[first])][usize::from(row[second])] += 1.0;
    }
    for count in counts.iter_mut().flatten() {
        *count /= rows.len() as f64;
    }
    counts
}

/// H' table H for a table of one factor against another.
pub(super) fn both_contrasts(table: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let half: Vec<Vec<f64>> = table.iter().map(|row| onto_contrasts(row)).collect();
    let columns = half.first().map_or(0, Vec::len);
    let turned: Vec<Vec<f64>> =
        (0..columns).map(|column| onto_contrasts(&half.iter().map(|row| row[column]).collect::<Vec<_>>())).collect();
    let rows = table.len().saturating_sub(1);
    (0..rows).map(|row| turned.iter().map(|column| column[row]).collect()).collect()
}

fn fill(matrix: &mut Array2<f64>, (rows, columns): (&Range<usize>, &Range<usize>), block: &[Vec<f64>]) {
    for (row, values) in rows.clone().zip(block) {
        for (column, value) in columns.clone().zip(values) {
            matrix[[row, column]] = *value;
            matrix[[column, row]] = *value;
        }
    }
}

/// The largest eigenvalue of a symmetric map, by power iteration, at most 300 steps.
fn growth(side: usize, map: impl Fn(&[f64]) -> Vec<f64>) -> f64 {
    let mut vector: Vec<f64> = (0..side).map(|at| 1.0 + ((at * 7919) % 104_729) as f64 / 104_729.0).collect();
    let mut value = 0.0;
    for _ in 0..300 {
        let length = libm::sqrt(dot(&vector, &vector));
        for own in &mut vector {
            *own /= length;
        }
        let next = map(&vector);
        let grown = dot(&next, &vector);
        vector = next;
        if (grown - value).abs() <= 1e-10 * grown {
            return grown;
        }
        value = grown;
    }
    value
}
