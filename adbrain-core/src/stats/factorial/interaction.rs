//! Interactions of two factors: how many of their effects the rows can tell, and how far they leak into main effects.
#![expect(clippy::indexing_slicing, reason = "rows are those of `Information::of`")]

use ndarray::Array2;

use super::cholesky::{Cholesky, dot};
use super::contrast::onto_contrasts;
use super::information::{Information, both_contrasts};

/// Multiplications spent on interactions; pairs beyond them are left out.
const EFFORT: usize = 12_000_000;

/// The interaction of two factors, added alone to the main effects.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interaction {
    /// The positions of both factors.
    pub factors: (usize, usize),
    /// Its parameters: (v1 - 1) (v2 - 1).
    pub parameters: usize,
    /// How many of them can be estimated beside all main effects.
    pub estimable: usize,
    /// The share of the interaction that main effects would take for their own, 0 to 1: |P X12|^2 / |X12|^2 with P the projection onto
    /// the main effects and X12 the products of both factors' contrasts.
    pub share_in_main_effects: f64,
}

/// How far the interaction of each pair of factors can be told from main effects, and how far it leaks into them.
///
/// X12 holds the products of both factors' contrasts, P is the projection onto the main effects X. `estimable` is the rank of X12'(I - P)
/// X12, `share_in_main_effects` is trace(X12' P X12) / trace(X12' X12), 0 to 1: the size of the aliases of Box and Wilson ("On the
/// experimental attainment of optimum conditions", 1951) over that of the interaction. Each pair is added to the main effects alone.
///
/// `rows` must be those of `information`. Pairs of factors with more than one level each come in order until the work is spent; a short
/// list means that pairs were left out, not that they are clean. With as many rows as the main effects' rank nothing is left: 0 and 1.
pub fn interactions(information: &Information, rows: &[Vec<u8>]) -> Vec<Interaction> {
    let levels = &information.levels;
    let pairs = (0..levels.len()).flat_map(|first| (first + 1..levels.len()).map(move |second| (first, second)));
    let rank = information.cholesky.rank;
    let mut spent = 0_usize;
    let mut found = Vec::new();
    for (first, second) in pairs.filter(|(first, second)| levels[*first] > 1 && levels[*second] > 1) {
        let parameters = (levels[first] - 1) * (levels[second] - 1);
        if information.rows == rank {
            let factors = (first, second);
            found.push(Interaction { factors, parameters, estimable: 0, share_in_main_effects: 1.0 });
            continue;
        }
        spent += parameters * (rank * rank / 2 + rank * parameters + parameters * parameters / 3)
            + rows.len() * levels.len();
        if spent > EFFORT {
            break;
        }
        found.push(interaction(information, rows, (first, second)));
    }
    found
}

fn interaction(information: &Information, rows: &[Vec<u8>], factors: (usize, usize)) -> Interaction {
    let (first, second) = (information.levels[factors.0], information.levels[factors.1]);
    let columns = with_main_effects(information, rows, factors);
    let white: Vec<Vec<f64>> = columns.iter().map(|column| information.cholesky.whiten(column)).collect();
    let gram = own_gram((first, second), rows, factors);
    let size: f64 = gram.diag().iter().sum();
    let leak: f64 = white.iter().map(|column| dot(column, column)).sum();
    let left =
        Array2::from_shape_fn(gram.dim(), |(row, column)| gram[[row, column]] - dot(&white[row], &white[column]));
    // What rounding leaves of a zero would look like information to a decomposition that is relative to its own largest entry.
    let noise = left.diag().iter().all(|own| *own < 1e-9);
    let estimable = if noise { 0 } else { Cholesky::new(&left).rank };
    let share = if size > 0.0 { (leak / size).clamp(0.0, 1.0) } else { 1.0 };
    Interaction { factors, parameters: gram.nrows(), estimable, share_in_main_effects: share }
}

