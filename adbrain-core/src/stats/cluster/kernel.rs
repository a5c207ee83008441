//! The inner loops: squared distances over whole rows.

use super::points::LANES;

/// The squared distance of two rows of the same length, a multiple of the lanes; summed in lanes, in one fixed order.
#[inline]
pub(super) fn squared(row: &[f64], centre: &[f64]) -> f64 {
    let mut sums = [0.0; LANES];
    for (row, centre) in row.as_chunks::<LANES>().0.iter().zip(centre.as_chunks::<LANES>().0) {
        for ((sum, value), middle) in sums.iter_mut().zip(row).zip(centre) {
            let gap = value - middle;
            *sum += gap * gap;
        }
    }
    (sums[0] + sums[2]) + (sums[1] + sums[3])
}

/// The same over the known numbers of the row alone.
#[inline]
pub(super) fn squared_known(row: &[f64], known: &[f64], centre: &[f64]) -> f64 {
    let mut sums = [0.0; LANES];
    let rows = row.as_chunks::<LANES>().0.iter().zip(known.as_chunks::<LANES>().0);
    for ((row, known), centre) in rows.zip(centre.as_chunks::<LANES>().0) {
        for (((sum, value), known), middle) in sums.iter_mut().zip(row).zip(known).zip(centre) {
            let gap = value - middle;
            *sum += known * gap * gap;
        }
    }
    (sums[0] + sums[2]) + (sums[1] + sums[3])
}

/// The nearest centre and the squared distances to it and to the second nearest; the first of equals.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Nearest {
    pub(super) centre: u32,
    pub(super) first: f64,
    pub(super) second: f64,
}

/// Looks at each distance in turn, without a branch: which centre is nearest cannot be foretold, so a branch would cost more.
#[inline]
pub(super) fn nearest(distances: impl Iterator<Item = f64>) -> Nearest {
    let mut found = Nearest { centre: 0, first: f64::INFINITY, second: f64::INFINITY };
    for (centre, distance) in (0..).zip(distances) {
        let larger = if distance > found.first { distance } else { found.first };
        found.second = if larger < found.second { larger } else { found.second };
        found.centre = if distance < found.first { centre } else { found.centre };
        found.first = if distance < found.first { distance } else { found.first };
    }
    found
}
