//! Yuen's test on trimmed means.

use super::finite_sorted;
use crate::stats::two_sample::{MeanTest, Summary, Tested, welch_degrees};
use crate::stats::{Defined, Undefined};

/// Yuen's t test: the difference of trimmed means, treatment less control.
///
/// From n sorted values g = floor(trim n) are dropped at each end, h = n - 2 g stay. The variance of their mean is
/// v = (n - 1) s^2 / (h (h - 1)), s^2 the variance with the dropped values set to the nearest kept one; t and df are Welch's with v
/// for s^2 / n and h - 1 for n - 1 (Yuen, "The two-sample trimmed t for unequal population variances", 1974).
///
/// `trim` is the share cut at each end, 0 to below 0.5; 0.1 or 0.2 is usual. It answers for the bulk of the values: where the
/// money is in the tail (revenue with few large orders), it asks the wrong question.
///
/// In the unit of the values. Assumes independent values; below about ten in an arm little is left to estimate v from.
///
/// # Errors
/// [`Undefined::Input`] for `trim` or `level` out of range, [`Undefined::Empty`], [`Undefined::OneValue`] where fewer than two values
/// stay in an arm, [`Undefined::NoSpread`], [`Undefined::NotFinite`].
pub fn yuen(control: &[f64], treatment: &[f64], trim: f64, level: f64) -> Defined<MeanTest> {
    let (first, second) = (Trimmed::of(control, trim)?, Trimmed::of(treatment, trim)?);
    let (u1, u2) = (first.variance_of_mean, second.variance_of_mean);
    let tested = Tested {
        estimate: second.kept.mean - first.kept.mean,
        variance: u1 + u2,
        degrees: welch_degrees([u1, u2], [first.kept.n as f64 - 1.0, second.kept.n as f64 - 1.0]),
    };
    tested.at(level, "yuen_trimmed_t", (control.len() + treatment.len()) as u64)
}

/// The mean of the values that stay when floor(trim n) of n sorted values are dropped at each end, in their unit (Yuen, 1974; see
/// [`yuen`]). `trim` is 0 to below 0.5. Of skewed values such as revenue it is not the mean, but below it.
///
/// # Errors
/// As [`yuen`] for one sample; a single value is its own mean.
pub fn trimmed_mean(values: &[f64], trim: f64) -> Defined<f64> {
    let sorted = finite_sorted(values)?;
    Ok(Summary::of(kept(&sorted, trim)?)?.mean)
}

struct Trimmed {
    kept: Summary,
    variance_of_mean: f64,
}

impl Trimmed {
    fn of(values: &[f64], trim: f64) -> Defined<Self> {
        let mut sorted = finite_sorted(values)?;
        let middle = kept(&sorted, trim)?;
        let kept = Summary::of(middle)?;
        if kept.n < 2 {
            return Err(Undefined::OneValue);
        }
        let (low, high) = middle.first().zip(middle.last()).map_or((0.0, 0.0), |(low, high)| (*low, *high));
        for value in &mut sorted {
            *value = value.clamp(low, high);
        }
        let h = kept.n as f64;
        Ok(Self { kept, variance_of_mean: Summary::of(&sorted)?.m2 / (h * (h - 1.0)) })
    }
}

fn kept(sorted: &[f64], trim: f64) -> Defined<&[f64]> {
    if !(0.0..0.5).contains(&trim) {
        return Err(Undefined::Input { field: "trim", problem: "must lie between 0 and 0.5, 0.5 excluded" });
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "at least 0 and below half of a length"
    )]
    let dropped = (trim * sorted.len() as f64) as usize;
    sorted.get(dropped..sorted.len().saturating_sub(dropped)).ok_or(Undefined::Empty)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::two_sample::welch;

    const A: [f64; 8] = [2.1, 1.4, 3.3, 2.8, 1.9, 2.2, 40.1, 2.0];
    const B: [f64; 6] = [1.2, 0.8, 1.9, 1.1, 2.4, -9.0];

    #[test]
    fn the_test_is_that_of_scipy() {
        // scipy 1.17.1: ttest_ind(A, B, equal_var=False, trim=0.2).
        let found = yuen(&B, &A, 0.2, 0.95).unwrap();
        assert!((found.t - 2.593_323_941_773_751_7).abs() < 1e-10, "{found:?}");
        assert!((found.degrees_of_freedom - 7.043_400_003_461_171).abs() < 1e-9);
        assert!((found.p_value - 0.035_580_168_196_160_354).abs() < 1e-10);
    }

    #[test]
    fn without_trimming_it_is_the_test_of_welch() {
        let plain = welch(&Summary::of(&B).unwrap(), &Summary::of(&A).unwrap(), 0.95).unwrap();
        let found = yuen(&B, &A, 0.0, 0.95).unwrap();
        assert!((found.t - plain.t).abs() < 1e-12 && (found.p_value - plain.p_value).abs() < 1e-12);
        assert!((trimmed_mean(&B, 0.2).unwrap() - 1.25).abs() < 1e-12);
    }

    #[test]
    fn too_few_values_and_a_wrong_share_are_named() {
        assert_eq!(yuen(&[1.0, 2.0, 3.0], &A, 0.4, 0.95), Err(Undefined::OneValue));
        assert_eq!(yuen(&[], &A, 0.2, 0.95), Err(Undefined::Empty));
        assert_eq!(yuen(&[1.0, f64::NAN], &A, 0.2, 0.95), Err(Undefined::NotFinite));
        assert!(yuen(&A, &B, 0.5, 0.95).unwrap_err().is_input());
        assert_eq!(yuen(&[1.0, 2.0, 2.0, 2.0, 9.0], &[5.0; 6], 0.2, 0.95), Err(Undefined::NoSpread));
    }
}
