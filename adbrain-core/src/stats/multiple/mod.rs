//! Many comparisons at once: p values adjusted for their number.

mod sort;
mod hommel;

use super::{Defined, Undefined};

/// A way to adjust p values; `m` is their number and `p(i)` the i-th smallest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Adjustment {
    /// `m p`: no false finding at all with probability 1 - alpha, whatever the dependence (Bonferroni, 1936).
    Bonferroni,
    /// The largest `(m - j + 1) p(j)` over j <= i: the same promise as Bonferroni's and never weaker; the default (Holm, "A simple
    /// sequentially rejective multiple test procedure", 1979).
    Holm,
    /// The smallest `(m - j + 1) p(j)` over j >= i: needs independent or positively dependent tests (Hochberg, "A sharper Bonferroni
    /// procedure for multiple tests of significance", 1988).
    Hochberg,
    /// Simes' test on every subset: at least as strong as Hochberg's under the same assumption, with work that grows with m^2, so at
    /// most 20,000 values (Hommel, "A stagewise rejective multiple test procedure based on a modified Bonferroni test", 1988).
    Hommel,
    /// `1 - (1 - p)^m`: exact for independent tests (Sidak, "Rectangular confidence regions for the means of multivariate normal
    /// distributions", 1967).
    Sidak,
    /// The smallest `m p(j) / j` over j >= i: the expected share of false ones among the findings, for independent or positively
    /// dependent tests (Benjamini and Hochberg, "Controlling the false discovery rate", 1995).
    BenjaminiHochberg,
    /// Benjamini and Hochberg's times `1 + 1/2 + ... + 1/m`: for any dependence (Benjamini and Yekutieli, "The control of the false
    /// discovery rate in multiple testing under dependency", 2001).
    BenjaminiYekutieli,
}

/// The adjusted p values, in the order of the given ones; compare each with alpha. None come out where none go in.
///
/// The formula of each method stands at [`Adjustment`]; results are at most 1. Bonferroni (1936), Holm (1979), Hochberg (1988), Hommel
/// (1988) and Sidak (1967) bound the chance of any false finding, Benjamini and Hochberg (1995) and Benjamini and Yekutieli (2001) the
/// expected share of false ones. Hochberg, Hommel, Sidak and Benjamini and Hochberg ask for tests that are independent or, but for
/// Sidak's, positively dependent. It misleads where only the comparisons that looked good are given: all that were made must go in.
///
/// ```
/// use adbrain_core::stats::multiple::{Adjustment, adjust};
/// let found = adjust(&[0.01, 0.04, 0.03], Adjustment::Holm)?;
/// assert!((found[0] - 0.03).abs() < 1e-15 && (found[1] - 0.06).abs() < 1e-15 && (found[2] - 0.06).abs() < 1e-15);
/// # Ok::<(), adbrain_core::stats::Undefined>(())
/// ```
///
/// # Errors
/// A value that is NaN or outside 0..1; more than 2^32 values, and 20,000 for Hommel's.
pub fn adjust(p_values: &[f64], by: Adjustment) -> Defined<Vec<f64>> {
    check(p_values, "must hold probabilities, 0 to 1, without NaN")?;
    if u32::try_from(p_values.len()).is_err() {
        return Err(Undefined::Input { field: "p", problem: "must hold fewer than 2^32 values" });
    }
    let m = p_values.len() as f64;
    Ok(match by {
        Adjustment::Bonferroni => p_values.iter().map(|p| (p * m).min(1.0)).collect(),
        Adjustment::Sidak => p_values.iter().map(|p| (-libm::expm1(m * libm::log1p(-p))).min(1.0)).collect(),
        Adjustment::Hommel => return hommel::adjust(p_values),
        Adjustment::Holm => upwards(p_values),
        Adjustment::Hochberg => downwards(p_values, |rank| m - rank + 1.0),
        Adjustment::BenjaminiHochberg => downwards(p_values, |rank| m / rank),
        Adjustment::BenjaminiYekutieli => {
            let harmonic: f64 = (1..=p_values.len()).rev().map(|rank| 1.0 / rank as f64).sum();
            downwards(p_values, |rank| m * harmonic / rank)
        }
    })
}

/// As [`adjust`] (Holm, 1979; Benjamini and Hochberg, 1995; and the others there), where a NaN (a comparison without an answer) stays
/// without one and does not count among the others.
///
/// # Errors
/// A value outside 0..1; too many values.
pub fn adjust_known(p_values: &[f64], by: Adjustment) -> Defined<Vec<Option<f64>>> {
    let known: Vec<f64> = p_values.iter().copied().filter(|p| !p.is_nan()).collect();
    check(&known, "must hold probabilities, 0 to 1, or NaN where there is none")?;
    let mut adjusted = adjust(&known, by)?.into_iter();
    Ok(p_values.iter().map(|p| if p.is_nan() { None } else { adjusted.next() }).collect())
}

