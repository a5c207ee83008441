//! Hommel's adjustment.

use super::sort;
use crate::stats::{Defined, Undefined};

/// Its work grows with the square of the number; so many values take about a second.
const MOST: usize = 20_000;

/// For each subset size k from m down to 2, `c = min over the k largest of k p(j) / (place among them)`; each of the k largest becomes at
/// least c, each other at least `min(k p, c)` (Wright, "Adjusted p-values for simultaneous inference", 1992).
pub(super) fn adjust(p_values: &[f64]) -> Defined<Vec<f64>> {
    if p_values.len() > MOST {
        let problem = "must hold at most 20,000 values for Hommel's method; Hochberg's has no such limit";
        return Err(Undefined::Input { field: "p", problem });
    }
    let sorted: Vec<u32> = sort::ascending(p_values).collect();
    let numbers: Vec<f64> = sorted.iter().filter_map(|place| p_values.get(*place as usize).copied()).collect();
    let mut adjusted = numbers.clone();
    for size in (2..=numbers.len()).rev() {
        let (small, large) = numbers.split_at(numbers.len() - size);
        let k = size as f64;
        let least = large.iter().zip(1_u32..).map(|(p, place)| k * p / f64::from(place)).fold(1.0, f64::min);
        let (for_small, for_large) = adjusted.split_at_mut(small.len());
        for (adjusted, p) in for_small.iter_mut().zip(small) {
            *adjusted = adjusted.max((k * p).min(least));
        }
        for adjusted in for_large {
            *adjusted = adjusted.max(least);
        }
    }
    let mut out = vec![1.0; numbers.len()];
    for (place, adjusted) in sorted.into_iter().zip(adjusted) {
        if let Some(slot) = out.get_mut(place as usize) {
            *slot = adjusted;
        }
    }
    Ok(out)
}
