//! Intervals for the difference of two shares, and the relative lift.

use super::{Proportion, ShareDifference, critical, z_test};
use crate::stats::{Defined, Interval, Undefined};

/// The difference treatment - control of two shares with Newcombe's interval and the two-sided p value of the pooled z test.
///
/// d = pt - pc with p the shares, -1..1; the interval is that of [`newcombe`] (Newcombe, 1998), the p value that of
/// [`z_test`](super::z_test) (Fleiss, Levin and Paik, 2003), `None` where all or none of the trials of both arms succeeded.
///
/// Trials must be independent: on impressions of the same people both are too sure. The two are not one method, so close to the limit the
/// interval can hold zero where p is below 1 - level, and the other way round. Below about five successes or failures in an arm the p
/// value misleads; take [`fisher_exact`](super::fisher_exact).
///
/// ```
/// use adbrain_core::stats::proportions::{Proportion, difference};
/// let found = difference(Proportion::new(200, 20_000)?, Proportion::new(300, 20_000)?, 0.95)?;
/// assert!(found.difference.low > 0.002 && found.p_value.unwrap() < 1e-5);
/// # Ok::<(), adbrain_core::stats::Undefined>(())
/// ```
///
/// # Errors
/// A level outside 0..1.
pub fn difference(control: Proportion, treatment: Proportion, level: f64) -> Defined<ShareDifference> {
    let p_value = z_test(control, treatment).ok().map(|test| test.p_two_sided);
    Ok(ShareDifference { difference: newcombe(control, treatment, level)?, p_value })
}

/// Newcombe's hybrid score interval for treatment - control: with p the shares, l and u the ends of Wilson's intervals (c control, t
/// treatment) and d = pt - pc, low = `d - sqrt((pt - lt)^2 + (uc - pc)^2)`, high = `d + sqrt((ut - pt)^2 + (pc - lc)^2)` (Newcombe,
/// "Interval estimation for the difference between independent proportions", method 10, 1998).
///
/// Stays inside -1..1 and works at shares of 0 and 1. Trials must be independent.
///
/// Shares are 0 to 1, their difference -1 to 1. It misleads on impressions of the same people, where it is too short.
///
/// # Errors
/// A level outside 0..1.
pub fn newcombe(control: Proportion, treatment: Proportion, level: f64) -> Defined<Interval> {
    let (c, t) = (control.wilson(level)?, treatment.wilson(level)?);
    let estimate = t.estimate - c.estimate;
    let low = estimate - libm::hypot(t.estimate - t.low, c.high - c.estimate);
    let high = estimate + libm::hypot(t.high - t.estimate, c.estimate - c.low);
    Ok(of_two([control, treatment], [low, high], level, "newcombe_score"))
}

/// The interval of Agresti and Caffo for treatment - control: Wald's interval after one success and one failure are added to each arm
/// (Agresti and Caffo, "Simple and effective confidence intervals for proportions and differences of proportions result from adding two
/// successes and two failures", 2000).
///
/// Its centre is drawn towards zero, so with few trials it can leave the observed difference outside and reach beyond -1..1.
///
/// With p' = (x + 1) / (n + 2), x successes in n trials of each arm:
/// `pt' - pc' -+ z sqrt(pt' (1 - pt') / (nt + 2) + pc' (1 - pc') / (nc + 2))`, a difference of shares. Assumes independent trials.
///
/// # Errors
/// A level outside 0..1.
pub fn agresti_caffo(control: Proportion, treatment: Proportion, level: f64) -> Defined<Interval> {
    let z = critical(level)?;
    let padded = |arm: Proportion| {
        let trials = arm.trials as f64 + 2.0;
        let share = (arm.successes as f64 + 1.0) / trials;
        (share, share * (1.0 - share) / trials)
    };
    let ((c, c_variance), (t, t_variance)) = (padded(control), padded(treatment));
    let half = z * libm::sqrt(c_variance + t_variance);
    Ok(of_two([control, treatment], [t - c - half, t - c + half], level, "agresti_caffo"))
}

