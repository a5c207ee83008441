//! The statistics against reference numbers that lie beside the scripts that made them.

mod arguments;
mod customers;
mod distributions;
mod forecaster;
