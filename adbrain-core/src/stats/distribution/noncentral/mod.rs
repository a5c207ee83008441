//! Noncentral distributions, for the power of tests, and the studentized range.
//!
//! In: a value, degrees of freedom and a noncentrality. Out: a tail. Called by power and multiplicity. Never subtracts a tail from
//! one where the tail is the small side.

mod mixture;
mod range;
mod scale;
mod student;

pub use mixture::{noncentral_chi2_cdf, noncentral_chi2_sf, noncentral_f_cdf, noncentral_f_sf};
pub use range::studentized_range_sf;
pub use student::{noncentral_t_cdf, noncentral_t_sf};
