//! Quantiles of a sample, their intervals, and the difference of two.

use super::distribution::normal_quantile;
use super::robust::finite_sorted;
use super::two_sample::{MeanTest, Tested, check_level};
use super::{Defined, Interval, Undefined};

/// The quantile `p` (0..=1) of values: with h = (n - 1) p, linear between the order statistics around h (type 7 of Hyndman and Fan,
/// "Sample quantiles in statistical packages", 1996; the default of numpy and R).
///
/// In the unit of the values. It describes this sample and assumes nothing; near 0 and 1 it says little of the values that were not seen.
///
/// ```
/// use adbrain_core::stats::quantile::quantile;
/// assert_eq!(quantile(&[4.0, 1.0, 3.0, 2.0], 0.5)?, 2.5);
/// # Ok::<(), adbrain_core::stats::Undefined>(())
/// ```
///
/// # Errors
/// [`Undefined::Empty`], [`Undefined::NotFinite`], [`Undefined::Input`] for `p` outside 0..=1.
pub fn quantile(values: &[f64], p: f64) -> Defined<f64> {
    check_share(p)?;
    Ok(of_sorted(&finite_sorted(values)?, p))
}

/// The interval of a quantile by order statistics: from the value at rank n p - z s to that at n p + z s + 1, s = sqrt(n p (1 - p)), the
/// ranks rounded outwards (Conover, "Practical nonparametric statistics", 1999, 3.2).
///
/// Assumes independent values and no shape. There is an answer wherever both ranks lie within the sample: at 95 % from 8 values on for
/// the median, from 53 on for `p` of 0.1 and 0.9. Its true level is at least nearly `level` once n p (1 - p) is above 5; below it the
/// rounding of the ranks weighs more and the interval holds more than it says (99.2 % at the median of 8 values).
///
/// n is the number of values, z the normal quantile of (1 + level) / 2; the ends are values of the sample, in their unit. It misleads
/// where values hang together, such as several of one person.
///
/// # Errors
/// As [`quantile`]; [`Undefined::Input`] for a level outside 0..1; [`Undefined::TooFew`] where a rank lies outside the sample, so that it
/// cannot carry the level at this quantile.
pub fn quantile_interval(values: &[f64], p: f64, level: f64) -> Defined<Interval> {
    let spread = Spread::of(values, p, level)?;
    Ok(Interval {
        estimate: spread.estimate,
        low: spread.low,
        high: spread.high,
        level,
        method: "order_statistics",
        sample_size: values.len() as u64,
    })
}

/// The difference of the quantiles `p` of two samples, treatment less control, with a normal interval: each standard error is
/// (high - low) / (2 z) of its [`quantile_interval`] at `level` (after Price and Bonett, "Distribution-free confidence intervals for
/// difference and ratio of medians", 2002).
///
/// Assumes independent values that are not piled up at the quantile: with many equal values there (zero revenue) the error is zero or
/// jumps; use the bootstrap or another quantile.
///
/// In the unit of the values, z the normal quantile of (1 + level) / 2; the variance is the sum of the squares of both errors.
///
/// # Errors
/// As [`quantile_interval`]; [`Undefined::NoSpread`] where both intervals have no length.
pub fn quantile_difference(control: &[f64], treatment: &[f64], p: f64, level: f64) -> Defined<MeanTest> {
    let (first, second) = (Spread::of(control, p, level)?, Spread::of(treatment, p, level)?);
    let z = 2.0 * normal_quantile(f64::midpoint(1.0, level));
    let errors = [&first, &second].map(|arm| (arm.high - arm.low) / z);
    let tested = Tested {
        estimate: second.estimate - first.estimate,
        variance: errors[0] * errors[0] + errors[1] * errors[1],
        degrees: f64::INFINITY,
    };
    tested.at(level, "order_statistics", (control.len() + treatment.len()) as u64)
}

/// The quantile of values in ascending order; `sorted` is not empty and `p` lies in 0..=1.
pub(super) fn of_sorted(sorted: &[f64], p: f64) -> f64 {
    let (below, part) = place(sorted.len(), p);
    let at = |index: usize| sorted.get(index).or(sorted.last()).copied().unwrap_or_default();
    let (low, high) = (at(below), at(below + 1));
    if part > 0.0 { low + (high - low) * part } else { low }
}

