//! Many of Welch's tests at once, column by column.
#![expect(
    clippy::inline_always,
    reason = "loops over columns run in the vector unit when all of their work is inlined"
)]

use super::Summary;
use super::welch::welch_degrees;
use crate::stats::distribution::{p_of_tail, t_two_sided, t_two_sided_near};
use crate::stats::vector::each_row;
use crate::stats::{Defined, Undefined};

/// One arm of many tests: a column each of sizes, means and sums of squared deviations.
#[derive(Debug, Clone, Copy)]
pub struct Columns<'a> {
    /// The numbers of values; whole numbers.
    pub n: &'a [f64],
    /// The means.
    pub mean: &'a [f64],
    /// The sums of (x - mean)^2.
    pub m2: &'a [f64],
}

/// The results of many tests, in the order of the rows.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct WelchTable {
    /// Treatment less control over its standard error.
    pub t: Vec<f64>,
    /// The degrees of freedom.
    pub degrees_of_freedom: Vec<f64>,
    /// The two-sided p values.
    pub p_value: Vec<f64>,
    /// The rows without an answer, and why. Only these rows, and all of them, hold NaN in the three columns.
    pub undefined: Vec<(usize, Undefined)>,
}

/// [`welch`](super::welch) for every row of two tables of the same length, without an interval.
///
/// With n values, mean m and sum of squares m2 in each row, u = m2 / (n (n - 1)) and 1 for control, 2 for treatment: t = (mean of 2 -
/// mean of 1) / sqrt(u1 + u2), df = (u1 + u2)^2 / (u1^2 / (n1 - 1) + u2^2 / (n2 - 1)), and the two-sided p value of Student's t (Welch,
/// 1947). What [`welch`](super::welch) assumes holds in each row. The p values are those of single tests: with many rows adjust them
/// ([`crate::stats::multiple`]).
///
/// ```
/// use adbrain_core::stats::two_sample::{Columns, welch_table};
/// let arm = |mean| ([1000.0, 1.0], [mean, 2.0], [8991.0, 0.0]);
/// let (control, treatment) = (arm(10.0), arm(11.2));
/// let found = welch_table(
///     Columns { n: &control.0, mean: &control.1, m2: &control.2 },
///     Columns { n: &treatment.0, mean: &treatment.1, m2: &treatment.2 },
/// )?;
/// assert!(found.p_value[0] < 1e-17 && found.undefined.len() == 1);
/// # Ok::<(), adbrain_core::stats::Undefined>(())
/// ```
///
/// # Errors
/// [`Undefined::Input`] where the columns are not of one length. A row that has no answer is named in the result.
pub fn welch_table(control: Columns<'_>, treatment: Columns<'_>) -> Defined<WelchTable> {
    let columns = [control.n, control.mean, control.m2, treatment.n, treatment.mean, treatment.m2];
    if columns.iter().any(|column| column.len() != control.n.len()) {
        return Err(Undefined::Input { field: "columns", problem: "must all have the same length" });
    }
    let [t, degrees_of_freedom, mut p_value] = each_row(
        columns,
        #[inline(always)]
        #[expect(clippy::redundant_closure, reason = "a function that is passed by name is not inlined")]
        |row| tested(row),
    );
    let mut undefined = Vec::new();
    let arms = control.rows().zip(treatment.rows());
    let found = t.iter().zip(&degrees_of_freedom).zip(&mut p_value);
    for (row, (((t, degrees), p), (control, treatment))) in found.zip(arms).enumerate() {
        if t.is_nan() {
            undefined.push((row, reason(control, treatment)));
        } else if p.is_nan() {
            *p = p_of_tail(t_two_sided(*t, *degrees));
        }
    }
    Ok(WelchTable { t, degrees_of_freedom, p_value, undefined })
}

impl<'a> Columns<'a> {
    fn rows(self) -> impl Iterator<Item = [f64; 3]> + use<'a> {
        self.n.iter().zip(self.mean).zip(self.m2).map(|((n, mean), m2)| [*n, *mean, *m2])
    }
}

