//! A rank-revealing Cholesky decomposition.
#![expect(clippy::indexing_slicing, reason = "places run below the side of a square matrix")]

use ndarray::Array2;

/// What is left of a pivot, relative to the largest diagonal entry, that still counts as information.
const TOLERANCE: f64 = 1e-9;

/// A symmetric, positive semi-definite matrix as P' M P = L L', with the largest pivot first (Higham, "Analysis of the Cholesky
/// decomposition of a semi-definite matrix", 1990). Sums run in one fixed order.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Cholesky {
    /// L: lower trapezoidal, one column per unit of rank.
    lower: Array2<f64>,
    /// Which row of the matrix each row of L is.
    pub(super) order: Vec<usize>,
    pub(super) rank: usize,
}

impl Cholesky {
    pub(super) fn new(matrix: &Array2<f64>) -> Self {
        let side = matrix.nrows();
        let mut order: Vec<usize> = (0..side).collect();
        let mut rows: Vec<Vec<f64>> = vec![Vec::with_capacity(side); side];
        let mut left: Vec<f64> = (0..side).map(|at| matrix[[at, at]]).collect();
        let floor = left.iter().copied().fold(0.0, f64::max) * TOLERANCE;
        let mut rank = 0;
        while rank < side {
            let pivot = (rank..side).fold(rank, |best, at| if left[at] > left[best] { at } else { best });
            if left[pivot] <= floor {
                break;
            }
            order.swap(rank, pivot);
            rows.swap(rank, pivot);
            left.swap(rank, pivot);
            let root = libm::sqrt(left[rank]);
            let (done, open) = rows.split_at_mut(rank + 1);
            let head = &mut done[rank];
            for (at, row) in open.iter_mut().enumerate() {
                let at = at + rank + 1;
                let entry = (matrix[[order[at], order[rank]]] - dot(row, head)) / root;
                row.push(entry);
                left[at] -= entry * entry;
            }
            head.push(root);
            rank += 1;
        }
        let lower = Array2::from_shape_fn((side, rank), |(row, column)| rows[row].get(column).copied().unwrap_or(0.0));
        Self { lower, order, rank }
    }

    /// The logarithm of the determinant of the part that has full rank.
    pub(super) fn log_determinant(&self) -> f64 {
        (0..self.rank).map(|at| 2.0 * libm::log(self.lower[[at, at]])).sum()
    }

    /// L1^-1 v for the rows of full rank, with v in the order of the matrix.
    pub(super) fn whiten(&self, vector: &[f64]) -> Vec<f64> {
        let mut white: Vec<f64> = Vec::with_capacity(self.rank);
        for at in 0..self.rank {
            let row = self.lower.row(at);
            let inner = row.as_slice().map_or(0.0, |row| dot(row, &white));
            white.push((vector[self.order[at]] - inner) / row[at]);
        }
        white
    }

    /// L1'^-1 w, in the order of L.
    fn back(&self, white: &[f64]) -> Vec<f64> {
        let mut out = white.to_vec();
        for at in (0..self.rank).rev() {
            out[at] /= self.lower[[at, at]];
            let value = out[at];
            for (before, entry) in out.iter_mut().enumerate().take(at) {
                *entry -= self.lower[[at, before]] * value;
            }
        }
        out
    }

    /// M^- v: the solution where M has full rank, zero for the parameters that are left out.
    pub(super) fn solve(&self, vector: &[f64]) -> Vec<f64> {
        let mut solution = vec![0.0; self.order.len()];
        for (at, value) in self.back(&self.whiten(vector)).into_iter().enumerate() {
            solution[self.order[at]] = value;
        }
        solution
    }

    /// A generalised inverse of M; the inverse where M has full rank.
    pub(super) fn inverse(&self) -> Array2<f64> {
        let side = self.order.len();
        let mut inverse = Array2::zeros((side, side));
        for column in 0..side {
            let unit: Vec<f64> = (0..side).map(|at| f64::from(u8::from(at == column))).collect();
            if self.order.iter().position(|own| *own == column).is_some_and(|place| place < self.rank) {
                for (row, value) in self.solve(&unit).into_iter().enumerate() {
                    inverse[[row, column]] = value;
                }
            }
        }
        inverse
    }

    /// A basis of what M maps to zero, one vector per parameter that is left out.
    pub(super) fn null_space(&self) -> Vec<Vec<f64>> {
        let vector = |free: usize| {
            let row: Vec<f64> = self.lower.row(free).to_vec();
            let mut vector = vec![0.0; self.order.len()];
            for (at, value) in self.back(&row).into_iter().enumerate() {
                vector[self.order[at]] = -value;
            }
            vector[self.order[free]] = 1.0;
            vector
        };
        (self.rank..self.order.len()).map(vector).collect()
    }
}

/// The sum of products over the shorter of two slices, in order.
pub(super) fn dot(a: &[f64], b: &[f64]) -> f64 {
    let mut sum = 0.0;
    for (x, y) in a.iter().zip(b) {
        sum += x * y;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn it_solves_and_tells_the_rank() {
        let full = Cholesky::new(&array![[4.0, 2.0, 0.4], [2.0, 3.0, 0.5], [0.4, 0.5, 9.0]]);
        let solution = full.solve(&[1.0, 2.0, 3.0]);
        let back = [
            4.0 * solution[0] + 2.0 * solution[1] + 0.4 * solution[2],
            0.4 * solution[0] + 0.5 * solution[1] + 9.0 * solution[2],
        ];
        assert!((back[0] - 1.0).abs() < 1e-12 && (back[1] - 3.0).abs() < 1e-12);
        assert!((full.log_determinant() - libm::log(71.32)).abs() < 1e-12);
        let flat = Cholesky::new(&array![[1.0, 1.0], [1.0, 1.0]]);
        assert_eq!((flat.rank, flat.null_space().len()), (1, 1));
        assert!((flat.null_space()[0][0] + flat.null_space()[0][1]).abs() < 1e-12);
    }
}
