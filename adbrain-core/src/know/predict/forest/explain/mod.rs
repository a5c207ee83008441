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
