//! By how much one sample lies above another.

use super::count::{Pairs, key, sorted_keys, value};
use crate::stats::distribution::normal_quantile;
use crate::stats::two_sample::check_level;
use crate::stats::{Defined, Interval, Undefined};

/// The shift of Hodges and Lehmann: the median of all n1 n2 differences treatment less control, in the unit of the values (Hodges and
/// Lehmann, "Estimates of location based on rank tests", 1963).
///
/// The interval reaches from the difference at rank n1 n2 / 2 - z s (rounded down, plus 1) to the one as far from the other end, s as in
/// [`mann_whitney`](super::mann_whitney): the shifts that the test does not refuse. It assumes arms that differ by a shift alone. Many
/// equal values (zero revenue) give a shift of zero.
///
/// No pair is written down: the ranks are found by halving over the floats, each step one walk over both samples.
///
/// # Errors
/// [`Undefined::Empty`], [`Undefined::NotFinite`], [`Undefined::NoSpread`] where no sample varies, [`Undefined::TooFew`] where the
/// samples cannot carry the level, [`Undefined::Input`] for a level outside 0..1.
pub fn hodges_lehmann(control: &[f64], treatment: &[f64], level: f64) -> Defined<Interval> {
    check_level(level)?;
    let (control, treatment) = (sorted_keys(control)?, sorted_keys(treatment)?);
    let pairs = Pairs::of(&control, &treatment);
    if pairs.groups.len() < 2 {
        return Err(Undefined::NoSpread);
    }
    let values = |keys: Vec<u64>| keys.into_iter().map(value).collect::<Vec<_>>();
    let samples = Differences { control: values(control), treatment: values(treatment) };
    let number = u128::from(pairs.sizes[0]) * u128::from(pairs.sizes[1]);
    let half = normal_quantile(f64::midpoint(1.0, level)) * libm::sqrt(pairs.variance());
    let rank = libm::floor(pairs.number() / 2.0 - half);
    if rank < 0.0 {
        return Err(Undefined::TooFew { needed: fewest(level).max(pairs.sizes[0] + pairs.sizes[1] + 1) });
    }
    if is_constant(&samples.control) && is_constant(&samples.treatment) {
        return Err(Undefined::NoSpread);
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "at least 0 and below the number of pairs"
    )]
    let rank = rank as u128;
    Ok(Interval {
        estimate: f64::midpoint(samples.at((number - 1) / 2), samples.at(number / 2)),
        low: samples.at(rank),
        high: samples.at(number - 1 - rank),
        level,
        method: "hodges_lehmann",
        sample_size: pairs.sizes[0] + pairs.sizes[1],
    })
}

/// The fewest units, half of them in each sample and no two alike, whose interval lies within their differences: k in each, the first with
/// `k^2 / 2 >= z sqrt(k^2 (2 k + 1) / 12)`, z the normal quantile of the level.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a small number above zero")]
fn fewest(level: f64) -> u64 {
    let z2 = libm::pow(normal_quantile(f64::midpoint(1.0, level)), 2.0);
    2 * libm::ceil((z2 + libm::sqrt(z2 * z2 + 3.0 * z2)) / 3.0) as u64
}

/// Whether a sorted sample holds one value alone.
fn is_constant(sorted: &[f64]) -> bool {
    sorted.first() == sorted.last()
}

/// Two sorted samples, seen as the sorted list of their differences.
struct Differences {
    control: Vec<f64>,
    treatment: Vec<f64>,
}

impl Differences {
    /// The difference at a rank counted from 0: the least float with more than `rank` differences at or below it.
    fn at(&self, rank: u128) -> f64 {
        let (mut low, mut high) = (key(f64::MIN), key(f64::MAX));
        while low < high {
            let middle = low + (high - low) / 2;
            if self.up_to(value(middle)) > rank {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        value(low)
    }

    /// How many differences are at most `limit`. A rounded difference never falls when treatment grows or control shrinks, so both ends
    /// of the walk only move forward.
    fn up_to(&self, limit: f64) -> u128 {
        let (mut count, mut reached) = (0_u128, 0_u64);
        let mut treatment = self.treatment.iter().peekable();
        for control in &self.control {
            while treatment.next_if(|treatment| *treatment - control <= limit).is_some() {
                reached += 1;
            }
            count += u128::from(reached);
        }
        count
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::random::Random;

    #[test]
    fn the_shift_is_the_median_of_all_differences() {
        let mut random = Random::at(2, &[]);
        for (m, n) in [(5, 6), (9, 7), (40, 33)] {
            let a: Vec<f64> = (0..m).map(|_| random.normal()).collect();
            let b: Vec<f64> = (0..n).map(|_| random.normal() - 0.3).collect();
            let mut all: Vec<f64> = a.iter().flat_map(|a| b.iter().map(move |b| b - a)).collect();
            all.sort_by(f64::total_cmp);
            let found = hodges_lehmann(&a, &b, 0.9).unwrap();
            let median = f64::midpoint(all[(all.len() - 1) / 2], all[all.len() / 2]);
            assert_eq!(found.estimate.to_bits(), median.to_bits());
            let at = all.iter().position(|one| one.to_bits() == found.low.to_bits()).unwrap();
            assert_eq!(all[all.len() - 1 - at].to_bits(), found.high.to_bits());
            let back = hodges_lehmann(&b, &a, 0.9).unwrap();
            assert_eq!((back.low.to_bits(), back.high.to_bits()), ((-found.high).to_bits(), (-found.low).to_bits()));
        }
    }

    #[test]
    fn the_interval_holds_the_shift_at_its_level() {
        let held = (0..400).filter(|run| {
            let mut random = Random::at(*run, &[9]);
            let a: Vec<f64> = (0..30).map(|_| random.normal()).collect();
            let b: Vec<f64> = (0..25).map(|_| random.normal() + 2.0).collect();
            hodges_lehmann(&a, &b, 0.9).unwrap().holds(2.0)
        });
        let held = held.count();
        assert!((340..=380).contains(&held), "{held}");
    }

    #[test]
    fn equal_values_and_too_few_of_them_say_why() {
        assert_eq!(hodges_lehmann(&[1.0, 1.0], &[1.0], 0.9), Err(Undefined::NoSpread));
        assert_eq!(hodges_lehmann(&[1.0], &[2.0], 0.9), Err(Undefined::TooFew { needed: 6 }));
        assert!(hodges_lehmann(&[1.0, 2.0, 3.0], &[1.5, 2.5, 3.5], 0.95).is_ok());
        assert_eq!(hodges_lehmann(&[1.0, 2.0], &[1.5, 2.5], 0.95), Err(Undefined::TooFew { needed: 6 }));
        let four = [1.0, 2.0, 3.0, 4.0];
        assert_eq!(hodges_lehmann(&four, &[1.5, 2.5, 3.5, 4.5], 0.999), Err(Undefined::TooFew { needed: 16 }));
        assert_eq!(hodges_lehmann(&[], &[2.0], 0.9), Err(Undefined::Empty));
        assert_eq!(hodges_lehmann(&[1.0; 5], &[2.0; 5], 0.95), Err(Undefined::NoSpread));
        assert!(hodges_lehmann(&[1.0; 5], &[2.0, 2.0, 2.0, 2.0, 3.0], 0.95).is_ok());
    }
}
