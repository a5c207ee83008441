//! Pairs of the least total distance.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How pairs are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Matching {
    /// The least total distance: exact up to 16 regions, above that greedy pairs improved by exchanges until none helps.
    #[default]
    Best,
    /// The closest pair first, then the closest of the rest, and so on.
    Greedy,
}

/// Regions up to which every matching is considered; the work grows with 2^regions.
const EXACT: usize = 16;

/// Sweeps over all pairs of pairs before the exchanges stop; each sweep but the last lowers the total.
const SWEEPS: usize = 1000;

/// Pairs the rows of a symmetric matrix of distances. With an odd number of rows one stays alone. Returns the pairs, first index below the
/// second, in order, the row left alone and the name of the method.
pub(super) fn pair_up(distances: &[Vec<f64>], matching: Matching) -> (Vec<[usize; 2]>, Option<usize>, &'static str) {
    let rows = distances.len();
    let even = rows + rows % 2;
    // A row that does not exist is at no distance from all: who is paired with it stays alone.
    let distance = |a: usize, b: usize| distances.get(a).and_then(|row| row.get(b)).copied().unwrap_or(0.0);
    let (mut pairs, method) = match matching {
        Matching::Greedy => (greedy(even, &distance), "greedy"),
        Matching::Best if even <= EXACT => (exact(even, &distance), "exact"),
        Matching::Best => (exchange(greedy(even, &distance), &distance), "greedy_exchange"),
    };
    for pair in &mut pairs {
        pair.sort_unstable();
    }
    pairs.sort_unstable();
    let alone = pairs.iter().find(|pair| pair[1] >= rows).map(|pair| pair[0]);
    pairs.retain(|pair| pair[1] < rows);
    (pairs, alone, method)
}

fn greedy(rows: usize, distance: &impl Fn(usize, usize) -> f64) -> Vec<[usize; 2]> {
    let mut all: Vec<[usize; 2]> = (0..rows).flat_map(|a| (a + 1..rows).map(move |b| [a, b])).collect();
    // A dummy row comes last: being at no distance it would take a good region first.
    let real = |pair: &[usize; 2]| distance(pair[0], pair[1]);
    let is_dummy = |pair: &[usize; 2]| pair[1] + 1 == rows && (0..rows).all(|row| distance(row, pair[1]) <= 0.0);
    all.sort_by(|a, b| is_dummy(a).cmp(&is_dummy(b)).then(real(a).total_cmp(&real(b))).then(a.cmp(b)));
    let mut free = vec![true; rows];
    all.retain(|pair| {
        let both = pair.iter().all(|row| free.get(*row) == Some(&true));
        if both {
            pair.iter().filter_map(|row| free.get_mut(*row).map(|slot| *slot = false)).for_each(drop);
        }
        both
    });
    all
}

/// The least total over all matchings, by the set of rows that are already paired: least(set) = min over the partner b of the first free
/// row a of distance(a, b) + least(set with a and b).
fn exact(rows: usize, distance: &impl Fn(usize, usize) -> f64) -> Vec<[usize; 2]> {
    let full = (1_usize << rows) - 1;
    let mut least: Vec<(f64, [usize; 2])> = vec![(0.0, [0, 0]); full + 1];
    for set in (0..full).rev() {
        let first = (!set).trailing_zeros() as usize;
        let mut best = (f64::INFINITY, [0, 0]);
        for partner in first + 1..rows {
            if set & (1 << partner) == 0 {
                let after = least.get(set | 1 << first | 1 << partner).map_or(f64::INFINITY, |rest| rest.0);
                let sum = distance(first, partner) + after;
                if sum < best.0 {
                    best = (sum, [first, partner]);
                }
            }
        }
        if let Some(slot) = least.get_mut(set) {
            *slot = best;
        }
    }
    let mut set = 0;
    let mut pairs = Vec::new();
    while set != full && pairs.len() < rows {
        let Some((_, pair)) = least.get(set).copied() else { break };
        set |= 1 << pair[0] | 1 << pair[1];
        pairs.push(pair);
    }
    pairs
}

fn exchange(mut pairs: Vec<[usize; 2]>, distance: &impl Fn(usize, usize) -> f64) -> Vec<[usize; 2]> {
    let sum = |two: &[[usize; 2]; 2]| distance(two[0][0], two[0][1]) + distance(two[1][0], two[1][1]);
    for _ in 0..SWEEPS {
        let mut changed = false;
        for i in 0..pairs.len() {
            for j in i + 1..pairs.len() {
                let (Some([a, b]), Some([c, d])) = (pairs.get(i).copied(), pairs.get(j).copied()) else { continue };
                let now = sum(&[[a, b], [c, d]]);
                let other = [[[a, c], [b, d]], [[a, d], [b, c]]].into_iter().min_by(|p, q| sum(p).total_cmp(&sum(q)));
                // A gain within rounding is no gain: else two equal states could follow each other.
                if let Some([first, second]) = other.filter(|other| sum(other) < now * (1.0 - 1e-12)) {
                    pairs.get_mut(i).into_iter().for_each(|slot| *slot = first);
                    pairs.get_mut(j).into_iter().for_each(|slot| *slot = second);
                    changed = true;
                }
            }
        }
        if !changed {
            break;
        }
    }
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::random::Random;

    fn line(points: &[f64]) -> Vec<Vec<f64>> {
        points.iter().map(|a| points.iter().map(|b| (a - b).abs()).collect()).collect()
    }

    #[test]
    fn the_best_matching_beats_the_greedy_one() {
        // Greedy takes 2 and 3 first and pays 9 for the outer two.
        let distances = line(&[0.0, 4.0, 5.0, 9.0]);
        assert_eq!(pair_up(&distances, Matching::Greedy).0, [[0, 3], [1, 2]]);
        assert_eq!(pair_up(&distances, Matching::Best).0, [[0, 1], [2, 3]]);
    }

    #[test]
    fn with_an_odd_number_the_region_that_fits_worst_stays_alone() {
        for matching in [Matching::Greedy, Matching::Best] {
            let (pairs, alone, _) = pair_up(&line(&[0.0, 1.0, 50.0, 10.0, 11.5]), matching);
            assert_eq!((pairs, alone), (vec![[0, 1], [3, 4]], Some(2)));
        }
        assert_eq!(pair_up(&line(&[1.0]), Matching::Best).1, Some(0));
    }

    #[test]
    fn exchanges_come_close_to_the_exact_total() {
        let mut random = Random::at(5, &[]);
        for _ in 0..20 {
            let points: Vec<[f64; 2]> = (0..14).map(|_| [random.uniform(), random.uniform()]).collect();
            let apart = |a: usize, b: usize| (points[a][0] - points[b][0]).hypot(points[a][1] - points[b][1]);
            let total = |pairs: Vec<[usize; 2]>| pairs.iter().map(|pair| apart(pair[0], pair[1])).sum::<f64>();
            let least = total(exact(14, &apart));
            let found = total(exchange(greedy(14, &apart), &apart));
            assert!(found >= least - 1e-12 && found < 1.5 * least, "{found} {least}");
        }
    }
}
