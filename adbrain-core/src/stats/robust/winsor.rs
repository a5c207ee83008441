//! Values above a cap set to the cap.

use crate::stats::quantile::quantile;
use crate::stats::two_sample::Summary;
use crate::stats::{Defined, Undefined};

/// Values cut at a cap.
#[derive(Debug, Clone, PartialEq)]
pub struct Winsorised {
    /// The values in their order, none above the cap.
    pub values: Vec<f64>,
    /// The cap.
    pub cap: f64,
    /// How many values stood above it.
    pub changed: usize,
    /// The summary of the values as they are now.
    pub summary: Summary,
}

/// Sets values above `cap` to `cap`, the cap in the unit of the values: min(x, cap) for each x (Tukey, "The future of data analysis",
/// 1962, who named it after Winsor; here on the upper side alone).
///
/// The default for revenue in a test: name the cap before the test, so that it does not depend on the arms. The mean is then that of the
/// capped metric, below the plain one; a change that only makes large orders larger is not seen.
///
/// # Errors
/// [`Undefined::Empty`], [`Undefined::NotFinite`]; [`Undefined::Input`] for a cap that is not finite.
pub fn winsorise(values: &[f64], cap: f64) -> Defined<Winsorised> {
    if !cap.is_finite() {
        return Err(Undefined::Input { field: "cap", problem: "must be a finite number" });
    }
    if values.is_empty() {
        return Err(Undefined::Empty);
    }
    Summary::of(values)?;
    let changed = values.iter().filter(|value| **value > cap).count();
    let values: Vec<f64> = values.iter().map(|value| value.min(cap)).collect();
    let summary = Summary::of(&values)?;
    Ok(Winsorised { values, cap, changed, summary })
}

/// Sets values above their own quantile `q` (0..=1, type 7: linear between order statistics) to it: [`winsorise`] at that cap (Tukey,
/// 1962; Hyndman and Fan, "Sample quantiles in statistical packages", 1996, for the type).
///
/// Take the quantile of both arms together, or of the days before the test; a quantile of each arm alone hides a part of the lift.
///
/// ```
/// use adbrain_core::stats::robust::winsorise_upper;
/// let found = winsorise_upper(&[1.0, 2.0, 3.0, 4.0, 900.0], 0.75)?;
/// assert_eq!((found.cap, found.changed, found.summary.mean), (4.0, 1, 2.8));
/// # Ok::<(), adbrain_core::stats::Undefined>(())
/// ```
///
/// # Errors
/// [`Undefined::Empty`], [`Undefined::NotFinite`]; [`Undefined::Input`] for `q` outside 0..=1.
pub fn winsorise_upper(values: &[f64], q: f64) -> Defined<Winsorised> {
    winsorise(values, quantile(values, q)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fixed_cap_changes_what_stands_above_it_alone() {
        let found = winsorise(&[5.0, -2.0, 7.0], 6.0).unwrap();
        assert_eq!((found.values, found.changed), (vec![5.0, -2.0, 6.0], 1));
        assert_eq!(winsorise(&[], 6.0), Err(Undefined::Empty));
        assert_eq!(winsorise(&[f64::INFINITY], 6.0), Err(Undefined::NotFinite));
        assert!(winsorise(&[1.0], f64::NAN).unwrap_err().is_input());
        assert!(winsorise_upper(&[1.0], 1.5).unwrap_err().is_input());
    }
}
