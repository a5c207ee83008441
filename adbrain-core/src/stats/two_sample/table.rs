//! Many of Welch's tests at once, column by column.

use super::Summary;
use super::welch::welch_degrees;
use crate::stats::distribution::{p_of_tail, t_two_sided};
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
    let rows = control.n.len();
    let lengths = [control.mean.len(), control.m2.len(), treatment.n.len(), treatment.mean.len(), treatment.m2.len()];
    if lengths.iter().any(|length| *length != rows) {
        return Err(Undefined::Input { field: "columns", problem: "must all have the same length" });
    }
    let mut table = WelchTable::default();
    for column in [&mut table.t, &mut table.degrees_of_freedom, &mut table.p_value] {
        column.reserve_exact(rows);
    }
    for (row, (control, treatment)) in control.rows().zip(treatment.rows()).enumerate() {
        let [t, degrees, p] = tested(control, treatment).unwrap_or_else(|| {
            table.undefined.push((row, reason(control, treatment)));
            [f64::NAN; 3]
        });
        table.t.push(t);
        table.degrees_of_freedom.push(degrees);
        table.p_value.push(p);
    }
    Ok(table)
}

impl<'a> Columns<'a> {
    fn rows(self) -> impl Iterator<Item = [f64; 3]> + use<'a> {
        self.n.iter().zip(self.mean).zip(self.m2).map(|((n, mean), m2)| [*n, *mean, *m2])
    }
}

fn tested([n1, mean1, m1]: [f64; 3], [n2, mean2, m2]: [f64; 3]) -> Option<[f64; 3]> {
    let degrees = [n1 - 1.0, n2 - 1.0];
    let u = [m1 / (degrees[0] * n1), m2 / (degrees[1] * n2)];
    let (difference, variance) = (mean2 - mean1, u[0] + u[1]);
    let whole = degrees.iter().all(|degrees| *degrees > 0.0 && libm::trunc(*degrees).to_bits() == degrees.to_bits());
    if !(whole && m1 >= 0.0 && m2 >= 0.0 && variance > 0.0 && (variance + difference).is_finite()) {
        return None;
    }
    let degrees = welch_degrees(u, degrees);
    let t = difference / libm::sqrt(variance);
    Some([t, degrees, p_of_tail(t_two_sided(t, degrees))])
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
