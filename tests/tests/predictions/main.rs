//! Forecasts on real data.

mod facebook;
