//! Experiments on real data, where it is at hand.

mod matched_markets;