/// The relative lift `(pt - pc) / pc` with Katz's interval on the log scale: with r = pt / pc,
/// `r exp(-+ z sqrt(1/xt - 1/nt + 1/xc - 1/nc)) - 1`, x successes and n trials (Katz and others, "Obtaining confidence intervals for the
/// risk ratio in cohort studies", 1978).
///
/// Below about five successes in an arm it misleads. 0.06 means six percent more.
///
/// z is the normal quantile of (1 + level) / 2. Assumes independent trials and arms.
///
/// # Errors
/// [`Undefined::ZeroBaseline`] where control has no successes, [`Undefined::NothingObserved`] where treatment has none,
/// [`Undefined::NoSpread`] where every trial of both succeeded, a level outside 0..1.
pub fn relative_lift(control: Proportion, treatment: Proportion, level: f64) -> Defined<Interval> {
    let z = critical(level)?;
    if control.successes == 0 {
        return Err(Undefined::ZeroBaseline);
    }
    if treatment.successes == 0 {
        return Err(Undefined::NothingObserved);
    }
    let ratio = treatment.share() / control.share();
    let spread = |arm: Proportion| (1.0 - arm.share()) / arm.successes as f64;
    let variance = spread(control) + spread(treatment);
    if variance <= 0.0 {
        return Err(Undefined::NoSpread);
    }
    let reach = libm::exp(z * libm::sqrt(variance));
    let ends = [ratio / reach - 1.0, ratio * reach - 1.0];
    Ok(Interval { estimate: ratio - 1.0, ..of_two([control, treatment], ends, level, "katz_log") })
}

/// An interval around the difference of two arms.
pub(super) fn of_two(
    [control, treatment]: [Proportion; 2],
    [low, high]: [f64; 2],
    level: f64,
    method: &'static str,
) -> Interval {
    let estimate = treatment.share() - control.share();
    Interval { estimate, low, high, level, method, sample_size: control.trials.saturating_add(treatment.trials) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::proportions::miettinen_nurminen;

    fn of(successes: u64, trials: u64) -> Proportion {
        Proportion::new(successes, trials).unwrap()
    }

    fn close(ours: f64, theirs: f64) {
        assert!((ours - theirs).abs() < 1e-12, "{ours} is not {theirs}");
    }

    // The numbers are written by tests/golden/make_stats.py with statsmodels, first arm minus second.
    #[test]
    fn differences_are_those_of_statsmodels() {
        for (treatment, control, low, high) in [
            (of(56, 70), of(48, 80), 0.052_431_472_402_364_98, 0.333_872_654_036_906_14),
            (of(9, 10), of(3, 10), 0.170_522_723_934_502_9, 0.809_017_973_535_488),
            (of(0, 20), of(0, 10), -0.277_532_799_862_889_26, 0.161_125_158_052_819_4),
            (of(300, 20_000), of(200, 20_000), 0.002_827_583_946_207_609, 0.007_197_203_611_000_420_5),
        ] {
            let found = difference(control, treatment, 0.95).unwrap().difference;
            close(found.low, low);
            close(found.high, high);
        }
        let found = difference(of(200, 20_000), of(300, 20_000), 0.95).unwrap();
        close(found.p_value.unwrap(), 6.784_115_251_813_461e-6);
        assert_eq!(difference(of(0, 20), of(0, 10), 0.95).unwrap().p_value, None);
    }

    #[test]
    fn swapping_the_arms_mirrors_the_interval_and_it_holds_the_estimate() {
        let arms = [of(0, 9), of(9, 9), of(5, 50), of(12, 50), of(3, 1_000_000), of(700, 1000), of(1, 1)];
        for control in arms {
            for treatment in arms {
                for method in [newcombe, agresti_caffo, miettinen_nurminen] {
                    let (ours, swapped) =
                        (method(control, treatment, 0.9).unwrap(), method(treatment, control, 0.9).unwrap());
                    close(ours.low, -swapped.high);
                    close(ours.high, -swapped.low);
                    if ours.method != "agresti_caffo" {
                        assert!(ours.holds(ours.estimate), "{ours:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn a_lift_is_relative_to_control_and_needs_events() {
        let lift = relative_lift(of(100, 1000), of(130, 1000), 0.95).unwrap();
        close(lift.estimate, 0.3);
        // 1.3 exp(-+ 1.959964 sqrt(0.9 / 100 + 0.87 / 130)) - 1
        close(lift.low, 0.016_984_270_971_045_49);
        close(lift.high, 0.661_775_947_022_602_6);
        assert_eq!(relative_lift(of(0, 10), of(1, 10), 0.95), Err(Undefined::ZeroBaseline));
        assert_eq!(relative_lift(of(1, 10), of(0, 10), 0.95), Err(Undefined::NothingObserved));
        assert_eq!(relative_lift(of(10, 10), of(5000, 5000), 0.95), Err(Undefined::NoSpread));
        assert!(relative_lift(of(10, 10), of(4999, 5000), 0.95).is_ok());
    }
}
