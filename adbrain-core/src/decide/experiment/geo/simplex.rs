//! Least squares with weights that are zero or more and add up to one.

use crate::stats::{Defined, Undefined};

/// A drop in the squared distance below this share of the largest is rounding.
const ROUNDING: f64 = 1e-13;

/// Weights below this are zero.
const ZERO: f64 = 1e-12;

/// The weights w that minimise the squared distance of sum over j of w(j) columns(j) from the target, w(j) >= 0, sum w = 1.
///
/// With P(j) = column(j) - target it is the point of least norm in the convex hull of the P(j), found by Wolfe's method ("Finding the nearest
/// point in a polytope", 1976): the support grows by the point that lowers the norm most, and shrinks where the best affine weights of the
/// support fall below zero. It ends after finitely many steps without any tuning; where several weights are best the earlier column is
/// preferred.
///
/// # Errors
/// [`Undefined::Empty`] without columns, [`Undefined::NotConverged`] beyond the limit of steps.
pub(super) fn simplex_weights(columns: &[&[f64]], target: &[f64]) -> Defined<Vec<f64>> {
    let gram = gram(columns, target);
    let scale = gram.iter().enumerate().filter_map(|(j, row)| row.get(j)).fold(0.0, |a: f64, b| a.max(*b));
    let norms = || gram.iter().enumerate().filter_map(|(j, row)| Some((j, *row.get(j)?)));
    let start = norms().min_by(|a, b| a.1.total_cmp(&b.1)).ok_or(Undefined::Empty)?.0;
    let mut support = vec![(start, 1.0)];
    for _ in 0..20 * columns.len() + 100 {
        let slopes: Vec<f64> = gram.iter().map(|row| dot(row, &support)).collect();
        let norm: f64 = support.iter().filter_map(|(j, w)| Some(w * slopes.get(*j)?)).sum();
        let lowest = slopes.iter().enumerate().min_by(|a, b| a.1.total_cmp(b.1));
        let Some((next, slope)) = lowest else { break };
        if *slope >= norm - ROUNDING * scale || support.iter().any(|(j, _)| *j == next) {
            return Ok(spread(&support, columns.len()));
        }
        support.push((next, 0.0));
        support = shrink(&gram, support, scale)?;
    }
    Err(Undefined::NotConverged)
}

fn gram(columns: &[&[f64]], target: &[f64]) -> Vec<Vec<f64>> {
    let away = |column: &&[f64]| -> Vec<f64> { column.iter().zip(target).map(|(x, y)| x - y).collect() };
    let points: Vec<Vec<f64>> = columns.iter().map(away).collect();
    let product = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum();
    points.iter().map(|a| points.iter().map(|b| product(a, b)).collect()).collect()
}

fn dot(row: &[f64], support: &[(usize, f64)]) -> f64 {
    support.iter().filter_map(|(j, weight)| Some(row.get(*j)? * weight)).sum()
}

fn spread(support: &[(usize, f64)], columns: usize) -> Vec<f64> {
    let weight = |column| support.iter().find(|(j, _)| *j == column).map_or(0.0, |(_, weight)| *weight);
    (0..columns).map(weight).collect()
}

/// Walks to the best affine weights of the support, dropping each point whose weight falls to zero on the way.
fn shrink(gram: &[Vec<f64>], mut support: Vec<(usize, f64)>, scale: f64) -> Defined<Vec<(usize, f64)>> {
    for _ in 0..=support.len() {
        let best = affine(gram, &support, scale).ok_or(Undefined::NotConverged)?;
        if best.iter().all(|weight| *weight > ZERO) {
            return Ok(support.iter().zip(best).map(|((j, _), weight)| (*j, weight)).collect());
        }
        let falling = support.iter().zip(&best).filter(|(_, best)| **best <= ZERO);
        let step = falling.map(|((_, now), best)| now / (now - best)).fold(1.0, f64::min);
        let moved = support.iter().zip(&best).map(|((j, now), best)| (*j, now + step * (best - now), *best));
        support = moved.filter(|(_, now, best)| *now > ZERO || *best > ZERO).map(|(j, now, _)| (j, now)).collect();
        let total: f64 = support.iter().map(|(_, weight)| weight).sum();
        for (_, weight) in &mut support {
            *weight /= total;
        }
    }
    Err(Undefined::NotConverged)
}

