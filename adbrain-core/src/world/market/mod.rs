//! The simulated ad market.
//!
//! In: world parameters, a seed, what runs at each hour. Out: impressions, clicks, conversions, spend. Called by the sandbox
//! platform alone. Never reads a clock; its only luck is the seed.
