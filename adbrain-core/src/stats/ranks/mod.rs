//! Tests on ranks: who is larger, and by how much, without a shape for the values.

mod count;
mod exact;
mod shift;

use super::distribution::{normal_cdf, p_of_tail};
use super::{Defined, Undefined};
use count::{Pairs, sorted_keys};

pub use shift::hodges_lehmann;

/// How the p value of [`mann_whitney`] is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RankMethod {
    /// Exact without ties and up to 8 values in an arm and 1000 in the other, else by the normal.
    #[default]
    Automatic,
    /// The normal with corrections for ties and continuity.
    Asymptotic,
    /// The exact distribution; with ties, given these ties.
    Exact,
}

/// What the test of Mann and Whitney says.
#[derive(Debug, Clone, PartialEq)]
pub struct MannWhitney {
    /// The pairs (control, treatment) in which the treatment is larger, half for equal ones.
    pub u: f64,
    /// `u` over the number of pairs: the probability that a value of treatment is above one of control, plus half that of a tie.
    pub superiority: f64,
    /// Two-sided p value.
    pub p_value: f64,
    /// One-sided p value; small where treatment tends to be greater.
    pub greater: f64,
    /// One-sided p value; small where treatment tends to be less.
    pub less: f64,
    /// `asymptotic` or `exact`.
    pub method: &'static str,
    /// The values in both arms.
    pub sample_size: u64,
}

/// The test of Mann and Whitney (Wilcoxon's rank sum): whether values of one arm tend to be larger.
///
/// U counts the pairs with treatment above control. Asymptotic: z = (|U - n1 n2 / 2| - 1/2) / s with
/// s^2 = n1 n2 / 12 (N + 1 - sum (t^3 - t) / (N (N - 1))), t the sizes of groups of equal values, N = n1 + n2. Exact: all ways to
/// deal the ranks to the arms are equally likely (Mann and Whitney, "On a test of whether one of two random variables is
/// stochastically larger than the other", 1947). Every p value counts the observed U itself.
///
/// It tests equal distributions, not equal means: with revenue, more buyers of less each can win here and lose money. Report a lift in
/// money beside it, and [`hodges_lehmann`] for the size of a shift.
///
/// n1 and n2 are the sizes of control and treatment; U counts pairs, half for ties. Assumes independent values; the order alone counts,
/// not the unit.
///
/// ```
/// use adbrain_core::stats::ranks::{RankMethod, mann_whitney};
/// let found = mann_whitney(&[1.0, 2.0], &[3.0, 5.0], RankMethod::Exact)?;
/// assert_eq!((found.u, found.superiority), (4.0, 1.0));
/// assert!((found.p_value - 1.0 / 3.0).abs() < 1e-15);
/// # Ok::<(), adbrain_core::stats::Undefined>(())
/// ```
///
/// # Errors
/// [`Undefined::Empty`], [`Undefined::NotFinite`], [`Undefined::NoSpread`] where all values are equal; [`Undefined::Input`] where the
/// exact distribution is asked for of samples that are too large for it.
pub fn mann_whitney(control: &[f64], treatment: &[f64], method: RankMethod) -> Defined<MannWhitney> {
    let (control, treatment) = (sorted_keys(control)?, sorted_keys(treatment)?);
    let pairs = Pairs::of(&control, &treatment);
    if pairs.groups.len() < 2 {
        return Err(Undefined::NoSpread);
    }
    let is_exact = match method {
        RankMethod::Automatic => pairs.smaller() <= 8 && pairs.larger() <= 1000 && pairs.has_no_ties(),
        RankMethod::Asymptotic => false,
        RankMethod::Exact => true,
    };
    let [greater, less] = if is_exact { exact::tails(&pairs)? } else { tails(&pairs) };
    Ok(MannWhitney {
        u: pairs.twice_u as f64 / 2.0,
        superiority: pairs.twice_u as f64 / 2.0 / pairs.number(),
        p_value: (2.0 * greater.min(less)).min(1.0),
        greater,
        less,
        method: if is_exact { "exact" } else { "asymptotic" },
        sample_size: pairs.sizes[0] + pairs.sizes[1],
    })
}

/// The one-sided p values by the normal: greater, less.
fn tails(pairs: &Pairs) -> [f64; 2] {
    let error = libm::sqrt(pairs.variance());
    let above = pairs.twice_u as f64 / 2.0 - pairs.number() / 2.0;
    [above, -above].map(|above| p_of_tail(normal_cdf((0.5 - above) / error)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: [f64; 10] = [0.561, 0.129, -0.747, 0.986, -0.562, 0.146, -0.971, 1.458, 0.87, 1.006];
    const B: [f64; 10] = [2.075, -1.576, 1.437, 0.655, 1.439, -1.481, 1.549, 0.428, 1.057, 0.937];

    fn close(ours: f64, theirs: f64) {
        assert!((ours - theirs).abs() < 1e-12 * theirs.abs(), "{ours} is not {theirs}");
    }

    #[test]
    fn p_values_are_those_of_scipy() {
        // scipy 1.17.1: mannwhitneyu(B, A, method=...).
        let exact = mann_whitney(&A, &B, RankMethod::Exact).unwrap();
        assert_eq!((exact.u.to_bits(), exact.superiority.to_bits()), (65.0_f64.to_bits(), 0.65_f64.to_bits()));
        close(exact.p_value, 0.279_861_005_867_197_87);
        close(exact.greater, 0.139_930_502_933_598_93);
        let near = mann_whitney(&A, &B, RankMethod::Automatic).unwrap();
        close(near.p_value, 0.273_036_339_751_188_35);
        close(near.greater, 0.136_518_169_875_594_18);
    }

    #[test]
    fn ties_are_corrected_for() {
        let (control, treatment) = ([-5.0, -4.0, -6.0, -5.5], [-3.0, -2.5, -4.0, -3.2]);
        let found = mann_whitney(&control, &treatment, RankMethod::Asymptotic).unwrap();
        close(found.p_value, 0.042_066_412_206_780_826);
        // All 70 ways to deal the mid-ranks: U of 15.5 or more in two of them.
        let exact = mann_whitney(&control, &treatment, RankMethod::Exact).unwrap();
        close(exact.greater, 2.0 / 70.0);
    }

    #[test]
    fn swapping_the_arms_mirrors_the_result_and_zeros_have_no_sign() {
        for method in [RankMethod::Exact, RankMethod::Asymptotic] {
            let (there, back) =
                (mann_whitney(&A, &B[..7], method).unwrap(), mann_whitney(&B[..7], &A, method).unwrap());
            close(there.greater, back.less);
            close(there.superiority, 1.0 - back.superiority);
        }
        let found = mann_whitney(&[0.0, -0.0, 1.0], &[-0.0, 0.0, 1.0], RankMethod::Asymptotic).unwrap();
        close(found.p_value, 1.0);
    }

    #[test]
    fn samples_without_an_answer_say_why() {
        let test = |a: &[f64], b: &[f64]| mann_whitney(a, b, RankMethod::Automatic).unwrap_err();
        assert_eq!(test(&[], &A), Undefined::Empty);
        assert_eq!(test(&[f64::NAN], &A), Undefined::NotFinite);
        assert_eq!(test(&[1.0, 1.0], &[1.0]), Undefined::NoSpread);
        let many: Vec<f64> = (0..400).map(f64::from).collect();
        assert!(mann_whitney(&many, &many, RankMethod::Exact).unwrap_err().is_input());
    }
}
