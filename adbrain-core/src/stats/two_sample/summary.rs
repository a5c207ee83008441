//! Count, mean and spread of one sample, mergeable.

use super::moments;
use crate::stats::{Defined, Undefined};

/// A sum of squares is known to so many of itself.
const ROUNDING: f64 = 4.0 * f64::EPSILON;

/// Count, mean and sum of squared deviations of a sample. Summaries of parts merge to the summary of the whole.
///
/// The mean is kept to twice the digits of a float (the second half is hidden), so that a spread of 1 around a mean of 1e9 keeps
/// 12 digits through any number of merges.
///
/// ```
/// use adbrain_core::stats::two_sample::Summary;
/// let whole = Summary::of(&[1.0, 2.0, 3.0, 4.0])?;
/// assert_eq!(Summary::of(&[1.0, 2.0])?.merge(&Summary::of(&[3.0, 4.0])?), whole);
/// assert_eq!((whole.mean, whole.m2), (2.5, 5.0));
/// # Ok::<(), adbrain_core::stats::Undefined>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Summary {
    /// The number of values.
    pub n: u64,
    /// Their mean; zero for an empty sample.
    pub mean: f64,
    /// The sum of (x - mean)^2.
    pub m2: f64,
    /// What `mean` lacks of the mean: at most half of its last digit.
    rest: f64,
}

impl Summary {
    /// A summary from its parts: the number of values, their mean and the sum of squared deviations from it.
    pub fn new(n: u64, mean: f64, m2: f64) -> Self {
        Self { n, mean, m2, rest: 0.0 }
    }

    /// Reduces values in two passes: the mean first, then m2 = sum (x - mean)^2 less the rounding of the mean, (sum (x - mean))^2 / n
    /// (Chan, Golub and `LeVeque`, "Algorithms for computing the sample variance", 1983). An empty slice is the empty summary.
    ///
    /// # Errors
    /// [`Undefined::NotFinite`] where a value is NaN or infinite, or so large that its square is.
    pub fn of(values: &[f64]) -> Defined<Self> {
        let moments = moments::of(values);
        let found = Self { n: values.len() as u64, mean: moments.mean, m2: moments.m2, rest: moments.rest };
        if found.is_finite() { Ok(found) } else { Err(Undefined::NotFinite) }
    }

    /// The summary of a sample of which the number, the sum and the sum of squares are known (textbook; Chan, Golub and `LeVeque`, 1983,
    /// on what it loses).
    ///
    /// m2 = squares - sum^2 / n in twice the digits of a float; the digits that the two sums themselves have lost (all of them at a mean
    /// of 1e8 with a spread of 1) cannot come back, and a result below their rounding is taken as no spread. Prefer [`Summary::of`] or
    /// [`Summary::new`].
    ///
    /// # Errors
    /// [`Undefined::NotFinite`], and [`Undefined::Input`] where the squares are too small for the sum by more than rounding.
    pub fn from_sums(n: u64, sum: f64, sum_squares: f64) -> Defined<Self> {
        if !(sum.is_finite() && sum_squares.is_finite()) {
            return Err(Undefined::NotFinite);
        }
        if n == 0 {
            return Ok(Self::default());
        }
        let count = n as f64;
        let m2 = moments::squares_less_product([sum_squares, sum, sum], count);
        if m2 < -1e-9 * sum_squares.abs() {
            return Err(Undefined::Input { field: "sum_squares", problem: "is too small for this sum" });
        }
        let mean = sum / count;
        let m2 = if m2 > ROUNDING * sum_squares { m2 } else { 0.0 };
        Ok(Self { n, mean, m2, rest: moments::remainder(sum, mean, count) })
    }

    /// The summary of `trials` yes-or-no values of which `successes` are yes: mean `p = successes / trials` and `m2 = p (1 - p) (n - 1)`,
    /// n the trials, so that [`Summary::spread`] is p (1 - p), without n - 1, as in Wald's interval (Agresti, "Categorical data
    /// analysis", 2013).
    ///
    /// Assumes independent trials. The variance is zero where all or none succeeded, and too small with fewer than about five of either.
    ///
    /// # Errors
    /// [`Undefined::Input`] for counts below zero or more successes than trials, [`Undefined::NotFinite`].
    pub fn of_share(successes: f64, trials: u64) -> Defined<Self> {
        let n = trials as f64;
        if !successes.is_finite() {
            return Err(Undefined::NotFinite);
        }
        if !(0.0..=n).contains(&successes) {
            return Err(Undefined::Input { field: "sum", problem: "must lie between 0 and n" });
        }
        if trials == 0 {
            return Ok(Self::default());
        }
        let mean = successes / n;
        let rest = moments::remainder(successes, mean, n);
        Ok(Self { n: trials, mean, m2: mean * (1.0 - mean) * (n - 1.0), rest })
    }

    /// The summary with one more value, by the formula of [`Summary::merge`] (Chan, Golub and `LeVeque`, 1979); one that is not finite is
    /// left out, which `n` shows.
    #[must_use]
    pub fn with(self, value: f64) -> Self {
        if value.is_finite() { self.merge(&Self::new(1, value, 0.0)) } else { self }
    }

