//! Forests of regression trees that keep what quantiles need.
//!
//! In: a table of columns, targets, weights. Out: means, quantiles and whole distributions per row, each out of bag too. Called by
//! the predictors. Never reads a clock, a file or more of the machine than its threads; the same seed gives the same bits on any number of them.
//!
//! What changes nothing: rows of weight zero, wherever they stand; the number of threads; columns that the forest was not trained
//! on; the order of levels. What changes the luck and nothing else: the order of rows, for the bootstrap draws places.

mod table;
mod settings;
mod schema;
mod rows;
mod training;
mod cut;
mod numbers;
mod levels;
mod tree;
mod walk;
mod grow;
mod leaves;
mod distribution;
mod fitted;
mod examples;
mod calibrate;
mod tune;
mod interval;
mod explain;
mod card;
mod model;
pub(in crate::know::predict) mod file;
mod linfa;
mod threads;

pub use calibrate::{Measured, Method};
pub use card::{Card, Coverage, OutOfBag};
pub use distribution::Distribution;
pub use examples::Examples;
pub use explain::{Explanation, Importance, ImportanceSettings, Neighbour};
pub use fitted::Forest;
pub use interval::{Expected, IntervalForest, IntervalSettings};
pub use leaves::Leaves;
pub use model::{Band, Data, Guarantee, Model, ModelSettings};
pub use schema::{ColumnSchema, Kind, Schema, UNSEEN};
pub use settings::{Mode, Settings};
pub use table::{Column, MISSING, Table, Values};
pub use tree::{Side, Step, Tree};
pub use tune::{Candidate, Goal, tune};
