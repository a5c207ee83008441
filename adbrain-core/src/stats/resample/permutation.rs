//! The permutation test of two means.

use super::{Purpose, Resampling};
use crate::stats::random::Random;
use crate::stats::two_sample::Summary;
use crate::stats::{Defined, Undefined};

/// Sums that differ by less than this share of all values' size are equal: rounding must not decide.
const ROUNDING: f64 = 1e-12;

/// What the permutation test says.
#[derive(Debug, Clone, PartialEq)]
pub struct PermutationTest {
    /// The mean of treatment less that of control.
    pub difference: f64,
    /// Two-sided p value: how often a difference at least as far from zero comes up.
    pub p_value: f64,
    /// One-sided p value; small where treatment is greater.
    pub greater: f64,
    /// One-sided p value; small where treatment is less.
    pub less: f64,
    /// How many ways to deal the values were looked at.
    pub draws: u64,
    /// `exact` where these were all ways, else `monte_carlo`.
    pub method: &'static str,
}

/// The permutation test: deals all values to the arms anew and counts differences of means at least as large as the observed one.
///
/// Where there are no more ways than `resamples`, all are looked at once and p = count / ways, the observed one among them. Else p = (1 +
/// count) / (1 + draws), which is never zero and never too small (Phipson and Smyth, "Permutation p-values should never be zero", 2010).
///
/// Exact for arms of the same distribution, whatever it is. Under equal means and unequal spread with unequal sizes it errs as Student's
/// test does. `level` is not used.
///
/// Values in any unit, the difference in theirs; of the three p values one is two-sided and two are one-sided, treatment greater or less.
/// Assumes values that are independent and were dealt to the arms by chance.
///
/// ```
/// use adbrain_core::stats::resample::{Resampling, permutation_test};
/// let found = permutation_test(&[1.0, 2.0, 3.0], &[4.0, 5.0, 6.0], &Resampling::default())?;
/// assert_eq!((found.draws, found.greater, found.p_value), (20, 0.05, 0.1));
/// # Ok::<(), adbrain_core::stats::Undefined>(())
/// ```
///
/// # Errors
/// [`Undefined::Empty`], [`Undefined::NotFinite`], [`Undefined::NoSpread`] where all values are equal, [`Undefined::TooFew`] where both
/// arms together hold fewer than three, [`Undefined::Input`] for a level outside 0..1, fewer than 100 resamples, or values that are not
/// fewer than 2^32 in both arms together.
pub fn permutation_test(control: &[f64], treatment: &[f64], settings: &Resampling) -> Defined<PermutationTest> {
    settings.check()?;
    let (first, second) = (Summary::of(control)?, Summary::of(treatment)?);
    let both = first.merge(&second);
    match both.n {
        _ if first.n == 0 || second.n == 0 => return Err(Undefined::Empty),
        2 => return Err(Undefined::TooFew { needed: 3 }),
        n if n >= 1 << 32 => return Err(Undefined::Input { field: "values", problem: "must be fewer than 2^32" }),
        _ if both.m2 <= 0.0 => return Err(Undefined::NoSpread),
        _ => {}
    }
    let values: Vec<f64> = treatment.iter().chain(control).map(|value| value - both.mean).collect();
    let scale: f64 = values.iter().map(|value| value.abs()).sum();
    let mut counts =
        Counts { observed: values.iter().take(treatment.len()).sum(), slack: scale * ROUNDING, ..Counts::default() };
    let all = ways(values.len(), treatment.len(), u64::from(settings.resamples));
    match all {
        Some(_) => every_way(&values, treatment.len(), &mut counts),
        None => draw(values, treatment.len(), settings, &mut counts),
    }
    Ok(counts.test(second.mean - first.mean, all.is_some()))
}

/// How many sums of the treatment's values were as high, as low and as far as the observed one; values are taken around their mean, so that
/// the sum alone orders the differences.
#[derive(Debug, Default)]
struct Counts {
    observed: f64,
    slack: f64,
    draws: u64,
    high: u64,
    low: u64,
    far: u64,
}

impl Counts {
    fn add(&mut self, sum: f64) {
        self.draws += 1;
        self.high += u64::from(sum >= self.observed - self.slack);
        self.low += u64::from(sum <= self.observed + self.slack);
        self.far += u64::from(sum.abs() >= self.observed.abs() - self.slack);
    }

    fn test(&self, difference: f64, is_exact: bool) -> PermutationTest {
        let seen = u64::from(!is_exact);
        let share = |count: u64| (count + seen) as f64 / (self.draws + seen) as f64;
        PermutationTest {
            difference,
            p_value: share(self.far),
            greater: share(self.high),
            less: share(self.low),
            draws: self.draws,
            method: if is_exact { "exact" } else { "monte_carlo" },
        }
    }
}