fn check(p_values: &[f64], problem: &'static str) -> Defined<()> {
    let are_shares = p_values.iter().all(|p| (0.0..=1.0).contains(p));
    if are_shares { Ok(()) } else { Err(Undefined::Input { field: "p", problem }) }
}

/// From the smallest p value up, the largest product so far: Holm's.
fn upwards(p_values: &[f64]) -> Vec<f64> {
    let m = p_values.len() as f64;
    let mut largest: f64 = 0.0;
    replace(p_values, sort::ascending(p_values).enumerate(), |rank, p| {
        largest = largest.max((m - rank + 1.0) * p);
        largest
    })
}

/// From the largest p value down, the smallest product so far; `factor` takes the rank, 1 for the smallest p value.
fn downwards(p_values: &[f64], factor: impl Fn(f64) -> f64) -> Vec<f64> {
    let mut smallest: f64 = 1.0;
    replace(p_values, sort::ascending(p_values).enumerate().rev(), |rank, p| {
        smallest = smallest.min(factor(rank) * p);
        smallest
    })
}

/// Each value, visited in the order of `places`, by what comes of its rank and itself; at most 1.
fn replace(
    p_values: &[f64],
    places: impl Iterator<Item = (usize, u32)>,
    mut adjusted: impl FnMut(f64, f64) -> f64,
) -> Vec<f64> {
    let mut out = p_values.to_vec();
    for (before, place) in places {
        if let Some(value) = out.get_mut(place as usize) {
            *value = adjusted((before + 1) as f64, *value).min(1.0);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::random::Random;

    const ALL: [Adjustment; 7] = [
        Adjustment::Bonferroni,
        Adjustment::Holm,
        Adjustment::Hochberg,
        Adjustment::Hommel,
        Adjustment::Sidak,
        Adjustment::BenjaminiHochberg,
        Adjustment::BenjaminiYekutieli,
    ];

    fn close(ours: &[f64], theirs: &[f64]) {
        assert_eq!(ours.len(), theirs.len());
        for (a, b) in ours.iter().zip(theirs) {
            assert!((a - b).abs() <= 1e-12 * b, "{ours:?} is not {theirs:?}");
        }
    }

    #[test]
    fn adjusted_values_are_those_of_statsmodels() {
        let p = [0.074, 0.001, 0.008, 0.039, 0.041];
        for (by, expected) in [
            (Adjustment::Bonferroni, [0.37, 0.005, 0.04, 0.195, 0.205]),
            (Adjustment::Holm, [0.117, 0.005, 0.032, 0.117, 0.117]),
            (Adjustment::Hochberg, [0.074, 0.005, 0.032, 0.074, 0.074]),
            (Adjustment::BenjaminiHochberg, [0.074, 0.005, 0.02, 0.05125, 0.05125]),
        ] {
            close(&adjust(&p, by).unwrap(), &expected);
        }
        let ten = [0.001, 0.008, 0.039, 0.041, 0.042, 0.06, 0.074, 0.205, 0.212, 0.216];
        let hommel = [0.01, 0.072, 0.185, 0.185, 0.185, 0.216, 0.216, 0.216, 0.216, 0.216];
        close(&adjust(&ten, Adjustment::Hommel).unwrap(), &hommel);
        close(&adjust(&[1e-300, 1e-50, 0.2], Adjustment::Sidak).unwrap(), &[3e-300, 3e-50, 0.488]);
        let yekutieli = adjust(&[1e-300, 1e-50, 0.2], Adjustment::BenjaminiYekutieli).unwrap();
        close(&yekutieli, &[5.5e-300, 2.75e-50, 0.55 / 1.5]);
    }

    #[test]
    fn a_value_without_an_answer_spoils_only_itself() {
        let found = adjust_known(&[0.01, f64::NAN, 0.5], Adjustment::Bonferroni).unwrap();
        assert_eq!(found, [Some(0.02), None, Some(1.0)]);
        assert!(adjust(&[0.01, f64::NAN], Adjustment::Holm).unwrap_err().is_input());
        assert!(adjust_known(&[1.5], Adjustment::Holm).unwrap_err().is_input());
        assert!(ALL.into_iter().all(|by| adjust(&[], by).unwrap().is_empty()));
    }

    #[test]
    fn order_does_not_matter_and_nothing_gets_smaller() {
        let mut random = Random::at(3, &[]);
        for length in [1, 2, 7, 300] {
            let p: Vec<f64> = (0..length).map(|_| random.uniform() * random.uniform()).collect();
            let reversed: Vec<f64> = p.iter().rev().copied().collect();
            for by in ALL {
                let ours = adjust(&p, by).unwrap();
                let mut turned = adjust(&reversed, by).unwrap();
                turned.reverse();
                close(&ours, &turned);
                assert!(ours.iter().zip(&p).all(|(adjusted, p)| *adjusted >= p * (1.0 - 1e-15) && *adjusted <= 1.0));
            }
        }
    }
}