/// Weights that add up to one, of any sign, with the least norm: v solves (G + scale 1 1') v = 1, weights = v / sum v.
fn affine(gram: &[Vec<f64>], support: &[(usize, f64)], scale: f64) -> Option<Vec<f64>> {
    let row = |(place, (j, _)): (usize, &(usize, f64))| -> Option<Vec<f64>> {
        let from = gram.get(*j)?;
        let mut row: Vec<f64> =
            support.iter().map(|(k, _)| from.get(*k).copied().unwrap_or_default() + scale).collect();
        // A hair on the diagonal keeps columns that are copies of each other apart.
        row.iter_mut().skip(place).take(1).for_each(|value| *value += ROUNDING * scale);
        row.push(1.0);
        Some(row)
    };
    let rows: Option<Vec<Vec<f64>>> = support.iter().enumerate().map(row).collect();
    let solved = solve(rows?)?;
    let total: f64 = solved.iter().sum();
    Some(solved.iter().map(|value| value / total).collect())
}

/// Gaussian elimination on a symmetric positive definite system, each row with its right-hand side last.
fn solve(mut rows: Vec<Vec<f64>>) -> Option<Vec<f64>> {
    let mut done = Vec::with_capacity(rows.len());
    while !rows.is_empty() {
        let first = rows.remove(0);
        let (pivot, tail) = first.split_first()?;
        if pivot.is_nan() || *pivot <= 0.0 {
            return None;
        }
        for row in &mut rows {
            let factor = row.first()? / pivot;
            *row = row.iter().skip(1).zip(tail).map(|(value, above)| value - factor * above).collect();
        }
        done.push(first);
    }
    let mut solved: Vec<f64> = Vec::with_capacity(done.len());
    for row in done.iter().rev() {
        let (pivot, tail) = row.split_first()?;
        let known: f64 = tail.iter().zip(solved.iter().rev()).map(|(factor, value)| factor * value).sum();
        solved.push((tail.last()? - known) / pivot);
    }
    solved.reverse();
    Some(solved)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::random::Random;

    fn distance(columns: &[&[f64]], target: &[f64], weights: &[f64]) -> f64 {
        let at = |t: usize| columns.iter().zip(weights).map(|(column, w)| w * column[t]).sum::<f64>() - target[t];
        (0..target.len()).map(|t| at(t) * at(t)).sum()
    }

    #[test]
    fn a_mixture_of_columns_is_found_again() {
        let mut random = Random::at(1, &[]);
        let columns: Vec<Vec<f64>> = (0..12).map(|_| (0..40).map(|_| 100.0 + random.normal()).collect()).collect();
        let columns: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
        let target: Vec<f64> =
            (0..40).map(|t| 0.5 * columns[2][t] + 0.3 * columns[7][t] + 0.2 * columns[11][t]).collect();
        let weights = simplex_weights(&columns, &target).unwrap();
        for (j, weight) in weights.iter().enumerate() {
            let wanted = [(2, 0.5), (7, 0.3), (11, 0.2)].iter().find(|(i, _)| *i == j).map_or(0.0, |(_, w)| *w);
            assert!((weight - wanted).abs() < 1e-9, "{weights:?}");
        }
    }

    #[test]
    fn no_small_move_within_the_simplex_does_better() {
        for seed in 0..50 {
            let mut random = Random::at(2, &[seed]);
            let count = 2 + usize::try_from(random.below(20)).unwrap();
            let columns: Vec<Vec<f64>> = (0..count).map(|_| (0..15).map(|_| random.normal()).collect()).collect();
            let columns: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
            let target: Vec<f64> = (0..15).map(|_| 0.3 * random.normal() + 0.2).collect();
            let weights = simplex_weights(&columns, &target).unwrap();
            assert!((weights.iter().sum::<f64>() - 1.0).abs() < 1e-12 && weights.iter().all(|w| *w >= 0.0));
            let least = distance(&columns, &target, &weights);
            for (from, to) in (0..count).flat_map(|a| (0..count).map(move |b| (a, b))) {
                let step = weights[from].min(1e-4);
                let mut moved = weights.clone();
                moved[from] -= step;
                moved[to] += step;
                assert!(distance(&columns, &target, &moved) >= least - 1e-12, "{seed} {from} {to}");
            }
        }
    }

    #[test]
    fn copies_of_a_column_do_not_stop_it() {
        let (a, b) = ([1.0, 2.0, 3.0, 5.0], [2.0, 1.0, 0.0, 1.0]);
        let target = [1.5, 1.5, 1.5, 3.0];
        let weights = simplex_weights(&[&a, &a, &b, &b, &a], &target).unwrap();
        assert!(distance(&[&a, &a, &b, &b, &a], &target, &weights) < 1e-12, "{weights:?}");
    }
}
