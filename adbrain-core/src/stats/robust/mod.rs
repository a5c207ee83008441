//! Centre and spread that a few wild values cannot move, and tests on them.

mod trimmed;
mod winsor;

use super::{Defined, Undefined};

pub use trimmed::{trimmed_mean, yuen};
pub use winsor::{Winsorised, winsorise, winsorise_upper};

/// The MAD of a normal sample times this is its standard deviation (1 / the 0.75 quantile of the normal).
const MAD_TO_DEVIATION: f64 = 1.482_602_218_505_602;

/// The median: the middle value of the sorted values, the mean of the two middle ones of an even number, in their unit (textbook; Tukey,
/// "Exploratory data analysis", 1977). Values that are not finite are left out, `None` where nothing is left. It says little of money:
/// where most values are zero, so is the median.
pub fn median(values: &[f64]) -> Option<f64> {
    let mut sorted: Vec<f64> = values.iter().copied().filter(|value| value.is_finite()).collect();
    sorted.sort_by(f64::total_cmp);
    let upper = *sorted.get(sorted.len() / 2)?;
    let lower = *sorted.get(sorted.len().saturating_sub(1) / 2)?;
    Some(f64::midpoint(lower, upper))
}

/// The standard deviation as the median absolute deviation says it: 1.4826 median(|x - median(x)|) (Hampel, "The influence curve
/// and its role in robust estimation", 1974).
///
/// In the unit of the values; values that are not finite are left out of the median. 1.4826 assumes normal values around the middle: of
/// skewed ones it is not the standard deviation, and it is zero where more than half of the values are equal.
///
/// ```
/// use adbrain_core::stats::robust::deviation;
/// assert!((deviation(&[1.0, 2.0, 3.0, 4.0, 900.0]).unwrap() - 1.4826).abs() < 1e-4);
/// ```
pub fn deviation(values: &[f64]) -> Option<f64> {
    let centre = median(values)?;
    let distances: Vec<f64> = values.iter().map(|value| (value - centre).abs()).collect();
    median(&distances).map(|distance| MAD_TO_DEVIATION * distance)
}

/// The values in ascending order.
pub(super) fn finite_sorted(values: &[f64]) -> Defined<Vec<f64>> {
    if values.is_empty() {
        return Err(Undefined::Empty);
    }
    if values.iter().any(|value| !value.is_finite()) {
        return Err(Undefined::NotFinite);
    }
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    Ok(sorted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_lies_in_the_middle() {
        assert_eq!(median(&[]), None);
        assert_eq!(median(&[3.0, f64::NAN, 1.0]), Some(2.0));
        assert_eq!(median(&[5.0, 1.0, 3.0]), Some(3.0));
    }
}
