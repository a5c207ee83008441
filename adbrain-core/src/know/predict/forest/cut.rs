//! The best cut of one column in one node.

use super::tree::Side;

/// A row as a tree learns from it: drawn `weight` times its own weight.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Sample {
    pub(super) row: u32,
    pub(super) weight: f64,
    /// The target less the mean of all, times the weight.
    pub(super) sum: f64,
}

/// What is summed over the rows of a place, a level or a side.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Sums {
    pub(super) weight: f64,
    pub(super) sum: f64,
    pub(super) rows: u32,
}

impl Sums {
    pub(super) fn of(samples: &[Sample]) -> Self {
        samples.iter().fold(Self::default(), Self::with)
    }

    pub(super) fn with(self, sample: &Sample) -> Self {
        Self { weight: self.weight + sample.weight, sum: self.sum + sample.sum, rows: self.rows + 1 }
    }

    pub(super) fn plus(self, other: Self) -> Self {
        Self { weight: self.weight + other.weight, sum: self.sum + other.sum, rows: self.rows + other.rows }
    }
}

/// A way to split a node.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Cut {
    /// By how much the weighted squared error falls.
    pub(super) gain: f64,
    pub(super) column: u16,
    pub(super) rule: Rule,
}

/// Which rows go left.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Rule {
    /// Codes from 1 to `cut`, and what is missing where it is on the left.
    Numbers { cut: u8, missing: Side },
    /// All but the listed levels go to the side of the others.
    Levels { listed: Vec<u32>, others: Side },
}

/// A node that is to be split: its sums, and the fewest rows on a side.
#[derive(Debug, Clone, Copy)]
pub(super) struct Whole {
    pub(super) sums: Sums,
    pub(super) min_leaf: u32,
}

impl Whole {
    /// By how much the weighted squared error falls when `left` is told apart: with the mean m of the node,
    /// (S - W m)^2 w / (W (w - W)), S and W the sum and the weight on the left, w the weight of all. Nothing where a side is too small.
    pub(super) fn gain(&self, left: Sums) -> f64 {
        let right_rows = self.sums.rows - left.rows;
        if left.rows < self.min_leaf || right_rows < self.min_leaf {
            return 0.0;
        }
        let apart = left.sum - left.weight * self.sums.sum / self.sums.weight;
        apart * apart * self.sums.weight / (left.weight * (self.sums.weight - left.weight))
    }

    /// The side with more weight; the left one of equals.
    pub(super) fn heavier(&self, left: Sums) -> Side {
        if left.weight * 2.0 >= self.sums.weight { Side::Left } else { Side::Right }
    }
}
