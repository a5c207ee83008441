//! Sample-ratio mismatch: whether the arms got the shares that were planned.

use super::distribution::{chi2_quantile, chi2_sf, noncentral_chi2_sf, p_of_tail};
use super::{Defined, Undefined};

/// The p value below which a split counts as broken: 0.001, the trade's usual limit, since the test looks at every experiment.
pub const LIMIT: f64 = 0.001;

/// What the test says about a split.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SampleRatio {
    /// The sum of `(observed - expected)^2 / expected` over the arms with a weight.
    pub chi_squared: f64,
    /// The arms with a weight, less one.
    pub degrees_of_freedom: u32,
    /// The probability of so large a sum where the split is as planned.
    pub p_value: f64,
    /// Units that were seen in arms of weight zero, which should have none.
    pub misplaced: u64,
}

impl SampleRatio {
    /// Whether the split is broken: a p value below `limit`, or units in an arm that should have none (Fabijan and others, 2019).
    pub fn is_mismatch(&self, limit: f64) -> bool {
        self.p_value < limit || self.misplaced > 0
    }
}

/// Pearson's chi-square test of the counts of units against the planned weights, which need not add up to one (Fabijan and others,
/// "Diagnosing sample ratio mismatch in online controlled experiments", 2019).
///
/// With n the units in arms that have a weight, arm i is expected to have `n w_i / sum(w)`. Give what was randomised: people, days or
/// regions, not impressions, whose number depends on the ad. A mismatch means that the arms differ in more than the ad: trust no result
/// of such a test. It holds its level from about five expected units per arm.
///
/// chi-square = `sum (n_i - e_i)^2 / e_i` with n the observed and e the expected units, arms - 1 degrees of freedom. Assumes that units
/// were dealt independently of each other.
///
/// ```
/// use adbrain_core::stats::srm::{LIMIT, sample_ratio};
/// assert!(!sample_ratio(&[44_700, 45_489], &[1.0, 1.0])?.is_mismatch(LIMIT));
/// assert!(sample_ratio(&[821_588, 815_482], &[1.0, 1.0])?.is_mismatch(LIMIT));
/// # Ok::<(), adbrain_core::stats::Undefined>(())
/// ```
///
/// # Errors
/// [`Undefined::Input`] for lists of different length, weights that are negative or not finite, or fewer than two arms with a weight;
/// [`Undefined::NothingObserved`] without any unit in those.
pub fn sample_ratio(observed: &[u64], weights: &[f64]) -> Defined<SampleRatio> {
    let wrong = |field, problem| Err(Undefined::Input { field, problem });
    if observed.len() != weights.len() {
        return wrong("weights", "must have one entry per arm");
    }
    if !weights.iter().all(|weight| weight.is_finite() && *weight >= 0.0) {
        return wrong("weights", "must be finite and not negative");
    }
    let planned = || observed.iter().zip(weights).filter(|(_, weight)| **weight > 0.0);
    let Some(degrees_of_freedom) = u32::try_from(planned().count()).ok().and_then(|arms| arms.checked_sub(1)) else {
        return wrong("weights", "must have two arms above zero");
    };
    if degrees_of_freedom == 0 {
        return wrong("weights", "must have two arms above zero");
    }
    let units: f64 = planned().map(|(count, _)| *count as f64).sum();
    let largest = weights.iter().copied().fold(0.0, f64::max);
    let weight: f64 = planned().map(|(_, weight)| weight / largest).sum();
    if units <= 0.0 {
        return Err(Undefined::NothingObserved);
    }
    let part = |count: u64, share: f64| {
        let expected = units * (share / largest) / weight;
        (count as f64 - expected) * (count as f64 - expected) / expected
    };
    let chi_squared: f64 = planned().map(|(count, weight)| part(*count, *weight)).sum();
    if !chi_squared.is_finite() {
        return wrong("weights", "must not be so far apart");
    }
    let misplaced = observed.iter().zip(weights).filter(|(_, weight)| **weight <= 0.0);
    Ok(SampleRatio {
        chi_squared,
        degrees_of_freedom,
        p_value: p_of_tail(chi2_sf(chi_squared, f64::from(degrees_of_freedom))),
        misplaced: misplaced.fold(0, |sum, (count, _)| sum.saturating_add(*count)),
    })
}

