//! Count, means, spreads and common spread of paired values, mergeable.

use super::Summary;
use super::moments;
use crate::stats::{Defined, Undefined};

/// What ratios (clicks per impression) and CUPED (a metric and the same metric before the test) need of one arm's pairs (x, y).
/// Summaries of parts merge to the summary of the whole; the means are kept to twice the digits of a float.
///
/// ```
/// use adbrain_core::stats::two_sample::CrossSummary;
/// let whole = CrossSummary::of(&[1.0, 2.0, 3.0, 4.0], &[2.0, 4.0, 6.0, 8.0])?;
/// let halves = [CrossSummary::of(&[1.0, 2.0], &[2.0, 4.0])?, CrossSummary::of(&[3.0, 4.0], &[6.0, 8.0])?];
/// assert_eq!(halves[0].merge(&halves[1]), whole);
/// assert_eq!((whole.mean_y, whole.c_xy), (5.0, 10.0));
/// # Ok::<(), adbrain_core::stats::Undefined>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct CrossSummary {
    /// The number of pairs.
    pub n: u64,
    /// The mean of x; zero for an empty sample.
    pub mean_x: f64,
    /// The mean of y; zero for an empty sample.
    pub mean_y: f64,
    /// The sum of (x - mean of x)^2.
    pub m2_x: f64,
    /// The sum of (y - mean of y)^2.
    pub m2_y: f64,
    /// The sum of (x - mean of x)(y - mean of y).
    pub c_xy: f64,
    /// What the means lack in their last digit.
    rest: [f64; 2],
}

impl CrossSummary {
    /// A summary from the summaries of x and y and the sum of the products of their deviations, `c_xy = sum (x - mean_x)(y - mean_y)`, in
    /// the unit of x times that of y. It is checked against the inequality of Cauchy and Schwarz, nothing is computed.
    ///
    /// # Errors
    /// [`Undefined::Input`] where the two have not the same number of values, or where the product is larger than the two spreads
    /// allow (`c_xy^2 > m2_x m2_y` by more than rounding).
    pub fn new(x: Summary, y: Summary, c_xy: f64) -> Defined<Self> {
        if x.n != y.n {
            return Err(Undefined::Input { field: "n", problem: "must be the same for both values of a pair" });
        }
        if !c_xy.is_finite() || !(x.mean + y.mean + x.m2 + y.m2).is_finite() {
            return Err(Undefined::NotFinite);
        }
        if c_xy.abs() > libm::sqrt(x.m2) * libm::sqrt(y.m2) * (1.0 + 1e-9) {
            return Err(Undefined::Input { field: "c_xy", problem: "is larger than the spreads allow" });
        }
        Ok(Self::joined(x, y, c_xy))
    }

    /// Reduces pairs (x, y), one of each per unit, in two passes, as [`Summary::of`] does: means first, then the sums of squares and
    /// products of the deviations, with the rounding of the means taken out (Chan, Golub and `LeVeque`, 1983). Empty slices give the
    /// empty summary.
    ///
    /// # Errors
    /// [`Undefined::Input`] for slices of different lengths, [`Undefined::NotFinite`] where a value is NaN or infinite.
    pub fn of(x: &[f64], y: &[f64]) -> Defined<Self> {
        if x.len() != y.len() {
            return Err(Undefined::Input { field: "y", problem: "must have as many values as its partner" });
        }
        let (first, second) = (Summary::of(x)?, Summary::of(y)?);
        let found = Self::joined(first, second, moments::products(x, y, [first.parts(), second.parts()]));
        if found.c_xy.is_finite() { Ok(found) } else { Err(Undefined::NotFinite) }
    }

    /// The summary of pairs of which the number, the sums `[x, y]` and the sums of squares and products `[x^2, y^2, x y]` are known:
    /// `m2_x`, `m2_y` and `c_xy` are each the sum of products less the product of the sums over n (textbook; Chan, Golub and `LeVeque`,
    /// 1983, on what it loses). What [`Summary::from_sums`] says about lost digits holds here too.
    ///
    /// # Errors
    /// As [`Summary::from_sums`] and [`CrossSummary::new`].
    pub fn from_sums(n: u64, sums: [f64; 2], products: [f64; 3]) -> Defined<Self> {
        let ([sum_x, sum_y], [squares_x, squares_y, product]) = (sums, products);
        let (x, y) = (Summary::from_sums(n, sum_x, squares_x)?, Summary::from_sums(n, sum_y, squares_y)?);
        if n == 0 {
            return Ok(Self::default());
        }
        Self::new(x, y, moments::squares_less_product([product, sum_x, sum_y], n as f64))
    }