/// t, the degrees of freedom and, near the middle, the p value of a row: NaN for all of them where there is no answer.
#[inline(always)]
#[expect(clippy::needless_bitwise_bool, reason = "a short cut is a branch")]
fn tested([n1, mean1, m1, n2, mean2, m2]: [f64; 6]) -> [f64; 3] {
    let degrees = [n1 - 1.0, n2 - 1.0];
    let u = [m1 / (degrees[0] * n1), m2 / (degrees[1] * n2)];
    let (difference, variance) = (mean2 - mean1, u[0] + u[1]);
    let usable = is_size(n1) & is_size(n2) & (m1 >= 0.0) & (m2 >= 0.0);
    let answered = usable & (variance > 0.0) & ((variance + difference).abs() < f64::INFINITY);
    let degrees = welch_degrees(u, degrees);
    let t = difference / variance.sqrt();
    let p = p_of_tail(t_two_sided_near(t, degrees));
    [t, degrees, p].map(|value| if answered { value } else { f64::NAN })
}

/// Whether it is a whole number above one.
#[inline(always)]
#[expect(clippy::needless_bitwise_bool, clippy::float_cmp, reason = "a short cut is a branch; whole numbers are exact")]
fn is_size(n: f64) -> bool {
    /// Above it all numbers are whole.
    const ALL_WHOLE: f64 = 4_503_599_627_370_496.0;
    let n = n.min(ALL_WHOLE);
    (n > 1.0) & ((n + ALL_WHOLE) - ALL_WHOLE == n)
}

/// Why a row has no answer.
fn reason(control: [f64; 3], treatment: [f64; 3]) -> Undefined {
    let found = [control, treatment].into_iter().try_for_each(|[n, mean, m2]| {
        if !n.is_finite() {
            return Err(Undefined::NotFinite);
        }
        if n < 0.0 || libm::trunc(n).to_bits() != n.to_bits() {
            return Err(Undefined::Input { field: "n", problem: "must be a whole number" });
        }
        let size = if n < 1.0 { 0 } else { u64::from(n > 1.0) + 1 };
        Summary::new(size, mean, m2).spread().map(|_| ())
    });
    found.err().unwrap_or(Undefined::NoSpread)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::two_sample::welch;

    #[test]
    fn a_table_says_what_each_test_says() {
        let sizes = [50, 2, 10_000_000];
        let n = [50.0, 2.0, 1e7, 1.0, 0.0, 5.0, 5.0, 2.5, 5.0];
        let mean = [1.0, -3.0, 0.05, 1.0, 1.0, 1.0, f64::NAN, 1.0, 1.0];
        let m2 = [20.0, 1.0, 4e9, 0.0, 0.0, 0.0, 1.0, 1.0, -1.0];
        let shifted = mean.map(|mean| mean + 0.01);
        let control = Columns { n: &n, mean: &mean, m2: &m2 };
        let treatment = Columns { n: &n, mean: &shifted, m2: &m2 };
        let table = welch_table(control, treatment).unwrap();
        for (row, size) in sizes.into_iter().enumerate() {
            let arm = |mean: &[f64]| Summary::new(size, mean[row], m2[row]);
            let one = welch(&arm(&mean), &arm(&shifted), 0.95).unwrap();
            let expected = [one.t, one.degrees_of_freedom, one.p_value];
            let got = [table.t[row], table.degrees_of_freedom[row], table.p_value[row]];
            assert!(
                got.iter().zip(expected).all(|(got, wanted)| (got - wanted).abs() < 1e-10 * wanted.abs()),
                "{got:?}"
            );
        }
        let reasons: Vec<_> = table.undefined.iter().map(|(row, why)| (*row, why.reason())).collect();
        let expected =
            [(3, "one_value"), (4, "empty"), (5, "no_spread"), (6, "not_finite"), (7, "input"), (8, "input")];
        assert_eq!(reasons, expected);
        assert!(table.p_value[3..].iter().all(|p| p.is_nan()));
        assert!(welch_table(control, Columns { n: &n[1..], ..treatment }).unwrap_err().is_input());
    }
}
