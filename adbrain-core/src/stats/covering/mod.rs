//! Covering arrays: few rows that hold every combination of levels of any two (or t) factors.
//!
//! In: how many levels each factor has, forbidden combinations, rows that must be part. Out: rows, and what they cover. Called by
//! the test matrix of `experiment`. Never knows what a factor is.

mod space;
mod field;
mod algebra;
mod tuples;
mod array;
mod greedy;
mod tabu;
mod search;
mod full;

pub use full::every_row;
pub use search::{Covering, Search, Start, cover};
pub use space::{Cell, MOST_LEVELS, Space};
pub use tuples::{MOST_TUPLES, Tuples};

pub(crate) use greedy::shuffle;
pub(crate) use space::{Found, nth};
