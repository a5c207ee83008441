//! Covering arrays by algebra: orthogonal arrays and products of them.
#![expect(clippy::indexing_slicing, reason = "columns are counted out before they are read")]

use super::field::{Field, prime_power};
use super::tuples::choose;

/// Rows of an algebraic array above which none is made.
const MOST_ROWS: usize = 300_000;

/// An array of `columns` columns with `levels` levels each that holds every combination of `strength` columns.
///
/// With q the smallest prime power from `levels` on that has enough columns: the polynomials of degree below `strength` over the
/// field of q elements, at each element and at infinity, are an orthogonal array of q^strength rows and q + 1 columns (Bush,
/// "Orthogonal arrays of index unity", 1952). For pairs, each product with the q columns whose constant rows are left out adds
/// q^2 - q rows and multiplies the columns by q (Stevens and Mendelsohn, "New recursive methods for transversal covers", 1999): 45 rows
/// for up to 30 factors of 5 levels.
///
/// Pairs of two levels have the smallest array there is: a row of zeros, and columns with ceil(N / 2) ones in N - 1 rows (Kleitman and
/// Spencer, "Families of k-independent sets", 1973).
pub(super) fn array(levels: usize, columns: usize, strength: usize) -> Option<Vec<Vec<u8>>> {
    if levels <= 2 && strength == 2 {
        return two_levels(columns);
    }
    let powers = (levels.max(2)..=64).filter(|q| prime_power(*q).is_some());
    let best = powers.filter_map(|q| Some((rows(q, columns, strength)?, q))).min()?;
    (best.0 <= MOST_ROWS).then(|| build(best.1, columns, strength)).flatten()
}

fn two_levels(columns: usize) -> Option<Vec<Vec<u8>>> {
    let count = (2..40).find(|rows| choose_count(rows - 1, rows.div_ceil(2)) >= columns)?;
    let ones: Vec<Vec<usize>> = choose(count - 1, count.div_ceil(2)).into_iter().take(columns).collect();
    let row = |at: usize| ones.iter().map(|set| u8::from(set.contains(&at))).collect();
    Some([vec![0; columns]].into_iter().chain((0..count - 1).map(row)).collect())
}

fn choose_count(count: usize, size: usize) -> usize {
    (0..size).fold(1, |product, at| product * (count - at) / (at + 1))
}

/// How many rows the construction over q has.
fn rows(q: usize, columns: usize, strength: usize) -> Option<usize> {
    let base = q.checked_pow(u32::try_from(strength).ok()?)?;
    let (mut rows, mut width) = (base, q + 1);
    while width < columns {
        if strength != 2 {
            return None;
        }
        (rows, width) = (rows + q * q - q, width * q);
    }
    Some(rows)
}

fn build(q: usize, columns: usize, strength: usize) -> Option<Vec<Vec<u8>>> {
    let field = Field::new(q)?;
    let count = q.pow(u32::try_from(strength).ok()?);
    let base: Vec<Vec<u8>> = (0..count).map(|number| polynomial_row(&field, q, strength, number)).collect();
    // Without the last column, the rows of constant polynomials are constant; they are the first q.
    let mut array = base.clone();
    while array.first()?.len() < columns {
        let doubled = array.iter().map(|row| (0..row.len() * q).map(|place| row[place / q]).collect());
        let width = array.first()?.len();
        let varied = base.iter().skip(q).map(|row| (0..width * q).map(|place| row[place % q]).collect());
        array = doubled.chain(varied).collect();
    }
    for row in &mut array {
        row.truncate(columns);
    }
    Some(array)
}

#[expect(clippy::cast_possible_truncation, reason = "elements are below 64")]
fn polynomial_row(field: &Field, q: usize, strength: usize, number: usize) -> Vec<u8> {
    let mut coefficients = vec![0; strength];
    let mut left = number;
    for place in (0..strength).rev() {
        coefficients[place] = left % q;
        left /= q;
    }
    let values = (0..q).map(|point| field.value(&coefficients, point));
    values.chain([coefficients[0]]).map(|value| value as u8).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::covering::{Space, Tuples};

    #[test]
    fn algebraic_arrays_hold_every_combination() {
        for (levels, columns, strength, rows) in [
            (5, 20, 2, 45),
            (5, 30, 2, 45),
            (5, 31, 2, 65),
            (4, 5, 2, 16),
            (3, 13, 2, 21),
            (6, 4, 2, 49),
            (4, 5, 3, 64),
            (2, 3, 2, 4),
            (2, 20, 2, 8),
            (2, 3, 3, 8),
        ] {
            let array = array(levels, columns, strength).unwrap();
            assert_eq!(array.len(), rows, "{levels} {columns} {strength}");
            let levels = vec![prime(levels); columns];
            let tuples = Tuples::new(&Space::new(&levels, &[]).unwrap(), strength).unwrap();
            assert_eq!(tuples.covered(&array), tuples.possible(), "{levels:?}");
        }
    }

    fn prime(levels: usize) -> usize {
        (levels..=64).find(|q| prime_power(*q).is_some()).unwrap()
    }
}