/// The index of the order statistic at or below a quantile, and how far it lies towards the next.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and the length of a slice")]
pub(super) fn place(size: usize, p: f64) -> (usize, f64) {
    let h = size.saturating_sub(1) as f64 * p;
    let below = libm::floor(h);
    (below as usize, h - below)
}

pub(super) fn check_share(p: f64) -> Defined<()> {
    if (0.0..=1.0).contains(&p) {
        return Ok(());
    }
    Err(Undefined::Input { field: "p", problem: "must lie between 0 and 1" })
}

/// A quantile and the order statistics around it.
struct Spread {
    estimate: f64,
    low: f64,
    high: f64,
}

impl Spread {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "ranks are checked against the length")]
    fn of(values: &[f64], p: f64, level: f64) -> Defined<Self> {
        check_share(p)?;
        check_level(level)?;
        let sorted = finite_sorted(values)?;
        let n = sorted.len() as f64;
        let half = normal_quantile(f64::midpoint(1.0, level)) * libm::sqrt(n * p * (1.0 - p));
        let (low, high) = (libm::floor(n * p - half), libm::ceil(n * p + half + 1.0));
        if low < 1.0 || high > n || p * (1.0 - p) <= 0.0 {
            let needed = needed(p, level);
            return Err(Undefined::TooFew { needed });
        }
        let at = |rank: f64| sorted.get(rank as usize - 1).copied().ok_or(Undefined::Empty);
        Ok(Self { estimate: of_sorted(&sorted, p), low: at(low)?, high: at(high)? })
    }
}

/// About how many values carry an interval: n p = z sqrt(n p (1 - p)) + 2 at the nearer end.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a cast to a whole number saturates")]
fn needed(p: f64, level: f64) -> u64 {
    let (near, z) = (p.min(1.0 - p), normal_quantile(f64::midpoint(1.0, level)));
    let root = f64::midpoint(z * libm::sqrt(1.0 - near), libm::sqrt(z * z * (1.0 - near) + 8.0));
    libm::ceil(root * root / near) as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::random::Random;

    #[test]
    fn quantiles_are_those_of_numpy() {
        let values = [27.983, 6.574, 6.075, 1.736, 20.499, 3.094];
        // numpy 2.4: np.quantile(values, [0.05, 0.3, 0.9, 1]).
        for (p, wanted) in [(0.05, 2.0755), (0.3, 4.5845), (0.9, 24.241), (1.0, 27.983)] {
            assert!((quantile(&values, p).unwrap() - wanted).abs() < 1e-12, "{p}");
        }
        assert_eq!(quantile(&[], 0.5), Err(Undefined::Empty));
        assert!(quantile(&values, 1.1).unwrap_err().is_input());
    }

    #[test]
    fn intervals_hold_the_truth_at_their_level() {
        let (mut held, mut refused) = (0, 0);
        for run in 0..400 {
            let mut random = Random::at(run, &[]);
            let mut draw = || (0..200).map(|_| random.normal()).collect::<Vec<_>>();
            let (a, b) = (draw(), draw());
            held += i32::from(quantile_interval(&a, 0.9, 0.95).unwrap().holds(1.281_551_565_544_6));
            refused += i32::from(quantile_difference(&a, &b, 0.5, 0.95).unwrap().p_value < 0.05);
        }
        assert!((368..=396).contains(&held) && (6..=32).contains(&refused), "{held} {refused}");
    }

    #[test]
    fn a_quantile_that_the_sample_cannot_carry_says_how_many_are_needed() {
        let values: Vec<f64> = (0..50).map(f64::from).collect();
        let Err(Undefined::TooFew { needed }) = quantile_interval(&values, 0.99, 0.95) else { panic!() };
        assert!((400..1000).contains(&needed), "{needed}");
        assert!(quantile_interval(&vec![1.0; usize::try_from(needed).unwrap() + 60], 0.99, 0.95).is_ok());
    }
}
