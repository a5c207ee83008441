//! Every allowed row.
#![expect(clippy::indexing_slicing, reason = "factors are counted by the space")]

use super::space::{Space, lowest};

/// Steps for each row that may be kept: enough for dead ends, bounded for spaces that are mostly dead ends.
const STEPS_PER_ROW: usize = 200;

/// All allowed rows in order, the last factor changing first; `None` where there are more than `most`, or where the search for them takes
/// more than 200 steps for each of these and 10,000 besides. One level for each factor, counted from 0.
///
/// Depth first, with forward checking of the constraints (Haralick and Elliott, "Increasing tree search efficiency for constraint
/// satisfaction problems", 1980).
///
/// ```
/// use adbrain_core::stats::covering::{Space, every_row};
/// let space = Space::new(&[2, 3], &[])?;
/// assert_eq!(every_row(&space, 6).map(|rows| rows.len()), Some(6));
/// assert_eq!(every_row(&space, 5), None);
/// # Ok::<(), adbrain_core::stats::Undefined>(())
/// ```
pub fn every_row(space: &Space, most: usize) -> Option<Vec<Vec<u8>>> {
    let whole = space.levels().iter().try_fold(1_usize, |product, count| product.checked_mul(*count));
    if space.forbidden().is_empty() && whole.is_none_or(|whole| whole > most) {
        return None;
    }
    let all: Vec<usize> = (0..space.factors()).collect();
    let mut domains = space.domains();
    let mut rows = Vec::new();
    if !space.propagate(&mut domains, &all) {
        return Some(rows);
    }
    let mut open = vec![(0, domains)];
    let mut steps = most.saturating_mul(STEPS_PER_ROW).saturating_add(10_000);
    while let Some((factor, domains)) = open.pop() {
        steps = steps.checked_sub(1)?;
        if factor == space.factors() {
            if rows.len() == most {
                return None;
            }
            rows.push(domains.iter().map(|domain| lowest(*domain)).collect());
            continue;
        }
        for level in (0..space.levels()[factor]).rev().filter(|level| domains[factor] >> level & 1 == 1) {
            let mut inner = domains.clone();
            inner[factor] = 1 << level;
            if space.propagate(&mut inner, &[factor]) {
                open.push((factor + 1, inner));
            }
        }
    }
    Some(rows)
}