/// The probability that the test at level `alpha` finds a mismatch of size `w` among `units` units in `arms` arms.
///
/// `w = sqrt(sum (true - planned)^2 / planned)` over the arms' shares (Cohen, 1988): two halves that lost 2 % of one arm have w = 0.01. The
/// statistic is noncentral chi-square with `w^2 n` and arms - 1 degrees of freedom.
///
/// n is `units`; w, alpha and the answer are without unit. Assumes independent units; below five expected in an arm it is only near.
///
/// # Errors
/// [`Undefined::Input`] naming what is out of range.
pub fn power(w: f64, units: f64, arms: u32, alpha: f64) -> Defined<f64> {
    let wrong = |field, problem| Err(Undefined::Input { field, problem });
    if !w.is_finite() {
        return wrong("w", "must be finite");
    }
    if !(units.is_finite() && units > 0.0) {
        return wrong("units", "must be above zero");
    }
    if arms < 2 {
        return wrong("arms", "must be at least 2");
    }
    if !(alpha > 0.0 && alpha < 1.0) {
        return wrong("alpha", "must lie between 0 and 1");
    }
    let degrees = f64::from(arms - 1);
    Ok(noncentral_chi2_sf(chi2_quantile(1.0 - alpha, degrees), degrees, w * w * units))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_test_is_that_of_scipy() {
        for (observed, chi_squared, p_value) in [
            (&[44_700_u64, 45_489][..], 6.902_404_949_605_827_5, 0.008_607_987_810_836_241),
            (&[821_588, 815_482], 22.774_368_841_894_36, 1.821_792_872_619_187_3e-6),
            (&[3300, 3340, 3360], 0.56, 0.755_783_741_455_725_5),
            (&[1, 0], 1.0, 0.317_310_507_862_914_1),
        ] {
            let found = sample_ratio(observed, &vec![0.5; observed.len()]).unwrap();
            assert!((found.chi_squared / chi_squared - 1.0).abs() < 1e-12, "{found:?}");
            assert!((found.p_value / p_value - 1.0).abs() < 1e-11, "{found:?}");
        }
    }

    #[test]
    fn an_arm_without_weight_has_no_degree_of_freedom_and_must_stay_empty() {
        let two = sample_ratio(&[5000, 5100], &[1.0, 1.0]).unwrap();
        assert_eq!(sample_ratio(&[5000, 0, 5100], &[1.0, 0.0, 1.0]).unwrap(), two);
        let leaked = sample_ratio(&[5000, 7, 5100], &[1.0, 0.0, 1.0]).unwrap();
        assert!(leaked.misplaced == 7 && leaked.is_mismatch(LIMIT) && !two.is_mismatch(LIMIT));
    }

    #[test]
    fn order_and_scale_of_weights_do_not_matter() {
        let (a, b) = (sample_ratio(&[10, 20, 30], &[1.0, 2.0, 3.5]), sample_ratio(&[30, 10, 20], &[35.0, 10.0, 20.0]));
        assert!((a.unwrap().p_value - b.unwrap().p_value).abs() < 1e-14);
    }

    #[test]
    fn without_units_or_arms_there_is_no_answer() {
        assert_eq!(sample_ratio(&[0, 0], &[1.0, 1.0]), Err(Undefined::NothingObserved));
        assert_eq!(sample_ratio(&[0, 9], &[1.0, 0.0]).unwrap_err().reason(), "input");
        for weights in [&[1.0][..], &[1.0, -1.0], &[1.0, f64::NAN], &[0.0, 0.0]] {
            assert!(sample_ratio(&[1, 2], weights).unwrap_err().is_input());
        }
    }

    #[test]
    fn power_is_that_of_statsmodels() {
        assert!((power(0.01, 1e5, 2, 0.001).unwrap() - 0.448_975_933_739_514_17).abs() < 1e-8);
        assert!(power(0.01, 1e5, 1, 0.001).unwrap_err().is_input());
    }
}
