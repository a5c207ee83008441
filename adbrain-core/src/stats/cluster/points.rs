//! Rows of numbers with weights, checked once.

use crate::stats::{Defined, Undefined};

/// Rows of numbers, one after the other, with a weight each; a number that is not known is NaN.
///
/// A row with unknown numbers takes part with the numbers that it has: distances are taken over those alone (partial distances; Dixon,
/// "Pattern recognition with partly missing data", 1979). Shifting a column shifts nothing else, so columns are centred inside.
///
/// ```
/// use adbrain_core::stats::cluster::Points;
/// let points = Points::new(&[0.0, 1.0, 5.0, f64::NAN], 2, None)?;
/// assert_eq!((points.rows(), points.width(), points.weight()), (2, 2, 2.0));
/// # Ok::<(), adbrain_core::stats::Undefined>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Points {
    /// Centred numbers, row after row, each row filled with zeros to `stride`; 0 where unknown.
    pub(super) values: Vec<f64>,
    /// 1 where a number is known and 0 where it is not; empty where every number is known.
    pub(super) known: Vec<f64>,
    /// One weight a row.
    pub(super) weights: Vec<f64>,
    /// What was taken from each column.
    pub(super) shifts: Vec<f64>,
    /// The weighted sum of squares of all known numbers about the mean of their column.
    squares: f64,
    width: usize,
}

/// Rows are filled up to a multiple of this, so that the kernels have no rest to treat.
pub(super) const LANES: usize = 4;

impl Points {
    /// Takes `values` as rows of `width` columns; without `weights`, each row counts once.
    ///
    /// # Errors
    /// [`Undefined::Empty`] without rows, [`Undefined::NotFinite`] for an infinite number; [`Undefined::Input`] for a width that does not
    /// divide the values, another number of weights than rows, a weight that is negative or not finite, weights that are all zero, and
    /// a row without a known number.
    pub fn new(values: &[f64], width: usize, weights: Option<&[f64]>) -> Defined<Self> {
        if values.is_empty() {
            return Err(Undefined::Empty);
        }
        check_shape(values, width)?;
        let rows = values.len() / width;
        let weights = weights.map_or_else(|| vec![1.0; rows], <[f64]>::to_vec);
        check_weights(&weights, rows)?;
        let shifts = means(values, width, &weights);
        let room = Vec::with_capacity(rows * padded(width));
        let mut points = Self { values: room, known: Vec::new(), weights, shifts, squares: 0.0, width };
        points.fill(values);
        points.square();
        Ok(points)
    }

    fn fill(&mut self, values: &[f64]) {
        let stride = self.stride();
        for row in values.chunks_exact(self.width) {
            let centred =
                row.iter().zip(&self.shifts).map(|(value, shift)| if value.is_nan() { 0.0 } else { value - shift });
            self.values.extend(centred);
            self.values.resize(self.values.len().next_multiple_of(stride), 0.0);
        }
        if values.iter().any(|value| value.is_nan()) {
            for row in values.chunks_exact(self.width) {
                self.known.extend(row.iter().map(|value| if value.is_nan() { 0.0 } else { 1.0 }));
                self.known.resize(self.known.len().next_multiple_of(stride), 0.0);
            }
        }
    }

    /// The same rows with other weights.
    ///
    /// # Errors
    /// [`Undefined::Input`] as for [`Points::new`].
    pub fn with_weights(&self, weights: &[f64]) -> Defined<Self> {
        check_weights(weights, self.rows())?;
        let mut points = Self { weights: weights.to_vec(), ..self.clone() };
        points.square();
        Ok(points)
    }

    /// Some of the rows, in the order given, each with weight 1; places beyond the last row are left out.
    pub(super) fn rows_at(&self, rows: &[usize]) -> Self {
        let known = rows.iter().filter_map(|row| self.mask(*row)).flatten().copied().collect();
        let values: Vec<f64> = rows.iter().flat_map(|row| self.row(*row)).copied().collect();
        let weights = vec![1.0; values.len() / self.stride()];
        let mut points = Self { values, known, weights, shifts: self.shifts.clone(), squares: 0.0, width: self.width };
        points.square();
        points
    }

    fn square(&mut self) {
        let rows = self.values.chunks_exact(self.stride()).zip(&self.weights);
        self.squares = rows.map(|(row, weight)| weight * row.iter().map(|value| value * value).sum::<f64>()).sum();
    }

    /// The weighted sum of squares of all known numbers about the columns' means (of the first weights).
    pub(super) fn squares(&self) -> f64 {
        self.squares
    }

    /// How many rows there are.
    pub fn rows(&self) -> usize {
        self.weights.len()
    }

    /// How many columns there are.
    pub fn width(&self) -> usize {
        self.width
    }

    /// The sum of the weights.
    pub fn weight(&self) -> f64 {
        self.weights.iter().sum()
    }

    /// The weight of each row.
    pub fn weights(&self) -> &[f64] {
        &self.weights
    }

    /// The length of a row with its filling.
    pub(super) fn stride(&self) -> usize {
        padded(self.width)
    }

