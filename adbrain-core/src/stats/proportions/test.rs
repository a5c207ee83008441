//! The z tests on two shares, and Cohen's h.

use super::Proportion;
use crate::stats::distribution::{normal_sf, p_of_tail};
use crate::stats::{Defined, Interval, Undefined};

/// What is known about the difference of two shares.
#[derive(Debug, Clone, PartialEq)]
pub struct ShareDifference {
    /// The share of treatment minus that of control.
    pub difference: Interval,
    /// Two-sided p value of the pooled z test; `None` where all or none of the trials succeeded.
    pub p_value: Option<f64>,
}

/// What the z test says about two shares.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ZTest {
    /// `(pt - pc) / sqrt(p (1 - p) (1/nt + 1/nc))`, p pooled over both arms: the test of equal shares.
    pub z_pooled: f64,
    /// `(pt - pc) / sqrt(pt (1 - pt) / nt + pc (1 - pc) / nc)`; `None` where each arm is all successes or all failures.
    pub z_unpooled: Option<f64>,
    /// The p value against a difference on either side, of the pooled z.
    pub p_two_sided: f64,
    /// The p value against a larger share under treatment.
    pub p_greater: f64,
    /// The p value against a smaller share under treatment.
    pub p_less: f64,
}

/// The z tests of equal shares (Fleiss, Levin and Paik, "Statistical methods for rates and proportions", 2003).
///
/// pc and pt are the shares, nc and nt the trials. The normal approximation needs about five successes and five failures in each arm;
/// below that use [`fisher_exact`](super::fisher_exact). Trials must be independent: on impressions of the same people the test finds
/// differences in 14 % of equal arms instead of 5 %.
///
/// `z = (pt - pc) / sqrt(q (1 - q) (1 / nc + 1 / nt))` with q the share of both arms together, without unit; [`ZTest`] has the unpooled
/// one.
///
/// # Errors
/// [`Undefined::NoSpread`] where all or none of the trials succeeded.
pub fn z_test(control: Proportion, treatment: Proportion) -> Defined<ZTest> {
    let (nc, nt) = (control.trials as f64, treatment.trials as f64);
    let hits = control.successes as f64 + treatment.successes as f64;
    let misses = control.failures() as f64 + treatment.failures() as f64;
    let difference = treatment.share() - control.share();
    let pooled = libm::sqrt(hits / (nc + nt) * (misses / (nc + nt)) * (1.0 / nc + 1.0 / nt));
    if !(hits > 0.0 && misses > 0.0 && pooled > 0.0) {
        return Err(Undefined::NoSpread);
    }
    let variance = |arm: Proportion, n: f64| arm.share() * (arm.failures() as f64 / n) / n;
    let unpooled = libm::sqrt(variance(control, nc) + variance(treatment, nt));
    let z = difference / pooled;
    let near = p_of_tail(normal_sf(z.abs()));
    let (p_greater, p_less) = if z > 0.0 { (near, 1.0 - near) } else { (1.0 - near, near) };
    Ok(ZTest {
        z_pooled: z,
        z_unpooled: (unpooled > 0.0).then(|| difference / unpooled),
        p_two_sided: 2.0 * near,
        p_greater,
        p_less,
    })
}

/// Cohen's h: `2 asin(sqrt(pt)) - 2 asin(sqrt(pc))`, the difference of two shares on the scale where their variance is the same everywhere
/// (Cohen, "Statistical power analysis for the behavioral sciences", 1988). 0.2 is called small; ads live far below.
///
/// pc and pt are the shares of control and treatment, the answer is an angle of -pi to pi. It takes trials as independent, and few of
/// them make it noise.
pub fn cohens_h(control: Proportion, treatment: Proportion) -> f64 {
    let angle = |share: f64| 2.0 * libm::asin(libm::sqrt(share));
    angle(treatment.share()) - angle(control.share())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(successes: u64, trials: u64) -> Proportion {
        Proportion::new(successes, trials).unwrap()
    }

    #[test]
    fn the_tests_are_those_of_statsmodels() {
        let found = z_test(of(500, 10_000), of(560, 10_000)).unwrap();
        for (ours, theirs) in [
            (found.z_pooled, 1.893_752_975_635_674_8),
            (found.z_unpooled.unwrap(), 1.893_922_787_646_564_5),
            (found.p_two_sided, 0.058_257_806_033_516_23),
            (found.p_greater, 0.029_128_903_016_758_113),
            (found.p_less, 0.970_871_096_983_241_9),
            (cohens_h(of(500, 10_000), of(560, 10_000)), 0.026_792_085_455_941_972),
        ] {
            assert!((ours / theirs - 1.0).abs() < 1e-12, "{ours} is not {theirs}");
        }
    }

    #[test]
    fn swapping_the_arms_mirrors_the_test() {
        let (ours, swapped) = (z_test(of(3, 50), of(9, 70)).unwrap(), z_test(of(9, 70), of(3, 50)).unwrap());
        assert!((ours.z_pooled + swapped.z_pooled).abs() < 1e-15);
        assert!((ours.p_greater - swapped.p_less).abs() < 1e-15);
    }

    #[test]
    fn without_spread_there_is_no_test() {
        assert_eq!(z_test(of(0, 10), of(0, 20)), Err(Undefined::NoSpread));
        assert_eq!(z_test(of(10, 10), of(20, 20)), Err(Undefined::NoSpread));
        assert_eq!(z_test(of(0, 10), of(20, 20)).unwrap().z_unpooled, None);
    }
}
