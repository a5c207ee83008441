//! Why a forest predicts what it predicts: contributions of columns, importances, past rows that are alike.
//!
//! In: a forest that has learnt, rows. Out: numbers per column and per past row. Called by predictors and bindings. Never learns
//! anything anew.

mod cover;
mod importance;
mod nearest;
mod shap;

pub use importance::{Importance, ImportanceSettings};
pub use nearest::Neighbour;
pub use shap::Explanation;

use super::fitted::{BLOCK, Forest};
use super::threads::ordered;

impl Forest {
    /// An answer per row, in the order of the rows.
    fn each_row<T: Send>(&self, count: usize, answer: impl Fn(usize) -> T + Sync) -> Vec<T> {
        let block = |at: usize| (at * BLOCK..count.min((at + 1) * BLOCK)).map(&answer).collect::<Vec<_>>();
        ordered(count.div_ceil(BLOCK), self.settings.threads, block).into_iter().flatten().collect()
    }
}
