//! Measuring: history files and platform reports become rows with window, attribution and maturity.
//!
//! In: CSV bytes or report rows. Out: history, totals, maturity. Called by brain and agents. Never drops a bad row silently.