/// X'X12 / N: for each product of contrasts, its mean product with every main effect.
fn with_main_effects(information: &Information, rows: &[Vec<u8>], (first, second): (usize, usize)) -> Vec<Vec<f64>> {
    let (one, two) = (information.levels[first], information.levels[second]);
    let share = 1.0 / rows.len() as f64;
    let starts: Vec<usize> = information
        .levels
        .iter()
        .scan(1, |next, count| {
            let start = *next;
            *next += count;
            Some(start)
        })
        .collect();
    let width = 1 + information.levels.iter().sum::<usize>();
    let mut cells = vec![vec![0.0; width]; one * two];
    for row in rows {
        let cell = &mut cells[usize::from(row[first]) * two + usize::from(row[second])];
        cell[0] += share;
        for (start, level) in starts.iter().zip(row) {
            cell[start + usize::from(*level)] += share;
        }
    }
    let onto_main = |cell: &Vec<f64>| {
        let blocks = starts.iter().zip(&information.levels);
        let contrasts = blocks.flat_map(|(start, count)| onto_contrasts(&cell[*start..start + count]));
        [cell[0]].into_iter().chain(contrasts).collect::<Vec<f64>>()
    };
    let main: Vec<Vec<f64>> = cells.iter().map(onto_main).collect();
    let side = information.matrix.nrows();
    let mut columns = vec![vec![0.0; side]; (one - 1) * (two - 1)];
    for parameter in 0..side {
        let table: Vec<Vec<f64>> = (0..one).map(|a| (0..two).map(|b| main[a * two + b][parameter]).collect()).collect();
        for (column, value) in columns.iter_mut().zip(both_contrasts(&table).into_iter().flatten()) {
            column[parameter] = value;
        }
    }
    columns
}

/// X12'X12 / N.
fn own_gram((one, two): (usize, usize), rows: &[Vec<u8>], (first, second): (usize, usize)) -> Array2<f64> {
    let mut shares = vec![0.0; one * two];
    for row in rows {
        shares[usize::from(row[first]) * two + usize::from(row[second])] += 1.0 / rows.len() as f64;
    }
    let side = (one - 1) * (two - 1);
    let mut gram = Array2::zeros((side, side));
    for (place, share) in shares.iter().enumerate().filter(|(_, share)| **share > 0.0) {
        let at = |level: usize, count: usize| {
            let unit: Vec<f64> = (0..count).map(|own| f64::from(u8::from(own == level))).collect();
            onto_contrasts(&unit)
        };
        let (left, right) = (at(place / two, one), at(place % two, two));
        let product: Vec<f64> = left.iter().flat_map(|a| right.iter().map(move |b| a * b)).collect();
        for (row, a) in product.iter().enumerate() {
            for (column, b) in product.iter().enumerate() {
                gram[[row, column]] += share * a * b;
            }
        }
    }
    gram
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(rows: &[Vec<u8>]) -> Vec<(usize, f64)> {
        let information = Information::of(&[2, 2, 2], rows).unwrap();
        interactions(&information, rows).iter().map(|one| (one.estimable, one.share_in_main_effects)).collect()
    }

    #[test]
    fn a_full_factorial_tells_all_and_a_half_fraction_mixes_all() {
        let full: Vec<Vec<u8>> = (0..8).map(|at| vec![at & 1, at >> 1 & 1, at >> 2 & 1]).collect();
        for (estimable, share) in found(&full) {
            assert!(estimable == 1 && share < 1e-12);
        }
        let half: Vec<Vec<u8>> = full.into_iter().filter(|row| row.iter().sum::<u8>() % 2 == 0).collect();
        for (estimable, share) in found(&half) {
            assert!(estimable == 0 && (share - 1.0).abs() < 1e-12);
        }
    }

    #[test]
    fn with_rows_to_spare_a_mixed_interaction_is_still_seen_as_mixed() {
        let half = [[0, 0, 0], [1, 1, 0], [1, 0, 1], [0, 1, 1]];
        let twice: Vec<Vec<u8>> = half.iter().chain(&half).map(|row| row.to_vec()).collect();
        for (estimable, share) in found(&twice) {
            assert!(estimable == 0 && (share - 1.0).abs() < 1e-9);
        }
    }
}