    pub(super) fn row(&self, at: usize) -> &[f64] {
        let stride = self.stride();
        self.values.get(at * stride..(at + 1) * stride).unwrap_or_default()
    }

    /// Which numbers of a row are known; `None` where all of all rows are.
    pub(super) fn mask(&self, at: usize) -> Option<&[f64]> {
        let stride = self.stride();
        self.known.get(at * stride..(at + 1) * stride)
    }

    /// Whether every number of a row is known.
    pub(super) fn is_complete(&self, at: usize) -> bool {
        self.mask(at).is_none_or(|mask| mask.iter().take(self.width).all(|known| *known > 0.0))
    }

    /// A centre in the caller's numbers as the kernels hold it.
    pub(super) fn inward(&self, centre: &[f64]) -> Vec<f64> {
        let mut inside: Vec<f64> = centre.iter().zip(&self.shifts).map(|(value, shift)| value - shift).collect();
        inside.resize(self.stride(), 0.0);
        inside
    }

    /// A centre of the kernels in the caller's numbers.
    pub(super) fn outward(&self, centre: &[f64]) -> Vec<f64> {
        centre.iter().zip(&self.shifts).map(|(value, shift)| value + shift).collect()
    }

    /// Writes a row in the caller's numbers, NaN where unknown.
    pub(super) fn copy_row(&self, at: usize, row: &mut [f64]) {
        let known = self.mask(at);
        for (column, (place, (value, shift))) in row.iter_mut().zip(self.row(at).iter().zip(&self.shifts)).enumerate() {
            let is_known = known.and_then(|known| known.get(column)).is_none_or(|known| *known > 0.0);
            *place = if is_known { value + shift } else { f64::NAN };
        }
    }

    /// The mean over columns of the weighted mean square about the column's mean.
    pub(super) fn mean_variance(&self) -> f64 {
        self.squares / (self.weight() * self.width as f64)
    }
}

fn padded(width: usize) -> usize {
    width.next_multiple_of(LANES)
}

fn check_shape(values: &[f64], width: usize) -> Defined<()> {
    if width == 0 || !values.len().is_multiple_of(width) {
        return Err(Undefined::Input { field: "width", problem: "must divide the number of values" });
    }
    if values.iter().any(|value| value.is_infinite()) {
        return Err(Undefined::NotFinite);
    }
    if values.chunks_exact(width).any(|row| row.iter().all(|value| value.is_nan())) {
        return Err(Undefined::Input { field: "values", problem: "must have a known number in each row" });
    }
    Ok(())
}

fn check_weights(weights: &[f64], rows: usize) -> Defined<()> {
    let problem = |problem| Err(Undefined::Input { field: "weights", problem });
    if weights.len() != rows {
        return problem("must be as many as rows");
    }
    if weights.iter().any(|weight| !weight.is_finite() || *weight < 0.0) {
        return problem("must be finite and not negative");
    }
    if weights.iter().all(|weight| *weight <= 0.0) {
        return problem("must not all be zero");
    }
    Ok(())
}

/// The weighted mean of the known numbers of each column; 0 for a column without any.
fn means(values: &[f64], width: usize, weights: &[f64]) -> Vec<f64> {
    let mut sums = vec![(0.0, 0.0); width];
    for (row, weight) in values.chunks_exact(width).zip(weights) {
        for (sum, value) in sums.iter_mut().zip(row).filter(|(_, value)| !value.is_nan()) {
            *sum = (sum.0 + weight, sum.1 + weight * value);
        }
    }
    sums.into_iter().map(|(weight, sum)| if weight > 0.0 { sum / weight } else { 0.0 }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_set_of_rows_is_refused_with_its_field() {
        let field = |found: Defined<Points>| match found {
            Err(Undefined::Input { field, .. }) => field,
            other => other.map_or_else(|undefined| undefined.reason(), |_| "taken"),
        };
        assert_eq!(field(Points::new(&[], 2, None)), "empty");
        assert_eq!(field(Points::new(&[1.0; 3], 2, None)), "width");
        assert_eq!(field(Points::new(&[1.0; 3], 0, None)), "width");
        assert_eq!(field(Points::new(&[1.0, f64::INFINITY], 1, None)), "not_finite");
        assert_eq!(field(Points::new(&[1.0, f64::NAN], 1, None)), "values");
        assert_eq!(field(Points::new(&[1.0, 2.0], 1, Some(&[1.0]))), "weights");
        assert_eq!(field(Points::new(&[1.0, 2.0], 1, Some(&[1.0, -1.0]))), "weights");
        assert_eq!(field(Points::new(&[1.0, 2.0], 1, Some(&[0.0, 0.0]))), "weights");
    }

    #[test]
    fn columns_are_centred_and_rows_filled() {
        let points = Points::new(&[1.0, f64::NAN, 3.0, 8.0], 2, Some(&[1.0, 3.0])).unwrap();
        assert_eq!(points.shifts, [2.5, 8.0]);
        assert_eq!(points.values, [-1.5, 0.0, 0.0, 0.0, 0.5, 0.0, 0.0, 0.0]);
        assert_eq!(points.known, [1.0, 0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 0.0]);
        assert_eq!((points.is_complete(0), points.is_complete(1)), (false, true));
    }
}