    /// The summary of both samples together (Chan, Golub and `LeVeque`, "Updating formulae and a pairwise algorithm for computing
    /// sample variances", 1979): `m2 = m2_a + m2_b + d^2 n_a n_b / (n_a + n_b)`, d the difference of the means.
    #[must_use]
    pub fn merge(&self, other: &Self) -> Self {
        if self.n == 0 || other.n == 0 {
            return if self.n == 0 { *other } else { *self };
        }
        let (a, b) = (self.n as f64, other.n as f64);
        let difference = self.difference_to(other);
        let (mean, rest) = moments::shifted(self.mean, self.rest, difference * b / (a + b));
        let m2 = self.m2 + other.m2 + difference * difference * (a * (b / (a + b)));
        Self { n: self.n + other.n, mean, m2, rest }
    }

    /// The mean of `other` less the mean of this one, with the hidden digits; tests take the means as they are shown, as peers do.
    pub fn difference_to(&self, other: &Self) -> f64 {
        moments::difference(other.mean, self.mean) + (other.rest - self.rest)
    }

    /// The sample variance, m2 / (n - 1), in the square of the unit of the values; unbiased for independent values (textbook; Fisher,
    /// "Statistical methods for research workers", 1925).
    ///
    /// # Errors
    /// [`Undefined::Empty`] and [`Undefined::OneValue`]; [`Undefined::NotFinite`] where the parts are.
    pub fn spread(&self) -> Defined<f64> {
        match self.n {
            _ if !self.is_finite() => Err(Undefined::NotFinite),
            0 => Err(Undefined::Empty),
            1 => Err(Undefined::OneValue),
            n if self.m2 >= 0.0 => Ok(self.m2 / (n - 1) as f64),
            _ => Err(Undefined::Input { field: "m2", problem: "must not be below zero" }),
        }
    }

    /// The sample variance, m2 / (n - 1), in the square of the unit of the values; `None` below two values. [`Summary::spread`] says why.
    pub fn variance(&self) -> Option<f64> {
        self.spread().ok()
    }

    /// The variance of the mean, s^2 / n with s^2 = m2 / (n - 1) (textbook; Fisher, 1925); an error as in [`Summary::spread`]. Assumes
    /// independent values: with repeated values of the same people it is too small.
    pub fn variance_of_mean(&self) -> Defined<f64> {
        Ok(self.spread()? / self.n as f64)
    }

    fn is_finite(&self) -> bool {
        self.mean.is_finite() && self.m2.is_finite()
    }

    /// The mean in two parts.
    pub(super) fn parts(&self) -> [f64; 2] {
        [self.mean, self.rest]
    }

    pub(super) fn from_moments(n: u64, mean: [f64; 2], m2: f64) -> Self {
        Self { n, mean: mean[0], m2, rest: mean[1] }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::random::Random;

    fn close(ours: f64, theirs: f64) {
        assert!((ours - theirs).abs() <= 1e-12 * theirs.abs(), "{ours} is not {theirs}");
    }

    #[test]
    fn parts_merge_to_the_whole_in_any_order_at_a_mean_of_a_billion() {
        let mut random = Random::at(3, &[]);
        for (size, offset) in [(7, 0.0), (5000, 1e9), (9001, -1e9)] {
            let mut values: Vec<f64> = (0..size).map(|_| offset + random.normal()).collect();
            let whole = Summary::of(&values).unwrap();
            for at in [0, 1, size / 3, size - 1, size] {
                let parts = [&values[..at], &values[at..]].map(|part| Summary::of(part).unwrap());
                for merged in [parts[0].merge(&parts[1]), parts[1].merge(&parts[0])] {
                    close(merged.mean, whole.mean);
                    close(merged.m2, whole.m2);
                    assert_eq!(merged.n, whole.n);
                }
            }
            values.sort_by(f64::total_cmp);
            close(Summary::of(&values).unwrap().m2, whole.m2);
            close(values.iter().copied().fold(Summary::default(), Summary::with).m2, whole.m2);
        }
    }

    #[test]
    fn a_spread_around_a_billion_is_exact() {
        let values: Vec<f64> = (0..10_000).map(|at| 1e9 + f64::from(at % 5)).collect();
        let found = Summary::of(&values).unwrap();
        assert_eq!((found.mean, found.m2, found.n), (1_000_000_002.0, 20_000.0, 10_000));
    }

    #[test]
    fn equal_values_have_no_spread_at_all() {
        for size in [2, 3, 7, 5000] {
            assert_eq!(Summary::of(&vec![0.1; size]).unwrap(), Summary::new(size as u64, 0.1, 0.0), "{size}");
        }
    }

    #[test]
    fn a_summary_without_numbers_says_why() {
        assert_eq!(Summary::of(&[]).unwrap(), Summary::default());
        for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e200] {
            assert_eq!(Summary::of(&[1.0, bad]), Err(Undefined::NotFinite), "{bad}");
        }
        assert_eq!(Summary::default().spread(), Err(Undefined::Empty));
        assert_eq!(Summary::new(1, 2.0, 0.0).spread(), Err(Undefined::OneValue));
        assert!(Summary::from_sums(4, 8.0, 2.0).unwrap_err().is_input());
    }

    #[test]
    fn sums_of_squares_lose_nothing_that_they_hold() {
        let found = Summary::from_sums(3, 3e7 + 6.0, 3e14 + 12e7 + 14.0).unwrap();
        assert!((found.m2 - 2.0).abs() < 1e-3, "{found:?}");
        assert_eq!(Summary::from_sums(3, 0.1 + 0.1 + 0.1, 0.1 * 0.1 * 3.0).unwrap().m2.to_bits(), 0);
        let small = Summary::from_sums(1000, 1200.0, 4000.0).unwrap();
        close(small.m2, 2560.0);
    }
}
