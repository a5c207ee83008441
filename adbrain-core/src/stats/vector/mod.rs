//! Loops over columns of numbers in the vector unit.
//!
//! The functions in here have no branch and no call, so that a loop computes many rows side by side. Each operation is one that IEEE 754
//! rounds the same everywhere, and none is joined with another: the bits do not depend on the width of the unit.
#![expect(clippy::inline_always, reason = "what is not inlined is not computed side by side")]

mod elementary;
mod scaled_erfc;

pub(in crate::stats) use elementary::{exp_below_zero, ln_1p_of_positive, ln_of_normal};
use pulp::{Arch, Simd, WithSimd};
pub(in crate::stats) use scaled_erfc::scaled_erfc;

/// Rows that are computed side by side; so many fit the nearest cache with their columns.
const BLOCK: usize = 64;

/// `work` for each row of some columns of one length, column by column out, in the widest vector unit of the machine. `work` must be a
/// closure that is marked `#[inline(always)]`, and so must be all that it calls: what is not inlined is not computed side by side.
pub(in crate::stats) fn each_row<const IN: usize, const OUT: usize>(
    columns: [&[f64]; IN],
    work: impl Fn([f64; IN]) -> [f64; OUT],
) -> [Vec<f64>; OUT] {
    Arch::new().dispatch(Rows { columns, work })
}

struct Rows<'a, const IN: usize, F> {
    columns: [&'a [f64]; IN],
    work: F,
}

impl<const IN: usize, const OUT: usize, F: Fn([f64; IN]) -> [f64; OUT]> WithSimd for Rows<'_, IN, F> {
    type Output = [Vec<f64>; OUT];

    #[inline(always)]
    #[expect(clippy::indexing_slicing, reason = "no block is longer than its columns, no row outside its block")]
    fn with_simd<S: Simd>(self, _: S) -> Self::Output {
        let rows = self.columns.iter().map(|column| column.len()).min().unwrap_or_default();
        let mut found = std::array::from_fn(|_| Vec::with_capacity(rows));
        // Blocks of their own: the compiler sees that none of them overlaps another.
        let (mut known, mut computed) = ([[0.0; BLOCK]; IN], [[0.0; BLOCK]; OUT]);
        for first in (0..rows).step_by(BLOCK) {
            let size = BLOCK.min(rows - first);
            for (block, column) in known.iter_mut().zip(self.columns) {
                block[..size].copy_from_slice(&column[first..first + size]);
            }
            for row in 0..BLOCK {
                let results = (self.work)(std::array::from_fn(|column| known[column][row]));
                for (block, result) in computed.iter_mut().zip(results) {
                    block[row] = result;
                }
            }
            for (column, block) in found.iter_mut().zip(&computed) {
                Vec::extend_from_slice(column, &block[..size]);
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_row_gives_its_results_in_its_place() {
        let [sum, product] = each_row([&[1.0, 2.0, 3.0], &[4.0, 5.0, 6.0]], |[a, b]| [a + b, a * b]);
        assert_eq!((sum, product), (vec![5.0, 7.0, 9.0], vec![4.0, 10.0, 18.0]));
        let many: Vec<f64> = (0..200).map(f64::from).collect();
        assert_eq!(each_row([&many], |[a]| [2.0 * a])[0], many.iter().map(|a| 2.0 * a).collect::<Vec<_>>());
        assert_eq!(each_row([&[]], |[a]: [f64; 1]| [a]), [Vec::<f64>::new()]);
    }
}
