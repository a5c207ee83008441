//! The relative difference of two means.

use super::welch::{Tested, check_level, welch, welch_degrees};
use super::{MeanTest, Summary};
use crate::stats::distribution::t_quantile;
use crate::stats::{Defined, Undefined};

/// How the interval of a relative difference is built.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RelativeMethod {
    /// The delta method: symmetric around the estimate, right where the control's mean is many standard errors from zero.
    #[default]
    Delta,
    /// Fieller's theorem: exact for normal means also near zero, not symmetric, its p value that of the plain difference.
    Fieller,
    /// The delta method on the logarithm of the ratio, for means of one sign: never below -100 % for positive means, and never above
    /// 100 % for negative ones.
    Log,
}

/// The relative lift, (m2 - m1) / |m1| for control 1 and treatment 2: 0.1 is 10 % up, also where the control's mean is negative.
///
/// With u = s^2 / n, q the t quantile at Welch's degrees of freedom and r = m2 / m1:
///
/// - `Delta`: variance u2 / m1^2 + u1 m2^2 / m1^4 (Deng, Knoblich and Lu, "Applying the delta method in metric analytics", 2018).
/// - `Fieller`: the ratios with (m2 - r m1)^2 <= q^2 (u2 + r^2 u1), less one (Fieller, "Some problems in interval estimation", 1954).
/// - `Log`: ln r with variance u1 / m1^2 + u2 / m2^2, its own Welch degrees of freedom, and back.
///
/// `t` and the p values of `Delta` and `Log` test their own scale and so differ a little from those of [`welch`]. It misleads where the
/// control's mean is small against its error: then the lift itself has no mean; use `Fieller` and read the difference too.
///
/// m are the means, s^2 the variances with n - 1, n the units of an arm. Assumes independent units and nearly normal means.
///
/// ```
/// use adbrain_core::stats::two_sample::{RelativeMethod, Summary, relative_lift};
/// let (control, treatment) = (Summary::new(300, -2.0, 1200.0), Summary::new(280, -1.8, 1100.0));
/// let found = relative_lift(&control, &treatment, 0.95, RelativeMethod::Delta)?;
/// assert!((found.difference.estimate - 0.1).abs() < 1e-12);
/// # Ok::<(), adbrain_core::stats::Undefined>(())
/// ```
///
/// # Errors
/// As [`welch`]; [`Undefined::ZeroBaseline`]; [`Undefined::DenominatorNearZero`] where Fieller's interval is without end;
/// [`Undefined::NotPositive`] for `Log` with means of two signs.
pub fn relative_lift(control: &Summary, treatment: &Summary, level: f64, method: RelativeMethod) -> Defined<MeanTest> {
    let arms = Arms::new(control, treatment)?;
    check_level(level)?;
    match method {
        RelativeMethod::Delta => arms.delta(level),
        RelativeMethod::Fieller => arms.fieller(level, welch(control, treatment, level)?),
        RelativeMethod::Log => arms.log(level),
    }
}

/// Means `m`, variances of the means `u` and degrees of freedom `d`, control first.
struct Arms {
    m: [f64; 2],
    u: [f64; 2],
    d: [f64; 2],
    relative: f64,
    total: u64,
}

impl Arms {
    fn new(control: &Summary, treatment: &Summary) -> Defined<Self> {
        let u = [control.variance_of_mean()?, treatment.variance_of_mean()?];
        if control.mean.abs() <= 0.0 {
            return Err(Undefined::ZeroBaseline);
        }
        Ok(Self {
            m: [control.mean, treatment.mean],
            u,
            d: [control.n, treatment.n].map(|n| n as f64 - 1.0),
            relative: (treatment.mean - control.mean) / control.mean.abs(),
            total: control.n + treatment.n,
        })
    }

    fn delta(self, level: f64) -> Defined<MeanTest> {
        let ([m1, m2], [u1, u2]) = (self.m, self.u);
        let ratio = m2 / m1;
        let variance = (u2 + u1 * ratio * ratio) / (m1 * m1);
        let degrees = welch_degrees(self.u, self.d);
        Tested { estimate: self.relative, variance, degrees }.at(level, "relative_delta", self.total)
    }

    /// The ends solve (m1^2 - q^2 u1) r^2 - 2 m1 m2 r + (m2^2 - q^2 u2) = 0.
    fn fieller(self, level: f64, plain: MeanTest) -> Defined<MeanTest> {
        let ([m1, m2], [u1, u2]) = (self.m, self.u);
        let q = t_quantile(f64::midpoint(1.0, level), plain.degrees_of_freedom);
        let square = m1 * m1 - q * q * u1;
        if square.is_nan() || square <= 0.0 {
            return Err(Undefined::DenominatorNearZero);
        }
        let half = q * libm::sqrt(u2 * square + m2 * m2 * u1);
        let ends = [(m1 * m2 - half) / square, (m1 * m2 + half) / square];
        Ok(self.with_ratios(plain, ends, "relative_fieller"))
    }

