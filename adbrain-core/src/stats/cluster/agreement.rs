//! How far two partitions of the same rows agree.

use std::collections::BTreeMap;

use crate::stats::{Defined, Undefined};

/// The adjusted Rand index of two partitions: 1 where they are the same, about 0 where they agree by chance alone (Hubert and Arabie,
/// "Comparing partitions", 1985): (S - A B / T) / ((A + B) / 2 - A B / T), where S, A and B sum n (n - 1) / 2 over the cells and over the
/// parts of either side and T is the same of all rows. Weights count as so many rows.
///
/// One label per row on both sides; their numbers need not match. Without unit, below zero where they agree less than by chance. Assumes
/// that the sizes of the parts are given; with weights that are not counts the correction for chance is only near.
///
/// ```
/// use adbrain_core::stats::cluster::adjusted_rand;
/// assert_eq!(adjusted_rand(&[0, 0, 1, 1], &[1, 1, 0, 0], None)?, 1.0);
/// assert!((adjusted_rand(&[0, 0, 1, 1], &[0, 0, 1, 2], None)? - 0.571_428_571_428_571_4).abs() < 1e-12);
/// # Ok::<(), adbrain_core::stats::Undefined>(())
/// ```
///
/// # Errors
/// [`Undefined::Empty`] without rows; [`Undefined::Input`] for lists of different length or a weight that is no number of at least zero;
/// [`Undefined::TooFew`] where all weights add up to 1 or less (one row without weights), so that there is no pair.
pub fn adjusted_rand(first: &[u32], second: &[u32], weights: Option<&[f64]>) -> Defined<f64> {
    if first.is_empty() {
        return Err(Undefined::Empty);
    }
    if first.len() != second.len() || weights.is_some_and(|weights| weights.len() != first.len()) {
        return Err(Undefined::Input { field: "labels", problem: "must be as many on both sides and as the weights" });
    }
    if weights.is_some_and(|weights| weights.iter().any(|weight| !(weight.is_finite() && *weight >= 0.0))) {
        return Err(Undefined::Input { field: "weights", problem: "must be numbers of at least zero" });
    }
    let (mut cells, mut rows, mut columns) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    let mut all = 0.0;
    for (place, (a, b)) in first.iter().zip(second).enumerate() {
        let weight = weights.and_then(|weights| weights.get(place)).copied().unwrap_or(1.0);
        *cells.entry((a, b)).or_insert(0.0) += weight;
        *rows.entry(a).or_insert(0.0) += weight;
        *columns.entry(b).or_insert(0.0) += weight;
        all += weight;
    }
    index(pairs_of(cells), pairs_of(rows), pairs_of(columns), pairs(all))
}

fn index(both: f64, first: f64, second: f64, all: f64) -> Defined<f64> {
    if all <= 0.0 {
        return Err(Undefined::TooFew { needed: 2 });
    }
    let chance = first * second / all;
    let span = f64::midpoint(first, second) - chance;
    // Both sides one part, or both all apart: the same partition.
    Ok(if span <= 0.0 { 1.0 } else { (both - chance) / span })
}

fn pairs(count: f64) -> f64 {
    count * (count - 1.0) / 2.0
}

fn pairs_of<K>(counts: BTreeMap<K, f64>) -> f64 {
    counts.into_values().map(pairs).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agreement_by_chance_is_about_nothing_and_names_do_not_count() {
        let mut luck = crate::stats::random::Random::at(2, &[]);
        #[expect(clippy::cast_possible_truncation, reason = "below four")]
        let mut draw = || (0..4000).map(|_| luck.below(4) as u32).collect::<Vec<_>>();
        let (a, b) = (draw(), draw());
        assert!(adjusted_rand(&a, &b, None).unwrap().abs() < 0.01);
        let renamed: Vec<u32> = a.iter().map(|label| 7 - label).collect();
        assert!((adjusted_rand(&a, &renamed, None).unwrap() - 1.0).abs() < 1e-12);
    }

    #[test]
    fn a_weight_of_two_is_the_same_row_twice() {
        let whole = adjusted_rand(&[0, 0, 0, 1, 1], &[0, 0, 1, 1, 1], None).unwrap();
        let weighted = adjusted_rand(&[0, 0, 1], &[0, 1, 1], Some(&[2.0, 1.0, 2.0])).unwrap();
        assert!((whole - weighted).abs() < 1e-12);
        assert!(adjusted_rand(&[0], &[0, 1], None).is_err());
        assert!(adjusted_rand(&[], &[], None).is_err());
        assert_eq!(adjusted_rand(&[0], &[0], None), Err(Undefined::TooFew { needed: 2 }));
    }
}