/// The number of ways to choose `some` of `all`, if it is at most `limit`.
fn ways(all: usize, some: usize, limit: u64) -> Option<u64> {
    let some = some.min(all - some);
    let mut ways = 1_u64;
    for i in 0..some {
        ways = ways.checked_mul((all - i) as u64)? / (i as u64 + 1);
        if ways > limit {
            return None;
        }
    }
    Some(ways)
}

/// Looks at every choice of `some` places, in lexicographic order.
#[expect(clippy::indexing_slicing, reason = "chosen places are below the number of values")]
fn every_way(values: &[f64], some: usize, counts: &mut Counts) {
    let mut chosen: Vec<usize> = (0..some).collect();
    loop {
        counts.add(chosen.iter().map(|place| values[*place]).sum());
        let last_free = (0..some).rev().find(|at| chosen[*at] < values.len() - some + at);
        let Some(at) = last_free else { return };
        let next = chosen[at] + 1;
        for (place, step) in chosen[at..].iter_mut().zip(next..) {
            *place = step;
        }
    }
}

/// Deals at random; only the smaller arm is dealt, as the sum of all values is zero.
#[expect(clippy::indexing_slicing, reason = "drawn places are below the number of values")]
#[expect(clippy::cast_possible_truncation, reason = "below the number of values")]
fn draw(mut values: Vec<f64>, treatment: usize, settings: &Resampling, counts: &mut Counts) {
    let size = values.len();
    let (dealt, sign) = if treatment * 2 <= size { (treatment, 1.0) } else { (size - treatment, -1.0) };
    for draw in 0..settings.resamples {
        let mut random = Random::at(settings.seed, &[Purpose::Permutation as u64, u64::from(draw)]);
        let mut sum = 0.0;
        for at in 0..dealt {
            let other = at + random.below((size - at) as u64) as usize;
            values.swap(at, other);
            sum += values[at];
        }
        counts.add(sign * sum);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::two_sample::student;

    fn normals(size: u32, seed: u64) -> Vec<f64> {
        let mut random = Random::at(seed, &[]);
        (0..size).map(|_| random.normal()).collect()
    }

    #[test]
    fn few_values_are_dealt_in_every_way() {
        let found = permutation_test(&[1.0, 2.0, 2.5], &[2.0, 7.0], &Resampling::default()).unwrap();
        // The ten pairs have the sums 3, 3, 3.5, 4, 4.5, 4.5, 8, 9, 9, 9.5: three are as high as 9, seven as far from 5.8 or less.
        assert_eq!((found.draws, found.method), (10, "exact"));
        assert!((found.greater - 0.3).abs() < 1e-15 && (found.less - 0.9).abs() < 1e-15, "{found:?}");
        let back = permutation_test(&[2.0, 7.0], &[1.0, 2.0, 2.5], &Resampling::default()).unwrap();
        assert_eq!((back.p_value.to_bits(), back.less.to_bits()), (found.p_value.to_bits(), found.greater.to_bits()));
    }

    #[test]
    fn on_normal_values_the_p_value_is_that_of_student() {
        let (a, b) = (normals(60, 1), normals(40, 5));
        let by_t = student(&Summary::of(&a).unwrap(), &Summary::of(&b).unwrap(), 0.95).unwrap();
        let settings = Resampling { resamples: 6000, ..Resampling::default() };
        for (control, treatment, greater) in [(&a, &b, by_t.greater), (&b, &a, by_t.less)] {
            let found = permutation_test(control, treatment, &settings).unwrap();
            assert!((found.p_value - by_t.p_value).abs() < 0.02, "{found:?} {by_t:?}");
            assert!((found.greater - greater).abs() < 0.02);
        }
    }

    #[test]
    fn no_p_value_is_zero_and_states_without_an_answer_say_why() {
        let settings = Resampling { resamples: 199, ..Resampling::default() };
        let high: Vec<f64> = normals(30, 2).iter().map(|value| value + 50.0).collect();
        let found = permutation_test(&normals(30, 1), &high, &settings).unwrap();
        assert!((found.greater - 1.0 / 200.0).abs() < 1e-15 && found.method == "monte_carlo");
        let test = |a: &[f64], b: &[f64]| permutation_test(a, b, &settings).unwrap_err();
        assert_eq!(test(&[1.0, 1.0], &[1.0]), Undefined::NoSpread);
        assert_eq!(test(&[1.0], &[2.0]), Undefined::TooFew { needed: 3 });
        assert_eq!(test(&[], &[2.0]), Undefined::Empty);
    }
}