    fn log(self, level: f64) -> Defined<MeanTest> {
        let ([m1, m2], [u1, u2]) = (self.m, self.u);
        let ratio = m2 / m1;
        if ratio.is_nan() || ratio <= 0.0 {
            return Err(Undefined::NotPositive);
        }
        let sign = m1.signum();
        let u = [u1 / (m1 * m1), u2 / (m2 * m2)];
        let estimate = sign * libm::log1p(sign * self.relative);
        let tested = Tested { estimate, variance: u[0] + u[1], degrees: welch_degrees(u, self.d) };
        let test = tested.at(level, "relative_log", self.total)?;
        let ends = [test.difference.low, test.difference.high].map(|end| libm::exp(sign * end));
        let ends = if sign > 0.0 { ends } else { [ends[1], ends[0]] };
        Ok(self.with_ratios(test, ends, "relative_log"))
    }

    /// The test with the interval of the lift that belongs to an interval of the ratio m2 / m1.
    fn with_ratios(&self, test: MeanTest, [low, high]: [f64; 2], method: &'static str) -> MeanTest {
        let mut interval = test.difference;
        (interval.low, interval.high) = if self.m[0] > 0.0 { (low - 1.0, high - 1.0) } else { (1.0 - high, 1.0 - low) };
        interval.estimate = self.relative;
        interval.method = method;
        MeanTest { difference: interval, ..test }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const METHODS: [RelativeMethod; 3] = [RelativeMethod::Delta, RelativeMethod::Fieller, RelativeMethod::Log];

    fn close(ours: f64, theirs: f64) {
        assert!((ours - theirs).abs() < 1e-9, "{ours} is not {theirs}");
    }

    #[test]
    fn the_delta_method_is_that_of_gbstats() {
        let control = Summary::from_sums(1000, 1200.0, 4000.0).unwrap();
        let treatment = Summary::from_sums(1020, 1300.0, 4400.0).unwrap();
        let found = relative_lift(&control, &treatment, 0.95, RelativeMethod::Delta).unwrap();
        close(found.difference.estimate, 0.062_091_503_267_973_82);
        close(found.difference.low, -0.059_438_927_191_934_28);
        close(found.p_value, 0.316_477_014_369_998_6);
        close(found.degrees_of_freedom, 2_017.953_051_514_136_2);
    }

    #[test]
    fn the_three_agree_on_many_values_and_negated_values_mirror_them() {
        for method in METHODS {
            let arms = |sign: f64| [Summary::new(90_000, sign * 5.0, 9e4), Summary::new(90_000, sign * 5.1, 9e4)];
            let (plus, minus) = (arms(1.0), arms(-1.0));
            let there = relative_lift(&plus[0], &plus[1], 0.95, method).unwrap();
            let back = relative_lift(&minus[0], &minus[1], 0.95, method).unwrap();
            close(there.difference.estimate, 0.02);
            assert!((there.difference.low - 0.018_15).abs() < 1e-4, "{there:?}");
            close(there.difference.low, -back.difference.high);
            close(there.difference.high, -back.difference.low);
            close(there.t, -back.t);
        }
    }

    #[test]
    fn fieller_holds_the_ratios_that_a_test_does_not_refuse() {
        let (control, treatment) = (Summary::new(40, 2.0, 80.0), Summary::new(50, 3.0, 60.0));
        let found = relative_lift(&control, &treatment, 0.95, RelativeMethod::Fieller).unwrap();
        let q = t_quantile(0.975, found.degrees_of_freedom);
        for end in [found.difference.low, found.difference.high] {
            let ratio: f64 = end + 1.0;
            let error = (60.0 / 49.0 / 50.0 + ratio * ratio * 80.0 / 39.0 / 40.0_f64).sqrt();
            close(((3.0 - ratio * 2.0) / error).abs(), q);
        }
    }

    #[test]
    fn a_baseline_at_zero_or_near_it_says_so() {
        let arm = |mean| Summary::new(10, mean, 90.0);
        for method in METHODS {
            assert_eq!(relative_lift(&arm(0.0), &arm(1.0), 0.95, method), Err(Undefined::ZeroBaseline));
        }
        let near = |method| relative_lift(&arm(0.1), &arm(-1.0), 0.95, method);
        assert_eq!(near(RelativeMethod::Fieller), Err(Undefined::DenominatorNearZero));
        assert_eq!(near(RelativeMethod::Log), Err(Undefined::NotPositive));
    }
}