    /// The summary of both samples together: the formula of [`Summary::merge`], and `c = c_a + c_b + d_x d_y n_a n_b / (n_a + n_b)`, with
    /// a and b the two parts, n their pairs and d the differences of their means (Chan, Golub and `LeVeque`, 1979). No unit may be in
    /// both parts.
    #[must_use]
    pub fn merge(&self, other: &Self) -> Self {
        if self.n == 0 || other.n == 0 {
            return if self.n == 0 { *other } else { *self };
        }
        let (a, b) = (self.n as f64, other.n as f64);
        let (x, y) = (self.x().difference_to(&other.x()), self.y().difference_to(&other.y()));
        let c_xy = self.c_xy + other.c_xy + x * y * (a * (b / (a + b)));
        Self::joined(self.x().merge(&other.x()), self.y().merge(&other.y()), c_xy)
    }

    /// The summary of x alone.
    pub fn x(&self) -> Summary {
        Summary::from_moments(self.n, [self.mean_x, self.rest[0]], self.m2_x)
    }

    /// The summary of y alone.
    pub fn y(&self) -> Summary {
        Summary::from_moments(self.n, [self.mean_y, self.rest[1]], self.m2_y)
    }

    /// The sample covariance, `c_xy / (n - 1)`, in the unit of x times that of y; unbiased for independent pairs (textbook; Fisher,
    /// "Statistical methods for research workers", 1925). One wild pair can make most of it.
    ///
    /// # Errors
    /// [`Undefined::Empty`] and [`Undefined::OneValue`].
    pub fn covariance(&self) -> Defined<f64> {
        match self.n {
            0 => Err(Undefined::Empty),
            1 => Err(Undefined::OneValue),
            n => Ok(self.c_xy / (n - 1) as f64),
        }
    }

    fn joined(x: Summary, y: Summary, c_xy: f64) -> Self {
        let ([mean_x, rest_x], [mean_y, rest_y]) = (x.parts(), y.parts());
        Self { n: x.n, mean_x, mean_y, m2_x: x.m2, m2_y: y.m2, c_xy, rest: [rest_x, rest_y] }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::random::Random;

    #[test]
    fn parts_merge_to_the_whole_at_means_of_a_billion() {
        let mut random = Random::at(5, &[]);
        let x: Vec<f64> = (0..5000).map(|_| 1e9 + random.normal()).collect();
        let y: Vec<f64> = x.iter().map(|x| -1e9 + 0.5 * (x - 1e9) + random.normal()).collect();
        let whole = CrossSummary::of(&x, &y).unwrap();
        for at in [0, 1, 2500, 4999, 5000] {
            let (left, right) =
                (CrossSummary::of(&x[..at], &y[..at]).unwrap(), CrossSummary::of(&x[at..], &y[at..]).unwrap());
            for merged in [left.merge(&right), right.merge(&left)] {
                assert!((merged.c_xy / whole.c_xy - 1.0).abs() < 1e-12);
                assert!((merged.m2_x / whole.m2_x - 1.0).abs() < 1e-12 && merged.n == whole.n);
            }
        }
        assert!((whole.covariance().unwrap() - 0.5).abs() < 0.05);
    }

    #[test]
    fn sums_and_pairs_give_the_same_and_wrong_ones_are_named() {
        let (x, y) = ([1.0, 2.0, 4.0], [3.0, 1.0, 2.0]);
        let found = CrossSummary::from_sums(3, [7.0, 6.0], [21.0, 14.0, 13.0]).unwrap();
        let paired = CrossSummary::of(&x, &y).unwrap();
        assert!((found.c_xy - paired.c_xy).abs() < 1e-14 && (found.m2_y - paired.m2_y).abs() < 1e-14);
        assert!(CrossSummary::of(&x, &y[..2]).unwrap_err().is_input());
        assert!(CrossSummary::from_sums(3, [7.0, 6.0], [21.0, 14.0, 99.0]).unwrap_err().is_input());
        assert_eq!(CrossSummary::of(&[f64::NAN], &[1.0]), Err(Undefined::NotFinite));
        assert_eq!(CrossSummary::of(&[], &[]).unwrap().covariance(), Err(Undefined::Empty));
    }
}
